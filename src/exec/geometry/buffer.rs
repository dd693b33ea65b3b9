//! What lies within a distance of a shape.
//!
//! A circle is drawn as a polygon with its corners on the circle, enough of them that no edge is further from it than the
//! tolerance allows; the buffer of an edge is two circles and what lies between; the buffer of a shape is their union.

use std::collections::HashSet;
use std::f64::consts::{PI, TAU};

use s2::point::Point as Vertex;

use super::Line;
use super::overlay::{edges_of_lines, union_polygons};
use super::point::{Point, at_distance, normal};
use super::polygon::{Polygon, Shell};

/// Distances in radians.
#[derive(Debug, Clone, Copy)]
struct Reach {
    radius: f64,
    tolerance: f64,
}

impl Reach {
    /// How many corners a circle has.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    fn corners(self) -> u32 {
        // The middle of an edge is closer to the centre: tan r' = tan r · cos(π/n).
        let inner = (self.radius - self.tolerance).max(0.0);
        let ratio = (inner.tan() / self.radius.tan()).clamp(-1.0, 1.0);
        (PI / ratio.acos()).ceil().clamp(8.0, 100_000.0) as u32
    }

    fn circle(self, center: &Point) -> Polygon {
        let east = Vertex(*center).ortho().0;
        let north = center.cross(&east);
        let count = self.corners();
        let corner = |index: u32| {
            let direction = TAU * f64::from(index) / f64::from(count);
            let towards = east * direction.cos() + north * direction.sin();
            (*center * self.radius.cos() + towards * self.radius.sin()).normalize()
        };
        single((0..count).map(corner).collect())
    }

    /// What lies to both sides of an edge.
    fn band(self, a: &Point, b: &Point) -> Polygon {
        // Lines at a distance from a geodesic bend: they are drawn in steps.
        let length = super::angle(a, b);
        let bow = |step: f64| {
            let middle = (self.radius.tan() / (step / 2.0).cos()).atan();
            middle - self.radius
        };
        let mut steps = 1_u32;
        while bow(length / f64::from(steps)) > self.tolerance && steps < 100_000 {
            steps *= 2;
        }
        let left = normal(a, b).normalize();
        let side = |sign: f64, step: u32| {
            let on = if step == 0 {
                *a
            } else if step == steps {
                *b
            } else {
                at_distance(length * f64::from(step) / f64::from(steps), a, b)
            };
            (on * self.radius.cos() + left * (sign * self.radius.sin())).normalize()
        };
        let right = (0..=steps).map(|step| side(-1.0, step));
        single(right.chain((0..=steps).rev().map(|step| side(1.0, step))).collect())
    }
}

fn single(outer: Vec<Point>) -> Polygon {
    Polygon::of(vec![Shell { outer, holes: Vec::new() }])
}

/// What lies within `radius` of a point.
pub(in crate::exec) fn buffer_point(center: &Point, radius: f64, tolerance: f64) -> Polygon {
    Reach { radius, tolerance }.circle(center)
}

/// What lies within `radius` of lines.
pub(in crate::exec) fn buffer_lines(lines: &[Line], radius: f64, tolerance: f64) -> Polygon {
    union_polygons(around(&edges_of_lines(lines), Reach { radius, tolerance }))
}

/// What lies within `radius` of a polygon.
pub(in crate::exec) fn buffer_polygon(polygon: &Polygon, radius: f64, tolerance: f64) -> Polygon {
    let edges: Vec<(Point, Point)> = polygon.edges().collect();
    let mut parts = around(&edges, Reach { radius, tolerance });
    parts.push(polygon.clone());
    union_polygons(parts)
}

fn around(edges: &[(Point, Point)], reach: Reach) -> Vec<Polygon> {
    let mut parts = Vec::new();
    let mut seen = HashSet::new();
    for (a, b) in edges {
        for end in [a, b] {
            if seen.insert([end.x, end.y, end.z].map(f64::to_bits)) {
                parts.push(reach.circle(end));
            }
        }
        parts.push(reach.band(a, b));
    }
    parts
}
