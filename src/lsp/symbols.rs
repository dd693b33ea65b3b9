//! The outline of a document, and the rules of a project by name.

use gen_lsp_types::{
    BaseSymbolInformation, DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location,
    SymbolKind, WorkspaceSymbol, WorkspaceSymbolParams, WorkspaceSymbolResponse,
};

use super::analysis::Query;
use super::document::Document;
use super::encoding::Encoding;
use super::host::Survey;
use super::lifecycle::uri_of;
use super::view::{Answer, View};
use crate::kql::bind::Bound;
use crate::kql::syntax::nodes::{ExpressionStatement, LetStatement, PipeExpression, QueryBlock};
use crate::kql::syntax::{Node as KqlNode, NodeKind as KqlKind, View as _};
use crate::text::TextRange;
use crate::yaml::{Entry, Node, NodeKind};

/// How many characters of a value an outline shows.
const SHOWN: usize = 60;
/// How many rules an answer names.
const MOST: usize = 200;
/// How deep an outline goes.
const MAX_DEPTH: usize = 8;

/// Answers `textDocument/documentSymbol`.
pub(super) fn of_document(
    view: View<'_>,
    params: DocumentSymbolParams,
) -> Answer<Option<DocumentSymbolResponse>> {
    let document = view.of(&params.text_document)?;
    let analysis = document.analysis();
    let outline = Outline { view, document, queries: analysis.queries() };
    let mut found = Vec::new();
    for root in analysis.documents().iter().filter_map(|document| document.root.as_ref()) {
        match &root.kind {
            NodeKind::Sequence(items) => found.extend(items.iter().map(|item| outline.whole(item))),
            NodeKind::Mapping(_) => found.push(outline.whole(root)),
            NodeKind::Scalar(_) => {}
        }
    }
    if analysis.documents().is_empty() {
        for query in analysis.queries() {
            found.extend(outline.of_query(query));
        }
    }
    Ok(Some(DocumentSymbolResponse::DocumentSymbolList(found)))
}

/// A step of a query.
struct Step {
    name: String,
    detail: Option<String>,
    kind: SymbolKind,
    range: TextRange,
    selection: TextRange,
    steps: Vec<Step>,
}

struct Outline<'s> {
    view: View<'s>,
    document: &'s Document,
    queries: &'s [Query],
}

impl Outline<'_> {
    fn symbol(
        &self,
        name: String,
        kind: SymbolKind,
        range: TextRange,
        selection: TextRange,
    ) -> DocumentSymbol {
        // The protocol has the one within the other.
        let selection =
            if range.contains_range(selection) { selection } else { TextRange::empty(range.start) };
        let name = if name.trim().is_empty() { "(without a name)".to_owned() } else { name };
        #[allow(deprecated, reason = "the field is part of the type")]
        DocumentSymbol {
            name,
            detail: None,
            kind,
            tags: None,
            deprecated: None,
            range: self.view.range(self.document, range),
            selection_range: self.view.range(self.document, selection),
            children: None,
        }
    }

    /// A rule, or another thing of its own: by its name.
    fn whole(&self, node: &Node) -> DocumentSymbol {
        let mapping = node.as_mapping();
        let name = mapping.and_then(|mapping| {
            ["name", "displayName", "alias", "id"]
                .iter()
                .find_map(|key| mapping.get(key).filter(|it| it.as_str().is_some()))
        });
        let shown = name.and_then(Node::as_str).map_or_else(String::new, str::to_owned);
        let selection = name.map_or(TextRange::empty(node.range.start), |name| name.range);
        let mut symbol = self.symbol(shown, SymbolKind::Class, node.range, selection);
        symbol.detail = mapping.and_then(|mapping| mapping.get("kind")?.as_str()).map(str::to_owned);
        symbol.children = Some(self.children(node, 0));
        symbol
    }

    fn children(&self, node: &Node, depth: usize) -> Vec<DocumentSymbol> {
        if depth > MAX_DEPTH {
            return Vec::new();
        }
        match &node.kind {
            NodeKind::Scalar(_) => Vec::new(),
            NodeKind::Mapping(mapping) => {
                mapping.entries.iter().map(|entry| self.entry(entry, depth)).collect()
            }
            NodeKind::Sequence(items) => {
                let parts = items.iter().filter(|item| item.as_scalar().is_none());
                parts.map(|item| self.item(item, depth)).collect()
            }
        }
    }

    fn entry(&self, entry: &Entry, depth: usize) -> DocumentSymbol {
        let Entry { key, value } = entry;
        let kind = match &value.kind {
            NodeKind::Mapping(_) => SymbolKind::Object,
            NodeKind::Sequence(_) => SymbolKind::Array,
            NodeKind::Scalar(scalar) if scalar.as_bool().is_some() => SymbolKind::Boolean,
            NodeKind::Scalar(scalar) if scalar.as_i64().is_some() => SymbolKind::Number,
            NodeKind::Scalar(_) => SymbolKind::Property,
        };
        let name = key.as_scalar().map_or_else(String::new, |scalar| shortened(&scalar.text));
        let mut symbol = self.symbol(name, kind, key.range.cover(value.range), key.range);
        symbol.detail = value.as_str().map(shortened).filter(|text| !text.is_empty());
        let query = value.as_scalar().and_then(|scalar| {
            self.queries.iter().find(|query| query.place().scalar().is_some_and(|it| it.map == scalar.map))
        });
        symbol.children = Some(match query {
            Some(query) => self.of_query(query),
            None => self.children(value, depth + 1),
        });
        symbol
    }

    /// An item of a list: by the first text in it.
    fn item(&self, node: &Node, depth: usize) -> DocumentSymbol {
        let first = node
            .as_mapping()
            .and_then(|mapping| mapping.entries.iter().find_map(|entry| entry.value.as_str()));
        let name = first.map_or_else(|| "…".to_owned(), shortened);
        let mut symbol =
            self.symbol(name, SymbolKind::Struct, node.range, TextRange::empty(node.range.start));
        symbol.children = Some(self.children(node, depth + 1));
        symbol
    }

    fn of_query(&self, query: &Query) -> Vec<DocumentSymbol> {
        let steps = query.read(steps);
        steps.into_iter().map(|step| self.step(query, step)).collect()
    }

    fn step(&self, query: &Query, step: Step) -> DocumentSymbol {
        let Step { name, detail, kind, range, selection, steps } = step;
        let mut symbol = self.symbol(name, kind, query.in_file(range), query.in_file(selection));
        symbol.detail = detail;
        symbol.children = Some(steps.into_iter().map(|step| self.step(query, step)).collect());
        symbol
    }
}

/// What the statements of a query do, one by one.
fn steps(bound: &Bound<'_>) -> Vec<Step> {
    let statements = QueryBlock::of_slot(bound.tree().root()).statements();
    let mut found = Vec::new();
    for statement in statements.iter().filter(|statement| !statement.is_missing()) {
        if let Some(named) = LetStatement::cast(statement) {
            let (name, value) = (named.name().syntax(), named.expression());
            let kind = match value.kind() {
                KqlKind::FunctionDeclaration => SymbolKind::Function,
                _ => SymbolKind::Variable,
            };
            let steps = if value.kind() == KqlKind::PipeExpression { pipeline(value) } else { Vec::new() };
            let detail = Some(shortened(value.text()));
            let (range, selection) = (statement.range(), name.range());
            found.push(Step { name: name.text().to_owned(), detail, kind, range, selection, steps });
        } else if let Some(result) = ExpressionStatement::cast(statement) {
            found.extend(pipeline(result.expression()));
        }
    }
    found
}

/// The table that rows come from, and each operator that they go through.
fn pipeline(mut node: KqlNode<'_>) -> Vec<Step> {
    let step = |node: KqlNode<'_>, kind| Step {
        name: shortened(node.text()),
        detail: None,
        kind,
        range: node.range(),
        selection: node.range(),
        steps: Vec::new(),
    };
    let mut found = Vec::new();
    while let Some(pipe) = PipeExpression::cast(node) {
        if !pipe.operator().is_missing() {
            found.push(step(pipe.operator(), SymbolKind::Operator));
        }
        node = pipe.expression();
    }
    if !node.is_missing() {
        found.push(step(node, SymbolKind::Struct));
    }
    found.reverse();
    found
}

/// The first line of a text, or as much of it as an outline shows.
fn shortened(text: &str) -> String {
    let line = text.trim_start().lines().next().unwrap_or_default().trim_end();
    match line.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line.to_owned(),
    }
}

/// The rules that a survey read, by name.
pub(super) fn of_survey(survey: &Survey, encoding: Encoding) -> Vec<WorkspaceSymbol> {
    let mut found = Vec::new();
    for rule in &survey.rules {
        let Some(source) = survey.sources.get(rule.source) else { continue };
        let Some(uri) = survey.paths.get(&rule.source).and_then(|path| uri_of(path)) else { continue };
        let Some(name) = rule.name.as_ref().or(rule.id.as_ref()) else { continue };
        let range = encoding.range(&source.text, source.lines(), name.range);
        found.push(WorkspaceSymbol {
            location: Location { uri, range }.into(),
            data: None,
            base_symbol_information: BaseSymbolInformation {
                name: name.value.clone(),
                kind: SymbolKind::Class,
                tags: None,
                container_name: rule.id.as_ref().map(|id| id.value.clone()),
            },
        });
    }
    found
}

/// Answers `workspace/symbol`: rules whose name has the letters asked for in that order, or whose id has them as they are.
pub(super) fn of_workspace(
    view: View<'_>,
    params: WorkspaceSymbolParams,
) -> Answer<Option<WorkspaceSymbolResponse>> {
    let wanted = params.query.trim().to_lowercase();
    let fits = |symbol: &&WorkspaceSymbol| {
        let BaseSymbolInformation { name, container_name, .. } = &symbol.base_symbol_information;
        let id = container_name.as_deref().unwrap_or_default().to_lowercase();
        has_in_order(&name.to_lowercase(), &wanted) || id.contains(&wanted)
    };
    let found: Vec<WorkspaceSymbol> = view.symbols().filter(fits).take(MOST).cloned().collect();
    Ok(Some(WorkspaceSymbolResponse::WorkspaceSymbolList(found)))
}

fn has_in_order(text: &str, wanted: &str) -> bool {
    let mut letters = text.chars();
    wanted.chars().filter(|c| !c.is_whitespace()).all(|wanted| letters.any(|c| c == wanted))
}
