//! PK110: an id that is no UUID.

use uuid::Uuid;

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

declare_lint! {
    /// ## What it does
    /// Reports an `id` that is not a UUID in the usual form of 32 hexadecimal digits and four hyphens.
    ///
    /// ## Why is this bad
    /// The id names the rule's resource in the workspace. Anything else there is refused, or makes a resource
    /// that other tools do not recognise as the same rule.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: risky-signin
    /// name: Sign-in with many wrong passwords
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    pub(in crate::lint) static MALFORMED_ID: "PK110", "malformed-id", Severity::Error, since "0.1.0"
}

/// Length of a UUID with hyphens and nothing around it.
const HYPHENATED: usize = 36;

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(id) = &rule.id else { return };
    let parsed = Uuid::try_parse(&id.value).ok();
    if parsed.is_some() && id.value.len() == HYPHENATED {
        return;
    }
    let place = span(rule, id.range);
    let finding = MALFORMED_ID.at(place, format!("the id `{}` is not a UUID", id.value));
    found.push(match parsed {
        // Braces, `urn:uuid:` or no hyphens: the same UUID in another dress.
        Some(uuid) => {
            let usual = uuid.hyphenated().to_string();
            let title = format!("write the id as `{usual}`");
            finding.with_help(title.clone()).with_fix(Fix::replace(title, Applicability::Safe, place, usual))
        }
        None if id.value.contains("%%") || id.value.contains("{{") => finding
            .with_help("replace the placeholder of the template with a new UUID, such as `uuidgen` prints"),
        None => finding.with_help("give the rule a new UUID, such as `uuidgen` prints, and keep it for good"),
    });
}
