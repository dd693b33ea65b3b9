//! `search` and `find`: rows of many tables for which a condition is true, or that hold a term.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Operator;
use super::union::{Member, members, united, viewed};
use crate::catalog::ScalarType;
use crate::exec::compile::{Compiler, Scope, name_text, scalar_type};
use crate::exec::error::Result;
use crate::exec::expr::{Expr, ExprKind, settle};
use crate::exec::relation::{Relation, Scan, ScanSource};
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table};
use crate::exec::value::{Dynamic, Value};
use crate::kql::bind::{Symbol, Type};
use crate::kql::syntax::nodes::{
    BinaryExpression, FindInClause, FindOperator, ParenthesizedExpression, SearchOperator,
};
use crate::kql::syntax::{Node, NodeKind, TokenKind, View};
use crate::text::TextRange;

/// What is searched.
#[derive(Debug)]
enum Searched {
    /// The rows before the pipe.
    Input,
    /// These tables.
    Tables(Vec<Member>),
    /// Every table there is, and these views of the query.
    All(Vec<Member>),
}

impl Searched {
    /// The tables with their names.
    fn tables(&self, run: &Run<'_>, input: Table, range: TextRange) -> Result<Vec<(String, Arc<Table>)>> {
        let of = |member: &Member| Ok((member.name.clone(), member.relation.table(run)?));
        match self {
            Self::Input => Ok(vec![(String::new(), Arc::new(input))]),
            Self::Tables(tables) => tables.iter().map(of).collect(),
            Self::All(views) => {
                let named = run.table_names().into_iter().map(|name| {
                    let source = ScanSource::Table(Arc::clone(&name));
                    let scan = Scan { source, schema: Schema::default(), unread: Vec::new(), open: true };
                    Ok((name.to_string(), run.scan(&scan, range)?))
                });
                named.chain(views.iter().map(of)).collect()
            }
        }
    }
}

fn searched<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    operator: Node<'a>,
    clause: Option<FindInClause<'a>>,
    scope: &mut Scope<'c, 'a>,
) -> Searched {
    let Some(clause) = clause else {
        if operator.kind() == NodeKind::SearchOperator && scope.sense.input(operator).is_some() {
            return Searched::Input;
        }
        let root = std::iter::successors(Some(operator), |node| node.parent()).last().unwrap_or(operator);
        let declarations = root.descendants().filter(|node| node.kind() == NodeKind::FunctionDeclaration);
        let mut views = Vec::new();
        for declaration in declarations.collect::<Vec<_>>() {
            if let Some(Type::Function(view)) = scope.sense.type_of(declaration)
                && view.is_view()
                && declaration.range().end <= operator.range().start
            {
                views.extend(viewed(compiler, view, operator, scope));
            }
        }
        return Searched::All(views);
    };
    let unnamed = |place: usize| format!("arg{place}");
    Searched::Tables(members(compiler, clause.expressions().iter(), unnamed, scope))
}

/// A condition in which a text alone asks for the term in any column.
fn condition<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    node: Node<'a>,
    exact: bool,
    scope: &Scope<'c, 'a>,
) -> Expr {
    let range = node.range();
    if let Some(inner) = ParenthesizedExpression::cast(node) {
        return condition(compiler, inner.expression(), exact, scope);
    }
    if node.kind() == NodeKind::StarExpression {
        return Expr::literal(Value::Bool(true), range);
    }
    if let Some(binary) = BinaryExpression::cast(node) {
        let kind = binary.operator().kind();
        if matches!(kind, TokenKind::AndKw | TokenKind::OrKw) {
            let parts = [binary.left(), binary.right()];
            let parts = parts.map(|part| condition(compiler, part, exact, scope)).to_vec();
            let kind = if kind == TokenKind::AndKw { ExprKind::And(parts) } else { ExprKind::Or(parts) };
            return Expr { kind, ty: Some(ScalarType::Bool), range };
        }
        let word = binary.operator().text().to_ascii_lowercase();
        if word == ":" {
            let (test, text) = term(compiler, binary.right(), exact, scope);
            if binary.left().kind() == NodeKind::StarExpression {
                return compiler.any_column(test, text, range);
            }
            let column = compiler.expression(binary.left(), scope);
            return compiler.applied(test, vec![column, text], Some(ScalarType::Bool), range);
        }
    }
    let is_text = matches!(
        node.kind(),
        NodeKind::LiteralExpression | NodeKind::CompoundStringLiteral | NodeKind::NameReference
    );
    if is_text && scope.sense.info(node).constant {
        let value = compiler.constant(node, scope);
        if matches!(value, Value::String(_)) {
            let (test, text) = term(compiler, node, exact, scope);
            return compiler.any_column(test, text, range);
        }
    }
    compiler.expression(node, scope)
}

/// The test for a term, and what it is held against: `*` in it stands for any letters.
fn term<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    node: Node<'a>,
    exact: bool,
    scope: &Scope<'c, 'a>,
) -> (&'static str, Expr) {
    let text = compiler.constant(node, scope).to_text().into_owned();
    let inner = text.trim_matches('*');
    let (before, after) = (text.starts_with('*'), text.ends_with('*') && text.len() > 1);
    let literal = |text: &str| Expr::literal(Value::string(text), node.range());
    if inner.contains('*') {
        let parts: Vec<String> = inner.split('*').map(regex::escape).collect();
        let border = |open: bool| if open { "" } else { r"\b" };
        let fold = if exact { "" } else { "(?i)" };
        let pattern = format!("{fold}{}{}{}", border(before), parts.join(".*"), border(after));
        return ("matches regex", literal(&pattern));
    }
    let test = match (before, after, exact) {
        (false, false, false) => "has",
        (false, false, true) => "has_cs",
        (false, true, false) => "hasprefix",
        (false, true, true) => "hasprefix_cs",
        (true, false, false) => "hassuffix",
        (true, false, true) => "hassuffix_cs",
        (true, true, false) => "contains",
        (true, true, true) => "contains_cs",
    };
    (test, literal(inner))
}

/// The rows of a table for which a condition is true. A column that the table lacks is null in it.
fn matching(condition: &Expr, table: &Table, run: &Run<'_>) -> Result<Table> {
    let condition = condition.linked_or_null(&table.schema)?;
    let mut rows = Vec::new();
    for row in &table.rows {
        if condition.value(row, run)?.is_true() {
            rows.push(row.clone());
        }
    }
    Ok(Table::new(table.schema.clone(), rows))
}

#[derive(Debug)]
struct Search {
    searched: Searched,
    condition: Expr,
    range: TextRange,
}

pub(super) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: SearchOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let range = node.syntax().range();
    let kind = compiler.parameter_word(node.parameters().iter(), "kind");
    let exact = kind.is_some_and(|kind| kind == "case_sensitive");
    let searched = searched(compiler, node.syntax(), node.in_clause(), scope);
    let condition = condition(compiler, node.condition(), exact, scope);
    input.pipe(Search { searched, condition, range }, range)
}

impl Operator for Search {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let mut found = Vec::new();
        for (name, table) in self.searched.tables(run, input, self.range)? {
            found.push((name, Arc::new(matching(&self.condition, &table, run)?)));
        }
        Ok(united(&found, false, Some("$table")))
    }
}

/// A column of the result of `find`.
#[derive(Debug)]
enum Shown {
    /// The name of the table.
    Source,
    /// The columns of these names and types, those of other tables aside.
    Column { names: Vec<Arc<str>>, cast: bool },
    /// The columns that are not shown by themselves; all of them where the query asks for that.
    Rest { all: bool },
}

#[derive(Debug)]
struct Find {
    searched: Searched,
    condition: Expr,
    /// The columns that the condition names: tables with none of them are passed over, unless any column will do.
    named: Option<Vec<Arc<str>>>,
    shown: Vec<(Field, Shown)>,
    range: TextRange,
}

pub(super) fn compile_find<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: FindOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let range = node.syntax().range();
    let searched = searched(compiler, node.syntax(), node.in_clause(), scope);
    let condition = condition(compiler, node.condition(), false, scope);
    let project = node.project().filter(|clause| clause.keyword().kind() != TokenKind::ProjectSmartKw);
    let explicit: Vec<Node<'a>> = project.into_iter().flat_map(|clause| clause.columns().iter()).collect();
    let columns = scope.sense.columns_after(node.syntax()).unwrap_or_default();
    let mut shown = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        let field = Field::new(column.name, scalar_type(Some(column.ty)).unwrap_or(ScalarType::Dynamic));
        let how = if index == 0 {
            Shown::Source
        } else if column.name == "pack_" && column.originals.first().is_none_or(|first| first.name != "pack_")
        {
            Shown::Rest { all: !explicit.is_empty() }
        } else {
            let mut names: Vec<Arc<str>> = vec![Arc::from(column.name)];
            names.extend(column.originals.iter().map(|original| Arc::from(original.name)));
            let written =
                explicit.iter().find(|node| node.node(0).is_some_and(|name| name_text(name) == column.name));
            let cast = written.is_some_and(|node| node.kind() == NodeKind::TypedColumnReference);
            Shown::Column { names, cast }
        };
        shown.push((field, how));
    }
    let any = node.condition().descendants().any(|node| node.kind() == NodeKind::StarExpression)
        || holds_any_column(&condition);
    let named = node
        .condition()
        .descendants()
        .filter_map(|node| scope.sense.symbol(node).and_then(Symbol::as_column))
        .map(|column| Arc::from(column.name))
        .collect();
    input.pipe(Find { searched, condition, named: (!any).then_some(named), shown, range }, range)
}

fn holds_any_column(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::AnyColumn(_) => true,
        ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().any(holds_any_column),
        ExprKind::Call { arguments, .. } => arguments.iter().any(holds_any_column),
        _ => false,
    }
}

impl Find {
    /// A row of the result.
    fn row(&self, label: &str, schema: &Schema, row: &Row) -> Row {
        let mut used: Vec<usize> = Vec::new();
        let mut values = Row::new();
        for (field, shown) in &self.shown {
            values.push(match shown {
                Shown::Source => Value::string(label),
                Shown::Column { names, cast } => {
                    let fits = |(_, known): &(usize, &Field)| {
                        names.contains(&known.name) && (*cast || known.ty == field.ty)
                    };
                    match schema.fields.iter().enumerate().find(fits) {
                        Some((place, _)) => {
                            used.push(place);
                            settle(row.get(place).cloned().unwrap_or(Value::Null), field.ty)
                        }
                        None => Value::missing(field.ty),
                    }
                }
                Shown::Rest { .. } => Value::Null,
            });
        }
        for ((_, shown), value) in self.shown.iter().zip(&mut values) {
            if let Shown::Rest { all } = shown {
                let kept = |place: &usize| *all || !used.contains(place);
                let entries: IndexMap<Arc<str>, Dynamic> = (0..schema.len())
                    .filter(kept)
                    .filter_map(|place| {
                        let value = row.get(place).map_or(Dynamic::Null, Value::to_dynamic);
                        schema.fields.get(place).map(|field| (Arc::clone(&field.name), value))
                    })
                    .collect();
                *value = Value::dynamic(Dynamic::Bag(entries));
            }
        }
        values
    }
}

impl Operator for Find {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let tables = self.searched.tables(run, input, self.range)?;
        let only = tables.len() == 1;
        let mut rows = Vec::new();
        for (label, table) in tables {
            let about = self
                .named
                .as_ref()
                .is_none_or(|named| only || named.iter().any(|name| table.schema.position(name).is_some()));
            if about {
                let found = matching(&self.condition, &table, run)?;
                rows.extend(found.rows.iter().map(|row| self.row(&label, &found.schema, row)));
            }
        }
        let fields = self.shown.iter().map(|(field, _)| field.clone());
        Ok(Table::new(Schema::new(fields), rows))
    }
}
