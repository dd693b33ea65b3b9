//! Query operators: which starts where, pipes, and the operators that filter, sort and take.

use super::{CommaList, ListEnd, Parser, node};
use crate::kql::codes;
use crate::kql::syntax::charts::CHARTS;
use crate::kql::syntax::operator_parameters as params;
use crate::kql::syntax::parser::parameters::ParameterTable;
use crate::kql::syntax::token::TokenKind as T;
use crate::kql::syntax::tree::{NodeId, Slot};

impl<'a> Parser<'a> {
    /// An expression with operators piped after it.
    pub(super) fn pipe_expression(&mut self) -> Option<NodeId> {
        let first = if self.at_operator() {
            self.first_operator().or_else(|| self.piped_operator()).or_else(|| self.unnamed_expression())
        } else {
            self.unnamed_expression().or_else(|| self.first_operator()).or_else(|| self.piped_operator())
        };
        let first = first?;
        Some(self.pipes_after(first))
    }

    /// Operators only: the query of a partition or of mv-apply.
    pub(super) fn operator_pipeline(&mut self) -> NodeId {
        let first = self.required_operator();
        self.pipes_after(first)
    }

    /// Operators, or a table that the context gives.
    pub(super) fn contextual_pipeline(&mut self) -> NodeId {
        let first = if self.at(T::InternalContextualDatatableKw) {
            self.contextual_data_table()
        } else {
            self.required_operator()
        };
        self.pipes_after(first)
    }

    pub(super) fn pipes_after(&mut self, first: NodeId) -> NodeId {
        let mut expression = first;
        while self.at(T::Bar) {
            let bar = self.bump();
            let operator = self.required_operator();
            expression = node!(self, PipeExpression, expression, bar, operator);
        }
        expression
    }

    /// An operator where one must stand: misplaced ones are read, unknown words kept as bad operators.
    pub(super) fn required_operator(&mut self) -> NodeId {
        if let Some(operator) = self.any_operator() {
            return operator;
        }
        if self.at(T::Identifier) {
            let word = self.text_at(0);
            let keyword = self.bump();
            let operator = node!(self, BadOperator, keyword);
            self.report_node(codes::QUERY_OPERATOR_EXPECTED, operator, unknown_operator(word));
            return operator;
        }
        self.missing_operator()
    }

    fn any_operator(&mut self) -> Option<NodeId> {
        self.piped_operator().or_else(|| self.first_operator())
    }

    pub(super) fn missing_operator(&mut self) -> NodeId {
        self.report_missing(
            codes::QUERY_OPERATOR_EXPECTED,
            "an operator is missing here, such as `where` or `project`",
        );
        let keyword = self.silent(T::Identifier);
        node!(self, BadOperator, keyword)
    }

    /// An operator that may start a query.
    fn first_operator(&mut self) -> Option<NodeId> {
        match self.kind() {
            T::EvaluateKw => self.evaluate(),
            T::FindKw => self.find(),
            T::MacroExpandKw => self.macro_expand(),
            T::PrintKw => self.print(),
            T::SearchKw => self.search(),
            T::UnionKw => self.union(),
            _ => None,
        }
    }

    /// An operator that may follow a pipe. A word that may be a name as well is taken for an operator.
    fn piped_operator(&mut self) -> Option<NodeId> {
        match self.kind() {
            T::AsKw => self.as_operator(),
            T::AssertSchemaKw => self.assert_schema(),
            T::ConsumeKw => self.consume(),
            T::CountKw => self.count(),
            T::DistinctKw => self.distinct(),
            T::EvaluateKw => self.evaluate(),
            T::InternalExecuteAndCacheKw => {
                let keyword = self.bump();
                Some(node!(self, ExecuteAndCacheOperator, keyword))
            }
            T::ExtendKw => self.extend(),
            T::FacetKw => self.facet(),
            T::FilterKw | T::WhereKw => self.filter(),
            T::FindKw => self.find(),
            T::ForkKw => self.fork(),
            T::GetschemaKw => self.get_schema(),
            T::GraphMarkComponentsKw => self.graph_mark_components(),
            T::GraphMatchKw => self.graph_match(),
            T::GraphShortestPathsKw => self.graph_shortest_paths(),
            T::GraphToTableKw => self.graph_to_table(),
            T::GraphWhereEdgesKw => self.graph_where_edges(),
            T::GraphWhereNodesKw => self.graph_where_nodes(),
            T::InlineExternalTableKw => self.inline_external_table(),
            T::InvokeKw => self.invoke(),
            T::JoinKw => self.join_operator(),
            T::LookupKw => self.lookup(),
            T::MakeGraphKw => self.make_graph(),
            T::MakeSeriesKw => self.make_series(),
            T::MvapplyKw | T::MvApplyKw => self.mv_apply(),
            T::MvexpandKw | T::MvExpandKw => self.mv_expand(),
            T::ParseKw => self.parse_operator(),
            T::ParseKvKw => self.parse_kv(),
            T::ParseWhereKw => self.parse_where(),
            T::PartitionKw => self.partition(),
            T::InternalPartitionbyKw => self.partition_by(),
            T::ProjectKw => self.project(),
            T::ProjectAwayKw => self.project_away(),
            T::ProjectByNamesKw => self.project_by_names(),
            T::ProjectKeepKw => self.project_keep(),
            T::ProjectRenameKw => self.project_rename(),
            T::ProjectReorderKw => self.project_reorder(),
            T::RangeKw => self.range(),
            T::ReduceKw => self.reduce(),
            T::RenderKw => self.render(),
            T::SampleKw => self.sample(),
            T::SampleDistinctKw => self.sample_distinct(),
            T::ScanKw => self.scan(),
            T::SearchKw => self.search(),
            T::SerializeKw => self.serialize(),
            T::SortKw | T::OrderKw => self.sort(),
            T::SummarizeKw => self.summarize(),
            T::TakeKw | T::LimitKw => self.take(),
            T::TopKw => self.top(),
            T::TopHittersKw => self.top_hitters(),
            T::TopNestedKw => self.top_nested(),
            T::UnionKw => self.union(),
            _ => None,
        }
    }

    /// Expressions with commas between, up to the end of the operator or one of `ends`.
    pub(super) fn named_expressions(&mut self, ends: &'static [T], one_or_more: bool) -> Slot {
        self.expressions(Self::named_expression, ListEnd::At(ends), one_or_more)
    }

    pub(super) fn expressions(
        &mut self,
        element: super::Element<'a>,
        end: ListEnd<'a>,
        one_or_more: bool,
    ) -> Slot {
        let missing = Self::missing_expression;
        self.comma_list(CommaList { element, missing, end, one_or_more, trailing_comma: false })
    }

    pub(super) fn as_operator(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::AsKw)?;
        let parameters = self.parameter_list(params::AS, true);
        let name = self.name_declaration().unwrap_or_else(|| self.missing_name_declaration());
        Some(node!(self, AsOperator, keyword, parameters, name))
    }

    fn assert_schema(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let schema = self.row_schema_or_missing();
        Some(node!(self, AssertSchemaOperator, keyword, schema))
    }

    fn consume(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::CONSUME, false);
        Some(node!(self, ConsumeOperator, keyword, parameters))
    }

    fn count(&mut self) -> Option<NodeId> {
        if self.kind_at(1) == T::OpenParen {
            return None;
        }
        let keyword = self.bump();
        let clause = self.eat(T::AsKw).map(|as_keyword| {
            let name = self.expect(T::Identifier);
            let name = node!(self, TokenName, name);
            let name = node!(self, NameDeclaration, name);
            node!(self, CountAsClause, as_keyword, name)
        });
        Some(node!(self, CountOperator, keyword, clause))
    }

    fn distinct(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::DISTINCT, true);
        let element = |parser: &mut Self| parser.star_expression().or_else(|| parser.named_expression());
        let expressions = self.expressions(element, ListEnd::Common, true);
        Some(node!(self, DistinctOperator, keyword, parameters, expressions))
    }

    fn evaluate(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::EVALUATE, false);
        let call = self.required_call();
        let schema = self.eat(T::Colon).map(|colon| {
            let schema = self.evaluate_row_schema();
            node!(self, EvaluateSchemaClause, colon, schema)
        });
        Some(node!(self, EvaluateOperator, keyword, parameters, call, schema))
    }

    fn extend(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let expressions = self.named_expressions(&[], true);
        Some(node!(self, ExtendOperator, keyword, expressions))
    }

    fn facet(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let by = self.expect(T::ByKw);
        let expressions = self.comma_list(CommaList {
            element: Self::simple_path,
            missing: Self::missing_name_reference,
            end: ListEnd::At(&[T::WithKw]),
            one_or_more: true,
            trailing_comma: false,
        });
        let with = self.facet_with();
        Some(node!(self, FacetOperator, keyword, by, expressions, with))
    }

    fn facet_with(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::WithKw)?;
        if let Some(open) = self.eat(T::OpenParen) {
            let expression = self.fork_pipeline().unwrap_or_else(|| self.missing_operator());
            let close = self.expect(T::CloseParen);
            return Some(node!(self, FacetWithExpression, keyword, open, expression, close));
        }
        let operator = self.any_operator().unwrap_or_else(|| self.missing_operator());
        Some(node!(self, FacetWithOperator, keyword, operator))
    }

    fn filter(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(ParameterTable::NO_OWN, true);
        let condition = self.named_or_missing();
        Some(node!(self, FilterOperator, keyword, parameters, condition))
    }

    fn fork(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let mut branches = self.list(Self::fork_branch, ListEnd::Open);
        if branches.is_empty() {
            let open = self.expect(T::OpenParen);
            let expression = self.missing_expression();
            let close = self.expect(T::CloseParen);
            branches.push(node!(self, ForkExpression, Slot::EMPTY, open, expression, close).into());
        }
        let branches = self.make_list(&branches);
        Some(node!(self, ForkOperator, keyword, branches))
    }

    fn fork_branch(&mut self) -> Option<NodeId> {
        let len = self.scan_name(0);
        let name = if len > 0 && self.kind_at(len) == T::Equal {
            let name = self.name_declaration();
            let equal = self.bump();
            Some(node!(self, NameEquals, name, equal))
        } else if self.at(T::OpenParen) {
            None
        } else {
            return None;
        };
        let open = self.expect(T::OpenParen);
        let expression = match self.fork_pipeline() {
            Some(pipeline) => pipeline,
            None => self.expression_or_missing(),
        };
        let close = self.expect(T::CloseParen);
        Some(node!(self, ForkExpression, name, open, expression, close))
    }

    /// Operators from the first on, if one stands here.
    fn fork_pipeline(&mut self) -> Option<NodeId> {
        let first = self.any_operator()?;
        Some(self.pipes_after(first))
    }

    fn get_schema(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let kind = self.one_parameter_of(&params::GET_SCHEMA_KIND);
        Some(node!(self, GetSchemaOperator, keyword, kind))
    }

    fn invoke(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let function = self.dotted_calls().unwrap_or_else(|| self.missing_expression());
        Some(node!(self, InvokeOperator, keyword, function))
    }

    fn print(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let expressions = self.named_expressions(&[], true);
        Some(node!(self, PrintOperator, keyword, expressions))
    }

    fn range(&mut self) -> Option<NodeId> {
        if self.kind_at(1) == T::OpenParen {
            return None;
        }
        let keyword = self.bump();
        let name = self.name_declaration().unwrap_or_else(|| self.missing_name_declaration());
        let from_keyword = self.expect(T::FromKw);
        let from = self.unnamed_or_missing();
        let to_keyword = self.expect(T::ToKw);
        let to = self.unnamed_or_missing();
        let step_keyword = self.expect(T::StepKw);
        let step = self.unnamed_or_missing();
        Some(node!(
            self,
            RangeOperator,
            keyword,
            name,
            from_keyword,
            from,
            to_keyword,
            to,
            step_keyword,
            step
        ))
    }

    fn reduce(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::REDUCE_WITH, false);
        let by = self.expect(T::ByKw);
        let expression = self.named_or_missing();
        let with = self.eat(T::WithKw).map(|with_keyword| {
            let parameters = self.parameter_comma_list(params::REDUCE_WITH, false);
            node!(self, ReduceWithClause, with_keyword, parameters)
        });
        Some(node!(self, ReduceOperator, keyword, parameters, by, expression, with))
    }

    fn render(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let chart = match self.eat_word(CHARTS).or_else(|| self.eat(T::Identifier)) {
            Some(chart) => chart,
            None => self.missing_word(CHARTS),
        };
        let parameters = self.list(Self::old_render_property, ListEnd::Open);
        let parameters = self.make_list(&parameters);
        let with = self.render_with();
        Some(node!(self, RenderOperator, keyword, chart, parameters, with))
    }

    fn old_render_property(&mut self) -> Option<NodeId> {
        let [kind, title, accumulate, with, by] = params::RENDER else { return None };
        if let Some(parameter) = [kind, title, accumulate].into_iter().find_map(|p| self.one_parameter_of(p))
        {
            return Some(parameter);
        }
        if self.at(T::WithKw) && self.kind_at(1) != T::OpenParen {
            return self.parameter_without_equal(with, ListEnd::Open);
        }
        let end = |parser: &Self| {
            ["kind", "title", "accumulate", "with", "by"].iter().any(|word| parser.scan_text(word, 0) > 0)
        };
        self.parameter_without_equal(by, ListEnd::When(end))
    }

    fn render_with(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::WithKw)?;
        let open = self.expect(T::OpenParen);
        let leading_comma = self.eat(T::Comma);
        let properties = self.parameter_comma_list(params::RENDER_WITH_PROPERTIES, true);
        let close = self.expect(T::CloseParen);
        Some(node!(self, RenderWithClause, keyword, open, leading_comma, properties, close))
    }

    fn sample(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(ParameterTable::NO_OWN, true);
        let expression = self.named_or_missing();
        Some(node!(self, SampleOperator, keyword, parameters, expression))
    }

    fn sample_distinct(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(ParameterTable::NO_OWN, true);
        let expression = self.named_or_missing();
        let of = self.expect(T::OfKw);
        let of_expression = self.named_or_missing();
        Some(node!(self, SampleDistinctOperator, keyword, parameters, expression, of, of_expression))
    }

    fn serialize(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(ParameterTable::NO_OWN, true);
        let expressions = self.named_expressions(&[], false);
        Some(node!(self, SerializeOperator, keyword, parameters, expressions))
    }

    fn sort(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::SORT, false);
        let by = self.expect(T::ByKw);
        let expressions = self.expressions(Self::ordered_expression, ListEnd::Common, true);
        Some(node!(self, SortOperator, keyword, parameters, by, expressions))
    }

    /// `expression asc nulls first`, the ordering optional.
    pub(super) fn ordered_expression(&mut self) -> Option<NodeId> {
        let expression = self.named_expression()?;
        let ordered =
            matches!(self.kind(), T::AscKw | T::DescKw | T::GrannyAscKw | T::GrannyDescKw | T::NullsKw);
        if !ordered {
            return Some(expression);
        }
        let direction = self.direction();
        let nulls = self.eat(T::NullsKw).map(|keyword| {
            let which = match self.eat_any(&[T::FirstKw, T::LastKw]) {
                Some(which) => which,
                None => {
                    let message = "`first` or `last` is missing here".to_owned();
                    self.report_missing_token(codes::MISSING_TOKEN, message);
                    self.silent(T::FirstKw)
                }
            };
            node!(self, OrderingNullsClause, keyword, which)
        });
        let ordering = node!(self, OrderingClause, direction, nulls);
        Some(node!(self, OrderedExpression, expression, ordering))
    }

    pub(super) fn direction(&mut self) -> Option<crate::kql::syntax::tree::TokenId> {
        self.eat_any(&[T::AscKw, T::DescKw, T::GrannyAscKw, T::GrannyDescKw])
    }

    fn take(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(ParameterTable::NO_OWN, true);
        let expression = self.named_or_missing();
        Some(node!(self, TakeOperator, keyword, parameters, expression))
    }

    fn top(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::TOP, true);
        let expression = self.named_or_missing();
        let by = self.expect(T::ByKw);
        let by_expression = self.ordered_expression().unwrap_or_else(|| self.missing_expression());
        Some(node!(self, TopOperator, keyword, parameters, expression, by, by_expression))
    }

    fn top_hitters(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let expression = self.named_or_missing();
        let of = self.expect(T::OfKw);
        let of_expression = self.named_or_missing();
        let by_clause = self.eat(T::ByKw).map(|by| {
            let expression = self.named_or_missing();
            node!(self, TopHittersBy, by, expression)
        });
        Some(node!(self, TopHittersOperator, keyword, expression, of, of_expression, by_clause))
    }

    fn top_nested(&mut self) -> Option<NodeId> {
        let clauses = self.comma_list(CommaList {
            element: Self::top_nested_clause,
            missing: |parser| {
                parser.report_missing(
                    codes::MISSING_TOKEN,
                    "a `top-nested … of … by …` clause is missing here",
                );
                let keyword = parser.silent(T::TopNestedKw);
                let of = parser.silent(T::OfKw);
                let of_expression = parser.silent_name_reference();
                let by = parser.silent(T::ByKw);
                let by_expression = parser.silent_name_reference();
                let none = Slot::EMPTY;
                node!(parser, TopNestedClause, keyword, none, of, of_expression, none, by, by_expression)
            },
            end: ListEnd::Common,
            one_or_more: true,
            trailing_comma: false,
        });
        Some(node!(self, TopNestedOperator, clauses))
    }

    fn top_nested_clause(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::TopNestedKw)?;
        let expression = self.named_expression();
        let of = self.expect(T::OfKw);
        let of_expression = self.named_or_missing();
        let with_others = self.eat(T::WithKw).map(|with| {
            let others = self.expect(T::OthersKw);
            let equal = self.expect(T::Equal);
            let value = match self.literal() {
                Some(literal) => literal,
                None => self.unnamed_or_missing(),
            };
            node!(self, TopNestedWithOthers, with, others, equal, value)
        });
        let by = self.expect(T::ByKw);
        let by_expression = self.ordered_expression().unwrap_or_else(|| self.missing_expression());
        Some(node!(
            self,
            TopNestedClause,
            keyword,
            expression,
            of,
            of_expression,
            with_others,
            by,
            by_expression
        ))
    }
}

/// What to say of a word after a pipe that is no operator.
fn unknown_operator(word: &str) -> String {
    let operators = crate::kql::syntax::token::KEYWORDS
        .iter()
        .map(|(text, _)| *text)
        .filter(|text| text.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
    match crate::diag::nearest(word, operators) {
        Some(near) => format!("`{word}` is no query operator; `{near}` is"),
        None => format!("`{word}` is no query operator"),
    }
}
