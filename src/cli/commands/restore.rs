//! `picket restore`

use std::path::PathBuf;

use crate::cli::applying::{ApplyingArgs, Leave};
use crate::cli::connect::{Connected, Wishes, azure_error, connect};
use crate::cli::deleted::Copy;
use crate::cli::environment::PlaceArgs;
use crate::cli::pipeline::{Planned, Planning, with_items};
use crate::cli::{CliError, Exit, Shell, load, saved};
use crate::deploy;
use crate::plan::{self, PlanOptions};
use crate::text::SourceMap;

/// Put back what an apply deleted, from the copies that it kept.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RestoreArgs {
    /// Copies, as `apply --prune` keeps them.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    applying: ApplyingArgs,
}

const EXAMPLES: &str = "\
Examples:
  picket restore .picket/deleted/20261124T212555Z-31bc89e1-7c3a-5018-b00f-f676c61ab673.json
  picket restore --yes .picket/deleted/20261124T*

It goes to the workspace from which it was deleted. What is restored has no rule file: the next `apply --prune`
deletes it again, unless the file comes back as well. What somebody else made under the same id meanwhile is left
alone.";

impl RestoreArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let args = &self;
        self.applying.run(shell, async |wishes: Wishes, leave: Leave, shell: &mut Shell| {
            args.plan(wishes, leave, shell).await
        })
    }

    async fn plan(&self, wishes: Wishes, leave: Leave, shell: &Shell) -> Result<Planning, CliError> {
        let mut sources = SourceMap::new();
        let mut desired = Vec::new();
        let mut target = None;
        for path in &self.files {
            let copy = Copy::read(path)?;
            let source = sources.add(path.display().to_string(), "");
            desired.extend(copy.desired(source));
            let first = target.get_or_insert_with(|| (copy.target.clone(), path));
            if !first.0.is_same(&copy.target) {
                let (one, other) = (first.1.display(), path.display());
                return Err(CliError::new(format!("{one} and {other} are not of one project and workspace"))
                    .help("restore them one after the other"));
            }
        }
        let Some((target, path)) = target else { return Err(CliError::new("no copy is named")) };
        let mut opened = load::open(shell, false)?;
        // Without a name it is the workspace from which it was deleted.
        let name = match self.place.is_named() {
            true => self.place.enter(&mut opened, shell)?,
            false => saved::workspace_of(&opened, &target, path)?,
        };
        let connected: Connected = connect(&opened, &name, wishes, shell).await?;
        let allowed = saved::check_target(&target, &connected, path).and_then(|()| leave.check(&connected));
        if let Err(error) = allowed {
            connected.close().await?;
            return Err(error);
        }
        let mut actual = deploy::read(&connected.workspace).await.map_err(azure_error)?;
        let of = with_items(&desired, &actual, &connected.target);
        deploy::read_items(&connected.workspace, &mut actual, &of).await.map_err(azure_error)?;
        let mut plan = plan::plan(&desired, &actual, &connected.target, PlanOptions::default());
        // The rules of the project were not read, so nothing is known to be gone.
        plan.orphans.clear();
        let planned = Planned { plan, sources, connected, actual, opened, rules: Vec::new() };
        Ok(Planning::Planned(Box::new(planned)))
    }
}
