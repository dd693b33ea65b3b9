//! The command line: one file a subcommand, and the only place that prints.
//!
//! A subcommand is a `clap::Args` struct with `run(self, &mut Shell) -> Result<Exit, CliError>`.

#[cfg(all(feature = "azure", feature = "emulator"))]
mod applying;
mod asking;
mod attack;
mod baseline;
pub mod codes;
mod commands;
mod completing;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod connect;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod deleted;
#[cfg(feature = "dev")]
pub mod dev;
mod diff;
mod environment;
mod error;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod examine;
pub mod exit_codes;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod fired;
mod formatting;
mod history;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod journal;
mod levels;
mod load;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod merging;
mod named;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod new_files;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod outcome;
mod output;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod pipeline;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod progress;
mod queries;
#[cfg(feature = "emulator")]
mod query_check;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod reading;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod refusals;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod remote;
mod revision;
mod revision_files;
pub mod rule_schema;
mod rule_tests;
mod running;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod saved;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod select;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod several;
mod shell;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod signals;
mod span;
mod subject;
#[cfg(all(feature = "azure", feature = "emulator"))]
mod wanted;
mod watching;
mod writing;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

pub use error::CliError;
pub use shell::{ColorChoice, Shell};

/// How a run ended. The numbers are the same for every subcommand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
///
/// Rules are YAML files in git. picket checks them, plans what a workspace lacks, and applies it.
#[derive(Debug, Parser)]
#[command(name = "picket", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  picket init                    set a repository up: settings, a first rule with tests, a pipeline
  picket new                     write a rule from questions and answers
  picket check                   check the rules of the project
  picket plan                    show what `apply` would change in the local workspace
  picket apply                   carry it out; needs no Azure account
  picket apply --workspace prod  the same in [workspace.prod] of picket.toml
  picket explain PK501           say what a code means, with examples

Exit codes: 0 nothing to report, 1 findings, 2 the command could not do its work.";

/// Options of every subcommand.
#[derive(Debug, clap::Args)]
struct GlobalArgs {
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: ColorChoice,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(commands::init::InitArgs),
    New(commands::new::NewArgs),
    Check(commands::check::CheckArgs),
    Watch(commands::watch::WatchArgs),
    Fmt(commands::fmt::FmtArgs),
    Deps(commands::deps::DepsArgs),
    Coverage(commands::coverage::CoverageArgs),
    Docs(commands::docs::DocsArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Plan(commands::plan::PlanArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Apply(commands::apply::ApplyArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Drift(commands::drift::DriftArgs),
    Hunt(commands::hunt::HuntArgs),
    Backtest(commands::backtest::BacktestArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Show(commands::show::ShowArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Doctor(commands::doctor::DoctorArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Status(commands::status::StatusArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Pull(commands::pull::PullArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Adopt(commands::adopt::AdoptArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Disable(commands::switch::DisableArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Enable(commands::switch::EnableArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Rollback(commands::rollback::RollbackArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Retry(commands::retry::RetryArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Audit(commands::audit::AuditArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Restore(commands::restore::RestoreArgs),
    Import(commands::import::ImportArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Export(commands::export::ExportArgs),
    Kql(commands::kql::KqlArgs),
    Test(commands::test::TestArgs),
    Explain(commands::explain::ExplainArgs),
    Lsp(commands::lsp::LspArgs),
    #[cfg(feature = "emulator")]
    Emulator(commands::emulator::EmulatorArgs),
    Schema(commands::schema::SchemaArgs),
    Facts(commands::facts::FactsArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Comment(commands::comment::CommentArgs),
    Completions(commands::completions::CompletionsArgs),
    Man(commands::man::ManArgs),
}

/// Every command with its options, for pages about them.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    // A shell that asks for completions is answered here, and the program ends.
    completing::answer(Cli::command);
    let cli = Cli::parse();
    let mut shell = Shell::new(cli.global.color);
    finish(dispatch(cli.command, &mut shell), &mut shell)
}

fn dispatch(command: Command, shell: &mut Shell) -> Result<Exit, CliError> {
    match command {
        Command::Init(args) => args.run(shell),
        Command::New(args) => args.run(shell),
        Command::Watch(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Comment(args) => args.run(shell),
        Command::Completions(args) => args.run(shell),
        Command::Man(args) => args.run(shell),
        Command::Check(args) => args.run(shell),
        Command::Fmt(args) => args.run(shell),
        Command::Deps(args) => args.run(shell),
        Command::Coverage(args) => args.run(shell),
        Command::Docs(args) => args.run(shell),
        Command::Explain(args) => args.run(shell),
        Command::Lsp(args) => args.run(shell),
        #[cfg(feature = "emulator")]
        Command::Emulator(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Plan(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Apply(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Drift(args) => args.run(shell),
        Command::Hunt(args) => args.run(shell),
        Command::Backtest(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Show(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Doctor(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Status(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Pull(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Adopt(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Disable(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Enable(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Rollback(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Retry(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Audit(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Restore(args) => args.run(shell),
        Command::Schema(args) => args.run(shell),
        Command::Facts(args) => args.run(shell),
        Command::Import(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Export(args) => args.run(shell),
        Command::Kql(args) => args.run(shell),
        Command::Test(args) => args.run(shell),
    }
}

/// What asynchronous work runs on.
fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::new("cannot start worker threads").cause(error))
}

/// Prints an error, if there is one, and turns the outcome into the exit code of the process.
fn finish(outcome: Result<Exit, CliError>, shell: &mut Shell) -> ExitCode {
    let outcome = outcome.and_then(|exit| {
        shell.out().flush()?;
        Ok(exit)
    });
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) if error.is_broken_pipe() => Exit::Clean.into(),
        Err(error) => {
            shell.error(&error);
            Exit::Failed.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        command().debug_assert();
    }
}
