//! The settings of a project: `picket.toml`.

mod env;
mod keys;
mod lint;
mod text;

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use super::lints;
use crate::diag::{Diagnostic, LintMeta, nearest};
use crate::text::{SourceId, Span, Spanned, TextRange, to_u32};

pub use env::EnvConfig;
pub use keys::{ConfigKey, ConfigTable, TABLES as CONFIG_TABLES};
pub use lint::{IgnoreConfig, LevelConfig, LintConfig, OverrideConfig};

/// The name of the workspace on this machine, which needs no settings.
pub const LOCAL_WORKSPACE: &str = "local";

/// The name by which an unnamed project knows its content in the local workspace.
pub const UNNAMED_PROJECT: &str = "unnamed";

/// What picket.toml says.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The source that it was read from; the places below are in it.
    pub source: SourceId,
    /// `rules`: folders and files of rules, relative to the project.
    pub rules: Vec<Spanned<PathBuf>>,
    /// `declarations`: folders and files that declare tables, functions and watchlists, relative to the project.
    pub declarations: Option<Vec<Spanned<PathBuf>>>,
    /// `content`: folders and files of watchlists and functions to deploy, relative to the project.
    pub content: Option<Vec<Spanned<PathBuf>>>,
    /// `[project] name`
    pub name: Option<Spanned<String>>,
    /// `[lint]`
    pub lint: LintConfig,
    /// `[format]`
    pub format: FormatConfig,
    /// `[attack]`
    pub attack: AttackConfig,
    /// `[deploy]`
    pub deploy: DeployConfig,
    /// `[workspace.NAME]`
    pub workspaces: BTreeMap<String, WorkspaceConfig>,
    /// `[env.NAME]`
    pub envs: BTreeMap<String, EnvConfig>,
}

/// `[attack]`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AttackConfig {
    /// `version` of ATT&CK that rules are held against; the newest at hand where it is absent.
    pub version: Option<Spanned<String>>,
    /// `table`: where `picket facts update attack` keeps another version, relative to the project.
    pub table: Option<Spanned<String>>,
}

/// `[format]`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FormatConfig {
    /// `queries`: whether the queries inside rules are formatted, too. Without it they keep their text, so that what
    /// was imported stays as its authors wrote it.
    pub queries: bool,
}

/// The most of a project's content that one prune deletes, in percent, unless told otherwise.
const PRUNE_LIMIT: u8 = 20;

/// Where copies of what is deleted are kept, unless told otherwise.
pub const DELETED_FOLDER: &str = ".picket/deleted";

/// Where the journals of what was applied are kept, unless told otherwise.
pub const JOURNAL_FOLDER: &str = ".picket/journal";

/// `[deploy]`
#[derive(Debug, Clone, PartialEq)]
pub struct DeployConfig {
    /// `prune_limit`: the most of the project's content in a workspace that one prune deletes, in percent.
    pub prune_limit: Spanned<u8>,
    /// `deleted`: the folder of copies of what is deleted, relative to the project.
    pub deleted: PathBuf,
    /// `journal`: the folder of the journals of what was applied, relative to the project.
    pub journal: PathBuf,
}

impl Default for DeployConfig {
    fn default() -> Self {
        Self {
            prune_limit: Spanned::new(PRUNE_LIMIT, TextRange::default()),
            deleted: PathBuf::from(DELETED_FOLDER),
            journal: PathBuf::from(JOURNAL_FOLDER),
        }
    }
}

/// How a kind of credential is named, for messages.
const CREDENTIAL: &str = "credential = \"azure-cli\"";

/// `[workspace.NAME]`
#[derive(Debug, Clone, PartialEq)]
pub struct WorkspaceConfig {
    /// The table's header, for messages.
    pub range: TextRange,
    /// `subscription`: its UUID.
    pub subscription: Spanned<String>,
    /// `resource_group`
    pub resource_group: Spanned<String>,
    /// `name` of the workspace.
    pub name: Spanned<String>,
    /// `cloud`, as written.
    pub cloud: Option<Spanned<String>>,
    /// `endpoint`: a server on this machine to talk to instead of the cloud, such as `picket emulator`.
    pub endpoint: Option<Spanned<String>>,
    /// `tenant` that it belongs to: its UUID or domain.
    pub tenant: Option<Spanned<String>>,
    /// `credential`: the kind of credential to use there, as written.
    pub credential: Option<Spanned<String>>,
    /// `defender`: whether custom detections are deployed to the Defender XDR of its tenant.
    pub defender: bool,
}

impl Default for Config {
    fn default() -> Self {
        let rules = vec![Spanned::new(PathBuf::from("rules"), TextRange::default())];
        Self {
            source: SourceId::default(),
            rules,
            declarations: None,
            content: None,
            name: None,
            lint: LintConfig::default(),
            format: FormatConfig::default(),
            attack: AttackConfig::default(),
            deploy: DeployConfig::default(),
            workspaces: BTreeMap::new(),
            envs: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Reads the text of picket.toml. What is wrong keeps its default.
    pub fn parse(source: SourceId, text: &str) -> (Self, Vec<Diagnostic>) {
        let mut reader = Reader { source, text, diagnostics: Vec::new() };
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let range = error.span().unwrap_or_default();
            let range = TextRange::from_usize(range.start, range.end);
            let message = format!("picket.toml is not valid TOML: {}", error.message().replace('\n', ", "));
            reader.report(&lints::INVALID_CONFIG, range, message, Vec::new());
        }
        let config = reader.config(document.get_ref());
        (config, reader.diagnostics)
    }
}

type Value<'a> = TomlSpanned<DeValue<'a>>;

struct Reader<'t> {
    source: SourceId,
    text: &'t str,
    diagnostics: Vec<Diagnostic>,
}

fn range_of<T>(item: &TomlSpanned<T>) -> TextRange {
    let span = item.span();
    TextRange { start: to_u32(span.start), end: to_u32(span.end.max(span.start)) }
}

impl Reader<'_> {
    fn report(&mut self, lint: &LintMeta, range: TextRange, message: String, help: Vec<String>) {
        let mut found = Diagnostic::error(lint.code, Span::new(self.source, range), message);
        found.help = help;
        self.diagnostics.push(found);
    }

    fn invalid(&mut self, range: TextRange, message: String, help: &str) {
        self.report(&lints::INVALID_CONFIG, range, message, vec![help.to_owned()]);
    }

    /// Reports keys of `table` other than those `known`. `place` is how messages name the table.
    fn only(&mut self, table: &DeTable<'_>, place: &str, known: &ConfigTable) {
        let known = known.names();
        let mut unknown: Vec<_> =
            table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())).collect();
        unknown.sort_by_key(|key| key.span().start);
        for key in unknown {
            let name = key.get_ref();
            let help = match nearest(name, known.iter().copied()) {
                Some(meant) => format!("the nearest known key is `{meant}`"),
                None => format!("known keys here are {}", list(&known)),
            };
            let message = format!("unknown key `{name}` in {place}");
            self.report(&lints::UNKNOWN_CONFIG_KEY, range_of(key), message, vec![help]);
        }
    }

    fn table<'a, 'i>(&mut self, value: &'a Value<'i>, what: &str, example: &str) -> Option<&'a DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(value, what, "a table", example);
        }
        table
    }

    fn wrong_type(&mut self, value: &Value<'_>, what: &str, wanted: &str, example: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("{what} must be {wanted}, not {found}");
        self.invalid(range_of(value), message, &format!("write it as `{example}`"));
    }

    fn text(&mut self, table: &DeTable<'_>, key: &str, example: &str) -> Option<Spanned<String>> {
        let value = table.get(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(value, &format!("`{key}`"), "text", example);
            return None;
        };
        if text.trim().is_empty() {
            self.invalid(range_of(value), format!("`{key}` is empty"), &format!("write it as `{example}`"));
            return None;
        }
        Some(Spanned::new(text.to_owned(), range_of(value)))
    }

    /// A key that is true or false; false where it is absent.
    fn truth(&mut self, table: &DeTable<'_>, key: &str) -> bool {
        let Some(value) = table.get(key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong_type(value, &format!("`{key}`"), "true or false", &format!("{key} = true"));
            false
        })
    }

    fn config(&mut self, table: &DeTable<'_>) -> Config {
        self.only(table, "picket.toml", &keys::TOP);
        let mut config = Config { source: self.source, ..Config::default() };
        if let Some(value) = table.get("rules") {
            config.rules = self.folders(value, "rules", "rules = [\"rules\"]");
        }
        if let Some(value) = table.get("declarations") {
            config.declarations = Some(self.folders(value, "declarations", "declarations = [\"kql\"]"));
        }
        if let Some(value) = table.get("content") {
            config.content = Some(self.folders(value, "content", "content = [\"content\"]"));
        }
        if let Some(value) = table.get("project") {
            const EXAMPLE: &str = "name = \"soc-detections\"";
            if let Some(project) = self.table(value, "`project`", EXAMPLE) {
                self.only(project, "[project]", &keys::PROJECT);
                config.name = self.text(project, "name", EXAMPLE);
            }
        }
        if let Some(value) = table.get("lint") {
            config.lint = self.lint(value);
        }
        if let Some(value) = table.get("format") {
            const EXAMPLE: &str = "[format]";
            if let Some(format) = self.table(value, "`format`", EXAMPLE) {
                self.only(format, "[format]", &keys::FORMAT);
                config.format.queries = self.truth(format, "queries");
            }
        }
        if let Some(value) = table.get("attack") {
            const EXAMPLE: &str = "version = \"19.1\"";
            if let Some(attack) = self.table(value, "`attack`", "[attack]") {
                self.only(attack, "[attack]", &keys::ATTACK);
                config.attack.version = self.text(attack, "version", EXAMPLE);
                config.attack.table = self.text(attack, "table", "table = \"facts/attack.tsv\"");
            }
        }
        if let Some(value) = table.get("deploy")
            && let Some(deploy) = self.table(value, "`deploy`", "[deploy]")
        {
            self.only(deploy, "[deploy]", &keys::DEPLOY);
            config.deploy = self.deploy(deploy);
        }
        if let Some(value) = table.get("workspace")
            && let Some(named) = self.table(value, "`workspace`", "[workspace.prod]")
        {
            for (name, value) in named {
                if let Some(workspace) = self.workspace(name, value) {
                    config.workspaces.insert(name.get_ref().to_string(), workspace);
                }
            }
        }
        if let Some(value) = table.get("env")
            && let Some(named) = self.table(value, "`env`", "[env.prod]")
        {
            for (name, value) in named {
                if let Some(env) = self.env(name, value) {
                    self.workspaces_of(&env, &config.workspaces, table);
                    config.envs.insert(name.get_ref().to_string(), env);
                }
            }
        }
        config
    }

    /// Reports workspaces of an environment that there are not.
    fn workspaces_of(
        &mut self,
        env: &EnvConfig,
        workspaces: &BTreeMap<String, WorkspaceConfig>,
        table: &DeTable<'_>,
    ) {
        // One with faults of its own is not among the workspaces, and still there.
        let is_there = |name: &str| {
            let written = table.get("workspace").and_then(|value| value.get_ref().as_table());
            name == LOCAL_WORKSPACE || written.is_some_and(|written| written.contains_key(name))
        };
        let unknown = env.workspaces.iter().flatten().filter(|name| !is_there(&name.value));
        for name in unknown {
            let help = match nearest(&name.value, workspaces.keys().map(String::as_str)) {
                Some(near) => format!("the nearest is `{near}`"),
                None => format!("add it as [workspace.{}]", name.value),
            };
            self.invalid(name.range, format!("there is no workspace `{}`", name.value), &help);
        }
    }

    fn deploy(&mut self, table: &DeTable<'_>) -> DeployConfig {
        let mut deploy = DeployConfig::default();
        if let Some(value) = table.get("prune_limit") {
            let written = value.get_ref().as_integer().and_then(|number| {
                u8::from_str_radix(number.as_str(), number.radix()).ok().filter(|percent| *percent <= 100)
            });
            match written {
                Some(percent) => deploy.prune_limit = Spanned::new(percent, range_of(value)),
                None => {
                    let what = "`prune_limit` must be a share in percent, from 0 to 100".to_owned();
                    self.invalid(range_of(value), what, "write it as `prune_limit = 20`");
                }
            }
        }
        if let Some(folder) = self.text(table, "deleted", "deleted = \".picket/deleted\"") {
            deploy.deleted = PathBuf::from(folder.value);
        }
        if let Some(folder) = self.text(table, "journal", "journal = \".picket/journal\"") {
            deploy.journal = PathBuf::from(folder.value);
        }
        deploy
    }

    fn folders(&mut self, value: &Value<'_>, key: &str, example: &str) -> Vec<Spanned<PathBuf>> {
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(value, &format!("`{key}`"), "a list of folders", example);
            return Vec::new();
        };
        if items.is_empty() {
            let message = format!("`{key}` names no folder");
            self.invalid(range_of(value), message, &format!("write it as `{example}`"));
        }
        let mut folders = Vec::new();
        for item in items {
            match item.get_ref().as_str() {
                Some(path) => folders.push(Spanned::new(PathBuf::from(path), range_of(item))),
                None => {
                    self.wrong_type(item, &format!("an item of `{key}`"), "the path of a folder", example);
                }
            }
        }
        folders
    }

    fn workspace(
        &mut self,
        name: &TomlSpanned<std::borrow::Cow<'_, str>>,
        value: &Value<'_>,
    ) -> Option<WorkspaceConfig> {
        let place = format!("[workspace.{}]", name.get_ref());
        let table = self.table(value, &format!("`{}`", name.get_ref()), &place)?;
        if name.get_ref() == LOCAL_WORKSPACE {
            let message = "the name `local` is that of the workspace on this machine".to_owned();
            self.invalid(range_of(name), message, "give this workspace another name");
            return None;
        }
        self.only(table, &place, &keys::WORKSPACE);
        let subscription =
            self.text(table, "subscription", "subscription = \"00000000-0000-0000-0000-000000000000\"");
        let resource_group = self.text(table, "resource_group", "resource_group = \"soc\"");
        let workspace = self.text(table, "name", "name = \"soc-logs\"");
        let cloud = self.text(table, "cloud", "cloud = \"public\"");
        let endpoint = self.text(table, "endpoint", "endpoint = \"http://127.0.0.1:8080\"");
        let required = ["subscription", "resource_group", "name"];
        let missing: Vec<&str> = required.into_iter().filter(|key| !table.contains_key(*key)).collect();
        if !missing.is_empty() {
            let message = format!("{place} lacks {}", list(&missing));
            self.invalid(
                range_of(name),
                message,
                "a workspace needs `subscription`, `resource_group` and `name`",
            );
        }
        Some(WorkspaceConfig {
            range: range_of(name),
            subscription: subscription?,
            resource_group: resource_group?,
            name: workspace?,
            tenant: self.text(table, "tenant", "tenant = \"00000000-0000-0000-0000-000000000000\""),
            credential: self.text(table, "credential", CREDENTIAL),
            cloud,
            endpoint,
            defender: self.truth(table, "defender"),
        })
    }
}

/// Names in backticks, as a sentence lists them.
fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceMap;

    fn faults(text: &str) -> Vec<String> {
        let mut sources = SourceMap::new();
        let source = sources.add("picket.toml", text);
        let (_, mut diagnostics) = Config::parse(source, text);
        crate::diag::sort(&mut diagnostics);
        let line = |found: &Diagnostic| {
            let (_, place) = sources.locate(found.primary.span).unwrap();
            let help = found.help.join(" | ");
            format!("{}:{} {} {} ({help})", place.line, place.column, found.code, found.message)
        };
        diagnostics.iter().map(line).collect()
    }

    #[test]
    fn reads_a_full_file() {
        let text = r#"
rules = ["rules", "hunts/rmm"]
[project]
name = "soc"
[lint]
strict = true
[lint.levels]
unknown-tactic = "warning"
PK401 = "off"
[format]
queries = true
[deploy]
prune_limit = 0
deleted = "kept"
journal = "log"
[workspace.prod]
subscription = "d0cfe6b2-9ac0-4464-9919-dccaee2e48c0"
resource_group = "soc"
name = "soc-logs"
cloud = "public"
"#;
        let (config, diagnostics) = Config::parse(SourceId(0), text);
        assert_eq!(diagnostics, []);
        assert_eq!(config.rules.len(), 2);
        assert_eq!(config.name.unwrap().value, "soc");
        assert_eq!((config.deploy.prune_limit.value, config.deploy.deleted), (0, PathBuf::from("kept")));
        assert_eq!(config.deploy.journal, PathBuf::from("log"));
        assert!(config.lint.strict && config.format.queries);
        let levels: Vec<_> =
            config.lint.levels.iter().map(|(a, b)| (a.value.as_str(), b.value.as_str())).collect();
        assert_eq!(levels, [("unknown-tactic", "warning"), ("PK401", "off")]);
        assert_eq!(config.workspaces["prod"].name.value, "soc-logs");
        assert_eq!(config.workspaces["prod"].subscription.range.slice(text).len(), 38);
    }

    #[test]
    fn every_key_of_the_tables_is_read_with_its_example() {
        for table in keys::TABLES.iter().filter(|table| table.header.starts_with('[')) {
            let header = table.header.replace("NAME", "prod");
            let keys = table.keys.iter().filter(|key| !key.example.is_empty());
            let lines: String = keys.map(|key| format!("{} = {}\n", key.name, key.example)).collect();
            let text = format!("{header}\n{lines}");
            let found: Vec<_> =
                faults(&text).into_iter().filter(|fault| !fault.contains("there is no workspace")).collect();
            assert_eq!(found, [""; 0], "{text}");
        }
    }

    #[test]
    fn names_line_and_nearest_key() {
        assert_eq!(
            faults("rule = [\"rules\"]\n[workspace.prod]\nresourceGroup = 'x'\nsubscription='a'\nname='b'\n"),
            [
                "1:1 PK902 unknown key `rule` in picket.toml (the nearest known key is `rules`)",
                "2:12 PK901 [workspace.prod] lacks `resource_group` (a workspace needs `subscription`, `resource_group` and `name`)",
                "3:1 PK902 unknown key `resourceGroup` in [workspace.prod] (the nearest known key is `resource_group`)",
            ]
        );
        assert_eq!(
            faults("[project]\ncolour = 1\n"),
            ["2:1 PK902 unknown key `colour` in [project] (known keys here are `name`)"]
        );
    }

    #[test]
    fn environments_are_read_as_rules_are() {
        let text = r#"
[env.prod]
workspaces = ["prdo", "local"]
include = {}
exclude = { paths = ["{"], severities = ["Hihg"] }
[[env.prod.overrides]]
rule = ["a"]
set = { severty = "High", severity = "Highest", queryFrequency = "soon", enabled = 3 }
parameters = { A = { b = 1 } }
[workspace.prod]
"#;
        assert_eq!(
            faults(text),
            [
                "3:15 PK901 there is no workspace `prdo` (add it as [workspace.prdo])",
                "4:11 PK901 `include` selects by nothing (name some of `rules`, `paths`, `tags`, `severities`, `kinds` and `content`)",
                "5:22 PK901 `{` is no pattern of paths: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?) (write it as `rules/lab/**`)",
                "5:42 PK901 there is no severity `Hihg` (the nearest is `High`)",
                "7:1 PK902 unknown key `rule` in [[env.prod.overrides]] (the nearest known key is `rules`)",
                "8:9 PK101 a rule has no key `severty` (the nearest known key is `severity`)",
                "8:38 PK104 `severity` cannot be `Highest` (expected one of `Informational`, `Low`, `Medium`, `High`)",
                "8:66 PK106 `queryFrequency` is no length of time (write a number with `m`, `h` or `d`, such as `90m`, `1h` or `14d`)",
                "8:84 PK103 `enabled` is a number, expected `true` or `false` ()",
                "9:20 PK901 the parameter `A` must be a value or a list of values, not a table (write it as `parameters = { Threshold = 20 }`)",
                "10:12 PK901 [workspace.prod] lacks `subscription`, `resource_group` and `name` (a workspace needs `subscription`, `resource_group` and `name`)",
            ]
        );
    }

    #[test]
    fn refuses_wrong_types_and_broken_toml() {
        let wrong = faults("rules = \"rules\"\nlint = 3\n");
        assert_eq!(
            wrong[0],
            "1:9 PK901 `rules` must be a list of folders, not text (write it as `rules = [\"rules\"]`)"
        );
        assert!(wrong[1].starts_with("2:8 PK901 `lint` must be a table, not a number"), "{wrong:?}");
        for share in ["101", "-1", "2.5", "'20'"] {
            let wrong = faults(&format!("[deploy]\nprune_limit = {share}\n"));
            assert!(wrong.len() == 1 && wrong[0].contains("from 0 to 100"), "{wrong:?}");
        }
        assert!(faults("rules = [\n").iter().any(|fault| fault.contains("not valid TOML")));
        assert!(
            faults("[format]\nqueries = 1\n")[0].contains("`queries` must be true or false, not a number")
        );
        assert!(faults("[project]\nname = ''\n")[0].contains("`name` is empty"));
        assert!(faults("[workspace.local]\nname='x'\n")[0].contains("on this machine"));
        assert!(faults("a = 1\na = 2\n").iter().any(|fault| fault.contains("PK901")), "a key twice");
    }
}
