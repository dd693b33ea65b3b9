//! What may stand at the cursor in a query.

use super::item::{Item, ItemKind, Offer};
use super::scope::{self, Wanted};
use crate::catalog::ScalarType;
use crate::catalog::kql::KqlCatalog;
use crate::kql::bind::{Arena, Bound, Type, bind};
use crate::kql::syntax::nodes::{FunctionCall, JoinOperator, NamedParameter, PathExpression};
use crate::kql::syntax::operator_parameters::{self as parameters, Parameter, ParameterValue};
use crate::kql::syntax::{self, CHARTS, LexToken, Node, NodeKind, TokenKind as T, View};
use crate::lsp::help::{self, Topic};
use crate::lsp::host::Project;

/// What the place before the word at the cursor asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// The beginning of a statement.
    Statement,
    /// An operator behind a pipe.
    Operator,
    /// A table, as the right side of a join.
    Table,
    /// A value.
    Value,
    /// What follows a value.
    Infix,
    /// A part of what stands before the dot.
    Member,
    /// The value of a parameter.
    ParameterValue,
    /// A chart.
    Chart,
    /// A plugin.
    Plugin,
    /// A new name, or a number.
    Nothing,
}

/// What is offered behind `text`, the query up to the cursor.
pub(super) fn offer(text: &str, project: &Project) -> Option<Offer> {
    let catalog = &*project.kql;
    let (tokens, _) = syntax::lex(text);
    let (end, real) = tokens.split_last()?;
    if end.trivia().slice(text).rsplit('\n').next().unwrap_or_default().contains("//") {
        return None;
    }
    if let Some(open) =
        real.last().filter(|last| last.range.end as usize == text.len() && is_open_text(text, last))
    {
        return in_text(text, open, catalog);
    }
    let word = word_of(text);
    let before = text.get(..text.len() - word.len())?;
    let (tree, _) = syntax::parse(before);
    let arena = Arena::new();
    let bound = bind(&tree, catalog, &arena);
    let last = tree.tokens().iter().rev().find(|token| token.kind != T::EndOfText);
    // A word that begins with a digit is a number.
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let anchor = last.map_or(tree.root(), |last| tree.node_at(last.range.end));
    let place = At { bound: &bound, catalog, anchor, last };
    let mut offer = Offer::new(word);
    place.fill(&mut offer);
    Some(offer)
}

/// Whether a token is text without its closing quote.
fn is_open_text(text: &str, token: &LexToken) -> bool {
    let written = token.range.slice(text);
    let body = written.trim_start_matches(['h', 'H', '@']);
    let quote = body.chars().next().filter(|c| matches!(c, '\'' | '"'));
    token.kind == T::StringLiteral && quote.is_some_and(|quote| body.len() == 1 || !body.ends_with(quote))
}

/// The word that is being typed: of an operator behind a pipe with its hyphens, of a parameter with its dots.
fn word_of(text: &str) -> &str {
    let from = |is_part: fn(char) -> bool| text.trim_end_matches(is_part).len();
    let wide = from(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let (before, word) = text.split_at(wide);
    if (before.trim_end().ends_with('|') && !word.contains('.')) || word.starts_with("hint.") {
        return word;
    }
    text.get(from(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))..).unwrap_or_default()
}

/// What is offered inside of quotes: the values that the parameter of a call takes.
fn in_text(text: &str, open: &LexToken, catalog: &KqlCatalog) -> Option<Offer> {
    let written = open.range.slice(text);
    let typed = written.trim_start_matches(['h', 'H', '@']).get(1..)?;
    let (tree, _) = syntax::parse(text);
    let node = tree.node_at(open.range.end);
    let mut around = std::iter::successors(Some(node), |node| node.parent());
    let call = FunctionCall::of_slot(around.find(|node| node.kind() == NodeKind::FunctionCall)?);
    let arguments = call.arguments().expressions();
    let number = arguments.iter().position(|argument| argument.range().end >= open.range.start)?;
    let name = call.name().syntax().text();
    let mut offer = Offer::new(typed);
    let language = catalog.language();
    let function =
        language.function(name).or_else(|| language.aggregate(name)).or_else(|| language.plugin(name));
    let signatures = function.map_or(&[][..], |function| function.signatures);
    for parameter in signatures.iter().filter_map(|signature| signature.parameters.get(number)) {
        offer.items.extend(parameter.values.iter().map(|value| Item::new(*value, ItemKind::Value)));
    }
    match name {
        "_GetWatchlist" => {
            let lists = catalog.watchlists().iter().map(|list| Item::new(list.alias, ItemKind::Value));
            offer.items.extend(lists.map(|item| item.detail("watchlist")));
        }
        "table" => scope::tables(&mut offer, catalog),
        _ => {}
    }
    Some(offer)
}

/// A place in a query that ends there.
struct At<'b, 'a> {
    bound: &'b Bound<'a>,
    catalog: &'a KqlCatalog,
    /// The innermost node that ends with the last token.
    anchor: Node<'a>,
    last: Option<&'a LexToken>,
}

impl<'a> At<'_, 'a> {
    fn fill(&self, offer: &mut Offer) {
        match self.wants() {
            Wants::Statement => {
                self.begin(offer);
                for topic in [Topic::Statement, Topic::Source] {
                    offer.items.extend(help::all(topic).map(|help| keyword(help.name, help.text, 2)));
                }
            }
            Wants::Operator => {
                for help in help::all(Topic::Operator) {
                    let doc = format!("{}\n\n[{}]({})", help.text, "Documentation", help.link());
                    offer.add(keyword(help.name, &doc, 1));
                }
            }
            Wants::Table => {
                self.begin(offer);
                self.parameters(offer);
            }
            Wants::Value => self.values(offer),
            Wants::Infix => self.infix(offer),
            Wants::Member => self.members(offer),
            Wants::ParameterValue => self.parameter_values(offer),
            Wants::Chart => {
                offer.items.extend(CHARTS.iter().map(|chart| Item::new(*chart, ItemKind::Value)));
            }
            Wants::Plugin => {
                scope::plugins(offer, self.catalog);
                self.parameters(offer);
            }
            Wants::Nothing => {}
        }
    }

    fn around(&self) -> impl Iterator<Item = Node<'a>> {
        std::iter::successors(Some(self.anchor), |node| node.parent())
    }

    /// The innermost operator around that is given rows.
    fn operator(&self) -> Option<Node<'a>> {
        self.around().find(|node| self.bound.input(*node).is_some() || is_operator(node.kind()))
    }

    fn wants(&self) -> Wants {
        let Some(last) = self.last else { return Wants::Statement };
        let parent = self.anchor.parent().map(Node::kind);
        let operator = self.operator().map(Node::kind);
        match last.kind {
            T::Semicolon | T::OpenBrace => Wants::Statement,
            T::Bar => Wants::Operator,
            T::Dot => Wants::Member,
            T::OpenParen if self.opens_table(parent) => Wants::Statement,
            T::Equal => match self.anchor.kind() {
                NodeKind::NamedParameter => Wants::ParameterValue,
                NodeKind::LetStatement => Wants::Statement,
                _ => Wants::Value,
            },
            T::Comma if operator == Some(NodeKind::UnionOperator) => Wants::Table,
            T::UnionKw | T::JoinKw | T::LookupKw => Wants::Table,
            T::RenderKw => Wants::Chart,
            T::EvaluateKw => Wants::Plugin,
            T::InvokeKw => Wants::Table,
            T::LetKw | T::AsKw | T::TakeKw | T::LimitKw | T::Colon => Wants::Nothing,
            T::CloseParen | T::CloseBracket | T::Asterisk if !self.multiplies() => Wants::Infix,
            _ if self.is_parameter() => match operator {
                Some(NodeKind::JoinOperator | NodeKind::LookupOperator | NodeKind::UnionOperator) => {
                    Wants::Table
                }
                Some(NodeKind::EvaluateOperator) => Wants::Plugin,
                _ => Wants::Value,
            },
            kind if kind.is_literal() || kind == T::Identifier => Wants::Infix,
            T::AscKw | T::DescKw | T::NullsKw => Wants::Infix,
            // A keyword may be a name as well, and then stands for a value.
            kind if kind.is_keyword() && self.anchor.kind() == NodeKind::TokenName => Wants::Infix,
            _ => Wants::Value,
        }
    }

    /// Whether a star is an operator here.
    fn multiplies(&self) -> bool {
        self.anchor.kind() == NodeKind::BinaryExpression
    }

    /// Whether the last token ends a parameter of the operator, such as `kind=inner`.
    fn is_parameter(&self) -> bool {
        let ends = |node: &Node<'a>| self.last.is_some_and(|last| last.range.end == node.range().end);
        self.around().take_while(ends).any(|node| node.kind() == NodeKind::NamedParameter)
    }

    /// Whether a table is expected behind a bracket that opens.
    fn opens_table(&self, parent: Option<NodeKind>) -> bool {
        match self.anchor.kind() {
            NodeKind::ToScalarExpression | NodeKind::ToTableExpression | NodeKind::MaterializeExpression => {
                true
            }
            NodeKind::ParenthesizedExpression | NodeKind::MvApplySubquery | NodeKind::ForkExpression => {
                let is_value = parent.is_some_and(|parent| {
                    matches!(
                        parent,
                        NodeKind::FilterOperator
                            | NodeKind::BinaryExpression
                            | NodeKind::ExtendOperator
                            | NodeKind::SimpleNamedExpression
                            | NodeKind::ArgumentList
                    )
                });
                !is_value
            }
            _ => false,
        }
    }

    /// What a query begins with.
    fn begin(&self, offer: &mut Offer) {
        scope::locals(offer, self.bound, self.anchor, Wanted::Table);
        scope::tables(offer, self.catalog);
        scope::functions(offer, self.catalog, Wanted::Table);
        for name in ["union", "search", "find", "print", "range", "materialize", "toscalar"] {
            let text =
                help::find(Topic::Operator, name).map(|help| help.text).or_else(|| help::function(name));
            offer.add(keyword(name, text.unwrap_or_default(), 2));
        }
    }

    /// Columns, variables and functions, with what else the operator takes.
    fn values(&self, offer: &mut Offer) {
        let operator = self.operator();
        let kind = operator.map(Node::kind);
        let is_on = self.around().any(|node| node.kind() == NodeKind::JoinOnClause);
        if let Some(columns) = operator.and_then(|operator| self.bound.columns_before(operator)) {
            scope::columns(offer, columns);
        }
        if is_on {
            for side in ["$left", "$right"] {
                offer.add(Item::new(side, ItemKind::Variable).group(0));
            }
            return;
        }
        let by =
            self.around().any(|node| matches!(node.kind(), NodeKind::SummarizeBy | NodeKind::MakeSeriesBy));
        let in_call = self.around().any(|node| node.kind() == NodeKind::FunctionCall);
        match kind {
            Some(
                NodeKind::SummarizeOperator | NodeKind::MakeSeriesOperator | NodeKind::TopNestedOperator,
            ) if !by && !in_call => {
                scope::aggregates(offer, self.catalog);
            }
            Some(
                NodeKind::ProjectAwayOperator
                | NodeKind::ProjectKeepOperator
                | NodeKind::ProjectReorderOperator,
            ) => return,
            _ => {}
        }
        scope::locals(offer, self.bound, self.anchor, Wanted::Value);
        scope::functions(offer, self.catalog, Wanted::Value);
        for word in ["true", "false", "not", "dynamic", "datetime", "timespan"] {
            offer.add(keyword(word, "", 4));
        }
        self.parameters(offer);
        if self.last.is_some_and(|last| matches!(last.kind, T::SortKw | T::OrderKw)) {
            offer.items.clear();
            self.parameters(offer);
            offer.add(keyword("by", "", 0));
        }
        // `in (` takes a table, too.
        if self.last.is_some_and(|last| last.kind == T::OpenParen)
            && self.around().any(|node| node.kind() == NodeKind::InExpression)
        {
            scope::locals(offer, self.bound, self.anchor, Wanted::Table);
            scope::tables(offer, self.catalog);
        }
    }

    /// What follows a value: operators that its type has, and the words of the operator around.
    fn infix(&self, offer: &mut Offer) {
        let kind = self.operator().map(Node::kind);
        let words: &[&str] = match kind {
            Some(NodeKind::SummarizeOperator) => &["by"],
            Some(NodeKind::SortOperator) => &["by", "asc", "desc", "nulls first", "nulls last"],
            Some(NodeKind::TopOperator) => &["by", "asc", "desc", "nulls first", "nulls last"],
            Some(NodeKind::JoinOperator | NodeKind::LookupOperator) => &["on"],
            Some(NodeKind::MakeSeriesOperator) => &["default", "on", "from", "to", "step", "by"],
            Some(NodeKind::ParseOperator | NodeKind::ParseWhereOperator) => &["with"],
            Some(NodeKind::MvExpandOperator) => &["to typeof", "limit"],
            Some(NodeKind::MvApplyOperator) => &["to typeof", "on"],
            Some(NodeKind::ParseKvOperator) => &["as", "with"],
            Some(NodeKind::PartitionOperator) => &["by"],
            Some(NodeKind::SampleDistinctOperator) => &["of"],
            Some(NodeKind::SearchOperator | NodeKind::FindOperator) => &["in", "where"],
            _ => &[],
        };
        offer.items.extend(words.iter().map(|word| keyword(word, "", 0)));
        let ends = |node: &Node<'a>| self.last.is_some_and(|last| last.range.end == node.range().end);
        let operand = self.around().take_while(ends).find_map(|node| self.bound.type_of(node));
        let takes_condition =
            matches!(kind, Some(k) if !matches!(k, NodeKind::SortOperator | NodeKind::JoinOperator));
        if takes_condition {
            offer.items.extend(operators_of(operand).iter().map(|word| keyword(word, "", 1)));
            offer.items.extend(["and", "or"].map(|word| keyword(word, "", 1)));
        }
    }

    /// The parts of what stands before a dot.
    fn members(&self, offer: &mut Offer) {
        let path = self.around().find(|node| node.kind() == NodeKind::PathExpression);
        let Some(left) = path.map(|path| PathExpression::of_slot(path).expression()) else { return };
        let join = self
            .around()
            .find(|node| matches!(node.kind(), NodeKind::JoinOperator | NodeKind::LookupOperator));
        match (left.text(), join) {
            ("$left", Some(join)) => {
                scope::columns(offer, self.bound.columns_before(join).unwrap_or_default());
            }
            ("$right", Some(join)) => {
                // Both operators have the same parts.
                let right = JoinOperator::of_slot(join).expression();
                scope::columns(offer, self.bound.columns_after(right).unwrap_or_default());
            }
            _ => match self.bound.type_of(left) {
                Some(Type::Bag(properties)) => scope::columns(offer, properties),
                Some(Type::Tuple(tuple)) => scope::columns(offer, tuple.columns),
                _ => {}
            },
        }
    }

    /// The parameters of the operator that are not given yet, where they may stand here.
    fn parameters(&self, offer: &mut Offer) {
        let Some(operator) = self.operator() else { return };
        let is_head = self.last.is_some_and(|last| last.kind.is_keyword() || last.kind == T::Identifier);
        if !(is_head || self.is_parameter())
            || self.around().any(|node| node.kind() == NodeKind::FunctionCall)
        {
            return;
        }
        let given: Vec<&str> = operator
            .descendants()
            .filter(|node| node.kind() == NodeKind::NamedParameter)
            .map(|node| NamedParameter::of_slot(node).name().syntax().text())
            .collect();
        for parameter in parameters_of(operator.kind()) {
            if parameter.name.starts_with("__") || (given.contains(&parameter.name) && !parameter.repeatable)
            {
                continue;
            }
            let item = Item::new(format!("{}=", parameter.name), ItemKind::Keyword);
            offer.add(item.detail(parameter.words.join("|")).group(2));
        }
    }

    fn parameter_values(&self, offer: &mut Offer) {
        let named = NamedParameter::of_slot(self.anchor);
        let name = named.name().syntax().text();
        let Some(operator) = self.operator() else { return };
        let known = parameters_of(operator.kind());
        let Some(parameter) = known.iter().find(|parameter| parameter.name == name) else { return };
        offer.items.extend(parameter.words.iter().map(|word| Item::new(*word, ItemKind::Value)));
        match parameter.value {
            ParameterValue::Bool => {
                offer.items.extend(["true", "false"].map(|word| Item::new(word, ItemKind::Value)));
            }
            ParameterValue::Column | ParameterValue::Columns => {
                scope::columns(offer, self.bound.columns_before(operator).unwrap_or_default());
            }
            _ => {}
        }
    }
}

fn keyword(word: &str, doc: &str, group: u8) -> Item {
    Item::new(word, ItemKind::Keyword).doc(doc).group(group)
}

/// The operators that compare a value of a type.
fn operators_of(ty: Option<Type<'_>>) -> &'static [&'static str] {
    match ty {
        Some(Type::Scalar(ScalarType::String)) => &[
            "==",
            "!=",
            "=~",
            "!~",
            "has",
            "!has",
            "has_cs",
            "has_any",
            "has_all",
            "contains",
            "!contains",
            "contains_cs",
            "startswith",
            "!startswith",
            "startswith_cs",
            "endswith",
            "!endswith",
            "endswith_cs",
            "hasprefix",
            "hassuffix",
            "in",
            "!in",
            "in~",
            "!in~",
            "matches regex",
        ],
        Some(Type::Scalar(ScalarType::Bool)) => &["==", "!="],
        Some(ty) if ty.is_dynamic() => &["==", "!=", "has", "has_any", "in"],
        Some(Type::Scalar(_)) => {
            &["==", "!=", "<", "<=", ">", ">=", "between", "!between", "in", "!in", "+", "-", "*", "/"]
        }
        _ => &["==", "!=", "<", "<=", ">", ">=", "has", "contains", "in"],
    }
}

fn is_operator(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::UnionOperator
            | NodeKind::FindOperator
            | NodeKind::SearchOperator
            | NodeKind::JoinOperator
            | NodeKind::LookupOperator
            | NodeKind::EvaluateOperator
            | NodeKind::RenderOperator
            | NodeKind::PrintOperator
            | NodeKind::RangeOperator
    )
}

/// The parameters that an operator takes.
fn parameters_of(kind: NodeKind) -> &'static [Parameter] {
    match kind {
        NodeKind::JoinOperator => parameters::JOIN,
        NodeKind::LookupOperator => parameters::LOOKUP,
        NodeKind::UnionOperator => parameters::UNION,
        NodeKind::SummarizeOperator => parameters::SUMMARIZE,
        NodeKind::DistinctOperator => parameters::DISTINCT,
        NodeKind::EvaluateOperator => parameters::EVALUATE,
        NodeKind::MakeSeriesOperator => parameters::MAKE_SERIES,
        NodeKind::MvExpandOperator => parameters::MV_EXPAND,
        NodeKind::MvApplyOperator => parameters::MV_APPLY,
        NodeKind::ParseOperator | NodeKind::ParseWhereOperator => parameters::PARSE,
        NodeKind::PartitionOperator => parameters::PARTITION,
        NodeKind::ReduceOperator => parameters::REDUCE,
        NodeKind::RenderOperator => parameters::RENDER,
        NodeKind::ScanOperator => parameters::SCAN,
        NodeKind::SearchOperator => parameters::SEARCH,
        NodeKind::SortOperator => parameters::SORT,
        NodeKind::TopOperator => parameters::TOP,
        NodeKind::AsOperator => parameters::AS,
        NodeKind::FindOperator => parameters::FIND,
        NodeKind::GraphMatchOperator => parameters::GRAPH_MATCH,
        NodeKind::MakeGraphOperator => parameters::GRAPH_MAKE,
        _ => &[],
    }
}
