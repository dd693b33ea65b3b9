//! `cargo dev schema`: makes `schemas/rule.schema.json` from the table of keys and the catalog, and
//! those of what picket writes as JSON.

use super::generated::{self, Generated};
use crate::cli::{CliError, Exit, Shell, rule_schema};

/// Rewrites the JSON Schemas of rule files and of what picket writes as JSON.
#[derive(Debug, clap::Args)]
pub struct SchemaArgs {
    /// Write nothing; fail when a schema is not current.
    #[arg(long)]
    check: bool,
}

impl SchemaArgs {
    /// Runs the command.
    ///
    /// # Errors
    /// When the schema cannot be read or written.
    pub fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let files = [
            Generated { path: rule_schema::PATH.to_owned(), text: rule_schema::text() },
            Generated { path: rule_schema::CONTENT_PATH.to_owned(), text: rule_schema::content_text() },
            Generated { path: rule_schema::TEST_PATH.to_owned(), text: rule_schema::test_text() },
            Generated { path: rule_schema::TESTED_PATH.to_owned(), text: rule_schema::tested_text() },
            Generated { path: rule_schema::IMPORTED_PATH.to_owned(), text: rule_schema::imported_text() },
            Generated { path: rule_schema::COVERAGE_PATH.to_owned(), text: rule_schema::coverage_text() },
            Generated { path: rule_schema::REPORT_PATH.to_owned(), text: rule_schema::report_text() },
            Generated { path: rule_schema::PLAN_PATH.to_owned(), text: rule_schema::plan_text() },
            Generated { path: rule_schema::DRIFT_PATH.to_owned(), text: rule_schema::drift_text() },
            Generated { path: rule_schema::PULL_PATH.to_owned(), text: rule_schema::pull_text() },
            Generated { path: rule_schema::ROWS_PATH.to_owned(), text: rule_schema::rows_text() },
            Generated { path: rule_schema::BACKTEST_PATH.to_owned(), text: rule_schema::backtest_text() },
            Generated { path: rule_schema::STATUS_PATH.to_owned(), text: rule_schema::status_text() },
            Generated { path: rule_schema::DOCTOR_PATH.to_owned(), text: rule_schema::doctor_text() },
            #[cfg(all(feature = "azure", feature = "emulator"))]
            Generated { path: rule_schema::RUNS_PATH.to_owned(), text: rule_schema::runs_text() },
            #[cfg(all(feature = "azure", feature = "emulator"))]
            Generated { path: rule_schema::OUTCOME_PATH.to_owned(), text: rule_schema::outcome_text() },
        ];
        generated::settle(&files, self.check, shell)
    }
}
