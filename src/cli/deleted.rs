//! Copies of what is deleted, from which it can be restored.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::arm::{ResourceKey, metadata};
use crate::emulator::{Clock, timestamp};
use crate::plan::{Action, Actual, Change, Desired, Target};
use crate::project::DELETED_FOLDER;
use crate::text::{SourceId, Span, TextRange};

use super::connect::keep_out_of_git;
use super::load;
use super::output::count;
use super::pipeline::Planned;
use super::{CliError, Shell};

/// The format of a copy.
const FORMAT: u64 = 1;

/// Content that was deleted, with the record of whose it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Copy {
    format: u64,
    picket: String,
    /// When it was deleted.
    deleted: String,
    /// From where, and whose it was.
    pub(crate) target: Target,
    display_name: String,
    content: Resource,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<Resource>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Resource {
    key: ResourceKey,
    /// The body of the request that makes it again.
    body: Value,
}

impl Resource {
    fn of(held: &Actual) -> Self {
        Self { key: held.key.clone(), body: held.key.kind.request_body(&held.body) }
    }

    fn desired(&self, display_name: &str, origin: Span) -> Desired {
        Desired {
            key: self.key.clone(),
            display_name: display_name.to_owned(),
            api_version: self.key.kind.api_version(&self.body).version,
            body: self.body.clone(),
            origin,
            own: None,
        }
    }
}

impl Copy {
    /// Reads the file of a copy.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn read(path: &Path) -> Result<Self, CliError> {
        let text = load::read_file(path)?;
        let cannot = |cause: String| {
            CliError::new(format!("{} is no copy of what was deleted", path.display())).cause(cause).help(
                format!("an apply that deletes keeps them in {DELETED_FOLDER}, or where picket.toml says"),
            )
        };
        let copy: Self = serde_json::from_str(&text).map_err(|error| cannot(error.to_string()))?;
        if copy.format != FORMAT {
            return Err(cannot(format!("it has format {}, and this version reads {FORMAT}", copy.format)));
        }
        Ok(copy)
    }

    /// What is to be there again.
    pub(crate) fn desired(&self, source: SourceId) -> Vec<Desired> {
        let origin = Span::new(source, TextRange::default());
        let resources = std::iter::once(&self.content).chain(&self.record);
        resources.map(|resource| resource.desired(&self.display_name, origin)).collect()
    }
}

/// Keeps a copy of all content that the plan deletes, before anything is done.
///
/// # Errors
/// When a copy cannot be written; nothing was deleted then.
pub(crate) fn keep(planned: &Planned, shell: &mut Shell) -> Result<(), CliError> {
    let deletes = |change: &&Change| change.action == Action::Delete && change.is_content();
    let changes: Vec<&Change> = planned.plan.changes.iter().filter(deletes).collect();
    if changes.is_empty() {
        return Ok(());
    }
    let project = &planned.opened.project;
    let folder = project.root.join(&project.config.deploy.deleted);
    let now = timestamp(Clock::default().millis());
    let actual: HashMap<&ResourceKey, &Actual> = planned.actual.iter().map(|it| (&it.key, it)).collect();
    let held = |key: &ResourceKey| actual.get(key).copied();
    let mut taken = BTreeSet::new();
    for change in &changes {
        let Some(content) = held(&change.key) else { continue };
        let copy = Copy {
            format: FORMAT,
            picket: env!("CARGO_PKG_VERSION").to_owned(),
            deleted: now.clone(),
            target: planned.plan.target.clone(),
            display_name: change.display_name.clone(),
            content: Resource::of(content),
            record: held(&metadata::key_for(&change.key)).map(Resource::of),
        };
        let path = free(&folder, &now, &change.key.name, &mut taken);
        let text = serde_json::to_string_pretty(&copy)
            .map_err(|error| CliError::new("cannot keep a copy of what is deleted").cause(error))?;
        load::write(&path, format!("{text}\n").as_bytes())?;
    }
    if project.config.deploy.deleted == Path::new(DELETED_FOLDER) {
        keep_out_of_git(&folder)?;
    }
    let shown = crate::project::shown(&folder, &planned.opened.folder);
    writeln!(
        shell.err(),
        "kept {} in {shown}; `picket restore FILE` puts one back",
        count(changes.len(), "deleted resource")
    )?;
    Ok(())
}

/// The path of the copy of `name`, which no other copy of this run has. `now` is a time of the service, of which the
/// name keeps the second, without the colons that some file systems refuse.
fn free(folder: &Path, now: &str, name: &str, taken: &mut BTreeSet<PathBuf>) -> PathBuf {
    let seconds = now.split('.').next().unwrap_or(now);
    let time: String = seconds.chars().filter(char::is_ascii_alphanumeric).collect();
    let safe = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = name.chars().map(safe).collect();
    let mut path = folder.join(format!("{time}Z-{name}.json"));
    let mut number = 1;
    while !taken.insert(path.clone()) {
        number += 1;
        path = folder.join(format!("{time}Z-{name}-{number}.json"));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_copy_is_safe_and_free() {
        let mut taken = BTreeSet::new();
        let mut name = |id: &str| {
            let path = free(Path::new("kept"), "2026-11-24T21:25:55.1230000Z", id, &mut taken);
            path.display().to_string()
        };
        assert_eq!(name("5b0f0c3e"), "kept/20261124T212555Z-5b0f0c3e.json");
        assert_eq!(name("5b0f0c3e"), "kept/20261124T212555Z-5b0f0c3e-2.json");
        assert_eq!(name("../a b"), "kept/20261124T212555Z-.._a_b.json");
    }
}
