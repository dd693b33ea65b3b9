//! Requests paced ahead of the service's token buckets, so that it has no reason to throttle.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::arm::Operation;

/// The shortest wait for a token, so that rounding never makes a loop of it.
const SHORTEST: Duration = Duration::from_millis(1);

/// What is believed to be left in the service's buckets.
///
/// The service takes a token when a request reaches it, which is after it was sent; so a client that spends no faster than
/// its own buckets fill never meets an empty one, unless somebody else spends as the same identity. What answers say of the
/// service's buckets corrects that.
#[derive(Debug)]
pub(super) struct Pace {
    buckets: [Mutex<Bucket>; Operation::ALL.len()],
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// What may be spent; below zero when the service has less than is already on its way.
    tokens: f64,
    counted_at: SystemTime,
    /// Requests that were sent and not answered.
    under_way: u32,
    /// Requests that were sent at all.
    sent: u32,
}

impl Bucket {
    fn refill(&mut self, operation: Operation, now: SystemTime) {
        let passed = now.duration_since(self.counted_at).unwrap_or_default();
        let gained = passed.as_secs_f64() * f64::from(operation.gain());
        self.tokens = (self.tokens + gained).min(f64::from(operation.capacity()));
        self.counted_at = now;
    }
}

impl Pace {
    /// Full buckets.
    pub(super) fn new(now: SystemTime) -> Self {
        let full = |operation: Operation| {
            let tokens = f64::from(operation.capacity());
            Mutex::new(Bucket { tokens, counted_at: now, under_way: 0, sent: 0 })
        };
        Self { buckets: Operation::ALL.map(full) }
    }

    /// Takes a token for a request that is sent at the time `now`.
    ///
    /// # Errors
    /// How long to wait before asking again, where none is left.
    pub(super) fn start(&self, operation: Operation, now: SystemTime) -> Result<Started<'_>, Duration> {
        let mut bucket = self.bucket(operation);
        bucket.refill(operation, now);
        if bucket.tokens < 1.0 {
            let wait = (1.0 - bucket.tokens) / f64::from(operation.gain());
            return Err(Duration::from_secs_f64(wait).max(SHORTEST));
        }
        bucket.tokens -= 1.0;
        let beside = bucket.under_way;
        bucket.under_way += 1;
        bucket.sent = bucket.sent.wrapping_add(1);
        Ok(Started { pace: self, operation, beside, number: bucket.sent })
    }

    fn bucket(&self, operation: Operation) -> MutexGuard<'_, Bucket> {
        self.buckets[operation as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request under way; dropped when it is answered, or given up.
#[derive(Debug)]
pub(super) struct Started<'a> {
    pace: &'a Pace,
    operation: Operation,
    /// How many others were under way when it was sent.
    beside: u32,
    /// Its place among those of its operation that were sent, from 1.
    number: u32,
}

impl Started<'_> {
    /// What it counts as.
    pub(super) fn operation(&self) -> Operation {
        self.operation
    }

    /// Takes note that the service had `left` tokens when it answered this request.
    ///
    /// Whether it had counted the requests that were under way meanwhile, nobody knows: answers overtake each other. To
    /// take it that it had not is never too much.
    pub(super) fn answered(self, left: u32, now: SystemTime) {
        let mut bucket = self.pace.bucket(self.operation);
        let meanwhile = bucket.sent.wrapping_sub(self.number).saturating_add(self.beside);
        bucket.tokens = f64::from(left) - f64::from(meanwhile);
        bucket.counted_at = now;
    }
}

impl Drop for Started<'_> {
    fn drop(&mut self) {
        self.pace.bucket(self.operation).under_way -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: SystemTime = SystemTime::UNIX_EPOCH;

    fn after(milliseconds: u64) -> SystemTime {
        START + Duration::from_millis(milliseconds)
    }

    /// How many requests may be sent at once at `now`.
    fn at_once(pace: &Pace, operation: Operation, now: SystemTime) -> usize {
        std::iter::from_fn(|| pace.start(operation, now).ok()).take(1000).count()
    }

    #[test]
    fn spends_what_a_bucket_holds_and_then_what_it_gains() {
        let pace = Pace::new(START);
        assert_eq!(at_once(&pace, Operation::Write, START), 200);
        assert_eq!(pace.start(Operation::Write, START).unwrap_err(), Duration::from_millis(100));
        assert_eq!(pace.start(Operation::Write, after(60)).unwrap_err(), Duration::from_millis(40));
        assert_eq!(at_once(&pace, Operation::Write, after(1060)), 10);
        assert_eq!(at_once(&pace, Operation::Read, START), 250);
        assert_eq!(at_once(&pace, Operation::Delete, after(3_600_000)), 200);
    }

    #[test]
    fn believes_the_service_and_counts_what_is_under_way() {
        let pace = Pace::new(START);
        let write = || pace.start(Operation::Write, START).unwrap();
        let (first, others) = (write(), [write(), write(), write()]);
        // Somebody else has spent the most of it, and the three others may be still to come.
        first.answered(11, START);
        drop(others);
        assert_eq!(at_once(&pace, Operation::Write, START), 8);

        // An answer that was overtaken says nothing of what was sent after it.
        let pace = Pace::new(START);
        let write = || pace.start(Operation::Write, START).unwrap();
        let (slow, fast) = (write(), write());
        fast.answered(10, START);
        slow.answered(11, START);
        assert_eq!(at_once(&pace, Operation::Write, START), 10);
    }

    #[test]
    fn waits_until_what_is_under_way_is_paid_for() {
        let pace = Pace::new(START);
        let mut under_way: Vec<_> = (0..9).map(|_| pace.start(Operation::Write, START).unwrap()).collect();
        under_way.remove(0).answered(0, START);
        assert_eq!(pace.start(Operation::Write, START).unwrap_err(), Duration::from_millis(900));
    }

    #[test]
    fn believes_in_no_more_than_a_full_bucket() {
        let pace = Pace::new(START);
        pace.start(Operation::Read, START).unwrap().answered(400, START);
        assert_eq!(at_once(&pace, Operation::Read, START), 250);
    }
}
