//! The codes of what keeps a query from being run here.

use crate::diag::{Diagnostic, LintMeta, Severity, declare_lint};
use crate::text::{SourceId, Span, TextRange};

use super::error::RunError;

declare_lint! {
    /// ## What it does
    /// Reports a function, an operator or a plugin in a query that picket cannot compute by itself, before anything runs.
    ///
    /// ## Why is this bad
    /// A test or a hunt on local data gives no answer. A wrong one would be worse: nothing is guessed. Run the query where
    /// the logs are, or write it without what is named.
    pub(super) static NOT_SUPPORTED: "PK930", "not-supported-offline", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports the place in a query where a run on local data stopped, and why: rows that take more memory than allowed, an
    /// `assert` that does not hold, a pattern that is no regular expression.
    ///
    /// ## Why is this bad
    /// The query has no result.
    pub(super) static RUN_FAILED: "PK931", "query-run-failed", Severity::Error, since "0.1.0"
}

/// The codes, in order.
pub static ALL: &[&LintMeta] = &[&NOT_SUPPORTED, &RUN_FAILED];

/// A finding that something in a query is not supported offline, at bytes of the query.
pub(super) fn not_supported(range: TextRange, message: impl Into<String>) -> Diagnostic {
    NOT_SUPPORTED.at(Span::new(SourceId::default(), range), message)
}

/// Why a run stopped, as a finding at bytes of the query.
pub fn run_failed(error: &RunError) -> Diagnostic {
    RUN_FAILED.at(Span::new(SourceId::default(), error.range), error.message.clone())
}
