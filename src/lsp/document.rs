//! A document that is open in the editor.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use gen_lsp_types::{Position, Range, TextDocumentContentChangeEvent, Uri};

use super::analysis::Analysis;
use super::encoding::Encoding;
use super::host::Project;
use crate::catalog::kql::overlay::QUERY_ENDINGS;
use crate::text::{LineIndex, TextRange};

/// What a document holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Rules, as YAML.
    Rules,
    /// What a project deploys beside rules, as YAML.
    Content,
    /// YAML of another kind: tests of rules, declarations of tables.
    OtherYaml,
    /// A query or a function, as KQL.
    Kql,
    /// The settings of a project.
    Config,
    /// Nothing that picket reads.
    Other,
}

/// An open document.
#[derive(Debug)]
pub struct Document {
    uri: Uri,
    path: Option<PathBuf>,
    /// What the editor takes it for.
    language: String,
    kind: Kind,
    version: i32,
    text: Arc<str>,
    lines: LineIndex,
    project: Rc<Project>,
    /// That of this version, once it was asked for.
    analysis: OnceCell<Rc<Analysis>>,
}

impl Document {
    /// A document as the editor opens it.
    pub(super) fn open(
        uri: Uri,
        path: Option<PathBuf>,
        language: &str,
        version: i32,
        text: String,
        project: Rc<Project>,
    ) -> Self {
        let kind = kind(path.as_deref(), language, &project, &text);
        let (lines, language) = (LineIndex::new(&text), language.to_owned());
        let (text, analysis) = (text.into(), OnceCell::new());
        Self { uri, path, language, kind, version, text, lines, project, analysis }
    }

    /// Its address.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Its place on the disk, where it has one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// What it holds.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The number that the editor gave its text.
    pub fn version(&self) -> i32 {
        self.version
    }

    /// Its text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The project that it belongs to.
    pub fn project(&self) -> &Rc<Project> {
        &self.project
    }

    /// What is known of this version.
    pub fn analysis(&self) -> Rc<Analysis> {
        Rc::clone(self.analysis.get_or_init(|| Rc::new(Analysis::of(self, Arc::clone(&self.text)))))
    }

    /// The offset of a position.
    pub fn offset(&self, position: Position, encoding: Encoding) -> u32 {
        encoding.offset(&self.text, &self.lines, position)
    }

    /// The bytes of a range; a reversed one is turned.
    pub fn bytes(&self, range: Range, encoding: Encoding) -> TextRange {
        let (start, end) = (self.offset(range.start, encoding), self.offset(range.end, encoding));
        TextRange::new(start.min(end), start.max(end))
    }

    /// The range of the protocol of bytes of the text.
    pub fn range(&self, bytes: TextRange, encoding: Encoding) -> Range {
        encoding.range(&self.text, &self.lines, bytes)
    }

    /// Gives the document a project that was read again.
    pub(super) fn set_project(&mut self, project: Rc<Project>) {
        self.project = project;
        self.settle();
    }

    /// Carries out a change of the editor. Gives the bytes that it replaced, and how many stand there now.
    pub(super) fn change(
        &mut self,
        change: TextDocumentContentChangeEvent,
        encoding: Encoding,
    ) -> (TextRange, u32) {
        let whole = TextRange::from_usize(0, self.text.len());
        let (replaced, new) = match change {
            TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                (self.bytes(part.range, encoding), part.text)
            }
            TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(all) => (whole, all.text),
        };
        let mut text = String::with_capacity(self.text.len() + new.len());
        text.push_str(self.text.get(..replaced.start as usize).unwrap_or_default());
        text.push_str(&new);
        text.push_str(self.text.get(replaced.end as usize..).unwrap_or_default());
        self.text = text.into();
        self.lines = LineIndex::new(&self.text);
        self.settle();
        (replaced, crate::text::to_u32(new.len()))
    }

    /// Forgets what was known of another text or project.
    fn settle(&mut self) {
        self.kind = kind(self.path.as_deref(), &self.language, &self.project, &self.text);
        self.analysis = OnceCell::new();
    }

    /// Numbers the text that the changes made.
    pub(super) fn set_version(&mut self, version: i32) {
        self.version = version;
    }
}

/// What a file holds: as its name says, else the language that the editor takes it for. Editors open YAML of all kinds: what
/// stands in no folder of rules has to look like one.
fn kind(path: Option<&Path>, language: &str, project: &Project, text: &str) -> Kind {
    let name = path.and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    match (ending.as_str(), language) {
        ("yaml" | "yml", _) => {
            let path = path.unwrap_or(Path::new(""));
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            match () {
                () if stem.ends_with(".test") || project.is_declaration(path) => Kind::OtherYaml,
                () if project.is_content(path) => Kind::Content,
                () if project.is_rule(path) || is_like_a_rule(text) => Kind::Rules,
                () => Kind::Other,
            }
        }
        (ending, _) if QUERY_ENDINGS.contains(&ending) => Kind::Kql,
        ("toml", _) if name == "picket.toml" => Kind::Config,
        (_, "yaml") if text.is_empty() || is_like_a_rule(text) => Kind::Rules,
        (_, "kql" | "kusto") => Kind::Kql,
        _ => Kind::Other,
    }
}

/// Whether a text of YAML has a query and the name or the id of a rule.
fn is_like_a_rule(text: &str) -> bool {
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    has("query:") && (has("id:") || has("name:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_of_others_is_left_alone() {
        let project = Project { content: vec!["/p/content".into()], ..Project::bare(Path::new("/p/rules")) };
        let of = |path: &str, text: &str| kind(Some(Path::new(path)), "yaml", &project, text);
        assert_eq!(of("/p/rules/a.yaml", ""), Kind::Rules);
        assert_eq!(of("/p/rules/a.test.yaml", ""), Kind::OtherYaml);
        assert_eq!(of("/p/content/a.yaml", ""), Kind::Content);
        assert_eq!(of("/p/compose.yaml", "services:\n"), Kind::Other);
        assert_eq!(of("/p/other.yml", "id: x\nquery: T\n"), Kind::Rules);
        assert_eq!(of("/p/picket.toml", ""), Kind::Config);
        assert_eq!(of("/p/a.kql", ""), Kind::Kql);
        assert_eq!(kind(None, "yaml", &project, ""), Kind::Rules);
        assert_eq!(kind(None, "kusto", &project, ""), Kind::Kql);
    }
}
