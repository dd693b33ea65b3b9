//! A journal of what was done: one JSON line an entry, each holding the hash of the one before, so that an entry
//! that is altered, missing or out of place shows.
//!
//! The last member of a line is its hash: SHA-256 of the line's text without that member. What follows is text in,
//! values out; files are for the caller.

use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// What the first entry has for the hash of the one before.
const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const HASH: &str = ",\"hash\":\"";

/// The last entry of a journal, which the next one is chained to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its number, from 1; 0 where there is none.
    pub sequence: u64,
    /// Its hash, in hexadecimal.
    pub hash: String,
}

impl Default for Head {
    fn default() -> Self {
        Self { sequence: 0, hash: NOTHING.to_owned() }
    }
}

impl Head {
    /// The head of a journal whose text is `text`: its last whole entry.
    pub fn of(text: &str) -> Self {
        text.lines().rev().find_map(Line::read).map(|line| line.head()).unwrap_or_default()
    }

    /// The line of the next entry, with a line break at its end, and the head that it becomes.
    pub fn next(&self, members: Map<String, Value>) -> (String, Self) {
        let sequence = self.sequence + 1;
        let mut entry = Map::new();
        entry.insert("sequence".to_owned(), sequence.into());
        entry.insert("previous".to_owned(), self.hash.clone().into());
        entry.extend(members);
        let body = Value::Object(entry).to_string();
        let hash = hash_of(&body);
        let open = body.strip_suffix('}').unwrap_or(&body);
        (format!("{open}{HASH}{hash}\"}}\n"), Self { sequence, hash })
    }
}

fn hash_of(body: &str) -> String {
    Sha256::digest(body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A line that has the form of an entry.
struct Line {
    members: Map<String, Value>,
    /// The hash that it ought to have.
    hash: String,
}

impl Line {
    fn read(text: &str) -> Option<Self> {
        let (open, rest) = text.rsplit_once(HASH)?;
        rest.strip_suffix("\"}")?;
        let members = match serde_json::from_str(text).ok()? {
            Value::Object(members) => members,
            _ => return None,
        };
        let line = Self { members, hash: hash_of(&format!("{open}}}")) };
        (line.sequence() > 0 && line.text("previous").is_some()).then_some(line)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str()
    }

    fn sequence(&self) -> u64 {
        self.members.get("sequence").and_then(Value::as_u64).unwrap_or_default()
    }

    /// As the next entry was chained to it, whatever it is now.
    fn head(&self) -> Head {
        Head { sequence: self.sequence(), hash: self.text("hash").unwrap_or_default().to_owned() }
    }
}

/// The entries of a journal, in order; lines that are none are passed over.
pub fn entries(text: &str) -> impl DoubleEndedIterator<Item = Map<String, Value>> {
    text.lines().filter_map(Line::read).map(|line| line.members)
}

/// What is wrong with a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum Fault {
    /// A line is no entry, or not a whole one.
    NoEntry {
        /// The line, from 1.
        line: usize,
    },
    /// An entry is not as it was written.
    Altered {
        /// The line, from 1.
        line: usize,
        /// The number of the entry.
        sequence: u64,
    },
    /// Entries are missing before a line, or after the last one.
    Missing {
        /// The line, from 1, before which they are missing.
        line: usize,
        /// The number of the first.
        from: u64,
        /// The number of the last, where that is known.
        to: Option<u64>,
    },
    /// An entry was not chained to the one that stands before it.
    Unchained {
        /// The line, from 1.
        line: usize,
        /// The number of the entry.
        sequence: u64,
    },
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoEntry { line } => write!(f, "line {line} is no whole entry"),
            Self::Altered { line, sequence } => write!(f, "entry {sequence} in line {line} was altered"),
            Self::Missing { line, from, to: Some(to) } if from == to => {
                write!(f, "entry {from} is missing before line {line}")
            }
            Self::Missing { line, from, to: Some(to) } => {
                write!(f, "entries {from} to {to} are missing before line {line}")
            }
            Self::Missing { from, to: None, .. } => {
                write!(f, "entries from {from} on are missing at the end")
            }
            Self::Unchained { line, sequence } => {
                write!(f, "entry {sequence} in line {line} does not belong after the entry before it")
            }
        }
    }
}

/// What was found in a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// How many entries it has.
    pub entries: usize,
    /// The last one.
    pub head: Head,
    /// What is wrong, in order.
    pub faults: Vec<Fault>,
}

/// Checks the chain of a journal. `known` is the hash of an entry that was once its last: what was cut off at the end
/// shows by nothing else.
pub fn verify(text: &str, known: Option<&str>) -> Audit {
    let mut audit = Audit { entries: 0, head: Head::default(), faults: Vec::new() };
    let mut has_known = false;
    let mut last_line = 0;
    for (line, text) in (1..).zip(text.lines()) {
        last_line = line;
        let Some(entry) = Line::read(text) else {
            audit.faults.push(Fault::NoEntry { line });
            continue;
        };
        let sequence = entry.sequence();
        let stated = entry.head();
        let expected = audit.head.sequence + 1;
        if stated.hash != entry.hash {
            audit.faults.push(Fault::Altered { line, sequence });
        }
        if sequence > expected {
            audit.faults.push(Fault::Missing { line, from: expected, to: Some(sequence - 1) });
        } else if sequence < expected || entry.text("previous") != Some(audit.head.hash.as_str()) {
            audit.faults.push(Fault::Unchained { line, sequence });
        }
        has_known |= known.is_some_and(|known| stated.hash.eq_ignore_ascii_case(known));
        audit.entries += 1;
        audit.head = stated;
    }
    if known.is_some() && !has_known {
        audit.faults.push(Fault::Missing { line: last_line + 1, from: audit.head.sequence + 1, to: None });
    }
    audit
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A journal of `count` entries.
    fn journal(count: usize) -> Vec<String> {
        let mut head = Head::default();
        let mut lines = Vec::new();
        for number in 0..count {
            let mut members = Map::new();
            members.insert("event".to_owned(), format!("e{number} \",\"hash\":\"").into());
            let (line, next) = head.next(members);
            assert_eq!(Head::of(&line), next);
            lines.push(line);
            head = next;
        }
        lines
    }

    #[test]
    fn a_whole_journal_has_no_fault_and_goes_on_where_it_ended() {
        let text = journal(5).concat();
        let audit = verify(&text, None);
        assert_eq!((audit.entries, audit.head.sequence, audit.faults.len()), (5, 5, 0));
        assert_eq!(Head::of(&text), audit.head);
        assert_eq!(verify(&text, Some(&audit.head.hash)).faults, []);
        assert_eq!(Head::of(&format!("{text}{{\"seq")), audit.head, "a line that was cut off is passed over");
        assert_eq!(entries(&text).count(), 5);
    }

    #[test]
    fn each_tampering_shows_at_its_entry() {
        let whole = journal(5);
        let mut changed = whole.clone();
        changed[2] = changed[2].replace(":\"e2 ", ":\"x2 ");
        assert_eq!(verify(&changed.concat(), None).faults, [Fault::Altered { line: 3, sequence: 3 }]);

        // With its own hash made to fit, the next one no longer does.
        let previous = Head::of(&whole[1]);
        let mut members = Map::new();
        members.insert("event".to_owned(), "forged".into());
        changed[2] = previous.next(members).0;
        assert_eq!(verify(&changed.concat(), None).faults, [Fault::Unchained { line: 4, sequence: 4 }]);

        for gone in 0..4 {
            let mut left = whole.clone();
            left.remove(gone);
            let number = gone as u64 + 1;
            let missing = Fault::Missing { line: gone + 1, from: number, to: Some(number) };
            assert_eq!(verify(&left.concat(), None).faults, [missing]);
        }
        let known = Head::of(&whole.concat()).hash;
        let cut = whole[..4].concat();
        assert_eq!(verify(&cut, None).faults, [], "what was cut off at the end needs the hash");
        assert_eq!(verify(&cut, Some(&known)).faults, [Fault::Missing { line: 5, from: 5, to: None }]);

        let mut swapped = whole.clone();
        swapped.swap(1, 2);
        assert!(!verify(&swapped.concat(), None).faults.is_empty());
        let torn = format!("{}{}", whole[..2].concat(), &whole[2][..20]);
        assert_eq!(verify(&torn, None).faults, [Fault::NoEntry { line: 3 }]);
    }
}
