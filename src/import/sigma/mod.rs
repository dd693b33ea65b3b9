//! Rules of Sigma to rules over the tables of Sentinel and Defender.
//!
//! What the log sources and fields of Sigma are stands in [`catalog::sigma`](crate::catalog::sigma). A rule that says anything that
//! has no place there is left out whole, with the reason: half a rule would find something else than its author meant.

mod condition;
mod correlation;
mod field;
mod pattern;
mod query;
mod rule;
mod selection;

use uuid::Uuid;

use super::Planned;
use super::files::{ImportedFile, id_for, path_beside};
use crate::catalog::Catalog;
use crate::catalog::sigma::SigmaSource;
use crate::text::LineIndex;
use crate::yaml::{Document, Mapping, Node};
use correlation::Correlation;
use field::Definitions;
use query::Test;
use rule::Schedule;
use selection::Fault;

/// The most reasons that are told of one rule.
const MOST_TOLD: usize = 8;

/// Whether a file of `documents` is one of Sigma.
pub fn is_sigma(documents: &[Document]) -> bool {
    documents.iter().any(|document| {
        let mapping = document.root.as_ref().and_then(Node::as_mapping);
        mapping.is_some_and(|mapping| {
            let has = |key: &str| mapping.get(key).is_some_and(|node| node.as_mapping().is_some());
            (has("detection") && has("logsource")) || has("correlation")
        })
    })
}

/// A rule of Sigma, with what all rules of the file share.
struct Head<'n> {
    own: &'n Mapping,
    shared: Option<&'n Mapping>,
}

impl<'n> Head<'n> {
    fn get(&self, key: &str) -> Option<&'n Node> {
        self.own.get(key).or_else(|| self.shared?.get(key))
    }

    /// The text of `key`.
    fn text(&self, key: &str) -> Option<&'n str> {
        self.get(key).and_then(Node::as_str).map(str::trim).filter(|text| !text.is_empty())
    }

    /// The texts of the list `key`.
    fn texts(&self, key: &str) -> Vec<String> {
        let Some(node) = self.get(key) else { return Vec::new() };
        let items = node.as_sequence().unwrap_or(std::slice::from_ref(node));
        items.iter().filter_map(Node::as_str).map(str::to_owned).collect()
    }

    fn name(&self) -> &'n str {
        self.text("title").unwrap_or("a rule without a title")
    }

    /// The mapping `key` of the rule and then the shared one.
    fn mappings(&self, key: &str) -> Vec<&'n Mapping> {
        let of = |mapping: &'n Mapping| mapping.get(key).and_then(Node::as_mapping);
        [Some(self.own), self.shared].into_iter().flatten().filter_map(of).collect()
    }
}

/// The rules of the file `source` with the text `text`, which holds `documents`.
pub fn import_sigma(source: &str, text: &str, documents: &[Document]) -> ImportedFile {
    let mut imported = ImportedFile::default();
    let lines = LineIndex::new(text);
    let mappings = documents.iter().filter_map(|document| document.root.as_ref()?.as_mapping());
    let mut shared = None;
    let mut heads = Vec::new();
    for own in mappings {
        let action = own.get("action").and_then(Node::as_str);
        match action {
            Some("global") => shared = Some(own),
            Some("reset") => shared = None,
            _ => heads.push(Head { own, shared }),
        }
    }
    let counted: Vec<&str> = heads
        .iter()
        .filter_map(|head| head.own.get("correlation"))
        .filter_map(|node| Correlation::read(node.as_mapping()?, node).ok())
        .filter(|correlation| !correlation.generate)
        .flat_map(|correlation| correlation.rules.into_iter().filter_map(Node::as_str).collect::<Vec<_>>())
        .collect();
    for (at, head) in heads.iter().enumerate() {
        let known = [head.text("name"), head.text("id")];
        if known.into_iter().flatten().any(|name| counted.contains(&name)) {
            let why = "a correlation counts it, and it is no rule of its own";
            imported.skipped.push(format!("{}: {why}", head.name()));
            continue;
        }
        match one(source, head, &heads, at) {
            Ok((planned, changes)) => {
                let changes = changes.into_iter().map(|change| format!("{}: {change}", head.name()));
                imported.repaired.extend(changes);
                imported.rules.push(planned);
            }
            Err(faults) => {
                let told = faults.iter().take(MOST_TOLD).map(|fault| match fault.at {
                    Some(at) => format!("line {}: {}", lines.line_col(text, at).line, fault.why),
                    None => fault.why.clone(),
                });
                let more = faults.len().saturating_sub(MOST_TOLD);
                let more = (more > 0).then(|| format!("{more} more"));
                let told: Vec<String> = told.chain(more).collect();
                imported.skipped.push(format!("{}: {}", head.name(), told.join("; ")));
            }
        }
    }
    imported
}

fn one(
    source: &str,
    head: &Head<'_>,
    heads: &[Head<'_>],
    at: usize,
) -> Result<(Planned, Vec<String>), Vec<Fault>> {
    let one_fault = |fault: Fault| vec![fault];
    if head.text("title").is_none() {
        return Err(vec![Fault::new("it has no title")]);
    }
    if let Some(status) = head.text("status").filter(|status| matches!(*status, "deprecated" | "unsupported"))
    {
        return Err(vec![Fault::new(format!("its status is `{status}`"))]);
    }
    let mut changes = Vec::new();
    let own_id = head.own.get("id").and_then(Node::as_str).and_then(|id| Uuid::parse_str(id.trim()).ok());
    let id = own_id.map_or_else(
        || {
            // Rules that share an id are told apart by what they are called and where they stand.
            let shared = head.text("id").unwrap_or(source);
            id_for(shared, &format!("{}#{at}", head.name()))
        },
        |id| id.hyphenated().to_string(),
    );
    if own_id.is_none() {
        changes.push(format!("it has no id that the service takes; it gets {id}"));
    }
    let mut schedule = Schedule { frequency: "1h".to_owned(), period: "1h".to_owned() };
    let (logs, query, kept) = match head.own.get("correlation") {
        None => {
            let (logs, defined, test) = translated(head)?;
            (logs, start(logs, &defined, &test), None)
        }
        Some(node) => {
            let mapping =
                node.as_mapping().ok_or_else(|| vec![Fault::at(node, "the correlation is no mapping")])?;
            let correlation = Correlation::read(mapping, node).map_err(one_fault)?;
            let (logs, mut defined, test) = counted(&correlation, heads)?;
            let (steps, kept) = correlation.steps(logs, &mut defined).map_err(one_fault)?;
            let minutes = correlation.minutes;
            schedule = Schedule { frequency: format!("{minutes}m"), period: format!("{minutes}m") };
            changes.push(format!("it is counted within the {minutes} minutes of each run"));
            (logs, format!("{}{steps}", start(logs, &defined, &test)), Some(kept))
        }
    };
    let (text, told) = rule::write(head, &id, logs, &query, &schedule, kept.as_deref()).map_err(one_fault)?;
    changes.extend(told);
    let several = (heads.len() > 1).then(|| head.name());
    let planned =
        Planned { id, path: path_beside(source, several), source: source.to_owned(), text, generated: None };
    Ok((planned, changes))
}

/// The query for what matches `test` in the log source.
fn start(logs: &SigmaSource, defined: &Definitions, test: &Test) -> String {
    let filter = if logs.filter.is_empty() { String::new() } else { format!("| where {}\n", logs.filter) };
    format!("{}\n{filter}{}{}", logs.table, defined.lines(), test.filters())
}

/// A log source, the columns to make of others, and the condition.
type Translated = (&'static SigmaSource, Definitions, Test);

/// The log source of a rule, and its condition.
fn translated(head: &Head<'_>) -> Result<Translated, Vec<Fault>> {
    let logs = log_source(head).map_err(|fault| vec![fault])?;
    let detections = head.mappings("detection");
    if detections.is_empty() {
        return Err(vec![Fault::new("it has no detection")]);
    }
    let (defined, test) = selection::translate(logs, &detections)?;
    Ok((logs, defined, test))
}

fn log_source(head: &Head<'_>) -> Result<&'static SigmaSource, Fault> {
    let mappings = head.mappings("logsource");
    let part = |key: &str| {
        mappings
            .iter()
            .find_map(|mapping| mapping.get(key)?.as_str())
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let parts = [part("product"), part("category"), part("service")];
    let [product, category, service] = parts.each_ref().map(String::as_str);
    Catalog::builtin().sigma().source(product, category, service).ok_or_else(|| {
        let named: Vec<&str> =
            [product, category, service].into_iter().filter(|part| !part.is_empty()).collect();
        let why = format!("no table is known for the log source {}", named.join("/"));
        match head.get("logsource") {
            Some(node) => Fault::at(node, why),
            None => Fault::new(why),
        }
    })
}

/// The log source of the rules that a correlation counts, and the condition that one of them matches.
fn counted(correlation: &Correlation<'_>, heads: &[Head<'_>]) -> Result<Translated, Vec<Fault>> {
    let mut found: Option<(&'static SigmaSource, Definitions, Vec<Test>)> = None;
    for node in &correlation.rules {
        let name = node.as_str().unwrap_or_default();
        let is_it = |head: &&Head<'_>| {
            head.own.get("correlation").is_none()
                && [head.text("name"), head.text("id")].contains(&Some(name))
        };
        let Some(head) = heads.iter().find(is_it) else {
            return Err(vec![Fault::at(
                node,
                format!("it counts the rule `{name}`, which the file does not hold"),
            )]);
        };
        let (logs, defined, test) = translated(head)?;
        match &mut found {
            None => found = Some((logs, defined, vec![test])),
            Some((known, all, tests)) if std::ptr::eq(*known, logs) => {
                all.merge(defined).map_err(|why| vec![Fault::at(node, why)])?;
                tests.push(test);
            }
            Some(_) => return Err(vec![Fault::at(node, "it counts rules of several log sources")]),
        }
    }
    let found = found.ok_or_else(|| vec![Fault::new("it counts no rule")])?;
    Ok((found.0, found.1, Test::any(found.2)))
}

#[cfg(test)]
mod tests;
