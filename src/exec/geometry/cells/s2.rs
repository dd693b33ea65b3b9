//! S2: squares on the faces of a cube around the Earth, in 31 sizes.

use s2::cell::Cell;
use s2::cellid::CellID;
use s2::latlng::LatLng;

use super::super::point::{Point, cross, distance_to_edge};
use super::super::polygon::{Bounds, Polygon, edges_of, ring_contains};

/// The smallest size.
pub(in crate::exec) const MAX_LEVEL: i64 = 30;
/// The most cells that a shape may have.
const MAX_CELLS: usize = 65_536;
/// How close counts as touching, in radians.
const TOUCHING: f64 = 1e-15;

/// Reads the name of a cell.
pub(in crate::exec) fn parse(token: &str) -> Option<CellID> {
    if token.is_empty() || token.len() > 16 {
        return None;
    }
    let cell = CellID::from_token(token);
    cell.is_valid().then_some(cell)
}

/// The cell of a size around a place in degrees.
pub(in crate::exec) fn around(longitude: f64, latitude: f64, level: u64) -> CellID {
    CellID::from(LatLng::from_degrees(latitude, longitude)).parent(level)
}

/// The centre of a cell.
pub(in crate::exec) fn center(cell: CellID) -> Point {
    Cell::from(cell).center().0
}

/// The corners of a cell.
pub(in crate::exec) fn corners(cell: CellID) -> [Point; 4] {
    Cell::from(cell).vertices().map(|corner| corner.0)
}

/// The cells around it, each once.
pub(in crate::exec) fn neighbors(cell: CellID) -> Vec<CellID> {
    let mut cells: Vec<CellID> = Vec::new();
    for neighbor in cell.all_neighbors(cell.level()) {
        if !cells.contains(&neighbor) {
            cells.push(neighbor);
        }
    }
    cells
}

/// What is covered: edges, and what they enclose.
pub(in crate::exec) struct Target<'t> {
    /// The edges.
    pub(in crate::exec) edges: Vec<(Point, Point)>,
    /// The polygons that the edges bound.
    pub(in crate::exec) polygons: &'t [Polygon],
    /// How far around it is covered, too, in radians.
    pub(in crate::exec) radius: f64,
}

/// The cells of a size that have a point in common with a shape, in order; nothing where they are too many.
pub(in crate::exec) fn cover(target: &Target<'_>, level: u64) -> Option<Vec<CellID>> {
    let mut cells = Vec::new();
    let all: Vec<usize> = (0..target.edges.len()).collect();
    for face in 0..6 {
        descend(target, CellID::from_face(face), level, &all, &mut cells)?;
    }
    Some(cells)
}

fn descend(
    target: &Target<'_>,
    cell: CellID,
    level: u64,
    edges: &[usize],
    cells: &mut Vec<CellID>,
) -> Option<()> {
    let corners = corners(cell);
    let near: Vec<usize> = edges.iter().copied().filter(|edge| target.is_near(*edge, &corners)).collect();
    if near.is_empty() {
        // Without a boundary near it, the cell lies inside or outside as a whole.
        if !target.polygons.iter().any(|polygon| polygon.contains(&center(cell))) {
            return Some(());
        }
        let below = 1_usize.checked_shl(u32::try_from(2 * (level - cell.level())).ok()?)?;
        if cells.len().checked_add(below)? > MAX_CELLS {
            return None;
        }
        if cell.level() == level {
            cells.push(cell);
        } else {
            cells.extend(cell.child_iter_at_level(level));
        }
        return Some(());
    }
    if cell.level() == level {
        cells.push(cell);
        return (cells.len() <= MAX_CELLS).then_some(());
    }
    for child in cell.children() {
        descend(target, child, level, &near, cells)?;
    }
    Some(())
}

impl Target<'_> {
    /// Whether an edge is close enough to a cell.
    fn is_near(&self, edge: usize, corners: &[Point; 4]) -> bool {
        let Some((a, b)) = self.edges.get(edge) else { return false };
        let reach = self.radius.max(TOUCHING);
        if ring_contains(corners, a) || ring_contains(corners, b) {
            return true;
        }
        edges_of(corners).any(|(c, d)| {
            if self.radius == 0.0 && !Bounds::of(a, b).meets(&Bounds::of(&c, &d)) {
                return false;
            }
            cross(a, b, &c, &d)
                || distance_to_edge(a, &c, &d) <= reach
                || distance_to_edge(b, &c, &d) <= reach
                || distance_to_edge(&c, a, b) <= reach
                || distance_to_edge(&d, a, b) <= reach
        })
    }
}
