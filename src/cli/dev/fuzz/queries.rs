//! Damaged queries: tokens are the text, findings are inside it, nothing takes over a second.

use std::time::Duration;

use super::Tried;
use super::damage::Damage;
use crate::catalog::kql::KqlCatalog;
use crate::kql::bind::{Arena, bind};
use crate::kql::syntax::{KEYWORDS, lex, parse};

/// Queries that are parsed and bound.
pub(super) struct Queries(Damage);

impl Queries {
    pub(super) fn of(queries: Vec<String>) -> Self {
        let words = words(&queries);
        Self(Damage::new(queries, words, pieces))
    }
}

impl Tried for Queries {
    fn longest(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn damage(&self) -> &Damage {
        &self.0
    }

    fn feed(&self, text: &str) -> Result<(), String> {
        let (tree, found) = parse(text);
        tree.verify()?;
        let arena = Arena::new();
        let bound = bind(&tree, KqlCatalog::builtin(), &arena);
        super::texts::inside(text, found.iter().chain(bound.diagnostics()))
    }
}

fn pieces(query: &str) -> Vec<&str> {
    let (tokens, _) = lex(query);
    tokens.iter().flat_map(|token| [token.trivia().slice(query), token.range.slice(query)]).collect()
}

/// What may be put into a query: its keywords, punctuation, and pieces of the corpus.
fn words(queries: &[String]) -> Vec<String> {
    let mut words: Vec<String> = KEYWORDS.iter().map(|(text, _)| (*text).to_owned()).collect();
    let signs = "( ) [ ] { } | ; , . .. : = == => != =~ ! - --> -[ ]-> < <= * / % @ ? # // ' \" ``` h@' \\ \u{0} é \u{1F600}";
    words.extend(signs.split(' ').map(str::to_owned));
    for query in queries.iter().take(200) {
        let (tokens, _) = lex(query);
        words.extend(tokens.iter().map(|token| token.range.slice(query).to_owned()));
    }
    words
}
