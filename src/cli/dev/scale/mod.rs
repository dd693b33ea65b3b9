//! `cargo dev scale`: what a large workspace costs, against the bars that picket sets itself.

mod project;
mod run;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::arm::Operation;
use crate::cli::{CliError, Exit, Shell};
use crate::deploy::DEFAULT_CONCURRENCY;

use project::Project;
use run::{Calls, Served, Spent, calls, run};

/// How many rules the large workspace holds.
const MANY: usize = 5000;
/// How many rules are applied at the pace of the service; not more than it allows to be enabled.
const SOME: usize = 500;
/// How long the service takes for a call.
const LATENCY: Duration = Duration::from_millis(200);
const MEMORY_MIB: f64 = 300.0;
const PLAN_SECONDS: f64 = 2.0;
const OVER_IDEAL: f64 = 1.2;
const OVER_BUCKET: f64 = 1.1;
const THROTTLED_SHARE: f64 = 0.01;

/// Plan and apply at scale against an emulator in a process of its own, and fail where a bar is missed.
#[derive(Debug, clap::Args)]
pub(crate) struct ScaleArgs {
    /// The picket to measure, built with `cargo build --release`.
    #[arg(long, default_value = "target/release/picket", value_name = "FILE")]
    picket: PathBuf,
}

/// The lines of figures, and whether each is within its bar.
#[derive(Default)]
struct Figures {
    lines: Vec<String>,
    missed: usize,
}

impl Figures {
    /// Notes a figure that must not be greater than `bar`.
    fn at_most(&mut self, what: impl fmt::Display, value: f64, bar: f64, unit: &str) {
        let kept = value <= bar;
        self.missed += usize::from(!kept);
        let verdict = if kept { "" } else { "  MISSED" };
        let rounded = |number: f64| (number * 100.0).round() / 100.0;
        self.lines.push(format!("{what}: {} of at most {bar}{unit}{verdict}", rounded(value)));
    }

    /// Notes a count that must be exactly `bar`.
    fn exactly(&mut self, what: impl fmt::Display, value: usize, bar: usize) {
        let kept = value == bar;
        self.missed += usize::from(!kept);
        let verdict = if kept { String::new() } else { format!(", not {bar}  MISSED") };
        self.lines.push(format!("{what}: {value}{verdict}"));
    }

    fn note(&mut self, line: String) {
        self.lines.push(line);
    }

    fn print(&mut self, shell: &mut Shell) -> Result<(), CliError> {
        for line in self.lines.drain(..) {
            writeln!(shell.out(), "{line}")?;
        }
        shell.out().flush()?;
        Ok(())
    }
}

impl ScaleArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let picket = self.picket.canonicalize().map_err(|error| {
            CliError::new(format!("cannot measure {}", self.picket.display()))
                .cause(error)
                .help("build it with `cargo build --release`, or name another with `--picket`")
        })?;
        let mut figures = Figures::default();
        large(&picket, &mut figures)?;
        figures.print(shell)?;
        paced(&picket, false, &mut figures)?;
        figures.print(shell)?;
        paced(&picket, true, &mut figures)?;
        figures.print(shell)?;
        Ok(if figures.missed == 0 { Exit::Clean } else { Exit::Findings })
    }
}

/// Plans of a large workspace: nothing to do, and one rule to change.
fn large(picket: &Path, figures: &mut Figures) -> Result<(), CliError> {
    let served = Served::start(picket, &[])?;
    let project = Project::new(&served.endpoint, MANY)?;
    run(picket, project.folder(), &["plan", "--out", "plan.json"])?;
    let kept = project.size("plan.json")?;
    figures.note(format!("kept plan of {MANY} new rules: {:.1} MiB", mebibytes(kept)));
    let Spent { cpu, memory, .. } = run(picket, project.folder(), &["apply", "plan.json"])?;
    figures.note(format!("apply of it: {:.2} s of CPU, {:.0} MiB", cpu.as_secs_f64(), mebibytes(memory)));

    let Spent { cpu, memory, .. } = run(picket, project.folder(), &["plan"])?;
    figures.at_most(format!("plan of {MANY} unchanged rules, CPU"), cpu.as_secs_f64(), PLAN_SECONDS, " s");
    figures.at_most("  memory", mebibytes(memory), MEMORY_MIB, " MiB");

    let Calls { lists, other_reads, writes, .. } = recorded(picket, &project)?;
    figures.note(format!("  list calls: {lists}, of a hundred items a page"));
    figures.exactly("  other reads", other_reads, 0);
    figures.exactly("apply of unchanged rules, writes", writes, 0);

    project.change(0)?;
    let changed = recorded(picket, &project)?;
    figures.at_most("apply with one changed rule, writes", changed.writes as f64, 2.0, "");
    figures.exactly("  other reads", changed.other_reads, 0);
    Ok(())
}

/// An apply of new rules to a service that takes its time, and may throttle.
fn paced(picket: &Path, throttle: bool, figures: &mut Figures) -> Result<(), CliError> {
    let delay = format!("delay={}", LATENCY.as_millis());
    let mut arguments = vec!["--fault", delay.as_str()];
    if throttle {
        arguments.push("--throttle");
    }
    let served = Served::start(picket, &arguments)?;
    let project = Project::new(&served.endpoint, SOME)?;
    let spent = run(picket, project.folder(), &["apply", "--yes", "--record", RECORD])?;
    let calls = calls(&project.folder().join(RECORD))?;
    figures.exactly(format!("apply of {SOME} rules, throttling {throttle}, writes"), calls.writes, 2 * SOME);
    let took = spent.elapsed.as_secs_f64();
    if throttle {
        let beyond = calls.writes as f64 - f64::from(Operation::Write.capacity());
        let allowed = beyond / f64::from(Operation::Write.gain());
        figures.at_most("  time, of what the bucket allows", took / allowed, OVER_BUCKET, "");
        let share = calls.throttled as f64 / calls.all as f64;
        figures.at_most("  share of calls that met a 429", share, THROTTLED_SHARE, "");
    } else {
        let ideal = calls.writes as f64 * LATENCY.as_secs_f64() / DEFAULT_CONCURRENCY as f64;
        figures.at_most("  time, of the ideal for its concurrency", took / ideal, OVER_IDEAL, "");
    }
    figures.note(format!("  {took:.1} s, {} calls, {} throttled", calls.all, calls.throttled));
    Ok(())
}

/// The name of a record of traffic in a project.
const RECORD: &str = "traffic.jsonl";

/// What an apply of the project as it is now sends.
fn recorded(picket: &Path, project: &Project) -> Result<Calls, CliError> {
    run(picket, project.folder(), &["apply", "--yes", "--record", RECORD])?;
    calls(&project.folder().join(RECORD))
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}
