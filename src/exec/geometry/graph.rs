//! Edges joined to rings and lines, in the order of the edges that they come from.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use s2::cellid::CellID;
use s2::point::Point as Vertex;

use super::point::{Point, normal};

/// A directed edge between two vertices of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    /// The edge of the input that it is a part of: a number that grows in the order of the input.
    pub(super) id: usize,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Vertices, those closer than errors of computing can tell apart being one.
#[derive(Debug, Default)]
pub(super) struct Pool {
    pub(super) points: Vec<Point>,
    cells: HashMap<[i64; 3], Vec<usize>>,
}

/// How close points are that count as one, in radians: what the service merges crossings within.
pub(super) const MERGED: f64 = 3.6e-15;

/// The side of the cubes that points are looked up in.
const CUBE: f64 = 1e-14;

impl Pool {
    /// The vertex at a point.
    pub(super) fn place(&mut self, point: &Point) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "at most 1e14")]
        let cube = [point.x, point.y, point.z].map(|coordinate| (coordinate / CUBE).floor() as i64);
        for step in 0..27 {
            let key = [cube[0] + step % 3 - 1, cube[1] + step / 3 % 3 - 1, cube[2] + step / 9 - 1];
            let near = self.cells.get(&key).into_iter().flatten();
            for index in near {
                if self.points.get(*index).is_some_and(|known| (*known - *point).norm() <= MERGED) {
                    return *index;
                }
            }
        }
        let index = self.points.len();
        self.points.push(*point);
        self.cells.entry(cube).or_default().push(index);
        index
    }
}

/// The rings that directed edges form, each with the inside to its left, without a vertex twice. The ring starts behind its
/// last edge of the input; rings come in the order of their first edges. What the documentation prints follows from the
/// order in which the S2 library does this.
pub(super) fn rings(pool: &Pool, links: &[Link]) -> Vec<Vec<Point>> {
    let mut links = links.to_vec();
    let places: Vec<CellID> = pool.points.iter().map(|point| CellID::from(&Vertex(*point))).collect();
    let place = |vertex: usize| (places.get(vertex).map(|cell| cell.0), vertex);
    links.sort_by_key(|link| (place(link.from), place(link.to), link.id));
    let links = &whole(&links);
    let mut next = left_turns(pool, links);
    let mut rings: Vec<Vec<usize>> = Vec::new();
    let mut at: HashMap<usize, usize> = HashMap::new();
    for start in 0..links.len() {
        let mut path: Vec<usize> = Vec::new();
        let mut edge = start;
        while let Some(following) = next[edge].take() {
            path.push(edge);
            at.insert(links[edge].from, path.len() - 1);
            if let Some(first) = at.get(&links[edge].to).copied() {
                let ring = path.split_off(first);
                for edge in &ring {
                    at.remove(&links[*edge].from);
                }
                rings.push(rotated(ring, links));
            }
            edge = following;
        }
        at.clear();
    }
    rings.sort_by_key(|ring| ring.first().map(|edge| links[*edge].id));
    rings
        .into_iter()
        .map(|ring| ring.into_iter().map(|edge| pool.points[links[edge].from]).collect())
        .collect()
}

/// Edges with the parts of one edge joined again where nothing else ends between them.
fn whole(links: &[Link]) -> Vec<Link> {
    let mut ends: HashMap<usize, usize> = HashMap::new();
    for link in links {
        *ends.entry(link.from).or_default() += 1;
        *ends.entry(link.to).or_default() += 1;
    }
    let by_start: HashMap<(usize, usize), usize> =
        links.iter().enumerate().map(|(index, link)| ((link.id, link.from), index)).collect();
    let by_end: HashSet<(usize, usize)> = links.iter().map(|link| (link.id, link.to)).collect();
    let is_joint = |id: usize, vertex: usize| {
        ends.get(&vertex) == Some(&2)
            && by_start.contains_key(&(id, vertex))
            && by_end.contains(&(id, vertex))
    };
    links
        .iter()
        .filter(|link| !is_joint(link.id, link.from))
        .map(|link| {
            let mut to = link.to;
            while is_joint(link.id, to)
                && let Some(following) = by_start.get(&(link.id, to)).and_then(|index| links.get(*index))
            {
                to = following.to;
            }
            Link { to, ..*link }
        })
        .collect()
}

/// For each edge the one that follows it: the leftmost at its end, none where there is none.
fn left_turns(pool: &Pool, links: &[Link]) -> Vec<Option<usize>> {
    let mut around: HashMap<usize, Vec<(f64, bool, usize)>> = HashMap::new();
    let direction = |vertex: usize, other: usize| {
        let (here, there) = (&pool.points[vertex], &pool.points[other]);
        let east = Vertex(*here).ortho().0;
        let north = here.cross(&east);
        let towards = normal(here, there).cross(here);
        towards.dot(&north).atan2(towards.dot(&east))
    };
    for (index, link) in links.iter().enumerate() {
        around.entry(link.from).or_default().push((direction(link.from, link.to), true, index));
        around.entry(link.to).or_default().push((direction(link.to, link.from), false, index));
    }
    let mut next = vec![None; links.len()];
    for ends in around.values_mut() {
        // Clockwise; where an edge comes in and one goes out along the same line, the one that comes in first.
        ends.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let mut waiting: Vec<usize> = Vec::new();
        for (_, out, index) in ends.iter().chain(ends.clone().iter()) {
            if *out {
                if let Some(coming) = waiting.pop()
                    && next[coming].is_none()
                {
                    next[coming] = Some(*index);
                }
            } else if next[*index].is_none() {
                waiting.push(*index);
            }
        }
    }
    next
}

/// A ring turned so that the edges with the greatest number stand at its end.
fn rotated(mut ring: Vec<usize>, links: &[Link]) -> Vec<usize> {
    let mut last = 0;
    let mut gap = false;
    for place in 1..ring.len() {
        match links[ring[place]].id.cmp(&links[ring[last]].id) {
            Ordering::Less => gap = true,
            Ordering::Equal if gap => {}
            Ordering::Equal | Ordering::Greater => {
                last = place;
                gap = false;
            }
        }
    }
    if !ring.is_empty() {
        let start = (last + 1) % ring.len();
        ring.rotate_left(start);
    }
    ring
}

/// The lines that directed edges form, broken where more than two edges meet, in the order of the edges.
pub(super) fn lines(pool: &Pool, links: &[Link]) -> Vec<Vec<Point>> {
    let mut out: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut coming: HashMap<usize, usize> = HashMap::new();
    for (index, link) in links.iter().enumerate() {
        out.entry(link.from).or_default().push(index);
        *coming.entry(link.to).or_default() += 1;
    }
    let passes = |vertex: usize| {
        coming.get(&vertex).copied().unwrap_or(0) == 1
            && out.get(&vertex).is_some_and(|edges| edges.len() == 1)
    };
    let mut used = vec![false; links.len()];
    let mut found: Vec<(usize, Vec<Point>)> = Vec::new();
    // First those that start at an end, then closed ones.
    for closed in [false, true] {
        for start in 0..links.len() {
            if used[start] || (!closed && passes(links[start].from)) {
                continue;
            }
            let mut line = vec![pool.points[links[start].from]];
            let mut edge = start;
            loop {
                used[edge] = true;
                line.push(pool.points[links[edge].to]);
                if !passes(links[edge].to) {
                    break;
                }
                match out.get(&links[edge].to).and_then(|edges| edges.first().copied()) {
                    Some(following) if !used[following] => edge = following,
                    _ => break,
                }
            }
            found.push((links[start].id, line));
        }
    }
    found.sort_by_key(|(id, _)| *id);
    found.into_iter().map(|(_, line)| line).collect()
}
