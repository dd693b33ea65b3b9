//! `picket export`: rules for other tools.

use std::path::PathBuf;

use crate::cli::connect::local_id;
use crate::cli::load::{self, Sourced};
use crate::cli::output::{count, human};
use crate::cli::{CliError, Exit, Shell};
use crate::diag::{self, Severity};
use crate::export;
use crate::plan::Target;
use crate::project::{UNNAMED_PROJECT, Wanted};

/// Write the rules for another tool that deploys them.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    #[command(subcommand)]
    tool: Tool,
}

#[derive(Debug, clap::Subcommand)]
enum Tool {
    /// A template of Azure Resource Manager, with the name of the workspace as its parameter.
    #[command(after_help = EXAMPLES)]
    Arm(ArmArgs),
}

#[derive(Debug, clap::Args)]
struct ArmArgs {
    /// Files and folders of rules; without any, the rules of the project.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The file to write to; without it, standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  picket export arm > rules.json
  picket export arm rules/a.yaml --out a.json
  az deployment group create --resource-group soc --template-file rules.json --parameters workspace=soc-logs

The template holds what the service runs by; false positives, references and other notes of the files are not in it.
Rules that cannot be deployed are named on standard error and give exit code 1.";

impl ExportArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let Tool::Arm(args) = self.tool;
        let opened = load::open(shell, false)?;
        let inputs = load::read(&opened, &args.paths, Wanted::Rules)?;
        let Sourced { sources, rules, found, .. } = load::rules(&opened, &inputs);
        let name = opened.project.config.name.as_ref();
        let project = name.map_or_else(|| UNNAMED_PROJECT.to_owned(), |name| name.value.clone());
        let target = Target { workspace: local_id(), project, commit: None, environment: None };
        let (template, findings) = export::arm_template(&rules, &target);
        let mut faults: Vec<_> =
            found.into_iter().chain(findings).filter(|it| it.severity == Severity::Error).collect();
        diag::sort(&mut faults);
        let text = format!("{template:#}\n");
        match &args.out {
            Some(path) => {
                load::write(path, text.as_bytes())?;
                let resources = template["resources"].as_array().map_or(0, Vec::len);
                writeln!(shell.out(), "{} in {}", count(resources, "rule"), path.display())?;
            }
            None => shell.out().write_all(text.as_bytes())?,
        }
        if faults.is_empty() {
            return Ok(Exit::Clean);
        }
        let text = human(&sources, &faults, shell.colors_err());
        shell.err().write_all(text.as_bytes())?;
        Ok(Exit::Findings)
    }
}
