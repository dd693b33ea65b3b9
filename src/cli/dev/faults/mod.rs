//! `cargo dev faults`: projects that are applied while the service fails and the process is killed.

mod check;
pub(super) mod project;
mod run;
pub(super) mod world;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::cli::{CliError, Exit, Shell};
use crate::emulator::FaultKind;

use run::{APPLIES, Report};
use world::Templates;

/// How much of what is wrong with a run is shown.
const SHOWN: usize = 8;

/// Apply projects to a workspace of its own each, while requests fail and the apply is killed: the same seed has the same
/// failures. Each must end as the project says within three applies, and leave alone what others have there.
#[derive(Debug, clap::Args)]
pub(crate) struct FaultsArgs {
    /// How many runs.
    #[arg(long, default_value_t = 500, value_name = "NUMBER")]
    runs: u64,
    /// The seed of the first run; the others have those after it.
    #[arg(long, default_value_t = 1, value_name = "SEED")]
    seed: u64,
    /// How many pieces of content a project has; each has an ownership record besides.
    #[arg(long, default_value_t = 200, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(20..=380))]
    resources: u16,
    /// How many runs at a time; as many as there are cores without.
    #[arg(long, value_name = "NUMBER")]
    jobs: Option<usize>,
}

/// The figures of all runs.
#[derive(Debug, Default)]
struct Figures {
    runs: u64,
    requests: u64,
    kills: usize,
    interrupts: usize,
    faults: BTreeMap<FaultKind, u64>,
    /// How many runs were done after so many applies.
    applies: [u64; APPLIES],
    /// What went wrong, by seed.
    wrong: BTreeMap<u64, Vec<String>>,
}

impl Figures {
    fn add(&mut self, seed: u64, report: Report) {
        self.runs += 1;
        self.requests += report.requests;
        self.kills += report.kills;
        self.interrupts += report.interrupts;
        for (kind, count) in report.faults {
            *self.faults.entry(kind).or_default() += count;
        }
        if report.wrong.is_empty() {
            self.applies[report.applies.saturating_sub(1).min(APPLIES - 1)] += 1;
        } else {
            let ended = report.ended.iter().map(|end| format!("an apply ended with {end}"));
            self.wrong.insert(seed, ended.chain(report.wrong).collect());
        }
    }

    fn lines(&self, resources: u16) -> Vec<String> {
        let faults: u64 = self.faults.values().sum();
        let by_kind: Vec<String> =
            self.faults.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        let applies = (1..).zip(self.applies).map(|(applies, runs)| format!("{runs} after {applies}"));
        let mut lines = vec![
            format!("runs: {} of {resources} resources, {} requests", self.runs, self.requests),
            format!("faults: {faults}: {}", by_kind.join(", ")),
            format!("applies killed: {}, interrupted: {}", self.kills, self.interrupts),
            format!("converged: {}", applies.collect::<Vec<_>>().join(", ")),
            format!("failed: {}", self.wrong.len()),
        ];
        for (seed, wrong) in &self.wrong {
            let more = wrong.len().saturating_sub(SHOWN);
            let shown = wrong[..wrong.len() - more].join("; ");
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            lines.push(format!("  --seed {seed} --runs 1: {shown}{more}"));
        }
        lines
    }
}

impl FaultsArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let began = Instant::now();
        let jobs = self.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        let seeds = self.seed..self.seed.saturating_add(self.runs);
        let figures = all(seeds, usize::from(self.resources), jobs.max(1))?;
        for line in figures.lines(self.resources) {
            writeln!(shell.out(), "{line}")?;
        }
        writeln!(shell.out(), "took: {} s", began.elapsed().as_secs())?;
        Ok(if figures.wrong.is_empty() { Exit::Clean } else { Exit::Findings })
    }
}

/// The runs of all seeds, `jobs` at a time, each on a thread of its own.
fn all(seeds: std::ops::Range<u64>, resources: usize, jobs: usize) -> Result<Figures, CliError> {
    let templates = runtime()?.block_on(Templates::new(&run::lived_in(resources)))?;
    let next = AtomicU64::new(seeds.start);
    let figures: Mutex<Result<Figures, CliError>> = Mutex::new(Ok(Figures::default()));
    let work = || -> Result<(), CliError> {
        let runtime = runtime()?;
        loop {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            if seed >= seeds.end {
                return Ok(());
            }
            let report = runtime.block_on(run::run(&templates, seed, resources))?;
            if let Ok(figures) = &mut *figures.lock().unwrap_or_else(PoisonError::into_inner) {
                figures.add(seed, report);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                if let Err(error) = work() {
                    next.store(seeds.end, Ordering::SeqCst);
                    *figures.lock().unwrap_or_else(PoisonError::into_inner) = Err(error);
                }
            });
        }
    });
    figures.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::new("cannot start a runtime").cause(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seeds that once ended otherwise.
    const ONCE_FAILED: [u64; 0] = [];

    #[test]
    fn runs_converge_and_those_that_once_did_not() {
        for seed in ONCE_FAILED.into_iter().chain(1..4) {
            let figures = all(seed..seed + 1, 40, 1).unwrap();
            assert_eq!(figures.wrong, BTreeMap::new());
            assert!(figures.faults.values().sum::<u64>() > 0);
        }
    }
}
