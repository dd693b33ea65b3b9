//! A plan for a person at a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::plan_text::{
    DiffLine, Entry, FIELDS_UNKNOWN, FieldView, Verb, entries, flatten, orphans_line, outline, plural,
    printable, summary_line, view, whose,
};
use crate::plan::{Action, FieldChange, Plan};

/// How a plan is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlanHumanOptions {
    /// Whether to write colours.
    pub color: bool,
    /// Whether to show every field of what is to be created, not an outline only.
    pub full: bool,
}

/// The changes with their differences, what is left alone and why, the API versions, and a summary.
pub fn plan_human(plan: &Plan, options: PlanHumanOptions) -> String {
    let mut writer = Writer { out: String::new(), options };
    let entries: Vec<Entry<'_>> = entries(plan);
    let shown: Vec<&Entry<'_>> = entries.iter().filter(|entry| entry.verb() != Verb::Unchanged).collect();
    writer.heading(plan, shown.is_empty());
    for entry in &shown {
        writer.entry(entry, plan.target.environment.as_deref());
    }
    writer.orphans(plan);
    writer.versions(plan);
    let bold = writer.style(Style::new().bold());
    writer.line(&format!("{bold}{}{bold:#}", summary_line(plan)));
    writer.out
}

struct Writer {
    out: String,
    options: PlanHumanOptions,
}

impl Writer {
    fn style(&self, style: Style) -> Style {
        if self.options.color { style } else { Style::new() }
    }

    fn mark_style(&self, mark: char) -> Style {
        let color = match mark {
            '+' => AnsiColor::Green,
            '-' | '!' => AnsiColor::Red,
            '~' => AnsiColor::Yellow,
            '>' | '@' => AnsiColor::Cyan,
            _ => return Style::new(),
        };
        self.style(color.on_default())
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn heading(&mut self, plan: &Plan, nothing: bool) {
        let workspace = &plan.target.workspace;
        let place = format!(
            "workspace '{}' (resource group '{}')",
            printable(&workspace.name),
            printable(&workspace.resource_group)
        );
        let project = printable(&plan.target.project);
        let environment = plan.target.environment.as_ref();
        let environment =
            environment.map(|name| format!(" as [env.{}]", printable(name))).unwrap_or_default();
        if nothing {
            self.line(&format!(
                "The {place} holds the rules of the project '{project}'{environment} as they are written"
            ));
        } else {
            self.line(&format!("Changes to the {place} for the project '{project}'{environment}:"));
        }
        self.line("");
    }

    fn entry(&mut self, entry: &Entry<'_>, environment: Option<&str>) {
        let verb = entry.verb();
        let (mark, style) = (verb.mark(), self.mark_style(verb.mark()));
        let key = &entry.main.key;
        let mut line = format!(
            "  {style}{mark}{style:#} {} \"{}\" ({})",
            key.kind.noun(),
            printable(&entry.main.display_name),
            printable(&key.name)
        );
        match &entry.main.action {
            Action::Unowned { .. } | Action::Adopt { .. } => {
                let whose = printable(&whose(&entry.main.action).unwrap_or_default());
                let _ = write!(line, ": {whose}");
                if verb == Verb::Unowned {
                    line.push_str("; left alone, `--adopt` takes it over");
                }
            }
            Action::Create => {
                if let Some(body) = entry.main.body.as_ref().filter(|_| !self.options.full) {
                    let outline = outline(body);
                    if !outline.is_empty() {
                        let _ = write!(line, ": {outline}");
                    }
                }
            }
            Action::NoOp if verb == Verb::Claim => {
                line.push_str(": there as written; only its ownership record is added");
            }
            Action::NoOp if entry.is_noted() => {
                line.push_str(": there as written; only its ownership record is brought up to date");
            }
            _ => {}
        }
        if let Some(cause) = entry.cause() {
            let _ = write!(line, ": {cause}");
        }
        self.line(&line);
        if let (true, Some(body)) = (self.options.full && verb == Verb::Create, &entry.main.body) {
            for field in flatten(body) {
                self.field("", &field);
            }
        }
        for field in entry.fields() {
            self.field(
                entry.field_cause(field).map(|cause| format!("[{cause}] ")).as_deref().unwrap_or(""),
                field,
            );
        }
        if entry.cause_of_fields_is_unknown() {
            let dim = self.style(Style::new().dimmed());
            self.line(&format!("      {dim}{FIELDS_UNKNOWN}{dim:#}"));
        }
        for field in entry.record_fields() {
            self.field("record ", field);
        }
        if let Some(line) = entry.given_by(environment) {
            let dim = self.style(Style::new().dimmed());
            self.line(&format!("      {dim}{}{dim:#}", printable(&line)));
        }
        if !entry.main.preview_reasons.is_empty() && entry.main.is_pending() {
            let reasons = entry.main.preview_reasons.join("; ");
            let dim = self.style(Style::new().dimmed());
            self.line(&format!("      {dim}needs API {}: {reasons}{dim:#}", entry.main.api_version));
        }
        self.line("");
    }

    fn field(&mut self, prefix: &str, field: &FieldChange) {
        let mark = match (&field.before, &field.after) {
            (None, _) => '+',
            (_, None) => '-',
            _ => '~',
        };
        let style = self.mark_style(mark);
        let head = format!("      {style}{mark}{style:#} {prefix}{}", printable(&field.path));
        match view(field) {
            FieldView::Inline { before, after } => {
                let sides: Vec<String> = before.into_iter().chain(after).collect();
                self.line(&format!("{head}: {}", sides.join(" -> ")));
            }
            FieldView::Block(lines) => {
                self.line(&format!("{head}:"));
                lines.iter().for_each(|line| self.diff_line(line));
            }
        }
    }

    fn diff_line(&mut self, line: &DiffLine) {
        let style = self.mark_style(line.mark);
        self.line(&format!("          {style}{}{style:#}", line.render()));
    }

    fn orphans(&mut self, plan: &Plan) {
        let Some(line) = orphans_line(&plan.orphans) else { return };
        self.line(&line);
        for orphan in &plan.orphans {
            let (name, key) = (printable(&orphan.display_name), printable(&orphan.key.name));
            self.line(&format!("    {} \"{name}\" ({key})", orphan.key.kind.noun()));
        }
        self.line("");
    }

    /// Which API versions the changes use, content only.
    fn versions(&mut self, plan: &Plan) {
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for change in plan.pending().filter(|change| change.is_content()) {
            *counts.entry((change.key.kind.type_name(), &change.api_version)).or_default() += 1;
        }
        for ((kind, version), count) in counts {
            self.line(&format!("API {version} for {count} {} of {kind}", plural(count, "change")));
        }
    }
}
