//! `macro-expand`: statements bound once for each member of an entity group.

use crate::catalog::kql::UnionRule;
use crate::kql::bind::binder::{Binder, Info};
use crate::kql::bind::columns::of_union;
use crate::kql::bind::symbols::{EntityGroupElement, Symbol, Table, Value};
use crate::kql::bind::types::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::{ExpressionStatement, MacroExpandOperator, NameReference};

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: MacroExpandOperator<'a>) -> Type<'a> {
    let arena = binder.arena;
    binder.named_parameters(node.parameters());
    let outer = binder.fuzzy;
    if let Some(Value::Bool(fuzzy)) = binder.parameter_value(node.parameters(), &["isfuzzy", "__isFuzzy"]) {
        binder.fuzzy = fuzzy;
    }
    binder.expression(node.entity_group());
    binder.fuzzy = false;

    let group = match binder.type_of(node.entity_group()) {
        Some(Type::EntityGroup(group)) => Some(group),
        _ => None,
    };
    let scope_name = node.scope().map(|scope| binder.name_text(scope.name().syntax()));
    let group_name = NameReference::cast(node.entity_group()).map(|name| binder.name_text(name.syntax()));
    let name = scope_name.or(group_name).or(group.map(|group| group.name)).unwrap_or("$scope");
    let mut tables: Vec<&Table<'_>> = Vec::new();
    let bind_with = |binder: &mut Binder<'a>, member: Type<'a>| {
        let element = EntityGroupElement { name, group, underlying: member };
        let element = Type::EntityGroupElement(arena.alloc(element));
        if let Some(scope) = node.scope() {
            binder.set(scope.name().syntax(), Info::named(Symbol::Type(element), element));
        }
        binder.local_scope.add_as(arena, name, Symbol::Type(element));
        binder.expressions(node.statements());
    };
    match group {
        // The first member comes last, so that it is what the nodes remember.
        Some(group) => {
            for member in group.members.iter().rev() {
                binder.in_inner_scope(|binder| {
                    bind_with(binder, *member);
                    if let Some(query) = node.statements().iter().find_map(ExpressionStatement::cast) {
                        binder.check_tabular(query.expression());
                        tables.extend(binder.table_of(query.expression()));
                    }
                });
            }
        }
        // The name stays known behind the operator: that the group is unknown was reported.
        None => bind_with(binder, Type::Error),
    }
    binder.fuzzy = outer;
    tables.reverse();
    let columns = of_union(binder, &tables, UnionRule::NameAndType);
    Type::Table(Table::new(arena, arena.slice(&columns)))
}
