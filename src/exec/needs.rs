//! Which columns of a source a query reads: others need not be read at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::expr::Expr;
use super::relation::{Relation, RelationKind};

/// Columns that are wanted of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All that there are.
    All,
    /// These.
    Only(BTreeSet<Arc<str>>),
}

impl Wanted {
    /// None.
    pub(super) fn none() -> Self {
        Self::Only(BTreeSet::new())
    }

    /// These and the columns that expressions read.
    #[must_use]
    pub(super) fn and<'e>(self, expressions: impl IntoIterator<Item = &'e Expr>) -> Self {
        let Self::Only(mut names) = self else { return Self::All };
        for expression in expressions {
            if expression.reads_any_column() {
                return Self::All;
            }
            names.extend(expression.columns());
        }
        Self::Only(names)
    }

    /// These without some.
    #[must_use]
    pub(super) fn without<'n>(self, made: impl IntoIterator<Item = &'n Arc<str>>) -> Self {
        let Self::Only(mut names) = self else { return Self::All };
        for name in made {
            names.remove(name);
        }
        Self::Only(names)
    }
}

impl Relation {
    /// The relation with sources of no more columns than it needs, all of its own columns wanted.
    #[must_use]
    pub(super) fn pruned(mut self) -> Self {
        self.prune(Wanted::All);
        self
    }

    fn prune(&mut self, wanted: Wanted) {
        let mut relation = self;
        let mut wanted = wanted;
        loop {
            match &mut relation.kind {
                RelationKind::Pipe(input, operator) => {
                    wanted = operator.reads(wanted);
                    relation = input;
                }
                RelationKind::Scan(scan) => {
                    if let Wanted::Only(names) = wanted {
                        let fields = std::mem::take(&mut scan.schema.fields);
                        let (read, unread) =
                            fields.into_iter().partition(|field| names.contains(&field.name));
                        scan.schema.fields = read;
                        scan.unread.extend::<Vec<_>>(unread);
                    }
                    return;
                }
                RelationKind::Rows(_) | RelationKind::Shared(_) | RelationKind::Parameter(_) => return,
            }
        }
    }
}
