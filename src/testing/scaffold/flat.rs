//! The outline of a query as conditions on the columns of the tables that it reads.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::catalog::ScalarType;
use crate::exec::outline::{Step, Term, TermKind};
use crate::exec::value::Value;
use crate::exec::{INGESTED, Scan, ScanSource};
use crate::text::TextRange;

/// One way through a query: rows of these sources for which the conditions hold come out at its end.
#[derive(Debug, Clone, Default)]
pub(super) struct Flat {
    /// The sources, each with a row.
    pub sources: Vec<Scan>,
    /// The columns so far, by what they are of the sources.
    pub columns: IndexMap<Arc<str>, Expr>,
    /// What has to hold.
    pub conditions: Vec<Expr>,
    /// What makes groups: rows that differ in it come out each by itself.
    pub keys: Vec<Expr>,
    /// Whether there is an operator on the way of which nothing is known.
    pub is_certain: bool,
}

/// An expression over columns of sources.
#[derive(Debug, Clone)]
pub(super) struct Expr {
    pub kind: Kind,
    pub range: TextRange,
}

/// What an expression computes.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// A column of a source, by the number of the source.
    Column(usize, Arc<str>, ScalarType),
    Constant(Value),
    Call(&'static str, Vec<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    In {
        value: Box<Expr>,
        items: Vec<Expr>,
        negated: bool,
    },
    Other,
}

/// The condition that the keys of a join are the same: it has no near miss of its own.
pub(super) const SAME: &str = "=";

/// How many ways through a query are followed.
const MAX_WAYS: usize = 8;

/// The ways through a query.
pub(super) fn ways(step: &Step) -> Vec<Flat> {
    let mut ways = match step {
        Step::Source(scan) => vec![source(scan)],
        Step::Own => Vec::new(),
        Step::Other(input) => {
            let mut ways = ways(input);
            ways.iter_mut().for_each(|way| way.is_certain = false);
            ways
        }
        Step::Filter(input, condition) => each(input, |way| {
            let condition = way.read(condition);
            way.conditions.push(condition);
        }),
        Step::Compute { input, columns, keeps } => each(input, |way| way.compute(columns, *keeps)),
        Step::Group { input, keys, columns } => each(input, |way| {
            let mut all = keys.clone();
            all.extend(columns.iter().cloned());
            way.keys = keys.iter().map(|(_, key)| way.read(key)).collect();
            way.compute(&all, false);
        }),
        Step::Join { left, right, keys, outer, anti } => {
            let right = ways(right).into_iter().next();
            each(left, |way| match right.clone() {
                Some(right) if !anti && !outer => way.join(right, keys),
                _ => {}
            })
        }
        Step::Union(members) => members.iter().flat_map(ways).collect(),
    };
    ways.truncate(MAX_WAYS);
    ways
}

fn each(input: &Step, mut change: impl FnMut(&mut Flat)) -> Vec<Flat> {
    let mut ways = ways(input);
    ways.iter_mut().for_each(&mut change);
    ways
}

fn source(scan: &Scan) -> Flat {
    let column = |field: &crate::exec::Field| {
        let kind = Kind::Column(0, Arc::clone(&field.name), field.ty);
        (Arc::clone(&field.name), Expr { kind, range: TextRange::default() })
    };
    Flat {
        sources: vec![scan.clone()],
        columns: scan.schema.fields.iter().map(column).collect(),
        is_certain: true,
        ..Flat::default()
    }
}

impl Flat {
    fn compute(&mut self, columns: &[(Arc<str>, Term)], keeps: bool) {
        let computed: Vec<(Arc<str>, Expr)> =
            columns.iter().map(|(name, term)| (Arc::clone(name), self.read(term))).collect();
        let ingested = self.columns.get(INGESTED).cloned();
        if !keeps {
            self.columns.clear();
        } else if let Some(ingested) = ingested {
            self.columns.insert(INGESTED.into(), ingested);
        }
        self.columns.extend(computed);
    }

    /// Adds the sources of another way, and gives its columns.
    fn add(&mut self, mut other: Self) -> IndexMap<Arc<str>, Expr> {
        let offset = self.sources.len();
        self.sources.append(&mut other.sources);
        self.conditions.extend(other.conditions.into_iter().map(|condition| condition.moved(offset)));
        self.is_certain &= other.is_certain;
        other.columns.into_iter().map(|(name, expr)| (name, expr.moved(offset))).collect()
    }

    fn join(&mut self, right: Self, keys: &[(Term, Term)]) {
        let left = self.columns.clone();
        let right = self.add(right);
        for (own, other) in keys {
            let own_expr = self.read(own);
            self.columns.clone_from(&right);
            let other_expr = self.read(other);
            self.columns.clone_from(&left);
            let range = own.range;
            self.conditions.push(Expr { kind: Kind::Call(SAME, vec![own_expr, other_expr]), range });
        }
        for (name, expr) in right {
            let free = match self.columns.contains_key(&name) {
                true => Arc::from(format!("{name}1")),
                false => name,
            };
            self.columns.insert(free, expr);
        }
    }

    /// A term over the columns so far, as an expression over those of the sources.
    fn read(&mut self, term: &Term) -> Expr {
        let mut all = |terms: &[Term]| terms.iter().map(|term| self.read(term)).collect::<Vec<_>>();
        let kind = match &term.kind {
            TermKind::Column(name) => match self.columns.get(name) {
                Some(known) => {
                    // The place is that of the use; a condition is named by where it is asked.
                    return Expr { range: term.range, ..known.clone() };
                }
                None => self.open_column(name, term.ty),
            },
            TermKind::Constant(value) => Kind::Constant(value.clone()),
            TermKind::Call(name, arguments) => Kind::Call(name, all(arguments)),
            TermKind::And(parts) => Kind::And(all(parts)),
            TermKind::Or(parts) => Kind::Or(all(parts)),
            TermKind::In { value, items, negated } => {
                let items = all(items);
                Kind::In { value: Box::new(self.read(value)), items, negated: *negated }
            }
            TermKind::Values(step) => match ways(step).into_iter().next() {
                Some(way) => match self.add(way).into_iter().next() {
                    Some((_, first)) => return Expr { range: term.range, ..first },
                    None => Kind::Other,
                },
                None => Kind::Other,
            },
            TermKind::Other => Kind::Other,
        };
        Expr { kind, range: term.range }
    }

    /// A column that no schema has: one of an open source, where there is one.
    fn open_column(&self, name: &Arc<str>, ty: Option<ScalarType>) -> Kind {
        let open = self.sources.iter().position(|scan| scan.open);
        match open {
            Some(at) => {
                let is_list =
                    matches!(self.sources.get(at), Some(Scan { source: ScanSource::Watchlist(_), .. }));
                let ty = if is_list { ScalarType::String } else { ty.unwrap_or(ScalarType::String) };
                Kind::Column(at, Arc::clone(name), ty)
            }
            None => Kind::Other,
        }
    }
}

impl Expr {
    fn moved(self, offset: usize) -> Self {
        let all = |items: Vec<Self>| items.into_iter().map(|item| item.moved(offset)).collect();
        let kind = match self.kind {
            Kind::Column(at, name, ty) => Kind::Column(at + offset, name, ty),
            Kind::Call(name, arguments) => Kind::Call(name, all(arguments)),
            Kind::And(parts) => Kind::And(all(parts)),
            Kind::Or(parts) => Kind::Or(all(parts)),
            Kind::In { value, items, negated } => {
                Kind::In { value: Box::new(value.moved(offset)), items: all(items), negated }
            }
            kind => kind,
        };
        Self { kind, range: self.range }
    }

    /// Whether the condition at `range` is in it.
    pub(super) fn holds(&self, range: TextRange) -> bool {
        let any = |items: &[Self]| items.iter().any(|item| item.holds(range));
        self.range == range && !matches!(self.kind, Kind::And(_) | Kind::Or(_))
            || match &self.kind {
                Kind::Call(_, items) | Kind::And(items) | Kind::Or(items) => any(items),
                _ => false,
            }
    }

    /// The choices in it: each `or` with its number of branches, and the conditions that are decided for themselves.
    pub(super) fn parts(&self, choices: &mut Vec<(TextRange, usize)>, leaves: &mut Vec<TextRange>) {
        match &self.kind {
            Kind::And(parts) => parts.iter().for_each(|part| part.parts(choices, leaves)),
            Kind::Or(parts) => {
                choices.push((self.range, parts.len()));
                parts.iter().for_each(|part| part.parts(choices, leaves));
            }
            Kind::Call(SAME, _) => {}
            Kind::Call("not", arguments) => arguments.iter().for_each(|part| part.parts(choices, leaves)),
            _ if !leaves.contains(&self.range) => leaves.push(self.range),
            _ => {}
        }
    }
}
