//! The one place where this module reaches the clock, the environment, key files and randomness.
//!
//! Tests give their own [`System`], so that waits are recorded instead of waited for.

use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

/// A boxed future, as object-safe traits need it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the outside world gives, apart from the network.
pub trait System: Send + Sync {
    /// An environment variable; `None` when unset, empty or not Unicode.
    fn var(&self, name: &str) -> Option<String>;

    /// The bytes of a file that an environment variable names.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The time now.
    fn now(&self) -> SystemTime;

    /// Waits.
    fn sleep(&self, length: Duration) -> BoxFuture<'static, ()>;

    /// A number in `0.0..1.0`, to spread retries.
    fn random(&self) -> f64;
}

/// The process that runs, with its clock and environment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Process;

impl System for Process {
    fn var(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, length: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(length))
    }

    fn random(&self) -> f64 {
        // The low half of a version 4 UUID is random but for two bits at its top, so its low 32 bits are uniform.
        let bits = uuid::Uuid::new_v4().as_u64_pair().1 as u32;
        f64::from(bits) / (f64::from(u32::MAX) + 1.0)
    }
}
