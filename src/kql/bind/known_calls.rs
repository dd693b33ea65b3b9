//! Calls whose outcome is known from calls before, in this query or another.

use super::binder::Binder;
use super::signature::{Arg, Signature};
use super::types::Type;
use crate::catalog::kql::{
    ArgumentKind, ArgumentTypes, Function, FunctionClass, KnownResult, Layout, ReturnKind,
};
use crate::kql::syntax::NodeKind;

/// The types of one or two arguments, where nothing but these counts of them.
pub(super) fn decisive_types(args: &[Arg<'_>]) -> Option<ArgumentTypes> {
    let scalar = |arg: &Arg<'_>| match (arg.ty, arg.node?.kind()) {
        (
            _,
            NodeKind::StarExpression | NodeKind::SimpleNamedExpression | NodeKind::CompoundNamedExpression,
        ) => None,
        (Type::Scalar(scalar), _) => Some(scalar),
        _ => None,
    };
    match args {
        [one] => Some((scalar(one)?, None)),
        [one, two] => Some((scalar(one)?, Some(scalar(two)?))),
        _ => None,
    }
}

/// The result of a call of `function` without faults, where it is known.
pub(super) fn known_result<'a>(function: &Function, types: Option<ArgumentTypes>) -> Option<Type<'a>> {
    match function.known.get(types?) {
        KnownResult::Scalar(scalar) => Some(Type::Scalar(scalar)),
        KnownResult::Unknown | KnownResult::Open => None,
    }
}

impl Binder<'_> {
    /// Keeps the `result` of a call that led to `signature`, and to no finding since there were `before`.
    pub(super) fn keep_result(
        &self,
        function: &Function,
        types: Option<ArgumentTypes>,
        signature: Signature<'_>,
        result: Type<'_>,
        before: usize,
    ) {
        let Some(types) = types else { return };
        let scalar = match result {
            Type::Scalar(scalar) if self.finding_count() == before && is_decided(function, signature) => {
                Some(scalar)
            }
            _ => None,
        };
        function.known.set(types, scalar);
    }
}

/// Whether the types of the arguments decide which signature is meant, whether it fits and what it returns.
fn is_decided(function: &Function, chosen: Signature<'_>) -> bool {
    let Signature::Builtin(_, chosen) = chosen else { return false };
    let by_type = matches!(
        chosen.returns,
        ReturnKind::Declared(_)
            | ReturnKind::Parameter0
            | ReturnKind::Parameter1
            | ReturnKind::Parameter2
            | ReturnKind::ParameterN
            | ReturnKind::Parameter0Promoted
            | ReturnKind::Common
            | ReturnKind::CommonNonDynamic
            | ReturnKind::Widest
    );
    by_type
        && function.class != FunctionClass::Product
        && function.signatures.iter().all(|signature| {
            signature.layout != Layout::Custom
                && signature.parameters.iter().all(|parameter| {
                    parameter.argument == ArgumentKind::Expression && parameter.default_indicator.is_none()
                })
        })
}
