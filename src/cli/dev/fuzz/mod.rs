//! `cargo dev fuzz`: damaged input of every kind that picket reads, against what must hold for any.

#[cfg(all(feature = "azure", feature = "emulator"))]
mod answers;
mod damage;
#[cfg(feature = "lsp")]
mod editor;
mod queries;
mod texts;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::cli::load;
use crate::cli::{CliError, Exit, Shell};
use crate::project::{FileSystem as _, RealFiles};
use damage::Damage;

/// The largest file that is read to be damaged.
const CORPUS_LIMIT: u64 = 64 << 20;

/// Damage queries, rules, configurations, catalogs, answers of services and messages of editors, feed them to picket, and
/// report any that panics, takes too long, or breaks what must hold for every input.
#[derive(Debug, clap::Args)]
pub(crate) struct FuzzArgs {
    /// What to damage; everything without.
    #[arg(long = "target", value_enum, value_name = "TARGET")]
    targets: Vec<Target>,
    /// How many inputs to try of each target.
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

/// What is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Target {
    /// KQL, parsed and bound.
    Queries,
    /// Files picket.toml.
    Config,
    /// Rule files: read, checked, fixed and formatted.
    Rules,
    /// Files of content, of declarations and of tests.
    Content,
    /// Catalogs of tools, templates, exports, rules of Sigma and of others, imported.
    Catalogs,
    /// Answers of Azure, as bytes on a connection.
    #[cfg(all(feature = "azure", feature = "emulator"))]
    Answers,
    /// Messages of an editor.
    #[cfg(feature = "lsp")]
    Editor,
}

/// What is tried of one kind of input.
trait Tried: Sync {
    /// No input may take longer than this.
    fn longest(&self) -> Duration;
    /// What is damaged, and with what.
    fn damage(&self) -> &Damage;
    /// Feeds in `text` and checks what must hold; says what does not.
    fn feed(&self, text: &str) -> Result<(), String>;
}

impl FuzzArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let all = <Target as clap::ValueEnum>::value_variants();
        let targets = if self.targets.is_empty() { all } else { self.targets.as_slice() };
        let mut faults = 0;
        for target in targets {
            let tried: Box<dyn Tried> = match target {
                Target::Queries => Box::new(queries::Queries::of(self.queries()?)),
                Target::Config => Box::new(texts::Config::new(texts::config_corpus()?)),
                Target::Rules => Box::new(texts::Rules::new(texts::corpus(&texts::RULES)?)),
                Target::Content => Box::new(texts::Content::new(texts::corpus(&texts::CONTENT)?)),
                Target::Catalogs => Box::new(texts::Catalogs::new(texts::corpus(&texts::CATALOGS)?)),
                #[cfg(all(feature = "azure", feature = "emulator"))]
                Target::Answers => Box::new(answers::Answers::new()?),
                #[cfg(feature = "lsp")]
                Target::Editor => Box::new(editor::Editor::new(&texts::corpus(&texts::RULES)?)),
            };
            let name = clap::ValueEnum::to_possible_value(target);
            let name = name.as_ref().map_or("", |name| name.get_name());
            faults += self.go_through(name, tried.as_ref(), shell)?;
        }
        Ok(if faults == 0 { Exit::Clean } else { Exit::Findings })
    }

    fn go_through(&self, name: &str, tried: &dyn Tried, shell: &mut Shell) -> Result<usize, CliError> {
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
                        let text = tried.damage().input(self.seed, number);
                        if let Err(fault) = try_text(tried, &text) {
                            let mut faults = faults.lock().unwrap_or_else(PoisonError::into_inner);
                            faults.insert(number, format!("{fault}\n{text:?}"));
                        }
                    }
                });
            }
        });
        let faults = faults.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (number, fault) in &faults {
            writeln!(shell.out(), "{name}, input {number} of seed {}: {fault}", self.seed)?;
        }
        let seconds = began.elapsed().as_secs_f64();
        writeln!(shell.out(), "{name}: {} inputs in {seconds:.0} s, {} at fault", self.inputs, faults.len())?;
        Ok(faults.len())
    }

    fn queries(&self) -> Result<Vec<String>, CliError> {
        let path = load::current_folder()?.join(&self.corpus);
        let unreadable = |why: String| {
            CliError::new(format!("cannot read queries from {}", self.corpus.display()))
                .cause(why)
                .help("name a file of JSON lines with `--corpus`")
        };
        let text = text_of(&path).map_err(unreadable)?;
        let query = |line: &str| {
            let line: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(line.get("q")?.as_str()?.to_owned())
        };
        let queries: Vec<String> = text.lines().filter_map(query).collect();
        if queries.is_empty() { Err(unreadable("it holds none".into())) } else { Ok(queries) }
    }
}

/// The text of a file, or why it cannot be had.
fn text_of(path: &Path) -> Result<String, String> {
    let bytes = RealFiles.read(path, CORPUS_LIMIT).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

/// Feeds `text` in; a panic counts as a fault.
fn try_text(tried: &dyn Tried, text: &str) -> Result<(), String> {
    // The machine may have been busy elsewhere: only what is slow twice is slow.
    if time(tried, text)? > tried.longest() {
        let again = time(tried, text)?;
        if again > tried.longest() {
            return Err(format!("it took {again:?}"));
        }
    }
    Ok(())
}

fn time(tried: &dyn Tried, text: &str) -> Result<Duration, String> {
    let began = Instant::now();
    let fed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| tried.feed(text)));
    fed.unwrap_or_else(|_| Err("it panicked".to_owned()))?;
    Ok(began.elapsed())
}
