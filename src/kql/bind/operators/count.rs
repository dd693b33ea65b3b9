//! `count`: one row with the number of rows.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::symbols::{Column, Table};
use crate::kql::bind::types::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::CountOperator;

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: CountOperator<'a>) -> Type<'a> {
    binder.check_not_first(node.syntax());
    let name = node.as_clause().map_or("Count", |clause| binder.name_text(clause.name().syntax()));
    let column = Column::new(binder.arena, name, Type::LONG);
    Type::Table(Table::new(binder.arena, binder.arena.slice(&[column])))
}
