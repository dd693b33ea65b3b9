//! The type of a call's result.

use super::binder::Binder;
use super::functions::{Argument, CallContext, return_type};
use super::literals::underlying;
use super::signature::{Arg, Param, Signature, common_argument_type};
use super::symbols::{Column, Graph, Symbol, Table, Value};
use super::types::{self, Type};
use crate::catalog::kql::{self as catalog, ReturnKind};
use crate::kql::syntax::nodes::{
    DynamicExpression, FunctionCall, JsonArray, PipeExpression, SimpleNamedExpression, SummarizeOperator,
};
use crate::kql::syntax::{Node, NodeKind, View};

impl<'a> Binder<'a> {
    /// The type of a call; `report` says whether a database or table that is not there is a finding.
    pub(super) fn signature_result(
        &mut self,
        signature: Signature<'a>,
        args: &[Arg<'a>],
        location: Node<'a>,
        report: bool,
    ) -> Type<'a> {
        let (function, written) = match signature {
            Signature::User(function) => return self.user_call(function, args, location),
            Signature::Builtin(function, written) => (function, written),
        };
        if let ReturnKind::Declared(declared) = &written.returns {
            return Type::declared(declared, self.arena);
        }
        let parameters = self.parameters_of(signature, args);
        let index_of = |wanted: usize| {
            let wanted = signature.parameter(wanted)?;
            parameters.iter().position(|parameter| parameter.is(wanted))
        };
        let of = |wanted: usize| index_of(wanted).and_then(|index| args.get(index)).copied();
        let last = signature.parameter_count().saturating_sub(1);
        let ty = |arg: Option<Arg<'a>>| arg.map_or(Type::Error, |arg| arg.ty);
        match written.returns {
            ReturnKind::Declared(_) => Type::Error,
            ReturnKind::Parameter0 => ty(of(0)),
            ReturnKind::Parameter1 => ty(of(1)),
            ReturnKind::Parameter2 => ty(of(2)),
            ReturnKind::ParameterN => ty(of(last)),
            ReturnKind::Parameter0Array => of(0).map_or(Type::Error, |arg| arg.ty.array_of(self.arena)),
            ReturnKind::Parameter0Promoted => ty(of(0)).promoted(),
            ReturnKind::Parameter0Literal => self.named_type(of(0)),
            ReturnKind::Parameter1Literal => self.named_type(of(1)),
            ReturnKind::ParameterNLiteral => self.named_type(of(last)),
            ReturnKind::Common => {
                common_argument_type(self.arena, &parameters, args, false).unwrap_or(Type::Error)
            }
            ReturnKind::CommonNonDynamic => {
                common_argument_type(self.arena, &parameters, args, true).unwrap_or(Type::Error)
            }
            ReturnKind::Widest => {
                types::widest(args.iter().map(|arg| arg.ty)).map_or(Type::Error, Type::promoted)
            }
            ReturnKind::Parameter0Cluster
            | ReturnKind::Parameter0Database
            | ReturnKind::Parameter0Table
            | ReturnKind::Parameter0ExternalTable
            | ReturnKind::Parameter0MaterializedView
            | ReturnKind::Parameter0EntityGroup
            | ReturnKind::Parameter0StoredQueryResult
            | ReturnKind::Parameter0Graph => {
                self.entity(written.returns, of(0), args.is_empty(), location, report)
            }
            ReturnKind::Parameter0With { columns, open } => self.table_with(of(0), columns, open),
            ReturnKind::Parameter0Watchlist(columns) => self.watchlist(of(0), columns),
            ReturnKind::Custom => self.custom_result(function, &parameters, args, location),
        }
    }

    /// The type that a type literal names.
    fn named_type(&self, arg: Option<Arg<'a>>) -> Type<'a> {
        match arg.and_then(|arg| arg.node).and_then(|node| self.symbol(node)) {
            Some(Symbol::Type(ty)) => ty,
            _ => Type::Error,
        }
    }

    /// The input of an enrichment with its columns added.
    fn table_with(&self, arg: Option<Arg<'a>>, added: &'static [catalog::Column], open: bool) -> Type<'a> {
        let arena = self.arena;
        let input = match arg.map(|arg| arg.ty) {
            Some(Type::Table(table)) => table,
            _ => Table::unknown(arena, ""),
        };
        let mut columns = input.all_columns(arena).to_vec();
        for column in added {
            let name = if input.column(column.name).is_some() {
                arena.concat(&[column.name, "1"])
            } else {
                column.name
            };
            columns.push(Column::new(arena, name, Type::Scalar(column.scalar)));
        }
        Type::Table(Table::new(arena, arena.slice(&columns)).open(arena, open || input.open))
    }

    /// The rows of a watchlist. One that is not declared may have any columns.
    fn watchlist(&self, alias: Option<Arg<'a>>, shared: &'static [catalog::Column]) -> Type<'a> {
        let arena = self.arena;
        let alias = alias.and_then(|arg| arg.node).and_then(|node| self.constant_value(node));
        let declared = match alias {
            Some(Value::String(alias)) => self.catalog.watchlist(alias),
            _ => None,
        };
        let own = declared.map_or(&[][..], |watchlist| &watchlist.columns);
        let columns: Vec<&Column<'_>> = own
            .iter()
            .chain(shared.iter().filter(|column| !own.iter().any(|known| known.name == column.name)))
            .map(|column| Column::new(arena, column.name, Type::Scalar(column.scalar)))
            .collect();
        Type::Table(Table::new(arena, arena.slice(&columns)).open(arena, declared.is_none()))
    }

    fn custom_result(
        &mut self,
        function: &'static catalog::Function,
        parameters: &[Param<'a>],
        args: &[Arg<'a>],
        location: Node<'a>,
    ) -> Type<'a> {
        let arguments: Vec<Argument<'a>> =
            args.iter().zip(parameters).map(|(arg, parameter)| self.argument(*arg, *parameter)).collect();
        let by = self.columns_of_by(location);
        let graph = self.graph_around(location);
        let rows = self.row_scope_or_empty();
        let scope = self.local_scope;
        let arena = self.arena;
        let type_of_name = |name: &str| {
            rows.column(name)
                .map(|column| column.ty)
                .or_else(|| scope.find(name, |_| true).and_then(|symbol| symbol.result_type(arena)))
        };
        let context = CallContext {
            arena,
            function,
            arguments: &arguments,
            rows,
            by: &by,
            graph,
            type_of_name: &type_of_name,
        };
        return_type(&context)
    }

    fn argument(&self, arg: Arg<'a>, parameter: Param<'a>) -> Argument<'a> {
        let parameter = if let Param::Builtin(parameter) = parameter { Some(parameter) } else { None };
        let empty = Argument {
            ty: arg.ty,
            parameter,
            star: false,
            assigned: None,
            column: None,
            result_column: None,
            result_name: None,
            constant: None,
            elements: None,
            inner_column: None,
            schema: None,
        };
        let Some(node) = arg.node else { return empty };
        let named = SimpleNamedExpression::cast(node);
        let value = underlying(node);
        let schema = match self.symbol(value) {
            Some(Symbol::Type(Type::Table(table))) if arg.ty.same(Type::TypeLiteral) => Some(table),
            _ => None,
        };
        Argument {
            star: node.kind() == NodeKind::StarExpression,
            assigned: named.map(|named| self.name_text(named.name().syntax())),
            column: self.column(node),
            result_column: self.result_column(value),
            result_name: self.result_name(node),
            constant: self.constant_text(value),
            elements: self.elements(value),
            inner_column: FunctionCall::cast(value)
                .and_then(|call| call.arguments().expressions().get(0))
                .and_then(|first| self.column(first)),
            schema,
            ..empty
        }
    }

    fn constant_text(&self, node: Node<'a>) -> Option<&'a str> {
        match self.constant_value(node)? {
            Value::Long(_) | Value::Real(_) if node.kind() == NodeKind::LiteralExpression => {
                Some(node.text())
            }
            Value::Null => None,
            value => Some(value.text(self.arena)),
        }
    }

    fn elements(&self, node: Node<'a>) -> Option<&'a [&'a str]> {
        let mut node = node;
        if let Some(Symbol::Variable(variable)) = self.symbol(node)
            && let Some(source) = variable.source
        {
            node = source;
        }
        let array = JsonArray::cast(DynamicExpression::cast(node)?.value())?;
        let texts: Vec<&str> = array
            .values()
            .iter()
            .filter_map(|value| self.literal_value(value).map(|value| value.text(self.arena)))
            .collect();
        Some(self.arena.slice(&texts))
    }

    /// The graph that the pattern around `location` is matched in.
    fn graph_around(&self, location: Node<'a>) -> Option<&'a Graph<'a>> {
        let mut node = location;
        while let Some(parent) = node.parent() {
            if matches!(node.kind(), NodeKind::GraphMatchOperator | NodeKind::GraphShortestPathsOperator)
                && let Some(pipe) = PipeExpression::cast(parent)
                && let Some(Type::Graph(graph)) = self.type_of(pipe.expression())
            {
                return Some(graph);
            }
            node = parent;
        }
        None
    }

    /// The columns after `by` of the `summarize` around `location`.
    fn columns_of_by(&self, location: Node<'a>) -> Vec<&'a Column<'a>> {
        let mut node = Some(location);
        while let Some(current) = node {
            if let Some(summarize) = SummarizeOperator::cast(current) {
                let Some(by) = summarize.by_clause() else { return Vec::new() };
                return by
                    .expressions()
                    .iter()
                    .filter_map(|expression| self.result_column(underlying(expression)))
                    .collect();
            }
            node = current.parent();
        }
        Vec::new()
    }
}
