//! picket: Microsoft Sentinel detections as code.
//!
#![doc = include_str!("../ARCHITECTURE.md")]
//!
//! # From Rust
//!
//! The core needs no features: `default-features = false`. Rules are read with the place of every value, and so is the
//! query in them; [`kql`] checks it and says what it returns and reads:
//!
//! ```
//! use picket::catalog::kql::KqlCatalog;
//! use picket::kql::{bind::{Arena, bind}, syntax::parse};
//! use picket::text::SourceMap;
//!
//! let text = "\
//! id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
//! name: Failed sign-ins
//! query: |
//!   SigninLogs
//!   | where ResultTyp != '0'
//! ";
//! let mut sources = SourceMap::new();
//! let source = sources.add("rules/failed.yaml", text);
//! let (rules, findings) = picket::rule::read(source, text);
//! assert!(findings.is_empty());
//!
//! let query = rules[0].query.as_ref().expect("the rule has a query");
//! let (tree, _) = parse(query.text());
//! let arena = Arena::new();
//! let bound = bind(&tree, KqlCatalog::builtin(), &arena);
//! assert!(bound.tables().contains("SigninLogs"));
//!
//! // A place in the query, as a place in the file.
//! let finding = bound.diagnostics()[0].clone().moved(source, |range| query.scalar.range_of(range));
//! let (file, place) = sources.locate(finding.primary.span).expect("it stands in the file");
//! assert_eq!((file, place.line, place.column), ("rules/failed.yaml", 5, 11));
//! assert_eq!(sources.slice(finding.primary.span), "ResultTyp");
//! ```

pub mod arm;
#[cfg(feature = "azure")]
pub mod azure;
pub mod catalog;
#[cfg(feature = "cli")]
pub mod cli;
pub mod content;
pub mod coverage;
#[cfg(feature = "azure")]
pub mod deploy;
pub mod diag;
#[cfg(feature = "report")]
pub mod docs;
pub mod doctor;
#[cfg(feature = "emulator")]
pub mod emulator;
pub mod env;
pub mod exec;
pub mod export;
#[cfg(feature = "cli")]
pub mod hunt;
pub mod import;
pub mod kql;
pub mod lint;
#[cfg(feature = "lsp")]
pub mod lsp;
pub mod plan;
#[cfg(feature = "cli")]
pub mod project;
pub mod report;
pub mod rule;
pub mod start;
pub mod style;
pub mod testing;
pub mod text;
pub mod yaml;
