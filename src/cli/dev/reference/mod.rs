//! The pages of the book's reference that say what the code says: commands, settings, keys of files, KQL offline.

mod commands;
mod keys;
mod kql;
mod summary;

use super::generated::Generated;

pub(super) use summary::summary;

/// Where they are kept.
pub(super) const FOLDER: &str = "docs/reference";

/// How a page says that nobody edits it.
pub(super) const MARK: &str = "<!-- made by `cargo dev docs` -->";

/// The pages.
pub(super) fn pages() -> Vec<Generated> {
    let mut pages = commands::pages();
    pages.extend([
        keys::settings(),
        keys::rule_files(),
        keys::content_files(),
        keys::test_files(),
        kql::page(),
    ]);
    pages
}

/// A page below the folder of the reference.
fn page(name: &str, title: &str, text: &str) -> Generated {
    Generated {
        path: format!("{FOLDER}/{name}.md"),
        text: format!("# {title}\n\n{MARK}\n\n{}\n", text.trim_end()),
    }
}

/// A table of Markdown: what its columns are called, and its rows.
fn table(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: Vec<String>| {
        let cells: Vec<String> =
            cells.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let head = line(columns.iter().map(|column| (*column).to_owned()).collect());
    let rule = format!("|{}\n", "-|".repeat(columns.len()));
    format!("{head}{rule}{}\n", rows.into_iter().map(line).collect::<String>())
}

/// Names in backticks with commas between.
fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::dev::generated;

    #[test]
    fn pages_say_what_the_code_says() {
        let mut pages = pages();
        pages.push(summary(&generated::root()).unwrap());
        assert!(pages.len() > 30);
        let stale = generated::stale(&generated::root(), &pages).unwrap();
        assert_eq!(stale, [""; 0], "run `cargo dev docs`");
        for entry in std::fs::read_dir(generated::root().join(FOLDER).join("commands")).unwrap() {
            let path = format!("{FOLDER}/commands/{}", entry.unwrap().file_name().to_string_lossy());
            assert!(
                pages.iter().any(|page| page.path == path),
                "{path} is about no command; run `cargo dev docs`"
            );
        }
    }

    /// The page about KQL asks of each operator in a list; the grammar says which there are.
    #[test]
    fn the_list_of_operators_is_complete() {
        // Two have an old spelling without the hyphen.
        let plain = |word: &str| word.replace('-', "");
        let listed: Vec<String> = crate::exec::operators().iter().map(|(name, _)| plain(name)).collect();
        let words = crate::cli::dev::grammar::operators().into_iter();
        let missing: Vec<&str> = words.filter(|word| !listed.contains(&plain(word))).collect();
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn tables_hold_what_would_end_a_cell() {
        let text = table(&["a", "b"], [vec!["x | y".to_owned(), "1\n2".to_owned()]]);
        assert_eq!(text, "| a | b |\n|-|-|\n| x \\| y | 1 2 |\n\n");
        assert_eq!(list(["a", "b"]), "`a`, `b`");
    }
}
