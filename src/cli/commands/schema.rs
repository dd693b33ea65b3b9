//! `picket schema`

use crate::cli::{CliError, Exit, Shell, rule_schema};

/// Print the JSON Schema of rule files, for an editor, or that of what picket writes as JSON.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  picket schema > rule.schema.json
  picket schema content > content.schema.json
  picket schema test > test.schema.json
  picket schema tested              what `picket test --format json` writes
  picket schema imported            what `picket import files --format json` writes
  picket schema coverage            what `picket coverage --format json` writes
  picket schema report              what `picket check --format json` writes
  picket schema plan                what `picket plan --format json` writes
  picket schema outcome             what `picket apply --format json` writes
  picket schema drift               what `picket drift --format json` writes; likewise pull
  picket schema rows                what `picket kql run --format json` writes
  picket schema status              what `picket status --format json` writes
  picket schema doctor              what `picket doctor --format json` writes
  picket schema runs                what these write for an environment of several workspaces

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
    /// Files of content: watchlists, functions, automation rules, custom detections.
    Content,
    /// Files of tests of rules.
    Test,
    /// What came of tests, as JSON.
    Tested,
    /// What became of imported files, as JSON.
    Imported,
    /// Coverage of ATT&CK as JSON.
    Coverage,
    /// Findings as JSON.
    Report,
    /// A plan as JSON.
    Plan,
    /// What is no longer as it was applied, as JSON.
    Drift,
    /// What was pulled as JSON.
    Pull,
    /// The rows of a query as JSON.
    Rows,
    /// How rules fare as JSON.
    Status,
    /// What `picket doctor` found, as JSON.
    Doctor,
    /// What commands write as JSON for several workspaces.
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Runs,
    /// The outcome of an apply as JSON.
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Outcome,
}

impl SchemaArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let text = match self.of {
            Schema::Rule => rule_schema::text(),
            Schema::Content => rule_schema::content_text(),
            Schema::Test => rule_schema::test_text(),
            Schema::Tested => rule_schema::tested_text(),
            Schema::Imported => rule_schema::imported_text(),
            Schema::Coverage => rule_schema::coverage_text(),
            Schema::Report => rule_schema::report_text(),
            Schema::Plan => rule_schema::plan_text(),
            Schema::Drift => rule_schema::drift_text(),
            Schema::Pull => rule_schema::pull_text(),
            Schema::Rows => rule_schema::rows_text(),
            Schema::Status => rule_schema::status_text(),
            Schema::Doctor => rule_schema::doctor_text(),
            #[cfg(all(feature = "azure", feature = "emulator"))]
            Schema::Runs => rule_schema::runs_text(),
            #[cfg(all(feature = "azure", feature = "emulator"))]
            Schema::Outcome => rule_schema::outcome_text(),
        };
        shell.out().write_all(text.as_bytes())?;
        Ok(Exit::Clean)
    }
}
