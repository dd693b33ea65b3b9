//! `parse`, `parse-where` and `parse-kv`: columns out of text.

use foldhash::{HashSet, HashSetExt};

use crate::kql::bind::binder::Binder;
use crate::kql::bind::symbols::Column;
use crate::kql::bind::types::Type;
use crate::kql::codes;
use crate::kql::syntax::nodes::{
    NameAndType, NamedParameter, ParseKvOperator, ParseOperator, ParseWhereOperator,
};
use crate::kql::syntax::operator_parameters::{PARSE, PARSE_KV_WITH_PROPERTIES};
use crate::kql::syntax::{List, Node, NodeKind, View};

pub(super) fn bind_parse<'a>(binder: &mut Binder<'a>, node: ParseOperator<'a>) -> Type<'a> {
    parse(binder, node.syntax(), node.parameters(), node.expression(), node.patterns())
}

pub(super) fn bind_parse_where<'a>(binder: &mut Binder<'a>, node: ParseWhereOperator<'a>) -> Type<'a> {
    parse(binder, node.syntax(), node.parameters(), node.expression(), node.patterns())
}

fn parse<'a>(
    binder: &mut Binder<'a>,
    node: Node<'a>,
    parameters: List<'a, NamedParameter<'a>>,
    expression: Node<'a>,
    patterns: List<'a, Node<'a>>,
) -> Type<'a> {
    binder.named_parameters(parameters);
    binder.expression(expression);
    let patterns: Vec<Node<'a>> = patterns.iter().collect();
    for pattern in &patterns {
        if pattern.kind() != NodeKind::StarExpression {
            binder.expression(*pattern);
        }
    }
    binder.check_not_first(node);
    let mut columns = binder.row_columns().to_vec();
    binder.check_parameters(parameters, PARSE);
    binder.check_scalar(expression);
    let mut declared: HashSet<&str> = HashSet::new();
    for (index, part) in patterns.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| patterns.get(before)).copied();
        check_place(binder, before, *part, patterns.get(index + 1).copied());
        let (name, ty) = match part.kind() {
            NodeKind::NameDeclaration => (*part, Type::STRING),
            NodeKind::NameAndType => {
                let typed = NameAndType::of_slot(*part);
                if typed.kind().kind() != NodeKind::PrimitiveType {
                    continue;
                }
                (typed.name().syntax(), binder.declared_type(typed.kind(), false))
            }
            _ => continue,
        };
        let text = binder.name_text(name);
        if declared.insert(text) {
            let column = Column::new(binder.arena, text, ty);
            columns.push(column);
            binder.set_declared(name, column);
        } else {
            binder.report_at(codes::DUPLICATE_COLUMN_DECLARATION, name, || {
                format!("the column `{text}` is declared a second time")
            });
        }
    }
    Type::Table(binder.table_like_input(&columns))
}

/// Checks that a part of a pattern may stand between its neighbours.
fn check_place<'a>(
    binder: &mut Binder<'a>,
    before: Option<Node<'a>>,
    part: Node<'a>,
    after: Option<Node<'a>>,
) {
    let is_text =
        |node: Node<'a>| matches!(node.kind(), NodeKind::LiteralExpression | NodeKind::CompoundStringLiteral);
    match part.kind() {
        NodeKind::LiteralExpression | NodeKind::CompoundStringLiteral => {}
        NodeKind::StarExpression => {
            if after.is_some_and(|after| !is_text(after)) {
                binder.report_at(codes::PARSE_PATTERN_STAR_PLACE, part, || {
                    "`*` must be followed by a string, up to which it reads".to_owned()
                });
            }
            let after_string = before.is_some_and(|before| match before.kind() {
                NodeKind::NameDeclaration | NodeKind::BracketedExpression => true,
                NodeKind::NameAndType => {
                    let kind = NameAndType::of_slot(before).kind();
                    kind.kind() == NodeKind::PrimitiveType
                        && binder.declared_type(kind, false).same(Type::STRING)
                }
                _ => false,
            });
            if after_string {
                binder.report_at(codes::PARSE_PATTERN_AMBIGUOUS_STAR, part, || {
                    "where the string column ends and `*` starts is open: a string must stand between"
                        .to_owned()
                });
            }
        }
        NodeKind::NameDeclaration | NodeKind::NameAndType => {
            if before.is_some_and(|before| !is_text(before)) {
                binder.report_at(codes::PARSE_PATTERN_NAME_PLACE, part, || {
                    "a column must follow a string".to_owned()
                });
            }
        }
        _ => binder.report_at(codes::INVALID_PATTERN_PART, part, || {
            "a pattern is made of strings, columns and `*`".to_owned()
        }),
    }
}

pub(super) fn bind_parse_kv<'a>(binder: &mut Binder<'a>, node: ParseKvOperator<'a>) -> Type<'a> {
    binder.expression(node.expression());
    binder.expression(node.keys().syntax());
    if let Some(with) = node.with() {
        for property in with.properties().iter() {
            binder.named_parameter(property);
        }
    }
    binder.check_not_first(node.syntax());
    let mut columns = binder.row_columns().to_vec();
    binder.check_scalar(node.expression());
    columns.extend(binder.columns_of_schema(node.keys().columns()));
    if let Some(with) = node.with() {
        binder.check_properties(with.properties(), PARSE_KV_WITH_PROPERTIES);
    }
    Type::Table(binder.table_like_input(&columns))
}
