//! From options and environment to a kind of credential, and from the kind to its sources.

use std::path::Path;
use std::sync::Arc;

use azure_core::cloud::CloudConfiguration;
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::http::{ClientOptions, ExponentialRetryOptions, RetryOptions, Transport};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, AzureDeveloperCliCredential,
    AzureDeveloperCliCredentialOptions, AzurePipelinesCredential, AzurePipelinesCredentialOptions,
    ClientAssertionCredential, ClientAssertionCredentialOptions, ClientSecretCredential,
    ClientSecretCredentialOptions, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
    UserAssignedId, WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};

use super::certificate::CertificateAssertion;
use super::github::GithubAssertion;
use super::{CredentialKind, CredentialOptions, Reason, describe};
use crate::azure::cloud::Cloud;
use crate::azure::error::AzureError;
use crate::azure::system::System;
use crate::azure::transport;

/// How often a token is asked for again, over six seconds. A certificate that nobody vouches for is not told apart from a
/// failure that passes, and the default would ask for a minute.
const TOKEN_RETRIES: u32 = 5;

const CHOICE: &str = "PICKET_CREDENTIAL";
const TENANT: &str = "AZURE_TENANT_ID";
const CLIENT: &str = "AZURE_CLIENT_ID";
const SECRET: &str = "AZURE_CLIENT_SECRET";
const CERTIFICATE: &str = "AZURE_CLIENT_CERTIFICATE_PATH";
const TOKEN_FILE: &str = "AZURE_FEDERATED_TOKEN_FILE";
const GITHUB_URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
const GITHUB_TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
const PIPELINES_TENANT: &str = "AZURESUBSCRIPTION_TENANT_ID";
const PIPELINES_CLIENT: &str = "AZURESUBSCRIPTION_CLIENT_ID";
const PIPELINES_CONNECTION: &str = "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID";
const PIPELINES_TOKEN: &str = "SYSTEM_ACCESSTOKEN";
const IDENTITY_ENDPOINT: &str = "IDENTITY_ENDPOINT";
const IDENTITY_HEADER: &str = "IDENTITY_HEADER";

/// The variables a kind needs.
fn variables(kind: CredentialKind) -> &'static [&'static str] {
    match kind {
        CredentialKind::ClientSecret => &[TENANT, CLIENT, SECRET],
        CredentialKind::ClientCertificate => &[TENANT, CLIENT, CERTIFICATE],
        CredentialKind::WorkloadIdentity => &[TENANT, CLIENT, TOKEN_FILE],
        CredentialKind::GithubActions => &[TENANT, CLIENT, GITHUB_URL, GITHUB_TOKEN],
        CredentialKind::AzurePipelines => {
            &[PIPELINES_TENANT, PIPELINES_CLIENT, PIPELINES_CONNECTION, PIPELINES_TOKEN]
        }
        CredentialKind::ManagedIdentity => &[IDENTITY_ENDPOINT, IDENTITY_HEADER],
        CredentialKind::AzureCli | CredentialKind::Developer => &[],
    }
}

/// The kind that is asked for, or the first whose variables are all set, and why it is that.
pub(super) fn kind(
    options: &CredentialOptions,
    system: &dyn System,
) -> Result<(CredentialKind, Reason), AzureError> {
    if let Some(kind) = options.kind {
        return Ok((kind, Reason::Named));
    }
    if let Some(word) = system.var(CHOICE) {
        let kind = word.parse().map_err(|error| AzureError::Configuration {
            message: format!("{CHOICE}: {error}"),
            help: vec![format!("use one of {}", CredentialKind::names())],
        })?;
        return Ok((kind, Reason::Variable(CHOICE)));
    }
    let complete = |kind: &CredentialKind| {
        let needs = variables(*kind);
        !needs.is_empty() && needs.iter().all(|&name| has(name, options, system))
    };
    Ok(match CredentialKind::ALL.into_iter().find(complete) {
        Some(kind) => (kind, Reason::Complete(variables(kind))),
        None => (CredentialKind::Developer, Reason::NothingElse),
    })
}

fn has(name: &str, options: &CredentialOptions, system: &dyn System) -> bool {
    let tenant = [TENANT, PIPELINES_TENANT].contains(&name) && options.tenant.is_some();
    tenant || system.var(name).is_some()
}

/// Refuses a kind whose variables are not all set, naming them.
fn check(kind: CredentialKind, options: &CredentialOptions, system: &dyn System) -> Result<(), AzureError> {
    // On a virtual machine a managed identity needs no variable.
    if kind == CredentialKind::ManagedIdentity {
        return Ok(());
    }
    let missing: Vec<&str> =
        variables(kind).iter().copied().filter(|&name| !has(name, options, system)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(AzureError::Configuration {
        message: format!("{} needs {}", kind.noun(), missing.join(", ")),
        help: vec![
            format!("set {}", missing.join(" and ")),
            format!("or choose another credential with {CHOICE}"),
        ],
    })
}

/// The credentials of a kind, in the order they are tried.
pub(super) fn sources(
    kind: CredentialKind,
    options: &CredentialOptions,
    system: &dyn System,
) -> Result<Vec<Arc<dyn TokenCredential>>, AzureError> {
    check(kind, options, system)?;
    let value = |name: &str| system.var(name).unwrap_or_default();
    let tenant_or = |name: &str| options.tenant.clone().unwrap_or_else(|| value(name));
    let tenant = || tenant_or(TENANT);
    let refused =
        |error: azure_core::Error| AzureError::Credential { from: kind.noun(), message: describe(&error) };
    let http = transport::build(false, false)?;
    let client_options = || client_options(options.cloud, &http);
    let assertion_options = || ClientAssertionCredentialOptions { client_options: client_options() };
    let source: Arc<dyn TokenCredential> = match kind {
        CredentialKind::ClientSecret => {
            let with = ClientSecretCredentialOptions { client_options: client_options() };
            ClientSecretCredential::new(&tenant(), value(CLIENT), Secret::new(value(SECRET)), Some(with))
                .map_err(refused)?
        }
        CredentialKind::ClientCertificate => {
            let path = value(CERTIFICATE);
            let pem = system.read(Path::new(&path)).map_err(|error| AzureError::Configuration {
                message: format!("cannot read {path}: {error}"),
                help: vec![format!("set {CERTIFICATE} to a PEM file with a certificate and its private key")],
            })?;
            let proof = CertificateAssertion::new(&pem, &path, options.cloud, &tenant(), &value(CLIENT))?;
            ClientAssertionCredential::new(tenant(), value(CLIENT), proof, Some(assertion_options()))
                .map_err(refused)?
        }
        CredentialKind::WorkloadIdentity => {
            let with = WorkloadIdentityCredentialOptions {
                credential_options: assertion_options(),
                client_id: Some(value(CLIENT)),
                tenant_id: Some(tenant()),
                token_file_path: Some(value(TOKEN_FILE).into()),
            };
            WorkloadIdentityCredential::new(Some(with)).map_err(refused)?
        }
        CredentialKind::GithubActions => {
            let proof =
                GithubAssertion::new(&value(GITHUB_URL), value(GITHUB_TOKEN), options.cloud, http.clone())?;
            ClientAssertionCredential::new(tenant(), value(CLIENT), proof, Some(assertion_options()))
                .map_err(refused)?
        }
        CredentialKind::AzurePipelines => {
            let with = AzurePipelinesCredentialOptions { credential_options: assertion_options() };
            let (client, connection) = (value(PIPELINES_CLIENT), value(PIPELINES_CONNECTION));
            let tenant = tenant_or(PIPELINES_TENANT);
            AzurePipelinesCredential::new(tenant, client, &connection, value(PIPELINES_TOKEN), Some(with))
                .map_err(refused)?
        }
        CredentialKind::ManagedIdentity => {
            let with = ManagedIdentityCredentialOptions {
                user_assigned_id: system.var(CLIENT).map(UserAssignedId::ClientId),
                client_options: client_options(),
            };
            ManagedIdentityCredential::new(Some(with)).map_err(refused)?
        }
        CredentialKind::AzureCli => azure_cli(options).map_err(refused)?,
        CredentialKind::Developer => {
            let with = AzureDeveloperCliCredentialOptions {
                tenant_id: options.tenant.clone(),
                ..Default::default()
            };
            let second = AzureDeveloperCliCredential::new(Some(with)).map_err(refused)?;
            return Ok(vec![azure_cli(options).map_err(refused)?, second]);
        }
    };
    Ok(vec![source])
}

fn azure_cli(options: &CredentialOptions) -> azure_core::Result<Arc<dyn TokenCredential>> {
    // The Azure CLI refuses a tenant together with a subscription; the tenant says more.
    let subscription = if options.tenant.is_some() { None } else { options.subscription.clone() };
    let with =
        AzureCliCredentialOptions { tenant_id: options.tenant.clone(), subscription, ..Default::default() };
    Ok(AzureCliCredential::new(Some(with))?)
}

fn client_options(cloud: Cloud, http: &reqwest::Client) -> ClientOptions {
    let cloud = match cloud {
        Cloud::Public => CloudConfiguration::AzurePublic,
        Cloud::UsGov => CloudConfiguration::AzureGovernment,
        Cloud::China => CloudConfiguration::AzureChina,
    };
    ClientOptions {
        transport: Some(Transport::new(Arc::new(http.clone()))),
        cloud: Some(Arc::new(cloud)),
        retry: RetryOptions::exponential(ExponentialRetryOptions {
            max_retries: TOKEN_RETRIES,
            ..Default::default()
        }),
        ..Default::default()
    }
}
