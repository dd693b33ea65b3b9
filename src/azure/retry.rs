//! When a request is sent again, and how long everything waits when the service throttles.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::system::System;

/// How often and how patiently requests are repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a request is sent at most when it fails.
    pub attempts: u32,
    /// How often a request is sent at most when the service only asks to slow down.
    pub throttled_attempts: u32,
    /// The wait after the first failure; it doubles with each further one.
    pub first_wait: Duration,
    /// The longest wait between two attempts that picket chooses itself.
    pub longest_wait: Duration,
    /// The longest wait that the service may ask for; beyond it the request fails.
    pub longest_asked: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 6,
            throttled_attempts: 30,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(30),
            longest_asked: Duration::from_secs(300),
        }
    }
}

impl RetryPolicy {
    /// The wait after `attempt` attempts (from 1): doubling, and spread by `random` in `0.0..1.0` over the
    /// upper half, so that requests that failed together do not come back together.
    pub fn backoff(&self, attempt: u32, random: f64) -> Duration {
        let doublings = attempt.saturating_sub(1).min(16);
        let full = self.first_wait.saturating_mul(1 << doublings).min(self.longest_wait);
        full.mul_f64(0.5 + random.clamp(0.0, 1.0) / 2.0)
    }
}

/// What `Retry-After` and its kin ask for, whichever form they have.
///
/// `lookup` gives the value of a response header.
pub(super) fn asked_wait<'a>(lookup: impl Fn(&str) -> Option<&'a str>, now: SystemTime) -> Option<Duration> {
    for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
        if let Some(milliseconds) = lookup(name).and_then(|text| text.trim().parse().ok()) {
            return Some(Duration::from_millis(milliseconds));
        }
    }
    let text = lookup("retry-after")?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date: SystemTime = azure_core::time::parse_rfc7231(text).ok()?.into();
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

/// A pause that holds for all requests of a client.
///
/// The service counts by subscription and identity, so when one request is throttled the others would be too.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<Option<SystemTime>>);

impl Gate {
    /// Keeps requests back for `length` from now on; a longer pause that already holds stays.
    pub(super) fn close(&self, system: &dyn System, length: Duration) {
        let until = system.now() + length;
        let mut state = self.state();
        if state.is_none_or(|held| held < until) {
            *state = Some(until);
        }
    }

    /// How much longer the pause lasts, if one holds.
    pub(super) fn remaining(&self, system: &dyn System) -> Option<Duration> {
        let mut state = self.state();
        let left =
            state.and_then(|until| until.duration_since(system.now()).ok()).filter(|left| !left.is_zero());
        if left.is_none() {
            *state = None;
        }
        left
    }

    fn state(&self) -> MutexGuard<'_, Option<SystemTime>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_up_to_its_bound() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.backoff(1, 1.0), Duration::from_millis(500));
        assert_eq!(policy.backoff(3, 1.0), Duration::from_secs(2));
        assert_eq!(policy.backoff(3, 0.0), Duration::from_secs(1));
        assert_eq!(policy.backoff(u32::MAX, 1.0), Duration::from_secs(30));
    }

    #[test]
    fn retry_after_is_read_in_each_form() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let read = |name: &'static str, value: &'static str| {
            asked_wait(|wanted| (wanted == name).then_some(value), now)
        };
        assert_eq!(read("retry-after", "17"), Some(Duration::from_secs(17)));
        assert_eq!(read("x-ms-retry-after-ms", "250"), Some(Duration::from_millis(250)));
        assert_eq!(read("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(read("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(read("retry-after", "soon"), None);
        assert_eq!(read("date", "17"), None);
    }
}
