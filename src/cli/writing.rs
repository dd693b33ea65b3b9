//! How the rows that a query returns are written.

use crate::exec::Table;
use crate::report::{rows_csv, rows_json, rows_text};

use super::{CliError, Shell};

/// How rows are written.
#[derive(Debug, clap::Args)]
pub(crate) struct WritingArgs {
    /// How to write the rows.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: RowsFormat,
}

/// A form of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum RowsFormat {
    /// Aligned text.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// Comma-separated values with a line of names.
    Csv,
}

impl WritingArgs {
    /// Writes rows.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn write(&self, table: &Table, shell: &mut Shell) -> Result<(), CliError> {
        let text = match self.format {
            RowsFormat::Text => rows_text(table),
            RowsFormat::Json => rows_json(table),
            RowsFormat::Csv => rows_csv(table),
        };
        Ok(shell.out().write_all(text.as_bytes())?)
    }
}
