//! What a local workspace is started with.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::{Alert, Clock, Faults, QueryCheck, Tokens, Traffic, Withheld};
use crate::exec::Tables;

/// Where the local workspace keeps its resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Store {
    /// In memory, gone with the server.
    Memory,
    /// In this file, made with its folder when absent.
    File(PathBuf),
}

/// What a local workspace is started with.
#[derive(Clone)]
pub struct EmulatorOptions {
    /// The loopback address to listen on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Where resources are kept.
    pub store: Store,
    /// Resources on a page of a paged list.
    pub page_size: usize,
    /// How long the id of a deleted rule is refused; `None` takes it again at once.
    pub deleted_id_window: Option<Duration>,
    /// Whether requests beyond the service's rate are throttled; if not, what is told to remain never runs out.
    pub enforce_rate: bool,
    /// Failures made to order.
    pub faults: Faults,
    /// The time the server goes by.
    pub clock: Clock,
    /// The only bearer tokens that are taken; any is without them.
    pub tokens: Option<Tokens>,
    /// What runs a rule's query before it is saved.
    pub query_check: Option<Arc<dyn QueryCheck>>,
    /// What is absent, and what the caller may not do.
    pub withheld: Withheld,
    /// Who is told of the traffic.
    pub traffic: Option<Arc<dyn Traffic>>,
    /// The rows that queries read; none without.
    pub rows: Option<Arc<dyn Tables + Send + Sync>>,
    /// The rows of the table `SecurityAlert` of every workspace; whose they are, each says.
    pub alerts: Vec<Alert>,
}

impl EmulatorOptions {
    /// A workspace kept in `store`, on any free port of 127.0.0.1, with no failures.
    pub fn new(store: Store) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            store,
            page_size: 100,
            deleted_id_window: Some(Duration::from_secs(24 * 60 * 60)),
            enforce_rate: false,
            faults: Faults::default(),
            clock: Clock::default(),
            tokens: None,
            query_check: None,
            withheld: Withheld::default(),
            traffic: None,
            rows: None,
            alerts: Vec::new(),
        }
    }
}

impl fmt::Debug for EmulatorOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatorOptions")
            .field("listen", &self.listen)
            .field("store", &self.store)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}
