//! The history of files in git.

use std::collections::HashMap;
use std::path::Path;

use crate::docs::Commit;

use super::revision::quiet;

/// The most commits that are told of a file.
const MOST: usize = 20;

/// What stands before each commit in git's output: no path and no message starts with it.
const MARK: char = '\u{1}';

/// The commits that changed each file, by its path from `folder`, the newest first. Nothing outside of a repository.
pub(crate) fn of_files(folder: &Path) -> HashMap<String, Vec<Commit>> {
    let format = format!("--format={MARK}%h%x09%cs%x09%s");
    let arguments = [
        "-c",
        "core.quotePath=false",
        "log",
        "--name-only",
        "--relative",
        "--no-renames",
        &format,
        "--",
        ".",
    ];
    let text = quiet(folder, &arguments).unwrap_or_default();
    let mut files: HashMap<String, Vec<Commit>> = HashMap::new();
    let mut commit = None;
    for line in String::from_utf8_lossy(&text).lines() {
        if let Some(head) = line.strip_prefix(MARK) {
            let mut cells = head.splitn(3, '\t').map(str::to_owned);
            commit = cells.next().map(|id| Commit {
                id,
                day: cells.next().unwrap_or_default(),
                summary: cells.next().unwrap_or_default(),
            });
        } else if let Some(commit) = commit.as_ref().filter(|_| !line.is_empty()) {
            let commits = files.entry(line.to_owned()).or_default();
            if commits.len() < MOST {
                commits.push(commit.clone());
            }
        }
    }
    files
}
