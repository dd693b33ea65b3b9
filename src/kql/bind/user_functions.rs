//! Functions that are written in KQL: declared, and called.

use super::binder::{Binder, Info, MAX_EXPANSIONS};
use super::literals::underlying;
use super::scope::{LocalScope, ScopeKind};
use super::signature::{Arg, Param, Signature};
use super::symbols::{Function, FunctionKind, Symbol, UserFunction, UserParameter, Value, Variable};
use super::types::{self, Type};
use crate::kql::codes;
use crate::kql::syntax::nodes::{
    FunctionBody, FunctionCall, FunctionDeclaration, FunctionParameter, FunctionParameters, NameAndType,
    PathExpression,
};
use crate::kql::syntax::{Node, NodeKind, Separated, View, parse};

/// What is known of a body once it was bound for a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyFacts<'a> {
    /// Whether the type of the result hangs on the arguments.
    pub(super) varies: bool,
    /// The type of the result of the first call.
    pub(super) result: Type<'a>,
    /// The results of calls so far, where they vary.
    pub(super) calls: Option<&'a KnownCall<'a>>,
}

/// A call whose result is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownCall<'a> {
    arguments: &'a [Option<CallValue<'a>>],
    result: Type<'a>,
    before: Option<&'a KnownCall<'a>>,
}

/// The argument for each parameter.
fn arguments_of<'a>(
    function: &'a UserFunction<'a>,
    args: &[Arg<'a>],
    parameters: &[Param<'a>],
) -> Vec<Option<Node<'a>>> {
    let argument = |parameter: &'a UserParameter<'a>| {
        let index = parameters.iter().position(|given| given.is(Param::User(parameter)))?;
        args.get(index)?.node
    };
    function.parameters.iter().map(argument).collect()
}

/// An argument as far as it decides the type of a result.
#[derive(Debug, Clone, Copy)]
enum CallValue<'a> {
    Value(Value<'a>),
    Table(Type<'a>),
    Other(Type<'a>),
}

impl CallValue<'_> {
    fn same(self, other: CallValue<'_>) -> bool {
        match (self, other) {
            (Self::Value(a), CallValue::Value(b)) => a == b,
            (Self::Table(a), CallValue::Table(b)) | (Self::Other(a), CallValue::Other(b)) => a.same(b),
            _ => false,
        }
    }
}

impl<'a> Binder<'a> {
    // Declarations.

    pub(super) fn function_declaration(&mut self, node: FunctionDeclaration<'a>) {
        let scope = self.local_scope;
        let suffix = std::mem::replace(&mut self.column_suffix, 1);
        self.function_parameters(node.parameters());
        self.function_body(node.body());
        self.local_scope = scope;
        self.column_suffix = suffix;
        let mut parameters: Vec<UserParameter<'a>> = Vec::new();
        let mut may_be_tabular = true;
        for parameter in node.parameters().parameters().iter() {
            let name = parameter.name_and_type().name().syntax();
            let Some(Symbol::Parameter(symbol)) = self.symbol(name) else { continue };
            let tabular = symbol.ty.is_tabular();
            if tabular && !may_be_tabular {
                self.report_at(codes::SCALAR_LITERAL_EXPECTED, parameter.syntax(), || {
                    "parameters that are tables come first".to_owned()
                });
            }
            may_be_tabular = tabular;
            parameters.push(self.user_parameter(parameter, symbol));
        }
        let name = self.let_name(node.syntax());
        let function = self.user_function(UserFunction {
            name,
            parameters: self.arena.slice(&parameters),
            body: node.body().syntax(),
            view: node.view_keyword().is_some(),
            stored: false,
            declared: node.body().expression().and_then(|expression| self.type_of(expression)),
            scope,
            facts: std::cell::Cell::new(None),
            expanding: std::cell::Cell::new(false),
        });
        self.set(node.syntax(), Info::of(Type::Function(function)));
    }

    fn user_parameter(
        &self,
        parameter: FunctionParameter<'a>,
        symbol: &'a Variable<'a>,
    ) -> UserParameter<'a> {
        let default = parameter.default();
        UserParameter {
            name: symbol.name,
            ty: symbol.ty,
            optional: default.is_some(),
            default: default.and_then(|default| self.literal_value(default.value())),
        }
    }

    fn user_function(&self, function: UserFunction<'a>) -> &'a Function<'a> {
        let name = function.name;
        let kind = FunctionKind::User(self.arena.alloc_cells(function));
        self.arena.alloc(Function { name, kind })
    }

    /// A body that is called without arguments: a case of a pattern.
    pub(super) fn case_body(&self, body: FunctionBody<'a>, scope: LocalScope<'a>) -> &'a UserFunction<'a> {
        self.arena.alloc_cells(UserFunction {
            name: "",
            parameters: &[],
            body: body.syntax(),
            view: false,
            stored: false,
            declared: None,
            scope,
            facts: std::cell::Cell::new(None),
            expanding: std::cell::Cell::new(false),
        })
    }

    pub(super) fn function_parameters(&mut self, node: FunctionParameters<'a>) {
        for parameter in node.parameters().iter() {
            self.function_parameter(parameter);
        }
        self.declare_parameters(node.parameters());
    }

    pub(super) fn function_parameter(&mut self, parameter: FunctionParameter<'a>) {
        self.expression(parameter.name_and_type().kind());
        let Some(default) = parameter.default() else { return };
        self.expression(default.value());
        let ty = self.declared_type(parameter.name_and_type().kind(), false);
        if !ty.is_error() && self.check_literal_not_word(default.value()) {
            self.check_type(default.value(), ty, types::Conversion::Compatible);
        }
    }

    fn declare_parameters(&mut self, parameters: Separated<'a, FunctionParameter<'a>>) {
        for parameter in parameters.iter() {
            self.declare_parameter(parameter.name_and_type());
        }
        for parameter in parameters.iter() {
            self.bring_into_scope(parameter.name_and_type().name().syntax());
        }
    }

    /// Declares a parameter, not yet in scope.
    pub(super) fn declare_parameter(&mut self, node: NameAndType<'a>) {
        let name = node.name().syntax();
        let text = self.name_text(name);
        let ty = self.declared_type(node.kind(), false);
        if !text.is_empty() {
            let symbol = Symbol::Parameter(Variable::new(self.arena, text, ty));
            self.set(name, Info::named(symbol, ty));
        }
    }

    /// Brings what a name declares into scope.
    pub fn bring_into_scope(&mut self, name: Node<'a>) {
        if let Some(symbol) = self.symbol(name) {
            self.local_scope.add(self.arena, symbol);
        }
    }

    pub(super) fn function_body(&mut self, node: FunctionBody<'a>) {
        self.expressions(node.statements());
        if let Some(expression) = node.expression() {
            self.expression(expression);
        }
    }

    // Functions of the catalog.

    /// The stored function, or the function of a product, called `name`.
    pub(super) fn database_function(&mut self, name: &str) -> Option<&'a Function<'a>> {
        let catalog = self.catalog;
        if let Some(stored) = catalog.stored_function(name) {
            if let Some(known) = self.stored.get(stored.name) {
                return *known;
            }
            // Its own body may name it.
            self.stored.insert(stored.name, None);
            let index = catalog.stored_functions().iter().position(|other| other.name == stored.name)?;
            let count = catalog.stored_functions().len();
            let tree = self.arena.stored_tree(index, count, || {
                let body = stored.body.trim();
                let open = if body.starts_with('{') { "" } else { "{" };
                let close = if body.ends_with('}') { "" } else { "\n}" };
                let text = format!("let f = {}{open}{body}{close};", stored.parameters);
                parse(text).0
            })?;
            let declaration = tree.root().descendants().find_map(FunctionDeclaration::cast)?;
            let parameters = self.in_tree(tree, |binder| {
                binder.function_parameters(declaration.parameters());
                declaration
                    .parameters()
                    .parameters()
                    .iter()
                    .filter_map(|parameter| {
                        let name = parameter.name_and_type().name().syntax();
                        match binder.symbol(name) {
                            Some(Symbol::Parameter(symbol)) => Some(binder.user_parameter(parameter, symbol)),
                            _ => None,
                        }
                    })
                    .collect::<Vec<_>>()
            });
            let function = self.user_function(UserFunction {
                name: stored.name,
                parameters: self.arena.slice(&parameters),
                body: declaration.body().syntax(),
                view: false,
                stored: true,
                declared: None,
                scope: LocalScope::default(),
                facts: std::cell::Cell::new(None),
                expanding: std::cell::Cell::new(false),
            });
            self.stored.insert(stored.name, Some(function));
            return Some(function);
        }
        let product = catalog.product_function(name)?;
        Some(self.wrap(&product.function))
    }

    /// Binds parts of another tree, out of everything that is in scope here.
    fn in_tree<R>(&mut self, tree: &'a crate::kql::syntax::Tree, bind: impl FnOnce(&mut Self) -> R) -> R {
        let infos = std::mem::replace(&mut self.infos, vec![Info::default(); tree.node_count()]);
        let outer = std::mem::replace(&mut self.infos_of, tree);
        self.quiet += 1;
        let scope = std::mem::take(&mut self.local_scope);
        let place = (self.cluster, self.database);
        (self.cluster, self.database) = (self.home, self.workspace);
        let result = bind(self);
        (self.cluster, self.database) = place;
        self.local_scope = scope;
        self.quiet -= 1;
        self.infos_of = outer;
        self.infos = infos;
        result
    }

    // Calls.

    /// The type of a call of a function that is written in KQL.
    pub(super) fn user_call(
        &mut self,
        function: &'a UserFunction<'a>,
        args: &[Arg<'a>],
        location: Node<'a>,
    ) -> Type<'a> {
        let facts = function.facts.get();
        let keep = self.kept.is_some();
        if let Some(facts) = facts.filter(|facts| !facts.varies && !keep) {
            return facts.result;
        }
        if function.expanding.get() || self.expansions >= MAX_EXPANSIONS {
            return Type::Unknown;
        }
        let parameters = self.parameters_of(Signature::User(function), args);
        let values: Vec<Option<CallValue<'a>>> = function
            .parameters
            .iter()
            .map(|parameter| self.call_value(args, &parameters, parameter))
            .collect();
        let mut known = facts.and_then(|facts| facts.calls);
        while let Some(call) = known {
            let same = call.arguments.iter().zip(&values).all(|(a, b)| match (a, b) {
                (Some(a), Some(b)) => a.same(*b),
                (None, None) => true,
                _ => false,
            });
            if same && !keep {
                return call.result;
            }
            known = call.before;
        }
        self.expansions += 1;
        function.expanding.set(true);
        let scope = self.scope_of_call(function, args, &parameters);
        self.open_expansion();
        let (result, varies) = self.expand(function, scope);
        self.close_expansion(function, arguments_of(function, args, &parameters), location.id());
        function.expanding.set(false);
        let calls = self.arena.alloc(KnownCall {
            arguments: self.arena.slice(&values),
            result,
            before: facts.and_then(|facts| facts.calls),
        });
        function.facts.set(Some(BodyFacts { varies, result, calls: Some(calls) }));
        result
    }

    fn call_value(
        &self,
        args: &[Arg<'a>],
        parameters: &[Param<'a>],
        parameter: &'a UserParameter<'a>,
    ) -> Option<CallValue<'a>> {
        let index = parameters.iter().position(|given| given.is(Param::User(parameter)))?;
        let arg = args.get(index)?;
        if let Some(value) = arg.node.and_then(|node| self.literal_or_variable(node)) {
            return Some(CallValue::Value(value));
        }
        Some(match arg.ty {
            Type::Table(_) => CallValue::Table(arg.ty),
            ty => CallValue::Other(ty),
        })
    }

    /// The names in scope of a body: those of its declaration, and its parameters as variables.
    fn scope_of_call(
        &self,
        function: &'a UserFunction<'a>,
        args: &[Arg<'a>],
        parameters: &[Param<'a>],
    ) -> LocalScope<'a> {
        let mut scope = function.scope;
        for parameter in function.parameters {
            let given = parameters
                .iter()
                .position(|given| given.is(Param::User(parameter)))
                .and_then(|index| args.get(index));
            let variable = match given {
                Some(arg) => {
                    let ty = if parameter.ty.is_scalar() { parameter.ty } else { arg.ty };
                    let value = arg.node.and_then(|node| self.literal_or_variable(node));
                    let constant = arg.node.is_some_and(|node| {
                        let node = underlying(node);
                        self.is_literal(node)
                            || (node.kind() == NodeKind::NameReference && self.is_constant(node))
                    });
                    Variable { name: parameter.name, ty, constant, value, source: arg.node }
                }
                None => Variable {
                    name: parameter.name,
                    ty: parameter.ty,
                    constant: parameter.optional,
                    value: parameter.default,
                    source: None,
                },
            };
            scope.add(self.arena, Symbol::Variable(self.arena.alloc(variable)));
        }
        scope
    }

    /// Binds a body with `scope`; what is known of its nodes from its declaration stays.
    fn expand(&mut self, function: &'a UserFunction<'a>, scope: LocalScope<'a>) -> (Type<'a>, bool) {
        let body = FunctionBody::of_slot(function.body);
        let bind = |binder: &mut Self| {
            let row_scope = binder.row_scope.take();
            let right = binder.right_row_scope.take();
            let path = binder.path_scope.take();
            let implicit = binder.implicit_argument.take();
            let kind = std::mem::replace(&mut binder.scope_kind, ScopeKind::Normal);
            let common = std::mem::replace(&mut binder.common_columns_only, false);
            let suffix = std::mem::replace(&mut binder.column_suffix, 1);
            let depth = std::mem::replace(&mut binder.dynamic_depth, 0);
            let local = std::mem::replace(&mut binder.local_scope, scope);
            binder.quiet += 1;
            binder.function_body(body);
            binder.quiet -= 1;
            binder.keep_infos(body.syntax());
            let result = body.expression().and_then(|expression| binder.type_of(expression));
            let varies = binder.varies(function, result);
            binder.local_scope = local;
            binder.dynamic_depth = depth;
            binder.column_suffix = suffix;
            binder.common_columns_only = common;
            binder.scope_kind = kind;
            binder.implicit_argument = implicit;
            binder.path_scope = path;
            binder.right_row_scope = right;
            binder.row_scope = row_scope;
            (result.filter(|ty| !ty.is_error()).unwrap_or(Type::Unknown), varies)
        };
        let tree = function.body.tree();
        if !std::ptr::eq(tree, self.infos_of) {
            return self.in_tree(tree, bind);
        }
        let nodes: Vec<usize> = function.body.descendants().map(|node| node.id().index()).collect();
        let first = nodes.iter().min().copied().unwrap_or(0);
        let end = nodes.iter().max().map_or(0, |last| last + 1);
        let kept = self.infos.get(first..end).map(<[Info<'a>]>::to_vec).unwrap_or_default();
        let result = bind(self);
        if let Some(range) = self.infos.get_mut(first..end) {
            range.copy_from_slice(&kept);
        }
        result
    }

    /// Whether the type of a bound body's result hangs on the arguments.
    fn varies(&self, function: &'a UserFunction<'a>, result: Option<Type<'a>>) -> bool {
        let tabular = matches!(result, Some(Type::Table(_)));
        if tabular && function.parameters.iter().any(|parameter| parameter.ty.is_tabular()) {
            return true;
        }
        let names_parameter = |node: Node<'a>| {
            node.descendants().any(|node| match self.symbol(node) {
                Some(Symbol::Variable(variable)) => {
                    function.parameters.iter().any(|parameter| parameter.name == variable.name)
                }
                _ => false,
            })
        };
        function.body.descendants().any(|node| match node.kind() {
            NodeKind::FunctionCall => {
                let call = FunctionCall::of_slot(node);
                let called = self.symbol(node).and_then(Symbol::as_function);
                match called.map(|function| function.kind) {
                    Some(FunctionKind::Builtin(builtin)) => match builtin.name {
                        "table" => {
                            let qualified = node
                                .parent()
                                .and_then(PathExpression::cast)
                                .is_some_and(|path| path.selector() == node);
                            !qualified || names_parameter(call.arguments().syntax())
                        }
                        "external_table"
                        | "materialized_view"
                        | "entity_group"
                        | "stored_query_result"
                        | "database"
                        | "cluster"
                        | "graph" => names_parameter(call.arguments().syntax()),
                        _ => false,
                    },
                    Some(FunctionKind::User(user)) => {
                        tabular
                            && user.facts.get().is_some_and(|facts| facts.varies)
                            && names_parameter(call.arguments().syntax())
                    }
                    None => false,
                }
            }
            NodeKind::ProjectByNamesOperator => names_parameter(node),
            _ => false,
        })
    }
}
