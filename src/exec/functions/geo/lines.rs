//! Lines.

use super::geojson::{
    line_places, lines, one_or_many, points, polygon, positions, write_lines, write_overlap, write_point,
    write_polygon,
};
use super::{
    is_set, metres, number, optional, optional_whole, place, point, radians, reach, simplify_tolerance,
    too_intricate,
};
use crate::exec::error::Result;
use crate::exec::functions::geo::grids::tokens;
use crate::exec::functions::{Call, Scalar, at};
use crate::exec::geometry::cells::s2::{MAX_LEVEL, Target, cover};
use crate::exec::geometry::{
    angle, buffer_lines, closest_on_lines, densified, interpolated, intersect_line_with_polygon,
    intersect_lines, length, line_centroid, lines_intersect, locate, simplified_lines, spheroid_locate,
    union_lines,
};
use crate::exec::value::{Dynamic, Value};

pub(in crate::exec::functions) const FUNCTIONS: &[Scalar] = &[
    Scalar {
        name: "geo_line_length",
        body: |_, v| Ok(lines(at(v, 0)).map_or(Value::Null, |of| metres(length(&of)))),
    },
    Scalar {
        name: "geo_line_centroid",
        body: |_, v| Ok(lines(at(v, 0)).map_or(Value::Null, |of| write_point(&line_centroid(&of)))),
    },
    Scalar { name: "geo_closest_point_on_line", body: |_, v| Ok(closest(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_distance_point_to_line", body: |_, v| Ok(distance(v).unwrap_or(Value::Null)) },
    Scalar {
        name: "geo_line_interpolate_point",
        body: |_, v| Ok(interpolate_point(v).unwrap_or(Value::Null)),
    },
    Scalar {
        name: "geo_line_locate_point",
        body: |_, v| Ok(locate_point(v).map_or(Value::Null, Value::Real)),
    },
    Scalar { name: "geo_line_densify", body: densify },
    Scalar { name: "geo_line_simplify", body: simplify },
    Scalar { name: "geo_line_buffer", body: |_, v| Ok(buffer(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_line_to_s2cells", body: |_, v| Ok(to_cells(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_union_lines_array", body: |_, v| Ok(union(at(v, 0)).unwrap_or(Value::Null)) },
    Scalar { name: "geo_intersects_2lines", body: |_, v| Ok(intersect(v).into()) },
    Scalar { name: "geo_intersection_2lines", body: |_, v| Ok(intersection(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_intersects_line_with_polygon", body: |_, v| Ok(meets_polygon(v).into()) },
    Scalar {
        name: "geo_intersection_line_with_polygon",
        body: |_, v| Ok(within_polygon(v).unwrap_or(Value::Null)),
    },
];

/// `geo_closest_point_on_line(longitude, latitude, line)`
fn closest(values: &[Value]) -> Option<Value> {
    Some(write_point(&closest_on_lines(&lines(at(values, 2))?, &point(values, 0)?)))
}

fn distance(values: &[Value]) -> Option<Value> {
    let point = point(values, 0)?;
    Some(metres(angle(&point, &closest_on_lines(&lines(at(values, 2))?, &point))))
}

/// `geo_line_interpolate_point(line, fraction)`
fn interpolate_point(values: &[Value]) -> Option<Value> {
    let lines = lines(at(values, 0))?;
    let [line] = lines.as_slice() else { return None };
    let share = number(values, 1)?;
    (0.0..=1.0).contains(&share).then(|| write_point(&interpolated(line, share)))
}

/// `geo_line_locate_point(line, longitude, latitude, use_spheroid)`
fn locate_point(values: &[Value]) -> Option<f64> {
    let lines = line_places(at(values, 0))?;
    let [line] = lines.as_slice() else { return None };
    if is_set(values, 3) {
        return Some(spheroid_locate(line, place(values, 1)?));
    }
    Some(locate(&points(line), &point(values, 1)?))
}

/// The tolerance of `geo_line_densify` and `geo_polygon_densify`, in radians; nothing where it is out of range.
pub(super) fn densify_tolerance(values: &[Value]) -> Option<f64> {
    let tolerance = optional(values, 1, 10.0)?;
    (0.1..=10_000.0).contains(&tolerance).then(|| radians(tolerance))
}

/// Whether an edge crosses the antimeridian, or goes far around the globe: the documentation leaves open which.
pub(super) fn crosses_antimeridian(places: &[(f64, f64)]) -> bool {
    places.windows(2).any(|pair| matches!(pair, [a, b] if (a.0 - b.0).abs() > 180.0))
}

/// `geo_line_densify(line, tolerance, preserve_crossing)`
fn densify(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let (Some(lines), Some(tolerance)) = (line_places(at(values, 0)), densify_tolerance(values)) else {
        return Ok(Value::Null);
    };
    if lines.iter().any(|line| crosses_antimeridian(line)) {
        return Err(call.error("a line across the antimeridian is not supported offline"));
    }
    let dense: Option<Vec<Dynamic>> =
        lines.iter().map(|line| Some(positions(&densified(line, tolerance)?))).collect();
    let shape = dense.and_then(|dense| one_or_many("LineString", "MultiLineString", dense));
    Ok(shape.map_or(Value::Null, Value::dynamic))
}

/// `geo_line_simplify(line, tolerance)`
fn simplify(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let (Some(lines), Some(tolerance)) = (lines(at(values, 0)), simplify_tolerance(values)) else {
        return Ok(Value::Null);
    };
    let simple = simplified_lines(&lines, tolerance).ok_or_else(|| too_intricate(call))?;
    Ok(if simple.is_empty() { Value::Null } else { write_lines(&simple) })
}

/// `geo_line_buffer(line, radius, tolerance)`
fn buffer(values: &[Value]) -> Option<Value> {
    let (radius, tolerance) = reach(values, 1)?;
    Some(write_polygon(&buffer_lines(&lines(at(values, 0))?, radius, tolerance)))
}

/// `geo_line_to_s2cells(line, level, radius)`
fn to_cells(values: &[Value]) -> Option<Value> {
    let lines = lines(at(values, 0))?;
    let level = optional_whole(values, 1, 11)?;
    let radius = optional(values, 2, 0.0)?;
    if !(0..=MAX_LEVEL).contains(&level) || radius < 0.0 {
        return None;
    }
    let edges = lines.iter().flat_map(|line| line.windows(2).map(|pair| (pair[0], pair[1]))).collect();
    let target = Target { edges, polygons: &[], radius: radians(radius) };
    Some(tokens(&cover(&target, u64::try_from(level).ok()?)?))
}

/// `geo_union_lines_array(lines)`
fn union(array: &Value) -> Option<Value> {
    let mut all = Vec::new();
    for item in array.as_array()? {
        all.extend(lines(&Value::dynamic(item.clone()))?);
    }
    (!all.is_empty()).then(|| write_lines(&union_lines(&all)))
}

fn intersect(values: &[Value]) -> Option<bool> {
    Some(lines_intersect(&lines(at(values, 0))?, &lines(at(values, 1))?))
}

fn intersection(values: &[Value]) -> Option<Value> {
    Some(write_overlap(&intersect_lines(&lines(at(values, 0))?, &lines(at(values, 1))?)))
}

fn meets_polygon(values: &[Value]) -> Option<bool> {
    Some(!intersect_line_with_polygon(&lines(at(values, 0))?, &*polygon(at(values, 1))?).is_empty())
}

fn within_polygon(values: &[Value]) -> Option<Value> {
    Some(write_overlap(&intersect_line_with_polygon(&lines(at(values, 0))?, &*polygon(at(values, 1))?)))
}
