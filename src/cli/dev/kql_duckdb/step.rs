//! A query: a table, and steps behind it.

use super::Column;
use super::condition::{Both, condition, value};
use super::table::{Rows, sql_type};
use crate::catalog::ScalarType;
use crate::exec::chance::Chance;

/// A query in both languages.
#[derive(Debug)]
pub(super) struct Query {
    source: Rows,
    /// Each step: what stands behind the bar, and the SQL over `{input}`.
    steps: Vec<Both>,
    ordered: bool,
}

/// What a query under way returns.
struct State {
    columns: Vec<Column>,
    steps: Vec<Both>,
}

impl Query {
    /// Some query of the family.
    pub(super) fn any(chance: &mut Chance) -> Self {
        let source = Rows::any(chance, "");
        let mut state = State { columns: source.columns.clone(), steps: Vec::new() };
        let count = chance.below(4) + 1;
        let mut combined = false;
        for _ in 0..count {
            match chance.below(8) {
                0 | 1 => state.filter(chance),
                2 => state.extend(chance),
                3 => state.project(chance),
                4 => state.distinct(chance),
                5 | 6 if !combined => {
                    combined = true;
                    if chance.of_hundred(75) { state.join(chance) } else { state.union(chance) }
                }
                _ => state.summarize(chance),
            }
        }
        let ordered = chance.of_hundred(40) && state.order(chance);
        Self { source, steps: state.steps, ordered }
    }

    pub(super) fn is_ordered(&self) -> bool {
        self.ordered
    }

    pub(super) fn kql(&self) -> String {
        let mut text = self.source.kql();
        for step in &self.steps {
            text.push_str("\n| ");
            text.push_str(&step.kql);
        }
        text
    }

    pub(super) fn sql(&self) -> String {
        let mut text = self.source.sql();
        for step in &self.steps {
            text = step.sql.replace("{input}", &format!("({text})"));
        }
        text
    }
}

impl State {
    fn push(&mut self, kql: String, sql: String) {
        self.steps.push(Both { kql, sql });
    }

    fn filter(&mut self, chance: &mut Chance) {
        if let Some(Both { kql, sql }) = condition(&self.columns, chance, 2) {
            self.push(format!("where {kql}"), format!("SELECT * FROM {{input}} AS i WHERE {sql}"));
        }
    }

    fn fresh(&self, base: &str) -> String {
        format!("{base}{}", self.steps.len())
    }

    fn extend(&mut self, chance: &mut Chance) {
        let Some((Both { kql, sql }, ty)) = value(&self.columns, chance) else { return };
        let name = self.fresh("e");
        self.push(format!("extend {name} = {kql}"), format!("SELECT *, {sql} AS {name} FROM {{input}} AS i"));
        self.columns.push(Column { name, ty });
    }

    fn some_columns(&self, chance: &mut Chance) -> Vec<Column> {
        let kept: Vec<Column> = self.columns.iter().filter(|_| chance.of_hundred(60)).cloned().collect();
        if kept.is_empty() { self.columns.first().cloned().into_iter().collect() } else { kept }
    }

    fn project(&mut self, chance: &mut Chance) {
        let kept = self.some_columns(chance);
        let list = names(&kept);
        self.push(format!("project {list}"), format!("SELECT {list} FROM {{input}} AS i"));
        self.columns = kept;
    }

    fn distinct(&mut self, chance: &mut Chance) {
        let kept = self.some_columns(chance);
        let list = names(&kept);
        self.push(format!("distinct {list}"), format!("SELECT DISTINCT {list} FROM {{input}} AS i"));
        self.columns = kept;
    }

    fn summarize(&mut self, chance: &mut Chance) {
        let keys: Vec<Column> =
            self.columns.iter().filter(|_| chance.of_hundred(25)).take(2).cloned().collect();
        let mut made = Vec::new();
        let mut columns = keys.clone();
        for index in 0..chance.below(3) + 1 {
            if let Some((Both { kql, sql }, ty)) = self.aggregate(chance) {
                let base = if ty == ScalarType::Real { "mean" } else { "a" };
                let name = format!("{}_{index}", self.fresh(base));
                made.push(Both { kql: format!("{name} = {kql}"), sql: format!("{sql} AS {name}") });
                columns.push(Column { name, ty });
            }
        }
        if made.is_empty() {
            return;
        }
        let kql: Vec<&str> = made.iter().map(|both| both.kql.as_str()).collect();
        let sql: Vec<&str> = made.iter().map(|both| both.sql.as_str()).collect();
        if keys.is_empty() {
            self.push(
                format!("summarize {}", kql.join(", ")),
                format!("SELECT {} FROM {{input}} AS i", sql.join(", ")),
            );
        } else {
            let list = names(&keys);
            self.push(
                format!("summarize {} by {list}", kql.join(", ")),
                format!("SELECT {list}, {} FROM {{input}} AS i GROUP BY {list}", sql.join(", ")),
            );
        }
        self.columns = columns;
    }

    fn aggregate(&self, chance: &mut Chance) -> Option<(Both, ScalarType)> {
        let pick = |ty: ScalarType, chance: &mut Chance| {
            let fitting: Vec<&Column> = self.columns.iter().filter(|column| column.ty == ty).collect();
            fitting.get(chance.below(fitting.len())).map(|column| column.name.clone())
        };
        let both = |kql: String, sql: String| Both { kql, sql };
        let long = ScalarType::Long;
        Some(match chance.below(7) {
            0 => (both("count()".into(), "count(*)".into()), long),
            1 => {
                let Both { kql, sql } = condition(&self.columns, chance, 1)?;
                (both(format!("countif({kql})"), format!("count(*) FILTER (WHERE {sql})")), long)
            }
            2 => {
                let column = pick(long, chance)?;
                (both(format!("sum({column})"), format!("CAST(coalesce(sum({column}), 0) AS BIGINT)")), long)
            }
            3 => {
                let column = pick(long, chance)?;
                (both(format!("min({column})"), format!("min({column})")), long)
            }
            4 => {
                let column = pick(ScalarType::DateTime, chance)?;
                (both(format!("max({column})"), format!("max({column})")), ScalarType::DateTime)
            }
            5 => {
                let column = pick(ScalarType::String, chance)?;
                (both(format!("dcount({column}, 4)"), format!("count(DISTINCT {column})")), long)
            }
            _ => {
                let column = pick(ScalarType::Real, chance)?;
                // A group without a number has no mean in SQL; KQL's is not a number.
                let sql = format!("coalesce(avg({column}), CAST('nan' AS DOUBLE))");
                (both(format!("avg({column})"), sql), ScalarType::Real)
            }
        })
    }

    fn join(&mut self, chance: &mut Chance) {
        let right = Rows::any(chance, "r");
        let keys: Vec<&Column> = self
            .columns
            .iter()
            .filter(|column| matches!(column.ty, ScalarType::Long | ScalarType::String))
            .collect();
        let Some(key) = keys.get(chance.below(keys.len())).map(|key| Column::clone(key)) else { return };
        let other = if key.ty == ScalarType::Long { "kr" } else { "sr" };
        let on = format!("$left.{} == $right.{other}", key.name);
        let matched = format!("l.{} = r.{other}", key.name);
        let left = names_of("l", &self.columns);
        let both = format!("{left}, {}", names_of("r", &right.columns));
        // The text of a row that is not there is empty in KQL, null in SQL.
        let filled = |columns: &[Column], side: &str| -> String {
            let cell = |column: &Column| match column.ty {
                ScalarType::String => format!("coalesce({side}.{0}, '') AS {0}", column.name),
                _ => format!("{side}.{}", column.name),
            };
            columns.iter().map(cell).collect::<Vec<_>>().join(", ")
        };
        let all = format!("{}, {}", filled(&self.columns, "l"), filled(&right.columns, "r"));
        let (l, r) = ("{input} AS l", format!("({}) AS r", right.sql()));
        let (kind, sql) = match chance.below(8) {
            0 => ("inner", format!("SELECT {both} FROM {l} JOIN {r} ON {matched}")),
            1 => ("leftouter", format!("SELECT {all} FROM {l} LEFT JOIN {r} ON {matched}")),
            2 => ("rightouter", format!("SELECT {all} FROM {l} RIGHT JOIN {r} ON {matched}")),
            3 => ("fullouter", format!("SELECT {all} FROM {l} FULL JOIN {r} ON {matched}")),
            4 => (
                "leftsemi",
                format!("SELECT {left} FROM {l} WHERE EXISTS (SELECT 1 FROM {r} WHERE {matched})"),
            ),
            5 => (
                "leftanti",
                format!("SELECT {left} FROM {l} WHERE NOT EXISTS (SELECT 1 FROM {r} WHERE {matched})"),
            ),
            6 => {
                ("rightsemi", format!("SELECT r.* FROM {r} WHERE EXISTS (SELECT 1 FROM {l} WHERE {matched})"))
            }
            _ => (
                "rightanti",
                format!("SELECT r.* FROM {r} WHERE NOT EXISTS (SELECT 1 FROM {l} WHERE {matched})"),
            ),
        };
        self.push(format!("join kind={kind} ({}) on {on}", right.kql()), sql);
        match kind {
            "leftsemi" | "leftanti" => {}
            "rightsemi" | "rightanti" => self.columns = right.columns,
            _ => self.columns.extend(right.columns),
        }
    }

    /// A union with a table that has some columns of the same names and types, and one of its own.
    fn union(&mut self, chance: &mut Chance) {
        let other = Rows::any(chance, "");
        let mut columns = self.columns.clone();
        // Where a name has two types each gets a column of its own, which SQL does not have.
        let same = |column: &Column| self.columns.iter().find(|mine| mine.name == column.name);
        if other.columns.iter().any(|column| same(column).is_some_and(|mine| mine.ty != column.ty)) {
            return;
        }
        columns.extend(other.columns.iter().filter(|column| same(column).is_none()).cloned());
        let side = |have: &[Column]| -> String {
            let cell = |column: &Column| match (have.contains(column), column.ty) {
                (true, _) => column.name.clone(),
                (false, ScalarType::String) => format!("'' AS {}", column.name),
                (false, ty) => format!("CAST(NULL AS {}) AS {}", sql_type(ty), column.name),
            };
            columns.iter().map(cell).collect::<Vec<_>>().join(", ")
        };
        let (left, right) = (side(&self.columns), side(&other.columns));
        let sql =
            format!("SELECT {left} FROM {{input}} AS i UNION ALL SELECT {right} FROM ({}) AS o", other.sql());
        self.push(format!("union ({})", other.kql()), sql);
        self.columns = columns;
    }

    /// All columns as keys, so that the order is total; then, maybe, the first rows. Whether there are keys.
    fn order(&mut self, chance: &mut Chance) -> bool {
        // The languages differ in where what is not a number stands: means are left out.
        let (kept, means): (Vec<Column>, Vec<Column>) =
            self.columns.iter().cloned().partition(|column| !column.name.starts_with("mean"));
        if !means.is_empty() {
            if kept.is_empty() {
                return false;
            }
            let list = names(&kept);
            self.push(format!("project {list}"), format!("SELECT {list} FROM {{input}} AS i"));
            self.columns = kept;
        }
        let mut kql = Vec::new();
        let mut sql = Vec::new();
        for column in &self.columns {
            let name = &column.name;
            let (direction, nulls) = (["asc", "desc"][chance.below(2)], ["first", "last"][chance.below(2)]);
            kql.push(format!("{name} {direction} nulls {nulls}"));
            sql.push(format!("{name} {direction} NULLS {nulls}"));
        }
        let take = if chance.of_hundred(50) { Some(chance.below(5)) } else { None };
        let limit = take.map_or_else(String::new, |take| format!(" LIMIT {take}"));
        self.push(
            format!("order by {}", kql.join(", ")),
            format!("SELECT * FROM {{input}} AS i ORDER BY {}{limit}", sql.join(", ")),
        );
        if let Some(take) = take {
            self.push(format!("take {take}"), "SELECT * FROM {input} AS i".to_owned());
        }
        true
    }
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn names_of(side: &str, columns: &[Column]) -> String {
    columns.iter().map(|column| format!("{side}.{}", column.name)).collect::<Vec<_>>().join(", ")
}
