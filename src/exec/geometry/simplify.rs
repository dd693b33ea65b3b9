//! Shapes with fewer vertices: none closer to another than a tolerance, none further from the shape than it.
//!
//! Which vertices stay follows from how the S2 library snaps: vertices become sites in the order of their cells unless one
//! is too close, edges run along the sites whose regions they pass, and chains of edges become one edge where that passes
//! all vertices of the chain closely enough and no other. Where the library adds sites of its own to keep edges apart,
//! nothing is answered.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::f64::consts::{FRAC_PI_2, PI, TAU};

use s2::cellid::CellID;
use s2::point::Point as Vertex;

use super::Line;
use super::graph::{Link, Pool, lines, rings};
use super::line::union_lines;
use super::overlay::{distinct, edges_of_lines, shells};
use super::point::{Point, angle, distance_to_edge, normal, sign};
use super::polygon::Polygon;

type Edge = (Point, Point);

/// The union of lines with fewer vertices; nothing where it cannot be computed here.
pub(in crate::exec) fn simplified_lines(of: &[Line], tolerance: f64) -> Option<Vec<Line>> {
    let (pool, links) = Snapping::new(&edges_of_lines(&union_lines(of)), tolerance).simplified()?;
    Some(lines(&pool, &distinct(links.iter())))
}

/// A polygon with fewer vertices; nothing where it cannot be computed here.
pub(in crate::exec) fn simplified_polygon(polygon: &Polygon, tolerance: f64) -> Option<Polygon> {
    let edges: Vec<Edge> = polygon.edges().collect();
    let (pool, links) = Snapping::new(&edges, tolerance).simplified()?;
    // Edges in opposite directions enclose nothing.
    let mut counts: HashMap<(usize, usize), usize> = HashMap::new();
    for link in &links {
        *counts.entry((link.from, link.to)).or_default() += 1;
    }
    let mut kept = Vec::new();
    for link in links {
        match counts.get_mut(&(link.to, link.from)) {
            Some(opposite) if *opposite > 0 => *opposite -= 1,
            _ => kept.push(link),
        }
    }
    Some(Polygon::of(shells(rings(&pool, &kept))))
}

/// Whether nothing is left of polygons: each of their edges ends where it starts.
pub(in crate::exec) fn vanish(polygons: &[Polygon], tolerance: f64) -> bool {
    let edges: Vec<Edge> = polygons.iter().flat_map(Polygon::edges).collect();
    let snapping = Snapping::new(&edges, tolerance);
    (0..edges.len()).all(|edge| snapping.snapped(edge).len() < 2)
}

/// Edges and the sites that their vertices move to.
struct Snapping<'e> {
    edges: &'e [Edge],
    radius: f64,
    sites: Vec<Point>,
    /// The sites close to each edge, from its start to its end.
    near: Vec<Vec<usize>>,
    /// Whether anything moves.
    moves: bool,
}

impl<'e> Snapping<'e> {
    fn new(edges: &'e [Edge], radius: f64) -> Self {
        let mut vertices: Vec<Point> = edges.iter().flat_map(|(a, b)| [*a, *b]).collect();
        vertices.sort_by(|a, b| CellID::from(&Vertex(*a)).0.cmp(&CellID::from(&Vertex(*b)).0).then(a.cmp(b)));
        vertices.dedup();
        let mut moves = false;
        let mut sites: Vec<Point> = Vec::new();
        for vertex in &vertices {
            if sites.iter().any(|site| angle(site, vertex) <= radius) {
                moves = true;
            } else {
                sites.push(*vertex);
            }
        }
        let mut near = Vec::with_capacity(edges.len());
        for (a, b) in edges {
            let mut around: Vec<usize> = (0..sites.len())
                .filter(|site| distance_to_edge(&sites[*site], a, b) <= radius * 1.6)
                .collect();
            around.sort_by(|x, y| angle(a, &sites[*x]).total_cmp(&angle(a, &sites[*y])).then(x.cmp(y)));
            moves |= around
                .iter()
                .map(|site| &sites[*site])
                .any(|site| site != a && site != b && distance_to_edge(site, a, b) < radius * 0.5);
            near.push(around);
        }
        if !moves {
            sites = vertices;
        }
        Self { edges, radius, sites, near, moves }
    }

    /// The sites that an edge runs along.
    fn snapped(&self, index: usize) -> Vec<usize> {
        let (x, y) = &self.edges[index];
        if !self.moves {
            let at = |point: &Point| self.sites.iter().position(|site| site == point);
            return at(x).into_iter().chain(at(y)).collect();
        }
        let mut chain: Vec<usize> = Vec::new();
        for candidate in &self.near[index] {
            let c = &self.sites[*candidate];
            if distance_to_edge(c, x, y) > self.radius {
                continue;
            }
            let mut added = true;
            while let Some(last) = chain.last() {
                let b = &self.sites[*last];
                if angle(b, c) >= 2.0 * self.radius {
                    break;
                }
                match self.excluded(b, c, x, y) {
                    Excluded::First => {
                        chain.pop();
                        continue;
                    }
                    Excluded::Second => {
                        added = false;
                        break;
                    }
                    Excluded::Neither => {}
                }
                let [.., before, _] = chain.as_slice() else { break };
                let a = &self.sites[*before];
                if angle(a, c) >= 2.0 * self.radius {
                    break;
                }
                let side = sign(x, y, b);
                if sign(a, b, c) == side || circumcenter_side(x, y, a, b, c) != side {
                    break;
                }
                chain.pop();
            }
            if added {
                chain.push(*candidate);
            }
        }
        chain
    }

    /// Which of two sites has no part of an edge closest to it.
    fn excluded(&self, a: &Point, b: &Point, x: &Point, y: &Point) -> Excluded {
        let n = (*x - *y).cross(&(*x + *y));
        let squared = n.norm2();
        let above = |point: &Point| {
            let closest = if (*point - *x).norm2() <= (*point - *y).norm2() { x } else { y };
            (*point - *closest).dot(&n)
        };
        let (above_a, above_b) = (above(a), above(b));
        let reach = squared * self.radius.sin().powi(2);
        let (half_a, half_b) =
            ((reach - above_a * above_a).max(0.0).sqrt(), (reach - above_b * above_b).max(0.0).sqrt());
        let difference = self.radius.cos() * (half_b - half_a);
        let apart = 0.5 * (*a - *b).cross(&(*a + *b)).dot(&n);
        if difference.abs() < apart {
            return Excluded::Neither;
        }
        if apart < 0.0 {
            let (behind_x, before_y) = (angle(a, x) > FRAC_PI_2, angle(b, y) > FRAC_PI_2);
            return match (behind_x, before_y) {
                (false, false) => Excluded::Neither,
                (true, _) => Excluded::First,
                (false, true) => Excluded::Second,
            };
        }
        if a.dot(b) * squared - above_a * above_b <= 0.0 {
            return Excluded::Neither;
        }
        if difference > 0.0 { Excluded::First } else { Excluded::Second }
    }

    /// Whether the library would add a site so that the edges along a chain keep away from others.
    fn needs_more(&self, index: usize, chain: &[usize]) -> bool {
        let mut place = 0;
        for site in &self.near[index] {
            let Some(expected) = chain.get(place) else { return false };
            let before = place.checked_sub(1).and_then(|before| chain.get(before));
            if site == expected {
                if let Some(before) = before
                    && angle(&self.sites[*before], &self.sites[*expected]) >= self.longest()
                {
                    return true;
                }
                place += 1;
            } else if let Some(before) = before
                && distance_to_edge(&self.sites[*site], &self.sites[*before], &self.sites[*expected])
                    < self.radius * 0.5
            {
                return true;
            }
        }
        false
    }

    /// From what length on edges bend away from where their ends moved.
    fn longest(&self) -> f64 {
        2.0 * (self.radius.sin() / (1.1 * self.radius).sin()).acos()
    }

    fn simplified(&self) -> Option<(Pool, Vec<Link>)> {
        let mut held: HashMap<usize, Vec<Point>> = HashMap::new();
        let mut graph = Graph::default();
        for (index, (a, b)) in self.edges.iter().enumerate() {
            let chain = self.snapped(index);
            if self.moves && self.needs_more(index, &chain) {
                return None;
            }
            for (site, vertex) in chain.first().into_iter().zip([a]).chain(chain.last().into_iter().zip([b]))
            {
                let vertices = held.entry(*site).or_default();
                if !vertices.contains(vertex) {
                    vertices.push(*vertex);
                }
            }
            for pair in chain.windows(2) {
                graph.links.push(Link { id: index, from: pair[0], to: pair[1] });
            }
        }
        graph.links.sort_by_key(|link| (link.from, link.to, link.id));
        let links = Chains { snapping: self, held, graph: &graph }.simplified();
        let mut pool = Pool::default();
        let places: Vec<usize> = self.sites.iter().map(|site| pool.place(site)).collect();
        let links =
            links.into_iter().map(|link| Link { from: places[link.from], to: places[link.to], ..link });
        Some((pool, links.collect()))
    }
}

/// Which of two sites is left out.
enum Excluded {
    First,
    Second,
    Neither,
}

/// On which side of an edge the centre of the circle through three points lies.
fn circumcenter_side(x: &Point, y: &Point, a: &Point, b: &Point, c: &Point) -> i8 {
    let center = (*a - *b).cross(&(*b - *c)) * f64::from(sign(a, b, c));
    let side = normal(x, y).dot(&center);
    if side > 0.0 {
        1
    } else if side < 0.0 {
        -1
    } else {
        0
    }
}

#[derive(Default)]
struct Graph {
    /// In the order of their ends.
    links: Vec<Link>,
}

impl Graph {
    fn out(&self, vertex: usize) -> impl Iterator<Item = (usize, &Link)> {
        self.links.iter().enumerate().filter(move |(_, link)| link.from == vertex)
    }

    fn between(&self, from: usize, to: usize) -> impl Iterator<Item = (usize, &Link)> {
        self.links.iter().enumerate().filter(move |(_, link)| link.from == from && link.to == to)
    }

    /// Whether a vertex only joins two others.
    fn is_interior(&self, vertex: usize) -> bool {
        let mut others: BTreeMap<usize, (i32, i32)> = BTreeMap::new();
        for link in &self.links {
            if link.from == vertex {
                others.entry(link.to).or_default().0 += 1;
            }
            if link.to == vertex {
                others.entry(link.from).or_default().1 += 1;
            }
        }
        let ends: Vec<(i32, i32)> = others.into_values().collect();
        let [(out, coming), (other_out, other_coming)] = ends.as_slice() else { return false };
        out + other_out == coming + other_coming && out + coming == other_out + other_coming
    }
}

/// Chains of edges, made one edge where that is close enough.
struct Chains<'s, 'e> {
    snapping: &'s Snapping<'e>,
    /// The vertices that moved to each site.
    held: HashMap<usize, Vec<Point>>,
    graph: &'s Graph,
}

impl Chains<'_, '_> {
    fn simplified(&self) -> Vec<Link> {
        let graph = self.graph;
        let interior: Vec<bool> =
            (0..self.snapping.sites.len()).map(|site| graph.is_interior(site)).collect();
        let mut used = vec![false; graph.links.len()];
        let mut found = Vec::new();
        // Chains that start at an end, then closed ones.
        for closed in [false, true] {
            for index in 0..graph.links.len() {
                let link = graph.links[index];
                if used[index] || (!closed && interior[link.from]) {
                    continue;
                }
                if !closed && !interior[link.to] {
                    used[index] = true;
                    found.push(link);
                } else {
                    self.follow(link.from, link.to, &interior, &mut used, &mut found);
                }
            }
        }
        found
    }

    fn follow(
        &self,
        mut from: usize,
        mut to: usize,
        interior: &[bool],
        used: &mut [bool],
        found: &mut Vec<Link>,
    ) {
        let sites = &self.snapping.sites;
        let start = from;
        loop {
            let mut chain = vec![from];
            let mut seen = HashSet::from([from]);
            let mut window = Window::new(&sites[from]);
            let mut simple = self.avoids(from, from, to, &mut seen, &mut window);
            let done = loop {
                chain.push(to);
                seen.insert(to);
                if !interior[to] || to == start {
                    break true;
                }
                let before = from;
                from = to;
                match self
                    .graph
                    .out(from)
                    .map(|(_, link)| link.to)
                    .find(|next| *next != before && *next != from)
                {
                    Some(next) => to = next,
                    None => break true,
                }
                simple = simple
                    && self
                        .held
                        .get(&from)
                        .into_iter()
                        .flatten()
                        .all(|held| window.target(held, self.snapping.radius))
                    && self.avoids(chain[0], from, to, &mut seen, &mut window)
                    && window.allows(&sites[to]);
                if !simple {
                    break false;
                }
            };
            self.merge(&chain, used, found);
            if done {
                return;
            }
        }
    }

    /// Whether an edge that goes on to a site can keep away from the sites around it.
    fn avoids(
        &self,
        first: usize,
        from: usize,
        to: usize,
        seen: &mut HashSet<usize>,
        window: &mut Window,
    ) -> bool {
        let sites = &self.snapping.sites;
        let (p0, p1, p2) = (&sites[first], &sites[from], &sites[to]);
        let reach = angle(p0, p2);
        if reach < angle(p0, p1) || reach >= self.snapping.longest() {
            return false;
        }
        let both = self.graph.between(from, to).chain(self.graph.between(to, from));
        let Some(edge) = both.map(|(_, link)| link.id).min_by_key(|id| self.snapping.near[*id].len()) else {
            return false;
        };
        for site in &self.snapping.near[edge] {
            let point = &sites[*site];
            if angle(p0, point) >= reach || !seen.insert(*site) {
                continue;
            }
            let left = if from == first {
                sign(p1, p2, point) > 0
            } else {
                super::point::ordered(p0, p2, point, p1)
            };
            if !window.avoid(point, self.snapping.radius * 0.5, left) {
                return false;
            }
        }
        true
    }

    fn merge(&self, chain: &[usize], used: &mut [bool], found: &mut Vec<Link>) {
        let [first, .., last] = chain else { return };
        // The edges of each step side by side: the first of each step is one chain, and so on.
        let mut ahead: Vec<usize> = Vec::new();
        let mut back: Vec<usize> = Vec::new();
        for (step, pair) in chain.windows(2).enumerate() {
            for (ids, from, to) in [(&mut ahead, pair[0], pair[1]), (&mut back, pair[1], pair[0])] {
                for (place, (index, link)) in self.graph.between(from, to).enumerate() {
                    used[index] = true;
                    match ids.get_mut(place) {
                        Some(id) => *id = link.id.min(*id),
                        None if step == 0 => ids.push(link.id),
                        None => {}
                    }
                }
            }
        }
        found.extend(ahead.into_iter().map(|id| Link { id, from: *first, to: *last }));
        found.extend(back.into_iter().map(|id| Link { id, from: *last, to: *first }));
    }
}

/// The directions in which an edge from a point may go: an arc, and what is to be kept out of it.
struct Window {
    source: Point,
    east: Point,
    north: Point,
    /// The arc from its right end counterclockwise; nothing for all directions.
    arc: Option<Arc>,
    waiting: Vec<(Arc, bool)>,
}

/// An arc of directions: where it starts, and how far it goes counterclockwise; below 0 where it is empty.
#[derive(Debug, Clone, Copy)]
struct Arc {
    start: f64,
    length: f64,
}

impl Arc {
    fn offset(&self, direction: f64) -> f64 {
        (direction - self.start).rem_euclid(TAU)
    }

    fn contains(&self, direction: f64) -> bool {
        self.length >= 0.0 && self.offset(direction) <= self.length
    }

    fn contains_arc(&self, other: &Self) -> bool {
        other.length < 0.0 || (self.length >= 0.0 && self.offset(other.start) + other.length <= self.length)
    }

    /// What both have in common; where that is two arcs, the smaller of both.
    fn and(&self, other: &Self) -> Self {
        let empty = Self { start: 0.0, length: -1.0 };
        if self.length < 0.0 || other.length < 0.0 {
            return empty;
        }
        let offset = self.offset(other.start);
        if offset <= self.length {
            let back = other.offset(self.start);
            if back <= other.length && offset > 0.0 {
                return if self.length < other.length { *self } else { *other };
            }
            return Self { start: other.start, length: other.length.min(self.length - offset) };
        }
        let back = other.offset(self.start);
        if back <= other.length {
            return Self { start: self.start, length: self.length.min(other.length - back) };
        }
        empty
    }
}

impl Window {
    fn new(source: &Point) -> Self {
        let east = Vertex(*source).ortho().0;
        Self { source: *source, east, north: source.cross(&east), arc: None, waiting: Vec::new() }
    }

    fn direction(&self, point: &Point) -> f64 {
        point.dot(&self.north).atan2(point.dot(&self.east))
    }

    /// Half the angle under which a disc is seen; π from within.
    fn half_width(&self, point: &Point, radius: f64) -> f64 {
        let distance = angle(&self.source, point);
        if distance <= radius { PI } else { (radius.sin() / distance.sin()).min(1.0).asin() }
    }

    /// Leaves the directions that pass through a disc.
    fn target(&mut self, point: &Point, radius: f64) -> bool {
        let half = self.half_width(point, radius);
        if half >= PI {
            return true;
        }
        let seen = Arc { start: self.direction(point) - half, length: 2.0 * half };
        self.arc = Some(self.arc.map_or(seen, |arc| arc.and(&seen)));
        for (arc, left) in std::mem::take(&mut self.waiting) {
            self.leave_out(arc, left);
        }
        self.arc.is_none_or(|arc| arc.length >= 0.0)
    }

    /// Leaves out the directions that pass through a disc, or on its wrong side.
    fn avoid(&mut self, point: &Point, radius: f64, on_left: bool) -> bool {
        let half = self.half_width(point, radius);
        if half >= PI {
            return false;
        }
        let (right, left) = if on_left { (half, FRAC_PI_2) } else { (FRAC_PI_2, half) };
        let arc = Arc { start: self.direction(point) - right, length: right + left };
        if self.arc.is_none() {
            self.waiting.push((arc, on_left));
            return true;
        }
        self.leave_out(arc, on_left);
        self.arc.is_none_or(|arc| arc.length >= 0.0)
    }

    fn leave_out(&mut self, out: Arc, on_left: bool) {
        let Some(arc) = self.arc else { return };
        self.arc = Some(if arc.contains_arc(&out) {
            if on_left {
                Arc { start: arc.start, length: arc.offset(out.start) }
            } else {
                let cut = arc.offset(out.start) + out.length;
                Arc { start: arc.start + cut, length: arc.length - cut }
            }
        } else {
            arc.and(&Arc { start: out.start + out.length, length: TAU - out.length })
        });
    }

    /// Whether an edge may go to a point.
    fn allows(&self, point: &Point) -> bool {
        let direction = self.direction(point);
        angle(&self.source, point) <= FRAC_PI_2
            && self.arc.is_none_or(|arc| arc.contains(direction))
            && !self.waiting.iter().any(|(arc, _)| arc.contains(direction))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::geometry::{EARTH_RADIUS, from_degrees, to_degrees};

    fn line(places: &[(f64, f64)]) -> Line {
        places.iter().map(|(longitude, latitude)| from_degrees(*longitude, *latitude)).collect()
    }

    #[test]
    fn vertices_close_to_a_straight_line_go() {
        let places: Vec<(f64, f64)> = (0..=20).map(|step| (10.0 + f64::from(step) * 0.001, 50.0)).collect();
        let found = simplified_lines(&[line(&places)], 20.0 / EARTH_RADIUS).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].len(), 2);
        // A corner stays.
        let mut corner = places.clone();
        corner.extend((1..=20).map(|step| (10.02, 50.0 + f64::from(step) * 0.001)));
        let found = simplified_lines(&[line(&corner)], 20.0 / EARTH_RADIUS).unwrap();
        assert_eq!(found[0].len(), 3);
        let (longitude, latitude) = to_degrees(&found[0][1]);
        assert!((longitude - 10.02).abs() < 1e-9 && (latitude - 50.0).abs() < 1e-9);
    }

    #[test]
    fn a_small_ring_vanishes_and_a_large_one_keeps_its_corners() {
        let square = |side: f64| {
            let mut ring = Vec::new();
            for (x, y, dx, dy) in
                [(0.0, 0.0, 1.0, 0.0), (1.0, 0.0, 0.0, 1.0), (1.0, 1.0, -1.0, 0.0), (0.0, 1.0, 0.0, -1.0)]
            {
                ring.extend((0..5).map(|step| {
                    let share = f64::from(step) / 5.0;
                    from_degrees(20.0 + side * (x + dx * share), 30.0 + side * (y + dy * share))
                }));
            }
            Polygon::new(vec![ring]).unwrap()
        };
        let tolerance = 100.0 / EARTH_RADIUS;
        assert!(simplified_polygon(&square(0.0005), tolerance).unwrap().shells.is_empty());
        let large = simplified_polygon(&square(0.05), tolerance).unwrap();
        assert_eq!(large.shells.len(), 1);
        assert_eq!(large.shells[0].outer.len(), 4);
    }
}
