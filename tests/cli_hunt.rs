//! `picket hunt` and `picket backtest`: on exported logs, on a workspace, on a cluster.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails this way")]

mod common;
mod hunt;
