//! The kinds of credential and their names.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How a token is had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    /// An application with a secret.
    ClientSecret,
    /// An application with a certificate and key in a PEM file.
    ClientCertificate,
    /// An application with a token file that its platform renews, as on Kubernetes.
    WorkloadIdentity,
    /// An application that trusts the OpenID Connect token of a GitHub Actions job.
    GithubActions,
    /// A service connection of Azure Pipelines.
    AzurePipelines,
    /// The identity of the machine or app this runs on.
    ManagedIdentity,
    /// The Azure CLI alone.
    AzureCli,
    /// The Azure CLI, then the Azure Developer CLI.
    Developer,
}

impl CredentialKind {
    /// Every kind, in the order they are looked for.
    pub const ALL: [Self; 8] = [
        Self::ClientSecret,
        Self::ClientCertificate,
        Self::WorkloadIdentity,
        Self::GithubActions,
        Self::AzurePipelines,
        Self::ManagedIdentity,
        Self::AzureCli,
        Self::Developer,
    ];

    /// Their words, one after the other.
    pub fn names() -> String {
        Self::ALL.map(Self::as_str).join(", ")
    }

    /// The word in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecret => "client-secret",
            Self::ClientCertificate => "client-certificate",
            Self::WorkloadIdentity => "workload-identity",
            Self::GithubActions => "github-actions",
            Self::AzurePipelines => "azure-pipelines",
            Self::ManagedIdentity => "managed-identity",
            Self::AzureCli => "azure-cli",
            Self::Developer => "developer",
        }
    }

    /// The name in messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::ClientSecret => "the client secret",
            Self::ClientCertificate => "the client certificate",
            Self::WorkloadIdentity => "the workload identity",
            Self::GithubActions => "the GitHub Actions token",
            Self::AzurePipelines => "the Azure Pipelines service connection",
            Self::ManagedIdentity => "the managed identity",
            Self::AzureCli => "the Azure CLI",
            Self::Developer => "the developer tools",
        }
    }
}

/// Why a kind of credential was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The caller named it.
    Named,
    /// This environment variable names it.
    Variable(&'static str),
    /// These are the variables that it needs, and all of them are set.
    Complete(&'static [&'static str]),
    /// No other kind has all of its variables.
    NothingElse,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Named => f.write_str("picket.toml names it"),
            Self::Variable(name) => write!(f, "{name} names it"),
            Self::Complete(names) => match names.split_last() {
                Some((last, [_, ..])) => {
                    write!(f, "{} and {last} are set", names[..names.len() - 1].join(", "))
                }
                _ => write!(f, "{} is set", names.join(", ")),
            },
            Self::NothingElse => f.write_str("no other kind has all of its variables"),
        }
    }
}

/// No credential is called that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of credential")]
pub struct UnknownCredential(pub String);

impl FromStr for CredentialKind {
    type Err = UnknownCredential;

    fn from_str(text: &str) -> Result<Self, UnknownCredential> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownCredential(text.to_owned()))
    }
}
