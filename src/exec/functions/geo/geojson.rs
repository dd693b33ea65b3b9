//! GeoJSON (RFC 7946) to shapes and back.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::{Place, is_place};
use crate::exec::geometry::{
    Line, Overlap, Point, Polygon, Shell, angle, from_degrees, to_degrees, union_polygons,
};
use crate::exec::value::{Dynamic, Value};

/// The type of a shape and its coordinates.
fn shape(value: &Value) -> Option<(&str, &Dynamic)> {
    let held = value.as_dynamic()?;
    Some((held.property("type")?.as_str()?, held.property("coordinates")?))
}

fn items(value: &Dynamic) -> Option<&[Dynamic]> {
    if let Dynamic::Array(items) = value { Some(items) } else { None }
}

fn read_place(value: &Dynamic) -> Option<Place> {
    let [longitude, latitude, ..] = items(value)? else { return None };
    let place = (longitude.as_f64()?, latitude.as_f64()?);
    is_place(place).then_some(place)
}

fn read_places(value: &Dynamic) -> Option<Vec<Place>> {
    items(value)?.iter().map(read_place).collect()
}

/// The lines of a `LineString` or `MultiLineString`, in degrees.
pub(super) fn line_places(value: &Value) -> Option<Vec<Vec<Place>>> {
    let (kind, coordinates) = shape(value)?;
    let lines = match kind {
        "LineString" => vec![read_places(coordinates)?],
        "MultiLineString" => items(coordinates)?.iter().map(read_places).collect::<Option<Vec<_>>>()?,
        _ => return None,
    };
    let fits = |line: &Vec<Place>| line.len() >= 2 && points(line).windows(2).all(is_edge);
    (!lines.is_empty() && lines.iter().all(fits)).then_some(lines)
}

/// Whether two points are the ends of one shortest line.
fn is_edge(pair: &[Point]) -> bool {
    matches!(pair, [a, b] if a != b && angle(a, b) < std::f64::consts::PI - 1e-15)
}

/// Places as points.
pub(super) fn points(places: &[Place]) -> Vec<Point> {
    places.iter().map(|(longitude, latitude)| from_degrees(*longitude, *latitude)).collect()
}

/// The lines of a `LineString` or `MultiLineString`.
pub(super) fn lines(value: &Value) -> Option<Vec<Line>> {
    Some(line_places(value)?.iter().map(|line| points(line)).collect())
}

/// The polygons of a `Polygon` or `MultiPolygon`: rings in degrees, the last place repeating the first.
pub(super) fn polygon_places(value: &Value) -> Option<Vec<Vec<Vec<Place>>>> {
    let (kind, coordinates) = shape(value)?;
    let read = |value: &Dynamic| items(value)?.iter().map(read_places).collect::<Option<Vec<_>>>();
    let polygons = match kind {
        "Polygon" => vec![read(coordinates)?],
        "MultiPolygon" => items(coordinates)?.iter().map(read).collect::<Option<Vec<_>>>()?,
        _ => return None,
    };
    let is_ring = |ring: &Vec<Place>| ring.len() >= 4 && ring.first() == ring.last();
    let fits = |rings: &Vec<Vec<Place>>| !rings.is_empty() && rings.iter().all(is_ring);
    (!polygons.is_empty() && polygons.iter().all(fits)).then_some(polygons)
}

fn read_polygons(value: &Value) -> Option<Vec<Polygon>> {
    let polygon = |rings: Vec<Vec<Place>>| {
        let open = |ring: Vec<Place>| ring.split_last().map_or_else(Vec::new, |(_, ring)| points(ring));
        Polygon::new(rings.into_iter().map(open).collect())
    };
    polygon_places(value)?.into_iter().map(polygon).collect()
}

/// A polygon and the value that it was read from.
type Read = (Arc<Dynamic>, Option<Rc<Polygon>>);

/// How many polygons are kept.
const KEPT: usize = 8;

thread_local! {
    /// The polygons that were read last: a query tests many points against few.
    static LAST: RefCell<Vec<Read>> = const { RefCell::new(Vec::new()) };
}

/// The union of the polygons of a `Polygon` or `MultiPolygon`.
pub(super) fn polygon(value: &Value) -> Option<Rc<Polygon>> {
    let Value::Dynamic(held) = value else { return None };
    LAST.with_borrow_mut(|last| {
        if let Some(at) = last.iter().position(|(known, _)| Arc::ptr_eq(known, held)) {
            let found = last.remove(at);
            let polygon = found.1.clone();
            last.insert(0, found);
            return polygon;
        }
        let polygon = read_polygons(value).map(|polygons| Rc::new(union_polygons(polygons)));
        last.truncate(KEPT - 1);
        last.insert(0, (Arc::clone(held), polygon.clone()));
        polygon
    })
}

/// A number as the service writes it: one without a fraction as a whole one.
pub(super) fn number(number: f64) -> Dynamic {
    #[expect(clippy::cast_possible_truncation, reason = "a coordinate")]
    if number.fract() == 0.0 { Dynamic::Long(number as i64) } else { Dynamic::Real(number) }
}

/// A shape of GeoJSON.
pub(super) fn geometry(kind: &str, coordinates: Dynamic) -> Dynamic {
    let entries = [(Arc::from("type"), Dynamic::string(kind)), (Arc::from("coordinates"), coordinates)];
    Dynamic::Bag(entries.into_iter().collect())
}

/// Several shapes of GeoJSON.
pub(super) fn collection(geometries: Vec<Dynamic>) -> Dynamic {
    let entries = [
        (Arc::from("type"), Dynamic::string("GeometryCollection")),
        (Arc::from("geometries"), Dynamic::Array(geometries)),
    ];
    Dynamic::Bag(entries.into_iter().collect())
}

/// A place as coordinates.
pub(super) fn position(place: Place) -> Dynamic {
    Dynamic::Array(vec![number(place.0), number(place.1)])
}

/// Places as coordinates.
pub(super) fn positions(places: &[Place]) -> Dynamic {
    Dynamic::Array(places.iter().copied().map(position).collect())
}

/// A point.
pub(super) fn write_point(point: &Point) -> Value {
    Value::dynamic(geometry("Point", position(to_degrees(point))))
}

/// A polygon of one ring, whose last place repeats the first.
pub(super) fn write_ring(ring: &[Place]) -> Value {
    Value::dynamic(geometry("Polygon", Dynamic::Array(vec![positions(ring)])))
}

fn line_coordinates(line: &Line) -> Dynamic {
    Dynamic::Array(line.iter().map(|point| position(to_degrees(point))).collect())
}

fn shell_coordinates(shell: &Shell) -> Dynamic {
    let ring = |ring: &Vec<Point>| {
        Dynamic::Array(ring.iter().chain(ring.first()).map(|point| position(to_degrees(point))).collect())
    };
    Dynamic::Array(std::iter::once(&shell.outer).chain(&shell.holes).map(ring).collect())
}

/// One shape, or several of one type; nothing of none.
pub(super) fn one_or_many(single: &str, multiple: &str, mut coordinates: Vec<Dynamic>) -> Option<Dynamic> {
    match coordinates.len() {
        0 => None,
        1 => coordinates.pop().map(|coordinates| geometry(single, coordinates)),
        _ => Some(geometry(multiple, Dynamic::Array(coordinates))),
    }
}

/// Lines.
pub(super) fn write_lines(lines: &[Line]) -> Value {
    let coordinates = lines.iter().map(line_coordinates).collect();
    Value::dynamic(
        one_or_many("LineString", "MultiLineString", coordinates).unwrap_or_else(|| collection(Vec::new())),
    )
}

/// A polygon.
pub(super) fn write_polygon(polygon: &Polygon) -> Value {
    let coordinates = polygon.shells.iter().map(shell_coordinates).collect();
    Value::dynamic(
        one_or_many("Polygon", "MultiPolygon", coordinates).unwrap_or_else(|| collection(Vec::new())),
    )
}

/// What two shapes have in common: one shape, or a collection of points, lines and polygons.
pub(super) fn write_overlap(overlap: &Overlap) -> Value {
    let points = overlap.points.iter().map(|point| position(to_degrees(point))).collect();
    let lines = overlap.lines.iter().map(line_coordinates).collect();
    let polygons = overlap.shells.iter().map(shell_coordinates).collect();
    let mut geometries: Vec<Dynamic> = [
        one_or_many("Point", "MultiPoint", points),
        one_or_many("LineString", "MultiLineString", lines),
        one_or_many("Polygon", "MultiPolygon", polygons),
    ]
    .into_iter()
    .flatten()
    .collect();
    let single = if geometries.len() == 1 { geometries.pop() } else { None };
    Value::dynamic(single.unwrap_or_else(|| collection(geometries)))
}
