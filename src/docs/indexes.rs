//! The first page, and the pages that sort rules.

use maud::{Markup, html};

use super::Site;
use super::facets::{Facet, anchor, groups};
use super::layout::{badge, page};
use crate::rule::RuleKind;

/// The first page: figures, and every rule.
pub(super) fn home(site: &Site<'_>) -> String {
    let rules = site.entries.iter().map(|entry| &entry.documented.rule);
    let analytics = rules.clone().filter(|rule| rule.kind != RuleKind::Hunting).count();
    let enabled = rules.clone().filter(|rule| rule.kind != RuleKind::Hunting && rule.is_enabled()).count();
    let (all, covered) = site.coverage.total();
    let body = html! {
        h1 { (site.title) }
        dl.figures {
            div { dt { "analytics rules" } dd { (analytics) } }
            div { dt { "of them enabled" } dd { (enabled) } }
            div { dt { "hunting queries" } dd { (site.entries.len() - analytics) } }
            div { dt { "rules tested" } dd { (site.coverage.tested_rules()) } }
            div { dt { "techniques covered" } dd { a href="coverage.html" { (covered) " of " (all) } } }
        }
        h2 { "All rules" }
        (list(site, &(0..site.entries.len()).collect::<Vec<_>>()))
    };
    page(site, "Rules", 0, &body)
}

/// Rules by a facet, a section a group.
pub(super) fn by(site: &Site<'_>, facet: Facet) -> String {
    let groups = groups(site, facet);
    let body = html! {
        h1 { (facet.title()) }
        @if groups.is_empty() { p { "No rule says." } }
        @if groups.len() > 1 {
            nav aria-label=(facet.title()) {
                ul.inline {
                    @for (name, rules) in &groups {
                        li { a href={ "#" (anchor(name)) } { (name) } " " span.count { (rules.len()) } }
                    }
                }
            }
        }
        @for (name, rules) in &groups {
            section aria-labelledby=(anchor(name)) {
                h2 id=(anchor(name)) { (name) }
                (list(site, rules))
            }
        }
    };
    page(site, facet.title(), 0, &body)
}

fn list(site: &Site<'_>, rules: &[usize]) -> Markup {
    html! {
        ul.rules {
            @for at in rules {
                @let entry = &site.entries[*at];
                li { a href={ "rules/" (entry.slug) ".html" } { (entry.documented.rule.display_name()) } " " (badge(site, *at)) }
            }
        }
    }
}
