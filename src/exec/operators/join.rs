//! `join` and `lookup`: rows of two tables side by side.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Operator;
use crate::catalog::ScalarType;
use crate::exec::compile::{Compiler, Scope, name_text};
use crate::exec::error::Result;
use crate::exec::expr::{Expr, ExprKind};
use crate::exec::outline::{Step, Term};
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table};
use crate::exec::value::{Key, Value};
use crate::kql::syntax::nodes::{
    BinaryExpression, JoinOnClause, JoinOperator, LookupOperator, ParenthesizedExpression,
};
use crate::kql::syntax::{Node, TokenKind, View};

/// Which rows a join returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Pairs, each key of the left side once.
    InnerUnique,
    Inner,
    LeftOuter,
    RightOuter,
    FullOuter,
    LeftSemi,
    RightSemi,
    LeftAnti,
    RightAnti,
}

#[derive(Debug)]
struct Join {
    kind: Kind,
    right: Arc<Relation>,
    /// What is compared, of either side.
    keys: Vec<(Expr, Expr)>,
    /// Whether the keys of the right side are left out, as `lookup` does.
    lookup: bool,
    /// What the rows behind it must be, as far as the query says so next.
    wanted: Vec<Expr>,
}

pub(super) fn compile_join<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: JoinOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let range = node.syntax().range();
    let kind = compiler.parameter_word(node.parameters().iter(), "kind");
    let kind = match kind.as_deref().unwrap_or("innerunique") {
        "innerunique" => Kind::InnerUnique,
        "inner" => Kind::Inner,
        "leftouter" => Kind::LeftOuter,
        "rightouter" => Kind::RightOuter,
        "fullouter" => Kind::FullOuter,
        "leftsemi" => Kind::LeftSemi,
        "rightsemi" => Kind::RightSemi,
        "anti" | "leftanti" | "leftantisemi" => Kind::LeftAnti,
        "rightanti" | "rightantisemi" => Kind::RightAnti,
        other => {
            compiler.unsupported(range, format!("join kind={other}"));
            Kind::Inner
        }
    };
    let right = Arc::new(compiler.table(node.expression(), scope, None).pruned());
    let keys = match node.condition() {
        Some(condition) => compile_keys(compiler, condition, scope),
        None => Vec::new(),
    };
    input.pipe(Join { kind, right, keys, lookup: false, wanted: Vec::new() }, range)
}

pub(super) fn compile_lookup<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: LookupOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let kind = compiler.parameter_word(node.parameters().iter(), "kind");
    let kind = if kind.as_deref() == Some("inner") { Kind::Inner } else { Kind::LeftOuter };
    let right = Arc::new(compiler.table(node.expression(), scope, None).pruned());
    let keys = compile_keys(compiler, node.condition(), scope);
    input.pipe(Join { kind, right, keys, lookup: true, wanted: Vec::new() }, node.syntax().range())
}

/// The keys of `on a, $left.b == $right.c`.
fn compile_keys<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    condition: Node<'a>,
    scope: &Scope<'c, 'a>,
) -> Vec<(Expr, Expr)> {
    let Some(on) = JoinOnClause::cast(condition) else {
        compiler.unsupported(condition.range(), "join … where");
        return Vec::new();
    };
    let mut keys = Vec::new();
    let mut pending: Vec<Node<'a>> = on.expressions().iter().collect();
    pending.reverse();
    while let Some(node) = pending.pop() {
        if let Some(inner) = ParenthesizedExpression::cast(node) {
            pending.push(inner.expression());
        } else if let Some(binary) = BinaryExpression::cast(node) {
            if binary.operator().kind() == TokenKind::AndKw {
                pending.extend([binary.right(), binary.left()]);
            } else {
                keys.push((
                    compiler.expression(binary.left(), scope),
                    compiler.expression(binary.right(), scope),
                ));
            }
        } else {
            let column = Expr::column(name_text(node), None, node.range());
            keys.push((column.clone(), column));
        }
    }
    keys
}

/// The key of a row; nothing where a part is null, which equals nothing.
fn key_of(keys: &[Expr], row: &Row, run: &Run<'_>) -> Result<Option<Vec<Key>>> {
    let mut parts = Vec::with_capacity(keys.len());
    for key in keys {
        let value = key.value(row, run)?;
        if value.is_null() {
            return Ok(None);
        }
        parts.push(Key::of(&value));
    }
    Ok(Some(parts))
}

fn all_hold(conditions: &[Expr], row: &Row, run: &Run<'_>) -> Result<bool> {
    for condition in conditions {
        if !condition.value(row, run)?.is_true() {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Join {
    /// The conditions of the rows behind an `innerunique` join that hang on its left side alone: the service asks them
    /// of the left side before it chooses a row for each key, and the documentation says that the result shows it.
    fn wanted_of(&self, left: &Schema) -> Result<Vec<Expr>> {
        if self.kind != Kind::InnerUnique {
            return Ok(Vec::new());
        }
        let of_left = |condition: &&Expr| {
            condition.is_closed()
                && !condition.reads_all_columns()
                && condition.columns().iter().all(|name| left.position(name).is_some())
        };
        self.wanted.iter().filter(of_left).map(|condition| condition.linked(left)).collect()
    }
}

impl Operator for Join {
    fn wants(&mut self, condition: &Expr) {
        match &condition.kind {
            ExprKind::And(parts) => parts.iter().for_each(|part| self.wants(part)),
            _ => self.wanted.push(condition.clone()),
        }
    }

    fn run(&self, run: &Run<'_>, left: Table) -> Result<Table> {
        let right = self.right.table(run)?;
        let left_keys: Vec<Expr> =
            self.keys.iter().map(|(key, _)| key.linked(&left.schema)).collect::<Result<_>>()?;
        let right_keys: Vec<Expr> =
            self.keys.iter().map(|(_, key)| key.linked(&right.schema)).collect::<Result<_>>()?;
        let mut by_key: HashMap<Vec<Key>, Vec<usize>> = HashMap::new();
        for (index, row) in right.rows.iter().enumerate() {
            if let Some(key) = key_of(&right_keys, row, run)? {
                by_key.entry(key).or_default().push(index);
            }
        }
        let mut matched = vec![false; right.rows.len()];
        let mut seen: HashSet<Vec<Key>> = HashSet::new();
        let joined = Sides::of(self, &left.schema, &right.schema);
        let wanted = self.wanted_of(&left.schema)?;
        let mut rows = Vec::new();
        for row in &left.rows {
            let key = key_of(&left_keys, row, run)?;
            if !all_hold(&wanted, row, run)? {
                continue;
            }
            if self.kind == Kind::InnerUnique
                && let Some(key) = &key
                && !seen.insert(key.clone())
            {
                continue;
            }
            let partners = key.and_then(|key| by_key.get(&key)).map_or(&[][..], Vec::as_slice);
            for partner in partners {
                if let Some(seen) = matched.get_mut(*partner) {
                    *seen = true;
                }
            }
            match self.kind {
                Kind::LeftSemi if !partners.is_empty() => rows.push(row.clone()),
                Kind::LeftAnti if partners.is_empty() => rows.push(row.clone()),
                Kind::LeftSemi | Kind::LeftAnti | Kind::RightSemi | Kind::RightAnti => {}
                Kind::LeftOuter | Kind::FullOuter if partners.is_empty() => {
                    rows.push(joined.row(Some(row), None));
                }
                _ => {
                    let pairs = partners.iter().filter_map(|partner| right.rows.get(*partner));
                    rows.extend(pairs.map(|partner| joined.row(Some(row), Some(partner))));
                }
            }
        }
        for (row, matched) in right.rows.iter().zip(&matched) {
            match self.kind {
                Kind::RightSemi if *matched => rows.push(row.clone()),
                Kind::RightAnti if !matched => rows.push(row.clone()),
                Kind::RightOuter | Kind::FullOuter if !matched => rows.push(joined.row(None, Some(row))),
                _ => {}
            }
        }
        Ok(Table::new(joined.schema, rows))
    }

    fn outline(&self, left: Step) -> Step {
        let keys = self.keys.iter().map(|(left, right)| (Term::of(left), Term::of(right))).collect();
        let right = Box::new(self.right.outline());
        let outer = matches!(self.kind, Kind::LeftOuter | Kind::FullOuter);
        let (left, right, anti) = match self.kind {
            Kind::RightAnti => (right, Box::new(left), true),
            kind => (Box::new(left), right, kind == Kind::LeftAnti),
        };
        Step::Join { left, right, keys, outer, anti }
    }
}

/// How rows of both sides stand side by side.
struct Sides {
    schema: Schema,
    left: Vec<ScalarType>,
    /// The columns of the right side that are returned: place and type.
    right: Vec<(usize, ScalarType)>,
}

impl Sides {
    fn of(join: &Join, left: &Schema, right: &Schema) -> Self {
        match join.kind {
            Kind::LeftSemi | Kind::LeftAnti => {
                return Self { schema: left.clone(), left: Vec::new(), right: Vec::new() };
            }
            Kind::RightSemi | Kind::RightAnti => {
                return Self { schema: right.clone(), left: Vec::new(), right: Vec::new() };
            }
            _ => {}
        }
        let key = |name: &Arc<str>| {
            join.lookup && join.keys.iter().any(|(_, key)| key.as_column().is_some_and(|key| key == name))
        };
        let kept: Vec<(usize, &Field)> =
            right.fields.iter().enumerate().filter(|(_, field)| !key(&field.name)).collect();
        // A name that both sides have gets a number on the right: the first that no column of either side has.
        let all =
            Schema::new(left.fields.iter().cloned().chain(kept.iter().map(|(_, field)| Field::clone(field))));
        let mut schema = left.clone();
        for (_, field) in &kept {
            let taken = left.position(&field.name).is_some();
            let mut names = all.clone();
            names.fields.extend(schema.fields.iter().cloned());
            let name = if taken { names.free_name(&field.name) } else { Arc::clone(&field.name) };
            schema.fields.push(Field { name, ty: field.ty });
        }
        Self {
            schema,
            left: left.fields.iter().map(|field| field.ty).collect(),
            right: kept.iter().map(|(place, field)| (*place, field.ty)).collect(),
        }
    }

    fn row(&self, left: Option<&Row>, right: Option<&Row>) -> Row {
        let mut row: Row = match left {
            Some(left) => left.clone(),
            None => self.left.iter().map(|ty| Value::missing(*ty)).collect(),
        };
        row.extend(self.right.iter().map(|(place, ty)| match right {
            Some(right) => right.get(*place).cloned().unwrap_or(Value::Null),
            None => Value::missing(*ty),
        }));
        row
    }
}
