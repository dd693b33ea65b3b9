//! Query operators that make and unmake arrays, and scan.

use super::{CommaList, ListEnd, Parser, node};
use crate::kql::codes;
use crate::kql::syntax::nodes::NodeKind;
use crate::kql::syntax::operator_parameters as params;
use crate::kql::syntax::token::TokenKind as T;
use crate::kql::syntax::tree::{NodeId, Slot};

impl<'a> Parser<'a> {
    pub(super) fn make_series(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::MAKE_SERIES, true);
        let aggregates = self.comma_list(CommaList {
            element: Self::series_aggregate,
            missing: |parser| {
                let expression = parser.missing_expression();
                node!(parser, MakeSeriesExpression, expression, Slot::EMPTY)
            },
            end: ListEnd::At(&[T::OnKw, T::FromKw, T::InKw]),
            one_or_more: true,
            trailing_comma: false,
        });
        let on = self.expect(T::OnKw);
        let expression = self.named_or_missing();
        let on = node!(self, MakeSeriesOn, on, expression);
        let range = if matches!(self.kind(), T::FromKw | T::ToKw | T::StepKw) {
            self.series_from_to_step()
        } else {
            self.series_in_range()
        };
        let by = self.eat(T::ByKw).map(|by| {
            let expressions = self.expressions(Self::named_expression, ListEnd::Open, true);
            node!(self, MakeSeriesBy, by, expressions)
        });
        Some(node!(self, MakeSeriesOperator, keyword, parameters, aggregates, on, range, by))
    }

    fn series_aggregate(&mut self) -> Option<NodeId> {
        let expression = self.named_expression()?;
        let default = self.eat(T::DefaultKw).map(|keyword| {
            let equal = self.expect(T::Equal);
            let value = self.named_or_missing();
            node!(self, DefaultExpression, keyword, equal, value)
        });
        Some(node!(self, MakeSeriesExpression, expression, default))
    }

    fn series_from_to_step(&mut self) -> NodeId {
        let from = self.eat(T::FromKw).map(|keyword| {
            let expression = self.unnamed_or_missing();
            node!(self, MakeSeriesFrom, keyword, expression)
        });
        let to = self.eat(T::ToKw).map(|keyword| {
            let expression = self.unnamed_or_missing();
            node!(self, MakeSeriesTo, keyword, expression)
        });
        let keyword = self.expect(T::StepKw);
        let expression = self.unnamed_or_missing();
        let step = node!(self, MakeSeriesStep, keyword, expression);
        node!(self, MakeSeriesFromToStep, from, to, step)
    }

    fn series_in_range(&mut self) -> NodeId {
        let in_keyword = self.expect(T::InKw);
        let range = self.expect(T::RangeKw);
        let open = self.expect(T::OpenParen);
        let arguments = self.named_expressions(&[], false);
        let close = self.expect(T::CloseParen);
        let arguments = node!(self, ArgumentList, open, arguments, close);
        node!(self, MakeSeriesInRange, in_keyword, range, arguments)
    }

    fn cast_clause(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::ToKw)?;
        let type_of = self.type_of_literal().unwrap_or_else(|| self.missing_type_of());
        Some(node!(self, ToTypeOfClause, keyword, type_of))
    }

    pub(super) fn mv_expand(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::MV_EXPAND, true);
        let expressions = self.comma_list(CommaList {
            element: |parser| parser.array_item(NodeKind::MvExpandExpression),
            missing: |parser| parser.missing_array_item(NodeKind::MvExpandExpression),
            end: ListEnd::At(&[T::LimitKw]),
            one_or_more: true,
            trailing_comma: false,
        });
        let limit = self.row_limit();
        Some(node!(self, MvExpandOperator, keyword, parameters, expressions, limit))
    }

    /// `array`, `array to typeof(type)`: an item of mv-expand or mv-apply, as `kind` says.
    fn array_item(&mut self, kind: NodeKind) -> Option<NodeId> {
        let expression = if self.at(T::ToKw) { self.missing_expression() } else { self.named_expression()? };
        let to_type = self.cast_clause();
        Some(self.make(kind, &[expression.into(), to_type.into()]))
    }

    fn missing_array_item(&mut self, kind: NodeKind) -> NodeId {
        let expression = self.missing_expression();
        self.make(kind, &[expression.into(), Slot::EMPTY])
    }

    fn row_limit(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::LimitKw)?;
        let expression = self.unnamed_or_missing();
        Some(node!(self, RowLimitClause, keyword, expression))
    }

    pub(super) fn mv_apply(&mut self) -> Option<NodeId> {
        let keyword = self.bump();
        let parameters = self.parameter_list(params::MV_APPLY, true);
        let expressions = self.mv_apply_expressions();
        let limit = self.row_limit();
        let id = self.eat(T::IdKw).map(|keyword| {
            let expression = self.unnamed_or_missing();
            node!(self, MvApplyIdClause, keyword, expression)
        });
        let on = self.expect(T::OnKw);
        let subquery = self.mv_apply_subquery();
        Some(node!(self, MvApplyOperator, keyword, parameters, expressions, limit, id, on, subquery))
    }

    fn mv_apply_expressions(&mut self) -> Slot {
        if self.at(T::ToKw) {
            let before = self.mark();
            let to_type = self.cast_clause();
            if !self.at(T::Comma) {
                let expression = node!(self, MvApplyExpression, Slot::EMPTY, to_type);
                return self.make_list(&[expression.into(), Slot::EMPTY]);
            }
            self.rewind(before);
        }
        self.comma_list(CommaList {
            element: |parser| parser.array_item(NodeKind::MvApplyExpression),
            missing: |parser| parser.missing_array_item(NodeKind::MvApplyExpression),
            end: ListEnd::When(|parser| {
                let word = matches!(parser.kind(), T::LimitKw | T::IdKw | T::OnKw) || parser.at_common_end(0);
                let goes_on = matches!(parser.kind_at(1), T::Comma | T::ToKw | T::Equal);
                (word && !goes_on) || parser.at_common_end(0)
            }),
            one_or_more: true,
            trailing_comma: false,
        })
    }

    fn mv_apply_subquery(&mut self) -> NodeId {
        let Some(open) = self.eat(T::OpenParen) else {
            let open = self.expect(T::OpenParen);
            let expression = self.missing_expression();
            let close = self.expect(T::CloseParen);
            return node!(self, MvApplySubquery, open, expression, close);
        };
        let expression = self.contextual_pipeline();
        let close = self.expect(T::CloseParen);
        node!(self, MvApplySubquery, open, expression, close)
    }

    // Scan.

    pub(super) fn scan(&mut self) -> Option<NodeId> {
        const ENDS: &[T] = &[T::PartitionKw, T::OrderKw, T::ByKw, T::DeclareKw, T::WithKw];
        let keyword = self.bump();
        let parameters = self.parameter_list(params::SCAN, false);
        let order_by = self.eat(T::OrderKw).map(|order| {
            let by = self.expect(T::ByKw);
            let expressions = self.expressions(Self::ordered_expression, ListEnd::At(ENDS), true);
            node!(self, ScanOrderBy, order, by, expressions)
        });
        let partition_by = self.eat(T::PartitionKw).map(|partition| {
            let by = self.expect(T::ByKw);
            let expressions = self.expressions(Self::unnamed_expression, ListEnd::At(ENDS), true);
            node!(self, ScanPartitionBy, partition, by, expressions)
        });
        let declare = self.eat(T::DeclareKw).map(|declare| {
            let open = self.expect(T::OpenParen);
            let declarations = self.function_parameter_list(false);
            let close = self.expect(T::CloseParen);
            node!(self, ScanDeclare, declare, open, declarations, close)
        });
        let with = self.expect(T::WithKw);
        let open = self.expect(T::OpenParen);
        let steps = self.list(Self::scan_step, ListEnd::Common);
        let steps = self.make_list(&steps);
        let close = self.expect(T::CloseParen);
        Some(node!(
            self,
            ScanOperator,
            keyword,
            parameters,
            order_by,
            partition_by,
            declare,
            with,
            open,
            steps,
            close
        ))
    }

    fn scan_step(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::StepKw)?;
        let name = self.extended_name_declaration().unwrap_or_else(|| self.missing_name_declaration());
        let optional = self.eat(T::OptionalKw);
        let output = self.eat(T::OutputKw).map(|output| {
            let equal = self.expect(T::Equal);
            let kind = self.expect_word(&["all", "last", "none"]);
            node!(self, ScanStepOutput, output, equal, kind)
        });
        let colon = self.expect(T::Colon);
        let condition = self.unnamed_or_missing();
        let computation = self.scan_computation();
        let semicolon = self.expect(T::Semicolon);
        Some(node!(self, ScanStep, keyword, name, optional, output, colon, condition, computation, semicolon))
    }

    fn scan_computation(&mut self) -> Option<NodeId> {
        let arrow = self.eat(T::FatArrow)?;
        let assignments = self.comma_list(CommaList {
            element: |parser| {
                let name = parser.extended_name_reference()?;
                let equal = parser.expect(T::Equal);
                let expression = parser.unnamed_or_missing();
                Some(node!(parser, ScanAssignment, name, equal, expression))
            },
            missing: |parser| {
                parser.report_missing(
                    codes::MISSING_TOKEN,
                    "an assignment `name = expression` is missing here",
                );
                let name = parser.silent_name_reference();
                let equal = parser.silent(T::Equal);
                let expression = parser.silent_name_reference();
                node!(parser, ScanAssignment, name, equal, expression)
            },
            end: ListEnd::Common,
            one_or_more: true,
            trailing_comma: false,
        });
        Some(node!(self, ScanComputation, arrow, assignments))
    }
}
