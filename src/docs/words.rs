//! What a rule does, in words.

use crate::rule::{Duration, Rule, RuleKind, TriggerOperator};

/// What a rule becomes.
pub(super) fn kind(kind: RuleKind) -> &'static str {
    match kind {
        RuleKind::Scheduled => "Scheduled analytics rule",
        RuleKind::Nrt => "Near-real-time analytics rule",
        RuleKind::Hunting => "Hunting query",
    }
}

/// When a rule runs, over what, and when it raises an alert.
pub(super) fn schedule(rule: &Rule) -> String {
    match rule.kind {
        RuleKind::Hunting => "Runs when an analyst runs it.".to_owned(),
        RuleKind::Nrt => {
            "Runs about every minute over what has arrived since, and raises an alert for any result."
                .to_owned()
        }
        RuleKind::Scheduled => {
            let every = rule.query_frequency.as_ref().map(|it| length(it.value));
            let period = rule.query_period.as_ref().map(|it| length(it.value));
            let mut text = match (every, period) {
                (Some(every), Some(period)) => format!("Runs every {every} over the last {period}"),
                (Some(every), None) => format!("Runs every {every}"),
                _ => "Runs on a schedule".to_owned(),
            };
            if let Some(threshold) = &rule.trigger_threshold {
                let operator =
                    rule.trigger_operator.as_ref().map_or(TriggerOperator::GreaterThan, |it| it.value);
                text.push_str(&match (operator, threshold.value) {
                    (TriggerOperator::GreaterThan, 0) => ", and raises an alert for any result".to_owned(),
                    (operator, count) => format!(", and raises an alert for {}", results(operator, count)),
                });
            }
            text.push('.');
            if rule.suppression_enabled.as_ref().is_some_and(|it| it.value)
                && let Some(duration) = &rule.suppression_duration
            {
                text.push_str(&format!(" After an alert it stays quiet for {}.", length(duration.value)));
            }
            if !rule.is_enabled() {
                text.push_str(" It is disabled.");
            }
            text
        }
    }
}

fn results(operator: TriggerOperator, count: i64) -> String {
    match operator {
        TriggerOperator::GreaterThan => format!("more than {count} results"),
        TriggerOperator::LessThan => format!("fewer than {count} results"),
        TriggerOperator::Equal => format!("exactly {count} results"),
        TriggerOperator::NotEqual => format!("any number of results but {count}"),
    }
}

/// `5 minutes`, `hour`, `1 day and 6 hours`.
pub(super) fn length(duration: Duration) -> String {
    let mut rest = duration.seconds();
    let mut parts = Vec::new();
    for (unit, seconds) in [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)] {
        let count = rest / seconds;
        rest %= seconds;
        if count > 0 {
            parts.push((count, unit));
        }
    }
    match parts.as_slice() {
        [] => "0 seconds".to_owned(),
        [(1, unit)] => (*unit).to_owned(),
        parts => {
            let words = parts
                .iter()
                .map(|(count, unit)| format!("{count} {unit}{}", if *count == 1 { "" } else { "s" }));
            words.collect::<Vec<_>>().join(" and ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceId;

    #[track_caller]
    fn says(keys: &str, expected: &str) {
        let text = format!("id: a\nname: A\nquery: X\n{keys}");
        assert_eq!(schedule(&crate::rule::read(SourceId(0), &text).0[0]), expected);
    }

    #[test]
    fn schedules_are_told() {
        says("kind: Hunting\n", "Runs when an analyst runs it.");
        says(
            "queryFrequency: 1h\nqueryPeriod: 1d\ntriggerOperator: gt\ntriggerThreshold: 0\n",
            "Runs every hour over the last day, and raises an alert for any result.",
        );
        says(
            "queryFrequency: PT1H30M\nqueryPeriod: 14d\ntriggerOperator: lt\ntriggerThreshold: 5\nenabled: false\nsuppressionEnabled: true\nsuppressionDuration: 5h\n",
            "Runs every 1 hour and 30 minutes over the last 14 days, and raises an alert for fewer than 5 results. After an alert it stays quiet for 5 hours. It is disabled.",
        );
    }
}
