//! Grids that divide the Earth into cells with names: geohash, H3, S2.

pub(in crate::exec) mod geohash;
pub(in crate::exec) mod h3;
pub(in crate::exec) mod order;
pub(in crate::exec) mod s2;
