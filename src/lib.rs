//! picket: Microsoft Sentinel detections as code.
//!
#![doc = include_str!("../ARCHITECTURE.md")]

pub mod arm;
#[cfg(feature = "azure")]
pub mod azure;
pub mod catalog;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "azure")]
pub mod deploy;
pub mod diag;
#[cfg(feature = "emulator")]
pub mod emulator;
pub mod import;
pub mod kql;
pub mod lint;
pub mod plan;
#[cfg(feature = "cli")]
pub mod project;
pub mod report;
pub mod rule;
pub mod text;
pub mod yaml;
