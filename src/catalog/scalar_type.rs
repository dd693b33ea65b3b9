//! The scalar types of KQL, as data that tables, functions and the binder share.

/// A scalar type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ScalarType {
    /// `true` or `false`
    Bool,
    /// A 32-bit integer.
    Int,
    /// A 64-bit integer.
    Long,
    /// A 64-bit floating-point number.
    Real,
    /// A 128-bit decimal number.
    Decimal,
    /// Text.
    String,
    /// A point in time.
    DateTime,
    /// A span of time.
    TimeSpan,
    /// A 128-bit identifier.
    Guid,
    /// A JSON value.
    Dynamic,
}

impl ScalarType {
    /// All ten.
    pub const ALL: [Self; 10] = [
        Self::Bool,
        Self::Int,
        Self::Long,
        Self::Real,
        Self::Decimal,
        Self::String,
        Self::DateTime,
        Self::TimeSpan,
        Self::Guid,
        Self::Dynamic,
    ];

    /// The name that results and messages use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Long => "long",
            Self::Real => "real",
            Self::Decimal => "decimal",
            Self::String => "string",
            Self::DateTime => "datetime",
            Self::TimeSpan => "timespan",
            Self::Guid => "guid",
            Self::Dynamic => "dynamic",
        }
    }

    /// Other names of the type.
    pub const fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Bool => &["boolean"],
            Self::Int => &["int32", "uint", "uint32", "int8", "uint8", "int16", "uint16"],
            Self::Long => &["int64", "ulong", "uint64"],
            Self::Real => &["double", "float"],
            Self::DateTime => &["date"],
            Self::TimeSpan => &["time"],
            Self::Guid => &["uuid", "uniqueid"],
            Self::Decimal | Self::String | Self::Dynamic => &[],
        }
    }

    /// The type called `name`, by its name or an alias; case counts.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "bool" | "boolean" => Self::Bool,
            "int" | "int32" | "uint" | "uint32" | "int8" | "uint8" | "int16" | "uint16" => Self::Int,
            "long" | "int64" | "ulong" | "uint64" => Self::Long,
            "real" | "double" | "float" => Self::Real,
            "decimal" => Self::Decimal,
            "string" => Self::String,
            "datetime" | "date" => Self::DateTime,
            "timespan" | "time" => Self::TimeSpan,
            "guid" | "uuid" | "uniqueid" => Self::Guid,
            "dynamic" => Self::Dynamic,
            _ => return None,
        })
    }

    /// `int` and `long`.
    pub const fn is_integer(self) -> bool {
        matches!(self, Self::Int | Self::Long)
    }

    /// `int`, `long`, `real` and `decimal`.
    pub const fn is_numeric(self) -> bool {
        matches!(self, Self::Int | Self::Long | Self::Real | Self::Decimal)
    }

    /// Whether values have a distance: numbers, times and spans.
    pub const fn is_interval(self) -> bool {
        self.is_numeric() || matches!(self, Self::DateTime | Self::TimeSpan)
    }

    /// Whether `sum` takes it: numbers, times and spans.
    pub const fn is_summable(self) -> bool {
        self.is_interval()
    }

    /// Whether values have an order.
    pub const fn is_orderable(self) -> bool {
        !matches!(self, Self::Guid | Self::Dynamic)
    }

    /// Whether a value of type `other` fits into this type when the two meet: `real` holds `int`, `string` holds
    /// `dynamic`. No type is wider than itself.
    pub const fn is_wider_than(self, other: Self) -> bool {
        match self {
            Self::Long => matches!(other, Self::Int),
            Self::Real => matches!(other, Self::Int | Self::Long),
            Self::Decimal => matches!(other, Self::Int | Self::Long | Self::Real),
            Self::String => matches!(other, Self::Dynamic),
            _ => false,
        }
    }

    /// `long` for `int`, else the type itself.
    #[must_use]
    pub const fn promoted(self) -> Self {
        match self {
            Self::Int => Self::Long,
            other => other,
        }
    }
}

impl std::fmt::Display for ScalarType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of scalar types, and of the type of type literals (`typeof(long)`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TypeSet(u16);

impl TypeSet {
    /// No type.
    pub const EMPTY: Self = Self(0);
    /// The type of type literals.
    pub const TYPE_LITERAL: Self = Self(1 << 15);

    /// The set of this one type.
    pub const fn of(scalar: ScalarType) -> Self {
        Self(1 << scalar as u16)
    }

    /// Both sets together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `scalar` is in the set.
    pub const fn contains(self, scalar: ScalarType) -> bool {
        self.0 & Self::of(scalar).0 != 0
    }

    /// Whether type literals are in the set.
    pub const fn takes_type_literal(self) -> bool {
        self.0 & Self::TYPE_LITERAL.0 != 0
    }

    /// Whether the set has nothing.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The scalar types of the set.
    pub fn iter(self) -> impl Iterator<Item = ScalarType> {
        ScalarType::ALL.into_iter().filter(move |scalar| self.contains(*scalar))
    }
}

impl FromIterator<ScalarType> for TypeSet {
    fn from_iter<I: IntoIterator<Item = ScalarType>>(types: I) -> Self {
        types.into_iter().fold(Self::EMPTY, |set, scalar| set.union(Self::of(scalar)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_the_type() {
        for scalar in ScalarType::ALL {
            assert_eq!(ScalarType::from_name(scalar.name()), Some(scalar));
            for alias in scalar.aliases() {
                assert_eq!(ScalarType::from_name(alias), Some(scalar), "{alias}");
            }
        }
        assert_eq!(ScalarType::from_name("Long"), None);
    }

    #[test]
    fn sets_hold_what_was_put_in() {
        let set: TypeSet = [ScalarType::Dynamic, ScalarType::Bool].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [ScalarType::Bool, ScalarType::Dynamic]);
        assert!(!set.takes_type_literal());
        assert!(set.union(TypeSet::TYPE_LITERAL).takes_type_literal());
        assert!(!TypeSet::TYPE_LITERAL.contains(ScalarType::Dynamic));
    }
}
