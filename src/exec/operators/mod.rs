//! Query operators, one file a family: how each is compiled, and how it runs.

pub(super) mod aggregate;
mod count;
mod examples;
mod filter;
pub(super) mod graph;
mod groups;
mod join;
mod make_series;
mod mv_expand;
mod parse;
mod parse_kv;
mod partition;
pub(super) mod plugins;
pub(super) mod project;
mod sample;
mod scan;
mod schema;
mod search;
mod sort;
mod sources;
mod take;
mod top_nested;
mod union;
pub(super) mod window;

pub(super) use examples::EXAMPLES;
pub(super) use groups::Taken;
pub(super) use union::{union_of, united};

use std::fmt::Debug;

use super::compile::{Compiler, Scope};
use super::error::Result;
use super::expr::Expr;
use super::needs::Wanted;
use super::outline::Step;
use super::relation::Relation;
use super::run::Run;
use super::table::Table;
use crate::kql::syntax::nodes;
use crate::kql::syntax::{Node, NodeKind, View};

/// An operator of a plan.
pub(super) trait Operator: Debug + Send + Sync {
    /// The rows that it makes of `input`.
    ///
    /// # Errors
    ///
    /// What a function in it refuses, and too much memory.
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table>;

    /// Hears that only rows for which `condition` is true are kept of what it makes.
    fn wants(&mut self, _condition: &Expr) {}

    /// Whether what is wanted of its rows is wanted of those that it is given.
    fn passes_wants(&self) -> bool {
        false
    }

    /// What it does with rows that come of `input`, as far as more can be said than that.
    fn outline(&self, input: Step) -> Step {
        Step::Other(Box::new(input))
    }

    /// How it takes rows some at a time, where it need not hold all of them.
    fn fold(&self) -> Option<&dyn Fold> {
        None
    }

    /// The condition, where all that it does is to leave out rows that do not meet one.
    fn condition(&self) -> Option<&Expr> {
        None
    }

    /// The columns of its input that it needs where these are wanted of its output.
    fn reads(&self, _: Wanted) -> Wanted {
        Wanted::All
    }

    /// The expressions in it, where what it makes of some rows does not depend on other rows; else nothing.
    fn row_by_row(&self) -> Option<Vec<&Expr>> {
        None
    }
}

/// An operator that takes rows some at a time.
pub(super) trait Fold {
    /// Begins.
    fn begin<'o>(&'o self, run: &'o Run<'o>) -> Box<dyn Folding + 'o>;
}

/// Rows that are taken some at a time.
pub(super) trait Folding {
    /// Takes some rows, or says that it has to have all of them again.
    ///
    /// # Errors
    ///
    /// As [`Operator::run`].
    fn take(&mut self, rows: Table) -> Result<Taken>;

    /// What comes of all of them.
    ///
    /// # Errors
    ///
    /// As [`Operator::run`].
    fn finish(self: Box<Self>) -> Result<Table>;
}

/// Matches the kind of a node and calls the function with the view of that kind.
macro_rules! compile_by_kind {
    ($compiler:ident, $input:ident, $node:ident, $scope:ident, $($kind:ident => $compile:path,)*) => {
        match $node.kind() {
            $(NodeKind::$kind => $compile($compiler, $input, nodes::$kind::of_slot($node), $scope),)*
            _ => {
                let name = $node.descendant_tokens().next().map_or_else(String::new, |token| token.text().to_owned());
                $compiler.unsupported($node.range(), name);
                $input
            }
        }
    };
}

/// Puts the operator `node` behind `input`.
pub(super) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: Node<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let outer = compiler.open_operator();
    let relation = compile_by_kind! { compiler, input, node, scope,
        MakeSeriesOperator => make_series::compile,
        ScanOperator => scan::compile,
        FindOperator => search::compile_find,
        SearchOperator => search::compile,
        EvaluateOperator => plugins::compile,
        GraphMarkComponentsOperator => graph::compile_mark,
        GraphMatchOperator => graph::compile_match,
        GraphShortestPathsOperator => graph::compile_shortest,
        GraphToTableOperator => graph::compile_to_table,
        GraphWhereEdgesOperator => graph::compile_where_edges,
        GraphWhereNodesOperator => graph::compile_where_nodes,
        MakeGraphOperator => graph::compile_make,
        AssertSchemaOperator => schema::compile_assert,
        FacetOperator => partition::compile_facet,
        ForkOperator => partition::compile_fork,
        GetSchemaOperator => schema::compile,
        PartitionOperator => partition::compile,
        SampleDistinctOperator => sample::compile_distinct,
        SampleOperator => sample::compile,
        TopHittersOperator => sample::compile_hitters,
        TopNestedOperator => top_nested::compile,
        AsOperator => sources::compile_as,
        ConsumeOperator => sources::compile_consume,
        CountOperator => count::compile,
        DistinctOperator => aggregate::compile_distinct,
        ExtendOperator => project::compile_extend,
        FilterOperator => filter::compile,
        InvokeOperator => sources::compile_invoke,
        JoinOperator => join::compile_join,
        LookupOperator => join::compile_lookup,
        MvApplyOperator => mv_expand::compile_apply,
        MvExpandOperator => mv_expand::compile_expand,
        ParseKvOperator => parse_kv::compile,
        ParseOperator => parse::compile,
        ParseWhereOperator => parse::compile_where,
        PrintOperator => project::compile_print,
        ProjectOperator => project::compile_project,
        ProjectByNamesOperator => project::compile_by_names,
        ProjectAwayOperator => project::compile_away,
        ProjectKeepOperator => project::compile_keep,
        ProjectRenameOperator => project::compile_rename,
        ProjectReorderOperator => project::compile_reorder,
        RangeOperator => sources::compile_range,
        RenderOperator => sources::compile_render,
        SerializeOperator => project::compile_serialize,
        SortOperator => sort::compile,
        SummarizeOperator => aggregate::compile_summarize,
        TakeOperator => take::compile,
        TopOperator => sort::compile_top,
        UnionOperator => union::compile,
    };
    compiler.close_operator(outer);
    relation
}
