//! Shapes on the sphere: points, lines and polygons whose edges are geodesics.
//!
//! The service computes with the S2 library, so its rules hold here: a point on a boundary belongs to exactly one of the
//! polygons that meet there (but intersections count boundaries in), rings enclose the smaller side, results keep the
//! order of the vertices that they come from. Shapes know nothing of GeoJSON; angles are radians, distances metres.

mod buffer;
pub(in crate::exec) mod cells;
mod densify;
mod graph;
mod line;
mod overlay;
mod point;
mod polygon;
mod simplify;
mod spheroid;

pub(in crate::exec) use buffer::{buffer_lines, buffer_point, buffer_polygon};
pub(in crate::exec) use densify::densified;
pub(in crate::exec) use line::{
    closest_on_lines, interpolated, length, line_centroid, lines_intersect, locate, union_lines,
};
pub(in crate::exec) use overlay::{
    Overlap, intersect_line_with_polygon, intersect_lines, intersect_polygons, union_polygons,
};
pub(in crate::exec) use point::{Point, angle, azimuth, from_degrees, to_degrees, turn};
pub(in crate::exec) use polygon::{Polygon, Shell};
pub(in crate::exec) use simplify::{simplified_lines, simplified_polygon, vanish};
pub(in crate::exec) use spheroid::{spheroid_distance, spheroid_locate};

/// The radius of the sphere that stands for the Earth, in metres.
pub(in crate::exec) const EARTH_RADIUS: f64 = 6_371_010.0;

/// A line: its vertices, two at least.
pub(in crate::exec) type Line = Vec<Point>;
