//! The list of every code.

use crate::diag::LintMeta;

/// Every code picket can report, in order.
static REGISTRY: [&LintMeta; 1] = [&super::suppress::UNUSED_SUPPRESSION];

/// Every code picket can report, those of the YAML reader and the rule reader included, in order of code.
pub fn registry() -> &'static [&'static LintMeta] {
    &REGISTRY
}
