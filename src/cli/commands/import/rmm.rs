//! `picket import rmm`: the rules of the catalog of remote-management tools, mended.

use std::path::Path;

use super::RmmArgs;
use super::folder::{left_alone, merge_edits, read_catalog, read_existing, read_record, write};
use crate::cli::output::{About, Format, count, human, render};
use crate::cli::{CliError, Exit, Shell};
use crate::diag::Diagnostic;
use crate::import::rmm::{Imported, import_rmm};
use crate::import::{self, Action, Decisions, Planned};
use crate::project::{FileSystem, Wanted};
use crate::text::SourceMap;

impl RmmArgs {
    /// Imports the catalog's rules as they are, mended.
    ///
    /// # Errors
    /// When the catalog cannot be read or the rules cannot be written.
    pub(super) fn import(self, files: &dyn FileSystem, shell: &mut Shell) -> Result<Exit, CliError> {
        let [folder] = self.folders.as_slice() else {
            return Err(CliError::new("the rules of one catalog at a time can be imported")
                .help("name one folder, or give `--from-indicators` to make rules of several catalogs"));
        };
        let mut sources = SourceMap::new();
        let (catalog, unreadable) = read_catalog(files, folder, Wanted::Rules, &mut sources)?;
        let imported = import_rmm(&catalog);
        let previous = read_record(files, &self.out, "rmm")?;
        let planned: Vec<Planned> = imported.rules.iter().map(|rule| rule.planned.clone()).collect();
        let existing = read_existing(files, &self.out, &import::paths(&planned, &previous))?;
        let mut decisions = import::decide(&planned, &existing, &previous, self.force);
        merge_edits(&self.out, &planned, &existing, &previous, &mut decisions);
        if self.revision.is_some() {
            decisions.record.revision.clone_from(&self.revision);
        }
        if !self.dry_run {
            write(files, &self.out, &planned, &decisions, &previous)?;
        }
        self.report(folder, &sources, &imported, &unreadable, &decisions, shell)
    }

    /// Prints repairs, what was left out and what was left alone, and a summary.
    fn report(
        &self,
        folder: &Path,
        sources: &SourceMap,
        imported: &Imported,
        unreadable: &[Diagnostic],
        decisions: &Decisions,
        shell: &mut Shell,
    ) -> Result<Exit, CliError> {
        let repairs = imported.rules.iter().flat_map(|rule| rule.repairs.iter().chain(&rule.query_repairs));
        let repairs: Vec<_> = repairs.cloned().collect();
        let findings = imported.left_out.iter().flat_map(|left| &left.findings).chain(unreadable);
        let findings = findings.chain(imported.rules.iter().flat_map(|rule| &rule.query_errors));
        let findings: Vec<_> = findings.cloned().collect();
        let summary = self.summary(imported, unreadable.len(), repairs.len(), decisions);
        if self.format == Format::Human {
            let color = shell.colors_out();
            let out = shell.out();
            for repair in &repairs {
                writeln!(out, "{}", one_line(sources, repair))?;
            }
            write!(out, "{}", human(sources, &findings, color))?;
            write!(out, "{}{summary}", self.left(folder, imported, decisions))?;
        } else {
            let all: Vec<_> = repairs.into_iter().chain(findings).collect();
            let text = render(self.format, sources, &all, &About::default(), shell);
            shell.out().write_all(text.as_bytes())?;
            write!(shell.err(), "{}{summary}", self.left(folder, imported, decisions))?;
        }
        let defects =
            imported.left_out.iter().any(|left| !left.reason.is_expected()) || !unreadable.is_empty();
        let conflicts =
            decisions.files.iter().any(|file| matches!(file.action, Action::Conflict | Action::Foreign));
        Ok(if defects || conflicts { Exit::Findings } else { Exit::Clean })
    }

    /// A line for each file that was left out of the import, or left alone by it.
    fn left(&self, folder: &Path, imported: &Imported, decisions: &Decisions) -> String {
        let mut lines = Vec::new();
        for left in &imported.left_out {
            lines.push(format!("left out: {}: {}\n", folder.join(&left.path).display(), left.reason));
        }
        for file in &decisions.files {
            if let Some(why) = left_alone(file.action) {
                lines.push(format!("left alone: {}: {why}\n", self.out.join(&file.path).display()));
            }
        }
        for path in &decisions.gone {
            let path = self.out.join(path);
            lines.push(format!("left alone: {}: the catalog no longer has this rule\n", path.display()));
        }
        lines.concat()
    }

    /// The figures of the import.
    fn summary(
        &self,
        imported: &Imported,
        unreadable: usize,
        repairs: usize,
        decisions: &Decisions,
    ) -> String {
        let rules = imported.rules.len();
        let left_out = imported.left_out.len() + unreadable;
        let written = decisions.files.iter().filter(|file| file.action.writes()).count();
        let unchanged = decisions.files.iter().filter(|file| file.action == Action::Unchanged).count();
        let kept = rules - written - unchanged;
        let would = if self.dry_run { "would be written" } else { "written" };
        let mut text = format!(
            "{rules} of {} are rules: {written} {would} to {}, {unchanged} unchanged, {kept} left alone; {}, {} left out\n",
            count(rules + left_out, "file"),
            self.out.display(),
            count(repairs, "repair"),
            count(left_out, "file"),
        );
        if kept > 0 {
            text.push_str("help: `--force` writes what was left alone\n");
        }
        text
    }
}

/// A finding on one line: place, severity, code, message, and what its fix did.
fn one_line(sources: &SourceMap, finding: &Diagnostic) -> String {
    let place = sources.locate(finding.primary.span);
    let place = place.map(|(file, at)| format!("{file}:{}:{}: ", at.line, at.column)).unwrap_or_default();
    let fix = finding.fix.as_ref().map(|fix| format!("; repair: {}", fix.title)).unwrap_or_default();
    format!("{place}{}[{}]: {}{fix}", finding.severity.as_str(), finding.code, finding.message)
}
