//! Tabular expressions of a plan.

use std::sync::Arc;

use super::error::Result;
use super::expr::Expr;
use super::operators::Operator;
use super::run::Run;
use super::table::{Field, Schema, Table};
use crate::text::TextRange;

/// A tabular expression.
#[derive(Debug)]
pub(super) struct Relation {
    /// What it computes.
    pub kind: RelationKind,
    /// Where it stands in the query.
    pub range: TextRange,
}

/// What a tabular expression computes.
#[derive(Debug)]
pub(super) enum RelationKind {
    /// Rows from outside.
    Scan(Scan),
    /// Rows that the query writes out.
    Rows(Arc<Table>),
    /// Computed once, used in several places: what a name stands for.
    Shared(Arc<Relation>),
    /// The rows of an outer operator that runs a subquery for each part of them.
    Parameter(ParameterId),
    /// An operator on rows.
    Pipe(Box<Relation>, Box<dyn Operator>),
}

/// Rows from outside.
#[derive(Debug, Clone)]
pub struct Scan {
    /// Where they come from.
    pub source: ScanSource,
    /// The columns that the catalog knows, of which the query may have use.
    pub schema: Schema,
    /// The columns that the catalog knows and the query does not read.
    pub unread: Vec<Field>,
    /// Whether there may be more columns.
    pub open: bool,
}

impl Scan {
    /// The scan with the column `name` among those that are read, where there is one.
    #[must_use]
    pub(super) fn reading(&self, name: &str) -> Self {
        let mut scan = self.clone();
        if let Some(at) = scan.unread.iter().position(|field| &*field.name == name) {
            scan.schema.fields.push(scan.unread.swap_remove(at));
        }
        scan
    }
}

/// Where rows come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ScanSource {
    /// A table, by its name.
    Table(Arc<str>),
    /// A watchlist, by its alias.
    Watchlist(Arc<str>),
    /// A function of a product whose body is not known, by its name.
    Function(Arc<str>),
    /// A file behind `externaldata`, by its address.
    External(Arc<str>),
}

impl std::fmt::Display for ScanSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Table(name) | Self::Function(name) => f.write_str(name),
            Self::Watchlist(alias) => write!(f, "_GetWatchlist('{alias}')"),
            Self::External(address) => write!(f, "externaldata {address}"),
        }
    }
}

/// A source with operators behind it that work row by row.
pub(super) struct Chain<'p> {
    pub scan: &'p Scan,
    /// Where the source stands in the query.
    pub at: TextRange,
    /// The operators in their order, each with its place in the query.
    pub steps: Vec<(&'p dyn Operator, TextRange)>,
}

impl<'p> Chain<'p> {
    /// The conditions that the rows of the source are tested by before anything else.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &'p Expr> {
        self.steps.iter().map_while(|(operator, _)| operator.condition())
    }
}

/// Names the rows that an operator hands to its subquery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ParameterId(pub u32);

impl Relation {
    /// The relation behind an operator.
    #[must_use]
    pub(super) fn pipe(self, operator: impl Operator + 'static, range: TextRange) -> Self {
        Self { range, kind: RelationKind::Pipe(Box::new(self), Box::new(operator)) }
    }

    /// Tells the operators before that only rows for which `condition` is true are kept.
    pub(super) fn wants(&mut self, condition: &Expr) {
        if let RelationKind::Pipe(input, operator) = &mut self.kind {
            operator.wants(condition);
            if operator.passes_wants() {
                input.wants(condition);
            }
        }
    }

    /// The relation, computed once wherever it is used.
    #[must_use]
    pub(super) fn shared(self) -> Arc<Self> {
        let range = self.range;
        Arc::new(match self.kind {
            RelationKind::Pipe(..) => Self { range, kind: RelationKind::Shared(Arc::new(self.pruned())) },
            _ => self,
        })
    }

    /// The source at the start of a chain of operators that work row by row, and these in their order, each with its place.
    fn row_by_row(&self) -> Option<Chain<'_>> {
        let mut steps = Vec::new();
        let mut relation = self;
        loop {
            match &relation.kind {
                RelationKind::Pipe(input, operator) => {
                    operator.row_by_row()?;
                    steps.push((&**operator, relation.range));
                    relation = input;
                }
                RelationKind::Scan(scan) => {
                    steps.reverse();
                    return Some(Chain { scan, at: relation.range, steps });
                }
                _ => return None,
            }
        }
    }

    /// Its rows.
    ///
    /// # Errors
    ///
    /// What an operator or function refuses, and too much memory.
    pub(super) fn table(&self, run: &Run<'_>) -> Result<Arc<Table>> {
        match &self.kind {
            RelationKind::Scan(scan) => {
                run.chain(&Chain { scan, at: self.range, steps: Vec::new() }, self.range)
            }
            RelationKind::Rows(table) => Ok(Arc::clone(table)),
            RelationKind::Shared(relation) => run.once(relation, || relation.table(run)),
            RelationKind::Parameter(id) => Ok(run.parameter(*id)),
            RelationKind::Pipe(input, operator) => {
                if let Some(chain) = self.row_by_row() {
                    return run.chain(&chain, self.range);
                }
                if let (Some(fold), Some(chain)) = (operator.fold(), input.row_by_row())
                    && let Some(output) = run.folded(&chain, fold, self.range)?
                {
                    run.account(&output, self.range)?;
                    return Ok(output);
                }
                let input = input.table(run)?;
                let output = operator.run(run, Arc::unwrap_or_clone(input))?;
                run.account(&output, self.range)?;
                Ok(Arc::new(output))
            }
        }
    }
}
