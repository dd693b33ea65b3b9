//! Tabular expressions and statements.

use std::sync::Arc;

use super::environment::Binding;
use super::expressions::name_text;
use super::{Compiler, Scope, scalar_type};
use crate::catalog::ScalarType;
use crate::catalog::kql::FunctionClass;
use crate::exec::operators;
use crate::exec::relation::{Relation, RelationKind, Scan, ScanSource};
use crate::exec::table::{Field, INGESTED, Row, Schema, Table};
use crate::exec::value::{Value, coerce};
use crate::kql::bind::symbols::FunctionKind;
use crate::kql::bind::{Function, Symbol, Table as BoundTable, Type};
use crate::kql::syntax::nodes::NameAndType;
use crate::kql::syntax::nodes::{
    DataScopeExpression, DataTableExpression, ExternalDataExpression, FunctionCall, InlineExternalTable,
    LetStatement, MaterializeExpression, NamedParameter, ParenthesizedExpression, PathExpression,
    PatternStatement, PipeExpression, QueryParametersStatement, RowSchema, SetOptionStatement,
    ToTableExpression,
};
use crate::kql::syntax::{Node, NodeKind, Separated, View};
use crate::text::TextRange;

impl<'c, 'a> Compiler<'c, 'a> {
    /// A statement that is no query: what it brings into scope.
    pub(super) fn statement(&mut self, node: Node<'a>, scope: &mut Scope<'c, 'a>) {
        match node.kind() {
            NodeKind::LetStatement => {
                let statement = LetStatement::of_slot(node);
                let name = name_text(statement.name().syntax());
                let value = statement.expression();
                if value.kind() == NodeKind::FunctionDeclaration {
                    let declared = Box::new(scope.clone());
                    scope.declare(&name, Binding::Function(declared));
                } else {
                    scope.declare_node(&name, value, scope.clone());
                }
            }
            NodeKind::QueryParametersStatement => {
                for parameter in QueryParametersStatement::of_slot(node).parameters().iter() {
                    if let Some(default) = parameter.default() {
                        let name = name_text(parameter.name_and_type().name().syntax());
                        scope.declare_node(&name, default.value(), scope.clone());
                    }
                }
            }
            NodeKind::SetOptionStatement => self.set_option(SetOptionStatement::of_slot(node), scope),
            NodeKind::PatternStatement => {
                let statement = PatternStatement::of_slot(node);
                if let Some(pattern) = statement.pattern() {
                    let declared = Box::new(scope.clone());
                    scope.declare(&name_text(statement.name().syntax()), Binding::Pattern(pattern, declared));
                }
            }
            // An alias says what the query calls a database.
            NodeKind::AliasStatement => {}
            _ => self.unsupported(node.range(), "this statement"),
        }
    }

    /// `set option = value`. Most options say how the service is to work, not what a query means.
    fn set_option(&mut self, statement: SetOptionStatement<'a>, scope: &Scope<'c, 'a>) {
        const CHANGING_RESULTS: [&str; 5] = [
            "query_datetimescope_column",
            "query_datetimescope_from",
            "query_datetimescope_to",
            "query_now",
            "query_take_max_records",
        ];
        let name = name_text(statement.name().syntax());
        if CHANGING_RESULTS.contains(&name.as_str()) {
            self.unsupported(statement.syntax().range(), format!("`set {name}`"));
        }
        if name.starts_with("query_bin_auto_")
            && let Some(value) = statement.value()
        {
            let value = self.expression(value.expression(), scope);
            self.options.push((name, value));
        }
    }

    /// A tabular expression. `input` is what a subquery works on, which has no name.
    pub(in crate::exec) fn table(
        &mut self,
        node: Node<'a>,
        scope: &mut Scope<'c, 'a>,
        input: Option<Relation>,
    ) -> Relation {
        let range = node.range();
        self.deeper(range, |compiler| compiler.table_part(node, scope, input))
            .unwrap_or_else(|| self.nothing(range))
    }

    fn table_part(&mut self, node: Node<'a>, scope: &mut Scope<'c, 'a>, input: Option<Relation>) -> Relation {
        use NodeKind as K;
        match node.kind() {
            K::PipeExpression => {
                let mut operators = Vec::new();
                let mut left = node;
                while let Some(pipe) = PipeExpression::cast(left) {
                    operators.push(pipe.operator());
                    left = pipe.expression();
                }
                let mut relation = self.table(left, scope, input);
                for operator in operators.into_iter().rev() {
                    relation = operators::compile(self, relation, operator, scope);
                }
                relation
            }
            K::ParenthesizedExpression => {
                self.table(ParenthesizedExpression::of_slot(node).expression(), scope, input)
            }
            K::MaterializeExpression => {
                let relation = self.table(MaterializeExpression::of_slot(node).expression(), scope, input);
                Relation { kind: RelationKind::Shared(relation.shared()), range: node.range() }
            }
            K::ToTableExpression => self.table(ToTableExpression::of_slot(node).expression(), scope, input),
            K::DataTableExpression => self.data_table(DataTableExpression::of_slot(node), scope),
            K::NameReference => self.named_table(node, scope),
            K::FunctionCall => self.called_table(FunctionCall::of_slot(node), scope, None),
            // `workspace('w').T`, `database('d').T`: the same tables, as far as they are here.
            K::PathExpression => {
                let path = PathExpression::of_slot(node);
                let called = FunctionCall::cast(path.expression());
                let chosen =
                    called.and_then(|call| self.pattern(call, Some(&name_text(path.selector())), scope));
                chosen.unwrap_or_else(|| self.table(path.selector(), scope, None))
            }
            K::ExternalDataExpression => self.external_data(ExternalDataExpression::of_slot(node), scope),
            K::InlineExternalTable => self.inline_table(InlineExternalTable::of_slot(node), scope),
            K::DataScopeExpression => {
                self.table(DataScopeExpression::of_slot(node).expression(), scope, input)
            }
            _ => {
                let unit = || Relation {
                    kind: RelationKind::Rows(Arc::new(Table::unit())),
                    range: TextRange::empty(node.range().start),
                };
                operators::compile(self, input.unwrap_or_else(unit), node, scope)
            }
        }
    }

    fn named_table(&mut self, node: Node<'a>, scope: &mut Scope<'c, 'a>) -> Relation {
        let name = name_text(node);
        if let Some(binding) = scope.find(&name) {
            if matches!(binding, Binding::Function(_)) {
                return self.user_table(node, node, scope, None);
            }
            let relation = self.bound_table(&binding, &name, node);
            return Relation { kind: RelationKind::Shared(relation), range: node.range() };
        }
        let symbol = scope.sense.symbol(node);
        match symbol.or_else(|| scope.sense.type_of(node).map(Symbol::Type)) {
            Some(Symbol::Type(Type::Table(table))) => self.scan(table, node.range()),
            // The name of a function of a product calls it, too.
            Some(Symbol::Type(Type::Function(Function { kind: FunctionKind::Builtin(builtin), .. })))
                if builtin.class == FunctionClass::Product =>
            {
                let source = ScanSource::Function(Arc::from(builtin.name));
                match scope.sense.type_of(node).and_then(Type::as_table) {
                    Some(table) => self.scan_of(source, table, node.range()),
                    None => {
                        let scan = Scan { source, schema: Schema::default(), unread: Vec::new(), open: true };
                        self.note_scan(&scan);
                        Relation { kind: RelationKind::Scan(scan), range: node.range() }
                    }
                }
            }
            Some(Symbol::Type(Type::Function(_))) => self.user_table(node, node, scope, None),
            _ => {
                self.unsupported(node.range(), format!("the table `{name}`"));
                self.nothing(node.range())
            }
        }
    }

    /// The rows that a name stands for.
    pub(super) fn bound_table(
        &mut self,
        binding: &Binding<'c, 'a>,
        name: &str,
        node: Node<'a>,
    ) -> Arc<Relation> {
        match binding {
            Binding::Table(relation) => Arc::clone(relation),
            Binding::Node(lazy) => {
                if let Some(known) = &*lazy.table.borrow() {
                    return Arc::clone(known);
                }
                let relation = self.table(lazy.node, &mut lazy.scope.clone(), None).shared();
                lazy.table.replace(Some(Arc::clone(&relation)));
                relation
            }
            Binding::Function(_) | Binding::Pattern(..) => {
                self.unsupported(node.range(), format!("`{name}` as a table"));
                Arc::new(self.nothing(node.range()))
            }
        }
    }

    /// A table of the workspace.
    pub(in crate::exec) fn scan(&mut self, table: &BoundTable<'a>, range: TextRange) -> Relation {
        self.scan_of(ScanSource::Table(Arc::from(table.name)), table, range)
    }

    fn scan_of(&mut self, source: ScanSource, table: &BoundTable<'a>, range: TextRange) -> Relation {
        let fields = table.columns().iter().map(|column| {
            Field::new(column.name, scalar_type(Some(column.ty)).unwrap_or(ScalarType::Dynamic))
        });
        let mut schema = Schema::new(fields);
        if self.asks_ingestion {
            schema.fields.push(Field::new(INGESTED, ScalarType::DateTime));
        }
        let scan = Scan { source, schema, unread: Vec::new(), open: table.open };
        self.note_scan(&scan);
        Relation { kind: RelationKind::Scan(scan), range }
    }

    /// Notes that the query reads rows from outside.
    pub(in crate::exec) fn note_scan(&mut self, scan: &Scan) {
        if self.scans.iter().all(|known| known.source != scan.source) {
            self.scans.push(scan.clone());
        }
    }

    /// A call that is a table. `input` is what `invoke` hands over.
    pub(in crate::exec) fn called_table(
        &mut self,
        call: FunctionCall<'a>,
        scope: &mut Scope<'c, 'a>,
        input: Option<Relation>,
    ) -> Relation {
        let node = call.syntax();
        if let Some(chosen) = self.pattern(call, None, scope) {
            return chosen;
        }
        let function = scope.sense.symbol(node).and_then(Symbol::as_function);
        let Some(builtin) = function.and_then(Function::builtin) else {
            return self.user_table(node, call.name().syntax(), scope, input);
        };
        let arguments = call.arguments().expressions();
        let result = scope.sense.type_of(node).and_then(Type::as_table);
        match (builtin.name, result) {
            ("table", Some(table)) => self.scan(table, node.range()),
            ("_GetWatchlist", Some(table)) => {
                let alias = arguments.get(0).map(|alias| self.expression(alias, scope));
                match alias.as_ref().and_then(|alias| alias.as_literal()) {
                    Some(Value::String(alias)) => {
                        self.scan_of(ScanSource::Watchlist(Arc::clone(alias)), table, node.range())
                    }
                    _ => {
                        self.unsupported(node.range(), "a watchlist whose alias is no constant");
                        self.nothing(node.range())
                    }
                }
            }
            // A function of a product: nobody has its body, its rows can be given.
            (name, Some(table)) if builtin.class == FunctionClass::Product => {
                self.scan_of(ScanSource::Function(Arc::from(name)), table, node.range())
            }
            (name, _) => {
                self.unsupported(node.range(), name);
                self.nothing(node.range())
            }
        }
    }

    /// A call of a function that is written in KQL, as a table.
    fn user_table(
        &mut self,
        node: Node<'a>,
        name: Node<'a>,
        scope: &mut Scope<'c, 'a>,
        input: Option<Relation>,
    ) -> Relation {
        let input = input.map(|input| Binding::Table(input.shared()));
        match self.enter(name, scope, input) {
            Some((mut inner, Some(result))) => self.table(result, &mut inner, None),
            _ => {
                self.unsupported(node.range(), name_text(name));
                self.nothing(node.range())
            }
        }
    }

    /// The case of a pattern that a call chooses, with the path behind it; nothing where the call is of no pattern.
    fn pattern(
        &mut self,
        call: FunctionCall<'a>,
        path: Option<&str>,
        scope: &Scope<'c, 'a>,
    ) -> Option<Relation> {
        let Some(Binding::Pattern(pattern, declared)) = scope.find(&name_text(call.name().syntax())) else {
            return None;
        };
        let arguments: Vec<Node<'a>> = call.arguments().expressions().iter().collect();
        let given: Vec<Value> = arguments.iter().map(|argument| self.constant(*argument, scope)).collect();
        let case = pattern.matches().iter().find(|case| {
            let mut values = case.values().expressions().iter();
            let fits = given
                .iter()
                .all(|given| values.next().is_some_and(|value| name_text(value) == given.to_text()));
            let here = case.path().map(|path| name_text(path.value()));
            fits && here.as_deref() == path
        });
        let Some(case) = case else {
            self.unsupported(call.syntax().range(), "a pattern with no case for this call");
            return Some(self.nothing(call.syntax().range()));
        };
        let mut inner = Scope::clone(&declared);
        for (parameter, argument) in pattern.parameters().iter().zip(arguments) {
            inner.declare_node(&name_text(parameter.name().syntax()), argument, scope.clone());
        }
        if let Some((parameter, value)) = pattern.path().zip(case.path()) {
            let name = name_text(parameter.parameter().name().syntax());
            inner.declare_node(&name, value.value(), Scope::clone(&declared));
        }
        for statement in case.body().statements().iter() {
            self.statement(statement, &mut inner);
        }
        case.body().expression().map(|result| self.table(result, &mut inner, None))
    }

    /// The rows behind addresses, which whoever runs the query gives.
    fn external_data(&mut self, node: ExternalDataExpression<'a>, scope: &Scope<'c, 'a>) -> Relation {
        let schema = row_schema(node.schema());
        self.external(node.uris(), schema, false, node.syntax().range(), scope)
    }

    /// The rows of the files that a query describes as a table. Columns that the paths of files give are not there.
    fn inline_table(&mut self, node: InlineExternalTable<'a>, scope: &Scope<'c, 'a>) -> Relation {
        let range = node.syntax().range();
        if node.partition().is_some() || node.path_format().is_some() {
            self.unsupported(range, "`inline_external_table` with partitions");
        }
        let schema = row_schema(node.schema());
        let open = schema.is_empty();
        self.external(node.connections().strings(), schema, open, range, scope)
    }

    fn external(
        &mut self,
        addresses: Separated<'a, Node<'a>>,
        schema: Schema,
        open: bool,
        range: TextRange,
        scope: &Scope<'c, 'a>,
    ) -> Relation {
        let mut scans = addresses.iter().map(|uri| {
            let address = self.constant(uri, scope).to_text().into_owned();
            let source = ScanSource::External(Arc::from(address));
            let scan = Scan { source, schema: schema.clone(), unread: Vec::new(), open };
            Relation { kind: RelationKind::Scan(scan), range: uri.range() }
        });
        let Some(first) = scans.next() else {
            return Relation { kind: RelationKind::Rows(Arc::new(Table::new(schema, Vec::new()))), range };
        };
        let rest: Vec<Relation> = scans.collect();
        if rest.is_empty() { first } else { operators::union_of(first, rest, range) }
    }

    fn data_table(&mut self, node: DataTableExpression<'a>, scope: &Scope<'c, 'a>) -> Relation {
        let schema = row_schema(node.schema());
        let range = node.syntax().range();
        let values: Vec<Value> = node.values().iter().map(|value| self.constant(value, scope)).collect();
        let width = schema.len().max(1);
        let rows: Vec<Row> = values
            .chunks_exact(width)
            .map(|row| row.iter().zip(&schema.fields).map(|(value, field)| coerce(value, field.ty)).collect())
            .collect();
        Relation { kind: RelationKind::Rows(Arc::new(Table::new(schema, rows))), range }
    }

    /// The value of an expression that is the same for every row and every run.
    pub(in crate::exec) fn constant(&mut self, node: Node<'a>, scope: &Scope<'c, 'a>) -> Value {
        let expression = self.expression(node, scope);
        if let Some(value) = expression.as_literal() {
            return value.clone();
        }
        let folded = crate::exec::fold(&expression);
        folded.unwrap_or_else(|| {
            self.unsupported(node.range(), "an expression that is no constant here");
            Value::Null
        })
    }

    /// The value of an operator's parameter: a word, or a literal.
    pub(in crate::exec) fn parameter_word(
        &self,
        parameters: impl Iterator<Item = NamedParameter<'a>>,
        name: &str,
    ) -> Option<String> {
        let mut parameters = parameters;
        let found = parameters.find(|parameter| name_text(parameter.name().syntax()) == name)?;
        Some(name_text(found.expression()))
    }
}

/// The columns of a written schema.
pub(in crate::exec) fn row_schema(schema: RowSchema<'_>) -> Schema {
    Schema::new(named_types(schema.columns()))
}

/// Names with their types.
pub(in crate::exec) fn named_types<'a>(
    columns: Separated<'a, NameAndType<'a>>,
) -> impl Iterator<Item = Field> + 'a {
    columns.iter().map(|column| {
        let ty = ScalarType::from_name(column.kind().text().trim()).unwrap_or(ScalarType::Dynamic);
        Field::new(name_text(column.name().syntax()), ty)
    })
}
