//! `picket apply FILE`: a plan that was kept by `picket plan --out`.

use std::path::Path;

use crate::deploy;
use crate::plan::{self, How, Moved, Plan, Target};
use crate::project::{self, FileSystem, LOCAL_WORKSPACE, MAX_FILE_BYTES, RealFiles};
use crate::report::{PlanJsonError, read_plan_json};
use crate::text::SourceMap;

use super::connect::{Connected, Wishes, azure_error, connect, id_of, local_id};
use super::environment::PlaceArgs;
use super::load::{self, Opened};
use super::output::count;
use super::pipeline::Planned;
use super::{CliError, Shell};

/// The most bytes of a plan: it holds each rule that changes twice.
const MAX_BYTES: u64 = 64 * MAX_FILE_BYTES;

/// Whether `path` is that of a saved plan: rules have other endings.
pub(crate) fn is_plan(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}

/// Reads a saved plan, connects to its workspace and holds it against what is there now.
///
/// # Errors
/// When the file is no plan of this version, project and workspace, or the workspace moved since.
pub(crate) async fn open(
    path: &Path,
    place: &PlaceArgs,
    wishes: Wishes,
    allow: impl FnOnce(&Connected) -> Result<(), CliError>,
    shell: &Shell,
) -> Result<Planned, CliError> {
    let plan = read(path)?;
    let mut opened = load::open(shell, false)?;
    let named = place.workspace.is_some();
    let workspace = if named { None } else { Some(workspace_of(&opened, &plan.target, path)?) };
    let name = match place.is_named() {
        true => {
            // Of several workspaces of an environment, the plan says which is meant.
            let place =
                PlaceArgs { env: place.env.clone(), workspace: place.workspace.clone().or(workspace) };
            place.enter(&mut opened, shell)?
        }
        false => workspace.unwrap_or_default(),
    };
    let connected = connect(&opened, &name, wishes, shell).await?;
    let result = check_target(&plan.target, &connected, path).and_then(|()| allow(&connected));
    if let Err(error) = result {
        connected.close().await?;
        return Err(error);
    }
    let mut actual = deploy::read(&connected.workspace).await.map_err(azure_error)?;
    let of = plan.changes.iter().map(|change| change.key.clone()).collect();
    deploy::read_items(&connected.workspace, &mut actual, &of).await.map_err(azure_error)?;
    match plan::recheck(&plan, &actual) {
        Ok(plan) => {
            // Findings point at the plan: the rules it was made of are not read.
            let mut sources = SourceMap::new();
            sources.add(path.display().to_string(), "");
            Ok(Planned { plan, sources, connected, actual, opened, rules: Vec::new() })
        }
        Err(moved) => {
            connected.close().await?;
            Err(moved_since(&moved, path))
        }
    }
}

fn read(path: &Path) -> Result<Plan, CliError> {
    let shown = path.display();
    let cannot = |cause: String| CliError::new(format!("cannot read {shown}")).cause(cause);
    let bytes = RealFiles.read(path, MAX_BYTES).map_err(|error| cannot(project::describe(&error)))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(cannot("it is too large for a plan".to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|error| cannot(error.to_string()))?;
    read_plan_json(&text).map_err(|error| {
        let help = match error {
            PlanJsonError::Shape(_) => format!("`picket plan --out {shown}` writes one"),
            _ => format!("plan again with `picket plan --out {shown}`"),
        };
        CliError::new(format!("{shown} cannot be carried out")).cause(error).help(help)
    })
}

/// The name by which the project knows the workspace that the plan or copy at `path` is for.
///
/// # Errors
/// When it does not.
pub(crate) fn workspace_of(opened: &Opened, target: &Target, path: &Path) -> Result<String, CliError> {
    if target.workspace.is_same(&local_id()) {
        return Ok(LOCAL_WORKSPACE.to_owned());
    }
    let workspaces = &opened.project.config.workspaces;
    let named = workspaces.iter().find(|(_, settings)| id_of(settings).is_same(&target.workspace));
    named.map(|(name, _)| name.clone()).ok_or_else(|| {
        let id = &target.workspace;
        CliError::new(format!(
            "{} is for the workspace '{}' (resource group '{}'), which picket.toml does not name",
            path.display(),
            id.name,
            id.resource_group
        ))
        .help("run in the project that the plan was made in")
    })
}

/// Refuses a plan or copy of another workspace or project.
///
/// # Errors
/// When it is of another.
pub(crate) fn check_target(target: &Target, connected: &Connected, path: &Path) -> Result<(), CliError> {
    if target.is_same(&connected.target) {
        return Ok(());
    }
    let shown = path.display();
    let (this, plans) = (&connected.target, target);
    Err(if plans.workspace.is_same(&this.workspace) {
        CliError::new(format!(
            "{shown} is of the project '{}', and this is '{}'",
            plans.project, this.project
        ))
        .help("run in the project that the plan was made in")
    } else {
        CliError::new(format!(
            "{shown} is for the workspace '{}' (resource group '{}'), not for `{}`",
            plans.workspace.name, plans.workspace.resource_group, connected.name
        ))
        .help("leave out `--workspace`: the plan says where it is to be carried out")
    })
}

/// The most resources that an error names.
const MAX_NAMED: usize = 10;

fn moved_since(moved: &[Moved], path: &Path) -> CliError {
    let mut error = CliError::new(format!(
        "the workspace moved since {} was made: {}, and nothing was written",
        path.display(),
        count(moved.len(), "resource")
    ));
    for Moved { key, display_name, how } in moved.iter().take(MAX_NAMED) {
        let how = match how {
            How::Made => "was made",
            How::Changed => "changed",
            How::Deleted => "was deleted",
        };
        error = error.cause(format!("the {} '{display_name}' ({}) {how}", key.kind.noun(), key.name));
    }
    if moved.len() > MAX_NAMED {
        error = error.cause(format!("and {} more", moved.len() - MAX_NAMED));
    }
    error.help("plan again, and see what would be changed now")
}
