//! Defects in how a rule is written down: YAML, names of keys, types of values, texts for readers, suppressions.

use super::Maker;
use super::subject::{Planted, Subject};
use crate::rule::RuleKind;
use crate::text::{TextRange, to_u32};

/// The makers of such defects.
pub(super) static MAKERS: &[Maker] = &[
    Maker { name: "reserved character", codes: &["PK001"], make: |s| named(s, "@admins signed in") },
    Maker { name: "alias of nothing", codes: &["PK003"], make: |s| s.prepend("tags: *nothing") },
    Maker { name: "aliases of aliases", codes: &["PK004"], make: |s| s.prepend(LAUGHS) },
    Maker { name: "merge of a text", codes: &["PK005"], make: |s| s.prepend("<<: defaults") },
    Maker { name: "kind of another product", codes: &["PK100"], make: other_kind },
    Maker { name: "key in capitals", codes: &["PK102"], make: key_case },
    Maker { name: "schedule of an NRT rule", codes: &["PK105"], make: |s| near_real_time(s, s.nowhere()) },
    Maker { name: "number in quotes", codes: &["PK107"], make: quoted },
    Maker { name: "name under two keys", codes: &["PK108"], make: other_name },
    Maker { name: "key without a value", codes: &["PK109"], make: |s| absent(s, "tags", "tags:") },
    Maker { name: "query too long", codes: &["PK151"], make: |s| padded(s, 10_500) },
    Maker { name: "query nearly too long", codes: &["PK210"], make: |s| padded(s, 9_500) },
    Maker { name: "duplicate name", codes: &["PK180"], make: twin_name },
    Maker { name: "duplicate query", codes: &["PK181"], make: twin_query },
    Maker { name: "description that is the name", codes: &["PK182"], make: same_description },
    Maker { name: "text still to be written", codes: &["PK183"], make: |s| named(s, "TODO") },
    Maker { name: "version of two numbers", codes: &["PK184"], make: version },
    Maker {
        name: "suppression of nothing",
        codes: &["PK990"],
        make: |s| s.prepend("# picket: ignore[PK501] the tactic is a house name"),
    },
    Maker {
        name: "suppression of no code",
        codes: &["PK991"],
        make: |s| s.prepend("# picket: ignore[unknown-tactik] the tactic is a house name"),
    },
    Maker {
        name: "suppression without reason",
        codes: &["PK992"],
        make: |s| s.prepend("queryFrequencyy: 1h # picket: ignore[PK101]"),
    },
];

/// A few lines that stand for a hundred thousand.
const LAUGHS: &str = "a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n\
    c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n\
    e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]";

/// The rule under another name.
fn named(subject: &Subject, name: &str) -> Option<Planted> {
    let range = subject.rule.name.as_ref()?.range;
    let is_one_line = !range.slice(&subject.text).contains('\n');
    is_one_line.then(|| subject.replace(range, name))
}

/// The finding is at the name that comes second.
fn other_name(subject: &Subject) -> Option<Planted> {
    let line = "displayName: Another name";
    let name = subject.rule.key("name")?;
    let Planted { text, .. } = subject.prepend(line)?;
    let shift = to_u32(line.len() + 1);
    Some(Planted { text, places: vec![TextRange::new(name.start + shift, name.end + shift)] })
}

fn other_kind(subject: &Subject) -> Option<Planted> {
    Some(subject.replace(subject.rule.kind_range?, "MicrosoftSecurityIncidentCreation"))
}

fn key_case(subject: &Subject) -> Option<Planted> {
    let key = subject.rule.key("severity").or_else(|| subject.rule.key("query"))?;
    let capitals = key.slice(&subject.text).to_uppercase();
    Some(subject.replace(key, &capitals))
}

/// The scheduled rule of `planted` made an NRT rule. Where nothing is planted, the defect is the schedule that stays.
pub(super) fn near_real_time(subject: &Subject, planted: Planted) -> Option<Planted> {
    let kind = subject.rule.kind_range.filter(|_| subject.rule.kind == RuleKind::Scheduled)?;
    let at = subject.text[..kind.start as usize].len();
    // What is planted stands in the query, before the kind or behind it.
    let query = subject.rule.query.as_ref()?.range;
    let grown = planted.text.len() as i64 - subject.text.len() as i64;
    let at = if query.start < kind.start { usize::try_from(at as i64 + grown).ok()? } else { at };
    let written = planted.text.get(at..at + kind.len() as usize)?;
    if !written.contains("Scheduled") {
        return None;
    }
    let text = format!("{}NRT{}", &planted.text[..at], &planted.text[at + written.len()..]);
    let lost = to_u32(written.len() - "NRT".len());
    let shift = |offset: u32| if offset as usize > at { offset - lost } else { offset };
    let places = if planted.places.is_empty() {
        let keys = ["queryFrequency", "queryPeriod", "triggerOperator", "triggerThreshold"];
        keys.iter().filter_map(|key| subject.rule.key(key)).collect()
    } else {
        planted.places
    };
    let places = places.iter().map(|place| TextRange::new(shift(place.start), shift(place.end))).collect();
    Some(Planted { text, places })
}

fn quoted(subject: &Subject) -> Option<Planted> {
    let threshold = subject.rule.trigger_threshold.as_ref()?;
    Some(subject.replace(threshold.range, &format!("'{}'", threshold.value)))
}

/// `line` before a rule that has no key `key`.
fn absent(subject: &Subject, key: &str, line: &str) -> Option<Planted> {
    if subject.rule.key(key).is_none() && !subject.text.contains(&format!("{key}:")) {
        subject.prepend(line)
    } else {
        None
    }
}

/// The query with a comment that makes it `length` characters long.
fn padded(subject: &Subject, length: usize) -> Option<Planted> {
    if subject.rule.kind == RuleKind::Hunting {
        return None;
    }
    let query = subject.block()?;
    let more = length.checked_sub(query.text().chars().count() + 4)?;
    let comment = format!("// {}", "x".repeat(more));
    subject.append_for(&comment, TextRange::new(subject.rule.key("query")?.start, query.range.end))
}

/// The rule with a second one behind it, which is the same under another id; with what the file gets longer by.
fn twin(subject: &Subject) -> Option<(String, u32)> {
    let mut second = subject.text.clone();
    if let Some(id) = &subject.rule.id {
        let id = subject.inside(id);
        let other = "5d2e7c1b-8f40-4b7e-9a3f-3f0c8a526c1d";
        if id.len() as usize != other.len() {
            return None;
        }
        second.replace_range(id.start as usize..id.end as usize, other);
    }
    let before = format!("{}\n---\n", subject.text.trim_end());
    let is_plain = !subject.text.contains("---") && !subject.text.starts_with('\u{feff}');
    is_plain.then(|| (format!("{before}{second}"), to_u32(before.len())))
}

fn twin_at(subject: &Subject, place: TextRange) -> Option<Planted> {
    let (text, shift) = twin(subject)?;
    Some(Planted { text, places: vec![TextRange::new(place.start + shift, place.end + shift)] })
}

fn twin_name(subject: &Subject) -> Option<Planted> {
    twin_at(subject, subject.rule.name.as_ref()?.range)
}

fn twin_query(subject: &Subject) -> Option<Planted> {
    twin_at(subject, subject.rule.key("query")?)
}

fn same_description(subject: &Subject) -> Option<Planted> {
    let name = &subject.rule.name.as_ref()?.value;
    let quoted = format!("'{}'", name.replace('\'', "''"));
    match &subject.rule.description {
        Some(description) => {
            let range = description.range;
            // The end of a block takes the line's end along.
            let written = range.slice(&subject.text);
            let end = range.start + to_u32(written.trim_end().len());
            Some(subject.replace(TextRange::new(range.start, end), &quoted))
        }
        None => subject.prepend(&format!("description: {quoted}")),
    }
}

fn version(subject: &Subject) -> Option<Planted> {
    match &subject.rule.version {
        Some(version) => Some(subject.replace(version.range, "'1.0'")),
        None => subject.prepend("version: '1.0'"),
    }
}
