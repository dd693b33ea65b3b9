//! Coverage of ATT&CK, for a person, a program or a comment.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::markdown_text::code;
use super::plan_text::printable;
use crate::coverage::{Change, Column, Coverage, CoverageDiff, Covered, CoveringRule};
use crate::rule::RuleKind;

/// The format that [`coverage_json`] writes.
pub const COVERAGE_JSON_FORMAT: u64 = 1;

/// The width of a bar, in characters.
const BAR: usize = 24;

/// A line for each tactic, one for each platform, and the totals. With `gaps`, the techniques without a rule.
pub fn coverage_text(coverage: &Coverage, gaps: bool) -> String {
    let mut out = String::new();
    let name_width = coverage.columns.iter().map(|column| column.name.len()).max().unwrap_or(0).max(8);
    let _ = writeln!(
        out,
        "{:name_width$}  {:>9}  {:BAR$}  {:>8}  {:>8}  {:>7}",
        "TACTIC", "COVERED", "", "ENABLED", "DISABLED", "HUNTING"
    );
    for column in &coverage.columns {
        let counts = Counts::of(coverage, column);
        let share = format!("{} of {}", column.covered(), column.techniques.len());
        let _ = writeln!(
            out,
            "{:name_width$}  {share:>9}  {:BAR$}  {:>8}  {:>8}  {:>7}",
            column.name,
            bar(column.covered(), column.techniques.len()),
            counts.enabled,
            counts.disabled,
            counts.hunting
        );
    }
    out.push('\n');
    let width = coverage.platforms.keys().map(|name| name.len()).max().unwrap_or(0).max(8);
    let _ = writeln!(out, "{:width$}  {:>10}", "PLATFORM", "COVERED");
    for (platform, (all, covered)) in &coverage.platforms {
        let share = format!("{covered} of {all}");
        let _ = writeln!(out, "{platform:width$}  {share:>10}  {}", bar(*covered, *all).trim_end());
    }
    if gaps {
        for column in &coverage.columns {
            let missing = column.techniques.iter().filter(|technique| !technique.is_covered());
            let _ = writeln!(out, "\nwithout a rule in {}:", column.name);
            for technique in missing {
                let _ = writeln!(out, "  {:9}  {}", technique.id, technique.name);
            }
        }
    }
    let _ = write!(out, "\n{}", summary(coverage));
    out
}

/// The totals on a line, and the rules that are in no column.
fn summary(coverage: &Coverage) -> String {
    let (all, covered) = coverage.total();
    let percent = (covered * 100).checked_div(all).unwrap_or(0);
    let mut out = format!(
        "{covered} of {all} techniques of ATT&CK {} have a rule ({percent} %); {} rules\n",
        coverage.version,
        coverage.rules.len()
    );
    if !coverage.elsewhere.is_empty() {
        let _ = writeln!(out, "{} rules name no technique of this matrix", coverage.elsewhere.len());
    }
    out
}

/// Rules of a column, by what they do.
struct Counts {
    enabled: usize,
    disabled: usize,
    hunting: usize,
}

impl Counts {
    fn of(coverage: &Coverage, column: &Column) -> Self {
        let rules: Vec<&CoveringRule> = column.rules().into_iter().map(|at| &coverage.rules[at]).collect();
        let count = |is: &dyn Fn(&CoveringRule) -> bool| rules.iter().filter(|rule| is(rule)).count();
        Self {
            enabled: count(&|rule| rule.alerts),
            disabled: count(&|rule| rule.kind != RuleKind::Hunting && !rule.alerts),
            hunting: count(&|rule| rule.kind == RuleKind::Hunting),
        }
    }
}

/// `covered` of `all` as a bar.
fn bar(covered: usize, all: usize) -> String {
    let filled = if all == 0 { 0 } else { (covered * BAR).div_ceil(all) };
    format!("{}{}", "#".repeat(filled), ".".repeat(BAR - filled))
}

/// The coverage as one JSON document with a line end: `tactics` with their `techniques`, whose `rules` are ids, and so for
/// the `subtechniques`; `rules` by id; `platforms`; `withoutTechnique`, the ids of rules that are in no column.
pub fn coverage_json(coverage: &Coverage) -> String {
    let id = |at: &usize| &coverage.rules[*at].id;
    let covered = |technique: &Covered| {
        let part = |part: &Covered| json!({"id": part.id, "name": part.name, "rules": part.rules.iter().map(id).collect::<Vec<_>>()});
        json!({
            "id": technique.id,
            "name": technique.name,
            "rules": technique.rules.iter().map(id).collect::<Vec<_>>(),
            "severity": coverage.gravest(&technique.all()).map(|severity| severity.as_str()),
            "subtechniques": technique.parts.iter().map(part).collect::<Vec<_>>(),
        })
    };
    let column = |column: &Column| {
        json!({
            "shortname": column.shortname,
            "name": column.name,
            "covered": column.covered(),
            "techniques": column.techniques.iter().map(covered).collect::<Vec<_>>(),
        })
    };
    let rule = |rule: &CoveringRule| {
        json!({
            "id": rule.id,
            "name": rule.name,
            "kind": rule.kind.as_str(),
            "severity": rule.severity.map(|severity| severity.as_str()),
            "enabled": rule.alerts,
        })
    };
    let (all, with_rules) = coverage.total();
    let platforms: Vec<Value> = coverage
        .platforms
        .iter()
        .map(|(name, (all, covered))| json!({"name": name, "techniques": all, "covered": covered}))
        .collect();
    let document = json!({
        "format": COVERAGE_JSON_FORMAT,
        "picket": env!("CARGO_PKG_VERSION"),
        "attack": coverage.version,
        "techniques": all,
        "covered": with_rules,
        "tactics": coverage.columns.iter().map(column).collect::<Vec<_>>(),
        "platforms": platforms,
        "rules": coverage.rules.iter().map(rule).collect::<Vec<_>>(),
        "withoutTechnique": coverage.elsewhere.iter().map(id).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

/// The coverage as a table in Markdown.
pub fn coverage_markdown(coverage: &Coverage) -> String {
    let mut out = format!("### ATT&CK coverage\n\n{}", summary(coverage));
    out.push_str("\n| tactic | covered | enabled | disabled | hunting |\n|-|-|-|-|-|\n");
    for column in &coverage.columns {
        let counts = Counts::of(coverage, column);
        let _ = writeln!(
            out,
            "| {} | {} of {} | {} | {} | {} |",
            column.name,
            column.covered(),
            column.techniques.len(),
            counts.enabled,
            counts.disabled,
            counts.hunting
        );
    }
    out
}

/// The differences, a line each.
pub fn coverage_diff_text(diff: &CoverageDiff, since: &str) -> String {
    let mut out = String::new();
    let line = |out: &mut String, sign: char, change: &Change| {
        let _ =
            writeln!(out, "{sign} {:9}  {} ({} -> {})", change.id, change.name, change.before, change.after);
    };
    diff.gained.iter().for_each(|change| line(&mut out, '+', change));
    diff.lost.iter().for_each(|change| line(&mut out, '-', change));
    diff.changed.iter().for_each(|change| line(&mut out, '~', change));
    let _ = writeln!(
        out,
        "since {}: {} gained, {} lost, {} with more or fewer rules; {} -> {} techniques with a rule",
        printable(since),
        diff.gained.len(),
        diff.lost.len(),
        diff.changed.len(),
        diff.covered.0,
        diff.covered.1
    );
    out
}

/// The differences as Markdown, for a pull request.
pub fn coverage_diff_markdown(diff: &CoverageDiff, since: &str) -> String {
    let mut out = format!(
        "### ATT&CK coverage\n\n**{} gained, {} lost** since {}: {} -> {} techniques with a rule\n",
        diff.gained.len(),
        diff.lost.len(),
        code(since),
        diff.covered.0,
        diff.covered.1
    );
    let rows = [("gained", &diff.gained), ("lost", &diff.lost), ("changed", &diff.changed)];
    if rows.iter().any(|(_, changes)| !changes.is_empty()) {
        out.push_str("\n| | technique | | rules |\n|-|-|-|-|\n");
    }
    for (what, changes) in rows {
        for change in changes {
            let _ = writeln!(
                out,
                "| {what} | {} | {} | {} -> {} |",
                change.id, change.name, change.before, change.after
            );
        }
    }
    out
}

/// The differences as one JSON document with a line end.
pub fn coverage_diff_json(diff: &CoverageDiff, since: &str) -> String {
    let change = |change: &Change| json!({"id": change.id, "name": change.name, "before": change.before, "after": change.after});
    let all = |changes: &[Change]| changes.iter().map(change).collect::<Vec<_>>();
    let document = json!({
        "format": COVERAGE_JSON_FORMAT,
        "picket": env!("CARGO_PKG_VERSION"),
        "since": since,
        "covered": {"before": diff.covered.0, "after": diff.covered.1},
        "gained": all(&diff.gained),
        "lost": all(&diff.lost),
        "changed": all(&diff.changed),
    });
    format!("{document:#}\n")
}
