//! What the queries of a plan name of what the plan changes, and of what the workspace does not have.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::arm::{ResourceKey, ResourceKind};
use crate::catalog::kql::KqlCatalog;
use crate::deploy::RULE_WAITS;
use crate::diag::Diagnostic;
use crate::kql::bind::{Arena, bind};
use crate::kql::{Uses, syntax, uses};
use crate::plan::{Action, Actual, Change, NO_WATCHLIST, Plan, Reads};
use crate::rule::Rule;
use crate::text::{Span, TextRange};

/// Whether queries can name `key`.
fn is_named(key: &ResourceKey) -> bool {
    matches!(key.kind, ResourceKind::Watchlist | ResourceKind::Function)
}

/// What each of these resources names of the others, by the query in its body.
pub(crate) fn reads_of(resources: &[(&ResourceKey, &Value)], catalog: &KqlCatalog) -> Reads {
    let keys = || resources.iter().map(|(key, _)| *key);
    if !keys().any(is_named) {
        return Reads::new();
    }
    let content = resources.iter().filter(|(key, _)| key.kind != ResourceKind::Metadata);
    let bound = content.filter_map(|(key, body)| Some(((*key).clone(), uses_of(key.kind, body, catalog)?)));
    among(keys(), &bound.collect())
}

/// What of `keys` the queries name.
fn among<'k>(keys: impl Iterator<Item = &'k ResourceKey>, uses: &BTreeMap<ResourceKey, Uses>) -> Reads {
    let named: Vec<&ResourceKey> = keys.filter(|key| is_named(key)).collect();
    if named.is_empty() {
        return Reads::new();
    }
    let of_query = |(key, uses): (&ResourceKey, &Uses)| {
        let names = names(uses);
        let of = |key: &&&ResourceKey| names.contains(&(key.kind, key.name.to_ascii_lowercase()));
        (key.clone(), named.iter().filter(of).map(|key| (*key).clone()).collect())
    };
    uses.iter().map(of_query).collect()
}

/// What the query of `body` names.
fn uses_of(kind: ResourceKind, body: &Value, catalog: &KqlCatalog) -> Option<Uses> {
    let query = query_of(body)?;
    let parameters = body["properties"]["functionParameters"].as_str().unwrap_or_default();
    let text = match kind {
        // A function is bound as its declaration: its parameters may have no values.
        ResourceKind::Function => format!("let declared = ({parameters}) {{{query}\n}};"),
        _ => query.to_owned(),
    };
    let (tree, _) = syntax::parse(text.as_str());
    let arena = Arena::new();
    Some(uses(&bind(&tree, catalog, &arena), catalog))
}

fn query_of(body: &Value) -> Option<&str> {
    body["properties"]["query"].as_str()
}

/// The functions that a query calls, and the watchlists that it reads, in lower case.
fn names(uses: &Uses) -> BTreeSet<(ResourceKind, String)> {
    let lists = uses.watchlists.keys().map(|name| (ResourceKind::Watchlist, name));
    // What is deleted names functions that the project no longer has. Those without a place are called by others.
    let functions = uses.stored_functions.iter().chain(&uses.unknown).filter(|(_, place)| place.is_some());
    let functions = functions.map(|(name, _)| (ResourceKind::Function, name));
    lists.chain(functions).map(|(kind, name)| (kind, name.to_ascii_lowercase())).collect()
}

/// What the queries of the pending changes of a plan name. Each query is bound once.
pub(crate) struct Named<'r> {
    uses: BTreeMap<ResourceKey, Uses>,
    /// The rules that the plan was made of, by their ids.
    by_id: BTreeMap<&'r str, &'r Rule>,
}

impl<'r> Named<'r> {
    /// Binds the queries of `plan`, which was made of `rules`: those of rules that are to be written, and where the plan changes
    /// what queries can name, all others. `actual` holds the queries of what is deleted.
    pub(crate) fn of(plan: &Plan, actual: &[Actual], rules: &'r [Rule], catalog: &KqlCatalog) -> Self {
        let orders = plan.pending().any(|change| is_named(&change.key));
        let held: BTreeMap<&ResourceKey, &Value> = actual.iter().map(|it| (&it.key, &it.body)).collect();
        let bound = plan.pending().filter(|change| change.is_content()).filter_map(|change| {
            let body = match &change.action {
                Action::Delete => held.get(&change.key).copied(),
                _ => change.body.as_ref(),
            };
            let is_rule = change.key.kind == ResourceKind::AlertRule && change.body.is_some();
            let uses = uses_of(change.key.kind, body.filter(|_| orders || is_rule)?, catalog)?;
            Some((change.key.clone(), uses))
        });
        let by_id = rules.iter().filter_map(|rule| Some((rule.id.as_ref()?.value.as_str(), rule)));
        Self { uses: bound.collect(), by_id: by_id.collect() }
    }

    /// What each pending change of `plan` names of others.
    pub(crate) fn reads(&self, plan: &Plan) -> Reads {
        among(plan.pending().map(|change| &change.key), &self.uses)
    }

    /// The rules that are to be written, each with its query and what that names.
    fn rules<'p>(&'p self, plan: &'p Plan) -> impl Iterator<Item = (&'p Change, &'p str, &'p Uses)> {
        let pending = plan.pending().filter(|change| change.key.kind == ResourceKind::AlertRule);
        pending.filter_map(|change| {
            Some((change, query_of(change.body.as_ref()?)?, self.uses.get(&change.key)?))
        })
    }

    /// The place in the file of the rule, where its query is there as it is written.
    fn place(&self, change: &Change, query: &str, range: TextRange) -> Span {
        let rule = self.by_id.get(change.key.name.as_str());
        let in_rule = rule.and_then(|rule| {
            let written = rule.query.as_ref().filter(|written| written.text() == query)?;
            Some(Span::new(rule.source, written.scalar.range_of(range)))
        });
        in_rule.or(change.origin).unwrap_or_default()
    }

    /// Warnings of rules that wait for a table: those whose query names one that is not among the `tables` of the workspace.
    /// `actual` holds its functions: the warning points at the first such table in the query.
    ///
    /// Only what is certain is said. A union with `isfuzzy` passes over tables that are not there, and `workspace()` reads
    /// those of another workspace, so of such queries nothing is.
    pub(crate) fn waiting(&self, plan: &Plan, actual: &[Actual], tables: &[String]) -> Vec<Diagnostic> {
        if tables.is_empty() {
            return Vec::new();
        }
        let mut known: BTreeSet<&str> = tables.iter().map(String::as_str).collect();
        let held = actual.iter().map(|it| &it.body);
        let planned = plan.changes.iter().filter_map(|change| change.body.as_ref());
        known.extend(held.chain(planned).filter_map(|body| body["properties"]["functionAlias"].as_str()));
        let warning = |(change, query, uses): (&Change, &str, &Uses)| {
            let says = |word: &str| query.to_ascii_lowercase().contains(word);
            if says("isfuzzy") || says("workspace(") {
                return None;
            }
            let named = uses.tables.iter().chain(&uses.unknown);
            let named = named.filter_map(|(name, place)| Some((name.as_str(), (*place)?)));
            let absent: BTreeMap<&str, TextRange> = named.filter(|(name, _)| !known.contains(name)).collect();
            let first = absent.values().min_by_key(|place| place.start)?;
            let names = absent.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let message =
                format!("the analytics rule '{}' is waiting for table {names}", change.display_name);
            let finding = RULE_WAITS.at(self.place(change, query, *first), message);
            Some(
                finding
                    .with_help(
                        "the service takes it once the workspace has that: with its first data, or its connector",
                    )
                    .with_help("`apply` tries it each time, and `--allow-pending` lets it wait"),
            )
        };
        self.rules(plan).filter_map(warning).collect()
    }

    /// Warnings of rules whose query reads a watchlist that the workspace will not have: neither is it among `actual`, nor
    /// does the plan write it.
    pub(crate) fn without_watchlist(&self, plan: &Plan, actual: &[Actual]) -> Vec<Diagnostic> {
        let changed = plan.pending().map(|change| (&change.key, change.action != Action::Delete));
        let mut known: BTreeSet<String> = BTreeSet::new();
        for (key, is_there) in actual.iter().map(|it| (&it.key, true)).chain(changed) {
            if key.kind == ResourceKind::Watchlist {
                let name = key.name.to_ascii_lowercase();
                if is_there {
                    known.insert(name)
                } else {
                    known.remove(&name)
                };
            }
        }
        let warnings = self.rules(plan).flat_map(|(change, query, uses)| {
            let read = uses.watchlists.iter().filter(|(name, _)| !known.contains(&name.to_ascii_lowercase()));
            read.map(move |(name, place)| {
                let message = format!(
                    "the analytics rule '{}' reads the watchlist `{name}`, which the workspace does not have",
                    change.display_name
                );
                let span =
                    place.map_or(change.origin.unwrap_or_default(), |at| self.place(change, query, at));
                NO_WATCHLIST.at(span, message)
            })
        });
        let help = "put it under the project's content, or make it in the portal; an environment may leave it out of \
                    `include` or in `exclude`";
        warnings.map(|finding| finding.with_help(help)).collect()
    }
}
