//! The catalog of remote-management tools: one hunting query a file, in YAML that no parser reads.
//!
//! Each file is mended where its defect can be named, read, and written again in picket's own
//! form. Its id, description and query come through byte for byte, which is checked on every rule
//! before it is handed out; only a column that the query's table has under another name is written with that. A file that
//! cannot be brought through is left out, with the reason.

mod columns;
pub mod indicators;
mod layout;
mod outline;
mod repair;

use std::collections::HashMap;
use std::fmt;

use crate::diag::{Diagnostic, Edit, Fix, Severity, apply_edits};
use crate::rule;
use crate::text::{SourceId, TextRange};
use crate::yaml::{self, Mapping, Scalar};

use layout::Layout;
pub(crate) use layout::safe_name;

use super::Planned;

/// Keys of a rule that raises alerts; a rule without any of them is a hunting query.
const SCHEDULE_KEYS: [&str; 5] =
    ["severity", "queryFrequency", "queryPeriod", "triggerOperator", "triggerThreshold"];

/// A file of the catalog.
#[derive(Debug, Clone)]
pub struct CatalogFile {
    /// The source that findings about it name.
    pub source: SourceId,
    /// Its path in the catalog, with forward slashes.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What became of a catalog.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// The rules that came through, in the order of their paths in the catalog.
    pub rules: Vec<ImportedRule>,
    /// The files that did not.
    pub left_out: Vec<LeftOut>,
}

/// A rule that came through.
#[derive(Debug, Clone)]
pub struct ImportedRule {
    /// What to write, and where.
    pub planned: Planned,
    /// What was mended, at places in the catalog's file.
    pub repairs: Vec<Diagnostic>,
    /// What was mended in the query, at places in the catalog's file.
    pub query_repairs: Vec<Diagnostic>,
    /// The errors of the query that were not, at places in the catalog's file.
    pub query_errors: Vec<Diagnostic>,
    /// The source of the catalog's file.
    source: SourceId,
    /// The query in the mended text.
    query: Scalar,
}

impl ImportedRule {
    /// The query as the catalog has it, before anything in it is mended.
    pub fn catalog_query(&self) -> &str {
        &self.query.text
    }

    /// A finding about the text of the query, at its place in the catalog's file.
    pub fn in_catalog(&self, finding: Diagnostic) -> Diagnostic {
        let mended = finding.moved(self.source, |range| self.query.range_of(range));
        repair::in_original(mended, &self.repairs)
    }

    /// A repair of the text of the query, at its place in the catalog's file, with its fix there.
    fn repair_in_catalog(&self, repair: &Diagnostic) -> Diagnostic {
        let mut moved = self.in_catalog(repair.clone());
        moved.fix = repair.fix.as_ref().map(|fix| Fix {
            edits: fix.edits.iter().map(|edit| Edit { span: moved.primary.span, ..edit.clone() }).collect(),
            ..fix.clone()
        });
        moved
    }
}

/// A file that did not come through.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// Its path in the catalog.
    pub path: String,
    /// Why.
    pub reason: Reason,
    /// The findings behind it, at places in the catalog's file.
    pub findings: Vec<Diagnostic>,
}

/// Why a file was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It is a form to fill in; this is the placeholder.
    Template(String),
    /// It is not UTF-8.
    NotText,
    /// It is no valid YAML, and its defect has no name here.
    Invalid,
    /// It does not hold exactly one rule.
    NotARule,
    /// It has no id to tell the rule by.
    NoId,
    /// Another file, this one, has the same id.
    SameId(String),
    /// Its id, description or query would have changed.
    Changed(&'static str),
}

impl Reason {
    /// Whether leaving the file out is no defect: it is no rule and does not claim to be one.
    pub fn is_expected(&self) -> bool {
        matches!(self, Self::Template(_))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Template(placeholder) => write!(f, "a template: {placeholder} is still to be filled in"),
            Self::NotText => write!(f, "not UTF-8 text"),
            Self::Invalid => write!(f, "not valid YAML, and the defect is none that can be mended"),
            Self::NotARule => write!(f, "not a file of one rule"),
            Self::NoId => write!(f, "the rule has no id"),
            Self::SameId(other) => write!(f, "its id is that of {other}"),
            Self::Changed(key) => write!(f, "its {key} would not have come through unchanged"),
        }
    }
}

/// Turns the files of the catalog into rules.
pub fn import_rmm(files: &[CatalogFile]) -> Imported {
    let mut sorted: Vec<_> = files.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    let mut layout = Layout::default();
    let mut ids: HashMap<String, String> = HashMap::new();
    let mut imported = Imported::default();
    for file in sorted {
        let outcome = import_file(file).and_then(|rule| match ids.get(&rule.id.to_lowercase()) {
            Some(first) => Err((Reason::SameId(first.clone()), Vec::new())),
            None => Ok(rule),
        });
        match outcome {
            Ok(Read { id, text, repairs, query, query_repairs, query_errors }) => {
                ids.insert(id.to_lowercase(), file.path.clone());
                let path = layout.place(&file.path, &id);
                let planned = Planned { id, path, source: file.path.clone(), text, generated: None };
                let source = file.source;
                let mut rule = ImportedRule { planned, repairs, query_repairs, query_errors, source, query };
                rule.query_repairs = rule.query_repairs.iter().map(|it| rule.repair_in_catalog(it)).collect();
                rule.query_errors = rule.query_errors.iter().map(|it| rule.in_catalog(it.clone())).collect();
                imported.rules.push(rule);
            }
            Err((reason, findings)) => {
                imported.left_out.push(LeftOut { path: file.path.clone(), reason, findings });
            }
        }
    }
    imported
}

/// A damaged file with its defects mended, as far as they can be named.
#[derive(Debug)]
pub struct Mended {
    /// The mended text.
    pub text: String,
    /// What was mended, at its place in the original.
    pub repairs: Vec<Diagnostic>,
}

impl Mended {
    /// A finding made on the mended text, at its places in the original.
    pub fn in_original(&self, finding: Diagnostic) -> Diagnostic {
        repair::in_original(finding, &self.repairs)
    }
}

/// Mends what can be named of the defects of `text`.
pub fn mend(source: SourceId, text: &str) -> Mended {
    let repairs = repair::repairs(source, text);
    Mended { text: repair::apply(text, &repairs), repairs }
}

/// A rule read from a file.
struct Read {
    id: String,
    text: String,
    repairs: Vec<Diagnostic>,
    query: Scalar,
    query_repairs: Vec<Diagnostic>,
    query_errors: Vec<Diagnostic>,
}

/// Brings one file through.
fn import_file(file: &CatalogFile) -> Result<Read, (Reason, Vec<Diagnostic>)> {
    let raw = std::str::from_utf8(&file.bytes).map_err(|_| (Reason::NotText, Vec::new()))?;
    if let Some(range) = repair::placeholder(raw) {
        return Err((Reason::Template(range.slice(raw).to_owned()), Vec::new()));
    }
    let mended = mend(file.source, raw);
    let (documents, findings) = yaml::parse(file.source, &mended.text);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        let findings = findings.into_iter().map(|finding| mended.in_original(finding)).collect();
        return Err((Reason::Invalid, findings));
    }
    let [document] = documents.as_slice() else { return Err((Reason::NotARule, Vec::new())) };
    let mapping = document.root.as_ref().and_then(|root| root.as_mapping());
    let mapping = mapping.ok_or((Reason::NotARule, Vec::new()))?;
    let query = mapping.get("query").and_then(|query| query.as_scalar());
    let query = query.ok_or((Reason::NotARule, Vec::new()))?.clone();
    let id = text_of(mapping, "id").ok_or((Reason::NoId, Vec::new()))?.to_owned();
    let (query_repairs, query_errors) = columns::check(file.source, &query.text);
    let edits = query_repairs.iter().filter_map(|repair| repair.fix.as_ref()).flat_map(|fix| &fix.edits);
    let edits: Vec<_> = edits.map(|edit| (edit.span.range, edit.replacement.as_str())).collect();
    let wanted = apply_edits(&query.text, &edits).unwrap_or_else(|_| query.text.clone());
    let edits: Vec<_> = edits.into_iter().map(|(range, name)| (query.range_of(range), name)).collect();
    let text = canonical(file.source, &mended.text, mapping, &edits);
    let text = text.ok_or((Reason::NotARule, Vec::new()))?;
    unchanged(file.source, mapping, &wanted, &text).map_err(|key| (Reason::Changed(key), Vec::new()))?;
    Ok(Read { id, text, repairs: mended.repairs, query, query_repairs, query_errors })
}

/// The mended text with `edits` as picket writes it, with its kind; `None` where it is no rule.
fn canonical(
    source: SourceId,
    mended: &str,
    mapping: &Mapping,
    edits: &[(TextRange, &str)],
) -> Option<String> {
    let start = TextRange::empty(mapping.entries.first()?.key.range.start);
    let is_hunt = !SCHEDULE_KEYS.iter().any(|key| mapping.get(key).is_some());
    let kind = (mapping.get("kind").is_none() && is_hunt).then_some((start, "kind: Hunting\n"));
    let edits: Vec<_> = kind.into_iter().chain(edits.iter().copied()).collect();
    let text = apply_edits(mended, &edits).ok()?;
    rule::write::format(source, &text).0
}

/// That the id and description of `text` are those of `mapping`, and its query is `query`; else the key at fault.
fn unchanged(source: SourceId, mapping: &Mapping, query: &str, text: &str) -> Result<(), &'static str> {
    let (documents, _) = yaml::parse(source, text);
    let written =
        documents.first().and_then(|document| document.root.as_ref()).and_then(|root| root.as_mapping());
    for key in ["id", "description", "query"] {
        let wanted = if key == "query" { Some(query) } else { text_of(mapping, key) };
        if written.and_then(|written| text_of(written, key)) != wanted {
            return Err(key);
        }
    }
    Ok(())
}

/// The text under `key`.
fn text_of<'a>(mapping: &'a Mapping, key: &str) -> Option<&'a str> {
    mapping.get(key).and_then(|value| value.as_str())
}
