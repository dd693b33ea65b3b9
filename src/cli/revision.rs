//! Rules as they were at a revision of the git repository.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::has_rule_ending;
use crate::rule::{self, Rule};
use crate::text::SourceId;

use super::CliError;

/// The rules, as of `revision`, of all files that changed since. `folder` stands in the repository.
///
/// # Errors
/// When git cannot be run, `folder` is in no repository, or the revision is unknown.
pub(crate) fn rules_at(revision: &str, folder: &Path) -> Result<Vec<Rule>, CliError> {
    let root = git(folder, &["rev-parse", "--show-toplevel"])?
        .ok_or_else(|| CliError::new("`--since` needs a git repository around the rules"))?;
    let root = PathBuf::from(String::from_utf8_lossy(&root).trim_end());
    let commit = format!("{revision}^{{commit}}");
    let commit =
        git(&root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?.ok_or_else(|| {
            CliError::new(format!("git knows no revision `{revision}`"))
                .help("name a commit, branch or tag; a shallow clone has only the newest commits")
        })?;
    let commit = String::from_utf8_lossy(&commit).trim_end().to_owned();
    let changed =
        git(&root, &["diff", "--name-only", "--no-renames", "-z", &commit, "--"])?.unwrap_or_default();
    let mut rules = Vec::new();
    for path in String::from_utf8_lossy(&changed).split('\0').filter(|path| has_rule_ending(Path::new(path)))
    {
        // A file that is new has no text there.
        let text = git(&root, &["show", &format!("{commit}:{path}")])?;
        if let Some(text) = text.and_then(|text| String::from_utf8(text).ok()) {
            rules.extend(rule::read(SourceId::default(), &text).0);
        }
    }
    Ok(rules)
}

/// The commit that `folder` is at, where git knows it and holds `paths` as they are on disk. Without git, outside of
/// a repository, and with changes that are not committed, there is none.
pub(crate) fn head(folder: &Path, paths: &[&Path]) -> Option<String> {
    let mut status: Vec<&OsStr> = ["status", "--porcelain", "--"].map(OsStr::new).to_vec();
    status.extend(paths.iter().map(|path| path.as_os_str()));
    if !quiet(folder, &status)?.is_empty() {
        return None;
    }
    let commit = quiet(folder, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?;
    let commit = String::from_utf8(commit).ok()?.trim().to_owned();
    (!commit.is_empty()).then_some(commit)
}

/// The files of rules of `commit` that hold one of `ids`, wherever they were then: path below `folder`, or where they are
/// not below it, below the repository, and text. Nothing where git does not have the commit. `folder` stands in the
/// repository.
pub(crate) fn files_with(ids: &[&str], commit: &str, folder: &Path) -> Vec<(String, String)> {
    let mut grep =
        vec!["grep", "--files-with-matches", "--null", "--ignore-case", "--fixed-strings", "--full-name"];
    grep.extend(ids.iter().flat_map(|id| ["-e", id]));
    // The commit comes from a record in the workspace, so it must not be read as an option.
    grep.extend(["--end-of-options", commit, "--", ":/"]);
    let found = quiet(folder, &grep).unwrap_or_default();
    let prefix = quiet(folder, &["rev-parse", "--show-prefix"]).unwrap_or_default();
    let prefix = String::from_utf8_lossy(&prefix).trim_end().to_owned();
    let mut files = Vec::new();
    for place in String::from_utf8_lossy(&found).split('\0') {
        // Each is `commit:path`.
        let Some((_, path)) = place.split_once(':') else { continue };
        if has_rule_ending(Path::new(path))
            && let Some(text) = show(place, folder)
        {
            files.push((path.strip_prefix(&prefix).unwrap_or(path).to_owned(), text));
        }
    }
    files
}

/// The text of the file `path`, below `folder`, at `commit`. Nothing where there is none.
pub(crate) fn file_at(path: &str, commit: &str, folder: &Path) -> Option<String> {
    show(&format!("{commit}:./{path}"), folder)
}

fn show(place: &str, folder: &Path) -> Option<String> {
    String::from_utf8(quiet(folder, &["show", "--end-of-options", place])?).ok()
}

/// The latest text of `path` in git that `accept` takes, of the last hundred that changed it.
pub(crate) fn earlier_text(path: &Path, accept: impl Fn(&str) -> bool) -> Option<String> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name()?.to_str()?;
    let commits = quiet(folder, &["log", "--format=%H", "-n", "100", "--", name])?;
    for commit in String::from_utf8(commits).ok()?.lines() {
        let text = quiet(folder, &["show", "--end-of-options", &format!("{commit}:./{name}")]);
        if let Some(text) = text.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|text| accept(text)) {
            return Some(text);
        }
    }
    None
}

/// What git prints, or nothing where it cannot be run or fails.
pub(super) fn quiet(folder: &Path, arguments: &[impl AsRef<OsStr>]) -> Option<Vec<u8>> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// What git prints, or nothing where it fails.
fn git(folder: &Path, arguments: &[&str]) -> Result<Option<Vec<u8>>, CliError> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|error| {
        CliError::new("`--since` needs git, which cannot be run").cause(error).help("install git")
    })?;
    Ok(output.status.success().then_some(output.stdout))
}
