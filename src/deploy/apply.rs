//! Carries out the units of a plan, some at a time.

use std::collections::HashMap;
use std::sync::OnceLock;

use futures_util::StreamExt;

use super::names::{Step, aside};
use super::outcome::{Done, ErrorReport, Failure, How, Item, Operation, Outcome, Pending, Skipped, Waiting};
use super::schedule::{Schedule, Unit, refused_dependency, stages};
use super::settle::{Made, Stopped, carry_out, now};
use super::workspace::Workspace;
use crate::azure::Interrupt;
use crate::plan::{Change, Plan};

/// How many changes are made at a time unless told otherwise. The service refills ten writes a second.
pub const DEFAULT_CONCURRENCY: usize = 8;

/// How a plan is carried out.
#[derive(Debug, Clone)]
pub struct ApplyOptions {
    /// How many changes are made at a time; at least one.
    pub concurrency: usize,
    /// Stops starting changes once it is raised; what was started is finished.
    pub interrupt: Interrupt,
    /// Whether deletions go ahead while rules wait for data in the workspace.
    pub allow_pending: bool,
}

impl Default for ApplyOptions {
    fn default() -> Self {
        Self { concurrency: DEFAULT_CONCURRENCY, interrupt: Interrupt::default(), allow_pending: false }
    }
}

/// Told of each change as it goes. Retries are told by [`crate::azure::Observer`].
pub trait Progress: Sync {
    /// The first request of `change` is about to be sent.
    fn started(&self, change: &Change);

    /// `change` was made, or went wrong.
    fn finished(&self, change: &Change, result: Result<How, &ErrorReport>);
}

/// Says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn started(&self, _change: &Change) {}

    fn finished(&self, _change: &Change, _result: Result<How, &ErrorReport>) {}
}

/// What became of one change.
#[derive(Debug, Clone)]
enum Fate {
    Done(Made),
    Failed(ErrorReport),
    Pending(Waiting, ErrorReport),
    Skipped(String),
}

/// Carries `plan` out.
///
/// A change that fails does not keep others from being made, except the record of the same content, and all
/// deletions; neither does one that waits for data in the workspace. What exists and belongs to someone else is reported as failed and not touched.
///
/// The future may be dropped at any point, and the process may die: planning and applying again completes it.
pub async fn apply(
    workspace: &impl Workspace,
    plan: &Plan,
    options: &ApplyOptions,
    progress: &dyn Progress,
) -> Outcome {
    let run = Run { workspace, plan, options, progress, general_failure: OnceLock::new() };
    let schedule = Schedule::new(plan);
    let mut fates: Vec<(usize, Fate)> = run.refusals();
    for stage in stages(plan, schedule.writes) {
        fates.extend(run.units(stage).await);
    }
    let all_written = fates.iter().all(|(_, fate)| match fate {
        Fate::Done(_) => true,
        Fate::Pending(..) => options.allow_pending,
        Fate::Failed(_) | Fate::Skipped(_) => false,
    });
    if all_written {
        // What queries name goes after them.
        for stage in stages(plan, schedule.deletions).into_iter().rev() {
            fates.extend(run.units(stage).await);
        }
    } else {
        let reason = if options.interrupt.is_raised() { INTERRUPTED } else { KEPT };
        let kept = schedule.deletions.into_iter().flatten();
        fates.extend(kept.map(|step| (step.index(), Fate::Skipped(reason.to_owned()))));
    }
    fates.sort_by_key(|(index, _)| *index);
    run.outcome(fates)
}

const INTERRUPTED: &str = "the run was interrupted";
const KEPT: &str = "nothing is deleted while another change has not been made";

struct Run<'a, W> {
    workspace: &'a W,
    plan: &'a Plan,
    options: &'a ApplyOptions,
    progress: &'a dyn Progress,
    /// The first failure that every other request would share.
    general_failure: OnceLock<String>,
}

impl<W: Workspace> Run<'_, W> {
    /// The changes that are not to be made because the content is someone else's.
    fn refusals(&self) -> Vec<(usize, Fate)> {
        let refuse = |change: &Change| {
            let item = Item::of(change).filter(|item| item.operation == Operation::Refuse)?;
            let noun = item.key.kind.noun();
            Some(Fate::Failed(ErrorReport::new(
                format!(
                    "the {noun} '{}' exists in the workspace and belongs to someone else",
                    item.display_name
                ),
                vec![
                    "plan with `--adopt` to take it over and overwrite it".to_owned(),
                    "or give the rule a new id".to_owned(),
                ],
            )))
        };
        let changes = self.plan.changes.iter().enumerate();
        changes.filter_map(|(index, change)| Some((index, refuse(change)?))).collect()
    }

    /// Runs units at the width that the options allow, starting them in order.
    async fn units(&self, units: Vec<Unit>) -> Vec<(usize, Fate)> {
        let width = self.options.concurrency.max(1);
        let runs = futures_util::stream::iter(units).map(|unit| self.unit(unit));
        let fates: Vec<Vec<(usize, Fate)>> = runs.buffer_unordered(width).collect().await;
        fates.into_iter().flatten().collect()
    }

    /// Makes the changes of a unit one after the other. One that was begun is completed even when the run is
    /// interrupted meanwhile: content without its record would be nobody's.
    async fn unit(&self, unit: Unit) -> Vec<(usize, Fate)> {
        let mut fates = Vec::with_capacity(unit.len());
        let skipped = |reason: &str| Fate::Skipped(reason.to_owned());
        let mut hindrance = self.hindrance().map(Fate::Skipped);
        // What stepped aside is no longer as the plan read it.
        let mut moved: HashMap<usize, Change> = HashMap::new();
        for step in unit {
            let index = step.index();
            let change = moved.get(&index).unwrap_or(&self.plan.changes[index]);
            if let Step::Aside(_) = step {
                if hindrance.is_none() {
                    match self.step_aside(change).await {
                        Ok(change) => drop(moved.insert(index, change)),
                        Err(stopped) => {
                            let why = format!("a name could not be passed on: {}", stopped.report.message);
                            hindrance = Some(Fate::Skipped(why));
                        }
                    }
                }
                continue;
            }
            if hindrance.is_none() && refused_dependency(self.plan, change).is_some() {
                hindrance = Some(skipped("what it belongs to is not changed"));
            }
            let fate = match &hindrance {
                Some(fate) => fate.clone(),
                None => self.change(change).await,
            };
            match &fate {
                Fate::Failed(_) => hindrance = Some(skipped("what it belongs to could not be changed")),
                Fate::Pending(..) => hindrance = Some(fate.clone()),
                Fate::Done(_) | Fate::Skipped(_) => {}
            }
            fates.push((index, fate));
        }
        fates
    }

    /// Gives the rule of `change` a name of its own, and answers what is left of the change then.
    async fn step_aside(&self, change: &Change) -> Result<Change, Stopped> {
        carry_out(self.workspace, &aside(change), &self.plan.target.project).await?;
        let now = now(self.workspace, change).await?;
        Ok(now.map_or_else(|| change.clone(), |now| change.after(&now)))
    }

    /// Why no further unit is to be started, if so.
    fn hindrance(&self) -> Option<String> {
        if self.options.interrupt.is_raised() {
            return Some(INTERRUPTED.to_owned());
        }
        self.general_failure.get().cloned()
    }

    async fn change(&self, change: &Change) -> Fate {
        self.progress.started(change);
        match carry_out(self.workspace, change, &self.plan.target.project).await {
            Ok(made) => {
                self.progress.finished(change, Ok(made.how));
                Fate::Done(made)
            }
            Err(stopped) => {
                if stopped.general {
                    let reason = format!("it would fail like '{}'", change.display_name);
                    // Whichever change met it first is the one to name.
                    let _ = self.general_failure.set(reason);
                }
                self.progress.finished(change, Err(&stopped.report));
                match stopped.report.waits_for() {
                    Some(waiting) => Fate::Pending(waiting, stopped.report),
                    None => Fate::Failed(stopped.report),
                }
            }
        }
    }

    fn outcome(&self, fates: Vec<(usize, Fate)>) -> Outcome {
        let mut outcome = Outcome {
            interrupted: self.options.interrupt.is_raised(),
            ..Outcome::nothing(self.workspace.describe())
        };
        for (index, fate) in fates {
            let Some(item) = Item::of(&self.plan.changes[index]) else { continue };
            match fate {
                Fate::Done(Made { how, disabled }) => {
                    if disabled {
                        outcome.disabled.push(item.clone());
                    }
                    outcome.done.push(Done { item, how });
                }
                Fate::Pending(waiting_for, error) => {
                    outcome.pending.push(Pending { item, waiting_for, error })
                }
                Fate::Failed(error) => outcome.failed.push(Failure { item, error }),
                Fate::Skipped(reason) => outcome.skipped.push(Skipped { item, reason }),
            }
        }
        outcome
    }
}
