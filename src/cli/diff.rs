//! Differences between two texts, as a patch.

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

/// A unified diff of `name` from `old` to `new`, coloured; empty when they are equal. The shell strips the
/// colours where they are not wanted.
pub(crate) fn unified(name: &str, old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    let bold = Style::new().bold();
    let cyan = Style::new().fg_color(Some(AnsiColor::Cyan.into()));
    let mut out = format!("{bold}--- {name}{bold:#}\n{bold}+++ {name}{bold:#}\n");
    let diff = TextDiff::from_lines(old, new);
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        out.push_str(&format!("{cyan}{}{cyan:#}\n", hunk.header()));
        for change in hunk.iter_changes() {
            let style = match change.tag() {
                ChangeTag::Delete => Style::new().fg_color(Some(AnsiColor::Red.into())),
                ChangeTag::Insert => Style::new().fg_color(Some(AnsiColor::Green.into())),
                ChangeTag::Equal => Style::new(),
            };
            let line = change.value().trim_end_matches('\n');
            out.push_str(&format!("{style}{}{line}{style:#}\n", change.tag()));
            if change.missing_newline() {
                out.push_str("\\ No newline at end of file\n");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_differs() {
        assert_eq!(unified("a", "x\n", "x\n"), "");
        let plain = anstream::adapter::strip_str(&unified("a", "x\ny", "x\nz\n")).to_string();
        assert_eq!(plain, "--- a\n+++ a\n@@ -1,2 +1,2 @@\n x\n-y\n\\ No newline at end of file\n+z\n");
    }
}
