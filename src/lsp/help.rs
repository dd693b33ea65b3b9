//! Help about the language, in words of our own, and where Microsoft's pages stand.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::catalog::kql::{Function, FunctionClass};

const HELP: &str = include_str!("help.tsv");
const PAGES: &str = "https://learn.microsoft.com/en-us/kusto/query";

/// What there is help about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    /// An operator that follows a pipe.
    Operator,
    /// What makes rows of nothing.
    Source,
    /// What begins a statement.
    Statement,
    /// A function, an aggregate or a plugin.
    Function,
}

impl Topic {
    fn word(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Source => "source",
            Self::Statement => "statement",
            Self::Function => "function",
        }
    }
}

/// A line of help.
#[derive(Debug, Clone, Copy)]
pub(super) struct Help {
    /// What it is about.
    pub(super) name: &'static str,
    /// One sentence.
    pub(super) text: &'static str,
    page: &'static str,
}

impl Help {
    /// The address of Microsoft's page.
    pub(super) fn link(self) -> String {
        format!("{PAGES}/{}", self.page)
    }
}

/// All lines, with the word of their topic.
static LINES: LazyLock<Vec<(&str, Help)>> = LazyLock::new(|| {
    let line = |line: &'static str| {
        let mut cells = line.split('\t');
        let [topic, name, page, text] = [cells.next()?, cells.next()?, cells.next()?, cells.next()?];
        Some((topic, Help { name, text, page }))
    };
    HELP.lines().filter_map(line).collect()
});

/// What functions do, by name: a completion asks it of every function.
static FUNCTIONS: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| all(Topic::Function).map(|help| (help.name, help.text)).collect());

/// All help about a topic, by name.
pub(super) fn all(topic: Topic) -> impl Iterator<Item = Help> {
    LINES.iter().filter(move |(word, _)| *word == topic.word()).map(|(_, help)| *help)
}

/// The help about `name`, in any case of letters.
pub(super) fn find(topic: Topic, name: &str) -> Option<Help> {
    all(topic).find(|help| help.name.eq_ignore_ascii_case(name))
}

/// What a function does, where there are words for it.
pub(super) fn function(name: &str) -> Option<&'static str> {
    FUNCTIONS.get(name).copied()
}

/// The address of Microsoft's page about a function; none for those of products.
pub(super) fn page_of(function: &Function) -> Option<String> {
    let kind = match function.class {
        FunctionClass::Function => "function",
        FunctionClass::Aggregate => "aggregation-function",
        FunctionClass::Plugin => "plugin",
        FunctionClass::Operator | FunctionClass::Product => return None,
    };
    let name = function.name.trim_start_matches('_').replace('_', "-").to_ascii_lowercase();
    Some(format!("{PAGES}/{name}-{kind}"))
}

/// What a function does and where Microsoft's page is, as Markdown.
pub(super) fn markdown(called: &Function) -> String {
    let text = function(called.name).map(str::to_owned);
    let instead = called.alternative.map(|name| format!("It is obsolete: `{name}` takes its place."));
    let link = page_of(called).map(|page| format!("[Documentation]({page})"));
    text.into_iter().chain(instead).chain(link).collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::kql::KqlCatalog;

    #[test]
    fn every_line_is_a_sentence_about_something_known() {
        let catalog = KqlCatalog::builtin();
        let language = catalog.language();
        let topics = [Topic::Operator, Topic::Source, Topic::Statement, Topic::Function];
        assert_eq!(topics.into_iter().flat_map(all).count(), HELP.lines().count());
        for topic in topics {
            for help in all(topic) {
                assert!(help.text.ends_with('.'), "{}", help.name);
                assert_eq!(help.page.is_empty(), topic == Topic::Function, "{}", help.name);
            }
        }
        let unknown: Vec<_> = all(Topic::Function)
            .map(|help| help.name)
            .filter(|name| {
                language.function(name).is_none()
                    && language.aggregate(name).is_none()
                    && language.plugin(name).is_none()
                    && catalog.product_function(name).is_none()
            })
            .collect();
        assert_eq!(unknown, ["between", "materialize", "toscalar"], "keywords that look like functions");
        let strcat = language.function("array_sort_asc").unwrap();
        assert_eq!(page_of(strcat).unwrap(), format!("{PAGES}/array-sort-asc-function"));
    }
}
