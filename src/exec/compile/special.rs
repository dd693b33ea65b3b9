//! Functions whose arguments are more than values.

use super::{Compiler, Scope};
use crate::catalog::ScalarType;
use crate::exec::codes;
use crate::exec::error::RunError;
use crate::exec::expr::{Expr, ExprKind};
use crate::exec::fold;
use crate::exec::functions::Scalar;
use crate::exec::table::INGESTED;
use crate::exec::value::{Dynamic, Value};
use crate::kql::bind::Type;
use crate::kql::syntax::nodes::FunctionCall;
use crate::kql::syntax::{NodeKind, View};

/// Compiles a call.
pub(super) type Compile =
    for<'x, 'c, 'a> fn(&'x mut Compiler<'c, 'a>, FunctionCall<'a>, &'x Scope<'c, 'a>) -> Expr;

const FUNCTIONS: &[(&str, Compile)] = &[
    ("assert", assert),
    ("bin_auto", bin_auto),
    ("column_ifexists", column_if_exists),
    ("columnifexists", column_if_exists),
    ("column_names_of", column_names),
    ("estimate_data_size", size),
    ("extract", typed),
    ("extract_json", typed),
    ("extractjson", typed),
    (INGESTION_TIME, ingestion_time),
    ("iscolumnexists", of_all_columns),
    ("pack_all", of_all_columns),
    ("pack_array", with_star),
    ("percentile_tdigest", typed),
    ("series_decompose", periodic::<1>),
    ("series_decompose_forecast", periodic::<2>),
    ("series_seasonal", periodic::<1>),
];

/// How a call of the function `name` is compiled, where that takes more than compiling its arguments.
pub(super) fn find(name: &str) -> Option<Compile> {
    FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, compile)| *compile)
}

/// The names of these functions.
pub(in crate::exec) fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|(name, _)| *name)
}

/// The function that says when a row was ingested.
pub(super) const INGESTION_TIME: &str = "ingestion_time";

/// What stands in for the time of rows that do not say when they were ingested.
static UNKNOWN_INGESTION: Scalar = Scalar {
    name: INGESTION_TIME,
    body: |call, _| Err(call.error("the rows here do not say when they were ingested")),
};

/// `ingestion_time()`, of rows that say it.
fn ingestion_time<'c, 'a>(_: &mut Compiler<'c, 'a>, call: FunctionCall<'a>, _: &Scope<'c, 'a>) -> Expr {
    let range = call.syntax().range();
    let ty = Some(ScalarType::DateTime);
    let unknown = Expr::call(&UNKNOWN_INGESTION, Vec::new(), ty, range);
    Expr { kind: ExprKind::ColumnOr { name: INGESTED.into(), default: Box::new(unknown) }, ty, range }
}

/// `column_ifexists('name', default)`
fn column_if_exists<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    call: FunctionCall<'a>,
    scope: &Scope<'c, 'a>,
) -> Expr {
    let arguments = compiler.arguments(call, scope);
    let [name, default] = &arguments[..] else { return compiler.null(call.syntax().range()) };
    let range = call.syntax().range();
    let Some(Value::String(name)) = name.as_literal() else {
        compiler.unsupported(range, "`column_ifexists` with a name that is no constant");
        return compiler.null(range);
    };
    Expr {
        kind: ExprKind::ColumnOr { name: name.clone(), default: Box::new(default.clone()) },
        ty: compiler.type_of(call.syntax(), scope).or(default.ty),
        range,
    }
}

/// A call under its own name, of these arguments.
fn applied<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    call: FunctionCall<'a>,
    arguments: Vec<Expr>,
    scope: &Scope<'c, 'a>,
) -> Expr {
    let name = super::name_text(call.name().syntax());
    let ty = compiler.type_of(call.syntax(), scope);
    compiler.applied(&name, arguments, ty, call.syntax().range())
}

/// `assert(condition, message)`: a condition that holds for no row stops the query before any row is read.
fn assert<'c, 'a>(compiler: &mut Compiler<'c, 'a>, call: FunctionCall<'a>, scope: &Scope<'c, 'a>) -> Expr {
    let arguments = compiler.arguments(call, scope);
    if let [condition, message] = &arguments[..]
        && let Some(truth) = crate::exec::fold(condition)
        && !truth.is_true()
    {
        let message = crate::exec::fold(message).unwrap_or(Value::Null);
        let error = RunError::new(call.syntax().range(), crate::exec::functions::failed_assertion(&message));
        compiler.diagnostics.push(codes::run_failed(&error));
    }
    applied(compiler, call, arguments, scope)
}

/// `bin_auto(value)`: the size of its bins, and where one begins, are options of the query.
fn bin_auto<'c, 'a>(compiler: &mut Compiler<'c, 'a>, call: FunctionCall<'a>, scope: &Scope<'c, 'a>) -> Expr {
    let range = call.syntax().range();
    let mut arguments = compiler.arguments(call, scope);
    let Some(size) = compiler.option("query_bin_auto_size") else {
        compiler.unsupported(range, "`bin_auto` without `set query_bin_auto_size`");
        return compiler.null(range);
    };
    arguments.push(size);
    let at = compiler.option("query_bin_auto_at");
    let name = if at.is_some() { "bin_at" } else { "bin" };
    arguments.extend(at);
    let ty = compiler.type_of(call.syntax(), scope);
    compiler.applied(name, arguments, ty, range)
}

/// `column_names_of(table)`
fn column_names<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    call: FunctionCall<'a>,
    scope: &Scope<'c, 'a>,
) -> Expr {
    let range = call.syntax().range();
    let table = call.arguments().expressions().get(0).and_then(|table| scope.sense.type_of(table));
    match table.and_then(Type::as_table) {
        Some(table) if !table.open => {
            let names = table.columns().iter().map(|column| Dynamic::string(column.name));
            Expr { ty: Some(ScalarType::Dynamic), ..Expr::literal(Value::array(names), range) }
        }
        _ => {
            compiler.unsupported(range, "`column_names_of` a table whose columns are not known");
            compiler.null(range)
        }
    }
}

/// `estimate_data_size(column, …)`
fn size<'c, 'a>(compiler: &mut Compiler<'c, 'a>, call: FunctionCall<'a>, scope: &Scope<'c, 'a>) -> Expr {
    let known = with_star(compiler, call, scope);
    if let ExprKind::Call { arguments, .. } = &known.kind
        && let Some(ty) = arguments.iter().find_map(|argument| {
            argument.ty.filter(|ty| matches!(ty, ScalarType::Dynamic | ScalarType::Decimal))
        })
    {
        compiler.unsupported(known.range, format!("`estimate_data_size` of type {}", ty.name()));
    }
    known
}

/// A call whose last argument may be the type of its result, `typeof(long)`.
fn typed<'c, 'a>(compiler: &mut Compiler<'c, 'a>, call: FunctionCall<'a>, scope: &Scope<'c, 'a>) -> Expr {
    let values = call.arguments().expressions();
    let arguments = values
        .iter()
        .filter(|argument| argument.kind() != NodeKind::TypeOfExpression)
        .map(|argument| compiler.expression(argument, scope))
        .collect();
    applied(compiler, call, arguments, scope)
}

/// A call whose arguments may be all columns, `*`.
fn with_star<'c, 'a>(compiler: &mut Compiler<'c, 'a>, call: FunctionCall<'a>, scope: &Scope<'c, 'a>) -> Expr {
    let values = call.arguments().expressions();
    let arguments = values
        .iter()
        .map(|argument| match argument.kind() {
            NodeKind::StarExpression => all_columns(argument.range()),
            _ => compiler.expression(argument, scope),
        })
        .collect();
    applied(compiler, call, arguments, scope)
}

/// A call of one argument, or none, that looks at all columns.
fn of_all_columns<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    call: FunctionCall<'a>,
    scope: &Scope<'c, 'a>,
) -> Expr {
    let mut arguments = compiler.arguments(call, scope);
    let range = call.syntax().range();
    arguments.resize(1, compiler.null(range));
    arguments.push(all_columns(range));
    applied(compiler, call, arguments, scope)
}

fn all_columns(range: crate::text::TextRange) -> Expr {
    Expr { kind: ExprKind::AllColumns, ty: None, range }
}

/// A function of series that finds their period unless argument `PERIOD` gives it. How the service finds one is not
/// documented.
fn periodic<'c, 'a, const PERIOD: usize>(
    compiler: &mut Compiler<'c, 'a>,
    call: FunctionCall<'a>,
    scope: &Scope<'c, 'a>,
) -> Expr {
    let arguments = compiler.arguments(call, scope);
    let range = call.syntax().range();
    let finds = match arguments.get(PERIOD) {
        None => true,
        Some(period) => fold(period).is_some_and(|period| period.as_i64().is_none_or(|period| period < 0)),
    };
    if finds {
        let name = super::name_text(call.name().syntax());
        compiler.unsupported(range, format!("`{name}` without a period"));
        return compiler.null(range);
    }
    applied(compiler, call, arguments, scope)
}
