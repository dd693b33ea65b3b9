//! From the name of a workspace to a connection.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use crate::arm::{OPERATIONAL_INSIGHTS, WorkspaceId};
use crate::azure::{
    ANSWER_LIMIT, AzureError, Client, ClientOptions, Cloud, Cluster, Credential, CredentialKind,
    CredentialOptions, Interrupt, Observer, Process, Recorder, Request, RetryPolicy, Service, Verb,
};
use crate::deploy::ArmWorkspace;
use crate::diag::{Diagnostic, nearest};
use crate::emulator::{EmulatorOptions, Running, Store, start};
use crate::plan::Target;
use crate::project::{
    CONFIG_FILE, EnvConfig, FileSystem, INVALID_CONFIG, LOCAL_WORKSPACE, RealFiles, UNNAMED_PROJECT,
    WorkspaceConfig,
};
use crate::text::{Span, Spanned};

use super::load::{self, Opened, config_error};
use super::pipeline::Stops;
use super::{CliError, Shell};

/// What a server on this machine takes for a token.
const LOCAL_TOKEN: &str = "local";

/// How long an answer to a query is waited for: a little longer than the service takes to give up.
const QUERY_TIMEOUT: Duration = Duration::from_secs(200);

/// How a connection is to behave.
#[derive(Clone, Default)]
pub(crate) struct Wishes {
    /// Where traffic is recorded.
    pub(crate) recorder: Option<Recorder>,
    /// Who is told of retries.
    pub(crate) observer: Option<Arc<dyn Observer>>,
    /// Ends waits early.
    pub(crate) interrupt: Interrupt,
    /// How requests are repeated.
    pub(crate) retry: RetryPolicy,
    /// How errors are printed that stop the command before it connects.
    pub(crate) stops: Stops,
}

impl Wishes {
    /// The options of a client.
    fn options(&self) -> ClientOptions {
        ClientOptions {
            retry: self.retry,
            observer: self.observer.clone(),
            interrupt: self.interrupt.clone(),
            ..ClientOptions::default()
        }
    }

    /// The options of a client whose requests are queries.
    fn of_queries(&self) -> ClientOptions {
        ClientOptions { timeout: QUERY_TIMEOUT, body_limit: ANSWER_LIMIT, ..self.options() }
    }
}

/// A client of a cluster of Azure Data Explorer.
///
/// # Errors
/// When there is no credential.
pub(crate) fn cluster_client(cluster: Cluster, wishes: &Wishes) -> Result<Client, AzureError> {
    let cloud = cluster.cloud();
    let credential = if cluster.is_local() {
        Credential::fixed(LOCAL_TOKEN)
    } else {
        Credential::choose(&CredentialOptions { cloud, ..CredentialOptions::default() }, &Process)?
    };
    Client::new(credential, ClientOptions { cloud, cluster: Some(cluster), ..wishes.of_queries() })
}

/// A workspace that can be reached, with the server on this machine if picket started it.
pub(crate) struct Destination {
    /// Which workspace.
    pub(crate) id: WorkspaceId,
    /// The project whose content is deployed there.
    pub(crate) project: String,
    /// The name by which commands know it.
    pub(crate) name: String,
    /// The cloud that it is in.
    pub(crate) cloud: Cloud,
    /// The tenant that it belongs to, where picket.toml says it.
    pub(crate) tenant: Option<String>,
    /// The kind of credential to use, where picket.toml says it.
    pub(crate) credential: Option<CredentialKind>,
    /// Whether custom detections are deployed to the Defender of its tenant.
    pub(crate) defender: bool,
    /// A server on this machine to ask instead of the cloud.
    pub(crate) endpoint: Option<String>,
    running: Option<Running>,
}

impl Destination {
    /// Finds the workspace `name` of the project, and starts the server of the local one.
    ///
    /// # Errors
    /// When there is no such workspace, its settings are wrong, or the local store cannot be opened.
    pub(crate) async fn find(opened: &Opened, name: &str, shell: &Shell) -> Result<Self, CliError> {
        let project = opened.project.config.name.as_ref().map(|name| name.value.clone());
        if name == LOCAL_WORKSPACE {
            return Self::local(opened, project.unwrap_or_else(|| UNNAMED_PROJECT.to_owned())).await;
        }
        let config = &opened.project.config;
        let Some(settings) = config.workspaces.get(name) else {
            return Err(unknown(opened, name));
        };
        let Some(project) = project else {
            // The name says whose the rules in the workspace are; a made-up one could be that of another project.
            return Err(CliError::new(format!("the project needs a name to deploy to `{name}`"))
                .help(format!("add to {CONFIG_FILE}: [project] name = \"soc-detections\"")));
        };
        let id = id_of(settings);
        let credential = credential(opened, name, settings);
        let faults = faults(settings, &id, credential, opened);
        if !faults.is_empty() {
            return Err(config_error(&opened.sources, faults, shell));
        }
        let cloud = settings.cloud.as_ref().and_then(|cloud| Cloud::from_str(&cloud.value).ok());
        Ok(Self {
            id,
            project,
            name: name.to_owned(),
            cloud: cloud.unwrap_or_default(),
            tenant: tenant(opened, name, settings),
            credential: credential.and_then(|kind| kind.value.parse().ok()),
            defender: settings.defender,
            endpoint: settings.endpoint.as_ref().map(|endpoint| endpoint.value.clone()),
            running: None,
        })
    }

    async fn local(opened: &Opened, project: String) -> Result<Self, CliError> {
        let store = opened.project.local_store();
        keep_out_of_git(&store)?;
        let mut options = EmulatorOptions::new(Store::File(store));
        // On a workspace of one's own, a rule that was deleted by mistake may come back at once.
        options.deleted_id_window = None;
        let running = start(options).await.map_err(|error| CliError::from_error(&error, error.help()))?;
        Ok(Self {
            id: local_id(),
            project,
            name: LOCAL_WORKSPACE.to_owned(),
            cloud: Cloud::default(),
            tenant: None,
            credential: None,
            defender: true,
            endpoint: Some(running.endpoint()),
            running: Some(running),
        })
    }

    /// Whether it is on this machine: nothing that is done to it can hurt anyone.
    pub(crate) fn is_local(&self) -> bool {
        self.endpoint.is_some()
    }

    /// A client of one of its services. Each service has tokens of its own, and so a credential that keeps them.
    ///
    /// # Errors
    /// When there is no credential.
    pub(crate) fn client(&self, service: Service, wishes: &Wishes) -> Result<Client, AzureError> {
        let credential = if self.is_local() {
            Credential::fixed(LOCAL_TOKEN)
        } else {
            let subscription = Some(self.id.subscription.clone());
            let (cloud, kind, tenant) = (self.cloud, self.credential, self.tenant.clone());
            let options = CredentialOptions { kind, cloud, tenant, subscription };
            Credential::choose(&options, &Process)?
        };
        let queries = service == Service::LogAnalytics;
        // What queries of the logs answer is nobody's business in a recording.
        let recorder = wishes.recorder.clone().filter(|_| !queries);
        let of_kind = if queries { wishes.of_queries() } else { wishes.options() };
        let endpoint = self.endpoint.clone();
        let options = ClientOptions { cloud: self.cloud, service, endpoint, recorder, ..of_kind };
        Client::new(credential, options)
    }

    /// The id by which the query API knows the workspace.
    ///
    /// # Errors
    /// When the workspace cannot be read.
    pub(crate) async fn customer_id(&self, wishes: &Wishes) -> Result<String, AzureError> {
        let path = self.id.path();
        let request = Request { verb: Verb::Get, path: &path, api_version: OPERATIONAL_INSIGHTS, body: None };
        let workspace = self.client(Service::ResourceManager, wishes)?.send(request).await?;
        let id = workspace.body.as_ref().and_then(|body| body["properties"]["customerId"].as_str());
        id.map(str::to_owned).ok_or_else(|| AzureError::Decode {
            method: Verb::Get.as_str(),
            path: path.clone(),
            message: "the workspace has no `customerId`".to_owned(),
        })
    }

    /// Ends the server, if picket started it.
    ///
    /// # Errors
    /// When it had ended by itself.
    pub(crate) async fn close(self) -> Result<(), CliError> {
        match self.running {
            Some(running) => {
                running.shutdown().await.map_err(|error| CliError::from_error(&error, error.help()))
            }
            None => Ok(()),
        }
    }
}

/// A workspace that can be read and written.
pub(crate) struct Connected {
    /// The workspace.
    pub(crate) workspace: ArmWorkspace,
    /// Where a plan is to be carried out.
    pub(crate) target: Target,
    /// The name by which commands know it.
    pub(crate) name: String,
    /// Whether it is on this machine: nothing that is done to it can hurt anyone.
    pub(crate) is_local: bool,
    /// How its other services are reached.
    pub(crate) destination: Destination,
}

impl Connected {
    /// Ends the connection and, if picket started it, the server.
    ///
    /// # Errors
    /// When the server had ended by itself.
    pub(crate) async fn close(self) -> Result<(), CliError> {
        drop(self.workspace);
        self.destination.close().await
    }
}

/// Connects to the workspace `name` of the project.
///
/// # Errors
/// When there is no such workspace, its settings are wrong, the local store cannot be opened, or there is no
/// credential.
pub(crate) async fn connect(
    opened: &Opened,
    name: &str,
    wishes: Wishes,
    shell: &Shell,
) -> Result<Connected, CliError> {
    let destination = Destination::find(opened, name, shell).await?;
    let graph = match destination.defender {
        true => Some(destination.client(Service::Graph, &wishes).map_err(azure_error)?),
        false => None,
    };
    let client = destination.client(Service::ResourceManager, &wishes).map_err(azure_error)?;
    let id = destination.id.clone();
    let target = Target {
        workspace: id.clone(),
        project: destination.project.clone(),
        commit: None,
        environment: environment(opened),
    };
    let mut workspace = ArmWorkspace::new(id, client).map_err(azure_error)?;
    if let Some(graph) = graph {
        workspace = workspace.with_defender(graph);
    }
    let (name, is_local) = (destination.name.clone(), destination.is_local());
    Ok(Connected { workspace, target, name, is_local, destination })
}

/// The name of the environment.
fn environment(opened: &Opened) -> Option<String> {
    opened.environment.as_ref().map(|environment| environment.name.clone())
}

/// The environment of a workspace, where it has one.
fn env_of<'o>(opened: &'o Opened, name: &str) -> Option<&'o EnvConfig> {
    let entered = opened.environment.as_ref().map(|environment| environment.name.as_str());
    opened.env_of(entered, name)
}

/// The tenant of a workspace: its own, or that of the environment.
fn tenant(opened: &Opened, name: &str, settings: &WorkspaceConfig) -> Option<String> {
    let of_env = || env_of(opened, name)?.tenant.as_ref();
    settings.tenant.as_ref().or_else(of_env).map(|tenant| tenant.value.clone())
}

/// The kind of credential for a workspace: its own, or that of the environment.
fn credential<'o>(
    opened: &'o Opened,
    name: &str,
    settings: &'o WorkspaceConfig,
) -> Option<&'o Spanned<String>> {
    settings.credential.as_ref().or_else(|| env_of(opened, name)?.credential.as_ref())
}

/// What picket keeps in the folder of `file` is of one machine, and does not belong into the repository.
///
/// # Errors
/// When that cannot be written down.
pub(crate) fn keep_out_of_git(file: &Path) -> Result<(), CliError> {
    let ignore = file.with_file_name(".gitignore");
    if RealFiles.kind(&ignore).is_err() {
        load::write(&ignore, b"*\n")?;
    }
    Ok(())
}

/// Which workspace the settings name.
pub(crate) fn id_of(settings: &WorkspaceConfig) -> WorkspaceId {
    WorkspaceId {
        subscription: settings.subscription.value.clone(),
        resource_group: settings.resource_group.value.clone(),
        name: settings.name.value.clone(),
    }
}

/// Which workspace the local one is.
pub(crate) fn local_id() -> WorkspaceId {
    WorkspaceId {
        subscription: uuid::Uuid::nil().to_string(),
        resource_group: "local".to_owned(),
        name: "local".to_owned(),
    }
}

/// An error of the service as one of the command.
pub(crate) fn azure_error(error: AzureError) -> CliError {
    CliError::from_error(&error, error.help())
}

fn unknown(opened: &Opened, name: &str) -> CliError {
    let workspaces = &opened.project.config.workspaces;
    let known: Vec<&str> =
        std::iter::once(LOCAL_WORKSPACE).chain(workspaces.keys().map(String::as_str)).collect();
    let error = CliError::new(format!("there is no workspace `{name}`"));
    match nearest(name, known.iter().copied()) {
        Some(meant) => error.help(format!("the nearest is `{meant}`")),
        None => error
            .help(format!("known are {}; add others as [workspace.NAME] to {CONFIG_FILE}", known.join(", "))),
    }
}

fn faults(
    settings: &WorkspaceConfig,
    id: &WorkspaceId,
    credential: Option<&Spanned<String>>,
    opened: &Opened,
) -> Vec<Diagnostic> {
    let at = |place: &Spanned<String>, message: String, help: &str| {
        let span = Span::new(opened.project.config.source, place.range);
        Diagnostic::error(INVALID_CONFIG.code, span, message).with_help(help)
    };
    let mut faults = Vec::new();
    if let Err(error) = id.check() {
        use crate::arm::WorkspaceIdError::{Name, ResourceGroup, Subscription};
        let (place, help) = match &error {
            Subscription(_) => (&settings.subscription, "`az account show --query id` prints it"),
            ResourceGroup(_) => (&settings.resource_group, "up to 90 letters, digits and `-._()`"),
            Name(_) => (&settings.name, "4 to 63 letters, digits and hyphens"),
        };
        faults.push(at(place, error.to_string(), help));
    }
    if let Some(cloud) = &settings.cloud
        && let Err(error) = Cloud::from_str(&cloud.value)
    {
        faults.push(at(cloud, error.to_string(), "leave it out for the public cloud"));
    }
    if let Some(credential) = credential
        && let Err(error) = CredentialKind::from_str(&credential.value)
    {
        let help = format!("use one of {}, or leave it out", CredentialKind::names());
        faults.push(at(credential, error.to_string(), &help));
    }
    faults
}
