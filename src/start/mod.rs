//! What is written to begin with: the files of a new repository, pipelines, and the first form of a rule.

pub mod ci;
pub mod repository;
pub mod rule;

/// A file that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Path below the root of the repository, with forward slashes.
    pub path: &'static str,
    /// Its whole text.
    pub text: String,
}
