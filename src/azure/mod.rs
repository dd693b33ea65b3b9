//! Requests to Azure Resource Manager: credentials, retry, throttling, paging, recording.
//!
//! This module knows HTTP and how the service behaves; it knows nothing of rules or plans. Tokens come from
//! `azure_identity`, which is used for nothing else.

mod cloud;
mod error;
mod help;
mod interrupt;
mod system;

pub use cloud::{Cloud, UnknownCloud};
pub use error::{AzureError, Connection, HttpFailure};
pub use interrupt::Interrupt;
pub use system::{BoxFuture, Process, System};
