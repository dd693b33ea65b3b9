//! A project: a folder with rules and, usually, a `picket.toml`.
//!
//! All reading and writing of files goes through [`FileSystem`]; its one implementation is [`RealFiles`].

mod config;
mod content;
mod declarations;
mod files;
mod lints;
mod text;

use std::path::{Component, Path, PathBuf};

pub use config::{
    AttackConfig, CONFIG_TABLES, Config, ConfigKey, ConfigTable, DELETED_FOLDER, DeployConfig, EnvConfig,
    FormatConfig, IgnoreConfig, JOURNAL_FOLDER, LOCAL_WORKSPACE, LevelConfig, LintConfig, OverrideConfig,
    UNNAMED_PROJECT, WorkspaceConfig,
};
pub use declarations::declared_in;
pub use files::{
    FileSystem, PathKind, RealFiles, Walk, Wanted, append, create, describe, files_with_ending,
    has_query_ending, has_rule_ending, is_test_file, modified,
};
pub(crate) use lints::INVALID_CONFIG;
pub use lints::LINTS;
pub use text::{MAX_FILE_BYTES, ReadFault, decode, read_text};

use crate::diag::Diagnostic;
use crate::text::{SourceId, SourceMap, Span};

/// The name of the file with a project's settings.
pub const CONFIG_FILE: &str = "picket.toml";

/// Where a project keeps a version of ATT&CK, unless picket.toml says another place.
const ATTACK_TABLE: &str = "facts/attack.tsv";

/// A project.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder of `picket.toml`; without one, the folder picket was started in.
    pub root: PathBuf,
    /// The settings, or the defaults.
    pub config: Config,
    /// Whether there is a `picket.toml`.
    pub has_config: bool,
}

/// The nearest folder with a `picket.toml`: `folder` or one above it.
pub fn root_above<'f>(files: &dyn FileSystem, folder: &'f Path) -> Option<&'f Path> {
    folder.ancestors().find(|at| files.kind(&at.join(CONFIG_FILE)).is_ok())
}

impl Project {
    /// Finds the project of `folder`: the nearest `picket.toml` in it or above it. Its text is added to `sources`.
    pub fn find(files: &dyn FileSystem, folder: &Path, sources: &mut SourceMap) -> (Self, Vec<Diagnostic>) {
        let Some(root) = root_above(files, folder).map(Path::to_path_buf) else {
            let project = Self { root: folder.to_path_buf(), config: Config::default(), has_config: false };
            return (project, Vec::new());
        };
        let path = root.join(CONFIG_FILE);
        let name = shown(&path, folder);
        let (config, diagnostics) = match read_text(files, &path) {
            Ok(text) => {
                let source = sources.add(name, text.as_str());
                Config::parse(source, &text)
            }
            // An empty picket.toml marks the root and leaves every default.
            Err(fault) if fault.code == lints::EMPTY_FILE.code => {
                let source = sources.add(name, "");
                (Config { source, ..Config::default() }, Vec::new())
            }
            Err(fault) => {
                let source = sources.add(name, "");
                (Config { source, ..Config::default() }, vec![fault.diagnostic(source)])
            }
        };
        (Self { root, config, has_config: true }, diagnostics)
    }

    /// The store of the local workspace.
    pub fn local_store(&self) -> PathBuf {
        self.root.join(".picket").join("local.redb")
    }

    /// Where the project keeps a version of ATT&CK of its own.
    pub fn attack_table(&self) -> PathBuf {
        let written = self.config.attack.table.as_ref();
        self.root.join(written.map_or(ATTACK_TABLE, |path| path.value.as_str()))
    }

    /// The files of the project's rule folders that are `wanted`, sorted, each once; where queries are wanted, the
    /// files of KQL among the declarations and those of KQL and YAML among the content are there as well. A folder of `rules` that is missing is a finding in `picket.toml`; other faults are those of the paths themselves.
    pub fn files(
        &self,
        files: &dyn FileSystem,
        folder: &Path,
        wanted: Wanted,
    ) -> (FoundFiles, Vec<Diagnostic>) {
        let mut found = FoundFiles::default();
        let mut diagnostics = Vec::new();
        for item in &self.config.rules {
            let path = self.root.join(&item.value);
            match files.kind(&path) {
                Ok(_) => found.add(files, &path, wanted),
                Err(error) if self.has_config => {
                    let span = Span::new(self.config.source, item.range);
                    let what = format!(
                        "the rule folder `{}` cannot be read: {}",
                        item.value.display(),
                        describe(&error)
                    );
                    let found = Diagnostic::error(lints::UNREADABLE_FILE.code, span, what)
                        .with_help("correct the path in `rules`, or create the folder");
                    diagnostics.push(found);
                }
                Err(_) => {
                    let what =
                        format!("there is no folder `{}` here and no {CONFIG_FILE}", item.value.display());
                    let help = "name the files or folders to read, or run in the folder of a project";
                    let fault = ReadFault::new(&lints::UNREADABLE_FILE, what, help);
                    found.faults.push((path.clone(), fault));
                }
            }
        }
        if wanted == Wanted::Queries {
            let declarations = self.declaration_paths(files, &mut diagnostics);
            let content = self.content_paths(files, &mut diagnostics);
            let declarations = declarations.into_iter().map(|path| (path, Wanted::Kql));
            for (path, wanted) in declarations.chain(content.into_iter().map(|path| (path, Wanted::Queries)))
            {
                match files.kind(&path) {
                    Ok(PathKind::Directory) => found.files.extend(files.files_below(&path, wanted).files),
                    _ if wanted.has_ending(&path) => found.files.push(path),
                    _ => {}
                }
            }
        }
        found.settle(folder);
        (found, diagnostics)
    }
}

/// Files, and paths that cannot be followed.
#[derive(Debug, Default)]
pub struct FoundFiles {
    /// The files in a stable order, each once.
    pub files: Vec<PathBuf>,
    /// The paths, each with what is wrong.
    pub faults: Vec<(PathBuf, ReadFault)>,
}

impl FoundFiles {
    /// The files that `paths` name: files as they are, folders with all that are `wanted` below them.
    pub fn under(files: &dyn FileSystem, paths: &[PathBuf], folder: &Path, wanted: Wanted) -> Self {
        let mut found = Self::default();
        for path in paths {
            found.add(files, &folder.join(path), wanted);
        }
        found.settle(folder);
        found
    }

    fn add(&mut self, files: &dyn FileSystem, path: &Path, wanted: Wanted) {
        match files.kind(path) {
            Ok(PathKind::Directory) if !wanted.has_ending(path) => {
                let walk = files.files_below(path, wanted);
                if walk.is_empty() {
                    let what = format!("there is no {} in this folder", wanted.describe());
                    let help = "name another folder, or check that .gitignore does not leave the files out";
                    self.faults.push((path.into(), ReadFault::new(&lints::UNREADABLE_FILE, what, help)));
                }
                self.files.extend(walk.files);
                for (path, why) in walk.faults {
                    let what = format!("the path cannot be followed: {why}");
                    let help = "rename or remove it, or leave it out with .gitignore";
                    self.faults.push((path, ReadFault::new(&lints::UNREADABLE_FILE, what, help)));
                }
            }
            // What cannot be read says so when it is read.
            _ => self.files.push(path.to_path_buf()),
        }
    }

    fn settle(&mut self, folder: &Path) {
        self.files.sort_by_cached_key(|path| shown(path, folder));
        self.files.dedup_by_key(|path| shown(path, folder));
    }
}

/// The path without `.` and inner `..` steps, so that two spellings of one file compare equal.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// `path` as reports show it: relative to `folder` where that is shorter to read, with forward slashes.
pub fn shown(path: &Path, folder: &Path) -> String {
    let path = normal(path);
    let folder = normal(folder);
    let mut up = PathBuf::new();
    for base in folder.ancestors().take(4) {
        if let Ok(rest) = path.strip_prefix(base)
            && base.components().nth(1).is_some()
        {
            return up.join(rest).display().to_string().replace('\\', "/");
        }
        up.push("..");
    }
    path.display().to_string().replace('\\', "/")
}

/// Adds an unreadable file to `sources`, without a text, under the name that reports show.
pub fn fault_source(sources: &mut SourceMap, path: &Path, folder: &Path) -> SourceId {
    sources.add(shown(path, folder), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_project_above() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        RealFiles.write(&root.join("picket.toml"), b"rules = ['r', 'none']\n").unwrap();
        RealFiles.write(&root.join("r/b.yaml"), b"x").unwrap();
        RealFiles.write(&root.join("r/a.yml"), b"x").unwrap();
        let deep = root.join("r/deep");
        std::fs::create_dir(&deep).unwrap();
        let mut sources = SourceMap::new();
        let (project, diagnostics) = Project::find(&RealFiles, &deep, &mut sources);
        assert_eq!((project.root.as_path(), diagnostics.len()), (root, 0));
        let (found, diagnostics) = project.files(&RealFiles, &deep, Wanted::Rules);
        let names: Vec<_> = found.files.iter().map(|path| shown(path, &deep)).collect();
        assert_eq!(names, ["../a.yml", "../b.yaml"]);
        assert_eq!(diagnostics.len(), 1, "the missing folder");
        let (name, place) = sources.locate(diagnostics[0].primary.span).unwrap();
        assert_eq!((name, place.line, place.column), ("../../picket.toml", 1, 15));
    }

    #[test]
    fn paths_are_shown_as_people_write_them() {
        let at = |path: &str, folder: &str| shown(Path::new(path), Path::new(folder));
        assert_eq!(at("/a/b/./c.yaml", "/a/b"), "c.yaml");
        assert_eq!(at("/a/b/../c.yaml", "/a/b"), "../c.yaml");
        assert_eq!(at("/x/c.yaml", "/a/b"), "/x/c.yaml");
    }

    #[test]
    fn a_folder_without_rules_and_a_path_to_nowhere_are_faults() {
        let folder = tempfile::tempdir().unwrap();
        let found = FoundFiles::under(&RealFiles, &[PathBuf::from(".")], folder.path(), Wanted::Rules);
        assert_eq!(found.faults.len(), 1);
        let found = FoundFiles::under(
            &RealFiles,
            &["x.yaml".into(), "./x.yaml".into()],
            folder.path(),
            Wanted::Rules,
        );
        assert_eq!(found.files.len(), 1, "one file however it is spelt");
        assert_eq!(read_text(&RealFiles, &found.files[0]).unwrap_err().code, "PK903");
    }
}
