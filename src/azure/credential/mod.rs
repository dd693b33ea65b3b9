//! Access tokens: which credential is used, and for how long a token is kept.
//!
//! The kind is the one that `credential` in picket.toml names, else `PICKET_CREDENTIAL`, else the first of these whose
//! variables are set; the last needs none:
//!
//! | order | kind | variables |
//! |-|-|-|
//! | 1 | `client-secret` | `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_SECRET` |
//! | 2 | `client-certificate` | `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_CERTIFICATE_PATH` |
//! | 3 | `workload-identity` | `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_FEDERATED_TOKEN_FILE` |
//! | 4 | `github-actions` | `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `ACTIONS_ID_TOKEN_REQUEST_URL`, `ACTIONS_ID_TOKEN_REQUEST_TOKEN` |
//! | 5 | `azure-pipelines` | `AZURESUBSCRIPTION_TENANT_ID`, `AZURESUBSCRIPTION_CLIENT_ID`, `AZURESUBSCRIPTION_SERVICE_CONNECTION_ID`, `SYSTEM_ACCESSTOKEN` |
//! | 6 | `managed-identity` | `IDENTITY_ENDPOINT`, `IDENTITY_HEADER`; on a virtual machine it must be named |
//! | 7 | `developer` | none: the Azure CLI, then the Azure Developer CLI |
//!
//! No secret appears in `Debug` output or in an error.

mod certificate;
mod choose;
mod claims;
mod github;
mod kind;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use azure_core::credentials::{Secret, TokenCredential};
use tokio::sync::Mutex;

pub use claims::Identity;
pub use kind::{CredentialKind, Reason, UnknownCredential};

use super::cloud::Cloud;
use super::error::AzureError;
use super::system::System;

/// A token is renewed when it lasts no longer than this.
const RENEW_BEFORE: Duration = Duration::from_secs(120);

/// What narrows the choice of a credential.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CredentialOptions {
    /// The kind, when it is not to be found out.
    pub kind: Option<CredentialKind>,
    /// The cloud whose Entra ID issues the token.
    pub cloud: Cloud,
    /// The tenant, when it is not the one of the environment or the login.
    pub tenant: Option<String>,
    /// The subscription whose login the Azure CLI is to use.
    pub subscription: Option<String>,
}

/// Gives access tokens, and keeps the last one while it lasts.
pub struct Credential {
    kind: Option<(CredentialKind, Reason)>,
    source: Source,
    cached: Mutex<Option<Token>>,
}

enum Source {
    /// One token for ever, for a server on this machine.
    Fixed(Secret),
    /// The first of these that gives a token.
    EntraId(Vec<Arc<dyn TokenCredential>>),
}

struct Token {
    secret: Secret,
    scope: String,
    expires: SystemTime,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("kind", &self.kind()).finish_non_exhaustive()
    }
}

impl Credential {
    /// A token that stays the same, for a server on this machine.
    pub fn fixed(token: impl Into<String>) -> Self {
        Self { kind: None, source: Source::Fixed(Secret::new(token.into())), cached: Mutex::new(None) }
    }

    /// The credential that the options and the environment ask for.
    ///
    /// # Errors
    /// A kind that is unknown, or whose variables are missing.
    pub fn choose(options: &CredentialOptions, system: &dyn System) -> Result<Self, AzureError> {
        let (kind, reason) = choose::kind(options, system)?;
        Ok(Self::of_sources(kind, reason, choose::sources(kind, options, system)?))
    }

    fn of_sources(kind: CredentialKind, reason: Reason, sources: Vec<Arc<dyn TokenCredential>>) -> Self {
        Self { kind: Some((kind, reason)), source: Source::EntraId(sources), cached: Mutex::new(None) }
    }

    /// The kind; none for a fixed token.
    pub fn kind(&self) -> Option<CredentialKind> {
        self.kind.map(|(kind, _)| kind)
    }

    /// Why it is of that kind; nothing for a fixed token.
    pub fn reason(&self) -> Option<Reason> {
        self.kind.map(|(_, reason)| reason)
    }

    pub(super) fn is_fixed(&self) -> bool {
        matches!(self.source, Source::Fixed(_))
    }

    /// A token for `scope` that lasts a while. One caller at a time asks for a new one; the others wait for it.
    pub(super) async fn token(&self, scope: &str, system: &dyn System) -> Result<Secret, AzureError> {
        let sources = match &self.source {
            Source::Fixed(secret) => return Ok(secret.clone()),
            Source::EntraId(sources) => sources,
        };
        let mut cached = self.cached.lock().await;
        if let Some(token) = &*cached
            && token.scope == scope
            && token.expires > system.now() + RENEW_BEFORE
        {
            return Ok(token.secret.clone());
        }
        let mut messages = Vec::new();
        for source in sources {
            match source.get_token(&[scope], None).await {
                Ok(token) => {
                    let secret = token.token;
                    *cached = Some(Token {
                        secret: secret.clone(),
                        scope: scope.to_owned(),
                        expires: token.expires_on.into(),
                    });
                    return Ok(secret);
                }
                Err(error) => messages.push(describe(&error)),
            }
        }
        let from = self.kind().map_or("the credential", CredentialKind::noun);
        Err(AzureError::Credential { from, message: messages.join("; ") })
    }

    /// Who the tokens for `scope` stand for, and until when the last one lasts; for ever where it is a fixed one.
    ///
    /// # Errors
    /// When there is no token to be had.
    pub(super) async fn identity(
        &self,
        scope: &str,
        system: &dyn System,
    ) -> Result<(Identity, Option<SystemTime>), AzureError> {
        let token = self.token(scope, system).await?;
        let expires = self.cached.lock().await.as_ref().map(|token| token.expires);
        Ok((Identity::of(token.secret()), expires))
    }

    /// Drops `token` from the cache, as after the service refused it.
    pub(super) async fn forget(&self, token: &Secret) {
        let mut cached = self.cached.lock().await;
        if cached.as_ref().is_some_and(|held| held.secret == *token) {
            *cached = None;
        }
    }
}

/// What an error of the identity library says, in one line: without links and request ids, and without
/// causes that repeat it.
fn describe(error: &azure_core::Error) -> String {
    const NOISE: [&str; 4] = ["To troubleshoot", "Trace ID", "Correlation ID", "Timestamp"];
    let mut parts: Vec<String> = Vec::new();
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(inner) = cause {
        let text = inner.to_string();
        let lines = text.lines().map(str::trim);
        let kept: Vec<&str> = lines
            .filter(|line| !line.is_empty() && !NOISE.iter().any(|noise| line.starts_with(noise)))
            .collect();
        let text = kept.join(" ");
        let text = text.split(" Trace ID:").next().unwrap_or_default().trim_end_matches('.').to_owned();
        if !text.is_empty() && !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        cause = inner.source();
    }
    parts.join(": ")
}

#[cfg(test)]
mod tests;
