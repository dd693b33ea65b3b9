//! What differs from run to run: ids that are drawn, times, digests of git. A page shows one of each, and a session knows which
//! it stands for.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

/// The time that pages show for the present.
pub(crate) const NOW: &str = "2026-12-01T09:00:00Z";

static VOLATILE: LazyLock<Regex> = LazyLock::new(|| {
    let id = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    let took = r"\d+(\.\d+)? m?s\b";
    let time = r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z)?";
    Regex::new(&format!(r"\b({id}|{time}|{took}|[0-9a-f]{{7,64}})")).unwrap()
});

/// Which of a page's words stand for which of the session.
#[derive(Debug, Clone, Default)]
pub(crate) struct StandIns {
    /// By the word of the session.
    shown: BTreeMap<String, String>,
}

impl StandIns {
    /// What is printed in the session where the page has `text`.
    pub(crate) fn real(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (real, shown) in &self.shown {
            text = text.replace(shown, real);
        }
        text
    }

    /// Whether a line of the page says what a line of the session says. Words that stand for each other from here on are
    /// remembered.
    pub(crate) fn same(&mut self, page: &str, session: &str) -> bool {
        let mut bound = self.clone();
        let (mut left, mut right) = (pieces(page), pieces(session));
        loop {
            match (left.next(), right.next()) {
                (None, None) => break,
                (Some((before, word)), Some((session_before, session_word))) if before == session_before => {
                    if !bound.bind(word, session_word) {
                        return false;
                    }
                }
                _ => return false,
            }
        }
        *self = bound;
        true
    }

    fn bind(&mut self, page: &str, session: &str) -> bool {
        if page == session
            || is_length(page) && is_length(session)
            || is_now(page) && is_near(session) && page.len() == session.len()
        {
            return true;
        }
        if let Some(shown) = self.shown.get(session) {
            return shown == page;
        }
        let alike = page.len() == session.len() && is_id(page) && is_id(session);
        if alike && !self.shown.values().any(|shown| shown == page) {
            self.shown.insert(session.to_owned(), page.to_owned());
            return true;
        }
        false
    }

    /// A line of the session as a page is to show it: with the words of the page, or else with new ones that depend on
    /// `page` alone. Words that stand in `page` already are kept.
    pub(crate) fn show(&mut self, session: &str, page: &str) -> String {
        let mut line = String::new();
        for (before, word) in pieces(session) {
            line.push_str(before);
            let drawn = is_id(word) && !page.contains(word);
            if is_length(word) {
                line.push_str("0.1 s");
            } else if is_near(word) {
                line.push_str(&now_like(word));
            } else if let Some(shown) = self.shown.get(word) {
                line.push_str(shown);
            } else if drawn {
                let shown = stand_in(self.shown.len(), word);
                line.push_str(&shown);
                self.shown.insert(word.to_owned(), shown);
            } else {
                line.push_str(word);
            }
        }
        line
    }
}

/// A line as pairs of what stays and a word that may differ; the last pair has no such word.
fn pieces(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut pieces = Vec::new();
    let mut at = 0;
    for found in VOLATILE.find_iter(line) {
        pieces.push((&line[at..found.start()], found.as_str()));
        at = found.end();
    }
    pieces.push((&line[at..], ""));
    pieces.into_iter()
}

/// Whether a word is an id or digest that is drawn, not one of zeros, as examples have.
fn is_id(word: &str) -> bool {
    let letters = word.chars().any(|c| c.is_ascii_alphabetic());
    let digits = word.chars().filter(char::is_ascii_digit).count() > 0;
    letters && digits && !word.contains([':', 'T', 'Z', ' '])
}

/// Whether a word says how long something took.
fn is_length(word: &str) -> bool {
    word.ends_with(" s") || word.ends_with(" ms")
}

/// Whether a word is a time within two days of now.
fn is_near(word: &str) -> bool {
    let Some(day) = word.get(..10).filter(|_| word.contains(':')) else { return false };
    let Ok(day) = format!("{day}T00:00:00Z").parse::<jiff::Timestamp>() else { return false };
    day.as_second().abs_diff(jiff::Timestamp::now().as_second()) < 2 * 24 * 3600
}

fn is_now(word: &str) -> bool {
    !word.is_empty() && now_like(word) == word
}

/// The time of pages, in the form of `word`.
fn now_like(word: &str) -> String {
    let digits: String = NOW.chars().filter(char::is_ascii_digit).chain("000000000".chars()).collect();
    let mut digits = digits.chars();
    word.chars().map(|c| if c.is_ascii_digit() { digits.next().unwrap_or('0') } else { c }).collect()
}

/// A word for a page in place of `word`.
fn stand_in(number: usize, word: &str) -> String {
    // A digest of the number: what counts is that it looks like what it stands for, and is another for each.
    let digest = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, &number.to_be_bytes());
    if word.contains('-') {
        return uuid::Builder::from_bytes(digest.into_bytes())
            .with_version(uuid::Version::Random)
            .into_uuid()
            .to_string();
    }
    let other = uuid::Uuid::new_v5(&digest, b"more");
    let mut text = format!("{}{}", digest.simple(), other.simple());
    text.truncate(word.len());
    // Else it would be read as a number.
    text.replace_range(..1, "c");
    text
}

#[test]
fn what_differs_is_held_by_what_it_stands_for() {
    let mut ins = StandIns::default();
    let now = jiff::Timestamp::now().to_string();
    let drawn = "1a3c9d1e-2b40-4c5d-8e6f-7a8b9c0d1e2f";
    let line = format!("wrote {drawn} at {}Z, rows of 2026-01-01T12:00:00Z", &now[..19]);
    let shown = ins.show(&line, "");
    assert!(shown.contains(&format!(" at {NOW}, rows of 2026-01-01T12:00:00Z")), "{shown}");
    let mut other = StandIns::default();
    assert!(other.same(&shown, &line));
    assert_eq!(other.real(&shown[6..42]), drawn);
    assert!(
        other.same(&shown[6..42], drawn)
            && !other.same(&shown[6..42], "2a3c9d1e-2b40-4c5d-8e6f-7a8b9c0d1e2f")
    );
    assert!(!other.same("2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z") && !other.same("a b", "a c"));
    assert!(
        !other.same("created 12 rules", "created 13 rules")
            && other.same("12 passed in 0.1 s", "12 passed in 210 ms")
    );
}
