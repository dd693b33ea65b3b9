//! Files for what a workspace holds and the project does not.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::arm::ResourceKind;
use crate::content::{self, Content, items};
use crate::import::safe_name;
use crate::plan::{ITEMS, Pulled};
use crate::text::{SourceId, SourceMap};
use crate::yaml::emit::{self, Value};

use super::load::Opened;
use super::merging;

/// New files, and the names that are taken.
pub(crate) struct NewFiles {
    rules: PathBuf,
    content: PathBuf,
    taken: BTreeSet<String>,
    /// Each with its text.
    pub(crate) files: Vec<(PathBuf, String)>,
}

impl NewFiles {
    /// Files in the folders of the project, or below `out`. Those in `sources` are there.
    pub(crate) fn new(opened: &Opened, out: Option<&Path>, sources: &SourceMap) -> Self {
        let project = &opened.project;
        let first = project.config.rules.first().map_or(Path::new("rules"), |path| path.value.as_path());
        // Content may be named file by file; new ones then go beside the first.
        let content = project.content_folders().first().map_or(Path::new("content"), |path| match path {
            path if path.extension().is_some() => path.parent().unwrap_or(Path::new("")),
            path => path,
        });
        let (rules, content) = match out {
            Some(out) => (opened.folder.join(out), opened.folder.join(out).join("content")),
            None => (project.root.join(first), project.root.join(content)),
        };
        let taken = sources.iter().map(|(_, source)| folded(&opened.folder.join(&*source.name))).collect();
        Self { rules, content, taken, files: Vec::new() }
    }

    /// Adds files for `pulled`, and answers the path of the one that holds it.
    pub(crate) fn add(&mut self, pulled: &Pulled) -> PathBuf {
        if pulled.key.kind == ResourceKind::Function
            && let Some(path) = self.function(pulled)
        {
            return path;
        }
        let folder = if pulled.has_query() { &self.rules } else { &self.content }.clone();
        let mut entries: Vec<(&str, Value)> =
            pulled.entries.iter().map(|(name, value)| (*name, value.clone())).collect();
        if let Some(items) = &pulled.items {
            let key = entries.iter().find_map(|(name, value)| match (*name, value) {
                ("searchKey", Value::Text(key)) => Some(key.clone()),
                _ => None,
            });
            let csv = self.free(&folder, &pulled.key.name, &pulled.key.name, "csv");
            let name = csv.file_name().unwrap_or_default().to_string_lossy().into_owned();
            self.files.push((csv, items::new_file(items, &key.unwrap_or_default())));
            entries.retain(|(name, _)| *name != ITEMS);
            entries.push((ITEMS, Value::text(name)));
        }
        let path = self.free(&folder, &pulled.display_name, &pulled.key.name, "yaml");
        self.files.push((path.clone(), emit::document(&Value::mapping(entries))));
        path
    }

    /// A file of KQL for a function, where that can hold it.
    fn function(&mut self, pulled: &Pulled) -> Option<PathBuf> {
        let text = emit::document(&Value::mapping(pulled.entries.clone()));
        let (read, _) = content::read(SourceId::default(), "function.yaml", &text);
        let Some(Content::Function(function)) = read.first() else { return None };
        let path = self.content.join(format!("{}.kql", function.alias));
        if path.exists() || self.taken.contains(&folded(&path)) {
            return None;
        }
        let text = merging::new_function(&function.alias, function)?;
        self.taken.insert(folded(&path));
        self.files.push((path.clone(), text));
        Some(path)
    }

    /// A path that no other file has, with the name, or where that is taken, with the id as well.
    fn free(&mut self, folder: &Path, name: &str, id: &str, ending: &str) -> PathBuf {
        let (name, id) = (safe_name(&name.to_lowercase()), safe_name(id));
        let names = [name.clone(), format!("{name}-{id}")].into_iter();
        let more = (2_u32..).map(|number| format!("{name}-{id}-{number}"));
        let mut paths = names.chain(more).map(|name| folder.join(format!("{name}.{ending}")));
        let free = |path: &PathBuf| !path.exists() && self.taken.insert(folded(path));
        paths.find(free).unwrap_or_else(|| folder.join(format!("{id}.{ending}")))
    }
}

/// Paths that some systems take for one.
fn folded(path: &Path) -> String {
    path.to_string_lossy().to_lowercase()
}
