//! What a query needs of the place where it runs: tables, functions, watchlists.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::kql::{KqlCatalog, StoredFunction};
use crate::kql::bind::symbols::FunctionKind;
use crate::kql::bind::{Arena, Bound, Symbol, Type, Value, bind};
use crate::kql::codes;
use crate::kql::syntax::nodes::{FunctionCall, PipeExpression};
use crate::kql::syntax::{Node, NodeKind, View, parse};
use crate::text::TextRange;

/// The function that returns the items of a watchlist.
const WATCHLIST: &str = "_GetWatchlist";

/// How many tables a wildcard may match for each of them to count.
const MOST_BY_WILDCARD: usize = 50;

/// What a query needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Uses {
    /// Tables of the catalog that the query reads, itself or through functions, each with where it names it first; nothing
    /// for one that a wildcard or a function brings.
    pub tables: BTreeMap<String, Option<TextRange>>,
    /// Functions that the products bring and the query calls, itself or through functions of the project.
    pub product_functions: BTreeMap<String, Option<TextRange>>,
    /// Functions that the project declares.
    pub stored_functions: BTreeMap<String, Option<TextRange>>,
    /// Watchlists, by the alias, where that is a constant.
    pub watchlists: BTreeMap<String, Option<TextRange>>,
    /// Names that stand for a table or a function that nobody knows.
    pub unknown: BTreeMap<String, Option<TextRange>>,
    /// Whether it reads tables that are not named: all of them, or those that a wildcard matches.
    pub by_wildcard: bool,
}

/// What the query behind `bound` needs.
///
/// ```
/// use picket::catalog::kql::KqlCatalog;
/// use picket::kql::bind::{Arena, bind};
/// use picket::kql::syntax::parse;
///
/// let (tree, _) = parse("_Im_Dns | join (_GetWatchlist('domains')) on $left.DnsQuery == $right.SearchKey");
/// let arena = Arena::new();
/// let catalog = KqlCatalog::builtin();
/// let uses = picket::kql::uses(&bind(&tree, catalog, &arena), catalog);
/// assert!(uses.product_functions.contains_key("_Im_Dns"));
/// assert!(uses.watchlists.contains_key("domains"));
/// ```
pub fn uses(bound: &Bound<'_>, catalog: &KqlCatalog) -> Uses {
    let mut found = Uses::default();
    collect(bound, catalog, true, &mut BTreeSet::new(), &mut found);
    found
}

fn collect<'a>(
    bound: &Bound<'a>,
    catalog: &KqlCatalog,
    is_own: bool,
    visited: &mut BTreeSet<&'static str>,
    found: &mut Uses,
) {
    let at = |node: Node<'_>| is_own.then(|| node.range());
    let mut stored: Vec<&StoredFunction> = Vec::new();
    let mut named = BTreeSet::new();
    for node in bound.tree().root().descendants() {
        match node.kind() {
            NodeKind::NameReference => match bound.symbol(node) {
                Some(Symbol::Type(Type::Table(table))) if table.is_stored() => {
                    named.insert(table.name);
                    note(&mut found.tables, table.name, at(node));
                }
                Some(Symbol::Type(Type::Function(function))) => match function.kind {
                    FunctionKind::User(user) if user.stored => {
                        note(&mut found.stored_functions, function.name, at(node));
                        stored.extend(catalog.stored_function(function.name));
                    }
                    FunctionKind::Builtin(_) => {
                        if let Some(product) = catalog.product_function(function.name) {
                            note(&mut found.product_functions, function.name, at(node));
                            for table in &product.tables {
                                note(&mut found.tables, table, None);
                            }
                        }
                    }
                    FunctionKind::User(_) => {}
                },
                None if is_source(node) && bound.type_of(node).is_none_or(|ty| ty.as_table().is_none()) => {
                    note(&mut found.unknown, name_of(node), at(node));
                }
                _ => {}
            },
            // Without rows before it and tables of its own it looks into all of them.
            NodeKind::SearchOperator | NodeKind::FindOperator => {
                let is_piped = node.parent().is_some_and(|parent| parent.kind() == NodeKind::PipeExpression);
                let has_tables = node.child_nodes().any(|child| child.kind() == NodeKind::FindInClause);
                found.by_wildcard |= !is_piped && !has_tables;
            }
            NodeKind::FunctionCall => call(bound, node, at(node), found),
            _ => {}
        }
    }
    for finding in bound.diagnostics() {
        if finding.code == codes::UNKNOWN_FUNCTION.code || finding.code == codes::UNKNOWN_TABLE.code {
            let range = finding.range();
            let name = range.slice(bound.tree().text()).trim_matches(['"', '\'']);
            note(&mut found.unknown, name, is_own.then_some(range));
        }
    }
    let read = bound.tables();
    let (quoted, matched): (Vec<&str>, Vec<&str>) =
        read.into_iter().filter(|name| !named.contains(name)).partition(|name| is_quoted(bound, name));
    for name in quoted {
        note(&mut found.tables, name, None);
    }
    // `union *` and the like say nothing of single tables.
    found.by_wildcard |= is_own && matched.iter().any(|name| !found.tables.contains_key(*name));
    for name in matched.iter().filter(|_| matched.len() <= MOST_BY_WILDCARD) {
        note(&mut found.tables, name, None);
    }
    for function in stored {
        if visited.insert(function.name) {
            let text = format!("let f = {}{{{}\n}};", function.parameters, braceless(&function.body));
            let (tree, _) = parse(text);
            let arena = Arena::new();
            collect(&bind(&tree, catalog, &arena), catalog, false, visited, found);
        }
    }
}

fn note(map: &mut BTreeMap<String, Option<TextRange>>, name: &str, at: Option<TextRange>) {
    let entry = map.entry(name.to_owned()).or_insert(at);
    *entry = entry.or(at);
}

fn braceless(body: &str) -> &str {
    let body = body.trim();
    body.strip_prefix('{').and_then(|body| body.strip_suffix('}')).unwrap_or(body)
}

fn name_of(node: Node<'_>) -> &str {
    node.text().trim_matches(['[', ']', '\'', '"'])
}

/// Whether a string of the query is `name`.
fn is_quoted(bound: &Bound<'_>, name: &str) -> bool {
    let mut literals =
        bound.tree().root().descendants().filter(|node| node.kind() == NodeKind::LiteralExpression);
    literals.any(|node| node.text().trim_matches(['\'', '"', '@']) == name)
}

/// Whether a name stands where rows come from: first in a pipe, alone, or in a union.
fn is_source(node: Node<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    match parent.kind() {
        NodeKind::PipeExpression => {
            PipeExpression::cast(parent).is_some_and(|pipe| pipe.expression().id() == node.id())
        }
        NodeKind::ExpressionStatement | NodeKind::UnionOperator | NodeKind::JoinOperator => true,
        NodeKind::FunctionCall => FunctionCall::cast(parent)
            .is_some_and(|call| call.name().syntax().id() == node.id() && is_source(parent)),
        NodeKind::List | NodeKind::ParenthesizedExpression => is_source(parent),
        _ => false,
    }
}

/// What is called by a name that only the query's run tells, or by a constant.
fn call<'a>(bound: &Bound<'a>, node: Node<'a>, at: Option<TextRange>, found: &mut Uses) {
    let Some(call) = FunctionCall::cast(node) else { return };
    let argument = call.arguments().expressions().iter().next();
    match call.name().syntax().text() {
        WATCHLIST => {
            if let Some(Value::String(alias)) = argument.and_then(|argument| bound.value(argument)) {
                note(&mut found.watchlists, alias, at);
            }
        }
        "table" => {
            let is_literal = argument.is_some_and(|argument| argument.kind() == NodeKind::LiteralExpression);
            found.by_wildcard |= !is_literal;
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::kql::Overlay;
    use crate::text::SourceId;

    fn uses_of(text: &str, catalog: &KqlCatalog) -> Uses {
        let (tree, _) = parse(text);
        let arena = Arena::new();
        uses(&bind(&tree, catalog, &arena), catalog)
    }

    fn names(map: &BTreeMap<String, Option<TextRange>>) -> Vec<&str> {
        map.keys().map(String::as_str).collect()
    }

    #[test]
    fn tables_are_found_wherever_rows_come_from() {
        let text = "let recent = (t: timespan) { SigninLogs | where TimeGenerated > ago(t) };
            union recent(1d), table('AuditLogs'), Missing_CL
            | join kind=inner (OfficeActivity | project UserId) on $left.UserPrincipalName == $right.UserId
            | where UserId in ((UserInfo | project Name)) and Absent > 1";
        let found = uses_of(text, KqlCatalog::builtin());
        assert_eq!(names(&found.tables), ["AuditLogs", "OfficeActivity", "SigninLogs"]);
        assert_eq!(found.tables["SigninLogs"].map(|range| range.slice(text)), Some("SigninLogs"));
        assert_eq!(names(&found.unknown), ["Missing_CL"]);
        assert!(!found.by_wildcard && found.product_functions.is_empty());
    }

    #[test]
    fn what_is_not_named_is_known_to_be_so() {
        for text in
            ["union Security*", "search 'x'", "let f = (name: string) { table(name) }; f('AuditLogs')"]
        {
            assert!(uses_of(text, KqlCatalog::builtin()).by_wildcard, "{text}");
        }
    }

    #[test]
    fn functions_of_the_project_bring_what_they_need() {
        let mut overlay = Overlay::default();
        let declared = "functions:\n  - name: Outer\n    body: Inner | where isnotempty(DnsQuery)\n  - name: Inner\n    body: union _Im_Dns, (_GetWatchlist('known') | project DnsQuery = SearchKey), DnsEvents\n";
        let findings = overlay.read(SourceId(0), "functions.yaml", declared);
        assert_eq!(findings, []);
        let found = uses_of("Outer | take 5", &overlay.into_catalog());
        assert_eq!(names(&found.stored_functions), ["Inner", "Outer"]);
        assert_eq!(names(&found.product_functions), ["_GetWatchlist", "_Im_Dns"]);
        assert_eq!((names(&found.watchlists), names(&found.tables)), (vec!["known"], vec!["DnsEvents"]));
        assert_eq!(found.stored_functions["Inner"], None);
    }
}
