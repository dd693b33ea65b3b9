//! `picket show`

use crate::cli::connect::local_id;
use crate::cli::load::{Inputs, Opened};
use crate::cli::named::named_rule;
use crate::cli::output::human;
use crate::cli::{CliError, Exit, Shell, completing, diff, load};
use crate::plan::{self, Target};
use crate::project::{UNNAMED_PROJECT, Wanted};
use crate::rule::{self, Rule};

/// Show a rule as it will be deployed.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ShowArgs {
    /// The rule: its id, name or file.
    #[arg(value_name = "RULE", add = completing::rules())]
    rule: String,
    /// How to write it.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ShowFormat,
    /// As this environment of picket.toml has it.
    #[arg(long, short, value_name = "NAME", add = completing::environments())]
    env: Option<String>,
    /// Only what the environment changes.
    #[arg(long, requires = "env")]
    diff: bool,
}

/// How a rule is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum ShowFormat {
    /// The rule file in canonical form, without comments.
    #[default]
    Yaml,
    /// The body that is sent to the service, every default filled in.
    Json,
}

const EXAMPLES: &str = "\
Examples:
  picket show 'Rule A'                  by name, id or file
  picket show rules/a.yaml --format json  what the service gets
  picket show 'Rule A' --env prod         as [env.prod] of picket.toml has it
  picket show 'Rule A' --env prod --diff  what that changes

Exit codes: 0 shown, 2 there is no such rule, or it cannot be deployed.";

impl ShowArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut opened = load::open(shell, false)?;
        if let Some(env) = &self.env {
            opened.enter(env, shell)?;
        }
        let inputs = load::read(&opened, &[], Wanted::Rules)?;
        let (input, rule) = named_rule(&self.rule, &inputs.files, &opened.folder)?;
        let deployed = self.deployed(&opened, &inputs, &rule, shell)?;
        let say = |rule: &Rule| match self.format {
            ShowFormat::Yaml => Ok(rule::write::rule(rule)),
            ShowFormat::Json => body(&opened, &input.name, rule),
        };
        let text = match self.diff {
            true => diff::unified(&input.name, &say(&rule)?, &say(&deployed)?),
            false => say(&deployed)?,
        };
        shell.out().write_all(text.as_bytes())?;
        Ok(Exit::Clean)
    }
    /// The rule as the environment has it, what is wrong with that said on standard error.
    fn deployed(
        &self,
        opened: &Opened,
        inputs: &Inputs,
        rule: &Rule,
        shell: &mut Shell,
    ) -> Result<Rule, CliError> {
        let Some(env) = &self.env else { return Ok(rule.clone()) };
        let sourced = load::rules(opened, inputs);
        let is_same = |it: &&Rule| it.id == rule.id && it.range == rule.range;
        let found = sourced.rules.iter().find(is_same).ok_or_else(|| {
            CliError::new(format!("the environment `{env}` does not have this rule"))
                .help("see `include` and `exclude` of the environment in picket.toml")
        })?;
        let own = crate::env::codes();
        let mut faults = sourced.found;
        faults.retain(|finding| own.iter().any(|meta| meta.code == finding.code));
        let text = human(&sourced.sources, &faults, shell.colors_err());
        shell.err().write_all(text.as_bytes())?;
        Ok(found.clone())
    }
}

/// The body that the service gets of `rule`, which stands in `file`.
fn body(opened: &Opened, file: &str, rule: &Rule) -> Result<String, CliError> {
    let name = opened.project.config.name.as_ref();
    let project = name.map_or_else(|| UNNAMED_PROJECT.to_owned(), |name| name.value.clone());
    let target = Target { workspace: local_id(), project, commit: None, environment: None };
    let (desired, findings) = plan::desired(std::slice::from_ref(rule), &target);
    let content = desired.iter().find(|it| rule.id.as_ref().is_some_and(|id| it.key.name == id.value));
    let Some(content) = content else {
        let why = findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
        return Err(CliError::new(format!("the rule of {file} cannot be deployed"))
            .cause(why)
            .help(format!("`picket check {file}` tells more")));
    };
    Ok(format!("{:#}\n", content.body))
}
