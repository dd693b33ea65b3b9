//! The codes of declared tables, functions and watchlists.

use crate::diag::{LintMeta, Severity, declare_lint};

declare_lint! {
    /// ## What it does
    /// Reports a declaration file that holds no table, function or watchlist where one should be, or one without a
    /// name.
    ///
    /// ## Why is this bad
    /// What is not declared is unknown to every query, and each of them is reported then.
    ///
    /// ## Example
    /// ```yaml
    /// tables:
    ///   - columns: { User: string }
    /// ```
    ///
    /// With its name:
    /// ```yaml
    /// tables:
    ///   - name: Sessions_CL
    ///     columns: { User: string }
    /// ```
    pub(crate) static BAD_DECLARATION: "PK910", "bad-declaration", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a declared column whose type is none of KQL's. The column is read as `dynamic`.
    ///
    /// ## Why is this bad
    /// Operators and functions take some types only; with the wrong one, queries are refused or pass that should not.
    ///
    /// ## Example
    /// ```yaml
    /// tables:
    ///   - name: Sessions_CL
    ///     columns: { Started: timestamp }
    /// ```
    ///
    /// With a type of KQL:
    /// ```yaml
    /// tables:
    ///   - name: Sessions_CL
    ///     columns: { Started: datetime }
    /// ```
    pub(crate) static UNKNOWN_COLUMN_TYPE: "PK911", "unknown-column-type", Severity::Error, since "0.1.0"
}

/// All of them.
pub(super) const LINTS: &[&LintMeta] = &[&BAD_DECLARATION, &UNKNOWN_COLUMN_TYPE];
