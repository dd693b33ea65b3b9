//! PK733: a file name compared with its case.

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

use super::{file_name, sound};

declare_lint! {
    /// ## What it does
    /// Reports `==` and `in` between a column of Defender tables with the name of a file and the name of a Windows
    /// program.
    ///
    /// ## Why is this bad
    /// Windows does not look at the case of file names, and the tables keep whichever was written: `CMD.EXE` runs
    /// as well, and the comparison lets it pass.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Certutil
    /// query: DeviceProcessEvents | where FileName == "certutil.exe"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Certutil
    /// query: DeviceProcessEvents | where FileName =~ "certutil.exe"
    /// ```
    pub(in crate::lint) static CASE_SENSITIVE_FILE_NAME: "PK733", "case-sensitive-file-name", Severity::Info, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in &walk.comparisons {
        let operator = &comparison.operator;
        let Some(name) = file_name(analysis, comparison.left) else { continue };
        let program = comparison.constants().any(|(_, text)| is_program(text));
        if !operator.cased || !operator.relation.is_equality() || !program {
            continue;
        }
        let any_case = match operator.text() {
            "==" => "=~",
            "in" => "in~",
            "!in" => "!in~",
            _ => "!~",
        };
        let title = format!("compare with `{any_case}`");
        let place = operator.token.range();
        let fix = analysis.replacement(title.clone(), Applicability::Unsafe, place, any_case);
        let message = format!("`{name}` may be written in any case, and `{}` looks at it", operator.text());
        found.push(
            CASE_SENSITIVE_FILE_NAME.at(analysis.span(place), message).with_help(title).with_fix_if(fix),
        );
    }
}

/// Whether `name` is that of something Windows runs.
fn is_program(name: &str) -> bool {
    let (_, extension) = name.rsplit_once('.').unwrap_or_default();
    let known = ["exe", "dll", "com", "bat", "cmd", "ps1", "vbs", "js", "hta", "msi", "scr", "cpl", "sys"];
    known.iter().any(|known| extension.eq_ignore_ascii_case(known))
}
