//! The crash-safe store of a local workspace: one redb file, or memory.
//!
//! All writes go through one thread. It takes what has queued up, does it in one transaction and answers
//! each writer only when the transaction is on disk: a write that was answered survives a crash, one that
//! was not may or may not have happened, and never by half.

use std::fs;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use redb::backends::InMemoryBackend;
use redb::{Database, DatabaseError, ReadableDatabase, ReadableTable, StorageError, Table, TableDefinition};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::EmulatorError;

/// The version of the layout below.
const FORMAT: u64 = 1;
/// The most writes of one transaction; bounds how long the first of them waits.
const BATCH: usize = 64;

/// Workspace, resource type and name, all in lower case.
type Key = (&'static str, &'static str, &'static str);
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
const RESOURCES: TableDefinition<'_, Key, (u8, &[u8])> = TableDefinition::new("resources");
const DELETED: TableDefinition<'_, Key, u64> = TableDefinition::new("deleted");

/// One kept resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The name as it was first written.
    pub(super) name: String,
    /// Changes with each write.
    pub(super) etag: String,
    /// The body without what is the same in all answers (`id`, `type`, …).
    pub(super) body: Value,
    /// Milliseconds since 1970.
    pub(super) created: u64,
    /// Milliseconds since 1970.
    pub(super) modified: u64,
}

/// What a quota counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tally {
    /// Counts towards nothing.
    Nothing,
    /// An enabled rule.
    Enabled,
    /// An enabled NRT rule.
    EnabledNrt,
}

/// The store failed; no fault of the request.
#[derive(Debug, Clone, Error)]
#[error("{0}")]
pub(super) struct StoreError(String);

impl<E: Into<redb::Error>> From<E> for StoreError {
    fn from(error: E) -> Self {
        Self(error.into().to_string())
    }
}

/// Names a resource in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RecordKey {
    workspace: String,
    kind: &'static str,
    name: String,
}

impl RecordKey {
    /// The key of `name`, whatever its case.
    pub(super) fn new(workspace: &str, kind: &'static str, name: &str) -> Self {
        Self { workspace: workspace.to_lowercase(), kind, name: name.to_lowercase() }
    }

    /// The key of `name` in the place that this key, ending in a slash, is.
    pub(super) fn child(&self, name: &str) -> Self {
        Self { name: format!("{}{}", self.name, name.to_lowercase()), ..self.clone() }
    }

    fn parts(&self) -> (&str, &str, &str) {
        (&self.workspace, self.kind, &self.name)
    }
}

/// The tables while a write is under way.
pub(super) struct Tables<'txn> {
    resources: Table<'txn, Key, (u8, &'static [u8])>,
    deleted: Table<'txn, Key, u64>,
}

impl Tables<'_> {
    /// The resource of `key`.
    pub(super) fn get(&self, key: &RecordKey) -> Result<Option<Record>, StoreError> {
        self.resources.get(key.parts())?.map(|found| read(found.value().1)).transpose()
    }

    /// The resources whose keys begin with `key`.
    pub(super) fn below(&self, key: &RecordKey) -> Result<Vec<Record>, StoreError> {
        below(&self.resources, key)
    }

    /// Writes the resource of `key`.
    pub(super) fn put(&mut self, key: &RecordKey, tally: Tally, record: &Record) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(record).map_err(|error| StoreError(error.to_string()))?;
        self.resources.insert(key.parts(), (tally as u8, bytes.as_slice()))?;
        self.deleted.remove(key.parts())?;
        Ok(())
    }

    /// Removes the resource of `key` and keeps the time; whether there was one.
    pub(super) fn remove(&mut self, key: &RecordKey, now: u64) -> Result<bool, StoreError> {
        let existed = self.resources.remove(key.parts())?.is_some();
        if existed {
            self.deleted.insert(key.parts(), now)?;
        }
        Ok(existed)
    }

    /// When the resource of `key` was removed, if it was and has not come back.
    pub(super) fn removed_at(&self, key: &RecordKey) -> Result<Option<u64>, StoreError> {
        Ok(self.deleted.get(key.parts())?.map(|at| at.value()))
    }

    /// How many other resources of the workspace count as enabled, and how many of these as NRT.
    pub(super) fn tally(&self, but: &RecordKey) -> Result<(usize, usize), StoreError> {
        let (mut enabled, mut nrt) = (0, 0);
        let from = (but.workspace.as_str(), but.kind, "");
        for row in self.resources.range(from..)? {
            let (key, value) = row?;
            let (workspace, kind, name) = key.value();
            if (workspace, kind) != (from.0, from.1) {
                break;
            }
            let counts = value.value().0;
            if name != but.name && counts != Tally::Nothing as u8 {
                enabled += 1;
                nrt += usize::from(counts == Tally::EnabledNrt as u8);
            }
        }
        Ok((enabled, nrt))
    }
}

fn below(
    table: &impl ReadableTable<Key, (u8, &'static [u8])>,
    key: &RecordKey,
) -> Result<Vec<Record>, StoreError> {
    let mut found = Vec::new();
    for row in table.range(key.parts()..)? {
        let (at, value) = row?;
        let (workspace, kind, name) = at.value();
        if (workspace, kind) != (key.workspace.as_str(), key.kind) || !name.starts_with(&key.name) {
            break;
        }
        found.push(read(value.value().1)?);
    }
    Ok(found)
}

fn read(bytes: &[u8]) -> Result<Record, StoreError> {
    serde_json::from_slice(bytes).map_err(|error| StoreError(error.to_string()))
}

/// Told once the transaction is on disk, or is not to be.
type Finish = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// Does one write; `false` when the store failed and nothing of the transaction may stay.
type Job = Box<dyn FnOnce(&mut Tables<'_>) -> (bool, Finish) + Send>;

/// An open store.
pub(super) struct Resources {
    database: Arc<Database>,
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Resources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resources").finish_non_exhaustive()
    }
}

impl Resources {
    /// A store that is gone with the process.
    pub(super) fn in_memory() -> Result<Self, EmulatorError> {
        let database = Database::builder()
            .create_with_backend(InMemoryBackend::new())
            .map_err(|error| opening(Path::new(":memory:"), error))?;
        Self::start(database, Path::new(":memory:"))
    }

    /// The store in the file `path`, made when absent. A file that is no store is left as it is.
    pub(super) fn open(path: &Path) -> Result<Self, EmulatorError> {
        let open = |source| EmulatorError::Open { path: path.to_owned(), source };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(open)?;
        }
        refuse_foreign(path).map_err(open)?.map_or(Ok(()), |reason| Err(corrupt(path, reason)))?;
        let mut database = Database::create(path).map_err(|error| opening(path, error))?;
        let whole = database.check_integrity().map_err(|error| opening(path, error))?;
        if !whole {
            // A crash left free space marked as used, or the like; the check has put that right.
            database.check_integrity().map_err(|error| opening(path, error))?;
        }
        Self::start(database, path)
    }

    fn start(database: Database, path: &Path) -> Result<Self, EmulatorError> {
        let found = prepare(&database).map_err(|error| corrupt(path, error.to_string()))?;
        if found != FORMAT {
            return Err(EmulatorError::Format { path: path.to_owned(), found, known: FORMAT });
        }
        let database = Arc::new(database);
        let (jobs, queue) = mpsc::channel();
        let writing = Arc::clone(&database);
        let writer = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || write_all(&writing, &queue))
            .map_err(|source| EmulatorError::Open { path: path.to_owned(), source })?;
        Ok(Self { database, jobs: Some(jobs), writer: Some(writer) })
    }

    /// The resource of `key`.
    pub(super) fn get(&self, key: &RecordKey) -> Result<Option<Record>, StoreError> {
        let table = self.database.begin_read()?.open_table(RESOURCES)?;
        table.get(key.parts())?.map(|found| read(found.value().1)).transpose()
    }

    /// The resources of one type in a workspace whose names come after `after`, in the order of their names,
    /// as long as `wanted` says so.
    pub(super) fn list(
        &self,
        after: &RecordKey,
        mut wanted: impl FnMut(&Record) -> bool,
        at_most: usize,
    ) -> Result<Vec<Record>, StoreError> {
        let table = self.database.begin_read()?.open_table(RESOURCES)?;
        let mut found = Vec::new();
        for row in table.range(after.parts()..)? {
            let (key, value) = row?;
            let (workspace, kind, name) = key.value();
            if (workspace, kind) != (after.workspace.as_str(), after.kind) || found.len() == at_most {
                break;
            }
            if name == after.name {
                continue;
            }
            let record = read(value.value().1)?;
            if wanted(&record) {
                found.push(record);
            }
        }
        Ok(found)
    }

    /// The resources whose keys begin with `key`, in the order of their names.
    pub(super) fn below(&self, key: &RecordKey) -> Result<Vec<Record>, StoreError> {
        below(&self.database.begin_read()?.open_table(RESOURCES)?, key)
    }

    /// Does `work` in a transaction, and answers when it is on disk. A refusal writes nothing: `work` is
    /// to decide before its first write.
    pub(super) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tables<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = mpsc::sync_channel(1);
        let job: Job = Box::new(move |tables| {
            let result = work(tables);
            let sound = result.is_ok();
            let finish: Finish = Box::new(move |committed| {
                // The writer may be gone with its connection.
                let _ = answer.send(committed.and(result));
            });
            (sound, finish)
        });
        let closed = || StoreError("the store is closed".to_owned());
        self.jobs.as_ref().and_then(|jobs| jobs.send(job).ok()).ok_or_else(closed)?;
        answered.recv().map_err(|_| closed())?
    }
}

impl Drop for Resources {
    fn drop(&mut self) {
        self.jobs.take();
        if let Some(writer) = self.writer.take() {
            // Its panic, if any, has been told to those who waited for it.
            let _ = writer.join();
        }
    }
}

/// Makes the tables and answers the format of the file.
fn prepare(database: &Database) -> Result<u64, StoreError> {
    let read = database.begin_read()?;
    match read.open_table(META) {
        Ok(meta) => {
            let found = meta.get("format")?.map_or(0, |format| format.value());
            read.open_table(RESOURCES)?;
            read.open_table(DELETED)?;
            return Ok(found);
        }
        Err(redb::TableError::TableDoesNotExist(_)) => {}
        Err(error) => return Err(error.into()),
    }
    drop(read);
    let transaction = database.begin_write()?;
    transaction.open_table(META)?.insert("format", FORMAT)?;
    transaction.open_table(RESOURCES)?;
    transaction.open_table(DELETED)?;
    transaction.commit()?;
    Ok(FORMAT)
}

fn write_all(database: &Database, queue: &mpsc::Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        let jobs = std::iter::once(first).chain(queue.try_iter().take(BATCH - 1)).collect();
        write_batch(database, jobs);
    }
}

fn write_batch(database: &Database, jobs: Vec<Job>) {
    let mut waiting = Vec::with_capacity(jobs.len());
    let outcome = run_batch(database, jobs, &mut waiting);
    for finish in waiting {
        finish(outcome.clone());
    }
}

fn run_batch(database: &Database, jobs: Vec<Job>, waiting: &mut Vec<Finish>) -> Result<(), StoreError> {
    let transaction = database.begin_write()?;
    let mut sound = true;
    {
        let mut tables = Tables {
            resources: transaction.open_table(RESOURCES)?,
            deleted: transaction.open_table(DELETED)?,
        };
        for job in jobs {
            let (done, finish) = job(&mut tables);
            sound &= done;
            waiting.push(finish);
        }
    }
    if !sound {
        transaction.abort()?;
        return Err(StoreError("a write of the same transaction failed".to_owned()));
    }
    transaction.commit()?;
    Ok(())
}

/// Why `path` is no store, if it is something else. An absent or empty file may become one.
fn refuse_foreign(path: &Path) -> std::io::Result<Option<String>> {
    let mut start = [0; 4];
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if file.metadata()?.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    let length = std::io::Read::read(&mut &file, &mut start)?;
    Ok((length > 0 && start != *b"redb").then(|| "it is no store of picket".to_owned()))
}

fn corrupt(path: &Path, reason: String) -> EmulatorError {
    EmulatorError::Corrupt { path: path.to_owned(), reason }
}

fn opening(path: &Path, error: DatabaseError) -> EmulatorError {
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => {
            EmulatorError::Locked(path.to_owned())
        }
        DatabaseError::Storage(StorageError::Io(source))
            if !matches!(
                source.kind(),
                std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof
            ) =>
        {
            EmulatorError::Open { path: path.to_owned(), source }
        }
        other => corrupt(path, other.to_string()),
    }
}
