//! The columns that an operator returns: which names they get, which replace others, which are left out.

use super::binder::Binder;
use super::result_columns::Projection;
use super::symbols::{Column, Function, Symbol};
use super::types::Type;
use crate::catalog::kql::ResultName;
use crate::kql::codes;
use crate::kql::syntax::nodes::{
    ArgumentList, BracketedExpression, CompoundNamedExpression, ElementExpression, FunctionCall,
    OrderedExpression, ParenthesizedExpression, PathExpression, SimpleNamedExpression,
};
use crate::kql::syntax::{Node, NodeKind, Separated, TokenKind, View};
use crate::text::TextRange;

/// How many steps of a path count for the name of its column.
const MAX_STEPS: u32 = 200;

/// How an operator treats the columns of its expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As `project`.
    Default,
    /// Columns of the same name are replaced: `extend`.
    Extend,
    /// Columns without a name are called `print_0` and so on.
    Print,
    /// Only `new = old` is allowed: `project-rename`.
    Rename,
    /// Columns of the same name are replaced, named ones too.
    Replace,
    /// Wildcards stand for their columns: `project-reorder`.
    Reorder,
    /// As `summarize`.
    Summarize,
    /// As the projection of a graph pattern.
    GraphMatch,
}

impl<'a> Binder<'a> {
    /// Projects each expression in turn.
    pub fn project_all(
        &mut self,
        expressions: Separated<'a, Node<'a>>,
        projection: &mut Projection<'a>,
        style: Style,
        once: bool,
    ) {
        for expression in expressions.iter() {
            self.project(expression, projection, style, once, None, None);
        }
    }

    /// Declares `column`, and reports its name where the query chose it before.
    pub fn declare(
        &mut self,
        projection: &mut Projection<'a>,
        column: &'a Column<'a>,
        place: TextRange,
        replace: bool,
    ) {
        if !projection.declare(self.arena, column, replace) {
            self.report_with_help(codes::DUPLICATE_COLUMN_DECLARATION, place, || {
                let help = format!("leave it out, or give it another name: `{}2 = …`", column.name);
                (format!("the column `{}` is declared a second time", column.name), Some(help))
            });
        }
    }

    /// Declares `column`, which the query calls so at `name`.
    fn declare_named(
        &mut self,
        projection: &mut Projection<'a>,
        column: &'a Column<'a>,
        name: Node<'a>,
        replace: bool,
    ) {
        self.declare(projection, column, name.range(), replace);
        self.set_declared(name, column);
    }

    /// Adds the columns of one expression to a projection. `ty` and `name` take the place of the expression's own type
    /// and, where it has none, name.
    pub fn project(
        &mut self,
        expression: Node<'a>,
        projection: &mut Projection<'a>,
        style: Style,
        once: bool,
        ty: Option<Type<'a>>,
        name: Option<&'a str>,
    ) {
        let ordered = OrderedExpression::cast(expression);
        let expression = ordered.map_or(expression, |ordered| ordered.expression());
        if style == Style::Rename {
            return self.project_rename(expression, projection);
        }
        match expression.kind() {
            NodeKind::SimpleNamedExpression => {
                let named = SimpleNamedExpression::of_slot(expression);
                self.project_named(named, projection, style, once, ty);
            }
            NodeKind::CompoundNamedExpression => {
                let named = CompoundNamedExpression::of_slot(expression);
                self.project_compound(named, projection, style, once, ty);
            }
            NodeKind::StarExpression => {
                for column in self.row_columns() {
                    projection.add(self.arena, column, None, true, once);
                }
            }
            NodeKind::FunctionCall if self.result_column(expression).is_none() => {
                self.project_call(FunctionCall::of_slot(expression), projection, style, once, ty, name);
            }
            _ => self.project_other(expression, ordered, projection, style, once, ty, name),
        }
    }

    fn project_rename(&mut self, expression: Node<'a>, projection: &mut Projection<'a>) {
        let Some(named) = SimpleNamedExpression::cast(expression) else {
            self.report_at(codes::RENAME_ASSIGNMENT_EXPECTED, expression, || {
                "a new name and the column it is for are expected: `New = Old`".to_owned()
            });
            return;
        };
        let Some(column) = self.column(named.expression()) else {
            self.report_column_expected(named.expression());
            return;
        };
        let new = self.name_text(named.name().syntax());
        match projection.rename(self.arena, column.name, new) {
            Ok(Some(column)) => self.set_declared(named.name().syntax(), column),
            Ok(None) => {}
            Err(()) => self.report_at(codes::DUPLICATE_COLUMN_DECLARATION, named.name().syntax(), || {
                format!("there is a column `{new}` already")
            }),
        }
    }

    fn project_named(
        &mut self,
        named: SimpleNamedExpression<'a>,
        projection: &mut Projection<'a>,
        style: Style,
        once: bool,
        ty: Option<Type<'a>>,
    ) {
        let arena = self.arena;
        let value = named.expression();
        let name_node = named.name().syntax();
        let name = self.name_text(name_node);
        if let Some(Type::Tuple(tuple)) = self.raw_type(value) {
            let Some((first, rest)) = tuple.columns.split_first() else { return };
            let column = Column::derived(arena, name, ty.unwrap_or(first.ty), &[*first]);
            self.declare_named(projection, column, name_node, true);
            if once {
                projection.leave_out(first);
            }
            if style != Style::Print {
                for column in rest {
                    self.add_tuple_column(value, column, projection, once);
                }
            }
            return;
        }
        let referenced = self.column(value);
        let own = match referenced {
            Some(column) => column.ty,
            None => self.type_or_error(value),
        };
        let column = Column::new(arena, name, ty.unwrap_or(own));
        let replace = referenced.is_some() || matches!(style, Style::Replace | Style::Extend);
        self.declare_named(projection, column, name_node, replace);
        if let Some(column) = referenced.filter(|_| once) {
            projection.leave_out(column);
        }
    }

    fn project_compound(
        &mut self,
        named: CompoundNamedExpression<'a>,
        projection: &mut Projection<'a>,
        style: Style,
        once: bool,
        ty: Option<Type<'a>>,
    ) {
        let arena = self.arena;
        let value = named.expression();
        let names = named.names().names();
        let replace = matches!(style, Style::Replace | Style::Extend);
        if let Some(Type::Tuple(tuple)) = self.raw_type(value) {
            for (index, column) in tuple.columns.iter().enumerate() {
                if let Some(name) = names.get(index) {
                    let text = self.name_text(name.syntax());
                    let declared = Column::derived(arena, text, ty.unwrap_or(column.ty), column.originals);
                    self.declare_named(projection, declared, name.syntax(), replace);
                    if once {
                        projection.leave_out(column);
                    }
                } else if style != Style::Print {
                    if self.symbol(value).and_then(Symbol::as_function).is_some() {
                        self.add_tuple_column(value, column, projection, once);
                    } else {
                        projection.add(arena, column, None, replace, once);
                    }
                }
            }
            for name in names.iter().skip(tuple.columns.len()) {
                self.report_at(codes::NAME_HAS_NO_CORRESPONDING_EXPRESSION, name.syntax(), || {
                    "there are more names than values".to_owned()
                });
            }
            return;
        }
        let Some(name) = names.get(0).filter(|_| names.len() == 1) else {
            self.report_at(codes::EXPRESSION_DOES_NOT_HAVE_MULTIPLE_VALUES, named.names().syntax(), || {
                "several names are given to one value".to_owned()
            });
            return;
        };
        let text = self.name_text(name.syntax());
        let referenced = self.column(value);
        let column = match referenced {
            Some(column) => Column::derived(arena, text, ty.unwrap_or(column.ty), &[column]),
            None => Column::new(arena, text, ty.unwrap_or_else(|| self.type_or_error(value))),
        };
        self.declare_named(projection, column, name.syntax(), replace || referenced.is_some());
        if let Some(column) = referenced.filter(|_| once) {
            projection.leave_out(column);
        }
    }

    /// Adds a column of a result that is a tuple, with the prefix of the function that returned it.
    fn add_tuple_column(
        &mut self,
        call: Node<'a>,
        column: &'a Column<'a>,
        projection: &mut Projection<'a>,
        once: bool,
    ) {
        let prefix = self
            .symbol(call)
            .and_then(Symbol::as_function)
            .and_then(Function::builtin)
            .and_then(|function| function.result_name.prefix());
        let column = match prefix {
            Some(prefix) => {
                let name = self.arena.concat(&[prefix, "_", column.name]);
                column.named(self.arena, name)
            }
            None => column,
        };
        let added = projection.add(self.arena, column, None, false, once);
        self.set_made(call, added);
    }

    fn project_call(
        &mut self,
        call: FunctionCall<'a>,
        projection: &mut Projection<'a>,
        style: Style,
        once: bool,
        ty: Option<Type<'a>>,
        name: Option<&'a str>,
    ) {
        let arena = self.arena;
        let node = call.syntax();
        let mut own = self.raw_type(node).unwrap_or(Type::Error);
        let tuple = if let Type::Tuple(tuple) = own { Some(tuple) } else { None };
        if let Some(name) = name.filter(|_| style == Style::Print)
            && tuple.is_none_or(|tuple| tuple.columns.len() == 1)
        {
            if let Some(tuple) = tuple {
                own = tuple.columns[0].ty;
            }
            let column = Column::new(arena, name, ty.unwrap_or(own));
            let added = projection.add(arena, column, Some(name), false, false);
            self.set_made(node, added);
            return;
        }
        if let Some(tuple) = tuple
            && self.symbol(node).and_then(Symbol::as_function).is_some()
        {
            for column in tuple.columns {
                self.add_tuple_column(node, column, projection, once);
            }
            return;
        }
        let name = self
            .call_result_name(call, None, true)
            .or(name)
            .unwrap_or_else(|| self.default_column_name(node, style == Style::Extend));
        let column = Column::new(arena, name, ty.unwrap_or(own));
        let replace = matches!(style, Style::Replace | Style::Extend);
        let added = projection.add(arena, column, None, replace, false);
        self.set_made(node, added);
    }

    #[expect(clippy::too_many_arguments, reason = "they are the parts of one projection")]
    fn project_other(
        &mut self,
        expression: Node<'a>,
        ordered: Option<OrderedExpression<'a>>,
        projection: &mut Projection<'a>,
        style: Style,
        once: bool,
        ty: Option<Type<'a>>,
        name: Option<&'a str>,
    ) {
        let arena = self.arena;
        let referenced = self.result_column(expression);
        if let Some(column) = referenced.filter(|_| style != Style::GraphMatch) {
            let declared = column.typed(arena, ty.unwrap_or(column.ty));
            self.declare(projection, declared, expression.range(), style == Style::Replace);
            if !std::ptr::eq(declared, column) {
                self.set_made(expression, declared);
            }
            if once {
                projection.leave_out(column);
            }
            return;
        }
        if let Some(Symbol::Type(Type::Group(members))) = self.symbol(expression)
            && style == Style::Reorder
        {
            let mut columns: Vec<&Column<'_>> =
                members.iter().filter_map(|member| member.as_column()).collect();
            order_columns(&mut columns, ordered);
            for column in columns {
                projection.add(arena, column, None, false, true);
            }
            return;
        }
        if let Some(Type::Group(_)) = self.type_of(expression) {
            self.report_at(codes::EXPRESSION_REFERS_TO_MORE_THAN_ONE_COLUMN, expression, || {
                "one column is expected, and this stands for several".to_owned()
            });
            return;
        }
        let own = || self.type_or_error(expression);
        let own = own();
        let own = if referenced.is_none() && !own.is_error() && !own.is_scalar() {
            self.report_scalar_expected(expression);
            Type::Unknown
        } else {
            own
        };
        if style == Style::GraphMatch {
            let text = self.graph_result_name(expression);
            let column = match referenced {
                Some(column) if text.trim().is_empty() => column,
                Some(column) => column.named(arena, text),
                None => Column::new(arena, text, ty.unwrap_or(own)),
            };
            let column = column.typed(arena, ty.unwrap_or(column.ty));
            let added = projection.add(arena, column, None, false, false);
            self.set_made(expression, added);
            return;
        }
        if let Some(name) = name.filter(|_| style == Style::Print) {
            let column = Column::new(arena, name, ty.unwrap_or(own));
            let added = projection.add(arena, column, Some(name), false, false);
            self.set_made(expression, added);
            return;
        }
        let name = self
            .result_name(expression)
            .or(name)
            .unwrap_or_else(|| self.default_column_name(expression, style == Style::Extend));
        let column = Column::new(arena, name, ty.unwrap_or(own));
        let replace = matches!(style, Style::Replace | Style::Extend);
        let added = projection.add(arena, column, None, replace, false);
        self.set_made(expression, added);
    }

    /// `Column1` and so on: the next that means nothing else.
    pub fn default_column_name(&mut self, location: Node<'a>, include_row_scope: bool) -> &'a str {
        loop {
            let name = self.arena.str(&format!("Column{}", self.column_suffix));
            self.column_suffix += 1;
            if !self.is_bound(name, location, include_row_scope) {
                return name;
            }
        }
    }

    /// The column that an expression stands for, where it is no more than a column.
    pub fn result_column(&self, expression: Node<'a>) -> Option<&'a Column<'a>> {
        let mut node = expression;
        while let Some(inner) = ParenthesizedExpression::cast(node) {
            node = inner.expression();
        }
        if let Some(column) = self.column(node) {
            return Some(column);
        }
        let call = FunctionCall::cast(node)?;
        let function = self.symbol(node)?.as_function()?.builtin()?;
        let converts = matches!(
            function.name,
            "tobool"
                | "todatetime"
                | "todecimal"
                | "todouble"
                | "todynamic"
                | "toguid"
                | "toint"
                | "tolong"
                | "toreal"
                | "tostring"
                | "totime"
                | "totimespan"
        );
        let arguments = call.arguments().expressions();
        let argument = arguments.get(0).filter(|_| converts && arguments.len() == 1)?;
        let column = self.column(argument)?;
        self.type_of(node)?.same(column.ty).then_some(column)
    }

    /// The column that an expression stands for, or a new one of its type. Its name is the given one, else the
    /// expression's own, else `default`.
    pub fn column_for(
        &mut self,
        expression: Node<'a>,
        name: Option<&'a str>,
        ty: Option<Type<'a>>,
        default: Option<&'a str>,
    ) -> &'a Column<'a> {
        let name = name.or_else(|| self.result_name(expression)).or(default);
        match self.result_column(expression) {
            Some(column) => match name {
                Some(name) if name != column.name => {
                    Column::derived(self.arena, name, ty.unwrap_or(column.ty), &[column])
                }
                _ => column,
            },
            None => {
                let ty = ty.unwrap_or_else(|| self.type_or_error(expression));
                Column::new(self.arena, name.unwrap_or(""), ty)
            }
        }
    }

    /// The name that a column gets from its expression.
    pub fn result_name(&self, expression: Node<'a>) -> Option<&'a str> {
        self.result_name_within(expression, MAX_STEPS)
    }

    fn result_name_within(&self, expression: Node<'a>, steps: u32) -> Option<&'a str> {
        match expression.kind() {
            NodeKind::ParenthesizedExpression => {
                self.result_name(ParenthesizedExpression::of_slot(expression).expression())
            }
            NodeKind::NameReference => Some(self.name_text(expression)),
            NodeKind::BracketedExpression => {
                let inner = BracketedExpression::of_slot(expression).expression();
                let named = matches!(
                    self.type_of(inner),
                    Some(Type::Scalar(
                        crate::catalog::ScalarType::String
                            | crate::catalog::ScalarType::Long
                            | crate::catalog::ScalarType::Int
                    ))
                );
                self.literal_value(inner).filter(|_| named).map(|value| value.text(self.arena))
            }
            NodeKind::PathExpression => {
                let path = PathExpression::of_slot(expression);
                self.path_name(path.expression(), path.selector(), steps)
            }
            NodeKind::ElementExpression => {
                let element = ElementExpression::of_slot(expression);
                self.path_name(element.expression(), element.selector(), steps)
            }
            NodeKind::OrderedExpression => {
                self.result_name(OrderedExpression::of_slot(expression).expression())
            }
            NodeKind::SimpleNamedExpression => {
                Some(self.name_text(SimpleNamedExpression::of_slot(expression).name().syntax()))
            }
            NodeKind::FunctionCall => self.call_result_name(FunctionCall::of_slot(expression), None, false),
            _ => None,
        }
    }

    fn path_name(&self, container: Node<'a>, selector: Node<'a>, steps: u32) -> Option<&'a str> {
        let right = self.result_name(selector);
        let dynamic =
            self.type_of(container).is_some_and(|ty| ty.is_dynamic_array_or_bag() || ty.is_unknown());
        if !dynamic {
            return right;
        }
        let Some(steps) = steps.checked_sub(1) else { return right };
        match self.result_name_within(container, steps).filter(|left| !left.trim().is_empty()) {
            Some(left) => Some(self.arena.concat(&[left, "_", right.unwrap_or("")])),
            None => right,
        }
    }

    /// The name that a column gets from a call; `columns` says whether the columns in scope count.
    pub fn call_result_name(
        &self,
        call: FunctionCall<'a>,
        default: Option<&'a str>,
        columns: bool,
    ) -> Option<&'a str> {
        let function = self.symbol(call.syntax()).and_then(Symbol::as_function);
        let Some(function) = function.and_then(Function::builtin) else { return default };
        let arguments = call.arguments().expressions();
        let first = arguments.get(0);
        let of = |argument: Node<'a>| self.result_name(argument).or(default);
        let prefixed = |prefix: &str, argument: Node<'a>| {
            Some(self.arena.concat(&[prefix, "_", of(argument).unwrap_or("")]))
        };
        match function.result_name {
            ResultName::NameAndFirstArgument | ResultName::PrefixAndFirstArgument(_) => {
                let prefix = function.result_name.prefix().unwrap_or(function.name);
                match first {
                    Some(argument) => prefixed(prefix, argument),
                    None => Some(self.arena.concat(&[prefix, "_"])),
                }
            }
            ResultName::NameAndOnlyArgument | ResultName::PrefixAndOnlyArgument(_) => {
                let prefix = function.result_name.prefix().unwrap_or(function.name);
                first.filter(|_| arguments.len() == 1).map_or(default, |argument| prefixed(prefix, argument))
            }
            ResultName::FirstArgumentValueIfColumn => {
                let Some(super::symbols::Value::String(name)) =
                    first.and_then(|argument| self.constant_value(argument))
                else {
                    return default;
                };
                let known = columns && self.row_scope.is_some_and(|table| table.column(name).is_some());
                if known { Some(name) } else { default }
            }
            ResultName::FirstArgument => first.and_then(of),
            ResultName::PrefixOnly(prefix) => Some(prefix),
            ResultName::OnlyArgument => first.filter(|_| arguments.len() == 1).map_or(default, of),
            ResultName::None(_) => default,
        }
    }

    /// The name that a column gets from its expression in the projection of a graph pattern.
    pub fn graph_result_name(&self, expression: Node<'a>) -> &'a str {
        self.graph_name_within(expression, MAX_STEPS)
    }

    fn graph_name_within(&self, expression: Node<'a>, steps: u32) -> &'a str {
        let (container, selector) = match expression.kind() {
            NodeKind::PathExpression => {
                let path = PathExpression::of_slot(expression);
                (path.expression(), path.selector())
            }
            NodeKind::ElementExpression => {
                let element = ElementExpression::of_slot(expression);
                (element.expression(), element.selector())
            }
            _ => return self.result_name(expression).unwrap_or(""),
        };
        let left = match container.kind() {
            NodeKind::PathExpression | NodeKind::ElementExpression => {
                steps.checked_sub(1).map_or("", |steps| self.graph_name_within(container, steps))
            }
            _ => self.result_name(container).unwrap_or(""),
        };
        let right = self.result_name(selector).unwrap_or("");
        if left.trim().is_empty() { right } else { self.arena.concat(&[left, "_", right]) }
    }

    /// The arguments of a call.
    pub fn arguments(&self, list: ArgumentList<'a>) -> Vec<Node<'a>> {
        list.expressions().iter().collect()
    }
}

/// Puts the columns of a wildcard in the order that the query asks for.
fn order_columns(columns: &mut [&Column<'_>], ordered: Option<OrderedExpression<'_>>) {
    let Some(direction) = ordered.and_then(|ordered| ordered.ordering().direction()) else { return };
    let key = |column: &&Column<'_>| column.name.to_uppercase();
    match direction.kind() {
        TokenKind::AscKw => columns.sort_by_cached_key(key),
        TokenKind::DescKw => {
            columns.sort_by_key(|column| std::cmp::Reverse(key(column)));
        }
        TokenKind::GrannyAscKw => columns.sort_by(|a, b| natural_order(a.name, b.name)),
        TokenKind::GrannyDescKw => columns.sort_by(|a, b| natural_order(b.name, a.name)),
        _ => {}
    }
}

/// Compares texts, runs of digits by their number and letters without case.
fn natural_order(a: &str, b: &str) -> std::cmp::Ordering {
    let split = |text: &str| -> Vec<(String, u128)> {
        let mut parts: Vec<(String, u128)> = Vec::new();
        let mut digits = false;
        for c in text.chars() {
            let digit = c.to_digit(10);
            if parts.is_empty() || digit.is_some() != digits {
                parts.push((String::new(), 0));
            }
            digits = digit.is_some();
            if let Some((text, number)) = parts.last_mut() {
                match digit {
                    Some(digit) => *number = number.saturating_mul(10).saturating_add(digit.into()),
                    None => text.extend(c.to_uppercase()),
                }
            }
        }
        parts
    };
    split(a).cmp(&split(b))
}
