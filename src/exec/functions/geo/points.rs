//! Points: distances, directions, circles.

use super::geojson::write_polygon;
use super::wkt::from_wkt;
use super::{is_set, metres, number, place, point, radians, reach};
use crate::exec::functions::{Scalar, text_at};
use crate::exec::geometry::{Point, angle, azimuth, buffer_point, spheroid_distance, turn};
use crate::exec::value::Value;

pub(in crate::exec::functions) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "geo_distance_2points", body: |_, v| Ok(distance(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_azimuth", body: |_, v| Ok(direction(v).map_or(Value::Null, Value::Real)) },
    Scalar { name: "geo_angle", body: |_, v| Ok(corner(v).map_or(Value::Null, Value::Real)) },
    Scalar { name: "geo_point_in_circle", body: |_, v| Ok(in_circle(v).into()) },
    Scalar { name: "geo_point_buffer", body: |_, v| Ok(buffer(v).unwrap_or(Value::Null)) },
    Scalar {
        name: "geo_from_wkt",
        body: |_, v| Ok(from_wkt(&text_at(v, 0)).map_or(Value::Null, Value::dynamic)),
    },
];

/// `geo_distance_2points(longitude1, latitude1, longitude2, latitude2, use_spheroid)`
fn distance(values: &[Value]) -> Option<Value> {
    let (a, b) = (place(values, 0)?, place(values, 2)?);
    if is_set(values, 4) {
        return Some(Value::Real(spheroid_distance(a, b)));
    }
    Some(metres(angle(&point(values, 0)?, &point(values, 2)?)))
}

/// Whether there is one shortest line between two points.
fn is_line(a: &Point, b: &Point) -> bool {
    a != b && *a != *b * -1.0
}

fn direction(values: &[Value]) -> Option<f64> {
    let (a, b) = (point(values, 0)?, point(values, 2)?);
    is_line(&a, &b).then(|| azimuth(&a, &b))
}

/// The clockwise angle between two lines that meet in the second point.
fn corner(values: &[Value]) -> Option<f64> {
    let (a, b, c) = (point(values, 0)?, point(values, 2)?, point(values, 4)?);
    (is_line(&a, &b) && is_line(&b, &c)).then(|| turn(&a, &b, &c))
}

/// `geo_point_in_circle(longitude, latitude, center_longitude, center_latitude, radius)`
fn in_circle(values: &[Value]) -> Option<bool> {
    let (point, center, radius) = (point(values, 0)?, point(values, 2)?, number(values, 4)?);
    (radius > 0.0).then(|| angle(&point, &center) <= radians(radius))
}

/// `geo_point_buffer(longitude, latitude, radius, tolerance)`
fn buffer(values: &[Value]) -> Option<Value> {
    let (radius, tolerance) = reach(values, 2)?;
    Some(write_polygon(&buffer_point(&point(values, 0)?, radius, tolerance)))
}
