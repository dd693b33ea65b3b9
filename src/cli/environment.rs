//! From `--env` to the rules of an environment.

use std::collections::BTreeSet;
#[cfg(all(feature = "azure", feature = "emulator"))]
use std::path::Path;

use crate::content::Content;
use crate::diag::{Diagnostic, nearest};
use crate::env::{Applied, Environment, Exclusion, Piece};
use crate::lint::Scope;
use crate::project::{CONFIG_FILE, ReadFault, read_text};
#[cfg(all(feature = "azure", feature = "emulator"))]
use crate::project::{Config, EnvConfig, LOCAL_WORKSPACE};
use crate::rule::{self, Rule};
use crate::text::{SourceId, SourceMap, Span, TextRange};
use crate::yaml::{OffsetMap, Scalar, ScalarStyle, Segment};

#[cfg(all(feature = "azure", feature = "emulator"))]
use super::completing;
#[cfg(all(feature = "azure", feature = "emulator"))]
use super::load;
use super::load::{Opened, config_error};
#[cfg(all(feature = "azure", feature = "emulator"))]
use super::revision;
use super::{CliError, Shell};

impl Opened {
    /// Takes the rules of the project as the environment `name` has them, from now on.
    ///
    /// # Errors
    /// When there is no such environment, or a file that it names cannot be read.
    pub(crate) fn enter(&mut self, name: &str, shell: &Shell) -> Result<(), CliError> {
        self.environment = Some(self.environment(name, shell)?);
        Ok(())
    }

    /// The environment `name`, with the texts of the files that it names.
    ///
    /// # Errors
    /// When there is none, or a file cannot be read.
    pub(crate) fn environment(&mut self, name: &str, shell: &Shell) -> Result<Environment, CliError> {
        let Some(config) = self.project.config.envs.get(name) else {
            return Err(self.unknown_env(name));
        };
        let mut environment = config.environment.clone();
        let mut faults = Vec::new();
        for it in &mut environment.overrides {
            for file in &it.exclusion_files {
                let path = self.project.root.join(&file.value);
                match read_text(&*self.files, &path) {
                    Ok(text) => {
                        let name = crate::project::shown(&path, &self.folder);
                        it.exclusions.push(exclusion(&mut self.sources, name, &text));
                    }
                    Err(fault) => faults.push(in_settings(
                        &fault,
                        &file.value,
                        Span::new(environment.source, file.range),
                    )),
                }
            }
        }
        if !faults.is_empty() {
            return Err(config_error(&self.sources, faults, shell));
        }
        // The texts of declarations stand behind those of the settings.
        self.forget_declarations();
        Ok(environment)
    }

    /// The rules of the project, or those of the environment.
    pub(super) fn rules_of(&self, rules: Vec<Rule>, scope: &Scope, sources: &mut SourceMap) -> Applied {
        match &self.environment {
            Some(environment) => crate::env::apply(environment, rules, scope, sources),
            None => Applied { rules, ..Applied::default() },
        }
    }

    /// The content of the project that the environment has, and the files of which it has nothing. What was found in these is
    /// taken out of `found`, and what is wrong with the selectors is added.
    pub(super) fn content_of(
        &self,
        content: Vec<Content>,
        sources: &SourceMap,
        found: &mut Vec<Diagnostic>,
    ) -> (Vec<Content>, BTreeSet<SourceId>) {
        let Some(environment) = &self.environment else { return (content, BTreeSet::new()) };
        let path = |item: &Content| {
            let name = sources.get(item.place().source).map(|source| source.name.to_string());
            crate::project::shown(&self.folder.join(name.unwrap_or_default()), &self.project.root)
        };
        let paths: Vec<String> = content.iter().map(path).collect();
        let pieces = content.iter().zip(&paths).map(|(item, path)| Piece { names: item.names(), path });
        let pieces: Vec<Piece<'_>> = pieces.collect();
        found.extend(environment.unmet_content(&pieces));
        let kept: Vec<bool> = pieces.iter().map(|piece| environment.has_content(piece)).collect();
        let (mut has, mut left_out) = (BTreeSet::new(), BTreeSet::new());
        for (item, kept) in content.iter().zip(&kept) {
            let files = if *kept { &mut has } else { &mut left_out };
            files.extend(item.sources());
        }
        left_out.retain(|source| !has.contains(source));
        found.retain(|finding| !left_out.contains(&finding.primary.span.source));
        let content = content.into_iter().zip(kept).filter_map(|(item, kept)| kept.then_some(item));
        (content.collect(), left_out)
    }

    /// The files that say what the environment is, relative to the project; none without one.
    #[cfg(all(feature = "azure", feature = "emulator"))]
    pub(crate) fn environment_files(&self) -> impl Iterator<Item = &Path> {
        let named = self.environment.iter().flat_map(|it| &it.overrides).flat_map(|it| &it.exclusion_files);
        let settings = self.environment.is_some().then_some(CONFIG_FILE);
        settings.into_iter().chain(named.map(|file| file.value.as_str())).map(Path::new)
    }

    /// The rules of `commit` that stand in files with one of `ids`, as the environment had them then.
    #[cfg(all(feature = "azure", feature = "emulator"))]
    pub(crate) fn rules_with(&self, ids: &[&str], commit: &str) -> Vec<Rule> {
        let mut sources = SourceMap::new();
        let mut rules = Vec::new();
        let mut scope = Scope::default();
        for (path, text) in revision::files_with(ids, commit, &self.project.root) {
            let source = sources.add(path.as_str(), text.as_str());
            scope.paths.insert(source, path);
            rules.extend(rule::read(source, &text).0);
        }
        match self.environment_at(commit, &mut sources) {
            Some(environment) => crate::env::apply(&environment, rules, &scope, &mut sources).rules,
            None => rules,
        }
    }

    /// The environment as picket.toml had it at `commit`.
    #[cfg(all(feature = "azure", feature = "emulator"))]
    fn environment_at(&self, commit: &str, sources: &mut SourceMap) -> Option<Environment> {
        let name = &self.environment.as_ref()?.name;
        let root = &self.project.root;
        let text = revision::file_at(CONFIG_FILE, commit, root)?;
        let source = sources.add(CONFIG_FILE, text.as_str());
        let mut environment = Config::parse(source, &text).0.envs.remove(name)?.environment;
        for it in &mut environment.overrides {
            for file in &it.exclusion_files {
                let text = revision::file_at(&file.value, commit, root)?;
                it.exclusions.push(exclusion(sources, file.value.clone(), &text));
            }
        }
        Some(environment)
    }

    fn unknown_env(&self, name: &str) -> CliError {
        let known: Vec<&str> = self.project.config.envs.keys().map(String::as_str).collect();
        let error = CliError::new(format!("there is no environment `{name}`"));
        match nearest(name, known.iter().copied()) {
            Some(meant) => error.help(format!("the nearest is `{meant}`")),
            None if known.is_empty() => error.help(format!("add it as [env.{name}] to {CONFIG_FILE}")),
            None => error.help(format!(
                "known are {}; others are added as [env.NAME] to {CONFIG_FILE}",
                known.join(", ")
            )),
        }
    }
}

/// All of a file as an exclusion.
fn exclusion(sources: &mut SourceMap, name: String, text: &str) -> Exclusion {
    let source = sources.add(name, text);
    let range = TextRange::from_usize(0, text.len());
    let map = OffsetMap::new(vec![Segment { decoded: range, source: range, copied: true }], range.end);
    let scalar = Scalar { text: text.to_owned(), style: ScalarStyle::Literal, map };
    Exclusion { place: Span::new(source, range), scalar }
}

/// The fault of a file at the place in the settings that names it.
fn in_settings(fault: &ReadFault, file: &str, place: Span) -> Diagnostic {
    Diagnostic::error(fault.code, place, format!("the file `{file}` cannot be used: {}", fault.message))
        .with_help(fault.help.clone())
}

/// Which findings of reading are of rules that the environment has: those in a file all of whose rules are left out are not.
pub(super) fn of_kept(
    found: &mut Vec<Diagnostic>,
    environment: &Environment,
    all: &[Rule],
    scope: &Scope,
    sources: &SourceMap,
) {
    let has =
        |rule: &Rule| environment.has(crate::env::Words { rule, path: scope.path(sources, rule.source) });
    let mut of_file: std::collections::BTreeMap<_, bool> = std::collections::BTreeMap::new();
    for rule in all {
        *of_file.entry(rule.source).or_default() |= has(rule);
    }
    found.retain(|finding| of_file.get(&finding.primary.span.source).copied().unwrap_or(true));
}

/// Which workspace, and as which environment.
#[cfg(all(feature = "azure", feature = "emulator"))]
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct PlaceArgs {
    /// The environment of picket.toml: its rules, as it changes them, in its workspace, or in each of its workspaces one
    /// after the other.
    #[arg(long, short, value_name = "NAME", env = "PICKET_ENV", add = completing::environments())]
    pub(crate) env: Option<String>,
    /// The workspace: `local`, which is the default, or one of picket.toml. One that belongs to an environment has the
    /// rules of that.
    #[arg(long, short, value_name = "NAME", env = "PICKET_WORKSPACE", add = completing::workspaces())]
    pub(crate) workspace: Option<String>,
}

#[cfg(all(feature = "azure", feature = "emulator"))]
impl PlaceArgs {
    /// Takes the rules as the environment has them, and gives the name of the workspace.
    ///
    /// # Errors
    /// When there is no such environment, or it is not clear which workspace or environment is meant.
    pub(crate) fn enter(&self, opened: &mut Opened, shell: &Shell) -> Result<String, CliError> {
        let (workspace, env) = self.resolve(opened)?;
        if let Some(env) = env {
            opened.enter(&env, shell)?;
        }
        Ok(workspace)
    }

    /// Whether a workspace or an environment is named.
    pub(crate) fn is_named(&self) -> bool {
        self.env.is_some() || self.workspace.is_some()
    }

    /// The workspaces of the environment where it has several and none is named; nothing to choose from otherwise.
    ///
    /// # Errors
    /// When picket.toml is wrong.
    pub(super) fn workspaces(&self, shell: &Shell) -> Result<Vec<String>, CliError> {
        let (Some(env), None) = (&self.env, &self.workspace) else { return Ok(Vec::new()) };
        let config = load::project(shell)?.config;
        Ok(config.envs.get(env).map(|settings| workspaces(&config, env, settings)).unwrap_or_default())
    }

    /// The workspace, and the environment.
    fn resolve(&self, opened: &Opened) -> Result<(String, Option<String>), CliError> {
        let config = &opened.project.config;
        let Some(env) = &self.env else {
            let workspace = self.workspace.clone().unwrap_or_else(|| LOCAL_WORKSPACE.to_owned());
            let of: Vec<&String> = config
                .envs
                .iter()
                .filter(|(name, env)| workspaces(config, name, env).contains(&workspace))
                .map(|(name, _)| name)
                .collect();
            return match of.as_slice() {
                [] => Ok((workspace, None)),
                [only] => Ok((workspace, Some((*only).clone()))),
                several => Err(CliError::new(format!(
                    "the workspace `{workspace}` belongs to {} environments",
                    several.len()
                ))
                .help(format!("say which is meant: {}", options("--env", several)))),
            };
        };
        let Some(settings) = config.envs.get(env) else { return Err(opened.unknown_env(env)) };
        let own = workspaces(config, env, settings);
        let workspace = match &self.workspace {
            // Any environment can be tried on this machine.
            Some(name) if name == LOCAL_WORKSPACE || own.contains(name) => name.clone(),
            Some(name) => {
                let error = CliError::new(format!(
                    "the workspace `{name}` does not belong to the environment `{env}`"
                ));
                return Err(error.help(match own.is_empty() {
                    true => format!("add `workspaces = [\"{name}\"]` to [env.{env}] of {CONFIG_FILE}"),
                    false => format!("it has {}", own.join(", ")),
                }));
            }
            None => match own.as_slice() {
                [only] => only.clone(),
                [] => {
                    return Err(CliError::new(format!("the environment `{env}` has no workspace"))
                        .help(format!("add `workspaces = [\"NAME\"]` to [env.{env}] of {CONFIG_FILE}"))
                        .help("or try it on this machine with `--workspace local`"));
                }
                several => {
                    return Err(CliError::new(format!(
                        "the environment `{env}` has {} workspaces",
                        several.len()
                    ))
                    .help(format!("say which is meant: {}", options("--workspace", several))));
                }
            },
        };
        Ok((workspace, Some(env.clone())))
    }
}

#[cfg(all(feature = "azure", feature = "emulator"))]
impl Opened {
    /// The settings of the environment `entered`, or without one, of the first that has the workspace.
    pub(super) fn env_of(&self, entered: Option<&str>, workspace: &str) -> Option<&EnvConfig> {
        let config = &self.project.config;
        let has =
            |name: &str, env: &EnvConfig| workspaces(config, name, env).iter().any(|it| it == workspace);
        let mut all = config.envs.iter();
        let found =
            all.find(|(name, env)| entered.map_or_else(|| has(name, env), |entered| entered == *name));
        found.map(|(_, env)| env)
    }
}

/// The names of the workspaces that an environment is deployed to: those that it lists, or the one that is named as it is.
#[cfg(all(feature = "azure", feature = "emulator"))]
fn workspaces(config: &Config, name: &str, env: &EnvConfig) -> Vec<String> {
    match &env.workspaces {
        Some(names) => names.iter().map(|name| name.value.clone()).collect(),
        None => config.workspaces.contains_key(name).then(|| name.to_owned()).into_iter().collect(),
    }
}

/// `--option a` or `--option b`
#[cfg(all(feature = "azure", feature = "emulator"))]
fn options(option: &str, names: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{option} {}`", name.as_ref())).collect();
    quoted.join(" or ")
}
