//! What each rule needs of its workspace, and which rules need a thing.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::analysis::analyse;
use crate::catalog::kql::KqlCatalog;
use crate::rule::Rule;

/// What a rule may need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NeedKind {
    /// A table.
    Table,
    /// A function that the products bring.
    ProductFunction,
    /// A function that the project declares.
    ProjectFunction,
    /// A table or function that nobody knows.
    Unknown,
    /// A watchlist, by its alias.
    Watchlist,
    /// A data connector that the rule requires.
    Connector,
}

impl NeedKind {
    /// Every kind, in the order of reports.
    pub const ALL: [Self; 6] = [
        Self::Table,
        Self::ProductFunction,
        Self::ProjectFunction,
        Self::Unknown,
        Self::Watchlist,
        Self::Connector,
    ];

    /// What several of it are called; the key in JSON.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Table => "tables",
            Self::ProductFunction => "product_functions",
            Self::ProjectFunction => "project_functions",
            Self::Unknown => "unknown",
            Self::Watchlist => "watchlists",
            Self::Connector => "connectors",
        }
    }
}

/// What a rule needs, by kind; each kind is there, and names are sorted.
pub type Needs = BTreeMap<NeedKind, BTreeSet<String>>;

/// The needs of rules and who has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependencies {
    /// The needs of each rule, in the order of the rules.
    pub of_rules: Vec<Needs>,
}

impl Dependencies {
    /// What `rules` need. Queries may name what `kql` has.
    pub fn of(rules: &[Rule], kql: &KqlCatalog) -> Self {
        Self { of_rules: rules.par_iter().map(|rule| needs(rule, kql)).collect() }
    }

    /// Everything that some rule needs, with the numbers of the rules that do.
    pub fn users(&self) -> BTreeMap<NeedKind, BTreeMap<&str, Vec<usize>>> {
        let mut users: BTreeMap<NeedKind, BTreeMap<&str, Vec<usize>>> =
            NeedKind::ALL.into_iter().map(|kind| (kind, BTreeMap::new())).collect();
        for (number, needs) in self.of_rules.iter().enumerate() {
            for (kind, names) in needs {
                let of_kind = users.entry(*kind).or_default();
                for name in names {
                    of_kind.entry(name).or_default().push(number);
                }
            }
        }
        users
    }
}

fn needs(rule: &Rule, kql: &KqlCatalog) -> Needs {
    let mut needs: Needs = NeedKind::ALL.into_iter().map(|kind| (kind, BTreeSet::new())).collect();
    let mut add = |kind, names: BTreeSet<String>| {
        needs.insert(kind, names);
    };
    let connectors = rule.required_connectors.iter().filter_map(|required| required.connector_id.as_ref());
    add(NeedKind::Connector, connectors.map(|id| id.value.clone()).collect());
    analyse(rule, kql, |analysis| {
        let uses = analysis.uses();
        add(NeedKind::Table, uses.tables.keys().cloned().collect());
        add(NeedKind::ProductFunction, uses.product_functions.keys().cloned().collect());
        add(NeedKind::ProjectFunction, uses.stored_functions.keys().cloned().collect());
        add(NeedKind::Unknown, uses.unknown.keys().cloned().collect());
        add(NeedKind::Watchlist, uses.watchlists.keys().cloned().collect());
    });
    needs
}
