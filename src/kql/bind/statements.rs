//! Statements: what they bring into scope.

use super::binder::{Binder, Info};
use super::symbols::{Pattern, PatternCase, Symbol, Variable};
use super::types::Type;
use crate::kql::codes;
use crate::kql::syntax::nodes;
use crate::kql::syntax::operator_parameters as parameters;
use crate::kql::syntax::{Node, NodeKind, View};

/// Whether a node of this kind is a statement, or a function or pattern that one declares.
pub(super) fn is_statement(kind: NodeKind) -> bool {
    use NodeKind as K;
    matches!(
        kind,
        K::LetStatement
            | K::QueryParametersStatement
            | K::PatternStatement
            | K::PatternDeclaration
            | K::AliasStatement
            | K::SetOptionStatement
            | K::RestrictStatement
            | K::FunctionDeclaration
            | K::QueryBlock
            | K::Command
    )
}

impl<'a> Binder<'a> {
    pub(super) fn statement(&mut self, node: Node<'a>) {
        use NodeKind as K;
        match node.kind() {
            K::LetStatement => self.let_statement(nodes::LetStatement::of_slot(node)),
            K::QueryParametersStatement => {
                let statement = nodes::QueryParametersStatement::of_slot(node);
                for parameter in statement.parameters().iter() {
                    self.function_parameter(parameter);
                    self.query_parameter(parameter);
                }
                for parameter in statement.parameters().iter() {
                    self.bring_into_scope(parameter.name_and_type().name().syntax());
                }
            }
            K::PatternStatement => self.pattern_statement(nodes::PatternStatement::of_slot(node)),
            K::PatternDeclaration => self.pattern(nodes::PatternDeclaration::of_slot(node)),
            K::AliasStatement => self.alias(nodes::AliasStatement::of_slot(node)),
            K::SetOptionStatement => {
                if let Some(value) = nodes::SetOptionStatement::of_slot(node).value() {
                    self.expression(value.expression());
                }
            }
            K::RestrictStatement => {
                let statement = nodes::RestrictStatement::of_slot(node);
                self.expressions(statement.expressions());
                if let Some(with) = statement.with() {
                    self.children(with.syntax());
                    self.check_properties(with.properties(), parameters::RESTRICT_STATEMENT);
                }
            }
            K::FunctionDeclaration => self.function_declaration(nodes::FunctionDeclaration::of_slot(node)),
            K::QueryBlock => self.block(nodes::QueryBlock::of_slot(node)),
            K::Command => self.command(nodes::Command::of_slot(node)),
            _ => {}
        }
    }

    fn let_statement(&mut self, node: nodes::LetStatement<'a>) {
        let value = node.expression();
        self.expression(value);
        let name = node.name().syntax();
        let text = self.name_text(name);
        let ty = self.type_or_error(value);
        let symbol = match ty {
            Type::Function(_) | Type::EntityGroup(_) => Symbol::Type(ty),
            _ => Symbol::Variable(self.arena.alloc(Variable {
                name: text,
                ty,
                constant: self.is_constant(value),
                value: self.literal_or_variable(value),
                source: Some(value),
            })),
        };
        self.set(name, Info { symbol: Some(symbol), ty: None, constant: false });
        self.local_scope.add_as(self.arena, text, symbol);
    }

    fn query_parameter(&mut self, parameter: nodes::FunctionParameter<'a>) {
        let declaration = parameter.name_and_type();
        let name = declaration.name().syntax();
        let text = self.name_text(name);
        if text.is_empty() {
            return;
        }
        let ty = self.declared_type(declaration.kind(), false);
        let default = parameter.default().map(|default| default.value());
        let variable = self.arena.alloc(Variable {
            name: text,
            ty,
            constant: default.is_some_and(|value| self.is_constant(value)),
            value: default.and_then(|value| self.constant_value(value)),
            source: default,
        });
        self.set(name, Info::named(Symbol::Variable(variable), ty));
    }

    fn alias(&mut self, node: nodes::AliasStatement<'a>) {
        self.expression(node.expression());
        if let Type::Database(database) = self.type_or_error(node.expression()) {
            let name = node.name().syntax();
            self.set(name, Info { symbol: Some(Symbol::Type(Type::Database(database))), ..Info::default() });
            self.aliases.push((self.name_text(name), database));
        }
        if !matches!(self.type_or_error(node.expression()), Type::Database(_) | Type::Error) {
            self.report_at(codes::DATABASE_EXPECTED, node.expression(), || {
                "an alias is given to a database: `database('…')`".to_owned()
            });
        }
    }

    fn pattern_statement(&mut self, node: nodes::PatternStatement<'a>) {
        let name = node.name().syntax();
        let text = self.name_text(name);
        let ty = match node.pattern() {
            Some(pattern) => {
                self.pattern(pattern);
                self.type_or_error(pattern.syntax())
            }
            None => Type::Pattern(self.arena.alloc(Pattern { name: text, parameters: &[], cases: &[] })),
        };
        let symbol = Symbol::Variable(Variable::new(self.arena, text, ty));
        self.set(name, Info { symbol: Some(symbol), ty: None, constant: false });
        self.local_scope.add(self.arena, symbol);
    }

    fn pattern(&mut self, node: nodes::PatternDeclaration<'a>) {
        for parameter in node.parameters().iter() {
            self.declare_parameter(parameter);
        }
        if let Some(path) = node.path() {
            self.declare_parameter(path.parameter());
        }
        let outer = self.local_scope;
        for parameter in node.parameters().iter() {
            self.bring_into_scope(parameter.name().syntax());
        }
        if let Some(path) = node.path() {
            self.bring_into_scope(path.parameter().name().syntax());
        }
        let inner = self.local_scope;
        for parameter in node.parameters().iter() {
            self.expression(parameter.kind());
        }
        for case in node.matches().iter() {
            self.expressions(case.values().expressions());
            if let Some(path) = case.path() {
                self.expression(path.value());
            }
            self.in_inner_scope(|binder| binder.function_body(case.body()));
        }
        self.local_scope = outer;
        let types: Vec<Type<'a>> =
            node.parameters().iter().map(|parameter| self.declared_type(parameter.kind(), false)).collect();
        let cases: Vec<PatternCase<'a>> = node
            .matches()
            .iter()
            .map(|case| {
                let values = self.case_values(case, types.len());
                let path = self.case_path(case, node.path().is_some());
                PatternCase { values, path, body: self.case_body(case.body(), inner) }
            })
            .collect();
        let name = node
            .syntax()
            .parent()
            .and_then(nodes::PatternStatement::cast)
            .map_or("", |statement| self.name_text(statement.name().syntax()));
        let pattern = self.arena.alloc(Pattern {
            name,
            parameters: self.arena.slice(&types),
            cases: self.arena.slice(&cases),
        });
        self.set(node.syntax(), Info::of(Type::Pattern(pattern)));
    }

    fn case_values(&mut self, case: nodes::PatternMatch<'a>, wanted: usize) -> &'a [&'a str] {
        let values: Vec<Node<'a>> = case.values().expressions().iter().collect();
        if values.len() != wanted {
            self.report_at(codes::PACK_MUST_BE_LAST, case.values().syntax(), || {
                format!("the pattern has {wanted} parameters")
            });
        }
        let texts: Vec<&str> = values.iter().map(|value| self.case_text(*value)).collect();
        self.arena.slice(&texts)
    }

    fn case_text(&mut self, value: Node<'a>) -> &'a str {
        if self.check_exact_type(value, Type::STRING) {
            self.check_literal(value);
        }
        self.literal_value(value).map_or("", |value| value.text(self.arena))
    }

    fn case_path(&mut self, case: nodes::PatternMatch<'a>, declared: bool) -> Option<&'a str> {
        match case.path() {
            None if declared => {
                self.report(codes::PATH_VALUE_EXPECTED, case.equal().range(), || {
                    "the pattern has a path: `.['value']` is expected before `=`".to_owned()
                });
                None
            }
            Some(path) if !declared => {
                self.report_at(codes::PATH_VALUE_WITH_NO_PATH_PARAMETER, path.syntax(), || {
                    "the pattern declares no path".to_owned()
                });
                None
            }
            Some(path) => Some(self.case_text(path.value())),
            None => None,
        }
    }
}
