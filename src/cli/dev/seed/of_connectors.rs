//! Defects in the connectors that a rule requires and in the tables that its query reads.

use super::Maker;
use super::of_queries::{of, with};
use super::subject::{Named, Planted, Subject, misspelt};
use crate::text::Spanned;

/// The makers of such defects.
pub(super) static MAKERS: &[Maker] = &[
    Maker { name: "unknown connector", codes: &["PK601"], make: |s| connector(s, misspelt) },
    Maker { name: "unknown data type", codes: &["PK602"], make: data_type },
    Maker { name: "connector that is not read", codes: &["PK603"], make: unread },
    Maker { name: "table without connector", codes: &["PK604"], make: unconnected },
    Maker {
        name: "duplicate connector",
        codes: &["PK605"],
        make: |s| s.repeat(s.rule.required_connectors.first()?.range, str::to_owned),
    },
    Maker {
        name: "deprecated connector",
        codes: &["PK606"],
        make: |s| connector(s, |_| "AIVectraDetect".to_owned()),
    },
    Maker { name: "retired table", codes: &["PK607"], make: retired },
    Maker {
        name: "table of Defender alone",
        codes: &["PK609"],
        make: |s| with(s, "| where COLUMN !in (DeviceTvmBrowserExtensions | project ExtensionId)"),
    },
    Maker {
        name: "column of Defender alone",
        codes: &["PK610"],
        make: |s| with(s, "| where COLUMN !in (AgentsInfo | project EntraAgentId)"),
    },
    Maker { name: "Defender's name of a column", codes: &["PK611"], make: defender },
    Maker {
        name: "parser of the workspace",
        codes: &["PK612"],
        make: |s| with(s, "| where COLUMN !in (imDns | project DnsQuery)"),
    },
];

fn first_connector(subject: &Subject) -> Option<&Spanned<String>> {
    subject.rule.required_connectors.first()?.connector_id.as_ref()
}

fn connector(subject: &Subject, change: impl Fn(&str) -> String) -> Option<Planted> {
    let id = first_connector(subject)?;
    Some(subject.replace(subject.inside(id), &change(&id.value)))
}

fn data_type(subject: &Subject) -> Option<Planted> {
    let name = subject.rule.required_connectors.iter().find_map(|connector| connector.data_types.first())?;
    let is_plain = name.value.chars().all(|c| c.is_ascii_alphanumeric());
    is_plain.then(|| subject.replace(subject.inside(name), &misspelt(&name.value)))
}

/// Only where the query reads tables and nothing else.
fn unread(subject: &Subject) -> Option<Planted> {
    let reads_tables = subject.names.iter().any(|name| matches!(name, Named::Table(_)));
    let is_open = ["OfficeActivity", "_Im_", "_ASim_", "imDns", "union *", "table("]
        .iter()
        .any(|word| subject.text.contains(word));
    if subject.rule.key("requiredDataConnectors").is_some() || is_open || !reads_tables {
        return None;
    }
    subject.prepend("requiredDataConnectors:\n  - connectorId: Office365\n    dataTypes: [OfficeActivity]")
}

fn unconnected(subject: &Subject) -> Option<Planted> {
    first_connector(subject).filter(|_| !subject.text.contains("OfficeActivity"))?;
    // Office 365 under another connector, or one of which nobody knows what it brings.
    let is_known = |id: &str| crate::catalog::Catalog::builtin().connectors().get(id).is_some();
    let ids = subject.rule.required_connectors.iter().map(|required| required.connector_id.as_ref());
    let ids: Option<Vec<_>> = ids.collect();
    if !ids?.iter().all(|id| is_known(&id.value)) {
        return None;
    }
    with(subject, "| where COLUMN !in (OfficeActivity | project UserId)")
}

fn retired(subject: &Subject) -> Option<Planted> {
    // Each table is pointed out once.
    if subject.text.contains("ThreatIntelligenceIndicator") {
        return None;
    }
    with(subject, "| where COLUMN !in (ThreatIntelligenceIndicator | project NetworkIP)")
}

fn defender(subject: &Subject) -> Option<Planted> {
    // A table of the workspace's own may have the column.
    let is_own = subject.text.contains("_CL") || subject.text.contains("AzureDiagnostics");
    if is_own || subject.columns.iter().any(|column| column.name == "Timestamp") {
        return None;
    }
    of(subject, "TimeGenerated", "| where Timestamp > ago(1h)")
}
