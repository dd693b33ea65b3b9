//! `cargo dev facts`: makes the tables in `schemas/facts` from the collected facts.
//!
//! Each table is a file of tab-separated lines, one record a line, sorted, under a head of `# key: value`
//! lines that name source, version and terms. [`crate::catalog`] reads them.

mod attack;
mod connectors;
mod entities;
mod kql;
mod retired;
mod service;
mod workspace;

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::generated::{self, Generated};
use crate::cli::{CliError, Exit, Shell};

/// Rewrites schemas/facts from the collected facts.
#[derive(Debug, clap::Args)]
pub struct FactsArgs {
    /// The folder that holds `facts` and `arm`.
    #[arg(long, default_value = "../shared", value_name = "DIR")]
    from: PathBuf,
    /// Write nothing; fail when a table is not current.
    #[arg(long)]
    check: bool,
}

impl FactsArgs {
    /// Runs the command.
    ///
    /// # Errors
    /// When the facts cannot be read or the tables not be written.
    pub fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let tables = tables(&generated::root().join(&self.from))?;
        generated::settle(&tables, self.check, shell)
    }
}

/// Every table, made from the folder `shared`.
///
/// # Errors
/// When an input cannot be read, or is not in the expected shape.
pub fn tables(shared: &Path) -> Result<Vec<Generated>, CliError> {
    let attack: attack::Input = read(shared, "facts/attack.json")?;
    let connectors: connectors::Input = read(shared, "facts/connectors.json")?;
    let entities: entities::Input = read(shared, "facts/entities.json")?;
    let service: service::Input = read(shared, "arm/contract/facts.json")?;
    let language: kql::Input = read(shared, "facts/kql.json")?;
    let syntax: kql::SyntaxInput = read(shared, "facts/kql.json")?;
    let products: kql::ProductsInput = read(shared, "facts/functions_sentinel.json")?;
    let kql_tables: kql::TablesInput = read(shared, "facts/tables.json")?;
    Ok(vec![
        attack::tactics(&attack),
        attack::techniques(&attack),
        attack::platforms(&attack),
        attack::service_techniques(&attack),
        connectors::table(&connectors),
        entities::table(&entities),
        retired::table(),
        workspace::table(),
        service::enums(&service),
        service::limits(&service)?,
        kql::functions(&language),
        kql::aggregates(&language),
        kql::plugins(&language),
        kql::operators(&language),
        kql::columns(&kql_tables),
        kql::tables(&kql_tables),
        kql::asim(&products),
        kql::keywords(&syntax),
        kql::operator_parameters(&syntax),
        kql::product_functions(&products),
    ])
}

fn read<T: DeserializeOwned>(shared: &Path, name: &str) -> Result<T, CliError> {
    let failed = |error: &dyn std::fmt::Display| {
        CliError::new(format!("cannot read the facts in {name}"))
            .cause(error)
            .help("name the folder that holds them with --from")
    };
    let text = fs::read_to_string(shared.join(name)).map_err(|error| failed(&error))?;
    serde_json::from_str(&text).map_err(|error| failed(&error))
}

/// A table under construction.
struct Table {
    head: String,
    rows: Vec<String>,
}

impl Table {
    /// A table that opens with `head`, pairs of key and value, and names its `columns`.
    fn new(head: &[(&str, &str)], columns: &[&str]) -> Self {
        let mut text = String::new();
        for (key, value) in head {
            text.push_str(&format!("# {key}: {value}\n"));
        }
        text.push_str(&format!("# columns: {}\n", columns.join(" ")));
        Self { head: text, rows: Vec::new() }
    }

    /// Adds a record. An empty cell is written `-`, so that no line ends in white space.
    fn row(&mut self, cells: &[&str]) {
        let cells = cells.iter().map(|cell| {
            // A tab or line break inside a cell would break the table.
            let cell = cell.replace(['\t', '\r', '\n'], " ");
            if cell.trim().is_empty() { "-".to_owned() } else { cell.trim().to_owned() }
        });
        self.rows.push(cells.collect::<Vec<_>>().join("\t"));
    }

    /// The file, records sorted.
    fn finish(mut self, name: &str) -> Generated {
        self.rows.sort();
        self.finish_in_order(name)
    }

    /// The file, records in the order in which they were added.
    fn finish_in_order(self, name: &str) -> Generated {
        let mut text = self.head;
        for row in &self.rows {
            text.push_str(row);
            text.push('\n');
        }
        Generated { path: format!("schemas/facts/{name}.tsv"), text }
    }
}
