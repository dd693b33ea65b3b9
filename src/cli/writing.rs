//! How the rows that a query returns are written.

use std::path::PathBuf;

use crate::exec::Table;
use crate::hunt::ParquetWriter;
use crate::report::{rows_csv, rows_json, rows_text};

use super::{CliError, Shell, load};

/// How many rows of Parquet make a row group.
const ROWS_OF_A_GROUP: usize = 128 * 1024;

/// How rows are written.
#[derive(Debug, clap::Args)]
pub(crate) struct WritingArgs {
    /// How to write the rows.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: RowsFormat,
    /// The file to write them to; standard output without it. Parquet needs one.
    #[arg(long, short, value_name = "FILE", required_if_eq("format", "parquet"))]
    output: Option<PathBuf>,
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
    /// Parquet.
    Parquet,
}

impl WritingArgs {
    /// Writes rows.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn write(&self, table: &Table, shell: &mut Shell) -> Result<(), CliError> {
        let bytes = match self.format {
            RowsFormat::Text => rows_text(table).into_bytes(),
            RowsFormat::Json => rows_json(table).into_bytes(),
            RowsFormat::Csv => rows_csv(table).into_bytes(),
            RowsFormat::Parquet => parquet(table)
                .map_err(|error| CliError::new("the rows cannot be written as Parquet").cause(error))?,
        };
        match &self.output {
            Some(file) => load::write(file, &bytes),
            None => Ok(shell.out().write_all(&bytes)?),
        }
    }
}

fn parquet(table: &Table) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut writer = ParquetWriter::new(&mut bytes, &table.schema)?;
    for rows in table.rows.chunks(ROWS_OF_A_GROUP) {
        writer.write(rows)?;
    }
    writer.finish()?;
    Ok(bytes)
}
