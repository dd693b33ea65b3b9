//! The codes of content.

use crate::diag::{LintMeta, Severity, declare_lint};

declare_lint! {
    /// ## What it does
    /// Reports a file among the content of a project that holds nothing which can be deployed, or something that lacks
    /// a key, has one that is unknown, or a value that cannot be meant.
    ///
    /// ## Why is this bad
    /// Rules that use the watchlist or function find nothing of that name in the workspace.
    ///
    /// ## Example
    /// ```yaml
    /// alias: HighValueAssets
    /// name: High value assets
    /// items: assets.csv
    /// ```
    ///
    /// With the column that queries join by:
    /// ```yaml
    /// alias: HighValueAssets
    /// name: High value assets
    /// searchKey: Host
    /// items: assets.csv
    /// ```
    pub(super) static BAD_CONTENT: "PK920", "bad-content", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports items of a watchlist that the service would not take, or not as they are meant: a file that cannot be
    /// read or is larger than 3.8 MB, a search key that is no column, a row with more or fewer values than columns.
    ///
    /// ## Why is this bad
    /// The service refuses the watchlist, or puts values under other columns than they belong to.
    ///
    /// ## Example
    /// ```text
    /// Host,Owner
    /// srv1,Ann,Finance
    /// ```
    ///
    /// With quotes around a value that holds a comma:
    /// ```text
    /// Host,Owner
    /// srv1,"Ann,Finance"
    /// ```
    pub(super) static BAD_ITEMS: "PK921", "bad-items", Severity::Error, since "0.1.0"
}

/// All of them.
pub(super) const LINTS: &[&LintMeta] = &[&BAD_CONTENT, &BAD_ITEMS];
