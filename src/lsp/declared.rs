//! Where a project declares the tables, functions and watchlists that its queries name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::catalog::kql::overlay;
use crate::text::{LineIndex, SourceId, TextRange};
use crate::yaml::{self, Node, NodeKind};

/// The keys under which a declaration says what it is called.
const NAMES: [&str; 6] = ["name", "alias", "functionAlias", "watchlistAlias", "functionName", "tableName"];

/// A declaration.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The name.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The text of the file.
    pub text: Arc<str>,
    /// The lines of the text.
    pub lines: Arc<LineIndex>,
    /// The bytes that say the name, or the beginning of a file that is called so.
    pub range: TextRange,
}

impl Declared {
    /// What the file at `path` declares: a function of KQL and a watchlist of items by the name of the file, all else by what
    /// stands behind the keys that name it.
    pub fn of_file(path: &Path, text: &Arc<str>) -> Vec<Self> {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let ending =
            path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        let lines = Arc::new(LineIndex::new(text));
        let declared = |name: &str, range| Self {
            name: name.to_owned(),
            path: path.to_path_buf(),
            text: Arc::clone(text),
            lines: Arc::clone(&lines),
            range,
        };
        match ending.as_str() {
            ending if overlay::QUERY_ENDINGS.contains(&ending) => {
                vec![declared(overlay::function(stem, text).function.name, TextRange::default())]
            }
            "csv" | "tsv" => vec![declared(stem, TextRange::default())],
            _ => named(text).into_iter().map(|(name, range)| declared(&name, range)).collect(),
        }
    }
}

/// What a file of YAML or JSON calls the things in it.
fn named(text: &str) -> Vec<(String, TextRange)> {
    let (documents, _) = yaml::parse(SourceId(0), text);
    let mut pending: Vec<&Node> = documents.iter().filter_map(|document| document.root.as_ref()).collect();
    let mut found = Vec::new();
    while let Some(node) = pending.pop() {
        match &node.kind {
            NodeKind::Scalar(_) => {}
            NodeKind::Sequence(items) => pending.extend(items),
            NodeKind::Mapping(mapping) => {
                for entry in &mapping.entries {
                    let is_name = entry.key.as_str().is_some_and(|key| NAMES.contains(&key));
                    match (entry.value.as_scalar(), entry.value.as_str()) {
                        (Some(scalar), Some(name)) if is_name => {
                            let inside = scalar.range_of(TextRange::from_usize(0, name.len()));
                            found.push((name.to_owned(), inside));
                        }
                        _ => pending.push(&entry.value),
                    }
                }
            }
        }
    }
    found
}
