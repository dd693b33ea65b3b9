//! Tables written in the query: datatable, externaldata and their kin.

use super::parameters::ParameterTable;
use super::{CommaList, ListEnd, Parser, node};
use crate::kql::codes;
use crate::kql::syntax::token::TokenKind as T;
use crate::kql::syntax::tree::{NodeId, Slot};

impl<'a> Parser<'a> {
    pub(super) fn data_table(&mut self) -> NodeId {
        let keyword = self.bump();
        let parameters = self.parameter_list(ParameterTable::NO_OWN, false);
        let schema = self.row_schema_or_missing();
        let open = self.expect(T::OpenBracket);
        let leading_comma = self.eat(T::Comma);
        let values = self.comma_list(CommaList {
            element: Self::literal,
            missing: Self::missing_value,
            end: ListEnd::Common,
            one_or_more: false,
            trailing_comma: true,
        });
        let close = self.expect(T::CloseBracket);
        node!(self, DataTableExpression, keyword, parameters, schema, open, leading_comma, values, close)
    }

    pub(super) fn contextual_data_table(&mut self) -> NodeId {
        let keyword = self.bump();
        let id = match self.literal() {
            Some(literal) => literal,
            None => self.unnamed_or_missing(),
        };
        let schema = self.row_schema_or_missing();
        node!(self, ContextualDataTable, keyword, id, schema)
    }

    pub(super) fn external_data(&mut self) -> NodeId {
        let keyword = self.bump();
        let parameters = self.parameter_list(ParameterTable::NO_OWN, false);
        let schema = self.row_schema_or_missing();
        let open = self.expect(T::OpenBracket);
        let uris = self.connection_strings();
        let close = self.expect(T::CloseBracket);
        let with = self.external_data_with();
        node!(self, ExternalDataExpression, keyword, parameters, schema, open, uris, close, with)
    }

    fn connection_strings(&mut self) -> Slot {
        self.comma_list(CommaList {
            element: Self::expression,
            missing: Self::missing_value,
            end: ListEnd::Common,
            one_or_more: false,
            trailing_comma: true,
        })
    }

    fn external_data_with(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::WithKw)?;
        let open = self.expect(T::OpenParen);
        let properties = self.property_list();
        let close = self.expect(T::CloseParen);
        Some(node!(self, ExternalDataWithClause, keyword, open, properties, close))
    }

    /// `name = value, …` with names of any kind.
    pub(super) fn property_list(&mut self) -> Slot {
        self.comma_list(CommaList {
            element: Self::property,
            missing: Self::missing_parameter,
            end: ListEnd::Common,
            one_or_more: false,
            trailing_comma: false,
        })
    }

    fn property(&mut self) -> Option<NodeId> {
        let name = self.extended_name_declaration()?;
        let equal = self.expect(T::Equal);
        let value = match self.kind() {
            T::StringLiteral | T::LongLiteral | T::RealLiteral | T::BoolLiteral | T::DateTimeLiteral => {
                self.literal()
            }
            T::RawGuidLiteral | T::GuidLiteral => Some(self.token_literal()),
            _ => self.extended_name_declaration(),
        };
        let value = value.unwrap_or_else(|| self.missing_value());
        Some(node!(self, NamedParameter, name, equal, value))
    }

    // Schemas.

    pub(super) fn row_schema(&mut self, one_or_more: bool) -> Option<NodeId> {
        let open = self.eat(T::OpenParen)?;
        let leading_comma = self.eat(T::Comma);
        let columns = self.columns(one_or_more);
        let close = self.expect(T::CloseParen);
        Some(node!(self, RowSchema, open, leading_comma, columns, close))
    }

    fn columns(&mut self, one_or_more: bool) -> Slot {
        self.comma_list(CommaList {
            element: Self::name_and_type,
            missing: Self::missing_name_and_type,
            end: ListEnd::Common,
            one_or_more,
            trailing_comma: true,
        })
    }

    pub(super) fn row_schema_or_missing(&mut self) -> NodeId {
        self.row_schema(false).unwrap_or_else(|| {
            self.report_missing(codes::MISSING_TOKEN, "a schema `(column: type)` is missing here");
            self.silent_row_schema()
        })
    }

    fn silent_row_schema(&mut self) -> NodeId {
        let open = self.silent(T::OpenParen);
        let close = self.silent(T::CloseParen);
        node!(self, RowSchema, open, Slot::EMPTY, Slot::EMPTY, close)
    }

    /// The schema after the colon of an evaluate operator.
    pub(super) fn evaluate_row_schema(&mut self) -> NodeId {
        if !self.at(T::OpenParen) {
            self.report_missing(codes::MISSING_TOKEN, "a schema `(column: type)` is missing here");
            let open = self.silent(T::OpenParen);
            let close = self.silent(T::CloseParen);
            let none = Slot::EMPTY;
            return node!(self, EvaluateRowSchema, open, none, none, none, none, close);
        }
        let open = self.bump();
        let leading_comma = self.eat(T::Comma);
        let asterisk = self.eat(T::Asterisk);
        let asterisk_comma = self.eat(T::Comma);
        let columns = self.columns(false);
        let close = self.expect(T::CloseParen);
        node!(self, EvaluateRowSchema, open, leading_comma, asterisk, asterisk_comma, columns, close)
    }

    // Inline external tables.

    pub(super) fn inline_external_table(&mut self) -> Option<NodeId> {
        if !self.at(T::InlineExternalTableKw) || !(self.at_schema(1) || self.kind_at(1) == T::KindKw) {
            return None;
        }
        let keyword = self.bump();
        let schema = if self.at_schema(0) { self.row_schema(true) } else { None };
        let kind_word = if self.at(T::KindKw) { self.text_at(2) } else { "" };
        let delta = kind_word.eq_ignore_ascii_case("delta");
        let schema = match schema {
            Some(schema) => schema,
            None if delta => self.silent_row_schema(),
            None => self.row_schema_or_missing(),
        };
        let kind = self.inline_table_kind();
        let partition = self.inline_table_partition();
        let path_format = self.inline_table_path_format();
        let data_format = self.inline_table_data_format(delta);
        let connections = self.inline_table_connections();
        let with = self.external_data_with();
        let none = Slot::EMPTY;
        Some(node!(
            self,
            InlineExternalTable,
            keyword,
            none,
            schema,
            kind,
            partition,
            path_format,
            data_format,
            connections,
            with
        ))
    }

    fn inline_table_kind(&mut self) -> NodeId {
        if self.at(T::KindKw) {
            let keyword = self.bump();
            let equal = self.expect(T::Equal);
            let value = self.expect_word(&["storage", "delta"]);
            return node!(self, InlineTableKind, keyword, equal, value);
        }
        self.report_missing(
            codes::MISSING_EXTERNAL_TABLE_KIND,
            "`kind = storage` or `kind = delta` is missing here",
        );
        let keyword = self.silent(T::KindKw);
        let equal = self.silent(T::Equal);
        let value = self.silent(T::StringLiteral);
        node!(self, InlineTableKind, keyword, equal, value)
    }

    fn inline_table_data_format(&mut self, delta: bool) -> NodeId {
        if self.at(T::DataformatKw) {
            let keyword = self.bump();
            let equal = self.expect(T::Equal);
            let value = self.expect(T::Identifier);
            return node!(self, InlineTableDataFormat, keyword, equal, value);
        }
        if !delta {
            self.report_missing(codes::MISSING_DATA_FORMAT, "`dataformat = …` is missing here");
        }
        let keyword = self.silent(T::DataformatKw);
        let equal = self.silent(T::Equal);
        let value = self.silent(T::StringLiteral);
        node!(self, InlineTableDataFormat, keyword, equal, value)
    }

    fn inline_table_connections(&mut self) -> NodeId {
        if self.at(T::OpenParen) {
            let open = self.bump();
            let strings = self.connection_strings();
            let close = self.expect(T::CloseParen);
            return node!(self, InlineTableConnections, open, strings, close);
        }
        self.report_missing(
            codes::MISSING_CONNECTION_STRINGS,
            "connection strings `(h@'…')` are missing here",
        );
        let open = self.silent(T::OpenParen);
        let close = self.silent(T::CloseParen);
        node!(self, InlineTableConnections, open, Slot::EMPTY, close)
    }

    fn inline_table_partition(&mut self) -> Option<NodeId> {
        let partition = self.eat(T::PartitionKw)?;
        let by = self.expect(T::ByKw);
        let open = self.expect(T::OpenParen);
        let leading_comma = self.eat(T::Comma);
        let columns = self.comma_list(CommaList {
            element: Self::partition_column,
            missing: |parser| {
                let message = "a partition column `Name: type` is missing here";
                parser.report_missing(codes::MISSING_PARTITION_COLUMN_DECLARATION, message);
                let name = parser.silent_name_declaration();
                let colon = parser.silent(T::Colon);
                let kind = parser.silent(T::StringKw);
                let kind = node!(parser, PrimitiveType, kind);
                node!(parser, PartitionColumn, name, colon, kind, Slot::EMPTY, Slot::EMPTY)
            },
            end: ListEnd::Common,
            one_or_more: false,
            trailing_comma: true,
        });
        let close = self.expect(T::CloseParen);
        Some(node!(self, InlineTablePartition, partition, by, open, leading_comma, columns, close))
    }

    fn partition_column(&mut self) -> Option<NodeId> {
        let name = self.extended_name_declaration()?;
        let colon = self.expect(T::Colon);
        let fits = matches!(self.kind(), T::DatetimeKw | T::LongKw | T::StringKw);
        let kind = self.bump();
        let kind = node!(self, PrimitiveType, kind);
        if !fits {
            let message = "a partition column is of type datetime, long or string";
            self.report_node(codes::WRONG_PARTITION_COLUMN_TYPE, kind, message);
        }
        let equal = self.eat(T::Equal);
        let expression = if equal.is_some() { self.unnamed_expression() } else { None };
        Some(node!(self, PartitionColumn, name, colon, kind, equal, expression))
    }

    fn inline_table_path_format(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::PathformatKw)?;
        let equal = self.expect(T::Equal);
        let open = self.expect(T::OpenParen);
        let separator = self.one_string_literal();
        let mut parts = self.list(|parser| Some(parser.path_part()), ListEnd::Common);
        if parts.is_empty() {
            parts.push(
                self.missing_path_part(codes::MISSING_PATH_FORMAT_TOKENS, "the path format is empty").into(),
            );
        }
        let parts = self.make_list(&parts);
        let close = self.expect(T::CloseParen);
        Some(node!(self, InlineTablePathFormat, keyword, equal, open, separator, parts, close))
    }

    fn path_part(&mut self) -> NodeId {
        let column =
            if self.at(T::DatetimePatternKw) { Some(self.datetime_pattern()) } else { self.name_reference() };
        if let Some(column) = column {
            let separator = self.one_string_literal();
            return node!(self, InlineTablePathPart, column, separator);
        }
        let skipped = self.bump();
        let skipped = node!(self, TokenName, skipped);
        let column = node!(self, NameReference, skipped);
        let message = "a path format holds partition columns and separators only";
        self.report_node(codes::UNKNOWN_TOKEN_IN_PATH_FORMAT_DEFINITION, column, message);
        node!(self, InlineTablePathPart, column, Slot::EMPTY)
    }

    fn missing_path_part(&mut self, code: codes::KqlCode, message: &str) -> NodeId {
        self.report_missing(code, message);
        let column = self.missing_value();
        let separator = self.missing_string_literal();
        node!(self, InlineTablePathPart, column, separator)
    }

    fn datetime_pattern(&mut self) -> NodeId {
        let keyword = self.bump();
        let open = self.expect(T::OpenParen);
        let pattern = self.one_string_literal().unwrap_or_else(|| self.missing_string_literal());
        let comma = self.expect(T::Comma);
        let column = self.name_reference().unwrap_or_else(|| self.missing_name_reference());
        let close = self.expect(T::CloseParen);
        node!(self, DateTimePattern, keyword, open, pattern, comma, column, close)
    }

    // Materialized views.

    pub(super) fn materialized_view_combine(&mut self) -> NodeId {
        let keyword = self.bump();
        let open = self.expect(T::OpenParen);
        let value = self.expression_or_missing();
        let close = self.expect(T::CloseParen);
        let name = node!(self, MaterializedViewCombineName, open, value, close);
        let base = self.materialized_view_clause("base");
        let delta = self.materialized_view_clause("delta");
        let aggregations = self.materialized_view_clause("aggregations");
        node!(self, MaterializedViewCombine, keyword, name, base, delta, aggregations)
    }

    fn materialized_view_clause(&mut self, word: &str) -> NodeId {
        let Some(keyword) = self.eat_text(word, T::Identifier) else {
            self.report_missing(codes::MISSING_TOKEN, format!("`{word} (…)` is missing here"));
            let keyword = self.silent(T::Identifier);
            let open = self.silent(T::OpenParen);
            let expression = self.silent_name_reference();
            let close = self.silent(T::CloseParen);
            return node!(self, MaterializedViewCombineClause, keyword, open, expression, close);
        };
        let open = self.expect(T::OpenParen);
        let expression = match word {
            "aggregations" => self.summarize(),
            _ => self.expression(),
        };
        let expression = expression.unwrap_or_else(|| self.missing_expression());
        let close = self.expect(T::CloseParen);
        node!(self, MaterializedViewCombineClause, keyword, open, expression, close)
    }
}
