use std::time::Duration;

use serde_json::json;

use super::*;
use crate::arm::permission::{Grant, is_allowed};
use crate::plan::QuotaUse;

fn failure(status: u16) -> Failure {
    Failure { message: format!("{status} X"), help: vec!["do".to_owned()], status: Some(status) }
}

fn grant(actions: &[&str], not_actions: &[&str]) -> Grant {
    let owned = |list: &[&str]| list.iter().map(|&it| it.to_owned()).collect();
    Grant { actions: owned(actions), not_actions: owned(not_actions) }
}

/// The roles as Microsoft defines them, the parts that bear on picket.
fn reader() -> Grant {
    grant(
        &["Microsoft.SecurityInsights/*/read", "Microsoft.OperationalInsights/workspaces/*/read"],
        &[
            "Microsoft.SecurityInsights/ConfidentialWatchlists/*",
            "Microsoft.OperationalInsights/workspaces/query/ConfidentialWatchlist/*",
        ],
    )
}

fn contributor() -> Grant {
    let mut role = reader();
    let more = ["Microsoft.SecurityInsights/*", "Microsoft.OperationalInsights/workspaces/savedSearches/*"];
    role.actions.extend(more.map(str::to_owned));
    role
}

fn states(checks: &[Check]) -> Vec<State> {
    checks.iter().map(|check| check.state).collect()
}

#[test]
fn the_roles_that_are_named_grant_what_is_needed() {
    let checks = permissions(Ok(&[contributor()]), false);
    assert!(checks.iter().all(|check| check.state == State::Ok), "{checks:#?}");
    let checks = permissions(Ok(&[reader()]), true);
    assert!(checks.iter().all(|check| check.state == State::Ok), "{checks:#?}");

    let checks = permissions(Ok(&[reader()]), false);
    let rules = checks.iter().find(|check| check.id == "permission-analytics-rules").unwrap();
    assert_eq!(rules.state, State::Failed);
    assert_eq!(
        rules.missing,
        ["Microsoft.SecurityInsights/alertRules/write", "Microsoft.SecurityInsights/alertRules/delete"]
    );
    assert!(rules.help[0].contains("Microsoft Sentinel Contributor"), "{:?}", rules.help);
}

#[test]
fn without_any_role_what_is_optional_only_warns() {
    let checks = permissions(Ok(&[]), false);
    let expected = |need: &Need| if need.is_optional { State::Warning } else { State::Failed };
    assert_eq!(states(&checks), NEEDS.iter().map(expected).collect::<Vec<_>>());
    let query = checks.iter().find(|check| check.id == "permission-query").unwrap();
    assert!(query.help[0].contains("Log Analytics Reader"), "{:?}", query.help);
    assert!(is_allowed(&[grant(&["*/read"], &[])], "Microsoft.OperationalInsights/workspaces/query/read"));
    assert_eq!(states(&permissions(Err(&failure(403)), false)), [State::Warning]);
}

#[test]
fn a_clock_is_off_by_degrees() {
    let state = |seconds: u64| clock(Some((Duration::from_secs(seconds), true))).state;
    assert_eq!(
        [0, 60, 61, 300, 301].map(state),
        [State::Ok, State::Ok, State::Warning, State::Warning, State::Failed]
    );
    assert_eq!(clock(None).state, State::Skipped);
    assert!(clock(Some((Duration::from_secs(400), false))).found.contains("400 s behind"));
}

#[test]
fn what_may_not_be_read_above_the_workspace_need_not_be() {
    assert_eq!(subscription("s", Err(&failure(403))).state, State::Skipped);
    assert_eq!(subscription("s", Err(&failure(404))).state, State::Failed);
    let of = |word: &str| subscription("s", Ok(&json!({ "displayName": "S", "state": word }))).state;
    assert_eq!(
        ["Enabled", "Warned", "Disabled", "Deleted"].map(of),
        [State::Ok, State::Warning, State::Failed, State::Failed]
    );
    assert_eq!(workspace("resource-group", "g", Err(&failure(403))).state, State::Skipped);
    let unseen = workspace("workspace", "w", Err(&failure(403)));
    assert!(unseen.state == State::Warning && unseen.help[0].contains("Log Analytics Reader"));
    assert_eq!(workspace("workspace", "w", Err(&failure(404))).state, State::Failed);
    let updating = json!({ "name": "w", "properties": { "provisioningState": "Updating" } });
    assert_eq!(workspace("workspace", "w", Ok(&updating)).state, State::Warning);
}

#[test]
fn sentinel_that_is_off_is_told_from_sentinel_that_cannot_be_seen() {
    let off = sentinel(Err(&failure(404)));
    assert!(off.state == State::Failed && off.help[0].contains("onboardingStates"));
    assert_eq!(sentinel(Err(&failure(500))).help, ["do"]);
}

#[test]
fn a_token_of_graph_names_its_permissions() {
    let of = |names: &[&str], read_only| {
        let names: Vec<String> = names.iter().map(|&it| it.to_owned()).collect();
        graph(&Defender::Listed(Some(&names)), read_only).state
    };
    assert_eq!(of(&["CustomDetection.ReadWrite.All"], false), State::Ok);
    assert_eq!(of(&["CustomDetection.Read.All"], false), State::Warning);
    assert_eq!(of(&["CustomDetection.Read.All"], true), State::Ok);
    assert_eq!(graph(&Defender::Listed(None), false).state, State::Ok);
    assert_eq!(graph(&Defender::Unwanted, false).state, State::Skipped);
    let refused = graph(&Defender::Refused(&failure(403)), false);
    assert!(refused.state == State::Failed && refused.help[0].contains(GRAPH_PERMISSION));
}

#[test]
fn a_limit_wants_a_look_from_nine_tenths_on() {
    let of = |used: usize| {
        let quota = QuotaUse { id: "limit", noun: "rules", used, most: 50, remedy: "remove" };
        limits(Ok(&[quota])).remove(0)
    };
    assert_eq!(
        [44, 45, 50, 51].map(|used| of(used).state),
        [State::Ok, State::Warning, State::Warning, State::Warning]
    );
    assert_eq!(of(45).help, ["remove some soon: 5 more fit"]);
    assert_eq!(of(51).help, ["remove some before more are deployed"]);
    assert_eq!(of(45).usage, Some(Usage { used: 45, limit: 50 }));
}
