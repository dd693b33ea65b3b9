//! The command line: one file a subcommand, and the only place that prints.
//!
//! A subcommand is a `clap::Args` struct with `run(self, &mut Shell) -> Result<Exit, CliError>`.

#[cfg(feature = "dev")]
pub mod dev;
mod error;
pub mod rule_schema;
mod shell;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use error::CliError;
pub use shell::{ColorChoice, Shell};

/// How a run ended. The numbers are the same for every subcommand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing to report: 0.
    Clean,
    /// The command worked, and found something: 1.
    Findings,
    /// The command could not do its work (bad input, no access): 2.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Microsoft Sentinel detections as code.
#[derive(Debug, Parser)]
#[command(name = "picket", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

/// Options of every subcommand.
#[derive(Debug, clap::Args)]
struct GlobalArgs {
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: ColorChoice,
}

#[derive(Debug, Subcommand)]
enum Command {}

/// Runs the program with the arguments of the process.
#[expect(unreachable_code, unused_variables, reason = "there is no subcommand yet")]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut shell = Shell::new(cli.global.color);
    finish(dispatch(cli.command, &mut shell), &mut shell)
}

fn dispatch(command: Command, _shell: &mut Shell) -> Result<Exit, CliError> {
    match command {}
}

/// Prints an error, if there is one, and turns the outcome into the exit code of the process.
fn finish(outcome: Result<Exit, CliError>, shell: &mut Shell) -> ExitCode {
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) if error.is_broken_pipe() => Exit::Clean.into(),
        Err(error) => {
            shell.error(&error);
            Exit::Failed.into()
        }
    }
}
