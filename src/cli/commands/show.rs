//! `picket show`

use crate::cli::connect::local_id;
use crate::cli::named::named_rule;
use crate::cli::{CliError, Exit, Shell, load};
use crate::plan::{self, Target};
use crate::project::{UNNAMED_PROJECT, Wanted};
use crate::rule;

/// Show a rule as it will be deployed.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ShowArgs {
    /// The rule: its id, name or file.
    #[arg(value_name = "RULE")]
    rule: String,
    /// How to write it.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ShowFormat,
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

Exit codes: 0 shown, 2 there is no such rule, or it cannot be deployed.";

impl ShowArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let opened = load::open(shell, false)?;
        let inputs = load::read(&opened, &[], Wanted::Rules)?;
        let (input, rule) = named_rule(&self.rule, &inputs.files, &opened.folder)?;
        let text = match self.format {
            ShowFormat::Yaml => rule::write::rule(&rule),
            ShowFormat::Json => {
                let name = opened.project.config.name.as_ref();
                let project = name.map_or_else(|| UNNAMED_PROJECT.to_owned(), |name| name.value.clone());
                let target = Target { workspace: local_id(), project, commit: None };
                let (desired, findings) = plan::desired(std::slice::from_ref(&rule), &target);
                let content =
                    desired.iter().find(|it| rule.id.as_ref().is_some_and(|id| it.key.name == id.value));
                let Some(content) = content else {
                    let why = findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
                    return Err(CliError::new(format!("the rule of {} cannot be deployed", input.name))
                        .cause(why)
                        .help(format!("`picket check {}` tells more", input.name)));
                };
                format!("{:#}\n", content.body)
            }
        };
        shell.out().write_all(text.as_bytes())?;
        Ok(Exit::Clean)
    }
}
