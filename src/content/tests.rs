use super::*;

const ASSETS: &str = "\
alias: HighValueAssets
name: High value assets
description: Servers that matter
searchKey: Host
labels: [soc]
defaultDuration: 90d
items: assets.csv
";

fn codes(findings: &[Diagnostic]) -> Vec<(&str, &str)> {
    findings.iter().map(|finding| (finding.code, finding.message.as_str())).collect()
}

fn watchlist(text: &str) -> Watchlist {
    let (mut content, findings) = read(SourceId::default(), "content/assets.yaml", text);
    assert_eq!(codes(&findings), []);
    match content.pop() {
        Some(Content::Watchlist(list)) => list,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_watchlist_has_its_items_from_a_file() {
    let mut list = watchlist(ASSETS);
    assert_eq!((list.alias.value.as_str(), list.file.value.as_str()), ("HighValueAssets", "assets.csv"));
    assert_eq!(list.default_duration.map(|duration| duration.iso()), Some("P90D".to_owned()));
    assert_eq!(codes(&list.fill(SourceId(1), "\u{feff}Host,Owner\r\nsrv1,Ann\r\n")), []);
    assert_eq!((list.items.rows, list.columns().collect::<Vec<_>>()), (1, vec!["Host", "Owner"]));
}

#[test]
fn items_that_would_be_refused_or_shifted_are_found() {
    let mut list = watchlist(ASSETS);
    let findings = list.fill(SourceId(1), "Server,Owner\nsrv1,Ann,Finance\n");
    assert_eq!(
        codes(&findings),
        [
            ("PK921", "the search key `Host` is no column of the items"),
            ("PK921", "the row has 3 values for 2 columns"),
        ]
    );
    assert_eq!(findings[1].primary.span.range, crate::text::TextRange::new(13, 29));
    assert_eq!(list.fill(SourceId(1), "").len(), 1);
    let large = format!("Host\n{}", "srv1234567\n".repeat(360_000));
    assert!(list.fill(SourceId(1), &large)[0].message.contains("3.8 MB"));
}

#[test]
fn what_lacks_a_key_or_has_an_unknown_one_is_found() {
    let of = |text: &str| {
        let (content, findings) = read(SourceId::default(), "x.yaml", text);
        (content.len(), findings.into_iter().map(|finding| finding.message).collect::<Vec<_>>())
    };
    assert_eq!(
        of("alias: A\nname: N\nitems: a.csv\n"),
        (0, vec!["the watchlist has no `searchKey`".to_owned()])
    );
    let (read, found) = of(&format!("{ASSETS}searchkey: x\n"));
    assert_eq!((read, found), (1, vec!["unknown key `searchkey` of the watchlist".to_owned()]));
    assert_eq!(of("alias: a b\nname: N\nsearchKey: K\nitems: a.csv\n").0, 0);
    assert_eq!(of("what: this\n"), (0, vec!["there is nothing to deploy here".to_owned()]));
    assert_eq!(of("name: 1F\nbody: T\n").0, 0);
}

#[test]
fn functions_come_from_kql_and_from_yaml() {
    let kql = "// function: Recent(since: timespan = 1d)\nSigninLogs | where TimeGenerated > ago(since)\n";
    let command = ".create-or-alter function Recent(since: timespan = 1d) {\n T\n}\n";
    let of = |name: &str, text: &str| match read(SourceId::default(), name, text).0.pop() {
        Some(Content::Function(function)) => (function.alias, function.parameters, function.body),
        other => panic!("{other:?}"),
    };
    let (alias, parameters, body) = of("content/x.kql", kql);
    assert_eq!((alias.as_str(), parameters.as_str()), ("Recent", "since: timespan = 1d"));
    assert!(body.ends_with("ago(since)"), "{body}");
    assert_eq!(of("x.kql", command).2, "T", "without braces");
    let yaml = "name: Recent\nparameters: (since:timespan=1d)\nbody: |\n  SigninLogs\n  | take 1\n";
    assert_eq!(
        of("x.yaml", yaml),
        ("Recent".into(), "since:timespan=1d".into(), "SigninLogs\n| take 1".into())
    );
}

const CLOSE: &str = "\
id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
name: Close incidents of tests
order: 10
triggeringLogic:
  triggersOn: Incidents
  triggersWhen: created
  conditions:
    - conditionType: Property
      conditionProperties:
        propertyName: IncidentTitle
        operator: Contains
        propertyValues: [test]
actions:
  - actionType: ModifyProperties
    actionConfiguration: { status: Closed, classification: Undetermined }
";

#[test]
fn automation_rules_are_held_against_the_words_of_the_service() {
    let of = |text: &str| {
        let (content, findings) = read(SourceId::default(), "x.yaml", text);
        (content, findings.into_iter().map(|finding| finding.message).collect::<Vec<_>>())
    };
    let (content, found) = of(CLOSE);
    assert_eq!(found, Vec::<String>::new());
    let Some(Content::AutomationRule(rule)) = content.first() else { panic!("{content:?}") };
    assert_eq!(
        (rule.order, &rule.triggering["isEnabled"], &rule.actions[0]["order"]),
        (10, &true.into(), &1.into())
    );
    for (from, to, message) in [
        ("Incidents", "Incident", "`triggersOn` cannot be `Incident`"),
        ("status: Closed", "status: Done", "`status` cannot be `Done`"),
        ("conditionType: Property", "conditionType: Prop", "`conditionType` cannot be `Prop`"),
        ("order: 10", "order: 1001", "`order` is no whole number from 1 to 1000"),
        ("  - actionType: Mod", "  - type: x\n    actionType: Mod", "unknown key `type` of the action"),
        ("  triggersOn: Incidents\n", "", "the triggering logic has no `triggersOn`"),
    ] {
        let (content, found) = of(&CLOSE.replace(from, to));
        assert!(content.is_empty() && found.iter().any(|it| it == message), "{message}: {found:?}");
    }
}

#[test]
fn rules_of_the_service_need_their_template_or_product() {
    let of = |text: &str| {
        let (content, findings) = read(SourceId::default(), "x.yaml", text);
        (content.len(), findings.into_iter().map(|finding| finding.message).collect::<Vec<_>>())
    };
    let fusion = "kind: Fusion\nid: BuiltInFusion\nalertRuleTemplateName: f71aba3d\nenabled: false\n";
    assert_eq!(of(fusion), (1, Vec::new()));
    let (read, found) = of("kind: Fusion\nid: BuiltInFusion\n");
    assert_eq!((read, found), (0, vec!["the rule has no `alertRuleTemplateName`".to_owned()]));
    let incidents =
        "kind: MicrosoftSecurityIncidentCreation\nid: a\nname: n\nproductFilter: azure security center\n";
    assert_eq!(of(incidents), (1, Vec::new()));
    let (_, found) = of(&incidents.replace("azure security center", "Azure Center"));
    assert_eq!(found, ["`productFilter` cannot be `Azure Center`"]);
}
