//! The queries that a command is about: files of KQL, and the queries of rules at their place in the file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::catalog::kql::KqlCatalog;
use crate::content::Content;
use crate::diag::{self, Diagnostic, Severity};
use crate::import::rmm::{Mended, mend};
use crate::kql::QueryText;
use crate::kql::bind::{Arena, Bound, bind};
use crate::kql::syntax;
use crate::project::{RealFiles, Wanted, declared_in, has_query_ending, has_rule_ending};
use crate::rule::{self, Rule};
use crate::text::{SourceId, SourceMap};
use crate::yaml;

use super::load::{self, Input, Opened, STDIN};
use super::output::About;
use super::{CliError, Shell};

/// Which queries, and what they may name.
#[derive(Debug, clap::Args)]
pub(crate) struct QueryArgs {
    /// Files of KQL, rule files for the queries in them, and folders of both; standard input without any, or with `-`.
    #[arg(value_name = "FILE", default_value = STDIN)]
    files: Vec<PathBuf>,
    /// Files and folders that declare tables, functions and watchlists, instead of those of picket.toml.
    #[arg(long, value_name = "PATH")]
    declarations: Vec<PathBuf>,
}

/// The queries of a run.
#[derive(Debug)]
pub(crate) struct Queries {
    /// Texts of all sources.
    pub(crate) sources: SourceMap,
    /// The queries, in the order of their files.
    pub(crate) queries: Vec<Query>,
    /// How many files were read, or were to be.
    pub(crate) files: usize,
    /// What is wrong with files and declarations.
    pub(crate) findings: Vec<Diagnostic>,
    /// What queries may name.
    pub(crate) catalog: KqlCatalog,
}

/// A query with its place.
#[derive(Debug)]
pub(crate) struct Query {
    /// The file.
    pub(crate) source: SourceId,
    /// The name of the rule that it is the query of.
    pub(crate) rule: Option<String>,
    /// Its first byte in the file.
    pub(crate) start: u32,
    place: QueryText,
    /// The file, where the query was read from its mended text.
    mended: Option<Rc<Mended>>,
    /// Whether what is wrong with it was found when declarations were read.
    checked: bool,
}

/// What queries of a project may name.
#[derive(Debug)]
pub(crate) struct Declared {
    /// The built-in catalog with the declarations on top.
    pub(crate) catalog: KqlCatalog,
    /// What the project deploys beside rules; queries may name it, too.
    pub(crate) content: Vec<Content>,
    /// What is wrong with these, the bodies of functions included.
    pub(crate) findings: Vec<Diagnostic>,
    /// The files that were read.
    sources: Vec<SourceId>,
}

/// Reads what the project declares, or else what `named` files and folders do. The texts are added to `sources`, where
/// the findings point.
pub(crate) fn declared(opened: &Opened, named: &[PathBuf], sources: &mut SourceMap) -> Declared {
    let before = sources.iter().count();
    let (mut overlay, mut findings) = if named.is_empty() {
        opened.project.declarations(&*opened.files, &opened.folder, sources)
    } else {
        declared_in(&RealFiles, named, &opened.folder, sources)
    };
    let (content, found) = match named.is_empty() {
        true => opened.project.content(&*opened.files, &opened.folder, sources),
        false => Default::default(),
    };
    findings.extend(found);
    let (content, left_out) = opened.content_of(content, sources, &mut findings);
    content.iter().for_each(|item| item.declare(&mut overlay));
    let catalog = overlay.into_catalog();
    let read: Vec<SourceId> = sources.iter().skip(before).map(|(id, _)| id).collect();
    for id in read.iter().filter(|id| !left_out.contains(id)) {
        if let Some(source) = sources.get(*id).filter(|source| has_query_ending(Path::new(&*source.name)))
            && !source.text.is_empty()
        {
            let function = Query::of_kql(*id, &source.name, &source.text);
            findings.extend(function.analyse(&catalog, |_| ()).1);
        }
    }
    Declared { catalog, content, findings, sources: read }
}

impl QueryArgs {
    /// One file, with the declarations of the project.
    pub(crate) fn of_file(file: PathBuf) -> Self {
        Self { files: vec![file], declarations: Vec::new() }
    }

    /// Reads the files and the declarations.
    ///
    /// # Errors
    /// When picket.toml is wrong, or standard input cannot be read.
    pub(crate) fn load(&self, shell: &Shell) -> Result<Queries, CliError> {
        let opened = load::open(shell, false)?;
        let inputs = load::read(&opened, &self.files, Wanted::Queries)?;
        let mut sources = opened.sources.clone();
        let Declared { catalog, mut findings, sources: read, .. } =
            declared(&opened, &self.declarations, &mut sources);
        // A file among the declarations was read already, and its faults are known.
        let known: BTreeMap<String, SourceId> =
            read.iter().filter_map(|id| Some((sources.get(*id)?.name.to_string(), *id))).collect();
        let mut queries = Vec::new();
        let files = inputs.files.len() + inputs.faults.len();
        for (name, fault) in inputs.faults.into_iter().filter(|(name, _)| !known.contains_key(name)) {
            findings.push(fault.diagnostic(sources.add(name, "")));
        }
        for Input { path, name, text } in inputs.files {
            let known = known.get(&name).copied();
            let source = known.unwrap_or_else(|| sources.add(name.as_str(), text.as_str()));
            if path.as_deref().is_some_and(has_rule_ending) {
                let (found, faults) = of_rules(source, &text);
                queries.extend(found);
                findings.extend(faults.into_iter().filter(|_| known.is_none()));
            } else {
                let query = Query::of_kql(source, &name, &text);
                queries.push(Query { checked: known.is_some(), ..query });
            }
        }
        Ok(Queries { sources, queries, files, findings, catalog })
    }
}

impl Queries {
    /// Everything that was found, in the order of reports, and what `look` makes of each query.
    pub(crate) fn visit<T>(
        &self,
        mut look: impl FnMut(&Query, &Bound<'_>) -> T,
    ) -> (Vec<T>, Vec<Diagnostic>) {
        let mut findings = self.findings.clone();
        let mut seen = Vec::with_capacity(self.queries.len());
        for query in &self.queries {
            let (made, found) = query.analyse(&self.catalog, |bound| look(query, bound));
            seen.push(made);
            if !query.checked {
                findings.extend(found);
            }
        }
        diag::sort(&mut findings);
        (seen, findings)
    }

    /// What a report is about.
    pub(crate) fn about(&self) -> About {
        let mut checked: Vec<SourceId> = self.queries.iter().map(|query| query.source).collect();
        checked.dedup();
        About { checked, ..About::default() }
    }

    /// What messages call a query: its file, and its line where the file holds more.
    pub(crate) fn name_of(&self, query: &Query) -> String {
        let Some(source) = self.sources.get(query.source) else { return String::new() };
        match &query.rule {
            Some(_) => format!("{}:{}", source.name, self.line_of(query)),
            None => source.name.to_string(),
        }
    }

    /// The line of the file on which a query starts.
    pub(crate) fn line_of(&self, query: &Query) -> u32 {
        self.sources
            .get(query.source)
            .map_or(1, |source| source.lines().line_col(&source.text, query.start).line)
    }
}

/// The queries of a rule file, and what is wrong with its YAML; what is wrong with rules is for `picket check`. Of a
/// file with defects that `picket import` mends, the queries are read all the same.
fn of_rules(source: SourceId, text: &str) -> (Vec<Query>, Vec<Diagnostic>) {
    let read = |text: &str| {
        let (rules, mut found) = rule::read(source, text);
        found.retain(|finding| yaml::lints::ALL.iter().any(|meta| meta.code == finding.code));
        (rules, found)
    };
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    let (rules, found) = read(text);
    if found.iter().any(is_error) {
        let mended = mend(source, text);
        let (rules, left) = read(&mended.text);
        if !left.iter().any(is_error) {
            let mended = Rc::new(mended);
            let queries = rules.into_iter().filter_map(|rule| Query::of_rule(rule, Some(Rc::clone(&mended))));
            return (queries.collect(), Vec::new());
        }
    }
    (rules.into_iter().filter_map(|rule| Query::of_rule(rule, None)).collect(), found)
}

impl Query {
    fn of_rule(rule: Rule, mended: Option<Rc<Mended>>) -> Option<Self> {
        let name = rule.name.map(|name| name.value).unwrap_or_default();
        let scalar = rule.query?.scalar;
        let start = scalar.map.offset(0);
        let place = QueryText::of_scalar(scalar);
        Some(Self { source: rule.source, rule: Some(name), start, place, mended, checked: false })
    }

    /// The query of a file of KQL, or the function that it declares by a command or with parameters.
    fn of_kql(source: SourceId, name: &str, text: &str) -> Self {
        let place = QueryText::of_file(name, text);
        Self { source, rule: None, start: 0, place, mended: None, checked: false }
    }

    /// What `look` makes of the query, and what is wrong with it at its place in the file.
    fn analyse<T>(&self, catalog: &KqlCatalog, look: impl FnOnce(&Bound<'_>) -> T) -> (T, Vec<Diagnostic>) {
        let (tree, found) = syntax::parse(self.text());
        let arena = Arena::new();
        let bound = bind(&tree, catalog, &arena);
        let made = look(&bound);
        let found = found.into_iter().chain(bound.into_diagnostics());
        (made, found.map(|finding| self.in_place(finding)).collect())
    }

    /// A finding in the text of the query as one in the file.
    pub(crate) fn in_place(&self, finding: Diagnostic) -> Diagnostic {
        let finding = finding.moved(self.source, |range| self.place.in_file(range));
        match &self.mended {
            Some(mended) => mended.in_original(finding),
            None => finding,
        }
    }

    /// Its text, with a declaration around it where it is the body of a function.
    pub(crate) fn text(&self) -> &str {
        self.place.text()
    }
}
