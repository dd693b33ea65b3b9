//! Which files an import may write.
//!
//! The rule is that of a package manager's configuration files: what a person changed since the last
//! import is theirs. An edited file is not overwritten, and a deleted or moved one is not written again,
//! unless forced.

use std::collections::BTreeMap;

use super::record::{Generated, Record, RecordedRule, digest};
use crate::diag::Severity;
use crate::rule;
use crate::text::SourceId;

/// A rule that an import would write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The rule's id.
    pub id: String,
    /// The file, relative to the output folder.
    pub path: String,
    /// The catalog's file.
    pub source: String,
    /// The text to write.
    pub text: String,
    /// How the rule was made, where it was made of indicators.
    pub generated: Option<Generated>,
}

/// What becomes of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// There is no such file: written.
    Create,
    /// The file is as the last import wrote it, and the catalog has changed: written.
    Update,
    /// The file already says what would be written.
    Unchanged,
    /// Edited since the last import, and nothing new in the catalog: left alone.
    KeptEdited,
    /// Deleted or moved since the last import: not written again.
    KeptRemoved,
    /// Edited since the last import, and changed in the catalog too: left alone, for a person to merge.
    Conflict,
    /// A file that no import wrote is in the way: left alone.
    Foreign,
    /// Would have been left alone, but the import was forced: written.
    Forced,
    /// Edited since the last import, and changed in the catalog at other lines: written with both.
    Merged,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Create,
        Self::Update,
        Self::Unchanged,
        Self::KeptEdited,
        Self::KeptRemoved,
        Self::Conflict,
        Self::Foreign,
        Self::Forced,
        Self::Merged,
    ];

    /// Whether the file is written.
    pub fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Forced | Self::Merged)
    }
}

/// A decision on one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The index of the rule in what was planned.
    pub planned: usize,
    /// The file: where the rule stands since an earlier import, else the planned path.
    pub path: String,
    /// What becomes of it.
    pub action: Action,
    /// The text to write where it is not the planned one: what was merged.
    pub merged: Option<String>,
}

/// All decisions of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decisions {
    /// One for each planned rule, in their order.
    pub files: Vec<Decision>,
    /// Files of earlier imports whose rules the catalog no longer has. They are left alone.
    pub gone: Vec<String>,
    /// The record to write once the files are written.
    pub record: Record,
}

/// Decides what becomes of each planned rule.
///
/// `existing` holds the texts of the files that are there, by path; it has to cover [`paths`]. `previous`
/// is the record of earlier imports, empty where there is none.
pub fn decide(
    planned: &[Planned],
    existing: &BTreeMap<String, String>,
    previous: &Record,
    force: bool,
) -> Decisions {
    let mut record = previous.clone();
    let mut files = Vec::with_capacity(planned.len());
    for (index, rule) in planned.iter().enumerate() {
        let before = previous.rules.get(&rule.id);
        let path = before.map_or(&rule.path, |before| &before.path);
        let (action, sha256) = decide_one(rule, existing.get(path), before, force);
        if let Some(sha256) = sha256 {
            record.rules.insert(rule.id.clone(), recorded(rule, path, sha256));
        }
        files.push(Decision { planned: index, path: path.clone(), action, merged: None });
    }
    let is_planned = |id: &String| planned.iter().any(|rule| rule.id == *id);
    let gone =
        previous.rules.iter().filter(|(id, rule)| !is_planned(id) && existing.contains_key(&rule.path));
    let gone = gone.map(|(_, rule)| rule.path.clone()).collect();
    Decisions { files, gone, record }
}

impl Decisions {
    /// Merges the catalog's change of the conflict at `index` with the edits of the file, `edited`, where they touch other
    /// lines. `base` is the text that the last import wrote there.
    pub fn merge(&mut self, index: usize, planned: &[Planned], base: &str, edited: &str) {
        let Some(file) = self.files.get_mut(index).filter(|file| file.action == Action::Conflict) else {
            return;
        };
        let Some(rule) = planned.get(file.planned) else { return };
        if let Some(text) = merged(base, edited, &rule.text) {
            file.action = Action::Merged;
            file.merged = Some(text);
            self.record.rules.insert(rule.id.clone(), recorded(rule, &file.path, digest(&rule.text)));
        }
    }
}

/// `theirs` with what `ours` changed of `base`; nothing where both changed the same lines, or where no rule comes
/// of it.
fn merged(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let plain = |text: &str| text.replace("\r\n", "\n");
    let (base, ours, theirs) = (plain(base), plain(ours), plain(theirs));
    // Both sides count versions on their own; the file's is the one that was deployed.
    let version = |text: &str| text.lines().find(|line| line.starts_with("version: ")).map(str::to_owned);
    let kept = version(&ours);
    let with_kept = |text: &str| match (version(text), &kept) {
        (Some(found), Some(kept)) => text.replacen(&format!("{found}\n"), &format!("{kept}\n"), 1),
        _ => text.to_owned(),
    };
    let text = diffy::merge(&with_kept(&base), &ours, &with_kept(&theirs)).ok()?;
    let (rules, findings) = rule::read(SourceId::default(), &text);
    let sound = rules.len() == 1 && findings.iter().all(|finding| finding.severity != Severity::Error);
    sound.then_some(text)
}

fn recorded(rule: &Planned, path: &str, sha256: String) -> RecordedRule {
    RecordedRule {
        path: path.to_owned(),
        source: rule.source.clone(),
        sha256,
        generated: rule.generated.clone(),
    }
}

/// Every path whose text [`decide`] asks for.
pub fn paths(planned: &[Planned], previous: &Record) -> Vec<String> {
    let mut paths: Vec<_> = planned.iter().map(|rule| rule.path.clone()).collect();
    paths.extend(previous.rules.values().map(|rule| rule.path.clone()));
    paths.sort();
    paths.dedup();
    paths
}

/// The action for one rule, and the digest to record where the record changes.
///
/// What is recorded is always the catalog's text of the last import that the file took up. A conflict
/// leaves the record as it is, so that it is reported until someone settles it.
fn decide_one(
    rule: &Planned,
    existing: Option<&String>,
    before: Option<&RecordedRule>,
    force: bool,
) -> (Action, Option<String>) {
    let new = digest(&rule.text);
    let action = match (existing, before) {
        (None, None) => Action::Create,
        (None, Some(_)) => Action::KeptRemoved,
        (Some(text), before) => {
            let current = digest(text);
            match before {
                _ if current == new => Action::Unchanged,
                None => Action::Foreign,
                Some(before) if before.sha256 == current => Action::Update,
                Some(before) if before.sha256 == new => Action::KeptEdited,
                Some(_) => Action::Conflict,
            }
        }
    };
    match action {
        Action::Create | Action::Update | Action::Unchanged | Action::Forced | Action::Merged => {
            (action, Some(new))
        }
        _ if force => (Action::Forced, Some(new)),
        Action::KeptEdited | Action::KeptRemoved | Action::Conflict | Action::Foreign => (action, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "AnyDesk/network-connection.yaml";

    fn planned(text: &str) -> Vec<Planned> {
        let rule = Planned {
            id: "id-1".into(),
            path: PATH.into(),
            source: "RMM/AnyDesk/x.yaml".into(),
            text: text.into(),
            generated: None,
        };
        vec![rule]
    }

    /// A folder into which `imported` was imported earlier, if anything, and where the file now says
    /// `now`, if it is there: what importing `new` does.
    #[track_caller]
    fn check(imported: Option<&str>, now: Option<&str>, new: &str, action: Action) {
        let previous = imported.map_or(Record::new("rmm"), |text| {
            decide(&planned(text), &BTreeMap::new(), &Record::new("rmm"), false).record
        });
        let existing: BTreeMap<_, _> =
            now.map(|text| (PATH.to_owned(), text.to_owned())).into_iter().collect();
        let decided = decide(&planned(new), &existing, &previous, false);
        assert_eq!(decided.files[0].action, action);
        let forced = decide(&planned(new), &existing, &previous, true);
        let written = forced.files[0].action.writes();
        assert_eq!(written, action != Action::Unchanged, "forced, whatever differs is written");
        // Once the decision is carried out, a second import of the same finds nothing to write.
        let mut after = existing;
        if action.writes() {
            after.insert(PATH.to_owned(), new.to_owned());
        }
        let again = decide(&planned(new), &after, &decided.record, false);
        assert!(!again.files[0].action.writes(), "{:?}", again.files);
        assert_eq!(again.record, decided.record);
    }

    #[test]
    fn what_nobody_touched_is_written() {
        check(None, None, "new", Action::Create);
        check(Some("old"), Some("old"), "new", Action::Update);
        check(Some("old\n"), Some("old\r\n"), "new\n", Action::Update);
        check(Some("new"), Some("new"), "new", Action::Unchanged);
    }

    #[test]
    fn what_a_person_changed_is_kept() {
        check(Some("new"), Some("edited"), "new", Action::KeptEdited);
        check(Some("old"), Some("edited"), "new", Action::Conflict);
        check(Some("old"), None, "new", Action::KeptRemoved);
        check(None, Some("theirs"), "new", Action::Foreign);
        check(None, Some("new"), "new", Action::Unchanged);
        check(Some("old"), Some("new"), "new", Action::Unchanged);
    }

    #[test]
    fn a_rule_stays_where_it_was_first_written() {
        let mut first = planned("text");
        first[0].path = "Old/a.yaml".into();
        let record = decide(&first, &BTreeMap::new(), &Record::new("rmm"), false).record;
        let existing = BTreeMap::from([("Old/a.yaml".to_owned(), "text".to_owned())]);
        let again = decide(&planned("newer"), &existing, &record, false);
        assert_eq!((again.files[0].path.as_str(), again.files[0].action), ("Old/a.yaml", Action::Update));
        assert_eq!(paths(&planned("newer"), &record), [PATH, "Old/a.yaml"]);
    }

    /// The rule of two imports with an edit between them, merged.
    fn settled(edit: (&str, &str), change: (&str, &str)) -> Decisions {
        let rule = "id: id-1\nname: Spam\nversion: 1.0.0\nkind: Hunting\ndescription: |\n  One.\n  Two.\n\
                    query: |\n  A\n  | where B\n  | where C\ntactics:\n  - Impact\n";
        let record = decide(&planned(rule), &BTreeMap::new(), &Record::new("rmm"), false).record;
        let edited = rule.replace(edit.0, edit.1);
        let newer = planned(&rule.replace(change.0, change.1).replace("1.0.0", "1.0.1"));
        let existing = BTreeMap::from([(PATH.to_owned(), edited.clone())]);
        let mut decided = decide(&newer, &existing, &record, false);
        decided.merge(0, &newer, rule, &edited);
        let after = decided.files[0].merged.clone().unwrap_or(edited);
        let again = decide(&newer, &BTreeMap::from([(PATH.to_owned(), after)]), &decided.record, false);
        assert!(!again.files[0].action.writes());
        decided
    }

    #[test]
    fn edits_and_changes_at_other_lines_are_merged() {
        let decided = settled(("Spam", "Ham"), ("where C", "where D"));
        assert_eq!(decided.files[0].action, Action::Merged);
        let text = decided.files[0].merged.as_deref().unwrap();
        assert!(
            text.contains("name: Ham") && text.contains("where D") && text.contains("version: 1.0.0"),
            "{text}"
        );
        assert_ne!(
            decided.record,
            decide(&planned("x"), &BTreeMap::new(), &Record::new("rmm"), false).record
        );
    }

    #[test]
    fn edits_and_changes_of_one_line_stay_a_conflict() {
        let decided = settled(("where C", "where E"), ("where C", "where D"));
        assert_eq!((decided.files[0].action, decided.files[0].merged.is_none()), (Action::Conflict, true));
    }

    #[test]
    fn names_files_that_the_catalog_dropped() {
        let record = decide(&planned("text"), &BTreeMap::new(), &Record::new("rmm"), false).record;
        let existing = BTreeMap::from([(PATH.to_owned(), "text".to_owned())]);
        assert_eq!(decide(&[], &existing, &record, false).gone, [PATH]);
        assert!(decide(&[], &BTreeMap::new(), &record, false).gone.is_empty());
        assert_eq!(decide(&[], &existing, &record, false).record, record);
    }
}
