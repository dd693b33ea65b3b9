//! What the server needs of the world, as values.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::declared::Declared;
use crate::catalog::Catalog;
use crate::catalog::kql::KqlCatalog;
use crate::diag::{Diagnostic, LintMeta};
use crate::lint::{self, Settings};
use crate::rule::Rule;
use crate::text::{SourceId, SourceMap};

/// The texts of the open documents that stand for files, by path: they count before the disk.
pub type OpenFiles = BTreeMap<PathBuf, Arc<str>>;

/// Reads files for the server.
pub trait Host {
    /// The folder of the project that `path` belongs to.
    fn root(&self, path: &Path) -> PathBuf;

    /// Reads the project in the folder `root`.
    fn load(&mut self, root: &Path, open: &OpenFiles) -> Project;

    /// What is found in a project beside what each of its rules shows by itself: in its settings, its declarations and its
    /// content, and what only all rules together show.
    fn survey(&mut self, project: &Project, open: &OpenFiles) -> Survey;
}

/// A project: what a document is checked against.
#[derive(Debug)]
pub struct Project {
    /// Its folder.
    pub root: PathBuf,
    /// The text of its settings, where it has any. Places in `settings` are of the source `SourceId(0)`, which is this one.
    pub config: Option<(PathBuf, Arc<str>)>,
    /// How findings are weighed.
    pub settings: Settings,
    /// ATT&CK, connectors, entities, limits.
    pub catalog: Catalog,
    /// What queries may name.
    pub kql: Arc<KqlCatalog>,
    /// The files and folders of rules.
    pub rules: Vec<PathBuf>,
    /// The files and folders of what is deployed beside rules.
    pub content: Vec<PathBuf>,
    /// The files and folders of declarations.
    pub declarations: Vec<PathBuf>,
    /// Where tables, functions and watchlists are declared.
    pub declared: Vec<Declared>,
    /// Whether the formatter formats queries in rules, too.
    pub format_queries: bool,
    /// Every code that a finding may have.
    pub codes: Vec<&'static LintMeta>,
}

impl Project {
    /// A folder without settings, all of whose YAML is rules.
    pub fn bare(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            config: None,
            settings: Settings::default(),
            catalog: Catalog::default(),
            kql: Arc::new(KqlCatalog::extended(Default::default())),
            rules: vec![root.to_path_buf()],
            content: Vec::new(),
            declarations: Vec::new(),
            declared: Vec::new(),
            format_queries: false,
            codes: lint::registry().to_vec(),
        }
    }

    /// Whether `path` is named as a file of rules, or stands in a folder that is.
    pub fn is_rule(&self, path: &Path) -> bool {
        self.rules.iter().any(|folder| path.starts_with(folder))
    }

    /// Whether `path` is named as content, or stands in a folder that is.
    pub fn is_content(&self, path: &Path) -> bool {
        self.content.iter().any(|folder| path.starts_with(folder))
    }

    /// Whether `path` is named as a declaration, or stands in a folder that is.
    pub fn is_declaration(&self, path: &Path) -> bool {
        self.declarations.iter().any(|folder| path.starts_with(folder))
    }

    /// Whether a change of `path` changes what other files are checked against.
    pub fn is_read_with(&self, path: &Path) -> bool {
        let is_settings = path.file_name().is_some_and(|name| name == "picket.toml")
            || self.config.as_ref().is_some_and(|(config, _)| config == path);
        is_settings || self.is_content(path) || self.is_declaration(path)
    }

    /// `path` relative to the folder, with forward slashes.
    pub fn name_of(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string().replace('\\', "/")
    }
}

/// What was found in a project, with where it stands.
#[derive(Debug, Default)]
pub struct Survey {
    /// The texts.
    pub sources: SourceMap,
    /// The file of each text.
    pub paths: BTreeMap<SourceId, PathBuf>,
    /// The findings.
    pub findings: Vec<Diagnostic>,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// A host without files: every document is checked by itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFiles;

impl Host for NoFiles {
    fn root(&self, path: &Path) -> PathBuf {
        path.parent().unwrap_or(path).to_path_buf()
    }

    fn load(&mut self, root: &Path, _open: &OpenFiles) -> Project {
        Project::bare(root)
    }

    fn survey(&mut self, _project: &Project, _open: &OpenFiles) -> Survey {
        Survey::default()
    }
}
