//! The columns that functions, aggregates and plugins yield, where only code can tell, are those of the reference.

use picket::catalog::kql::{KqlCatalog, Overlay};
use picket::kql::bind::{Arena, Type, bind};
use picket::kql::syntax::parse;

/// Queries with the columns of their results.
const EXPECTED: &str = include_str!("kql_functions/columns.tsv");

/// The table that stands for `T` in them: a column of each type.
const TABLE: &str =
    "datatable(t:datetime,id:string,n:long,i:int,r:real,m:decimal,b:bool,d:dynamic,g:guid,s:timespan)[]";

/// The columns of the result of `query` as the file writes them.
fn columns(query: &str) -> String {
    let catalog = KqlCatalog::only(Overlay::default());
    let (tree, _) = parse(query);
    let arena = Arena::new();
    let bound = bind(&tree, &catalog, &arena);
    match bound.result() {
        Some(Type::Table(table)) => {
            let columns =
                table.columns().iter().map(|column| format!("{}:{}", column.name, column.ty.name()));
            columns.collect::<Vec<_>>().join(" ")
        }
        _ => "-".to_owned(),
    }
}

#[test]
fn columns_are_those_of_the_reference() {
    let lines = EXPECTED.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in lines {
        let (query, expected) = line.split_once('\t').unwrap();
        let query = if let Some(rest) = query.strip_prefix("T ") {
            format!("{TABLE} {rest}")
        } else {
            query.to_owned()
        };
        count += 1;
        let found = columns(&query);
        if found != expected {
            wrong.push(format!("{line}\n    found: {found}"));
        }
    }
    assert!(count > 200, "{count}");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}
