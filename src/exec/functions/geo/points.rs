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

#[cfg(test)]
mod tests {
    use super::*;

    fn reals(numbers: &[f64]) -> Vec<Value> {
        numbers.iter().copied().map(Value::Real).collect()
    }

    #[test]
    fn the_sphere_and_the_spheroid_differ_by_less_than_a_percent() {
        let places = reals(&[-122.407628, 47.578557, -118.275287, 34.019056]);
        let sphere = distance(&places).and_then(|metres| metres.as_f64()).unwrap();
        // The number that the documentation prints.
        assert!((sphere - 1_546_754.351_973_81).abs() < 1e-6, "{sphere}");
        let mut on_spheroid = places;
        on_spheroid.push(Value::Bool(true));
        let spheroid = distance(&on_spheroid).and_then(|metres| metres.as_f64()).unwrap();
        assert!((spheroid / sphere - 1.0).abs() < 0.01 && spheroid != sphere, "{spheroid}");
    }

    #[test]
    fn places_out_of_range_and_points_in_one_place_give_nothing() {
        assert!(distance(&reals(&[300.0, 1.0, 1.0, 1.0])).is_none());
        assert!(distance(&[Value::Null, Value::Real(1.0), Value::Real(1.0), Value::Real(1.0)]).is_none());
        assert!(direction(&reals(&[5.0, 10.0, 5.0, 10.0])).is_none());
        assert!(corner(&reals(&[0.0, 10.0, 0.0, 10.0, 3.0, -10.0])).is_none());
        assert!(in_circle(&reals(&[1.0, 1.0, 1.0, 1.0, -1.0])).is_none());
        assert!(buffer(&reals(&[10.0, 10.0, -1.0])).is_none());
    }

    #[test]
    fn a_buffer_is_as_wide_as_asked() {
        let buffered = buffer(&reals(&[10.0, 50.0, 1000.0, 1.0])).unwrap();
        let polygon = crate::exec::functions::geo::geojson::polygon(&buffered).unwrap();
        let center = point(&reals(&[10.0, 50.0]), 0).unwrap();
        for direction in 0..36 {
            let at = |metres: f64| {
                let (east, north) = (
                    f64::from(direction * 10).to_radians().sin_cos().0,
                    f64::from(direction * 10).to_radians().cos(),
                );
                let degrees = metres / 111_194.9;
                let place = [10.0 + degrees * east / 50.0_f64.to_radians().cos(), 50.0 + degrees * north];
                point(&reals(&place), 0).unwrap()
            };
            assert!(polygon.contains(&at(998.0)), "{direction}");
            assert!(!polygon.contains(&at(1001.0)), "{direction}");
        }
        assert!(polygon.contains(&center));
    }
}
