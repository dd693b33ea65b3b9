//! PK731: an indicator that was made harmless for reports.

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::kql::syntax::NodeKind;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::Relation;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports texts such as `hxxp://` or `evil[.]com` that a query compares with.
    ///
    /// ## Why is this bad
    /// Reports write addresses so that nobody opens them by accident; logs hold them as they are. The text as it
    /// stands matches nothing.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Traffic to a bad domain
    /// query: DeviceNetworkEvents | where RemoteUrl has "evil[.]example"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Traffic to a bad domain
    /// query: DeviceNetworkEvents | where RemoteUrl has "evil.example"
    /// ```
    pub(in crate::lint) static DEFANGED_INDICATOR: "PK731", "defanged-indicator", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in
        walk.comparisons.iter().filter(|comparison| comparison.operator.relation != Relation::Regex)
    {
        for (node, text) in comparison.constants() {
            let Some(plain) = refanged(text) else { continue };
            let title = format!("write `{plain}`");
            let fix = (node.kind() == NodeKind::LiteralExpression)
                .then(|| node.text().replace(text, &plain))
                .filter(|literal| literal.contains(&plain))
                .and_then(|literal| {
                    analysis.replacement(title.clone(), Applicability::Unsafe, node.range(), &literal)
                });
            let finding = DEFANGED_INDICATOR
                .at(analysis.span(node.range()), "logs do not hold an address in this form");
            found.push(finding.with_help(title).with_fix_if(fix));
        }
    }
}

/// The text as logs hold it, where it was made harmless.
fn refanged(text: &str) -> Option<String> {
    let mut plain = text.to_owned();
    for (harmless, real) in [
        ("[.]", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        ("[:]//", "://"),
        ("[://]", "://"),
        ("[@]", "@"),
        ("[at]", "@"),
    ] {
        plain = plain.replace(harmless, real);
    }
    for (harmless, real) in [("hxxps://", "https://"), ("hxxp://", "http://")] {
        if let Some(rest) = plain.get(..harmless.len()).filter(|start| start.eq_ignore_ascii_case(harmless)) {
            plain = format!("{real}{}", &plain[rest.len()..]);
        }
    }
    (plain != text && plain.len() > 4).then_some(plain)
}
