//! PK732: a path compared with a file name.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::Relation;

use super::{file_name, sound};

declare_lint! {
    /// ## What it does
    /// Reports a text with a path separator that is compared with a column of Defender tables that holds the name
    /// of a file alone.
    ///
    /// ## Why is this bad
    /// `FileName` and its like never hold a folder: the comparison never matches. Folders stand in `FolderPath` and
    /// its like.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Rundll32
    /// query: |-
    ///   DeviceProcessEvents | where FileName endswith @'\rundll32.exe'
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Rundll32
    /// query: |-
    ///   DeviceProcessEvents | where FolderPath endswith @'\rundll32.exe'
    /// ```
    pub(in crate::lint) static PATH_IN_FILE_NAME: "PK732", "path-in-file-name", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in &walk.comparisons {
        let Some(name) = file_name(analysis, comparison.left) else { continue };
        for (node, text) in comparison.constants() {
            let path =
                text.contains('\\') || (text.contains('/') && comparison.operator.relation.is_equality());
            if !path || comparison.operator.relation == Relation::Regex {
                continue;
            }
            let message = format!("`{name}` holds the name of a file without its folder");
            let finding = PATH_IN_FILE_NAME.at(analysis.span(node.range()), message);
            let help =
                format!("compare with the name alone, or with `{}`", name.replace("FileName", "FolderPath"));
            found.push(finding.with_help(help));
        }
    }
}
