//! `picket kql columns`

use serde_json::{Value, json};

use super::listing::{Listing, ListingArgs};
use crate::cli::{CliError, Exit, Shell};
use crate::kql::bind::{Bound, Column, Type};

/// Print the columns that queries return, with their types.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ColumnsArgs {
    #[command(flatten)]
    listing: ListingArgs,
}

const EXAMPLES: &str = "\
Examples:
  picket kql columns hunt.kql               a column a line
  picket kql columns rules/                 the columns of each rule's query
  picket kql columns --format json < q.kql  for other programs

In JSON, `open` says that a table is not known, so that there may be more columns;
`columns` is null where the result is no table.
Errors in a query go to standard error and give exit code 1.";

impl ColumnsArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        self.listing.run(columns, shell)
    }
}

fn columns(bound: &Bound<'_>) -> Listing {
    let Some(table) = bound.result().and_then(Type::as_table) else {
        let fields = vec![("columns", Value::Null), ("open", json!(false))];
        return Listing { rows: Vec::new(), note: Some("the result of the query is no table"), fields };
    };
    let row = |column: &&Column<'_>| (column.name.to_owned(), column.ty.name().to_owned());
    let rows = table.columns().iter().map(row).collect();
    let objects: Vec<Value> = table
        .columns()
        .iter()
        .map(|column| json!({ "name": column.name, "type": column.ty.name() }))
        .collect();
    Listing {
        rows,
        note: table.open.then_some("a table is not known, so there may be more columns"),
        fields: vec![("columns", objects.into()), ("open", json!(table.open))],
    }
}
