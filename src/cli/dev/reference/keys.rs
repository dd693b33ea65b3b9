//! The keys of picket.toml and of files of rules, content and tests, from the tables that reading uses.

use serde_json::Value;

use super::{Generated, list, page, table};
use crate::content::keys as content;
use crate::project::CONFIG_TABLES;
use crate::rule::RuleKind;
use crate::rule::keys::{self, Key, Table, ValueType};
use crate::testing;

/// The page about picket.toml.
pub(super) fn settings() -> Generated {
    let mut text = "`picket.toml` stands at the root of a repository of rules. All of it is optional but the project's name, without \
                    which only the local workspace can be deployed to. An unknown key is reported \
                    ([PK902](../lints/PK902-unknown-config-key.md)).\n\n"
        .to_owned();
    for config in CONFIG_TABLES {
        if !config.header.is_empty() {
            let quoted = if config.header.starts_with('[') {
                format!("`{}`", config.header)
            } else {
                config.header.to_owned()
            };
            text.push_str(&format!("## {quoted}\n\n"));
        }
        text.push_str(&format!("{}\n\n", config.doc));
        let rows = config.keys.iter().map(|key| {
            let example = match key.example {
                "" => "a table".to_owned(),
                example => format!("`{example}`"),
            };
            vec![format!("`{}`", key.name), example, key.doc.to_owned()]
        });
        text.push_str(&table(&["key", "such as", "says"], rows));
    }
    page("picket-toml", "picket.toml", &text)
}

/// The page about files of rules.
pub(super) fn rule_files() -> Generated {
    let intro = "A rule is a YAML file in the dialect of the Azure-Sentinel repository; a file may hold several, with `---` between. Keys \
                 are written in this order by `picket fmt`. Words of closed sets may be in any case. `picket schema rule` prints the \
                 JSON Schema for an editor.\n\n";
    let mut text = intro.to_owned();
    for nested in keys::RULE.nested() {
        text.push_str(&section(nested, true));
    }
    page("rule-files", "Rule files", &text)
}

/// The page about files of content.
pub(super) fn content_files() -> Generated {
    let intro = "Content beside rules stands in YAML or JSON files; a function may also be a file of KQL, named as the function is. What a \
                 file holds is known by its keys. [Content beside rules](../guides/content.md) has examples, and `picket schema content` \
                 prints the JSON Schema.\n\n";
    let mut text = intro.to_owned();
    let tables = [
        ("Watchlists", &content::WATCHLIST),
        ("Functions", &content::FUNCTION),
        ("Analytics rules without a query", &content::SERVICE_RULE),
        ("Automation rules", &content::AUTOMATION_RULE),
        ("Custom detections of Defender", &content::CUSTOM_DETECTION),
    ];
    for (title, top) in tables {
        text.push_str(&format!("## {title}\n\n{}", rows(top, false)));
        for nested in top.nested().into_iter().skip(1) {
            text.push_str(&format!("### `{}`\n\n{}", nested.path, rows(nested, false)));
        }
    }
    page("content-files", "Content files", &text)
}

fn section(table: &'static Table, of_rule: bool) -> String {
    let title = if table.path.is_empty() { "A rule".to_owned() } else { format!("`{}`", table.path) };
    format!("## {title}\n\n{}", rows(table, of_rule))
}

fn rows(keys: &'static Table, of_rule: bool) -> String {
    let row = |key: &Key| {
        let mut doc = key.doc.to_owned();
        if let ValueType::Choice(choices) | ValueType::Choices(choices) = key.value {
            doc.push_str(&format!(" One of {}.", list(choices.words.iter().copied())));
        }
        if !key.aliases.is_empty() {
            doc.push_str(&format!(" Also read as {}.", list(key.aliases.iter().copied())));
        }
        let mut row = vec![format!("`{}`", key.name), key.value.expected().to_owned()];
        if of_rule {
            row.push(kinds(key));
        }
        row.push(doc);
        row
    };
    let columns: &[&str] = if of_rule { &["key", "value", "for", "says"] } else { &["key", "value", "says"] };
    table(columns, keys.keys.iter().map(row))
}

/// The kinds of rules that a key means something to.
fn kinds(key: &Key) -> String {
    let all = key.kinds.len() == RuleKind::ALL.len();
    let mut kinds = match all {
        true => "all".to_owned(),
        false => key.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", "),
    };
    if !key.required.is_empty() {
        kinds.push_str("; required");
    }
    kinds
}

/// The page about files of tests.
pub(super) fn test_files() -> Generated {
    let schema = testing::schema();
    let mut text = "The tests of `rules/a.yaml` stand in `rules/a.test.yaml`. [Tests of rules](../testing.md) explains them, and \
                    `picket schema test` prints the JSON Schema for an editor.\n\n"
        .to_owned();
    let parts = [
        ("The file", &schema),
        ("A test", &schema["$defs"]["test"]),
        ("`expect`", &schema["$defs"]["expect"]["anyOf"][1]),
    ];
    for (title, part) in parts {
        let required: Vec<&str> =
            part["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let properties = part["properties"].as_object();
        let rows = properties.into_iter().flatten().map(|(name, property)| {
            let mut doc = property["description"].as_str().unwrap_or_default().to_owned();
            if required.contains(&name.as_str()) {
                doc.push_str(" Required.");
            }
            vec![format!("`{name}`"), doc.trim().to_owned()]
        });
        text.push_str(&format!("## {title}\n\n{}", table(&["key", "says"], rows)));
    }
    page("test-files", "Test files", &text)
}
