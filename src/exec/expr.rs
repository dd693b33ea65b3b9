//! Scalar expressions of a plan, and their values for a row.

use std::collections::HashSet;
use std::sync::Arc;

use super::error::{Result, RunError};
use super::functions::{Call, Scalar};
use super::relation::Relation;
use super::run::Run;
use super::table::{Field, Row, Schema};
use super::value::{Dynamic, Key, Value, coerce};
use crate::catalog::ScalarType;
use crate::text::TextRange;

/// An expression.
#[derive(Debug, Clone)]
pub(super) struct Expr {
    /// What it computes.
    pub kind: ExprKind,
    /// The type of its values, where the query alone says it.
    pub ty: Option<ScalarType>,
    /// Where it stands in the query.
    pub range: TextRange,
}

/// What an expression computes.
#[derive(Debug, Clone)]
pub(super) enum ExprKind {
    /// A constant.
    Literal(Value),
    /// The value of a column. `slot` is where it stands, once the expression was [linked](Expr::linked).
    Column {
        /// The name of the column.
        name: Arc<str>,
        /// Its index in the row.
        slot: usize,
    },
    /// The value of a column, or of an expression where the rows have no such column: `column_ifexists`.
    ColumnOr {
        /// The name of the column.
        name: Arc<str>,
        /// What stands in for it.
        default: Box<Expr>,
    },
    /// All columns of the rows, as arguments of a call: `*`.
    AllColumns,
    /// The hidden columns with the values of an aggregate that has several.
    Parts(Parts),
    /// A function or an operator.
    Call {
        /// What is called.
        function: &'static Scalar,
        /// The arguments.
        arguments: Vec<Expr>,
    },
    /// True where all are true.
    And(Vec<Expr>),
    /// True where one is true.
    Or(Vec<Expr>),
    /// Whether a value is among others.
    In(Box<Membership>),
    /// Whether a test is true of any column: `* has "text"`.
    AnyColumn(Box<AnyColumn>),
    /// The first value of the first row of a query: `toscalar(…)`.
    Scalar(Arc<Relation>),
    /// The values of the first column of a query, as an array.
    Values(Arc<Relation>),
}

/// A test of all columns of a row.
#[derive(Debug, Clone)]
pub(super) struct AnyColumn {
    /// The test, of the value of a column and of `right`.
    pub test: &'static Scalar,
    /// What values are held against.
    pub right: Expr,
    /// Where the columns stand, once the expression was [linked](Expr::linked).
    pub columns: Vec<usize>,
}

/// The hidden columns with the values of an aggregate that has several.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    /// Their names and types.
    pub columns: Vec<(Arc<str>, Option<ScalarType>)>,
    /// What the names of those begin with that only the rows tell: the columns behind `*` of a table that is not wholly
    /// known. The name to give them follows.
    pub rest: Option<Arc<str>>,
}

/// `value in (items)`
#[derive(Debug, Clone)]
pub(super) struct Membership {
    /// The value that is looked for.
    pub value: Expr,
    /// What it is looked for among; arrays stand for their elements.
    pub items: Vec<Expr>,
    /// Whether the case of letters is passed over.
    pub fold: bool,
    /// Whether it must be absent.
    pub negated: bool,
    /// The items as keys, where all are constants.
    pub known: Option<Arc<HashSet<Key>>>,
}

impl Expr {
    /// A constant.
    pub(super) fn literal(value: Value, range: TextRange) -> Self {
        Self { ty: value.ty(), kind: ExprKind::Literal(value), range }
    }

    /// A column.
    pub(super) fn column(name: impl AsRef<str>, ty: Option<ScalarType>, range: TextRange) -> Self {
        Self { kind: ExprKind::Column { name: Arc::from(name.as_ref()), slot: usize::MAX }, ty, range }
    }

    /// A call.
    pub(super) fn call(
        function: &'static Scalar,
        arguments: Vec<Self>,
        ty: Option<ScalarType>,
        range: TextRange,
    ) -> Self {
        Self { kind: ExprKind::Call { function, arguments }, ty, range }
    }

    /// The constant, where it is one.
    pub(super) fn as_literal(&self) -> Option<&Value> {
        if let ExprKind::Literal(value) = &self.kind { Some(value) } else { None }
    }

    /// The name of the column, where it is one.
    pub(super) fn as_column(&self) -> Option<&Arc<str>> {
        if let ExprKind::Column { name, .. } = &self.kind { Some(name) } else { None }
    }

    /// Whether it has the same value for every row and every run.
    pub(super) fn is_constant(&self) -> bool {
        match &self.kind {
            ExprKind::Literal(_) => true,
            ExprKind::Call { function, arguments } => {
                !matches!(function.name, "now" | "ago" | "rand" | "new_guid")
                    && arguments.iter().all(Self::is_constant)
            }
            ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().all(Self::is_constant),
            ExprKind::In(member) => member.value.is_constant() && member.items.iter().all(Self::is_constant),
            ExprKind::Column { .. }
            | ExprKind::ColumnOr { .. }
            | ExprKind::AllColumns
            | ExprKind::AnyColumn(_)
            | ExprKind::Parts(_)
            | ExprKind::Scalar(_)
            | ExprKind::Values(_) => false,
        }
    }

    /// Whether it runs no query of its own, so that rows alone decide its value.
    pub(super) fn is_closed(&self) -> bool {
        match &self.kind {
            ExprKind::Scalar(_) | ExprKind::Values(_) => false,
            // Chance must not begin anew in each part.
            ExprKind::Call { function, arguments } => {
                !matches!(function.name, "rand" | "new_guid") && arguments.iter().all(Self::is_closed)
            }
            ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().all(Self::is_closed),
            ExprKind::In(member) => member.value.is_closed() && member.items.iter().all(Self::is_closed),
            ExprKind::ColumnOr { default, .. } => default.is_closed(),
            ExprKind::AnyColumn(any) => any.right.is_closed(),
            ExprKind::Literal(_) | ExprKind::Column { .. } | ExprKind::Parts(_) | ExprKind::AllColumns => {
                true
            }
        }
    }

    /// The expression for rows of `schema`: its columns found.
    ///
    /// # Errors
    ///
    /// A column that the schema lacks, which only happens where the query makes columns of data.
    pub(super) fn linked(&self, schema: &Schema) -> Result<Self> {
        let all = |items: &[Self]| items.iter().map(|item| item.linked(schema)).collect::<Result<Vec<_>>>();
        let (kind, ty) = match &self.kind {
            ExprKind::Column { name, .. } => match schema.position(name) {
                Some(slot) => {
                    let ty = schema.fields.get(slot).map(|field| field.ty);
                    (ExprKind::Column { name: Arc::clone(name), slot }, ty)
                }
                None => {
                    let message = format!("the rows have no column `{name}`");
                    return Err(RunError::new(self.range, message));
                }
            },
            ExprKind::Call { function, arguments } => {
                let mut linked = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    if matches!(argument.kind, ExprKind::AllColumns) {
                        let columns = schema.fields.iter().enumerate();
                        let seen = columns.filter(|(_, field)| !field.is_hidden());
                        linked.extend(seen.map(|(slot, field)| Self {
                            kind: ExprKind::Column { name: Arc::clone(&field.name), slot },
                            ty: Some(field.ty),
                            range: argument.range,
                        }));
                    } else {
                        linked.push(argument.linked(schema)?);
                    }
                }
                (ExprKind::Call { function, arguments: linked }, self.ty)
            }
            ExprKind::ColumnOr { name, default } => {
                let column = Self::column(name, self.ty, self.range);
                let found = if schema.position(name).is_some() { &column } else { &**default };
                let linked = found.linked(schema)?;
                (linked.kind, linked.ty.or(self.ty))
            }
            ExprKind::And(parts) => (ExprKind::And(all(parts)?), self.ty),
            ExprKind::Or(parts) => (ExprKind::Or(all(parts)?), self.ty),
            ExprKind::In(member) => {
                let member = Membership {
                    value: member.value.linked(schema)?,
                    items: all(&member.items)?,
                    ..Membership::clone(member)
                };
                (ExprKind::In(Box::new(member)), self.ty)
            }
            ExprKind::AnyColumn(any) => {
                let shown = |(_, field): &(usize, &Field)| !field.is_hidden();
                let fields = schema.fields.iter().enumerate();
                let any = AnyColumn {
                    test: any.test,
                    right: any.right.linked(schema)?,
                    columns: fields.filter(shown).map(|(place, _)| place).collect(),
                };
                (ExprKind::AnyColumn(Box::new(any)), self.ty)
            }
            ExprKind::Literal(_)
            | ExprKind::AllColumns
            | ExprKind::Parts(_)
            | ExprKind::Scalar(_)
            | ExprKind::Values(_) => (self.kind.clone(), self.ty),
        };
        Ok(Self { kind, ty, range: self.range })
    }

    /// Whether it may read any column, so that its names do not tell which.
    pub(super) fn reads_any_column(&self) -> bool {
        match &self.kind {
            ExprKind::AllColumns | ExprKind::AnyColumn(_) | ExprKind::Parts(_) => true,
            ExprKind::Call { arguments, .. } => arguments.iter().any(Self::reads_any_column),
            ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().any(Self::reads_any_column),
            ExprKind::In(member) => {
                member.value.reads_any_column() || member.items.iter().any(Self::reads_any_column)
            }
            ExprKind::ColumnOr { default, .. } => default.reads_any_column(),
            ExprKind::Literal(_) | ExprKind::Column { .. } | ExprKind::Scalar(_) | ExprKind::Values(_) => {
                false
            }
        }
    }

    /// The names of the columns that it reads.
    pub(super) fn columns(&self) -> Vec<Arc<str>> {
        let mut columns = Vec::new();
        let mut pending = vec![self];
        while let Some(expression) = pending.pop() {
            match &expression.kind {
                ExprKind::Column { name, .. } => columns.push(Arc::clone(name)),
                ExprKind::ColumnOr { name, default } => {
                    columns.push(Arc::clone(name));
                    pending.push(default);
                }
                ExprKind::Call { arguments, .. } => pending.extend(arguments),
                ExprKind::And(parts) | ExprKind::Or(parts) => pending.extend(parts),
                ExprKind::In(member) => {
                    pending.push(&member.value);
                    pending.extend(&member.items);
                }
                ExprKind::AnyColumn(any) => pending.push(&any.right),
                ExprKind::Literal(_)
                | ExprKind::AllColumns
                | ExprKind::Parts(_)
                | ExprKind::Scalar(_)
                | ExprKind::Values(_) => {}
            }
        }
        columns
    }

    /// Whether it reads every column that rows have.
    pub(super) fn reads_all_columns(&self) -> bool {
        match &self.kind {
            ExprKind::AnyColumn(_) | ExprKind::AllColumns => true,
            ExprKind::Call { arguments: parts, .. } | ExprKind::And(parts) | ExprKind::Or(parts) => {
                parts.iter().any(Self::reads_all_columns)
            }
            ExprKind::In(member) => {
                member.value.reads_all_columns() || member.items.iter().any(Self::reads_all_columns)
            }
            ExprKind::ColumnOr { default, .. } => default.reads_all_columns(),
            ExprKind::Literal(_)
            | ExprKind::Column { .. }
            | ExprKind::Parts(_)
            | ExprKind::Scalar(_)
            | ExprKind::Values(_) => false,
        }
    }

    /// The expression for rows that may lack some of its columns: those are null there.
    ///
    /// # Errors
    ///
    /// As [`Self::linked`].
    pub(super) fn linked_or_null(&self, schema: &Schema) -> Result<Self> {
        let mut filled = schema.clone();
        // Places behind the end of a row read as null.
        for name in self.columns() {
            if filled.position(&name).is_none() {
                filled.fields.push(Field { name, ty: ScalarType::Dynamic });
            }
        }
        self.linked(&filled)
    }

    /// The value for `row`, of a linked expression.
    ///
    /// # Errors
    ///
    /// What a function refuses, as `assert` does; what a subquery runs into.
    pub(super) fn value(&self, row: &Row, run: &Run<'_>) -> Result<Value> {
        let value = match &self.kind {
            ExprKind::Literal(value) => return Ok(value.clone()),
            ExprKind::Parts(_) | ExprKind::AllColumns => Value::Null,
            ExprKind::ColumnOr { default, .. } => default.value(row, run)?,
            ExprKind::Column { slot, .. } => {
                let value = row.get(*slot).cloned().unwrap_or(Value::Null);
                return Ok(match value {
                    Value::Bool(truth) => Value::Bool(run.outcome(self.range, truth)),
                    value => value,
                });
            }
            ExprKind::Call { function, arguments } => {
                let values: Vec<Value> =
                    arguments.iter().map(|argument| argument.value(row, run)).collect::<Result<_>>()?;
                let call = Call { run, arguments, range: self.range };
                match (function.body)(&call, &values)? {
                    Value::Bool(truth) => Value::Bool(run.outcome(self.range, truth)),
                    value => value,
                }
            }
            ExprKind::And(parts) => all_of(parts, row, run, false)?,
            ExprKind::Or(parts) => all_of(parts, row, run, true)?,
            ExprKind::AnyColumn(any) => {
                let right = any.right.value(row, run)?;
                let call = Call { run, arguments: std::slice::from_ref(&any.right), range: self.range };
                let mut truth = false;
                for place in &any.columns {
                    let Some(value) = row.get(*place) else { continue };
                    truth = (any.test.body)(&call, &[value.clone(), right.clone()])?.is_true();
                    if truth {
                        break;
                    }
                }
                Value::Bool(run.outcome(self.range, truth))
            }
            ExprKind::In(member) => {
                member.holds(row, run)?.map(|truth| run.outcome(self.range, truth)).into()
            }
            ExprKind::Scalar(relation) => {
                let table = relation.table(run)?;
                table.rows.first().and_then(|row| row.first()).cloned().unwrap_or(Value::Null)
            }
            ExprKind::Values(relation) => {
                let table = relation.table(run)?;
                Value::array(table.column(0).map(Value::to_dynamic))
            }
        };
        Ok(match self.ty {
            Some(ty) if value.ty() != Some(ty) => settle(value, ty),
            _ => value,
        })
    }
}

/// A value as a column of a type holds it.
pub(super) fn settle(value: Value, ty: ScalarType) -> Value {
    match (&value, ty) {
        (Value::Null, ScalarType::String) => Value::missing(ty),
        (Value::Null, _) => value,
        _ if value.ty() == Some(ty) => value,
        _ => coerce(&value, ty),
    }
}

/// Three-valued `and`, or `or` where `decided` is true: a part that decides does, else null where one is null.
fn all_of(parts: &[Expr], row: &Row, run: &Run<'_>, decided: bool) -> Result<Value> {
    let mut unknown = false;
    for part in parts {
        match part.value(row, run)? {
            Value::Null => unknown = true,
            value if value.is_true() == decided => return Ok(Value::Bool(decided)),
            _ => {}
        }
    }
    Ok(if unknown { Value::Null } else { Value::Bool(!decided) })
}

impl Membership {
    /// The key that a value has here.
    pub(super) fn key(&self, value: &Value) -> Key {
        match value.as_str() {
            Some(text) if self.fold => Key::of(&Value::string(text.to_lowercase())),
            _ => Key::of(value),
        }
    }

    /// Whether the value is among the items: a null equals nothing, and compared with another null is neither equal nor not.
    fn holds(&self, row: &Row, run: &Run<'_>) -> Result<Option<bool>> {
        let value = self.value.value(row, run)?;
        let key = self.key(&value);
        let found = match &self.known {
            Some(known) => known.contains(&key),
            None => self.found(&key, row, run)?,
        };
        Ok((!found || key != Key::Null).then_some(found != self.negated))
    }

    /// Whether an item has this key.
    fn found(&self, key: &Key, row: &Row, run: &Run<'_>) -> Result<bool> {
        for item in &self.items {
            if let ExprKind::Values(relation) = &item.kind {
                if run.key_set(relation, self.fold, |value| self.key(value))?.contains(key) {
                    return Ok(true);
                }
                continue;
            }
            let item = item.value(row, run)?;
            let found = match item.as_dynamic() {
                Some(Dynamic::Array(items)) => {
                    items.iter().any(|item| item.scalar().is_some_and(|scalar| self.key(&scalar) == *key))
                }
                _ => self.key(&item) == *key,
            };
            if found {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
