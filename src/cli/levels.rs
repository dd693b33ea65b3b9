//! From `[lint]` of picket.toml to the settings of the linter.

use std::collections::BTreeMap;

use regex::Regex;

use crate::diag::{Code, Diagnostic, nearest};
use crate::lint::{self, Ignore, Level, PathGlobs, Policy, Preset, Settings};
use crate::project::{Config, INVALID_CONFIG, LevelConfig};
use crate::rule;
use crate::text::{Span, Spanned, TextRange};

use super::codes;

/// The settings that `config` makes; what is wrong with it is added to `faults`. `strict` is added to what it says.
pub(super) fn settings(config: &Config, strict: bool, faults: &mut Vec<Diagnostic>) -> Settings {
    let mut reader = Reader { config, faults };
    let lint = &config.lint;
    let mut settings = Settings::new(&reader.levels(&lint.levels), strict || lint.strict).0;
    settings.set_preset(reader.preset());
    settings.set_policy(reader.policy());
    for of_paths in &lint.overrides {
        let levels = reader.levels(&of_paths.levels);
        if let Some(paths) = reader.globs(&of_paths.paths) {
            settings.add_override(paths, &levels);
        }
    }
    for ignore in &lint.ignores {
        let codes = ignore.codes.iter().filter_map(|name| reader.code(name)).collect();
        let every = [Spanned::new("**".to_owned(), TextRange::default())];
        let paths = if ignore.paths.is_empty() { &every[..] } else { &ignore.paths };
        let has_reason = ignore.reason.is_some();
        let place = reader.at(ignore.range);
        if let Some(paths) = reader.globs(paths) {
            settings.add_ignore(Ignore { paths, codes, has_reason, place });
        }
    }
    settings
}

struct Reader<'a> {
    config: &'a Config,
    faults: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn at(&self, range: TextRange) -> Span {
        Span::new(self.config.source, range)
    }

    fn fault(&mut self, range: TextRange, message: String, help: String) {
        let finding = Diagnostic::error(INVALID_CONFIG.code, self.at(range), message);
        self.faults.push(finding.with_help(help));
    }

    fn preset(&mut self) -> Preset {
        let Some(written) = &self.config.lint.preset else { return Preset::Recommended };
        let known = Preset::NAMES.iter().find(|(name, _)| *name == written.value);
        if let Some((_, preset)) = known {
            return *preset;
        }
        let names = Preset::NAMES.map(|(name, _)| name);
        let help = match nearest(&written.value, names) {
            Some(meant) => format!("the nearest is `{meant}`"),
            None => format!("use one of {}", names.map(|name| format!("`{name}`")).join(", ")),
        };
        self.fault(written.range, format!("there is no preset `{}`", written.value), help);
        Preset::Recommended
    }

    fn policy(&mut self) -> Policy {
        let written = &self.config.lint.policy;
        let mut policy = Policy {
            description_min_length: written.description_min_length,
            required_tags: written.required_tags.iter().map(|tag| tag.value.clone()).collect(),
            ..Policy::default()
        };
        policy.name_pattern = self.pattern("name_pattern", &written.name_pattern, "^SOC-[0-9]{3} ");
        policy.file_pattern = self.pattern("file_pattern", &written.file_pattern, r"^[a-z0-9-]+\.yaml$");
        let keys = || rule::keys::RULE.keys.iter().map(|key| key.name);
        for key in &written.required {
            if keys().any(|known| known == key.value) {
                policy.required.push(key.value.clone());
                continue;
            }
            let help = match nearest(&key.value, keys()) {
                Some(meant) => format!("the nearest key is `{meant}`"),
                None => "the keys of rules are in the JSON Schema that `picket schema` prints".to_owned(),
            };
            self.fault(key.range, format!("rules have no key `{}`", key.value), help);
        }
        for severity in &written.severities {
            match rule::Severity::ALL.iter().find(|known| known.as_str() == severity.value) {
                Some(known) => policy.severities.push(*known),
                None => {
                    let names = rule::Severity::ALL.map(|known| format!("`{}`", known.as_str())).join(", ");
                    let message = format!("there is no severity `{}`", severity.value);
                    self.fault(severity.range, message, format!("use some of {names}"));
                }
            }
        }
        policy
    }

    /// The regular expression under `key`, with `example` of one.
    fn pattern(&mut self, key: &str, written: &Option<Spanned<String>>, example: &str) -> Option<Regex> {
        let pattern = written.as_ref()?;
        match Regex::new(&pattern.value) {
            Ok(regex) => Some(regex),
            Err(error) => {
                let why = error.to_string().lines().last().unwrap_or_default().to_owned();
                let message = format!("`{key}` is no regular expression: {why}");
                self.fault(pattern.range, message, format!("write it as `'{example}'`"));
                None
            }
        }
    }

    fn levels(&mut self, written: &[LevelConfig]) -> BTreeMap<String, Level> {
        let mut levels = BTreeMap::new();
        for (name, level) in written {
            let known = match level.value.as_str() {
                "off" => Level::Off,
                "info" => Level::Info,
                "warning" => Level::Warning,
                "error" => Level::Error,
                other => {
                    let message = format!("`{other}` is no level");
                    self.fault(level.range, message, "use `off`, `info`, `warning` or `error`".to_owned());
                    continue;
                }
            };
            if self.reported(name, "the level of").is_some() {
                levels.insert(name.value.clone(), known);
            }
        }
        levels
    }

    /// The code that `name` stands for, if checks report it.
    fn reported(&mut self, name: &Spanned<String>, what: &str) -> Option<Code> {
        if let Some(meta) = lint::find(&name.value) {
            return Some(meta.code);
        }
        match codes::find(&name.value) {
            Ok(meta) => {
                let message = format!("{what} {} cannot be set: no check reports it", meta.code);
                self.fault(name.range, message, "remove the line".to_owned());
            }
            Err(error) => self.fault(name.range, error.message, error.help.join(", ")),
        }
        None
    }

    /// A code to ignore, with its place.
    fn code(&mut self, name: &Spanned<String>) -> Option<(Code, Span)> {
        let code = self.reported(name, "ignoring")?;
        if lint::can_be_suppressed(code) {
            return Some((code, self.at(name.range)));
        }
        self.fault(name.range, format!("{code} cannot be suppressed"), "remove it".to_owned());
        None
    }

    fn globs(&mut self, written: &[Spanned<String>]) -> Option<PathGlobs> {
        let patterns: Vec<String> = written.iter().map(|pattern| pattern.value.clone()).collect();
        match PathGlobs::new(&patterns) {
            Ok(globs) => Some(globs),
            Err((number, why)) => {
                let pattern = &written[number];
                let message = format!("`{}` is no pattern of paths: {why}", pattern.value);
                self.fault(pattern.range, message, "write it as `legacy/**`".to_owned());
                None
            }
        }
    }
}
