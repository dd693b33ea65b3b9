//! Files of the repository that are made from something else: written, or compared with what they should be.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use crate::cli::{CliError, Exit, Shell};

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// Path below the root of the repository, with forward slashes.
    pub path: String,
    /// The whole text it should have.
    pub text: String,
}

/// The root of the repository: where cargo found the manifest, else the current directory.
pub fn root() -> PathBuf {
    env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// Writes those `files` that are stale, or with `check` only says which are, and fails then.
///
/// # Errors
/// When a file cannot be read or written.
pub fn settle(files: &[Generated], check: bool, shell: &mut Shell) -> Result<Exit, CliError> {
    let root = root();
    let stale = if check { stale(&root, files)? } else { write(&root, files)? };
    let verb = if check { "not current" } else { "wrote" };
    for path in &stale {
        writeln!(shell.out(), "{verb}: {path}")?;
    }
    Ok(if check && !stale.is_empty() { Exit::Findings } else { Exit::Clean })
}

/// The paths of those `files` that are absent below `root` or differ.
///
/// # Errors
/// When a file is there and cannot be read.
pub fn stale(root: &Path, files: &[Generated]) -> Result<Vec<String>, CliError> {
    let mut stale = Vec::new();
    for file in files {
        match fs::read_to_string(root.join(&file.path)) {
            Ok(text) if text == file.text => {}
            Ok(_) => stale.push(file.path.clone()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => stale.push(file.path.clone()),
            Err(error) => return Err(CliError::new(format!("cannot read {}", file.path)).cause(error)),
        }
    }
    Ok(stale)
}

/// Writes those `files` that are stale and returns their paths.
///
/// # Errors
/// When a file or its folder cannot be read or written.
pub fn write(root: &Path, files: &[Generated]) -> Result<Vec<String>, CliError> {
    let stale = stale(root, files)?;
    for file in files.iter().filter(|file| stale.contains(&file.path)) {
        let path = root.join(&file.path);
        let failed = |error| CliError::new(format!("cannot write {}", file.path)).cause(error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(&path, &file.text).map_err(failed)?;
    }
    Ok(stale)
}
