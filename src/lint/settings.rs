//! Levels that a project sets.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::globs::PathGlobs;
use super::policy::Policy;
use super::registry::{all, find};
use crate::diag::{Code, Confidence, Diagnostic, Severity, nearest};
use crate::text::{SourceId, SourceMap, Span};

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

/// Which findings are reported where nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preset {
    /// Errors that are sure.
    Minimal,
    /// Everything but guesses.
    Recommended,
    /// What is recommended, each finding a level higher.
    Strict,
    /// Everything, guesses included.
    #[default]
    All,
}

impl Preset {
    /// Every preset with its name in settings.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("minimal", Self::Minimal),
        ("recommended", Self::Recommended),
        ("strict", Self::Strict),
        ("all", Self::All),
    ];

    /// How sure a finding has to be.
    fn floor(self) -> Confidence {
        match self {
            Self::Minimal => Confidence::High,
            Self::Recommended | Self::Strict => Confidence::Medium,
            Self::All => Confidence::Low,
        }
    }
}

/// Levels of some paths.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Override {
    paths: PathGlobs,
    levels: BTreeMap<Code, Level>,
}

/// Codes that are not reported in some paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// Where.
    pub paths: PathGlobs,
    /// The codes, each with its place in the settings.
    pub codes: Vec<(Code, Span)>,
    /// Whether the settings say why.
    pub has_reason: bool,
    /// The place of the whole in the settings.
    pub place: Span,
}

/// The files of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// The path of each file in the project; for one without, the name of its source stands.
    pub paths: BTreeMap<SourceId, String>,
    /// Whether these are all files of the project.
    pub is_whole: bool,
    /// Whether the rules are as an environment has them: then nothing is said of suppressions and known findings without
    /// use, which may be of use to the rules as their files say them.
    pub is_deployed: bool,
}

impl Scope {
    /// The path of `source` in the project.
    pub fn path<'a>(&'a self, sources: &'a SourceMap, source: SourceId) -> &'a str {
        let name = || sources.get(source).map_or("", |source| &source.name);
        self.paths.get(&source).map_or_else(name, String::as_str)
    }
}

/// How findings are weighed. By default all are reported, each at its own level.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    levels: BTreeMap<Code, Level>,
    strict: bool,
    preset: Preset,
    min_confidence: Option<Confidence>,
    overrides: Vec<Override>,
    ignores: Vec<Ignore>,
    scope: Scope,
    policy: Policy,
}

impl Settings {
    /// Settings from levels by code (`PK501`) or name (`unknown-tactic`); `strict` makes every warning an
    /// error. Names that are neither are returned, and set nothing.
    pub fn new(levels: &BTreeMap<String, Level>, strict: bool) -> (Self, Vec<UnknownName>) {
        let (levels, unknown) = by_code(levels);
        (Self { levels, strict, ..Self::default() }, unknown)
    }

    /// Sets what rules are to be like.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// What rules are to be like.
    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Sets which findings are reported where no level says otherwise.
    pub fn set_preset(&mut self, preset: Preset) {
        self.preset = preset;
    }

    /// Drops findings that are less sure, instead of those that the preset would drop for that.
    pub fn set_min_confidence(&mut self, least: Confidence) {
        self.min_confidence = Some(least);
    }

    /// Sets levels of files that `paths` matches; where several do, the last one counts.
    pub fn add_override(&mut self, paths: PathGlobs, levels: &BTreeMap<String, Level>) -> Vec<UnknownName> {
        let (levels, unknown) = by_code(levels);
        self.overrides.push(Override { paths, levels });
        unknown
    }

    /// Takes codes out of the report of some paths.
    pub fn add_ignore(&mut self, ignore: Ignore) {
        self.ignores.push(ignore);
    }

    /// Says which files are checked.
    pub fn set_scope(&mut self, scope: Scope) {
        self.scope = scope;
    }

    /// The files that are checked.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    pub(super) fn ignores(&self) -> &[Ignore] {
        &self.ignores
    }

    /// Whether `code` may be reported nowhere.
    pub(super) fn is_off(&self, code: Code) -> bool {
        if is_fixed(code) {
            return false;
        }
        match self.levels.get(code) {
            Some(level) => *level == Level::Off,
            None => confidence(code) < self.min_confidence.unwrap_or(self.preset.floor()),
        }
    }

    /// The level that the settings give `code` in the file `path`.
    fn level(&self, code: Code, path: &str) -> Option<Level> {
        let of_path = self.overrides.iter().rev().filter(|one| one.paths.matches(path));
        of_path.filter_map(|one| one.levels.get(code)).next().or_else(|| self.levels.get(code)).copied()
    }

    /// Gives each finding its level here, and drops those that are off.
    pub(super) fn apply(&self, sources: &SourceMap, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        found.into_iter().filter_map(|finding| self.weigh(sources, finding)).collect()
    }

    fn weigh(&self, sources: &SourceMap, mut finding: Diagnostic) -> Option<Diagnostic> {
        let code = finding.code;
        if !is_fixed(code) {
            let path = self.scope.path(sources, finding.primary.span.source);
            let confidence = confidence(code);
            if self.min_confidence.is_some_and(|least| confidence < least) {
                return None;
            }
            match self.level(code, path) {
                Some(level) => finding.severity = level.severity()?,
                None if self.min_confidence.is_none() && confidence < self.preset.floor() => return None,
                None if self.preset == Preset::Minimal && finding.severity != Severity::Error => return None,
                None if self.preset == Preset::Strict && finding.severity == Severity::Info => {
                    finding.severity = Severity::Warning;
                    // Not an error for that: notes rise by one level.
                    return Some(finding);
                }
                None => {}
            }
        }
        if (self.strict || self.preset == Preset::Strict) && finding.severity == Severity::Warning {
            finding.severity = Severity::Error;
        }
        Some(finding)
    }
}

/// Levels by code, and the names that are neither code nor lint.
fn by_code(levels: &BTreeMap<String, Level>) -> (BTreeMap<Code, Level>, Vec<UnknownName>) {
    let mut known = BTreeMap::new();
    let mut unknown = Vec::new();
    for (name, level) in levels {
        match find(name) {
            Some(meta) => {
                known.insert(meta.code, *level);
            }
            None => unknown.push(UnknownName { name: name.clone(), nearest: nearest_name(name) }),
        }
    }
    (known, unknown)
}

/// How sure findings of `code` are.
fn confidence(code: Code) -> Confidence {
    static UNSURE: LazyLock<BTreeMap<Code, Confidence>> = LazyLock::new(|| {
        let unsure = all().filter(|meta| meta.confidence != Confidence::High);
        unsure.map(|meta| (meta.code, meta.confidence)).collect()
    });
    UNSURE.get(code).copied().unwrap_or(Confidence::High)
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
        let weighed: Vec<_> =
            settings.apply(&SourceMap::new(), found).iter().map(|f| (f.code, f.severity)).collect();
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
