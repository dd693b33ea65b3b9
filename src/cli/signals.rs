//! Ctrl-C and the request to end.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinHandle;

use crate::azure::Interrupt;

/// Whether the signals of the process are ours, and whether one came: they are of the process as a whole, however many
/// workspaces it goes through.
static TAKEN: AtomicBool = AtomicBool::new(false);
static RAISED: AtomicBool = AtomicBool::new(false);

/// Raises `interrupt` at the first signal, so that what was begun is finished; ends the process at the second,
/// which an apply survives as it survives any death.
pub(crate) fn raise_on_signal(interrupt: Interrupt) {
    TAKEN.store(true, Ordering::Relaxed);
    tokio::spawn(async move {
        signal().await;
        RAISED.store(true, Ordering::Relaxed);
        interrupt.raise();
        signal().await;
        end();
    });
}

/// Whether a signal was [taken](raise_on_signal).
pub(crate) fn was_raised() -> bool {
    RAISED.load(Ordering::Relaxed)
}

/// A time in which nothing is written, and a signal simply ends the process.
pub(crate) struct Idle(Option<JoinHandle<()>>);

impl Idle {
    /// Begins it. Only where an earlier apply of the process took the signals there is something to do for it.
    pub(crate) fn begin() -> Self {
        let watched = TAKEN.load(Ordering::Relaxed).then(|| {
            tokio::spawn(async {
                signal().await;
                end();
            })
        });
        Self(watched)
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        if let Some(watched) = &self.0 {
            watched.abort();
        }
    }
}

fn end() -> ! {
    std::process::exit(i32::from(super::Exit::Failed as u8))
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        result = tokio::signal::ctrl_c() => if result.is_err() { std::future::pending().await },
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
