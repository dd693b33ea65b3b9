//! What KQL queries can name: functions, aggregates, plugins and operators of the language, tables and columns,
//! functions of the products.

mod function;

pub use function::{
    ArgumentKind, DeclaredType, Function, FunctionClass, Layout, Parameter, ParameterKind, ResultName,
    ReturnKind, Signature, Tabularity, UNBOUNDED,
};

use super::ScalarType;

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub scalar: ScalarType,
}

/// A table that the catalogue knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, in order.
    pub columns: Box<[Column]>,
}
