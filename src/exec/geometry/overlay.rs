//! Unions and intersections of shapes.
//!
//! The edges of both shapes are cut where they cross or touch; each part is kept or left out by where its middle lies in the
//! other shape, and by what it has in common with an edge there; what is kept is joined.

use std::collections::HashSet;

use super::Line;
use super::graph::{Link, MERGED, Pool, lines, rings};
use super::point::{Point, angle, cross, crossing, distance_to_edge};
use super::polygon::{Bounds, Polygon, Shell, is_counterclockwise, ring_contains};

/// What two shapes have in common.
#[derive(Debug, Clone, Default)]
pub(in crate::exec) struct Overlap {
    /// Points that lie in neither of the rest.
    pub(in crate::exec) points: Vec<Point>,
    /// Lines that lie in no polygon.
    pub(in crate::exec) lines: Vec<Line>,
    /// Polygons.
    pub(in crate::exec) shells: Vec<Shell>,
}

impl Overlap {
    /// Whether the shapes have nothing in common.
    pub(in crate::exec) fn is_empty(&self) -> bool {
        self.points.is_empty() && self.lines.is_empty() && self.shells.is_empty()
    }
}

/// The edges of two shapes, cut at where they meet.
struct Cut {
    pool: Pool,
    /// The parts of each shape.
    parts: [Vec<Link>; 2],
}

type Edge = (Point, Point);

impl Cut {
    fn of(left: &[Edge], right: &[Edge]) -> Self {
        let mut pool = Pool::default();
        for (a, b) in left.iter().chain(right) {
            pool.place(a);
            pool.place(b);
        }
        let mut stops = [vec![Vec::new(); left.len()], vec![Vec::new(); right.len()]];
        let boxes: Vec<Bounds> = right.iter().map(|(a, b)| Bounds::of(a, b)).collect();
        for (i, (a, b)) in left.iter().enumerate() {
            let bounds = Bounds::of(a, b);
            for (j, (c, d)) in right.iter().enumerate() {
                if !bounds.meets(&boxes[j]) {
                    continue;
                }
                if cross(a, b, c, d) {
                    let place = pool.place(&crossing(a, b, c, d));
                    stops[0][i].push(place);
                    stops[1][j].push(place);
                }
                for point in [c, d] {
                    if distance_to_edge(point, a, b) <= MERGED {
                        stops[0][i].push(pool.place(point));
                    }
                }
                for point in [a, b] {
                    if distance_to_edge(point, c, d) <= MERGED {
                        stops[1][j].push(pool.place(point));
                    }
                }
            }
        }
        let [left_stops, right_stops] = stops;
        let left_parts = parts(&mut pool, left, left_stops, 0);
        let right_parts = parts(&mut pool, right, right_stops, left.len());
        Self { pool, parts: [left_parts, right_parts] }
    }

    fn middle(&self, link: &Link) -> Point {
        (self.pool.points[link.from] + self.pool.points[link.to]).normalize()
    }

    fn vertices(&self, side: usize) -> HashSet<usize> {
        self.parts[side].iter().flat_map(|link| [link.from, link.to]).collect()
    }
}

/// The parts of edges between their ends and the stops on them.
fn parts(pool: &mut Pool, edges: &[Edge], stops: Vec<Vec<usize>>, first: usize) -> Vec<Link> {
    let mut links = Vec::with_capacity(edges.len());
    for (index, ((a, b), mut stops)) in edges.iter().zip(stops).enumerate() {
        let (start, end) = (pool.place(a), pool.place(b));
        stops.sort_by(|x, y| angle(a, &pool.points[*x]).total_cmp(&angle(a, &pool.points[*y])));
        stops.push(end);
        let mut from = start;
        for to in stops {
            if to != from && (to != start) && (from != end) {
                links.push(Link { id: first + index, from, to });
                from = to;
            }
        }
    }
    // Edges that fall on each other in opposite directions enclose nothing.
    let all: HashSet<(usize, usize)> = links.iter().map(|link| (link.from, link.to)).collect();
    links.retain(|link| !all.contains(&(link.to, link.from)));
    links
}

fn pairs(links: &[Link]) -> HashSet<(usize, usize)> {
    links.iter().map(|link| (link.from, link.to)).collect()
}

/// The parts of the boundaries of two polygons that bound their union, or their intersection.
fn boundary(cut: &Cut, left: &Polygon, right: &Polygon, union: bool) -> Vec<Link> {
    let [of_left, of_right] = &cut.parts;
    let (left_pairs, right_pairs) = (pairs(of_left), pairs(of_right));
    let lies_right = |link: &Link, other: &Polygon| other.contains(&cut.middle(link)) != union;
    let shared = |link: &Link, pairs: &HashSet<(usize, usize)>| {
        (pairs.contains(&(link.from, link.to)), pairs.contains(&(link.to, link.from)))
    };
    let mut kept = Vec::new();
    for link in of_left {
        if shared(link, &right_pairs) == (false, false) && lies_right(link, right) {
            kept.push(*link);
        }
    }
    for link in of_right {
        match shared(link, &left_pairs) {
            (true, _) => kept.push(*link),
            (false, true) => {}
            (false, false) => {
                if lies_right(link, left) {
                    kept.push(*link);
                }
            }
        }
    }
    kept
}

/// Shells with their holes of the rings of a boundary.
pub(super) fn shells(rings: Vec<Vec<Point>>) -> Vec<Shell> {
    let (outer, holes): (Vec<_>, Vec<_>) = rings.into_iter().partition(|ring| is_counterclockwise(ring));
    let mut shells: Vec<Shell> = outer.into_iter().map(|outer| Shell { outer, holes: Vec::new() }).collect();
    for hole in holes {
        // The smallest shell around it; where they touch, a vertex of the hole may be one of the shell.
        let around = |shell: &Shell| {
            let inner: Vec<&Point> = hole.iter().filter(|point| !shell.outer.contains(point)).collect();
            !inner.is_empty() && inner.iter().all(|point| ring_contains(&shell.outer, point))
        };
        let smallest = shells
            .iter()
            .enumerate()
            .filter(|(_, shell)| around(shell))
            .map(|(index, shell)| {
                (index, Polygon::of(vec![Shell { outer: shell.outer.clone(), holes: Vec::new() }]).area())
            })
            .min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((index, _)) = smallest {
            shells[index].holes.push(hole);
        }
    }
    shells
}

fn union_of_two(left: &Polygon, right: &Polygon) -> Polygon {
    let (left_edges, right_edges): (Vec<Edge>, Vec<Edge>) = (left.edges().collect(), right.edges().collect());
    let cut = Cut::of(&left_edges, &right_edges);
    let kept = boundary(&cut, left, right, true);
    Polygon::of(shells(rings(&cut.pool, &kept)))
}

/// The union of polygons: the two smallest first, as the service does.
pub(in crate::exec) fn union_polygons(polygons: Vec<Polygon>) -> Polygon {
    let mut waiting: Vec<(usize, Polygon)> =
        polygons.into_iter().map(|polygon| (polygon.size(), polygon)).collect();
    waiting.sort_by_key(|(size, _)| *size);
    let mut waiting = std::collections::VecDeque::from(waiting);
    while let Some((size, first)) = waiting.pop_front() {
        let Some((other, second)) = waiting.pop_front() else { return first };
        let united = union_of_two(&first, &second);
        let size = size + other;
        let behind = waiting.partition_point(|(known, _)| *known <= size);
        waiting.insert(behind, (size, united));
    }
    Polygon::of(Vec::new())
}

/// What two polygons have in common; their boundaries count.
pub(in crate::exec) fn intersect_polygons(left: &Polygon, right: &Polygon) -> Overlap {
    let (left_edges, right_edges): (Vec<Edge>, Vec<Edge>) = (left.edges().collect(), right.edges().collect());
    let cut = Cut::of(&left_edges, &right_edges);
    let kept = boundary(&cut, left, right, false);
    let right_pairs = pairs(&cut.parts[1]);
    let touching: Vec<Link> =
        cut.parts[0].iter().filter(|link| right_pairs.contains(&(link.to, link.from))).copied().collect();
    let points = loose(&cut, kept.iter().chain(&touching));
    Overlap { points, lines: lines(&cut.pool, &touching), shells: shells(rings(&cut.pool, &kept)) }
}

/// The vertices of both shapes that are not on what is kept.
fn loose<'l>(cut: &Cut, kept: impl Iterator<Item = &'l Link>) -> Vec<Point> {
    let kept: HashSet<usize> = kept.flat_map(|link| [link.from, link.to]).collect();
    let right = cut.vertices(1);
    let mut both: Vec<usize> = cut
        .vertices(0)
        .into_iter()
        .filter(|vertex| right.contains(vertex) && !kept.contains(vertex))
        .collect();
    both.sort_unstable();
    both.into_iter().map(|vertex| cut.pool.points[vertex]).collect()
}

/// The edges of lines.
pub(super) fn edges_of_lines(lines: &[Line]) -> Vec<Edge> {
    lines
        .iter()
        .flat_map(|line| line.windows(2).map(|pair| (pair[0], pair[1])))
        .filter(|(a, b)| a != b)
        .collect()
}

/// What lines and a polygon have in common; the boundary of the polygon counts.
pub(in crate::exec) fn intersect_line_with_polygon(of: &[Line], polygon: &Polygon) -> Overlap {
    let boundary: Vec<Edge> = polygon.edges().collect();
    let cut = Cut::of(&edges_of_lines(of), &boundary);
    let edges = pairs(&cut.parts[1]);
    let inside = |link: &&Link| {
        edges.contains(&(link.from, link.to))
            || edges.contains(&(link.to, link.from))
            || polygon.contains(&cut.middle(link))
    };
    let kept = distinct(cut.parts[0].iter().filter(inside));
    Overlap { points: loose(&cut, kept.iter()), lines: lines(&cut.pool, &kept), shells: Vec::new() }
}

/// What lines have in common with others.
pub(in crate::exec) fn intersect_lines(left: &[Line], right: &[Line]) -> Overlap {
    let cut = Cut::of(&edges_of_lines(left), &edges_of_lines(right));
    let others = pairs(&cut.parts[1]);
    let both =
        |link: &&Link| others.contains(&(link.from, link.to)) || others.contains(&(link.to, link.from));
    let kept = distinct(cut.parts[0].iter().filter(both));
    Overlap { points: loose(&cut, kept.iter()), lines: lines(&cut.pool, &kept), shells: Vec::new() }
}

/// Each edge once, in whichever direction it comes first.
pub(super) fn distinct<'l>(links: impl Iterator<Item = &'l Link>) -> Vec<Link> {
    let mut seen = HashSet::new();
    links.filter(|link| seen.insert((link.from.min(link.to), link.from.max(link.to)))).copied().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;
    use crate::exec::geometry::{from_degrees, to_degrees};

    fn number(value: &Json) -> f64 {
        value.as_f64().unwrap()
    }

    fn items(value: &Json) -> &[Json] {
        value.as_array().unwrap()
    }

    fn point(place: &Json) -> Point {
        from_degrees(number(&place[0]), number(&place[1]))
    }

    fn ring(places: &Json) -> Vec<Point> {
        items(places).iter().map(point).collect()
    }

    fn area(shells: &[Shell]) -> f64 {
        Polygon::of(shells.to_vec()).area()
    }

    /// Random polygons, rectangles along meridians and the equator, and cells of S2, with what the S2 library (s2geometry
    /// 0.14.0) makes of them: their areas, that of their union, its rings, and which of some points they hold.
    #[test]
    fn unions_and_intersections_are_those_of_the_s2_library() {
        let cases = include_str!("../../../tests/exec_geometry/s2.jsonl");
        for (number_of_case, line) in cases.lines().enumerate() {
            let case: Json = serde_json::from_str(line).unwrap();
            let [left, right] = ["a", "b"].map(|name| Polygon::new(vec![ring(&case[name])]).unwrap());
            let areas: Vec<f64> = items(&case["areas"]).iter().map(number).collect();
            let close = |found: f64, wanted: f64| (found - wanted).abs() <= 1e-8 * areas[2];
            let (union, overlap) = (union_of_two(&left, &right), intersect_polygons(&left, &right));
            assert!(close(left.area(), areas[0]) && close(right.area(), areas[1]), "case {number_of_case}");
            assert!(close(union.area(), areas[2]), "case {number_of_case}: {} {}", union.area(), areas[2]);
            assert!(close(area(&overlap.shells), areas[0] + areas[1] - areas[2]), "case {number_of_case}");
            for entry in items(&case["points"]) {
                let point = point(&entry[0]);
                let held = [left.contains(&point), right.contains(&point)];
                assert_eq!(
                    Json::from(held.to_vec()),
                    Json::from(&items(entry)[1..]),
                    "case {number_of_case}"
                );
            }
            // Of edges that lie on one line, the library keeps more vertices.
            if case["collinear"] == Json::Bool(true) {
                continue;
            }
            let found: Vec<Vec<(f64, f64)>> = union
                .shells
                .iter()
                .flat_map(|shell| {
                    let holes = shell.holes.iter().map(|hole| hole.iter().rev().map(to_degrees).collect());
                    std::iter::once(shell.outer.iter().map(to_degrees).collect())
                        .chain(holes)
                        .collect::<Vec<_>>()
                })
                .collect();
            let wanted = items(&case["union"]);
            assert_eq!(found.len(), wanted.len(), "case {number_of_case}");
            for (found, wanted) in found.iter().zip(wanted) {
                assert_eq!(found.len(), items(wanted).len(), "case {number_of_case}");
                for (found, wanted) in found.iter().zip(items(wanted)) {
                    let apart =
                        (found.0 - number(&wanted[0])).abs().max((found.1 - number(&wanted[1])).abs());
                    assert!(apart < 1e-9, "case {number_of_case}: {found:?} {wanted}");
                }
            }
        }
    }

    #[test]
    fn polygons_that_touch_have_their_border_in_common() {
        let square = |x: f64| {
            let corners = [(x, 10.0), (x + 1.0, 10.0), (x + 1.0, 11.0), (x, 11.0)];
            Polygon::new(vec![corners.iter().map(|place| from_degrees(place.0, place.1)).collect()]).unwrap()
        };
        let beside = intersect_polygons(&square(0.0), &square(1.0));
        assert!(beside.shells.is_empty() && beside.points.is_empty());
        assert_eq!(beside.lines.len(), 1);
        assert!(intersect_polygons(&square(0.0), &square(2.0)).is_empty());
        let united = union_of_two(&square(0.0), &square(1.0));
        assert_eq!(united.shells.len(), 1);
        assert_eq!(united.shells[0].outer.len(), 6);
    }
}
