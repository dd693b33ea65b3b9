//! How functions are called, as text.

use std::fmt::Write as _;

use crate::catalog::kql::{
    self as catalog, DeclaredType, ParameterKind, ReturnKind, StoredFunction, UNBOUNDED,
};
use crate::kql::bind::Function;
use crate::kql::bind::symbols::{FunctionKind, UserFunction};
use crate::text::{TextRange, to_u32};

/// A way to call a function.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Shape {
    /// `strcat(arg: scalar, …): string`
    pub(super) label: String,
    /// The bytes of each parameter in the label.
    pub(super) parameters: Vec<TextRange>,
    /// Whether the last parameter may be repeated.
    pub(super) repeats: bool,
}

impl Shape {
    fn new(name: &str) -> Self {
        Self { label: format!("{name}("), ..Self::default() }
    }

    fn parameter(&mut self, text: &str, optional: bool) {
        if !self.parameters.is_empty() {
            self.label.push_str(", ");
        }
        let start = to_u32(self.label.len());
        let _ = if optional { write!(self.label, "[{text}]") } else { write!(self.label, "{text}") };
        self.parameters.push(TextRange::new(start, to_u32(self.label.len())));
    }

    fn end(mut self, returns: Option<&str>) -> Self {
        if self.repeats {
            self.label.push_str(", …");
        }
        self.label.push(')');
        if let Some(returns) = returns {
            let _ = write!(self.label, ": {returns}");
        }
        self
    }
}

/// The ways to call a function.
pub(super) fn shapes(function: &Function<'_>) -> Vec<Shape> {
    match function.kind {
        FunctionKind::Builtin(builtin) => of_builtin(builtin),
        FunctionKind::User(user) => vec![of_user(user)],
    }
}

/// The ways to call a function of the catalog.
pub(super) fn of_builtin(function: &catalog::Function) -> Vec<Shape> {
    let shown = function.signatures.iter().filter(|signature| !signature.hidden);
    let mut shapes: Vec<Shape> = shown.map(|signature| of_signature(function.name, signature)).collect();
    shapes.dedup();
    shapes
}

/// The way to call a function that a project declares.
pub(super) fn of_stored(function: &StoredFunction) -> Shape {
    let mut shape = Shape::new(function.name);
    let inside = function.parameters.trim_start_matches('(').trim_end_matches(')');
    for parameter in inside.split(',').map(str::trim).filter(|parameter| !parameter.is_empty()) {
        shape.parameter(parameter, parameter.contains('='));
    }
    shape.end(None)
}

fn of_user(function: &UserFunction<'_>) -> Shape {
    let mut shape = Shape::new(function.name);
    for parameter in function.parameters {
        let ty = parameter.ty.as_table().map_or(parameter.ty.name(), |_| "(…)");
        shape.parameter(&format!("{}: {ty}", parameter.name), parameter.optional);
    }
    let returns = function.declared.map(|ty| ty.as_table().map_or(ty.name(), |_| "table"));
    shape.end(returns.filter(|name| !name.is_empty() && *name != "unknown" && *name != "error"))
}

fn of_signature(name: &str, signature: &catalog::Signature) -> Shape {
    let mut shape = Shape::new(name);
    for (number, parameter) in signature.parameters.iter().enumerate() {
        let optional = parameter.is_optional() || number >= usize::from(signature.min_arguments);
        shape.parameter(&format!("{}: {}", parameter.name, kind(parameter.kind)), optional);
    }
    let last = signature.parameters.last();
    shape.repeats = last.is_some_and(|last| last.max > 1)
        || signature.max_arguments == UNBOUNDED
        || usize::from(signature.max_arguments) > signature.parameters.len();
    let returns = match signature.returns {
        ReturnKind::Declared(DeclaredType::Scalar(scalar)) => Some(scalar.name()),
        ReturnKind::Declared(DeclaredType::Array(_) | DeclaredType::Bag(_)) => Some("dynamic"),
        ReturnKind::Declared(DeclaredType::Table { .. }) => Some("table"),
        _ => None,
    };
    shape.end(returns)
}

/// The types that a parameter takes, in a word or two.
fn kind(kind: ParameterKind) -> String {
    let word = match kind {
        ParameterKind::Any => "any",
        ParameterKind::Declared(types) => {
            let mut names: Vec<&str> = types.iter().map(|scalar| scalar.name()).collect();
            if types.takes_type_literal() {
                names.push("type");
            }
            return names.join("|");
        }
        ParameterKind::Scalar | ParameterKind::CommonScalar | ParameterKind::CommonScalarOrDynamic => {
            "scalar"
        }
        ParameterKind::Tabular => "table",
        ParameterKind::Database => "database",
        ParameterKind::Cluster => "cluster",
        ParameterKind::Integer => "int|long",
        ParameterKind::RealOrDecimal => "real|decimal",
        ParameterKind::StringOrDynamic => "string|dynamic",
        ParameterKind::StringOrArray => "string|array",
        ParameterKind::IntegerOrArray => "long|array",
        ParameterKind::DynamicArray => "array",
        ParameterKind::DynamicBag => "bag",
        ParameterKind::Number | ParameterKind::CommonNumber => "number",
        ParameterKind::NumberOrBool => "number|bool",
        ParameterKind::Summable | ParameterKind::CommonSummable => "number|timespan|datetime",
        ParameterKind::Orderable | ParameterKind::CommonOrderable => "orderable",
        ParameterKind::NotRealOrBool | ParameterKind::NotDynamic | ParameterKind::NotBool => "scalar",
        ParameterKind::Parameter0 => "type of the first",
        ParameterKind::Parameter1 => "type of the second",
        ParameterKind::Parameter2 => "type of the third",
    };
    word.to_owned()
}
