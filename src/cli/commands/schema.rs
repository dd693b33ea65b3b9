//! `picket schema`

use crate::cli::{CliError, Exit, Shell, rule_schema};

/// Print the JSON Schema of rule files, for an editor.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  picket schema > rule.schema.json

Editors with the YAML language server use it when a rule file starts with
  # yaml-language-server: $schema=rule.schema.json")]
pub(crate) struct SchemaArgs {}

impl SchemaArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        shell.out().write_all(rule_schema::text().as_bytes())?;
        Ok(Exit::Clean)
    }
}
