//! Which files an import may write.
//!
//! The rule is that of a package manager's configuration files: what a person changed since the last
//! import is theirs. An edited file is not overwritten, and a deleted or moved one is not written again,
//! unless forced.

use std::collections::BTreeMap;

use super::record::{Record, RecordedRule, digest};

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
}

impl Action {
    /// Whether the file is written.
    pub fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Forced)
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
            let entry = RecordedRule { path: path.clone(), source: rule.source.clone(), sha256 };
            record.rules.insert(rule.id.clone(), entry);
        }
        files.push(Decision { planned: index, path: path.clone(), action });
    }
    let is_planned = |id: &String| planned.iter().any(|rule| rule.id == *id);
    let gone =
        previous.rules.iter().filter(|(id, rule)| !is_planned(id) && existing.contains_key(&rule.path));
    let gone = gone.map(|(_, rule)| rule.path.clone()).collect();
    Decisions { files, gone, record }
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
        Action::Create | Action::Update | Action::Unchanged | Action::Forced => (action, Some(new)),
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

    #[test]
    fn names_files_that_the_catalog_dropped() {
        let record = decide(&planned("text"), &BTreeMap::new(), &Record::new("rmm"), false).record;
        let existing = BTreeMap::from([(PATH.to_owned(), "text".to_owned())]);
        assert_eq!(decide(&[], &existing, &record, false).gone, [PATH]);
        assert!(decide(&[], &BTreeMap::new(), &record, false).gone.is_empty());
        assert_eq!(decide(&[], &existing, &record, false).record, record);
    }
}
