//! What the service refuses, as findings at the place in the rule.

use std::collections::BTreeMap;

use crate::arm::ResourceKey;
use crate::catalog::kql::KqlCatalog;
use crate::deploy::{Absent, ErrorReport, Item, Operation, Outcome, Part, Refusal, codes};
use crate::diag::{self, Diagnostic, LintMeta};
use crate::kql::bind::{Arena, bind};
use crate::kql::syntax::{NodeKind, parse};
use crate::kql::{Uses, uses};
use crate::plan::Plan;
use crate::rule::{Query, Rule};
use crate::text::{LineIndex, SourceMap, Span, TextRange};

/// Where the service does not say which table it lacks, names those that the query of the rule reads.
pub(crate) fn name_tables(outcome: &mut Outcome, plan: &Plan) {
    let queries: BTreeMap<&ResourceKey, &str> = plan
        .changes
        .iter()
        .filter_map(|change| Some((&change.key, change.body.as_ref()?["properties"]["query"].as_str()?)))
        .collect();
    let mut of_rule: Option<Vec<String>> = None;
    for pending in &mut outcome.pending {
        let waiting = &mut pending.waiting_for;
        if waiting.kind != Absent::Table || !waiting.names.is_empty() {
            continue;
        }
        // A record follows its content.
        if let Some(query) = queries.get(&pending.item.key) {
            of_rule = Some(tables(query).into_keys().collect());
        }
        waiting.names = of_rule.clone().unwrap_or_default();
    }
}

/// The tables that a query reads, known ones and others, with their place in the query.
fn tables(query: &str) -> BTreeMap<String, Option<TextRange>> {
    let (tree, _) = parse(query);
    let arena = Arena::new();
    let catalog = KqlCatalog::builtin();
    let Uses { mut tables, unknown, .. } = uses(&bind(&tree, catalog, &arena), catalog);
    tables.extend(unknown);
    tables
}

/// What went wrong and has a place in a rule, in the order of reports. The rest is left to the caller.
#[derive(Debug)]
pub(crate) struct Placed<'a> {
    /// The rules that were deployed.
    pub(crate) rules: &'a [Rule],
    /// The texts that they are in.
    pub(crate) sources: &'a SourceMap,
}

impl Placed<'_> {
    /// The findings of an outcome about changes whose rule is at hand.
    pub(crate) fn findings(&self, outcome: &Outcome) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for failure in &outcome.failed {
            found.extend(self.failure(&failure.item, &failure.error));
        }
        for pending in &outcome.pending {
            if !is_content(&pending.item) {
                continue;
            }
            let Some(origin) = pending.item.origin else { continue };
            let waits = pending.waiting_for.sentence();
            let message = format!("the {} is {waits}", name_of(&pending.item));
            let names = &pending.waiting_for.names;
            let span = self.span(origin, pending.error.refusal.as_ref(), names);
            let mut finding = meta_of(pending.error.refusal.as_ref()).at(span, message);
            finding.help.extend(pending.error.help.iter().cloned());
            found.push(finding);
        }
        for item in &outcome.disabled {
            let Some(origin) = item.origin else { continue };
            let message =
                format!("the {} is disabled in the workspace, though it was enabled", name_of(item));
            found.push(
                meta_named(DISABLED)
                    .at(origin, message)
                    .with_help("see in the portal why it was disabled: the rule's health and its query")
                    .with_help("`picket apply` enables it again"),
            );
        }
        diag::sort(&mut found);
        found
    }

    fn failure(&self, item: &Item, error: &ErrorReport) -> Option<Diagnostic> {
        let refusal = error.refusal.as_ref()?;
        let message = format!("cannot {} the {}: {}", verb(item.operation), name_of(item), error.message);
        let names: Vec<String> = refusal.subject.iter().cloned().collect();
        let span = self.span(item.origin?, Some(refusal), &names);
        let mut finding = meta_of(Some(refusal)).at(span, message);
        finding.help.extend(error.help.iter().cloned());
        finding.help.extend(
            error.request_id.iter().map(|id| format!("Microsoft's support finds it as request {id}")),
        );
        Some(finding)
    }

    /// The place of what a refusal is about.
    fn span(&self, origin: Span, refusal: Option<&Refusal>, names: &[String]) -> Span {
        let is_it = |rule: &&Rule| rule.source == origin.source && rule.range.contains_range(origin.range);
        let rule = self.rules.iter().find(is_it);
        let range = rule.zip(refusal).and_then(|(rule, refusal)| part(rule, refusal, names));
        self.sources.real(range.map_or(origin, |range| Span::new(origin.source, range)))
    }
}

/// The place in the rule that a refusal is about.
fn part(rule: &Rule, refusal: &Refusal, names: &[String]) -> Option<TextRange> {
    let is_named = |text: &str| names.iter().any(|name| name.eq_ignore_ascii_case(text));
    let key = |name: &str| rule.key(name);
    match refusal.part {
        Part::Rule => None,
        Part::Id => rule.id.as_ref().map(|id| id.range),
        Part::Name => rule.name.as_ref().map(|name| name.range),
        Part::Description => key("description"),
        Part::Query => {
            let query = rule.query.as_ref()?;
            in_query(query, refusal.at, names).or_else(|| key("query"))
        }
        Part::QueryFrequency => rule.query_frequency.as_ref().map(|it| it.range),
        Part::QueryPeriod => rule.query_period.as_ref().map(|it| it.range),
        Part::TriggerThreshold => rule.trigger_threshold.as_ref().map(|it| it.range),
        Part::SuppressionDuration => rule.suppression_duration.as_ref().map(|it| it.range),
        Part::Tactics => key("tactics"),
        Part::Techniques => {
            let mut all = rule.techniques.iter();
            let named = all.find(|technique| is_named(&technique.value)).map(|technique| technique.range);
            named.or_else(|| key("relevantTechniques")).or_else(|| key("tactics"))
        }
        Part::EntityMappings => {
            let fields = || rule.entity_mappings.iter().flat_map(|mapping| &mapping.field_mappings);
            let identifiers = fields().filter_map(|field| field.identifier.as_ref());
            let columns = fields().filter_map(|field| field.column_name.as_ref());
            let types = rule.entity_mappings.iter().filter_map(|mapping| mapping.entity_type.as_ref());
            let named = identifiers.chain(columns).chain(types).find(|text| is_named(&text.value));
            named.map(|text| text.range).or_else(|| key("entityMappings"))
        }
        Part::CustomDetails => {
            let named = rule.custom_details.iter().find(|(name, _)| is_named(&name.value));
            named.map(|(name, _)| name.range).or_else(|| key("customDetails"))
        }
        Part::AlertDetails => key("alertDetailsOverride"),
        Part::TemplateVersion => rule.template_version.as_ref().map(|it| it.range),
    }
}

/// The place in a query that the service names by line and column, or where it first uses one of `names`.
fn in_query(query: &Query, at: Option<(u32, u32)>, names: &[String]) -> Option<TextRange> {
    let (tree, _) = parse(query.text());
    let range = match at {
        Some((line, column)) => {
            let start =
                LineIndex::new(query.text()).line_start(line)?.checked_add(column.saturating_sub(1))?;
            let mut tokens = tree.root().descendant_tokens().map(|token| token.range());
            tokens.find(|range| range.contains(start)).unwrap_or_else(|| TextRange::empty(start))
        }
        None => {
            let mut uses = tree.root().descendants().filter(|node| node.kind() == NodeKind::NameReference);
            uses.find(|node| names.iter().any(|name| name == node.text().trim()))?.range()
        }
    };
    let end = u32::try_from(query.text().len()).ok()?;
    (range.end <= end).then(|| query.scalar.range_of(range))
}

const DISABLED: &str = "left-disabled";
const OTHER: &str = "refused-change";

fn meta_named(name: &str) -> &'static LintMeta {
    let all = codes();
    all.iter().find(|meta| meta.name == name).copied().unwrap_or(all[all.len() - 1])
}

fn meta_of(refusal: Option<&Refusal>) -> &'static LintMeta {
    let known = refusal.and_then(|refusal| codes().iter().find(|meta| meta.code == refusal.code).copied());
    known.unwrap_or_else(|| meta_named(OTHER))
}

/// What is tried, as a verb.
pub(crate) fn verb(operation: Operation) -> &'static str {
    match operation {
        Operation::Create => "create",
        Operation::Update => "update",
        Operation::Delete => "delete",
        Operation::Refuse => "take over",
    }
}

/// The noun and name of a resource.
pub(crate) fn name_of(item: &Item) -> String {
    format!("{} '{}'", item.key.kind.noun(), item.display_name)
}

/// Whether a failure is shown at its place in a rule.
pub(crate) fn is_placed(item: &Item, error: &ErrorReport) -> bool {
    item.origin.is_some() && error.refusal.is_some()
}

/// Whether it is content, not the record of who owns it.
pub(crate) fn is_content(item: &Item) -> bool {
    item.key.kind != crate::arm::ResourceKind::Metadata
}
