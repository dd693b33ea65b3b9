//! Lines: how long they are, where on them a point lies, what they are together.

use s2::r3::vector::Vector;

use super::Line;
use super::graph::{Link, Pool, lines};
use super::overlay::{distinct, edges_of_lines, intersect_lines};
use super::point::{Point, angle, interpolate, project};

/// The union of lines: parts that lie on each other are one.
pub(in crate::exec) fn union_lines(of: &[Line]) -> Vec<Line> {
    let mut pool = Pool::default();
    let links: Vec<Link> = edges_of_lines(of)
        .iter()
        .enumerate()
        .map(|(id, (a, b))| Link { id, from: pool.place(a), to: pool.place(b) })
        .filter(|link| link.from != link.to)
        .collect();
    lines(&pool, &distinct(links.iter()))
}

/// The length of the union of lines, in radians.
pub(in crate::exec) fn length(of: &[Line]) -> f64 {
    edges_of_lines(&union_lines(of)).iter().map(|(a, b)| angle(a, b)).sum()
}

/// The centre of mass of the union of lines.
pub(in crate::exec) fn line_centroid(of: &[Line]) -> Point {
    let part = |(a, b): &(Point, Point)| {
        // Of an edge: its middle, as far from the centre of the Earth as the edge is long.
        let (sum, difference) = (*a + *b, *a - *b);
        let squared = difference.norm2();
        let ratio = if sum.norm2() == 0.0 { 0.0 } else { (squared / sum.norm2()).sqrt() };
        sum * ratio
    };
    let sum = edges_of_lines(&union_lines(of))
        .iter()
        .map(part)
        .fold(Vector::new(0.0, 0.0, 0.0), |sum, part| sum + part);
    sum.normalize()
}

/// The point on lines that is closest to a point.
pub(in crate::exec) fn closest_on_lines(of: &[Line], point: &Point) -> Point {
    let found = edges_of_lines(of).into_iter().map(|(a, b)| project(point, &a, &b));
    found.min_by(|a, b| angle(point, a).total_cmp(&angle(point, b))).unwrap_or(*point)
}

/// Whether lines have a point in common with others.
pub(in crate::exec) fn lines_intersect(left: &[Line], right: &[Line]) -> bool {
    !intersect_lines(left, right).is_empty()
}

/// The point at a share of the length of a line.
pub(in crate::exec) fn interpolated(line: &Line, share: f64) -> Point {
    let edges: Vec<f64> = line.windows(2).map(|pair| angle(&pair[0], &pair[1])).collect();
    let mut left = share * edges.iter().sum::<f64>();
    for (pair, edge) in line.windows(2).zip(edges) {
        if left < edge {
            return interpolate(left / edge, &pair[0], &pair[1]);
        }
        left -= edge;
    }
    line.last().copied().unwrap_or_else(|| Vector::new(1.0, 0.0, 0.0))
}

/// The share of the length of a line up to its point that is closest to a point.
pub(in crate::exec) fn locate(line: &Line, point: &Point) -> f64 {
    let mut best = (f64::INFINITY, 0.0);
    let mut before = 0.0;
    for pair in line.windows(2) {
        let closest = project(point, &pair[0], &pair[1]);
        let distance = angle(point, &closest);
        if distance < best.0 {
            best = (distance, before + angle(&pair[0], &closest));
        }
        before += angle(&pair[0], &pair[1]);
    }
    if before == 0.0 { 0.0 } else { (best.1 / before).clamp(0.0, 1.0) }
}
