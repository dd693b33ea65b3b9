//! Functions of Sentinel and Defender in queries, and what a project declares for them.

use picket::catalog::kql::{KqlCatalog, Overlay};
use picket::kql::bind::{Arena, bind};
use picket::kql::syntax::parse;
use picket::text::SourceId;

/// The codes found in `query`, and the columns of its result.
fn check(catalog: &KqlCatalog, query: &str) -> (Vec<&'static str>, Vec<String>) {
    let (tree, found) = parse(query);
    assert!(found.is_empty(), "{query}");
    let arena = Arena::new();
    let bound = bind(&tree, catalog, &arena);
    let codes = bound.diagnostics().iter().map(|found| found.code).collect();
    let columns = bound.columns().unwrap_or_default().iter().map(|column| column.name.to_owned()).collect();
    (codes, columns)
}

#[test]
fn a_declared_watchlist_has_its_columns_and_no_others() {
    let mut overlay = Overlay::default();
    assert!(overlay.read(SourceId(0), "Assets.csv", "Host,Owner\n").is_empty());
    let catalog = overlay.into_catalog();
    let (codes, columns) = check(&catalog, "_GetWatchlist('Assets') | project Host, Owner, SearchKey");
    assert_eq!((codes.len(), columns.len()), (0, 3), "{codes:?}");
    assert_eq!(check(&catalog, "_GetWatchlist('Assets') | project Hots").0.len(), 1);
    assert_eq!(check(&catalog, "_GetWatchlist('Other') | project Hots").0, Vec::<&str>::new());
}

#[test]
fn parsers_take_named_filters_and_return_their_schema() {
    let catalog = KqlCatalog::builtin();
    let (codes, _) =
        check(catalog, "_Im_Dns(starttime=ago(1d), pack=true) | project DnsQuery, TimeGenerated");
    assert_eq!(codes, Vec::<&str>::new());
    let (codes, _) = check(catalog, "imDns | where DnsQuery has 'a' | project SrcIpAddr");
    assert_eq!(codes, Vec::<&str>::new());
}

#[test]
fn own_tables_and_functions_are_checked_fully() {
    let mut overlay = Overlay::default();
    let table = "name: Sessions_CL\ncolumns: { TimeGenerated: datetime, User: string }\n";
    assert!(overlay.read(SourceId(0), "t.yaml", table).is_empty());
    let function = "// parameters: (since: timespan)\nSessions_CL | where TimeGenerated > ago(since)";
    assert!(overlay.read(SourceId(0), "Recent.kql", function).is_empty());
    let catalog = overlay.into_catalog();
    assert_eq!(check(&catalog, "Recent(1d) | project User").0, Vec::<&str>::new());
    assert_eq!(check(&catalog, "Recent(1d) | project Usre").0.len(), 1);
    assert_eq!(check(&catalog, "Sessions_CL | where Usr == 'a'").0.len(), 1);
}
