//! The codes of this module.

use crate::diag::{Severity, declare_lint};

declare_lint! {
    /// ## What it does
    /// Reports text that is not valid YAML. What stands before the error is still read.
    ///
    /// ## Why is this bad
    /// A file that cannot be read as YAML holds no rule: nothing of it can be checked or deployed.
    ///
    /// ## Example
    /// ```yaml fires
    /// name: @admins signed in
    /// ```
    ///
    /// A value that starts with `@`, `%` or a backtick needs quotes:
    /// ```yaml clean
    /// name: '@admins signed in'
    /// ```
    pub static SYNTAX: "PK001", "yaml-syntax", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a key that stands twice in one mapping.
    ///
    /// ## Why is this bad
    /// YAML readers disagree on which of the two counts, so the rule that is deployed may not be the one
    /// that was reviewed.
    ///
    /// ## Example
    /// ```yaml fires
    /// name: Sign-in from a new country
    /// severity: Low
    /// severity: High
    /// ```
    ///
    /// ```yaml clean
    /// name: Sign-in from a new country
    /// severity: High
    /// ```
    pub static DUPLICATE_KEY: "PK002", "duplicate-key", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports an alias (`*name`) that names no anchor (`&name`) before it in the document, or one that
    /// stands inside the very node its anchor marks.
    ///
    /// ## Why is this bad
    /// Such an alias has no value.
    ///
    /// ## Example
    /// ```yaml fires
    /// tactics: &own
    ///   - *own
    /// ```
    ///
    /// ```yaml clean
    /// tactics: &own
    ///   - Persistence
    /// ```
    pub static UNRESOLVED_ALIAS: "PK003", "unresolved-alias", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a document that is too large or too deeply nested to be read, as written or once its
    /// aliases are expanded.
    ///
    /// ## Why is this bad
    /// No rule needs that much. A few lines of aliases to aliases expand to more than any machine can
    /// hold, so such a document is refused rather than read.
    ///
    /// ## Example
    /// ```yaml fires
    /// a: &a [x, x, x, x, x, x, x, x, x, x]
    /// b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
    /// c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
    /// d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
    /// e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
    /// ```
    ///
    /// ```yaml clean
    /// a: &a [x, x]
    /// b: *a
    /// ```
    pub static TOO_LARGE: "PK004", "yaml-too-large", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a merge key (`<<`) whose value is neither a mapping nor a list of mappings.
    ///
    /// ## Why is this bad
    /// There is nothing to merge, so the keys it was to bring are missing.
    ///
    /// ## Example
    /// ```yaml fires
    /// name: Sign-in from a new country
    /// <<: defaults
    /// ```
    ///
    /// ```yaml clean
    /// name: Sign-in from a new country
    /// <<: {severity: Low}
    /// ```
    pub static BAD_MERGE: "PK005", "bad-merge", Severity::Error, since "0.1.0"
}

/// Every code of this module.
pub const ALL: [&crate::diag::LintMeta; 5] =
    [&SYNTAX, &DUPLICATE_KEY, &UNRESOLVED_ALIAS, &TOO_LARGE, &BAD_MERGE];
