//! Query operators, one file a family: how each is compiled, and how it runs.

pub(super) mod aggregate;
mod count;
mod filter;
mod join;
mod mv_expand;
pub(super) mod project;
mod sort;
mod sources;
mod take;
mod union;
pub(super) mod window;

pub(super) use union::united;

use std::fmt::Debug;

use super::compile::{Compiler, Scope};
use super::error::Result;
use super::expr::Expr;
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

    /// What it does with rows that come of `input`, as far as more can be said than that.
    fn outline(&self, input: Step) -> Step {
        Step::Other(Box::new(input))
    }

    /// The expressions in it, where what it makes of some rows does not depend on other rows; else nothing.
    fn row_by_row(&self) -> Option<Vec<&Expr>> {
        None
    }
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
        PrintOperator => project::compile_print,
        ProjectOperator => project::compile_project,
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
