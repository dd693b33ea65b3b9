//! Whether places lie in a shape, or near it: what the lookups of `evaluate` ask of each row.

use std::rc::Rc;

use super::geojson::{lines, polygon};
use super::{is_place, radians};
use crate::exec::geometry::{Line, Polygon, angle, closest_on_lines, from_degrees};
use crate::exec::value::Value;

/// A shape that places are tested against.
#[derive(Debug)]
pub(in crate::exec) struct PlaceTest {
    shape: Shape,
    /// How far around it, in radians; nothing for what lies in it.
    reach: Option<f64>,
}

#[derive(Debug)]
enum Shape {
    Polygon(Rc<Polygon>),
    Lines(Vec<Line>),
}

/// The test of places against a shape of GeoJSON, or within a radius in metres of it; nothing where it is none.
pub(in crate::exec) fn place_test(value: &Value, radius: Option<f64>) -> Option<PlaceTest> {
    let shape = polygon(value).map(Shape::Polygon).or_else(|| lines(value).map(Shape::Lines))?;
    Some(PlaceTest { shape, reach: radius.map(radians) })
}

impl PlaceTest {
    /// Whether a place, in degrees of longitude and latitude, lies in the shape or near enough.
    pub(in crate::exec) fn holds(&self, place: (f64, f64)) -> bool {
        if !is_place(place) {
            return false;
        }
        let point = from_degrees(place.0, place.1);
        match (&self.shape, self.reach) {
            (Shape::Polygon(polygon), None) => polygon.contains(&point),
            (Shape::Polygon(polygon), Some(reach)) => polygon.distance(&point) <= reach,
            (Shape::Lines(lines), reach) => {
                angle(&point, &closest_on_lines(lines, &point)) <= reach.unwrap_or(0.0)
            }
        }
    }
}
