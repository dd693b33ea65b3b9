//! Failures made to order.

use std::num::NonZeroU64;
use std::time::Duration;

use picket::emulator::{Chances, Clock, FaultKind, Faults};
use serde_json::{Value, json};

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

/// What a client that sends a write sees of each kind of failure, and whether the write is done.
const SEEN: [(FaultKind, Result<u16, &str>, bool); 13] = [
    (FaultKind::Throttle, Ok(429), false),
    (FaultKind::Error, Ok(500), false),
    (FaultKind::BadGateway, Ok(502), false),
    (FaultKind::Unavailable, Ok(503), false),
    (FaultKind::Timeout, Ok(408), false),
    (FaultKind::Conflict, Ok(409), false),
    (FaultKind::Precondition, Ok(412), false),
    (FaultKind::Drop, Err("no answer"), false),
    (FaultKind::Lose, Err("no answer"), true),
    (FaultKind::Late, Ok(504), true),
    (FaultKind::Cut, Err("a broken answer"), true),
    (FaultKind::Short, Err("half of the JSON"), true),
    (FaultKind::Slow, Ok(201), true),
];

#[tokio::test]
async fn each_kind_of_failure_does_what_it_says_before_or_after_the_work() {
    assert_eq!(SEEN.map(|(kind, ..)| kind), FaultKind::ALL);
    for (kind, seen, done) in SEEN {
        let (running, client) = workspace_with(|options| {
            options.faults.chances = Chances::new(1).with(kind, 1000);
            options.faults.pause = Duration::from_millis(1);
        })
        .await;
        let body = scheduled(json!({})).to_string();
        let url = format!("{}{}", running.endpoint(), rule("a", STABLE));
        let request = http().put(url).bearer_auth("x").header("content-type", "application/json").body(body);
        let met = match request.send().await {
            Err(_) => Err("no answer"),
            Ok(response) => {
                let status = response.status().as_u16();
                match response.text().await {
                    Err(_) => Err("a broken answer"),
                    Ok(text) if serde_json::from_str::<Value>(&text).is_ok() => Ok(status),
                    Ok(_) => Err("half of the JSON"),
                }
            }
        };
        assert_eq!(met, seen, "{kind}");
        assert_eq!(running.faults()[&kind], 1);
        running.set_calm(true);
        let held = client.get(&rule("", STABLE)).await;
        assert_eq!(!held.names().is_empty(), done, "{kind}");
        assert_eq!(running.faults().values().sum::<u64>(), 1, "a calm server makes no failures");
    }
}

#[tokio::test]
async fn the_same_requests_fail_from_the_same_seed() {
    let statuses = async |seed| {
        let (_running, client) = workspace_with(|options| {
            let kinds = [FaultKind::Error, FaultKind::Unavailable, FaultKind::Conflict];
            let chances = kinds.into_iter().fold(Chances::new(seed), |all, kind| all.with(kind, 200));
            options.faults.chances = chances;
        })
        .await;
        let mut statuses = Vec::new();
        for number in 0..30 {
            statuses.push(client.get(&rule(&format!("r{}", number % 5), STABLE)).await.status);
        }
        statuses
    };
    let first = statuses(7).await;
    assert_eq!(first, statuses(7).await);
    assert_ne!(first, statuses(8).await);
    assert!(first.contains(&500) && first.contains(&503) && !first.contains(&409), "{first:?}");
}
