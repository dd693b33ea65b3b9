//! Defects in when a rule runs, what its query sees then, and how its alerts become incidents.

use super::Maker;
use super::of_keys::{scheduled, threshold};
use super::subject::{Planted, Subject};
use crate::rule::TriggerOperator;
use crate::text::TextRange;

/// The makers of such defects.
pub(super) static MAKERS: &[Maker] = &[
    Maker { name: "period out of range", codes: &["PK401"], make: long_period },
    Maker { name: "period below frequency", codes: &["PK402"], make: short_period },
    Maker { name: "long period too often", codes: &["PK403"], make: often },
    Maker { name: "threshold out of range", codes: &["PK404"], make: |s| threshold(s, "10001") },
    Maker { name: "suppression without duration", codes: &["PK416"], make: suppression },
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
    Maker {
        name: "grouping keys of another method",
        codes: &["PK410"],
        make: |s| grouping(s, "true", "AllEntities", "    groupByEntities: [Account]\n"),
    },
    Maker {
        name: "window beyond the period",
        codes: &["PK420"],
        make: |s| timed(s, |_, period| Some(format!("> ago({}s)", period + 86_400)), None),
    },
    Maker {
        name: "window below the frequency",
        codes: &["PK421"],
        make: |s| timed(s, |frequency, _| (frequency > 120).then(|| "> ago(1m)".to_owned()), None),
    },
    Maker { name: "period longer than the window", codes: &["PK422"], make: narrow },
    Maker { name: "runs that overlap", codes: &["PK423"], make: overlapping },
    Maker {
        name: "window turned round",
        codes: &["PK424"],
        make: |s| timed(s, |_, _| Some("between (ago(1h) .. ago(2h))".to_owned()), None),
    },
    Maker {
        name: "window before the period",
        codes: &["PK425"],
        make: |s| timed(s, |_, period| Some(format!("< ago({}s)", period + 86_400)), None),
    },
    Maker { name: "bin wider than the period", codes: &["PK427"], make: wide_bin },
    Maker { name: "time of events lost", codes: &["PK428"], make: timeless },
    Maker { name: "fewer rows than the threshold", codes: &["PK429"], make: never },
    Maker { name: "a row at every run", codes: &["PK430"], make: always },
    Maker { name: "more rows than alerts", codes: &["PK431"], make: many_rows },
    Maker { name: "first run on no day", codes: &["PK433"], make: first_run },
];

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

/// The seconds between two runs and those that a run looks back.
fn times(subject: &Subject) -> Option<(u64, u64)> {
    let rule = scheduled(subject)?;
    Some((rule.query_frequency.as_ref()?.value.seconds(), rule.query_period.as_ref()?.value.seconds()))
}

/// A condition on the time of events behind the query; the defect is there, or at `place`.
fn timed(
    subject: &Subject,
    condition: impl Fn(u64, u64) -> Option<String>,
    place: Option<TextRange>,
) -> Option<Planted> {
    let (frequency, period) = times(subject).filter(|_| subject.has_time_of_events())?;
    let line = format!("| where TimeGenerated {}", condition(frequency, period)?);
    match place {
        Some(place) => subject.append_for(&line, place),
        None => subject.append(&line),
    }
}

/// Only where all that the query reads comes from one table, and so through the condition.
fn narrow(subject: &Subject) -> Option<Planted> {
    let place = subject.rule.query_period.as_ref()?.range;
    let longer =
        |frequency: u64, period: u64| (period > 2 * frequency).then(|| format!("> ago({frequency}s)"));
    if subject.is_plain() { timed(subject, longer, Some(place)) } else { None }
}

fn overlapping(subject: &Subject) -> Option<Planted> {
    let (frequency, period) = times(subject)?;
    let text = subject.block()?.text();
    let is_timed = ["ago(", "now(", "ingestion_time", "datetime", "TimeGenerated", "summarize"]
        .iter()
        .any(|word| text.contains(word));
    let is_suppressed = subject.rule.suppression_enabled.is_some();
    let is_fit =
        subject.is_plain() && !is_suppressed && !is_timed && period < 2 * frequency && frequency <= 86_400;
    let place = subject.rule.query_period.as_ref()?;
    (is_fit && frequency.is_multiple_of(3600))
        .then(|| subject.replace(subject.inside(place), &format!("{}h", frequency / 3600 * 3)))
}

fn wide_bin(subject: &Subject) -> Option<Planted> {
    times(subject).filter(|_| subject.has_time_of_events())?;
    subject.append("| extend Window = bin(TimeGenerated, 20d)")
}

fn timeless(subject: &Subject) -> Option<Planted> {
    let is_text = |name: &str| subject.columns.iter().any(|column| column.name == name && column.is_text);
    let mut kept: Vec<&str> = subject.named_columns().map(|column| column.value.as_str()).collect();
    kept.extend(subject.text_column(true));
    kept.sort_unstable();
    kept.dedup();
    let has_time = subject.columns.iter().any(|column| column.name == "TimeGenerated");
    if scheduled(subject).is_none() || !has_time || !kept.iter().all(|name| is_text(name)) {
        return None;
    }
    subject.append(&format!("| project {}", kept.join(", ")))
}

fn above(subject: &Subject, is_fit: impl Fn(i64) -> bool) -> Option<TextRange> {
    let rule = scheduled(subject)?;
    let operator = rule.trigger_operator.as_ref()?.value;
    let threshold = rule.trigger_threshold.as_ref()?;
    (operator == TriggerOperator::GreaterThan && is_fit(threshold.value)).then_some(threshold.range)
}

fn never(subject: &Subject) -> Option<Planted> {
    let place = above(subject, |threshold| threshold >= 0)?;
    let threshold = subject.rule.trigger_threshold.as_ref()?.value;
    if threshold == 0 {
        // A rule that alerts of any row, with a threshold for what the rows count.
        let Planted { text, places } = subject.append("| take 10")?;
        let range = subject.inside(subject.rule.trigger_threshold.as_ref()?);
        let shift = |offset: u32| {
            let is_behind = places.first().is_some_and(|query| query.start <= offset);
            if is_behind { offset + (text.len() - subject.text.len()) as u32 } else { offset }
        };
        let (start, end) = (shift(range.start), shift(range.end));
        let text = format!("{}20{}", &text[..start as usize], &text[end as usize..]);
        return Some(Planted { text, places: vec![TextRange::new(start, start + 2)] });
    }
    subject.append_for(&format!("| take {threshold}"), place)
}

fn always(subject: &Subject) -> Option<Planted> {
    let place = above(subject, |threshold| threshold == 0)?;
    if subject.names_no_column() { subject.append_for("| count", place) } else { None }
}

fn many_rows(subject: &Subject) -> Option<Planted> {
    let each = scheduled(subject)?.event_grouping.as_ref()?.aggregation_kind.as_ref()?;
    if each.value == "AlertPerResult" { subject.append("| take 1000") } else { None }
}

fn first_run(subject: &Subject) -> Option<Planted> {
    let is_free = scheduled(subject)?.start_time.is_none();
    if is_free { subject.prepend("startTimeUtc: 2026-02-30T08:00:00Z") } else { None }
}
