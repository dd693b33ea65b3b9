//! `picket audit`

use std::path::PathBuf;

use crate::cli::output::count;
use crate::cli::{CliError, Exit, Shell, load};
use crate::deploy::journal::verify;
use crate::project::{files_with_ending, shown};

/// Work with the journal of what was applied.
#[derive(Debug, clap::Args)]
pub(crate) struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, clap::Subcommand)]
enum AuditCommand {
    Verify(VerifyArgs),
}

/// Check that no entry of the journal is altered, missing or out of place.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct VerifyArgs {
    /// Journals; without any, those of the project.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The hash of an entry that the journal had, as `audit verify` printed it: shows whether the end was cut off.
    #[arg(long, value_name = "HASH")]
    head: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  picket audit verify                                       the journals of the project
  picket audit verify .picket/journal/prod.jsonl --head a1… and that it still has this entry

Each entry holds the hash of the one before. Exit code 1 says that something is wrong.";

impl AuditArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let AuditCommand::Verify(args) = self.command;
        let opened = load::open(shell, false)?;
        let mut files = args.files;
        if files.is_empty() {
            let folder = opened.project.root.join(&opened.project.config.deploy.journal);
            files = files_with_ending(&folder, "jsonl");
        }
        if files.is_empty() {
            return Err(CliError::new("the project has no journal yet").help("`picket apply` writes one"));
        }
        if files.len() > 1 && args.head.is_some() {
            return Err(CliError::new("`--head` is of one journal").help("name the file of that journal"));
        }
        let mut exit = Exit::Clean;
        for path in files {
            let name = shown(&path, &opened.folder);
            let audit = verify(&load::read_file(&path)?, args.head.as_deref());
            for fault in &audit.faults {
                writeln!(shell.out(), "{name}: {fault}")?;
                exit = Exit::Findings;
            }
            if audit.faults.is_empty() {
                let (entries, hash) = (count(audit.entries, "entry"), audit.head.hash);
                writeln!(shell.out(), "{name}: {entries}, none altered or missing; the last is {hash}")?;
            }
        }
        Ok(exit)
    }
}
