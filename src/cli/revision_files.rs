//! The files of a project as they were at a revision of its git repository.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use crate::project::{FileSystem, PathKind, Walk, Wanted};

use super::CliError;

/// A commit, and the files that it holds below a folder.
#[derive(Debug)]
pub(crate) struct RevisionFiles {
    /// The commit's full name.
    pub(crate) commit: String,
    folder: PathBuf,
    /// The name of each file's bytes in git.
    blobs: BTreeMap<PathBuf, String>,
    /// Bytes that were read beforehand, since a process for each file takes long.
    texts: BTreeMap<String, Vec<u8>>,
}

impl RevisionFiles {
    /// The files below `folder`, which stands in the repository, at `revision`.
    ///
    /// # Errors
    /// When git cannot be run, `folder` is in no repository, or the revision is unknown.
    pub(crate) fn open(revision: &str, folder: &Path) -> Result<Self, CliError> {
        let commit = format!("{revision}^{{commit}}");
        let commit = git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
            .map_err(|error| {
                CliError::new("git cannot be run").cause(error).help("install git")
            })?
            .ok_or_else(|| {
                CliError::new(format!("git knows no revision `{revision}` of {}", folder.display())).help(
                    "name a commit, branch or tag, in the repository of the rules; a shallow clone has only the newest commits",
                )
            })?;
        let commit = String::from_utf8_lossy(&commit).trim().to_owned();
        let unreadable = |error: io::Error| {
            CliError::new(format!("git cannot read the files of `{revision}`")).cause(error)
        };
        let listed = git(folder, &["ls-tree", "-r", "-z", &commit]).map_err(unreadable)?.unwrap_or_default();
        let mut blobs = BTreeMap::new();
        for entry in String::from_utf8_lossy(&listed).split('\0') {
            let Some((facts, path)) = entry.split_once('\t') else { continue };
            // Links and submodules are no files.
            if let ["100644" | "100755", "blob", blob] = facts.split(' ').collect::<Vec<_>>()[..] {
                blobs.insert(folder.join(path), blob.to_owned());
            }
        }
        let mut files = Self { commit, folder: folder.to_path_buf(), blobs, texts: BTreeMap::new() };
        files.texts = files.read_ahead().map_err(unreadable)?;
        Ok(files)
    }

    /// The bytes of all files that may hold rules, declarations or content, from one process.
    fn read_ahead(&self) -> io::Result<BTreeMap<String, Vec<u8>>> {
        let is_wanted =
            |path: &Path| Wanted::Declarations.has_ending(path) || Wanted::Content.has_ending(path);
        let wanted: Vec<&String> =
            self.blobs.iter().filter(|(path, _)| is_wanted(path)).map(|(_, blob)| blob).collect();
        let mut child = Command::new("git")
            .arg("-C")
            .arg(&self.folder)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take());
        let (Some(mut input), Some(output)) = pipes else { return Ok(BTreeMap::new()) };
        let names: String = wanted.iter().map(|blob| format!("{blob}\n")).collect();
        let writer = std::thread::spawn(move || input.write_all(names.as_bytes()));
        let mut output = BufReader::new(output);
        let mut texts = BTreeMap::new();
        for blob in wanted {
            let mut header = String::new();
            output.read_line(&mut header)?;
            let Some(size) = header.trim_end().rsplit(' ').next().and_then(|size| size.parse().ok()) else {
                continue;
            };
            let mut bytes = vec![0; size];
            output.read_exact(&mut bytes)?;
            output.read_exact(&mut [0])?;
            texts.insert(blob.clone(), bytes);
        }
        writer.join().map_err(|_| io::Error::other("git was not asked for all files"))??;
        child.wait()?;
        Ok(texts)
    }
}

impl FileSystem for RevisionFiles {
    fn kind(&self, path: &Path) -> io::Result<PathKind> {
        let path = plain(path);
        if self.blobs.contains_key(&path) {
            return Ok(PathKind::File);
        }
        match path == plain(&self.folder) || self.blobs.keys().any(|file| file.starts_with(&path)) {
            true => Ok(PathKind::Directory),
            false => Err(io::Error::from(io::ErrorKind::NotFound)),
        }
    }

    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let blob = self.blobs.get(&plain(path)).ok_or_else(missing)?;
        let mut bytes = match self.texts.get(blob) {
            Some(bytes) => bytes.clone(),
            None => git(&self.folder, &["cat-file", "blob", blob])?.ok_or_else(missing)?,
        };
        bytes.truncate(usize::try_from(limit.saturating_add(1)).unwrap_or(usize::MAX));
        Ok(bytes)
    }

    /// Hidden files do not belong to a project here either.
    fn files_below(&self, folder: &Path, wanted: Wanted) -> Walk {
        let folder = plain(folder);
        let is_hidden = |path: &Path| {
            let below = path.strip_prefix(&folder).unwrap_or(path);
            below.iter().any(|name| name.to_string_lossy().starts_with('.'))
        };
        let below = self.blobs.keys().filter(|path| path.starts_with(&folder) && !is_hidden(path));
        Walk { files: below.filter(|path| wanted.has_ending(path)).cloned().collect(), faults: Vec::new() }
    }

    fn write(&self, _path: &Path, _bytes: &[u8]) -> io::Result<()> {
        Err(io::Error::from(io::ErrorKind::ReadOnlyFilesystem))
    }
}

/// `path` without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// What git prints, or nothing where it fails.
fn git(folder: &Path, arguments: &[impl AsRef<OsStr>]) -> io::Result<Option<Vec<u8>>> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output()?;
    Ok(output.status.success().then_some(output.stdout))
}
