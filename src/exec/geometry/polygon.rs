//! Polygons: what they hold, how large they are, whether their rings are right.

use std::f64::consts::PI;

use s2::point::{Point as Vertex, true_centroid};

use super::point::{
    Point, angle, bend, corner_holds_vertex, cross, cross_or_meet, distance_to_edge, project,
};

/// A ring with the rings of the holes in it; the inside lies to the left of each.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::exec) struct Shell {
    /// The outer ring, counterclockwise, its last vertex not repeated.
    pub(in crate::exec) outer: Vec<Point>,
    /// The holes, clockwise.
    pub(in crate::exec) holes: Vec<Vec<Point>>,
}

/// A polygon of one or more shells that do not overlap.
#[derive(Debug, Clone)]
pub(in crate::exec) struct Polygon {
    /// Its shells.
    pub(in crate::exec) shells: Vec<Shell>,
    /// Whether the point that tests start from lies inside.
    origin_inside: bool,
}

/// The point that tests of what a ring holds start from; no vertex of a shape.
fn origin() -> Point {
    Vertex::origin().0
}

impl Polygon {
    /// A polygon of shells that do not overlap.
    pub(super) fn of(shells: Vec<Shell>) -> Self {
        let mut origin_inside = false;
        for shell in &shells {
            origin_inside ^= holds_origin(&shell.outer);
            for hole in &shell.holes {
                let reversed: Vec<Point> = hole.iter().rev().copied().collect();
                origin_inside ^= holds_origin(&reversed);
            }
        }
        Self { shells, origin_inside }
    }

    /// The polygon of a shell and its holes, each given in any direction; nothing where a ring has fewer than three
    /// vertices, a vertex twice, an edge half around the Earth, or crosses itself or another.
    pub(in crate::exec) fn new(rings: Vec<Vec<Point>>) -> Option<Self> {
        let mut rings = rings.into_iter();
        let outer = checked(rings.next()?)?;
        let holes: Option<Vec<Vec<Point>>> = rings
            .map(|ring| {
                let mut ring = checked(ring)?;
                ring.reverse();
                Some(ring)
            })
            .collect();
        let polygon = Self::of(vec![Shell { outer, holes: holes? }]);
        polygon.has_no_crossing().then_some(polygon)
    }

    /// All rings.
    pub(super) fn rings(&self) -> impl Iterator<Item = &Vec<Point>> {
        self.shells.iter().flat_map(|shell| std::iter::once(&shell.outer).chain(&shell.holes))
    }

    /// All edges, in the order of the rings.
    pub(in crate::exec) fn edges(&self) -> impl Iterator<Item = (Point, Point)> {
        self.rings().flat_map(|ring| edges_of(ring))
    }

    /// How many vertices it has.
    pub(super) fn size(&self) -> usize {
        self.rings().map(Vec::len).sum()
    }

    /// Whether it holds a point.
    pub(in crate::exec) fn contains(&self, point: &Point) -> bool {
        let origin = origin();
        self.edges().fold(self.origin_inside, |inside, (a, b)| inside ^ cross_or_meet(&origin, point, &a, &b))
    }

    fn has_no_crossing(&self) -> bool {
        let edges: Vec<(Point, Point)> = self.edges().collect();
        let boxes: Vec<Bounds> = edges.iter().map(|(a, b)| Bounds::of(a, b)).collect();
        for (index, (a, b)) in edges.iter().enumerate() {
            for (other, (c, d)) in edges.iter().enumerate().skip(index + 1) {
                if !boxes[index].meets(&boxes[other]) {
                    continue;
                }
                let shared = (a == c && b == d) || (a == d && b == c);
                if shared || cross(a, b, c, d) {
                    return false;
                }
            }
        }
        true
    }

    /// How far a point is from the polygon, in radians: 0 inside.
    pub(in crate::exec) fn distance(&self, point: &Point) -> f64 {
        if self.contains(point) {
            return 0.0;
        }
        self.edges().map(|(a, b)| distance_to_edge(point, &a, &b)).fold(f64::INFINITY, f64::min)
    }

    /// The point of the polygon that is closest to a point: itself inside.
    pub(in crate::exec) fn closest(&self, point: &Point) -> Point {
        if self.contains(point) {
            return *point;
        }
        let found = self.edges().map(|(a, b)| project(point, &a, &b));
        found.min_by(|a, b| angle(point, a).total_cmp(&angle(point, b))).unwrap_or(*point)
    }

    /// The area on the sphere of radius 1.
    pub(in crate::exec) fn area(&self) -> f64 {
        self.rings()
            .map(|ring| triangles(ring).map(|[a, b, c]| signed_area(&a, &b, &c)).sum::<f64>())
            .sum::<f64>()
            .abs()
    }

    /// The centre of mass.
    pub(in crate::exec) fn centroid(&self) -> Point {
        let sum = self
            .rings()
            .flat_map(|ring| triangles(ring))
            .map(|[a, b, c]| true_centroid(&Vertex(a), &Vertex(b), &Vertex(c)).0)
            .fold(Point::new(0.0, 0.0, 0.0), |sum, part| sum + part);
        sum.normalize()
    }

    /// The length of all rings, in radians.
    pub(in crate::exec) fn perimeter(&self) -> f64 {
        self.edges().map(|(a, b)| angle(&a, &b)).sum()
    }
}

/// The edges of a ring.
pub(super) fn edges_of(ring: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| (*a, *b))
}

/// A ring as triangles that fan out from its first vertex.
fn triangles(ring: &[Point]) -> impl Iterator<Item = [Point; 3]> + '_ {
    let first = ring.first().copied();
    ring.windows(2).skip(1).filter_map(move |pair| Some([first?, *pair.first()?, *pair.get(1)?]))
}

/// The area of a triangle, negative where it runs clockwise: the solid angle, of differences, so that small triangles keep
/// their digits.
fn signed_area(a: &Point, b: &Point, c: &Point) -> f64 {
    let volume = a.dot(&(*b - *a).cross(&(*c - *a)));
    2.0 * volume.atan2(1.0 + a.dot(b) + b.dot(c) + c.dot(a))
}

/// A ring that encloses the smaller side; nothing where it is no ring.
fn checked(mut ring: Vec<Point>) -> Option<Vec<Point>> {
    if ring.len() < 3 {
        return None;
    }
    let mut sorted = ring.clone();
    sorted.sort();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return None;
    }
    if edges_of(&ring).any(|(a, b)| angle(&a, &b) >= PI - 1e-15) {
        return None;
    }
    if !is_counterclockwise(&ring) {
        ring.reverse();
    }
    Some(ring)
}

/// Whether the smaller side of a ring lies to its left.
pub(super) fn is_counterclockwise(ring: &[Point]) -> bool {
    let bends = ring
        .iter()
        .zip(ring.iter().cycle().skip(1))
        .zip(ring.iter().cycle().skip(2))
        .map(|((a, b), c)| bend(a, b, c));
    bends.sum::<f64>() >= 0.0
}

/// Whether a ring, whose inside lies to the left, holds the point that tests start from.
fn holds_origin(ring: &[Point]) -> bool {
    let [a, b, c, ..] = ring else { return false };
    let origin = origin();
    // Guess that it does not: wrong where that gives another answer for a vertex than the corner there.
    let crossings = edges_of(ring).filter(|(c, d)| cross_or_meet(&origin, b, c, d)).count();
    corner_holds_vertex(a, b, c) != (crossings % 2 == 1)
}

/// Whether a ring, whose inside lies to the left, holds a point.
pub(super) fn ring_contains(ring: &[Point], point: &Point) -> bool {
    let origin = origin();
    edges_of(ring).fold(holds_origin(ring), |inside, (a, b)| inside ^ cross_or_meet(&origin, point, &a, &b))
}

/// The box around an edge, in space.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    low: Point,
    high: Point,
}

impl Bounds {
    /// The box around an edge: wide enough for the bow that the edge makes, and for errors of rounding.
    pub(super) fn of(a: &Point, b: &Point) -> Self {
        let bow = (*a - *b).norm2() / 4.0 + 1e-14;
        let margin = Point::new(bow, bow, bow);
        let low = Point::new(a.x.min(b.x), a.y.min(b.y), a.z.min(b.z));
        let high = Point::new(a.x.max(b.x), a.y.max(b.y), a.z.max(b.z));
        Self { low: low - margin, high: high + margin }
    }

    /// Whether two boxes have a point in common.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.low.x <= other.high.x
            && other.low.x <= self.high.x
            && self.low.y <= other.high.y
            && other.low.y <= self.high.y
            && self.low.z <= other.high.z
            && other.low.z <= self.high.z
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::geometry::from_degrees;

    fn ring(degrees: &[(f64, f64)]) -> Vec<Point> {
        degrees.iter().map(|(longitude, latitude)| from_degrees(*longitude, *latitude)).collect()
    }

    #[test]
    fn squares_that_tile_hold_each_point_once() {
        let square = |x: f64, y: f64| {
            Polygon::new(vec![ring(&[(x, y), (x + 1.0, y), (x + 1.0, y + 1.0), (x, y + 1.0)])])
        };
        let tiles: Vec<Polygon> = (-2..2)
            .flat_map(|x| (-2..2).map(move |y| (f64::from(x), f64::from(y))))
            .map(|(x, y)| square(x, y).unwrap())
            .collect();
        // Corners, the middle of edges along a meridian and the equator, and the inside.
        for (x, y) in [(0.0, 0.0), (1.0, 1.0), (0.5, 0.0), (0.0, 0.5), (-1.0, 0.25), (0.3, 0.3)] {
            let holders = tiles.iter().filter(|tile| tile.contains(&from_degrees(x, y))).count();
            assert_eq!(holders, 1, "{x} {y}");
        }
    }

    #[test]
    fn rings_that_are_none_are_refused() {
        assert!(Polygon::new(vec![ring(&[(0.0, 0.0), (1.0, 0.0)])]).is_none());
        assert!(Polygon::new(vec![ring(&[(0.0, 0.0), (1.0, 0.0), (1.0, 0.0), (0.0, 1.0)])]).is_none());
        // A bow tie.
        assert!(Polygon::new(vec![ring(&[(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)])]).is_none());
        assert!(Polygon::new(vec![ring(&[(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)])]).is_some());
    }

    #[test]
    fn a_hole_is_left_out() {
        let outer = ring(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]);
        let hole = ring(&[(4.0, 4.0), (6.0, 4.0), (6.0, 6.0), (4.0, 6.0)]);
        let whole = Polygon::new(vec![outer.clone()]).unwrap();
        let inner = Polygon::new(vec![hole.clone()]).unwrap();
        let both = Polygon::new(vec![outer, hole]).unwrap();
        assert!((whole.area() - inner.area() - both.area()).abs() < 1e-12);
        assert!(both.contains(&from_degrees(1.0, 1.0)) && !both.contains(&from_degrees(5.0, 5.0)));
        assert!(both.distance(&from_degrees(5.0, 5.0)) > 0.0);
    }
}
