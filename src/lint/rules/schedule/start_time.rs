//! PK433: a first run at no moment, or in no time of this service.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind};

declare_lint! {
    /// ## What it does
    /// Reports a `startTimeUtc` that is not a date and a time of UTC, such as `2026-03-01T08:00:00Z`, that no
    /// calendar has, or that lies in a year in which no rule can have started.
    ///
    /// ## Why is this bad
    /// The first run is the moment from which the schedule counts. The portal takes one from ten minutes to 30 days
    /// ahead; a slip moves it by hours, or out of what is taken at all.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: SigninLogs | where ResultType == 50126
    /// startTimeUtc: 2026-02-30T08:00:00Z
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: SigninLogs | where ResultType == 50126
    /// startTimeUtc: 2026-02-28T08:00:00Z
    /// ```
    pub(in crate::lint) static BAD_START_TIME: "PK433", "bad-start-time", Severity::Warning, since "0.1.0"
}

/// The years in which rules of this service may run first.
const YEARS: std::ops::RangeInclusive<u32> = 2019..=2099;

const FORM: &str = "write date and time of UTC as in `2026-03-01T08:00:00Z`";

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(start) = rule.start_time.as_ref().filter(|_| rule.kind == RuleKind::Scheduled) else { return };
    let written = start.value.trim();
    let place = span(rule, start.range);
    let at = |message: String| BAD_START_TIME.at(place, message);
    let finding = match Moment::read(written) {
        None => at(format!("`{written}` is no date with a time")).with_help(FORM),
        Some(moment) if !moment.is_in_calendar() => {
            at(format!("there is no such moment as `{written}`")).with_help(FORM)
        }
        Some(moment) if !YEARS.contains(&moment.year) => {
            at(format!("a rule does not start in the year {}", moment.year)).with_help(FORM)
        }
        Some(Moment { zone: "Z" | "z" | "+00:00", .. }) => return,
        Some(Moment { zone: "", .. }) => {
            let title = format!("write `{written}Z`");
            at(format!("`{written}` does not say that it is a time of UTC"))
                .with_help(title.clone())
                .with_fix(Fix::replace(title, Applicability::Unsafe, place, format!("{written}Z")))
        }
        Some(moment) => {
            at(format!("the time is given in the zone `{}` and not in UTC", moment.zone)).with_help(FORM)
        }
    };
    found.push(finding);
}

/// A date and a time as written.
struct Moment<'a> {
    year: u32,
    month: u32,
    day: u32,
    clock: [u32; 3],
    zone: &'a str,
}

impl<'a> Moment<'a> {
    /// `2026-03-01T08:00:00.5+01:00`; seconds, their fraction and the zone may be missing.
    fn read(text: &'a str) -> Option<Self> {
        let (date, rest) = text.split_once(['T', 't', ' '])?;
        let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
        let zone_at =
            rest.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(rest.len());
        let (clock, zone) = rest.split_at_checked(zone_at)?;
        let clock = clock.split_once('.').map_or(clock, |(clock, _)| clock);
        let clock = match clock.len() {
            5 => numbers(&format!("{clock}:00"), ':', [2; 3])?,
            _ => numbers(clock, ':', [2; 3])?,
        };
        let is_zone = |zone: &str| match zone.split_at_checked(1) {
            Some(("+" | "-", offset)) => {
                matches!(numbers(&format!("{offset}:00"), ':', [2; 3]), Some([0..=14, 0..=59, _]))
            }
            Some(("Z" | "z", "")) | None => true,
            Some(_) => false,
        };
        is_zone(zone.trim()).then_some(Self { year, month, day, clock, zone: zone.trim() })
    }

    fn is_in_calendar(&self) -> bool {
        let leap =
            self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let days = match self.month {
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        let [hours, minutes, seconds] = self.clock;
        (1..=days).contains(&self.day) && hours < 24 && minutes < 60 && seconds < 60
    }
}

/// Three numbers of so many digits with `between` between them.
fn numbers(text: &str, between: char, digits: [usize; 3]) -> Option<[u32; 3]> {
    let parts: Vec<&str> = text.split(between).collect();
    let parts: [&str; 3] = parts.try_into().ok()?;
    let fit = parts.iter().zip(digits).all(|(part, digits)| part.len() == digits);
    let [a, b, c] = parts.map(|part| part.parse().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit())));
    Some([a?, b?, c?]).filter(|_| fit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_moments_in_the_forms_of_yaml_and_json() {
        for (text, zone) in [
            ("2026-03-01T08:00:00Z", "Z"),
            ("2026-03-01T08:00Z", "Z"),
            ("2026-03-01 08:00:00.1234567 +01:00", "+01:00"),
            ("2024-02-29t23:59:59", ""),
        ] {
            let moment = Moment::read(text).unwrap();
            assert!(moment.is_in_calendar() && moment.zone == zone, "{text}");
        }
        for text in [
            "2026-03-01",
            "2026-3-1T08:00:00Z",
            "01.03.2026 08:00",
            "2026-03-01T8:00Z",
            "tomorrow",
            "2026-03-01T08:00:00CET",
        ] {
            assert!(Moment::read(text).is_none(), "{text}");
        }
        for text in
            ["2026-02-29T08:00:00Z", "2026-13-01T08:00:00Z", "2026-04-31T08:00:00Z", "2026-03-01T24:00:00Z"]
        {
            assert!(!Moment::read(text).unwrap().is_in_calendar(), "{text}");
        }
    }
}
