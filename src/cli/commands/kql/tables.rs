//! `picket kql tables`

use serde_json::json;

use super::listing::{Listing, ListingArgs};
use crate::cli::{CliError, Exit, Shell};
use crate::kql::bind::Bound;

/// Print the tables that queries read.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TablesArgs {
    #[command(flatten)]
    listing: ListingArgs,
}

const EXAMPLES: &str = "\
Examples:
  picket kql tables hunt.kql               a table a line
  picket kql tables rules/                 the tables of each rule's query
  picket kql tables --format json < q.kql  for other programs

Errors in a query go to standard error and give exit code 1.";

impl TablesArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        self.listing.run(tables, shell)
    }
}

fn tables(bound: &Bound<'_>) -> Listing {
    let names = bound.tables();
    Listing {
        rows: names.iter().map(|name| ((*name).to_owned(), String::new())).collect(),
        note: names.is_empty().then_some("the query reads no table that is known"),
        fields: vec![("tables", json!(names))],
    }
}
