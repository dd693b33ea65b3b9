//! The files of tests, the rules that they are about, and the rows that they name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::catalog::kql::KqlCatalog;
use crate::cli::CliError;
use crate::cli::load::{self, Input, Inputs, Opened, Sourced};
use crate::content::Content;
use crate::diag::{Diagnostic, Severity, nearest};
use crate::project::{
    FoundFiles, PathKind, ReadFault, Wanted, describe, has_rule_ending, is_test_file, read_text, shown,
};
use crate::rule::Rule;
use crate::testing::{self, Files, MAX_LINE_BYTES, Shared, Test, TestFile, WatchlistItems};
use crate::text::{SourceId, SourceMap, Span, Spanned};

/// The most bytes of a file of rows: 64 MiB.
const MAX_DATA_BYTES: u64 = 64 << 20;

/// What a run of tests needs.
pub(crate) struct Gathered<'o> {
    /// Texts of all sources.
    pub(crate) sources: SourceMap,
    /// The rules, as the environment has them.
    pub(crate) rules: Vec<Rule>,
    /// What queries may name.
    pub(crate) kql: &'o KqlCatalog,
    /// The files of tests.
    pub(crate) test_files: Vec<Found>,
    /// What tests share.
    pub(crate) shared: Shared,
    /// What is wrong with all of these.
    pub(crate) findings: Vec<Diagnostic>,
    /// The files that were read.
    pub(crate) files: Vec<PathBuf>,
}

/// A file of tests.
pub(crate) struct Found {
    /// Where it stands.
    pub(crate) path: PathBuf,
    /// What is in it.
    pub(crate) file: TestFile,
    /// For each of its tests the rules, by their numbers.
    rules: Vec<Vec<usize>>,
}

impl Gathered<'_> {
    /// The tests, each with the number of a rule that it is about.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (usize, &Test)> {
        self.test_files.iter().flat_map(|found| {
            let tests = found.file.tests.iter().zip(&found.rules);
            tests.flat_map(|(test, rules)| rules.iter().map(move |rule| (*rule, test)))
        })
    }

    /// The numbers of the rules that some test expects to find something.
    pub(crate) fn tested(&self) -> BTreeSet<usize> {
        self.pairs().filter(|(_, test)| test.expect.is_finding()).map(|(rule, _)| rule).collect()
    }
}

/// Reads the tests that `paths` name, or those of the project, with their rules and rows.
///
/// # Errors
/// When there is no test, unless `may_be_none`.
pub(crate) fn gather<'o>(
    opened: &'o Opened,
    paths: &[PathBuf],
    may_be_none: bool,
) -> Result<Gathered<'o>, CliError> {
    let (paths, only) = test_files(opened, paths);
    if paths.is_empty() && !may_be_none {
        return Err(CliError::new("there are no tests here").help(
            "write them into NAME.test.yaml beside the rule NAME.yaml; `picket test --help` says more",
        ));
    }
    // The rules come first: their sources do not depend on how many tests there are.
    let read = read_all(opened, paths);
    let inputs = match named_files(&read) {
        Some(named) => rule_inputs(opened, &named),
        None => load::read(opened, &[], Wanted::Rules)?,
    };
    let sourced = load::rules(opened, &inputs);
    let is_part = opened.environment.is_some();
    Ok(with_tests(opened, &inputs, sourced, read, only.as_deref(), is_part))
}

/// The rules of `inputs` with the tests of the project that are about them. What tests say of other rules is left aside.
pub(crate) fn of_rules<'o>(opened: &'o Opened, inputs: &Inputs, sourced: Sourced<'o>) -> Gathered<'o> {
    let (paths, _) = test_files(opened, &[]);
    let read = read_all(opened, paths);
    with_tests(opened, inputs, sourced, read, None, true)
}

/// A file of tests and its text, or why it has none.
type ReadFile = (PathBuf, Result<String, ReadFault>);

fn read_all(opened: &Opened, paths: Vec<PathBuf>) -> Vec<ReadFile> {
    let read = |path: PathBuf| {
        let text = read_text(&*opened.files, &path);
        (path, text)
    };
    paths.into_par_iter().map(read).collect()
}

/// The rules with what `read` has of tests. `is_part` says that there may be other rules, which tests may name.
fn with_tests<'o>(
    opened: &'o Opened,
    inputs: &Inputs,
    sourced: Sourced<'o>,
    read: Vec<ReadFile>,
    only: Option<&[PathBuf]>,
    is_part: bool,
) -> Gathered<'o> {
    let Sourced { mut sources, rules, mut found, ids, kql, content, .. } = sourced;
    found.retain(|finding| finding.severity == Severity::Error);
    let mut gathered = Gathered {
        sources: SourceMap::default(),
        kql,
        test_files: Vec::new(),
        shared: Shared { files: Files::new(), watchlists: watchlists(content) },
        findings: found,
        files: inputs.files.iter().filter_map(|input| input.path.clone()).collect(),
        rules,
    };
    let known = Known::new(opened, inputs, &ids, &gathered.rules, &sources, only, is_part);
    let mut texts: Vec<(PathBuf, SourceId, String)> = Vec::new();
    for (path, text) in read {
        gathered.files.push(path.clone());
        let name = shown(&path, &opened.folder);
        match text {
            Ok(text) => {
                let source = sources.add(name, text.as_str());
                texts.push((path, source, text));
            }
            Err(fault) => {
                let id = sources.add(name, "");
                gathered.findings.push(fault.diagnostic(id));
            }
        }
    }
    let files: Vec<_> = texts.par_iter().map(|(_, source, text)| testing::read(*source, text)).collect();
    for ((path, source, _), (file, findings)) in texts.into_iter().zip(files) {
        gathered.findings.extend(findings);
        for data in file.data_files() {
            let at = path.parent().unwrap_or(Path::new(".")).join(data);
            let text = data_text(opened, &at).map(|text| {
                let id = sources.add(shown(&at, &opened.folder), text.as_str());
                (id, Arc::from(text))
            });
            gathered.files.push(at);
            gathered.shared.files.insert((source, data.to_owned()), text);
        }
        let rules = file
            .tests
            .iter()
            .map(|test| known.rules_of(&file, test, &path, &mut gathered.findings))
            .collect();
        gathered.test_files.push(Found { path, file, rules });
    }
    // The same reference in many tests is wrong once.
    crate::diag::sort(&mut gathered.findings);
    gathered.findings.dedup();
    gathered.sources = sources;
    gathered
}

/// The files of tests that `paths` name, and the rule files among these, whose tests alone are meant.
fn test_files(opened: &Opened, paths: &[PathBuf]) -> (Vec<PathBuf>, Option<Vec<PathBuf>>) {
    if paths.is_empty() {
        let (found, _) = opened.project.files(&*opened.files, &opened.folder, Wanted::Tests);
        return (found.files, None);
    }
    let mut only = Vec::new();
    let mut places = Vec::new();
    for path in paths {
        let at = opened.folder.join(path);
        let is_rule = has_rule_ending(&at)
            && !is_test_file(&at)
            && matches!(opened.files.kind(&at), Ok(PathKind::File));
        if is_rule {
            places.push(at.parent().unwrap_or(Path::new(".")).to_path_buf());
            only.push(at);
        } else {
            places.push(at);
        }
    }
    let is_all_rules = only.len() == paths.len();
    let found = FoundFiles::under(&*opened.files, &places, &opened.folder, Wanted::Tests);
    (found.files, is_all_rules.then_some(only))
}

/// What a test says of its rule.
enum Reference<'f> {
    /// A file.
    File(PathBuf, Option<&'f Spanned<String>>),
    /// An id.
    Id(&'f Spanned<String>),
}

/// The rules that the tests of a file name, or the one beside it.
fn refs<'f>(file: &'f TestFile, path: &Path) -> Vec<Reference<'f>> {
    let own = file.tests.iter().flat_map(|test| &test.rules);
    let mut all: Vec<Reference<'f>> =
        file.rules.iter().chain(own).map(|rule| reference(rule, path)).collect();
    if file.rules.is_empty() {
        all.push(beside(path));
    }
    all
}

fn reference<'f>(rule: &'f Spanned<String>, path: &Path) -> Reference<'f> {
    match has_rule_ending(Path::new(&rule.value)) {
        true => Reference::File(path.parent().unwrap_or(Path::new(".")).join(&rule.value), Some(rule)),
        false => Reference::Id(rule),
    }
}

/// The rule file beside a file of tests.
fn beside<'f>(path: &Path) -> Reference<'f> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = testing::ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    Reference::File(path.with_file_name(format!("{stem}.yaml")), None)
}

/// The rule files that files of tests name; nothing where one names a rule by its id, which may stand in any file.
fn named_files(read: &[ReadFile]) -> Option<Vec<PathBuf>> {
    let mut named: Vec<PathBuf> = Vec::new();
    for (path, text) in read {
        let Ok(text) = text else { continue };
        let file = testing::read(SourceId::default(), text).0;
        for reference in refs(&file, path) {
            match reference {
                Reference::File(path, _) => named.push(path),
                Reference::Id(_) => return None,
            }
        }
    }
    named.sort();
    named.dedup();
    Some(named)
}

/// The texts of rule files that are there.
fn rule_inputs(opened: &Opened, paths: &[PathBuf]) -> Inputs {
    let there = |path: &PathBuf| {
        let other = path.with_extension("yml");
        let path =
            if opened.files.kind(path).is_err() && opened.files.kind(&other).is_ok() { &other } else { path };
        opened.files.kind(path).is_ok().then(|| path.clone())
    };
    let paths: Vec<PathBuf> = paths.iter().filter_map(there).collect();
    let texts: Vec<_> = paths.par_iter().map(|path| read_text(&*opened.files, path)).collect();
    let mut inputs = Inputs::default();
    for (path, text) in paths.into_iter().zip(texts) {
        let name = shown(&path, &opened.folder);
        match text {
            Ok(text) => inputs.files.push(Input { path: Some(path), name, text }),
            Err(fault) => inputs.faults.push((name, fault)),
        }
    }
    inputs
}

/// The rules by file and id.
struct Known<'k> {
    folder: &'k Path,
    by_file: BTreeMap<String, Vec<usize>>,
    by_id: BTreeMap<String, usize>,
    /// The rule files whose tests alone are meant.
    only: Option<Vec<String>>,
    /// Whether there may be rules that are not known here.
    is_part: bool,
}

impl<'k> Known<'k> {
    fn new(
        opened: &'k Opened,
        inputs: &Inputs,
        ids: &[SourceId],
        rules: &[Rule],
        sources: &SourceMap,
        only: Option<&[PathBuf]>,
        is_part: bool,
    ) -> Self {
        let names: BTreeMap<SourceId, &str> =
            ids.iter().zip(&inputs.files).map(|(id, input)| (*id, input.name.as_str())).collect();
        let mut by_file: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut by_id = BTreeMap::new();
        for (number, rule) in rules.iter().enumerate() {
            // A rule that an environment changes stands in a text of its own.
            let real = sources.real(Span::new(rule.source, rule.range)).source;
            let name = names.get(&rule.source).or_else(|| names.get(&real));
            if let Some(name) = name {
                by_file.entry((*name).to_owned()).or_default().push(number);
            }
            if let Some(id) = &rule.id {
                by_id.insert(id.value.to_lowercase(), number);
            }
        }
        let only = only.map(|paths| paths.iter().map(|path| shown(path, &opened.folder)).collect());
        Self { folder: &opened.folder, by_file, by_id, only, is_part }
    }

    /// The rules of a test, by their numbers.
    fn rules_of(
        &self,
        file: &TestFile,
        test: &Test,
        path: &Path,
        findings: &mut Vec<Diagnostic>,
    ) -> Vec<usize> {
        let written = if test.rules.is_empty() { &file.rules } else { &test.rules };
        let references: Vec<Reference<'_>> = match written.is_empty() {
            true => vec![beside(path)],
            false => written.iter().map(|rule| reference(rule, path)).collect(),
        };
        let mut rules = Vec::new();
        for reference in references {
            match self.find(&reference) {
                Ok(Some(rule)) => rules.push(rule),
                Ok(None) => {}
                Err((message, help)) => {
                    let range = match &reference {
                        Reference::File(_, Some(rule)) | Reference::Id(rule) => rule.range,
                        Reference::File(_, None) => test.name.range,
                    };
                    let finding = testing::lints::BAD_TEST.at(Span::new(file.source, range), message);
                    findings.push(finding.with_help(help));
                }
            }
        }
        rules
    }

    fn find(&self, reference: &Reference<'_>) -> Result<Option<usize>, (String, String)> {
        let (rule, name) = match reference {
            Reference::Id(id) => {
                let Some(rule) = self.by_id.get(&id.value.to_lowercase()) else {
                    if self.is_part {
                        return Ok(None);
                    }
                    let message = format!("no rule has the id `{}`", id.value);
                    let help = match nearest(&id.value, self.by_id.keys().map(String::as_str)) {
                        Some(meant) => format!("the nearest is `{meant}`"),
                        None => "name the file of the rule, relative to this one, or its id".to_owned(),
                    };
                    return Err((message, help));
                };
                let name =
                    self.by_file.iter().find(|(_, rules)| rules.contains(rule)).map(|(name, _)| name.clone());
                (*rule, name.unwrap_or_default())
            }
            Reference::File(path, _) => {
                let name = shown(path, self.folder);
                let other = shown(&path.with_extension("yml"), self.folder);
                let found = self.by_file.get_key_value(&name).or_else(|| self.by_file.get_key_value(&other));
                match found.map(|(name, rules)| (name, rules.as_slice())) {
                    Some((name, [rule])) => (*rule, name.clone()),
                    Some((_, rules)) => {
                        let message = format!("`{name}` has {} rules", rules.len());
                        return Err((message, "name one of them by its id, under `rule`".to_owned()));
                    }
                    None if self.is_part => return Ok(None),
                    None => {
                        let message = format!("there is no rule in `{name}`");
                        return Err((message, "name the rule by its file or id, under `rule`".to_owned()));
                    }
                }
            }
        };
        let is_meant = self.only.as_ref().is_none_or(|only| only.contains(&name));
        Ok(is_meant.then_some(rule))
    }
}

/// The watchlists of the project, by alias in lower case.
pub(crate) fn watchlists(content: &[Content]) -> BTreeMap<String, WatchlistItems> {
    let lists = content.iter().filter_map(|item| match item {
        Content::Watchlist(list) => {
            let items =
                WatchlistItems { text: list.items.text.clone(), search_key: list.search_key.value.clone() };
            Some((list.alias.value.to_lowercase(), items))
        }
        _ => None,
    });
    lists.collect()
}

/// The text of a file of rows. One with a line that is too long is cut behind it: reading rows says so at its place.
fn data_text(opened: &Opened, path: &Path) -> Result<String, String> {
    if matches!(opened.files.kind(path), Ok(PathKind::Directory)) {
        return Err("it is a directory".to_owned());
    }
    let mut bytes = opened.files.read(path, MAX_DATA_BYTES).map_err(|error| describe(&error))?;
    let mut at = 0;
    for line in bytes.split(|byte| *byte == b'\n') {
        at += line.len() + 1;
        if line.len() > MAX_LINE_BYTES {
            bytes.truncate(at);
            return Ok(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    if bytes.len() as u64 > MAX_DATA_BYTES {
        return Err("it has more than 64 MiB; `picket hunt` reads large data".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line} is not UTF-8")
    })
}
