//! Changed values in YAML files that keep their comments.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails this way")]

use picket::text::SourceId;
use picket::yaml::emit::{self, Value};
use picket::yaml::parse;
use picket::yaml::patch::{Change, Place, patch};
use proptest::prelude::*;

const RULE: &str = "\
# Owned by the identity team.
id: 11111111-2222-3333-4444-555555555555   # never change this
name: 'Rule A'
severity: Medium # reviewed in May

tactics:
- InitialAccess   # first
# and then
- Persistence
incidentConfiguration:
    createIncident: true # yes
    groupingConfiguration:
        enabled: false
        lookbackDuration: 5h
query: |
    // who signs in
    SigninLogs
    | where ResultType == \"0\"

# what is known
falsePositives: []
entityMappings:
  - entityType: Account # who
    fieldMappings:
      - identifier: FullName
        columnName: UserPrincipalName
  - entityType: IP
    fieldMappings:
      - { identifier: Address, columnName: IPAddress }
";

fn text(text: &str) -> Value {
    Value::text(text)
}

fn order(key: &str) -> usize {
    const KEYS: [&str; 8] =
        ["id", "name", "severity", "enabled", "tactics", "query", "entityMappings", "incidentConfiguration"];
    KEYS.iter().position(|known| *known == key).unwrap_or(KEYS.len())
}

fn set(text: &str, key: &str, value: Option<&Value>) -> Option<String> {
    patch(text, Place::top(0), &[Change { key: key.to_owned(), value }], &order)
}

#[test]
fn what_does_not_change_keeps_its_bytes() {
    let plain = |text: &str| Value::Plain(text.to_owned());
    let mapping = |identifier: &str, column: &str| {
        Value::mapping([("identifier", text(identifier)), ("columnName", text(column))])
    };
    let entity = |ty: &str, fields: Vec<Value>| {
        Value::mapping([("entityType", text(ty)), ("fieldMappings", Value::sequence(fields))])
    };
    let grouping = Value::mapping([("enabled", plain("true")), ("lookbackDuration", text("5h"))]);
    let incident = Value::mapping([("createIncident", plain("true")), ("groupingConfiguration", grouping)]);
    let cases: [(&str, &str, Option<Value>); 12] = [
        ("a_scalar", "severity", Some(text("High"))),
        ("a_new_entry", "enabled", Some(plain("false"))),
        ("an_entry_at_the_end", "references", Some(Value::sequence([text("https://example.com")]))),
        ("a_removed_entry", "severity", None),
        ("a_removed_block", "query", None),
        (
            "an_item_between",
            "tactics",
            Some(Value::sequence(["InitialAccess", "Execution", "Persistence"].map(text))),
        ),
        ("an_item_less", "tactics", Some(Value::sequence(["Persistence"].map(text)))),
        ("a_nested_scalar", "incidentConfiguration", Some(incident)),
        ("a_query", "query", Some(Value::Block("SigninLogs\n| take 5\n".to_owned()))),
        ("a_block_in_place_of_a_scalar", "severity", Some(Value::Block("two\nlines\n".to_owned()))),
        (
            "a_column",
            "entityMappings",
            Some(Value::sequence([
                entity("Account", vec![mapping("FullName", "Account")]),
                entity("IP", vec![mapping("Address", "ClientIP"), mapping("Other", "X")]),
            ])),
        ),
        ("a_list_in_place_of_none", "falsePositives", Some(Value::sequence([text("a scanner")]))),
    ];
    for (name, key, value) in cases {
        let patched = set(RULE, key, value.as_ref()).expect(name);
        let diff = similar::TextDiff::from_lines(RULE, &patched);
        insta::assert_snapshot!(format!("patch_{name}"), diff.unified_diff().context_radius(1).to_string());
        // The same again changes nothing.
        assert_eq!(set(&patched, key, value.as_ref()).as_deref(), Some(patched.as_str()), "{name}");
    }
}

#[test]
fn line_endings_and_a_missing_last_one_stay_as_they_are() {
    let windows = "name: a\r\nseverity: Low\r\n";
    let high = text("High");
    assert_eq!(set(windows, "severity", Some(&high)).unwrap(), "name: a\r\nseverity: High\r\n");
    let tactics = Value::sequence([text("Impact")]);
    assert_eq!(
        set(windows, "tactics", Some(&tactics)).unwrap(),
        "name: a\r\nseverity: Low\r\ntactics:\r\n  - Impact\r\n"
    );
    assert_eq!(set("name: a", "severity", Some(&high)).unwrap(), "name: a\nseverity: High");
}

#[test]
fn what_cannot_be_changed_alone_is_refused() {
    let high = text("High");
    for text in ["{name: a, severity: Low}", "- severity: Low", "a: &x Low\nseverity: &y Low\nb: *y\n", ""] {
        assert_eq!(set(text, "severity", Some(&high)), None, "{text}");
    }
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[a-zA-Z0-9#:'\" {}-]{0,12}".prop_map(Value::Text),
        "[a-z ]{1,6}\\n[a-z #]{0,6}(\\n[a-z]{0,3})?".prop_map(Value::Block),
        prop_oneof![Just("true"), Just("false"), Just("12")].prop_map(|text| Value::Plain(text.to_owned())),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::sequence),
            proptest::collection::btree_map("[a-c]", inner, 0..4).prop_map(Value::mapping),
        ]
    })
}

/// A file of these values, with comments on lines of their own between its entries.
fn file(entries: &[(String, Value)]) -> String {
    let mut out = String::new();
    for (at, (key, value)) in entries.iter().enumerate() {
        out.push_str(&format!("# comment {at}\n"));
        out.push_str(&emit::document(&Value::mapping([(key.clone(), value.clone())])));
    }
    out
}

proptest! {
    #[test]
    fn the_result_means_what_is_wanted_and_keeps_all_else(
        values in proptest::collection::vec(value(), 3),
        new in proptest::option::of(value()),
        at in 0_usize..4,
    ) {
        let entries: Vec<(String, Value)> =
            ["k", "l", "m"].map(str::to_owned).into_iter().zip(values).collect();
        let text = file(&entries);
        let key = ["k", "l", "m", "n"][at];
        let patched = set(&text, key, new.as_ref());
        prop_assert!(patched.is_some(), "{text}\n{key}: {new:?}");
        let patched = patched.unwrap();
        // Everything before the entry, and everything from the comment after it on, is as it was.
        let start = text.find(&format!("# comment {at}\n")).unwrap_or(text.len());
        prop_assert_eq!(&patched[..start], &text[..start]);
        if let Some(next) = text.find(&format!("# comment {}\n", at + 1)) {
            prop_assert!(patched.ends_with(&text[next..]), "{}", patched);
        }
        // It reads as the same entries written anew.
        let mut wanted: Vec<(String, Value)> = entries;
        wanted.retain(|(known, _)| known != key);
        if let Some(new) = new {
            wanted.push((key.to_owned(), new));
        }
        let read = |text: &str| parse(SourceId::default(), text).0[0].root.clone();
        let patched = read(&patched);
        for (key, value) in wanted {
            let alone = read(&emit::document(&Value::mapping([(key.clone(), value)])));
            let of = |root: &Option<picket::yaml::Node>| {
                root.as_ref().and_then(|root| root.as_mapping()?.get(&key).cloned())
            };
            prop_assert_eq!(shape(&of(&patched).unwrap()), shape(&of(&alone).unwrap()));
        }
    }
}

/// What a node says, without places and styles.
fn shape(node: &picket::yaml::Node) -> String {
    use picket::yaml::NodeKind;
    match &node.kind {
        NodeKind::Scalar(scalar) => format!("{:?}{}", scalar.text, scalar.is_null()),
        NodeKind::Sequence(items) => format!("[{}]", items.iter().map(shape).collect::<Vec<_>>().join(",")),
        NodeKind::Mapping(mapping) => {
            let mut entries: Vec<String> =
                mapping.entries.iter().map(|e| format!("{}={}", shape(&e.key), shape(&e.value))).collect();
            entries.sort();
            format!("{{{}}}", entries.join(","))
        }
    }
}
