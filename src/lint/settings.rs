//! Levels that a project sets.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::registry::{all, find};
use crate::diag::{Code, Diagnostic, Severity, nearest};

/// The level of a code in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not reported.
    Off,
    /// Reported, never fails a run.
    Info,
    /// Reported as a warning.
    Warning,
    /// Reported as an error.
    Error,
}

impl Level {
    fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Info => Some(Severity::Info),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// A name in the settings that is no code and no lint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// As written.
    pub name: String,
    /// What it was probably meant to be.
    pub nearest: Option<&'static str>,
}

/// How findings are weighed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    levels: BTreeMap<Code, Level>,
    strict: bool,
}

impl Settings {
    /// Settings from levels by code (`PK501`) or name (`unknown-tactic`); `strict` makes every warning an
    /// error. Names that are neither are returned, and set nothing.
    pub fn new(levels: &BTreeMap<String, Level>, strict: bool) -> (Self, Vec<UnknownName>) {
        let mut settings = Self { levels: BTreeMap::new(), strict };
        let mut unknown = Vec::new();
        for (name, level) in levels {
            match find(name) {
                Some(meta) => {
                    settings.levels.insert(meta.code, *level);
                }
                None => unknown.push(UnknownName { name: name.clone(), nearest: nearest_name(name) }),
            }
        }
        (settings, unknown)
    }

    /// Whether `code` may be reported at all.
    pub(super) fn is_off(&self, code: Code) -> bool {
        !is_fixed(code) && self.levels.get(code) == Some(&Level::Off)
    }

    /// Gives each finding its level here, and drops those that are off.
    pub(super) fn apply(&self, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let weighed = found.into_iter().filter_map(|mut finding| {
            let level = self.levels.get(finding.code).filter(|_| !is_fixed(finding.code));
            if let Some(level) = level {
                finding.severity = level.severity()?;
            }
            if self.strict && finding.severity == Severity::Warning {
                finding.severity = Severity::Error;
            }
            Some(finding)
        });
        weighed.collect()
    }
}

/// Whether a code keeps its level whatever a project says. A file that is no YAML holds no rules; hiding
/// that would take them out of a deployment unseen.
pub(super) fn is_fixed(code: Code) -> bool {
    code.starts_with("PK0")
}

/// The code or name nearest to `written`.
pub(super) fn nearest_name(written: &str) -> Option<&'static str> {
    nearest(written, all().flat_map(|meta| [meta.code, meta.name]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    fn finding(code: Code, severity: Severity) -> Diagnostic {
        Diagnostic::new(code, severity, Span::default(), "x")
    }

    #[test]
    fn sets_levels_by_code_and_name() {
        let levels = [("PK501", Level::Info), ("unknown-connector", Level::Off), ("PK001", Level::Off)];
        let levels = levels.map(|(name, level)| (name.to_owned(), level)).into();
        let (settings, unknown) = Settings::new(&levels, true);
        assert_eq!(unknown, []);
        let found = vec![
            finding("PK501", Severity::Error),
            finding("PK601", Severity::Warning),
            finding("PK505", Severity::Warning),
            finding("PK001", Severity::Error),
        ];
        let weighed: Vec<_> = settings.apply(found).iter().map(|f| (f.code, f.severity)).collect();
        let expected = [("PK501", Severity::Info), ("PK505", Severity::Error), ("PK001", Severity::Error)];
        assert_eq!(weighed, expected);
    }

    #[test]
    fn names_the_nearest_of_an_unknown_name() {
        let levels = BTreeMap::from([("unknown-tactics".to_owned(), Level::Off)]);
        let (settings, unknown) = Settings::new(&levels, false);
        assert_eq!(settings, Settings::default());
        assert_eq!(unknown[0].nearest, Some("unknown-tactic"));
    }
}
