//! The types of expressions and what may stand where another is expected.

use super::arena::Arena;
use super::symbols::{
    Cluster, Column, Database, EntityGroup, EntityGroupElement, Function, Graph, Pattern, Symbol, Table,
    Tuple,
};
use crate::catalog::ScalarType;
use crate::catalog::ScalarType as S;
use crate::catalog::kql::DeclaredType;

/// The type of an expression.
#[derive(Debug, Clone, Copy)]
pub enum Type<'a> {
    /// A scalar; `dynamic` here is of unknown shape.
    Scalar(ScalarType),
    /// A dynamic value known to hold this scalar.
    DynamicOf(ScalarType),
    /// A dynamic array of such elements.
    Array(&'a Type<'a>),
    /// A dynamic property bag with these properties known.
    Bag(&'a [&'a Column<'a>]),
    /// The type of `typeof(…)`.
    TypeLiteral,
    /// The type of `null`.
    Null,
    /// A scalar of a type that cannot be known.
    Unknown,
    /// Several columns as one value: `*` as an argument, the result of `arg_max`, `$left`.
    Tuple(&'a Tuple<'a>),
    /// A table.
    Table(&'a Table<'a>),
    /// Several things under one name: what a wildcard stands for.
    Group(&'a [Symbol<'a>]),
    /// A function itself.
    Function(&'a Function<'a>),
    /// A pattern itself.
    Pattern(&'a Pattern<'a>),
    /// A database.
    Database(&'a Database<'a>),
    /// A cluster.
    Cluster(&'a Cluster<'a>),
    /// A graph.
    Graph(&'a Graph<'a>),
    /// An entity group.
    EntityGroup(&'a EntityGroup<'a>),
    /// An element of an entity group, as macro-expand names it.
    EntityGroupElement(&'a EntityGroupElement<'a>),
    /// No value.
    Void,
    /// Not known because of an error that was reported.
    Error,
}

/// How far a value may be changed to fit a type. Each allows what the ones before it allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conversion {
    /// Not at all.
    None,
    /// To a wider type: `int` to `long`.
    Promotable,
    /// To `dynamic`.
    Dynamic,
    /// To a wider or a narrower type.
    Compatible,
    /// In any way.
    Any,
}

impl<'a> Type<'a> {
    /// `bool`
    pub const BOOL: Self = Self::Scalar(S::Bool);
    /// `int`
    pub const INT: Self = Self::Scalar(S::Int);
    /// `long`
    pub const LONG: Self = Self::Scalar(S::Long);
    /// `real`
    pub const REAL: Self = Self::Scalar(S::Real);
    /// `decimal`
    pub const DECIMAL: Self = Self::Scalar(S::Decimal);
    /// `string`
    pub const STRING: Self = Self::Scalar(S::String);
    /// `datetime`
    pub const DATETIME: Self = Self::Scalar(S::DateTime);
    /// `timespan`
    pub const TIMESPAN: Self = Self::Scalar(S::TimeSpan);
    /// `guid`
    pub const GUID: Self = Self::Scalar(S::Guid);
    /// `dynamic` of unknown shape
    pub const DYNAMIC: Self = Self::Scalar(S::Dynamic);
    /// A dynamic array of unknown elements.
    pub const ARRAY: Self = Self::Array(&Type::Scalar(S::Dynamic));
    /// A property bag of unknown properties.
    pub const BAG: Self = Self::Bag(&[]);

    /// The name that results and messages use.
    pub fn name(self) -> &'a str {
        match self {
            Self::Scalar(scalar) => scalar.name(),
            Self::DynamicOf(_) | Self::Array(_) | Self::Bag(_) => "dynamic",
            Self::TypeLiteral => "type",
            Self::Null => "null",
            Self::Unknown => "unknown",
            Self::Tuple(_) => "tuple",
            Self::Table(table) => table.name,
            Self::Group(_) => "group",
            Self::Function(function) => function.name,
            Self::Pattern(pattern) => pattern.name,
            Self::Database(database) => database.name,
            Self::Cluster(cluster) => cluster.name,
            Self::Graph(_) => "graph",
            Self::EntityGroup(group) => group.name,
            Self::EntityGroupElement(element) => element.name,
            Self::Void => "void",
            Self::Error => "error",
        }
    }

    /// What it is, in words, for messages.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Scalar(scalar) => scalar.name(),
            Self::DynamicOf(_) | Self::Array(_) | Self::Bag(_) => "dynamic",
            Self::TypeLiteral => "a type",
            Self::Null => "null",
            Self::Unknown => "a value of unknown type",
            Self::Tuple(_) => "several columns",
            Self::Table(_) => "a table",
            Self::Group(_) => "several items",
            Self::Function(_) => "a function",
            Self::Pattern(_) => "a pattern",
            Self::Database(_) => "a database",
            Self::Cluster(_) => "a cluster",
            Self::Graph(_) => "a graph",
            Self::EntityGroup(_) | Self::EntityGroupElement(_) => "an entity group",
            Self::Void => "nothing",
            Self::Error => "an error",
        }
    }

    /// Whether both are one type. Tables and bags are one only when they are the same object.
    pub fn same(self, other: Type<'_>) -> bool {
        match (self, other) {
            (Self::Scalar(a), Type::Scalar(b)) | (Self::DynamicOf(a), Type::DynamicOf(b)) => a == b,
            (Self::Array(a), Type::Array(b)) => a.same(*b),
            (Self::Bag(a), Type::Bag(b)) => same_slice(a, b),
            (Self::TypeLiteral, Type::TypeLiteral)
            | (Self::Null, Type::Null)
            | (Self::Unknown, Type::Unknown)
            | (Self::Void, Type::Void)
            | (Self::Error, Type::Error) => true,
            (Self::Tuple(a), Type::Tuple(b)) => same_place(a, b),
            (Self::Table(a), Type::Table(b)) => same_place(a, b),
            (Self::Group(a), Type::Group(b)) => same_slice(a, b),
            (Self::Function(a), Type::Function(b)) => same_place(a, b),
            (Self::Pattern(a), Type::Pattern(b)) => same_place(a, b),
            (Self::Database(a), Type::Database(b)) => same_place(a, b),
            (Self::Cluster(a), Type::Cluster(b)) => same_place(a, b),
            (Self::Graph(a), Type::Graph(b)) => same_place(a, b),
            (Self::EntityGroup(a), Type::EntityGroup(b)) => same_place(a, b),
            (Self::EntityGroupElement(a), Type::EntityGroupElement(b)) => same_place(a, b),
            _ => false,
        }
    }

    /// The table, where it is one.
    pub fn as_table(self) -> Option<&'a Table<'a>> {
        if let Self::Table(table) = self { Some(table) } else { None }
    }

    /// Whether it is the type of what failed.
    pub fn is_error(self) -> bool {
        matches!(self, Self::Error)
    }

    /// Whether it cannot be known.
    pub fn is_unknown(self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Whether it is `dynamic` of unknown shape.
    pub fn is_plain_dynamic(self) -> bool {
        matches!(self, Self::Scalar(S::Dynamic))
    }

    /// Whether it is `dynamic` of any shape.
    pub fn is_dynamic(self) -> bool {
        matches!(self, Self::Scalar(S::Dynamic) | Self::DynamicOf(_) | Self::Array(_) | Self::Bag(_))
    }

    /// Whether it is one of the scalar types proper: known or unknown, no tuple aside.
    pub fn is_scalar_symbol(self) -> bool {
        matches!(
            self,
            Self::Scalar(_)
                | Self::DynamicOf(_)
                | Self::Array(_)
                | Self::Bag(_)
                | Self::TypeLiteral
                | Self::Null
                | Self::Unknown
                | Self::Tuple(_)
        )
    }

    /// Whether it may stand where a scalar is expected.
    pub fn is_scalar(self) -> bool {
        match self {
            Self::Group(members) => members.first().is_some_and(|member| member.is_scalar()),
            Self::Function(function) => function.may_be_scalar(),
            Self::EntityGroupElement(element) => element.underlying.is_scalar(),
            _ => self.is_scalar_symbol(),
        }
    }

    /// Whether it may stand where a table is expected.
    pub fn is_tabular(self) -> bool {
        match self {
            Self::Table(_) | Self::Pattern(_) | Self::Cluster(_) => true,
            Self::Group(members) => members.first().is_some_and(|member| member.is_tabular()),
            Self::Function(function) => function.may_be_tabular(),
            Self::EntityGroupElement(element) => element.underlying.is_tabular(),
            _ => false,
        }
    }

    /// `int`, `long` or unknown.
    pub fn is_integer(self) -> bool {
        matches!(self, Self::Unknown) || matches!(self, Self::Scalar(scalar) if scalar.is_integer())
    }

    /// A number or unknown.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Unknown) || matches!(self, Self::Scalar(scalar) if scalar.is_numeric())
    }

    /// A number, a time, a span or unknown.
    pub fn is_summable(self) -> bool {
        matches!(self, Self::Unknown) || matches!(self, Self::Scalar(scalar) if scalar.is_summable())
    }

    /// A type whose values have an order, or unknown.
    pub fn is_orderable(self) -> bool {
        matches!(self, Self::Unknown) || matches!(self, Self::Scalar(scalar) if scalar.is_orderable())
    }

    /// `real` or `decimal`.
    pub fn is_real_or_decimal(self) -> bool {
        matches!(self, Self::Scalar(S::Real | S::Decimal))
    }

    /// `string` or `dynamic` of any shape.
    pub fn is_string_or_dynamic(self) -> bool {
        matches!(self, Self::Scalar(S::String)) || self.is_dynamic()
    }

    /// `string`, an array of strings, or `dynamic` that may be one.
    pub fn is_string_or_array(self) -> bool {
        match self {
            Self::Scalar(S::String | S::Dynamic) | Self::DynamicOf(S::String) => true,
            Self::Array(element) => matches!(element, Type::Scalar(S::String | S::Dynamic)),
            _ => false,
        }
    }

    /// An integer, an array of them, or `dynamic` that may be one.
    pub fn is_integer_or_array(self) -> bool {
        match self {
            Self::Scalar(S::Dynamic) | Self::DynamicOf(S::Long) => true,
            Self::Array(element) => matches!(element, Type::Scalar(S::Long | S::Dynamic)),
            _ => self.is_integer(),
        }
    }

    /// An integer, or `dynamic` that may be one.
    pub fn is_integer_or_dynamic(self) -> bool {
        matches!(self, Self::Scalar(S::Dynamic) | Self::DynamicOf(S::Long)) || self.is_integer()
    }

    /// A dynamic array, or `dynamic` that may be one.
    pub fn is_dynamic_array(self) -> bool {
        matches!(self, Self::Array(_) | Self::Scalar(S::Dynamic))
    }

    /// A property bag, or `dynamic` that may be one.
    pub fn is_dynamic_bag(self) -> bool {
        matches!(self, Self::Bag(_) | Self::Scalar(S::Dynamic))
    }

    /// `dynamic`, an array or a bag.
    pub fn is_dynamic_array_or_bag(self) -> bool {
        matches!(self, Self::Array(_) | Self::Bag(_) | Self::Scalar(S::Dynamic))
    }

    /// The dynamic type of a value of this type.
    #[must_use]
    pub fn to_dynamic(self) -> Self {
        match self {
            Self::DynamicOf(_) | Self::Array(_) | Self::Bag(_) => self,
            Self::Scalar(S::Int) => Self::DynamicOf(S::Long),
            Self::Scalar(S::Dynamic | ScalarType::Decimal) => Self::DYNAMIC,
            Self::Scalar(scalar) => Self::DynamicOf(scalar),
            _ => Self::DYNAMIC,
        }
    }

    /// The dynamic array of such elements.
    #[must_use]
    pub fn array_of(self, arena: &'a Arena) -> Self {
        let element = match self {
            Self::DynamicOf(scalar) => Self::Scalar(scalar),
            other => other,
        };
        match element {
            Self::Scalar(S::Int) => Self::Array(&Type::LONG),
            Self::Scalar(S::Dynamic | ScalarType::Decimal) => Self::ARRAY,
            Self::Scalar(_) | Self::Array(_) | Self::Bag(_) => Self::Array(arena.alloc(element)),
            _ => Self::ARRAY,
        }
    }

    /// The type of an element of it, where it may be an array.
    pub fn element(self) -> Option<Self> {
        match self {
            Self::Array(element) => Some(element.to_dynamic()),
            Self::Scalar(S::Dynamic) => Some(Self::DYNAMIC),
            _ => None,
        }
    }

    /// `long` for `int`, else the type itself.
    #[must_use]
    pub fn promoted(self) -> Self {
        if let Self::Scalar(scalar) = self { Self::Scalar(scalar.promoted()) } else { self }
    }

    /// Whether `self` is a scalar that holds every value of `other`.
    pub fn is_wider_than(self, other: Self) -> bool {
        match (self, other) {
            (Self::Scalar(a), Self::Scalar(b)) => a.is_wider_than(b),
            _ => false,
        }
    }

    /// Whether a value of this type may become one of `target` without loss.
    pub fn is_promotable_to(self, target: Self) -> bool {
        target.is_wider_than(self)
            || (matches!(self, Self::Array(_) | Self::Bag(_)) && target.is_plain_dynamic())
    }

    /// Whether a value of this type may stand where `target` is expected.
    pub fn assignable_to(self, target: Self, allowed: Conversion) -> bool {
        if self.same(target) {
            return true;
        }
        match (target, self) {
            (_, Self::Unknown) if target.is_scalar() => return true,
            (Self::Unknown, _) if self.is_scalar() => return true,
            (_, Self::Tuple(tuple)) if target.is_scalar() && tuple.columns.len() == 1 => {
                return tuple.columns[0].ty.assignable_to(target, Conversion::None);
            }
            (Self::Scalar(S::Dynamic), _) if self.is_dynamic() => return true,
            (Self::Scalar(S::Dynamic), _) if self.is_scalar_symbol() && allowed >= Conversion::Dynamic => {
                return true;
            }
            (Self::Array(Type::Scalar(S::Dynamic)), Self::Array(_)) | (Self::Bag([]), Self::Bag(_))
                if allowed != Conversion::None =>
            {
                return true;
            }
            (Self::DynamicOf(a), Self::DynamicOf(b)) => {
                return Self::Scalar(b).assignable_to(Self::Scalar(a), allowed);
            }
            _ => {}
        }
        match (target, self) {
            (Self::Tuple(a), Self::Tuple(b)) => {
                a.columns.len() == b.columns.len()
                    && a.columns
                        .iter()
                        .zip(b.columns)
                        .all(|(a, b)| a.name == b.name && b.ty.assignable_to(a.ty, Conversion::None))
            }
            (Self::Table(a), Self::Table(b)) => a.columns().iter().all(|wanted| {
                b.column(wanted.name).is_some_and(|found| found.ty.assignable_to(wanted.ty, Conversion::None))
            }),
            (
                Self::Scalar(_) | Self::TypeLiteral | Self::Null | Self::Unknown,
                Self::Scalar(_) | Self::DynamicOf(_) | Self::TypeLiteral | Self::Null | Self::Unknown,
            ) if !target.is_plain_dynamic() => match allowed {
                Conversion::Promotable => self.is_promotable_to(target),
                Conversion::Compatible => self.is_promotable_to(target) || target.is_promotable_to(self),
                Conversion::Any => true,
                _ => false,
            },
            (Self::Array(a), Self::Array(b)) => a.assignable_to(*b, allowed),
            (Self::Bag(a), Self::Bag(b)) => a.iter().all(|wanted| {
                b.iter()
                    .rev()
                    .find(|found| found.name == wanted.name)
                    .is_some_and(|found| found.ty.assignable_to(wanted.ty, Conversion::Any))
            }),
            _ => false,
        }
    }

    /// The type of a declared one.
    pub fn declared(declared: &DeclaredType, arena: &'a Arena) -> Self {
        match declared {
            DeclaredType::Scalar(scalar) => Self::Scalar(*scalar),
            DeclaredType::Array(element) => Self::declared(element, arena).array_of(arena),
            DeclaredType::Bag(properties) => {
                let columns: Vec<&Column<'_>> = properties
                    .iter()
                    .map(|(name, ty)| Column::new(arena, name, Self::declared(ty, arena)))
                    .collect();
                Self::Bag(arena.slice(&columns))
            }
            DeclaredType::Table { columns, open } => {
                let columns: Vec<&Column<'_>> = columns
                    .iter()
                    .map(|column| Column::new(arena, column.name, Self::Scalar(column.scalar)))
                    .collect();
                Self::Table(Table::new(arena, arena.slice(&columns)).open(arena, *open))
            }
        }
    }
}

pub(super) fn same_place<T, U>(a: &T, b: &U) -> bool {
    std::ptr::from_ref(a).addr() == std::ptr::from_ref(b).addr()
}

fn same_slice<T, U>(a: &[T], b: &[U]) -> bool {
    a.len() == b.len() && (a.is_empty() || a.as_ptr().addr() == b.as_ptr().addr())
}

/// The widest of the numbers among `types`, in the order in which they stand.
pub(super) fn widest<'a>(types: impl IntoIterator<Item = Type<'a>>) -> Option<Type<'a>> {
    let mut widest: Option<Type<'a>> = None;
    for ty in types {
        if ty.is_numeric() && widest.is_none_or(|widest| ty.is_wider_than(widest)) {
            widest = Some(ty);
        }
    }
    widest
}

/// A type that holds values of both; `None` inside stands for no type so far.
pub(super) fn common_pair<'a>(
    arena: &'a Arena,
    a: Option<Type<'a>>,
    b: Option<Type<'a>>,
    allowed: Conversion,
) -> Option<Type<'a>> {
    let (a, b) = match (a, b) {
        (None, None) => return None,
        (Some(one), None) | (None, Some(one)) => return Some(one),
        (Some(a), Some(b)) => (a, b),
    };
    if a.same(b) || matches!(b, Type::Null) {
        return Some(a);
    }
    if matches!(a, Type::Null) {
        return Some(b);
    }
    if a.is_unknown() || b.is_unknown() {
        return Some(Type::Unknown);
    }
    if a.is_plain_dynamic() || b.is_plain_dynamic() {
        return Some(Type::DYNAMIC);
    }
    let promotable = allowed >= Conversion::Promotable;
    if promotable && a.is_promotable_to(b) {
        return Some(b);
    }
    if promotable && b.is_promotable_to(a) {
        return Some(a);
    }
    match (a, b) {
        (Type::Array(_), Type::Array(_)) => Some(Type::ARRAY),
        (Type::Bag(a), Type::Bag(b)) => Some(Type::Bag(intersect(arena, a, b))),
        (Type::DynamicOf(x), Type::DynamicOf(y) | Type::Scalar(y))
        | (Type::Scalar(x), Type::DynamicOf(y))
            if common_pair(arena, Some(Type::Scalar(x)), Some(Type::Scalar(y)), allowed).is_some() =>
        {
            common_pair(arena, Some(Type::Scalar(x)), Some(Type::Scalar(y)), allowed).map(Type::to_dynamic)
        }
        _ if a.is_dynamic() && b.is_dynamic() => Some(Type::DYNAMIC),
        (Type::Table(a), Type::Table(b)) => {
            Some(Type::Table(Table::new(arena, intersect(arena, a.columns(), b.columns()))))
        }
        _ if a.is_scalar() && b.is_scalar() && allowed >= Conversion::Dynamic => Some(Type::DYNAMIC),
        _ => None,
    }
}

/// The type common to all, or `None` where there is none.
pub(super) fn common<'a>(
    arena: &'a Arena,
    types: impl IntoIterator<Item = Type<'a>>,
    allowed: Conversion,
) -> Option<Type<'a>> {
    let mut common = None;
    for ty in types {
        common = Some(common_pair(arena, common, Some(ty), allowed)?);
    }
    common
}

/// The columns that both have by name, with their common type.
pub(super) fn intersect<'a>(
    arena: &'a Arena,
    a: &[&'a Column<'a>],
    b: &[&'a Column<'a>],
) -> &'a [&'a Column<'a>] {
    let mut columns = Vec::new();
    for column in a {
        let Some(other) = b.iter().rev().find(|other| other.name == column.name) else { continue };
        match common_pair(arena, Some(column.ty), Some(other.ty), Conversion::Dynamic) {
            Some(ty) if ty.same(column.ty) => columns.push(*column),
            ty => columns.push(Column::new(arena, column.name, ty.unwrap_or(Type::DYNAMIC))),
        }
    }
    arena.slice(&columns)
}
