//! Polygons.

use super::geojson::{
    one_or_many, polygon, polygon_places, positions, write_overlap, write_point, write_polygon,
};
use super::grids::{names, tokens};
use super::lines::{crosses_antimeridian, densify_tolerance};
use super::{metres, optional, optional_whole, point, radians, reach, simplify_tolerance, too_intricate};
use crate::exec::error::Result;
use crate::exec::functions::{Call, Scalar, at};
use crate::exec::geometry::cells::h3;
use crate::exec::geometry::cells::s2::{MAX_LEVEL, Target, cover};
use crate::exec::geometry::{
    EARTH_RADIUS, Polygon, buffer_polygon, densified, intersect_polygons, simplified_polygon, to_degrees,
    union_polygons, vanish,
};
use crate::exec::value::{Dynamic, Value};

pub(in crate::exec::functions) const FUNCTIONS: &[Scalar] = &[
    Scalar {
        name: "geo_polygon_area",
        body: |_, v| Ok(of_polygon(v, |polygon| Value::Real(polygon.area() * EARTH_RADIUS * EARTH_RADIUS))),
    },
    Scalar {
        name: "geo_polygon_perimeter",
        body: |_, v| Ok(of_polygon(v, |polygon| metres(polygon.perimeter()))),
    },
    Scalar {
        name: "geo_polygon_centroid",
        body: |_, v| Ok(of_polygon(v, |polygon| write_point(&polygon.centroid()))),
    },
    Scalar { name: "geo_point_in_polygon", body: |_, v| Ok(holds_point(v).into()) },
    Scalar { name: "geo_closest_point_on_polygon", body: |_, v| Ok(closest(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_distance_point_to_polygon", body: |_, v| Ok(distance(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_polygon_densify", body: densify },
    Scalar { name: "geo_polygon_simplify", body: simplify },
    Scalar { name: "geo_simplify_polygons_array", body: simplify_all },
    Scalar { name: "geo_polygon_buffer", body: |_, v| Ok(buffer(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_polygon_to_s2cells", body: |_, v| Ok(to_s2(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_polygon_to_h3cells", body: |_, v| Ok(to_h3(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_union_polygons_array", body: |_, v| Ok(union(at(v, 0)).unwrap_or(Value::Null)) },
    Scalar { name: "geo_intersects_2polygons", body: |_, v| Ok(intersect(v).into()) },
    Scalar { name: "geo_intersection_2polygons", body: |_, v| Ok(intersection(v).unwrap_or(Value::Null)) },
];

fn of_polygon(values: &[Value], of: impl Fn(&Polygon) -> Value) -> Value {
    polygon(at(values, 0)).map_or(Value::Null, |polygon| of(&polygon))
}

/// `geo_point_in_polygon(longitude, latitude, polygon)`
fn holds_point(values: &[Value]) -> Option<bool> {
    let point = point(values, 0)?;
    Some(polygon(at(values, 2))?.contains(&point))
}

fn closest(values: &[Value]) -> Option<Value> {
    let point = point(values, 0)?;
    Some(write_point(&polygon(at(values, 2))?.closest(&point)))
}

fn distance(values: &[Value]) -> Option<Value> {
    let point = point(values, 0)?;
    Some(metres(polygon(at(values, 2))?.distance(&point)))
}

/// `geo_polygon_densify(polygon, tolerance, preserve_crossing)`
fn densify(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let value = at(values, 0);
    let (Some(polygons), Some(tolerance)) = (polygon_places(value), densify_tolerance(values)) else {
        return Ok(Value::Null);
    };
    if polygon(value).is_none() {
        return Ok(Value::Null);
    }
    if polygons.iter().flatten().any(|ring| crosses_antimeridian(ring)) {
        return Err(call.error("a polygon across the antimeridian is not supported offline"));
    }
    let dense: Option<Vec<Dynamic>> = polygons
        .iter()
        .map(|rings| {
            let rings: Option<Vec<Dynamic>> =
                rings.iter().map(|ring| Some(positions(&densified(ring, tolerance)?))).collect();
            rings.map(Dynamic::Array)
        })
        .collect();
    let shape = dense.and_then(|dense| one_or_many("Polygon", "MultiPolygon", dense));
    Ok(shape.map_or(Value::Null, Value::dynamic))
}

/// `geo_polygon_simplify(polygon, tolerance)`
fn simplify(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let (Some(polygon), Some(tolerance)) = (polygon(at(values, 0)), simplify_tolerance(values)) else {
        return Ok(Value::Null);
    };
    let simple = simplified_polygon(&polygon, tolerance).ok_or_else(|| too_intricate(call))?;
    Ok(if simple.shells.is_empty() { Value::Null } else { write_polygon(&simple) })
}

/// `geo_simplify_polygons_array(polygons, tolerance)`: only polygons that all vanish. How the service puts the rest together
/// is not documented.
fn simplify_all(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let (Some(polygons), Some(tolerance)) = (read_all(at(values, 0)), simplify_tolerance(values)) else {
        return Ok(Value::Null);
    };
    if vanish(&polygons, tolerance) {
        return Ok(Value::Null);
    }
    Err(call.error("simplifying several polygons together is not supported offline"))
}

/// The polygons of an array; nothing where one is none, or there is none.
fn read_all(array: &Value) -> Option<Vec<Polygon>> {
    let items = array.as_array()?;
    let read = |item: &Dynamic| Some(Polygon::clone(&*polygon(&Value::dynamic(item.clone()))?));
    items.iter().map(read).collect::<Option<Vec<_>>>().filter(|polygons| !polygons.is_empty())
}

/// `geo_polygon_buffer(polygon, radius, tolerance)`
fn buffer(values: &[Value]) -> Option<Value> {
    let (radius, tolerance) = reach(values, 1)?;
    Some(write_polygon(&buffer_polygon(&*polygon(at(values, 0))?, radius, tolerance)))
}

/// `geo_polygon_to_s2cells(polygon, level, radius)`
fn to_s2(values: &[Value]) -> Option<Value> {
    let polygon = polygon(at(values, 0))?;
    let level = optional_whole(values, 1, 11)?;
    let radius = optional(values, 2, 0.0)?;
    if !(0..=MAX_LEVEL).contains(&level) || radius < 0.0 {
        return None;
    }
    let target = Target {
        edges: polygon.edges().collect(),
        polygons: std::slice::from_ref(&*polygon),
        radius: radians(radius),
    };
    Some(tokens(&cover(&target, u64::try_from(level).ok()?)?))
}

/// `geo_polygon_to_h3cells(polygon, resolution, radius)`
fn to_h3(values: &[Value]) -> Option<Value> {
    let value = at(values, 0);
    let whole = polygon(value)?;
    let level = optional_whole(values, 1, 6)?;
    let radius = optional(values, 2, 0.0)?;
    if radius < 0.0 {
        return None;
    }
    let polygons: Vec<Vec<h3::Ring>> = if radius > 0.0 {
        let tolerance = radians(10.0_f64.min(radius * 0.99));
        let buffered = buffer_polygon(&whole, radians(radius), tolerance);
        let ring = |ring: &Vec<_>| ring.iter().map(to_degrees).collect();
        buffered
            .shells
            .iter()
            .map(|shell| std::iter::once(&shell.outer).chain(&shell.holes).map(ring).collect())
            .collect()
    } else {
        let open = |ring: Vec<(f64, f64)>| ring.split_last().map_or_else(Vec::new, |(_, ring)| ring.to_vec());
        polygon_places(value)?.into_iter().map(|rings| rings.into_iter().map(open).collect()).collect()
    };
    let mut cells = Vec::new();
    for rings in &polygons {
        cells.extend(h3::cover(rings, level)?);
    }
    Some(names(cells))
}

/// `geo_union_polygons_array(polygons)`
fn union(array: &Value) -> Option<Value> {
    Some(write_polygon(&union_polygons(read_all(array)?)))
}

fn intersect(values: &[Value]) -> Option<bool> {
    Some(!intersect_polygons(&*polygon(at(values, 0))?, &*polygon(at(values, 1))?).is_empty())
}

fn intersection(values: &[Value]) -> Option<Value> {
    Some(write_overlap(&intersect_polygons(&*polygon(at(values, 0))?, &*polygon(at(values, 1))?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(json: &str) -> Value {
        Value::dynamic(Dynamic::from_json(json).unwrap())
    }

    #[test]
    fn rings_must_be_closed_and_free_of_crossings() {
        let area = |json: &str| of_polygon(&[shape(json)], |polygon| Value::Real(polygon.area()));
        assert!(!area(r#"{"type":"Polygon","coordinates":[[[0,0],[10,10],[10,1],[0,0]]]}"#).is_null());
        for bad in [
            r#"{"type":"Polygon","coordinates":[[[0,0],[10,10],[10,1]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[10,10],[10,10],[0,0]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[10,10],[10,0],[0,10],[0,0]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,900],[10,10],[10,1],[0,900]]]}"#,
            r#"{"type":"Polygon","coordinates":[]}"#,
            r#"{"type":"Polygon"}"#,
            r#"{"type":"LineString","coordinates":[[0,0],[1,1]]}"#,
        ] {
            assert!(area(bad).is_null(), "{bad}");
        }
    }

    #[test]
    fn polygons_that_overlap_count_once() {
        let one = shape(r#"{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}"#);
        let twice = shape(
            r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[2,0],[2,2],[0,2],[0,0]]],[[[0,0],[2,0],[2,2],[0,2],[0,0]]]]}"#,
        );
        let area = |value: &Value| polygon(value).unwrap().area();
        assert!((area(&one) - area(&twice)).abs() < 1e-12);
    }

    #[test]
    fn cells_cover_a_polygon_up_to_its_limit() {
        let large = shape(r#"{"type":"Polygon","coordinates":[[[0,0],[0,50],[100,50],[0,0]]]}"#);
        // The number that the documentation prints.
        assert_eq!(to_s2(&[large.clone(), Value::Long(5)]).unwrap().as_array().unwrap().len(), 286);
        assert!(to_s2(&[large.clone(), Value::Long(30)]).is_none());
        assert!(to_s2(&[large, Value::Null]).is_none());
    }
}
