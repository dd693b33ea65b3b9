//! Failures made to order: what a client must survive, at a rate that a test chooses.

use std::num::NonZeroU64;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use thiserror::Error;

/// Failures of a local workspace. Every "nth" counts all requests, from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults {
    /// Answer every nth request with 429 and `Retry-After`.
    pub throttle: Option<NonZeroU64>,
    /// The seconds of `Retry-After`.
    pub retry_after: u64,
    /// Answer every nth request with 500.
    pub error: Option<NonZeroU64>,
    /// Close the connection of every nth request before anything is done.
    pub drop: Option<NonZeroU64>,
    /// Do the work of every nth request, then close the connection without an answer.
    pub lose: Option<NonZeroU64>,
    /// Wait so long before each answer.
    pub delay: Duration,
}

/// One setting of [`Faults`], as written on a command line: `throttle=5`, `delay=50` (milliseconds).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `throttle=N`
    Throttle(NonZeroU64),
    /// `retry-after=SECONDS`
    RetryAfter(u64),
    /// `error=N`
    Error(NonZeroU64),
    /// `drop=N`
    Drop(NonZeroU64),
    /// `lose=N`
    Lose(NonZeroU64),
    /// `delay=MILLISECONDS`
    Delay(Duration),
}

/// Why a text is not a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected throttle=N, error=N, drop=N, lose=N, retry-after=SECONDS or delay=MILLISECONDS")]
pub struct FaultParseError;

impl FromStr for Fault {
    type Err = FaultParseError;

    fn from_str(text: &str) -> Result<Self, FaultParseError> {
        let (name, number) = text.split_once('=').ok_or(FaultParseError)?;
        let number: u64 = number.trim().parse().map_err(|_| FaultParseError)?;
        let nth = NonZeroU64::new(number).ok_or(FaultParseError);
        match name.trim() {
            "throttle" => nth.map(Self::Throttle),
            "error" => nth.map(Self::Error),
            "drop" => nth.map(Self::Drop),
            "lose" => nth.map(Self::Lose),
            "retry-after" => Ok(Self::RetryAfter(number)),
            "delay" => Ok(Self::Delay(Duration::from_millis(number))),
            _ => Err(FaultParseError),
        }
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        let mut all = Self { retry_after: 1, ..Self::default() };
        for fault in faults {
            match fault {
                Fault::Throttle(nth) => all.throttle = Some(nth),
                Fault::RetryAfter(seconds) => all.retry_after = seconds,
                Fault::Error(nth) => all.error = Some(nth),
                Fault::Drop(nth) => all.drop = Some(nth),
                Fault::Lose(nth) => all.lose = Some(nth),
                Fault::Delay(delay) => all.delay = delay,
            }
        }
        all
    }
}

/// What is to go wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    /// Nothing.
    None,
    /// 429.
    Throttle,
    /// 500.
    Error,
    /// No answer, nothing done.
    Drop,
    /// No answer, though all is done.
    Lose,
}

/// Counts requests and says what goes wrong with each.
#[derive(Debug, Default)]
pub(super) struct FaultPlan {
    requests: AtomicU64,
}

impl FaultPlan {
    /// What goes wrong with the next request. Where several are due, the one that does the least harm to
    /// the client's knowledge of the server comes last.
    pub(super) fn next(&self, faults: &Faults) -> Mishap {
        let count = self.requests.fetch_add(1, Ordering::SeqCst) + 1;
        let due = |nth: Option<NonZeroU64>| nth.is_some_and(|nth| count.is_multiple_of(nth.get()));
        let candidates = [
            (faults.lose, Mishap::Lose),
            (faults.drop, Mishap::Drop),
            (faults.error, Mishap::Error),
            (faults.throttle, Mishap::Throttle),
        ];
        candidates.into_iter().find(|(nth, _)| due(*nth)).map_or(Mishap::None, |(_, mishap)| mishap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_settings_and_counts_requests() {
        let read = |text: &str| text.parse::<Fault>();
        for wrong in ["", "throttle", "throttle=0", "throttle=x", "slow=1", "delay=-1"] {
            assert_eq!(read(wrong), Err(FaultParseError), "{wrong}");
        }
        let faults: Faults =
            ["throttle=2", "drop=3", "delay=5"].into_iter().map(|text| read(text).unwrap()).collect();
        assert_eq!((faults.retry_after, faults.delay), (1, Duration::from_millis(5)));
        let plan = FaultPlan::default();
        let first: Vec<_> = (0..6).map(|_| plan.next(&faults)).collect();
        use Mishap::{Drop, None, Throttle};
        assert_eq!(first, [None, Throttle, Drop, Throttle, None, Drop]);
    }
}
