//! The codes of what an import repairs.

use crate::diag::{LintMeta, Severity, declare_lint};

declare_lint! {
    /// ## What it does
    /// Reports a key that stands at the column of its list item's dash.
    ///
    /// ## Why is this bad
    /// At that column YAML allows only another dash: the key belongs neither to the item nor to the mapping
    /// around the list, and every parser refuses the file. The only mapping it can have been meant for is
    /// the item above, so an import moves the key, and all that is nested under it, into that item.
    ///
    /// ## Example
    /// ```text
    /// requiredDataConnectors:
    ///     - connectorId: MicrosoftThreatProtection
    ///     dataTypes:
    ///         - DeviceNetworkEvents
    /// ```
    /// Use instead:
    /// ```text
    /// requiredDataConnectors:
    ///     - connectorId: MicrosoftThreatProtection
    ///       dataTypes:
    ///           - DeviceNetworkEvents
    /// ```
    pub(crate) static KEY_AT_ITEM_DASH: "PK050", "key-at-item-dash", Severity::Info, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports an unquoted value that starts with `%`, `@` or a backtick.
    ///
    /// ## Why is this bad
    /// YAML reserves these characters: no unquoted value may start with one, and every parser refuses the
    /// file. An import puts the value in quotes, which keeps its text.
    ///
    /// ## Example
    /// ```text
    /// author: @soc-team
    /// ```
    /// Use instead:
    /// ```text
    /// author: '@soc-team'
    /// ```
    pub(crate) static RESERVED_INDICATOR: "PK051", "reserved-indicator", Severity::Info, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports an unquoted value with a colon and a space inside.
    ///
    /// ## Why is this bad
    /// A colon and a space end a key, so YAML sees a second key where none may stand, and every parser
    /// refuses the file. An import puts the value in quotes, which keeps its text.
    ///
    /// ## Example
    /// ```text
    /// name: Remote access: new tool
    /// ```
    /// Use instead:
    /// ```text
    /// name: 'Remote access: new tool'
    /// ```
    pub(crate) static COLON_IN_VALUE: "PK052", "colon-in-value", Severity::Info, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a column in an imported query that its table has only under the name of the acting process.
    ///
    /// ## Why is this bad
    /// A query that names a column which is not there does not run. Defender's tables of what a process does name the
    /// account behind it `InitiatingProcessAccountUpn`; `AccountUpn` is the account of a started process, in
    /// `DeviceProcessEvents` alone. An import writes the other name, where the query is right with it.
    ///
    /// ## Example
    /// ```text
    /// DeviceNetworkEvents
    /// | summarize count() by DeviceName, AccountUpn
    /// ```
    /// Use instead:
    /// ```text
    /// DeviceNetworkEvents
    /// | summarize count() by DeviceName, InitiatingProcessAccountUpn
    /// ```
    pub(crate) static COLUMN_OF_ACTING_PROCESS: "PK053", "column-of-acting-process", Severity::Info, since "0.1.0"
}

/// Every code of this module, for the registry that `picket explain` and the pages read.
pub static CODES: &[&LintMeta] =
    &[&KEY_AT_ITEM_DASH, &RESERVED_INDICATOR, &COLON_IN_VALUE, &COLUMN_OF_ACTING_PROCESS];
