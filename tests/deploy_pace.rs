//! Applying to a workspace that throttles as Azure does, on a clock that both sides share and nobody waits for.

#![cfg(all(feature = "azure", feature = "emulator"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails this way")]

mod deploy_support;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use deploy_support::{planned, rules, workspace};
use picket::azure::{BoxFuture, Call, Observer, Retry, System};
use picket::deploy::{ApplyOptions, Silent, apply, read};
use picket::emulator::{Clock, EmulatorOptions, Running, Store, start};

/// The clock of the server, moved on by whoever waits.
struct Shared(Clock);

impl System for Shared {
    fn var(&self, _name: &str) -> Option<String> {
        None
    }

    fn read(&self, _path: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(self.0.millis())
    }

    fn sleep(&self, length: Duration) -> BoxFuture<'static, ()> {
        self.0.advance(length);
        Box::pin(tokio::task::yield_now())
    }

    fn random(&self) -> f64 {
        0.5
    }
}

#[derive(Default)]
struct Counted {
    calls: AtomicUsize,
    throttled: AtomicUsize,
}

impl Observer for Counted {
    fn retrying(&self, _retry: &Retry<'_>) {}

    fn called(&self, call: &Call<'_>) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if matches!(call.outcome, Ok(429)) {
            self.throttled.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn throttling() -> (Running, Clock) {
    let clock = Clock::manual(1_800_000_000_000);
    let options =
        EmulatorOptions { enforce_rate: true, clock: clock.clone(), ..EmulatorOptions::new(Store::Memory) };
    (start(options).await.unwrap(), clock)
}

/// Applies the rules `numbers`: the time it took, and what was sent.
async fn applied(
    server: &Running,
    clock: &Clock,
    numbers: std::ops::Range<usize>,
    concurrency: usize,
) -> (Duration, Arc<Counted>) {
    let counted = Arc::new(Counted::default());
    let workspace = workspace(&server.endpoint(), |options| {
        options.system = Arc::new(Shared(clock.clone()));
        options.observer = Some(Arc::clone(&counted) as Arc<dyn Observer>);
    });
    let plan = planned(&rules(0..numbers.end, "Heartbeat"), &read(&workspace).await.unwrap());
    let began = clock.millis();
    let options = ApplyOptions { concurrency, ..ApplyOptions::default() };
    let outcome = apply(&workspace, &plan, &options, &Silent).await;
    assert!(outcome.is_complete(), "{outcome:#?}");
    assert_eq!(outcome.done.len(), 2 * numbers.len());
    (Duration::from_millis(clock.millis() - began), counted)
}

#[tokio::test]
async fn an_apply_takes_what_the_bucket_allows_and_is_never_refused() {
    let (server, clock) = throttling().await;
    let (took, counted) = applied(&server, &clock, 0..200, 1).await;
    assert_eq!(counted.throttled.load(Ordering::Relaxed), 0);
    // Four hundred writes: two hundred at once, then ten a second.
    let allowed = Duration::from_secs(20);
    assert!(took >= allowed.mul_f64(0.99) && took <= allowed.mul_f64(1.1), "{took:?}");
}

#[tokio::test]
async fn writes_side_by_side_are_paced_together() {
    let (server, clock) = throttling().await;
    let (_, counted) = applied(&server, &clock, 0..200, 8).await;
    let (calls, throttled) =
        (counted.calls.load(Ordering::Relaxed), counted.throttled.load(Ordering::Relaxed));
    assert_eq!(throttled, 0, "of {calls}");
}

#[tokio::test]
async fn what_others_have_spent_is_learned_from_the_first_answers() {
    let (server, clock) = throttling().await;
    applied(&server, &clock, 0..90, 8).await;
    let (took, counted) = applied(&server, &clock, 90..180, 1).await;
    assert_eq!(counted.throttled.load(Ordering::Relaxed), 0);
    // Twenty were left of two hundred, and a hundred and eighty are written.
    let allowed = Duration::from_secs(16);
    assert!(took >= allowed.mul_f64(0.99) && took <= allowed.mul_f64(1.1), "{took:?}");
}
