//! The Kusto Query Language: `syntax` turns text into tokens and a tree, `format` writes it in
//! one style.

pub mod bind;
pub mod codes;
pub mod format;
pub mod syntax;
