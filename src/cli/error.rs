//! An error that ends a command, with its remedy.

use std::fmt::Display;
use std::io;

/// Why a command could not do its work: what happened, to what, and what to do about it.
#[derive(Debug)]
pub struct CliError {
    /// Findings that explain it, rendered; printed before the message.
    pub report: String,
    /// What happened, in one sentence without a full stop.
    pub message: String,
    /// Underlying causes, outermost first.
    pub causes: Vec<String>,
    /// Remedies, one an item.
    pub help: Vec<String>,
    broken_pipe: bool,
}

impl CliError {
    /// An error with a message only.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            report: String::new(),
            message: message.into(),
            causes: Vec::new(),
            help: Vec::new(),
            broken_pipe: false,
        }
    }

    /// Adds rendered findings.
    #[must_use]
    pub fn report(mut self, report: impl Into<String>) -> Self {
        self.report = report.into();
        self
    }

    /// Adds a cause.
    #[must_use]
    pub fn cause(mut self, cause: impl Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    /// Adds a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds remedies.
    #[must_use]
    pub fn helps(mut self, help: impl IntoIterator<Item = String>) -> Self {
        self.help.extend(help);
        self
    }

    /// An error of the library: its message, its causes down to the last, and its remedies.
    pub fn from_error(error: &dyn std::error::Error, help: Vec<String>) -> Self {
        let mut out = Self::new(error.to_string()).helps(help);
        let mut next = error.source();
        while let Some(cause) = next {
            out = out.cause(cause);
            next = cause.source();
        }
        out
    }

    /// Whether the reader of our output went away, as `head` does: no error to a person.
    pub fn is_broken_pipe(&self) -> bool {
        self.broken_pipe
    }
}

/// Failure to write our own output.
impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        let broken_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        Self { broken_pipe, ..Self::new("cannot write the output").cause(error) }
    }
}
