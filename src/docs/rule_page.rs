//! The page of a rule.

use maud::{Markup, html};

use super::facets::{Facet, anchor};
use super::layout::{badge, link, page as framed, paragraphs};
use super::test_section::{output, tests};
use super::{Documented, Site, highlight, words};
use crate::catalog::ConnectorState;
use crate::lint::NeedKind;
use crate::rule::Rule;

/// The page of the rule at `at`.
pub(super) fn page(site: &Site<'_>, at: usize) -> String {
    let documented = site.entries[at].documented;
    let rule = &documented.rule;
    let body = html! {
        article {
            h1 { (rule.display_name()) }
            p.meta {
                (badge(site, at)) " " span { (words::kind(rule.kind)) }
                @if let Some(version) = &rule.version { " · version " (version.value) }
            }
            @if let Some(description) = &rule.description { (paragraphs(&description.value)) }
            (attack(site, rule))
            section aria-labelledby="schedule" {
                h2 #schedule { "When it runs" }
                p { (words::schedule(rule)) }
            }
            @if let Some(query) = &rule.query {
                section aria-labelledby="query" {
                    h2 #query { "Query" }
                    (highlight::query(query.text()))
                }
            }
            (data(site, documented))
            (output(documented))
            (entities(rule))
            (false_positives(rule))
            (tests(documented))
            @if !rule.references.is_empty() {
                section aria-labelledby="references" {
                    h2 #references { "References" }
                    ul { @for reference in &rule.references { li { (link(&reference.value)) } } }
                }
            }
            (history(documented))
        }
    };
    framed(site, rule.display_name(), 1, &body)
}

/// Tactics and techniques, with links to their pages.
fn attack(site: &Site<'_>, rule: &Rule) -> Markup {
    let attack = site.catalog.attack();
    html! {
        @if !rule.tactics.is_empty() || !rule.techniques.is_empty() {
            section aria-labelledby="attack" {
                h2 #attack { "ATT&CK" }
                ul.inline {
                    @for tactic in &rule.tactics {
                        li { a href={ "../tactics.html#" (anchor(tactic.value.trim())) } { (tactic.value) } }
                    }
                    @for id in &rule.techniques {
                        li {
                            @match attack.technique(&id.value) {
                                Some(technique) => a href={ "https://attack.mitre.org/techniques/" (technique.id.replace('.', "/")) "/" }
                                    rel="noopener noreferrer" { (technique.id) " " (technique.name) },
                                None => (id.value),
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The tables that the query reads and what fills them.
fn data(site: &Site<'_>, documented: &Documented<'_>) -> Markup {
    let of = |kind| documented.needs.get(&kind).into_iter().flatten();
    let connectors = site.catalog.connectors();
    let functions = of(NeedKind::ProductFunction).chain(of(NeedKind::ProjectFunction));
    let others: Vec<(&str, &String)> = functions
        .map(|name| ("function", name))
        .chain(of(NeedKind::Watchlist).map(|name| ("watchlist", name)))
        .chain(of(NeedKind::Unknown).map(|name| ("not known", name)))
        .collect();
    html! {
        section aria-labelledby="data" {
            h2 #data { "What it needs" }
            @if of(NeedKind::Table).next().is_none() && of(NeedKind::Connector).next().is_none() && others.is_empty() {
                p { "Nothing that is known." }
            } @else {
                div.wide {
                    table {
                        thead { tr { th scope="col" { "Needs" } th scope="col" { "Name" } th scope="col" { "What must be enabled" } } }
                        tbody {
                            @for table in of(NeedKind::Table) {
                                tr {
                                    td { "table" }
                                    td { a href={ "../tables.html#" (anchor(table)) } { code { (table) } } }
                                    td { (filled_by(site, documented, table)) }
                                }
                            }
                            @for (what, name) in others {
                                tr { td { (what) } td { code { (name) } } td { (note(what)) } }
                            }
                            @for id in of(NeedKind::Connector) {
                                tr {
                                    td { "connector" }
                                    td { a href={ "../connectors.html#" (anchor(id)) } { code { (id) } } }
                                    td {
                                        @match connectors.get(id) {
                                            Some(connector) => {
                                                @if connector.title.is_empty() { "Connect it." } @else { "Connect “" (connector.title) "”." }
                                                @if connector.state == ConnectorState::Deprecated { " It is deprecated." }
                                            }
                                            None => "No connector of this id is known.",
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Which of the rule's own connectors fill a table, or how many others do.
fn filled_by(site: &Site<'_>, documented: &Documented<'_>, table: &str) -> Markup {
    let connectors = site.catalog.connectors();
    let own = documented.needs.get(&NeedKind::Connector);
    let filling: Vec<&str> = connectors.filling(table).map(|connector| connector.id).collect();
    let ours: Vec<&str> =
        filling.iter().filter(|id| own.is_some_and(|own| own.contains(**id))).copied().collect();
    html! {
        @if let Some(retired) = connectors.retired(table) {
            "Gets no new rows"
            @if let Some(successor) = retired.successor { "; " code { (successor) } " took its place" }
            ". "
        }
        @if !ours.is_empty() {
            "Filled by "
            @for (at, id) in ours.iter().enumerate() { @if at > 0 { ", " } code { (id) } }
            "."
        } @else if filling.is_empty() {
            "No connector is known to fill it: the workspace must have it."
        } @else if filling.len() <= 3 {
            "Filled by " (filling.join(" or ")) "."
        } @else {
            "Filled by any of " (filling.len()) " connectors."
        }
    }
}

fn note(what: &str) -> &'static str {
    match what {
        "function" => "The workspace must have it.",
        "watchlist" => "It must be there, with the columns that the query names.",
        _ => "Neither a table nor a function of this name is known.",
    }
}

fn entities(rule: &Rule) -> Markup {
    let rows = rule.entity_mappings.iter().flat_map(|mapping| {
        mapping.field_mappings.iter().map(move |field| (mapping.entity_type.as_ref(), field))
    });
    html! {
        @if !rule.entity_mappings.is_empty() {
            section aria-labelledby="entities" {
                h2 #entities { "Entities" }
                div.wide {
                    table {
                        thead { tr { th scope="col" { "Entity" } th scope="col" { "Identifier" } th scope="col" { "Column" } } }
                        tbody {
                            @for (entity, field) in rows {
                                tr {
                                    td { @if let Some(entity) = entity { (entity.value) } }
                                    td { @if let Some(identifier) = &field.identifier { (identifier.value) } }
                                    td { @if let Some(column) = &field.column_name { code { (column.value) } } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn false_positives(rule: &Rule) -> Markup {
    html! {
        @if !rule.false_positives.is_empty() {
            section aria-labelledby="false-positives" {
                h2 #false-positives { "False positives" }
                @for case in &rule.false_positives {
                    @if let Some(scenario) = &case.scenario { h3 { (scenario.value) } }
                    @if let Some(description) = &case.description { (paragraphs(&description.value)) }
                    @if let Some(exclusion) = &case.exclusion {
                        p { "To leave it out, append to the query:" }
                        (highlight::query(&exclusion.value))
                    }
                }
            }
        }
    }
}

fn history(documented: &Documented<'_>) -> Markup {
    let rule = &documented.rule;
    html! {
        section aria-labelledby="origin" {
            h2 #origin { "Origin" }
            p { "File " code { (documented.file) } @if let Some(id) = &rule.id { ", id " code { (id.value) } } "." }
            @if !documented.history.is_empty() {
                div.wide {
                    table {
                        caption { "History" }
                        thead { tr { th scope="col" { "Day" } th scope="col" { "Commit" } th scope="col" { "Change" } } }
                        tbody {
                            @for commit in &documented.history {
                                tr { td { (commit.day) } td { code { (commit.id) } } td { (commit.summary) } }
                            }
                        }
                    }
                }
            }
            p.more { a href={ "../" (Facet::Tactic.slug()) ".html" } { "More rules by tactic" } }
        }
    }
}
