//! The journal of a project: what each apply sent and what came of it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use crate::arm::ResourceKey;
use crate::azure::{Call, Observer, Retry};
use crate::deploy::journal::{Head, entries};
use crate::deploy::{ErrorReport, How, Item, Outcome, Progress};
use crate::emulator::{Clock, timestamp};
use crate::plan::{Begun, Change, Plan};
use crate::project::{self, JOURNAL_FOLDER, Project};

use super::CliError;
use super::connect::keep_out_of_git;
use super::pipeline::Planned;
use super::progress::Bar;

/// The file of a workspace's journal.
pub(crate) fn file(project: &Project, workspace: &str) -> PathBuf {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = workspace.chars().map(safe).collect();
    project.root.join(&project.config.deploy.journal).join(format!("{name}.jsonl"))
}

fn cannot(path: &Path, error: &io::Error) -> CliError {
    CliError::new(format!("cannot write the journal {}", path.display()))
        .cause(project::describe(error))
        .help("make it writable, or set `journal` under [deploy] in picket.toml to another folder")
}

/// Keeps the journal of an apply, and tells a bar what happens. Before [`Scribe::begin`] nothing is kept.
pub(crate) struct Scribe {
    bar: Bar,
    state: Mutex<Option<Open>>,
}

/// A journal that is written to.
struct Open {
    path: PathBuf,
    file: File,
    head: Head,
    /// Where its last entry ends; another process may have added some since.
    end: u64,
    /// What has an entry that says what became of it.
    settled: BTreeSet<ResourceKey>,
    failure: Option<io::Error>,
}

impl Scribe {
    /// One that tells `bar`.
    pub(crate) fn new(bar: Bar) -> Arc<Self> {
        Arc::new(Self { bar, state: Mutex::new(None) })
    }

    /// The bar.
    pub(crate) fn bar(&self) -> &Bar {
        &self.bar
    }

    /// Opens the journal and writes down what is going to be done.
    ///
    /// # Errors
    /// When it cannot be written; nothing was done then.
    pub(crate) fn begin(&self, planned: &Planned) -> Result<(), CliError> {
        let project = &planned.opened.project;
        let path = file(project, &planned.connected.name);
        let file = project::append(&path).map_err(|error| cannot(&path, &error))?;
        if project.config.deploy.journal == Path::new(JOURNAL_FOLDER) {
            keep_out_of_git(&project.root.join(JOURNAL_FOLDER))?;
        }
        let mut journal = Open {
            path,
            file,
            head: Head::default(),
            end: u64::MAX,
            settled: BTreeSet::new(),
            failure: None,
        };
        journal.write("begin", begin(&planned.plan));
        journal.check()?;
        *self.state() = Some(journal);
        Ok(())
    }

    /// Writes down how the apply ended.
    ///
    /// # Errors
    /// When an entry could not be written.
    pub(crate) fn end(&self, outcome: &Outcome) -> Result<(), CliError> {
        let mut state = self.state();
        let Some(journal) = state.as_mut() else { return Ok(()) };
        for pending in &outcome.pending {
            journal.settle(&pending.item.key, "pending", json!({ "reason": pending.waiting_for.sentence() }));
        }
        for skipped in &outcome.skipped {
            journal.settle(&skipped.item.key, "skipped", json!({ "reason": skipped.reason }));
        }
        for failure in &outcome.failed {
            journal.settle(&failure.item.key, "failed", error_members(&failure.error));
        }
        let disabled: Vec<&ResourceKey> = outcome.disabled.iter().map(|Item { key, .. }| key).collect();
        journal.write(
            "end",
            json!({
                "done": outcome.done.len(),
                "failed": outcome.failed.len(),
                "pending": outcome.pending.len(),
                "skipped": outcome.skipped.len(),
                "disabled": disabled,
                "interrupted": outcome.interrupted,
            }),
        );
        let checked = journal.check();
        *state = None;
        checked
    }

    fn state(&self) -> MutexGuard<'_, Option<Open>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn begin(plan: &Plan) -> Value {
    let prunes = plan.changes.iter().any(|change| change.action == crate::plan::Action::Delete);
    let changes: Vec<&ResourceKey> = plan.pending().map(|change| &change.key).collect();
    // By these, content is known again whose record a death of the process kept from being written.
    let creates: Vec<Value> =
        plan.begun().into_iter().map(|(key, digest)| json!({ "key": key, "digest": digest })).collect();
    json!({
        "picket": env!("CARGO_PKG_VERSION"),
        "target": plan.target,
        "creates": creates,
        "deletes": prunes,
        "changes": changes,
    })
}

impl Open {
    /// Adds an entry. A failure is kept: it must not end a deployment halfway.
    fn write(&mut self, event: &str, members: Value) {
        let mut entry = Map::new();
        entry.insert("time".to_owned(), timestamp(Clock::default().millis()).into());
        entry.insert("event".to_owned(), event.into());
        if let Value::Object(members) = members {
            entry.extend(members);
        }
        if self.failure.is_none()
            && let Err(error) = self.append(entry)
        {
            self.failure = Some(error);
        }
    }

    /// Appends under a lock, chained to whatever is the last entry then.
    fn append(&mut self, entry: Map<String, Value>) -> io::Result<()> {
        self.file.lock()?;
        let written = self.append_locked(entry);
        self.file.unlock()?;
        written
    }

    fn append_locked(&mut self, entry: Map<String, Value>) -> io::Result<()> {
        let mut line = String::new();
        if self.file.metadata()?.len() != self.end {
            let mut text = Vec::new();
            self.file.seek(SeekFrom::Start(0))?;
            self.file.read_to_end(&mut text)?;
            let text = String::from_utf8_lossy(&text);
            self.head = Head::of(&text);
            if !text.is_empty() && !text.ends_with('\n') {
                // What a process that died left of its last entry.
                line.push('\n');
            }
        }
        let (text, head) = self.head.next(entry);
        line.push_str(&text);
        self.file.write_all(line.as_bytes())?;
        self.head = head;
        self.end = self.file.metadata()?.len();
        Ok(())
    }

    fn settle(&mut self, key: &ResourceKey, result: &str, members: Value) {
        if !self.settled.insert(key.clone()) {
            return;
        }
        let mut entry = json!({ "key": key, "result": result });
        if let (Some(entry), Value::Object(members)) = (entry.as_object_mut(), members) {
            entry.extend(members);
        }
        self.write("change", entry);
    }

    fn check(&mut self) -> Result<(), CliError> {
        let failure = self.failure.take().or_else(|| self.file.sync_data().err());
        failure.map_or(Ok(()), |error| Err(cannot(&self.path, &error)))
    }
}

/// The service's words, cut so that an entry stays a line that can be read.
fn error_members(error: &ErrorReport) -> Value {
    json!({
        "reason": error.message,
        "status": error.status,
        "code": error.refusal.as_ref().map(|refusal| refusal.code),
        "requestId": error.request_id,
    })
}

impl Progress for Scribe {
    fn started(&self, change: &Change) {
        self.bar.started(change);
    }

    fn finished(&self, change: &Change, result: Result<How, &ErrorReport>) {
        if let Some(journal) = self.state().as_mut() {
            match result {
                Ok(how) => journal.settle(&change.key, "done", json!({ "how": how })),
                // The outcome names what it waits for.
                Err(error) if error.refusal.as_ref().is_some_and(|refusal| refusal.absent.is_some()) => {}
                Err(error) => journal.settle(&change.key, "failed", error_members(error)),
            }
        }
        self.bar.finished(change, result);
    }
}

impl Observer for Scribe {
    fn retrying(&self, retry: &Retry<'_>) {
        self.bar.retrying(retry);
    }

    fn called(&self, call: &Call<'_>) {
        if let Some(journal) = self.state().as_mut() {
            let result = match call.outcome {
                Ok(200..300) => "ok".to_owned(),
                Ok(_) => "refused".to_owned(),
                Err(error) => error.to_string(),
            };
            journal.write(
                "call",
                json!({
                    "method": call.method,
                    "resource": call.path,
                    "status": call.outcome.ok(),
                    "attempt": call.attempt,
                    "result": result,
                }),
            );
        }
    }
}

/// What the entry of an apply that creates something holds.
const CREATES: &str = "\"creates\":[{";

/// What the applies in the journal of `workspace` began to create; nothing where there is no journal.
pub(crate) fn begun(project: &Project, workspace: &str) -> Begun {
    let mut begun = Begun::new();
    let Ok(journal) = File::open(file(project, workspace)) else { return begun };
    // It grows for years, and few of its lines matter.
    let lines = BufReader::new(journal).lines().map_while(Result::ok).filter(|line| line.contains(CREATES));
    for entry in lines.filter_map(|line| serde_json::from_str::<Value>(&line).ok()) {
        for create in entry.get("creates").and_then(Value::as_array).into_iter().flatten() {
            let key = serde_json::from_value::<ResourceKey>(create["key"].clone());
            if let (Ok(key), Some(digest)) = (key, create["digest"].as_str()) {
                begun.entry(key).or_default().insert(digest.to_owned());
            }
        }
    }
    begun
}

/// What the last apply to a workspace left undone.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Left {
    /// When it began.
    pub(crate) began: String,
    /// The resources whose change was not made.
    pub(crate) keys: BTreeSet<ResourceKey>,
    /// Whether it was to delete something.
    pub(crate) deletes: bool,
}

/// What the last apply in the journal `text` left: what it was going to do, less what it did.
pub(crate) fn left(text: &str) -> Option<Left> {
    let read = |value: Option<&Value>| serde_json::from_value::<ResourceKey>(value?.clone()).ok();
    let mut done = BTreeSet::new();
    for entry in entries(text).rev() {
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        match text("event") {
            Some("change") if text("result") == Some("done") => done.extend(read(entry.get("key"))),
            Some("begin") => {
                let planned = entry.get("changes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                let keys = planned.iter().filter_map(|key| read(Some(key)));
                return Some(Left {
                    began: text("time").unwrap_or_default().to_owned(),
                    keys: keys.filter(|key| !done.contains(key)).collect(),
                    deletes: entry.get("deletes").and_then(Value::as_bool).unwrap_or_default(),
                });
            }
            _ => {}
        }
    }
    None
}
