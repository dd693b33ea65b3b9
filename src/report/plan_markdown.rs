//! A plan as a comment on a pull request.
//!
//! Names and queries come from rule files and from the workspace, so none of it is trusted.

use std::fmt::Write as _;

use super::markdown_text::{append, code, escape, fence};
use super::plan_text::{
    DiffLine, Entry, FIELDS_UNKNOWN, FieldView, Verb, entries, orphans_line, outline, printable,
    summary_line, view, whose,
};
use crate::plan::{Action, FieldChange, Plan};

/// The first line, by which a workflow finds the comment it wrote before.
pub const PLAN_COMMENT_MARK: &str = "<!-- picket plan -->";

/// A length that fits a comment on GitHub, which holds 65,536 characters.
pub const PLAN_COMMENT_LENGTH: usize = 60_000;

/// The plan in at most about `limit` bytes: a summary, a table of the changes, and foldable differences. What
/// does not fit is left out, and how much is said.
pub fn plan_markdown(plan: &Plan, limit: usize) -> String {
    let entries = entries(plan);
    let shown: Vec<&Entry<'_>> = entries.iter().filter(|entry| entry.verb() != Verb::Unchanged).collect();
    let environment = plan.target.environment.as_deref();
    let of = environment.map(|name| format!(" as {}", code(&format!("[env.{name}]")))).unwrap_or_default();
    let mut out = format!(
        "{PLAN_COMMENT_MARK}\n### picket plan for {}{of}\n\n**{}**\n",
        code(&plan.target.workspace.name),
        summary_line(plan)
    );
    findings(plan, limit, &mut out);
    if !shown.is_empty() {
        out.push_str("\n| | | rule | |\n|-|-|-|-|\n");
        // Differences get at least half of the room.
        append(&mut out, limit / 2, "row", shown.iter().map(|entry| row(entry, environment)));
    }
    orphans(plan, limit, &mut out);
    append(&mut out, limit, "difference", shown.iter().filter_map(|entry| details(entry)));
    out
}

/// What the plan runs into, errors first to be seen.
fn findings(plan: &Plan, limit: usize, out: &mut String) {
    if plan.warnings.is_empty() {
        return;
    }
    out.push('\n');
    let items = plan.warnings.iter().map(|finding| {
        let help: String =
            finding.help.iter().map(|help| format!("; {}", escape(&printable(help)))).collect();
        let (severity, message) = (finding.severity.as_str(), escape(&printable(&finding.message)));
        format!("- **{severity}** {}: {message}{help}\n", code(finding.code))
    });
    append(out, limit / 4, "finding", items);
}

fn row(entry: &Entry<'_>, environment: Option<&str>) -> String {
    let verb = entry.verb();
    let mut note = match &entry.main.action {
        Action::Create => entry.main.body.as_ref().map(outline).unwrap_or_default(),
        Action::Adopt { .. } => whose(&entry.main.action).unwrap_or_default(),
        Action::Update { fields } => paths(fields),
        Action::Unowned { owner, .. } => owner.clone().unwrap_or_else(|| "not deployed by picket".to_owned()),
        Action::NoOp if verb == Verb::Claim => {
            "there as written; only the ownership record is added".to_owned()
        }
        Action::NoOp if entry.is_noted() => {
            "there as written; only the ownership record is brought up to date".to_owned()
        }
        Action::NoOp => paths(entry.record_fields()),
        Action::Delete => String::new(),
    };
    if let Some(cause) = entry.cause() {
        let gap = if note.is_empty() { "" } else { "; " };
        let _ = write!(note, "{gap}{cause}");
    }
    if let Some(given) = entry.given_by(environment) {
        let gap = if note.is_empty() { "" } else { "; " };
        let _ = write!(note, "{gap}{given}");
    }
    let noun = entry.main.key.kind.noun();
    format!("| {} | {noun} | {} | {} |\n", verb.word(), code(&entry.main.display_name), escape(&note))
}

/// The first paths of a difference.
fn paths<'a>(fields: impl IntoIterator<Item = &'a FieldChange>) -> String {
    let short =
        |field: &FieldChange| field.path.strip_prefix("properties.").unwrap_or(&field.path).to_owned();
    let mut paths: Vec<String> = fields.into_iter().map(short).collect();
    if paths.len() > 6 {
        let more = paths.split_off(6).len();
        paths.push(format!("{more} more"));
    }
    paths.join(", ")
}

fn details(entry: &Entry<'_>) -> Option<String> {
    let mut lines = Vec::new();
    for field in entry.fields() {
        let cause = entry.field_cause(field).map(|cause| format!("[{cause}] "));
        diff(cause.as_deref().unwrap_or_default(), field, &mut lines);
    }
    if entry.cause_of_fields_is_unknown() {
        lines.push(format!("# {FIELDS_UNKNOWN}"));
    }
    for field in entry.record_fields() {
        diff("record ", field, &mut lines);
    }
    let reasons = &entry.main.preview_reasons;
    let preview = !reasons.is_empty() && entry.main.is_pending();
    if lines.is_empty() && !preview {
        return None;
    }
    let mut out = format!(
        "\n<details><summary>{}: {}</summary>\n",
        entry.verb().word(),
        code(&entry.main.display_name)
    );
    if preview {
        let _ = write!(
            out,
            "\nNeeds API {}: {}.\n",
            escape(&entry.main.api_version),
            escape(&reasons.join("; "))
        );
    }
    if !lines.is_empty() {
        let text = lines.join("\n");
        let fence = fence(&text);
        let _ = write!(out, "\n{fence}diff\n{text}\n{fence}\n");
    }
    out.push_str("\n</details>\n");
    Some(out)
}

/// The lines of a difference, as highlighters of `diff` know them.
pub(super) fn diff(prefix: &str, field: &FieldChange, lines: &mut Vec<String>) {
    let path = printable(&field.path);
    match view(field) {
        FieldView::Inline { before, after } => {
            lines.extend(before.map(|before| format!("- {prefix}{path}: {before}")));
            lines.extend(after.map(|after| format!("+ {prefix}{path}: {after}")));
        }
        FieldView::Block(block) => {
            lines.push(format!("# {prefix}{path}"));
            lines.extend(block.iter().map(DiffLine::render));
        }
    }
}

fn orphans(plan: &Plan, limit: usize, out: &mut String) {
    let Some(line) = orphans_line(&plan.orphans) else { return };
    let _ = write!(out, "\n{line}\n\n");
    let items = plan
        .orphans
        .iter()
        .map(|orphan| format!("- {} {}\n", orphan.key.kind.noun(), code(&orphan.display_name)));
    append(out, limit, "resource", items);
}
