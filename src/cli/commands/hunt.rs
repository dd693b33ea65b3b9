//! `picket hunt`

use std::path::Path;

use crate::cli::load;
use crate::cli::named::named_rule;
use crate::cli::queries::QueryArgs;
use crate::cli::running::RunningArgs;
use crate::cli::{CliError, Exit, Shell};
use crate::project::{Wanted, has_query_ending};

/// Run the query of a rule over exported logs.
///
/// Which table a file holds, its path says: `SigninLogs.jsonl`, `SigninLogs/2026/11/30/a.json.gz`, and the folders that the
/// data export of Log Analytics and the streaming of Defender write. Rows are read some at a time, on all cores; what the
/// query filters at its start is never held in memory.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct HuntArgs {
    /// The rule: its id, name or file; or a file of KQL.
    #[arg(value_name = "RULE")]
    rule: String,
    #[command(flatten)]
    running: RunningArgs,
}

const EXAMPLES: &str = "\
Examples:
  picket hunt 'Rule A' --data logs                    the rows that the rule finds
  picket hunt rules/a.yaml --data logs --format csv   for a spreadsheet
  picket hunt query.kql --data logs --at 2026-11-30   as if it were that day

Exit codes: 0 it ran, 1 errors in the query, or rows that could not be read, 2 the run stopped.";

impl HuntArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        if has_query_ending(Path::new(&self.rule)) {
            let loaded = QueryArgs::of_file(self.rule.clone().into()).load(shell)?;
            return self.running.run(&loaded, |_| true, shell);
        }
        let opened = load::open(shell, false)?;
        let inputs = load::read(&opened, &[], Wanted::Rules)?;
        let (input, rule) = named_rule(&self.rule, &inputs.files, &opened.folder)?;
        let file = input.path.clone().unwrap_or_else(|| input.name.clone().into());
        let start = rule.query.as_ref().map(|query| query.scalar.map.offset(0));
        let loaded = QueryArgs::of_file(file).load(shell)?;
        self.running.run(&loaded, |query| Some(query.start) == start, shell)
    }
}
