//! Defects in what a rule says of ATT&CK.

use super::Maker;
use super::subject::{Planted, Subject, misspelt};
use crate::rule::RuleKind;
use crate::text::TextRange;

/// The makers of such defects.
pub(super) static MAKERS: &[Maker] = &[
    Maker { name: "misspelt tactic", codes: &["PK501"], make: |s| tactic(s, misspelt) },
    Maker { name: "tactic in lower case", codes: &["PK502"], make: |s| tactic(s, str::to_lowercase) },
    Maker { name: "unknown technique", codes: &["PK503"], make: |s| technique(s, "T1999") },
    Maker { name: "malformed technique", codes: &["PK503"], make: |s| technique(s, "T10") },
    Maker { name: "technique of no tactic", codes: &["PK504"], make: other_technique },
    Maker { name: "withdrawn technique", codes: &["PK505", "PK504"], make: |s| technique(s, "T1156") },
    Maker { name: "superseded technique", codes: &["PK506"], make: superseded },
    Maker { name: "tactic without technique", codes: &["PK507"], make: bare_tactic },
    Maker { name: "technique without tactic", codes: &["PK508"], make: no_tactic },
    Maker {
        name: "duplicate tactic",
        codes: &["PK509"],
        make: |s| s.repeat(s.rule.tactics.first()?.range, str::to_owned),
    },
    Maker {
        name: "duplicate technique",
        codes: &["PK510"],
        make: |s| s.repeat(s.rule.techniques.first()?.range, str::to_owned),
    },
    Maker { name: "technique beside its part", codes: &["PK511"], make: parent },
    Maker { name: "part under the service's key", codes: &["PK512"], make: service_key },
    Maker { name: "tactic of a newer ATT&CK", codes: &["PK513"], make: newer_tactic },
];

fn tactic(subject: &Subject, change: impl Fn(&str) -> String) -> Option<Planted> {
    // With one tactic alone nothing is known of the others, so that its techniques are held against none.
    let tactic = subject.rule.tactics.first()?;
    Some(subject.replace(subject.inside(tactic), &change(&tactic.value)))
}

fn newer_tactic(subject: &Subject) -> Option<Planted> {
    let tactic = subject.rule.tactics.iter().find(|tactic| tactic.value == "DefenseEvasion")?;
    Some(subject.replace(subject.inside(tactic), "Stealth"))
}

fn has_tactic(subject: &Subject, name: &str) -> bool {
    subject.rule.tactics.iter().any(|tactic| tactic.value == name)
}

fn technique(subject: &Subject, with: &str) -> Option<Planted> {
    let technique = subject.rule.techniques.first()?;
    Some(subject.replace(subject.inside(technique), with))
}

fn other_technique(subject: &Subject) -> Option<Planted> {
    if has_tactic(subject, "Impact") || subject.rule.tactics.is_empty() {
        return None;
    }
    technique(subject, "T1486")
}

/// One that belongs to the rule's tactic.
fn superseded(subject: &Subject) -> Option<Planted> {
    if has_tactic(subject, "DefenseEvasion") { technique(subject, "T1562") } else { None }
}

/// A further tactic to which only techniques from before an attack belong.
fn bare_tactic(subject: &Subject) -> Option<Planted> {
    let is_of_it = |technique: &str| technique.starts_with("T159") || technique.starts_with("T168");
    let techniques = &subject.rule.techniques;
    if techniques.is_empty() || techniques.iter().any(|technique| is_of_it(&technique.value)) {
        return None;
    }
    let last = subject.rule.tactics.last()?;
    subject.repeat(last.range, |_| "Reconnaissance".to_owned())
}

fn no_tactic(subject: &Subject) -> Option<Planted> {
    let rule = &subject.rule;
    let first = rule.techniques.first().filter(|_| rule.kind == RuleKind::Hunting)?;
    let (key, last) = (rule.key("tactics")?, rule.tactics.last()?);
    let end = last.range.end as usize + subject.text[last.range.end as usize..].find('\n')? + 1;
    Some(subject.replace_for(TextRange::from_usize(key.start as usize, end), "", first.range))
}

fn parent(subject: &Subject) -> Option<Planted> {
    let techniques = &subject.rule.techniques;
    let is_named = |id: &str| techniques.iter().any(|technique| technique.value == id);
    let mut without_parent = techniques.iter().filter_map(|technique| {
        let (parent, _) = technique.value.split_once('.')?;
        (!is_named(parent)).then_some((technique, parent))
    });
    let (part, parent) = without_parent.next()?;
    // A list that names the technique of each part is a way of writing.
    without_parent.find(|(_, other)| *other != parent)?;
    subject.repeat(part.range, |_| parent.to_owned())
}

fn service_key(subject: &Subject) -> Option<Planted> {
    let rule = &subject.rule;
    let key = rule.key("relevantTechniques").filter(|_| rule.kind != RuleKind::Hunting)?;
    let part = rule.techniques.iter().find(|technique| technique.value.contains('.'))?;
    let is_own = key.slice(&subject.text) == "relevantTechniques";
    is_own.then(|| subject.replace_for(key, "techniques", part.range))
}
