//! Defects in the keys of a rule.

use super::Maker;
use super::subject::{Planted, Subject, misspelt};
use crate::rule::RuleKind;
use crate::text::{Spanned, TextRange};

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
    Maker { name: "period out of range", codes: &["PK401"], make: long_period },
    Maker { name: "period below frequency", codes: &["PK402"], make: short_period },
    Maker { name: "long period too often", codes: &["PK403"], make: often },
    Maker { name: "threshold out of range", codes: &["PK404"], make: |s| threshold(s, "10001") },
    Maker { name: "first run on no day", codes: &["PK433"], make: first_run },
    Maker { name: "suppression without duration", codes: &["PK416"], make: suppression },
    Maker { name: "misspelt tactic", codes: &["PK501"], make: |s| tactic(s, |name| Some(misspelt(name))) },
    Maker {
        name: "tactic in lower case",
        codes: &["PK502"],
        make: |s| tactic(s, |name| Some(name.to_lowercase())),
    },
    Maker { name: "unknown technique", codes: &["PK503"], make: |s| technique(s, "T1999") },
    Maker { name: "malformed technique", codes: &["PK503"], make: |s| technique(s, "T10") },
    Maker { name: "technique of no tactic", codes: &["PK504"], make: other_technique },
    Maker { name: "withdrawn technique", codes: &["PK505", "PK504"], make: |s| technique(s, "T1156") },
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
    Maker { name: "unknown connector", codes: &["PK601"], make: connector },
    Maker { name: "unknown data type", codes: &["PK602"], make: data_type },
    Maker { name: "duplicate connector", codes: &["PK605"], make: connector_twice },
    Maker { name: "grouping by nothing", codes: &["PK411"], make: |s| grouping(s, "true", "Selected", "") },
    Maker {
        name: "grouping by unknown detail",
        codes: &["PK413"],
        make: |s| grouping(s, "true", "Selected", "    groupByCustomDetails: [Nothing]\n"),
    },
    Maker {
        name: "grouping without incident",
        codes: &["PK414"],
        make: |s| grouping(s, "false", "AllEntities", ""),
    },
    Maker { name: "suppression below frequency", codes: &["PK415"], make: short_suppression },
    Maker { name: "threshold above alerts", codes: &["PK417"], make: many_alerts },
    Maker { name: "tactic of a newer ATT&CK", codes: &["PK513"], make: newer_tactic },
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

fn threshold(subject: &Subject, with: &str) -> Option<Planted> {
    let threshold = scheduled(subject)?.trigger_threshold.as_ref()?;
    Some(subject.replace(subject.inside(threshold), with))
}

fn severity(subject: &Subject, with: &str) -> Option<Planted> {
    let severity = subject.rule.severity.as_ref()?;
    Some(subject.replace(subject.inside(severity), with))
}

fn scheduled(subject: &Subject) -> Option<&crate::rule::Rule> {
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

fn long_period(subject: &Subject) -> Option<Planted> {
    let rule = scheduled(subject)?;
    let frequency = rule.query_frequency.as_ref()?;
    let period = rule.query_period.as_ref()?;
    (frequency.value.seconds() >= 3600).then(|| subject.replace(subject.inside(period), "15d"))
}

fn short_period(subject: &Subject) -> Option<Planted> {
    let rule = scheduled(subject)?;
    let (frequency, period) = (rule.query_frequency.as_ref()?, rule.query_period.as_ref()?);
    let is_longer = frequency.value.seconds() > 600;
    is_longer.then(|| subject.replace_for(subject.inside(period), "10m", frequency.range))
}

fn often(subject: &Subject) -> Option<Planted> {
    let rule = scheduled(subject)?;
    let (frequency, period) = (rule.query_frequency.as_ref()?, rule.query_period.as_ref()?);
    let is_long = period.value.seconds() >= 2 * 86400;
    is_long.then(|| subject.replace_for(subject.inside(frequency), "10m", period.range))
}

fn suppression(subject: &Subject) -> Option<Planted> {
    let rule = scheduled(subject)?;
    let is_free = rule.suppression_duration.is_none() && rule.suppression_enabled.is_none();
    if is_free { subject.prepend("suppressionEnabled: true") } else { None }
}

fn grouping(subject: &Subject, creates: &str, method: &str, keys: &str) -> Option<Planted> {
    scheduled(subject).filter(|rule| rule.incident_configuration.is_none())?;
    let text = format!(
        "incidentConfiguration:\n  createIncident: {creates}\n  groupingConfiguration:\n    enabled: true\n    \
         reopenClosedIncident: false\n    lookbackDuration: 5h\n    matchingMethod: {method}\n{keys}"
    );
    subject.prepend(text.trim_end())
}

fn short_suppression(subject: &Subject) -> Option<Planted> {
    let rule = scheduled(subject)?;
    let is_free = rule.suppression_duration.is_none() && rule.suppression_enabled.is_none();
    let is_long = rule.query_frequency.as_ref()?.value.seconds() > 3600;
    let text = "suppressionEnabled: true\nsuppressionDuration: 1h";
    if is_free && is_long { subject.prepend(text) } else { None }
}

fn many_alerts(subject: &Subject) -> Option<Planted> {
    let rule = scheduled(subject)?;
    let threshold = rule.trigger_threshold.as_ref()?;
    let each = rule.event_grouping.as_ref()?.aggregation_kind.as_ref()?;
    (each.value == "AlertPerResult").then(|| subject.replace(subject.inside(threshold), "500"))
}

fn tactic(subject: &Subject, change: impl Fn(&str) -> Option<String>) -> Option<Planted> {
    // With one tactic alone nothing is known of the others, so that its techniques are held against none.
    let tactic = subject.rule.tactics.first()?;
    Some(subject.replace(subject.inside(tactic), &change(&tactic.value)?))
}

fn newer_tactic(subject: &Subject) -> Option<Planted> {
    let tactic = subject.rule.tactics.iter().find(|tactic| tactic.value == "DefenseEvasion")?;
    Some(subject.replace(subject.inside(tactic), "Stealth"))
}

fn technique(subject: &Subject, with: &str) -> Option<Planted> {
    let technique = subject.rule.techniques.first()?;
    Some(subject.replace(subject.inside(technique), with))
}

fn other_technique(subject: &Subject) -> Option<Planted> {
    let has = |name: &str| subject.rule.tactics.iter().any(|tactic| tactic.value == name);
    if has("Impact") || subject.rule.tactics.is_empty() {
        return None;
    }
    technique(subject, "T1486")
}

fn first_connector(subject: &Subject) -> Option<&Spanned<String>> {
    subject.rule.required_connectors.first()?.connector_id.as_ref()
}

fn connector(subject: &Subject) -> Option<Planted> {
    let id = first_connector(subject)?;
    Some(subject.replace(subject.inside(id), &misspelt(&id.value)))
}

fn data_type(subject: &Subject) -> Option<Planted> {
    let name = subject.rule.required_connectors.iter().find_map(|connector| connector.data_types.first())?;
    let is_plain = name.value.chars().all(|c| c.is_ascii_alphanumeric());
    is_plain.then(|| subject.replace(subject.inside(name), &misspelt(&name.value)))
}

fn connector_twice(subject: &Subject) -> Option<Planted> {
    subject.repeat(subject.rule.required_connectors.first()?.range, str::to_owned)
}

fn first_run(subject: &Subject) -> Option<Planted> {
    let is_free = subject.rule.kind == RuleKind::Scheduled && subject.rule.start_time.is_none();
    is_free.then(|| subject.prepend("startTimeUtc: 2026-02-30T08:00:00Z"))?
}
