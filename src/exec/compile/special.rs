//! Functions whose arguments are more than values.

use super::{Compiler, Scope};
use crate::exec::expr::{Expr, ExprKind};
use crate::exec::value::Value;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::FunctionCall;

/// Compiles a call.
pub(super) type Compile =
    for<'x, 'c, 'a> fn(&'x mut Compiler<'c, 'a>, FunctionCall<'a>, &'x Scope<'c, 'a>) -> Expr;

/// How a call of the function `name` is compiled, where that takes more than compiling its arguments.
pub(super) fn find(name: &str) -> Option<Compile> {
    Some(match name {
        "column_ifexists" | "columnifexists" => column_if_exists,
        _ => return None,
    })
}

/// `column_ifexists('name', default)`
fn column_if_exists<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    call: FunctionCall<'a>,
    scope: &Scope<'c, 'a>,
) -> Expr {
    let arguments = compiler.arguments(call, scope);
    let [name, default] = &arguments[..] else { return compiler.null(call.syntax().range()) };
    let range = call.syntax().range();
    let Some(Value::String(name)) = name.as_literal() else {
        compiler.unsupported(range, "`column_ifexists` with a name that is no constant");
        return compiler.null(range);
    };
    Expr {
        kind: ExprKind::ColumnOr { name: name.clone(), default: Box::new(default.clone()) },
        ty: compiler.type_of(call.syntax(), scope).or(default.ty),
        range,
    }
}
