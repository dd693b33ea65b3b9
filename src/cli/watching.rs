//! Work that is done again when files change: `picket watch` and `picket test --watch`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::load::{current_folder, project};
use super::{CliError, Exit, Shell, runtime};
use crate::project::{CONFIG_FILE, FileSystem, RealFiles, Wanted, modified};

/// How often files are looked at.
const PAUSE: Duration = Duration::from_millis(300);

/// Has Ctrl-C end the program as one that did its work.
pub(crate) fn end_on_signal() {
    std::thread::spawn(|| {
        let asked = runtime().map(|runtime| runtime.block_on(tokio::signal::ctrl_c()));
        if matches!(asked, Ok(Ok(()))) {
            std::process::exit(i32::from(Exit::Clean as u8));
        }
    });
}

/// Waits until one of `files`, or a rule, test, declaration or setting of the project, was changed, made or deleted. Gives the
/// files that were.
///
/// # Errors
/// When the current folder is gone.
pub(crate) fn until_changed(
    files: &[PathBuf],
    paths: &[PathBuf],
    shell: &mut Shell,
) -> Result<BTreeSet<PathBuf>, CliError> {
    let folder = current_folder()?;
    // Where picket.toml is wrong, its repair is waited for.
    let roots = match project(shell) {
        Ok(project) => {
            let named = project.config.rules.iter().map(|item| project.root.join(&item.value));
            let others = project.content_folders().into_iter().chain(project.declaration_folders());
            let mut roots: Vec<PathBuf> =
                named.chain(others.map(|folder| project.root.join(folder))).collect();
            roots.push(project.root.join(CONFIG_FILE));
            roots
        }
        Err(_) => vec![folder.join(CONFIG_FILE)],
    };
    let roots: Vec<PathBuf> = roots.into_iter().chain(paths.iter().map(|path| folder.join(path))).collect();
    let before = state(files, &roots);
    writeln!(shell.err(), "waiting for a change; Ctrl-C ends it")?;
    shell.err().flush()?;
    let mut now = state(files, &roots);
    while now == before {
        std::thread::sleep(PAUSE);
        now = state(files, &roots);
    }
    // An editor may write several files, or one in several steps.
    loop {
        std::thread::sleep(PAUSE / 3);
        let next = state(files, &roots);
        if next == now {
            break;
        }
        now = next;
    }
    let both = before.keys().chain(now.keys());
    Ok(both.filter(|path| before.get(*path) != now.get(*path)).cloned().collect())
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
        for wanted in [Wanted::Declarations, Wanted::Tests] {
            RealFiles.files_below(root, wanted).files.iter().for_each(|path| add(path));
        }
    }
    files.iter().for_each(|path| add(path));
    state
}
