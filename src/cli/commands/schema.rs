//! `picket schema`

use crate::cli::{CliError, Exit, Shell, rule_schema};

/// Print the JSON Schema of rule files, for an editor, or that of findings as JSON.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  picket schema > rule.schema.json
  picket schema report              what `picket check --format json` writes

Editors with the YAML language server use it when a rule file starts with
  # yaml-language-server: $schema=rule.schema.json")]
pub(crate) struct SchemaArgs {
    /// Which schema.
    #[arg(value_enum, default_value_t)]
    of: Schema,
}

/// What there is a schema of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum Schema {
    /// Rule files.
    #[default]
    Rule,
    /// Findings as JSON.
    Report,
}

impl SchemaArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let text = match self.of {
            Schema::Rule => rule_schema::text(),
            Schema::Report => rule_schema::report_text(),
        };
        shell.out().write_all(text.as_bytes())?;
        Ok(Exit::Clean)
    }
}
