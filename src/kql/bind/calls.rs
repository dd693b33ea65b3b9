//! Calls of functions and operators.

use super::binder::{Binder, Info};
use super::known_calls::{decisive_types, known_result};
use super::literals::underlying;
use super::scope::ScopeKind;
use super::signature::{Arg, Expects, Param, Signature, common_argument_type};
use super::suggestions::{other_count, other_operands, other_type, span, usage};
use super::symbols::{Column, Function, Pattern, Symbol, Table};
use super::types::{Conversion, Type};
use crate::catalog::kql::{self as catalog, ArgumentKind, FunctionClass, ParameterKind};
use crate::kql::codes;
use crate::kql::syntax::nodes::{
    CompoundNamedExpression, FunctionCall, InvokeOperator, PathExpression, PipeExpression,
    SimpleNamedExpression,
};
use crate::kql::syntax::{Node, NodeKind, View};
use crate::text::TextRange;

impl<'a> Binder<'a> {
    pub(super) fn call(&mut self, call: FunctionCall<'a>) {
        let name = call.name();
        self.name_reference(name);
        let outer_path = self.path_scope.take();
        let function = self.symbol(name.syntax()).and_then(Symbol::as_function);
        let is_aggregate = function
            .and_then(Function::builtin)
            .is_some_and(|function| function.class == FunctionClass::Aggregate);
        let kind = if !is_aggregate && self.scope_kind == ScopeKind::Aggregate {
            ScopeKind::Aggregate
        } else {
            ScopeKind::Normal
        };
        self.call_arguments(call, function, kind);
        self.path_scope = outer_path;
        let info = self.call_info(call);
        if let Some(info) = info {
            self.set(call.syntax(), info);
        }
        if !self.type_of(name.syntax()).is_some_and(Type::is_error) {
            let info = info.unwrap_or_default();
            self.set(name.syntax(), Info { constant: false, ..info });
        }
    }

    fn call_arguments(
        &mut self,
        call: FunctionCall<'a>,
        function: Option<&'a Function<'a>>,
        kind: ScopeKind,
    ) {
        let arguments = call.arguments().expressions();
        let single = function.and_then(Function::builtin).and_then(|function| match function.signatures {
            [only] => Some(Signature::Builtin(function, only)),
            _ => None,
        });
        let special = single.is_some_and(|signature| {
            matches!(signature, Signature::Builtin(_, written) if written.parameters.iter().any(is_special))
        });
        if !special {
            self.in_scope_kind(kind, |binder| binder.expressions(arguments));
            return;
        }
        let nodes: Vec<Node<'a>> = arguments.iter().collect();
        let args: Vec<Arg<'a>> =
            nodes.iter().map(|node| Arg { node: Some(*node), ty: Type::Unknown }).collect();
        let parameters = single.map(|signature| self.parameters_of(signature, &args)).unwrap_or_default();
        for (index, node) in nodes.iter().enumerate() {
            let first = nodes.first().filter(|_| index > 0).and_then(|first| self.type_of(*first));
            let argument = parameters.get(index).map(|parameter| parameter.argument_kind());
            match argument {
                Some(ArgumentKind::Aggregate) => {
                    self.in_scope_kind(ScopeKind::Aggregate, |binder| binder.expression(*node));
                }
                Some(ArgumentKind::ColumnOfParameter0) => match first {
                    Some(Type::Table(table)) => self.in_row_scope(Some(table), |binder| {
                        binder.in_scope_kind(kind, |binder| binder.expression(*node));
                    }),
                    _ => self.in_scope_kind(ScopeKind::Aggregate, |binder| binder.expression(*node)),
                },
                Some(ArgumentKind::CommonColumnOfParameter0) => match first {
                    Some(Type::Table(table)) => {
                        let own = self.row_scope.map_or(&[][..], |table| table.columns());
                        let common = super::columns::common_of_two(self.arena, own, table.columns());
                        let scope = Table::new(self.arena, self.arena.slice(&common));
                        self.in_row_scope(Some(scope), |binder| {
                            binder.in_scope_kind(kind, |binder| binder.expression(*node));
                        });
                    }
                    _ => self.in_scope_kind(ScopeKind::Aggregate, |binder| binder.expression(*node)),
                },
                Some(ArgumentKind::ElementOfParameter0) => match first {
                    Some(Type::Tuple(tuple)) => {
                        let scope = Table::new(self.arena, tuple.columns);
                        self.in_row_scope(Some(scope), |binder| binder.expression(*node));
                    }
                    _ => self.in_scope_kind(kind, |binder| binder.expression(*node)),
                },
                _ => self.in_scope_kind(kind, |binder| binder.expression(*node)),
            }
        }
    }

    fn call_info(&mut self, call: FunctionCall<'a>) -> Option<Info<'a>> {
        let name = call.name().syntax();
        match self.type_or_error(name) {
            Type::Function(function) => Some(self.call_function(call, function)),
            Type::Pattern(pattern) => Some(self.call_pattern(call, pattern)),
            Type::Error if self.fuzzy => {
                let text = self.name_text(name);
                self.report_at(codes::FUZZY_ENTITY_NOT_DEFINED, call.syntax(), || {
                    format!("there is no function `{text}`; it is passed over")
                });
                Some(Info::of(Type::Table(Table::unknown(self.arena, ""))))
            }
            Type::Error => Some(Info::error()),
            _ => Some(self.info(name)),
        }
    }

    fn call_function(&mut self, call: FunctionCall<'a>, function: &'a Function<'a>) -> Info<'a> {
        let args = self.call_args(call);
        let name = call.name().syntax();
        let symbol = Some(Symbol::Type(Type::Function(function)));
        let builtin = function.builtin();
        let constant = builtin.is_some_and(|function| function.constant_foldable) && self.are_constant(&args);
        let types = decisive_types(&args);
        if let Some(ty) = builtin.and_then(|function| known_result(function, types)) {
            return Info { symbol, ty: Some(ty), constant };
        }
        let before = self.finding_count();
        let signatures = Signature::of(function.kind);
        let found = self.best_signatures(&signatures, &args, false);
        if let [signature] = found[..] {
            self.check_signature(signature, &args, name.range());
            let result = self.signature_result(signature, &args, name, true);
            let ty = self.unwrapped_result(&signatures, &args, result, name);
            if let Some(function) = builtin {
                self.keep_result(function, types, signature, ty, before);
            }
            return Info { symbol, ty: Some(ty), constant };
        }
        if args.is_empty() && function.min_arguments() > 0 {
            self.report_argument_range(
                function.name,
                function.min_arguments(),
                function.max_arguments(),
                name,
            );
        } else if !args.iter().any(|arg| arg.ty.is_error() || arg.ty.is_unknown()) {
            self.report_with_help(codes::FUNCTION_NOT_DEFINED_WITH_MATCHING_PARAMETERS, name.range(), || {
                let types: Vec<&str> = args.iter().map(|arg| arg.ty.describe()).collect();
                let message = format!("`{}` does not take ({})", function.name, types.join(", "));
                (message, signatures.first().map(|first| format!("it is called as {}", usage(*first))))
            });
        }
        let ty = self.common_return(&found, &args, name);
        Info { symbol, ty: Some(ty), constant }
    }

    fn are_constant(&self, args: &[Arg<'a>]) -> bool {
        args.iter().all(|arg| arg.node.is_some_and(|node| self.is_constant(node)))
    }

    /// A result that is `dynamic` only because an operand is one that is known to hold a scalar.
    fn unwrapped_result(
        &mut self,
        signatures: &[Signature<'a>],
        args: &[Arg<'a>],
        result: Type<'a>,
        location: Node<'a>,
    ) -> Type<'a> {
        if !result.is_plain_dynamic() || !args.iter().any(|arg| matches!(arg.ty, Type::DynamicOf(_))) {
            return result;
        }
        let plain = unwrapped_args(args);
        let found = self.best_signatures(signatures, &plain, false);
        let unwrapped = match found[..] {
            [signature] => self.signature_result(signature, &plain, location, false),
            _ => self.common_return(&found, &plain, location),
        };
        better_known(result, unwrapped)
    }

    /// The arguments, the table that `invoke` hands over first.
    fn call_args(&self, call: FunctionCall<'a>) -> Vec<Arg<'a>> {
        let mut args: Vec<Arg<'a>> = Vec::new();
        if let Some(invoke) = invoked_by(call.syntax()) {
            let ty = self.implicit_argument.unwrap_or_else(|| Type::Table(Table::new(self.arena, &[])));
            let input = invoke
                .syntax()
                .parent()
                .and_then(PipeExpression::cast)
                .filter(|pipe| pipe.operator() == invoke.syntax())
                .map_or_else(|| call.name().syntax(), |pipe| pipe.expression());
            args.push(Arg { node: Some(input), ty });
        }
        args.extend(
            call.arguments()
                .expressions()
                .iter()
                .map(|node| Arg { node: Some(node), ty: self.type_or_error(node) }),
        );
        args
    }

    /// The type of a function that is named without arguments.
    pub(super) fn call_result_of_name(&mut self, function: &'a Function<'a>, location: Node<'a>) -> Type<'a> {
        let signatures = Signature::of(function.kind);
        match signatures.iter().find(|signature| signature.min() == 0) {
            Some(signature) => self.signature_result(*signature, &[], location, false),
            None => Type::Error,
        }
    }

    /// The type that all signatures of a function share when nothing is known of the arguments.
    pub(super) fn common_result(&mut self, function: &'a Function<'a>, location: Node<'a>) -> Type<'a> {
        let signatures = Signature::of(function.kind);
        self.common_return(&signatures, &[], location)
    }

    fn common_return(
        &mut self,
        signatures: &[Signature<'a>],
        args: &[Arg<'a>],
        location: Node<'a>,
    ) -> Type<'a> {
        let Some((first, rest)) = signatures.split_first() else { return Type::Error };
        let ty = self.signature_result(*first, args, location, false);
        for signature in rest {
            let other = self.signature_result(*signature, args, location, false);
            if !other.assignable_to(ty, Conversion::None) {
                let unclear = args.iter().any(|arg| arg.ty.is_error() || arg.ty.is_unknown());
                return if unclear { Type::Unknown } else { Type::Error };
            }
        }
        ty
    }

    fn call_pattern(&mut self, call: FunctionCall<'a>, pattern: &'a Pattern<'a>) -> Info<'a> {
        let arguments: Vec<Node<'a>> = call.arguments().expressions().iter().collect();
        let name = call.name().syntax();
        let wanted = pattern.parameters.len();
        if wanted != arguments.len() {
            self.report_at(codes::ARGUMENT_COUNT, name, || {
                format!("`{}` takes {wanted} arguments", pattern.name)
            });
        }
        for (argument, ty) in arguments.iter().zip(pattern.parameters) {
            if self.check_exact_type(*argument, *ty) {
                self.check_literal(*argument);
            }
        }
        let symbol = Symbol::Type(Type::Pattern(pattern));
        let values: Vec<&str> = arguments
            .iter()
            .map(|argument| self.literal_value(*argument).map_or("", |value| value.text(self.arena)))
            .collect();
        let starts = |case: &&super::symbols::PatternCase<'a>| {
            case.values.iter().zip(&values).all(|(wanted, value)| wanted == value)
        };
        let mut found: Vec<_> =
            pattern.cases.iter().filter(|case| case.values.len() == values.len()).filter(starts).collect();
        if found.is_empty() {
            found = pattern.cases.iter().filter(starts).collect();
        }
        if found.is_empty() {
            self.report_at(codes::NO_PATTERN_MATCHES_ARGUMENTS, name, || {
                format!("no case of `{}` has these values", pattern.name)
            });
            return Info::named(symbol, Type::Error);
        }
        let mut members: Vec<Symbol<'a>> = Vec::new();
        for case in &found {
            let ty = self.user_call(case.body, &[], name);
            match case.path {
                None if found.len() == 1 => return Info::named(symbol, ty),
                None => {
                    let ty = Symbol::Type(ty);
                    if !members.iter().any(|member| member.same(ty)) {
                        members.push(ty);
                    }
                }
                Some(path) => {
                    members.push(Symbol::Variable(super::symbols::Variable::new(self.arena, path, ty)));
                }
            }
        }
        let ty = match members[..] {
            [Symbol::Type(only)] => only,
            _ => Type::Group(self.arena.slice(&members)),
        };
        Info::named(symbol, ty)
    }

    // Operators.

    /// Binds an operator with bound operands.
    pub(super) fn operator(
        &mut self,
        node: Node<'a>,
        name: &'static str,
        operands: &[Node<'a>],
        place: TextRange,
        all_must_fit: bool,
    ) {
        let args: Vec<Arg<'a>> =
            operands.iter().map(|node| Arg { node: Some(*node), ty: self.type_or_error(*node) }).collect();
        let info = self.operator_info(node, name, &args, Some(place), all_must_fit);
        self.set(node, info);
    }

    /// The type that an operator gives to operands of these types, where it takes them.
    pub(super) fn operator_type(&mut self, name: &str, types: &[Type<'a>]) -> Option<Type<'a>> {
        let args: Vec<Arg<'a>> = types.iter().map(|ty| Arg { node: None, ty: *ty }).collect();
        let root = self.infos_of.root();
        self.operator_info(root, name, &args, None, true).ty
    }

    /// The type that an operator gives to operands of these types; reported at `node` where it does not take them.
    pub(super) fn operator_type_at(&mut self, name: &str, types: &[Type<'a>], node: Node<'a>) -> Type<'a> {
        let args: Vec<Arg<'a>> = types.iter().map(|ty| Arg { node: None, ty: *ty }).collect();
        self.operator_info(node, name, &args, Some(node.range()), true).ty.unwrap_or(Type::Error)
    }

    fn operator_info(
        &mut self,
        node: Node<'a>,
        name: &str,
        args: &[Arg<'a>],
        place: Option<TextRange>,
        all_must_fit: bool,
    ) -> Info<'a> {
        let Some(operator) = self.catalog.language().operator(name) else { return Info::error() };
        let types = decisive_types(args).filter(|_| all_must_fit && place.is_some());
        if let Some(ty) = known_result(operator, types) {
            return Info {
                symbol: Some(Symbol::Operator(operator)),
                ty: Some(ty),
                constant: self.are_constant(args),
            };
        }
        let before = self.finding_count();
        let signatures: Vec<Signature<'a>> =
            operator.signatures.iter().map(|signature| Signature::Builtin(operator, signature)).collect();
        let symbol = Some(Symbol::Operator(operator));
        let mut found = self.best_signatures(&signatures, args, all_must_fit);
        if let [signature] = found[..] {
            if let Some(place) = place {
                self.check_signature(signature, args, place);
            }
            let result = self.signature_result(signature, args, node, false);
            let ty =
                if result.is_plain_dynamic() && args.iter().any(|arg| matches!(arg.ty, Type::DynamicOf(_))) {
                    let plain = unwrapped_args(args);
                    let unwrapped =
                        self.operator_info(node, name, &plain, None, all_must_fit).ty.unwrap_or(Type::Error);
                    better_known(result, unwrapped)
                } else {
                    result
                };
            self.keep_result(operator, types, signature, ty, before);
            return Info { symbol, ty: Some(ty), constant: self.are_constant(args) };
        }
        if found.is_empty() && all_must_fit {
            found = self.best_signatures(&signatures, args, false);
        }
        let unclear = args.iter().any(|arg| arg.ty.is_error() || arg.ty.is_unknown());
        if let Some(place) = place.filter(|_| !unclear) {
            self.report_with_help(codes::OPERATOR_NOT_DEFINED, place, || {
                let types: Vec<Type<'_>> = args.iter().map(|arg| arg.ty).collect();
                other_operands(place.slice(node.tree().text()), &types)
            });
        }
        let ty = self.common_return(&found, args, node);
        Info { symbol, ty: Some(ty), constant: false }
    }

    // Checks of a call.

    fn report_argument_range(&mut self, name: &str, min: usize, max: usize, node: Node<'a>) {
        let exact = min == max;
        let code = if exact { codes::FUNCTION_ARGUMENT_COUNT } else { codes::FUNCTION_ARGUMENT_RANGE };
        self.report_at(code, node, || {
            if exact {
                let arguments = if min == 1 { "argument" } else { "arguments" };
                format!("`{name}` takes {min} {arguments}, and none is given")
            } else if max >= usize::from(catalog::UNBOUNDED) {
                format!("`{name}` takes {min} or more arguments, and none is given")
            } else {
                format!("`{name}` takes {} arguments, and none is given", span(min, max))
            }
        });
    }

    fn check_signature(&mut self, signature: Signature<'a>, args: &[Arg<'a>], place: TextRange) {
        let before = self.reported();
        let count = args.len();
        let name = signature.name();
        if !signature.takes_count(count) {
            let (min, max) = (signature.min(), signature.max());
            if signature.has_repeatable() {
                if count < min || count > max {
                    self.report_with_help(codes::FUNCTION_ARGUMENT_RANGE, place, || {
                        other_count(signature, &format!("{min} or more"), count)
                    });
                } else {
                    self.report_with_help(codes::FUNCTION_HAS_INCORRECT_NUMBER_OF_ARGUMENTS, place, || {
                        let message =
                            format!("the arguments of `{name}` come in groups, and one is not complete");
                        (message, Some(format!("it is called as {}", usage(signature))))
                    });
                }
            } else if count != signature.parameter_count() {
                self.report_with_help(codes::FUNCTION_ARGUMENT_COUNT, place, || {
                    other_count(signature, &span(min, signature.parameter_count()), count)
                });
            }
        }
        if signature.takes_names() && self.reported() == before {
            self.check_argument_names(signature, args);
        }
        let parameters = self.parameters_of(signature, args);
        if self.reported() == before {
            let asks = parameters.iter().any(|parameter| is_common(parameter.kind()));
            if asks && common_argument_type(self.arena, &parameters, args, false).is_none() {
                self.report(codes::NO_COMMON_ARGUMENT_TYPE, place, || {
                    format!("the arguments of `{name}` have no type in common")
                });
            }
        }
        if self.reported() == before {
            for (index, arg) in args.iter().enumerate() {
                self.check_argument(signature, &parameters, args, index, *arg);
            }
        }
        if signature.takes_names() && self.reported() == before {
            for index in 0..signature.parameter_count() {
                let Some(parameter) = signature.parameter(index) else { continue };
                let (optional, missing) = match parameter {
                    Param::User(parameter) => (parameter.optional, parameter.name),
                    Param::Builtin(parameter) => (parameter.is_optional(), parameter.name),
                    Param::Unknown => continue,
                };
                if !optional && !parameters.iter().any(|given| given.is(parameter)) {
                    self.report(codes::MISSING_ARGUMENT_FOR_PARAMETER, place, || {
                        format!("`{name}` lacks an argument for `{missing}`")
                    });
                }
            }
        }
    }

    /// A count that grows with each finding, also where findings are not kept.
    fn reported(&self) -> usize {
        self.finding_count()
    }

    fn check_argument_names(&mut self, signature: Signature<'a>, args: &[Arg<'a>]) {
        let mut out_of_order = false;
        let mut reported = false;
        for (index, arg) in args.iter().enumerate() {
            let Some(node) = arg.node else { continue };
            if let Some(named) = SimpleNamedExpression::cast(node) {
                let name = named.name().syntax();
                let parameter = signature.parameter_named(self.name_text(name));
                if parameter.is_none() {
                    let text = self.name_text(name);
                    self.report_at(codes::UNKNOWN_ARGUMENT_NAME, name, || {
                        format!("`{}` has no parameter `{text}`", signature.name())
                    });
                }
                if !out_of_order {
                    let ordered = signature.parameter(index);
                    out_of_order = match (ordered, parameter) {
                        (Some(a), Some(b)) => !a.is(b),
                        (None, None) => false,
                        _ => true,
                    };
                }
            } else if out_of_order && !reported {
                self.report_at(codes::UNNAMED_ARGUMENT_AFTER_OUTOF_ORDER_NAMED_ARGUMENT, node, || {
                    "after a named argument out of order, the rest must be named too".to_owned()
                });
                reported = true;
            }
        }
    }

    fn check_argument(
        &mut self,
        signature: Signature<'a>,
        parameters: &[Param<'a>],
        args: &[Arg<'a>],
        index: usize,
        arg: Arg<'a>,
    ) {
        let (Some(parameter), Some(node)) = (parameters.get(index).copied(), arg.node) else { return };
        let operator =
            matches!(signature, Signature::Builtin(function, _) if function.class == FunctionClass::Operator);
        let argument_kind = parameter.argument_kind();
        if node.kind() == NodeKind::StarExpression && !operator {
            if !matches!(argument_kind, ArgumentKind::StarOnly | ArgumentKind::StarAllowed) {
                self.report_at(codes::STAR_EXPRESSION_NOT_ALLOWED, node, || {
                    format!("`{}` does not take `*`", signature.name())
                });
            }
            return;
        }
        if self.is_default_indicator(parameter, arg) {
            return;
        }
        if let Some(compound) = CompoundNamedExpression::cast(node) {
            self.report_at(codes::COMPOUND_NAMED_ARGUMENTS_NOT_SUPPORTED, compound.names().syntax(), || {
                "an argument has one name at most".to_owned()
            });
        }
        let node = underlying(node);
        match parameter.expects() {
            Expects::Type(Type::Table(pattern)) => self.check_table_argument(pattern, node, arg),
            Expects::Type(ty) => {
                self.check_declared(signature, parameters, args, parameter, arg, node, || {
                    ty.describe().to_owned()
                });
            }
            Expects::Kind(kind) => {
                self.check_kind(signature, parameters, args, parameter, kind, arg, node);
            }
        }
        match argument_kind {
            ArgumentKind::Column
            | ArgumentKind::ColumnOfParameter0
            | ArgumentKind::CommonColumnOfParameter0 => {
                self.check_column(node);
            }
            ArgumentKind::Constant => {
                self.check_constant(node);
            }
            ArgumentKind::Literal => {
                if self.check_literal(node)
                    && let Param::Builtin(parameter) = parameter
                    && !parameter.values.is_empty()
                {
                    self.check_literal_value(node, parameter.values, parameter.case_sensitive);
                }
            }
            ArgumentKind::LiteralNotEmpty if self.check_literal(node) => {
                self.check_not_empty(node);
            }
            _ => {}
        }
    }

    fn check_table_argument(&mut self, pattern: &'a Table<'a>, node: Node<'a>, arg: Arg<'a>) {
        let Type::Table(table) = arg.ty else {
            self.report_at(codes::TABULAR_VALUE_EXPECTED, node, || "a table is expected here".to_owned());
            return;
        };
        let missing = pattern.columns().iter().find(|wanted| {
            !table
                .column(wanted.name)
                .is_some_and(|found| found.ty.assignable_to(wanted.ty, Conversion::None))
        });
        if let Some(column) = missing {
            self.report_at(codes::TABULAR_VALUE_DOES_NOT_HAVE_REQUIRED_COLUMNS, node, || {
                format!("the table lacks the column `{}` of type {}", column.name, column.ty.describe())
            });
        }
    }

    #[expect(clippy::too_many_arguments, reason = "they are the parts of one call")]
    fn check_declared(
        &mut self,
        signature: Signature<'a>,
        parameters: &[Param<'a>],
        args: &[Arg<'a>],
        parameter: Param<'a>,
        arg: Arg<'a>,
        node: Node<'a>,
        wanted: impl FnOnce() -> String,
    ) {
        use super::signature::Fit;
        let convert = signature.converts();
        // Only the type of what is named counts: the name was looked through.
        let arg = Arg { node: Some(node), ..arg };
        let fit = self.fit(parameters, args, parameter, arg, convert);
        if matches!(fit, Fit::Compatible | Fit::None) && !convert {
            self.report_with_help(codes::TYPE_EXPECTED, node.range(), || other_type(&wanted(), arg.ty));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "they are the parts of one call")]
    fn check_kind(
        &mut self,
        signature: Signature<'a>,
        parameters: &[Param<'a>],
        args: &[Arg<'a>],
        parameter: Param<'a>,
        kind: ParameterKind,
        arg: Arg<'a>,
        node: Node<'a>,
    ) {
        use ParameterKind as K;
        match kind {
            K::Any => {}
            K::Declared(set) => {
                let wanted = || {
                    let names: Vec<&str> = set.iter().map(crate::catalog::ScalarType::name).collect();
                    names.join(" or ")
                };
                self.check_declared(signature, parameters, args, parameter, arg, node, wanted);
            }
            K::Scalar => {
                self.check_scalar_type(node, Some(arg.ty));
            }
            K::Integer => {
                self.check_integer(node);
            }
            K::RealOrDecimal => {
                self.check_real_or_decimal(node);
            }
            K::StringOrDynamic => {
                self.check_string_or_dynamic(node);
            }
            K::StringOrArray => {
                self.check_string_or_array(node);
            }
            K::IntegerOrArray => {
                self.check_integer_or_array(node);
            }
            K::DynamicArray => {
                self.check_dynamic_array(node);
            }
            K::DynamicBag => {
                self.check_dynamic_bag(node);
            }
            K::Number => {
                self.check_number(node);
            }
            K::NumberOrBool => {
                self.check_number_or_bool(node);
            }
            K::Summable => {
                self.check_summable(node);
            }
            K::Orderable => {
                self.check_orderable(node);
            }
            K::NotBool | K::NotRealOrBool | K::NotDynamic => {
                if self.check_scalar(node) {
                    let forbidden: &[Type<'a>] = match kind {
                        K::NotBool => &[Type::BOOL],
                        K::NotRealOrBool => &[Type::REAL, Type::BOOL],
                        _ => &[Type::DYNAMIC],
                    };
                    for ty in forbidden {
                        self.check_not_type(node, *ty);
                    }
                }
            }
            K::Tabular => {
                self.check_tabular_type(node, Some(arg.ty));
            }
            K::Database => {
                if !matches!(self.type_or_error(node), Type::Database(_) | Type::Error) {
                    self.report_at(codes::DATABASE_EXPECTED, node, || {
                        "a database is expected here".to_owned()
                    });
                }
            }
            K::Cluster => {
                if !matches!(self.type_or_error(node), Type::Cluster(_) | Type::Error) {
                    self.report_at(codes::CLUSTER_EXPECTED, node, || "a cluster is expected here".to_owned());
                }
            }
            K::Parameter0 | K::Parameter1 | K::Parameter2 => {
                let index = match kind {
                    K::Parameter0 => 0,
                    K::Parameter1 => 1,
                    _ => 2,
                };
                if let Some(other) = args.get(index) {
                    self.check_exact_type(node, other.ty);
                }
            }
            K::CommonScalar
            | K::CommonNumber
            | K::CommonSummable
            | K::CommonOrderable
            | K::CommonScalarOrDynamic => {
                let fits = match kind {
                    K::CommonNumber => self.check_number(node),
                    K::CommonSummable => self.check_summable(node),
                    K::CommonOrderable => self.check_orderable(node),
                    _ => self.check_scalar(node),
                };
                let common = common_argument_type(self.arena, parameters, args, false);
                let Some(common) = common.filter(|_| fits) else { return };
                if kind == K::CommonScalarOrDynamic {
                    self.check_type_or_dynamic(node, common, true);
                } else {
                    self.check_type(node, common, Conversion::Promotable);
                }
            }
        }
    }

    /// The columns of a type, where it is a table or a tuple.
    pub fn columns_of_type(&self, ty: Type<'a>) -> &'a [&'a Column<'a>] {
        match ty {
            Type::Table(table) => table.all_columns(self.arena),
            Type::Tuple(tuple) => tuple.columns,
            _ => &[],
        }
    }
}

/// The arguments, each that is dynamic but known to hold a scalar taken for that scalar.
fn unwrapped_args<'a>(args: &[Arg<'a>]) -> Vec<Arg<'a>> {
    let unwrap = |arg: &Arg<'a>| match arg.ty {
        Type::DynamicOf(scalar) => Arg { ty: Type::Scalar(scalar), ..*arg },
        _ => *arg,
    };
    args.iter().map(unwrap).collect()
}

/// The dynamic `result`, holding what the same call returns for unwrapped arguments where that says more.
fn better_known<'a>(result: Type<'a>, unwrapped: Type<'a>) -> Type<'a> {
    let better = unwrapped.is_scalar_symbol() && !unwrapped.is_dynamic() && !unwrapped.is_unknown();
    if better { unwrapped.to_dynamic() } else { result }
}

fn is_special(parameter: &catalog::Parameter) -> bool {
    matches!(
        parameter.argument,
        ArgumentKind::Aggregate
            | ArgumentKind::ColumnOfParameter0
            | ArgumentKind::CommonColumnOfParameter0
            | ArgumentKind::ElementOfParameter0
    )
}

fn is_common(kind: Option<ParameterKind>) -> bool {
    use ParameterKind as K;
    matches!(
        kind,
        Some(
            K::CommonScalar
                | K::CommonNumber
                | K::CommonSummable
                | K::CommonOrderable
                | K::CommonScalarOrDynamic
        )
    )
}

/// The `invoke` whose function the call is.
fn invoked_by(call: Node<'_>) -> Option<InvokeOperator<'_>> {
    let mut node = call;
    while let Some(path) = node.parent().and_then(PathExpression::cast).filter(|path| path.selector() == node)
    {
        node = path.syntax();
    }
    InvokeOperator::cast(node.parent()?).filter(|invoke| invoke.function() == node)
}
