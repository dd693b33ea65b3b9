//! The bodies of functions as each call of them means them.
//!
//! A body is bound once for each call, for its types hang on the arguments. Who checks a query needs the result only;
//! who runs it needs to know what every node of the body is in that call. [`bind_calls`](super::bind_calls) keeps that.

use super::binder::{Binder, Info};
use super::symbols::{Column, Table, UserFunction};
use crate::kql::syntax::{Node, NodeId};

/// The meaning of a function's body in one call of it.
#[derive(Debug)]
pub struct Expansion<'a> {
    /// The function.
    pub function: &'a UserFunction<'a>,
    /// The arguments, one for each parameter of the function; nothing where its default stands in. The one that `invoke`
    /// hands over is the expression left of the pipe, or the name of the call where there is none.
    pub arguments: Vec<Option<Node<'a>>>,
    pub(super) meaning: Meaning<'a>,
}

/// What is known of a stretch of nodes.
#[derive(Debug, Default)]
pub(super) struct Meaning<'a> {
    /// The index of the first node.
    pub(super) first: usize,
    pub(super) infos: Vec<Info<'a>>,
    /// What each operator was given.
    pub(super) inputs: Vec<(NodeId, &'a Table<'a>)>,
    /// The columns that an expression without a name for them made, in order for each.
    pub(super) made: Vec<(NodeId, &'a Column<'a>)>,
    /// The calls of functions that are written in KQL, by the node that names the function.
    pub(super) calls: Vec<(NodeId, Expansion<'a>)>,
}

impl<'a> Meaning<'a> {
    pub(super) fn info(&self, node: NodeId) -> Info<'a> {
        let index = node.index().checked_sub(self.first);
        index.and_then(|index| self.infos.get(index)).copied().unwrap_or_default()
    }

    pub(super) fn input(&self, operator: NodeId) -> Option<&'a Table<'a>> {
        let end = self.inputs.partition_point(|(known, _)| *known <= operator);
        let (known, table) = self.inputs.get(end.checked_sub(1)?)?;
        (*known == operator).then_some(table)
    }

    pub(super) fn made(&self, expression: NodeId) -> impl Iterator<Item = &'a Column<'a>> {
        let first = self.made.partition_point(|(known, _)| *known < expression);
        let of = self.made.get(first..).unwrap_or_default();
        of.iter().take_while(move |(known, _)| *known == expression).map(|(_, column)| *column)
    }

    pub(super) fn call(&self, name: NodeId) -> Option<&Expansion<'a>> {
        self.calls.iter().find(|(known, _)| *known == name).map(|(_, expansion)| expansion)
    }

    pub(super) fn settle(&mut self) {
        self.inputs.sort_by_key(|(operator, _)| *operator);
        self.made.sort_by_key(|(expression, _)| *expression);
    }
}

impl<'a> Binder<'a> {
    /// Begins to keep what the nodes of a body mean, where that is asked for.
    pub(super) fn open_expansion(&mut self) {
        if let Some(kept) = &mut self.kept {
            kept.push(Meaning::default());
        }
    }

    /// Keeps what is known of the nodes of the body just bound.
    pub(super) fn keep_infos(&mut self, body: Node<'a>) {
        let infos = &self.infos;
        if let Some(meaning) = self.kept.as_mut().and_then(|kept| kept.last_mut()) {
            let end = body.id().index() + 1;
            meaning.first = body.descendants().map(|node| node.id().index()).min().unwrap_or(0);
            meaning.infos = infos.get(meaning.first..end).map(<[Info<'a>]>::to_vec).unwrap_or_default();
        }
    }

    /// Ends what [`Self::open_expansion`] began, and gives it to the call whose function `name` names.
    pub(super) fn close_expansion(
        &mut self,
        function: &'a UserFunction<'a>,
        arguments: Vec<Option<Node<'a>>>,
        name: NodeId,
    ) {
        let Some(kept) = &mut self.kept else { return };
        let Some(mut meaning) = kept.pop() else { return };
        meaning.settle();
        if let Some(outer) = kept.last_mut()
            && outer.call(name).is_none()
        {
            outer.calls.push((name, Expansion { function, arguments, meaning }));
        }
    }
}
