//! `picket kql`: KQL alone, without rules around it.

mod answers;
mod check;
mod columns;
mod fmt;
mod listing;
mod run;
mod tables;

use clap::Subcommand;

use crate::cli::{CliError, Exit, Shell};

/// Work with KQL: queries in files of their own and in rules.
#[derive(Debug, clap::Args)]
pub(crate) struct KqlArgs {
    #[command(subcommand)]
    command: KqlCommand,
}

#[derive(Debug, Subcommand)]
enum KqlCommand {
    Check(check::CheckArgs),
    Fmt(fmt::FmtArgs),
    Run(run::RunArgs),
    Columns(columns::ColumnsArgs),
    Tables(tables::TablesArgs),
    Answers(answers::AnswersArgs),
}

impl KqlArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        match self.command {
            KqlCommand::Check(args) => args.run(shell),
            KqlCommand::Fmt(args) => args.run(shell),
            KqlCommand::Run(args) => args.run(shell),
            KqlCommand::Columns(args) => args.run(shell),
            KqlCommand::Tables(args) => args.run(shell),
            KqlCommand::Answers(args) => args.run(shell),
        }
    }
}
