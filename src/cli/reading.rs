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

/// What each pending change of `plan` names, found by binding its query. `actual` holds the queries of what is deleted.
pub(crate) fn reads(plan: &Plan, actual: &[Actual], catalog: &KqlCatalog) -> Reads {
    let held: BTreeMap<&ResourceKey, &Value> = actual.iter().map(|it| (&it.key, &it.body)).collect();
    let pending = plan.pending().map(|change| match &change.action {
        Action::Delete => (&change.key, held.get(&change.key).copied()),
        _ => (&change.key, change.body.as_ref()),
    });
    reads_of(&pending.collect::<Vec<_>>(), catalog)
}

/// What each of these resources names of the others, by the query in its body.
pub(crate) fn reads_of(resources: &[(&ResourceKey, Option<&Value>)], catalog: &KqlCatalog) -> Reads {
    let named: Vec<&ResourceKey> =
        resources.iter().map(|(key, _)| *key).filter(|key| is_named(key)).collect();
    if named.is_empty() {
        return Reads::new();
    }
    let mut reads = Reads::new();
    for (key, body) in resources.iter().filter(|(key, _)| key.kind != ResourceKind::Metadata) {
        let Some(names) = body.and_then(|body| names(key.kind, body, catalog)) else { continue };
        let of = |key: &&&ResourceKey| names.contains(&(key.kind, key.name.to_ascii_lowercase()));
        reads.insert((*key).clone(), named.iter().filter(of).map(|key| (*key).clone()).collect());
    }
    reads
}

/// Whether queries can name `key`.
fn is_named(key: &ResourceKey) -> bool {
    matches!(key.kind, ResourceKind::Watchlist | ResourceKind::Function)
}

/// The functions that the query of `body` calls, and the watchlists that it reads, in lower case.
fn names(kind: ResourceKind, body: &Value, catalog: &KqlCatalog) -> Option<BTreeSet<(ResourceKind, String)>> {
    let query = body["properties"]["query"].as_str()?;
    let parameters = body["properties"]["functionParameters"].as_str().unwrap_or_default();
    let text = match kind {
        // A function is bound as its declaration: its parameters may have no values.
        ResourceKind::Function => format!("let declared = ({parameters}) {{{query}\n}};"),
        _ => query.to_owned(),
    };
    let (tree, _) = syntax::parse(text.as_str());
    let arena = Arena::new();
    let uses = uses(&bind(&tree, catalog, &arena), catalog);
    let lists = uses.watchlists.keys().map(|name| (ResourceKind::Watchlist, name));
    // What is deleted names functions that the project no longer has. Those without a place are called by others.
    let functions = uses.stored_functions.iter().chain(&uses.unknown).filter(|(_, place)| place.is_some());
    let functions = functions.map(|(name, _)| (ResourceKind::Function, name));
    Some(lists.chain(functions).map(|(kind, name)| (kind, name.to_ascii_lowercase())).collect())
}

/// What the rules of a plan that are to be written name.
pub(crate) struct Named<'p> {
    rules: Vec<(&'p Change, &'p str, Uses)>,
    /// The rules that the plan was made of, by their ids.
    by_id: BTreeMap<&'p str, &'p Rule>,
}

impl<'p> Named<'p> {
    /// Binds the queries of `plan`, which was made of `rules`.
    pub(crate) fn of(plan: &'p Plan, rules: &'p [Rule], catalog: &KqlCatalog) -> Self {
        let pending = plan.pending().filter(|change| change.key.kind == ResourceKind::AlertRule);
        let queries = pending
            .filter_map(|change| Some((change, change.body.as_ref()?["properties"]["query"].as_str()?)));
        let bound = queries.map(|(change, query)| {
            let (tree, _) = syntax::parse(query);
            let arena = Arena::new();
            (change, query, uses(&bind(&tree, catalog, &arena), catalog))
        });
        let by_id = rules.iter().filter_map(|rule| Some((rule.id.as_ref()?.value.as_str(), rule)));
        Self { rules: bound.collect(), by_id: by_id.collect() }
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
        let warning = |(change, query, uses): &(&Change, &str, Uses)| {
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
        self.rules.iter().filter_map(warning).collect()
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
        let warnings = self.rules.iter().flat_map(|(change, query, uses)| {
            let read = uses.watchlists.iter().filter(|(name, _)| !known.contains(&name.to_ascii_lowercase()));
            read.map(|(name, place)| {
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
