//! Defects in queries.

use super::Maker;
use super::subject::{Named, Planted, Subject, misspelt};
use crate::kql::codes;
use crate::rule::RuleKind;
use crate::text::TextRange;

/// The makers of such defects.
pub(super) static MAKERS: &[Maker] = &[
    Maker { name: "bracket that is not closed", codes: &["KQ"], make: unclosed },
    Maker { name: "operator that is none", codes: &["KQ"], make: |s| s.append("| wher true") },
    Maker {
        name: "unknown table",
        codes: &[codes::UNKNOWN_NAME.code, codes::UNKNOWN_TABLE.code, "KQ205"],
        make: table,
    },
    Maker { name: "unknown column", codes: &[codes::UNKNOWN_NAME.code], make: column },
    Maker { name: "unknown function", codes: &[codes::UNKNOWN_FUNCTION.code, "KQ205"], make: function },
    Maker { name: "too few arguments", codes: &["KQ119"], make: |s| s.append("| where strlen() > 1") },
    Maker {
        name: "number compared with a text",
        codes: &["KQ"],
        make: |s| with(s, "| where COLUMN + 1 > 2"),
    },
    Maker { name: "chart", codes: &["PK201"], make: chart },
    Maker {
        name: "contains with a word",
        codes: &["PK701"],
        make: |s| read(s, "| where COLUMN contains \"powershell\""),
    },
    Maker {
        name: "contains with nothing",
        codes: &["PK702"],
        make: |s| with(s, "| where COLUMN contains \"\""),
    },
    Maker {
        name: "regex of plain text",
        codes: &["PK703"],
        make: |s| with(s, "| where COLUMN matches regex \"powershell\""),
    },
    Maker {
        name: "tolower compared with capitals",
        codes: &["PK704"],
        make: |s| with(s, "| where tolower(COLUMN) == \"PowerShell\""),
    },
    Maker {
        name: "tolower compared",
        codes: &["PK705"],
        make: |s| with(s, "| where tolower(COLUMN) == \"powershell\""),
    },
    Maker {
        name: "space at the end of a text",
        codes: &["PK706"],
        make: |s| with(s, "| where COLUMN == \"admin \""),
    },
    Maker {
        name: "duplicate item of has_any",
        codes: &["PK707"],
        make: |s| with(s, "| where COLUMN has_any (\"one\", \"two\", \"one\")"),
    },
    Maker {
        name: "duplicate item of in~",
        codes: &["PK707"],
        make: |s| with(s, "| where COLUMN in~ (\"one\", \"two\", \"ONE\")"),
    },
    Maker {
        name: "item that another covers",
        codes: &["PK708"],
        make: |s| with(s, "| where COLUMN has_any (\"evil.com\", \"www.evil.com\")"),
    },
    Maker { name: "list of one", codes: &["PK709"], make: |s| with(s, "| where COLUMN in (\"one\")") },
];

/// A line behind the query about a column of texts.
fn with(subject: &Subject, line: &str) -> Option<Planted> {
    subject.append(&line.replace("COLUMN", subject.text_column(false)?))
}

/// A line behind the query about a column of texts as a table has it.
fn read(subject: &Subject, line: &str) -> Option<Planted> {
    subject.append(&line.replace("COLUMN", subject.text_column(true)?))
}

/// The query without its last closing bracket. It may be missed from there to the end, or where it was opened.
fn unclosed(subject: &Subject) -> Option<Planted> {
    let query = subject.block().filter(|_| !subject.columns.is_empty())?;
    let at = query.text().rfind(')')?;
    let bracket = query.scalar.range_of(TextRange::from_usize(at, at + 1));
    Some(subject.replace_for(bracket, "", TextRange::new(query.range.start, query.range.end)))
}

fn chart(subject: &Subject) -> Option<Planted> {
    if subject.rule.kind == RuleKind::Scheduled { subject.append("| render table") } else { None }
}

fn table(subject: &Subject) -> Option<Planted> {
    let range = subject.names.iter().find_map(|name| match name {
        Named::Table(range) => Some(*range),
        _ => None,
    })?;
    Some(subject.replace(range, &misspelt(range.slice(&subject.text))))
}

/// A column in the middle of the query, since one at its beginning is often named again.
fn column(subject: &Subject) -> Option<Planted> {
    let columns: Vec<TextRange> = subject
        .names
        .iter()
        .filter_map(|name| match name {
            Named::Column(range) => Some(*range),
            _ => None,
        })
        .collect();
    let range = *columns.get(columns.len() / 2)?;
    let name = range.slice(&subject.text);
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_plain.then(|| subject.replace(range, &format!("{name}qq")))
}

fn function(subject: &Subject) -> Option<Planted> {
    let range = subject.names.iter().rev().find_map(|name| match name {
        Named::Function(range) => Some(*range),
        _ => None,
    })?;
    Some(subject.replace(range, &format!("{}qq", range.slice(&subject.text))))
}
