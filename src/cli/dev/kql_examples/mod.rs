//! `cargo dev kql-examples`: runs the examples of a documentation and holds the results against what it prints.

mod explained;
mod printed;

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;

use crate::catalog::kql::KqlCatalog;
use crate::cli::{CliError, Exit, Shell};
use crate::exec::{NoTables, Program, RunOptions, Table, codes, value::DateTime};

/// Run the examples of a KQL documentation offline.
///
/// Each line of the file is one example as JSON: its `id`, the query `q`, the `columns` and `rows` that the page prints,
/// as text, the `schema`, and whether the answer is `volatile`: then only its columns count.
#[derive(Debug, Args)]
pub(crate) struct KqlExamplesArgs {
    /// The examples.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only examples whose id contains this.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Print the result beside what the page prints.
    #[arg(long)]
    show: bool,
    /// Fail below this share of examples that pass, in percent.
    #[arg(long, value_name = "PERCENT")]
    min: Option<f64>,
    /// Fail when more examples fail than this.
    #[arg(long, value_name = "NUMBER")]
    max_failed: Option<usize>,
    /// Fail when more examples fail without an explanation than this.
    #[arg(long, value_name = "NUMBER")]
    max_unexplained: Option<usize>,
}

/// An example.
#[derive(Debug, Deserialize)]
struct Example {
    id: String,
    q: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    volatile: bool,
}

/// How an example went.
enum Outcome {
    Passed,
    /// Another result than the page prints, or none.
    Failed(String),
    /// What is not supported.
    Unsupported(String),
}

/// The clock of the examples; those that depend on it are volatile.
const CLOCK: &str = "2024-06-15T12:00:00Z";

impl KqlExamplesArgs {
    pub(super) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let text = std::fs::read_to_string(&self.file)
            .map_err(|error| CliError::new(format!("{}: {error}", self.file.display())))?;
        let mut examples: Vec<Example> = Vec::new();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let example: Example = serde_json::from_str(line)
                .map_err(|error| CliError::new(format!("{}:{}: {error}", self.file.display(), number + 1)))?;
            examples.push(example);
        }
        let answers = Answers::of(&examples);
        let (mut passed, mut failed, mut unsupported) = (0_usize, 0_usize, 0_usize);
        let mut explained = Vec::new();
        for example in &examples {
            if self.only.as_ref().is_some_and(|only| !example.id.contains(only.as_str())) {
                continue;
            }
            match outcome(example, &answers, self.show) {
                Outcome::Passed => {
                    passed += 1;
                    if explained::reason(&example.id).is_some() {
                        writeln!(shell.out(), "passes, though listed as failing: {}", example.id)?;
                    }
                }
                Outcome::Failed(why) => {
                    failed += 1;
                    match explained::reason(&example.id) {
                        Some(reason) => explained.push((&example.id, why, reason)),
                        None => writeln!(shell.out(), "failed       {}: {why}", example.id)?,
                    }
                }
                Outcome::Unsupported(what) => {
                    unsupported += 1;
                    writeln!(shell.out(), "unsupported  {}: {what}", example.id)?;
                }
            }
        }
        for (id, why, reason) in &explained {
            writeln!(shell.out(), "explained    {id}: {reason}")?;
            if self.show {
                writeln!(shell.out(), "  {why}")?;
            }
        }
        let count = explained.len();
        writeln!(shell.out(), "of those that fail {count} are explained by what is wrong with the page")?;
        writeln!(shell.out(), "{passed} passed, {failed} failed, {unsupported} unsupported")?;
        let all = passed + failed + unsupported;
        #[expect(clippy::cast_precision_loss, reason = "hundreds of examples")]
        let share = if all == 0 { 0.0 } else { 100.0 * passed as f64 / all as f64 };
        let too_few = self.min.is_some_and(|min| share < min);
        let too_many = self.max_failed.is_some_and(|max| failed > max)
            || self.max_unexplained.is_some_and(|max| failed - explained.len() > max);
        Ok(if too_few || too_many { Exit::Findings } else { Exit::Clean })
    }
}

/// What the pages print for each query. One that they print several times with several answers has an answer that KQL
/// leaves open: each of them is right.
struct Answers<'e>(HashMap<String, Vec<&'e Example>>);

impl<'e> Answers<'e> {
    fn of(examples: &'e [Example]) -> Self {
        let mut answers: HashMap<String, Vec<&Example>> = HashMap::new();
        for example in examples {
            answers.entry(Self::key(example)).or_default().push(example);
        }
        Self(answers)
    }

    /// The query, however it is laid out.
    fn key(example: &Example) -> String {
        example.q.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn holds(&self, example: &Example, table: &Table) -> bool {
        let answers = self.0.get(&Self::key(example)).map_or(&[][..], Vec::as_slice);
        answers.iter().any(|answer| printed::difference(answer, table).is_none())
    }
}

fn outcome(example: &Example, answers: &Answers<'_>, show: bool) -> Outcome {
    let program = match Program::prepare(&example.q, KqlCatalog::builtin()) {
        Ok(program) => program,
        Err(findings) => {
            let words: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
            let offline =
                findings.iter().all(|finding| codes::ALL.iter().any(|meta| meta.code == finding.code));
            let words = words.join("; ");
            return if offline { Outcome::Unsupported(words) } else { Outcome::Failed(words) };
        }
    };
    let now = DateTime::parse(CLOCK).unwrap_or(DateTime::MIN);
    let tables = match program.run_all(&NoTables, RunOptions::at(now)) {
        Err(error) if error.message.contains("no rows were given for") => {
            return Outcome::Unsupported(error.message);
        }
        Err(error) => return Outcome::Failed(error.message),
        Ok(tables) => tables,
    };
    // Of a query that returns several tables a page prints one after the other, and the file holds one of them.
    let mut outcome = Outcome::Passed;
    for table in tables {
        outcome = match printed::difference(example, &table) {
            None => return Outcome::Passed,
            Some(_) if answers.holds(example, &table) => return Outcome::Passed,
            Some(why) if show => Outcome::Failed(format!("{why}\n{}", side_by_side(example, &table))),
            Some(why) => Outcome::Failed(why),
        };
    }
    outcome
}

fn side_by_side(example: &Example, table: &Table) -> String {
    let names: Vec<&str> = table.schema.fields.iter().map(|field| &*field.name).collect();
    let mut out = format!("  page    {:?}\n  picket  {names:?}\n", example.columns);
    for index in 0..example.rows.len().max(table.rows.len()).min(20) {
        let page = example.rows.get(index);
        let ours: Option<Vec<String>> =
            table.rows.get(index).map(|row| row.iter().map(|value| value.to_text().into_owned()).collect());
        out.push_str(&format!("  page    {page:?}\n  picket  {ours:?}\n"));
    }
    out
}
