//! Which parameter an argument is for, how well it fits, and so which signature a call means.

use super::arena::Arena;
use super::binder::Binder;
use super::functions::{Shape, parameters_of_arguments};
use super::literals::underlying;
use super::symbols::{FunctionKind, UserFunction, UserParameter, Value};
use super::types::{self, Conversion, Type};
use crate::catalog::kql::{self as catalog, ArgumentKind, Layout, ParameterKind};
use crate::kql::syntax::nodes::SimpleNamedExpression;
use crate::kql::syntax::{Node, NodeKind, View};

/// An argument; an operator's operand may have a type only.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arg<'a> {
    pub(super) node: Option<Node<'a>>,
    pub(super) ty: Type<'a>,
}

/// A signature of a function of the catalog, or the one of a function written in KQL.
#[derive(Debug, Clone, Copy)]
pub(super) enum Signature<'a> {
    Builtin(&'static catalog::Function, &'static catalog::Signature),
    User(&'a UserFunction<'a>),
}

/// The parameter that an argument is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Param<'a> {
    Builtin(&'static catalog::Parameter),
    User(&'a UserParameter<'a>),
    Unknown,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expects<'a> {
    Kind(ParameterKind),
    Type(Type<'a>),
}

impl<'a> Param<'a> {
    pub(super) fn expects(self) -> Expects<'a> {
        match self {
            Self::Builtin(parameter) => Expects::Kind(parameter.kind),
            Self::User(parameter) => Expects::Type(parameter.ty),
            Self::Unknown => Expects::Type(Type::Unknown),
        }
    }

    pub(super) fn argument_kind(self) -> ArgumentKind {
        if let Self::Builtin(parameter) = self { parameter.argument } else { ArgumentKind::Expression }
    }

    pub(super) fn kind(self) -> Option<ParameterKind> {
        if let Self::Builtin(parameter) = self { Some(parameter.kind) } else { None }
    }

    pub(super) fn is(self, other: Param<'_>) -> bool {
        match (self, other) {
            (Self::Builtin(a), Param::Builtin(b)) => std::ptr::eq(a, b),
            (Self::User(a), Param::User(b)) => types::same_place(a, b),
            _ => false,
        }
    }
}

/// How well an argument fits its parameter, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    None,
    Unknown,
    Dynamic,
    Compatible,
    Promoted,
    NotType,
    OneOfMany,
    Scalar,
    Summable,
    Orderable,
    Number,
    Integer,
    Tabular,
    Database,
    Cluster,
    Exact,
}

impl<'a> Signature<'a> {
    /// The signatures of a function.
    pub(super) fn of(function: FunctionKind<'a>) -> Vec<Self> {
        match function {
            FunctionKind::Builtin(function) => {
                function.signatures.iter().map(|signature| Self::Builtin(function, signature)).collect()
            }
            FunctionKind::User(function) => vec![Self::User(function)],
        }
    }

    pub(super) fn name(self) -> &'a str {
        match self {
            Self::Builtin(function, _) => function.name,
            Self::User(function) => function.name,
        }
    }

    pub(super) fn parameter_count(self) -> usize {
        match self {
            Self::Builtin(_, signature) => signature.parameters.len(),
            Self::User(function) => function.parameters.len(),
        }
    }

    pub(super) fn parameter(self, index: usize) -> Option<Param<'a>> {
        match self {
            Self::Builtin(_, signature) => signature.parameters.get(index).map(Param::Builtin),
            Self::User(function) => function.parameters.get(index).map(Param::User),
        }
    }

    pub(super) fn parameter_named(self, name: &str) -> Option<Param<'a>> {
        match self {
            Self::Builtin(_, signature) => {
                signature.parameters.iter().rev().find(|parameter| parameter.name == name).map(Param::Builtin)
            }
            Self::User(function) => {
                function.parameters.iter().rev().find(|parameter| parameter.name == name).map(Param::User)
            }
        }
    }

    pub(super) fn min(self) -> usize {
        match self {
            Self::Builtin(_, signature) => signature.min_arguments.into(),
            Self::User(function) => function.min_arguments(),
        }
    }

    pub(super) fn max(self) -> usize {
        match self {
            Self::Builtin(_, signature) if signature.max_arguments == catalog::UNBOUNDED => usize::MAX,
            Self::Builtin(_, signature) => signature.max_arguments.into(),
            Self::User(function) => function.parameters.len(),
        }
    }

    fn repeats(self) -> bool {
        matches!(self, Self::Builtin(_, signature) if signature.parameters.iter().any(catalog::Parameter::is_repeatable))
    }

    pub(super) fn has_repeatable(self) -> bool {
        self.repeats()
    }

    /// Whether arguments may be given by name.
    pub(super) fn takes_names(self) -> bool {
        match self {
            Self::Builtin(function, _) => function.class == catalog::FunctionClass::Product,
            Self::User(_) => true,
        }
    }

    /// Whether arguments of another type are converted.
    pub(super) fn converts(self) -> bool {
        self.takes_names()
    }

    pub(super) fn takes_count(self, count: usize) -> bool {
        let within = count >= self.min() && count <= self.max();
        match self {
            Self::Builtin(_, signature) if signature.layout == Layout::Block && self.repeats() && within => {
                let first = signature.parameters.iter().position(catalog::Parameter::is_repeatable);
                let last = signature.parameters.iter().rposition(catalog::Parameter::is_repeatable);
                let (Some(first), Some(last)) = (first, last) else { return within };
                let repeating = last - first + 1;
                let fixed = signature.parameters.len() - repeating;
                count.checked_sub(fixed).is_some_and(|rest| rest.is_multiple_of(repeating))
            }
            _ => within,
        }
    }
}

impl<'a> Binder<'a> {
    /// The parameter of each argument.
    pub(super) fn parameters_of(&self, signature: Signature<'a>, args: &[Arg<'a>]) -> Vec<Param<'a>> {
        let Signature::Builtin(function, written) = signature else {
            return self.fixed_layout(signature, args);
        };
        match written.layout {
            Layout::Repeating if signature.repeats() => self.repeating_layout(signature, written, args),
            Layout::Block if signature.repeats() => block_layout(written, args.len()),
            Layout::Custom => {
                let shapes: Vec<Shape<'_>> = args.iter().map(|arg| self.shape(*arg)).collect();
                parameters_of_arguments(function.name, written, &shapes)
                    .into_iter()
                    .map(|parameter| parameter.map_or(Param::Unknown, Param::Builtin))
                    .collect()
            }
            _ => self.fixed_layout(signature, args),
        }
    }

    fn shape(&self, arg: Arg<'a>) -> Shape<'a> {
        let assigned =
            arg.node.and_then(SimpleNamedExpression::cast).map(|named| self.name_text(named.name().syntax()));
        let value = arg.node.map(underlying);
        let literal = value.and_then(|node| self.literal_value(node));
        let is_bool_literal = matches!(literal, Some(Value::Bool(_)));
        Shape {
            assigned,
            is_bool: is_bool_literal || arg.ty.same(Type::BOOL),
            is_bool_literal,
            is_constant: value.is_some_and(|node| self.is_constant(node)),
            is_column: value.is_some_and(|node| self.column(node).is_some()),
            is_table: matches!(arg.ty, Type::Table(_)),
        }
    }

    fn fixed_layout(&self, signature: Signature<'a>, args: &[Arg<'a>]) -> Vec<Param<'a>> {
        let names = signature.takes_names();
        args.iter()
            .enumerate()
            .map(|(index, arg)| {
                let named = arg.node.filter(|_| names).and_then(SimpleNamedExpression::cast);
                match named {
                    Some(named) => signature.parameter_named(self.name_text(named.name().syntax())),
                    None => signature.parameter(index),
                }
                .unwrap_or(Param::Unknown)
            })
            .collect()
    }

    fn repeating_layout(
        &self,
        signature: Signature<'a>,
        written: &'static catalog::Signature,
        args: &[Arg<'a>],
    ) -> Vec<Param<'a>> {
        let parameters = written.parameters;
        let last = parameters.len().saturating_sub(1);
        let mut found: Vec<Param<'a>> = Vec::with_capacity(args.len());
        let mut current = 0;
        let mut count = 0;
        for (index, arg) in args.iter().enumerate() {
            if index >= signature.max() {
                found.push(Param::Unknown);
                continue;
            }
            if current < last && count >= bound(parameters[current].max) {
                current += 1;
                count = 0;
            }
            let parameter = &parameters[current];
            if count < usize::from(parameter.min) || (count == 0 && parameter.min == 0) {
                found.push(Param::Builtin(parameter));
                count += 1;
            } else if current == last {
                if count < bound(parameter.max) {
                    found.push(Param::Builtin(parameter));
                    count += 1;
                } else {
                    found.push(Param::Unknown);
                }
            } else {
                let next = &parameters[current + 1];
                let here = self.fit(&found, args, Param::Builtin(parameter), *arg, false);
                let there = self.fit(&found, args, Param::Builtin(next), *arg, false);
                if (here >= there && here != Fit::None) || there == Fit::None {
                    found.push(Param::Builtin(parameter));
                    count += 1;
                } else {
                    found.push(Param::Builtin(next));
                    current += 1;
                    count = 1;
                }
            }
        }
        found
    }

    /// How well `arg` fits `parameter`; `parameters` are those of the arguments before it, or of all.
    pub(super) fn fit(
        &self,
        parameters: &[Param<'a>],
        args: &[Arg<'a>],
        parameter: Param<'a>,
        arg: Arg<'a>,
        convert: bool,
    ) -> Fit {
        if arg.ty.is_unknown() {
            return Fit::Unknown;
        }
        if self.is_default_indicator(parameter, arg) {
            return Fit::Exact;
        }
        let argument_kind = parameter.argument_kind();
        if arg.node.is_some_and(|node| node.kind() == NodeKind::StarExpression) {
            return if matches!(argument_kind, ArgumentKind::StarOnly | ArgumentKind::StarAllowed) {
                Fit::Exact
            } else {
                Fit::None
            };
        }
        if argument_kind == ArgumentKind::StarOnly {
            return Fit::None;
        }
        let kind = match parameter.expects() {
            Expects::Type(ty) => return fit_one(arg.ty, &[ty], convert),
            Expects::Kind(kind) => kind,
        };
        let when = |fits: bool, fit: Fit| if fits { fit } else { Fit::None };
        use ParameterKind as K;
        match kind {
            K::Any => Fit::Unknown,
            K::Declared(set) => {
                let mut types: Vec<Type<'a>> = set.iter().map(Type::Scalar).collect();
                if set.takes_type_literal() {
                    types.push(Type::TypeLiteral);
                }
                fit_one(arg.ty, &types, convert)
            }
            K::Scalar => when(arg.ty.is_scalar(), Fit::Scalar),
            K::Integer => when(arg.ty.is_integer(), Fit::Integer),
            K::RealOrDecimal => when(arg.ty.is_real_or_decimal(), Fit::OneOfMany),
            K::StringOrDynamic => when(arg.ty.is_string_or_dynamic(), Fit::OneOfMany),
            K::StringOrArray => when(arg.ty.is_string_or_array(), Fit::OneOfMany),
            K::IntegerOrArray => when(arg.ty.is_integer_or_array(), Fit::OneOfMany),
            K::DynamicArray => when(arg.ty.is_dynamic_array(), Fit::OneOfMany),
            K::DynamicBag => when(arg.ty.is_dynamic_bag(), Fit::OneOfMany),
            K::Number => when(arg.ty.is_numeric(), Fit::Number),
            K::NumberOrBool => when(arg.ty.is_numeric() || arg.ty.same(Type::BOOL), Fit::Number),
            K::Summable => when(arg.ty.is_summable(), Fit::Summable),
            K::Orderable => when(arg.ty.is_orderable(), Fit::Orderable),
            K::Tabular => when(arg.ty.is_tabular(), Fit::Tabular),
            K::Database => when(matches!(arg.ty, Type::Database(_)), Fit::Database),
            K::Cluster => when(matches!(arg.ty, Type::Cluster(_)), Fit::Cluster),
            K::NotBool => when(!Type::BOOL.assignable_to(arg.ty, Conversion::None), Fit::NotType),
            K::NotRealOrBool => when(
                !Type::REAL.assignable_to(arg.ty, Conversion::None)
                    && !Type::BOOL.assignable_to(arg.ty, Conversion::None),
                Fit::NotType,
            ),
            K::NotDynamic => when(arg.ty.is_scalar_symbol() && !arg.ty.is_dynamic(), Fit::NotType),
            K::Parameter0 | K::Parameter1 | K::Parameter2 => {
                let index = match kind {
                    K::Parameter0 => 0,
                    K::Parameter1 => 1,
                    _ => 2,
                };
                match parameters.get(index).copied() {
                    Some(other) if !other.is(parameter) => self.fit(parameters, args, other, arg, convert),
                    _ => Fit::None,
                }
            }
            K::CommonScalar
            | K::CommonNumber
            | K::CommonSummable
            | K::CommonOrderable
            | K::CommonScalarOrDynamic => {
                let Some(common) = common_argument_type(self.arena, parameters, args, false) else {
                    return Fit::None;
                };
                if arg.ty.assignable_to(common, Conversion::None) {
                    Fit::Exact
                } else if arg.ty.assignable_to(common, Conversion::Promotable) {
                    Fit::Promoted
                } else if arg.ty.assignable_to(common, Conversion::Dynamic) {
                    Fit::Dynamic
                } else if convert && arg.ty.assignable_to(common, Conversion::Compatible) {
                    Fit::Compatible
                } else if kind == K::CommonScalarOrDynamic
                    && Type::DYNAMIC.assignable_to(arg.ty, Conversion::None)
                {
                    Fit::Exact
                } else {
                    Fit::None
                }
            }
        }
    }

    /// Whether the argument is the literal that stands for one left out.
    pub(super) fn is_default_indicator(&self, parameter: Param<'a>, arg: Arg<'a>) -> bool {
        let Param::Builtin(parameter) = parameter else { return false };
        let Some(indicator) = parameter.default_indicator else { return false };
        arg.node.is_some_and(|node| {
            node.kind() == NodeKind::LiteralExpression
                && self.literal_value(node) == Some(Value::String(indicator))
        })
    }

    /// The signatures that fit best: one where the call is clear.
    pub(super) fn best_signatures(
        &self,
        signatures: &[Signature<'a>],
        args: &[Arg<'a>],
        all_must_fit: bool,
    ) -> Vec<Signature<'a>> {
        if signatures.len() < 2 {
            return signatures.to_vec();
        }
        let count = args.len();
        let mut found: Vec<Signature<'a>> = signatures
            .iter()
            .copied()
            .filter(|signature| count >= signature.min() && count <= signature.max())
            .collect();
        if found.is_empty() {
            let closest = signatures.iter().map(|signature| signature.max()).max().unwrap_or(0);
            found.extend(
                signatures
                    .iter()
                    .filter(|signature| closest >= signature.min() && closest <= signature.max()),
            );
        }
        if found.len() < 2 {
            return found;
        }
        let mut rated: Vec<(Signature<'a>, Rating)> =
            found.into_iter().map(|signature| (signature, self.rate(signature, args))).collect();
        let mut most = rated.iter().map(|(_, rating)| rating.count).max().unwrap_or(0);
        if all_must_fit {
            most = most.max(count);
        }
        rated.retain(|(_, rating)| rating.count == most);
        if rated.len() > 1 {
            let mut best = rated[0];
            for candidate in &rated[1..] {
                match candidate.1.better(best.1, count) {
                    std::cmp::Ordering::Greater => best = *candidate,
                    std::cmp::Ordering::Equal => return rated.into_iter().map(|(one, _)| one).collect(),
                    std::cmp::Ordering::Less => {}
                }
            }
            let unclear = rated
                .iter()
                .filter(|(one, _)| !same_signature(*one, best.0))
                .any(|(_, rating)| best.1.better(*rating, count) != std::cmp::Ordering::Greater);
            if !unclear {
                return vec![best.0];
            }
        }
        rated.into_iter().map(|(one, _)| one).collect()
    }

    fn rate(&self, signature: Signature<'a>, args: &[Arg<'a>]) -> Rating {
        let parameters = self.parameters_of(signature, args);
        let convert = signature.converts();
        let mut rating = Rating { count: 0, worst: Fit::Exact, best: Fit::None };
        for (index, arg) in args.iter().enumerate() {
            let parameter = parameters.get(index).copied().unwrap_or(Param::Unknown);
            let fit = self.fit(&parameters, args, parameter, *arg, convert);
            rating.count += usize::from(fit != Fit::None);
            rating.worst = rating.worst.min(fit);
            rating.best = rating.best.max(fit);
        }
        rating
    }
}

/// How well a signature fits all arguments.
#[derive(Debug, Clone, Copy)]
struct Rating {
    count: usize,
    worst: Fit,
    best: Fit,
}

impl Rating {
    fn better(self, other: Self, arguments: usize) -> std::cmp::Ordering {
        if self.count == arguments && other.count < arguments {
            return self.count.cmp(&other.count);
        }
        self.worst.cmp(&other.worst).then(self.best.cmp(&other.best)).then(self.count.cmp(&other.count))
    }
}

fn same_signature(a: Signature<'_>, b: Signature<'_>) -> bool {
    match (a, b) {
        (Signature::Builtin(_, a), Signature::Builtin(_, b)) => std::ptr::eq(a, b),
        _ => true,
    }
}

fn fit_one<'a>(found: Type<'a>, types: &[Type<'a>], convert: bool) -> Fit {
    let any = |conversion| types.iter().any(|ty| found.assignable_to(*ty, conversion));
    if any(Conversion::None) {
        if types.len() == 1 { Fit::Exact } else { Fit::OneOfMany }
    } else if any(Conversion::Promotable) {
        Fit::Promoted
    } else if convert && any(Conversion::Dynamic) {
        Fit::Dynamic
    } else if convert && any(Conversion::Compatible) {
        Fit::Compatible
    } else {
        Fit::None
    }
}

fn bound(max: u16) -> usize {
    if max == catalog::UNBOUNDED { usize::MAX } else { max.into() }
}

fn block_layout<'a>(signature: &'static catalog::Signature, count: usize) -> Vec<Param<'a>> {
    let parameters = signature.parameters;
    let first = parameters.iter().position(catalog::Parameter::is_repeatable).unwrap_or(0);
    let last = parameters.iter().rposition(catalog::Parameter::is_repeatable).unwrap_or(0);
    let block = last - first + 1;
    let after = parameters.len() - last - 1;
    let least = block * usize::from(parameters[first].min);
    let most = block.saturating_mul(bound(parameters[first].max));
    let possible = count.saturating_sub(first).saturating_sub(after);
    let repeating = possible.max(least).min(most).div_ceil(block) * block;
    (0..count)
        .map(|index| {
            let parameter = if index < first {
                parameters.get(index)
            } else if index < first + repeating {
                parameters.get(first + (index - first) % block)
            } else {
                parameters.get(last + 1 + (index - first - repeating))
            };
            parameter.map_or(Param::Unknown, Param::Builtin)
        })
        .collect()
}

/// The type common to the arguments whose parameters ask for one.
pub(super) fn common_argument_type<'a>(
    arena: &'a Arena,
    parameters: &[Param<'a>],
    args: &[Arg<'a>],
    ignore_dynamic: bool,
) -> Option<Type<'a>> {
    use ParameterKind as K;
    let mut common = None;
    for (arg, parameter) in args.iter().zip(parameters) {
        if ignore_dynamic && arg.ty.is_dynamic() {
            continue;
        }
        let (counts, conversion) = match parameter.kind() {
            Some(K::CommonScalar) => (arg.ty.is_scalar(), Conversion::Promotable),
            Some(K::CommonNumber) => (arg.ty.is_numeric(), Conversion::Promotable),
            Some(K::CommonSummable) => (arg.ty.is_summable(), Conversion::Promotable),
            Some(K::CommonOrderable) => (arg.ty.is_orderable(), Conversion::Promotable),
            Some(K::CommonScalarOrDynamic) => (arg.ty.is_scalar(), Conversion::Dynamic),
            _ => continue,
        };
        if counts {
            common = Some(types::common_pair(arena, common, Some(arg.ty), conversion)?);
        }
    }
    if common.is_none() && ignore_dynamic {
        return common_argument_type(arena, parameters, args, false);
    }
    common
}
