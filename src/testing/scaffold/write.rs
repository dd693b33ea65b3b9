//! The text of a file of proposed tests: rows on a line each, as people write them.

use std::fmt::Write as _;
use std::sync::Arc;

use super::{Proposal, Row};
use crate::exec::value::{DateTime, Dynamic, TICKS_PER_SECOND, Value};
use crate::exec::{INGESTED, ScanSource};
use crate::testing::data::INGESTION_KEY;
use crate::testing::document::default_clock;
use crate::yaml::emit::{is_plain, key, quoted, reads_as_other};

/// The file, with lines of comment at its head.
pub(super) fn file(head: &[&str], proposals: &[Proposal]) -> String {
    let mut out = String::new();
    for line in head {
        let _ = writeln!(out, "# {line}");
    }
    out.push_str("tests:\n");
    for proposal in proposals {
        write(&mut out, proposal);
    }
    out
}

fn write(out: &mut String, proposal: &Proposal) {
    for note in &proposal.notes {
        let _ = writeln!(out, "  # {note}");
    }
    let _ = writeln!(out, "  - name: {}", text(&proposal.name));
    match &proposal.rules[..] {
        [] => {}
        [rule] => {
            let _ = writeln!(out, "    rule: {}", text(rule));
        }
        rules => {
            let rules: Vec<String> = rules.iter().map(|rule| text(rule)).collect();
            let _ = writeln!(out, "    rule: [{}]", rules.join(", "));
        }
    }
    if let Some(scenario) = &proposal.scenario {
        let _ = writeln!(out, "    scenario: {}", text(scenario));
    }
    type Named = fn(&ScanSource) -> Option<&Arc<str>>;
    let kinds: [(&str, Named); 4] = [
        ("tables", |it| if let ScanSource::Table(name) = it { Some(name) } else { None }),
        ("watchlists", |it| if let ScanSource::Watchlist(name) = it { Some(name) } else { None }),
        ("functions", |it| if let ScanSource::Function(name) = it { Some(name) } else { None }),
        ("external", |it| if let ScanSource::External(name) = it { Some(name) } else { None }),
    ];
    for (kind, named) in kinds {
        let of_kind: Vec<_> =
            proposal.rows.iter().filter_map(|(source, rows)| Some((named(source)?, rows))).collect();
        if !of_kind.is_empty() {
            let _ = writeln!(out, "    {kind}:");
        }
        for (name, rows) in of_kind {
            let _ = writeln!(out, "      {}:", key(name));
            for row in rows {
                let _ = writeln!(out, "        - {}", flow(row));
            }
        }
    }
    let _ = writeln!(out, "    expect: {}", proposal.expect);
}

/// A row as a mapping on one line.
fn flow(row: &Row) -> String {
    let cells: Vec<String> = row
        .iter()
        .map(|(name, value)| {
            let name = if &**name == INGESTED { INGESTION_KEY } else { name };
            format!("{}: {}", key(name), cell(value))
        })
        .collect();
    format!("{{{}}}", cells.join(", "))
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::String(it) => text(it),
        Value::DateTime(time) => relative(*time),
        Value::Dynamic(value) => dynamic(value),
        Value::Bool(truth) => truth.to_string(),
        value => value.to_text().into_owned(),
    }
}

fn dynamic(value: &Dynamic) -> String {
    match value {
        Dynamic::Null => "null".to_owned(),
        Dynamic::Bool(truth) => truth.to_string(),
        Dynamic::Long(number) => number.to_string(),
        Dynamic::Array(items) => format!("[{}]", items.iter().map(dynamic).collect::<Vec<_>>().join(", ")),
        Dynamic::Bag(entries) => {
            let entries = entries.iter().map(|(name, value)| format!("{}: {}", key(name), dynamic(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => text(&other.to_text()),
    }
}

/// Text within a mapping on one line.
fn text(text: &str) -> String {
    let is_free = is_plain(text) && !reads_as_other(text) && !text.contains([',', '[', ']', '{', '}']);
    if is_free { text.to_owned() } else { quoted(text) }
}

/// A time as it is written before or after the test's clock.
fn relative(time: DateTime) -> String {
    let seconds = time.since(default_clock()).0 / TICKS_PER_SECOND;
    let (sign, seconds) = if seconds < 0 { ('-', -seconds) } else { ('+', seconds) };
    match seconds {
        0 => "now".to_owned(),
        seconds if seconds % 60 == 0 => format!("{sign}{}m", seconds / 60),
        seconds => format!("{sign}{seconds}s"),
    }
}
