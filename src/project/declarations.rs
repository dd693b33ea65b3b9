//! The tables, functions and watchlists that a project declares.

use std::path::{Path, PathBuf};

use super::{FileSystem, FoundFiles, Project, Wanted, describe, fault_source, lints, read_text, shown};
use crate::catalog::kql::Overlay;
use crate::diag::Diagnostic;
use crate::text::{SourceMap, Span, Spanned};

/// Where declarations stand when picket.toml does not say; the folder need not be there.
const DEFAULT_FOLDER: &str = "kql";

impl Project {
    /// Reads what the project declares. The texts are added to `sources`, which the findings point into; the caller
    /// keeps picket.toml in it.
    pub fn declarations(
        &self,
        files: &dyn FileSystem,
        folder: &Path,
        sources: &mut SourceMap,
    ) -> (Overlay, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let paths = self.declaration_paths(files, &mut diagnostics);
        let (overlay, found) = declared_in(files, &paths, folder, sources);
        diagnostics.extend(found);
        (overlay, diagnostics)
    }

    /// The folders and files that may hold declarations, relative to the root; they need not be there.
    pub fn declaration_folders(&self) -> Vec<&Path> {
        match &self.config.declarations {
            Some(named) => named.iter().map(|item| item.value.as_path()).collect(),
            None => vec![Path::new(DEFAULT_FOLDER)],
        }
    }

    /// The files and folders with declarations that are there.
    pub(super) fn declaration_paths(
        &self,
        files: &dyn FileSystem,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<PathBuf> {
        let key = ("declarations", DEFAULT_FOLDER);
        self.paths_of(files, key, self.config.declarations.as_deref(), Wanted::Declarations, diagnostics)
    }

    /// The files and folders that the key of picket.toml names, or else the default one; which of these are there.
    pub(super) fn paths_of(
        &self,
        files: &dyn FileSystem,
        (key, default): (&str, &str),
        named: Option<&[Spanned<PathBuf>]>,
        wanted: Wanted,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<PathBuf> {
        let Some(named) = named else {
            let default = self.root.join(default);
            let is_used = files.kind(&default).is_ok() && !files.files_below(&default, wanted).is_empty();
            return if is_used { vec![default] } else { Vec::new() };
        };
        let mut found = Vec::new();
        for item in named {
            let path = self.root.join(&item.value);
            match files.kind(&path) {
                Ok(_) => found.push(path),
                Err(error) => {
                    let span = Span::new(self.config.source, item.range);
                    let what =
                        format!("the {key} `{}` cannot be read: {}", item.value.display(), describe(&error));
                    let found = Diagnostic::error(lints::UNREADABLE_FILE.code, span, what);
                    diagnostics
                        .push(found.with_help(format!("correct the path in `{key}`, or create the folder")));
                }
            }
        }
        found
    }
}

/// Reads what the files and folders `paths` declare, relative to `folder`. The texts are added to `sources`, which the
/// findings point into.
pub fn declared_in(
    files: &dyn FileSystem,
    paths: &[PathBuf],
    folder: &Path,
    sources: &mut SourceMap,
) -> (Overlay, Vec<Diagnostic>) {
    let mut overlay = Overlay::default();
    let mut diagnostics = Vec::new();
    let found = FoundFiles::under(files, paths, folder, Wanted::Declarations);
    for (path, fault) in found.faults {
        diagnostics.push(fault.diagnostic(fault_source(sources, &path, folder)));
    }
    for path in found.files {
        let name = shown(&path, folder);
        match read_text(files, &path) {
            Ok(text) => {
                let source = sources.add(name.as_str(), text.as_str());
                diagnostics.extend(overlay.read(source, &name, &text));
            }
            Err(fault) => diagnostics.push(fault.diagnostic(fault_source(sources, &path, folder))),
        }
    }
    (overlay, diagnostics)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::RealFiles;

    fn declared(config: &str, texts: &[(&str, &str)]) -> (Overlay, Vec<&'static str>) {
        let folder = tempfile::tempdir().unwrap();
        RealFiles.write(&folder.path().join("picket.toml"), config.as_bytes()).unwrap();
        for (name, text) in texts {
            RealFiles.write(&folder.path().join(name), text.as_bytes()).unwrap();
        }
        let mut sources = SourceMap::new();
        let (project, _) = Project::find(&RealFiles, folder.path(), &mut sources);
        let (overlay, found) = project.declarations(&RealFiles, folder.path(), &mut sources);
        (overlay, found.iter().map(|found| found.code).collect())
    }

    #[test]
    fn the_folder_kql_is_read_unless_another_is_named() {
        let texts = [
            ("kql/F.kql", "T_CL | take 1"),
            ("kql/w/Assets.csv", "Host\n"),
            ("own/t.yaml", "name: T_CL\ncolumns: { A: long }\n"),
        ];
        let (overlay, found) = declared("", &texts);
        assert_eq!((overlay.functions.len(), overlay.watchlists.len(), overlay.tables.len()), (1, 1, 0));
        assert!(found.is_empty(), "{found:?}");
        let (overlay, found) = declared("declarations = ['own']", &texts);
        assert_eq!((overlay.functions.len(), overlay.tables.len()), (0, 1));
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn faults_are_found_where_they_stand() {
        assert_eq!(declared("", &[]).1, Vec::<&str>::new(), "nothing need be declared");
        assert_eq!(declared("declarations = ['none']", &[]).1, ["PK903"]);
        assert_eq!(declared("", &[("kql/t.yaml", "columns: { A: long }\n")]).1, ["PK910"]);
    }
}
