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
    Maker {
        name: "plugin that is not there",
        codes: &["PK213"],
        make: |s| s.append("| evaluate python(typeof(*), \"result = df\")"),
    },
    Maker {
        name: "query parameters",
        codes: &["PK214"],
        make: |s| s.begin("declare query_parameters(code: int = 50126);"),
    },
    Maker {
        name: "data from outside",
        codes: &["PK212"],
        make: |s| {
            analytics(s)?.begin("let outside = externaldata(Address: string) [\"https://example.com/list.csv\"] with (format=\"csv\");")
        },
    },
    Maker {
        name: "placeholder left in a text",
        codes: &["PK209"],
        make: |s| with(s, "| where COLUMN == \"{{breakGlassAccount}}\""),
    },
    Maker { name: "condition that is always true", codes: &["PK711"], make: |s| s.append("| where 1 == 1") },
    Maker {
        name: "conditions that contradict",
        codes: &["PK712"],
        make: |s| with(s, "| where COLUMN == \"one\" and COLUMN == \"two\""),
    },
    Maker {
        name: "inequalities joined by or",
        codes: &["PK712"],
        make: |s| with(s, "| where COLUMN != \"one\" or COLUMN != \"two\""),
    },
    Maker {
        name: "condition twice",
        codes: &["PK713"],
        make: |s| with(s, "| where COLUMN == \"one\" or COLUMN has \"two\" or COLUMN == \"one\""),
    },
    Maker { name: "unused variable", codes: &["PK714"], make: |s| s.begin("let neverUsed = 10;") },
    Maker {
        name: "sort before summarize",
        codes: &["PK718"],
        make: |s| alone(s, "| sort by COLUMN asc | summarize count() by COLUMN"),
    },
    Maker {
        name: "values counted by themselves",
        codes: &["PK747"],
        make: |s| alone(s, "| summarize Number = dcount(COLUMN) by COLUMN"),
    },
    Maker {
        name: "estimate taken for exact",
        codes: &["PK748"],
        make: |s| alone(s, "| summarize Number = dcount(COLUMN) | where Number == 5"),
    },
    Maker {
        name: "estimate of distinct rows",
        codes: &["PK749"],
        make: |s| alone(s, "| distinct COLUMN | summarize Number = dcount(COLUMN)"),
    },
    Maker { name: "events told apart by their time", codes: &["PK750"], make: distinct_events },
    Maker { name: "too many workspaces", codes: &["PK155"], make: workspaces },
    Maker { name: "rows taken at random", codes: &["PK719"], make: take },
    Maker {
        name: "column given to itself",
        codes: &["PK720"],
        make: |s| alone(s, "| project COLUMN = COLUMN"),
    },
    Maker { name: "isnull of a text", codes: &["PK721"], make: |s| with(s, "| where isnull(COLUMN)") },
    Maker { name: "isnotnull of a text", codes: &["PK721"], make: |s| with(s, "| where isnotnull(COLUMN)") },
    Maker {
        name: "tostring of a text",
        codes: &["PK722"],
        make: |s| with(s, "| where tostring(COLUMN) == \"one\""),
    },
    Maker {
        name: "wildcard in a text",
        codes: &["PK723"],
        make: |s| with(s, "| where COLUMN == \"*mimikatz*\""),
    },
    Maker {
        name: "branches that are equal",
        codes: &["PK724"],
        make: |s| with(s, "| extend Risk = iff(COLUMN == \"one\", \"High\", \"High\")"),
    },
    Maker { name: "comparison with nothing", codes: &["PK725"], make: |s| with(s, "| where COLUMN == \"\"") },
    Maker {
        name: "defanged indicator",
        codes: &["PK731"],
        make: |s| with(s, "| where COLUMN has \"evil[.]example\""),
    },
    Maker {
        name: "path in a file name",
        codes: &["PK732"],
        make: |s| of(s, "FileName", "| where FileName endswith @'\\rundll32.exe'"),
    },
    Maker {
        name: "case of a file name",
        codes: &["PK733"],
        make: |s| of(s, "FileName", "| where FileName == \"certutil.exe\""),
    },
    Maker {
        name: "hash of the wrong length",
        codes: &["PK734"],
        make: |s| {
            with(
                s,
                "| where COLUMN !in (DeviceFileEvents | where SHA256 == \"44d88612fea8a8f36de82e1278abb02f\" | project DeviceName)",
            )
        },
    },
    Maker {
        name: "network as an address",
        codes: &["PK735"],
        make: |s| of(s, "IPAddress", "| where IPAddress == \"203.0.113.0/24\""),
    },
    Maker {
        name: "invalid regular expression",
        codes: &["PK738"],
        make: |s| with(s, "| where COLUMN matches regex 'powershell(?!_ise)'"),
    },
    Maker { name: "fixed date", codes: &["PK742"], make: dated },
    Maker {
        name: "impossible address",
        codes: &["PK744"],
        make: |s| of(s, "IPAddress", "| where IPAddress == \"203.0.113.270\""),
    },
    Maker {
        name: "negations joined by or",
        codes: &["PK745"],
        make: |s| with(s, "| where COLUMN !startswith \"C:/Windows\" or COLUMN !startswith \"C:/Program\""),
    },
    Maker {
        name: "case twice",
        codes: &["PK746"],
        make: |s| with(s, "| extend Risk = case(COLUMN == \"one\", 3, COLUMN == \"one\", 2, 1)"),
    },
];

/// A line behind the query about a column of texts.
pub(super) fn with(subject: &Subject, line: &str) -> Option<Planted> {
    subject.append(&line.replace("COLUMN", subject.text_column(false)?))
}

/// A line behind the query about a column of texts as a table has it.
fn read(subject: &Subject, line: &str) -> Option<Planted> {
    subject.append(&line.replace("COLUMN", subject.text_column(true)?))
}

/// A line behind the query of a rule that loses nothing by it.
fn alone(subject: &Subject, line: &str) -> Option<Planted> {
    if subject.names_no_column() { read(subject, line) } else { None }
}

/// The rule, unless it is a hunting query.
fn analytics(subject: &Subject) -> Option<&Subject> {
    (subject.rule.kind != RuleKind::Hunting).then_some(subject)
}

/// A line behind a query that returns `column` of a table.
pub(super) fn of(subject: &Subject, column: &str, line: &str) -> Option<Planted> {
    // Other tables than those of endpoints have paths in a column of that name.
    let is_meant = column != "FileName" || subject.text.contains("DeviceProcessEvents");
    if is_meant && subject.returns(column) { subject.append(line) } else { None }
}

fn take(subject: &Subject) -> Option<Planted> {
    analytics(subject).and_then(|subject| alone(subject, "| take 100 | summarize count() by COLUMN"))
}

fn dated(subject: &Subject) -> Option<Planted> {
    let subject = analytics(subject)?;
    let is_text = |column: &super::subject::Returned| column.name == "TimeGenerated" && column.is_text;
    if subject.columns.iter().any(is_text) {
        return None;
    }
    of(subject, "TimeGenerated", "| where TimeGenerated > datetime(2024-01-01)")
}

/// The query without its last closing bracket. It may be missed from there to the end, or where it was opened.
fn unclosed(subject: &Subject) -> Option<Planted> {
    let query = subject.block().filter(|_| !subject.columns.is_empty())?;
    let at = query.text().rfind(')')?;
    let line = query.text()[..at].rfind('\n').map_or(0, |start| start + 1);
    if query.text()[line..at].contains("//") {
        return None;
    }
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

fn workspaces(subject: &Subject) -> Option<Planted> {
    let members: Vec<String> =
        (0..21).map(|number| format!("workspace(\"soc-{number}\").Heartbeat")).collect();
    let is_scheduled = subject.rule.kind == RuleKind::Scheduled;
    is_scheduled.then(|| subject.begin(&format!("let elsewhere = union {};", members.join(", "))))?
}

fn distinct_events(subject: &Subject) -> Option<Planted> {
    let is_of_events = subject.is_plain() && subject.has_time_of_events();
    if is_of_events { alone(subject, "| distinct TimeGenerated, COLUMN") } else { None }
}
