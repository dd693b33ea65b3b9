//! When a rule runs, and what it sees: the service's scheduler in small.
//!
//! - A scheduled rule runs every `queryFrequency` and sees what happened within `queryPeriod` before that. It is carried
//!   out five minutes later, so that rows which come in late are seen; `now()` is the moment it was due.
//! - A rule near real time runs every minute and sees what was ingested within that minute.
//! - A hunting query is asked once and sees everything.
//!
//! Source: Microsoft's pages on scheduled rules, ingestion delay and near-real-time rules.

use super::data::Record;
use super::document::{Clock, time_span};
use crate::exec::value::{DateTime, TICKS_PER_SECOND, TimeSpan};
use crate::rule::{Duration, Rule, RuleKind};

const MINUTE: TimeSpan = TimeSpan(60 * TICKS_PER_SECOND);
/// How long after its time the service carries out a scheduled rule.
const SERVICE_DELAY: TimeSpan = TimeSpan(5 * MINUTE.0);
/// The frequency and the period of a scheduled rule that does not say them: those that the portal begins with.
const DEFAULT_INTERVAL: Duration = Duration::from_hours(5);
/// The most runs of one test: two weeks of minutes.
const MAX_RUNS: usize = 14 * 24 * 60;

/// A run of a rule: the rows that it sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// What `now()` says, and when alerts are made.
    pub now: DateTime,
    /// Events are seen from here on, and up to `now`; nothing where every event is.
    pub events_from: Option<DateTime>,
    /// Rows are seen that were ingested after this, where only new ones are.
    pub ingested_after: Option<DateTime>,
    /// Rows are seen that were ingested up to here.
    pub ingested_by: DateTime,
}

impl Window {
    /// Whether the run sees a row.
    pub(super) fn sees(&self, record: &Record) -> bool {
        let is_there = record.ingested <= self.ingested_by
            && self.ingested_after.is_none_or(|after| record.ingested > after);
        let covers = match (record.time, self.events_from) {
            (Some(time), Some(from)) => time >= from && time <= self.now,
            _ => true,
        };
        is_there && covers
    }
}

/// The frequency of a rule.
pub(super) fn frequency(rule: &Rule) -> TimeSpan {
    match rule.kind {
        RuleKind::Scheduled => {
            let written = rule.query_frequency.as_ref().map_or(DEFAULT_INTERVAL, |duration| duration.value);
            time_span(written).filter(|span| span.0 > 0).unwrap_or(MINUTE)
        }
        RuleKind::Nrt | RuleKind::Hunting => MINUTE,
    }
}

/// The runs of a rule, in order.
pub(super) fn windows(rule: &Rule, clock: Clock) -> Vec<Window> {
    let mut ends = vec![clock.to];
    if let Some(from) = clock.from.filter(|_| rule.kind != RuleKind::Hunting) {
        let step = frequency(rule);
        let next = |time: &DateTime| time.plus(step).filter(|time| *time <= clock.to);
        ends = std::iter::successors(next(&from), next).take(MAX_RUNS).collect();
    }
    ends.into_iter().map(|now| window(rule, now)).collect()
}

fn window(rule: &Rule, now: DateTime) -> Window {
    let before = |span: TimeSpan| now.plus(TimeSpan(-span.0)).unwrap_or(DateTime::MIN);
    match rule.kind {
        RuleKind::Scheduled => {
            let written = rule.query_period.as_ref().map_or(DEFAULT_INTERVAL, |duration| duration.value);
            let period = time_span(written).unwrap_or(TimeSpan(0));
            let ingested_by = now.plus(SERVICE_DELAY).unwrap_or(now);
            Window { now, events_from: Some(before(period)), ingested_after: None, ingested_by }
        }
        RuleKind::Nrt => {
            Window { now, events_from: None, ingested_after: Some(before(MINUTE)), ingested_by: now }
        }
        RuleKind::Hunting => {
            Window { now, events_from: None, ingested_after: None, ingested_by: DateTime::MAX }
        }
    }
}
