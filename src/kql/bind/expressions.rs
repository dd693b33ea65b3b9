//! Expressions other than calls.

use super::binder::{Binder, Info};
use super::names;
use super::operators;
use super::scope::ScopeKind;
use super::statements;
use super::symbols::{Column, EntityGroup, Symbol, Table, Tuple, Value};
use super::types::{self, Conversion, Type};
use crate::catalog::ScalarType;
use crate::kql::codes;
use crate::kql::syntax::nodes;
use crate::kql::syntax::operator_parameters as parameters;
use crate::kql::syntax::{Node, NodeKind, Separated, TokenKind, View};

impl<'a> Binder<'a> {
    /// Binds the nodes of a list.
    pub fn expressions(&mut self, list: Separated<'a, Node<'a>>) {
        for node in list.iter() {
            self.expression(node);
        }
    }

    /// Binds the nodes below `node`.
    pub fn children(&mut self, node: Node<'a>) {
        for child in node.child_nodes() {
            self.expression(child);
        }
    }

    /// Binds a node: an expression, an operator, a clause of one, a statement.
    pub fn expression(&mut self, node: Node<'a>) {
        use NodeKind as K;
        match node.kind() {
            K::LiteralExpression => self.literal(nodes::LiteralExpression::of_slot(node)),
            K::CompoundStringLiteral => self.set(node, Info::constant(Type::STRING)),
            K::NameReference => self.name_reference(nodes::NameReference::of_slot(node)),
            K::BinaryExpression | K::PipeExpression | K::PathExpression | K::ElementExpression => {
                self.left_spine(node);
            }
            K::FunctionCall => self.call(nodes::FunctionCall::of_slot(node)),
            K::OrderedExpression => {
                let inner = nodes::OrderedExpression::of_slot(node).expression();
                self.expression(inner);
                self.copy_info(node, inner);
            }
            K::BracketedExpression => self.bracketed(nodes::BracketedExpression::of_slot(node)),
            K::ParenthesizedExpression => {
                let inner = nodes::ParenthesizedExpression::of_slot(node).expression();
                let outer = self.path_scope.take();
                self.expression(inner);
                self.path_scope = outer;
                self.set(node, Info::of(self.type_or_error(inner)));
            }
            K::InExpression => {
                let node = nodes::InExpression::of_slot(node);
                self.membership(node.syntax(), node.left(), node.operator(), node.right());
            }
            K::HasAnyExpression => {
                let node = nodes::HasAnyExpression::of_slot(node);
                self.membership(node.syntax(), node.left(), node.operator(), node.right());
            }
            K::HasAllExpression => {
                let node = nodes::HasAllExpression::of_slot(node);
                self.membership(node.syntax(), node.left(), node.operator(), node.right());
            }
            K::BetweenExpression => {
                let between = nodes::BetweenExpression::of_slot(node);
                let arguments = [between.left(), between.right().first(), between.right().second()];
                for argument in arguments {
                    self.expression(argument);
                }
                let operator = between.operator();
                let name = if operator.text().starts_with('!') { "NotBetween" } else { "Between" };
                self.operator(node, name, &arguments, operator.range(), false);
            }
            K::UnaryExpression => {
                let unary = nodes::UnaryExpression::of_slot(node);
                self.expression(unary.expression());
                let minus = unary.operator().kind() == TokenKind::Minus;
                let name = if minus { "UnaryMinus" } else { "UnaryPlus" };
                self.operator(node, name, &[unary.expression()], unary.operator().range(), true);
            }
            K::StarExpression => self.star(node),
            K::SimpleNamedExpression => {
                let value = nodes::SimpleNamedExpression::of_slot(node).expression();
                self.expression(value);
                self.set(node, Info::of(self.type_or_error(value)));
            }
            K::CompoundNamedExpression => {
                let value = nodes::CompoundNamedExpression::of_slot(node).expression();
                self.expression(value);
                self.set(node, Info::of(self.type_or_error(value)));
            }
            K::DynamicExpression
            | K::JsonObject
            | K::JsonArray
            | K::TypeOfExpression
            | K::PrimitiveType
            | K::SchemaType => self.literal_shape(node),
            K::ToScalarExpression => self.scalar_of_table(nodes::ToScalarExpression::of_slot(node)),
            K::ToTableExpression => self.table_of_value(nodes::ToTableExpression::of_slot(node)),
            K::MaterializeExpression => {
                let inner = nodes::MaterializeExpression::of_slot(node).expression();
                self.expression(inner);
                self.check_tabular_or_graph(inner);
                self.set(node, Info::of(self.type_or_error(inner)));
            }
            K::DataScopeExpression => {
                let inner = nodes::DataScopeExpression::of_slot(node).expression();
                self.expression(inner);
                self.check_tabular(inner);
                self.set(node, Info::of(self.type_or_error(inner)));
            }
            K::TypedColumnReference => {
                let typed = nodes::TypedColumnReference::of_slot(node);
                self.children(node);
                self.set(node, Info::of(self.type_or_error(typed.column().syntax())));
            }
            K::Directive => self.directive(nodes::Directive::of_slot(node)),
            K::EntityGroup => self.entity_group(nodes::EntityGroup::of_slot(node)),
            K::DataTableExpression => self.data_table(nodes::DataTableExpression::of_slot(node)),
            K::InlineExternalTable => {
                operators::inline_table::bind_inline(self, nodes::InlineExternalTable::of_slot(node));
            }
            K::ContextualDataTable => {
                operators::inline_table::bind_contextual(self, nodes::ContextualDataTable::of_slot(node));
            }
            K::ExternalDataExpression => self.external_data(nodes::ExternalDataExpression::of_slot(node)),
            K::RowSchema => self.declare_columns(nodes::RowSchema::of_slot(node).columns()),
            K::EvaluateRowSchema => self.declare_columns(nodes::EvaluateRowSchema::of_slot(node).columns()),
            K::NameDeclaration
            | K::TokenName
            | K::BracketedName
            | K::BracedName
            | K::WildcardedName
            | K::BracketedWildcardedName
            | K::SkippedTokens
            | K::Placeholder => {}
            kind if names::is_operator(kind) => operators::bind(self, node),
            kind if statements::is_statement(kind) => self.statement(node),
            _ => self.children(node),
        }
    }

    /// A chain of pipes, binary operators or steps of a path, from its innermost left side out.
    fn left_spine(&mut self, node: Node<'a>) {
        let mut spine = vec![node];
        let mut left = node.node(0);
        while let Some(node) = left
            && is_left_recursive(node.kind())
        {
            spine.push(node);
            left = node.node(0);
        }
        // A fuzzy union behind a pipe makes everything before it fuzzy.
        let outer = self.fuzzy;
        let fuzzy: Vec<bool> = spine
            .iter()
            .map(|node| {
                if let Some(union) = nodes::PipeExpression::cast(*node)
                    .and_then(|pipe| nodes::UnionOperator::cast(pipe.operator()))
                    && let Some(Value::Bool(fuzzy)) =
                        self.parameter_value(union.parameters(), &["isfuzzy", "__isFuzzy"])
                {
                    let before = self.fuzzy;
                    self.fuzzy = fuzzy;
                    return before;
                }
                self.fuzzy
            })
            .collect();
        if let Some(left) = left {
            self.expression(left);
        }
        for (node, fuzzy) in spine.into_iter().zip(fuzzy).rev() {
            self.fuzzy = fuzzy;
            match node.kind() {
                NodeKind::PipeExpression => self.pipe(nodes::PipeExpression::of_slot(node)),
                NodeKind::PathExpression => self.path(nodes::PathExpression::of_slot(node)),
                NodeKind::ElementExpression => {
                    let selector = nodes::ElementExpression::of_slot(node).selector();
                    self.expression(selector);
                    self.copy_info(node, selector);
                }
                _ => self.binary(nodes::BinaryExpression::of_slot(node)),
            }
        }
        self.fuzzy = outer;
    }

    /// The operator behind a pipe whose left side is bound.
    fn pipe(&mut self, pipe: nodes::PipeExpression<'a>) {
        let input = self.table_of(pipe.expression());
        self.in_row_scope(input, |binder| {
            binder.in_scope_kind(ScopeKind::Normal, |binder| binder.expression(pipe.operator()));
        });
        self.set(pipe.syntax(), Info::of(self.type_or_error(pipe.operator())));
    }

    /// A binary operator whose left side is bound.
    fn binary(&mut self, node: nodes::BinaryExpression<'a>) {
        self.expression(node.right());
        self.binary_result(node);
    }

    /// The result of a binary operator both of whose sides are bound.
    pub(super) fn binary_result(&mut self, node: nodes::BinaryExpression<'a>) {
        let operator = node.operator();
        let name = binary_operator(operator.kind(), operator.text());
        self.operator(node.syntax(), name, &[node.left(), node.right()], operator.range(), true);
    }

    fn membership(
        &mut self,
        node: Node<'a>,
        left: Node<'a>,
        operator: crate::kql::syntax::Token<'a>,
        right: nodes::ArgumentList<'a>,
    ) {
        self.expression(left);
        let mut arguments = vec![left];
        for argument in right.expressions().iter() {
            self.expression(argument);
            arguments.push(argument);
        }
        let name = match operator.text().to_ascii_lowercase().as_str() {
            "in~" => "InCs",
            "!in" => "NotIn",
            "!in~" => "NotInCs",
            "has_any" => "HasAny",
            "has_all" => "HasAll",
            _ => "In",
        };
        self.operator(node, name, &arguments, operator.range(), false);
    }

    /// A step of a path whose left side is bound.
    fn path(&mut self, path: nodes::PathExpression<'a>) {
        let selector = path.selector();
        if selector.kind() == NodeKind::BracketedExpression {
            self.expression(selector);
        } else {
            let scope = self.type_or_error(path.expression());
            let outer = self.path_scope.replace(scope);
            self.expression(selector);
            self.path_scope = outer;
        }
        self.copy_info(path.syntax(), selector);
    }

    fn copy_info(&mut self, node: Node<'a>, from: Node<'a>) {
        let ty = self.type_or_error(from);
        self.set(node, Info { symbol: self.symbol(from), ty: Some(ty), constant: false });
    }

    fn bracketed(&mut self, node: nodes::BracketedExpression<'a>) {
        let inner = node.expression();
        self.expression(inner);
        let container = node.syntax().parent().and_then(|parent| match parent.kind() {
            NodeKind::ElementExpression => {
                let element = nodes::ElementExpression::of_slot(parent);
                (element.selector() == node.syntax()).then(|| element.expression())
            }
            NodeKind::PathExpression => {
                let path = nodes::PathExpression::of_slot(parent);
                (path.selector() == node.syntax()).then(|| path.expression())
            }
            _ => None,
        });
        let index = self.type_or_error(inner);
        let info = match container {
            Some(container) => self.element(container, node),
            None if index.is_error() => Info::error(),
            None if !index.same(Type::STRING) => {
                self.report_at(codes::TYPE_REQUIRED, inner, || {
                    "a name in brackets is written as a string: `['name']`".to_owned()
                });
                Info::error()
            }
            None => match self.string_value(inner) {
                Some(name) => self.bind_name(name, inner).unwrap_or_else(Info::error),
                None => {
                    self.report_at(codes::MUST_BE_LITERAL, inner, || "a literal is expected here".to_owned());
                    Info::error()
                }
            },
        };
        self.set(node.syntax(), info);
    }

    /// `container[selector]`
    fn element(&mut self, container: Node<'a>, selector: nodes::BracketedExpression<'a>) -> Info<'a> {
        let inner = selector.expression();
        let index = self.type_or_error(inner);
        let container = self.type_or_error(container);
        if index.is_error() || container.is_error() {
            return Info::error();
        }
        match container {
            Type::Array(element) => {
                if !index.is_integer_or_dynamic() {
                    self.report_at(codes::TYPE_REQUIRED, inner, || {
                        "an element of an array is chosen by an integer".to_owned()
                    });
                }
                Info::of(element.to_dynamic())
            }
            Type::Bag(properties) => {
                if !index.is_string_or_dynamic() {
                    self.report_at(codes::TYPE_REQUIRED, inner, || {
                        "a property of a bag is chosen by a string".to_owned()
                    });
                    return Info::of(Type::DYNAMIC);
                }
                let property = match self.constant_value(inner) {
                    Some(Value::String(name)) => {
                        properties.iter().rev().find(|property| property.name == name)
                    }
                    _ => None,
                };
                Info::of(property.map_or(Type::DYNAMIC, |property| property.ty.to_dynamic()))
            }
            Type::Scalar(ScalarType::Dynamic) => {
                if !index.is_string_or_dynamic() && !index.is_integer_or_dynamic() {
                    self.report_at(codes::TYPE_REQUIRED, inner, || {
                        "a part of a dynamic value is chosen by an integer or a string".to_owned()
                    });
                }
                Info::of(Type::DYNAMIC)
            }
            Type::Tuple(tuple) => {
                let at = match self.constant_value(inner).filter(|_| index.is_integer()) {
                    Some(Value::Long(at)) => usize::try_from(at).ok(),
                    _ => None,
                };
                match at.and_then(|at| tuple.columns.get(at)) {
                    Some(column) => Info::named(Symbol::Column(column), column.ty),
                    None => Info::of(Type::Unknown),
                }
            }
            Type::Unknown => Info::of(Type::Unknown),
            _ => {
                self.report_with_help(
                    codes::THE_ELEMENT_ACCESS_OPERATOR_IS_NOT_ALLOWED_IN_THIS_CONTEXT,
                    selector.syntax().range(),
                    || {
                        let what = container.describe();
                        let text = container.same(Type::STRING);
                        let help =
                            text.then(|| "text that holds JSON is read by `parse_json(…)[…]`".to_owned());
                        (format!("`[…]` takes a part of a dynamic value, and this is {what}"), help)
                    },
                );
                Info::error()
            }
        }
    }

    fn star(&mut self, node: Node<'a>) {
        let Some(parent) = node.parent() else { return };
        if parent.kind() == NodeKind::List
            && let Some(list) = parent.parent().filter(|list| list.kind() == NodeKind::ArgumentList)
            && list.parent().is_some_and(|call| call.kind() == NodeKind::FunctionCall)
        {
            let columns = self.row_columns();
            let members: Vec<Symbol<'_>> = columns.iter().map(|column| Symbol::Column(column)).collect();
            let symbol = Symbol::Type(Type::Group(self.arena.slice(&members)));
            let ty = Type::Tuple(self.arena.alloc(Tuple { columns, table: None }));
            self.set(node, Info::named(symbol, ty));
        } else if nodes::BinaryExpression::cast(parent).is_some_and(|binary| binary.left() == node) {
            self.set(node, Info::of(Type::DYNAMIC));
        }
    }

    fn literal_shape(&mut self, node: Node<'a>) {
        let arena = self.arena;
        match node.kind() {
            NodeKind::DynamicExpression => {
                let value = nodes::DynamicExpression::of_slot(node).value();
                self.dynamic_depth += 1;
                self.expression(value);
                self.dynamic_depth -= 1;
                let ty = self.raw_type(value).unwrap_or(Type::DYNAMIC);
                self.set(node, Info::constant(ty.to_dynamic()));
            }
            NodeKind::JsonObject => {
                let pairs = nodes::JsonObject::of_slot(node).pairs();
                let mut properties = Vec::new();
                for pair in pairs.iter() {
                    self.expression(pair.value());
                    let name = super::literals::string_value(arena, pair.name().text());
                    let ty = self.type_of(pair.value()).unwrap_or(Type::Unknown);
                    properties.push(Column::new(arena, name, ty));
                }
                self.set(node, Info::of(Type::Bag(arena.slice(&properties))));
            }
            NodeKind::JsonArray => {
                let values = nodes::JsonArray::of_slot(node).values();
                self.expressions(values);
                let mut common = None;
                let mut fits = true;
                for value in values.iter() {
                    let next = types::common_pair(arena, common, self.type_of(value), Conversion::None);
                    fits &= next.is_some();
                    if !fits {
                        break;
                    }
                    common = next;
                }
                let element = common.filter(|_| fits);
                self.set(node, Info::of(element.map_or(Type::ARRAY, |element| element.array_of(arena))));
            }
            NodeKind::TypeOfExpression => self.type_of_literal(nodes::TypeOfExpression::of_slot(node)),
            _ => {
                let ty = self.declared_type(node, true);
                self.set(node, Info::named(Symbol::Type(ty), Type::Void));
            }
        }
    }

    fn type_of_literal(&mut self, node: nodes::TypeOfExpression<'a>) {
        let arena = self.arena;
        let types = node.types();
        let single = types.get(0).filter(|ty| types.len() == 1 && ty.kind() == NodeKind::PrimitiveType);
        let ty = if let Some(primitive) = single {
            self.declared_type(primitive, true)
        } else {
            let mut columns: Vec<&Column<'_>> = Vec::new();
            for element in types.iter() {
                match element.kind() {
                    NodeKind::StarExpression if self.row_scope.is_some() => {
                        columns.extend(self.row_columns());
                    }
                    NodeKind::StarExpression => {
                        self.report_at(codes::NO_COLUMNS_IN_SCOPE, element, || {
                            "there are no columns here for `*` to stand for".to_owned()
                        });
                    }
                    NodeKind::NameAndType => {
                        let declaration = nodes::NameAndType::of_slot(element);
                        let ty = self.declared_type(declaration.kind(), true);
                        let name = self.name_text(declaration.name().syntax());
                        columns.push(Column::new(arena, name, ty));
                    }
                    _ => self.report_at(codes::INVALID_COLUMN_DECLARATION, element, || {
                        "a column is declared as `name: type`".to_owned()
                    }),
                }
            }
            Type::Table(Table::new(arena, arena.slice(&columns)))
        };
        self.set(
            node.syntax(),
            Info { symbol: Some(Symbol::Type(ty)), ty: Some(Type::TypeLiteral), constant: true },
        );
    }

    /// The type that a type expression names.
    pub fn declared_type(&mut self, node: Node<'a>, report: bool) -> Type<'a> {
        let arena = self.arena;
        match node.kind() {
            NodeKind::PrimitiveType => {
                let token = nodes::PrimitiveType::of_slot(node).name();
                match token.text() {
                    "type" => Type::TypeLiteral,
                    "null" => Type::Null,
                    // A word of the language that is no type of values: the parser reports it.
                    "graph" => Type::Error,
                    text => match ScalarType::from_name(text) {
                        Some(scalar) => Type::Scalar(scalar),
                        None => {
                            if report && !token.is_missing() {
                                self.report(codes::INVALID_TYPE_NAME, token.range(), || {
                                    format!("there is no type `{text}`")
                                });
                            }
                            Type::Error
                        }
                    },
                }
            }
            NodeKind::SchemaType => {
                let columns = nodes::SchemaType::of_slot(node).columns();
                let nested = node.parent().is_some_and(|parent| parent.kind() == NodeKind::NameAndType);
                if columns.is_empty() && nested && report {
                    self.report_at(codes::COLUMN_DECLARATION_EXPECTED, node, || {
                        "columns are expected here: `(name: type)`, or `(*)` for any".to_owned()
                    });
                } else if columns.len() == 1
                    && columns.get(0).is_some_and(|only| only.kind() == NodeKind::StarExpression)
                {
                    return Type::Table(Table::new(arena, &[]));
                }
                let mut found = Vec::new();
                for element in columns.iter().filter(|element| !element.is_missing()) {
                    let Some(declaration) = nodes::NameAndType::cast(element) else {
                        if report {
                            self.report_at(codes::INVALID_COLUMN_DECLARATION, element, || {
                                "a column is declared as `name: type`".to_owned()
                            });
                        }
                        continue;
                    };
                    let ty = self.declared_type(declaration.kind(), report);
                    let name = declaration.name().syntax();
                    let column = Column::new(arena, self.name_text(name), ty);
                    self.set_declared(name, column);
                    found.push(column);
                }
                Type::Table(Table::new(arena, arena.slice(&found)))
            }
            _ => {
                if report {
                    self.report_at(codes::INVALID_TYPE_EXPRESSION, node, || {
                        "a type is expected here".to_owned()
                    });
                }
                Type::Error
            }
        }
    }

    fn scalar_of_table(&mut self, node: nodes::ToScalarExpression<'a>) {
        self.kind_parameter(node.kind());
        let inner = node.expression();
        self.in_row_scope(None, |binder| binder.expression(inner));
        self.check_kind_parameter(node.kind(), parameters::TO_SCALAR_KIND);
        let ty = match self.type_of(inner) {
            Some(Type::Table(table)) => match table.columns().first() {
                Some(column) => column.ty,
                None => {
                    self.report_at(codes::TABLE_HAS_NO_COLUMNS, inner, || {
                        "the table has no columns to take a value from".to_owned()
                    });
                    Type::Error
                }
            },
            Some(ty) if ty.is_scalar_symbol() => ty,
            _ => {
                self.report_at(codes::TABLE_OR_SCALAR_EXPECTED, inner, || {
                    "a table or a scalar is expected here".to_owned()
                });
                Type::Error
            }
        };
        self.set(node.syntax(), Info::constant(ty));
    }

    fn table_of_value(&mut self, node: nodes::ToTableExpression<'a>) {
        self.kind_parameter(node.kind());
        let inner = node.expression();
        self.in_row_scope(None, |binder| binder.expression(inner));
        self.check_kind_parameter(node.kind(), parameters::TO_TABLE_KIND);
        let ty = if self.check_tabular(inner) { self.type_or_error(inner) } else { Type::Error };
        self.set(node.syntax(), Info::of(ty));
    }

    fn kind_parameter(&mut self, kind: Option<nodes::NamedParameter<'a>>) {
        if let Some(kind) = kind {
            self.named_parameter(kind);
        }
    }

    fn check_kind_parameter(
        &mut self,
        kind: Option<nodes::NamedParameter<'a>>,
        known: &[parameters::Parameter],
    ) {
        if let (Some(kind), Some(known)) = (kind, known.first()) {
            self.check_parameter(kind, known);
        }
    }

    fn entity_group(&mut self, node: nodes::EntityGroup<'a>) {
        self.expressions(node.entities());
        if node.entities().is_empty() {
            self.report(codes::CLUSTER_DATABASE_OR_TABLE_EXPECTED, node.open().range(), || {
                "an entity group needs clusters, databases or tables".to_owned()
            });
            self.set(node.syntax(), Info::error());
            return;
        }
        let mut members: Vec<Type<'_>> = Vec::new();
        for entity in node.entities().iter() {
            let ty = self.type_or_error(entity);
            let (fits, code) = match (members.first(), ty) {
                (None, Type::Cluster(_) | Type::Database(_) | Type::Table(_))
                | (Some(Type::Cluster(_)), Type::Cluster(_))
                | (Some(Type::Database(_)), Type::Database(_))
                | (Some(Type::Table(_)), Type::Table(_)) => (true, codes::CLUSTER_DATABASE_OR_TABLE_EXPECTED),
                (Some(Type::Cluster(_)), _) => (false, codes::CLUSTER_EXPECTED),
                (Some(Type::Database(_)), _) => (false, codes::DATABASE_EXPECTED),
                (Some(Type::Table(_)), _) => (false, codes::TABLE_EXPECTED),
                _ => (false, codes::CLUSTER_DATABASE_OR_TABLE_EXPECTED),
            };
            if fits {
                members.push(ty);
            } else {
                self.report_at(code, entity, || {
                    "the members of an entity group are all clusters, all databases or all tables".to_owned()
                });
            }
        }
        let name = self.let_name(node.syntax());
        let group = self.arena.alloc(EntityGroup { name, members: self.arena.slice(&members) });
        self.set(node.syntax(), Info::of(Type::EntityGroup(group)));
    }

    /// The name that a let statement gives the expression.
    pub(super) fn let_name(&self, expression: Node<'a>) -> &'a str {
        expression
            .parent()
            .and_then(nodes::LetStatement::cast)
            .map_or("", |statement| self.name_text(statement.name().syntax()))
    }

    // Tables written in the query.

    /// Declares the columns of a schema.
    pub(super) fn declare_columns(&mut self, columns: Separated<'a, nodes::NameAndType<'a>>) {
        for declaration in columns.iter() {
            let ty = self.declared_type(declaration.kind(), false);
            let name = declaration.name().syntax();
            let text = self.name_text(name);
            if !text.is_empty() {
                let column = Column::new(self.arena, text, ty);
                self.set_declared(name, column);
            }
        }
    }

    /// The columns of a schema; a name that comes twice is reported.
    pub fn columns_of_schema(
        &mut self,
        columns: Separated<'a, nodes::NameAndType<'a>>,
    ) -> Vec<&'a Column<'a>> {
        let mut found: Vec<&Column<'_>> = Vec::new();
        for declaration in columns.iter() {
            if declaration.kind().kind() != NodeKind::PrimitiveType {
                self.report_at(codes::INVALID_COLUMN_DECLARATION, declaration.syntax(), || {
                    "a column is declared as `name: type`".to_owned()
                });
                continue;
            }
            let ty = self.declared_type(declaration.kind(), false);
            let name = declaration.name();
            let text = self.name_text(name.syntax());
            if found.iter().any(|column| column.name == text) {
                self.report_at(codes::DUPLICATE_COLUMN_DECLARATION, name.name(), || {
                    format!("the column `{text}` is declared a second time")
                });
            } else {
                // The declaration itself may have been bound before.
                let declared = self.column(name.syntax());
                found.push(declared.unwrap_or_else(|| Column::new(self.arena, text, ty)));
            }
        }
        found
    }

    fn data_table(&mut self, node: nodes::DataTableExpression<'a>) {
        self.named_parameters(node.parameters());
        self.declare_columns(node.schema().columns());
        self.expressions(node.values());
        let columns = self.columns_of_schema(node.schema().columns());
        if !columns.is_empty()
            && !node.values().len().is_multiple_of(columns.len())
            && let Some(list) = node.values().syntax()
        {
            let count = columns.len();
            self.report_at(codes::INCORRECT_NUMBER_OF_DATA_VALUES, list, || {
                format!("a row has {count} values; the last one is not complete")
            });
        }
        for value in node.values().iter() {
            self.check_scalar(value);
        }
        let table = Table::new(self.arena, self.arena.slice(&columns));
        self.set(node.syntax(), Info::of(Type::Table(table)));
    }

    fn external_data(&mut self, node: nodes::ExternalDataExpression<'a>) {
        self.named_parameters(node.parameters());
        self.declare_columns(node.schema().columns());
        self.expressions(node.uris());
        if let Some(with) = node.with() {
            self.children(with.syntax());
        }
        let columns = self.columns_of_schema(node.schema().columns());
        let table = Table::new(self.arena, self.arena.slice(&columns));
        self.set(node.syntax(), Info::of(Type::Table(table)));
    }
}

/// Whether chains of this kind of node grow on the left.
fn is_left_recursive(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::BinaryExpression
            | NodeKind::PipeExpression
            | NodeKind::PathExpression
            | NodeKind::ElementExpression
    )
}

/// The name of a binary operator in the catalog.
fn binary_operator(kind: TokenKind, text: &str) -> &'static str {
    match kind {
        TokenKind::Plus => "Add",
        TokenKind::Minus => "Subtract",
        TokenKind::Asterisk => "Multiply",
        TokenKind::Slash => "Divide",
        TokenKind::Percent => "Modulo",
        TokenKind::EqualEqual => "Equal",
        TokenKind::BangEqual | TokenKind::LessGreater => "NotEqual",
        TokenKind::Less => "LessThan",
        TokenKind::LessEqual => "LessThanOrEqual",
        TokenKind::Greater => "GreaterThan",
        TokenKind::GreaterEqual => "GreaterThanOrEqual",
        TokenKind::EqualTilde => "EqualTilde",
        TokenKind::BangTilde => "BangTilde",
        _ => match text.to_ascii_lowercase().as_str() {
            "and" => "And",
            "or" => "Or",
            "has" => "Has",
            "has_cs" => "HasCs",
            "!has" => "NotHas",
            "!has_cs" => "NotHasCs",
            "hasprefix" => "HasPrefix",
            "hasprefix_cs" => "HasPrefixCs",
            "!hasprefix" => "NotHasPrefix",
            "!hasprefix_cs" => "NotHasPrefixCs",
            "hassuffix" => "HasSuffix",
            "hassuffix_cs" => "HasSuffixCs",
            "!hassuffix" => "NotHasSuffix",
            "!hassuffix_cs" => "NotHasSuffixCs",
            "like" => "Like",
            "likecs" => "LikeCs",
            "notlike" => "NotLike",
            "notlikecs" => "NotLikeCs",
            "contains_cs" | "containscs" => "ContainsCs",
            "notcontains" | "!contains" => "NotContains",
            "notcontainscs" | "!contains_cs" => "NotContainsCs",
            "startswith" => "StartsWith",
            "startswith_cs" => "StartsWithCs",
            "!startswith" => "NotStartsWith",
            "!startswith_cs" => "NotStartsWithCs",
            "endswith" => "EndsWith",
            "endswith_cs" => "EndsWithCs",
            "!endswith" => "NotEndsWith",
            "!endswith_cs" => "NotEndsWithCs",
            "matches regex" => "MatchRegex",
            ":" => "Search",
            _ => "Contains",
        },
    }
}
