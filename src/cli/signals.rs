//! Ctrl-C and the request to end.

use crate::azure::Interrupt;

/// Raises `interrupt` at the first signal, so that what was begun is finished; ends the process at the second,
/// which an apply survives as it survives any death.
pub(crate) fn raise_on_signal(interrupt: Interrupt) {
    tokio::spawn(async move {
        signal().await;
        interrupt.raise();
        signal().await;
        std::process::exit(i32::from(super::Exit::Failed as u8));
    });
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
