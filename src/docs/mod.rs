//! Pages about rules: a static site for those who triage alerts and those who ask what is covered, and the same as plain
//! Markdown for a wiki.
//!
//! Everything here is a function of values to texts. Whatever a rule says is text on a page, never markup: HTML is made by a
//! library that escapes, and Markdown with every sign as a character reference. A page loads nothing from elsewhere, and its
//! content security policy says so.

mod facets;
mod highlight;
mod indexes;
mod layout;
mod matrix;
mod rule_page;
mod search;
mod test_section;
mod tested;
mod wiki;
mod wiki_tests;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use crate::catalog::{Catalog, Domain};
use crate::coverage::{Coverage, Wanted, coverage};
use crate::lint::Needs;
use crate::rule::Rule;
use crate::testing::{Sample, Test};

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its path, with forward slashes.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A commit that changed a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The beginning of its id.
    pub id: String,
    /// Its day, `2026-11-25`.
    pub day: String,
    /// The first line of its message.
    pub summary: String,
}

/// A rule with what is known of it beside its file.
#[derive(Debug, Clone)]
pub struct Documented<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Its file, as the project names it.
    pub file: String,
    /// What its query and its connectors need.
    pub needs: Needs,
    /// The columns that its query returns, with their types, where they are known.
    pub columns: Option<Vec<(String, String)>>,
    /// The commits that changed its file, the newest first.
    pub history: Vec<Commit>,
    /// The tests that are about it.
    pub tests: Vec<&'a Test>,
    /// What it makes of the rows of one of them.
    pub sample: Option<Sample>,
}

/// All that a site is made of.
#[derive(Debug)]
pub struct Input<'a> {
    /// The name of the project.
    pub title: &'a str,
    /// The rules, in the order of their files.
    pub rules: &'a [Documented<'a>],
    /// Facts about ATT&CK and connectors.
    pub catalog: &'a Catalog,
}

/// A rule with its place on the site.
struct Entry<'a> {
    documented: &'a Documented<'a>,
    /// The name of its page, without ending.
    slug: String,
}

/// What every page is made with.
struct Site<'a> {
    title: &'a str,
    catalog: &'a Catalog,
    entries: Vec<Entry<'a>>,
    coverage: Coverage,
}

impl<'a> Site<'a> {
    fn new(input: &Input<'a>) -> Self {
        let mut taken = HashSet::new();
        let entries = input.rules.iter().map(|documented| {
            let slug = slug(documented, &mut taken);
            Entry { documented, slug }
        });
        let is_tested = |it: &Documented<'_>| it.tests.iter().any(|test| test.expect.is_finding());
        let tested: BTreeSet<usize> =
            input.rules.iter().enumerate().filter(|(_, it)| is_tested(it)).map(|(at, _)| at).collect();
        let rules: Vec<&Rule> = input.rules.iter().map(|it| it.rule).collect();
        Self {
            title: input.title,
            catalog: input.catalog,
            entries: entries.collect(),
            coverage: coverage(
                input.catalog.attack(),
                Domain::Enterprise,
                &rules,
                &tested,
                Wanted::default(),
            ),
        }
    }
}

/// The site as HTML: `index.html`, a page a rule under `rules/`, pages by tactic, table, connector, severity and tool,
/// `coverage.html`, and what they share under `assets/`.
pub fn html(input: &Input<'_>) -> Vec<Page> {
    let site = Site::new(input);
    let page = |path: &str, text: String| Page { path: path.to_owned(), text };
    let mut pages: Vec<Page> = site
        .entries
        .par_iter()
        .enumerate()
        .map(|(at, entry)| page(&format!("rules/{}.html", entry.slug), rule_page::page(&site, at)))
        .collect();
    pages.push(page("index.html", indexes::home(&site)));
    pages.push(page("coverage.html", matrix::page(&site)));
    for facet in facets::Facet::ALL {
        pages.push(page(&format!("{}.html", facet.slug()), indexes::by(&site, facet)));
    }
    pages.push(page("assets/site.css", include_str!("assets/site.css").to_owned()));
    pages.push(page("assets/site.js", include_str!("assets/site.js").to_owned()));
    pages.push(page("assets/search-index.js", search::index(&site)));
    pages.sort_by(|a, b| a.path.cmp(&b.path));
    pages
}

/// The site as Markdown: `README.md`, and a page a rule under `rules/`.
pub fn markdown(input: &Input<'_>) -> Vec<Page> {
    let site = Site::new(input);
    let mut pages: Vec<Page> = site
        .entries
        .par_iter()
        .enumerate()
        .map(|(at, entry)| Page { path: format!("rules/{}.md", entry.slug), text: wiki::rule(&site, at) })
        .collect();
    pages.push(Page { path: "README.md".to_owned(), text: wiki::home(&site) });
    pages.sort_by(|a, b| a.path.cmp(&b.path));
    pages
}

/// A name for a rule's page, made of its name and told apart by its id: letters, digits and `-`.
fn slug(documented: &Documented<'_>, taken: &mut HashSet<String>) -> String {
    const LONGEST: usize = 80;
    let mut name = String::new();
    for letter in documented.rule.display_name().to_lowercase().chars() {
        if letter.is_ascii_alphanumeric() {
            name.push(letter);
        } else if !name.ends_with('-') && !name.is_empty() {
            name.push('-');
        }
        if name.len() >= LONGEST {
            break;
        }
    }
    let name = match name.trim_matches('-') {
        "" => "rule",
        name => name,
    };
    let id = documented.rule.id.as_ref().map(|id| id.value.as_str()).unwrap_or_default();
    let id: String = id.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    let mut slug = name.to_owned();
    let mut number = 2;
    while !taken.insert(slug.clone()) {
        slug = if id.is_empty() || number > 2 { format!("{name}-{number}") } else { format!("{name}-{id}") };
        number += 1;
    }
    slug
}

/// Rules by a name, each list in the order of the rules.
type Groups = BTreeMap<String, Vec<usize>>;
