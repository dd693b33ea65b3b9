//! From the arguments of a command to rules and findings.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::catalog::Catalog;
use crate::catalog::kql::KqlCatalog;
use crate::content::{self, Content};
use crate::diag::{self, Diagnostic};
use crate::env::{Applied, Environment};
use crate::lint::{self, Facts, Scope, Settings};
use crate::project::{
    self, FileSystem, FoundFiles, LINTS, MAX_FILE_BYTES, Project, ReadFault, RealFiles, Wanted, decode,
    read_text,
};
use crate::rule::{self, Rule};
use crate::text::{SourceId, SourceMap};

use super::output::{count, human};
use super::queries::{Declared, declared};
use super::{CliError, Shell, attack, environment, levels};

/// The path that stands for standard input.
pub(crate) const STDIN: &str = "-";

/// A project whose settings could be used.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The folder picket was started in.
    pub(crate) folder: PathBuf,
    /// The project.
    pub(crate) project: Project,
    /// Holds the text of picket.toml.
    pub(crate) sources: SourceMap,
    /// Levels of codes.
    pub(crate) settings: Settings,
    /// The facts, ATT&CK in the version that picket.toml names.
    pub(crate) catalog: Catalog,
    /// Where the rules, declarations and content are read from.
    pub(crate) files: Arc<dyn FileSystem + Send + Sync>,
    /// The environment whose rules are meant, where one is.
    pub(crate) environment: Option<Environment>,
    /// What the project declares, once that was asked for, with all texts up to then.
    declarations: OnceLock<(SourceMap, Declared)>,
}

/// A file that was read.
#[derive(Debug)]
pub(crate) struct Input {
    /// Where it stands; nowhere for standard input.
    pub(crate) path: Option<PathBuf>,
    /// The name that reports show.
    pub(crate) name: String,
    /// Its text.
    pub(crate) text: String,
}

/// The rules of a run and what was found in them.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Texts of all sources.
    pub(crate) sources: SourceMap,
    /// The rules that could be read, as the environment has them.
    pub(crate) rules: Vec<Rule>,
    /// Those of them that the environment changes, as their files say them.
    pub(crate) own: Vec<Rule>,
    /// What was found, in the order of reports.
    pub(crate) findings: Vec<Diagnostic>,
    /// The source of each input, in the order of the inputs.
    pub(crate) ids: Vec<SourceId>,
    /// Documents among the rules and the content that are none, whatever the level of that finding: where one was a rule that
    /// a slip has made unreadable, what it deployed must not count as gone.
    pub(crate) not_rules: Vec<Diagnostic>,
    /// What the project deploys beside rules.
    pub(crate) content: Vec<Content>,
    /// The files with their paths in the project.
    pub(crate) scope: Scope,
}

/// Whether a finding says that a file could not be read at all.
pub(crate) fn is_unreadable(finding: &Diagnostic) -> bool {
    LINTS.iter().any(|lint| lint.code == finding.code)
}

/// The folder picket was started in.
///
/// # Errors
/// When it is gone.
pub(crate) fn current_folder() -> Result<PathBuf, CliError> {
    std::env::current_dir().map_err(|error| CliError::new("the current folder cannot be read").cause(error))
}

/// Finds the project and reads its settings. `strict` is added to what picket.toml says.
///
/// # Errors
/// When picket.toml is wrong: all of its faults, rendered.
pub(crate) fn open(shell: &Shell, strict: bool) -> Result<Opened, CliError> {
    let folder = current_folder()?;
    let mut sources = SourceMap::new();
    let (project, mut faults) = Project::find(&RealFiles, &folder, &mut sources);
    let settings = levels::settings(&project.config, strict, &mut faults);
    let catalog = attack::configured(&project, &mut faults)?;
    if faults.is_empty() {
        return Ok(Opened::new(folder, project, sources, settings, catalog, Arc::new(RealFiles)));
    }
    Err(config_error(&sources, faults, shell))
}

/// Finds the project alone, whatever its settings lead to.
///
/// # Errors
/// When picket.toml is wrong.
pub(crate) fn project(shell: &Shell) -> Result<Project, CliError> {
    let mut sources = SourceMap::new();
    let (project, faults) = Project::find(&RealFiles, &current_folder()?, &mut sources);
    if faults.is_empty() { Ok(project) } else { Err(config_error(&sources, faults, shell)) }
}

impl Opened {
    /// A project of which the rest is known.
    pub(crate) fn new(
        folder: PathBuf,
        project: Project,
        sources: SourceMap,
        settings: Settings,
        catalog: Catalog,
        files: Arc<dyn FileSystem + Send + Sync>,
    ) -> Self {
        let declarations = OnceLock::new();
        Self { folder, project, sources, settings, catalog, files, environment: None, declarations }
    }

    /// Holds rules against this version of ATT&CK, whatever picket.toml says.
    ///
    /// # Errors
    /// When it is not at hand.
    pub(crate) fn use_attack(&mut self, version: &str) -> Result<(), CliError> {
        self.catalog = attack::catalog(&self.project, Some(version))?;
        Ok(())
    }

    /// What queries of the project may name.
    pub(crate) fn kql(&self) -> &KqlCatalog {
        &self.declarations().1.catalog
    }

    /// Reads rules, declarations and content as they were at a revision of git. Gives the commit.
    ///
    /// # Errors
    /// When git does not have it.
    pub(crate) fn read_from(&mut self, revision: &str) -> Result<String, CliError> {
        let files = super::revision_files::RevisionFiles::open(revision, &self.project.root)?;
        let commit = files.commit.clone();
        self.files = Arc::new(files);
        self.forget_declarations();
        Ok(commit)
    }

    /// Has the declarations read again when they are asked for.
    pub(super) fn forget_declarations(&mut self) {
        self.declarations = OnceLock::new();
    }

    /// What the project declares, with the texts of picket.toml and of the declarations. They are read once, however often
    /// the rules are checked.
    fn declarations(&self) -> &(SourceMap, Declared) {
        self.declarations.get_or_init(|| {
            let mut sources = self.sources.clone();
            let declared = declared(self, &[], &mut sources);
            (sources, declared)
        })
    }
}

/// The error of a command that cannot work with picket.toml.
pub(crate) fn config_error(sources: &SourceMap, mut faults: Vec<Diagnostic>, shell: &Shell) -> CliError {
    diag::sort(&mut faults);
    CliError::new(format!("picket.toml cannot be used: {}", count(faults.len(), "error"))).report(human(
        sources,
        &faults,
        shell.colors_err(),
    ))
}

/// The files that a command is about, and what could not be read of them.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    /// Files that were read, in the order of their names.
    pub(crate) files: Vec<Input>,
    /// Names of files without a text, each with why.
    pub(crate) faults: Vec<(String, ReadFault)>,
    /// Findings in picket.toml.
    pub(crate) findings: Vec<Diagnostic>,
    /// Whether these are all files of the project.
    pub(crate) is_whole: bool,
    /// Rules that changed since, as they were before.
    pub(crate) before: Vec<Rule>,
}

/// Reads the files that `paths` name, in folders those that are `wanted`, or those of the project when there are none.
/// `-` is standard input.
///
/// # Errors
/// When standard input cannot be read, or is named beside other paths.
pub(crate) fn read(opened: &Opened, paths: &[PathBuf], wanted: Wanted) -> Result<Inputs, CliError> {
    let mut inputs = Inputs { is_whole: paths.is_empty(), ..Inputs::default() };
    if paths.iter().any(|path| path == Path::new(STDIN)) {
        if paths.len() > 1 {
            return Err(CliError::new("`-` cannot stand beside other paths").help("run the command twice"));
        }
        let name = "<stdin>".to_owned();
        match standard_input()? {
            Ok(text) => inputs.files.push(Input { path: None, name, text }),
            Err(fault) => inputs.faults.push((name, fault)),
        }
        return Ok(inputs);
    }
    let found = if paths.is_empty() {
        let (found, findings) = opened.project.files(&*opened.files, &opened.folder, wanted);
        inputs.findings = findings;
        found
    } else {
        FoundFiles::under(&*opened.files, paths, &opened.folder, wanted)
    };
    let name = |path: &Path| project::shown(path, &opened.folder);
    inputs.faults.extend(found.faults.into_iter().map(|(path, fault)| (name(&path), fault)));
    let texts: Vec<_> = found.files.par_iter().map(|path| read_text(&*opened.files, path)).collect();
    for (path, text) in found.files.into_iter().zip(texts) {
        match text {
            Ok(text) => inputs.files.push(Input { name: name(&path), path: Some(path), text }),
            Err(fault) => inputs.faults.push((name(&path), fault)),
        }
    }
    Ok(inputs)
}

/// The text of one file that a command cannot do without.
///
/// # Errors
/// When it has none.
pub(crate) fn read_file(path: &Path) -> Result<String, CliError> {
    usable(path, read_text(&RealFiles, path))
}

/// The same, with `-` for standard input.
///
/// # Errors
/// When it has none.
pub(crate) fn read_file_or_input(path: &Path) -> Result<String, CliError> {
    if path == Path::new(STDIN) { usable(path, standard_input()?) } else { read_file(path) }
}

fn usable(path: &Path, text: Result<String, ReadFault>) -> Result<String, CliError> {
    text.map_err(|fault| {
        CliError::new(format!("cannot use {}: {}", path.display(), fault.message)).help(fault.help)
    })
}

fn standard_input() -> Result<Result<String, ReadFault>, CliError> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| CliError::new("standard input cannot be read").cause(error))?;
    Ok(decode(bytes))
}

/// Rules with what they may name, before they are checked.
pub(crate) struct Sourced<'a> {
    /// Texts of all sources.
    pub(crate) sources: SourceMap,
    /// The rules that could be read, as the environment has them.
    pub(crate) rules: Vec<Rule>,
    /// Those of them that the environment changes, as their files say them.
    pub(crate) own: Vec<Rule>,
    /// What was found when they were read, the declarations of the project included.
    pub(crate) found: Vec<Diagnostic>,
    /// The source of each input, in the order of the inputs.
    pub(crate) ids: Vec<SourceId>,
    /// The built-in tables and functions with the declarations on top.
    pub(crate) kql: &'a KqlCatalog,
    /// What the project deploys beside rules.
    pub(crate) content: &'a [Content],
    /// The files with their paths in the project.
    pub(crate) scope: Scope,
}

/// Reads the rules of `inputs` and the declarations of the project.
pub(crate) fn rules<'a>(opened: &'a Opened, inputs: &Inputs) -> Sourced<'a> {
    let (texts, Declared { catalog: kql, content, findings, .. }) = opened.declarations();
    let mut sources = texts.clone();
    let mut found = inputs.findings.clone();
    let mut rules = Vec::new();
    let add = |input: &Input| sources.add(input.name.as_str(), input.text.as_str());
    let ids: Vec<SourceId> = inputs.files.iter().map(add).collect();
    let read: Vec<_> =
        inputs.files.par_iter().zip(&ids).map(|(input, id)| rule::read(*id, &input.text)).collect();
    for (read, findings) in read {
        rules.extend(read);
        found.extend(findings);
    }
    for (name, fault) in &inputs.faults {
        let id = sources.add(name.as_str(), "");
        found.push(fault.diagnostic(id));
    }
    found.extend_from_slice(findings);
    let mut scope = Scope { is_whole: inputs.is_whole, ..Scope::default() };
    for (input, id) in inputs.files.iter().zip(&ids) {
        if let Some(path) = &input.path {
            scope.paths.insert(*id, project::shown(path, &opened.project.root));
        }
    }
    if let Some(environment) = &opened.environment {
        environment::of_kept(&mut found, environment, &rules, &scope, &sources);
    }
    let Applied { rules, own, findings } = opened.rules_of(rules, &scope, &mut sources);
    found.extend(findings);
    scope.is_deployed = opened.environment.is_some();
    Sourced { sources, rules, own, found, ids, kql, content, scope }
}

/// Reads the rules of `inputs` and checks them.
pub(crate) fn check(opened: &Opened, inputs: &Inputs) -> Loaded {
    let Sourced { sources, rules, own, found, ids, kql, content, scope } = rules(opened, inputs);
    let is_no_rule =
        |finding: &&Diagnostic| finding.code == rule::lints::NOT_A_RULE.code || content::is_unread(finding);
    let not_rules = found.iter().filter(is_no_rule).cloned().collect();
    let facts = Facts { kql, catalog: &opened.catalog, before: &inputs.before };
    let mut settings = opened.settings.clone();
    settings.set_scope(scope);
    let mut findings = lint::check(&sources, &rules, found, facts, &settings);
    // What an environment says is said once, however many rules it says it of.
    findings.dedup_by(|a, b| {
        opened.environment.is_some()
            && (a.primary.span, a.code, &a.message) == (b.primary.span, b.code, &b.message)
    });
    Loaded {
        sources,
        rules,
        own,
        findings,
        ids,
        not_rules,
        content: content.to_vec(),
        scope: settings.scope().clone(),
    }
}

/// Writes a file of the project.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    RealFiles.write(path, bytes).map_err(|error| {
        CliError::new(format!("cannot write {}", path.display()))
            .cause(project::describe(&error))
            .help("check that the folder is there and may be written to")
    })
}
