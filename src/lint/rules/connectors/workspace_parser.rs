//! PK612: an ASIM parser that has to be deployed, where a built-in one exists.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

declare_lint! {
    /// ## What it does
    /// Points out a call of an ASIM parser by the name that it has when deployed to the workspace, such as `imDns`,
    /// where the product brings the same parser as `_Im_Dns`.
    ///
    /// ## Why is this bad
    /// The workspace's parser has to be deployed and kept up by hand, and the rule fails where it is not.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// query: imDns | where DnsQuery endswith '.test'
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// query: _Im_Dns | where DnsQuery endswith '.test'
    /// ```
    pub(in crate::lint) static WORKSPACE_PARSER: "PK612", "workspace-parser", Severity::Info, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (name, range) in &analysis.uses().product_functions {
        let Some(range) = range else { continue };
        let builtin = match (name.strip_prefix("im"), name.strip_prefix("ASim"), name.strip_prefix("vim")) {
            (Some(rest), ..) => format!("_Im_{rest}"),
            (_, Some(rest), _) => format!("_ASim_{rest}"),
            (.., Some(rest)) => format!("_Im_{rest}"),
            _ => continue,
        };
        if context.kql.product_function(&builtin).is_none() {
            continue;
        }
        let place = analysis.span(*range);
        found.push(
            WORKSPACE_PARSER
                .at(place, format!("parser `{name}` has to be deployed to the workspace"))
                .with_help(format!("the built-in parser is `{builtin}`"))
                .with_fix(Fix::replace(format!("write `{builtin}`"), Applicability::Unsafe, place, builtin)),
        );
    }
}
