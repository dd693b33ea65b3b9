//! `picket export`: rules and other content for other tools.

use std::path::PathBuf;

use crate::arm::ResourceKind;
use crate::cli::connect::local_id;
use crate::cli::load::{self, Sourced};
use crate::cli::output::{count, human};
use crate::cli::{CliError, Exit, Shell, reading, wanted};
use crate::diag::{self, Severity};
use crate::export::{Tool, exported};
use crate::plan::{Desired, Target};
use crate::project::{UNNAMED_PROJECT, Wanted};
use crate::report::plan_text::printable;

/// Write the rules and other content for another tool that deploys them.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ExportArgs {
    #[command(subcommand)]
    tool: ToolArgs,
}

#[derive(Debug, clap::Subcommand)]
enum ToolArgs {
    /// A template of Azure Resource Manager, with the name of the workspace as its parameter.
    #[command(after_help = ARM)]
    Arm(Args),
    /// A Bicep file, with the name of the workspace as its parameter.
    #[command(after_help = BICEP)]
    Bicep(Args),
    /// A Terraform file of azapi resources, with the id of the workspace as its variable.
    #[command(after_help = TERRAFORM)]
    Terraform(Args),
    /// The bodies that the REST API takes, in one list, each with its type, API version and name.
    #[command(after_help = JSON)]
    Json(Args),
}

#[derive(Debug, clap::Args)]
struct Args {
    /// Files and folders of rules; without any, the rules of the project and its other content.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The file to write to; without it, standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the rules as this environment of picket.toml has them.
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  picket export arm > rules.json
  picket export bicep rules/a.yaml --out a.bicep
  picket export terraform --env prod --out sentinel/rules.tf
  picket export json | jq '.[].properties.displayName'

Without paths, watchlists with their items, functions, automation rules and rules of the service are written as well; custom
detections of Defender by `json` alone, since templates of Azure do not have them. What is written holds what the service runs
by; false positives, references and other notes of the files are not in it. What cannot be deployed is named on standard error
and gives exit code 1.";

const ARM: &str = "\
Examples:
  picket export arm > rules.json
  picket export arm rules/a.yaml --out a.json
  az deployment group create --resource-group soc --template-file rules.json --parameters workspace=soc-logs

The template holds what the service runs by; false positives, references and other notes of the files are not in it.
Rules that cannot be deployed are named on standard error and give exit code 1, as does a template that is too large.";

const BICEP: &str = "\
Examples:
  picket export bicep --out rules.bicep
  az deployment group create --resource-group soc --template-file rules.bicep --parameters workspace=soc-logs

The file holds what the service runs by; false positives, references and other notes of the files are not in it.
Rules that cannot be deployed are named on standard error and give exit code 1, as does a file that is too large.";

const TERRAFORM: &str = "\
Examples:
  picket export terraform --out rules.tf
  terraform init && terraform plan -var workspace_id=\"$(az monitor log-analytics workspace show \\
    --resource-group soc --workspace-name soc-logs --query id --output tsv)\"

Each rule is an azapi_resource, since the azurerm provider has no argument for sub-techniques. The file holds what the
service runs by; false positives, references and other notes of the files are not in it. Rules that cannot be deployed are
named on standard error and give exit code 1.";

const JSON: &str = "\
Examples:
  picket export json --out rules.json
  picket export json | jq '.[] | select(.kind == \"NRT\") | .name'

The bodies hold what the service runs by; false positives, references and other notes of the files are not in it. Rules
that cannot be deployed are named on standard error and give exit code 1.";

impl ExportArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let (tool, args) = match self.tool {
            ToolArgs::Arm(args) => (Tool::Arm, args),
            ToolArgs::Bicep(args) => (Tool::Bicep, args),
            ToolArgs::Terraform(args) => (Tool::Terraform, args),
            ToolArgs::Json(args) => (Tool::Json, args),
        };
        let mut opened = load::open(shell, false)?;
        if let Some(env) = &args.env {
            opened.enter(env, shell)?;
        }
        let inputs = load::read(&opened, &args.paths, Wanted::Rules)?;
        let Sourced { sources, rules, found, kql, content, .. } = load::rules(&opened, &inputs);
        let content = if inputs.is_whole { content } else { &[] };
        let name = opened.project.config.name.as_ref();
        let project = name.map_or_else(|| UNNAMED_PROJECT.to_owned(), |name| name.value.clone());
        let target = Target { workspace: local_id(), project, commit: None, environment: None };
        let (wanted, findings) = wanted::wanted(&rules, &[], content, kql, &target);
        let bodies: Vec<_> = wanted.iter().map(|it| (&it.key, &it.body)).collect();
        let resources = exported(tool, &wanted, &reading::reads_of(&bodies, kql));
        let mut faults: Vec<_> =
            found.into_iter().chain(findings).filter(|it| it.severity == Severity::Error).collect();
        diag::sort(&mut faults);
        let text = tool.text(&resources);
        match &args.out {
            Some(path) => {
                load::write(path, text.as_bytes())?;
                writeln!(shell.out(), "{} in {}", count(resources.len(), "resource"), path.display())?;
            }
            None => shell.file().write_all(text.as_bytes())?,
        }
        let is_left_out = |it: &&Desired| it.key.kind != ResourceKind::Metadata && !tool.takes(it.key.kind);
        for it in wanted.iter().filter(is_left_out) {
            let (noun, name) = (it.key.kind.noun(), printable(&it.display_name));
            writeln!(
                shell.err(),
                "left out: the {noun} `{name}`, which no template has; `picket export json` writes it"
            )?;
        }
        let refusal = tool.refusal(&text, resources.len());
        if let Some(refusal) = &refusal {
            writeln!(
                shell.err(),
                "Azure will not take this file: {refusal}; export the rules in parts, by folder"
            )?;
        }
        if !faults.is_empty() {
            let text = human(&sources, &faults, shell.colors_err());
            shell.err().write_all(text.as_bytes())?;
        }
        Ok(if faults.is_empty() && refusal.is_none() { Exit::Clean } else { Exit::Findings })
    }
}
