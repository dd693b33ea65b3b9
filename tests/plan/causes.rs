//! The comparison of what was last applied, what is there and what is wanted.

use std::collections::BTreeMap;

use picket::arm::ResourceKind;
use picket::plan::{Actual, Cause, Change, Plan, PlanOptions, plan};
use serde_json::json;

use crate::support::{answers, desired, plan_of, scheduled, target};

const ID: &str = "3c1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f";

fn rule(query: &str) -> String {
    scheduled(ID, "n", query)
}

/// The workspace after an apply of `query`, with the rule's content then replaced by that of `there`.
fn workspace(query: &str, there: Option<&str>) -> Vec<Actual> {
    let mut held = answers(&desired(&[&rule(query)]), true);
    let content = there.map(|text| answers(&desired(&[text]), true).remove(0));
    held.retain(|it| it.key.kind == ResourceKind::Metadata);
    held.extend(content);
    held
}

fn content(plan: &Plan) -> &Change {
    plan.changes.iter().find(|change| change.is_content()).unwrap()
}

#[test]
fn whichever_side_left_the_base_is_named() {
    for (there, wanted, expected) in [
        ("A", "A", None),
        ("A", "B", Some(Cause::Git)),
        ("B", "A", Some(Cause::Portal)),
        ("B", "C", Some(Cause::Both)),
        ("B", "B", None),
    ] {
        let plan = plan_of(&desired(&[&rule(wanted)]), &workspace("A", Some(&rule(there))));
        assert_eq!(content(&plan).cause, expected, "{there} {wanted}");
    }
    // The record of a rule that both sides changed to the same is brought up to date, and nothing else.
    let plan = plan_of(&desired(&[&rule("B")]), &workspace("A", Some(&rule("B"))));
    assert_eq!((plan.summary().unchanged, plan.summary().records), (1, 1));
}

#[test]
fn what_the_portal_deleted_and_what_it_changed_of_a_rule_that_is_gone_is_said() {
    let there = workspace("A", None);
    assert_eq!(content(&plan_of(&desired(&[&rule("A")]), &there)).cause, Some(Cause::Portal));
    assert_eq!(content(&plan_of(&desired(&[&rule("B")]), &there)).cause, Some(Cause::Both));
    let prune = PlanOptions { prune: true, ..PlanOptions::default() };
    for (there, expected) in [("A", Cause::Git), ("B", Cause::Both)] {
        let plan = plan(&[], &workspace("A", Some(&rule(there))), &target(), prune);
        assert_eq!(content(&plan).cause, Some(expected));
    }
}

#[test]
fn without_a_record_of_the_last_apply_nothing_is_claimed() {
    let mut there = workspace("A", Some(&rule("B")));
    for record in there.iter_mut().filter(|it| it.key.kind == ResourceKind::Metadata) {
        record.body["properties"]["customVersion"] = json!("1.0.0");
    }
    let plan = plan_of(&desired(&[&rule("C")]), &there);
    assert_eq!((content(&plan).cause, &content(&plan).base), (None, &None));
}

#[test]
fn fields_are_told_apart_by_the_content_of_the_last_apply_and_by_no_other() {
    let portal = rule("A").replace("severity: Low", "severity: High").replace("gt", "lt");
    let wanted = rule("B").replace("gt", "eq");
    let there = {
        let mut held = workspace("A", Some(&portal));
        let commit = " commit=989beaf0c1ab";
        for record in held.iter_mut().filter(|it| it.key.kind == ResourceKind::Metadata) {
            let text = record.body["properties"]["customVersion"].as_str().unwrap().to_owned() + commit;
            record.body["properties"]["customVersion"] = json!(text);
        }
        held
    };
    let mut plan = plan_of(&desired(&[&wanted]), &there);
    let causes = |plan: &Plan| -> Vec<(String, Option<Cause>)> {
        let picket::plan::Action::Update { fields } = &content(plan).action else { panic!("no update") };
        fields.iter().map(|field| (field.path.clone(), field.cause)).collect()
    };
    let at = |text: &str| -> BTreeMap<_, _> {
        desired(&[text]).into_iter().map(|resource| (resource.key, resource.body)).collect()
    };
    assert_eq!(plan.changed_by_both().map(|(_, commit)| commit).collect::<Vec<_>>(), ["989beaf0c1ab"]);
    plan.tell_apart(&at(&rule("Z")));
    assert!(causes(&plan).iter().all(|(_, cause)| cause.is_none()), "another digest than that on record");
    plan.tell_apart(&at(&rule("A")));
    assert_eq!(
        causes(&plan),
        [
            ("properties.severity".to_owned(), Some(Cause::Portal)),
            ("properties.query".to_owned(), Some(Cause::Git)),
            ("properties.triggerOperator".to_owned(), Some(Cause::Both)),
        ]
    );
}
