//! The index that the search of the site reads: a script with one list, which works without a server.

use serde_json::json;

use super::Site;
use crate::lint::NeedKind;

/// The text of the script. What could end a script element or be read as another is escaped.
pub(super) fn index(site: &Site<'_>) -> String {
    let rows: Vec<_> = site
        .entries
        .iter()
        .map(|entry| {
            let rule = &entry.documented.rule;
            let mut words: Vec<&str> = rule.tactics.iter().map(|it| it.value.as_str()).collect();
            words.extend(rule.techniques.iter().map(|it| it.value.as_str()));
            let tables = entry.documented.needs.get(&NeedKind::Table).into_iter().flatten();
            words.extend(tables.map(String::as_str));
            words.push(rule.kind.as_str());
            words.extend(rule.severity.iter().map(|it| it.value.as_str()));
            words.extend(rule.id.iter().map(|it| it.value.as_str()));
            let description = rule.description.as_ref().map(|it| it.value.as_str()).unwrap_or_default();
            let first: String = description.chars().take(200).collect();
            json!([rule.display_name(), entry.slug, words.join(" "), first])
        })
        .collect();
    let text = serde_json::to_string(&rows).unwrap_or_else(|_| "[]".to_owned());
    let text = text.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    format!("window.picketIndex = {text};\n")
}
