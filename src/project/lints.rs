//! The codes of files and of picket.toml.

use crate::diag::{LintMeta, Severity, declare_lint};

declare_lint! {
    /// ## What it does
    /// Reports a `picket.toml` that is not TOML, or in which a value has the wrong type or cannot be meant.
    ///
    /// ## Why is this bad
    /// No command runs on settings that it had to guess.
    ///
    /// ## Example
    /// ```toml
    /// rules = "rules"
    /// ```
    ///
    /// A list of folders:
    /// ```toml
    /// rules = ["rules"]
    /// ```
    pub(crate) static INVALID_CONFIG: "PK901", "invalid-config", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a key in `picket.toml` that picket does not know, with the nearest one that it does.
    ///
    /// ## Why is this bad
    /// A setting with a typo would silently not be set.
    ///
    /// ## Example
    /// ```toml
    /// [workspace.prod]
    /// resourcegroup = "soc"
    /// ```
    ///
    /// With the known key:
    /// ```toml
    /// [workspace.prod]
    /// resource_group = "soc"
    /// ```
    pub(crate) static UNKNOWN_CONFIG_KEY: "PK902", "unknown-config-key", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a rule file that cannot be read: it is missing, a directory, or closed to this user.
    ///
    /// ## Why is this bad
    /// A rule that is not read looks as if it were not there.
    pub(crate) static UNREADABLE_FILE: "PK903", "unreadable-file", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a rule file of more than 8 MiB.
    ///
    /// ## Why is this bad
    /// The longest query that the service takes is far shorter, so a file of this size is not one of rules.
    pub(crate) static FILE_TOO_LARGE: "PK904", "file-too-large", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a rule file that is not UTF-8 text, with the first byte at fault.
    ///
    /// ## Why is this bad
    /// The text cannot be known without its encoding, and the service would get other letters than those
    /// that were written.
    pub(crate) static NOT_UTF8: "PK905", "not-utf8", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a rule file without any content.
    ///
    /// ## Why is this bad
    /// A rule was lost on the way here, or a file was never filled in; planning with `--prune` would delete
    /// what it used to hold.
    pub(crate) static EMPTY_FILE: "PK906", "empty-file", Severity::Error, since "0.1.0"
}

/// Every code of this module, in order.
pub static LINTS: [&LintMeta; 6] =
    [&INVALID_CONFIG, &UNKNOWN_CONFIG_KEY, &UNREADABLE_FILE, &FILE_TOO_LARGE, &NOT_UTF8, &EMPTY_FILE];
