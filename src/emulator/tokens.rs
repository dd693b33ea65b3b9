//! Which bearer tokens the local workspace takes.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The tokens that an authority of a test has given out. Clones share them.
#[derive(Clone, Default)]
pub struct Tokens(Arc<Mutex<HashSet<String>>>);

impl Tokens {
    /// Takes `token` from now on.
    pub fn add(&self, token: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(token.into());
    }

    pub(super) fn holds(&self, token: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(token)
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}
