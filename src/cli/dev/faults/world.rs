//! The workspace of a run: an emulator of its own, with what others have in it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde_json::Value;
use tempfile::TempDir;

use super::project::{self, Wanted};
use crate::arm::{ResourceKey, ResourceKind, watchlist};
use crate::azure::{BoxFuture, Client, ClientOptions, Credential, Interrupt, Observer, Service, System};
use crate::cli::CliError;
use crate::cli::connect::azure_error;
use crate::deploy::{self, ApplyOptions, ArmWorkspace, Silent, Workspace};
use crate::emulator::{Clock, EmulatorOptions, Faults, Running, Store, start};
use crate::exec::chance::Chance;
use crate::plan::{self, Actual, PlanOptions};

/// The project under test.
pub(super) const OURS: &str = "ours";
/// A project of somebody else.
const THEIRS: &str = "theirs";
/// Numbers of content that somebody else deployed with picket, and that nobody did.
const OF_OTHERS: [usize; 8] = [100_000, 100_008, 100_010, 100_014, 100_016, 100_017, 100_018, 100_019];
const OF_NOBODY: [usize; 7] = [200_000, 200_008, 200_010, 200_014, 200_016, 200_017, 200_018];
/// When the emulators' clocks begin, in milliseconds since 1970.
const BEGIN: u64 = 1_800_000_000_000;

/// Workspaces to begin with, kept in files that each run copies.
pub(super) struct Templates {
    folder: TempDir,
}

/// What a workspace holds at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// What others have.
    Bare,
    /// That, and the first version of some of the project.
    LivedIn,
}

impl Templates {
    /// Makes both; `lived_in` is what the project has in the second.
    pub(super) async fn new(lived_in: &Wanted) -> Result<Self, CliError> {
        let memory = Path::new("/dev/shm");
        let folder = TempDir::new_in(memory).or_else(|_| TempDir::new());
        let templates = Self { folder: folder.map_err(|error| cannot(&error))? };
        let served = World::serve(&templates.path(Start::Bare), Faults::default()).await?;
        served.fill(THEIRS, &OF_OTHERS.map(|number| (number, 1)).into(), false).await?;
        served.fill("nobody", &OF_NOBODY.map(|number| (number, 1)).into(), true).await?;
        served.close().await?;
        fs::copy(templates.path(Start::Bare), templates.path(Start::LivedIn))
            .map_err(|error| cannot(&error))?;
        let served = World::serve(&templates.path(Start::LivedIn), Faults::default()).await?;
        served.fill(OURS, lived_in, false).await?;
        served.close().await?;
        Ok(templates)
    }

    fn path(&self, start: Start) -> PathBuf {
        self.folder.path().join(format!("{start:?}.redb"))
    }

    /// A workspace of its own that begins as `start`.
    pub(super) async fn open(&self, start: Start, name: u64, faults: Faults) -> Result<World, CliError> {
        let file = self.folder.path().join(format!("run-{name}.redb"));
        fs::copy(self.path(start), &file).map_err(|error| cannot(&error))?;
        World::serve(&file, faults).await
    }
}

fn cannot(error: &io::Error) -> CliError {
    CliError::new("cannot keep the workspaces of the runs").cause(error)
}

/// An emulator that is being served.
pub(super) struct World {
    pub(super) running: Running,
    pub(super) clock: Clock,
    file: PathBuf,
    /// The connection of others, and of whoever looks on.
    calm: ArmWorkspace,
    items: Client,
}

/// All that a workspace holds, with the items of its watchlists.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Held {
    pub(super) resources: Vec<Actual>,
    /// By the alias of the watchlist; each as text, in order.
    pub(super) items: BTreeMap<String, Vec<String>>,
}

impl World {
    async fn serve(file: &Path, faults: Faults) -> Result<Self, CliError> {
        let clock = Clock::manual(BEGIN);
        let mut options = EmulatorOptions::new(Store::File(file.to_owned()));
        (options.clock, options.faults) = (clock.clone(), faults);
        let running = start(options).await.map_err(|error| CliError::from_error(&error, error.help()))?;
        running.set_calm(true);
        let calm = connect(&running, Chance::new(0), None, Interrupt::default())?;
        let options = ClientOptions { endpoint: Some(running.endpoint()), ..ClientOptions::default() };
        let items = Client::new(Credential::fixed("local"), options).map_err(azure_error)?;
        Ok(Self { running, clock, file: file.to_owned(), calm, items })
    }

    /// Deploys `wanted` for `project`; as `anonymous`, without a word of whose it is.
    async fn fill(&self, project: &str, wanted: &Wanted, anonymous: bool) -> Result<(), CliError> {
        let workspace = &self.calm;
        let target = project::target(project);
        let mut desired = project::desired(wanted, &target)?;
        if anonymous {
            desired.retain(|it| it.key.kind != ResourceKind::Metadata);
        }
        let actual = deploy::read(workspace).await.map_err(azure_error)?;
        let plan = plan::plan(&desired, &actual, &target, PlanOptions::default());
        let outcome = deploy::apply(workspace, &plan, &ApplyOptions::default(), &Silent).await;
        if outcome.is_complete() {
            return Ok(());
        }
        let why = outcome.failed.first().map(|failure| failure.error.message.clone()).unwrap_or_default();
        Err(CliError::new("the workspaces of the runs cannot be filled").cause(why))
    }

    /// A connection whose waits take no time.
    pub(super) fn workspace(
        &self,
        chance: Chance,
        observer: Arc<dyn Observer>,
        interrupt: Interrupt,
    ) -> Result<ArmWorkspace, CliError> {
        connect(&self.running, chance, Some(observer), interrupt)
    }

    /// All that there is.
    pub(super) async fn held(&self) -> Result<Held, CliError> {
        let workspace = &self.calm;
        let mut resources = deploy::read(workspace).await.map_err(azure_error)?;
        resources.sort_by(|a, b| a.key.cmp(&b.key));
        let mut items = BTreeMap::new();
        for list in resources.iter().filter(|it| it.key.kind == ResourceKind::Watchlist) {
            let path = format!("{}/{}", workspace.id().resource_path(&list.key), watchlist::ITEMS);
            let held = self.items.list(&path, list.key.kind.list_version()).await.map_err(azure_error)?;
            let mut texts: Vec<String> =
                held.iter().map(|item| item["properties"]["itemsKeyValue"].to_string()).collect();
            texts.sort();
            items.insert(list.key.name.clone(), texts);
        }
        Ok(Held { resources, items })
    }

    /// Waits until the server does nothing more for a client that is gone.
    pub(super) async fn quiet(&self) {
        let mut calm = 0;
        while calm < 3 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            calm = if self.running.under_way() == 0 { calm + 1 } else { 0 };
        }
    }

    /// Changes a resource as somebody in the portal would.
    pub(super) async fn edit(
        &self,
        key: &ResourceKey,
        change: impl FnOnce(&mut Value),
    ) -> Result<(), CliError> {
        let workspace = &self.calm;
        let version = key.kind.list_version();
        let Some(held) = workspace.get(key, version).await.map_err(azure_error)? else { return Ok(()) };
        let mut body = key.kind.request_body(&held.body);
        change(&mut body);
        workspace.put(key, version, &body, held.etag.as_deref()).await.map_err(azure_error)?;
        Ok(())
    }

    /// Deletes a resource as somebody in the portal would.
    pub(super) async fn delete(&self, key: &ResourceKey) -> Result<(), CliError> {
        let workspace = &self.calm;
        workspace.delete(key, key.kind.list_version()).await.map_err(azure_error)
    }

    /// Ends the server and forgets what it kept.
    pub(super) async fn drop(self) -> Result<(), CliError> {
        let file = self.file.clone();
        self.close().await?;
        fs::remove_file(file).map_err(|error| cannot(&error))
    }

    async fn close(self) -> Result<(), CliError> {
        self.running.shutdown().await.map_err(|error| CliError::from_error(&error, error.help()))
    }
}

fn connect(
    running: &Running,
    chance: Chance,
    observer: Option<Arc<dyn Observer>>,
    interrupt: Interrupt,
) -> Result<ArmWorkspace, CliError> {
    let system: Arc<dyn System> = Arc::new(Virtual::new(chance));
    let reach = |service| {
        let options = ClientOptions {
            service,
            endpoint: Some(running.endpoint()),
            observer: observer.clone(),
            interrupt: interrupt.clone(),
            system: Arc::clone(&system),
            ..ClientOptions::default()
        };
        Client::new(Credential::fixed("local"), options).map_err(azure_error)
    };
    let (graph, client) = (reach(Service::Graph)?, reach(Service::ResourceManager)?);
    let id = project::target(OURS).workspace;
    Ok(ArmWorkspace::new(id, client).map_err(azure_error)?.with_defender(graph))
}

/// A clock that moves only when somebody waits, and chance from a seed.
pub(in crate::cli::dev) struct Virtual {
    elapsed: Mutex<Duration>,
    chance: Mutex<Chance>,
}

impl Virtual {
    pub(in crate::cli::dev) fn new(chance: Chance) -> Self {
        Self { elapsed: Mutex::default(), chance: Mutex::new(chance) }
    }
}

impl System for Virtual {
    fn var(&self, _name: &str) -> Option<String> {
        None
    }

    fn read(&self, _path: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + *self.elapsed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sleep(&self, length: Duration) -> BoxFuture<'static, ()> {
        *self.elapsed.lock().unwrap_or_else(PoisonError::into_inner) += length;
        Box::pin(tokio::task::yield_now())
    }

    fn random(&self) -> f64 {
        let drawn = self.chance.lock().unwrap_or_else(PoisonError::into_inner).below(1_000_000);
        f64::from(u32::try_from(drawn).unwrap_or_default()) / 1_000_000.0
    }
}
