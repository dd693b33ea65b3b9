//! Failures made to order: what a client must survive, at a rate that a test chooses, or by chance from a seed.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU64;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::{Method, Uri};
use thiserror::Error;

use super::chance::{Chances, FaultKind};

/// How long a slow answer pauses before each of its parts unless told otherwise.
const PAUSE: Duration = Duration::from_millis(50);

/// Failures of a local workspace. Every "nth" counts all requests, from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// How long a slow answer pauses before each of its parts.
    pub pause: Duration,
    /// What happens by chance where nothing is due by its number.
    pub chances: Chances,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            throttle: None,
            retry_after: 1,
            error: None,
            drop: None,
            lose: None,
            delay: Duration::ZERO,
            pause: PAUSE,
            chances: Chances::default(),
        }
    }
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
    /// `pause=MILLISECONDS`
    Pause(Duration),
}

/// Why a text is not a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "expected throttle=N, error=N, drop=N, lose=N, retry-after=SECONDS, delay=MILLISECONDS or \
     pause=MILLISECONDS"
)]
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
            "pause" => Ok(Self::Pause(Duration::from_millis(number))),
            _ => Err(FaultParseError),
        }
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        let mut all = Self::default();
        for fault in faults {
            match fault {
                Fault::Throttle(nth) => all.throttle = Some(nth),
                Fault::RetryAfter(seconds) => all.retry_after = seconds,
                Fault::Error(nth) => all.error = Some(nth),
                Fault::Drop(nth) => all.drop = Some(nth),
                Fault::Lose(nth) => all.lose = Some(nth),
                Fault::Delay(delay) => all.delay = delay,
                Fault::Pause(pause) => all.pause = pause,
            }
        }
        all
    }
}

/// Counts requests and says what goes wrong with each.
#[derive(Debug, Default)]
pub(super) struct FaultPlan {
    requests: AtomicU64,
    /// How often each request was sent: what happens by chance depends on that, not on what else is sent meanwhile.
    sent: Mutex<HashMap<String, u64>>,
    happened: [AtomicU64; FaultKind::ALL.len()],
    calm: AtomicBool,
}

impl FaultPlan {
    /// What goes wrong with the next request. Where several are due, the one that does the least harm to
    /// the client's knowledge of the server comes last.
    pub(super) fn next(&self, faults: &Faults, method: &Method, uri: &Uri) -> Option<FaultKind> {
        if self.calm.load(Ordering::SeqCst) {
            return None;
        }
        let count = self.requests.fetch_add(1, Ordering::SeqCst) + 1;
        let due = |nth: Option<NonZeroU64>| nth.is_some_and(|nth| count.is_multiple_of(nth.get()));
        let candidates = [
            (faults.lose, FaultKind::Lose),
            (faults.drop, FaultKind::Drop),
            (faults.error, FaultKind::Error),
            (faults.throttle, FaultKind::Throttle),
        ];
        let by_number = candidates.into_iter().find(|(nth, _)| due(*nth)).map(|(_, kind)| kind);
        let kind = by_number.or_else(|| self.by_chance(&faults.chances, method, uri))?;
        self.happened[kind as usize].fetch_add(1, Ordering::SeqCst);
        Some(kind)
    }

    fn by_chance(&self, chances: &Chances, method: &Method, uri: &Uri) -> Option<FaultKind> {
        if chances.is_none() {
            return None;
        }
        let request = format!("{method} {uri}");
        let nth = {
            let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
            let nth = sent.entry(request.clone()).or_default();
            *nth += 1;
            *nth
        };
        chances.draw(&request, nth, *method != Method::GET)
    }

    /// Ends failures, or lets them go on.
    pub(super) fn set_calm(&self, calm: bool) {
        self.calm.store(calm, Ordering::SeqCst);
    }

    /// How often each kind happened.
    pub(super) fn happened(&self) -> BTreeMap<FaultKind, u64> {
        let counts = self.happened.iter().map(|count| count.load(Ordering::SeqCst));
        FaultKind::ALL.into_iter().zip(counts).collect()
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
        let next = || plan.next(&faults, &Method::GET, &Uri::from_static("/a"));
        let first: Vec<_> = (0..6).map(|_| next()).collect();
        let (drop, throttle) = (Some(FaultKind::Drop), Some(FaultKind::Throttle));
        assert_eq!(first, [None, throttle, drop, throttle, None, drop]);
        assert_eq!(plan.happened()[&FaultKind::Throttle], 2);
        plan.set_calm(true);
        assert_eq!((0..6).filter_map(|_| next()).count(), 0);
    }
}
