//! What the catalogue says of a function: signatures, parameters, the type and the name of its result.

use super::{Column, KnownResults};
use crate::catalog::{ScalarType, TypeSet};

/// No upper bound on a number of arguments.
pub const UNBOUNDED: u16 = u16::MAX;

/// A function, an aggregate, a plugin or an operator.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// What kind of thing it is.
    pub class: FunctionClass,
    /// Its signatures, in the order in which they are tried.
    pub signatures: &'static [Signature],
    /// How a column gets its name from a call.
    pub result_name: ResultName,
    /// Whether a call with constant arguments is a constant.
    pub constant_foldable: bool,
    /// Whether it works but is not offered.
    pub hidden: bool,
    /// Whether something newer takes its place.
    pub obsolete: bool,
    /// Whether it may be called in certain places only (graph patterns).
    pub graph_only: bool,
    /// What to write instead of an obsolete function.
    pub alternative: Option<&'static str>,
    /// A faster function for the same purpose, when it is called on one argument.
    pub optimized_alternative: Option<&'static str>,
    /// What calls of it were found to come to.
    pub known: KnownResults,
}

/// What kind of thing a [`Function`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FunctionClass {
    /// A scalar function, or one that names a table, a database and so on.
    Function,
    /// An aggregate, as `summarize` takes it.
    Aggregate,
    /// A plugin, as `evaluate` takes it.
    Plugin,
    /// A unary or binary operator, `between`, `in` and so on.
    Operator,
    /// A function of Sentinel or Defender that is not part of the language.
    Product,
}

/// One way to call a function.
#[derive(Debug, Clone, Copy)]
pub struct Signature {
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// The fewest arguments.
    pub min_arguments: u16,
    /// The most arguments, or [`UNBOUNDED`].
    pub max_arguments: u16,
    /// The type of the result.
    pub returns: ReturnKind,
    /// How arguments are assigned to parameters.
    pub layout: Layout,
    /// Whether the result is a scalar, a table or something else.
    pub tabularity: Tabularity,
    /// Whether it works but is not offered.
    pub hidden: bool,
    /// What to call instead of this signature, where it is obsolete.
    pub alternative: Option<&'static str>,
}

/// Whether the result of a call is a scalar, a table or something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tabularity {
    /// A scalar.
    Scalar,
    /// A table.
    Tabular,
    /// A cluster, a database, a graph.
    Other,
}

/// How the arguments of a call are assigned to parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// One argument a parameter, in order.
    Fixed,
    /// A parameter may take several arguments in a row; the types say where the next one begins.
    Repeating,
    /// The repeatable parameters repeat together as a block: `case(p, v, p, v, else)`.
    Block,
    /// By code, known by the function's name.
    Custom,
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// The types that it takes.
    pub kind: ParameterKind,
    /// The form that its argument must have.
    pub argument: ArgumentKind,
    /// How often it occurs at least; 0 when optional.
    pub min: u16,
    /// How often it occurs at most, or [`UNBOUNDED`].
    pub max: u16,
    /// The only values that a literal may have; empty when any may.
    pub values: &'static [&'static str],
    /// Whether case counts in these values.
    pub case_sensitive: bool,
    /// A literal that stands for an argument left out.
    pub default_indicator: Option<&'static str>,
}

impl Parameter {
    /// Whether it may be left out.
    pub const fn is_optional(&self) -> bool {
        self.min == 0
    }

    /// Whether it may take several arguments.
    pub const fn is_repeatable(&self) -> bool {
        self.max > 1
    }
}

/// The types that a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParameterKind {
    /// Anything.
    Any,
    /// One of these types.
    Declared(TypeSet),
    /// Any scalar.
    Scalar,
    /// A table.
    Tabular,
    /// A database.
    Database,
    /// A cluster.
    Cluster,
    /// `int` or `long`.
    Integer,
    /// `real` or `decimal`.
    RealOrDecimal,
    /// `string` or `dynamic`.
    StringOrDynamic,
    /// `string` or a dynamic array.
    StringOrArray,
    /// An integer or a dynamic array.
    IntegerOrArray,
    /// A dynamic array.
    DynamicArray,
    /// A dynamic property bag.
    DynamicBag,
    /// A number.
    Number,
    /// A number or `bool`.
    NumberOrBool,
    /// A number, a time or a span.
    Summable,
    /// A type whose values have an order.
    Orderable,
    /// Any scalar but `real` and `bool`.
    NotRealOrBool,
    /// Any scalar but `dynamic`.
    NotDynamic,
    /// Any scalar but `bool`.
    NotBool,
    /// The type of the argument of parameter 0.
    Parameter0,
    /// The type of the argument of parameter 1.
    Parameter1,
    /// The type of the argument of parameter 2.
    Parameter2,
    /// One scalar type common to all such parameters.
    CommonScalar,
    /// One number type common to all such parameters.
    CommonNumber,
    /// One summable type common to all such parameters.
    CommonSummable,
    /// One orderable type common to all such parameters.
    CommonOrderable,
    /// One scalar type common to all such parameters, or `dynamic`.
    CommonScalarOrDynamic,
}

/// The form that an argument must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArgumentKind {
    /// Any expression.
    Expression,
    /// An expression over the elements of the argument of parameter 0.
    ElementOfParameter0,
    /// `*` alone.
    StarOnly,
    /// An expression or `*`.
    StarAllowed,
    /// A call of an aggregate.
    Aggregate,
    /// A column of the input.
    Column,
    /// A column of the table that is the argument of parameter 0.
    ColumnOfParameter0,
    /// A column that both the input and the table of parameter 0 have.
    CommonColumnOfParameter0,
    /// A literal.
    Literal,
    /// A literal that is not empty text.
    LiteralNotEmpty,
    /// A constant expression.
    Constant,
}

/// The type of a call's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnKind {
    /// Always this type.
    Declared(DeclaredType),
    /// By code, known by the function's name.
    Custom,
    /// The type of the argument of parameter 0.
    Parameter0,
    /// The type of the argument of parameter 1.
    Parameter1,
    /// The type of the argument of parameter 2.
    Parameter2,
    /// The type of the argument of the last parameter.
    ParameterN,
    /// The type that the literal of parameter 0 names.
    Parameter0Literal,
    /// The type that the literal of parameter 1 names.
    Parameter1Literal,
    /// The type that the literal of the last parameter names.
    ParameterNLiteral,
    /// The type of the argument of parameter 0, `int` made `long`.
    Parameter0Promoted,
    /// The cluster that argument 0 names.
    Parameter0Cluster,
    /// The database that argument 0 names.
    Parameter0Database,
    /// The table that argument 0 names.
    Parameter0Table,
    /// The external table that argument 0 names.
    Parameter0ExternalTable,
    /// A dynamic array of the type of the argument of parameter 0.
    Parameter0Array,
    /// The type common to the arguments of the common parameters.
    Common,
    /// The same, arguments of type `dynamic` left out.
    CommonNonDynamic,
    /// The widest of the arguments' types, `int` made `long`.
    Widest,
    /// The materialized view that argument 0 names.
    Parameter0MaterializedView,
    /// The entity group that argument 0 names.
    Parameter0EntityGroup,
    /// The stored query result that argument 0 names.
    Parameter0StoredQueryResult,
    /// The graph that argument 0 names.
    Parameter0Graph,
    /// The watchlist that argument 0 names: these columns, which every one has, and its own where it is declared.
    Parameter0Watchlist(&'static [Column]),
    /// The table that is the argument of parameter 0 with columns added. A column that the table has already is added
    /// with `1` behind its name.
    Parameter0With {
        /// The columns added.
        columns: &'static [Column],
        /// Whether there may be more.
        open: bool,
    },
}

/// A type that the catalogue spells out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeclaredType {
    /// A scalar. `dynamic` here is of unknown shape.
    Scalar(ScalarType),
    /// A dynamic array of such elements.
    Array(&'static DeclaredType),
    /// A dynamic property bag with these properties known; it may have more.
    Bag(&'static [(&'static str, DeclaredType)]),
    /// A table of these columns; `open` when it may have more.
    Table {
        /// The columns known.
        columns: &'static [Column],
        /// Whether it may have more.
        open: bool,
    },
}

/// How a column gets its name from a call that is not given one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResultName {
    /// It gets none; the column is `Column1` and so on. The prefix, where there is one, is for the columns of a result
    /// that is a tuple.
    None(Option<&'static str>),
    /// `<function>_<name of the first argument>`
    NameAndFirstArgument,
    /// The same, when there is one argument only.
    NameAndOnlyArgument,
    /// `<prefix>_<name of the first argument>`
    PrefixAndFirstArgument(&'static str),
    /// The same, when there is one argument only.
    PrefixAndOnlyArgument(&'static str),
    /// The value of the first argument, where a column of this name exists.
    FirstArgumentValueIfColumn,
    /// The prefix alone.
    PrefixOnly(&'static str),
    /// The name of the first argument.
    FirstArgument,
    /// The same, when there is one argument only.
    OnlyArgument,
}

impl ResultName {
    /// The prefix, where there is one.
    pub const fn prefix(self) -> Option<&'static str> {
        match self {
            Self::None(prefix) => prefix,
            Self::PrefixAndFirstArgument(prefix)
            | Self::PrefixAndOnlyArgument(prefix)
            | Self::PrefixOnly(prefix) => Some(prefix),
            _ => None,
        }
    }
}
