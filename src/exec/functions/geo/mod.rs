//! Functions over places on Earth: points, lines and polygons as GeoJSON, and grids of cells.
//!
//! Not here, so reported as not supported offline: `geo_info_from_ip_address`, which needs a database of addresses.

mod geojson;
mod grids;
mod lines;
mod place_test;
mod points;
mod polygons;
mod wkt;

pub(super) use grids::FUNCTIONS as GRIDS;
pub(super) use lines::FUNCTIONS as LINES;
pub(in crate::exec) use place_test::{PlaceTest, place_test};
pub(super) use points::FUNCTIONS as POINTS;
pub(super) use polygons::FUNCTIONS as POLYGONS;

use super::Call;
use crate::exec::error::RunError;
use crate::exec::geometry::{EARTH_RADIUS, Point, from_degrees};
use crate::exec::value::Value;

/// A place in degrees: longitude and latitude.
type Place = (f64, f64);

/// The place that two arguments give, where both are in range.
fn place(values: &[Value], index: usize) -> Option<Place> {
    let place = (number(values, index)?, number(values, index + 1)?);
    is_place(place).then_some(place)
}

/// The point that two arguments give.
fn point(values: &[Value], index: usize) -> Option<Point> {
    place(values, index).map(|(longitude, latitude)| from_degrees(longitude, latitude))
}

fn is_place((longitude, latitude): Place) -> bool {
    (-180.0..=180.0).contains(&longitude) && (-90.0..=90.0).contains(&latitude)
}

fn number(values: &[Value], index: usize) -> Option<f64> {
    values.get(index)?.as_f64()
}

/// An argument that may be left out; nothing where it is null.
fn optional(values: &[Value], index: usize, default: f64) -> Option<f64> {
    match values.get(index) {
        None => Some(default),
        Some(value) => value.as_f64(),
    }
}

/// A whole number that may be left out; nothing where it is null, or has a fraction.
fn optional_whole(values: &[Value], index: usize, default: i64) -> Option<i64> {
    match values.get(index) {
        None => Some(default),
        Some(value) => value.as_i64(),
    }
}

/// Whether an argument is set.
fn is_set(values: &[Value], index: usize) -> bool {
    values
        .get(index)
        .is_some_and(|value| value.is_true() || value.as_f64().is_some_and(|number| number != 0.0))
}

/// Metres as radians.
fn radians(metres: f64) -> f64 {
    metres / EARTH_RADIUS
}

/// Radians as metres.
fn metres(radians: f64) -> Value {
    Value::Real(radians * EARTH_RADIUS)
}

/// The greatest tolerance of a simplification, in degrees of a great circle.
const WIDEST: f64 = 70.0;

/// The tolerance of a simplification, in radians; nothing where it is out of range.
fn simplify_tolerance(values: &[Value]) -> Option<f64> {
    let tolerance = radians(optional(values, 1, 10.0)?);
    (0.0..=WIDEST.to_radians()).contains(&tolerance).then_some(tolerance)
}

/// The error for a shape whose simplification is more than is computed here.
fn too_intricate(call: &Call<'_>) -> RunError {
    call.error("simplifying this shape is not supported offline: its edges come too close to each other")
}

/// The radius and the tolerance of a buffer, in radians; nothing where they are out of range.
fn reach(values: &[Value], index: usize) -> Option<(f64, f64)> {
    let radius = number(values, index)?;
    let tolerance = optional(values, index + 1, 10.0)?;
    // A buffer reaches at most around a quarter of the Earth here.
    let fits = radius > 0.0 && radians(radius) < std::f64::consts::FRAC_PI_2 && tolerance >= radius * 1e-6;
    // The greatest tolerance is a little below the radius.
    fits.then(|| (radians(radius), radians(tolerance.min(radius * 0.99))))
}
