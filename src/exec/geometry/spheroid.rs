//! Distances on the spheroid of WGS 84.

use geographiclib_rs::{DirectGeodesic, Geodesic, InverseGeodesic};

/// How far two places, in degrees of longitude and latitude, are from each other, in metres.
pub(in crate::exec) fn spheroid_distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    Geodesic::wgs84().inverse(a.1, a.0, b.1, b.0)
}

/// The share of the length of a line up to its point that is closest to a place; its edges are geodesics on the spheroid.
pub(in crate::exec) fn spheroid_locate(line: &[(f64, f64)], place: (f64, f64)) -> f64 {
    let geodesic = Geodesic::wgs84();
    let mut best = (f64::INFINITY, 0.0);
    let mut before = 0.0;
    for pair in line.windows(2) {
        let (length, azimuth, _, _): (f64, f64, f64, f64) =
            geodesic.inverse(pair[0].1, pair[0].0, pair[1].1, pair[1].0);
        let distance = |along: f64| {
            let (latitude, longitude): (f64, f64) = geodesic.direct(pair[0].1, pair[0].0, azimuth, along);
            spheroid_distance((longitude, latitude), place)
        };
        let along = least(0.0, length, distance);
        let found = distance(along);
        if found < best.0 {
            best = (found, before + along);
        }
        before += length;
    }
    if before == 0.0 { 0.0 } else { (best.1 / before).clamp(0.0, 1.0) }
}

/// Where a function that falls and then rises is least (golden section).
fn least(mut low: f64, mut high: f64, of: impl Fn(f64) -> f64) -> f64 {
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    for _ in 0..100 {
        let (left, right) = (high - (high - low) * golden, low + (high - low) * golden);
        if of(left) < of(right) { high = right } else { low = left }
    }
    let middle = f64::midpoint(low, high);
    [0.0, middle].into_iter().chain([high]).min_by(|a, b| of(*a).total_cmp(&of(*b))).unwrap_or(middle)
}
