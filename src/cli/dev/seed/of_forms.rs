//! Defects in the form of a query: statements, tables and operators that no rule can have, or that slow it down.

use super::Maker;
use super::of_files::near_real_time;
use super::of_queries::with;
use super::subject::{Named, Planted, Subject};
use crate::catalog::ScalarType;
use crate::catalog::kql::KqlCatalog;
use crate::rule::RuleKind;
use crate::text::TextRange;

/// The makers of such defects.
pub(super) static MAKERS: &[Maker] = &[
    Maker { name: "value for a table", codes: &["PK202"], make: |s| s.rewrite(&["let rows = 5;", "rows"]) },
    Maker { name: "search of everything", codes: &["PK203"], make: |s| everything(s, "search *") },
    Maker { name: "union of everything", codes: &["PK203"], make: |s| everything(s, "union *") },
    Maker {
        name: "another cluster",
        codes: &["PK204"],
        make: |s| table(s, |name| format!("cluster(\"soc\").database(\"logs\").{name}")),
    },
    Maker {
        name: "another database",
        codes: &["PK204"],
        make: |s| table(s, |name| format!("database(\"logs\").{name}")),
    },
    Maker { name: "management command", codes: &["PK205"], make: |s| s.rewrite(&[".show tables"]) },
    Maker { name: "nothing but comments", codes: &["PK206"], make: |s| s.rewrite(&["// SigninLogs"]) },
    Maker { name: "nothing but variables", codes: &["PK206"], make: |s| s.rewrite(&["let wanted = 5;"]) },
    Maker { name: "two results", codes: &["PK207"], make: two_results },
    Maker {
        name: "NRT over another workspace",
        codes: &["PK208"],
        make: |s| near_real_time(s, table(s, |name| format!("workspace(\"soc-logs\").{name}"))?),
    },
    Maker {
        name: "NRT by time of ingestion",
        codes: &["PK211"],
        make: |s| near_real_time(s, s.append("| where ingestion_time() > ago(1m)")?),
    },
    Maker { name: "column that is unpacked", codes: &["PK215"], make: unpacked },
    Maker { name: "has without a word", codes: &["PK710"], make: |s| with(s, "| where COLUMN has \"&&\"") },
    Maker { name: "join without kind", codes: &["PK715"], make: |s| joined(s, "") },
    Maker { name: "large left side", codes: &["PK716"], make: large_left },
    Maker { name: "filter after summarize", codes: &["PK717"], make: late_filter },
    Maker { name: "variable that a column hides", codes: &["PK726"], make: hidden },
    Maker {
        name: "table united with itself",
        codes: &["PK727"],
        make: |s| first_table(s, |name| format!("union {name}, {name}")),
    },
    Maker { name: "time looked at late", codes: &["PK728"], make: late_time },
    Maker {
        name: "address of a page for a host",
        codes: &["PK729"],
        make: |s| {
            with(
                s,
                "| where COLUMN !in (ASimDnsActivityLogs | where DnsQuery == \"https://login.contoso.com\" | project DnsQuery)",
            )
        },
    },
    Maker { name: "private addresses as text", codes: &["PK736"], make: private },
    Maker { name: "many indicators", codes: &["PK737"], make: indicators },
    Maker { name: "column that nothing reads", codes: &["PK739"], make: unused_column },
    Maker {
        name: "count by moment",
        codes: &["PK740"],
        make: |s| {
            with(
                s,
                "| where COLUMN !in (SecurityEvent | summarize Failures = count() by TimeGenerated, Account | where Failures > 10 | project Account)",
            )
        },
    },
    Maker {
        name: "search in all columns",
        codes: &["PK741"],
        make: |s| s.append("| where * has \"mimikatz\""),
    },
    Maker {
        name: "count of one",
        codes: &["PK747"],
        make: |s| {
            with(
                s,
                "| where COLUMN !in (OfficeActivity | summarize Users = dcount(UserId) by UserId | where Users > 3 | project UserId)",
            )
        },
    },
    Maker {
        name: "estimate compared exactly",
        codes: &["PK748"],
        make: |s| {
            with(
                s,
                "| where COLUMN !in (OfficeActivity | summarize Users = dcount(UserId) by OfficeWorkload | where Users == 3 | project OfficeWorkload)",
            )
        },
    },
    Maker {
        name: "GUID without a digit",
        codes: &["PK743"],
        make: |s| with(s, "| where COLUMN == \"00000003-0000-0000-c000-00000000000\""),
    },
];

/// The query made one over every table. It may still have the columns that the rule names.
fn everything(subject: &Subject, with: &str) -> Option<Planted> {
    if subject.rule.kind == RuleKind::Hunting { None } else { subject.rewrite(&[with, "| where true"]) }
}

fn table(subject: &Subject, change: impl Fn(&str) -> String) -> Option<Planted> {
    let range = subject.names.iter().find_map(|name| match name {
        Named::Table(range) => Some(*range),
        _ => None,
    })?;
    // What is a string beside, such as the argument of `table(…)`, is no name to change.
    let name = range.slice(&subject.text);
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_plain.then(|| subject.replace(range, &change(name)))
}

/// The table with which the query begins, changed.
fn first_table(subject: &Subject, change: impl Fn(&str) -> String) -> Option<Planted> {
    let text = subject.block()?.text().trim_start();
    let name = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?;
    let planted = table(subject, &change).filter(|_| !subject.columns.is_empty())?;
    let at = planted.places.first()?.slice(&planted.text) == change(name);
    let follows = text[name.len()..].trim_start();
    (at && follows.starts_with('|')).then_some(planted)
}

/// The finding is at the second result, which is the query as it was.
fn two_results(subject: &Subject) -> Option<Planted> {
    let query = subject.block()?.range;
    let Planted { text, places } = subject.begin("print Rows = 1;")?;
    let grown = (text.len() - subject.text.len()) as u32;
    let behind = TextRange::new(places.first()?.end, query.end + grown);
    Some(Planted { text, places: vec![behind] })
}

fn unpacked(subject: &Subject) -> Option<Planted> {
    if subject.rule.kind == RuleKind::Hunting {
        return None;
    }
    with(subject, "| extend Bag = parse_json(COLUMN) | evaluate bag_unpack(Bag) | where ownSetting == \"on\"")
}

/// A join that keeps the columns of the query, and `more` behind it.
fn joined(subject: &Subject, more: &str) -> Option<Planted> {
    let line = "| join (OfficeActivity | project OtherUser = UserId) on $left.COLUMN == $right.OtherUser";
    with(subject, &format!("{line}{more}"))
}

fn large_left(subject: &Subject) -> Option<Planted> {
    let text = subject.block()?.text().trim_start();
    let name = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?;
    let known = KqlCatalog::builtin().table(name)?;
    let column = known.columns.iter().find(|column| column.scalar == ScalarType::String)?.name;
    first_table(subject, |name| {
        format!(
            "{name} | join kind=inner (OfficeActivity | where Operation == 'x' | project OtherUser = UserId) on \
             $left.{column} == $right.OtherUser"
        )
    })
}

fn late_filter(subject: &Subject) -> Option<Planted> {
    if !subject.has_time_of_events() {
        return None;
    }
    with(subject, "| summarize arg_max(TimeGenerated, *) by COLUMN | where COLUMN != \"system\"")
}

/// A variable of the name of a column that the query reads.
fn hidden(subject: &Subject) -> Option<Planted> {
    let range = subject.names.iter().find_map(|name| match name {
        Named::Column(range) => Some(*range),
        _ => None,
    })?;
    let name = range.slice(&subject.text);
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');

    // Over rows of a watchlist or of an argument, not all columns are known.
    let is_open = ["table(", "_GetWatchlist", "let "].iter().any(|word| subject.text.contains(word));
    if is_plain && !is_open && name != "TimeGenerated" {
        subject.begin(&format!("let {name} = 5;"))
    } else {
        None
    }
}

fn late_time(subject: &Subject) -> Option<Planted> {
    let is_late = ["summarize", "union", "extend", "ago(", "datetime", "join", "let "]
        .iter()
        .any(|word| subject.text.contains(word));
    if is_late || !subject.returns("TimeGenerated") {
        return None;
    }
    joined(subject, " | where TimeGenerated > ago(1h)")
}

fn private(subject: &Subject) -> Option<Planted> {
    // One finding says it for all of a query.
    if subject.text.contains("\"10.") || subject.text.contains("\"192.168.") {
        return None;
    }
    with(subject, "| where not(COLUMN startswith \"10.\" or COLUMN startswith \"192.168.\")")
}

fn indicators(subject: &Subject) -> Option<Planted> {
    let list: Vec<String> = (1..=31).map(|number| format!("\"203.0.113.{number}\"")).collect();
    with(subject, &format!("| where COLUMN in ({})", list.join(", ")))
}

fn unused_column(subject: &Subject) -> Option<Planted> {
    let query = subject.block()?.text();
    let reads_all = ["*", "evaluate", "invoke", "search", "find", "pack", "['", "[\"", "column_ifexists"]
        .iter()
        .any(|word| query.contains(word));
    if reads_all {
        return None;
    }
    with(subject, "| where COLUMN !in (OfficeActivity | extend neverRead = 1 | project UserId)")
}
