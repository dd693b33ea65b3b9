//! Published rules, planned twice.

use std::collections::BTreeMap;
use std::path::Path;

use picket::plan;
use picket::rule;
use picket::text::SourceMap;

use crate::common;
use crate::support::{answers, plan_of, target};

#[test]
fn a_second_plan_of_azure_sentinel_is_empty() {
    let Some(shared) = common::shared() else { return };
    insta::assert_snapshot!(twice(&shared.join("rules/azure-sentinel")));
}

#[test]
fn a_second_plan_of_sentinel_as_code_is_empty() {
    let Some(shared) = common::shared() else { return };
    insta::assert_snapshot!(twice(&shared.join("rules/sentinel-as-code")));
}

/// Plans all rules of a folder against an empty workspace, then against what it would hold, and says what
/// was planned and what could not be.
fn twice(folder: &Path) -> String {
    let mut sources = SourceMap::new();
    let mut rules = Vec::new();
    for path in common::yaml_files(folder) {
        let text = std::fs::read_to_string(&path).expect("the corpus is UTF-8");
        let source = sources.add(path.display().to_string(), text.as_str());
        rules.extend(rule::read(source, &text).0);
    }
    let (desired, findings) = plan::desired(&rules, &target());
    let first = plan_of(&desired, &[]);
    for respell in [false, true] {
        let second = plan_of(&desired, &answers(&desired, respell));
        let pending: Vec<_> = second.pending().map(|change| (&change.key, &change.action)).collect();
        assert!(pending.is_empty(), "respelled {respell}: {pending:#?}");
        assert_eq!(second.changes.len(), desired.len());
    }
    let mut versions: BTreeMap<String, usize> = BTreeMap::new();
    for change in first.changes.iter().filter(|change| change.is_content()) {
        let reasons = change.preview_reasons.join("; ");
        *versions
            .entry(format!("{} {} {reasons}", change.key.kind.noun(), change.api_version))
            .or_default() += 1;
    }
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &findings {
        let message = finding.message.split('\'').next_back().unwrap_or_default();
        *found.entry(format!("{} …{message}", finding.code)).or_default() += 1;
    }
    let lines = versions.iter().chain(&found).map(|(line, count)| format!("{count:5} {}\n", line.trim_end()));
    format!("{} rules, {:?}\n{}", rules.len(), first.summary(), lines.collect::<String>())
}
