//! The query that a command runs: a file of KQL, or the query of a rule as the environment has it.

use std::path::Path;

use super::load::{self, Opened, Sourced, is_unreadable};
use super::named::named_rule;
use super::output::human;
use super::queries::{Queries, Query, QueryArgs};
use super::{CliError, Exit, Shell};
use crate::catalog::kql::KqlCatalog;
use crate::diag::{Diagnostic, Severity};
use crate::exec::Program;
use crate::project::{Wanted, has_query_ending};
use crate::rule::Rule;
use crate::text::SourceMap;

/// A query to be run, with what its findings need.
pub(crate) struct Subject<'l> {
    /// Its text.
    pub(crate) text: &'l str,
    /// What it may name.
    pub(crate) catalog: &'l KqlCatalog,
    /// The rule that it is the query of.
    pub(crate) rule: Option<&'l Rule>,
    sources: &'l SourceMap,
    in_place: Box<dyn Fn(Diagnostic) -> Diagnostic + 'l>,
}

impl<'l> Subject<'l> {
    /// The one query among `loaded`; an exit where it is wrong, which is said.
    ///
    /// # Errors
    /// When there is none, or several.
    pub(crate) fn of_queries(loaded: &'l Queries, shell: &mut Shell) -> Result<Result<Self, Exit>, CliError> {
        if let Some(exit) = refused(&loaded.sources, &loaded.findings, shell)? {
            return Ok(Err(exit));
        }
        let query = match &loaded.queries[..] {
            [query] => query,
            [] => return Err(CliError::new("there is no query to run")),
            queries => {
                let names: Vec<String> = queries.iter().take(3).map(|query| loaded.name_of(query)).collect();
                let message = format!("{} queries were found, and one is run at a time", queries.len());
                return Err(CliError::new(message).help(format!("name one of them: {}", names.join(", "))));
            }
        };
        let in_place = Box::new(|finding| Query::in_place(query, finding));
        let (sources, catalog) = (&loaded.sources, &loaded.catalog);
        Ok(Ok(Self { text: query.text(), catalog, rule: None, sources, in_place }))
    }

    /// The query of a rule; an exit where it is wrong, which is said.
    ///
    /// # Errors
    /// When it has none.
    pub(crate) fn of_rule(
        rule: &'l Rule,
        sourced: &'l Sourced<'_>,
        shell: &mut Shell,
    ) -> Result<Result<Self, Exit>, CliError> {
        let is_its = |finding: &&Diagnostic| finding.primary.span.source == rule.source;
        let findings: Vec<Diagnostic> = sourced.found.iter().filter(is_its).cloned().collect();
        if let Some(exit) = refused(&sourced.sources, &findings, shell)? {
            return Ok(Err(exit));
        }
        let Some(query) = &rule.query else {
            return Err(CliError::new(format!("the rule `{}` has no query", rule.display_name())));
        };
        let in_place =
            Box::new(|finding: Diagnostic| finding.moved(rule.source, |range| query.scalar.range_of(range)));
        let sources = &sourced.sources;
        Ok(Ok(Self { text: query.text(), catalog: sourced.kql, rule: Some(rule), sources, in_place }))
    }

    /// The query as a program; nothing, and findings that are said, where it cannot be run.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn program(&self, shell: &mut Shell) -> Result<Option<Program>, CliError> {
        match Program::prepare(self.text, self.catalog) {
            Ok(program) => Ok(Some(program)),
            Err(findings) => {
                self.report(findings, shell)?;
                Ok(None)
            }
        }
    }

    /// Says findings at their places.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn report(&self, findings: Vec<Diagnostic>, shell: &mut Shell) -> Result<(), CliError> {
        let findings: Vec<Diagnostic> = findings.into_iter().map(&self.in_place).collect();
        let text = human(self.sources, &findings, shell.colors_err());
        Ok(shell.err().write_all(text.as_bytes())?)
    }
}

/// Says errors among findings; the exit that they mean, where there are some.
fn refused(
    sources: &SourceMap,
    findings: &[Diagnostic],
    shell: &mut Shell,
) -> Result<Option<Exit>, CliError> {
    let errors: Vec<Diagnostic> =
        findings.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect();
    if errors.is_empty() {
        return Ok(None);
    }
    let text = human(sources, &errors, shell.colors_err());
    shell.err().write_all(text.as_bytes())?;
    Ok(Some(if errors.iter().any(is_unreadable) { Exit::Failed } else { Exit::Findings }))
}

/// Runs `command` on the query that `named` stands for: a file of KQL, or a rule by its id, name or file.
///
/// # Errors
/// When there is no such query, and those of the command.
pub(crate) fn with_subject(
    named: &str,
    opened: &Opened,
    shell: &mut Shell,
    command: impl FnOnce(&Subject<'_>, &mut Shell) -> Result<Exit, CliError>,
) -> Result<Exit, CliError> {
    if has_query_ending(Path::new(named)) {
        let loaded = QueryArgs::of_file(named.into()).load(shell)?;
        let subject = Subject::of_queries(&loaded, shell)?;
        return subject.map_or_else(Ok, |subject| command(&subject, shell));
    }
    with_rule(named, opened, shell, command)
}

/// Runs `command` on the query of a rule, by its id, name or file.
///
/// # Errors
/// When there is no such rule, and those of the command.
pub(crate) fn with_rule(
    named: &str,
    opened: &Opened,
    shell: &mut Shell,
    command: impl FnOnce(&Subject<'_>, &mut Shell) -> Result<Exit, CliError>,
) -> Result<Exit, CliError> {
    let inputs = load::read(opened, &[], Wanted::Rules)?;
    let (_, wanted) = named_rule(named, &inputs.files, &opened.folder)?;
    let sourced = load::rules(opened, &inputs);
    let rule = same_rule(&wanted, &sourced.rules).ok_or_else(|| {
        let environment = opened.environment.as_ref().map_or("", |environment| environment.name.as_str());
        CliError::new(format!(
            "the environment `{environment}` leaves out the rule `{}`",
            wanted.display_name()
        ))
    })?;
    match Subject::of_rule(rule, &sourced, shell)? {
        Ok(subject) => command(&subject, shell),
        Err(exit) => Ok(exit),
    }
}

/// The rule among `rules` that has the id of `wanted`, or its name where it has none.
pub(crate) fn same_rule<'r>(wanted: &Rule, rules: &'r [Rule]) -> Option<&'r Rule> {
    let id = |rule: &Rule| rule.id.as_ref().map(|id| id.value.to_ascii_lowercase());
    rules.iter().find(|rule| match id(wanted) {
        Some(wanted) => id(rule) == Some(wanted),
        None => rule.display_name() == wanted.display_name(),
    })
}

/// The rule of a file that has the id or name of `wanted`, or the only one there.
///
/// # Errors
/// When there is none.
pub(crate) fn rule_of_file<'r>(wanted: &Rule, rules: &'r [Rule], file: &str) -> Result<&'r Rule, CliError> {
    match (same_rule(wanted, rules), rules) {
        (Some(rule), _) | (None, [rule]) => Ok(rule),
        (None, _) => {
            Err(CliError::new(format!("`{file}` holds no rule with the id of `{}`", wanted.display_name())))
        }
    }
}
