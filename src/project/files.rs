//! The one place that reads and writes files.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::catalog::kql::overlay::QUERY_ENDINGS;

/// The endings of rule files.
const RULE_ENDINGS: [&str; 2] = ["yaml", "yml"];

/// The endings of files that declare tables, functions and watchlists.
const DECLARATION_ENDINGS: [&str; 7] = ["kql", "csl", "kusto", "yaml", "yml", "json", "csv"];

/// Files that a command looks for in folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Rule files.
    Rules,
    /// Files of KQL.
    Kql,
    /// Files of KQL, and rule files and content for the queries in them.
    Queries,
    /// Files that declare tables, functions and watchlists.
    Declarations,
    /// Files of watchlists and functions to deploy.
    Content,
    /// Files of a catalog: rule files, texts in Markdown and lists in CSV.
    Catalog,
    /// Files of other projects that may hold rules: YAML, templates of JSON and of Bicep, KQL, and what says which of them
    /// are deployed.
    Foreign,
    /// Files of tests of rules.
    Tests,
}

impl Wanted {
    /// Whether `path` has the name of such a file.
    pub fn has_ending(self, path: &Path) -> bool {
        // Tests stand among rules, and are none.
        if is_test_file(path) {
            return self == Self::Tests;
        }
        match self {
            Self::Tests => false,
            Self::Rules => has_rule_ending(path),
            Self::Kql => has_query_ending(path),
            Self::Queries => has_query_ending(path) || has_rule_ending(path),
            Self::Declarations => has_ending(path, &DECLARATION_ENDINGS),
            Self::Content => has_query_ending(path) || has_rule_ending(path) || has_ending(path, &["json"]),
            Self::Foreign => {
                let ends =
                    has_query_ending(path) || has_rule_ending(path) || has_ending(path, &["json", "bicep"]);
                ends || is_parser_text(path)
                    || path.file_name().is_some_and(|name| name == "sentinel-deployment.config")
            }
            Self::Catalog => has_rule_ending(path) || has_ending(path, &["md", "csv"]),
        }
    }

    /// What messages call such a file.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Rules => "rule file (.yaml, .yml)",
            Self::Kql => "file of KQL (.kql, .csl, .kusto)",
            Self::Queries => "query or rule file (.kql, .csl, .kusto, .yaml, .yml)",
            Self::Content => "file of watchlists or functions (.kql, .csl, .kusto, .yaml, .yml, .json)",
            Self::Foreign => "file of rules (.yaml, .yml, .json, .kql, .csl, .kusto; .txt of parsers)",
            Self::Tests => "file of tests (.test.yaml, .test.yml)",
            Self::Catalog => "file of a catalog (.yaml, .yml, .md, .csv)",
            Self::Declarations => "file of declarations (.kql, .csl, .kusto, .yaml, .yml, .json, .csv)",
        }
    }
}

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// Anything whose bytes can be read: a file, or a pipe.
    File,
    /// A directory.
    Directory,
}

/// The files below a folder.
#[derive(Debug, Default)]
pub struct Walk {
    /// In the order of their paths.
    pub files: Vec<PathBuf>,
    /// What could not be looked at, and why.
    pub faults: Vec<(PathBuf, String)>,
}

impl Walk {
    /// Whether nothing was found, not even a fault.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.faults.is_empty()
    }
}

/// Files, as the rest of picket sees them.
pub trait FileSystem: std::fmt::Debug {
    /// What `path` leads to.
    ///
    /// # Errors
    /// When it leads nowhere, or may not be looked at.
    fn kind(&self, path: &Path) -> io::Result<PathKind>;

    /// The bytes of `path`, but at most one more than `limit`, so that the caller sees an excess.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>>;

    /// The files below `folder` that are `wanted`.
    fn files_below(&self, folder: &Path, wanted: Wanted) -> Walk;

    /// Replaces or creates `path`, with its folders, so that a reader sees either the old bytes or the new.
    ///
    /// # Errors
    /// When it cannot be written; the old bytes are then still there.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
}

/// Whether the name of `path` is that of a rule file.
pub fn has_rule_ending(path: &Path) -> bool {
    has_ending(path, &RULE_ENDINGS)
}

/// Whether the name of `path` is that of a file of KQL.
pub fn has_query_ending(path: &Path) -> bool {
    has_ending(path, &QUERY_ENDINGS)
}

/// Whether the name of `path` is that of a file of tests of rules: `NAME.test.yaml`.
pub fn is_test_file(path: &Path) -> bool {
    has_rule_ending(path) && path.file_stem().is_some_and(|stem| has_ending(Path::new(stem), &["test"]))
}

/// When a file was last changed; nothing where it is not there.
pub fn modified(path: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(OsStr::to_str);
    ending.is_some_and(|ending| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// Whether `path` is a function of an older solution: KQL in a file `.txt` of a folder of parsers.
fn is_parser_text(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name).and_then(OsStr::to_str);
    let holds_parsers =
        folder.is_some_and(|name| matches!(name.to_ascii_lowercase().as_str(), "parser" | "parsers"));
    holds_parsers && has_ending(path, &["txt"])
}

/// The files of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealFiles;

impl FileSystem for RealFiles {
    fn kind(&self, path: &Path) -> io::Result<PathKind> {
        let is_directory = fs::metadata(path)?.is_dir();
        Ok(if is_directory { PathKind::Directory } else { PathKind::File })
    }

    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// `.gitignore` files count with or without a repository; hidden files do not belong to a project. Links
    /// are followed, a loop of them only once, and a file that several lead to is named once.
    fn files_below(&self, folder: &Path, wanted: Wanted) -> Walk {
        let mut walk = Walk::default();
        let mut seen = BTreeSet::new();
        let entries = WalkBuilder::new(folder)
            .follow_links(true)
            .require_git(false)
            .sort_by_file_path(|a, b| a.cmp(b))
            .build();
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if is_loop(&error) => continue,
                Err(error) => {
                    let path = path_of(&error).unwrap_or_else(|| folder.to_path_buf());
                    walk.faults.push((path, reason(&error)));
                    continue;
                }
            };
            let path = entry.path();
            if entry.depth() == 0 || !wanted.has_ending(path) {
                continue;
            }
            match entry.file_type() {
                Some(kind) if kind.is_dir() => {
                    let why = "a directory has the name of a file".to_owned();
                    walk.faults.push((path.to_path_buf(), why));
                }
                Some(kind) if kind.is_file() => {
                    let resolved = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
                    if seen.insert(resolved) {
                        walk.files.push(path.to_path_buf());
                    }
                }
                _ => {}
            }
        }
        walk
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        replace(path, bytes, true)
    }
}

impl RealFiles {
    /// Writes a file as [`FileSystem::write`] does, but does not wait until it is on the disk: for what can be made again.
    ///
    /// # Errors
    /// When it cannot be written; then what was there is still there.
    pub fn write_made(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        replace(path, bytes, false)
    }
}

/// Puts `bytes` where `path` is, in one step.
fn replace(path: &Path, bytes: &[u8], waits: bool) -> io::Result<()> {
    // A link stays a link: what it leads to is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".picket-");
    let kept = fs::metadata(&path).ok().map(|metadata| metadata.permissions());
    let mut file = match kept {
        Some(permissions) if permissions.readonly() => {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
        }
        Some(permissions) => builder.permissions(permissions).tempfile_in(folder)?,
        None => shared_file(&mut builder, folder)?,
    };
    file.write_all(bytes)?;
    if waits {
        file.as_file().sync_all()?;
    }
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file that, unlike the default, others may read as the umask says, as any new file.
#[cfg(unix)]
fn shared_file(
    builder: &mut tempfile::Builder<'_, '_>,
    folder: &Path,
) -> io::Result<tempfile::NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o666)).tempfile_in(folder)
}

#[cfg(not(unix))]
fn shared_file(
    builder: &mut tempfile::Builder<'_, '_>,
    folder: &Path,
) -> io::Result<tempfile::NamedTempFile> {
    builder.tempfile_in(folder)
}

/// Makes or empties a file that is written bit by bit, such as a record of traffic.
///
/// # Errors
/// When it cannot be written.
pub fn create(path: &Path) -> io::Result<File> {
    File::create(path)
}

/// Opens a file that is added to and read, such as a journal; makes it and its folder where they are absent.
///
/// # Errors
/// When it cannot be written.
pub fn append(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::options().read(true).append(true).create(true).open(path)
}

/// The files of a folder whose names end with `.ENDING`, in order; none where there is no such folder.
pub fn files_with_ending(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|found| found == ending)).collect();
    files.sort();
    files
}

fn is_loop(error: &ignore::Error) -> bool {
    match error {
        ignore::Error::Loop { .. } => true,
        ignore::Error::WithDepth { err, .. }
        | ignore::Error::WithPath { err, .. }
        | ignore::Error::WithLineNumber { err, .. } => is_loop(err),
        _ => false,
    }
}

fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

fn reason(error: &ignore::Error) -> String {
    match error {
        ignore::Error::WithPath { err, .. }
        | ignore::Error::WithDepth { err, .. }
        | ignore::Error::WithLineNumber { err, .. } => reason(err),
        ignore::Error::Io(error) => describe(error),
        other => other.to_string(),
    }
}

/// What went wrong with a file, in words without the number of the system's error.
pub fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is not a directory".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> (Vec<String>, usize) {
        let walk = RealFiles.files_below(folder, Wanted::Rules);
        let name = |path: &PathBuf| path.strip_prefix(folder).unwrap().display().to_string();
        (walk.files.iter().map(name).collect(), walk.faults.len())
    }

    #[test]
    fn walks_in_order_past_ignored_and_hidden_files_and_loops() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        for name in ["b.yaml", "a/z.YML", "a/note.md", "a/.hidden.yaml", "gone/x.yaml", "ignored.yaml"] {
            RealFiles.write(&at.join(name), b"x").unwrap();
        }
        fs::create_dir(at.join("odd.yaml")).unwrap();
        RealFiles.write(&at.join(".gitignore"), b"gone/\nignored.yaml\n").unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(at, at.join("a/loop")).unwrap();
            std::os::unix::fs::symlink(at.join("b.yaml"), at.join("a/same.yaml")).unwrap();
        }
        let (files, faults) = names(at);
        assert_eq!(faults, 1, "the directory with the name of a file");
        assert_eq!(files.len(), 2, "{files:?}");
        assert!(files.contains(&"a/z.YML".to_owned()), "{files:?}");
    }

    #[test]
    fn reads_no_more_than_one_byte_past_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.yaml");
        RealFiles.write(&path, &[b'x'; 100]).unwrap();
        assert_eq!(RealFiles.read(&path, 10).unwrap().len(), 11);
        assert_eq!(RealFiles.read(&path, 100).unwrap().len(), 100);
    }

    #[cfg(unix)]
    #[test]
    fn writing_keeps_mode_and_link() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a.yaml"), folder.path().join("b.yaml"));
        RealFiles.write(&path, b"1").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        RealFiles.write(&link, b"2").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"2");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary file is left");
    }
}
