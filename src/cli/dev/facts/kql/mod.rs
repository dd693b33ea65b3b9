//! The catalogue of KQL: functions, aggregates, plugins and operators of the language, tables, functions of the
//! products.

mod functions;
mod products;
mod shapes;
mod syntax;
mod tables;

pub(super) use functions::{Input, aggregates, functions, operators, plugins};
pub(super) use products::{Input as ProductsInput, asim, functions as product_functions};
pub(super) use syntax::{Input as SyntaxInput, keywords, operator_parameters};
pub(super) use tables::{Input as TablesInput, columns, tables};
