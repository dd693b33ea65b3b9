//! What stands at a place.

use gen_lsp_types::{Hover, HoverParams, MarkupContent, MarkupKind};

use super::keys::{self, Spot};
use super::view::{Answer, Place, View};
use super::{calls, help};
use crate::catalog::kql::{KqlCatalog, Table, TableKind};
use crate::catalog::{Attack, Catalog};
use crate::kql::bind::symbols::FunctionKind;
use crate::kql::bind::{Bound, Column, Function, Symbol, Type};
use crate::kql::syntax::{LexToken, Node, TokenKind};
use crate::rule::Rule;
use crate::text::{Spanned, TextRange};

/// How many columns of a table are named.
const MAX_COLUMNS: usize = 12;

/// Answers `textDocument/hover`.
pub(super) fn hover(view: View<'_>, params: HoverParams) -> Answer<Option<Hover>> {
    let place = view.at(&params.text_document_position_params)?;
    let found = of_query(&place).or_else(|| of_key(&place)).or_else(|| of_value(&place));
    Ok(found.map(|(value, bytes)| Hover {
        contents: MarkupContent { kind: MarkupKind::Markdown, value }.into(),
        range: Some(view.range(place.document, bytes)),
    }))
}

type Said = (String, TextRange);

// Rules.

/// What is said of a key of a rule.
fn of_key(place: &Place<'_>) -> Option<Said> {
    let spots = keys::spots(place.analysis.documents(), place.offset);
    let Spot { key, written, on_key, .. } = *spots.last()?;
    on_key.then(|| (format!("**{}**: {}\n\n{}", key.name, key.value.expected(), key.doc), written))
}

/// What is said of a value of a rule: a tactic, a technique, a connector, an entity, a column of the result.
fn of_value(place: &Place<'_>) -> Option<Said> {
    let (number, rule) = place.analysis.rule_at(place.offset)?;
    let catalog = &place.document.project().catalog;
    let is_here =
        |value: &&Spanned<String>| value.range.start <= place.offset && place.offset <= value.range.end;
    let said = |value: &Spanned<String>, text: Option<String>| Some((text?, value.range));
    if let Some(tactic) = rule.tactics.iter().find(is_here) {
        return said(tactic, of_tactic(&tactic.value, catalog.attack()));
    }
    if let Some(technique) = rule.techniques.iter().find(is_here) {
        return said(technique, of_technique(&technique.value, catalog.attack()));
    }
    let connectors = rule.required_connectors.iter().filter_map(|it| it.connector_id.as_ref());
    if let Some(id) = connectors.into_iter().find(is_here) {
        let connector = catalog.connectors().get(&id.value)?;
        let tables = connector.tables.iter().map(|table| format!("`{table}`")).collect::<Vec<_>>().join(", ");
        return said(id, Some(format!("**{}**: {}\n\n{tables}", connector.id, connector.title)));
    }
    let types = rule.entity_mappings.iter().filter_map(|it| it.entity_type.as_ref());
    if let Some(entity) = types.into_iter().find(is_here) {
        return said(entity, of_entity(&entity.value, catalog));
    }
    let column = columns(rule).find(is_here)?;
    let query = place.analysis.query_of(number)?;
    let text = query.read(|bound| {
        let found = bound.columns()?.iter().find(|known| known.name == column.value)?;
        Some(of_column(bound, found, &place.document.project().kql))
    });
    said(column, text)
}

/// The columns of the result that a rule names.
fn columns(rule: &Rule) -> impl Iterator<Item = &Spanned<String>> {
    let fields = rule.entity_mappings.iter().flat_map(|it| &it.field_mappings);
    let mapped = fields.filter_map(|it| it.column_name.as_ref());
    let details = rule.custom_details.iter().map(|(_, column)| column);
    mapped.chain(details).chain(&rule.sentinel_entities_mappings)
}

fn of_tactic(name: &str, attack: &Attack) -> Option<String> {
    let tactic = attack.tactics().iter().find(|tactic| tactic.sentinel == Some(name))?;
    Some(format!(
        "**{}** {}\n\n[ATT&CK](https://attack.mitre.org/tactics/{}/)",
        tactic.id, tactic.name, tactic.id
    ))
}

fn of_technique(id: &str, attack: &Attack) -> Option<String> {
    let technique = attack.technique(id)?;
    let tactics = attack.tactics_of(technique).named().join(", ");
    let parent = id.split_once('.').and_then(|(parent, _)| attack.technique(parent));
    let of = parent.map_or_else(String::new, |parent| format!("{}: ", parent.name));
    let path = id.replace('.', "/");
    let newer = attack.replacements(technique).last().map_or_else(String::new, |newer| {
        format!("\n\nNo longer in force: {} {} took its place.", newer.id, newer.name)
    });
    Some(format!(
        "**{id}** {of}{}\n\n{tactics}{newer}\n\n[ATT&CK](https://attack.mitre.org/techniques/{path}/)",
        technique.name
    ))
}

fn of_entity(name: &str, catalog: &Catalog) -> Option<String> {
    let entity = catalog.entities().get(name)?;
    let identifiers = entity.identifiers.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
    Some(format!("**{}**\n\nidentifiers: {identifiers}", entity.name))
}

// Queries.

/// What is said of a token of a query.
fn of_query(place: &Place<'_>) -> Option<Said> {
    let (query, at) = place.analysis.query_at(place.offset)?;
    let catalog = &*place.document.project().kql;
    let (text, range) = query.read(|bound| {
        let tree = bound.tree();
        let holds =
            |token: &&LexToken| token.range.start <= at && at <= token.range.end && !token.range.is_empty();
        // Of two tokens that touch here, the name.
        let touching = tree.tokens().iter().filter(holds);
        let token = touching.max_by_key(|token| (is_word(token.kind), token.range.start))?;
        let node = tree.node_at(token.range.start);
        let around = std::iter::successors(Some(node), |node| node.parent());
        let named = around.take_while(|node| node.range() == token.range || is_bracketed(*node, token));
        let text = of_node(bound, named.collect(), catalog).or_else(|| of_word(node, token));
        Some((text?, token.range))
    })?;
    Some((text, query.in_file(range)))
}

fn is_word(kind: TokenKind) -> bool {
    kind == TokenKind::Identifier || kind.is_keyword()
}

/// Whether a node is a token in brackets: `['a name']`.
fn is_bracketed(node: Node<'_>, token: &LexToken) -> bool {
    node.text().starts_with('[') && node.range().contains_range(token.range) && node.descendants().count() < 5
}

fn of_node(bound: &Bound<'_>, nodes: Vec<Node<'_>>, catalog: &KqlCatalog) -> Option<String> {
    let symbol = nodes.into_iter().find_map(|node| bound.symbol(node))?;
    match symbol {
        Symbol::Column(column) => Some(of_column(bound, column, catalog)),
        Symbol::Variable(variable) | Symbol::Parameter(variable) => match variable.ty {
            Type::Function(function) => Some(of_function(function)),
            Type::Table(table) => Some(format!("`{}`: table\n\n{}", variable.name, listed(table.columns()))),
            ty => Some(format!("`{}: {}`", variable.name, ty.name())),
        },
        Symbol::Type(Type::Table(table)) => match table.in_catalog() {
            Some(known) => Some(of_table(known)),
            None => Some(format!("`{}`: table\n\n{}", table.name, listed(table.columns()))),
        },
        Symbol::Type(Type::Function(function)) => Some(of_function(function)),
        Symbol::Type(_) | Symbol::Operator(_) => None,
    }
}

fn of_column(bound: &Bound<'_>, column: &Column<'_>, catalog: &KqlCatalog) -> String {
    let head = format!("`{}: {}`", column.name, column.ty.name());
    let names = bound
        .tables()
        .into_iter()
        .filter(|name| catalog.table(name).is_some_and(|table| table.column(column.name).is_some()));
    let of: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    let is_read = column.originals.is_empty() && !of.is_empty();
    if is_read { format!("{head}\n\ncolumn of {}", of.join(", ")) } else { head }
}

fn listed(columns: &[&Column<'_>]) -> String {
    let shown =
        columns.iter().take(MAX_COLUMNS).map(|column| format!("`{}: {}`", column.name, column.ty.name()));
    with_rest(shown.collect(), columns.len())
}

/// Names with commas between, and how many more there are.
fn with_rest(mut shown: Vec<String>, all: usize) -> String {
    if all > MAX_COLUMNS {
        shown.push(format!("{} more", all - MAX_COLUMNS));
    }
    shown.join(", ")
}

fn of_table(table: &Table) -> String {
    let kind = match table.kind {
        TableKind::Standard => "table of Log Analytics",
        TableKind::Custom => "custom log",
        TableKind::Hunting => "table of Defender's Advanced Hunting",
        TableKind::Stub => "table of which only the name is known",
        TableKind::Project => "table that the project declares",
    };
    let shown = table.columns.iter().take(MAX_COLUMNS);
    let names = shown.map(|column| format!("`{}: {}`", column.name, column.scalar.name())).collect();
    let columns = with_rest(names, table.columns.len());
    let name = table.name.to_ascii_lowercase();
    let link = match table.kind {
        TableKind::Standard => {
            format!(
                "\n\n[Documentation](https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/{name})"
            )
        }
        TableKind::Hunting => {
            format!(
                "\n\n[Documentation](https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-{name}-table)"
            )
        }
        _ => String::new(),
    };
    format!("**{}**: {kind}\n\n{columns}{link}", table.name)
}

fn of_function(function: &Function<'_>) -> String {
    let shapes = calls::shapes(function);
    let labels: Vec<&str> = shapes.iter().map(|shape| shape.label.as_str()).collect();
    let doc = match function.kind {
        FunctionKind::Builtin(builtin) => help::markdown(builtin),
        FunctionKind::User(user) if user.stored => "A function of the project.".to_owned(),
        FunctionKind::User(_) => String::new(),
    };
    format!("```kusto\n{}\n```\n\n{doc}", labels.join("\n")).trim_end().to_owned()
}

/// What is said of a word of the language.
fn of_word(node: Node<'_>, token: &LexToken) -> Option<String> {
    let word = token.range.slice(node.tree().text());
    if !token.kind.is_keyword() {
        return None;
    }
    let topics = [help::Topic::Operator, help::Topic::Source, help::Topic::Statement];
    let is_head = node.range().start == token.range.start;
    if let Some(help) = topics.into_iter().find_map(|topic| help::find(topic, word)).filter(|_| is_head) {
        return Some(format!("**{}**\n\n{}\n\n[Documentation]({})", help.name, help.text, help.link()));
    }
    help::function(word).map(|text| format!("**{word}**\n\n{text}"))
}
