//! Defects in the keys of a rule.

use super::Maker;
use super::subject::{Planted, Subject};
use crate::rule::RuleKind;
use crate::text::TextRange;

/// The makers of such defects.
pub(super) static MAKERS: &[Maker] = &[
    Maker { name: "key twice", codes: &["PK002"], make: key_twice },
    Maker { name: "unknown key", codes: &["PK101"], make: unknown_key },
    Maker { name: "threshold is a word", codes: &["PK103"], make: |s| threshold(s, "many") },
    Maker { name: "unknown severity", codes: &["PK104"], make: |s| severity(s, "Critical") },
    Maker { name: "bad duration", codes: &["PK106"], make: |s| frequency(s, "1 hour") },
    Maker { name: "malformed id", codes: &["PK110"], make: malformed_id },
    Maker { name: "duplicate id", codes: &["PK111"], make: duplicate_id },
    Maker { name: "missing severity", codes: &["PK112"], make: missing_severity },
    Maker { name: "name too long", codes: &["PK150"], make: long_name },
    Maker { name: "template version alone", codes: &["PK154"], make: template_version },
];

fn key_twice(subject: &Subject) -> Option<Planted> {
    let first = subject.rule.key("name")?;
    let Planted { text, mut places } = subject.prepend("name: Another name")?;
    let shift = |offset: u32| offset + "name: Another name\n".len() as u32;
    places.push(TextRange::new(shift(first.start), shift(first.end)));
    Some(Planted { text, places })
}

fn unknown_key(subject: &Subject) -> Option<Planted> {
    subject.prepend("queryFrequencyy: 1h")
}

pub(super) fn threshold(subject: &Subject, with: &str) -> Option<Planted> {
    let threshold = scheduled(subject)?.trigger_threshold.as_ref()?;
    Some(subject.replace(subject.inside(threshold), with))
}

fn severity(subject: &Subject, with: &str) -> Option<Planted> {
    let severity = subject.rule.severity.as_ref()?;
    Some(subject.replace(subject.inside(severity), with))
}

pub(super) fn scheduled(subject: &Subject) -> Option<&crate::rule::Rule> {
    (subject.rule.kind == RuleKind::Scheduled).then_some(&subject.rule)
}

fn frequency(subject: &Subject, with: &str) -> Option<Planted> {
    let frequency = scheduled(subject)?.query_frequency.as_ref()?;
    Some(subject.replace(subject.inside(frequency), with))
}

fn malformed_id(subject: &Subject) -> Option<Planted> {
    Some(subject.replace(subject.inside(subject.rule.id.as_ref()?), "rule-1"))
}

fn duplicate_id(subject: &Subject) -> Option<Planted> {
    let id = subject.rule.id.as_ref()?.range;
    let before = format!("{}\n---\n", subject.text.trim_end());
    let shift = before.len() as u32;
    let text = format!("{before}{}", subject.text.trim_start_matches('\u{feff}'));
    let is_plain = !subject.text.contains("---") && !subject.text.starts_with('\u{feff}');
    is_plain.then(|| Planted { text, places: vec![TextRange::new(id.start + shift, id.end + shift)] })
}

fn missing_severity(subject: &Subject) -> Option<Planted> {
    let rule = scheduled(subject)?;
    let key = rule.key("severity")?;
    let value = rule.severity.as_ref()?.range;
    let end = subject.text[value.end as usize..].find('\n')? + value.end as usize + 1;
    let line = TextRange::from_usize(key.start as usize, end);
    let name = rule.name.as_ref().map(|name| name.range);
    let place = rule.kind_range.or(name)?;
    Some(subject.replace_for(line, "", place))
}

fn long_name(subject: &Subject) -> Option<Planted> {
    let name = scheduled(subject)?.name.as_ref()?;
    Some(subject.replace(name.range, "A long name ".repeat(25).trim_end()))
}

fn template_version(subject: &Subject) -> Option<Planted> {
    let rule = scheduled(subject)?;
    let is_free = rule.template_name.is_none() && rule.template_version.is_none();
    if is_free { subject.prepend("templateVersion: 1.0.0") } else { None }
}
