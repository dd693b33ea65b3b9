//! What a name stands for.

use super::binder::{Binder, Info};
use super::scope::{Match, ScopeKind};
use super::suggestions::{nearest, offer, similar};
use super::symbols::{Function, FunctionKind, Symbol, Table, Tuple};
use super::types::Type;
use crate::catalog::kql::wildcard;
use crate::kql::codes;
use crate::kql::syntax::nodes::{BracketedName, FunctionCall, NameReference, PathExpression, PipeExpression};
use crate::kql::syntax::{Node, NodeKind, TokenKind, View};

/// A symbol, and whether a function without arguments may be called by its name alone here.
#[derive(Debug, Clone, Copy)]
struct Found<'a> {
    symbol: Symbol<'a>,
    call_without_list: bool,
}

impl<'a> From<Symbol<'a>> for Found<'a> {
    fn from(symbol: Symbol<'a>) -> Self {
        Self { symbol, call_without_list: false }
    }
}

impl<'a> Binder<'a> {
    /// The text of a name: an identifier, the content of a bracketed one, a pattern.
    pub fn name_text(&self, name: Node<'a>) -> &'a str {
        match name.kind() {
            NodeKind::NameReference | NodeKind::NameDeclaration => {
                name.node(0).map_or("", |inner| self.name_text(inner))
            }
            NodeKind::TokenName => name.token(0).map_or("", |token| match token.kind() {
                TokenKind::StringLiteral => self.quoted_name(token.text()),
                _ => token.text(),
            }),
            NodeKind::WildcardedName => name.token(0).map_or("", |token| token.text()),
            NodeKind::BracketedName => {
                BracketedName::cast(name).and_then(|name| self.string_value(name.name())).unwrap_or("")
            }
            NodeKind::BracedName | NodeKind::BracketedWildcardedName => {
                name.token(1).map_or("", |token| token.text())
            }
            _ => "",
        }
    }

    /// The content of a name in quotes, or in brackets without quotes, as commands take them.
    fn quoted_name(&self, text: &'a str) -> &'a str {
        match text.strip_prefix('[') {
            Some(inside) => inside.strip_suffix(']').unwrap_or(inside),
            None => super::literals::string_value(self.arena, text),
        }
    }

    pub(super) fn name_reference(&mut self, node: NameReference<'a>) {
        let name = node.name();
        let info = match name.kind() {
            NodeKind::WildcardedName | NodeKind::BracketedWildcardedName => {
                self.wildcard_reference(node.syntax(), self.name_text(name))
            }
            NodeKind::BracedName => {
                self.report_at(codes::CLIENT_PARAMETERS_NOT_SUPPORTED, node.syntax(), || {
                    "a parameter in braces must be filled in before the query is run".to_owned()
                });
                Some(Info::of(Type::Unknown))
            }
            _ => self.bind_name(self.name_text(name), node.syntax()),
        };
        if let Some(info) = info {
            self.set(node.syntax(), info);
        }
    }

    /// What `name`, standing at `location`, means; nothing where fuzzy evaluation passes over it.
    pub(super) fn bind_name(&mut self, name: &'a str, location: Node<'a>) -> Option<Info<'a>> {
        if self.scope_kind == ScopeKind::PlugIn {
            let found = self.plugin(name).map(|function| Symbol::Type(Type::Function(function)).into());
            return self.name_result(name, location, found);
        }
        let columns = self.scope_kind == ScopeKind::Normal;
        if name.is_empty() {
            return Some(Info::error());
        }
        match self.path_scope {
            Some(scope) => {
                if self.macro_scope(location).is_some()
                    && matches!(name, "$current_database" | "$current_cluster_endpoint")
                {
                    return Some(Info::of(Type::STRING));
                }
                match scope {
                    Type::Bag(properties) => {
                        let mut found = properties.iter().filter(|property| property.name == name);
                        return Some(match (found.next(), found.next()) {
                            (Some(property), None) => Info::of(property.ty.to_dynamic()),
                            _ => Info::constant(Type::DYNAMIC),
                        });
                    }
                    _ if scope.is_dynamic() => return Some(Info::constant(Type::DYNAMIC)),
                    Type::Unknown => return Some(Info::constant(Type::Unknown)),
                    Type::Error => return Some(Info::error()),
                    Type::Group(members) if is_pass_through(members) => {
                        return self.name_in_each(name, location, members, columns);
                    }
                    _ => {}
                }
            }
            None if name == "$left" && self.right_row_scope.is_some() && self.row_scope.is_some() => {
                return self.row_scope.map(|table| self.side(table));
            }
            None if name == "$right" && self.right_row_scope.is_some() => {
                return self.right_row_scope.map(|table| self.side(table));
            }
            None => {}
        }
        let found = self.find(name, location, columns, columns);
        self.name_result(name, location, found)
    }

    /// A side of a join as one value.
    fn side(&self, table: &'a Table<'a>) -> Info<'a> {
        let tuple = Type::Tuple(self.arena.alloc(Tuple { columns: table.columns(), table: Some(table) }));
        Info::named(Symbol::Type(tuple), tuple)
    }

    /// A name behind the dot of several databases or clusters.
    fn name_in_each(
        &mut self,
        name: &'a str,
        location: Node<'a>,
        members: &'a [Symbol<'a>],
        columns: bool,
    ) -> Option<Info<'a>> {
        let outer = self.path_scope;
        let mut found: Vec<Found<'a>> = Vec::new();
        for member in members {
            let Symbol::Type(ty) = member else { continue };
            self.path_scope = Some(*ty);
            if let Some(one) = self.find(name, location, columns, columns)
                && !found.iter().any(|known| known.symbol.same(one.symbol))
            {
                found.push(one);
            }
        }
        self.path_scope = outer;
        if let [_, _, ..] = found[..] {
            let symbols: Vec<Symbol<'_>> = found.iter().map(|found| found.symbol).collect();
            return Some(self.more_than_one(name, location, &symbols));
        }
        self.name_result(name, location, found.pop())
    }

    fn more_than_one(&mut self, name: &str, location: Node<'a>, symbols: &[Symbol<'a>]) -> Info<'a> {
        let group = Type::Group(self.arena.slice(symbols));
        self.report_at(codes::NAME_REFERS_TO_MORE_THAN_ONE_ITEM, location, || {
            format!("`{name}` stands for more than one item")
        });
        Info::named(Symbol::Type(group), Type::Error)
    }

    /// Whether `name` means anything at `location`; used to find names that are free.
    pub(super) fn is_bound(&mut self, name: &'a str, location: Node<'a>, include_row_scope: bool) -> bool {
        self.find(name, location, include_row_scope, false).is_some()
    }

    fn find(
        &mut self,
        name: &'a str,
        location: Node<'a>,
        include_row_scope: bool,
        infer: bool,
    ) -> Option<Found<'a>> {
        let function = |function: &'a Function<'a>| Symbol::Type(Type::Function(function));
        if is_call_name(location) {
            return match self.path_scope {
                Some(Type::Database(database)) => {
                    if is_database_function(name) {
                        self.builtin(name).map(function)
                    } else if database.current {
                        self.database_function(name).map(function)
                    } else {
                        None
                    }
                }
                Some(Type::Cluster(_)) if name == "database" => self.builtin(name).map(function),
                Some(_) => None,
                None => self.function_in_scope(name, location),
            }
            .map(Found::from);
        }
        match self.path_scope {
            Some(scope) => self.find_member(scope, name, infer),
            None => self.find_unqualified(name, location, include_row_scope, infer),
        }
    }

    fn find_member(&mut self, scope: Type<'a>, name: &'a str, infer: bool) -> Option<Found<'a>> {
        match scope {
            Type::Tuple(tuple) => {
                if let Some(table) = tuple.table.filter(|table| table.open && infer) {
                    return table
                        .declared_or_inferred(self.arena, name)
                        .map(|column| Symbol::Column(column).into());
                }
                let column = tuple.columns.iter().find(|column| column.name == name)?;
                Some(Symbol::Column(column).into())
            }
            Type::Database(database) => {
                if database.current {
                    if let Some(function) = self.function_without_list(name) {
                        let symbol = Symbol::Type(Type::Function(function));
                        return Some(Found { symbol, call_without_list: true });
                    }
                    if let Some(table) = self.catalog_table(name) {
                        return Some(Symbol::Type(Type::Table(table)).into());
                    }
                }
                database.open.then(|| Symbol::Type(Type::Table(database.open_table(self.arena, name))).into())
            }
            Type::Group(members) => {
                members.iter().find(|member| member.name() == name).map(|member| Found::from(*member))
            }
            Type::EntityGroupElement(element) => self.find_member(element.underlying, name, infer),
            _ => None,
        }
    }

    fn find_unqualified(
        &mut self,
        name: &'a str,
        location: Node<'a>,
        include_row_scope: bool,
        infer: bool,
    ) -> Option<Found<'a>> {
        if include_row_scope
            && let Some(left) = self.row_scope.and_then(|table| table.indexed_column(self.arena, name))
        {
            let both = self.right_row_scope.filter(|_| self.common_columns_only);
            return Some(match both.and_then(|table| table.indexed_column(self.arena, name)) {
                Some(right) => Symbol::Column(super::symbols::Column::derived(
                    self.arena,
                    left.name,
                    left.ty,
                    &[left, right],
                ))
                .into(),
                None => Symbol::Column(left).into(),
            });
        }
        if let Some(right) = self.right_row_scope.and_then(|table| table.indexed_column(self.arena, name)) {
            return Some(Symbol::Column(right).into());
        }
        if let Some(symbol) = self.local_scope.find(name, |_| true) {
            return Some(Found { symbol, call_without_list: true });
        }
        if self.database.current {
            if let Some(function) = self.function_without_list(name) {
                let symbol = Symbol::Type(Type::Function(function));
                return Some(Found { symbol, call_without_list: true });
            }
            if let Some(table) = self.catalog_table(name) {
                return Some(Symbol::Type(Type::Table(table)).into());
            }
            if let Some(function) = self.database_function(name) {
                return Some(Symbol::Type(Type::Function(function)).into());
            }
        }
        if let Some(symbol) = self.builtin_in_scope(name, location) {
            return Some(symbol.into());
        }
        let open = self.row_scope.filter(|table| table.open && include_row_scope && infer)?;
        Some(Symbol::Column(open.inferred_column(self.arena, name)).into())
    }

    /// The function of the database that `name` alone calls. In its own body a name that is a table's too is the table.
    fn function_without_list(&mut self, name: &'a str) -> Option<&'a Function<'a>> {
        let function = self.database_function(name).filter(|function| function.min_arguments() == 0)?;
        let table = function.is_expanding() && self.catalog_table(name).is_some();
        (!table).then_some(function)
    }

    /// A function that may be called by `name` here.
    fn function_in_scope(&mut self, name: &'a str, location: Node<'a>) -> Option<Symbol<'a>> {
        self.builtin_in_scope(name, location)
            .or_else(|| {
                if self.scope_kind == ScopeKind::PlugIn {
                    return None;
                }
                let found = self.local_scope.find(name, |symbol| match symbol {
                    Symbol::Variable(_) | Symbol::Parameter(_) => true,
                    symbol => Match::FUNCTION.takes(symbol),
                })?;
                match found {
                    Symbol::Variable(variable)
                        if matches!(variable.ty, Type::Function(_) | Type::Pattern(_)) =>
                    {
                        Some(Symbol::Type(variable.ty))
                    }
                    Symbol::Type(_) => Some(found),
                    _ => None,
                }
            })
            .or_else(|| {
                if self.scope_kind == ScopeKind::PlugIn {
                    return None;
                }
                if self.database.current { self.database_function(name) } else { None }
                    .map(|function| Symbol::Type(Type::Function(function)))
            })
    }

    fn builtin_in_scope(&mut self, name: &'a str, location: Node<'a>) -> Option<Symbol<'a>> {
        let function = match self.scope_kind {
            ScopeKind::PlugIn => self.plugin(name),
            ScopeKind::Aggregate => self.aggregate(name).or_else(|| self.available(name, location)),
            ScopeKind::Normal => self.available(name, location),
        };
        function.map(|function| Symbol::Type(Type::Function(function)))
    }

    /// The function of the language called `name`, where it may be called at `location`.
    fn available(&mut self, name: &str, location: Node<'a>) -> Option<&'a Function<'a>> {
        let function = self.builtin(name)?;
        let graph_only = function.builtin().is_some_and(|function| function.graph_only);
        (!graph_only || is_in_graph(location)).then_some(function)
    }

    /// The function of the language called `name`.
    pub(super) fn builtin(&mut self, name: &str) -> Option<&'a Function<'a>> {
        let function = self.catalog.language().function(name)?;
        Some(self.wrap(function))
    }

    /// The aggregate called `name`.
    pub(super) fn aggregate(&mut self, name: &str) -> Option<&'a Function<'a>> {
        let function = self.catalog.language().aggregate(name)?;
        Some(self.wrap(function))
    }

    /// The plugin called `name`.
    pub(super) fn plugin(&mut self, name: &str) -> Option<&'a Function<'a>> {
        let function = self.catalog.language().plugin(name)?;
        Some(self.wrap(function))
    }

    pub(super) fn wrap(&mut self, function: &'static crate::catalog::kql::Function) -> &'a Function<'a> {
        let arena = self.arena;
        let key = std::ptr::from_ref(function).addr();
        self.functions.entry(key).or_insert_with(|| {
            arena.alloc(Function { name: function.name, kind: FunctionKind::Builtin(function) })
        })
    }

    fn name_result(
        &mut self,
        name: &'a str,
        location: Node<'a>,
        found: Option<Found<'a>>,
    ) -> Option<Info<'a>> {
        let Some(Found { symbol, call_without_list }) = found else {
            return self.unknown_name(name, location);
        };
        // A table and a function that needs arguments may share a name; without a list it could be either.
        if let Symbol::Type(Type::Table(table)) = symbol
            && table.in_catalog().is_some()
            && self.path_scope.is_none()
            && !is_call_name(location)
            && let Some(function) = self.database_function(name)
            && function.min_arguments() > 0
            && !function.is_expanding()
        {
            let function = Symbol::Type(Type::Function(function));
            return Some(self.more_than_one(name, location, &[symbol, function]));
        }
        let result = symbol.result_type(self.arena);
        if let Some(Type::Function(function)) = result
            && !is_call_name(location)
        {
            if call_without_list && function.min_arguments() == 0 {
                let ty = self.call_result_of_name(function, location);
                return Some(Info { symbol: Some(symbol), ty: Some(ty), constant: false });
            }
            let ty = self.common_result(function, location);
            self.report_at(codes::FUNCTION_REQUIRES_ARGUMENT_LIST, location, || {
                format!("`{name}` is a function: its arguments are missing, `{name}(…)`")
            });
            return Some(Info { symbol: Some(symbol), ty: Some(ty), constant: false });
        }
        Some(symbol_info(symbol, result))
    }

    pub(super) fn unknown_name(&mut self, name: &'a str, location: Node<'a>) -> Option<Info<'a>> {
        if self.scope_kind != ScopeKind::Normal {
            let outer = std::mem::replace(&mut self.scope_kind, ScopeKind::Normal);
            let elsewhere = self.find(name, location, true, true);
            self.scope_kind = outer;
            if elsewhere.is_some() {
                if outer == ScopeKind::Aggregate {
                    self.report_at(codes::INVALID_NAME_IN_AGGREGATE_CONTEXT, location, || {
                        format!("`{name}` stands outside an aggregate such as `sum({name})`")
                    });
                } else {
                    self.report_at(codes::INVALID_NAME_IN_PLUG_IN_CONTEXT, location, || {
                        format!("`{name}` is not a plugin")
                    });
                }
                return Some(Info::error());
            }
        }
        if is_call_name(location) {
            return self.unknown_function(name, location);
        }
        if self.is_in_tabular_context(location) {
            let database = matches!(self.path_scope, Some(Type::Database(database)) if database.open);
            let table = Info::of(Type::Table(Table::unknown(self.arena, name)));
            if self.fuzzy {
                self.report_at(codes::FUZZY_ENTITY_NOT_DEFINED, location, || {
                    format!("there is no table `{name}`; it is passed over")
                });
                return Some(Info::of(Type::Table(Table::unknown(self.arena, ""))));
            }
            if !database {
                let catalog = self.catalog;
                let scope = self.local_scope;
                self.report_with_help(codes::UNKNOWN_TABLE, location.range(), || {
                    let mut search = crate::diag::Nearest::to(name);
                    for (known, _) in scope.iter() {
                        search.offer(known);
                    }
                    catalog.offer_tables(&mut search);
                    (format!("there is no table `{name}`"), offer(search.found()))
                });
            }
            return Some(table);
        }
        let columns = self.row_scope.map_or(&[][..], |table| table.columns());
        let right = self.right_row_scope.map_or(&[][..], |table| table.columns());
        let scope = self.local_scope;
        let lost = if self.quiet == 0 { self.lost_column(name, location) } else { None };
        self.report_with_help(codes::UNKNOWN_NAME, location.range(), || {
            let columns = columns.iter().chain(right).map(|column| column.name);
            let names = columns.chain(scope.iter().map(|(name, _)| name));
            let help = lost.or_else(|| similar(name, names));
            (format!("there is no column or variable `{name}` here"), help)
        });
        Some(Info::error())
    }

    fn unknown_function(&mut self, name: &'a str, location: Node<'a>) -> Option<Info<'a>> {
        if self.scope_kind != ScopeKind::Aggregate && self.aggregate(name).is_some() {
            self.report_with_help(codes::AGGREGATE_NOT_ALLOWED_IN_THIS_CONTEXT, location.range(), || {
                let message = format!("the aggregate `{name}` stands outside `summarize` and its like");
                (message, Some(format!("write it as `summarize {name}(…) by …`")))
            });
            return Some(Info::error());
        }
        if self.scope_kind != ScopeKind::PlugIn && self.plugin(name).is_some() {
            self.report_with_help(codes::PLUGIN_NOT_ALLOWED_IN_THIS_CONTEXT, location.range(), || {
                let message = format!("the plugin `{name}` is called by `evaluate` only");
                (message, Some(format!("write it as `| evaluate {name}(…)`")))
            });
            return Some(Info::error());
        }
        let evaluated = location
            .parent()
            .and_then(Node::parent)
            .is_some_and(|parent| parent.kind() == NodeKind::EvaluateOperator);
        if evaluated {
            let catalog = self.catalog;
            self.report_with_help(codes::PLUG_IN_FUNCTION_NOT_DEFINED, location.range(), || {
                let names = catalog.language().plugins().iter().map(|plugin| plugin.name);
                let message = match name {
                    "" => "the name of a plugin is missing here".to_owned(),
                    _ => format!("there is no plugin `{name}`"),
                };
                (message, nearest(name, names))
            });
            return Some(Info::error());
        }
        if self.fuzzy {
            return None;
        }
        let table = Info::of(Type::Table(Table::unknown(self.arena, "")));
        if matches!(self.path_scope, Some(Type::Database(database)) if database.open) {
            return Some(table);
        }
        let in_database = matches!(self.path_scope, Some(Type::Database(_)));
        let result = if in_database || self.is_in_tabular_context(location) {
            table
        } else if name.starts_with("__") {
            return Some(Info::constant(Type::Unknown));
        } else {
            Info::error()
        };
        let catalog = self.catalog;
        let scope = self.local_scope;
        self.report_with_help(codes::UNKNOWN_FUNCTION, location.range(), || {
            let functions = catalog.language().functions().iter();
            let names = functions.filter(|function| !function.hidden).map(|function| function.name);
            let names = names.chain(scope.iter().map(|(name, _)| name));
            (format!("there is no function `{name}`"), nearest(name, names))
        });
        Some(result)
    }

    fn wildcard_reference(&mut self, node: Node<'a>, pattern: &'a str) -> Option<Info<'a>> {
        let operator = nearest_operator(node);
        let columns_only = operator.is_some_and(|kind| {
            matches!(
                kind,
                NodeKind::ProjectAwayOperator
                    | NodeKind::ProjectKeepOperator
                    | NodeKind::ProjectReorderOperator
            )
        });
        let tables = operator.is_some_and(|kind| {
            matches!(kind, NodeKind::UnionOperator | NodeKind::FindOperator | NodeKind::SearchOperator)
        }) || is_in_restrict(node);
        let mut matches: Vec<Symbol<'a>> = Vec::new();
        if columns_only {
            let scope = self.row_scope;
            let known = scope.into_iter().flat_map(|table| table.columns().iter());
            matches.extend(
                known
                    .filter(|column| wildcard::matches(pattern, column.name))
                    .map(|column| Symbol::Column(column)),
            );
            if matches.is_empty() && scope.is_some_and(|table| table.open) {
                return Some(Info {
                    symbol: Some(Symbol::Type(Type::Group(&[]))),
                    ty: None,
                    constant: false,
                });
            }
        } else if tables {
            self.tables_matching(pattern, &mut matches);
        } else {
            self.report_at(codes::WILDCARDED_NAMES_NOT_ALLOWED_IN_THIS_CONTEXT, node, || {
                format!("a name with a wildcard, `{pattern}`, is not allowed here")
            });
            return Some(Info::error());
        }
        let symbol = match matches[..] {
            [] => {
                let kind = if columns_only { "column" } else { "table" };
                self.report_at(codes::UNKNOWN_NAME, node, || {
                    format!("there is no {kind} whose name matches `{pattern}`")
                });
                return Some(Info::error());
            }
            [one] => one,
            _ => Symbol::Type(Type::Group(self.arena.slice(&matches))),
        };
        Some(symbol_info(symbol, symbol.result_type(self.arena)))
    }

    /// The tables whose names match: those of the database, then local views.
    pub(super) fn tables_matching(&mut self, pattern: &str, matches: &mut Vec<Symbol<'a>>) {
        let databases: Vec<bool> = match self.path_scope {
            Some(Type::Database(database)) => vec![database.current],
            Some(Type::Group(members))
                if members.iter().all(|member| matches!(member, Symbol::Type(Type::Database(_)))) =>
            {
                members
                    .iter()
                    .map(
                        |member| matches!(member, Symbol::Type(Type::Database(database)) if database.current),
                    )
                    .collect()
            }
            _ => vec![self.database.current],
        };
        for _ in databases.into_iter().filter(|current| *current) {
            matches.extend(self.catalog_tables_matching(pattern));
        }
        if self.path_scope.is_none() {
            for (name, symbol) in self.local_scope.iter() {
                let Symbol::Type(Type::Function(function)) = symbol else { continue };
                if function.is_view() && wildcard::matches(pattern, name) {
                    matches.push(symbol);
                }
            }
        }
    }

    /// The group element that stands left of the dot before `location`.
    pub(super) fn macro_scope(&self, location: Node<'a>) -> Option<()> {
        let mut node = location;
        if is_call_name(node) {
            node = node.parent()?;
        }
        let path = PathExpression::cast(node.parent()?).filter(|path| path.selector() == node)?;
        let ty = match self.symbol(path.expression())? {
            Symbol::Variable(variable) => variable.ty,
            Symbol::Type(ty) => ty,
            _ => return None,
        };
        matches!(ty, Type::EntityGroupElement(_)).then_some(())
    }

    /// Whether a table is what is expected where `node` stands. Only what is directly around it counts.
    pub(super) fn is_in_tabular_context(&self, node: Node<'a>) -> bool {
        let mut node = node;
        if is_call_name(node)
            && let Some(call) = node.parent()
        {
            node = call;
        }
        let (node, parent) = loop {
            let Some(parent) = node.parent() else { return false };
            if !matches!(parent.kind(), NodeKind::ParenthesizedExpression | NodeKind::List) {
                break (node, parent);
            }
            node = parent;
        };
        match parent.kind() {
            NodeKind::PipeExpression => PipeExpression::of_slot(parent).expression() == node,
            NodeKind::CommandEntity => {
                parent.tree().entity_of(parent.id()).is_some_and(|entity| entity.tabular)
            }
            NodeKind::PathExpression => {
                let path = PathExpression::of_slot(parent);
                let is_database = |ty: Type<'a>| matches!(ty, Type::Database(_));
                path.selector() == node
                    && match self.type_of(path.expression()) {
                        Some(Type::Group(members)) => members
                            .iter()
                            .any(|member| matches!(member, Symbol::Type(ty) if is_database(*ty))),
                        Some(ty) => is_database(ty),
                        None => false,
                    }
            }
            NodeKind::FindInClause
            | NodeKind::UnionOperator
            | NodeKind::PartitionQuery
            | NodeKind::MaterializeExpression
            | NodeKind::ToScalarExpression => true,
            NodeKind::JoinOperator | NodeKind::LookupOperator => parent.node(2) == Some(node),
            NodeKind::MakeGraphTableAndKey => parent.node(0) == Some(node),
            _ => false,
        }
    }
}

/// What is known of an expression that names `symbol`.
pub(super) fn symbol_info<'a>(symbol: Symbol<'a>, result: Option<Type<'a>>) -> Info<'a> {
    let constant = match symbol {
        Symbol::Parameter(parameter) => parameter.ty.is_scalar(),
        Symbol::Variable(variable) => variable.constant,
        _ => false,
    };
    Info { symbol: Some(symbol), ty: result, constant }
}

/// Whether `node` is the name of a function that is called.
pub(super) fn is_call_name(node: Node<'_>) -> bool {
    node.parent().and_then(FunctionCall::cast).is_some_and(|call| call.name().syntax() == node)
}

/// Whether the dot after such a group reaches into each member.
pub(super) fn is_pass_through(members: &[Symbol<'_>]) -> bool {
    members.iter().any(|member| matches!(member, Symbol::Type(Type::Database(_) | Type::Cluster(_))))
}

fn is_database_function(name: &str) -> bool {
    matches!(
        name,
        "table" | "external_table" | "materialized_view" | "entity_group" | "stored_query_result" | "graph"
    )
}

fn ancestors(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    std::iter::successors(node.parent(), |node| node.parent())
}

/// Whether a node of this kind is a query operator.
pub(super) fn is_operator(kind: NodeKind) -> bool {
    use NodeKind as K;
    matches!(
        kind,
        K::BadOperator
            | K::AsOperator
            | K::AssertSchemaOperator
            | K::ConsumeOperator
            | K::CountOperator
            | K::DistinctOperator
            | K::EvaluateOperator
            | K::ExecuteAndCacheOperator
            | K::ExtendOperator
            | K::FacetOperator
            | K::FacetWithOperator
            | K::FilterOperator
            | K::FindOperator
            | K::ForkOperator
            | K::GetSchemaOperator
            | K::InvokeOperator
            | K::JoinOperator
            | K::LookupOperator
            | K::MacroExpandOperator
            | K::MakeGraphOperator
            | K::GraphMarkComponentsOperator
            | K::GraphWhereNodesOperator
            | K::GraphWhereEdgesOperator
            | K::GraphToTableOperator
            | K::GraphMatchOperator
            | K::GraphShortestPathsOperator
            | K::MakeSeriesOperator
            | K::MvExpandOperator
            | K::MvApplyOperator
            | K::ParseOperator
            | K::ParseWhereOperator
            | K::ParseKvOperator
            | K::PartitionOperator
            | K::PartitionByOperator
            | K::PrintOperator
            | K::ProjectOperator
            | K::ProjectAwayOperator
            | K::ProjectByNamesOperator
            | K::ProjectKeepOperator
            | K::ProjectRenameOperator
            | K::ProjectReorderOperator
            | K::RangeOperator
            | K::ReduceOperator
            | K::RenderOperator
            | K::SampleOperator
            | K::SampleDistinctOperator
            | K::ScanOperator
            | K::SearchOperator
            | K::SerializeOperator
            | K::SortOperator
            | K::SummarizeOperator
            | K::TakeOperator
            | K::TopOperator
            | K::TopHittersOperator
            | K::TopNestedOperator
            | K::UnionOperator
    )
}

fn nearest_operator(node: Node<'_>) -> Option<NodeKind> {
    ancestors(node).map(Node::kind).find(|kind| is_operator(*kind))
}

fn is_in_restrict(node: Node<'_>) -> bool {
    ancestors(node).any(|node| node.kind() == NodeKind::RestrictStatement)
}

fn is_in_graph(node: Node<'_>) -> bool {
    ancestors(node).any(|node| {
        matches!(
            node.kind(),
            NodeKind::GraphMatchOperator
                | NodeKind::GraphShortestPathsOperator
                | NodeKind::GraphWhereNodesOperator
                | NodeKind::GraphWhereEdgesOperator
        )
    })
}
