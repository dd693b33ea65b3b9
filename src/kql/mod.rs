//! The Kusto Query Language.
//!
//! - [`syntax`] turns text into tokens and a tree. Every text has a tree; what is wrong with it is said beside.
//! - [`bind`](mod@bind) gives the tree its meaning against a [catalog](crate::catalog::kql): what names stand for, types,
//!   the columns of the result, the tables that are read.
//! - [`format`](mod@format) writes a query in one style.
//! - [`codes`] lists what can be found, with the codes of the reference front end.
//!
//! Nothing here touches files, the network or the clock.
//!
//! # Examples
//!
//! Check a query, and read its columns and tables:
//!
//! ```
//! use picket::catalog::kql::KqlCatalog;
//! use picket::kql::bind::{Arena, bind};
//! use picket::kql::syntax::parse;
//!
//! let query = "SigninLogs | where ResultType != '0' | summarize Failures = count() by UserPrincipalName";
//! let (tree, syntax_findings) = parse(query);
//! assert!(syntax_findings.is_empty());
//!
//! // The arena holds what binding makes: types, columns, tables.
//! let arena = Arena::new();
//! let bound = bind(&tree, KqlCatalog::builtin(), &arena);
//! assert!(bound.diagnostics().is_empty());
//!
//! let columns = bound.columns().expect("the result is a table");
//! let columns: Vec<_> = columns.iter().map(|column| (column.name, column.ty.name())).collect();
//! assert_eq!(columns, [("UserPrincipalName", "string"), ("Failures", "long")]);
//! assert_eq!(bound.tables().into_iter().collect::<Vec<_>>(), ["SigninLogs"]);
//! ```
//!
//! A finding has a code, a place in bytes of the query, and help:
//!
//! ```
//! # use picket::catalog::kql::KqlCatalog;
//! # use picket::kql::bind::{Arena, bind};
//! # use picket::kql::syntax::parse;
//! let query = "SigninLogs | project UserPrincipalNam";
//! let (tree, _) = parse(query);
//! let arena = Arena::new();
//! let found = bind(&tree, KqlCatalog::builtin(), &arena).into_diagnostics();
//! assert_eq!((found[0].code, found[0].range().slice(query)), ("KQ142", "UserPrincipalNam"));
//! assert!(found[0].help[0].contains("UserPrincipalName"));
//! ```
//!
//! Tables and functions of one's own go on top of the built-in ones:
//!
//! ```
//! # use picket::kql::bind::{Arena, bind};
//! # use picket::kql::syntax::parse;
//! use picket::catalog::kql::Overlay;
//! use picket::text::SourceId;
//!
//! let mut overlay = Overlay::default();
//! let declared = "tables:\n  - name: Sessions_CL\n    columns: { User: string, Bytes: long }\n";
//! let findings = overlay.read(SourceId(0), "tables.yaml", declared);
//! assert!(findings.is_empty());
//! let catalog = overlay.into_catalog();
//!
//! let (tree, _) = parse("Sessions_CL | summarize sum(Bytes) by User");
//! let arena = Arena::new();
//! let bound = bind(&tree, &catalog, &arena);
//! let names: Vec<_> = bound.columns().unwrap_or_default().iter().map(|column| column.name).collect();
//! assert_eq!(names, ["User", "sum_Bytes"]);
//! ```
//!
//! Format a query:
//!
//! ```
//! let (formatted, _) = picket::kql::format::format("T|where a==1 // why\n|take 5");
//! assert_eq!(formatted.as_deref(), Some("T\n| where a == 1 // why\n| take 5\n"));
//! ```

pub mod bind;
pub mod codes;
pub mod format;
pub mod markers;
mod names;
mod query_text;
mod rename;
pub mod syntax;
mod uses;

pub use names::{Name, Names};
pub use query_text::QueryText;
pub use rename::{Renamed, may_be_renamed, rename, written};
pub use uses::{Uses, uses};
