//! H3: hexagons, and twelve pentagons, in 16 sizes.

use h3o::{CellIndex, LatLng, Resolution};

/// How far apart in size a cell and its children may be.
const MAX_STEPS: u8 = 5;
/// The most cells that a polygon may have.
const MAX_CELLS: usize = 61_680;
/// Widest ring.
const MAX_DISTANCE: i64 = 142;

/// Reads the name of a cell.
pub(in crate::exec) fn parse(token: &str) -> Option<CellIndex> {
    token.parse().ok()
}

fn resolution(level: i64) -> Option<Resolution> {
    Resolution::try_from(u8::try_from(level).ok()?).ok()
}

/// The cell of a size around a place in degrees.
pub(in crate::exec) fn around(longitude: f64, latitude: f64, level: i64) -> Option<CellIndex> {
    Some(LatLng::new(latitude, longitude).ok()?.to_cell(resolution(level)?))
}

/// The size of a cell.
pub(in crate::exec) fn level(cell: CellIndex) -> u8 {
    cell.resolution().into()
}

/// The cells of a smaller size in it: the next one, unless told.
pub(in crate::exec) fn children(cell: CellIndex, wanted: Option<i64>) -> Option<Vec<CellIndex>> {
    let own = level(cell);
    let wanted = resolution(wanted.unwrap_or_else(|| i64::from(own) + 1))?;
    let steps = u8::from(wanted).checked_sub(own)?;
    (steps <= MAX_STEPS).then(|| cell.children(wanted).collect())
}

/// The cell of a larger size around it: the next one, unless told.
pub(in crate::exec) fn parent(cell: CellIndex, wanted: Option<i64>) -> Option<CellIndex> {
    cell.parent(resolution(wanted.unwrap_or_else(|| i64::from(level(cell)) - 1))?)
}

/// The cells in rings around it, itself the first.
pub(in crate::exec) fn rings(cell: CellIndex, distance: i64) -> Option<Vec<Vec<CellIndex>>> {
    if !(0..=MAX_DISTANCE).contains(&distance) {
        return None;
    }
    let widest = u32::try_from(distance).ok()?;
    let mut rings = vec![Vec::new(); usize::try_from(distance).ok()? + 1];
    let found: Vec<(CellIndex, u32)> = cell.grid_disk_distances(widest);
    for (cell, ring) in found {
        rings.get_mut(ring as usize)?.push(cell);
    }
    Some(rings)
}

/// Its centre in degrees of longitude and latitude.
pub(in crate::exec) fn center(cell: CellIndex) -> (f64, f64) {
    let place = LatLng::from(cell);
    (place.lng(), place.lat())
}

/// Its corners in degrees of longitude and latitude.
pub(in crate::exec) fn corners(cell: CellIndex) -> Vec<(f64, f64)> {
    cell.boundary().iter().map(|place| (place.lng(), place.lat())).collect()
}

/// The places of a ring on the map, in degrees of longitude and latitude.
pub(in crate::exec) type Ring = Vec<(f64, f64)>;

/// The cells whose centres lie within a polygon that is drawn on a map with straight edges: a ring and its holes.
///
/// The order is that of the H3 library: cells stand in a table at the remainder of their number
/// by the size that the library estimates for the table.
pub(in crate::exec) fn cover(rings: &[Ring], level: i64) -> Option<Vec<CellIndex>> {
    let resolution = resolution(level)?;
    let radius = greatest_radius(resolution)?;
    let size = table_size(rings, radius)?;
    if size > MAX_CELLS as u64 * 8 {
        return None;
    }
    let mut table = Table::new(size);
    let mut search: Vec<CellIndex> = Vec::new();
    let mut traced = std::collections::HashSet::new();
    for ring in rings {
        for (from, to) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            for cell in trace(*from, *to, resolution, radius)? {
                if traced.insert(cell) {
                    search.push(cell);
                }
            }
        }
    }
    while !search.is_empty() {
        let mut found = Vec::new();
        for cell in search {
            let around: Vec<CellIndex> = cell.grid_disk(1);
            for cell in around {
                if !table.holds(cell) && is_within(rings, center(cell)) {
                    table.insert(cell)?;
                    found.push(cell);
                }
            }
        }
        search = found;
    }
    let cells: Vec<CellIndex> = table.slots.into_iter().flatten().collect();
    (cells.len() <= MAX_CELLS).then_some(cells)
}

/// A hash table with the order of the H3 library.
struct Table {
    slots: Vec<Option<CellIndex>>,
}

impl Table {
    fn new(size: u64) -> Self {
        Self { slots: vec![None; usize::try_from(size).unwrap_or(0)] }
    }

    /// Where a cell stands, or would.
    fn slot(&self, cell: CellIndex) -> Option<usize> {
        let length = self.slots.len();
        let first = usize::try_from(u64::from(cell) % length as u64).ok()?;
        (0..length)
            .map(|step| (first + step) % length)
            .find(|slot| self.slots.get(*slot).is_some_and(|held| held.is_none_or(|held| held == cell)))
    }

    fn holds(&self, cell: CellIndex) -> bool {
        self.slot(cell).and_then(|slot| self.slots.get(slot)).is_some_and(Option::is_some)
    }

    fn insert(&mut self, cell: CellIndex) -> Option<()> {
        let slot = self.slot(cell)?;
        *self.slots.get_mut(slot)? = Some(cell);
        Some(())
    }
}

/// The radius of the first pentagon of a size, in kilometres: the most distorted cell.
fn greatest_radius(resolution: Resolution) -> Option<f64> {
    let pentagon = resolution.pentagons().next()?;
    let corner = *pentagon.boundary().first()?;
    Some(LatLng::from(pentagon).distance_km(corner))
}

/// How large a table the H3 library makes for the cells of a polygon.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded before use")]
fn table_size(rings: &[Ring], radius: f64) -> Option<u64> {
    let outer = rings.first()?;
    let fold = |of: fn(f64, f64) -> f64, start: f64, part: fn(&(f64, f64)) -> f64| {
        outer.iter().map(part).fold(start, of)
    };
    let (west, east) =
        (fold(f64::min, f64::INFINITY, |place| place.0), fold(f64::max, f64::NEG_INFINITY, |place| place.0));
    let (south, north) =
        (fold(f64::min, f64::INFINITY, |place| place.1), fold(f64::max, f64::NEG_INFINITY, |place| place.1));
    let area = 0.8 * (2.598_076_211_35 * radius * radius);
    let diagonal = LatLng::new(north, east).ok()?.distance_km(LatLng::new(south, west).ok()?);
    let (width, height) = ((east - west).to_radians(), (north - south).to_radians());
    let ratio = width.max(height) / width.min(height);
    let estimate = (diagonal * diagonal / ratio.min(3.0) / area).ceil();
    if !estimate.is_finite() || estimate > 1e9 {
        return None;
    }
    let vertices = rings.iter().map(Vec::len).sum::<usize>() as u64;
    Some((estimate as u64).max(1).max(vertices) + 12)
}

/// The cells along an edge that is straight on a map.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "bounded"
)]
fn trace(from: (f64, f64), to: (f64, f64), resolution: Resolution, radius: f64) -> Option<Vec<CellIndex>> {
    let (a, b) = (LatLng::new(from.1, from.0).ok()?, LatLng::new(to.1, to.0).ok()?);
    let steps = (a.distance_km(b) / (2.0 * radius)).ceil().max(1.0);
    if steps > 1e6 {
        return None;
    }
    (0..steps as u64)
        .map(|step| {
            let share = step as f64 / steps;
            let at = |from: f64, to: f64| from * (1.0 - share) + to * share;
            Some(LatLng::new(at(from.1, to.1), at(from.0, to.0)).ok()?.to_cell(resolution))
        })
        .collect()
}

/// Whether a place lies within the first ring and in none of the others, on a map.
fn is_within(rings: &[Ring], place: (f64, f64)) -> bool {
    let inside = |ring: &Ring| {
        ring.iter().zip(ring.iter().cycle().skip(1)).fold(false, |inside, (a, b)| {
            let between = (a.1 > place.1) != (b.1 > place.1);
            inside ^ (between && place.0 < (b.0 - a.0) * (place.1 - a.1) / (b.1 - a.1) + a.0)
        })
    };
    rings.split_first().is_some_and(|(outer, holes)| inside(outer) && !holes.iter().any(inside))
}
