//! Management commands: what they name, the queries and functions they hold, what they return.

use super::binder::{Binder, Info};
use super::names::symbol_info;
use super::symbols::{Column, Symbol, Table, Variable};
use super::types::Type;
use crate::catalog::kql::CommandPart;
use crate::kql::syntax::nodes::PathExpression;
use crate::kql::syntax::nodes::{
    Command, CommandEntity, CommandQuery, CommandScript, FunctionBody, NameReference, QueryBlock,
};
use crate::kql::syntax::{Node, NodeKind, View};

/// The name under which later statements know the result of a command.
const RESULTS: &str = "$command_results";

/// What a name in a command may stand for.
#[derive(Debug, Clone, Copy, Default)]
struct Wanted {
    column: bool,
    table: bool,
    function: bool,
    database: bool,
}

impl Wanted {
    /// What the first name of `part` may be, and what those behind its dots may be.
    fn of(part: CommandPart) -> (Self, Self) {
        use CommandPart as P;
        let none = Self::default();
        let column = Self { column: true, ..none };
        let table = Self { table: true, ..none };
        let database = Self { database: true, ..none };
        let any = Self { column: true, table: true, database: true, function: false };
        match part {
            P::Column => (column, none),
            P::Table => (table, none),
            P::Function => (Self { function: true, ..none }, none),
            P::Database => (database, none),
            P::DatabaseTable => (Self { table: true, ..database }, table),
            P::DatabaseTableColumn => (any, any),
            P::TableColumn => {
                let either = Self { table: true, ..column };
                (either, either)
            }
            P::DatabaseMaterializedView => (database, none),
            _ => (none, none),
        }
    }
}

impl<'a> Binder<'a> {
    /// The statements of a whole text.
    pub(super) fn block(&mut self, node: QueryBlock<'a>) {
        for directive in node.directives().iter() {
            self.directive(directive);
        }
        for (index, statement) in node.statements().iter().enumerate() {
            self.expression(statement);
            if index > 0 {
                continue;
            }
            let command = first_command(statement);
            if let Some(command) = command {
                let ty = self.type_or_error(command.syntax());
                let results = Symbol::Variable(Variable::new(self.arena, RESULTS, ty));
                self.local_scope.add(self.arena, results);
            }
        }
    }

    pub(super) fn command(&mut self, node: Command<'a>) {
        for part in node.parts().iter() {
            match part.kind() {
                NodeKind::CommandWord | NodeKind::CommandText => {}
                // Names that are given.
                NodeKind::NameDeclaration | NodeKind::PathExpression => {}
                NodeKind::CommandEntity => self.command_entity(CommandEntity::of_slot(part)),
                NodeKind::CommandQuery => self.expressions(CommandQuery::of_slot(part).statements()),
                NodeKind::CommandScript => {
                    for statement in CommandScript::of_slot(part).statements().iter() {
                        self.in_row_scope(None, |binder| binder.expression(statement));
                    }
                }
                NodeKind::FunctionBody => {
                    self.in_inner_scope(|binder| binder.function_body(FunctionBody::of_slot(part)));
                }
                _ => self.expression(part),
            }
        }
        let syntax = node.syntax();
        let Some(command) = syntax.tree().command_of(syntax.id()) else { return };
        let columns: Vec<&Column<'a>> = command
            .columns
            .iter()
            .map(|column| Column::new(self.arena, column.name, Type::Scalar(column.scalar)))
            .collect();
        let table = Table::new(self.arena, self.arena.slice(&columns)).open(self.arena, command.open);
        self.set(syntax, Info::of(Type::Table(table)));
    }

    fn command_entity(&mut self, node: CommandEntity<'a>) {
        let syntax = node.syntax();
        let Some(kind) = syntax.tree().entity_of(syntax.id()) else { return };
        let (first, behind) = Wanted::of(kind.part);
        let mut path = Vec::new();
        let mut left = node.name();
        while let Some(step) = PathExpression::cast(left) {
            path.push(step);
            left = step.expression();
        }
        self.entity_name(left, first, None);
        for step in path.into_iter().rev() {
            let scope = self.type_or_error(step.expression());
            self.entity_name(step.selector(), behind, Some(scope));
            let selector = self.info(step.selector());
            self.set(step.syntax(), selector);
        }
    }

    /// A name in a command, behind the dot of a `scope` or not.
    fn entity_name(&mut self, node: Node<'a>, wanted: Wanted, scope: Option<Type<'a>>) {
        let Some(reference) = NameReference::cast(node) else { return };
        let name = self.name_text(reference.name());
        if reference.name().kind() == NodeKind::BracedName {
            self.name_reference(reference);
            return;
        }
        if name.is_empty() || matches!(scope, Some(Type::Error)) {
            self.set(node, Info::error());
            return;
        }
        let found = match scope {
            None => self.entity_here(name, wanted),
            Some(Type::Database(database)) if database.current => self.entity_of_database(name, wanted),
            Some(Type::Table(table)) if wanted.column => table.column(name).map(Symbol::Column),
            Some(_) => None,
        };
        let outer = std::mem::replace(&mut self.path_scope, scope);
        let info = match found {
            Some(symbol) => Some(symbol_info(symbol, symbol.result_type(self.arena))),
            None => self.unknown_name(name, node),
        };
        self.path_scope = outer;
        if let Some(info) = info {
            self.set(node, info);
        }
        // Names of columns further on are those of this table.
        if let Some(Symbol::Type(Type::Table(table))) = found {
            self.row_scope = Some(table);
        }
    }

    fn entity_here(&mut self, name: &'a str, wanted: Wanted) -> Option<Symbol<'a>> {
        let rows = self.row_scope.filter(|_| wanted.column);
        if let Some(column) = rows.and_then(|table| table.column(name)) {
            return Some(Symbol::Column(column));
        }
        if self.database.current
            && let Some(symbol) = self.entity_of_database(name, wanted)
        {
            return Some(symbol);
        }
        if wanted.database && name == self.database.name {
            return Some(Symbol::Type(Type::Database(self.database)));
        }
        if wanted.function {
            return self.builtin(name).map(|function| Symbol::Type(Type::Function(function)));
        }
        rows.filter(|table| table.open).map(|table| Symbol::Column(table.inferred_column(self.arena, name)))
    }

    fn entity_of_database(&mut self, name: &'a str, wanted: Wanted) -> Option<Symbol<'a>> {
        if wanted.table
            && let Some(table) = self.catalog_table(name)
        {
            return Some(Symbol::Type(Type::Table(table)));
        }
        let function = if wanted.function { self.database_function(name) } else { None };
        function.map(|function| Symbol::Type(Type::Function(function)))
    }
}

/// The first command in a statement: commands stand at the left end of pipes.
fn first_command(statement: Node<'_>) -> Option<Command<'_>> {
    let mut node = statement.node(0)?;
    while node.kind() == NodeKind::PipeExpression {
        node = node.node(0)?;
    }
    Command::cast(node)
}
