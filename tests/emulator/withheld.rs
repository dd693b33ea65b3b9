//! What stands above a workspace, what the caller may do with it, and what happens where either is withheld.

use picket::emulator::{Absent, Withheld};
use serde_json::json;

use crate::client::*;

fn subscription() -> String {
    format!("/subscriptions/{SUBSCRIPTION}?api-version=2022-12-01")
}

fn group() -> String {
    format!("/subscriptions/{SUBSCRIPTION}/resourcegroups/rg?api-version=2021-04-01")
}

fn permissions() -> String {
    format!("{}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01", workspace_path())
}

#[tokio::test]
async fn subscription_and_group_are_there_as_soon_as_they_are_named() {
    let (_running, client) = workspace().await;
    let found = client.get(&subscription()).await;
    assert_eq!((found.status, &found.body["state"]), (200, &json!("Enabled")));
    let found = client.get(&group()).await;
    assert_eq!((found.status, &found.body["name"]), (200, &json!("rg")));
    let found = client.get(&permissions()).await;
    assert_eq!(found.body["value"][0]["actions"], json!(["*"]));
    assert_eq!(
        client.get("/subscriptions/x?api-version=2022-12-01").await.error().1,
        "InvalidSubscriptionId"
    );
    assert_eq!(
        client.get(&subscription().replace("2022", "2021")).await.error().1,
        "NoRegisteredProviderFound"
    );
    assert_eq!(client.put(&subscription(), &json!({})).await.status, 405);
    assert_eq!(client.put(&permissions(), &json!({})).await.status, 405);
}

#[tokio::test]
async fn what_is_denied_is_refused_and_listed_as_denied() {
    let denied = ["Microsoft.SecurityInsights/*/write".to_owned(), "*/savedSearches/delete".to_owned()];
    let withheld = Withheld { denied: denied.to_vec(), ..Withheld::default() };
    let (_running, client) = workspace_with(|options| options.withheld = withheld).await;
    let (status, code, message) = {
        let answer = client.put(&rule("a", STABLE), &scheduled(json!({}))).await;
        let (status, code, message) = answer.error();
        (status, code.to_owned(), message.to_owned())
    };
    assert_eq!((status, code.as_str()), (403, "AuthorizationFailed"));
    assert!(message.contains("'Microsoft.SecurityInsights/alertRules/write'"), "{message}");
    assert_eq!(client.put(&watchlist("a", STABLE), &assets("Host\na\n", json!({}))).await.status, 403);
    assert_eq!(client.get(&rule("", STABLE)).await.status, 200);
    assert_eq!(client.put(&saved_search("a"), &hunt(json!({}))).await.status, 200);
    assert_eq!(client.delete(&saved_search("a")).await.status, 403);
    assert_eq!(client.get(&permissions()).await.body["value"][0]["notActions"], json!(denied));
}

#[tokio::test]
async fn what_is_absent_takes_with_it_what_lies_below() {
    let onboarding = || insights("onboardingStates", "default", STABLE);
    for (part, code, above) in [
        (Absent::Subscription, "SubscriptionNotFound", 0),
        (Absent::ResourceGroup, "ResourceGroupNotFound", 1),
        (Absent::Workspace, "ResourceNotFound", 2),
        (Absent::Sentinel, "NotFound", 3),
    ] {
        let withheld = Withheld { absent: vec![part], ..Withheld::default() };
        let (_running, client) = workspace_with(|options| options.withheld = withheld).await;
        let workspace = format!("{}?api-version={LOG_ANALYTICS}", workspace_path());
        for (at, path) in [subscription(), group(), workspace, onboarding()].iter().enumerate() {
            let answer = client.get(path).await;
            let expected = if at < above { (200, "") } else { (404, code) };
            assert_eq!((answer.status, answer.error().1), expected, "{part:?}: {path}");
        }
        assert!(client.get(&rule("", STABLE)).await.status >= 400);
    }
    let withheld = Withheld { absent: vec![Absent::Sentinel], ..Withheld::default() };
    let (_running, client) = workspace_with(|options| options.withheld = withheld).await;
    assert!(client.get(&rule("", STABLE)).await.error().2.contains("not onboarded to Microsoft Sentinel"));
    assert_eq!(client.get(&saved_search("")).await.status, 200);
}
