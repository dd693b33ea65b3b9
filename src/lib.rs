//! picket: Microsoft Sentinel detections as code.

#[cfg(feature = "cli")]
pub mod cli;
pub mod diag;
pub mod lint;
pub mod rule;
pub mod text;
pub mod yaml;
