//! Edges that are straight on a map, as geodesics close to them.

use super::point::{Point, from_degrees, interpolate};

/// Where on an edge its bow is measured, and by what the tolerance shrinks for that: the values of the S2 library.
const FRACTION: f64 = 0.312_156_910_822_483_12;
const SCALE: f64 = 0.838_299_925_698_885_1;

/// How many points a line may have.
const MAX_POINTS: usize = 10_485_760;

/// A vertex on the map and on the sphere.
#[derive(Debug, Clone, Copy)]
struct Vertex {
    map: (f64, f64),
    point: Point,
}

impl Vertex {
    fn at(map: (f64, f64)) -> Self {
        Self { map, point: from_degrees(map.0, map.1) }
    }
}

/// The vertices of a line, in degrees, with those between that keep geodesics within a tolerance in radians of what is
/// straight on a map. Nothing where that takes too many.
pub(in crate::exec) fn densified(line: &[(f64, f64)], tolerance: f64) -> Option<Vec<(f64, f64)>> {
    let mut found: Vec<(f64, f64)> = line.first().copied().into_iter().collect();
    for pair in line.windows(2) {
        split(Vertex::at(pair[0]), Vertex::at(pair[1]), tolerance, &mut found)?;
    }
    Some(found)
}

fn split(a: Vertex, b: Vertex, tolerance: f64, found: &mut Vec<(f64, f64)>) -> Option<()> {
    if found.len() >= MAX_POINTS {
        return None;
    }
    if bow(&a, &b) <= SCALE * tolerance {
        found.push(b.map);
    } else {
        let middle = Vertex::at(between(&a, &b, 0.5));
        split(a, middle, tolerance, found)?;
        split(middle, b, tolerance, found)?;
    }
    Some(())
}

fn between(a: &Vertex, b: &Vertex, share: f64) -> (f64, f64) {
    ((1.0 - share) * a.map.0 + share * b.map.0, (1.0 - share) * a.map.1 + share * b.map.1)
}

/// How far the geodesic is from what is straight on the map, in radians.
fn bow(a: &Vertex, b: &Vertex) -> f64 {
    if a.point.dot(&b.point) < -1e-14 {
        return f64::INFINITY;
    }
    let apart = |share: f64| {
        let straight = Vertex::at(between(a, b, share)).point;
        super::angle(&interpolate(share, &a.point, &b.point), &straight)
    };
    apart(FRACTION).max(apart(1.0 - FRACTION))
}
