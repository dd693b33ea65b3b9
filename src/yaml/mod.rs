//! YAML with exact positions.
//!
//! [`parse`] turns text into [`Document`]s whose every scalar knows which bytes of the file each byte of
//! its decoded text came from ([`OffsetMap`]), through block scalars, folding, quotes and escapes. It never
//! fails: what is wrong becomes a diagnostic and what could be read is returned.

pub mod comments;
mod cursor;
pub mod emit;
mod limits;
pub mod lints;
mod node;
mod offset_map;
mod parse;
pub mod patch;
mod reader;
mod scalar;
mod syntax;

pub use node::{Document, Entry, Mapping, Node, NodeKind, Scalar, ScalarStyle};
pub use offset_map::{OffsetMap, Segment};
pub use parse::parse;
pub(crate) use reader::Reader;
