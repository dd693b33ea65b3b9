//! `picket kql`: KQL alone, without rules around it.

mod answers;
mod fmt;

use clap::Subcommand;

use crate::cli::{CliError, Exit, Shell};

/// Work with KQL files.
#[derive(Debug, clap::Args)]
pub(crate) struct KqlArgs {
    #[command(subcommand)]
    command: KqlCommand,
}

#[derive(Debug, Subcommand)]
enum KqlCommand {
    Answers(answers::AnswersArgs),
    Fmt(fmt::FmtArgs),
}

impl KqlArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        match self.command {
            KqlCommand::Answers(args) => args.run(shell),
            KqlCommand::Fmt(args) => args.run(shell),
        }
    }
}
