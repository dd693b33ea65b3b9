//! The pages there are.

use std::path::{Path, PathBuf};

use super::common;

/// A page.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// Its path below the root of the repository.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Page {
    /// The page at a path below the root.
    pub(crate) fn read(path: &str) -> Self {
        let text = std::fs::read_to_string(common::root().join(path))
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), text }
    }

    /// The page that this one goes on from, by `<!-- continues PAGE -->` in its first lines.
    pub(crate) fn before(&self) -> Option<String> {
        let (name, _) = self.text.split_once("<!-- continues ")?.1.split_once(" -->")?;
        let folder = Path::new(&self.path).parent()?;
        Some(folder.join(name).to_str()?.to_owned())
    }

    /// Whether its commands are run in a clone of this repository, by `<!-- in a clone of picket -->`.
    pub(crate) fn in_clone(&self) -> bool {
        self.text.contains("<!-- in a clone of picket -->")
    }

    /// Whether it is made by `cargo dev docs`, whose own tests hold what it says.
    pub(crate) fn is_generated(&self) -> bool {
        self.path.starts_with("docs/lints/") || self.text.contains("<!-- made by `cargo dev docs` -->")
    }
}

/// All pages of the book but SUMMARY, sorted by path.
pub(crate) fn book() -> Vec<Page> {
    let mut open = vec![PathBuf::from("docs")];
    let mut paths = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(common::root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = folder.join(entry.file_name());
            if entry.path().is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "md") && !path.ends_with("SUMMARY.md") {
                paths.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    paths.sort();
    assert!(paths.len() > 150, "{} pages", paths.len());
    paths.iter().map(|path| Page::read(path)).collect()
}

/// The pages that people write.
pub(crate) fn written() -> Vec<Page> {
    book().into_iter().filter(|page| !page.is_generated()).collect()
}
