//! What the formats of a plan share: how changes belong together, and text that is safe to show.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::plan::{Action, Cause, Change, FieldChange, Orphan, Plan};

/// Where a record keeps what was last applied.
const APPLIED_PATH: &str = "properties.customVersion";

/// Why the fields of a change are not told apart.
pub(super) const FIELDS_UNKNOWN: &str =
    "on record is a digest of the whole content only, so which side changed which field is not known";

/// A piece of content with the record of whose it is, or a record alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    /// The change that stands for both.
    pub(super) main: &'a Change,
    /// The record's change, where `main` is content.
    pub(super) record: Option<&'a Change>,
}

/// What an entry amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Create,
    Update,
    Delete,
    /// Only the record is written: content that is there as wanted is taken over.
    Claim,
    /// Only the record is written: content that is nobody's is taken over as it is.
    Adopt,
    /// Left alone: it belongs to someone else.
    Unowned,
    Unchanged,
}

impl Verb {
    /// The mark in front of an entry.
    #[cfg(feature = "report")]
    pub(super) fn mark(self) -> char {
        match self {
            Self::Create => '+',
            Self::Update => '~',
            Self::Delete => '-',
            Self::Claim | Self::Adopt => '>',
            Self::Unowned => '!',
            Self::Unchanged => ' ',
        }
    }

    /// The word for it in a table.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Claim => "claim",
            Self::Adopt => "adopt",
            Self::Unowned => "refused",
            Self::Unchanged => "unchanged",
        }
    }
}

impl<'a> Entry<'a> {
    pub(super) fn verb(&self) -> Verb {
        match &self.main.action {
            Action::Create => Verb::Create,
            Action::Update { .. } => Verb::Update,
            Action::Delete => Verb::Delete,
            Action::Unowned { .. } => Verb::Unowned,
            Action::Adopt { .. } => Verb::Adopt,
            Action::NoOp => match self.record.map(|record| &record.action) {
                Some(Action::Create) => Verb::Claim,
                Some(Action::Update { .. }) => Verb::Update,
                _ => Verb::Unchanged,
            },
        }
    }

    /// Which fields have their values from the environment, as a sentence.
    pub(super) fn given_by(&self, environment: Option<&str>) -> Option<String> {
        let paths = &self.main.from_environment;
        let short = |path: &String| path.strip_prefix("properties.").unwrap_or(path).to_owned();
        let name = environment.filter(|_| !paths.is_empty())?;
        Some(format!("from [env.{name}]: {}", paths.iter().map(short).collect::<Vec<_>>().join(", ")))
    }

    /// The differences of the content.
    pub(super) fn fields(&self) -> &'a [FieldChange] {
        fields(&self.main.action)
    }

    /// The differences of the record that a person cares for: what it notes of the last apply changes with
    /// everything else.
    pub(super) fn record_fields(&self) -> impl Iterator<Item = &'a FieldChange> + use<'a> {
        let fields = self.record.map(|record| fields(&record.action)).unwrap_or_default();
        fields.iter().filter(|field| field.path != APPLIED_PATH)
    }

    /// Whether the record is written only to note that the content there is what the rule says.
    pub(super) fn is_noted(&self) -> bool {
        self.verb() == Verb::Update
            && self.main.action == Action::NoOp
            && self.record_fields().next().is_none()
    }

    /// Who changed it since the last apply, as the end of a sentence about it.
    pub(super) fn cause(&self) -> Option<String> {
        let what = match (&self.main.action, self.main.cause?) {
            (Action::Create, Cause::Both) => "deleted in the portal and changed in git",
            (Action::Create, _) => "deleted in the portal",
            (Action::Delete, Cause::Both) => "its rule is gone from git, but it was changed in the portal",
            (Action::Delete, _) => "its rule is gone from git",
            (_, Cause::Git) => "changed in git",
            (_, Cause::Portal) => "changed in the portal",
            (_, Cause::Both) => "changed in git and in the portal",
        };
        let commit = self.main.base.as_ref().and_then(|base| base.commit.as_deref());
        let since = commit.map_or("the last apply", |commit| commit.get(..12).unwrap_or(commit));
        Some(format!("{what} since {since}"))
    }

    /// Said where both sides changed the content and nothing tells the fields apart.
    pub(super) fn cause_of_fields_is_unknown(&self) -> bool {
        self.main.cause == Some(Cause::Both) && self.fields().iter().any(|field| field.cause.is_none())
    }

    /// Which side changed a field, where fields of one change differ in that.
    pub(super) fn field_cause(&self, field: &FieldChange) -> Option<&'static str> {
        match field.cause.filter(|_| self.main.cause == Some(Cause::Both))? {
            Cause::Git => Some("git"),
            Cause::Portal => Some("portal"),
            Cause::Both => Some("both"),
        }
    }
}

fn fields(action: &Action) -> &[FieldChange] {
    match action {
        Action::Update { fields } | Action::Adopt { fields, .. } | Action::Unowned { fields, .. } => fields,
        _ => &[],
    }
}

/// The changes of a plan, each record with its content, in the order of the plan.
pub(super) fn entries(plan: &Plan) -> Vec<Entry<'_>> {
    let is_record_of = |record: &Change, content: &Change| {
        !record.is_content() && record.depends_on.as_ref() == Some(&content.key)
    };
    let records: std::collections::BTreeMap<_, &Change> = plan
        .changes
        .iter()
        .filter(|change| !change.is_content())
        .filter_map(|change| Some((change.depends_on.as_ref()?, change)))
        .collect();
    let mut entries = Vec::new();
    for change in plan.changes.iter().filter(|change| change.is_content()) {
        let record = records.get(&change.key).copied().filter(|record| is_record_of(record, change));
        entries.push(Entry { main: change, record });
    }
    let contents: std::collections::BTreeSet<_> = entries.iter().map(|entry| &entry.main.key).collect();
    let alone = plan.changes.iter().filter(|change| {
        !change.is_content() && change.depends_on.as_ref().is_none_or(|key| !contents.contains(key))
    });
    let alone: Vec<Entry<'_>> = alone.map(|main| Entry { main, record: None }).collect();
    entries.extend(alone);
    entries
}

/// Whose content is, as the end of a sentence about it.
pub(super) fn whose(action: &Action) -> Option<String> {
    match action {
        Action::Adopt { owner, fields } => {
            let origin = owner
                .as_deref()
                .map_or("was not deployed by picket".to_owned(), |it| format!("came from {it}"));
            let then = if fields.is_empty() {
                "taken over, and it is what the rule says"
            } else {
                "taken over as it is; what differs is for the next apply"
            };
            Some(format!("{origin}; {then}"))
        }
        Action::Unowned { owner, .. } => Some(
            owner.as_deref().map_or("was not deployed by picket".to_owned(), |it| format!("belongs to {it}")),
        ),
        _ => None,
    }
}

/// `Plan: 2 to create, 1 to update, 0 to delete, 9 unchanged`, with what else there is.
pub(super) fn summary_line(plan: &Plan) -> String {
    let summary = plan.summary();
    let mut line = format!(
        "Plan: {} to create, {} to update, {} to delete, {} unchanged",
        summary.create, summary.update, summary.delete, summary.unchanged
    );
    if summary.unowned > 0 {
        line.push_str(&format!(", {} refused", summary.unowned));
    }
    if summary.adopt > 0 {
        line.push_str(&format!(", {} to adopt", summary.adopt));
    }
    if summary.records > 0 {
        line.push_str(&format!(" ({} ownership {})", summary.records, plural(summary.records, "record")));
    }
    line
}

/// What the orphans of a plan mean, where it has any.
pub(super) fn orphans_line(orphans: &[Orphan]) -> Option<String> {
    let count = orphans.len();
    let verb = if count == 1 { "has" } else { "have" };
    (count > 0).then(|| {
        format!(
            "{count} deployed {} {verb} no rule file any more and will stay; `--prune` deletes them:",
            plural(count, "resource")
        )
    })
}

/// `noun`, with an s unless there is one.
pub(super) fn plural(count: usize, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}

/// `text` without characters that steer a terminal or turn the direction of writing; they are shown as
/// `\u{1b}`. Tabs stay.
pub(crate) fn printable(text: &str) -> String {
    let steers = |c: char| {
        (c.is_control() && c != '\t')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || matches!(c, '\u{2028}' | '\u{2029}')
    };
    if !text.contains(steers) {
        return text.to_owned();
    }
    text.chars().map(|c| if steers(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// One line of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DiffLine {
    /// `+`, `-`, a blank, or `@` for the head of a hunk.
    pub(super) mark: char,
    /// The line without its end, printable.
    pub(super) text: String,
}

impl DiffLine {
    fn new(mark: char, text: &str) -> Self {
        Self { mark, text: printable(text) }
    }

    /// The line as `diff` highlighters know it.
    pub(super) fn render(&self) -> String {
        match self.mark {
            '@' => self.text.clone(),
            mark => format!("{mark} {}", self.text).trim_end().to_owned(),
        }
    }
}

/// How the difference of a field is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FieldView {
    /// Both sides fit on the line of the path.
    Inline {
        /// What is there.
        before: Option<String>,
        /// What is wanted.
        after: Option<String>,
    },
    /// Lines below the path.
    Block(Vec<DiffLine>),
}

/// Texts of several lines as a unified diff, lists by what comes and goes, all else on one line.
pub(super) fn view(field: &FieldChange) -> FieldView {
    let (before, after) = (field.before.as_ref(), field.after.as_ref());
    let text = |value: Option<&Value>| match value {
        None => Some(String::new()),
        Some(Value::String(text)) => Some(text.clone()),
        Some(_) => None,
    };
    if let (Some(old), Some(new)) = (text(before), text(after))
        && (old.contains('\n') || new.contains('\n'))
    {
        return FieldView::Block(unified(&old, &new));
    }
    let list = |value: Option<&Value>| match value {
        None => Some(Vec::new()),
        Some(Value::Array(items)) => Some(items.clone()),
        Some(_) => None,
    };
    if let (Some(old), Some(new)) = (list(before), list(after)) {
        return FieldView::Block(set_difference(&old, &new));
    }
    let inline = |value: Option<&Value>| value.map(|value| printable(&value.to_string()));
    FieldView::Inline { before: inline(before), after: inline(after) }
}

fn unified(before: &str, after: &str) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        lines.push(DiffLine::new('@', &hunk.header().to_string()));
        for change in hunk.iter_changes() {
            let mark = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            let text = change.value();
            lines.push(DiffLine::new(mark, text.strip_suffix('\n').unwrap_or(text)));
            if change.tag() != ChangeTag::Equal && !text.ends_with('\n') {
                lines.push(DiffLine::new('\\', "no line end here"));
            }
        }
    }
    lines
}

/// What is only in one of two sets. An item that occurs twice counts twice.
fn set_difference(before: &[Value], after: &[Value]) -> Vec<DiffLine> {
    let without = |items: &[Value], others: &[Value]| {
        let mut others = others.to_vec();
        let mut left = Vec::new();
        for item in items {
            match others.iter().position(|other| other == item) {
                Some(at) => drop(others.swap_remove(at)),
                None => left.push(item.to_string()),
            }
        }
        left
    };
    let gone = without(before, after).into_iter().map(|item| DiffLine::new('-', &item));
    gone.chain(without(after, before).into_iter().map(|item| DiffLine::new('+', &item))).collect()
}

/// `Scheduled, High, every PT1H over P1D`: what matters of a body at a glance.
pub(super) fn outline(body: &Value) -> String {
    let properties = &body["properties"];
    let text = |value: &Value| value.as_str().map(printable);
    let mut parts: Vec<String> =
        [text(&body["kind"]), text(&properties["severity"])].into_iter().flatten().collect();
    let (every, over) = (text(&properties["queryFrequency"]), text(&properties["queryPeriod"]));
    if let (Some(every), Some(over)) = (every, over) {
        parts.push(format!("every {every} over {over}"));
    }
    if properties["enabled"] == false {
        parts.push("disabled".to_owned());
    }
    let tag = |name: &str| {
        let mut tags = properties["tags"].as_array().into_iter().flatten();
        tags.find(|tag| tag["name"] == name).and_then(|tag| text(&tag["value"]))
    };
    parts.extend([tag("tactics"), tag("techniques")].into_iter().flatten());
    parts.join(", ")
}

/// Every field of a body, as if all of it were new.
#[cfg(feature = "report")]
pub(super) fn flatten(body: &Value) -> Vec<FieldChange> {
    fn walk(path: String, value: &Value, found: &mut Vec<FieldChange>) {
        match value {
            Value::Object(map) => {
                for (name, value) in map {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    walk(path, value, found);
                }
            }
            value => found.push(FieldChange { path, before: None, after: Some(value.clone()), cause: None }),
        }
    }
    let mut found = Vec::new();
    walk(String::new(), body, &mut found);
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(before: Value, after: Value) -> FieldView {
        view(&FieldChange { path: "p".into(), before: Some(before), after: Some(after), cause: None })
    }

    #[test]
    fn lists_show_what_comes_and_goes() {
        let FieldView::Block(lines) = change(json!(["a", "b", "b"]), json!(["b", "c"])) else {
            panic!("a list is a block")
        };
        let lines: Vec<String> = lines.iter().map(DiffLine::render).collect();
        assert_eq!(lines, ["- \"a\"", "- \"b\"", "+ \"c\""]);
    }

    #[test]
    fn a_missing_line_end_is_a_visible_difference() {
        let FieldView::Block(lines) = change(json!("T\n"), json!("T")) else { panic!("a text is a block") };
        let lines: Vec<String> = lines.iter().map(DiffLine::render).collect();
        assert_eq!(lines, ["@@ -1 +1 @@", "- T", "+ T", "\\ no line end here"]);
    }

    #[test]
    fn what_steers_a_terminal_is_spelled_out() {
        assert_eq!(printable("a\u{1b}[31m\tb\u{202e}"), "a\\u{1b}[31m\tb\\u{202e}");
        assert_eq!(printable("ä\u{200d}"), "ä\u{200d}");
    }
}
