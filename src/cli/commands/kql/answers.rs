//! `picket kql answers`

use std::io::BufRead;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::catalog::kql::{KqlCatalog, Overlay, overlay};
use crate::cli::{CliError, Exit, Shell, load};
use crate::diag::{Diagnostic, Severity};
use crate::kql::bind::{self, Arena};
use crate::kql::{codes, syntax};
use crate::text::TextRange;

/// Answer queries as the reference front end does, to compare both.
///
/// Standard input holds a query a line: {"id": …, "q": …}. For each, one line is written: what was found, as code,
/// severity, start and length in UTF-16 units and message; the columns of the result; the tables read.
#[derive(Debug, clap::Args)]
pub(crate) struct AnswersArgs {
    /// The tables there are: {"tables": [{"name": …, "columns": [[name, type], …]}, …]}.
    #[arg(long, value_name = "FILE")]
    schema: PathBuf,
    /// The stored functions there are: [{"name": …, "parameters": …, "body": …}, …].
    #[arg(long, value_name = "FILE")]
    functions: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Query {
    id: String,
    q: String,
}

impl AnswersArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut given =
            Overlay { tables: read(&self.schema, overlay::tables_from_json)?, ..Overlay::default() };
        if let Some(file) = &self.functions {
            given.functions = read(file, overlay::functions_from_json)?;
        }
        let catalog = KqlCatalog::only(given);
        for line in std::io::stdin().lock().lines() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            let query: Query = serde_json::from_str(&line).map_err(|error| {
                CliError::new("standard input holds a line that is no query").cause(error)
            })?;
            let answer = answer(&query, &catalog);
            writeln!(shell.out(), "{answer}")?;
        }
        Ok(Exit::Clean)
    }
}

fn read<T, E: std::error::Error + Send + Sync + 'static>(
    file: &Path,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, CliError> {
    let text = load::read_file(file)?;
    parse(&text).map_err(|error| CliError::new(format!("cannot read {}", file.display())).cause(error))
}

fn answer(query: &Query, catalog: &KqlCatalog) -> Value {
    let (tree, found) = syntax::parse(query.q.as_str());
    let arena = Arena::new();
    let bound = bind::bind(&tree, catalog, &arena);
    let diagnostics: Vec<Value> =
        found.iter().chain(bound.diagnostics()).map(|finding| finding_of(finding, &query.q)).collect();
    let columns = bound.columns().map(|columns| {
        columns.iter().map(|column| json!([column.name, column.ty.name()])).collect::<Vec<Value>>()
    });
    let tables: Vec<&str> = bound.tables().into_iter().collect();
    json!({ "id": query.id, "diagnostics": diagnostics, "columns": columns, "tables": tables })
}

fn finding_of(finding: &Diagnostic, text: &str) -> Value {
    let code = codes::find(finding.code).map_or(finding.code, |code| code.reference);
    let severity = match finding.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Info => "Information",
    };
    let range = finding.primary.span.range;
    let units = |from: u32, to: u32| {
        let part = TextRange::new(from, to).slice(text);
        if part.is_ascii() { part.len() } else { part.chars().map(char::len_utf16).sum::<usize>() }
    };
    json!([code, severity, units(0, range.start), units(range.start, range.end), finding.message])
}
