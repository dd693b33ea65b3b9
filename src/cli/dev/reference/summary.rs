//! The part of SUMMARY that lists pages which are made: it stands below the entries of their lists.

use std::fs;
use std::path::Path;

use super::Generated;
use super::commands;
use crate::cli::{CliError, codes};

const PATH: &str = "docs/SUMMARY.md";

/// SUMMARY with the pages about commands and codes below their lists; the rest is as people wrote it.
///
/// # Errors
/// When it cannot be read.
pub(in crate::cli::dev) fn summary(root: &Path) -> Result<Generated, CliError> {
    let old = fs::read_to_string(root.join(PATH))
        .map_err(|error| CliError::new(format!("cannot read {PATH}")).cause(error))?;
    Ok(Generated { path: PATH.to_owned(), text: with_pages(&old) })
}

fn with_pages(old: &str) -> String {
    let lists = [
        (
            "(reference/commands.md)",
            entries(commands::pages().into_iter().map(|page| (page.path, page.text))),
        ),
        ("(lints/README.md)", entries(codes::pages().into_iter())),
    ];
    let mut text = String::new();
    let mut replaced = false;
    for line in old.lines() {
        replaced &= line.starts_with("  ");
        if replaced {
            continue;
        }
        text.push_str(&format!("{line}\n"));
        if let Some((_, entries)) = lists.iter().find(|(list, _)| line.ends_with(list)) {
            text.push_str(entries);
            replaced = true;
        }
    }
    text
}

/// The entries of pages but the first, which is the list of them.
fn entries(pages: impl Iterator<Item = (String, String)>) -> String {
    let entry = |(path, text): (String, String)| {
        let title = text.lines().next().unwrap_or_default().trim_start_matches("# ").to_owned();
        format!("  - [{title}]({})\n", path.trim_start_matches("docs/"))
    };
    pages.skip(1).map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_stand_below_their_lists_and_the_rest_is_kept() {
        let old =
            "- [A](a.md)\n  - [B](b.md)\n- [Codes](lints/README.md)\n  - [gone](lints/gone.md)\n\n# More\n";
        let text = with_pages(old);
        assert!(
            text.starts_with("- [A](a.md)\n  - [B](b.md)\n- [Codes](lints/README.md)\n  - [PK001 "),
            "{text}"
        );
        assert!(text.ends_with(".md)\n\n# More\n") && !text.contains("gone"));
        assert_eq!(with_pages(&text), text);
    }
}
