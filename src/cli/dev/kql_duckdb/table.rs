//! Small tables, as `datatable` and as `VALUES`.

use super::Column;
use crate::catalog::ScalarType;
use crate::exec::chance::Chance;

/// Words with a term in common, in several cases, and none.
const WORDS: &[&str] = &["", "alpha", "Alpha", "beta", "alpha beta", "alphabet", "beta-gamma", "GAMMA", "x1"];

/// A cell.
#[derive(Debug, Clone)]
enum Cell {
    Null,
    Long(i64),
    /// A number that binary fractions hold exactly, so that sums do not hang on their order.
    Real(f64),
    Bool(bool),
    Text(&'static str),
    /// Minutes from the start of a day.
    Time(i64),
}

/// A table with rows.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Rows {
    /// A table of up to a dozen rows, with nulls and equal keys. The names of its columns end in `suffix`.
    pub(super) fn any(chance: &mut Chance, suffix: &str) -> Self {
        let column = |name: &str, ty| Column { name: format!("{name}{suffix}"), ty };
        let columns = vec![
            column("k", ScalarType::Long),
            column("n", ScalarType::Long),
            column("r", ScalarType::Real),
            column("s", ScalarType::String),
            column("b", ScalarType::Bool),
            column("t", ScalarType::DateTime),
        ];
        let count = chance.below(13);
        let rows =
            (0..count).map(|_| columns.iter().map(|column| Cell::any(column.ty, chance)).collect()).collect();
        Self { columns, rows }
    }

    pub(super) fn kql(&self) -> String {
        let columns: Vec<String> =
            self.columns.iter().map(|column| format!("{}: {}", column.name, column.ty.name())).collect();
        let cells: Vec<String> = self
            .rows
            .iter()
            .flat_map(|row| row.iter().zip(&self.columns))
            .map(|(cell, column)| cell.kql(column.ty))
            .collect();
        format!("datatable({})[{}]", columns.join(", "), cells.join(", "))
    }

    pub(super) fn sql(&self) -> String {
        let columns: Vec<String> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| format!("CAST(c{index} AS {}) AS {}", sql_type(column.ty), column.name))
            .collect();
        let names: Vec<String> = (0..self.columns.len()).map(|index| format!("c{index}")).collect();
        let row = |row: &Vec<Cell>| {
            let cells: Vec<String> = row.iter().map(Cell::sql).collect();
            format!("({})", cells.join(", "))
        };
        let (rows, end) = match self.rows.len() {
            0 => (format!("({})", vec!["NULL"; self.columns.len()].join(", ")), " WHERE false"),
            _ => (self.rows.iter().map(row).collect::<Vec<_>>().join(", "), ""),
        };
        format!("SELECT {} FROM (VALUES {rows}) AS v({}){end}", columns.join(", "), names.join(", "))
    }
}

pub(super) fn sql_type(ty: ScalarType) -> &'static str {
    match ty {
        ScalarType::Long => "BIGINT",
        ScalarType::Real => "DOUBLE",
        ScalarType::Bool => "BOOLEAN",
        ScalarType::DateTime => "TIMESTAMP",
        _ => "VARCHAR",
    }
}

impl Cell {
    fn any(ty: ScalarType, chance: &mut Chance) -> Self {
        if ty != ScalarType::String && chance.of_hundred(20) {
            return Self::Null;
        }
        let small = |chance: &mut Chance, bound: usize| i64::try_from(chance.below(bound)).unwrap_or(0);
        match ty {
            ScalarType::Long => Self::Long(small(chance, 7) - 2),
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            ScalarType::Real => Self::Real(small(chance, 33) as f64 / 8.0 - 1.0),
            ScalarType::Bool => Self::Bool(chance.of_hundred(50)),
            ScalarType::DateTime => Self::Time(small(chance, 5) * 17),
            _ => Self::Text(WORDS[chance.below(WORDS.len())]),
        }
    }

    fn kql(&self, ty: ScalarType) -> String {
        match self {
            Self::Null => format!("{}(null)", ty.name()),
            Self::Long(number) => format!("long({number})"),
            Self::Real(number) => format!("real({number:?})"),
            Self::Bool(truth) => truth.to_string(),
            Self::Text(text) => format!("'{text}'"),
            Self::Time(minutes) => format!("datetime(2024-05-06 {:02}:{:02}:00)", minutes / 60, minutes % 60),
        }
    }

    fn sql(&self) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Long(number) => number.to_string(),
            Self::Real(number) => format!("CAST({number:?} AS DOUBLE)"),
            Self::Bool(truth) => truth.to_string(),
            Self::Text(text) => format!("'{text}'"),
            Self::Time(minutes) => {
                format!("TIMESTAMP '2024-05-06 {:02}:{:02}:00'", minutes / 60, minutes % 60)
            }
        }
    }
}
