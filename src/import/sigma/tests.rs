//! Whatever a rule of Sigma says, what comes of it is a sound query.

use proptest::prelude::*;

use super::*;
use crate::catalog::kql::KqlCatalog;
use crate::diag::Severity;
use crate::kql::bind::{Arena, bind};
use crate::kql::syntax::parse;
use crate::text::SourceId;

fn imported(text: &str) -> ImportedFile {
    let (documents, _) = crate::yaml::parse(SourceId(0), text);
    import_sigma("a/b.yml", text, &documents)
}

/// The errors of a rule and of its query.
fn errors(text: &str) -> Vec<String> {
    let (rules, findings) = crate::rule::read(SourceId(0), text);
    let mut found: Vec<String> = findings.into_iter().map(|finding| finding.message).collect();
    let query = rules[0].query.as_ref().unwrap().text().to_owned();
    let (tree, syntax) = parse(query.as_str());
    let arena = Arena::new();
    let bound = bind(&tree, KqlCatalog::builtin(), &arena);
    let all = syntax.iter().chain(bound.diagnostics());
    found
        .extend(all.filter(|it| it.severity == Severity::Error).map(|it| format!("{}: {query}", it.message)));
    found
}

fn any_value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z\"'*?\\\\/ -]{0,12}",
        Just(r"HKLM\System\CurrentControlSet\x".to_owned()),
        Just(r"DOMAIN\user".to_owned()),
        Just("10.0.0.0/8".to_owned()),
        Just("SHA1=da39a3ee5e6b4b0d3255bfef95601890afd80709".to_owned()),
        Just("a\nb".to_owned()),
        any::<u16>().prop_map(|number| number.to_string()),
    ]
}

fn any_item() -> impl Strategy<Value = String> {
    let fields = prop::sample::select(vec![
        "Image",
        "CommandLine",
        "TargetObject",
        "Details",
        "DestinationPort",
        "DestinationIp",
        "EventID",
        "User",
        "Hashes",
        "TargetFilename",
        "odd field-1.x",
        "Data",
        "ScriptBlockText",
        "ResultType",
        "Status",
        "eventName",
        "Initiated",
        "LogonType",
    ]);
    let modifiers = prop::sample::subsequence(
        vec![
            "wide",
            "base64",
            "base64offset",
            "windash",
            "contains",
            "startswith",
            "endswith",
            "all",
            "cased",
            "re",
            "cidr",
            "exists",
            "gt",
            "neq",
        ],
        0..3,
    );
    let values = prop::collection::vec(any_value(), 1..4);
    (fields, modifiers, values).prop_map(|(field, modifiers, values)| {
        let key = [vec![field], modifiers].concat().join("|");
        let values: Vec<String> = values.iter().map(|value| serde_json::to_string(value).unwrap()).collect();
        format!("    {}: [{}]\n", serde_json::to_string(&key).unwrap(), values.join(", "))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_rule_gives_a_sound_query_or_a_reason(
        source in 0..Catalog::builtin().sigma().sources().len(),
        items in prop::collection::vec(any_item(), 1..4),
        condition in prop::sample::select(vec!["all of them", "1 of s*", "not s0", "s0 and not 1 of s*"]),
    ) {
        let logs = &Catalog::builtin().sigma().sources()[source];
        let parts = [("product", logs.product), ("category", logs.category), ("service", logs.service)];
        let parts: Vec<String> =
            parts.iter().filter(|part| !part.1.is_empty()).map(|(key, part)| format!("{key}: {part}")).collect();
        let mut text = format!("title: T\nlevel: low\nlogsource: {{{}}}\ndetection:\n  condition: {condition}\n", parts.join(", "));
        for (at, item) in items.iter().enumerate() {
            // A name twice in one mapping is another matter.
            text.push_str(&format!("  s{at}:\n{item}"));
        }
        let imported = imported(&text);
        prop_assert_eq!(imported.rules.len() + imported.skipped.len(), 1, "{}", text);
        for rule in &imported.rules {
            prop_assert_eq!(errors(&rule.text), Vec::<String>::new(), "{}", text);
        }
    }
}

#[test]
fn what_leaves_nothing_to_look_for_in_base64_is_a_reason() {
    for (value, skipped) in [("", 1), ("a", 1), ("ab", 0)] {
        let text = format!(
            "title: T\nlevel: low\nlogsource: {{product: windows, category: process_creation}}\n\
             detection:\n  condition: s\n  s:\n    'CommandLine|base64offset|contains': ['{value}']\n"
        );
        assert_eq!(imported(&text).skipped.len(), skipped, "{value:?}");
    }
}

#[test]
fn every_log_source_can_be_translated() {
    for logs in Catalog::builtin().sigma().sources() {
        let head = format!(
            "title: T\nlevel: low\nlogsource: {{product: '{}', category: '{}', service: '{}'}}\ndetection:\n  condition: s\n",
            logs.product, logs.category, logs.service
        );
        let known = [
            "Image|exists: true",
            "EventID: 1",
            "query: a",
            "cs-host: a",
            "c-uri: a",
            "Category: a",
            "riskEventType: a",
            "operationName: a",
            "Operation: a",
            "eventName: a",
            "eventType: a",
            "gcp.audit.method_name: a",
            "action: a",
            "verb: a",
            "message: a",
            "ImageLoaded: a",
            "Signature: a",
            "ResultType: 1",
        ];
        let rules: Vec<_> =
            known.iter().flat_map(|item| imported(&format!("{head}  s: {{{item}}}\n")).rules).collect();
        assert!(!rules.is_empty(), "{logs:?}");
        for rule in rules {
            assert_eq!(errors(&rule.text), Vec::<String>::new());
        }
    }
}
