//! A wish to stop, shared by whoever starts work.

use std::sync::Arc;

use tokio::sync::watch;

/// Raised once, as by Ctrl-C: no new request is started and no retry is waited for.
///
/// Clones share one state. Requests on their way are left to finish, since dropping them would leave it
/// unknown whether the service carried them out.
#[derive(Debug, Clone)]
pub struct Interrupt(Arc<watch::Sender<bool>>);

impl Default for Interrupt {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Interrupt {
    /// Asks everything that watches to stop.
    pub fn raise(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was raised.
    pub fn is_raised(&self) -> bool {
        *self.0.borrow()
    }

    /// Ends when it is raised.
    pub async fn raised(&self) {
        let mut state = self.0.subscribe();
        // The sender lives in `self`, so the wait cannot end with a closed channel.
        let _ = state.wait_for(|raised| *raised).await;
    }
}
