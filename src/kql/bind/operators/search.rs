//! `search` and `find`: rows of many tables that hold a term.

use foldhash::HashSet;

use crate::catalog::kql::UnionRule;
use crate::kql::bind::binder::{Binder, Info};
use crate::kql::bind::columns::{common_of_all, unify_name_and_type, union_of};
use crate::kql::bind::symbols::{Column, FunctionKind, MAX_ORIGINALS, Symbol, Table, Value};
use crate::kql::bind::types::Type;
use crate::kql::codes;
use crate::kql::syntax::nodes::{
    BinaryExpression, FindInClause, FindOperator, FindProjectClause, ParenthesizedExpression, SearchOperator,
    TypedColumnReference,
};
use crate::kql::syntax::operator_parameters::{FIND, SEARCH};
use crate::kql::syntax::{Node, NodeKind, TokenKind, View};

pub(super) fn bind_search<'a>(binder: &mut Binder<'a>, node: SearchOperator<'a>) -> Type<'a> {
    let arena = binder.arena;
    binder.named_parameters(node.parameters());
    if let Some(clause) = node.in_clause() {
        binder.in_row_scope(None, |binder| binder.expressions(clause.expressions()));
    }
    let searched = match (binder.row_scope, node.in_clause()) {
        (Some(input), None) => input,
        (_, clause) => {
            let tables = searched_tables(binder, clause);
            union_of(binder, &tables, UnionRule::NameAndType, None)
        }
    };
    binder.in_row_scope(Some(searched), |binder| bind_predicate(binder, node.condition()));
    binder.check_parameters(node.parameters(), SEARCH);
    binder.check_exact_type(node.condition(), Type::BOOL);
    if let Some(clause) = node.in_clause() {
        binder.check_first(node.syntax());
        for expression in clause.expressions().iter() {
            binder.check_tabular(expression);
        }
    }
    let mut columns = vec![Column::new(arena, "$table", Type::STRING)];
    columns.extend(searched.all_columns(arena));
    Type::Table(match binder.row_scope {
        Some(_) => binder.table_like_input(&columns).sorted(arena, false),
        None => Table::new(arena, arena.slice(&columns)).open(arena, searched.open),
    })
}

pub(super) fn bind_find<'a>(binder: &mut Binder<'a>, node: FindOperator<'a>) -> Type<'a> {
    let arena = binder.arena;
    binder.named_parameters(node.parameters());
    if let Some(clause) = node.in_clause() {
        binder.expressions(clause.expressions());
    }
    let tables = searched_tables(binder, node.in_clause());
    let open = tables.iter().any(|table| table.open);
    let scope = union_of(binder, &tables, UnionRule::Name, None);
    binder.in_row_scope(Some(scope), |binder| {
        bind_predicate(binder, node.condition());
        for clause in [node.project(), node.project_away()].into_iter().flatten() {
            binder.expressions(clause.columns());
        }
    });
    binder.check_parameters(node.parameters(), FIND);
    binder.check_exact_type(node.condition(), Type::BOOL);

    let source =
        binder.parameter_name(node.parameters(), &["withsource", "with_source"]).unwrap_or("source_");
    let mut columns = vec![Column::new(arena, source, Type::STRING)];
    let referenced = referenced_columns(binder, node.condition());
    let found = tables_with(binder, &tables, &referenced, node.condition());
    let project = node.project().filter(|clause| clause.keyword().kind() != TokenKind::ProjectSmartKw);
    let mut packed_by_hand = false;
    match project {
        Some(project) => packed_by_hand = explicit_columns(binder, project, &found, &mut columns),
        None => smart_columns(binder, &found, &referenced, &mut columns),
    }
    if let Some(away) = node.project_away().filter(|away| !away.columns().is_empty()) {
        if away.columns().get(0).is_some_and(|first| first.kind() == NodeKind::StarExpression) {
            columns.retain(|column| column.name == source || (column.name == "pack_" && packed_by_hand));
        } else {
            let named: HashSet<&str> = away
                .columns()
                .iter()
                .filter_map(|node| binder.column(node))
                .map(|column| column.name)
                .collect();
            columns.retain(|column| !named.contains(column.name));
        }
    }
    Type::Table(Table::new(arena, arena.slice(&columns)).open(arena, open && project.is_none()))
}

/// The tables of the `in` clause; without one every table, and every view of the query.
fn searched_tables<'a>(binder: &mut Binder<'a>, clause: Option<FindInClause<'a>>) -> Vec<&'a Table<'a>> {
    let mut tables = Vec::new();
    let Some(clause) = clause else {
        let mut matches = Vec::new();
        binder.tables_matching("*", &mut matches);
        for symbol in matches {
            match symbol {
                Symbol::Type(Type::Table(table)) => tables.push(table),
                Symbol::Type(Type::Function(view)) if view.min_arguments() == 0 => {
                    if let FunctionKind::User(function) = view.kind {
                        tables.extend(function.declared.and_then(Type::as_table));
                    }
                }
                _ => {}
            }
        }
        return tables;
    };
    for expression in clause.expressions().iter() {
        match binder.type_of(expression) {
            Some(Type::Table(table)) => tables.push(table),
            Some(Type::Group(members)) => tables.extend(members.iter().filter_map(|member| match member {
                Symbol::Type(ty) => ty.as_table(),
                _ => None,
            })),
            _ => {}
        }
    }
    tables
}

/// Binds a condition in which a string alone means "any column has it".
fn bind_predicate<'a>(binder: &mut Binder<'a>, node: Node<'a>) {
    match node.kind() {
        NodeKind::StarExpression => {
            let compared = node.parent().is_some_and(|parent| parent.kind() == NodeKind::BinaryExpression);
            binder.set(node, Info::of(if compared { Type::DYNAMIC } else { Type::BOOL }));
        }
        NodeKind::LiteralExpression | NodeKind::NameReference => {
            binder.expression(node);
            let info = binder.info(node);
            if info.constant && info.ty.is_some_and(|ty| ty.same(Type::STRING)) {
                binder.set(node, Info { ty: Some(Type::BOOL), ..info });
            }
        }
        NodeKind::ParenthesizedExpression => {
            let inner = ParenthesizedExpression::of_slot(node).expression();
            bind_predicate(binder, inner);
            binder.set(node, Info { ty: binder.type_of(inner), ..Info::default() });
        }
        NodeKind::BinaryExpression if is_logical(node) => {
            // The left spine is walked by a loop: a condition may join thousands of terms.
            let mut spine = Vec::new();
            let mut left = node;
            while let Some(binary) = BinaryExpression::cast(left).filter(|_| is_logical(left)) {
                spine.push(binary);
                left = binary.left();
            }
            bind_predicate(binder, left);
            for binary in spine.into_iter().rev() {
                bind_predicate(binder, binary.right());
                binder.binary_result(binary);
            }
        }
        _ => binder.expression(node),
    }
}

fn is_logical(node: Node<'_>) -> bool {
    BinaryExpression::cast(node)
        .is_some_and(|binary| matches!(binary.operator().kind(), TokenKind::AndKw | TokenKind::OrKw))
}

/// The columns that a condition names, in the order of the text.
fn referenced_columns<'a>(binder: &Binder<'a>, condition: Node<'a>) -> Vec<&'a Column<'a>> {
    let mut columns = Vec::new();
    for node in condition.descendants().filter(|node| node.kind() == NodeKind::NameReference) {
        match binder.symbol(node) {
            Some(Symbol::Column(column)) => columns.push(column),
            Some(Symbol::Type(Type::Group(members))) => {
                columns.extend(members.iter().filter_map(|member| member.as_column()));
            }
            _ => {}
        }
    }
    columns
}

/// The tables that a condition can be about: those with a column that it names.
fn tables_with<'a>(
    binder: &Binder<'a>,
    tables: &[&'a Table<'a>],
    referenced: &[&'a Column<'a>],
    condition: Node<'a>,
) -> Vec<&'a Table<'a>> {
    let any_column = || {
        condition.descendants().any(|node| {
            node.kind() == NodeKind::StarExpression
                || (binder.is_constant(node)
                    && binder.type_of(node).is_some_and(|ty| ty.same(Type::BOOL))
                    && matches!(binder.constant_value(node), Some(Value::String(_))))
        })
    };
    if tables.len() == 1 || any_column() {
        return tables.to_vec();
    }
    tables
        .iter()
        .filter(|table| referenced.iter().any(|column| table.open || table.declares(column.name).is_some()))
        .copied()
        .collect()
}

/// The columns of `project-smart`: those of all tables, those that are named, the rest packed.
fn smart_columns<'a>(
    binder: &Binder<'a>,
    found: &[&'a Table<'a>],
    referenced: &[&'a Column<'a>],
    columns: &mut Vec<&'a Column<'a>>,
) {
    let arena = binder.arena;
    columns.extend(common_of_all(arena, found));
    for column in referenced {
        if !columns.iter().any(|known| std::ptr::eq(*known, *column)) {
            columns.push(column);
        }
    }
    let packed = packed_columns(found, columns);
    if !packed.is_empty() {
        columns.push(Column::derived(arena, "pack_", Type::DYNAMIC, &packed));
    }
    *columns = unify_name_and_type(arena, columns);
}

/// The columns of an explicit `project`; whether `pack_` is one of them.
fn explicit_columns<'a>(
    binder: &mut Binder<'a>,
    project: FindProjectClause<'a>,
    found: &[&'a Table<'a>],
    columns: &mut Vec<&'a Column<'a>>,
) -> bool {
    let arena = binder.arena;
    let mut packs = false;
    let last = project.columns().len().saturating_sub(1);
    for (index, node) in project.columns().iter().enumerate() {
        match node.kind() {
            NodeKind::PackExpression => {
                packs = true;
                if index == last {
                    let packed = packed_columns(found, columns);
                    columns.push(Column::derived(arena, "pack_", Type::DYNAMIC, &packed));
                } else {
                    binder.report_at(codes::PACK_MUST_BE_LAST, node, || {
                        "the packed rest must come last".to_owned()
                    });
                }
            }
            NodeKind::TypedColumnReference => {
                let typed = TypedColumnReference::of_slot(node);
                let name = typed.column().syntax();
                binder.check_column(name);
                if let Some(column) = binder.column(name) {
                    let ty = binder.declared_type(typed.kind(), false);
                    columns.push(Column::derived(arena, column.name, ty, &[column]));
                }
            }
            NodeKind::NameReference => {
                binder.check_column(node);
                columns.extend(binder.column(node));
            }
            _ => {}
        }
    }
    packs
}

/// Of each table whose columns are known, the first column that is not projected; of the first so many tables.
fn packed_columns<'a>(tables: &[&'a Table<'a>], projected: &[&'a Column<'a>]) -> Vec<&'a Column<'a>> {
    let names: HashSet<&str> = projected.iter().map(|column| column.name).collect();
    tables
        .iter()
        .filter(|table| !table.open)
        .filter_map(|table| table.columns().iter().find(|column| !names.contains(column.name)).copied())
        .take(MAX_ORIGINALS)
        .collect()
}
