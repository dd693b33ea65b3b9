//! Result types that signatures cannot spell out: they depend on names, constants, columns or the shapes of arguments.

mod aggregates;
mod context;
mod dynamic;
mod layout;
mod plugins;
mod series;

pub(in crate::kql::bind) use context::{Argument, CallContext};
pub(in crate::kql::bind) use layout::{Shape, parameters_of_arguments};

use super::types::Type;
use crate::catalog::kql::FunctionClass;

/// The type of a call whose signature says [`ReturnKind::Custom`](crate::catalog::kql::ReturnKind::Custom).
pub(in crate::kql::bind) fn return_type<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    match cx.function.class {
        FunctionClass::Aggregate => aggregates::return_type(cx),
        FunctionClass::Plugin => plugins::return_type(cx),
        FunctionClass::Operator => signed(cx),
        FunctionClass::Function | FunctionClass::Product => {
            series::return_type(cx).unwrap_or_else(|| dynamic::return_type(cx))
        }
    }
}

/// A sign keeps the type of its operand. An `int` becomes `long`, but for a constant, which folds.
fn signed<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    match cx.arguments {
        [operand] if operand.ty.same(Type::INT) && operand.constant.is_none() => Type::LONG,
        [operand, ..] => operand.ty,
        [] => Type::Error,
    }
}
