//! The queries that a command is about: files of KQL, and the queries of rules at their place in the file.

use std::path::PathBuf;

use crate::catalog::kql::KqlCatalog;
use crate::diag::{self, Diagnostic};
use crate::kql::bind::{Arena, Bound, bind};
use crate::kql::syntax;
use crate::project::{Wanted, has_rule_ending};
use crate::rule::{self, Rule};
use crate::text::{SourceId, SourceMap, TextRange};
use crate::yaml::{self, Scalar};

use super::load::{self, STDIN};
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
    place: Place,
}

/// How the text of a query relates to that of its file.
#[derive(Debug)]
enum Place {
    /// The whole file.
    Whole(String),
    /// A scalar in it.
    Scalar(Scalar),
}

impl QueryArgs {
    /// Reads the files and the declarations.
    ///
    /// # Errors
    /// When picket.toml is wrong, or standard input cannot be read.
    pub(crate) fn load(&self, shell: &Shell) -> Result<Queries, CliError> {
        let opened = load::open(shell, false)?;
        let inputs = load::read(&opened, &self.files, Wanted::Queries)?;
        let mut sources = opened.sources.clone();
        let (catalog, mut findings) = load::kql_catalog(&opened, &self.declarations, &mut sources);
        let mut queries = Vec::new();
        let files = inputs.files.len() + inputs.faults.len();
        for (name, fault) in inputs.faults {
            findings.push(fault.diagnostic(sources.add(name, "")));
        }
        for input in inputs.files {
            let source = sources.add(input.name, input.text.as_str());
            if input.path.as_deref().is_some_and(has_rule_ending) {
                let (rules, found) = rule::read(source, &input.text);
                queries.extend(rules.into_iter().filter_map(Query::of_rule));
                // What else is wrong with rules is for `picket check`.
                let of_yaml =
                    |finding: &Diagnostic| yaml::lints::ALL.iter().any(|meta| meta.code == finding.code);
                findings.extend(found.into_iter().filter(of_yaml));
            } else {
                queries.push(Query { source, rule: None, start: 0, place: Place::Whole(input.text) });
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
            let (tree, found) = syntax::parse(query.text());
            let arena = Arena::new();
            let bound = bind(&tree, &self.catalog, &arena);
            seen.push(look(query, &bound));
            let found = found.into_iter().chain(bound.into_diagnostics());
            findings.extend(found.map(|finding| query.at_place(finding)));
        }
        diag::sort(&mut findings);
        (seen, findings)
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

impl Query {
    fn of_rule(rule: Rule) -> Option<Self> {
        let name = rule.name.map(|name| name.value).unwrap_or_default();
        let scalar = rule.query?.scalar;
        let start = scalar.map.offset(0);
        Some(Self { source: rule.source, rule: Some(name), start, place: Place::Scalar(scalar) })
    }

    fn text(&self) -> &str {
        match &self.place {
            Place::Whole(text) => text,
            Place::Scalar(scalar) => &scalar.text,
        }
    }

    /// A finding of the query's text as one of the file.
    fn at_place(&self, finding: Diagnostic) -> Diagnostic {
        let place = |range: TextRange| match &self.place {
            Place::Whole(_) => range,
            Place::Scalar(scalar) => scalar.range_of(range),
        };
        finding.moved(self.source, place)
    }
}
