//! What is known of one version of a document.

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use self_cell::self_cell;

use super::document::{Document, Kind};
use super::host::Project;
use crate::catalog::kql::overlay::is_command;
use crate::content;
use crate::diag::Diagnostic;
use crate::kql::QueryText;
use crate::kql::bind::{Arena, Bound, bind};
use crate::kql::syntax::{self, Tree};
use crate::lint::{self, Facts, Scope};
use crate::rule::{self, Rule};
use crate::text::{SourceId, SourceMap, TextRange};
use crate::yaml::{self, ScalarStyle};

/// The source of the project's settings.
pub(super) const CONFIG: SourceId = SourceId(0);
/// The source of the document.
pub(super) const DOCUMENT: SourceId = SourceId(1);

/// One version of a document: its YAML, its rules, its queries, what is wrong with it.
#[derive(Debug)]
pub struct Analysis {
    project: Rc<Project>,
    sources: SourceMap,
    documents: Vec<yaml::Document>,
    rules: Vec<Rule>,
    queries: Vec<Query>,
    findings: Vec<Diagnostic>,
}

/// A query of a document.
#[derive(Debug)]
pub struct Query {
    /// The rule that it is the query of, by its number among the rules.
    pub rule: Option<usize>,
    text: QueryText,
    project: Rc<Project>,
    /// Its tree and meaning, once they were asked for.
    reading: OnceCell<Reading>,
}

/// What binding borrows from.
struct Parsed {
    tree: Tree,
    /// What parsing found.
    found: Vec<Diagnostic>,
    arena: Arena,
    project: Rc<Project>,
}

self_cell!(
    /// A tree with its meaning.
    struct Reading {
        owner: Parsed,
        #[not_covariant]
        dependent: Bound,
    }
);

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").finish_non_exhaustive()
    }
}

impl Analysis {
    /// Reads and checks `text` as a version of `document`.
    pub(super) fn of(document: &Document, text: Arc<str>) -> Self {
        let project = Rc::clone(document.project());
        let mut sources = SourceMap::new();
        let config = project.config.as_ref();
        let shown = config.map_or_else(String::new, |(path, _)| project.name_of(path));
        sources.add(shown, config.map_or_else(|| Arc::from(""), |(_, text)| Arc::clone(text)));
        let name = document.path().map_or_else(|| document.uri().0.clone(), |path| project.name_of(path));
        sources.add(name.as_str(), Arc::clone(&text));
        let mut analysis = Self {
            project,
            sources,
            documents: Vec::new(),
            rules: Vec::new(),
            queries: Vec::new(),
            findings: Vec::new(),
        };
        let found = analysis.read(document.kind(), &name, &text);
        if matches!(document.kind(), Kind::Config | Kind::Other) {
            return analysis;
        }
        analysis.findings = analysis.check(found, name);
        analysis
    }

    /// Reads the text. Gives what reading found.
    fn read(&mut self, kind: Kind, name: &str, text: &str) -> Vec<Diagnostic> {
        match kind {
            Kind::Rules => {
                let (documents, found) = yaml::parse(DOCUMENT, text);
                let (rules, found) = rule::read_documents(DOCUMENT, &documents, found);
                self.documents = documents;
                self.rules = rules;
                for (number, rule) in self.rules.iter().enumerate() {
                    let Some(query) = &rule.query else { continue };
                    let text = QueryText::of_scalar(query.scalar.clone());
                    self.queries.push(Query::new(Some(number), text, &self.project));
                }
                found
            }
            Kind::Content => {
                self.documents = yaml::parse(DOCUMENT, text).0;
                let roots = self.documents.iter().filter_map(|document| document.root.as_ref());
                let entries = roots.flat_map(|root| root.as_sequence().unwrap_or(std::slice::from_ref(root)));
                let scalars = entries.filter_map(|entry| {
                    let mapping = entry.as_mapping()?;
                    let body = mapping
                        .get("body")
                        .or_else(|| mapping.get("queryCondition")?.as_mapping()?.get("queryText"))?;
                    body.as_scalar()
                });
                for scalar in scalars {
                    let text = QueryText::of_scalar(scalar.clone());
                    self.queries.push(Query::new(None, text, &self.project));
                }
                content::read(DOCUMENT, name, text).1
            }
            Kind::OtherYaml => {
                let (documents, found) = yaml::parse(DOCUMENT, text);
                self.documents = documents;
                found
            }
            Kind::Kql => {
                let query = Query::new(None, QueryText::of_file(name, text), &self.project);
                let found =
                    if is_command(text) && query.text() == text { Vec::new() } else { query.findings() };
                self.queries.push(query);
                found
            }
            Kind::Config | Kind::Other => Vec::new(),
        }
    }

    /// What is wrong with the document, as the settings of the project have it.
    fn check(&self, found: Vec<Diagnostic>, name: String) -> Vec<Diagnostic> {
        let facts = Facts { catalog: &self.project.catalog, kql: &self.project.kql, before: &[] };
        let mut settings = self.project.settings.clone();
        let mut scope = Scope::default();
        scope.paths.insert(DOCUMENT, name);
        settings.set_scope(scope);
        let mut findings = lint::check(&self.sources, &self.rules, found, facts, &settings);
        findings.retain(|finding| finding.primary.span.source == DOCUMENT);
        findings
    }

    /// The project it was checked against.
    pub fn project(&self) -> &Rc<Project> {
        &self.project
    }

    /// The texts that findings point into.
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// The documents of YAML.
    pub fn documents(&self) -> &[yaml::Document] {
        &self.documents
    }

    /// The rules.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The queries, those of rules in their order.
    pub fn queries(&self) -> &[Query] {
        &self.queries
    }

    /// What is wrong, in the order of reports.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// The query that holds the byte at `offset` of the file, or ends there, with the place in its text.
    pub fn query_at(&self, offset: u32) -> Option<(&Query, u32)> {
        self.queries.iter().find_map(|query| Some((query, query.in_text(offset)?)))
    }

    /// The rule whose mapping holds `offset`, or the last one before, with its number.
    pub fn rule_at(&self, offset: u32) -> Option<(usize, &Rule)> {
        self.rules.iter().enumerate().rev().find(|(_, rule)| rule.range.start <= offset)
    }

    /// The query of the rule with this number.
    pub fn query_of(&self, rule: usize) -> Option<&Query> {
        self.queries.iter().find(|query| query.rule == Some(rule))
    }
}

impl Query {
    pub(super) fn new(rule: Option<usize>, text: QueryText, project: &Rc<Project>) -> Self {
        Self { rule, text, project: Rc::clone(project), reading: OnceCell::new() }
    }

    /// Its text.
    pub fn text(&self) -> &str {
        self.text.text()
    }

    /// Its text with its place in the file.
    pub fn place(&self) -> &QueryText {
        &self.text
    }

    /// Bytes of the text as bytes of the file.
    pub fn in_file(&self, range: TextRange) -> TextRange {
        self.text.in_file(range)
    }

    /// Where the byte of the file at `offset` stands in the text.
    pub fn in_text(&self, offset: u32) -> Option<u32> {
        self.text.in_text(offset)
    }

    /// Whether its text stands in quotes or plain in its file, and not as a block.
    pub fn is_quoted(&self) -> bool {
        let style = self.text.scalar().map(|scalar| scalar.style);
        style.is_some_and(|style| !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded))
    }

    /// What `look` makes of the meaning of the query, which holds its tree as well.
    pub fn read<T>(&self, look: impl FnOnce(&Bound<'_>) -> T) -> T {
        self.reading().with_dependent(|_, bound| look(bound))
    }

    fn reading(&self) -> &Reading {
        self.reading.get_or_init(|| {
            let (tree, found) = syntax::parse(self.text());
            let parsed = Parsed { tree, found, arena: Arena::new(), project: Rc::clone(&self.project) };
            Reading::new(parsed, |parsed| bind(&parsed.tree, &parsed.project.kql, &parsed.arena))
        })
    }

    /// What is wrong with it, at its place in the file.
    fn findings(&self) -> Vec<Diagnostic> {
        self.reading().with_dependent(|parsed, bound| {
            let found = parsed.found.iter().chain(bound.diagnostics()).cloned();
            found.map(|finding| finding.moved(DOCUMENT, |range| self.in_file(range))).collect()
        })
    }
}
