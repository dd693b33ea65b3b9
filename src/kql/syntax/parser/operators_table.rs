//! Query operators over tables and columns: joins, unions, projections, parsing.

use super::{CommaList, ListEnd, Parser, node};
use crate::kql::codes;
use crate::kql::syntax::operator_parameters as params;
use crate::kql::syntax::token::TokenKind as T;
use crate::kql::syntax::tree::{NodeId, Slot};

impl<'a> Parser<'a> {
    // Search over tables.

    pub(super) fn find(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let scope = self.data_scope();
        let parameters = self.parameter_list(params::FIND, false);
        let in_clause = self.find_in();
        let required = parameters != Slot::EMPTY || in_clause.is_some();
        let where_keyword = if required { Some(self.expect(T::WhereKw)) } else { self.eat(T::WhereKw) };
        let condition = self.unnamed_or_missing();
        let project = self.find_project();
        let project_away = self.eat(T::InternalProjectAwayKw).map(|keyword| {
            let columns = self.expressions(Self::find_column, ListEnd::Open, true);
            node!(self, FindProjectClause, keyword, columns)
        });
        Some(node!(
            self,
            FindOperator,
            keyword,
            scope,
            parameters,
            in_clause,
            where_keyword,
            condition,
            project,
            project_away
        ))
    }

    fn find_in(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::InKw)?;
        let open = self.expect(T::OpenParen);
        let expressions = self.expressions(
            |parser| parser.best(&[Self::name_with_as, Self::wildcarded_entity]),
            ListEnd::Common,
            true,
        );
        let close = self.expect(T::CloseParen);
        Some(node!(self, FindInClause, keyword, open, expressions, close))
    }

    /// `Table` or `Table | as Name`.
    fn name_with_as(&mut self) -> Option<NodeId> {
        let name = self.bracketed_entity_name().or_else(|| self.bare_path_element())?;
        let Some(bar) = self.eat(T::Bar) else { return Some(name) };
        let operator = self.as_operator().unwrap_or_else(|| self.missing_operator());
        Some(node!(self, PipeExpression, name, bar, operator))
    }

    fn find_project(&mut self) -> Option<NodeId> {
        if let Some(keyword) = self.eat(T::ProjectKw) {
            let columns = self.expressions(Self::find_column, ListEnd::Open, true);
            return Some(node!(self, FindProjectClause, keyword, columns));
        }
        let keyword = self.eat(T::ProjectSmartKw)?;
        Some(node!(self, FindProjectClause, keyword, Slot::EMPTY))
    }

    fn find_column(&mut self) -> Option<NodeId> {
        if let Some(keyword) = self.eat(T::PackKw) {
            let open = self.expect(T::OpenParen);
            let asterisk = self.expect(T::Asterisk);
            let close = self.expect(T::CloseParen);
            return Some(node!(self, PackExpression, keyword, open, asterisk, close));
        }
        if let Some(star) = self.star_expression() {
            return Some(star);
        }
        let name = self.name_reference()?;
        let Some(colon) = self.eat(T::Colon) else { return Some(name) };
        let kind = self.column_type();
        Some(node!(self, TypedColumnReference, name, colon, kind))
    }

    pub(super) fn search(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::SEARCH, true);
        let scope = self.data_scope();
        let in_clause = self.find_in();
        let condition = self.search_condition().unwrap_or_else(|| self.missing_expression());
        Some(node!(self, SearchOperator, keyword, parameters, scope, in_clause, condition))
    }

    /// A condition, `*`, or `* and condition`.
    fn search_condition(&mut self) -> Option<NodeId> {
        if let Some(expression) = self.unnamed_expression() {
            return Some(expression);
        }
        let star = self.star_expression()?;
        let Some(and) = self.eat(T::AndKw) else { return Some(star) };
        let right = self.unnamed_or_missing();
        Some(node!(self, BinaryExpression, star, and, right))
    }

    // Several tables.

    pub(super) fn join_operator(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::JOIN, true);
        let expression = self.unnamed_or_missing();
        let condition = match self.join_on() {
            Some(on) => Some(on),
            None => self.eat(T::WhereKw).map(|keyword| {
                let expression = self.unnamed_or_missing();
                node!(self, JoinWhereClause, keyword, expression)
            }),
        };
        Some(node!(self, JoinOperator, keyword, parameters, expression, condition))
    }

    fn join_on(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::OnKw)?;
        let expressions = self.expressions(Self::unnamed_expression, ListEnd::Open, true);
        Some(node!(self, JoinOnClause, keyword, expressions))
    }

    pub(super) fn lookup(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::LOOKUP, true);
        let expression = self.unnamed_or_missing();
        let condition = self.join_on().unwrap_or_else(|| {
            self.report_missing(codes::MISSING_TOKEN, "`on` with the columns to look up by is missing here");
            let keyword = self.silent(T::OnKw);
            node!(self, JoinOnClause, keyword, Slot::EMPTY)
        });
        Some(node!(self, LookupOperator, keyword, parameters, expression, condition))
    }

    pub(super) fn union(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::UNION, true);
        let expressions = self.expressions(Self::union_operand, ListEnd::Common, true);
        Some(node!(self, UnionOperator, keyword, parameters, expressions))
    }

    fn union_operand(&mut self) -> Option<NodeId> {
        if self.at(T::OpenParen) {
            return Some(self.parenthesized());
        }
        self.best(&[Self::bracketed_entity_name, Self::wildcarded_entity, Self::bare_path_element])
    }

    pub(super) fn macro_expand(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::UNION, true);
        let group = self.entity_group_reference().unwrap_or_else(|| self.missing_expression());
        let scope = self.eat(T::AsKw).map(|as_keyword| {
            let name = self.name_declaration().unwrap_or_else(|| self.missing_name_declaration());
            node!(self, MacroExpandScope, as_keyword, name)
        });
        let open = self.expect(T::OpenParen);
        let statements = self.statement_list();
        let close = self.expect(T::CloseParen);
        Some(node!(self, MacroExpandOperator, keyword, parameters, group, scope, open, statements, close))
    }

    fn entity_group_reference(&mut self) -> Option<NodeId> {
        if let Some(group) = self.entity_group() {
            return Some(group);
        }
        if matches!(self.text_at(0), "database" | "cluster") && self.kind_at(1) == T::OpenParen {
            return self.entity_path();
        }
        self.name_reference()
    }

    pub(super) fn entity_group(&mut self) -> Option<NodeId> {
        if !self.at(T::EntityGroupKw) {
            return None;
        }
        if let Some(call) = self.function_call() {
            return Some(call);
        }
        let keyword = self.bump();
        let open = self.expect(T::OpenBracket);
        let entities = self.expressions(Self::unnamed_expression, ListEnd::Common, true);
        let close = self.expect(T::CloseBracket);
        Some(node!(self, EntityGroup, keyword, open, entities, close))
    }

    // Partitions.

    pub(super) fn partition(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::PARTITION, false);
        let by = self.expect(T::ByKw);
        let by_expression = self.simple_path().unwrap_or_else(|| self.missing_name_reference());
        let scope = self.eat(T::InKw).map(|in_keyword| {
            let expression = self.function_call().or_else(|| self.dynamic_literal());
            let expression = expression.unwrap_or_else(|| self.missing_expression());
            node!(self, PartitionScope, in_keyword, expression)
        });
        let operand = self.partition_operand();
        Some(node!(self, PartitionOperator, keyword, parameters, by, by_expression, scope, operand))
    }

    fn partition_operand(&mut self) -> NodeId {
        if let Some(open) = self.eat(T::OpenBrace) {
            let query = self.expression_or_missing();
            let close = self.expect(T::CloseBrace);
            return node!(self, PartitionQuery, open, query, close);
        }
        if let Some(open) = self.eat(T::OpenParen) {
            let subquery = self.operator_pipeline();
            let close = self.expect(T::CloseParen);
            return node!(self, PartitionSubquery, open, subquery, close);
        }
        let open = self.expect(T::OpenParen);
        let subquery = self.missing_expression();
        let close = self.expect(T::CloseParen);
        node!(self, PartitionSubquery, open, subquery, close)
    }

    pub(super) fn partition_by(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::PARTITION_BY, false);
        let entity = self.simple_path().unwrap_or_else(|| self.missing_name_reference());
        let id = self.eat(T::IdKw).map(|id_keyword| {
            let value = self.literal().unwrap_or_else(|| self.missing_value());
            node!(self, PartitionById, id_keyword, value)
        });
        let open = self.expect(T::OpenParen);
        let subquery = self.contextual_pipeline();
        let close = self.expect(T::CloseParen);
        Some(node!(self, PartitionByOperator, keyword, parameters, entity, id, open, subquery, close))
    }

    // Parsing of text.

    pub(super) fn parse_operator(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let (parameters, expression, with, patterns) = self.parse_parts();
        Some(node!(self, ParseOperator, keyword, parameters, expression, with, patterns))
    }

    pub(super) fn parse_where(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let (parameters, expression, with, patterns) = self.parse_parts();
        Some(node!(self, ParseWhereOperator, keyword, parameters, expression, with, patterns))
    }

    fn parse_parts(&mut self) -> (Slot, NodeId, crate::kql::syntax::tree::TokenId, Slot) {
        let parameters = self.parameter_list(params::PARSE, true);
        let expression = self.unnamed_or_missing();
        let with = self.expect(T::WithKw);
        let pattern = |parser: &mut Self| {
            let text = parser.star_expression().or_else(|| parser.string_literal());
            text.or_else(|| parser.name_and_optional_type())
        };
        let patterns = self.list(pattern, ListEnd::Open);
        (parameters, expression, with, self.make_list(&patterns))
    }

    pub(super) fn parse_kv(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let expression = self.unnamed_or_missing();
        let as_keyword = self.expect(T::AsKw);
        let keys = self.row_schema_or_missing();
        let with = self.eat(T::WithKw).map(|with| {
            let open = self.expect(T::OpenParen);
            let properties = self.parameter_comma_list(params::PARSE_KV_WITH_PROPERTIES, true);
            let close = self.expect(T::CloseParen);
            node!(self, ParseKvWithClause, with, open, properties, close)
        });
        Some(node!(self, ParseKvOperator, keyword, expression, as_keyword, keys, with))
    }

    // Columns.

    pub(super) fn project(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let expressions = self.named_expressions(&[], false);
        Some(node!(self, ProjectOperator, keyword, expressions))
    }

    pub(super) fn project_rename(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let expressions = self.named_expressions(&[], false);
        Some(node!(self, ProjectRenameOperator, keyword, expressions))
    }

    pub(super) fn project_away(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let expressions = self.expressions(Self::column_or_wildcard, ListEnd::Common, false);
        Some(node!(self, ProjectAwayOperator, keyword, expressions))
    }

    pub(super) fn project_keep(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let expressions = self.expressions(Self::column_or_wildcard, ListEnd::Common, false);
        Some(node!(self, ProjectKeepOperator, keyword, expressions))
    }

    pub(super) fn project_by_names(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let expressions = self.expressions(Self::unnamed_expression, ListEnd::Common, false);
        Some(node!(self, ProjectByNamesOperator, keyword, expressions))
    }

    pub(super) fn project_reorder(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let element = |parser: &mut Self| {
            let column = parser.column_or_wildcard()?;
            let Some(direction) = parser.direction() else { return Some(column) };
            let ordering = node!(parser, OrderingClause, direction, Slot::EMPTY);
            Some(node!(parser, OrderedExpression, column, ordering))
        };
        let expressions = self.expressions(element, ListEnd::Common, false);
        Some(node!(self, ProjectReorderOperator, keyword, expressions))
    }

    fn column_or_wildcard(&mut self) -> Option<NodeId> {
        self.wildcarded_name_reference().or_else(|| self.name_reference())
    }

    // Aggregation.

    pub(super) fn summarize(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::SummarizeKw)?;
        let parameters = self.parameter_list(params::SUMMARIZE, true);
        let aggregates = self.named_expressions(&[T::ByKw], false);
        let by_clause = self.summarize_by();
        Some(node!(self, SummarizeOperator, keyword, parameters, aggregates, by_clause))
    }

    fn summarize_by(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::ByKw)?;
        let expressions = self.comma_list(CommaList {
            element: Self::named_expression,
            missing: Self::missing_expression,
            end: ListEnd::When(|parser| {
                let bin = parser.at(T::BinKw) && parser.kind_at(1) == T::Equal;
                (bin && parser.kind_at(2).is_literal()) || parser.at_common_end(0)
            }),
            one_or_more: true,
            trailing_comma: false,
        });
        let bin = if self.at(T::BinKw) && self.kind_at(1) == T::Equal {
            let name = self.token_name();
            let name = node!(self, NameDeclaration, name);
            let equal = self.bump();
            let value = self.unnamed_or_missing();
            Some(node!(self, SimpleNamedExpression, name, equal, value))
        } else {
            None
        };
        Some(node!(self, SummarizeBy, keyword, expressions, bin))
    }
}
