//! `cargo dev schema`: makes `schemas/rule.schema.json` from the table of keys and the catalog.

use super::generated::{self, Generated};
use crate::cli::{CliError, Exit, Shell, rule_schema};

/// Rewrites the JSON Schema of rule files.
#[derive(Debug, clap::Args)]
pub struct SchemaArgs {
    /// Write nothing; fail when the schema is not current.
    #[arg(long)]
    check: bool,
}

impl SchemaArgs {
    /// Runs the command.
    ///
    /// # Errors
    /// When the schema cannot be read or written.
    pub fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let root = generated::root();
        let files = [Generated { path: rule_schema::PATH.to_owned(), text: rule_schema::text() }];
        let stale =
            if self.check { generated::stale(&root, &files)? } else { generated::write(&root, &files)? };
        let verb = if self.check { "not current" } else { "wrote" };
        for path in &stale {
            writeln!(shell.out(), "{verb}: {path}")?;
        }
        Ok(if self.check && !stale.is_empty() { Exit::Findings } else { Exit::Clean })
    }
}
