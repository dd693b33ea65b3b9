//! The baseline file: what a run of checks does not report because it was there before.

use std::path::{Path, PathBuf};

use crate::diag;
use crate::lint::{self, Baseline};
use crate::project::{self, RealFiles, read_text};

use super::CliError;
use super::load::{self, Loaded, Opened};
use super::output::count;

/// The file of the baseline: `named` in the current folder, or else what picket.toml says.
pub(crate) fn file(opened: &Opened, named: Option<&Path>) -> Option<PathBuf> {
    let configured = opened.project.config.lint.baseline.as_ref();
    let configured = configured.map(|path| opened.project.root.join(&path.value));
    named.map(|path| opened.folder.join(path)).or(configured)
}

/// Takes what the baseline in `file` knows out of the findings, and adds what of it is stale.
///
/// # Errors
/// When the file is there and is no baseline, or is not there.
pub(crate) fn apply(opened: &Opened, file: &Path, loaded: &mut Loaded) -> Result<(), CliError> {
    let (text, baseline) = read(file)?;
    let subjects = lint::subjects(&loaded.sources, &loaded.rules);
    let source = loaded.sources.add(project::shown(file, &opened.folder), text);
    let found = std::mem::take(&mut loaded.findings);
    let mut left = baseline.apply(source, &loaded.sources, &subjects, &loaded.scope, found);
    diag::sort(&mut left);
    loaded.findings = left;
    Ok(())
}

/// Writes the baseline of what was found: never more than it knew before, unless it is new or `allow_growth`. Says what
/// was done.
///
/// # Errors
/// When the file is no baseline or cannot be written.
pub(crate) fn write(file: &Path, loaded: &Loaded, allow_growth: bool) -> Result<String, CliError> {
    let subjects = lint::subjects(&loaded.sources, &loaded.rules);
    let now = Baseline::of(&loaded.sources, &subjects, &loaded.scope, &loaded.findings);
    let (before, after) = if file.exists() {
        let before = read(file)?.1;
        let after =
            if allow_growth { before.grown(&now, &loaded.scope) } else { before.shrunk(&now, &loaded.scope) };
        (before.len(), after)
    } else {
        (0, now)
    };
    load::write(file, after.to_text().as_bytes())?;
    let name = file.file_name().unwrap_or_default().display().to_string();
    Ok(format!("{name} knows {}, {before} before", count(after.len(), "finding")))
}

fn read(file: &Path) -> Result<(String, Baseline), CliError> {
    let unusable = |why: String, help: &str| {
        CliError::new(format!("the baseline {} cannot be used: {why}", file.display())).help(help)
    };
    let write = "`picket check --write-baseline` makes one";
    let text = read_text(&RealFiles, file).map_err(|fault| unusable(fault.message, write))?;
    let baseline = Baseline::parse(&text).map_err(|error| unusable(error.to_string(), write))?;
    Ok((text, baseline))
}
