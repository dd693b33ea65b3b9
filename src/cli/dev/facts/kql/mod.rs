//! The catalogue of KQL: functions, aggregates, plugins and operators of the language, tables, functions of the
//! products.

mod functions;
mod shapes;
mod tables;

pub(super) use functions::{Input, aggregates, functions, operators, plugins};
pub(super) use tables::{Input as TablesInput, columns, tables};
