//! The project of a run: content of every kind in some versions, as rule files and content files say it.

use std::collections::BTreeMap;

use crate::arm::WorkspaceId;
use crate::cli::CliError;
use crate::content::{self, Content, CustomDetection};
use crate::diag::{Diagnostic, Severity};
use crate::plan::{self, Desired, Target};
use crate::rule;
use crate::text::SourceMap;

/// How many things of all kinds there are before their kinds repeat.
const ROUND: usize = 20;
/// The versions that a piece of content has.
pub(super) const VERSIONS: u8 = 3;

/// Which content there is to be, by number, each in a version from 1.
pub(in crate::cli::dev) type Wanted = BTreeMap<usize, u8>;

/// The workspace of a run, from the point of view of `project`.
pub(in crate::cli::dev) fn target(project: &str) -> Target {
    let workspace = WorkspaceId {
        subscription: "d0cfe6b2-9ac0-4464-9919-dccaee2e48c0".to_owned(),
        resource_group: "soc".to_owned(),
        name: "soc-logs".to_owned(),
    };
    Target { workspace, project: project.to_owned(), commit: None, environment: None }
}

/// The resources that `wanted` comes to in `target`.
///
/// # Errors
/// When a text of this file is not what it is to be.
pub(in crate::cli::dev) fn desired(wanted: &Wanted, target: &Target) -> Result<Vec<Desired>, CliError> {
    let mut sources = SourceMap::new();
    let (mut rules, mut contents, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    for (&number, &version) in wanted {
        let Text { name, text, items } = text(number, version);
        let source = sources.add(name.as_str(), text.as_str());
        if name.starts_with("rules/") {
            let (read, found) = rule::read(source, &text);
            findings.extend(found);
            let query = |rule: &rule::Rule| rule.query.as_ref().map(|query| query.text().to_owned());
            let in_defender = read.iter().filter(|rule| rule.runs_in_defender());
            contents.extend(
                in_defender
                    .filter_map(|rule| CustomDetection::of_rule(rule, &query(rule).unwrap_or_default()))
                    .map(Content::CustomDetection),
            );
            rules.extend(read);
            continue;
        }
        let (mut read, found) = content::read(source, &name, &text);
        findings.extend(found);
        for item in &mut read {
            if let (Content::Watchlist(list), Some(items)) = (item, &items) {
                findings.extend(list.fill(sources.add("items.csv", items.as_str()), items));
            }
        }
        contents.extend(read);
    }
    let (mut desired, found) = plan::desired(&rules, target);
    findings.extend(found);
    let (more, found) = plan::desired_content(&contents, target);
    findings.extend(found);
    desired.extend(more);
    let wrong: Vec<&Diagnostic> =
        findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    let content = desired.iter().filter(|it| it.key.kind != crate::arm::ResourceKind::Metadata).count();
    if let Some(first) = wrong.first() {
        return Err(CliError::new("the project of the runs is wrong").cause(&first.message));
    }
    if content != wanted.len() {
        let what = format!("{content} resources of {}", wanted.len());
        return Err(CliError::new("the project of the runs is wrong").cause(what));
    }
    Ok(desired)
}

/// A file of the project; of a watchlist, with its items.
struct Text {
    name: String,
    text: String,
    items: Option<String>,
}

/// The content `number` in `version`.
fn text(number: usize, version: u8) -> Text {
    let severity = ["Low", "Medium", "High"][usize::from(version - 1) % 3];
    let id = format!("5b0f0c3e-8d51-4a6e-9f00-{number:012x}");
    let query = format!("query: |\n  SecurityEvent\n  | where EventID == {number} and Level != {version}\n");
    let head = format!(
        "id: {id}\nname: Rule {number}\nversion: {version}.0.0\ndescription: Finds event {number}.\n\
         tactics:\n  - Execution\nrelevantTechniques:\n  - T1059\n"
    );
    let entities = "entityMappings:\n  - entityType: Host\n    fieldMappings:\n      - identifier: FullName\n        \
                    columnName: Computer\n";
    let scheduled = format!(
        "{head}kind: Scheduled\nseverity: {severity}\nqueryFrequency: 1h\nqueryPeriod: 1h\ntriggerOperator: gt\n\
         triggerThreshold: {version}\n{query}{entities}"
    );
    let rule = |text: String| Text { name: format!("rules/{number}.yaml"), text, items: None };
    let content = |ending: &str, text: String, items: Option<String>| Text {
        name: format!("content/F{number}.{ending}"),
        text,
        items,
    };
    match number % ROUND {
        // Some are to be disabled.
        7 => rule(format!("{scheduled}enabled: false\n")),
        8 | 9 => rule(format!("{head}kind: NRT\nseverity: {severity}\n{query}{entities}")),
        10..=13 => rule(format!("{head}{query}")),
        14 | 15 => content(
            "kql",
            format!(
                "// function: F{number}(since: timespan = {version}d)\nSecurityEvent\n\
                 | where TimeGenerated > ago(since) and EventID == {number}\n"
            ),
            None,
        ),
        16 => content(
            "yaml",
            format!("alias: List{number}\nname: List {number}\nsearchKey: Host\nitems: items.csv\n"),
            Some(items(number, version)),
        ),
        17 => content("yaml", automation(number, version, &id), None),
        18 if number == 18 => content(
            "yaml",
            format!(
                "kind: Fusion\nid: BuiltInFusion\nalertRuleTemplateName: f71aba3d-28fb-450b-b192-4e76a83015c8\n\
                 enabled: {}\n",
                version != 2
            ),
            None,
        ),
        18 => content(
            "yaml",
            format!(
                "kind: MicrosoftSecurityIncidentCreation\nid: incidents-{number}\nname: Incidents {number}\n\
                 productFilter: Azure Security Center\nseveritiesFilter: [{severity}]\n"
            ),
            None,
        ),
        19 => rule(format!("{scheduled}metadata:\n  runsIn: Defender\n")),
        _ => rule(scheduled),
    }
}

/// Some rows go and some come with each version.
fn items(number: usize, version: u8) -> String {
    let first = usize::from(version) * 4;
    let rows = (first..first + 12).map(|row| format!("srv{number}-{row},\"owner, {}\"\n", row % 3));
    std::iter::once("Host,Owner\n".to_owned()).chain(rows).collect()
}

fn automation(number: usize, version: u8, id: &str) -> String {
    format!(
        "id: {id}\nname: Close {number}\norder: {}\ntriggeringLogic:\n  triggersOn: Incidents\n  triggersWhen: Created\n  \
         conditions:\n    - conditionType: Property\n      conditionProperties: {{ propertyName: IncidentTitle, \
         operator: Contains, propertyValues: [test{version}] }}\nactions:\n  - actionType: ModifyProperties\n    \
         actionConfiguration: {{ status: closed, classification: Undetermined }}\n",
        1 + number % 1000
    )
}
