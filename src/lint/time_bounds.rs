//! How far back a query looks: the bounds that its filters set on the time of events.

use crate::kql::bind::{Bound, Symbol};
use crate::kql::syntax::nodes::{
    BetweenExpression, BinaryExpression, ExpressionStatement, FilterOperator, FunctionCall,
    ParenthesizedExpression, PipeExpression, QueryBlock, UnionOperator,
};
use crate::kql::syntax::{Node, NodeKind, Tree, View};

use super::constants::{Constant, constant};
use super::query_walk::{column, joined_by, without_parentheses};

/// How many operators and variables are followed.
const MAX_STEPS: usize = 500;

/// The column that the service cuts the data of a run by.
pub(crate) const EVENT_TIME: &str = "TimeGenerated";

/// What a condition says of the time of events.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeBound<'a> {
    /// The condition.
    pub(crate) node: Node<'a>,
    /// The filter that it is part of.
    pub(crate) filter: Node<'a>,
    /// Whether it is of the event's own time, not of the time it was ingested.
    pub(crate) of_event: bool,
    /// Events are this or later.
    pub(crate) from: Option<(Constant, Node<'a>)>,
    /// Events are this or earlier.
    pub(crate) to: Option<(Constant, Node<'a>)>,
}

impl TimeBound<'_> {
    /// How long before the run events may be, at least and at most, in seconds.
    pub(crate) fn reach(&self) -> Option<(f64, f64)> {
        match self.from?.0 {
            Constant::Before { min, max } => Some((min, max)),
            _ => None,
        }
    }

    /// How long before the run events must be, at least and at most, in seconds.
    pub(crate) fn delay(&self) -> Option<(f64, f64)> {
        match self.to?.0 {
            Constant::Before { min, max } => Some((min, max)),
            _ => None,
        }
    }
}

/// The bounds that the filters of `tree` set with constants, in order of the text. Only what every event must meet
/// counts: no alternative of an `or`.
pub(crate) fn time_bounds<'a>(tree: &'a Tree, bound: &'a Bound<'a>) -> Vec<TimeBound<'a>> {
    let filters = tree.root().descendants().filter_map(FilterOperator::cast);
    filters
        .flat_map(|filter| {
            let conditions = joined_by(filter.condition(), "and");
            conditions.into_iter().filter_map(move |node| time_bound(node, filter.syntax(), bound))
        })
        .collect()
}

fn time_bound<'a>(node: Node<'a>, filter: Node<'a>, bound: &Bound<'a>) -> Option<TimeBound<'a>> {
    let node = without_parentheses(node);
    let known = |side: Node<'a>| constant(side, bound).map(|value| (value, side));
    if let Some(between) = BetweenExpression::cast(node) {
        let of_event = subject(between.left(), bound)?;
        if between.operator().kind().text() != Some("between") {
            return None;
        }
        let (first, second) = (between.right().first(), between.right().second());
        let (from, to) = (known(first), known(second));
        // `between (start .. 1d)` is a length from the start on.
        let to = match (from, to) {
            (Some((Constant::Before { min, max }, _)), Some((Constant::Span(span), side))) => {
                Some((Constant::Before { min: min - span, max: max - span }, side))
            }
            (_, Some((Constant::Span(_) | Constant::Number(_), _))) => None,
            (_, to) => to,
        };
        return Some(TimeBound { node, filter, of_event, from, to });
    }
    let binary = BinaryExpression::cast(node)?;
    let operator = binary.operator().kind().text()?;
    let (of_event, value, later) = match (subject(binary.left(), bound), subject(binary.right(), bound)) {
        (Some(of_event), None) => (of_event, binary.right(), matches!(operator, ">" | ">=")),
        (None, Some(of_event)) => (of_event, binary.left(), matches!(operator, "<" | "<=")),
        _ => return None,
    };
    if !matches!(operator, ">" | ">=" | "<" | "<=") {
        return None;
    }
    let value = known(value)?;
    let (from, to) = if later { (Some(value), None) } else { (None, Some(value)) };
    Some(TimeBound { node, filter, of_event, from, to })
}

/// Whether `node` is the time of an event as its table has it, or, with false, that of its ingestion.
fn subject<'a>(node: Node<'a>, bound: &Bound<'a>) -> Option<bool> {
    let node = without_parentheses(node);
    if let Some(call) = FunctionCall::cast(node) {
        return (call.name().syntax().text() == "ingestion_time").then_some(false);
    }
    is_event_time(node, bound).then_some(true)
}

/// Whether `node` names the time of events as their table has it, not a column that the query made.
pub(crate) fn is_event_time<'a>(node: Node<'a>, bound: &Bound<'a>) -> bool {
    column(node, bound).is_some_and(|column| {
        column.name == EVENT_TIME && bound.declaration(Symbol::Column(column)).is_none()
    })
}

/// The tables that a query reads, each with the filters that its rows pass before anything else is done with them but
/// filtering and naming.
pub(crate) fn sources<'a>(tree: &'a Tree, bound: &'a Bound<'a>) -> Vec<(Node<'a>, Vec<Node<'a>>)> {
    let names = tree.root().descendants().filter(|node| {
        matches!(node.kind(), NodeKind::NameReference)
            && bound.output(*node).is_some_and(|table| table.is_stored() || table.open)
            && !matches!(bound.symbol(*node), Some(Symbol::Variable(_) | Symbol::Parameter(_)))
            && node.parent().is_none_or(|parent| parent.kind() != NodeKind::FunctionCall)
    });
    names.map(|name| (name, filters_of(name))).collect()
}

/// The filters that the rows of `source` go through, up to where other rows join or rows are made.
fn filters_of(source: Node<'_>) -> Vec<Node<'_>> {
    let mut filters = Vec::new();
    let mut node = source;
    while let Some(parent) = node.parent() {
        match parent.kind() {
            NodeKind::PipeExpression => {
                let pipe = PipeExpression::of_slot(parent);
                if pipe.expression() == node {
                    match pipe.operator().kind() {
                        NodeKind::FilterOperator => filters.push(pipe.operator()),
                        NodeKind::ExtendOperator
                        | NodeKind::ProjectOperator
                        | NodeKind::ProjectAwayOperator
                        | NodeKind::ProjectKeepOperator
                        | NodeKind::ProjectRenameOperator
                        | NodeKind::ProjectReorderOperator
                        | NodeKind::ParseOperator
                        | NodeKind::MvExpandOperator => {}
                        _ => return filters,
                    }
                }
            }
            NodeKind::ParenthesizedExpression | NodeKind::UnionOperator | NodeKind::List => {}
            _ => return filters,
        }
        node = parent;
    }
    filters
}

/// The filters that the rows of the result passed on their straight way: variables followed, other sides of joins not.
pub(crate) fn filters_of_result<'a>(last: Node<'a>, bound: &Bound<'a>) -> Vec<Node<'a>> {
    let mut filters = Vec::new();
    let mut node = last;
    for _ in 0..MAX_STEPS {
        if let Some(pipe) = PipeExpression::cast(node) {
            if pipe.operator().kind() == NodeKind::FilterOperator {
                filters.push(pipe.operator());
            }
            if UnionOperator::cast(pipe.operator()).is_some() {
                // The rows of the other tables come another way.
                return Vec::new();
            }
            node = pipe.expression();
        } else if let Some(inside) = ParenthesizedExpression::cast(node) {
            node = inside.expression();
        } else if let Some(Symbol::Variable(variable)) = bound.symbol(node) {
            let Some(source) = variable.source else { break };
            node = source;
        } else {
            break;
        }
    }
    filters
}

/// The expression that is the result of the query.
pub(crate) fn last_expression(tree: &Tree) -> Option<Node<'_>> {
    let last = QueryBlock::of_slot(tree.root()).statements().iter().next_back()?;
    ExpressionStatement::cast(last).map(ExpressionStatement::expression)
}
