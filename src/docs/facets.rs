//! By what rules are found: tactic, table, connector, severity, tool.

use super::{Groups, Site};
use crate::lint::NeedKind;
use crate::rule::RuleKind;

/// A way to sort rules into groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Facet {
    Tactic,
    Table,
    Connector,
    Severity,
    Tool,
}

impl Facet {
    pub(super) const ALL: [Self; 5] =
        [Self::Tactic, Self::Table, Self::Connector, Self::Severity, Self::Tool];

    /// The name of its page, without ending.
    pub(super) fn slug(self) -> &'static str {
        match self {
            Self::Tactic => "tactics",
            Self::Table => "tables",
            Self::Connector => "connectors",
            Self::Severity => "severities",
            Self::Tool => "tools",
        }
    }

    /// Its title.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Tactic => "Tactics",
            Self::Table => "Tables",
            Self::Connector => "Connectors",
            Self::Severity => "Severities",
            Self::Tool => "Tools",
        }
    }

    /// What a rule without a group is found under.
    fn rest(self) -> Option<&'static str> {
        match self {
            Self::Tactic => Some("No tactic"),
            Self::Table => Some("No known table"),
            Self::Connector => Some("No connector"),
            Self::Severity | Self::Tool => None,
        }
    }

    /// The groups of a rule.
    fn of(self, site: &Site<'_>, at: usize) -> Vec<String> {
        let documented = site.entries[at].documented;
        let rule = &documented.rule;
        let needs =
            |kind| documented.needs.get(&kind).into_iter().flatten().cloned().collect::<Vec<String>>();
        match self {
            Self::Tactic => rule.tactics.iter().map(|it| it.value.trim().to_owned()).collect(),
            Self::Table => needs(NeedKind::Table),
            Self::Connector => needs(NeedKind::Connector),
            Self::Severity => match &rule.severity {
                _ if rule.kind == RuleKind::Hunting => vec!["Hunting query".to_owned()],
                Some(severity) => vec![severity.value.as_str().to_owned()],
                None => vec!["No severity".to_owned()],
            },
            Self::Tool => {
                let metadata = rule.metadata.as_ref().map(|it| &it.value);
                let tool = metadata.and_then(|it| it.get("tool")).and_then(|it| it.as_str());
                tool.map(str::to_owned).into_iter().collect()
            }
        }
    }
}

/// All groups of a facet, by name; severities from the gravest on.
pub(super) fn groups(site: &Site<'_>, facet: Facet) -> Vec<(String, Vec<usize>)> {
    let mut groups = Groups::new();
    let mut rest = Vec::new();
    for at in 0..site.entries.len() {
        let of = facet.of(site, at);
        if of.is_empty() {
            rest.push(at);
        }
        for name in of {
            let group = groups.entry(name).or_default();
            if group.last() != Some(&at) {
                group.push(at);
            }
        }
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    match facet {
        Facet::Severity => {
            const ORDER: [&str; 6] =
                ["High", "Medium", "Low", "Informational", "No severity", "Hunting query"];
            groups.sort_by_key(|(name, _)| ORDER.iter().position(|it| it == name));
        }
        _ => groups.sort_by_key(|(name, _)| name.to_lowercase()),
    }
    if let Some(name) = facet.rest().filter(|_| !rest.is_empty()) {
        groups.push((name.to_owned(), rest));
    }
    groups
}

/// An anchor for a group: letters, digits and `-`, and where others were replaced a number of them.
pub(super) fn anchor(name: &str) -> String {
    let plain: String =
        name.chars().map(|it| if it.is_ascii_alphanumeric() || it == '_' { it } else { '-' }).collect();
    if plain == name {
        return plain;
    }
    // Two names may differ in signs alone; a sum of their letters tells them apart.
    let sum = name.chars().fold(0_u32, |sum, it| sum.wrapping_mul(31).wrapping_add(u32::from(it)));
    format!("{plain}-{sum:x}")
}
