//! The quotas of a workspace.

use picket::arm::{ResourceKey, ResourceKind, limits};
use picket::plan::Actual;
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
        ["PK803 the workspace would hold 513 enabled scheduled rules, more than the 512 it can hold"]
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
    assert_eq!(
        messages(&plan.warnings),
        ["PK803 the workspace would hold 51 enabled NRT rules, more than the 50 it can hold"]
    );
    assert_eq!(plan.warnings[0].primary.span, wanted[0].origin);
}
