//! The watchlists of all indicators and of approved tools, and the rule about any tool that is not approved.

use super::any_tool::draft;
use super::merge::{Origin, Tool};
use super::normal::Kind;
use super::render::{Draft, Form};
use crate::import::Planned;
use crate::import::kql_text::literal;

/// The alias of the watchlist of indicators: `Indicator`, `Kind`, `Tool`.
pub const INDICATORS: &str = "RmmIndicators";

/// The alias of the watchlist of approved tools: `Tool`, `Reason`, `ApprovedBy`.
pub const APPROVED: &str = "ApprovedRmmTools";

/// The kinds that the rule about any tool looks for. Products, companies and folders are too much for one query over
/// all tools, and a pattern cannot be joined.
const LISTED: [Kind; 7] =
    [Kind::Domain, Kind::Address, Kind::Process, Kind::Signer, Kind::Product, Kind::Company, Kind::Folder];

/// The values of `kind` of one tool, as a table inside a query.
pub(super) fn lookup(tool: &Tool, kind: Kind) -> String {
    format!(
        "(_GetWatchlist({}) | where Tool == {} and Kind == {} | project Indicator)",
        literal(INDICATORS),
        literal(&tool.name),
        literal(kind.as_str())
    )
}

/// The rule about any tool that is not approved, and its hunting twin.
pub(super) fn any_tool(tools: &[Tool]) -> Vec<Draft> {
    if tools.is_empty() {
        return Vec::new();
    }
    let mut origins: Vec<Origin> = tools.iter().flat_map(|tool| tool.origins.iter().cloned()).collect();
    origins.sort();
    origins.dedup();
    // The indicators stand in the watchlist: the rule itself hangs on no file.
    let mut catalogs: Vec<Origin> = origins;
    catalogs.dedup_by(|a, b| a.catalog == b.catalog);
    for origin in &mut catalogs {
        (origin.path, origin.revision) = (".".to_owned(), "see the watchlist".to_owned());
    }
    Form::ALL.into_iter().map(|form| draft(form, &catalogs)).collect()
}

/// The files of both watchlists.
pub(super) fn files(tools: &[Tool]) -> Vec<Planned> {
    if tools.is_empty() {
        return Vec::new();
    }
    let mut items = String::from("Indicator,Kind,Tool\n");
    for tool in tools {
        for kind in LISTED {
            for value in tool.all(kind) {
                items.push_str(&format!("{},{},{}\n", quoted(value), kind.as_str(), quoted(&tool.name)));
            }
        }
    }
    let definition = |alias: &str, name: &str, description: &str, key: &str, items: &str| {
        format!(
            "alias: {alias}\nname: {name}\ndescription: {description}\nsearchKey: {key}\nitems: {items}\n"
        )
    };
    let file = |path: &str, text: String| Planned {
        id: format!("content:{path}"),
        path: path.to_owned(),
        source: "all catalogs".to_owned(),
        text,
        generated: None,
    };
    vec![
        file(
            "rmm-indicators.yaml",
            definition(
                INDICATORS,
                "Indicators of remote-management tools",
                "Hosts, programs, signers and folders of remote-management tools, written by `picket import rmm --from-indicators`.",
                "Indicator",
                "rmm-indicators.csv",
            ),
        ),
        file("rmm-indicators.csv", items),
        file(
            "approved-rmm-tools.yaml",
            definition(
                APPROVED,
                "Approved remote-management tools",
                "The tools that this organisation uses, by the names of the watchlist RmmIndicators. The rule about any other tool leaves them out.",
                "Tool",
                "approved-rmm-tools.csv",
            ),
        ),
        file(
            "approved-rmm-tools.csv",
            "Tool,Reason,ApprovedBy\nMicrosoft Quick Assist,Help desk,it@contoso.com\n".to_owned(),
        ),
    ]
}

/// A value of a CSV file.
fn quoted(value: &str) -> String {
    if value.contains([',', '"', '\n', '\r']) || value.trim() != value {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
    }
}
