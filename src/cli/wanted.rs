//! From the files of a project to the resources it wants, now or at an earlier commit.

use std::collections::{BTreeMap, BTreeSet};

use crate::arm::ResourceKey;
use crate::catalog::kql::KqlCatalog;
use crate::content::{Content, CustomDetection};
use crate::diag::Diagnostic;
use crate::lint;
use crate::plan::{self, Desired, Target};
use crate::rule::Rule;
use crate::text::SourceMap;

use super::load::Opened;
use super::revision_files::RevisionFiles;

/// The resources that `rules` and `content` become in `target`, the custom detections of rules among them. `own` are the
/// rules that an environment changes, as their files say them.
pub(crate) fn wanted(
    rules: &[Rule],
    own: &[Rule],
    content: &[Content],
    kql: &KqlCatalog,
    target: &Target,
) -> (Vec<Desired>, Vec<Diagnostic>) {
    let (mut desired, mut findings) = plan::desired_as(rules, own, target);
    let content: Vec<Content> = content.iter().cloned().chain(detections(rules, kql)).collect();
    let (content, found) = plan::desired_content(&content, target);
    desired.extend(content);
    findings.extend(found);
    (desired, findings)
}

/// The custom detections that rules are to be.
fn detections(rules: &[Rule], catalog: &KqlCatalog) -> Vec<Content> {
    let rules = rules.iter().filter(|rule| rule.runs_in_defender());
    let detection =
        |rule: &Rule| CustomDetection::of_rule(rule, &lint::hunting_query(rule, catalog).unwrap_or_default());
    rules.filter_map(detection).map(Content::CustomDetection).collect()
}

/// The resources under `keys` as they were wanted at the commits they were last applied from. Commits that are not at
/// hand, as in a shallow clone, are left out. Each commit makes a list of its own.
pub(crate) fn applied<'k>(
    keys: impl Iterator<Item = (&'k ResourceKey, &'k str)>,
    opened: &Opened,
    target: &Target,
) -> Vec<Vec<Desired>> {
    let mut commits: BTreeMap<&str, Vec<&ResourceKey>> = BTreeMap::new();
    for (key, commit) in keys {
        commits.entry(commit).or_default().push(key);
    }
    let root = &opened.project.root;
    let at = |(commit, keys): (&str, Vec<&ResourceKey>)| {
        let ids: Vec<&str> = keys.iter().map(|key| key.name.as_str()).collect();
        let rules = opened.rules_with(&ids, commit);
        let desired = wanted(&rules, &[], &[], opened.kql(), target).0;
        let found: BTreeSet<&ResourceKey> = desired.iter().map(|it| &it.key).collect();
        if keys.iter().all(|key| found.contains(key)) {
            return desired;
        }
        let Ok(files) = RevisionFiles::open(commit, root) else { return desired };
        let (content, _) = opened.project.content(&files, &opened.folder, &mut SourceMap::new());
        wanted(&rules, &[], &content, opened.kql(), target).0
    };
    commits.into_iter().map(at).collect()
}
