//! `cargo dev fuzz`: damaged queries against what must hold for every text.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::catalog::kql::KqlCatalog;
use crate::cli::load;
use crate::cli::{CliError, Exit, Shell};
use crate::exec::chance::Chance;
use crate::kql::bind::{Arena, bind};
use crate::kql::syntax::{KEYWORDS, lex, parse};
use crate::project::{FileSystem as _, RealFiles};

/// No text may take longer than this.
const MAX_TIME: Duration = Duration::from_secs(1);
const CORPUS_LIMIT: u64 = 64 << 20;

/// Parse and bind damaged queries, and report any that panics, takes over a second, loses a byte, or is blamed where it
/// is not.
#[derive(Debug, clap::Args)]
pub(crate) struct FuzzArgs {
    /// How many inputs to try.
    #[arg(long, default_value_t = 10_000_000, value_name = "N")]
    inputs: u64,
    /// Where chance starts: the same seed tries the same inputs.
    #[arg(long, default_value_t = 1, value_name = "SEED")]
    seed: u64,
    /// The number of the first input, to try one again that was at fault.
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    from: u64,
    /// Queries to damage: JSON lines with the query in `q`.
    #[arg(long, default_value = "../shared/kql/corpus/queries.jsonl", value_name = "FILE")]
    corpus: PathBuf,
    /// How many threads to use; all cores without.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

impl FuzzArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let queries = self.queries()?;
        let words = words(&queries);
        let threads =
            self.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        let next = AtomicU64::new(self.from);
        let end = self.from.saturating_add(self.inputs);
        let faults: Mutex<BTreeMap<u64, String>> = Mutex::default();
        let began = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= end {
                            return;
                        }
                        let text = damaged(&queries, &words, self.seed, number);
                        if let Err(fault) = try_text(&text) {
                            let mut faults = faults.lock().unwrap_or_else(PoisonError::into_inner);
                            faults.insert(number, format!("{fault}\n{text:?}"));
                        }
                    }
                });
            }
        });
        let faults = faults.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (number, fault) in &faults {
            writeln!(shell.out(), "input {number} of seed {}: {fault}", self.seed)?;
        }
        let seconds = began.elapsed().as_secs_f64();
        writeln!(shell.out(), "{} inputs in {seconds:.0} s, {} at fault", self.inputs, faults.len())?;
        Ok(if faults.is_empty() { Exit::Clean } else { Exit::Findings })
    }

    fn queries(&self) -> Result<Vec<String>, CliError> {
        let path = load::current_folder()?.join(&self.corpus);
        let unreadable = |why: String| {
            CliError::new(format!("cannot read queries from {}", self.corpus.display()))
                .cause(why)
                .help("name a file of JSON lines with `--corpus`")
        };
        let bytes = RealFiles.read(&path, CORPUS_LIMIT).map_err(|error| unreadable(error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|error| unreadable(error.to_string()))?;
        let query = |line: &str| {
            let line: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(line.get("q")?.as_str()?.to_owned())
        };
        let queries: Vec<String> = text.lines().filter_map(query).collect();
        if queries.is_empty() { Err(unreadable("it holds none".into())) } else { Ok(queries) }
    }
}

/// Parses and binds `text` and checks what must hold; a panic counts as a fault.
fn try_text(text: &str) -> Result<(), String> {
    // The machine may have been busy elsewhere: only what is slow twice is slow.
    if time(text)? > MAX_TIME {
        let again = time(text)?;
        if again > MAX_TIME {
            return Err(format!("it took {again:?}"));
        }
    }
    Ok(())
}

fn time(text: &str) -> Result<Duration, String> {
    let began = Instant::now();
    std::panic::catch_unwind(|| understand(text)).unwrap_or_else(|_| Err("it panicked".to_owned()))?;
    Ok(began.elapsed())
}

fn understand(text: &str) -> Result<(), String> {
    let (tree, found) = parse(text);
    tree.verify()?;
    let arena = Arena::new();
    let bound = bind(&tree, KqlCatalog::builtin(), &arena);
    let outside = found.iter().chain(bound.diagnostics()).find(|finding| {
        let range = finding.range();
        text.get(range.start as usize..range.end as usize).is_none()
    });
    match outside {
        Some(finding) => Err(format!("{} is found outside the text: {:?}", finding.code, finding.range())),
        None => Ok(()),
    }
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

/// The input of a number: a query of the corpus with one to eight changes.
fn damaged(queries: &[String], words: &[String], seed: u64, number: u64) -> String {
    let mut chance =
        Chance::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number.wrapping_mul(0xD134_2543_DE82_EF95));
    let query = &queries[chance.below(queries.len())];
    let (tokens, _) = lex(query);
    let mut pieces: Vec<&str> =
        tokens.iter().flat_map(|token| [token.trivia().slice(query), token.range.slice(query)]).collect();
    for _ in 0..=chance.below(7) {
        let at = chance.below(pieces.len());
        match chance.below(6) {
            0 => {
                pieces.remove(at);
                if pieces.is_empty() {
                    pieces.push("");
                }
            }
            1 => pieces.insert(at, pieces[at]),
            2 => {
                let other = chance.below(pieces.len());
                pieces.swap(at, other);
            }
            3 => pieces.truncate(at + 1),
            4 => pieces[at] = &words[chance.below(words.len())],
            _ => pieces.insert(at, &words[chance.below(words.len())]),
        }
    }
    pieces.concat()
}
