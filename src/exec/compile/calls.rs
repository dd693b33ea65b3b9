//! Calls of functions.

use super::environment::Binding;
use super::expressions::name_text;
use super::{Compiler, Scope, special};
use crate::catalog::kql::FunctionClass;
use crate::exec::expr::Expr;
use crate::exec::operators::{aggregate, graph, window};
use crate::exec::relation::Relation;
use crate::kql::bind::symbols::FunctionKind;
use crate::kql::bind::{Expansion, Function, Sense, Symbol};
use crate::kql::syntax::nodes::{FunctionBody, FunctionCall, FunctionDeclaration, SimpleNamedExpression};
use crate::kql::syntax::{Node, View};

impl<'c, 'a> Compiler<'c, 'a> {
    /// A call that is a value.
    pub(super) fn call(&mut self, call: FunctionCall<'a>, scope: &Scope<'c, 'a>) -> Expr {
        let node = call.syntax();
        let name = call.name().syntax();
        let function = scope.sense.symbol(node).and_then(Symbol::as_function);
        let Some(builtin) = function.and_then(Function::builtin) else {
            return self.user_value(node, name, scope);
        };
        if builtin.class == FunctionClass::Aggregate && self.in_aggregation() {
            return aggregate::compile_call(self, call, builtin.name, scope);
        }
        if builtin.graph_only {
            return graph::compile_function(self, call, builtin.name, scope);
        }
        if window::is_window(builtin.name) {
            return window::compile_call(self, call, builtin.name, scope);
        }
        if let Some(compile) = special::find(builtin.name) {
            return compile(self, call, scope);
        }
        let arguments = self.arguments(call, scope);
        self.applied(builtin.name, arguments, self.type_of(node, scope), node.range())
    }

    /// The arguments of a call, names given to them left aside.
    pub(in crate::exec) fn arguments(&mut self, call: FunctionCall<'a>, scope: &Scope<'c, 'a>) -> Vec<Expr> {
        call.arguments().expressions().iter().map(|argument| self.expression(argument, scope)).collect()
    }

    /// A call of a function that is written in KQL, as a value.
    pub(super) fn user_value(&mut self, node: Node<'a>, name: Node<'a>, scope: &Scope<'c, 'a>) -> Expr {
        let Some((inner, result)) = self.enter(name, scope, None) else {
            self.unsupported(node.range(), name_text(name));
            return self.null(node.range());
        };
        match result {
            Some(result) => self.expression(result, &inner),
            None => self.null(node.range()),
        }
    }

    /// The rows of a view that the query declares; nothing where it takes arguments or is not declared yet.
    pub(in crate::exec) fn view(&mut self, view: &Function<'a>, scope: &Scope<'c, 'a>) -> Option<Relation> {
        let FunctionKind::User(function) = view.kind else { return None };
        let Some(Binding::Function(mut inner)) = scope.find(view.name) else { return None };
        if !function.view || !function.parameters.is_empty() {
            return None;
        }
        let body = FunctionBody::of_slot(function.body);
        for statement in body.statements().iter() {
            self.statement(statement, &mut inner);
        }
        Some(self.table(body.expression()?, &mut inner, None))
    }

    /// The scope inside the body of the function that `name` calls, and the expression that the body returns. `input` is
    /// what `invoke` hands over.
    pub(super) fn enter(
        &mut self,
        name: Node<'a>,
        scope: &Scope<'c, 'a>,
        input: Option<Binding<'c, 'a>>,
    ) -> Option<(Scope<'c, 'a>, Option<Node<'a>>)> {
        let (expansion, sense) = scope.sense.call(name)?;
        self.entered(expansion, sense, name, scope, input)
    }

    fn entered(
        &mut self,
        expansion: &'c Expansion<'a>,
        sense: Sense<'c, 'a>,
        name: Node<'a>,
        scope: &Scope<'c, 'a>,
        input: Option<Binding<'c, 'a>>,
    ) -> Option<(Scope<'c, 'a>, Option<Node<'a>>)> {
        let function = expansion.function;
        let mut inner = match scope.find(&name_text(name)) {
            Some(Binding::Function(declared)) => declared.with_sense(sense),
            _ => Scope::new(sense),
        };
        let declaration = function.body.parent().and_then(FunctionDeclaration::cast);
        let parameters = declaration.map(|declaration| declaration.parameters().parameters());
        let mut input = input;
        for (index, parameter) in function.parameters.iter().enumerate() {
            let argument = expansion.arguments.get(index).copied().flatten();
            if index == 0
                && let Some(input) = input.take()
            {
                inner.declare(parameter.name, input);
                continue;
            }
            match argument {
                Some(argument) => {
                    let argument =
                        SimpleNamedExpression::cast(argument).map_or(argument, |named| named.expression());
                    inner.declare_node(parameter.name, argument, scope.clone());
                }
                None => {
                    let default =
                        parameters.and_then(|list| list.get(index)).and_then(|parameter| parameter.default());
                    let default = default?.value();
                    inner.declare_node(parameter.name, default, Scope::new(sense));
                }
            }
        }
        let body = FunctionBody::of_slot(function.body);
        for statement in body.statements().iter() {
            self.statement(statement, &mut inner);
        }
        Some((inner, body.expression()))
    }
}
