//! The matrix of ATT&CK with what rules cover of it.

use maud::{Markup, html};

use super::Site;
use super::layout::{badge, page as framed};
use crate::coverage::{Coverage, Covered};

/// The page. Cells are links to the techniques' lists of rules below; arrow keys move between them.
pub(super) fn page(site: &Site<'_>) -> String {
    let coverage = &site.coverage;
    let (all, covered) = coverage.total();
    let body = html! {
        h1 { "Coverage" }
        p {
            (covered) " of " (all) " techniques of ATT&CK " (coverage.version) " have a rule, "
            (coverage.tested_techniques()) " a tested one. A rule is tested when a test expects it to find something."
        }
        form.filters #filters {
            label { "Show " select #show {
                option value="all" { "all techniques" }
                option value="covered" { "techniques with a rule" }
                option value="alerting" { "techniques with an enabled rule" }
                option value="tested" { "techniques with a tested rule" }
                option value="untested" { "techniques whose rules have no test" }
                option value="gaps" { "techniques without a rule" }
            } }
            label { "On " select #platform {
                option value="" { "every platform" }
                @for platform in coverage.platforms.keys() { option value=(platform) { (platform) } }
            } }
            output #shown aria-live="polite" {}
        }
        ul.legend.inline {
            @for (class, text) in [("high", "high"), ("medium", "medium"), ("low", "low"), ("hunt", "hunting alone"), ("off", "disabled"), ("none", "no rule")] {
                li { span class={ "key " (class) } aria-hidden="true" {} " " (text) }
            }
        }
        div.matrix #matrix role="group" aria-label="Matrix; arrow keys move between techniques" {
            @for column in &coverage.columns {
                section.column aria-label=(column.name) {
                    h2 { (column.name) }
                    p.count { (column.covered()) " of " (column.techniques.len()) }
                    ul {
                        @for technique in &column.techniques { (cell(site, coverage, technique)) }
                    }
                }
            }
        }
        h2 { "Rules by technique" }
        @for technique in coverage.techniques().values() { (rules(site, technique)) }
    };
    framed(site, "Coverage", 0, &body)
}

fn cell(site: &Site<'_>, coverage: &Coverage, technique: &Covered) -> Markup {
    let rules = technique.all();
    let class = coverage.shade(technique);
    let alerting = rules.iter().any(|at| coverage.rules[*at].alerts);
    let platforms = site.catalog.attack().platforms(technique.id).join(",");
    let tested = coverage.tested(&rules);
    let mut states = Vec::new();
    if rules.is_empty() {
        states.push("gaps");
    } else {
        states.extend(["covered", if tested > 0 { "tested" } else { "untested" }]);
        states.extend(alerting.then_some("alerting"));
    }
    let state = states.join(" ");
    let label = format!("{} {}, {} rules, {tested} tested", technique.id, technique.name, rules.len());
    html! {
        li class={ "cell " (class) } data-state=(state) data-platforms=(platforms) {
            @if rules.is_empty() {
                a href={ "https://attack.mitre.org/techniques/" (technique.id) "/" } rel="noopener noreferrer" aria-label=(label) { (technique.name) }
            } @else {
                a href={ "#" (technique.id) } aria-label=(label) { (technique.name) " " span.count { (rules.len()) } }
            }
        }
    }
}

/// The rules of a technique and of its parts.
fn rules(site: &Site<'_>, technique: &Covered) -> Markup {
    html! {
        @if technique.is_covered() {
            section id=(technique.id) tabindex="-1" aria-label={ (technique.id) " " (technique.name) } {
                h3 { (technique.id) " " (technique.name) }
                (list(site, &technique.rules))
                @for part in technique.parts.iter().filter(|part| !part.rules.is_empty()) {
                    h4 { (part.id) " " (part.name) }
                    (list(site, &part.rules))
                }
            }
        }
    }
}

fn list(site: &Site<'_>, rules: &[usize]) -> Markup {
    html! {
        @if !rules.is_empty() {
            ul.rules {
                @for at in rules {
                    @let entry = &site.entries[*at];
                    li {
                        a href={ "rules/" (entry.slug) ".html" } { (entry.documented.rule.display_name()) }
                        " " (badge(site, *at))
                        @if !site.coverage.rules[*at].tested { " " span.badge.off { "No test" } }
                    }
                }
            }
        }
    }
}
