//! One run: a project is applied, under failures and kills, until it is done or for the third time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Notify;

use super::check;
use super::project::{self, VERSIONS, Wanted};
use super::world::{Held, OURS, Start, Templates, World};
use crate::arm::{ResourceKey, ResourceKind};
use crate::azure::{AzureError, Call, Interrupt, Observer, Retry};
use crate::cli::CliError;
use crate::deploy::{self, ApplyOptions, Outcome, Silent};
use crate::emulator::{Chances, FaultKind, Faults};
use crate::exec::chance::Chance;
use crate::plan::{self, Begun, Desired, PlanOptions, Target};

/// How often a project is applied at most.
pub(super) const APPLIES: usize = 3;
/// How long the id of a deleted rule is refused, and some.
const ID_WINDOW: Duration = Duration::from_secs(25 * 60 * 60);

/// What somebody else does to content of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meddling {
    Nothing,
    /// Before the plan.
    Early,
    /// Between the plan and its apply.
    Late,
}

/// How an apply is ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// As a process that is killed: whatever it waits for is dropped.
    Kill,
    /// As by Ctrl-C.
    Interrupt,
}

/// What chance decides of a run before it begins.
struct Script {
    start: Start,
    faults: Faults,
    /// What the project wants.
    wanted: Wanted,
    /// What it wants at the first apply, which is ended early.
    at_first: Wanted,
    meddling: Meddling,
    concurrency: usize,
    /// After how many requests each apply is ended.
    ends: [Option<(usize, End)>; APPLIES],
}

/// What became of a run.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// How often the project was applied.
    pub(super) applies: usize,
    pub(super) requests: u64,
    pub(super) kills: usize,
    pub(super) interrupts: usize,
    pub(super) faults: BTreeMap<FaultKind, u64>,
    /// How each apply ended.
    pub(super) ended: Vec<String>,
    /// What is not as it is to be.
    pub(super) wrong: Vec<String>,
    /// What its applies began to create, as their journal keeps it.
    begun: Begun,
}

/// The part of the content that the project has in a workspace that is lived in: three of five pieces.
pub(super) fn lived_in(resources: usize) -> Wanted {
    (0..pool(resources)).filter(|number| number % 5 < 3).map(|number| (number, 1)).collect()
}

/// How many pieces of content the runs choose from.
fn pool(resources: usize) -> usize {
    resources + resources / 4
}

impl Script {
    fn new(seed: u64, resources: usize, chance: &mut Chance) -> Self {
        let start = if chance.of_hundred(50) { Start::Bare } else { Start::LivedIn };
        let mut numbers: Vec<usize> = (0..pool(resources)).collect();
        while numbers.len() > resources {
            numbers.swap_remove(chance.below(numbers.len()));
        }
        let version =
            |chance: &mut Chance| 1 + u8::try_from(chance.below(usize::from(VERSIONS))).unwrap_or(0);
        let wanted: Wanted = numbers.into_iter().map(|number| (number, version(chance))).collect();
        let ends: [_; APPLIES] = std::array::from_fn(|apply| {
            let may_end = apply + 1 < APPLIES && chance.of_hundred(if apply == 0 { 60 } else { 35 });
            let end = if chance.of_hundred(75) { End::Kill } else { End::Interrupt };
            // Watchlists and functions come first, and are few.
            let within = if chance.of_hundred(30) { 100 } else { 2 * resources + 60 };
            may_end.then_some((chance.below(within), end))
        });
        // What is edited after an apply that died may be new, and without a record yet.
        let mut at_first = wanted.clone();
        if ends[0].is_some() && chance.of_hundred(50) {
            for held in at_first.values_mut() {
                *held = version(chance);
            }
        }
        let meddling = match (start, chance.below(4)) {
            (Start::LivedIn, 0) => Meddling::Early,
            (Start::LivedIn, 1) => Meddling::Late,
            _ => Meddling::Nothing,
        };
        Self {
            start,
            faults: faults(seed, chance),
            wanted,
            at_first,
            meddling,
            concurrency: 1 + chance.below(16),
            ends,
        }
    }
}

/// Up to one request of five fails, by kinds in no even share.
fn faults(seed: u64, chance: &mut Chance) -> Faults {
    let most = [6, 15, 30][chance.below(3)];
    let one = |all: Chances, kind| {
        let per_mille = if chance.of_hundred(70) { chance.below(most) } else { 0 };
        all.with(kind, u16::try_from(per_mille).unwrap_or(0))
    };
    let chances = FaultKind::ALL.into_iter().fold(Chances::new(seed), one);
    Faults { retry_after: 1 + seed % 20, pause: Duration::from_millis(1), chances, ..Faults::default() }
}

/// Ends an apply after some requests.
struct Killer {
    left: AtomicI64,
    end: Option<End>,
    interrupt: Interrupt,
    now: Notify,
    requests: AtomicU64,
}

impl Observer for Killer {
    fn retrying(&self, _retry: &Retry<'_>) {}

    fn called(&self, _call: &Call<'_>) {
        self.requests.fetch_add(1, Ordering::SeqCst);
        if self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            match self.end {
                Some(End::Kill) => self.now.notify_one(),
                Some(End::Interrupt) => self.interrupt.raise(),
                None => {}
            }
        }
    }
}

/// Carries out the run of `seed`.
///
/// # Errors
/// When the emulator or the project of the run cannot be used.
pub(super) async fn run(templates: &Templates, seed: u64, resources: usize) -> Result<Report, CliError> {
    let mut chance = Chance::new(seed);
    let script = Script::new(seed, resources, &mut chance);
    let world = templates.open(script.start, seed, script.faults).await?;
    let target = project::target(OURS);
    let wanted = project::desired(&script.wanted, &target)?;
    let at_first = project::desired(&script.at_first, &target)?;
    let before = world.held().await?;
    let stays = check::stays(&before, &wanted);
    let mut report = Report::default();
    for apply in 0..APPLIES {
        report.applies = apply + 1;
        let desired = if apply == 0 { &at_first } else { &wanted };
        if apply == 0 && script.meddling == Meddling::Early {
            meddle(&world, &wanted, &mut chance).await?;
        }
        let outcome = one_apply(&world, &script, apply, desired, &target, &mut chance, &mut report).await?;
        report.ended.push(told(&outcome));
        world.quiet().await;
        let held = world.held().await?;
        if script.meddling == Meddling::Nothing {
            report.wrong.extend(check::lost(&stays, &held));
        }
        report.wrong.extend(check::foreign(&before, &held));
        world.clock.advance(ID_WINDOW);
        // What others did after the plan, to what it leaves as it is, is for the next one.
        let is_last = apply > 0 || (script.at_first == script.wanted && script.meddling != Meddling::Late);
        if is_last && outcome.is_ok_and(|outcome| outcome.is_complete()) {
            break;
        }
    }
    let held = world.held().await?;
    report.wrong.extend(check::exactly(&wanted, &before, &held, &target));
    report.faults = world.running.faults();
    world.drop().await?;
    Ok(report)
}

/// Plans and applies once. Without an outcome it was killed, or could not read the workspace.
async fn one_apply(
    world: &World,
    script: &Script,
    apply: usize,
    desired: &[Desired],
    target: &Target,
    chance: &mut Chance,
    report: &mut Report,
) -> Result<Result<Outcome, Option<AzureError>>, CliError> {
    let (after, end) = script.ends[apply].unzip();
    let interrupt = Interrupt::default();
    let killer = Arc::new(Killer {
        left: AtomicI64::new(after.map_or(i64::MAX, |after| i64::try_from(after).unwrap_or(i64::MAX))),
        end,
        interrupt: interrupt.clone(),
        now: Notify::new(),
        requests: AtomicU64::new(0),
    });
    let observer = Arc::clone(&killer) as Arc<dyn Observer>;
    let workspace = world.workspace(Chance::new(chance.number()), observer, interrupt.clone())?;
    let applying =
        ApplyOptions { concurrency: script.concurrency, interrupt: interrupt.clone(), allow_pending: false };
    world.running.set_calm(false);
    let begun = &mut report.begun;
    let work = async {
        let actual = match deploy::read(&workspace).await {
            Ok(actual) => actual,
            Err(error) => return Ok(Err(Some(error))),
        };
        let options = PlanOptions { prune: true, adopt: false };
        let plan = plan::plan_part(desired, &actual, target, options, begun, &|_| true);
        // As the journal of an apply keeps it.
        for (key, digest) in plan.begun() {
            begun.entry(key.clone()).or_default().insert(digest);
        }
        if apply == 0 && script.meddling == Meddling::Late {
            world.running.set_calm(true);
            meddle(world, desired, chance).await?;
            world.running.set_calm(false);
        }
        Ok(Ok(deploy::apply(&workspace, &plan, &applying, &Silent).await))
    };
    let outcome = tokio::select! {
        outcome = work => outcome,
        () = killer.now.notified() => {
            report.kills += 1;
            Ok(Err(None))
        }
    };
    world.running.set_calm(true);
    report.interrupts += usize::from(interrupt.is_raised());
    report.requests += killer.requests.load(Ordering::SeqCst);
    outcome
}

/// How an apply ended, in a few words.
fn told(outcome: &Result<Outcome, Option<AzureError>>) -> String {
    match outcome {
        Err(None) => "killed".to_owned(),
        Err(Some(error)) => format!("no plan: {error}"),
        Ok(outcome) => {
            let failed = outcome
                .failed
                .first()
                .map(|failure| format!(", such as {} of {}", failure.error.message, failure.item.key));
            let (done, left) = (outcome.done.len(), outcome.failed.len());
            let skipped = outcome.skipped.len();
            format!("{done} done, {left} failed, {skipped} skipped{}", failed.unwrap_or_default())
        }
    }
}

/// Changes, disables and deletes some of what the project has.
async fn meddle(world: &World, wanted: &[Desired], chance: &mut Chance) -> Result<(), CliError> {
    let held: BTreeSet<ResourceKey> = world.held().await?.resources.into_iter().map(|it| it.key).collect();
    let of_kind = |kind| {
        let ours = wanted.iter().map(|it| &it.key).filter(move |key| key.kind == kind);
        ours.filter(|key| held.contains(*key)).collect::<Vec<_>>()
    };
    let rules: Vec<&ResourceKey> = of_kind(ResourceKind::AlertRule);
    let scheduled: Vec<&ResourceKey> =
        rules.iter().copied().filter(|key| key.name.starts_with("5b0f")).collect();
    let searches = of_kind(ResourceKind::SavedSearch);
    let lists = of_kind(ResourceKind::Watchlist);
    let mut pick = |from: &[&ResourceKey]| from.get(chance.below(from.len())).map(|key| (*key).clone());
    if let Some(key) = pick(&scheduled) {
        world.edit(&key, |body| body["properties"]["enabled"] = Value::Bool(false)).await?;
    }
    if let Some(key) = pick(&scheduled) {
        world.edit(&key, |body| body["properties"]["severity"] = "Informational".into()).await?;
    }
    if let Some(key) = pick(&searches) {
        world.edit(&key, |body| body["properties"]["query"] = "Syslog".into()).await?;
    }
    if let Some(key) = pick(&lists) {
        world.edit(&key, |body| body["properties"]["description"] = "ours now".into()).await?;
    }
    for from in [&scheduled, &searches, &lists] {
        if let Some(key) = pick(from) {
            world.delete(&key).await?;
        }
    }
    Ok(())
}

/// What a workspace held before, for whoever compares.
pub(super) type Before = Held;
