//! The server for editors: messages of the Language Server Protocol in, messages out.
//!
//! - [`Server`] holds the open documents and what is known of their projects. It does no I/O: what it needs of files it asks
//!   of a [`Host`], and what it has to say it returns.
//! - Each version of a document has one [`Analysis`], made when first asked for and dropped with the version.
//! - A feature is a file with a function from a request's parameters to its result, and a line in `dispatch.rs` and in
//!   `capabilities.rs`.

mod actions;
mod analysis;
mod calls;
mod capabilities;
mod completion;
mod declared;
mod definition;
mod diagnostics;
mod dispatch;
mod document;
mod encoding;
mod folding;
mod formatting;
mod help;
mod host;
mod hover;
mod inlay;
mod keys;
mod lifecycle;
mod rename;
mod selection;
mod semantic_tokens;
mod serve;
mod server;
mod signature;
mod subject;
mod symbols;
mod view;

pub use analysis::{Analysis, Query};
pub use declared::Declared;
pub use document::{Document, Kind};
pub use encoding::Encoding;
pub use host::{Host, NoFiles, OpenFiles, Project, Survey};
pub use serve::serve;
pub use server::Server;
