//! Failures made to order.

use std::num::NonZeroU64;
use std::time::Duration;

use picket::emulator::{Clock, Faults};
use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn throttles_and_fails_at_the_rate_asked_for() {
    let (_running, client) = workspace_with(|options| {
        options.faults = Faults {
            throttle: NonZeroU64::new(2),
            retry_after: 7,
            error: NonZeroU64::new(3),
            ..Faults::default()
        };
    })
    .await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        let answer = client.get(&rule("", STABLE)).await;
        if answer.status == 429 {
            assert_eq!(
                (answer.header("retry-after"), answer.error().1),
                ("7", "SubscriptionRequestsThrottled")
            );
        }
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [200, 429, 500, 429, 200, 500]);
}

#[tokio::test]
async fn drops_connections_before_and_after_the_work() {
    let faults =
        |drop, lose| Faults { drop: NonZeroU64::new(drop), lose: NonZeroU64::new(lose), ..Faults::default() };
    let (_running, client) = workspace_with(|options| options.faults = faults(2, 0)).await;
    client.get(&rule("", STABLE)).await;
    let dropped = client.send("PUT", &rule("a", STABLE), Some(&scheduled(json!({})))).await;
    assert!(dropped.is_err());
    assert!(client.get(&rule("", STABLE)).await.names().is_empty(), "nothing was done");

    let (_running, client) = workspace_with(|options| options.faults = faults(0, 2)).await;
    client.get(&rule("", STABLE)).await;
    let lost = client.send("PUT", &rule("a", STABLE), Some(&scheduled(json!({})))).await;
    assert!(lost.is_err());
    assert_eq!(client.get(&rule("", STABLE)).await.names(), ["a"], "all was done");
}

#[tokio::test]
async fn throttles_beyond_the_rate_of_the_service_when_told_to() {
    let clock = Clock::manual(1_800_000_000_000);
    let (_running, client) = workspace_with(|options| {
        options.clock = clock.clone();
        options.enforce_rate = true;
    })
    .await;
    for _ in 0..200 {
        assert_eq!(client.delete(&rule("a", STABLE)).await.status, 204);
    }
    let refused = client.delete(&rule("a", STABLE)).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "1"));
    assert_eq!(client.get(&rule("", STABLE)).await.status, 200, "reads have a bucket of their own");
    clock.advance(Duration::from_secs(1));
    for left in (0..10).rev() {
        let answer = client.delete(&rule("a", STABLE)).await;
        let remaining = answer.header("x-ms-ratelimit-remaining-subscription-deletes");
        assert_eq!((answer.status, remaining), (204, left.to_string().as_str()));
    }
    assert_eq!(client.delete(&rule("a", STABLE)).await.status, 429);
}
