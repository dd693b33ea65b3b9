//! What belongs to whom, and what is left alone.

use picket::arm::{ResourceKey, ResourceKind, metadata};
use picket::plan::{Action, Actual, Cause, PlanOptions, adoption, plan};
use serde_json::json;

use crate::support::{
    FULL, HUNT, NRT, actions, answer, answers, desired, messages, plan_of, scheduled, target,
};

const ID: &str = "3c1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f";
const PRUNE: PlanOptions = PlanOptions { prune: true, adopt: false };
const ADOPT: PlanOptions = PlanOptions { prune: false, adopt: true };

fn records(actual: &[Actual]) -> Vec<Actual> {
    actual.iter().filter(|it| it.key.kind == ResourceKind::Metadata).cloned().collect()
}

fn contents(actual: &[Actual]) -> Vec<Actual> {
    actual.iter().filter(|it| it.key.kind != ResourceKind::Metadata).cloned().collect()
}

/// The same resources with records of another project.
fn of_other_project(mut actual: Vec<Actual>) -> Vec<Actual> {
    for resource in actual.iter_mut().filter(|it| it.key.kind == ResourceKind::Metadata) {
        resource.body["properties"]["source"]["sourceId"] = json!("red");
    }
    actual
}

#[test]
fn an_empty_workspace_gets_content_and_then_its_record() {
    let plan = plan_of(&desired(&[&scheduled(ID, "n", "T")]), &[]);
    assert_eq!(
        actions(&plan),
        [format!("alertRules/{ID} create"), format!("metadata/picket-analyticsrule-{ID} create")]
    );
    assert_eq!(plan.changes[1].depends_on.as_ref(), Some(&plan.changes[0].key));
    assert_eq!((&plan.changes[0].etag, plan.changes[0].body.is_some()), (&None, true));
}

#[test]
fn one_edited_field_is_the_only_change_and_carries_the_etag() {
    let before = answers(&desired(&[&scheduled(ID, "n", "T")]), true);
    let plan = plan_of(&desired(&[&scheduled(ID, "n", "T | take 1")]), &before);
    assert_eq!(
        actions(&plan),
        [
            format!("alertRules/{ID} update properties.query"),
            format!("metadata/picket-analyticsrule-{ID} update properties.customVersion")
        ]
    );
    assert_eq!(plan.changes[0].etag.as_deref(), Some("\"0300bf09\""));
}

#[test]
fn a_saved_search_is_rewritten_with_a_star() {
    let before = answers(&desired(&[HUNT]), false);
    let plan = plan_of(
        &desired(&[&HUNT.replace("version: 1.0.0", "version: 1.0.1").replace("count()", "dcount(DeviceId)")]),
        &before,
    );
    let id = "2b1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f";
    assert_eq!(
        actions(&plan),
        [
            format!("savedSearches/{id} update properties.query"),
            format!("metadata/picket-huntingquery-{id} update properties.version properties.customVersion")
        ]
    );
    assert_eq!(plan.changes[0].etag.as_deref(), Some("*"));
    assert_eq!(plan.changes[1].etag.as_deref(), Some("\"0300bf09\""));
}

#[test]
fn identical_content_of_nobody_is_claimed_by_its_record_alone() {
    let wanted = desired(&[&scheduled(ID, "n", "T")]);
    let plan = plan_of(&wanted, &contents(&answers(&wanted, true)));
    assert_eq!(
        actions(&plan),
        [format!("alertRules/{ID} no-op"), format!("metadata/picket-analyticsrule-{ID} create")]
    );
    assert!(plan.has_changes());
    assert_eq!((plan.summary().unchanged, plan.summary().records), (1, 1));
}

#[test]
fn different_content_of_nobody_is_refused_and_can_be_adopted() {
    let there = contents(&answers(&desired(&[&scheduled(ID, "n", "Other")]), false));
    let wanted = desired(&[&scheduled(ID, "n", "T")]);
    let refused = plan_of(&wanted, &there);
    assert_eq!(actions(&refused), [format!("alertRules/{ID} unowned -")]);
    assert!(!refused.has_changes());
    assert_eq!(refused.changes[0].body, None);
    assert_eq!(
        messages(&refused.warnings),
        ["PK805 the analytics rule 'n' exists in the workspace and was not deployed by picket"]
    );
    assert!(refused.warnings[0].help[0].contains("picket adopt"));
    assert!(refused.warnings[0].help[1].contains("--adopt"));

    let adopted = plan(&wanted, &there, &target(), ADOPT);
    assert_eq!(
        actions(&adopted),
        [
            format!("alertRules/{ID} update properties.query"),
            format!("metadata/picket-analyticsrule-{ID} create")
        ]
    );
    assert!(adopted.warnings.is_empty());
}

#[test]
fn content_of_another_project_is_refused_even_when_identical() {
    let wanted = desired(&[&scheduled(ID, "n", "T")]);
    let there = of_other_project(answers(&wanted, false));
    let refused = plan_of(&wanted, &there);
    assert_eq!(actions(&refused), [format!("alertRules/{ID} unowned the picket project 'red'")]);
    let adopted = plan(&wanted, &there, &target(), ADOPT);
    assert_eq!(
        actions(&adopted),
        [
            format!("alertRules/{ID} no-op"),
            format!("metadata/picket-analyticsrule-{ID} update properties.source.sourceId")
        ]
    );
}

#[test]
fn the_solution_that_installed_a_rule_is_named() {
    let wanted = desired(&[&scheduled(ID, "n", "T")]);
    let mut there = contents(&answers(&desired(&[&scheduled(ID, "n", "Other")]), false));
    there.push(Actual {
        key: ResourceKey::new(ResourceKind::Metadata, format!("analyticsrule-{ID}")),
        etag: None,
        body: json!({"properties": {"kind": "AnalyticsRule", "parentId": target().workspace.id_of(&there[0].key),
            "source": {"kind": "Solution", "name": "Threat Intelligence"}}}),
    });
    assert_eq!(
        actions(&plan_of(&wanted, &there)),
        [format!("alertRules/{ID} unowned Solution 'Threat Intelligence'")]
    );
}

#[test]
fn what_is_gone_stays_without_prune_and_goes_with_it() {
    let there = answers(&desired(&[FULL, HUNT]), false);
    let wanted = desired(&[HUNT]);
    let kept = plan_of(&wanted, &there);
    assert!(!kept.has_changes());
    assert_eq!(kept.orphans.len(), 1);
    assert_eq!(kept.orphans[0].display_name, "Remote tool beacons");

    let pruned = plan(&wanted, &there, &target(), PRUNE);
    let deleted: Vec<_> = pruned.pending().collect();
    assert!(deleted.iter().all(|change| change.action == Action::Delete));
    assert_eq!(deleted.len(), 2);
    assert_eq!(deleted[0].key.kind, ResourceKind::AlertRule);
    assert_eq!(deleted[0].api_version, "2025-10-01-preview");
    assert_eq!(deleted[1].depends_on.as_ref(), Some(&deleted[0].key));
    assert!(pruned.orphans.is_empty());
}

#[test]
fn pruning_touches_neither_strangers_nor_other_projects() {
    let unowned = contents(&answers(&desired(&[FULL, HUNT]), false));
    let others = of_other_project(answers(&desired(&[NRT]), false));
    let plan = plan(&[], &[unowned, others].concat(), &target(), PRUNE);
    assert_eq!(actions(&plan), [""; 0]);
}

#[test]
fn content_that_two_projects_claim_is_not_deleted() {
    let mut there = answers(&desired(&[NRT]), false);
    let mut second = records(&of_other_project(there.clone()));
    second[0].key.name = "somewhere-else".into();
    there.extend(second);
    let plan = plan(&[], &there, &target(), PRUNE);
    assert_eq!(actions(&plan), ["metadata/picket-analyticsrule-1a1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f delete"]);
}

#[test]
fn a_record_left_by_an_interrupted_prune_is_removed_by_the_next() {
    let there = records(&answers(&desired(&[NRT]), false));
    assert_eq!(actions(&plan_of(&[], &there)), [""; 0]);
    let plan = plan(&[], &there, &target(), PRUNE);
    assert_eq!(plan.pending().count(), 1);
    assert_eq!(plan.changes[0].depends_on, None);
}

#[test]
fn a_rule_whose_content_was_deleted_by_hand_is_created_again() {
    let wanted = desired(&[NRT]);
    let plan = plan_of(&wanted, &records(&answers(&wanted, true)));
    assert_eq!(plan.changes[0].action, Action::Create);
    assert_eq!(plan.changes[1].action, Action::NoOp);
}

#[test]
fn a_hunt_that_becomes_a_rule_leaves_no_trace_when_pruned() {
    let there = answers(&desired(&[&format!("id: {ID}\nname: n\nkind: Hunting\nquery: T\n")]), false);
    let plan = plan(&desired(&[&scheduled(ID, "n", "T")]), &there, &target(), PRUNE);
    let mut found = actions(&plan);
    found.sort();
    assert_eq!(
        found,
        [
            format!("alertRules/{ID} create"),
            format!("metadata/picket-analyticsrule-{ID} create"),
            format!("metadata/picket-huntingquery-{ID} delete"),
            format!("savedSearches/{ID} delete"),
        ]
    );
}

#[test]
fn dropping_what_only_preview_knows_still_needs_preview() {
    let with_sub = scheduled(ID, "n", "T") + "relevantTechniques: [T1485, T1059.001]\n";
    let without = scheduled(ID, "n", "T") + "relevantTechniques: [T1485, T1059]\n";
    let plan = plan_of(&desired(&[&without]), &answers(&desired(&[&with_sub]), false));
    assert_eq!(actions(&plan)[0], format!("alertRules/{ID} update properties.subTechniques"));
    assert_eq!(plan.changes[0].api_version, "2025-10-01-preview");
    assert_eq!(plan.changes[0].preview_reasons, ["no stable version knows subTechniques"]);
}

#[test]
fn names_meet_whatever_their_case() {
    let wanted = desired(&[&scheduled(ID, "n", "T")]);
    let mut there: Vec<Actual> = wanted.iter().map(|resource| answer(resource, true)).collect();
    there.iter_mut().for_each(|resource| resource.key.name.make_ascii_uppercase());
    assert!(!plan_of(&wanted, &there).has_changes());
    assert_eq!(metadata::key_for(&there[0].key), there[1].key);
}

#[test]
fn adoption_writes_records_alone_and_leaves_the_difference_to_git() {
    let wanted = desired(&[&scheduled(ID, "n", "T"), NRT, HUNT]);
    let mut there = contents(&answers(&desired(&[&scheduled(ID, "n", "Other"), HUNT]), true));
    let mine = answers(&desired(&[NRT]), true);
    there.extend(mine);
    let plan = adoption(&wanted, &there, &target(), &|_| true);
    let record = format!("metadata/picket-analyticsrule-{ID}");
    let hunt = "2b1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f";
    assert_eq!(
        actions(&plan),
        [
            format!("alertRules/{ID} adopt -"),
            format!("savedSearches/{hunt} adopt -"),
            format!("{record} create"),
            format!("metadata/picket-huntingquery-{hunt} create"),
        ]
    );
    assert_eq!(plan.pending().count(), 2, "records");
    for change in plan.pending() {
        let body = change.body.clone().unwrap();
        there.push(Actual { key: change.key.clone(), etag: None, body });
    }
    let next = plan_of(&wanted, &there);
    assert_eq!(actions(&next)[1], format!("alertRules/{ID} update properties.query"));
    assert_eq!(next.changes[1].cause, Some(Cause::Git));
    assert_eq!(next.summary().unchanged, 2);
    assert!(adoption(&wanted, &there, &target(), &|_| true).changes.is_empty());
}

#[test]
fn adoption_leaves_other_projects_and_what_is_not_selected() {
    let wanted = desired(&[&scheduled(ID, "n", "T"), HUNT]);
    let there = of_other_project(answers(&desired(&[&scheduled(ID, "n", "Other")]), false));
    assert!(adoption(&wanted, &there, &target(), &|_| true).changes.is_empty());
    let there = contents(&answers(&wanted, false));
    let plan = adoption(&wanted, &there, &target(), &|it| it.display_name == "n");
    assert_eq!(plan.summary().adopt, 1);
}

#[test]
fn a_detection_that_defender_disabled_itself_is_told_apart_from_one_that_somebody_did() {
    let text = "id: one\ndisplayName: d\nqueryCondition: { queryText: T }\nschedule: { frequency: PT1H }\n\
                detectionAction: { alertTemplate: { title: t, description: d, severity: low, \
                entityMappings: { hosts: [{ deviceIdColumn: DeviceId }] } } }\n";
    let (content, found) = picket::content::read(picket::text::SourceId(0), "content/a.yaml", text);
    assert_eq!(messages(&found), [""; 0]);
    let wanted = picket::plan::desired_content(&content, &target()).0;
    for (status, how) in [
        ("enabled", None),
        ("disabled", Some(picket::plan::DriftKind::Changed)),
        ("autoDisabled", Some(picket::plan::DriftKind::AutoDisabled)),
    ] {
        let mut body = wanted[0].body.clone();
        body["status"] = status.into();
        let there = [picket::plan::Actual { key: wanted[0].key.clone(), etag: None, body }];
        let drift = picket::plan::drift(&wanted, &there, &target(), &|_| true);
        assert_eq!(drift.drifted.first().map(|it| it.how), how, "{status}");
    }
}
