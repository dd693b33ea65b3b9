//! The one diagnostic type of every stage, from YAML to deployment.
//!
//! A diagnostic names a stable code, points at bytes of the user's own file and, where it can, carries a
//! [`Fix`]. Nothing here prints: `report` renders.

mod fingerprint;
mod fix;
mod fixes;
mod lint_meta;
mod nearest;

pub use fingerprint::{Fingerprint, Fingerprints, Subjects};
pub use fix::{Applicability, Edit, Fix, FixError, apply_edits};
pub use fixes::carry_out;
pub use lint_meta::LintMeta;
pub(crate) use lint_meta::{declare_lint, lint_confidence};
pub use nearest::{Nearest, Sketch, nearest};

use serde::{Deserialize, Serialize};

use crate::text::{SourceId, Span, TextRange};

/// A stable code, such as `PK101`. Published codes keep their meaning.
pub type Code = &'static str;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; never fails a run.
    Info,
    /// Deploys, but probably not as meant.
    Warning,
    /// The service would refuse it, or it cannot work.
    Error,
}

impl Severity {
    /// The lower-case word used in every output format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How sure a finding is, whatever its severity: of a hundred such findings, how many are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Rests on what people usually mean; worth a look.
    Low,
    /// Mostly right; depends on what the workspace holds or the author had in mind.
    Medium,
    /// Follows from the rule and the facts alone.
    High,
}

impl Confidence {
    /// The lower-case word used in every output format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A place with what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The bytes it points at.
    pub span: Span,
    /// Short text shown beside the place; may be empty.
    pub message: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code.
    pub code: Code,
    /// Its level in this run.
    pub severity: Severity,
    /// One sentence without a full stop: what is wrong.
    pub message: String,
    /// The place at fault.
    pub primary: Label,
    /// Other places that explain it, such as the first of two duplicates.
    pub secondary: Vec<Label>,
    /// What to do about it, one remedy an item.
    pub help: Vec<String>,
    /// Edits that carry a remedy out.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding at `span`.
    pub fn new(code: Code, severity: Severity, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            primary: Label { span, message: String::new() },
            secondary: Vec::new(),
            help: Vec::new(),
            fix: None,
        }
    }

    /// An error at `span`.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, span, message)
    }

    /// A warning at `span`.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, span, message)
    }

    /// Puts a short text beside the primary place.
    #[must_use]
    pub fn with_label(mut self, message: impl Into<String>) -> Self {
        self.primary.message = message.into();
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn with_secondary(mut self, span: Span, message: impl Into<String>) -> Self {
        self.secondary.push(Label { span, message: message.into() });
        self
    }

    /// Adds a remedy.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Attaches the edits that carry a remedy out.
    #[must_use]
    pub fn with_fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Attaches the edits, where there are any.
    #[must_use]
    pub fn with_fix_if(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix.or(self.fix);
        self
    }

    /// The finding with all its places moved to `source`, each range to where `place` says.
    #[must_use]
    pub fn moved(self, source: SourceId, place: impl Fn(TextRange) -> TextRange) -> Self {
        self.placed(|span| Span::new(source, place(span.range)))
    }

    /// The finding with each of its places where `place` says.
    #[must_use]
    pub fn placed(mut self, place: impl Fn(Span) -> Span) -> Self {
        let edits = self.fix.iter_mut().flat_map(|fix| &mut fix.edits).map(|edit| &mut edit.span);
        let labels = self.secondary.iter_mut().chain([&mut self.primary]).map(|label| &mut label.span);
        for span in labels.chain(edits) {
            *span = place(*span);
        }
        self
    }

    /// The bytes at fault.
    pub fn range(&self) -> TextRange {
        self.primary.span.range
    }
}

/// Sorts findings as every report shows them: by source, place, code, message.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics
        .sort_by(|a, b| (a.primary.span, a.code, &a.message).cmp(&(b.primary.span, b.code, &b.message)));
}
