//! What holds for all rules.

use picket::plan::{self, Action, PlanOptions};
use picket::report::{PLAN_COMMENT_LENGTH, plan_json, plan_markdown, read_plan_json};
use picket::rule::Rule;
use picket::text::SourceMap;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::support::{answers, plan_of, rules, target};

fn words(known: &'static [&'static str]) -> impl Strategy<Value = Value> {
    vec(select(known), 0..4).prop_map(|items| json!(items))
}

fn text() -> impl Strategy<Value = Value> {
    "[ -~äß\\n\\t]{0,30}".prop_map(Value::from)
}

fn column() -> impl Strategy<Value = Value> {
    "[A-Za-z_][A-Za-z0-9_]{0,8}".prop_map(Value::from)
}

fn duration() -> impl Strategy<Value = Value> {
    select(&["5m", "1h", "90m", "PT1H", "P1D", "PT36H", "14d", "24h"][..]).prop_map(Value::from)
}

fn entity() -> impl Strategy<Value = Value> {
    let field = (select(&["FullName", "Address", "Name"][..]), column())
        .prop_map(|(identifier, column)| json!({"identifier": identifier, "columnName": column}));
    (select(&["Account", "ip", "Host", "URL"][..]), vec(field, 1..3))
        .prop_map(|(entity, fields)| json!({"entityType": entity, "fieldMappings": fields}))
}

fn grouping() -> impl Strategy<Value = Value> {
    let grouping = (
        any::<bool>(),
        of(duration()),
        of(select(&["AllEntities", "selected"][..])),
        of(words(&["Host", "IP"])),
    );
    (any::<bool>(), of(grouping)).prop_map(|(create, grouping)| {
        let mut incidents = json!({"createIncident": create});
        if let Some((enabled, lookback, method, entities)) = grouping {
            let mut inner = json!({"enabled": enabled});
            put(&mut inner, "lookbackDuration", lookback);
            put(&mut inner, "matchingMethod", method.map(Value::from));
            put(&mut inner, "groupByEntities", entities);
            incidents["groupingConfiguration"] = inner;
        }
        incidents
    })
}

fn put(object: &mut Value, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        object[name] = value;
    }
}

/// Optional fields by name.
fn optional() -> impl Strategy<Value = Map<String, Value>> {
    let field = |name: &'static str, value: BoxedStrategy<Value>| {
        of(value).prop_map(move |value| value.map(|value| (name.to_owned(), value)))
    };
    let connectors = vec((column(), vec(column(), 0..3)), 0..3).prop_map(|items| {
        items.into_iter().map(|(id, types)| json!({"connectorId": id, "dataTypes": types})).collect()
    });
    let details = vec((column(), column()), 0..3).prop_map(|items| {
        Value::Object(
            items
                .into_iter()
                .map(|(name, column)| (name.as_str().unwrap_or_default().to_owned(), column))
                .collect(),
        )
    });
    let overrides = (of(text()), of(column()), vec(column(), 0..3)).prop_map(|(format, severity, links)| {
        let mut out = json!({"alertDynamicProperties": links.iter()
            .map(|link| json!({"alertProperty": "AlertLink", "value": link})).collect::<Vec<_>>()});
        put(&mut out, "alertDisplayNameFormat", format);
        put(&mut out, "alertSeverityColumnName", severity);
        out
    });
    let fields = vec![
        field("version", "[0-9]\\.[0-9]\\.[0-9]".prop_map(Value::from).boxed()).boxed(),
        field("description", text().boxed()).boxed(),
        field("enabled", any::<bool>().prop_map(Value::from).boxed()).boxed(),
        field("author", text().boxed()).boxed(),
        field("suppressionEnabled", any::<bool>().prop_map(Value::from).boxed()).boxed(),
        field("suppressionDuration", duration().boxed()).boxed(),
        field("tactics", words(&["Impact", "command and control", "Execution", "notactic"]).boxed()).boxed(),
        field(
            "relevantTechniques",
            words(&["T1059", "T1059.001", "t1485", "T1485", "T1059.003", "x"]).boxed(),
        )
        .boxed(),
        field("entityMappings", vec(entity(), 0..4).prop_map(Value::from).boxed()).boxed(),
        field("customDetails", details.boxed()).boxed(),
        field("alertDetailsOverride", overrides.boxed()).boxed(),
        field(
            "eventGroupingSettings",
            select(&["SingleAlert", "alertPerResult"][..])
                .prop_map(|kind| json!({"aggregationKind": kind}))
                .boxed(),
        )
        .boxed(),
        field("incidentConfiguration", grouping().boxed()).boxed(),
        field("requiredDataConnectors", connectors.boxed()).boxed(),
        field("tags", vec(column(), 0..3).prop_map(Value::from).boxed()).boxed(),
        field("alertRuleTemplateName", column().boxed()).boxed(),
        field("templateVersion", "[0-9]\\.[0-9]\\.[0-9]".prop_map(Value::from).boxed()).boxed(),
    ];
    fields.prop_map(|fields| fields.into_iter().flatten().collect())
}

/// The text of a rule file. JSON is YAML.
fn rule_text() -> impl Strategy<Value = String> {
    let id = (0_u32..64).prop_map(|number| format!("{number:08x}-4a5b-4c6d-8e7f-9a0b1c2d3e4f"));
    let kind = select(&["Scheduled", "NRT", "Hunting"][..]);
    let query = "[A-Z][ -~ä\\n]{0,40}";
    (id, kind, "[A-Z][ -~ä]{0,20}", query, optional(), duration()).prop_map(
        |(id, kind, name, query, rest, every)| {
            let mut rule = json!({"id": id, "kind": kind, "name": name, "query": query, "severity": "Low"});
            if kind == "Scheduled" {
                rule["queryFrequency"] = every.clone();
                rule["queryPeriod"] = every;
                rule["triggerOperator"] = json!("gt");
                rule["triggerThreshold"] = json!(3);
            }
            for (name, value) in rest {
                rule[name] = value;
            }
            rule.to_string()
        },
    )
}

fn project() -> impl Strategy<Value = (SourceMap, Vec<Rule>)> {
    vec(rule_text(), 0..8).prop_map(|texts| {
        let (sources, rules) = rules(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(rules.len(), texts.len(), "every text is a rule: {texts:#?}");
        (sources, rules)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_deployed_needs_nothing((_, rules) in project(), respell in any::<bool>()) {
        let (desired, _) = plan::desired(&rules, &target());
        let first = plan_of(&desired, &[]);
        prop_assert!(first.changes.iter().all(|change| change.action == Action::Create));
        prop_assert_eq!(first.changes.len(), desired.len());
        let second = plan_of(&desired, &answers(&desired, respell));
        for change in &second.changes {
            prop_assert_eq!(&change.action, &Action::NoOp, "{}", change.key);
        }
        prop_assert!(second.warnings.is_empty() && second.orphans.is_empty());
    }

    #[test]
    fn no_rule_is_dropped_silently((_, rules) in project()) {
        let (desired, findings) = plan::desired(&rules, &target());
        let refused = findings.iter().filter(|finding| matches!(finding.code, "PK801" | "PK802")).count();
        prop_assert_eq!(desired.len(), 2 * (rules.len() - refused));
    }

    #[test]
    fn order_of_input_is_no_matter(
        ((_, rules), (_, before)) in (project(), project()),
        seed in any::<u64>(),
        prune in any::<bool>(),
        adopt in any::<bool>(),
    ) {
        let options = PlanOptions { prune, adopt };
        let (desired, findings) = plan::desired(&rules, &target());
        let actual = answers(&plan::desired(&before, &target()).0, false);
        let plan = plan::plan(&desired, &actual, &target(), options);
        let shuffled = shuffle(&rules, seed);
        prop_assert_eq!(plan::desired(&shuffled, &target()), (desired.clone(), findings));
        let again = plan::plan(&shuffle(&desired, seed), &shuffle(&actual, !seed), &target(), options);
        prop_assert_eq!(again, plan);
    }

    #[test]
    fn strangers_are_never_touched(
        ((_, rules), (_, before)) in (project(), project()),
        prune in any::<bool>(),
    ) {
        let (desired, _) = plan::desired(&rules, &target());
        let mut actual = answers(&plan::desired(&before, &target()).0, false);
        for resource in &mut actual {
            if let Some(source) = resource.body["properties"].get_mut("source") {
                source["sourceId"] = json!("another project");
            }
        }
        let plan = plan::plan(&desired, &actual, &target(), PlanOptions { prune, adopt: false });
        for change in plan.pending() {
            prop_assert_eq!(&change.action, &Action::Create);
            prop_assert!(actual.iter().all(|resource| resource.key != change.key));
        }
    }

    #[test]
    fn carrying_a_plan_out_leaves_nothing_to_do(
        ((_, rules), (_, before)) in (project(), project()),
        respell in any::<bool>(),
    ) {
        let options = PlanOptions { prune: true, adopt: true };
        let (desired, _) = plan::desired(&rules, &target());
        let mut actual = answers(&plan::desired(&before, &target()).0, respell);
        let first = plan::plan(&desired, &actual, &target(), options);
        for change in first.pending() {
            actual.retain(|resource| resource.key != change.key);
            let wanted = desired.iter().filter(|wanted| wanted.key == change.key && change.action != Action::Delete);
            actual.extend(answers(&wanted.cloned().collect::<Vec<_>>(), respell));
        }
        let second = plan::plan(&desired, &actual, &target(), options);
        prop_assert!(!second.has_changes(), "{:#?}", second.pending().collect::<Vec<_>>());
        prop_assert_eq!(actual.len(), desired.len());
    }

    /// A run of a kept plan can end anywhere: the next does the rest. What somebody else wrote meanwhile is named.
    #[test]
    fn a_kept_plan_is_completed_after_any_end_and_refused_after_any_edit(
        ((_, rules), (_, before)) in (project(), project()),
        end in any::<proptest::sample::Index>(),
        edited in any::<proptest::sample::Index>(),
    ) {
        let options = PlanOptions { prune: true, adopt: true };
        let (desired, _) = plan::desired(&rules, &target());
        let mut actual = answers(&plan::desired(&before, &target()).0, false);
        let kept = plan::plan(&desired, &actual, &target(), options);
        prop_assert_eq!(plan::recheck(&kept, &actual).map(|plan| plan.changes), Ok(kept.changes.clone()));
        let pending: Vec<_> = kept.pending().cloned().collect();
        if pending.is_empty() {
            return Ok(());
        }
        let (done, open) = pending.split_at(end.index(pending.len()));
        for change in done {
            actual.retain(|resource| resource.key != change.key);
            let wanted = desired.iter().filter(|wanted| wanted.key == change.key && change.action != Action::Delete);
            actual.extend(answers(&wanted.cloned().collect::<Vec<_>>(), false));
        }
        let rest = plan::recheck(&kept, &actual).expect("nobody else wrote");
        let left: Vec<_> = rest.pending().map(|change| change.key.clone()).collect();
        prop_assert_eq!(left, open.iter().map(|change| change.key.clone()).collect::<Vec<_>>());

        let change = &open[edited.index(open.len())];
        match actual.iter_mut().find(|resource| resource.key == change.key) {
            Some(resource) => resource.body["properties"]["displayName"] = json!("edited by hand"),
            None if change.action == Action::Create => {
                let wanted = desired.iter().find(|wanted| wanted.key == change.key).expect("it is wanted");
                let mut made = answers(std::slice::from_ref(wanted), false).remove(0);
                made.body["properties"]["query"] = json!("made by hand");
                made.body["properties"]["version"] = json!("made by hand");
                actual.push(made);
            }
            None => return Ok(()),
        }
        if change.is_content() {
            let moved = plan::recheck(&kept, &actual).expect_err("somebody wrote");
            prop_assert_eq!(moved.iter().map(|it| &it.key).collect::<Vec<_>>(), [&change.key]);
        }
    }

    #[test]
    fn a_part_of_a_plan_is_the_plan_without_the_rest(
        ((_, rules), (_, before)) in (project(), project()),
        prune in any::<bool>(),
        part in any::<u8>(),
    ) {
        let options = PlanOptions { prune, adopt: true };
        let (desired, _) = plan::desired(&rules, &target());
        let actual = answers(&plan::desired(&before, &target()).0, false);
        let whole = plan::plan(&desired, &actual, &target(), options);
        let kept = |key: &picket::arm::ResourceKey| key.name.bytes().fold(part, u8::wrapping_add) % 2 == 0;
        let some = plan::plan_part(&desired, &actual, &target(), options, &plan::Begun::new(), &|it| kept(it.key));
        let expected: Vec<_> = whole
            .changes
            .iter()
            .filter(|change| kept(if change.is_content() { &change.key } else { change.depends_on.as_ref().unwrap_or(&change.key) }))
            .cloned()
            .collect();
        prop_assert_eq!(some.changes, expected);
        prop_assert_eq!(some.owned, whole.owned);
    }

    #[test]
    fn plans_read_back_and_comments_balance(
        ((sources, rules), (_, before)) in (project(), project()),
    ) {
        let (desired, _) = plan::desired(&rules, &target());
        let actual = answers(&plan::desired(&before, &target()).0, false);
        let mut plan = plan::plan(&desired, &actual, &target(), PlanOptions { prune: true, adopt: false });
        let read = read_plan_json(&plan_json(&plan, &sources)).expect("a plan reads back");
        let comment = plan_markdown(&plan, PLAN_COMMENT_LENGTH);
        prop_assert!(comment.len() < PLAN_COMMENT_LENGTH + 200);
        plan.warnings.clear();
        plan.changes.iter_mut().for_each(|change| change.origin = None);
        prop_assert_eq!(read, plan);
    }
}

/// The same items in an order that `seed` decides.
fn shuffle<T: Clone>(items: &[T], mut seed: u64) -> Vec<T> {
    let mut items = items.to_vec();
    for end in (1..items.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = usize::try_from(seed >> 33).unwrap_or_default() % (end + 1);
        items.swap(at, end);
    }
    items
}
