//! Conditions and values, as KQL and as SQL.
//!
//! Nulls are where the two languages part: in KQL a null is not equal to a value and unequal to it, in SQL neither is
//! known. The SQL says so with `IS DISTINCT FROM`.

use super::Column;
use crate::catalog::ScalarType;
use crate::exec::chance::Chance;

/// An expression in both languages.
#[derive(Debug, Clone)]
pub(super) struct Both {
    pub(super) kql: String,
    pub(super) sql: String,
}

impl Both {
    fn new(kql: impl Into<String>, sql: impl Into<String>) -> Self {
        Self { kql: kql.into(), sql: sql.into() }
    }

    fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::new(text.clone(), text)
    }
}

fn of_type<'c>(columns: &'c [Column], ty: ScalarType, chance: &mut Chance) -> Option<&'c Column> {
    let fitting: Vec<&Column> = columns.iter().filter(|column| column.ty == ty).collect();
    fitting.get(chance.below(fitting.len())).copied()
}

/// A number of a column, or small arithmetic on one.
pub(super) fn number(columns: &[Column], chance: &mut Chance) -> Option<Both> {
    let column = &of_type(columns, ScalarType::Long, chance)?.name;
    let small = chance.below(5) + 1;
    Some(match chance.below(5) {
        0 => Both::same(format!("({column} + {small})")),
        1 => Both::same(format!("({column} - {small})")),
        2 => Both::same(format!("({column} * {small})")),
        // Whole numbers are divided towards zero in KQL.
        3 => Both::new(format!("({column} / {small})"), format!("CAST(trunc({column} / {small}) AS BIGINT)")),
        _ => Both::same(column.clone()),
    })
}

/// A value that `extend` may compute, and its type.
pub(super) fn value(columns: &[Column], chance: &mut Chance) -> Option<(Both, ScalarType)> {
    Some(match chance.below(6) {
        0 => (number(columns, chance)?, ScalarType::Long),
        1 => {
            let text = &of_type(columns, ScalarType::String, chance)?.name;
            (Both::new(format!("tolower({text})"), format!("lower({text})")), ScalarType::String)
        }
        2 => {
            let text = &of_type(columns, ScalarType::String, chance)?.name;
            (Both::new(format!("strlen({text})"), format!("length({text})")), ScalarType::Long)
        }
        3 => {
            let (a, b) = (
                of_type(columns, ScalarType::String, chance)?,
                of_type(columns, ScalarType::String, chance)?,
            );
            let (a, b) = (&a.name, &b.name);
            (Both::new(format!("strcat({a}, '-', {b})"), format!("({a} || '-' || {b})")), ScalarType::String)
        }
        4 => {
            let truth = condition(columns, chance, 1)?;
            let (a, b) = (number(columns, chance)?, number(columns, chance)?);
            let kql = format!("iff({}, {}, {})", truth.kql, a.kql, b.kql);
            (
                Both::new(kql, format!("CASE WHEN {} THEN {} ELSE {} END", truth.sql, a.sql, b.sql)),
                ScalarType::Long,
            )
        }
        _ => {
            let time = &of_type(columns, ScalarType::DateTime, chance)?.name;
            let sql = format!("time_bucket(INTERVAL '10 minutes', {time}, TIMESTAMP '2000-01-01 00:00:00')");
            (Both::new(format!("bin({time}, 10m)"), sql), ScalarType::DateTime)
        }
    })
}

/// A condition on columns.
pub(super) fn condition(columns: &[Column], chance: &mut Chance, depth: usize) -> Option<Both> {
    if depth > 0 && chance.of_hundred(40) {
        let (a, b) = (condition(columns, chance, depth - 1)?, condition(columns, chance, depth - 1)?);
        return Some(match chance.below(3) {
            0 => Both::new(format!("({} and {})", a.kql, b.kql), format!("({} AND {})", a.sql, b.sql)),
            1 => Both::new(format!("({} or {})", a.kql, b.kql), format!("({} OR {})", a.sql, b.sql)),
            _ => Both::new(format!("not({})", a.kql), format!("(NOT {})", a.sql)),
        });
    }
    match chance.below(4) {
        0 => compared(columns, chance),
        1 => listed(columns, chance),
        2 => of_text(columns, chance),
        _ => of_nulls(columns, chance),
    }
}

fn compared(columns: &[Column], chance: &mut Chance) -> Option<Both> {
    let left = number(columns, chance)?;
    if chance.of_hundred(30) {
        let right = number(columns, chance)?;
        let (a, b) = (&left.sql, &right.sql);
        // Two nulls: neither equal nor unequal. One: unequal.
        let equal =
            format!("CASE WHEN {a} IS NULL AND {b} IS NULL THEN NULL ELSE {a} IS NOT DISTINCT FROM {b} END");
        let unequal =
            format!("CASE WHEN {a} IS NULL AND {b} IS NULL THEN NULL ELSE {a} IS DISTINCT FROM {b} END");
        return Some(match chance.below(3) {
            0 => Both::new(format!("{} == {}", left.kql, right.kql), equal),
            1 => Both::new(format!("{} != {}", left.kql, right.kql), unequal),
            _ => Both::new(format!("{} < {}", left.kql, right.kql), format!("{a} < {b}")),
        });
    }
    let small = i64::try_from(chance.below(6)).unwrap_or(0) - 1;
    let (kql, sql) = (&left.kql, &left.sql);
    Some(match chance.below(5) {
        0 => Both::new(format!("{kql} == {small}"), format!("{sql} IS NOT DISTINCT FROM {small}")),
        1 => Both::new(format!("{kql} != {small}"), format!("{sql} IS DISTINCT FROM {small}")),
        2 => Both::new(format!("{kql} <= {small}"), format!("{sql} <= {small}")),
        3 => Both::new(format!("{kql} > {small}"), format!("{sql} > {small}")),
        _ => {
            let high = small + 2;
            Both::new(
                format!("{kql} between ({small} .. {high})"),
                format!("{sql} BETWEEN {small} AND {high}"),
            )
        }
    })
}

fn listed(columns: &[Column], chance: &mut Chance) -> Option<Both> {
    let column = &of_type(columns, ScalarType::Long, chance)?.name;
    let (a, b) = (chance.below(3), chance.below(6));
    // A null is in no list.
    let inside = format!("coalesce({column} IN ({a}, {b}), false)");
    Some(match chance.below(2) {
        0 => Both::new(format!("{column} in ({a}, {b})"), inside),
        _ => Both::new(format!("{column} !in ({a}, {b})"), format!("(NOT {inside})")),
    })
}

fn of_text(columns: &[Column], chance: &mut Chance) -> Option<Both> {
    let column = &of_type(columns, ScalarType::String, chance)?.name;
    let word = ["alpha", "beta", "ALPHA", "gamma", "x1", "al"][chance.below(6)];
    let lower = word.to_lowercase();
    Some(match chance.below(9) {
        0 => Both::new(format!("{column} == '{word}'"), format!("{column} = '{word}'")),
        1 => Both::new(format!("{column} =~ '{word}'"), format!("lower({column}) = '{lower}'")),
        2 => Both::new(format!("{column} !~ '{word}'"), format!("lower({column}) <> '{lower}'")),
        3 => {
            Both::new(format!("{column} contains '{word}'"), format!("contains(lower({column}), '{lower}')"))
        }
        4 => Both::new(
            format!("{column} !contains '{word}'"),
            format!("(NOT contains(lower({column}), '{lower}'))"),
        ),
        5 => Both::new(
            format!("{column} startswith '{word}'"),
            format!("starts_with(lower({column}), '{lower}')"),
        ),
        6 => Both::new(format!("{column} endswith_cs '{word}'"), format!("ends_with({column}, '{word}')")),
        7 => {
            let sql = format!("regexp_matches(lower({column}), '(^|[^a-z0-9]){lower}($|[^a-z0-9])')");
            Both::new(format!("{column} has '{word}'"), sql)
        }
        _ => {
            let sql = format!("regexp_matches(lower({column}), '(^|[^a-z0-9])({lower}|gamma)($|[^a-z0-9])')");
            Both::new(format!("{column} has_any ('{word}', 'gamma')"), sql)
        }
    })
}

fn of_nulls(columns: &[Column], chance: &mut Chance) -> Option<Both> {
    match chance.below(3) {
        0 => {
            let column = &of_type(columns, ScalarType::Long, chance)?.name;
            Some(Both::new(format!("isnull({column})"), format!("({column} IS NULL)")))
        }
        1 => {
            let column = &of_type(columns, ScalarType::String, chance)?.name;
            Some(Both::new(format!("isnotempty({column})"), format!("({column} <> '')")))
        }
        _ => {
            let column = &of_type(columns, ScalarType::Bool, chance)?.name;
            Some(Both::same(column.clone()))
        }
    }
}
