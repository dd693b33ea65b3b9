//! The quotas of a workspace.

use picket::arm::{ResourceKey, ResourceKind, limits};
use picket::plan::{Actual, Desired};
use serde_json::json;

use crate::support::{NRT, answers, desired, messages, plan_of, scheduled};

/// `count` rules of someone else.
fn strangers(kind: &str, count: usize, enabled: bool) -> Vec<Actual> {
    let rule = |at: usize| Actual {
        key: ResourceKey::new(ResourceKind::AlertRule, format!("{kind}-{enabled}-{at}")),
        etag: None,
        body: json!({"kind": kind, "properties": {"displayName": "x", "enabled": enabled,
            "suppressionDuration": "PT5H", "suppressionEnabled": false}}),
    };
    (0..count).map(rule).collect()
}

#[test]
fn rules_of_the_workspace_count_and_disabled_ones_do_not() {
    let id = "3c1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f";
    let wanted = desired(&[&scheduled(id, "n", "T")]);
    let full = limits::ENABLED_SCHEDULED_RULES;
    let room = [strangers("Scheduled", full - 1, true), strangers("Scheduled", 9, false)].concat();
    assert_eq!(messages(&plan_of(&wanted, &room).warnings), [""; 0]);
    let none = strangers("Scheduled", full, true);
    assert_eq!(
        messages(&plan_of(&wanted, &none).warnings),
        ["PK803 the plan would make 513 of 512 enabled scheduled rules"]
    );
    let disabled = desired(&[&(scheduled(id, "n", "T") + "enabled: false\n")]);
    assert_eq!(messages(&plan_of(&disabled, &none).warnings), [""; 0]);
}

#[test]
fn nrt_rules_have_a_quota_of_their_own_and_an_update_takes_no_new_place() {
    let wanted = desired(&[NRT]);
    let mut there = strangers("NRT", limits::ENABLED_NRT_RULES - 1, true);
    assert_eq!(messages(&plan_of(&wanted, &there).warnings), [""; 0]);
    there.extend(answers(&wanted, false));
    let edited = desired(&[&NRT.replace("Beacon now", "Beacon at once")]);
    assert_eq!(messages(&plan_of(&edited, &there).warnings), [""; 0]);
    let over = strangers("NRT", limits::ENABLED_NRT_RULES, true);
    let plan = plan_of(&wanted, &over);
    assert_eq!(messages(&plan.warnings), ["PK803 the plan would make 51 of 50 enabled NRT rules"]);
    assert_eq!(plan.warnings[0].primary.span, wanted[0].origin);
}

#[test]
fn the_rules_beyond_the_limit_are_named_and_one_that_goes_makes_room() {
    let ids: Vec<String> = (0..14).map(|at| format!("{at:08}-4a5b-4c6d-8e7f-9a0b1c2d3e4f")).collect();
    let texts: Vec<String> =
        ids.iter().zip(10..).map(|(id, at)| scheduled(id, &format!("Rule {at}"), "T")).collect();
    let wanted = desired(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let there = strangers("Scheduled", limits::ENABLED_SCHEDULED_RULES - 12, true);
    let plan = plan_of(&wanted, &there);
    assert_eq!(messages(&plan.warnings), ["PK803 the plan would make 514 of 512 enabled scheduled rules"]);
    assert_eq!(plan.warnings[0].help[0], "beyond the limit: 'Rule 22', 'Rule 23'");
    let more = strangers("Scheduled", limits::ENABLED_SCHEDULED_RULES, true);
    let help = &plan_of(&wanted, &more).warnings[0].help[0];
    assert!(help.starts_with("beyond the limit: 'Rule 10'") && help.ends_with("'Rule 19', 4 more"), "{help}");
    // A rule that is disabled in the same plan leaves its place to another.
    let mut held = strangers("Scheduled", limits::ENABLED_SCHEDULED_RULES - 1, true);
    held.extend(answers(&desired(&[&texts[0]]), false));
    let swapped = desired(&[&(texts[0].clone() + "enabled: false\n"), &texts[1]]);
    assert_eq!(messages(&plan_of(&swapped, &held).warnings), [""; 0]);
}

#[test]
fn items_of_watchlists_count_together() {
    let list = |alias: &str, rows: usize| Actual {
        key: ResourceKey::new(ResourceKind::Watchlist, alias),
        etag: None,
        body: json!({"properties": {"displayName": alias, "provider": "Microsoft", "itemsSearchKey": "Host",
            "labels": [format!("picket-items:{rows}:0a")]}}),
    };
    let wanted = |rows: usize| {
        let list = list("mine", rows);
        let origin = desired(&[NRT])[0].origin;
        [Desired {
            key: list.key,
            display_name: "mine".to_owned(),
            body: list.body,
            api_version: "",
            origin,
            own: None,
        }]
    };
    let there = [list("a", limits::WATCHLIST_ITEMS - 10), list("b", 5)];
    assert_eq!(messages(&plan_of(&wanted(5), &there).warnings), [""; 0]);
    assert_eq!(
        messages(&plan_of(&wanted(7), &there).warnings),
        ["PK803 the plan would make 10000002 of 10000000 items of watchlists"]
    );
}
