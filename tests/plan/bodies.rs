//! The bodies that rules become.

use picket::plan;
use serde_json::json;

use crate::support::{FULL, HUNT, NRT, desired, messages, rules, scheduled, target};

#[test]
fn every_field_of_a_scheduled_rule_has_its_place() {
    let resources = desired(&[FULL]);
    assert_eq!(resources.len(), 2);
    assert_eq!(resources[0].api_version, "2025-10-01-preview");
    insta::assert_snapshot!(format!("{:#}\n{:#}", resources[0].body, resources[1].body));
}

#[test]
fn an_nrt_rule_has_no_schedule_and_gets_the_defaults() {
    let resources = desired(&[NRT]);
    assert_eq!(resources[0].api_version, "2025-10-01-preview");
    insta::assert_snapshot!(format!("{:#}", resources[0].body));
}

#[test]
fn a_hunting_query_is_a_saved_search_with_tags() {
    let resources = desired(&[HUNT]);
    assert_eq!(resources[0].api_version, "2026-03-01");
    insta::assert_snapshot!(format!("{:#}\n{:#}", resources[0].body, resources[1].body));
}

#[test]
fn a_plain_scheduled_rule_speaks_the_stable_version() {
    let text = scheduled("3c1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f", "n", "T");
    let resources = desired(&[&text]);
    assert_eq!(resources[0].api_version, "2025-09-01");
    assert_eq!(resources[1].api_version, "2025-09-01");
    assert_eq!(resources[0].body["properties"]["suppressionDuration"], "PT5H");
    assert_eq!(resources[0].body["properties"]["suppressionEnabled"], false);
    assert_eq!(resources[0].body["properties"].get("templateVersion"), None);
}

#[test]
fn the_query_is_sent_as_it_is_written() {
    let query = "T\r\n\n| where a == \"\\\\x\"  \n";
    let text = scheduled("3c1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f", "n", query);
    assert_eq!(desired(&[&text])[0].body["properties"]["query"], query);
}

#[test]
fn a_rule_that_cannot_be_written_is_named_not_dropped() {
    let texts = [
        "name: No id\nkind: Hunting\nquery: T\n",
        "id: 3c1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f\nname: No query\nkind: Hunting\nquery: T\n",
        "id: 4c1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f\nname: Blank query\nkind: Hunting\nquery: ' '\n",
        "id: 5c1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f\nname: No schedule\nkind: Scheduled\nseverity: Low\nquery: T\n",
        "id: a/../b\nname: Bad id\nkind: Hunting\nquery: T\n",
        "id: '..'\nname: Dots\nkind: Hunting\nquery: T\n",
    ];
    let (_, mut rules) = rules(&texts);
    rules[1].query = None;
    let (resources, findings) = plan::desired(&rules, &target());
    assert!(resources.is_empty(), "{resources:?}");
    let mut found = messages(&findings);
    found.sort();
    assert_eq!(
        found,
        [
            "PK801 the rule 'Bad id' has an id that cannot name a resource",
            "PK801 the rule 'Blank query' cannot be deployed without query",
            "PK801 the rule 'Dots' has an id that cannot name a resource",
            "PK801 the rule 'No id' cannot be deployed without id",
            "PK801 the rule 'No query' cannot be deployed without query",
            "PK801 the rule 'No schedule' cannot be deployed without queryFrequency, queryPeriod, \
             triggerOperator, triggerThreshold",
        ]
    );
}

#[test]
fn the_first_of_two_rules_with_one_id_is_kept_whatever_the_order() {
    let id = "3c1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f";
    let (first, second) = (scheduled(id, "First", "A"), scheduled(&id.to_uppercase(), "Second", "B"));
    let (_, mut both) = rules(&[&first, &second]);
    let forward = plan::desired(&both, &target());
    both.reverse();
    assert_eq!(plan::desired(&both, &target()), forward);
    assert_eq!(messages(&forward.1), ["PK802 the id of 'Second' is taken by 'First'"]);
    assert_eq!(forward.1[0].secondary.len(), 1);
    assert_eq!(forward.0[0].body["properties"]["query"], "A");
}

#[test]
fn fields_without_a_place_are_said_to_be_left_out() {
    let text = scheduled("3c1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f", "n", "T")
        + "startTimeUtc: 2026-12-01T00:00:00Z\ntemplateVersion: 1.0.0\n";
    let hunt = format!("{HUNT}enabled: false\n");
    let (resources, findings) = plan::desired(&rules(&[&text, &hunt]).1, &target());
    assert_eq!(resources.len(), 4);
    assert!(findings.iter().all(|finding| finding.code == "PK804"));
    assert_eq!(
        messages(&findings),
        [
            "PK804 startTimeUtc is left out: the API has no place for it",
            "PK804 templateVersion is left out: the service refuses it without alertRuleTemplateName",
            "PK804 a hunting query cannot be disabled: it only runs when someone runs it",
        ]
    );
    assert_eq!(resources[0].body["properties"].get("startTimeUtc"), None);
    assert_eq!(resources[0].body["properties"].get("templateVersion"), None);
}

#[test]
fn facts_of_the_wrong_form_do_not_reach_the_record() {
    let text = scheduled("3c1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f", "n", "T")
        + "metadata:\n  author: A catalog\n  support: [no, tier]\n  categories: 7\n";
    let resources = desired(&[&text]);
    let record = &resources[1].body["properties"];
    assert_eq!(record["author"], json!({"name": "A catalog"}));
    assert_eq!((record.get("support"), record.get("categories")), (None, None));
}
