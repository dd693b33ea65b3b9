//! Cells of geohash, H3 and S2.

use super::geojson::{geometry, position, write_point, write_ring};
use super::{optional_whole, place};
use crate::exec::functions::{Scalar, at, text_at};
use crate::exec::geometry::cells::geohash::{MAX_DIGITS, Rectangle};
use crate::exec::geometry::cells::order::ordered;
use crate::exec::geometry::cells::{h3, s2};
use crate::exec::geometry::to_degrees;
use crate::exec::value::{Dynamic, Value};

pub(in crate::exec::functions) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "geo_point_to_geohash", body: |_, v| Ok(to_geohash(v).unwrap_or(Value::Null)) },
    Scalar {
        name: "geo_geohash_to_central_point",
        body: |_, v| Ok(geohash_center(v).unwrap_or(Value::Null)),
    },
    Scalar { name: "geo_geohash_to_polygon", body: |_, v| Ok(geohash_polygon(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_geohash_neighbors", body: |_, v| Ok(geohash_neighbors(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_point_to_h3cell", body: |_, v| Ok(to_h3(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_h3cell_to_central_point", body: |_, v| Ok(h3_center(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_h3cell_to_polygon", body: |_, v| Ok(h3_polygon(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_h3cell_level", body: |_, v| Ok(h3_level(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_h3cell_parent", body: |_, v| Ok(h3_parent(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_h3cell_children", body: |_, v| Ok(h3_children(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_h3cell_neighbors", body: |_, v| Ok(h3_neighbors(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_h3cell_rings", body: |_, v| Ok(h3_rings(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_point_to_s2cell", body: |_, v| Ok(to_s2(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_s2cell_to_central_point", body: |_, v| Ok(s2_center(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_s2cell_to_polygon", body: |_, v| Ok(s2_polygon(v).unwrap_or(Value::Null)) },
    Scalar { name: "geo_s2cell_neighbors", body: |_, v| Ok(s2_neighbors(v).unwrap_or(Value::Null)) },
];

fn text(text: impl std::fmt::Display) -> Dynamic {
    Dynamic::string(text.to_string())
}

/// The names of cells that the service keeps in a table.
pub(super) fn names(cells: impl IntoIterator<Item = impl std::fmt::Display>) -> Value {
    Value::array(ordered(cells.into_iter().map(|cell| cell.to_string())).into_iter().map(text))
}

/// `geo_point_to_geohash(longitude, latitude, accuracy)`
fn to_geohash(values: &[Value]) -> Option<Value> {
    let (longitude, latitude) = place(values, 0)?;
    let digits = usize::try_from(optional_whole(values, 2, 5)?).ok()?;
    let fits = (1..=MAX_DIGITS).contains(&digits);
    fits.then(|| Value::string(Rectangle::around(longitude, latitude, digits).to_string()))
}

fn geohash(values: &[Value]) -> Option<Rectangle> {
    Rectangle::parse(&text_at(values, 0))
}

fn geohash_center(values: &[Value]) -> Option<Value> {
    let (west, south, east, north) = geohash(values)?.corners();
    let center = (f64::midpoint(west, east), f64::midpoint(south, north));
    Some(Value::dynamic(geometry("Point", position(center))))
}

fn geohash_polygon(values: &[Value]) -> Option<Value> {
    let (west, south, east, north) = geohash(values)?.corners();
    Some(write_ring(&[(west, south), (east, south), (east, north), (west, north), (west, south)]))
}

fn geohash_neighbors(values: &[Value]) -> Option<Value> {
    Some(names(geohash(values)?.neighbors()))
}

/// `geo_point_to_h3cell(longitude, latitude, resolution)`
fn to_h3(values: &[Value]) -> Option<Value> {
    let (longitude, latitude) = place(values, 0)?;
    Some(Value::string(h3::around(longitude, latitude, optional_whole(values, 2, 6)?)?.to_string()))
}

fn h3_center(values: &[Value]) -> Option<Value> {
    let center = h3::center(h3::parse(&text_at(values, 0))?);
    Some(Value::dynamic(geometry("Point", position(center))))
}

fn h3_polygon(values: &[Value]) -> Option<Value> {
    let mut corners = h3::corners(h3::parse(&text_at(values, 0))?);
    corners.extend(corners.first().copied());
    Some(write_ring(&corners))
}

fn h3_level(values: &[Value]) -> Option<Value> {
    Some(Value::Int(i32::from(h3::level(h3::parse(&text_at(values, 0))?))))
}

/// A size that is asked for; nothing within where it is left to the function, nothing at all where it is null.
fn wanted(values: &[Value]) -> Option<Option<i64>> {
    values.get(1).map_or(Some(None), |value| value.as_i64().map(Some))
}

/// `geo_h3cell_parent(cell, resolution)`
fn h3_parent(values: &[Value]) -> Option<Value> {
    Some(Value::string(h3::parent(h3::parse(&text_at(values, 0))?, wanted(values)?)?.to_string()))
}

/// `geo_h3cell_children(cell, resolution)`
fn h3_children(values: &[Value]) -> Option<Value> {
    let children = h3::children(h3::parse(&text_at(values, 0))?, wanted(values)?)?;
    Some(Value::array(children.into_iter().map(text)))
}

fn h3_neighbors(values: &[Value]) -> Option<Value> {
    let rings = h3::rings(h3::parse(&text_at(values, 0))?, 1)?;
    Some(Value::array(rings.into_iter().nth(1)?.into_iter().map(text)))
}

/// `geo_h3cell_rings(cell, distance)`
fn h3_rings(values: &[Value]) -> Option<Value> {
    let rings = h3::rings(h3::parse(&text_at(values, 0))?, at(values, 1).as_i64()?)?;
    Some(Value::array(rings.into_iter().map(|ring| Dynamic::Array(ring.into_iter().map(text).collect()))))
}

/// `geo_point_to_s2cell(longitude, latitude, level)`
fn to_s2(values: &[Value]) -> Option<Value> {
    let (longitude, latitude) = place(values, 0)?;
    let level = optional_whole(values, 2, 11)?;
    if !(0..=s2::MAX_LEVEL).contains(&level) {
        return None;
    }
    Some(Value::string(s2::around(longitude, latitude, u64::try_from(level).ok()?).to_token()))
}

fn s2_center(values: &[Value]) -> Option<Value> {
    Some(write_point(&s2::center(s2::parse(&text_at(values, 0))?)))
}

fn s2_polygon(values: &[Value]) -> Option<Value> {
    let mut corners: Vec<(f64, f64)> =
        s2::corners(s2::parse(&text_at(values, 0))?).iter().map(to_degrees).collect();
    corners.extend(corners.first().copied());
    Some(write_ring(&corners))
}

fn s2_neighbors(values: &[Value]) -> Option<Value> {
    Some(names(s2::neighbors(s2::parse(&text_at(values, 0))?).iter().map(::s2::cellid::CellID::to_token)))
}

/// The names of cells of S2.
pub(super) fn tokens(cells: &[::s2::cellid::CellID]) -> Value {
    Value::array(cells.iter().map(|cell| Dynamic::string(cell.to_token())))
}
