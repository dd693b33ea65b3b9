//! The grouping of alerts into incidents, where it counts.

use crate::rule::{Grouping, Rule, RuleKind};

/// The method that groups by what is listed.
pub(super) const SELECTED: &str = "Selected";

/// The grouping of `rule`, where it is enabled.
pub(super) fn enabled(rule: &Rule) -> Option<&Grouping> {
    let grouping = rule.incident_configuration.as_ref()?.grouping.as_ref()?;
    let is_enabled = grouping.enabled.as_ref().is_some_and(|enabled| enabled.value);
    (is_enabled && rule.kind != RuleKind::Hunting).then_some(grouping)
}

/// The grouping of `rule`, where it is enabled and by what is listed.
pub(super) fn selected(rule: &Rule) -> Option<&Grouping> {
    enabled(rule)
        .filter(|grouping| grouping.matching_method.as_ref().is_some_and(|method| method.value == SELECTED))
}
