//! The frame of every page.

use maud::{DOCTYPE, Markup, html};

use super::Site;
use super::facets::Facet;

/// What a page may load: its own styles and scripts, nothing from elsewhere, nothing inline.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'";

/// A page called `title` whose file stands `depth` folders below the root of the site.
pub(super) fn page(site: &Site<'_>, title: &str, depth: usize, body: &Markup) -> String {
    let root = "../".repeat(depth);
    let markup = html! {
        (DOCTYPE)
        html lang="en" data-root=(root) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title) " · " (site.title) }
                link rel="stylesheet" href={ (root) "assets/site.css" };
                script src={ (root) "assets/search-index.js" } defer {}
                script src={ (root) "assets/site.js" } defer {}
            }
            body {
                a.skip href="#main" { "Skip to content" }
                header.top {
                    a.brand href={ (root) "index.html" } { (site.title) }
                    form.search role="search" {
                        label.hidden for="search" { "Search rules" }
                        input #search type="search" placeholder="Search rules ( / )" autocomplete="off"
                            role="combobox" aria-expanded="false" aria-controls="results" aria-autocomplete="list";
                        ul #results role="listbox" aria-label="Rules found" hidden {}
                    }
                    button #theme type="button" aria-label="Switch between dark and light" { "◐" }
                }
                nav.main aria-label="Site" {
                    a href={ (root) "index.html" } { "Rules" }
                    a href={ (root) "coverage.html" } { "Coverage" }
                    @for facet in Facet::ALL {
                        a href={ (root) (facet.slug()) ".html" } { (facet.title()) }
                    }
                }
                main #main tabindex="-1" { (body) }
                footer { p { (site.entries.len()) " rules · ATT&CK " (site.coverage.version) " · made by picket " (env!("CARGO_PKG_VERSION")) } }
            }
        }
    };
    markup.into_string()
}

/// Text as paragraphs, one for each run of lines between blank ones, with its line breaks.
pub(super) fn paragraphs(text: &str) -> Markup {
    let blocks = text.trim().split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    html! {
        @for block in blocks {
            p { @for (at, line) in block.lines().enumerate() { @if at > 0 { br; } (line) } }
        }
    }
}

/// A link where the text is one that a browser opens safely, else the text.
pub(super) fn link(text: &str) -> Markup {
    html! {
        @if is_web(text) { a href=(text) rel="noopener noreferrer" { (text) } } @else { (text) }
    }
}

/// Whether `text` is a link to a page of the web; `javascript:` and its like are none.
pub(super) fn is_web(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    (lower.starts_with("https://") || lower.starts_with("http://")) && !text.contains(char::is_whitespace)
}

/// A severity, or that it is a hunting query, as a mark in the line.
pub(super) fn badge(site: &Site<'_>, at: usize) -> Markup {
    let rule = &site.entries[at].documented.rule;
    html! {
        @match (&rule.severity, rule.kind) {
            (_, crate::rule::RuleKind::Hunting) => span.badge.hunt { "Hunting" },
            (Some(severity), _) => span class={ "badge " (severity.value.as_str().to_lowercase()) } { (severity.value.as_str()) },
            (None, _) => span.badge { "No severity" },
        }
        @if !rule.is_enabled() { " " span.badge.off { "Disabled" } }
    }
}
