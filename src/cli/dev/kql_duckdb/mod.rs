//! `cargo dev kql-duckdb`: queries of a family, the SQL that means the same, and what picket answers.
//!
//! The family is small and its SQL plain, so that a person can see that both mean the same: filters, projections,
//! aggregates, joins, unions and orders over small tables with nulls and ties. `.ci/compare-duckdb` asks DuckDB.

mod condition;
mod step;
mod table;

use clap::Args;
use serde_json::{Value as Json, json};

use self::step::Query;
use crate::catalog::ScalarType;
use crate::catalog::kql::KqlCatalog;
use crate::cli::{CliError, Exit, Shell};
use crate::exec::chance::Chance;
use crate::exec::value::{DateTime, Value};
use crate::exec::{NoTables, Program, RunOptions, Table};

/// Write queries of a generated family with the SQL that means the same and picket's answers, a line of JSON each.
#[derive(Debug, Args)]
pub(crate) struct KqlDuckdbArgs {
    /// How many queries.
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    cases: u64,
    /// Where chance starts: the same seed makes the same queries.
    #[arg(long, default_value_t = 1, value_name = "SEED")]
    seed: u64,
    /// The number of the first query.
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    from: u64,
}

impl KqlDuckdbArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let catalog = KqlCatalog::builtin();
        for number in self.from..self.from.saturating_add(self.cases) {
            let mut chance = Chance::new(self.seed.wrapping_mul(1_000_003).wrapping_add(number));
            let query = Query::any(&mut chance);
            let (kql, sql) = (query.kql(), query.sql());
            let answer = answer(&kql, catalog);
            let ordered = query.is_ordered();
            let line = json!({ "id": number, "kql": kql, "sql": sql, "ordered": ordered, "answer": answer });
            writeln!(shell.out(), "{line}")?;
        }
        Ok(Exit::Clean)
    }
}

/// The columns and rows of the result, or the error.
fn answer(kql: &str, catalog: &KqlCatalog) -> Json {
    let program = match Program::prepare(kql, catalog) {
        Ok(program) => program,
        Err(findings) => {
            let words: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
            return json!({ "error": words.join("; ") });
        }
    };
    match program.run(&NoTables, RunOptions::at(DateTime::MIN)) {
        Ok(table) => rows(&table),
        Err(error) => json!({ "error": error.message }),
    }
}

fn rows(table: &Table) -> Json {
    let columns: Vec<&str> = table.schema.fields.iter().map(|field| &*field.name).collect();
    let rows: Vec<Vec<Json>> =
        table.rows.iter().map(|row| row.iter().map(Value::to_cell).collect()).collect();
    json!({ "columns": columns, "rows": rows })
}

/// A column of a query under way.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    name: String,
    ty: ScalarType,
}
