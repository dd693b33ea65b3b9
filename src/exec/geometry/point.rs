//! Points as vectors of length 1, and exact tests of where they lie to each other.

use robust::{Coord, Coord3D, orient2d, orient3d};
use s2::latlng::LatLng;
use s2::r3::vector::Vector;

/// A point: a vector of length 1 from the centre of the Earth.
pub(in crate::exec) type Point = Vector;

/// The point at a longitude and a latitude in degrees.
pub(in crate::exec) fn from_degrees(longitude: f64, latitude: f64) -> Point {
    s2::point::Point::from(LatLng::from_degrees(latitude, longitude)).0
}

/// The longitude and the latitude of a point in degrees.
pub(in crate::exec) fn to_degrees(point: &Point) -> (f64, f64) {
    let place = LatLng::from(s2::point::Point(*point));
    (place.lng.deg(), place.lat.deg())
}

/// The angle between two points in radians.
pub(in crate::exec) fn angle(a: &Point, b: &Point) -> f64 {
    normal(a, b).norm().atan2(a.dot(b))
}

/// A vector at right angles to the edge between two points, pointing to its left, exact for short edges, too.
pub(super) fn normal(a: &Point, b: &Point) -> Vector {
    // (a+b)×(b−a) = 2 a×b, without the loss of digits that a×b has where both are close.
    let product = (*a + *b).cross(&(*b - *a)) * 0.5;
    if product == Vector::new(0.0, 0.0, 0.0) { a.cross(b) } else { product }
}

/// 1 where the points turn to the left, -1 to the right, 0 only where two of them are equal: three points on one great
/// circle are judged as if they were moved by an infinitely small step, the same one everywhere.
pub(super) fn sign(a: &Point, b: &Point, c: &Point) -> i8 {
    if a == b || b == c || c == a {
        return 0;
    }
    let origin = Coord3D { x: 0.0, y: 0.0, z: 0.0 };
    let at = |point: &Point| Coord3D { x: point.x, y: point.y, z: point.z };
    let volume = orient3d(at(a), at(b), at(c), origin);
    if volume == 0.0 { perturbed(a, b, c) } else { signum(volume) }
}

fn signum(number: f64) -> i8 {
    if number > 0.0 {
        1
    } else if number < 0.0 {
        -1
    } else {
        0
    }
}

/// The sign for points on one great circle (Edelsbrunner and Mücke, "Simulation of simplicity").
fn perturbed(a: &Point, b: &Point, c: &Point) -> i8 {
    let mut points = [*a, *b, *c];
    let mut permutation = 1;
    for (i, j) in [(0, 1), (1, 2), (0, 1)] {
        if points[i] > points[j] {
            points.swap(i, j);
            permutation = -permutation;
        }
    }
    let [a, b, c] = points;
    // The exact sign of p·s − q·r.
    let minor = |p: f64, q: f64, r: f64, s: f64| {
        signum(orient2d(Coord { x: p, y: q }, Coord { x: r, y: s }, Coord { x: 0.0, y: 0.0 }))
    };
    let tests = [
        minor(b.x, b.y, c.x, c.y),
        minor(b.z, b.x, c.z, c.x),
        minor(b.y, b.z, c.y, c.z),
        minor(c.x, c.y, a.x, a.y),
        signum(c.x),
        -signum(c.y),
        minor(c.z, c.x, a.z, a.x),
        signum(c.z),
    ];
    permutation * tests.into_iter().find(|sign| *sign != 0).unwrap_or(1)
}

/// Whether the edges from `o` to `a`, `b` and `c` follow each other in this order, counterclockwise.
pub(super) fn ordered(a: &Point, b: &Point, c: &Point, o: &Point) -> bool {
    let count = u8::from(sign(b, o, a) >= 0) + u8::from(sign(c, o, b) >= 0) + u8::from(sign(a, o, c) > 0);
    count >= 2
}

/// A direction at a point that is the same wherever it is asked for.
fn reference(point: &Point) -> Point {
    s2::point::Point(*point).ortho().0
}

/// Whether the corner `a`, `b`, `c` of a ring, whose inside lies to the left, holds its vertex `b`.
pub(super) fn corner_holds_vertex(a: &Point, b: &Point, c: &Point) -> bool {
    !ordered(&reference(b), c, a, b)
}

/// Whether two edges cross within both.
pub(super) fn cross(a: &Point, b: &Point, c: &Point, d: &Point) -> bool {
    let first = -sign(a, b, c);
    first != 0 && sign(a, b, d) == first && -sign(c, d, b) == first && sign(c, d, a) == first
}

/// Whether two edges cross, where meeting in a vertex counts once for all edges around it.
pub(super) fn cross_or_meet(a: &Point, b: &Point, c: &Point, d: &Point) -> bool {
    if a == b || c == d {
        false
    } else if a == c {
        b == d || ordered(&reference(a), d, b, a)
    } else if b == d {
        ordered(&reference(b), c, a, b)
    } else if a == d {
        b == c || ordered(&reference(a), c, b, a)
    } else if b == c {
        ordered(&reference(b), d, a, b)
    } else {
        cross(a, b, c, d)
    }
}

/// Where two edges that cross do.
pub(super) fn crossing(a: &Point, b: &Point, c: &Point, d: &Point) -> Point {
    let found = normal(a, b).normalize().cross(&normal(c, d).normalize());
    if found.norm() < 1e-14 {
        // Both lie on one great circle: they meet in an end of one of them.
        let ends = [(a, c, d), (b, c, d), (c, a, b), (d, a, b)];
        let apart = |(end, from, to): &(&Point, &Point, &Point)| distance_to_edge(end, from, to);
        let closest = ends.into_iter().min_by(|x, y| apart(x).total_cmp(&apart(y)));
        return closest.map_or(*a, |(end, _, _)| *end);
    }
    let found = found.normalize();
    // Great circles cross twice.
    if found.dot(&(*a + *b + *c + *d)) < 0.0 { found * -1.0 } else { found }
}

/// The point on an edge that is closest to a point.
pub(super) fn project(point: &Point, a: &Point, b: &Point) -> Point {
    let nearer = |a: &Point, b: &Point| if (*point - *a).norm2() <= (*point - *b).norm2() { *a } else { *b };
    if a == b {
        return *a;
    }
    let normal = normal(a, b).normalize();
    let on_circle = *point - normal * point.dot(&normal);
    // Within the edge: to the left of what stands on it at `a`, to the right of what stands on it at `b`.
    let within = normal.cross(a).dot(&on_circle) > 0.0 && on_circle.dot(&b.cross(&normal)) > 0.0;
    if within { on_circle.normalize() } else { nearer(a, b) }
}

/// How far a point is from an edge, in radians.
pub(super) fn distance_to_edge(point: &Point, a: &Point, b: &Point) -> f64 {
    angle(point, &project(point, a, b))
}

/// The point at a share of the way from one point to another.
pub(in crate::exec) fn interpolate(share: f64, a: &Point, b: &Point) -> Point {
    if share == 0.0 {
        return *a;
    }
    if share == 1.0 {
        return *b;
    }
    at_distance(share * angle(a, b), a, b)
}

/// The point at a distance in radians from `a` towards `b`.
pub(super) fn at_distance(distance: f64, a: &Point, b: &Point) -> Point {
    let direction = normal(a, b).cross(a).normalize();
    (*a * distance.cos() + direction * distance.sin()).normalize()
}

/// The clockwise angle at `a` from north to `b`, from 0 up to 2π.
pub(in crate::exec) fn azimuth(a: &Point, b: &Point) -> f64 {
    let north = Vector::new(0.0, 0.0, 1.0);
    let (east, up) = if a.x == 0.0 && a.y == 0.0 {
        (Vector::new(0.0, 1.0, 0.0), Vector::new(-a.z.signum(), 0.0, 0.0))
    } else {
        let east = north.cross(a).normalize();
        (east, a.cross(&east))
    };
    let towards = normal(a, b).cross(a);
    turned(towards.dot(&east).atan2(towards.dot(&up)))
}

/// The clockwise angle at `b` from the edge that comes from `a` to the one that goes to `c`, from 0 up to 2π.
pub(in crate::exec) fn turn(a: &Point, b: &Point, c: &Point) -> f64 {
    let (back, ahead) = (normal(b, a).cross(b), normal(b, c).cross(b));
    turned(ahead.cross(&back).dot(b).atan2(back.dot(&ahead)))
}

/// An angle from 0 up to 2π; one that errors of rounding put just below 0 is 0.
fn turned(angle: f64) -> f64 {
    if angle < -1e-15 { angle + std::f64::consts::TAU } else { angle.max(0.0) }
}

/// The angle by which a path bends at `b`: positive to the left.
pub(super) fn bend(a: &Point, b: &Point, c: &Point) -> f64 {
    let (before, behind) = (normal(a, b), normal(b, c));
    f64::from(sign(a, b, c)) * before.cross(&behind).norm().atan2(before.dot(&behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_points_on_the_equator_still_have_a_sign() {
        let [a, b, c] = [0.0, 1.0, 2.0].map(|longitude| from_degrees(longitude, 0.0));
        let first = sign(&a, &b, &c);
        assert_ne!(first, 0);
        assert_eq!(sign(&b, &c, &a), first);
        assert_eq!(sign(&c, &b, &a), -first);
        assert_eq!(sign(&a, &a, &c), 0);
        assert_eq!(sign(&from_degrees(0.0, 0.0), &from_degrees(1.0, 0.0), &from_degrees(0.0, 1.0)), 1);
    }

    #[test]
    fn directions_go_clockwise_from_north() {
        let here = from_degrees(10.0, 0.0);
        let degrees = |longitude, latitude| azimuth(&here, &from_degrees(longitude, latitude)).to_degrees();
        assert!((degrees(10.0, 5.0)).abs() < 1e-9);
        assert!((degrees(15.0, 0.0) - 90.0).abs() < 1e-9);
        assert!((degrees(10.0, -5.0) - 180.0).abs() < 1e-9);
        assert!((degrees(5.0, 0.0) - 270.0).abs() < 1e-9);
    }

    #[test]
    fn the_closest_point_lies_within_the_edge() {
        let (a, b) = (from_degrees(0.0, 0.0), from_degrees(10.0, 0.0));
        let (longitude, latitude) = to_degrees(&project(&from_degrees(4.0, 3.0), &a, &b));
        assert!((longitude - 4.0).abs() < 1e-12 && latitude.abs() < 1e-12);
        assert_eq!(project(&from_degrees(-4.0, 3.0), &a, &b), a);
        assert_eq!(project(&from_degrees(14.0, 3.0), &a, &b), b);
    }
}
