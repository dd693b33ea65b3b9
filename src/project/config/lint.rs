//! `[lint]` of picket.toml.

use toml::de::DeTable;

use super::{Reader, Value, keys, range_of};
use crate::text::{Spanned, TextRange};

/// A code or name of a lint with its level. Neither has been compared with what there is.
pub type LevelConfig = (Spanned<String>, Spanned<String>);

/// `[lint]`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LintConfig {
    /// `strict`: warnings fail a check.
    pub strict: bool,
    /// `preset`: which findings are reported where no level says otherwise, as written.
    pub preset: Option<Spanned<String>>,
    /// `baseline`: the file of what is known, relative to the project.
    pub baseline: Option<Spanned<String>>,
    /// `levels`
    pub levels: Vec<LevelConfig>,
    /// `[[lint.overrides]]`
    pub overrides: Vec<OverrideConfig>,
    /// `[[lint.ignore]]`
    pub ignores: Vec<IgnoreConfig>,
    /// `[lint.policy]`
    pub policy: PolicyConfig,
}

/// `[lint.policy]`: what a team agreed on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PolicyConfig {
    /// `name_pattern`: a regular expression that names of rules match, as written.
    pub name_pattern: Option<Spanned<String>>,
    /// `file_pattern`: a regular expression that names of files match, as written.
    pub file_pattern: Option<Spanned<String>>,
    /// `description_min_length`, in characters.
    pub description_min_length: Option<usize>,
    /// `required`: keys that every rule has, as written.
    pub required: Vec<Spanned<String>>,
    /// `required_tags`: names of tags that every rule has.
    pub required_tags: Vec<Spanned<String>>,
    /// `severities` in use, as written.
    pub severities: Vec<Spanned<String>>,
}

/// `[[lint.overrides]]`: levels of some paths.
#[derive(Debug, Clone, PartialEq)]
pub struct OverrideConfig {
    /// `paths`: patterns, relative to the project.
    pub paths: Vec<Spanned<String>>,
    /// `levels`
    pub levels: Vec<LevelConfig>,
}

/// `[[lint.ignore]]`: what is not reported in some paths.
#[derive(Debug, Clone, PartialEq)]
pub struct IgnoreConfig {
    /// The table.
    pub range: TextRange,
    /// `codes`: codes and names, as written.
    pub codes: Vec<Spanned<String>>,
    /// `paths`: patterns, relative to the project; without any, every path.
    pub paths: Vec<Spanned<String>>,
    /// `reason`
    pub reason: Option<Spanned<String>>,
}

const OVERRIDE: &str = "[[lint.overrides]] paths = [\"legacy/**\"], levels = { unknown-tactic = \"off\" }";
const IGNORE: &str = "[[lint.ignore]] codes = [\"PK501\"], paths = [\"legacy/**\"], reason = \"…\"";
const PATHS: &str = "paths = [\"legacy/**\"]";
const CODES: &str = "codes = [\"PK501\"]";

impl Reader<'_> {
    pub(super) fn lint(&mut self, value: &Value<'_>) -> LintConfig {
        let mut lint = LintConfig::default();
        let Some(table) = self.table(value, "`lint`", "[lint]") else { return lint };
        self.only(table, "[lint]", &keys::LINT);
        lint.strict = self.truth(table, "strict");
        lint.preset = self.text(table, "preset", "preset = \"recommended\"");
        lint.baseline = self.text(table, "baseline", "baseline = \"picket-baseline.json\"");
        lint.levels = self.levels(table);
        for (table, _) in self.tables(table, "overrides", OVERRIDE) {
            self.only(table, "[[lint.overrides]]", &keys::LINT_OVERRIDE);
            let paths = self.texts(table, "paths", PATHS);
            let levels = self.levels(table);
            lint.overrides.push(OverrideConfig { paths, levels });
        }
        for (table, range) in self.tables(table, "ignore", IGNORE) {
            self.only(table, "[[lint.ignore]]", &keys::LINT_IGNORE);
            let codes = self.texts(table, "codes", CODES);
            let paths =
                if table.contains_key("paths") { self.texts(table, "paths", PATHS) } else { Vec::new() };
            let reason = self.text(table, "reason", "reason = \"…\"");
            lint.ignores.push(IgnoreConfig { range, codes, paths, reason });
        }
        if let Some(value) = table.get("policy") {
            lint.policy = self.policy(value);
        }
        lint
    }

    fn policy(&mut self, value: &Value<'_>) -> PolicyConfig {
        const LENGTH: &str = "description_min_length";
        let mut policy = PolicyConfig::default();
        let Some(table) = self.table(value, "`policy`", "[lint.policy]") else { return policy };
        self.only(table, "[lint.policy]", &keys::LINT_POLICY);
        policy.name_pattern = self.text(table, "name_pattern", "name_pattern = '^SOC-[0-9]{3} '");
        policy.file_pattern = self.text(table, "file_pattern", r"file_pattern = '^[a-z0-9-]+\.yaml$'");
        if let Some(value) = table.get(LENGTH) {
            let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
            if number.is_none() {
                self.wrong_type(value, &format!("`{LENGTH}`"), "a whole number", &format!("{LENGTH} = 40"));
            }
            policy.description_min_length = number;
        }
        if table.contains_key("required") {
            policy.required = self.texts(table, "required", "required = [\"description\"]");
        }
        if table.contains_key("required_tags") {
            policy.required_tags = self.texts(table, "required_tags", "required_tags = [\"owner\"]");
        }
        if table.contains_key("severities") {
            policy.severities = self.texts(table, "severities", "severities = [\"Medium\", \"High\"]");
        }
        policy
    }

    fn levels(&mut self, table: &DeTable<'_>) -> Vec<LevelConfig> {
        const EXAMPLE: &str = "unknown-tactic = \"warning\"";
        let mut levels = Vec::new();
        let named = table.get("levels").and_then(|value| self.table(value, "`levels`", "[lint.levels]"));
        for (name, value) in named.into_iter().flatten() {
            match value.get_ref().as_str() {
                Some(level) => {
                    let name = Spanned::new(name.get_ref().to_string(), range_of(name));
                    levels.push((name, Spanned::new(level.to_owned(), range_of(value))));
                }
                None => self.wrong_type(value, "a level", "text", EXAMPLE),
            }
        }
        levels.sort_by_key(|(name, _)| name.range);
        levels
    }

    /// The tables of a list of tables, each with its place.
    pub(super) fn tables<'a, 'i>(
        &mut self,
        table: &'a DeTable<'i>,
        key: &str,
        example: &str,
    ) -> Vec<(&'a DeTable<'i>, TextRange)> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let what = format!("`{key}`");
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(value, &what, "a list of tables", example);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items {
            if let Some(table) = self.table(item, &format!("an item of {what}"), example) {
                tables.push((table, range_of(item)));
            }
        }
        tables
    }

    /// A list of texts that is not empty.
    pub(super) fn texts(&mut self, table: &DeTable<'_>, key: &str, example: &str) -> Vec<Spanned<String>> {
        let Some(value) = table.get(key) else {
            let keys = table.iter().map(|(key, value)| range_of(key).cover(range_of(value)));
            let range = keys.reduce(TextRange::cover).unwrap_or_default();
            self.invalid(range, format!("`{key}` is missing"), &format!("write it as `{example}`"));
            return Vec::new();
        };
        let Some(items) = value.get_ref().as_array().filter(|items| !items.is_empty()) else {
            self.invalid(
                range_of(value),
                format!("`{key}` must be a list of texts that is not empty"),
                &format!("write it as `{example}`"),
            );
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match item.get_ref().as_str() {
                Some(text) => texts.push(Spanned::new(text.to_owned(), range_of(item))),
                None => self.wrong_type(item, &format!("an item of `{key}`"), "text", example),
            }
        }
        texts
    }
}
