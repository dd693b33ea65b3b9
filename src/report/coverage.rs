//! Coverage of ATT&CK, for a person or a comment.

use std::fmt::Write as _;

use super::markdown_text::code;
use super::plan_text::{plural, printable};
use crate::coverage::{Change, Column, Coverage, CoverageDiff, CoveringRule};
use crate::rule::RuleKind;

/// The width of a bar, in characters.
const BAR: usize = 24;

/// A line for each tactic, one for each platform, and the totals. With `gaps`, the techniques without a rule.
pub fn coverage_text(coverage: &Coverage, gaps: bool) -> String {
    let mut out = String::new();
    let name_width = coverage.columns.iter().map(|column| column.name.len()).max().unwrap_or(0).max(8);
    let _ = writeln!(
        out,
        "{:name_width$}  {:>9}  {:BAR$}  {:>8}  {:>8}  {:>7}  {:>6}",
        "TACTIC", "COVERED", "", "ENABLED", "DISABLED", "HUNTING", "TESTED"
    );
    for column in &coverage.columns {
        let counts = Counts::of(coverage, column);
        let share = format!("{} of {}", column.covered(), column.techniques.len());
        let _ = writeln!(
            out,
            "{:name_width$}  {share:>9}  {:BAR$}  {:>8}  {:>8}  {:>7}  {:>6}",
            column.name,
            bar(column.covered(), column.techniques.len()),
            counts.enabled,
            counts.disabled,
            counts.hunting,
            counts.tested
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
        "{covered} of {all} techniques of ATT&CK {} have a rule ({percent} %), {} a tested one; {} rules, {} of them tested\n",
        coverage.version,
        coverage.tested_techniques(),
        coverage.rules.len(),
        coverage.tested_rules()
    );
    if !coverage.elsewhere.is_empty() {
        let (count, verb) =
            (coverage.elsewhere.len(), if coverage.elsewhere.len() == 1 { "names" } else { "name" });
        let _ = writeln!(out, "{count} {} {verb} no technique of this matrix", plural(count, "rule"));
    }
    out
}

/// Rules of a column, by what they do.
struct Counts {
    enabled: usize,
    disabled: usize,
    hunting: usize,
    tested: usize,
}

impl Counts {
    fn of(coverage: &Coverage, column: &Column) -> Self {
        let rules: Vec<&CoveringRule> = column.rules().into_iter().map(|at| &coverage.rules[at]).collect();
        let count = |is: &dyn Fn(&CoveringRule) -> bool| rules.iter().filter(|rule| is(rule)).count();
        Self {
            enabled: count(&|rule| rule.alerts),
            disabled: count(&|rule| rule.kind != RuleKind::Hunting && !rule.alerts),
            hunting: count(&|rule| rule.kind == RuleKind::Hunting),
            tested: count(&|rule| rule.tested),
        }
    }
}

/// `covered` of `all` as a bar.
fn bar(covered: usize, all: usize) -> String {
    let filled = if all == 0 { 0 } else { (covered * BAR).div_ceil(all) };
    format!("{}{}", "#".repeat(filled), ".".repeat(BAR - filled))
}

/// The coverage as a table in Markdown.
pub fn coverage_markdown(coverage: &Coverage) -> String {
    let mut out = format!("### ATT&CK coverage\n\n{}", summary(coverage));
    out.push_str("\n| tactic | covered | enabled | disabled | hunting | tested |\n|-|-|-|-|-|-|\n");
    for column in &coverage.columns {
        let counts = Counts::of(coverage, column);
        let _ = writeln!(
            out,
            "| {} | {} of {} | {} | {} | {} | {} |",
            column.name,
            column.covered(),
            column.techniques.len(),
            counts.enabled,
            counts.disabled,
            counts.hunting,
            counts.tested
        );
    }
    out
}

/// The differences, a line each.
pub fn coverage_diff_text(diff: &CoverageDiff, since: &str) -> String {
    let mut out = String::new();
    let line = |out: &mut String, sign: char, change: &Change| {
        let (was, is) = change.tested;
        let tested = if was == is { String::new() } else { format!(", tested {was} -> {is}") };
        let _ = writeln!(
            out,
            "{sign} {:9}  {} ({} -> {}{tested})",
            change.id, change.name, change.before, change.after
        );
    };
    diff.gained.iter().for_each(|change| line(&mut out, '+', change));
    diff.lost.iter().for_each(|change| line(&mut out, '-', change));
    diff.changed.iter().for_each(|change| line(&mut out, '~', change));
    let _ = writeln!(
        out,
        "since {}: {} gained, {} lost, {} with other rules or tests; techniques with a rule {} -> {}, with a tested one {} -> {}",
        printable(since),
        diff.gained.len(),
        diff.lost.len(),
        diff.changed.len(),
        diff.covered.0,
        diff.covered.1,
        diff.tested.0,
        diff.tested.1
    );
    out
}

/// The differences as Markdown, for a pull request.
pub fn coverage_diff_markdown(diff: &CoverageDiff, since: &str) -> String {
    let mut out = format!(
        "### ATT&CK coverage\n\n**{} gained, {} lost** since {}: techniques with a rule {} -> {}, with a tested one {} -> {}\n",
        diff.gained.len(),
        diff.lost.len(),
        code(since),
        diff.covered.0,
        diff.covered.1,
        diff.tested.0,
        diff.tested.1
    );
    let rows = [("gained", &diff.gained), ("lost", &diff.lost), ("changed", &diff.changed)];
    if rows.iter().any(|(_, changes)| !changes.is_empty()) {
        out.push_str("\n| | technique | | rules | tested |\n|-|-|-|-|-|\n");
    }
    for (what, changes) in rows {
        for change in changes {
            let _ = writeln!(
                out,
                "| {what} | {} | {} | {} -> {} | {} -> {} |",
                change.id, change.name, change.before, change.after, change.tested.0, change.tested.1
            );
        }
    }
    out
}
