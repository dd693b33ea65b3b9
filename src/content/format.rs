//! Content files in canonical form, as `picket fmt` writes them.

use super::one;
use crate::diag::{Diagnostic, Severity};
use crate::rule::write::{self, FormatQuery};
use crate::text::SourceId;
use crate::yaml::{self, Node};

/// The canonical form of the content file `text`, which is YAML, each query as `query` has it.
///
/// What is read from it is what is read from `text`, comments stay, and formatting it again changes nothing. `None`,
/// with the findings that say why, where `text` is not valid YAML or holds something else than content.
pub fn format(
    source: SourceId,
    text: &str,
    query: &mut FormatQuery<'_>,
) -> (Option<String>, Vec<Diagnostic>) {
    let (documents, mut findings) = yaml::parse(source, text);
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    let roots = documents.iter().filter_map(|document| document.root.as_ref());
    for node in roots.flat_map(|root| root.as_sequence().unwrap_or(std::slice::from_ref(root))) {
        one(source, node, &mut findings);
    }
    if findings.iter().any(is_error) {
        return (None, findings);
    }
    let table = |node: &Node| one(source, node, &mut Vec::new()).map(|content| content.table());
    (Some(write::in_order(text, &documents, &table, query)), findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::read;

    fn formatted(text: &str) -> String {
        let (text, findings) = format(SourceId::default(), text, &mut |_| None);
        text.unwrap_or_else(|| panic!("{findings:?}"))
    }

    #[test]
    fn keys_stand_in_their_order_and_comments_stay() {
        let text = "\
# Owned by the platform team.

items: assets.csv # from the CMDB
alias: HighValueAssets
# how queries join
searchKey: \"Host\"
name: High value assets
defaultDuration: P90D
---
- body: |
    T
  name: F
- triggeringLogic: { triggersWhen: Created, triggersOn: Incidents }
  # only this
  actions:
    - actionConfiguration: {status: Closed}
      actionType: ModifyProperties
  order: 1
  name: n
  id: a
";
        let expected = "\
# Owned by the platform team.

alias: HighValueAssets
name: High value assets
# how queries join
searchKey: Host
defaultDuration: 90d
items: assets.csv # from the CMDB
---
- name: F
  body: |
    T
- id: a
  name: n
  order: 1
  triggeringLogic:
    triggersOn: Incidents
    triggersWhen: Created
  # only this
  actions:
    - actionType: ModifyProperties
      actionConfiguration:
        status: Closed
";
        let once = formatted(text);
        assert_eq!(once, expected);
        assert_eq!(formatted(&once), once);
    }

    #[test]
    fn what_cannot_be_read_is_left_as_it_is() {
        let (text, findings) = format(SourceId::default(), "alias: A\n", &mut |_| None);
        assert!(text.is_none() && !findings.is_empty());
        let anchors = "alias: &a A\nname: *a\nsearchKey: K\nitems: a.csv\n";
        assert_eq!(formatted(anchors), anchors);
    }

    #[test]
    fn detections_of_either_dialect_mean_the_same_after() {
        let text = "\
detectionAction:
  responseActions: []
  alertTemplate: {severity: high, title: t, description: d, category: Execution, impactedAssets: [{'@odata.type': '#microsoft.graph.security.impactedDeviceAsset', identifier: deviceId}]}
schedule: {period: '0'}
queryCondition: {queryText: 'DeviceEvents'}
isEnabled: false
displayName: d
";
        let once = formatted(text);
        assert!(once.starts_with("displayName: d\nisEnabled: false\nqueryCondition:\n"), "{once}");
        assert_eq!(formatted(&once), once);
        let bodies = |text: &str| match &read(SourceId::default(), "x.yaml", text).0[..] {
            [crate::content::Content::CustomDetection(rule)] => rule.body.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(bodies(&once), bodies(text));
    }
}
