//! Why a query could not be run to its end.

use crate::text::TextRange;

/// What stopped a run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RunError {
    /// One sentence without a full stop.
    pub message: String,
    /// The place in the query.
    pub range: TextRange,
}

impl RunError {
    /// An error at a place of the query.
    pub fn new(range: TextRange, message: impl Into<String>) -> Self {
        Self { message: message.into(), range }
    }
}

/// The result of a step of a run.
pub(super) type Result<T> = std::result::Result<T, RunError>;
