//! Looks ahead without consuming.

use super::Parser;
use crate::kql::syntax::charts::CHARTS;
use crate::kql::syntax::keyword::KeywordClass;
use crate::kql::syntax::token::TokenKind as T;

impl Parser<'_> {
    /// Whether `name(` stands at `ahead`.
    pub(super) fn at_call(&self, ahead: usize) -> bool {
        let len = self.scan_name(ahead);
        len > 0 && self.kind_at(ahead + len) == T::OpenParen
    }

    /// Whether what follows is a query rather than a list of values.
    pub(super) fn at_query(&self) -> bool {
        self.at_operator() || self.pipe_follows()
    }

    /// Whether a pipe stands before the end of this expression, outside parentheses.
    fn pipe_follows(&self) -> bool {
        let mut depth = 0_u32;
        for ahead in 0.. {
            match self.kind_at(ahead) {
                T::EndOfText | T::Semicolon => return false,
                T::Comma if depth == 0 => return false,
                T::CloseParen if depth == 0 => return false,
                T::CloseParen => depth -= 1,
                T::OpenParen => depth += 1,
                T::Bar if depth == 0 => return true,
                _ => {}
            }
        }
        false
    }

    /// Whether the current word starts an operator where a name could stand as well.
    pub(super) fn at_operator(&self) -> bool {
        let next = self.kind_at(1);
        match self.kind() {
            T::EvaluateKw => self.scan_name(1) > 0 || self.scan_known_parameter(false, 1) > 0,
            T::FacetKw => next == T::ByKw,
            T::PartitionKw | T::ReduceKw => next == T::ByKw || self.scan_known_parameter(false, 1) > 0,
            T::RangeKw => {
                let len = self.scan_name(1);
                len > 0 && self.kind_at(1 + len) == T::FromKw
            }
            T::InlineExternalTableKw => matches!(next, T::OpenParen | T::KindKw),
            T::RenderKw => CHARTS.iter().any(|chart| self.scan_text(chart, 1) > 0) || self.is_name_token(1),
            T::ForkKw | T::LookupKw | T::InternalPartitionbyKw => false,
            kind if kind.starts_operator() => kind.keyword_class() != Some(KeywordClass::Name),
            _ => false,
        }
    }

    /// Whether `(name: type` or `()` or `(*` stands here: a function's parameters.
    pub(super) fn at_function_declaration(&self) -> bool {
        let open = usize::from(self.at(T::ViewKw));
        if self.kind_at(open) != T::OpenParen {
            return false;
        }
        if matches!(self.kind_at(open + 1), T::CloseParen | T::Asterisk) {
            return true;
        }
        let len = self.scan_extended_name(open + 1);
        len > 0 && self.kind_at(open + 1 + len) == T::Colon
    }

    /// Whether the current word starts a statement other than an expression.
    pub(super) fn at_statement(&self) -> bool {
        let next = self.kind_at(1);
        match self.kind() {
            T::AliasKw => next == T::DatabaseKw,
            T::LetKw => self.scan_name(1) > 0,
            T::DeclareKw => matches!(next, T::PatternKw | T::QueryParametersKw),
            T::RestrictKw => next == T::AccessKw,
            T::SetKw => true,
            _ => false,
        }
    }

    /// Whether `(…:` stands at `ahead`: a schema.
    pub(super) fn at_schema(&self, ahead: usize) -> bool {
        if self.kind_at(ahead) != T::OpenParen {
            return false;
        }
        for at in ahead + 1.. {
            match self.kind_at(at) {
                T::EndOfText | T::Colon => return true,
                T::CloseParen => return false,
                _ => {}
            }
        }
        false
    }
}

impl T {
    /// Whether an operator of a query starts with this keyword.
    fn starts_operator(self) -> bool {
        matches!(
            self,
            T::AsKw
                | T::AssertSchemaKw
                | T::ConsumeKw
                | T::CountKw
                | T::DistinctKw
                | T::InternalExecuteAndCacheKw
                | T::ExtendKw
                | T::FilterKw
                | T::FindKw
                | T::GetschemaKw
                | T::GraphMatchKw
                | T::GraphToTableKw
                | T::InvokeKw
                | T::JoinKw
                | T::LimitKw
                | T::MacroExpandKw
                | T::MakeGraphKw
                | T::GraphMarkComponentsKw
                | T::MakeSeriesKw
                | T::MvapplyKw
                | T::MvApplyKw
                | T::MvexpandKw
                | T::MvExpandKw
                | T::OrderKw
                | T::ParseKw
                | T::ParseWhereKw
                | T::ParseKvKw
                | T::PrintKw
                | T::ProjectKw
                | T::ProjectAwayKw
                | T::ProjectKeepKw
                | T::ProjectRenameKw
                | T::ProjectByNamesKw
                | T::ProjectReorderKw
                | T::SampleKw
                | T::SampleDistinctKw
                | T::ScanKw
                | T::SearchKw
                | T::SerializeKw
                | T::SortKw
                | T::SummarizeKw
                | T::TakeKw
                | T::TopKw
                | T::TopHittersKw
                | T::TopNestedKw
                | T::UnionKw
                | T::WhereKw
        )
    }

    /// Whether it stands between two operands.
    pub(super) fn is_binary_operator(self) -> bool {
        self.is_string_operator() && self != T::Colon
            || matches!(
                self,
                T::AndKw
                    | T::OrKw
                    | T::EqualEqual
                    | T::BangEqual
                    | T::Greater
                    | T::GreaterEqual
                    | T::Less
                    | T::LessEqual
                    | T::Asterisk
                    | T::Slash
                    | T::Percent
                    | T::InKw
                    | T::InCiKw
                    | T::NotInKw
                    | T::NotInCiKw
                    | T::HasAnyKw
                    | T::HasAllKw
                    | T::BetweenKw
                    | T::NotBetweenKw
            )
    }

    /// Whether it compares strings and binds tighter than arithmetic.
    pub(super) fn is_string_operator(self) -> bool {
        matches!(
            self,
            T::EqualTilde
                | T::BangTilde
                | T::Colon
                | T::HasKw
                | T::NotHasKw
                | T::HasCsKw
                | T::NotHasCsKw
                | T::HasprefixKw
                | T::NotHasprefixKw
                | T::HasprefixCsKw
                | T::NotHasprefixCsKw
                | T::HassuffixKw
                | T::NotHassuffixKw
                | T::HassuffixCsKw
                | T::NotHassuffixCsKw
                | T::LikeKw
                | T::NotlikeKw
                | T::LikecsKw
                | T::NotlikecsKw
                | T::ContainsKw
                | T::NotContainsKw
                | T::OldNotContainsKw
                | T::ContainsCsKw
                | T::ContainscsKw
                | T::NotContainsCsKw
                | T::OldNotContainsCsKw
                | T::StartswithKw
                | T::NotStartswithKw
                | T::StartswithCsKw
                | T::NotStartswithCsKw
                | T::EndswithKw
                | T::NotEndswithKw
                | T::EndswithCsKw
                | T::NotEndswithCsKw
                | T::MatchesRegexKw
        )
    }
}
