//! The service's rate of requests: a token bucket each for reads, writes and deletes of a subscription.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::arm::Operation;

/// What taking a token came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taken {
    /// Whether there was one.
    pub(super) granted: bool,
    /// How many are left.
    pub(super) remaining: u64,
}

impl Taken {
    /// A token where no rate is enforced: what is told to be left never runs out, or a well-behaved client would
    /// wait for no reason.
    pub(super) fn of_plenty(operation: Operation) -> Self {
        Self { granted: true, remaining: u64::from(operation.capacity()) - 1 }
    }
}

/// Thousandths of a token, and the time at which they were counted.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    thousandths: u64,
    counted_at: u64,
}

/// The buckets of all subscriptions.
#[derive(Debug, Default)]
pub(super) struct RateLimiter {
    buckets: Mutex<HashMap<(String, Operation), Bucket>>,
}

impl RateLimiter {
    /// Takes a token at the time `now`.
    pub(super) fn take(&self, subscription: &str, operation: Operation, now: u64) -> Taken {
        let (capacity, gain) = (u64::from(operation.capacity()), u64::from(operation.gain()));
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets
            .entry((subscription.to_ascii_lowercase(), operation))
            .or_insert(Bucket { thousandths: capacity * 1000, counted_at: now });
        // A token a second is a thousandth a millisecond.
        let gained = now.saturating_sub(bucket.counted_at).saturating_mul(gain);
        bucket.thousandths = bucket.thousandths.saturating_add(gained).min(capacity * 1000);
        bucket.counted_at = now;
        let granted = bucket.thousandths >= 1000;
        if granted {
            bucket.thousandths -= 1000;
        }
        Taken { granted, remaining: bucket.thousandths / 1000 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empties_and_refills_each_bucket_by_itself() {
        let limiter = RateLimiter::default();
        let take = |operation, now| limiter.take("S", operation, now);
        for left in (0..200).rev() {
            assert_eq!(take(Operation::Write, 5), Taken { granted: true, remaining: left });
        }
        assert_eq!(take(Operation::Write, 104), Taken { granted: false, remaining: 0 });
        assert_eq!(take(Operation::Read, 104), Taken { granted: true, remaining: 249 });
        assert_eq!(take(Operation::Write, 105), Taken { granted: true, remaining: 0 });
        assert_eq!(take(Operation::Write, 1_000_000), Taken { granted: true, remaining: 199 });
        assert_eq!(limiter.take("other", Operation::Write, 0).remaining, 199);
    }
}
