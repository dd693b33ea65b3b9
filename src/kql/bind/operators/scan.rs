//! `scan`: rows matched by the steps of a state machine.

use crate::kql::bind::binder::{Binder, Info};
use crate::kql::bind::symbols::{Column, Symbol, Tuple, Variable};
use crate::kql::bind::types::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::ScanOperator;
use crate::kql::syntax::operator_parameters::SCAN;

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: ScanOperator<'a>) -> Type<'a> {
    let arena = binder.arena;
    binder.named_parameters(node.parameters());
    if let Some(order) = node.order_by() {
        binder.expressions(order.expressions());
    }
    if let Some(partition) = node.partition_by() {
        binder.expressions(partition.expressions());
    }
    let mut columns = binder.row_columns().to_vec();
    binder.in_inner_scope(|binder| {
        // What is declared, and each step with all columns, is in scope in the steps.
        let declared = node.declare().map(|declare| declare.declarations());
        for declaration in declared.into_iter().flat_map(|declared| declared.iter()) {
            let name = declaration.name_and_type().name().syntax();
            let ty = binder.declared_type(declaration.name_and_type().kind(), false);
            let column = Column::new(arena, binder.name_text(name), ty);
            columns.push(column);
            if !column.name.is_empty() {
                binder.set_declared(name, column);
                binder.local_scope.add(arena, Symbol::Column(column));
            }
        }
        let table = binder.row_scope;
        let row = Type::Tuple(arena.alloc(Tuple { columns: arena.slice(&columns), table }));
        for step in node.steps().iter() {
            let name = step.name().syntax();
            let variable = Symbol::Variable(Variable::new(arena, binder.name_text(name), row));
            binder.set(name, Info::named(variable, row));
            binder.local_scope.add(arena, variable);
        }
        for step in node.steps().iter() {
            binder.expression(step.condition());
            let assignments = step.computation().map(|computation| computation.assignments());
            for assignment in assignments.into_iter().flat_map(|assignments| assignments.iter()) {
                binder.expression(assignment.name().syntax());
                binder.expression(assignment.expression());
            }
        }
    });
    binder.check_not_first(node.syntax());
    binder.check_parameters(node.parameters(), SCAN);
    let matched = binder.parameter_name(node.parameters(), &["with_match_id"]).unwrap_or("match_id");
    columns.push(Column::new(arena, matched, Type::LONG));
    Type::Table(binder.table_like_input(&columns))
}
