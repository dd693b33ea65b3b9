//! The watchlists and functions that a project deploys.

use std::path::{Component, Path, PathBuf};

use super::{FileSystem, FoundFiles, Project, Wanted, fault_source, normal, read_text, shown};
use crate::content::{self, Content, Watchlist};
use crate::diag::Diagnostic;
use crate::text::SourceMap;

/// Where content stands when picket.toml does not say; the folder need not be there.
const DEFAULT_FOLDER: &str = "content";

impl Project {
    /// Reads what the project deploys beside rules. The texts are added to `sources`, which the findings point into.
    pub fn content(
        &self,
        files: &dyn FileSystem,
        folder: &Path,
        sources: &mut SourceMap,
    ) -> (Vec<Content>, Vec<Diagnostic>) {
        let (mut all, mut diagnostics) = (Vec::new(), Vec::new());
        let paths = self.content_paths(files, &mut diagnostics);
        let found = FoundFiles::under(files, &paths, folder, Wanted::Content);
        for (path, fault) in found.faults {
            diagnostics.push(fault.diagnostic(fault_source(sources, &path, folder)));
        }
        for path in found.files {
            let name = shown(&path, folder);
            let text = match read_text(files, &path) {
                Ok(text) => text,
                Err(fault) => {
                    diagnostics.push(fault.diagnostic(fault_source(sources, &path, folder)));
                    continue;
                }
            };
            let source = sources.add(name.as_str(), text.as_str());
            let (read, faults) = content::read(source, &name, &text);
            diagnostics.extend(faults);
            for mut item in read {
                if let Content::Watchlist(list) = &mut item {
                    diagnostics.extend(self.fill(list, &path, files, folder, sources));
                }
                all.push(item);
            }
        }
        (all, diagnostics)
    }

    /// The files and folders of content as picket.toml names them, or the folder that is meant where it names none.
    pub fn content_folders(&self) -> Vec<&Path> {
        match &self.config.content {
            Some(paths) => paths.iter().map(|path| path.value.as_path()).collect(),
            None => vec![Path::new(DEFAULT_FOLDER)],
        }
    }

    /// Whether `path` is named as content, or stands in a folder that is.
    pub fn is_content(&self, path: &Path) -> bool {
        let path = normal(path);
        self.content_folders().iter().any(|folder| path.starts_with(normal(&self.root.join(folder))))
    }

    /// The files and folders with content that are there.
    pub(super) fn content_paths(
        &self,
        files: &dyn FileSystem,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<PathBuf> {
        let key = ("content", DEFAULT_FOLDER);
        self.paths_of(files, key, self.config.content.as_deref(), Wanted::Content, diagnostics)
    }

    /// Reads the items of a watchlist that is declared in the file `at`.
    fn fill(
        &self,
        list: &mut Watchlist,
        at: &Path,
        files: &dyn FileSystem,
        folder: &Path,
        sources: &mut SourceMap,
    ) -> Vec<Diagnostic> {
        let path = normal(&at.parent().unwrap_or(at).join(&list.file.value));
        // What a watchlist holds is read by everyone in the workspace; no file from elsewhere gets there by a slip.
        let is_inside = path.starts_with(normal(&self.root))
            && !path.components().any(|part| part == Component::ParentDir);
        if !is_inside {
            return vec![list.unreadable("the file is outside of the project")];
        }
        match read_text(files, &path) {
            Ok(text) => {
                let source = sources.add(shown(&path, folder), text.as_str());
                list.fill(source, &text)
            }
            Err(fault) => vec![list.unreadable(&fault.message)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::RealFiles;

    #[test]
    fn items_are_read_beside_the_watchlist_and_nowhere_outside() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let write = |name: &str, text: &str| RealFiles.write(&root.join(name), text.as_bytes()).unwrap();
        let list = |alias: &str, file: &str| {
            format!("alias: {alias}\nname: {alias}\nsearchKey: Host\nitems: {file}\n")
        };
        write("p/picket.toml", "");
        write("outside.csv", "Host\n");
        write("p/content/w/a.yaml", &list("A", "a.csv"));
        write("p/content/w/a.csv", "Host\nsrv1\n");
        write("p/content/w/b.yaml", &list("B", "../../../outside.csv"));
        write("p/content/w/c.yaml", &list("C", "none.csv"));
        write("p/content/F.kql", "T_CL | take 1");
        let mut sources = SourceMap::new();
        let (project, _) = Project::find(&RealFiles, &root.join("p"), &mut sources);
        let (content, found) = project.content(&RealFiles, &root.join("p"), &mut sources);
        let names: Vec<_> = content.iter().map(Content::display_name).collect();
        assert_eq!(names, ["F", "A", "B", "C"]);
        let messages: Vec<_> = found.iter().map(|found| found.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "no items from `../../../outside.csv`: the file is outside of the project",
                "no items from `none.csv`: the file cannot be read: there is no such file",
            ]
        );
        let Content::Watchlist(list) = &content[1] else { panic!("{content:?}") };
        assert_eq!(list.items.rows, 1);
    }
}
