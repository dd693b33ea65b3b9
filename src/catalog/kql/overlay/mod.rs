//! Tables, functions and watchlists that a project declares beside the built-in ones.
//!
//! - A `.kql` file is one function; see [`function`](fn@function).
//! - A `.csv` file is a watchlist, named like the file: its first line is the columns.
//! - A YAML or JSON file declares any number of things under `tables`, `functions` and `watchlists`, or is a list of
//!   them, or one of them. Tables are read as Log Analytics exports them, too (`az monitor log-analytics workspace table
//!   show`, or the answer of Resource Manager), functions and watchlists likewise.
//!
//! Reading is pure: text in, what could be read and what is wrong out.

mod data;
mod functions;
mod intern;
mod lints;
mod schema;

use crate::catalog::ScalarType;
use crate::diag::{Diagnostic, LintMeta};
use crate::text::{SourceId, Span, TextRange};

use super::catalog::{KqlCatalog, StoredFunction, Watchlist};
use super::tables::Table;

pub use functions::{DeclaredFunction, function, is_command};
pub use schema::{SchemaError, functions_from_json, tables_from_json};

/// The codes of declarations.
pub const LINTS: &[&LintMeta] = lints::LINTS;

/// The endings of files of KQL.
pub const QUERY_ENDINGS: [&str; 3] = ["kql", "csl", "kusto"];

/// What a project declares.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// Its tables.
    pub tables: Vec<Table>,
    /// Its functions.
    pub functions: Vec<StoredFunction>,
    /// Its watchlists.
    pub watchlists: Vec<Watchlist>,
}

impl Overlay {
    /// Reads the declarations of one file into the overlay. `name` is the name of the file; its ending says how to read
    /// it.
    pub fn read(&mut self, source: SourceId, name: &str, text: &str) -> Vec<Diagnostic> {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
        match ending.to_ascii_lowercase().as_str() {
            ending if QUERY_ENDINGS.contains(&ending) => self.functions.push(function(stem, text).function),
            "csv" => match data::csv_columns(text) {
                Some(columns) => self.watchlists.push(Watchlist { alias: intern::name(stem), columns }),
                None => {
                    let at = Span::new(source, TextRange::empty(0));
                    let message = "the watchlist has no line of column names";
                    let fault = lints::BAD_DECLARATION.at(at, message);
                    return vec![fault.with_help("name the columns in the first line, commas between")];
                }
            },
            _ => return data::read(source, text, self),
        }
        Vec::new()
    }

    /// Adds a watchlist with columns of text.
    pub fn declare_watchlist<'a>(&mut self, alias: &str, columns: impl Iterator<Item = &'a str>) {
        let columns = columns.map(|name| data::column(name, ScalarType::String)).collect();
        self.watchlists.push(Watchlist { alias: intern::name(alias), columns });
    }

    /// Adds a function; brackets around the parameters may be there or not.
    pub fn declare_function(&mut self, name: &str, parameters: &str, body: &str) {
        let parameters = functions::in_brackets(parameters);
        self.functions.push(StoredFunction { name: intern::name(name), parameters, body: body.to_owned() });
    }

    /// The built-in catalogue with these declarations on top.
    pub fn into_catalog(self) -> KqlCatalog {
        KqlCatalog::extended(self)
    }
}
