//! Functions in the order in which they find each other.

use picket::arm::{ResourceKey, ResourceKind, limits};
use picket::content;
use picket::plan::{self, Actual, Desired, PlanOptions, Reads};
use picket::text::SourceId;
use serde_json::json;

use crate::support::{answers, messages, plan_of, target};

fn functions(names: &[&str]) -> Vec<Desired> {
    let text: Vec<String> = names.iter().map(|name| format!("- {{ name: {name}, body: T }}\n")).collect();
    let (content, found) = content::read(SourceId(0), "content/f.yaml", &text.concat());
    assert_eq!(messages(&found), [""; 0]);
    plan::desired_content(&content, &target()).0
}

fn key(name: &str) -> ResourceKey {
    ResourceKey::new(ResourceKind::Function, name)
}

/// `A>B` for a function A that calls B.
fn reads(pairs: &[&str]) -> Reads {
    let mut reads = Reads::new();
    for (from, to) in pairs.iter().filter_map(|pair| pair.split_once('>')) {
        reads.entry(key(from)).or_default().insert(key(to));
    }
    reads
}

fn order(plan: &plan::Plan) -> Vec<&str> {
    let functions = plan.changes.iter().filter(|change| change.key.kind == ResourceKind::Function);
    functions.map(|change| change.key.name.as_str()).collect()
}

#[test]
fn what_is_called_is_written_first_and_deleted_last() {
    let wanted = functions(&["A", "B", "C", "D"]);
    let calls = reads(&["A>B", "B>D", "C>D"]);
    let mut plan = plan_of(&wanted, &[]);
    plan.put_in_order(&calls);
    assert_eq!(order(&plan), ["D", "B", "C", "A"]);
    assert_eq!(plan.changes[1].reads, [key("D")]);
    assert_eq!(messages(&plan.warnings), [""; 0]);

    let there = answers(&wanted, false);
    let mut plan = plan::plan(&[], &there, &target(), PlanOptions { prune: true, adopt: false });
    plan.put_in_order(&calls);
    assert_eq!(order(&plan), ["A", "B", "C", "D"]);
    // What is there already is not waited for.
    let mut plan = plan_of(&wanted, &there);
    plan.put_in_order(&calls);
    assert!(plan.changes.iter().all(|change| change.reads.is_empty()));
}

#[test]
fn circles_are_reported_once_and_ordered_all_the_same() {
    let wanted = functions(&["A", "B", "C", "Me"]);
    let mut plan = plan_of(&wanted, &[]);
    plan.put_in_order(&reads(&["A>B", "B>C", "C>A", "Me>Me"]));
    let mut found = messages(&plan.warnings);
    found.sort();
    assert_eq!(
        found,
        [
            "PK808 functions call each other in a circle: `A` calls `B` calls `C` calls `A`",
            "PK808 the function `Me` calls itself",
        ]
    );
    assert_eq!(order(&plan).len(), 4);
}

#[test]
fn automation_rules_have_a_quota() {
    let text = "id: one\nname: n\norder: 1\ntriggeringLogic: { triggersOn: Incidents, triggersWhen: Created }\n\
                actions: [{ actionType: RunPlaybook, actionConfiguration: {} }]\n";
    let (content, found) = content::read(SourceId(0), "content/a.yaml", text);
    assert_eq!(messages(&found), [""; 0]);
    let wanted = plan::desired_content(&content, &target()).0;
    let strangers = |count: usize| -> Vec<Actual> {
        let rule = |at: usize| Actual {
            key: ResourceKey::new(ResourceKind::AutomationRule, format!("other-{at}")),
            etag: None,
            body: json!({"properties": {"displayName": "x", "order": 1}}),
        };
        (0..count).map(rule).collect()
    };
    assert_eq!(messages(&plan_of(&wanted, &strangers(limits::AUTOMATION_RULES - 1)).warnings), [""; 0]);
    assert_eq!(
        messages(&plan_of(&wanted, &strangers(limits::AUTOMATION_RULES)).warnings),
        ["PK803 the plan would make 513 of 512 automation rules"]
    );
}
