//! Lints of data connectors.

pub(super) mod unknown_connector;
