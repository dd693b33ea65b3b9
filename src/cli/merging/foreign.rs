//! What Defender says of a rule, in the words of a rule file.
//!
//! A rule that runs in Defender alone stands in a rule file and is deployed as a custom detection. The way there is
//! [`CustomDetection::of_rule`]; whether the way back is right is tried by going there again.

use std::collections::BTreeSet;

use super::given::own_level;
use super::yaml;
use super::{Merging, Target};
use crate::catalog::kql::KqlCatalog;
use crate::content::CustomDetection;
use crate::lint;
use crate::plan::{EntryChange, Given};
use crate::rule::{self, Duration, Rule, Severity};
use crate::text::{SourceId, Span};
use crate::yaml::emit::Value;

/// The rule at `origin` of `text`, where Defender alone runs it: what is changed of one that Sentinel runs as well would be
/// changed there, too.
pub(super) fn of_defender(text: &str, origin: Span) -> Option<Rule> {
    let (rules, _) = rule::read(origin.source, text);
    rules.into_iter().find(|rule| rule.range.contains_range(origin.range) && !rule.runs_in_sentinel())
}

/// The entries of a rule file that say what `change` says of the detection that `rule` is.
fn translated(change: &EntryChange, rule: &Rule, catalog: &KqlCatalog) -> Option<Vec<EntryChange>> {
    let said = match &change.value {
        Some(Value::Text(text) | Value::Plain(text) | Value::Block(text)) => Some(text.as_str()),
        Some(_) => return None,
        None => None,
    };
    let entry = |key: &str, value: Option<Value>| EntryChange {
        key: key.to_owned(),
        value,
        conflict: change.conflict,
        given: None,
    };
    Some(match change.key.as_str() {
        "displayName" => vec![entry("name", Some(Value::text(said?)))],
        // What says nothing is enabled.
        "status" => {
            vec![entry("enabled", (said == Some("disabled")).then(|| Value::Plain("false".to_owned())))]
        }
        "queryCondition.queryText" => {
            let own = rule.query.as_ref()?.text().to_owned();
            let made = lint::hunting_query(rule, catalog)?;
            let given = Given { own: Some(Value::Block(own)), made: Some(Value::Block(made)) };
            let edit =
                EntryChange { given: Some(given), ..entry("query", Some(Value::Block(said?.to_owned()))) };
            vec![own_level(edit).ok()?]
        }
        "schedule.frequency" => {
            let frequency = Duration::parse(said?).ok()?;
            let short = || Some(Value::Plain(frequency.short()));
            let mut entries = vec![entry("queryFrequency", short())];
            if rule.query_period.as_ref().is_some_and(|period| period.value.seconds() < frequency.seconds()) {
                entries.push(entry("queryPeriod", short()));
            }
            entries
        }
        "detectionAction.alertTemplate.severity" => {
            let severity = Severity::ALL
                .into_iter()
                .find(|it| it.as_str().eq_ignore_ascii_case(said.unwrap_or_default()))?;
            vec![entry("severity", Some(Value::text(severity.as_str())))]
        }
        "detectionAction.alertTemplate.title" => {
            vec![entry("alertDetailsOverride.alertDisplayNameFormat", Some(Value::text(said?)))]
        }
        _ => return None,
    })
}

impl Merging<'_> {
    /// The changes in the words of the rule file where `rule` stands, those that it has no words for as they are, and the
    /// entries of the file among them.
    pub(super) fn in_words_of_rules(
        &self,
        target: &Target<'_>,
        rule: &Rule,
        text: &str,
        changes: Vec<EntryChange>,
    ) -> (Vec<EntryChange>, BTreeSet<String>) {
        let (mut words, mut known) = (Vec::new(), BTreeSet::new());
        let mut text = text.to_owned();
        for change in changes {
            if self.says(target, &text, &change.key) {
                // As the id, or a title that follows the name.
                continue;
            }
            let written = translated(&change, rule, self.catalog).and_then(|entries| {
                let patch = |text: Option<String>, entry| yaml::patched(&text?, target, entry);
                let written = entries.iter().fold(Some(text.clone()), patch)?;
                self.says(target, &written, &change.key).then_some((entries, written))
            });
            match written {
                Some((entries, written)) => {
                    text = written;
                    known.extend(entries.iter().map(|entry| entry.key.clone()));
                    words.extend(entries);
                }
                None => words.push(change),
            }
        }
        (words, known)
    }

    /// Whether the detection that the rule in `text` becomes is what the workspace holds, as far as `key` goes.
    fn says(&self, target: &Target<'_>, text: &str, key: &str) -> bool {
        let (rules, _) = rule::read(SourceId::default(), text);
        let id = |rule: &Rule| rule.id.as_ref().map(|id| id.value.clone());
        let rule = rules
            .iter()
            .find(|rule| id(rule).is_some_and(|id| id.eq_ignore_ascii_case(&target.pulled.key.name)));
        let made = rule.and_then(|rule| {
            CustomDetection::of_rule(rule, &lint::hunting_query(rule, self.catalog).unwrap_or_default())
        });
        made.is_some_and(|made| target.pulled.is_said(key, &made.body))
    }
}
