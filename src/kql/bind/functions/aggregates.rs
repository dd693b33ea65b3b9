//! Aggregates that yield several columns or name them after their arguments.

use super::context::{Argument, CallContext, ColumnRef};
use crate::kql::bind::types::Type;

pub(super) fn return_type<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    match cx.function.name {
        "percentile" | "percentiles" | "percentilew" | "percentilesw" => percentiles(cx),
        "percentiles_array" | "percentilesw_array" => percentiles_array(cx),
        "any" => any(cx, ""),
        "take_any" => any(cx, "any_"),
        "arg_min" => extreme(cx, "min"),
        "arg_max" => extreme(cx, "max"),
        "argmin" | "argmax" => prefixed_extreme(cx),
        _ => Type::Error,
    }
}

/// A column a percentile: `percentile_<value>_<percentile>`.
fn percentiles<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    let mut columns = Vec::new();
    if let Some(value) = cx.argument("expr") {
        let value_name = value.result_name.unwrap_or_default();
        let ty = match value.ty {
            ty if ty.same(Type::INT) => Type::LONG,
            ty if ty.same(Type::DECIMAL) => Type::REAL,
            ty => ty,
        };
        for percentile in cx.arguments_of("percentile") {
            let digits = name_fragment(percentile.constant.unwrap_or_default());
            columns.push(cx.column(&format!("percentile_{value_name}_{digits}"), ty));
        }
    }
    cx.tuple(&columns)
}

/// All percentiles in one array.
fn percentiles_array<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    let value = cx.argument("expr").map(|value| value.result_name.unwrap_or_default());
    let column = value.map(|name| cx.column(&format!("percentiles_{name}"), Type::ARRAY));
    cx.tuple(column.as_slice())
}

/// `text` with everything but letters and digits made `_`.
fn name_fragment(text: &str) -> String {
    text.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' }).collect()
}

/// The columns that an aggregate over several columns has yielded so far.
struct Yield<'a, 'x> {
    columns: Vec<ColumnRef<'a>>,
    /// Columns that `*` does not bring (again).
    seen: Vec<ColumnRef<'a>>,
    /// Columns that the operator yields itself, those after `by`.
    by: &'x [ColumnRef<'a>],
    /// Whether `*` is among the arguments: then no column comes twice.
    star: bool,
}

impl<'a, 'x> Yield<'a, 'x> {
    fn new(cx: &CallContext<'a, 'x>) -> Self {
        let star = cx.arguments.iter().any(|argument| argument.star);
        Self { columns: Vec::new(), seen: Vec::new(), by: cx.by, star }
    }

    fn takes(&self, column: ColumnRef<'a>) -> bool {
        !self.star || !self.knows(column)
    }

    fn knows(&self, column: ColumnRef<'a>) -> bool {
        self.seen.iter().chain(self.by).any(|known| std::ptr::eq(*known, column))
    }

    /// The input's columns for `*`.
    fn rows(&mut self, cx: &CallContext<'a, '_>) {
        let new: Vec<_> = cx.rows.columns().iter().copied().filter(|column| self.takes(column)).collect();
        self.seen.extend(&new);
        self.columns.extend(new);
    }

    /// A column that an argument names, as `assigned` where it says so. One that comes a second time is a column of its
    /// own, which the operator then gives another name.
    fn column(&mut self, cx: &CallContext<'a, '_>, column: ColumnRef<'a>, assigned: Option<&str>) {
        let column_or_copy = match assigned {
            Some(name) => cx.renamed(column, name),
            None if self.knows(column) => cx.renamed(column, column.name),
            None => column,
        };
        self.seen.push(column);
        self.columns.push(column_or_copy);
    }

    /// A column under the name of the extreme and its own.
    fn prefixed(&mut self, cx: &CallContext<'a, '_>, column: ColumnRef<'a>, extreme: &str, name: &str) {
        self.seen.push(column);
        self.columns.push(cx.renamed(column, &format!("{extreme}_{name}")));
    }
}

/// `take_any` of several columns.
fn any<'a>(cx: &CallContext<'a, '_>, prefix: &str) -> Type<'a> {
    let mut yielded = Yield::new(cx);
    for (at, argument) in cx.arguments.iter().enumerate() {
        match argument.result_column {
            _ if argument.star => yielded.rows(cx),
            Some(column) if !yielded.takes(column) => {}
            Some(column) => yielded.column(cx, column, argument.assigned),
            None => {
                let name = match argument.result_name.filter(|name| !name.is_empty()) {
                    Some(name) => name.to_owned(),
                    None => format!("{prefix}arg{at}"),
                };
                yielded.columns.push(cx.column(&name, argument.ty));
            }
        }
    }
    cx.tuple(&yielded.columns)
}

/// `arg_max` and `arg_min`: the extreme itself, then what is returned beside it.
fn extreme<'a>(cx: &CallContext<'a, '_>, prefix: &str) -> Type<'a> {
    let mut yielded = Yield::new(cx);
    let primary = cx.arguments.first().and_then(|argument| argument.result_name).unwrap_or_default();
    for (at, argument) in cx.arguments.iter().enumerate() {
        match argument.result_column {
            _ if argument.star => yielded.rows(cx),
            Some(column) if at > 0 && !yielded.takes(column) => {}
            Some(column) => yielded.column(cx, column, argument.assigned),
            None => {
                let name = match argument.result_name {
                    Some(name) => name.to_owned(),
                    None if at == 0 => format!("{prefix}_"),
                    None => format!("{prefix}_{primary}_arg{at}"),
                };
                yielded.columns.push(cx.column(&name, argument.ty));
            }
        }
    }
    cx.tuple(&yielded.columns)
}

/// `argmax` and `argmin`, as they were: every returned column carries the name of the extreme in front.
fn prefixed_extreme<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    let Some((primary, returned)) = cx.arguments.split_first() else { return cx.tuple(&[]) };
    let mut yielded = Yield::new(cx);
    let name = match primary.result_column.filter(|_| primary.assigned.is_none()) {
        Some(column) => {
            yielded.seen.push(column);
            yielded.columns.push(column);
            column.name
        }
        None => {
            let name = primary.result_name.unwrap_or_default();
            yielded.columns.push(cx.column(name, primary.ty));
            name
        }
    };
    for (at, argument) in returned.iter().enumerate() {
        returned_beside(cx, &mut yielded, argument, name, at + 1, primary.column);
    }
    cx.tuple(&yielded.columns)
}

fn returned_beside<'a>(
    cx: &CallContext<'a, '_>,
    yielded: &mut Yield<'a, '_>,
    argument: &Argument<'a>,
    extreme: &str,
    at: usize,
    primary: Option<ColumnRef<'a>>,
) {
    match argument.result_column {
        _ if argument.star => {
            for &column in cx.rows.columns() {
                let is_primary = primary.is_some_and(|primary| std::ptr::eq(primary, column));
                if !is_primary && yielded.takes(column) {
                    yielded.prefixed(cx, column, extreme, column.name);
                }
            }
        }
        Some(column) if !yielded.takes(column) => {}
        Some(column) => yielded.prefixed(cx, column, extreme, argument.assigned.unwrap_or(column.name)),
        None => {
            let name = argument.result_name.map_or_else(|| format!("arg{at}"), str::to_owned);
            yielded.columns.push(cx.column(&format!("{extreme}_{name}"), argument.ty));
        }
    }
}
