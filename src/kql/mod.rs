//! The Kusto Query Language: `syntax` turns text into tokens and a tree.

pub mod codes;
pub mod syntax;
