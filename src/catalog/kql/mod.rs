//! What KQL queries can name: functions, aggregates, plugins and operators of the language, tables and columns,
//! functions of the products.
//!
//! Everything here is data that is read once a process, on first use, and then only looked up: names and slices are
//! static, so that the binder can keep them without copying.

mod catalog;
mod commands;
mod function;
mod index;
mod known_results;
mod language;
pub mod overlay;
mod products;
mod signature;
mod tables;
pub mod wildcard;
mod workspace;

pub use catalog::{KqlCatalog, StoredFunction, UnionColumn, UnionColumns, UnionRule, Watchlist};
pub use commands::{Command, CommandPart, CommandSyntax};
pub use function::{
    ArgumentKind, DeclaredType, Function, FunctionClass, Layout, Parameter, ParameterKind, ResultName,
    ReturnKind, Signature, Tabularity, UNBOUNDED,
};
pub(crate) use index::NameIndex;
pub use known_results::{ArgumentTypes, KnownResult, KnownResults};
pub use language::Language;
pub use overlay::Overlay;
pub use products::{ProductFunction, ProductFunctions};
pub use tables::{BuiltinTables, Column, ProductSet, Table, TableKind};
pub use workspace::{Absence, WorkspaceFacts};
