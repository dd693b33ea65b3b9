//! The site as Markdown, for a wiki.

use std::fmt::Write as _;

use super::facets::{Facet, groups};
use super::layout::is_web;
use super::{Site, wiki_tests, words};
use crate::lint::NeedKind;
use crate::report::markdown_text::{code, escape, fence};

/// The first page: rules by tactic.
pub(super) fn home(site: &Site<'_>) -> String {
    let (all, covered) = site.coverage.total();
    let mut out = format!(
        "# {}\n\n{} rules, {} of them tested. {covered} of {all} techniques of ATT&amp;CK {} have one, {} a tested one.\n",
        escape(site.title),
        site.entries.len(),
        site.coverage.tested_rules(),
        site.coverage.version,
        site.coverage.tested_techniques()
    );
    for (name, rules) in groups(site, Facet::Tactic) {
        let _ = writeln!(out, "\n## {}\n", escape(&name));
        for at in rules {
            let entry = &site.entries[at];
            let rule = &entry.documented.rule;
            let severity = rule.severity.as_ref().map_or("", |it| it.value.as_str());
            let _ = writeln!(
                out,
                "- [{}](rules/{}.md) {} {severity}",
                escape(rule.display_name()),
                entry.slug,
                rule.kind.as_str()
            );
        }
    }
    out
}

/// The page of a rule.
pub(super) fn rule(site: &Site<'_>, at: usize) -> String {
    let documented = site.entries[at].documented;
    let rule = &documented.rule;
    let mut out = format!("# {}\n\n{}", escape(rule.display_name()), words::kind(rule.kind));
    if let Some(severity) = &rule.severity {
        let _ = write!(out, ", {}", severity.value.as_str().to_lowercase());
    }
    out.push_str(".\n");
    if let Some(description) = &rule.description {
        for block in description.value.trim().split("\n\n").filter(|block| !block.trim().is_empty()) {
            let lines: Vec<String> = block.lines().map(|line| escape(line.trim())).collect();
            let _ = writeln!(out, "\n{}", lines.join("  \n"));
        }
    }
    let _ = writeln!(out, "\n## When it runs\n\n{}", words::schedule(rule));
    let attack = site.catalog.attack();
    if !rule.tactics.is_empty() || !rule.techniques.is_empty() {
        out.push_str("\n## ATT&amp;CK\n\n");
        for tactic in &rule.tactics {
            let _ = writeln!(out, "- {}", escape(&tactic.value));
        }
        for id in &rule.techniques {
            let _ = match attack.technique(&id.value) {
                Some(technique) => writeln!(
                    out,
                    "- [{} {}](https://attack.mitre.org/techniques/{}/)",
                    technique.id,
                    escape(technique.name),
                    technique.id.replace('.', "/")
                ),
                None => writeln!(out, "- {}", escape(&id.value)),
            };
        }
    }
    if let Some(query) = &rule.query {
        let fence = fence(query.text());
        let _ = writeln!(out, "\n## Query\n\n{fence}kusto\n{}\n{fence}", query.text().trim_end());
    }
    let needs = [
        ("table", NeedKind::Table),
        ("function", NeedKind::ProductFunction),
        ("function", NeedKind::ProjectFunction),
        ("watchlist", NeedKind::Watchlist),
        ("connector", NeedKind::Connector),
    ];
    let needs = needs.iter().flat_map(|(what, kind)| {
        documented.needs.get(kind).into_iter().flatten().map(move |name| format!("- {what} {}\n", code(name)))
    });
    let needs: String = needs.collect();
    if !needs.is_empty() {
        let _ = write!(out, "\n## What it needs\n\n{needs}");
    }
    wiki_tests::output(&mut out, documented);
    if !rule.entity_mappings.is_empty() {
        out.push_str("\n## Entities\n\n| entity | identifier | column |\n|-|-|-|\n");
        for mapping in &rule.entity_mappings {
            for field in &mapping.field_mappings {
                let text = |value: Option<&crate::text::Spanned<String>>| {
                    value.map(|it| escape(&it.value)).unwrap_or_default()
                };
                let _ = writeln!(
                    out,
                    "| {} | {} | {} |",
                    text(mapping.entity_type.as_ref()),
                    text(field.identifier.as_ref()),
                    text(field.column_name.as_ref())
                );
            }
        }
    }
    if !rule.false_positives.is_empty() {
        out.push_str("\n## False positives\n");
        for case in &rule.false_positives {
            if let Some(scenario) = &case.scenario {
                let _ = writeln!(out, "\n### {}", escape(&scenario.value));
            }
            if let Some(description) = &case.description {
                let _ = writeln!(out, "\n{}", escape(description.value.trim()));
            }
            if let Some(exclusion) = &case.exclusion {
                let fence = fence(&exclusion.value);
                let _ = writeln!(out, "\n{fence}kusto\n{}\n{fence}", exclusion.value.trim_end());
            }
        }
    }
    wiki_tests::tests(&mut out, documented);
    if !rule.references.is_empty() {
        out.push_str("\n## References\n\n");
        for reference in &rule.references {
            let text = &reference.value;
            let is_plain = is_web(text) && !text.contains(['<', '>', '(', ')', '[', ']', '"', '\\']);
            let _ = if is_plain { writeln!(out, "- <{text}>") } else { writeln!(out, "- {}", escape(text)) };
        }
    }
    wiki_tests::history(&mut out, documented);
    let _ = writeln!(out, "\nFile {}", code(&documented.file));
    out
}
