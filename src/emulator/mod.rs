//! The local workspace: a loopback HTTP server that speaks Azure Resource Manager as Sentinel does.
//!
//! | module | does |
//! |-|-|
//! | `address` | a request's path to the resource it names; case does not matter |
//! | `server` | authentication, API versions, methods, headers, faults; then hands over to a resource |
//! | `resource` | one file a resource type: what list, get, put and delete do |
//! | `shape` | the wire contract of a body as data; checks types, required and read-only properties |
//! | `rule_check` | what the service refuses in an analytics rule, with its texts |
//! | `store` | the crash-safe file; a write is durable before it is answered |
//! | `fault`, `chance`, `spoil` | failures made to order: which request meets one, by chance or number, and what it is answered |
//! | `graph`, `logs`, `time_range` | custom detections in Microsoft Graph; the query API of Log Analytics and its time spans |
//! | `scope` | what stands above a workspace: subscription and resource group |
//! | `withheld` | what is absent, and what the caller may not do |
//! | `tokens` | the bearer tokens that are taken, where not all are |
//! | `clock` | the only place that asks for the time |
//!
//! A workspace exists as soon as it is named: any subscription, resource group and workspace name will do.
//! Nothing here listens on anything but loopback.

mod address;
mod chance;
mod clock;
mod cluster;
mod connection;
mod encoding;
mod error;
mod fault;
mod filter;
mod graph;
mod logs;
mod options;
mod rate;
mod reply;
mod resource;
mod rule_check;
mod scope;
mod server;
mod shape;
mod spoil;
mod store;
mod time_range;
mod tokens;
mod traffic;
mod withheld;

pub use chance::{Chance, ChanceParseError, Chances, FaultKind};
pub use clock::{Clock, timestamp};
pub use error::EmulatorError;
pub use fault::{Fault, FaultParseError, Faults};
pub use logs::Alert;
pub use options::{EmulatorOptions, Store};
pub use rule_check::{QueryCheck, QueryRefusal};
pub use server::{Running, start};
pub use tokens::Tokens;
pub use traffic::{Served, Traffic};
pub use withheld::{Absent, AbsentParseError, Withheld};
