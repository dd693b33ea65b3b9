//! Developer commands (`cargo dev`): they rewrite the generated files of this repository, and try the code.

pub mod docs;
pub mod facts;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod faults;
pub mod fuzz;
pub mod generated;
pub mod grammar;
pub(crate) mod hunt_speed;
pub(crate) mod kql_duckdb;
pub(crate) mod kql_examples;
pub mod pack_tests;
pub mod pictures;
mod reference;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod scale;
pub mod schema;
pub(crate) mod seed;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::{CliError, ColorChoice, Exit, Shell};

/// Rewrites what the repository keeps generated, and tries the code.
#[derive(Debug, Parser)]
#[command(name = "cargo dev")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Docs(docs::DocsArgs),
    Facts(facts::FactsArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Faults(faults::FaultsArgs),
    Fuzz(fuzz::FuzzArgs),
    Grammar(grammar::GrammarArgs),
    HuntSpeed(hunt_speed::HuntSpeedArgs),
    KqlDuckdb(kql_duckdb::KqlDuckdbArgs),
    KqlExamples(kql_examples::KqlExamplesArgs),
    PackTests(pack_tests::PackTestsArgs),
    Pictures(pictures::PicturesArgs),
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Scale(scale::ScaleArgs),
    Schema(schema::SchemaArgs),
    Seed(seed::SeedArgs),
}

/// Runs the developer command of the process arguments.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut shell = Shell::new(ColorChoice::Auto);
    super::finish(dispatch(cli.command, &mut shell), &mut shell)
}

fn dispatch(command: Command, shell: &mut Shell) -> Result<Exit, CliError> {
    match command {
        Command::Docs(args) => args.run(shell),
        Command::Facts(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Faults(args) => args.run(shell),
        Command::Fuzz(args) => args.run(shell),
        Command::Grammar(args) => args.run(shell),
        Command::HuntSpeed(args) => args.run(shell),
        Command::KqlDuckdb(args) => args.run(shell),
        Command::KqlExamples(args) => args.run(shell),
        Command::PackTests(args) => args.run(shell),
        Command::Pictures(args) => args.run(shell),
        #[cfg(all(feature = "azure", feature = "emulator"))]
        Command::Scale(args) => args.run(shell),
        Command::Schema(args) => args.run(shell),
        Command::Seed(args) => args.run(shell),
    }
}
