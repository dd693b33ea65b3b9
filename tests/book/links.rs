//! Links between pages lead somewhere, and SUMMARY has every page.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::blocks::prose;
use super::common;
use super::pages::{self, Page};

/// The targets of links and pictures in a page; those to other sites are left out.
fn targets(text: &str) -> Vec<String> {
    // Code spans may hold what looks like a link.
    let plain: String = prose(text).split('`').step_by(2).collect::<Vec<_>>().join("code");
    let of_links =
        plain.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let of_pictures =
        plain.split("src=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(target, _)| target);
    let inner = of_links
        .chain(of_pictures)
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
    inner.map(str::to_owned).collect()
}

/// The anchors of a page: those that both mdBook and code hosts make of its headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let headings = prose(text);
    let headings =
        headings.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let mut anchors = BTreeSet::new();
    for heading in headings {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let slug: String = kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect();
        let count = seen.entry(slug.clone()).or_default();
        anchors.insert(if *count == 0 { slug } else { format!("{slug}-{count}") });
        *count += 1;
    }
    anchors
}

/// A path without `.` and `..`; nothing where it leaves the repository.
fn resolved(path: &Path) -> Option<PathBuf> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(parts.pop()?),
            Component::Normal(part) => parts.push(part),
            _ => {}
        }
    }
    Some(parts.iter().collect())
}

/// What is wrong with the links of a page.
fn faults(page: &Page, text: &str) -> Vec<String> {
    let folder = Path::new(&page.path).parent().unwrap();
    let mut faults = Vec::new();
    for target in targets(text) {
        let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
        let path =
            if file.is_empty() { Some(PathBuf::from(&page.path)) } else { resolved(&folder.join(file)) };
        let Some(path) = path.filter(|path| common::root().join(path).exists()) else {
            faults.push(format!("{}: `{target}` is not there", page.path));
            continue;
        };
        if page.path.starts_with("docs/") && !path.starts_with("docs") {
            faults.push(format!("{}: `{target}` is not in the book", page.path));
        }
        if !anchor.is_empty() {
            let other = std::fs::read_to_string(common::root().join(&path)).unwrap();
            if !anchors(&other).contains(anchor) {
                faults.push(format!("{}: `{}` has no heading for `{target}`", page.path, path.display()));
            }
        }
    }
    faults
}

/// A page with the files that it includes, as mdBook shows it.
fn included(page: &Page) -> String {
    let mut text = page.text.clone();
    while let Some((before, rest)) = text.split_once("{{#include ") {
        let (file, after) = rest.split_once("}}").expect("an include has an end");
        let path = Path::new(&page.path).parent().unwrap().join(file);
        let other = std::fs::read_to_string(common::root().join(path))
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        text = format!("{before}{other}{after}");
    }
    text
}

#[test]
fn links_lead_somewhere() {
    let mut pages = pages::book();
    pages.extend(["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "docs/SUMMARY.md"].map(Page::read));
    let found: Vec<String> = pages.iter().flat_map(|page| faults(page, &included(page))).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_summary_has_every_page_once() {
    let summary = Page::read("docs/SUMMARY.md");
    let listed: Vec<String> = targets(&summary.text).into_iter().map(|path| format!("docs/{path}")).collect();
    let there: Vec<String> = pages::book().into_iter().map(|page| page.path).collect();
    let missing: Vec<&String> = there.iter().filter(|path| !listed.contains(path)).collect();
    let others: Vec<&String> = listed.iter().filter(|path| !there.contains(path)).collect();
    assert_eq!((missing, others), (vec![], vec![]), "pages that it lacks, and that there are not");
    assert_eq!(listed.len(), there.len(), "a page is listed twice");
}

#[test]
fn what_is_wrong_is_found() {
    let page = |text: &str| Page { path: "docs/testing.md".to_owned(), text: text.to_owned() };
    let wrong = |text: &str| faults(&page(text), text).len();
    assert_eq!(wrong("[a](lints/README.md) [b](testing.md#rows) [c](https://example.com) `[d](e)`"), 0);
    assert_eq!(wrong("[a](lints/none.md) [b](testing.md#none) [c](../README.md)"), 3);
    assert!(
        anchors("# A b, `c`\n## A b c\n")
            .is_superset(&BTreeSet::from(["a-b-c".to_owned(), "a-b-c-1".to_owned()]))
    );
}
