//! Requests to Azure Resource Manager: credentials, retry, throttling, paging, recording.
//!
//! This module knows HTTP and how the service behaves; it knows nothing of rules or plans. Tokens come from
//! `azure_identity`, which is used for nothing else.

mod answer;
mod client;
mod cloud;
mod cluster;
mod credential;
mod error;
mod help;
mod interrupt;
mod pace;
mod query;
mod recorder;
mod retry;
mod system;
mod transport;

pub use client::{
    Answer, BODY_LIMIT, Call, Client, ClientOptions, ClockSkew, Observer, Request, Retry, Verb,
};
pub use cloud::{Cloud, Service, UnknownCloud};
pub use cluster::{Cluster, ClusterSpan};
pub use credential::{Credential, CredentialKind, CredentialOptions, Identity, Reason, UnknownCredential};
pub use error::{AzureError, Connection, HttpFailure};
pub use interrupt::Interrupt;
pub use query::{ANSWER_LIMIT, LogAnswer, LogColumn, LogSpan, ROW_LIMIT, WHOLE_ANSWER_HELP};
pub use recorder::{Exchange, Recorder};
pub use retry::RetryPolicy;
pub use system::{BoxFuture, Process, System};
