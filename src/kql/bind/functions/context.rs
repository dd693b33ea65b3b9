//! What the code of a result type may ask about a call.

use crate::catalog::ScalarType;
use crate::catalog::kql::{Function, Parameter};
use crate::kql::bind::arena::Arena;
use crate::kql::bind::symbols::{Column, Graph, Table, Tuple};
use crate::kql::bind::types::Type;

/// A column of the binder.
pub(super) type ColumnRef<'a> = &'a Column<'a>;

/// A call with bound arguments.
pub(in crate::kql::bind) struct CallContext<'a, 'c> {
    /// Where results are made.
    pub(in crate::kql::bind) arena: &'a Arena,
    /// What is called.
    pub(in crate::kql::bind) function: &'c Function,
    /// The arguments.
    pub(in crate::kql::bind) arguments: &'c [Argument<'a>],
    /// The rows that the call stands among; without any, an empty table.
    pub(in crate::kql::bind) rows: &'a Table<'a>,
    /// The columns after `by` of the `summarize` that the call stands in.
    pub(in crate::kql::bind) by: &'c [ColumnRef<'a>],
    /// The graph that a path is matched in.
    pub(in crate::kql::bind) graph: Option<&'a Graph<'a>>,
    /// The type of a variable or column in scope.
    pub(in crate::kql::bind) type_of_name: &'c dyn Fn(&str) -> Option<Type<'a>>,
}

/// A bound argument.
#[derive(Debug, Clone, Copy)]
pub(in crate::kql::bind) struct Argument<'a> {
    /// Its type.
    pub(in crate::kql::bind) ty: Type<'a>,
    /// The parameter that it is for.
    pub(in crate::kql::bind) parameter: Option<&'static Parameter>,
    /// Whether it is `*`.
    pub(in crate::kql::bind) star: bool,
    /// The name, where it is `name = expression`.
    pub(in crate::kql::bind) assigned: Option<&'a str>,
    /// The column that it names.
    pub(in crate::kql::bind) column: Option<ColumnRef<'a>>,
    /// The column that it (or the expression after `name =`) is: named, in brackets, or converted to the type it has.
    pub(in crate::kql::bind) result_column: Option<ColumnRef<'a>>,
    /// The name that a column of it would get.
    pub(in crate::kql::bind) result_name: Option<&'a str>,
    /// Its value as text, where it is constant.
    pub(in crate::kql::bind) constant: Option<&'a str>,
    /// The elements, where it is a dynamic array literal, as text.
    pub(in crate::kql::bind) elements: Option<&'a [&'a str]>,
    /// The column that the first argument of the argument names, where it is a call itself.
    pub(in crate::kql::bind) inner_column: Option<ColumnRef<'a>>,
    /// The table that a type literal spells out: `typeof(*, a: long)`.
    pub(in crate::kql::bind) schema: Option<&'a Table<'a>>,
}

impl<'a, 'c> CallContext<'a, 'c> {
    /// The first argument for the parameter `name`.
    pub(super) fn argument(&self, name: &str) -> Option<&'c Argument<'a>> {
        self.arguments_of(name).next()
    }

    /// All arguments for the parameter `name`.
    pub(super) fn arguments_of<'n>(
        &self,
        name: &'n str,
    ) -> impl Iterator<Item = &'c Argument<'a>> + use<'a, 'c, 'n> {
        self.arguments
            .iter()
            .filter(move |argument| argument.parameter.is_some_and(|parameter| parameter.name == name))
    }

    /// A new column.
    pub(super) fn column(&self, name: &str, ty: Type<'a>) -> ColumnRef<'a> {
        Column::new(self.arena, self.arena.str(name), ty)
    }

    /// A new column that stands for `origin` under `name`.
    pub(super) fn renamed(&self, origin: ColumnRef<'a>, name: &str) -> ColumnRef<'a> {
        Column::derived(self.arena, self.arena.str(name), origin.ty, &[origin])
    }

    /// A new column of a scalar type.
    pub(super) fn scalar(&self, name: &str, scalar: ScalarType) -> ColumnRef<'a> {
        self.column(name, Type::Scalar(scalar))
    }

    /// A tuple of these columns.
    pub(super) fn tuple(&self, columns: &[ColumnRef<'a>]) -> Type<'a> {
        Type::Tuple(self.arena.alloc(Tuple { columns: self.arena.slice(columns), table: None }))
    }

    /// A bag of these properties.
    pub(super) fn bag(&self, properties: &[ColumnRef<'a>]) -> Type<'a> {
        Type::Bag(self.arena.slice(properties))
    }

    /// A table of these columns.
    pub(super) fn table(&self, columns: &[ColumnRef<'a>]) -> &'a Table<'a> {
        Table::new(self.arena, self.arena.slice(columns))
    }

    /// A table of these columns, and of others that only the data tell.
    pub(super) fn open_table(&self, columns: &[ColumnRef<'a>]) -> &'a Table<'a> {
        self.table(columns).open(self.arena, true)
    }

    /// A table of these columns that is sorted, serialized and open where the input is.
    pub(super) fn table_like_input(&self, columns: &[ColumnRef<'a>]) -> &'a Table<'a> {
        self.table(columns).inherit(self.arena, self.rows)
    }
}
