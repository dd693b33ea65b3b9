//! From a YAML document to a [`Rule`].
//!
//! Reading is lenient about how a value is written and exact about what it means: what is understood is
//! used, what is not is left out, and either way a finding points at the bytes at fault.

mod fields;
mod foreign;
mod lists;
mod parts;
mod repair;
mod values;

pub(crate) use values::to_json;

use fields::Fields;
use values::At;

use super::keys;
use super::{Rule, RuleKind, Severity, TriggerOperator, lints};
use crate::diag::{self, Diagnostic, LintMeta};
use crate::text::{SourceId, Span, Spanned, TextRange};
use crate::yaml::{self, Document, Mapping};

/// Reads every rule of a file.
pub fn read(source: SourceId, text: &str) -> (Vec<Rule>, Vec<Diagnostic>) {
    let (documents, diagnostics) = yaml::parse(source, text);
    read_documents(source, &documents, diagnostics)
}

/// Reads every rule of a file whose YAML was read, with what was found in that.
pub fn read_documents(
    source: SourceId,
    documents: &[Document],
    mut diagnostics: Vec<Diagnostic>,
) -> (Vec<Rule>, Vec<Diagnostic>) {
    let mut rules = Vec::new();
    for document in documents {
        let (rule, found) = lower(source, document);
        rules.extend(rule);
        diagnostics.extend(found);
    }
    if rules.is_empty() && diagnostics.is_empty() {
        let span = Span::new(source, TextRange::empty(0));
        let lint = &lints::NOT_A_RULE;
        diagnostics.push(
            Diagnostic::new(lint.code, lint.level, span, "the file holds no rule")
                .with_help("a rule is a mapping with at least `id`, `name` and `query`"),
        );
    }
    diag::sort(&mut diagnostics);
    (rules, diagnostics)
}

/// Reads one document. `None` when it is empty or no rule.
pub fn lower(source: SourceId, document: &Document) -> (Option<Rule>, Vec<Diagnostic>) {
    let mut context = Context { source, diagnostics: Vec::new() };
    let rule = context.rule(document);
    diag::sort(&mut context.diagnostics);
    (rule, context.diagnostics)
}

/// Reads a mapping that holds some keys of a rule, such as what an environment sets: nothing is missing there, and any kind
/// of rule may be meant. What is wrong with keys and values is said as of a rule.
pub fn lower_part(source: SourceId, mapping: &Mapping, range: TextRange) -> (Rule, Vec<Diagnostic>) {
    let mut context = Context { source, diagnostics: Vec::new() };
    let fields = Fields::new(&mut context, mapping, &keys::RULE, range);
    let rule = context.properties(&fields, RuleKind::Scheduled, None);
    diag::sort(&mut context.diagnostics);
    (rule, context.diagnostics)
}

/// The source that is read, and what was found so far.
struct Context {
    source: SourceId,
    diagnostics: Vec<Diagnostic>,
}

impl Context {
    fn span(&self, range: TextRange) -> Span {
        Span::new(self.source, range)
    }

    /// A finding of `lint`, to be added to and then pushed.
    fn finding(&self, lint: &LintMeta, range: TextRange, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(lint.code, lint.level, self.span(range), message)
    }

    fn push(&mut self, finding: Diagnostic) {
        self.diagnostics.push(finding);
    }

    fn rule(&mut self, document: &Document) -> Option<Rule> {
        let root = document.root.as_ref().filter(|root| !root.is_null())?;
        let Some(mapping) = root.as_mapping() else {
            let message = format!("the document is {}, not a rule", root.describe());
            let finding = self.finding(&lints::NOT_A_RULE, root.range, message);
            self.push(
                finding.with_help("a rule is a mapping; several rules of a file are separated by `---`"),
            );
            return None;
        };
        if let Some(foreign) = foreign::recognise(mapping) {
            let range = foreign.range.unwrap_or(root.range);
            let finding = self.finding(&lints::NOT_A_RULE, range, foreign.message);
            self.push(finding.with_help(foreign.help));
            return None;
        }
        let fields = Fields::new(self, mapping, &keys::RULE, root.range);
        let (kind, kind_range) = self.kind(&fields);
        self.keys_of_other_kinds(&fields, kind, kind_range);
        Some(self.properties(&fields, kind, kind_range))
    }

    /// The kind, written or inferred. Only the schedule and the other keys of analytics rules make a rule
    /// without `kind` one: hunting queries are published with a severity too.
    fn kind(&mut self, fields: &Fields<'_>) -> (RuleKind, Option<TextRange>) {
        let written = fields.at("kind");
        let range = written.map(|at| at.node.range);
        let named = written
            .and_then(|at| self.choice(at))
            .and_then(|word| RuleKind::ALL.into_iter().find(|kind| kind.as_str() == word.value));
        let inferred = if fields.keys().any(|(key, _)| key.shows_alerts()) {
            RuleKind::Scheduled
        } else {
            RuleKind::Hunting
        };
        (named.unwrap_or(inferred), range)
    }

    fn keys_of_other_kinds(&mut self, fields: &Fields<'_>, kind: RuleKind, kind_range: Option<TextRange>) {
        let (rule, other) = match kind {
            RuleKind::Scheduled => ("a scheduled rule", ""),
            RuleKind::Nrt => ("an NRT rule", "remove it, or write `kind: Scheduled`"),
            RuleKind::Hunting => (
                "a hunting query",
                "remove it, or write `kind: Scheduled` or `kind: NRT` if it is to raise alerts",
            ),
        };
        for (key, range) in fields.keys().filter(|(key, _)| !key.is_for(kind)) {
            let message = format!("`{}` means nothing to {rule}", key.name);
            let mut finding = self.finding(&lints::KEY_OF_OTHER_KIND, range, message).with_help(other);
            finding = match kind_range {
                Some(range) => finding.with_secondary(self.span(range), "the kind is given here"),
                None => {
                    finding.with_label("without `kind` and schedule, the rule is read as a hunting query")
                }
            };
            self.push(finding);
        }
    }

    fn properties(&mut self, fields: &Fields<'_>, kind: RuleKind, kind_range: Option<TextRange>) -> Rule {
        let severity = fields.at("severity").and_then(|at| self.choice(at)).and_then(|word| {
            let same = |severity: &Severity| severity.as_str() == word.value;
            Severity::ALL.into_iter().find(same).map(|severity| word.map(|_| severity))
        });
        let operator = fields.at("triggerOperator").and_then(|at| self.choice(at)).and_then(|word| {
            let same = |operator: &TriggerOperator| operator.short() == word.value;
            TriggerOperator::ALL.into_iter().find(same).map(|operator| word.map(|_| operator))
        });
        Rule {
            source: self.source,
            range: fields.range,
            kind,
            kind_range,
            written: fields.keys().map(|(key, range)| Spanned::new(key.name, range)).collect(),
            id: self.text_of(fields, "id"),
            name: self.text_of(fields, "name"),
            version: self.text_of(fields, "version"),
            template_version: self.text_of(fields, "templateVersion"),
            template_name: self.text_of(fields, "alertRuleTemplateName"),
            description: self.text_of(fields, "description"),
            severity,
            status: self.text_of(fields, "status"),
            enabled: self.bool_of(fields, "enabled"),
            author: self.text_of(fields, "author"),
            references: self.texts_of(fields, "references"),
            false_positives: self.mappings(fields, "falsePositives", Self::false_positive),
            required_connectors: self.mappings(fields, "requiredDataConnectors", Self::connector),
            query_frequency: self.duration_of(fields, "queryFrequency"),
            query_period: self.duration_of(fields, "queryPeriod"),
            trigger_operator: operator,
            trigger_threshold: fields.at("triggerThreshold").and_then(|at| self.integer(at)),
            suppression_enabled: self.bool_of(fields, "suppressionEnabled"),
            suppression_duration: self.duration_of(fields, "suppressionDuration"),
            start_time: self.text_of(fields, "startTimeUtc"),
            tactics: self.texts_of(fields, "tactics"),
            techniques: self.texts_of(fields, "relevantTechniques"),
            query: fields.at("query").and_then(|at| self.query(at)),
            entity_mappings: self.mappings(fields, "entityMappings", Self::entity_mapping),
            sentinel_entities_mappings: self.sentinel_entities(fields),
            custom_details: fields.at("customDetails").map(|at| self.names(at)).unwrap_or_default(),
            alert_details_override: self.mapping(fields, "alertDetailsOverride", Self::alert_details),
            event_grouping: self.mapping(fields, "eventGroupingSettings", Self::event_grouping),
            incident_configuration: self.mapping(fields, "incidentConfiguration", Self::incident),
            tags: fields.at("tags").map(|at| self.tags(at)).unwrap_or_default(),
            metadata: fields.at("metadata").map(values::json),
        }
    }
}
