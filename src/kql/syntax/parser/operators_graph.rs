//! Query operators over graphs.

use super::{CommaList, ListEnd, Parser, expected_words, node};
use crate::kql::codes;
use crate::kql::syntax::operator_parameters as params;
use crate::kql::syntax::token::TokenKind as T;
use crate::kql::syntax::tree::{NodeId, Slot, TokenId};

impl<'a> Parser<'a> {
    pub(super) fn make_graph(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::GRAPH_MAKE, true);
        let source = self.name_reference().unwrap_or_else(|| self.missing_name_reference());
        let direction = match self.eat_edge(&[("-->", T::DashDashGreater), ("--", T::DashDash)]) {
            Some(direction) => direction,
            None => self.missing_edge(&["-->", "--"], T::DashDashGreater),
        };
        let target = self.name_reference().unwrap_or_else(|| self.missing_name_reference());
        let with = match self.graph_node_id() {
            Some(clause) => Some(clause),
            None => self.graph_tables(),
        };
        let partitioned_by = self.graph_partitioned_by();
        Some(node!(
            self,
            MakeGraphOperator,
            keyword,
            parameters,
            source,
            direction,
            target,
            with,
            partitioned_by
        ))
    }

    fn eat_edge(&mut self, spellings: &[(&str, T)]) -> Option<TokenId> {
        spellings.iter().find_map(|(text, kind)| self.eat_text(text, *kind))
    }

    fn missing_edge(&mut self, spellings: &[&str], kind: T) -> TokenId {
        self.report_missing_token(codes::TERMS_EXPECTED, expected_words(spellings));
        self.silent(kind)
    }

    fn graph_node_id(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::WithNodeIdKw)?;
        let equal = self.expect(T::Equal);
        let name = self.name_declaration().unwrap_or_else(|| self.missing_name_declaration());
        Some(node!(self, MakeGraphWithNodeId, keyword, equal, name))
    }

    fn graph_tables(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::WithKw)?;
        let tables = self.comma_list(CommaList {
            element: |parser| {
                let table = parser.invocation()?;
                let on = parser.expect(T::OnKw);
                let column = parser.name_reference().unwrap_or_else(|| parser.missing_name_reference());
                Some(node!(parser, MakeGraphTableAndKey, table, on, column))
            },
            missing: |parser| {
                parser.report_missing(codes::MISSING_TOKEN, "a table `nodes on key` is missing here");
                let table = parser.silent_name_reference();
                let on = parser.silent(T::OnKw);
                let column = parser.silent_name_reference();
                node!(parser, MakeGraphTableAndKey, table, on, column)
            },
            end: ListEnd::At(&[T::PartitionedByKw]),
            one_or_more: true,
            trailing_comma: false,
        });
        Some(node!(self, MakeGraphWithTables, keyword, tables))
    }

    fn graph_partitioned_by(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::PartitionedByKw)?;
        let entity = self.simple_path().unwrap_or_else(|| self.missing_name_reference());
        let open = self.expect(T::OpenParen);
        let subquery = self.contextual_pipeline();
        let close = self.expect(T::CloseParen);
        Some(node!(self, MakeGraphPartitionedBy, keyword, entity, open, subquery, close))
    }

    pub(super) fn graph_mark_components(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::GRAPH_MARK_COMPONENTS, true);
        Some(node!(self, GraphMarkComponentsOperator, keyword, parameters))
    }

    pub(super) fn graph_where_nodes(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let condition = self.unnamed_or_missing();
        Some(node!(self, GraphWhereNodesOperator, keyword, condition))
    }

    pub(super) fn graph_where_edges(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let condition = self.unnamed_or_missing();
        Some(node!(self, GraphWhereEdgesOperator, keyword, condition))
    }

    pub(super) fn graph_to_table(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let outputs = self.comma_list(CommaList {
            element: Self::graph_output,
            missing: |parser| {
                let message = "graph-to-table names `nodes`, `edges` or both";
                parser.report_missing(codes::INCORRECT_NUMBER_OF_OUTPUT_GRAPH_TO_TABLE_ENTITIES, message);
                let entity = parser.silent(T::NodesKw);
                node!(parser, GraphToTableOutput, entity, Slot::EMPTY, Slot::EMPTY)
            },
            end: ListEnd::Open,
            one_or_more: true,
            trailing_comma: false,
        });
        Some(node!(self, GraphToTableOperator, keyword, outputs))
    }

    fn graph_output(&mut self) -> Option<NodeId> {
        let own =
            if self.at(T::NodesKw) { params::GRAPH_TO_TABLE_NODES } else { params::GRAPH_TO_TABLE_EDGES };
        let entity = self.eat_any(&[T::NodesKw, T::EdgesKw])?;
        let as_clause = self.eat(T::AsKw).map(|as_keyword| {
            let name = self.name_declaration().unwrap_or_else(|| self.missing_name_declaration());
            node!(self, GraphToTableAs, as_keyword, name)
        });
        let parameters = self.parameter_list(own, true);
        Some(node!(self, GraphToTableOutput, entity, as_clause, parameters))
    }

    pub(super) fn graph_match(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::GRAPH_MATCH, true);
        let patterns = self.graph_patterns();
        let where_clause = self.graph_where();
        let project = self.graph_project();
        Some(node!(self, GraphMatchOperator, keyword, parameters, patterns, where_clause, project))
    }

    pub(super) fn graph_shortest_paths(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::GRAPH_SHORTEST_PATHS, true);
        let patterns = self.graph_patterns();
        let where_clause = self.graph_where();
        let project = self.graph_project();
        Some(node!(self, GraphShortestPathsOperator, keyword, parameters, patterns, where_clause, project))
    }

    fn graph_patterns(&mut self) -> Slot {
        let pattern = |parser: &mut Self| {
            let mut elements = parser.list(Self::graph_element, ListEnd::Open);
            if elements.is_empty() {
                elements.push(parser.missing_graph_node().into());
            }
            let elements = parser.make_list(&elements);
            Some(node!(parser, GraphPattern, elements))
        };
        self.comma_list(CommaList {
            element: pattern,
            missing: |parser| {
                let element = parser.missing_graph_node();
                let elements = parser.make_list(&[element.into()]);
                node!(parser, GraphPattern, elements)
            },
            end: ListEnd::Open,
            one_or_more: true,
            trailing_comma: false,
        })
    }

    fn missing_graph_node(&mut self) -> NodeId {
        self.report_missing(
            codes::MISSING_GRAPH_MATCH_PATTERN,
            "a pattern such as `(a)-[e]->(b)` is missing here",
        );
        let open = self.silent(T::OpenParen);
        let name = self.silent_name_declaration();
        let close = self.silent(T::CloseParen);
        node!(self, GraphPatternNode, open, name, close)
    }

    fn graph_element(&mut self) -> Option<NodeId> {
        if let Some(open) = self.eat(T::OpenParen) {
            let name = self.name_declaration();
            let close = self.expect(T::CloseParen);
            return Some(node!(self, GraphPatternNode, open, name, close));
        }
        let plain = [("-->", T::DashDashGreater), ("<--", T::LessDashDash), ("--", T::DashDash)];
        if let Some(edge) = self.eat_edge(&plain) {
            let none = Slot::EMPTY;
            return Some(node!(self, GraphPatternEdge, edge, none, none, none));
        }
        let first = self.eat_edge(&[("-[", T::DashBracket), ("<-[", T::LessDashBracket)])?;
        let name = self.name_declaration();
        let range = self.eat(T::Asterisk).map(|asterisk| {
            let start = self.invocation().unwrap_or_else(|| self.missing_value());
            let dot_dot = self.expect(T::DotDot);
            let end = self.invocation().unwrap_or_else(|| self.missing_expression());
            node!(self, GraphPatternEdgeRange, asterisk, start, dot_dot, end)
        });
        let last = match self.eat_edge(&[("]->", T::BracketDashGreater), ("]-", T::BracketDash)]) {
            Some(last) => last,
            None => self.missing_edge(&["]->", "]-"], T::BracketDashGreater),
        };
        Some(node!(self, GraphPatternEdge, first, name, range, last))
    }

    fn graph_where(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::WhereKw)?;
        let condition = self.expression_or_missing();
        Some(node!(self, GraphWhereClause, keyword, condition))
    }

    fn graph_project(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::ProjectKw)?;
        let expressions = self.named_expressions(&[], true);
        Some(node!(self, GraphProjectClause, keyword, expressions))
    }
}
