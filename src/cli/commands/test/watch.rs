//! `picket test --watch`: waits for a change of files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::cli::load::{current_folder, project};
use crate::cli::{CliError, Shell};
use crate::project::{CONFIG_FILE, FileSystem, RealFiles, Wanted, modified};

/// How often files are looked at.
const PAUSE: Duration = Duration::from_millis(300);

/// Returns when one of `files`, or a rule, test, declaration or setting of the project, was changed, made or deleted.
///
/// # Errors
/// When the current folder is gone.
pub(super) fn until_changed(files: &[PathBuf], paths: &[PathBuf], shell: &mut Shell) -> Result<(), CliError> {
    let folder = current_folder()?;
    // Where picket.toml is wrong, its repair is waited for.
    let roots = match project(shell) {
        Ok(project) => {
            let named = project.config.rules.iter().map(|item| project.root.join(&item.value));
            let content = project.content_folders().into_iter().map(|folder| project.root.join(folder));
            let mut roots: Vec<PathBuf> = named.chain(content).collect();
            roots.push(project.root.join(CONFIG_FILE));
            roots
        }
        Err(_) => vec![folder.join(CONFIG_FILE)],
    };
    let roots: Vec<PathBuf> = roots.into_iter().chain(paths.iter().map(|path| folder.join(path))).collect();
    let before = state(files, &roots);
    writeln!(shell.err(), "waiting for a change; Ctrl-C ends it")?;
    shell.err().flush()?;
    while state(files, &roots) == before {
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

/// When the files were last changed.
fn state(files: &[PathBuf], roots: &[PathBuf]) -> BTreeMap<PathBuf, SystemTime> {
    let mut state = BTreeMap::new();
    let mut add = |path: &Path| {
        if let Some(time) = modified(path) {
            state.insert(path.to_path_buf(), time);
        }
    };
    for root in roots {
        add(root);
        for wanted in [Wanted::Content, Wanted::Tests] {
            RealFiles.files_below(root, wanted).files.iter().for_each(|path| add(path));
        }
    }
    files.iter().for_each(|path| add(path));
    state
}
