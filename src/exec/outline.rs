//! A plan as far as other parts of picket look into it: which conditions rows go through from the tables on.

use std::sync::Arc;

use super::compile::Assignment;
use super::expr::{Expr, ExprKind};
use super::relation::{Relation, RelationKind, Scan};
use super::value::Value;
use crate::catalog::ScalarType;
use crate::text::TextRange;

/// A tabular expression.
#[derive(Debug, Clone)]
pub enum Step {
    /// Rows from outside.
    Source(Scan),
    /// The rows for which a condition is true.
    Filter(Box<Step>, Term),
    /// Columns computed.
    Compute {
        /// The rows.
        input: Box<Step>,
        /// The columns by name.
        columns: Vec<(Arc<str>, Term)>,
        /// Whether the columns of the input stay.
        keeps: bool,
    },
    /// A row for each group.
    Group {
        /// The rows.
        input: Box<Step>,
        /// What makes a group.
        keys: Vec<(Arc<str>, Term)>,
        /// The columns behind the keys, in which aggregates are calls.
        columns: Vec<(Arc<str>, Term)>,
    },
    /// Rows of two sides with equal keys.
    Join {
        /// The left side.
        left: Box<Step>,
        /// The right side.
        right: Box<Step>,
        /// The keys, of either side.
        keys: Vec<(Term, Term)>,
        /// Whether rows of the left side stay that have no match.
        outer: bool,
        /// Whether those alone stay.
        anti: bool,
    },
    /// The rows of each.
    Union(Vec<Step>),
    /// An operator of which nothing more is said, on rows.
    Other(Box<Step>),
    /// Rows that the query makes itself.
    Own,
}

/// A scalar expression with its place in the query.
#[derive(Debug, Clone)]
pub struct Term {
    /// What it computes.
    pub kind: TermKind,
    /// Its type, where the query alone says it.
    pub ty: Option<ScalarType>,
    /// Where it stands.
    pub range: TextRange,
}

/// What a scalar expression computes.
#[derive(Debug, Clone)]
pub enum TermKind {
    /// A column.
    Column(Arc<str>),
    /// A constant.
    Constant(Value),
    /// A function, an operator or an aggregate.
    Call(&'static str, Vec<Term>),
    /// True where all are.
    And(Vec<Term>),
    /// True where one is.
    Or(Vec<Term>),
    /// Whether a value is among others.
    In {
        /// The value.
        value: Box<Term>,
        /// The others; an array stands for its elements.
        items: Vec<Term>,
        /// Whether it must be absent.
        negated: bool,
    },
    /// The values of the first column of a query.
    Values(Box<Step>),
    /// Something else.
    Other,
}

impl Term {
    pub(super) fn of(expression: &Expr) -> Self {
        let all = |items: &[Expr]| items.iter().map(Self::of).collect();
        let kind = match &expression.kind {
            ExprKind::Literal(value) => TermKind::Constant(value.clone()),
            ExprKind::Column { name, .. } => TermKind::Column(Arc::clone(name)),
            ExprKind::ColumnOr { name, .. } => TermKind::Column(Arc::clone(name)),
            ExprKind::Call { function, arguments } => TermKind::Call(function.name, all(arguments)),
            ExprKind::And(parts) => TermKind::And(all(parts)),
            ExprKind::Or(parts) => TermKind::Or(all(parts)),
            ExprKind::In(member) => TermKind::In {
                value: Box::new(Self::of(&member.value)),
                items: all(&member.items),
                negated: member.negated,
            },
            ExprKind::Values(relation) => TermKind::Values(Box::new(relation.outline())),
            _ => TermKind::Other,
        };
        Self { kind, ty: expression.ty, range: expression.range }
    }
}

/// The columns of assignments; of `*` nothing is said.
pub(super) fn columns(assignments: &[Assignment]) -> Vec<(Arc<str>, Term)> {
    let named = assignments.iter().filter_map(|column| Some((column.name.clone()?, Term::of(&column.value))));
    named.collect()
}

impl Relation {
    /// What it does, operator by operator.
    pub(super) fn outline(&self) -> Step {
        match &self.kind {
            RelationKind::Scan(scan) => Step::Source(scan.clone()),
            RelationKind::Shared(relation) => relation.outline(),
            RelationKind::Pipe(input, operator) => operator.outline(input.outline()),
            _ => Step::Own,
        }
    }
}
