//! `join` and `lookup`: rows of two tables side by side.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::column_index::ColumnIndex;
use crate::kql::bind::columns::unique_names;
use crate::kql::bind::symbols::{Column, Names, Table, Value};
use crate::kql::bind::types::Type;
use crate::kql::codes;
use crate::kql::syntax::nodes::{
    BinaryExpression, BracketedExpression, JoinOnClause, JoinOperator, JoinWhereClause, LookupOperator,
    NameReference, ParenthesizedExpression, PathExpression,
};
use crate::kql::syntax::operator_parameters::{JOIN, LOOKUP};
use crate::kql::syntax::{Node, TokenKind, View};

/// A column of the left side and the column of the right side that it is compared with.
type Pair<'a> = (&'a Column<'a>, &'a Column<'a>);

/// Which sides of a join are returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sides {
    Both,
    Left,
    Right,
}

impl Sides {
    fn of_kind(kind: Option<Value<'_>>) -> Self {
        let (Some(Value::Word(kind)) | Some(Value::String(kind))) = kind else { return Self::Both };
        match kind {
            "anti" | "leftanti" | "leftsemi" | "leftantisemi" => Self::Left,
            "rightanti" | "rightsemi" | "rightantisemi" => Self::Right,
            _ => Self::Both,
        }
    }
}

pub(super) fn bind_join<'a>(binder: &mut Binder<'a>, node: JoinOperator<'a>) -> Type<'a> {
    binder.named_parameters(node.parameters());
    binder.in_row_scope(None, |binder| binder.expression(node.expression()));
    let right = binder.table_of(node.expression());
    binder.right_row_scope = right;
    if let Some(condition) = node.condition() {
        bind_condition(binder, condition);
    }
    binder.check_not_first(node.syntax());
    binder.check_parameters(node.parameters(), JOIN);
    binder.check_tabular(node.expression());
    match node.condition() {
        Some(condition) => {
            if let Some(on) = JoinOnClause::cast(condition) {
                check_on(binder, on);
            } else if let Some(filter) = JoinWhereClause::cast(condition) {
                binder.check_exact_type(filter.expression(), Type::BOOL);
            }
        }
        None => binder.report_with_help(codes::MISSING_TOKEN, node.syntax().range(), || {
            let help = "add `on` and the columns that both tables have in common";
            ("the join does not say which rows belong together".to_owned(), Some(help.to_owned()))
        }),
    }
    binder.right_row_scope = None;

    let sides = Sides::of_kind(binder.parameter_value(node.parameters(), &["kind"]));
    let mut columns: Vec<&Column<'_>> = Vec::new();
    let mut open = false;
    if sides != Sides::Right {
        columns.extend(binder.row_columns());
        open |= binder.row_scope.is_some_and(|table| table.open);
    }
    if let Some(right) = right.filter(|_| sides != Sides::Left) {
        columns.extend(right.all_columns(binder.arena));
        open |= right.open;
    }
    joined(binder, &columns, open)
}

pub(super) fn bind_lookup<'a>(binder: &mut Binder<'a>, node: LookupOperator<'a>) -> Type<'a> {
    binder.named_parameters(node.parameters());
    binder.in_row_scope(None, |binder| binder.expression(node.expression()));
    let right = binder.table_of(node.expression());
    binder.right_row_scope = right;
    bind_condition(binder, node.condition());
    binder.check_not_first(node.syntax());
    binder.check_parameters(node.parameters(), LOOKUP);
    binder.check_tabular(node.expression());
    let pairs = JoinOnClause::cast(node.condition()).map_or_else(Vec::new, |on| check_on(binder, on));
    binder.right_row_scope = None;

    let mut columns: Vec<&Column<'_>> = binder
        .row_columns()
        .iter()
        .map(|column| match pairs.iter().find(|(left, _)| std::ptr::eq(*left, *column)) {
            Some((left, right)) => Column::derived(binder.arena, left.name, left.ty, &[left, right]),
            None => *column,
        })
        .collect();
    let mut open = binder.row_scope.is_some_and(|table| table.open);
    if let Some(right) = right {
        let others = right.all_columns(binder.arena).iter();
        columns.extend(others.filter(|column| !pairs.iter().any(|(_, used)| std::ptr::eq(*used, **column))));
        open |= right.open;
    }
    joined(binder, &columns, open)
}

fn joined<'a>(binder: &Binder<'a>, columns: &[&'a Column<'a>], open: bool) -> Type<'a> {
    let arena = binder.arena;
    let columns = unique_names(arena, columns);
    let named = columns.iter().all(|column| !column.name.is_empty());
    let names = if named { Names::Distinct } else { Names::Any };
    let table = Table::with_names(arena, arena.slice(&columns), names, ColumnIndex::default());
    Type::Table(table.open(arena, open))
}

/// Binds the condition of a join. In a list of keys a name stands for a column that both sides have.
fn bind_condition<'a>(binder: &mut Binder<'a>, condition: Node<'a>) {
    let Some(on) = JoinOnClause::cast(condition) else {
        binder.children(condition);
        return;
    };
    for expression in on.expressions().iter() {
        for_each_conjunct(expression, |part| {
            binder.common_columns_only = true;
            binder.expression(part);
            binder.common_columns_only = false;
        });
    }
}

/// Calls `visit` with each of the expressions that `and` joins, in the order of the text.
fn for_each_conjunct<'a>(expression: Node<'a>, mut visit: impl FnMut(Node<'a>)) {
    let mut pending = vec![expression];
    while let Some(node) = pending.pop() {
        match binary(node, TokenKind::AndKw) {
            Some(and) => pending.extend([and.right(), and.left()]),
            None => visit(node),
        }
    }
}

fn binary(node: Node<'_>, operator: TokenKind) -> Option<BinaryExpression<'_>> {
    BinaryExpression::cast(node).filter(|binary| binary.operator().kind() == operator)
}

fn unparenthesized(mut node: Node<'_>) -> Node<'_> {
    while let Some(inner) = ParenthesizedExpression::cast(node) {
        node = inner.expression();
    }
    node
}

/// Checks the keys of a join and returns the pairs of columns they compare.
fn check_on<'a>(binder: &mut Binder<'a>, on: JoinOnClause<'a>) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    let mut pending: Vec<Node<'a>> = Vec::new();
    for expression in on.expressions().iter() {
        pending.push(expression);
        while let Some(node) = pending.pop() {
            let node = unparenthesized(node);
            if let Some(and) = binary(node, TokenKind::AndKw) {
                pending.extend([and.right(), and.left()]);
            } else if let Some(equal) = binary(node, TokenKind::EqualEqual) {
                pairs.extend(check_equality(binder, equal));
            } else if NameReference::cast(node).is_some() {
                if binder.check_column(node) {
                    pairs.extend(check_common_column(binder, node));
                    binder.check_scalar(node);
                }
            } else {
                binder.report_with_help(codes::INVALID_JOIN_CONDITION, node.range(), || {
                    let help = "name a column of both tables, or write `$left.a == $right.b`";
                    (
                        "the key of a join is a column or the equality of two columns".to_owned(),
                        Some(help.to_owned()),
                    )
                });
            }
        }
    }
    pairs
}

/// A column that both sides have under one name.
fn check_common_column<'a>(binder: &mut Binder<'a>, node: Node<'a>) -> Option<Pair<'a>> {
    let name = binder.name_text(node);
    let arena = binder.arena;
    let find = |table: Option<&'a Table<'a>>| table.and_then(|table| table.declared_or_inferred(arena, name));
    let left = find(binder.row_scope);
    let right = left.and_then(|_| find(binder.right_row_scope));
    let (Some(left), Some(right)) = (left, right) else {
        let side = if left.is_none() { "left" } else { "right" };
        binder.report_with_help(codes::COLUMN_MUST_EXIST_ON_BOTH_SIDES_OF_JOIN, node.range(), || {
            (
                format!("the table on the {side} of the join has no column `{name}`"),
                Some("compare columns of different names with `$left.a == $right.b`".to_owned()),
            )
        });
        return None;
    };
    if !left.ty.same(right.ty) && !left.ty.is_unknown() && !right.ty.is_unknown() {
        binder.report_at(codes::COMMON_JOIN_COLUMNS_MUST_HAVE_SAME_TYPE, node, || {
            format!(
                "the column `{name}` is {} on the left of the join and {} on the right",
                left.ty.describe(),
                right.ty.describe()
            )
        });
        return None;
    }
    Some((left, right))
}

/// `$left.a == $right.b`
fn check_equality<'a>(binder: &mut Binder<'a>, equal: BinaryExpression<'a>) -> Option<Pair<'a>> {
    let left = check_operand(binder, equal.left(), "$left");
    let right = check_operand(binder, equal.right(), "$right");
    let (left, right) = (left?, right?);
    let (left_type, right_type) = (key_type(binder, equal.left()), key_type(binder, equal.right()));
    for (node, ty) in [(equal.left(), left_type), (equal.right(), right_type)] {
        if ty.is_dynamic() {
            binder.report_with_help(codes::JOIN_KEY_CANNOT_BE_DYNAMIC, node.range(), || {
                let help = "convert it before the join, as in `extend key = tostring(column)`";
                ("the key of a join cannot be dynamic".to_owned(), Some(help.to_owned()))
            });
            return None;
        }
    }
    let known = !left_type.is_unknown() && !right_type.is_unknown();
    if known && !left_type.promoted().same(right_type.promoted()) {
        // The language reports this at the start of the query.
        binder.report(codes::JOIN_KEYS_NOT_COMPARABLE, crate::text::TextRange::default(), || {
            format!(
                "the keys of a join have different types: {} on the left, {} on the right",
                left_type.describe(),
                right_type.describe()
            )
        });
        return None;
    }
    Some((left, right))
}

fn key_type<'a>(binder: &Binder<'a>, node: Node<'a>) -> Type<'a> {
    binder.type_of(node).filter(|ty| ty.is_scalar_symbol()).unwrap_or(Type::Unknown)
}

/// One side of a comparison of keys: a column behind `$left` or `$right`.
fn check_operand<'a>(
    binder: &mut Binder<'a>,
    operand: Node<'a>,
    prefix: &'static str,
) -> Option<&'a Column<'a>> {
    let operand = unparenthesized(operand);
    let names_side = PathExpression::cast(operand)
        .is_some_and(|path| side_name(binder, path.expression()) == Some(prefix));
    if !names_side {
        binder.report_at(codes::INVALID_JOIN_CONDITION_OPERAND, operand, || {
            format!("this side of `==` must be a column of `{prefix}`, as in `{prefix}.column`")
        });
        return None;
    }
    if binder.check_column(operand) && binder.check_scalar(operand) { binder.column(operand) } else { None }
}

fn side_name<'a>(binder: &Binder<'a>, node: Node<'a>) -> Option<&'a str> {
    if NameReference::cast(node).is_some() {
        return Some(binder.name_text(node));
    }
    binder.string_value(BracketedExpression::cast(node)?.expression())
}
