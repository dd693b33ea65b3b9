//! `picket import`: rules from foreign catalogs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::cli::output::{About, Format, count, human, render};
use crate::cli::{CliError, Exit, Shell};
use crate::diag::Diagnostic;
use crate::import::rmm::{CatalogFile, Imported, import_rmm};
use crate::import::{self, Action, Decisions, Planned, RECORD_FILE, Record};
use crate::project::{self, FileSystem, MAX_FILE_BYTES, PathKind, RealFiles, Wanted};
use crate::text::SourceMap;

/// Write the rules of a foreign catalog as picket's own.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    #[command(subcommand)]
    catalog: Catalog,
}

#[derive(Debug, Subcommand)]
enum Catalog {
    /// The catalog of remote-management tools: hunting queries in YAML that needs mending.
    ///
    /// Each file is mended where its defect can be named, and written with its id, description and query
    /// byte for byte. A file that was edited, moved or deleted since the last import is left alone.
    Rmm(RmmArgs),
}

#[derive(Debug, Args)]
struct RmmArgs {
    /// The folder of the catalog.
    folder: PathBuf,
    /// The folder to write to, with a record of what was written.
    #[arg(long, value_name = "DIR", default_value = "rules/rmm")]
    out: PathBuf,
    /// The catalog's revision, for the record.
    #[arg(long, value_name = "REVISION")]
    revision: Option<String>,
    /// Write also what was edited, moved or deleted since the last import.
    #[arg(long)]
    force: bool,
    /// Say what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// How repairs and other findings are written.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

impl ImportArgs {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// When the catalog cannot be read or the rules cannot be written.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        match self.catalog {
            Catalog::Rmm(args) => args.run(&RealFiles, shell),
        }
    }
}

impl RmmArgs {
    fn run(self, files: &dyn FileSystem, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut sources = SourceMap::new();
        let (catalog, unreadable) = read_catalog(files, &self.folder, &mut sources)?;
        let imported = import_rmm(&catalog);
        let previous = read_record(files, &self.out)?;
        let planned: Vec<Planned> = imported.rules.iter().map(|rule| rule.planned.clone()).collect();
        let existing = read_existing(files, &self.out, &import::paths(&planned, &previous))?;
        let mut decisions = import::decide(&planned, &existing, &previous, self.force);
        if self.revision.is_some() {
            decisions.record.revision.clone_from(&self.revision);
        }
        if !self.dry_run {
            write(files, &self.out, &planned, &decisions, &previous)?;
        }
        self.report(&sources, &imported, &unreadable, &decisions, shell)
    }

    /// Prints repairs, what was left out and what was left alone, and a summary.
    fn report(
        &self,
        sources: &SourceMap,
        imported: &Imported,
        unreadable: &[Diagnostic],
        decisions: &Decisions,
        shell: &mut Shell,
    ) -> Result<Exit, CliError> {
        let repairs: Vec<_> = imported.rules.iter().flat_map(|rule| &rule.repairs).cloned().collect();
        let findings = imported.left_out.iter().flat_map(|left| &left.findings).chain(unreadable);
        let findings: Vec<_> = findings.cloned().collect();
        let summary = self.summary(imported, unreadable.len(), repairs.len(), decisions);
        if self.format == Format::Human {
            let color = shell.colors_out();
            let out = shell.out();
            for repair in &repairs {
                writeln!(out, "{}", one_line(sources, repair))?;
            }
            write!(out, "{}", human(sources, &findings, color))?;
            write!(out, "{}{summary}", self.left(imported, decisions))?;
        } else {
            let all: Vec<_> = repairs.into_iter().chain(findings).collect();
            let text = render(self.format, sources, &all, &About::default(), shell);
            shell.out().write_all(text.as_bytes())?;
            write!(shell.err(), "{}{summary}", self.left(imported, decisions))?;
        }
        let defects =
            imported.left_out.iter().any(|left| !left.reason.is_expected()) || !unreadable.is_empty();
        let conflicts =
            decisions.files.iter().any(|file| matches!(file.action, Action::Conflict | Action::Foreign));
        Ok(if defects || conflicts { Exit::Findings } else { Exit::Clean })
    }

    /// A line for each file that was left out of the import, or left alone by it.
    fn left(&self, imported: &Imported, decisions: &Decisions) -> String {
        let mut lines = Vec::new();
        for left in &imported.left_out {
            lines.push(format!("left out: {}: {}\n", self.folder.join(&left.path).display(), left.reason));
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

/// Why a file is left alone, if it is.
fn left_alone(action: Action) -> Option<&'static str> {
    match action {
        Action::Create | Action::Update | Action::Unchanged | Action::Forced => None,
        Action::KeptEdited => Some("edited since the last import"),
        Action::KeptRemoved => Some("deleted or moved since the last import"),
        Action::Conflict => Some("edited since the last import, and the catalog has changed as well"),
        Action::Foreign => Some("there already, and not written by an import"),
    }
}

/// Reads every YAML file below `folder`. What cannot be read is a finding.
fn read_catalog(
    files: &dyn FileSystem,
    folder: &Path,
    sources: &mut SourceMap,
) -> Result<(Vec<CatalogFile>, Vec<Diagnostic>), CliError> {
    let error = |what: &str| CliError::new(format!("cannot import from {}", folder.display())).cause(what);
    match files.kind(folder) {
        Ok(PathKind::Directory) => {}
        Ok(PathKind::File) => {
            return Err(error("it is a file").help("name the folder that holds the catalog"));
        }
        Err(cause) => {
            return Err(error(&project::describe(&cause)).help("name the folder that holds the catalog"));
        }
    }
    let walk = files.files_below(folder, Wanted::Rules);
    if let Some((path, why)) = walk.faults.first() {
        return Err(error(&format!("{}: {why}", path.display())));
    }
    if walk.files.is_empty() {
        return Err(error("there is no YAML file in it").help("name the folder that holds the catalog"));
    }
    let (mut catalog, mut unreadable) = (Vec::new(), Vec::new());
    for path in walk.files {
        let below = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let shown = path.display().to_string().replace('\\', "/");
        match project::read_text(files, &path) {
            Ok(text) => {
                let source = sources.add(shown, text.as_str());
                catalog.push(CatalogFile { source, path: below, bytes: text.into_bytes() });
            }
            Err(fault) => unreadable.push(fault.diagnostic(sources.add(shown, ""))),
        }
    }
    Ok((catalog, unreadable))
}

/// The record of earlier imports into `out`; an empty one where there is none.
fn read_record(files: &dyn FileSystem, out: &Path) -> Result<Record, CliError> {
    let path = out.join(RECORD_FILE);
    let error = |cause: &str| {
        CliError::new(format!("cannot read the record of earlier imports, {}", path.display()))
            .cause(cause)
            .help("restore the file; without it, files that are there already are left alone")
    };
    if files.kind(&path).is_err_and(|cause| cause.kind() == std::io::ErrorKind::NotFound) {
        return Ok(Record::new("rmm"));
    }
    let text = project::read_text(files, &path).map_err(|fault| error(&fault.message))?;
    let record = Record::parse(&text).map_err(|why| error(&why))?;
    if record.catalog == "rmm" {
        return Ok(record);
    }
    Err(CliError::new(format!("{} holds rules of another catalog, {}", out.display(), record.catalog))
        .help("name another folder with --out"))
}

/// The texts of those of `paths` that are there.
fn read_existing(
    files: &dyn FileSystem,
    out: &Path,
    paths: &[String],
) -> Result<BTreeMap<String, String>, CliError> {
    let mut existing = BTreeMap::new();
    for below in paths {
        let path = out.join(below);
        match files.read(&path, MAX_FILE_BYTES) {
            // Bytes that are no text were not written by an import: they count as an edit.
            Ok(bytes) => {
                existing.insert(below.clone(), String::from_utf8_lossy(&bytes).into_owned());
            }
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {}
            Err(cause) => return Err(cannot(&path, "read", &cause)),
        }
    }
    Ok(existing)
}

/// Writes the rules that are to be written, then the record. An import that stops in between is made good
/// by the next one: it finds the files as it would write them.
fn write(
    files: &dyn FileSystem,
    out: &Path,
    planned: &[Planned],
    decisions: &Decisions,
    previous: &Record,
) -> Result<(), CliError> {
    for file in decisions.files.iter().filter(|file| file.action.writes()) {
        let path = out.join(&file.path);
        let text = planned[file.planned].text.as_bytes();
        files.write(&path, text).map_err(|cause| cannot(&path, "write", &cause))?;
    }
    if decisions.record != *previous {
        let path = out.join(RECORD_FILE);
        let text = decisions.record.to_text();
        files.write(&path, text.as_bytes()).map_err(|cause| cannot(&path, "write", &cause))?;
    }
    Ok(())
}

fn cannot(path: &Path, what: &str, cause: &std::io::Error) -> CliError {
    CliError::new(format!("cannot {what} {}", path.display()))
        .cause(project::describe(cause))
        .help("name another folder with --out, or make this one accessible")
}
