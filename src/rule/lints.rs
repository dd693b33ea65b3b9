//! The codes of reading a rule.

use crate::diag::{LintMeta, Severity, declare_lint};

declare_lint! {
    /// ## What it does
    /// Reports a document that is no Scheduled, NRT or Hunting rule: a detection of another product, a
    /// parser, an ARM template, or a mapping with none of the keys of a rule.
    ///
    /// ## Why is this bad
    /// It is not deployed. Nothing else of the document is checked, since every other finding would be
    /// about the wrong schema.
    ///
    /// ## Example
    /// ```yaml fires
    /// watchlistAlias: TorExitNodes
    /// displayName: Tor exit nodes
    /// itemsSearchKey: Address
    /// ```
    ///
    /// ```yaml clean
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Connections to Tor exit nodes
    /// query: _GetWatchlist('TorExitNodes') | join kind=inner DeviceNetworkEvents on $left.Address == $right.RemoteIP
    /// ```
    pub static NOT_A_RULE: "PK100", "not-a-rule", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a key that the mapping it stands in does not have.
    ///
    /// ## Why is this bad
    /// The key and its value are ignored, so the rule lacks what it was meant to say. Most unknown keys
    /// are known ones misspelled or at the wrong depth.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// tatcics: [Collection]
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    ///
    /// ```yaml clean
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// tactics: [Collection]
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    pub static UNKNOWN_KEY: "PK101", "unknown-key", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a key that is written with other capitals than its name has. Its value is used.
    ///
    /// ## Why is this bad
    /// Other tools compare keys letter by letter and ignore this one.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// relevanttechniques: [T1114]
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    ///
    /// ```yaml clean
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// relevantTechniques: [T1114]
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    pub static KEY_CASE: "PK102", "key-case", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a value of a type that cannot be understood at its place, such as a list where a text is
    /// expected.
    ///
    /// ## Why is this bad
    /// The value is left out, so the rule lacks it.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// query:
    ///   - OfficeActivity
    ///   - where Operation == "New-InboxRule"
    /// ```
    ///
    /// ```yaml clean
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// query: |
    ///   OfficeActivity
    ///   | where Operation == "New-InboxRule"
    /// ```
    pub static WRONG_TYPE: "PK103", "wrong-type", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a word that is none of the few that its key allows.
    ///
    /// ## Why is this bad
    /// The service refuses the rule, so the value is left out.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// kind: NRT
    /// severity: Critical
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    ///
    /// ```yaml clean
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// kind: NRT
    /// severity: High
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    pub static UNKNOWN_VALUE: "PK104", "unknown-value", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a key that means nothing to a rule of this kind: a schedule in an NRT rule, or the
    /// severity of a hunting query.
    ///
    /// ## Why is this bad
    /// The value has no effect. Either it can go, or the rule is of another kind than was meant.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// kind: NRT
    /// severity: Low
    /// queryFrequency: 1h
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    ///
    /// ```yaml clean
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// kind: NRT
    /// severity: Low
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    pub static KEY_OF_OTHER_KIND: "PK105", "key-of-other-kind", Severity::Info, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a value that is no length of time. `90m`, `1h`, `14d`, `PT1H`, `P1D` and `1.02:00:00` are.
    ///
    /// ## Why is this bad
    /// The service refuses the rule, so the value is left out. In `PT1H` the `T` stands between days and
    /// hours: `P5M` is five months, which no schedule can be.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// severity: Low
    /// queryFrequency: 1 day
    /// queryPeriod: PT1D
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    ///
    /// ```yaml clean
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// severity: Low
    /// queryFrequency: 1d
    /// queryPeriod: P1D
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    pub static MALFORMED_DURATION: "PK106", "malformed-duration", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a value that is understood but of another type than the key has: a number in quotes, a
    /// name that YAML reads as a number, `yes` for `true`, one mapping where a list is expected, or
    /// several words with commas where a list is expected.
    ///
    /// ## Why is this bad
    /// Other tools pass the value on as it is, and the service refuses it.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// version: 1.10
    /// tactics: Collection, Exfiltration
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    ///
    /// ```yaml clean
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// version: "1.10"
    /// tactics: [Collection, Exfiltration]
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    pub static LOOSE_TYPE: "PK107", "loose-type", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a property that is given twice, under two of its names. The first one is used.
    ///
    /// ## Why is this bad
    /// One of the two has no effect, and readers cannot tell which. Techniques are the exception: those of
    /// `relevantTechniques`, `techniques` and `subTechniques` are put together.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// displayName: Mail forwarding
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    ///
    /// ```yaml clean
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    pub static GIVEN_TWICE: "PK108", "given-twice", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a key or a list item without a value.
    ///
    /// ## Why is this bad
    /// It says nothing and counts as absent. Often the value stands on the next line with too little
    /// indentation, or was forgotten.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// tactics:
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    ///
    /// ```yaml clean
    /// id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
    /// name: Mailbox rule that forwards mail
    /// tactics: []
    /// query: OfficeActivity | where Operation == "New-InboxRule"
    /// ```
    pub static EMPTY_VALUE: "PK109", "empty-value", Severity::Info, since "0.1.0"
}

/// Every code of this module.
pub const ALL: [&LintMeta; 10] = [
    &NOT_A_RULE,
    &UNKNOWN_KEY,
    &KEY_CASE,
    &WRONG_TYPE,
    &UNKNOWN_VALUE,
    &KEY_OF_OTHER_KIND,
    &MALFORMED_DURATION,
    &LOOSE_TYPE,
    &GIVEN_TWICE,
    &EMPTY_VALUE,
];
