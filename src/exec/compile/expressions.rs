//! Scalar expressions.

use std::sync::Arc;

use super::environment::Binding;
use super::{Assignment, Compiler, Scope, scalar_type};
use crate::catalog::ScalarType;
use crate::exec::expr::{AnyColumn, Expr, ExprKind, Membership};
use crate::exec::functions;
use crate::exec::operators::project::Project;
use crate::exec::relation::{Relation, RelationKind};
use crate::exec::table::Table;
use crate::exec::value::{Dynamic, Value};
use crate::kql::bind::{Arena, Symbol, Type, string_value};
use crate::kql::syntax::nodes::{
    ArgumentList, BetweenExpression, BinaryExpression, BracketedExpression, BracketedName, ElementExpression,
    FunctionCall, InExpression, LiteralExpression, OrderedExpression, ParenthesizedExpression,
    PathExpression, SimpleNamedExpression, ToScalarExpression, UnaryExpression,
};
use crate::kql::syntax::{Node, NodeKind, TokenKind, View};
use crate::text::TextRange;

impl<'c, 'a> Compiler<'c, 'a> {
    /// A scalar expression.
    pub(in crate::exec) fn expression(&mut self, node: Node<'a>, scope: &Scope<'c, 'a>) -> Expr {
        let expression = self.deeper(node.range(), |compiler| compiler.expression_part(node, scope));
        let expression = expression.unwrap_or_else(|| self.null(node.range()));
        if !matches!(expression.kind, ExprKind::Column { .. }) {
            self.note_condition(&expression, node);
        }
        expression
    }

    /// An expression that is asked whether it is true.
    pub(in crate::exec) fn condition(&mut self, node: Node<'a>, scope: &Scope<'c, 'a>) -> Expr {
        let expression = self.expression(node, scope);
        self.note_condition(&expression, node);
        expression
    }

    fn expression_part(&mut self, node: Node<'a>, scope: &Scope<'c, 'a>) -> Expr {
        use NodeKind as K;
        if let Some(literal) = self.literal(node) {
            return literal;
        }
        match node.kind() {
            K::NameReference => self.name(node, scope),
            K::ParenthesizedExpression => {
                self.expression(ParenthesizedExpression::of_slot(node).expression(), scope)
            }
            K::OrderedExpression => self.expression(OrderedExpression::of_slot(node).expression(), scope),
            K::SimpleNamedExpression => {
                self.expression(SimpleNamedExpression::of_slot(node).expression(), scope)
            }
            K::BinaryExpression => self.binary(BinaryExpression::of_slot(node), scope),
            K::UnaryExpression => {
                let unary = UnaryExpression::of_slot(node);
                let name = if unary.operator().kind() == TokenKind::Minus { "unary -" } else { "unary +" };
                self.operator(node, name, &[unary.expression()], scope)
            }
            K::BetweenExpression => {
                let between = BetweenExpression::of_slot(node);
                let negated = between.operator().text().starts_with('!');
                let operands = [between.left(), between.right().first(), between.right().second()];
                self.operator(node, if negated { "!between" } else { "between" }, &operands, scope)
            }
            K::InExpression => self.membership(InExpression::of_slot(node), scope),
            K::HasAnyExpression | K::HasAllExpression => {
                let name = if node.kind() == K::HasAnyExpression { "has_any" } else { "has_all" };
                self.has_several(node, name, scope)
            }
            K::FunctionCall => self.call(FunctionCall::of_slot(node), scope),
            K::PathExpression => self.path(PathExpression::of_slot(node), scope),
            K::ElementExpression => {
                let element = ElementExpression::of_slot(node);
                self.element(node, element.expression(), element.selector(), scope)
            }
            K::BracketedExpression => {
                // `['a column']`
                self.name(node, scope)
            }
            K::ToScalarExpression => self.scalar_of(ToScalarExpression::of_slot(node), scope),
            _ => {
                self.unsupported(node.range(), format!("`{}`", first_line(node.text())));
                self.null(node.range())
            }
        }
    }

    /// `toscalar(…)`: the first value of a query, or a value, computed once.
    fn scalar_of(&mut self, node: ToScalarExpression<'a>, scope: &Scope<'c, 'a>) -> Expr {
        let range = node.syntax().range();
        let ty = scalar_type(scope.sense.type_of(node.syntax()));
        let inner = node.expression();
        let tabular = scope.sense.type_of(inner).is_none_or(|ty| !ty.is_scalar_symbol());
        let relation = if tabular {
            self.table(inner, &mut scope.clone(), None)
        } else {
            let value = self.expression(inner, scope);
            if value.is_constant() {
                return Expr { ty: ty.or(value.ty), ..value };
            }
            let unit = Relation { kind: RelationKind::Rows(Arc::new(Table::unit())), range };
            unit.pipe(Project { columns: vec![Assignment::one("", value)] }, range)
        };
        Expr { kind: ExprKind::Scalar(relation.shared()), ty, range }
    }

    /// The type that the query alone gives an expression.
    pub(in crate::exec) fn type_of(&self, node: Node<'a>, scope: &Scope<'c, 'a>) -> Option<ScalarType> {
        scalar_type(scope.sense.type_of(node))
    }

    // Names.

    fn name(&mut self, node: Node<'a>, scope: &Scope<'c, 'a>) -> Expr {
        let name = name_text(node);
        match scope.sense.symbol(node) {
            Some(Symbol::Column(column)) => {
                if let Some(value) = self.outer_column(column, node.range()) {
                    return value;
                }
                Expr::column(column.name, scalar_type(Some(column.ty)), node.range())
            }
            Some(Symbol::Type(Type::Function(_))) => self.user_value(node, node, scope),
            _ => match scope.find(&name) {
                Some(binding) => self.bound_value(&binding, &name, node),
                None => {
                    self.unsupported(node.range(), format!("`{name}` as a value"));
                    self.null(node.range())
                }
            },
        }
    }

    /// The value that a name stands for.
    fn bound_value(&mut self, binding: &Binding<'c, 'a>, name: &str, node: Node<'a>) -> Expr {
        match binding {
            Binding::Node(lazy) => {
                if let Some(known) = &*lazy.value.borrow() {
                    return known.clone();
                }
                let tabular = lazy.scope.sense.type_of(lazy.node).is_some_and(Type::is_tabular);
                let value = if tabular {
                    let relation = self.bound_table(binding, name, node);
                    Expr {
                        kind: ExprKind::Values(relation),
                        ty: Some(ScalarType::Dynamic),
                        range: node.range(),
                    }
                } else {
                    self.expression(lazy.node, &lazy.scope)
                };
                lazy.value.replace(Some(value.clone()));
                value
            }
            Binding::Table(relation) => Expr {
                kind: ExprKind::Values(Arc::clone(relation)),
                ty: Some(ScalarType::Dynamic),
                range: node.range(),
            },
            Binding::Function(_) | Binding::Pattern(..) => {
                self.unsupported(node.range(), format!("the function `{name}` as a value"));
                self.null(node.range())
            }
        }
    }

    // Operators.

    fn binary(&mut self, node: BinaryExpression<'a>, scope: &Scope<'c, 'a>) -> Expr {
        let kind = node.operator().kind();
        if matches!(kind, TokenKind::AndKw | TokenKind::OrKw) {
            // A chain of hundreds leans to the left: no level of depth for each.
            let mut parts = vec![node.right()];
            let mut left = node.left();
            while let Some(inner) = BinaryExpression::cast(left)
                && inner.operator().kind() == kind
            {
                parts.push(inner.right());
                left = inner.left();
            }
            parts.push(left);
            let parts: Vec<Expr> = parts.into_iter().rev().map(|part| self.condition(part, scope)).collect();
            let kind = if kind == TokenKind::AndKw { ExprKind::And(parts) } else { ExprKind::Or(parts) };
            return Expr { kind, ty: Some(ScalarType::Bool), range: node.syntax().range() };
        }
        let name = node.operator().text().to_ascii_lowercase();
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if node.left().kind() == NodeKind::StarExpression {
            let right = self.expression(node.right(), scope);
            return self.any_column(&name, right, node.syntax().range());
        }
        self.operator(node.syntax(), &name, &[node.left(), node.right()], scope)
    }

    fn operator(&mut self, node: Node<'a>, name: &str, operands: &[Node<'a>], scope: &Scope<'c, 'a>) -> Expr {
        let arguments = operands.iter().map(|operand| self.expression(*operand, scope)).collect();
        self.applied(name, arguments, self.type_of(node, scope), node.range())
    }

    /// A function or operator applied to arguments, or a finding that it is not supported.
    pub(in crate::exec) fn applied(
        &mut self,
        name: &str,
        arguments: Vec<Expr>,
        ty: Option<ScalarType>,
        range: TextRange,
    ) -> Expr {
        match functions::find(name) {
            Some(function) => Expr::call(function, arguments, ty, range),
            None => {
                match functions::reason(name) {
                    Some(reason) => self.unsupported(range, format!("{name}: {reason}")),
                    None => self.unsupported(range, name),
                }
                self.null(range)
            }
        }
    }

    /// `* has "text"`: whether the test is true of any column.
    pub(in crate::exec) fn any_column(&mut self, test: &str, right: Expr, range: TextRange) -> Expr {
        let Some(test) = functions::find(test) else {
            self.unsupported(range, test);
            return self.null(range);
        };
        let kind = ExprKind::AnyColumn(Box::new(AnyColumn { test, right, columns: Vec::new() }));
        Expr { kind, ty: Some(ScalarType::Bool), range }
    }

    fn membership(&mut self, node: InExpression<'a>, scope: &Scope<'c, 'a>) -> Expr {
        let operator = node.operator().text().to_ascii_lowercase();
        let value = self.expression(node.left(), scope);
        let items = self.list(node.right(), scope);
        let mut member = Membership {
            value,
            items,
            fold: operator.ends_with('~'),
            negated: operator.starts_with('!'),
            known: None,
        };
        let constants: Option<Vec<&Value>> = member.items.iter().map(Expr::as_literal).collect();
        if let Some(constants) = constants {
            let mut keys = std::collections::HashSet::new();
            for constant in constants {
                match constant.as_dynamic() {
                    Some(Dynamic::Array(items)) => {
                        keys.extend(
                            items.iter().filter_map(Dynamic::scalar).map(|scalar| member.key(&scalar)),
                        );
                    }
                    _ => {
                        keys.insert(member.key(constant));
                    }
                }
            }
            member.known = Some(Arc::new(keys));
        }
        let range = node.syntax().range();
        Expr { kind: ExprKind::In(Box::new(member)), ty: Some(ScalarType::Bool), range }
    }

    /// `value has_any (items)`
    fn has_several(&mut self, node: Node<'a>, name: &str, scope: &Scope<'c, 'a>) -> Expr {
        let left = match node.node(0) {
            Some(left) => self.expression(left, scope),
            None => self.null(node.range()),
        };
        let mut arguments = vec![left];
        if let Some(list) = node.child_nodes().last().and_then(ArgumentList::cast) {
            arguments.extend(self.list(list, scope));
        }
        self.applied(name, arguments, Some(ScalarType::Bool), node.range())
    }

    /// The right side of `in` and the like: values, or the first column of a query.
    fn list(&mut self, list: ArgumentList<'a>, scope: &Scope<'c, 'a>) -> Vec<Expr> {
        list.expressions()
            .iter()
            .map(|item| {
                if scope.sense.type_of(item).is_some_and(Type::is_tabular) {
                    let relation = self.table(item, &mut scope.clone(), None).shared();
                    let ty = Some(ScalarType::Dynamic);
                    return Expr { kind: ExprKind::Values(relation), ty, range: item.range() };
                }
                self.expression(item, scope)
            })
            .collect()
    }

    // Dynamic values.

    /// `a.b`
    fn path(&mut self, path: PathExpression<'a>, scope: &Scope<'c, 'a>) -> Expr {
        let node = path.syntax();
        // `$left.a`, a step of `scan`, a node of a graph: the binder knows the column.
        if let Some(Symbol::Column(column)) = scope.sense.symbol(path.selector()) {
            let owner = name_text(path.expression());
            let name = match owner.as_str() {
                "$left" | "$right" => column.name.to_owned(),
                owner => format!("{owner}.{}", column.name),
            };
            return Expr::column(name, scalar_type(Some(column.ty)), node.range());
        }
        self.element(node, path.expression(), path.selector(), scope)
    }

    /// `a[b]`, `a.b`, `a.['b']`
    fn element(&mut self, node: Node<'a>, of: Node<'a>, selector: Node<'a>, scope: &Scope<'c, 'a>) -> Expr {
        let index = match BracketedExpression::cast(selector) {
            Some(bracketed) => self.expression(bracketed.expression(), scope),
            None => Expr::literal(Value::string(name_text(selector)), selector.range()),
        };
        let container = self.expression(of, scope);
        let ty = self.type_of(node, scope).or(Some(ScalarType::Dynamic));
        self.applied("[]", vec![container, index], ty, node.range())
    }
}

/// The text of a name: an identifier, the content of a bracketed one.
pub(in crate::exec) fn name_text(node: Node<'_>) -> String {
    match node.kind() {
        NodeKind::NameReference | NodeKind::NameDeclaration => {
            node.node(0).map(name_text).unwrap_or_default()
        }
        NodeKind::BracketedName => {
            BracketedName::cast(node).map(|name| name_text(name.name())).unwrap_or_default()
        }
        NodeKind::BracketedExpression => {
            BracketedExpression::cast(node).map(|name| name_text(name.expression())).unwrap_or_default()
        }
        NodeKind::LiteralExpression => {
            let token = LiteralExpression::of_slot(node).token();
            string_value(&Arena::new(), token.text()).to_owned()
        }
        NodeKind::TokenName => node.token(0).map(|token| token.text().to_owned()).unwrap_or_default(),
        _ => node.text().to_owned(),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
