//! Lints of data connectors.

mod unknown_connector;

use super::Lint;

/// The lints of the family.
pub(super) static LINTS: &[Lint] =
    &[Lint::rule(&unknown_connector::UNKNOWN_CONNECTOR, unknown_connector::check)];
