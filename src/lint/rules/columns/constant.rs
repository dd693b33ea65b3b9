//! Columns that have one value in all rows.

use crate::kql::bind::{Bound, Column, Symbol, Value};
use crate::kql::syntax::nodes::SimpleNamedExpression;
use crate::kql::syntax::{Node, View};

/// The one value of `column`, and where it is written, if it has one.
pub(super) fn constant<'a>(bound: &Bound<'a>, column: &'a Column<'a>) -> Option<(Value<'a>, Node<'a>)> {
    let origin = match column.originals {
        [] => column,
        [only] => only,
        // Members of a union, or sides of a join.
        _ => return None,
    };
    let declared = bound.declaration(Symbol::Column(origin))?;
    let named = SimpleNamedExpression::cast(declared.parent()?)?;
    let written = named.expression();
    bound.value(written).map(|value| (value, written))
}
