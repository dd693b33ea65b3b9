//! `picket import files`: rules and other content from files of other projects.

use std::path::{Path, PathBuf};

use super::folder::{left_alone, merge_edits, read_existing, read_record, write};
use super::imported::{self, Written};
use crate::cli::output::count;
use crate::cli::{CliError, Exit, Shell};
use crate::import::arm::import_arm;
use crate::import::batch::Batch;
use crate::import::content::Beside;
use crate::import::files::{ImportedFile, import_kql, import_yaml};
use crate::import::layout::Layout;
use crate::import::{self, Action};
use crate::project::{self, FileSystem, PathKind, Wanted};

/// Files of other projects.
#[derive(Debug, clap::Args)]
pub(super) struct FilesArgs {
    /// Files, or folders of them: .yaml and .yml, .json, .kql.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The folder to write rules to, with a record of what was written.
    #[arg(long, value_name = "DIR", default_value = "rules/imported")]
    out: PathBuf,
    /// The folder to write watchlists, functions, automation rules and custom detections to, with a record of its own.
    #[arg(long, value_name = "DIR", default_value = "content/imported")]
    content: PathBuf,
    /// Write also what was edited, moved or deleted since the last import.
    #[arg(long)]
    force: bool,
    /// Say what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// How what became of each file is written.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: FilesFormat,
}

/// How the report of an import is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum FilesFormat {
    /// For a person.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

pub(super) const EXAMPLES: &str = "\
Examples:
  picket import files Azure_Sentinel_analytics_rules.json    what the portal exports
  picket import files Azure-Sentinel/Detections              rule files, mended and in canonical form
  picket import files Solutions --out rules/solutions        rules, parsers and watchlists of solutions
  picket import files sigma/rules/windows --out rules/sigma  rules of Sigma, as queries
  picket import files hunts.kql --dry-run                    a query, described by the comments that head it
  picket import files repository --format json               what became of each file, for a script

Exit codes: 0 imported, 1 a file could not be read or a rule was left alone, 2 it could not be done.";

impl FilesArgs {
    /// Imports all files.
    ///
    /// # Errors
    /// When a path is not there or the rules cannot be written.
    pub(super) fn run(self, files: &dyn FileSystem, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut batch = Batch::default();
        for path in &self.paths {
            read_all(files, path, &mut batch)?;
        }
        let mut written = Vec::new();
        for (folder, planned) in [(&self.out, &batch.rules), (&self.content, &batch.content)] {
            let previous = read_record(files, folder, "files")?;
            let existing = read_existing(files, folder, &import::paths(planned, &previous))?;
            let mut decisions = import::decide(planned, &existing, &previous, self.force);
            merge_edits(folder, planned, &existing, &previous, &mut decisions);
            if !self.dry_run {
                write(files, folder, planned, &decisions, &previous)?;
            }
            written.push(Written { folder, planned, decisions });
        }
        match self.format {
            FilesFormat::Text => self.text(&batch, &written, shell)?,
            FilesFormat::Json => {
                writeln!(shell.out(), "{:#}", imported::json(&batch, &written, self.dry_run))?;
            }
        }
        let faults = batch.files.iter().any(|file| file.fault.is_some());
        let actions = written.iter().flat_map(|part| &part.decisions.files).map(|file| file.action);
        let conflicts =
            actions.into_iter().any(|action| matches!(action, Action::Conflict | Action::Foreign));
        Ok(if faults || conflicts { Exit::Findings } else { Exit::Clean })
    }

    fn text(&self, batch: &Batch, written: &[Written<'_>], shell: &mut Shell) -> Result<(), CliError> {
        for file in &batch.files {
            for line in &file.changed {
                writeln!(shell.out(), "changed: {}: {line}", file.path)?;
            }
            for line in file.left_out.iter().chain(&file.fault) {
                writeln!(shell.out(), "left out: {}: {line}", file.path)?;
            }
        }
        for part in written {
            for file in &part.decisions.files {
                if let Some(why) = left_alone(file.action) {
                    writeln!(shell.out(), "left alone: {}: {why}", part.folder.join(&file.path).display())?;
                }
            }
        }
        for (part, what) in written.iter().zip(["rule", "content file"]) {
            if what != "rule" && part.planned.is_empty() {
                continue;
            }
            let actions = || part.decisions.files.iter().map(|file| file.action);
            let wrote = actions().filter(|action| action.writes()).count();
            let unchanged = actions().filter(|action| *action == Action::Unchanged).count();
            writeln!(
                shell.out(),
                "{} of {}: {wrote} {} to {}, {unchanged} unchanged, {} left alone",
                count(part.planned.len(), what),
                count(batch.read(), "file"),
                if self.dry_run { "would be written" } else { "written" },
                part.folder.display(),
                part.planned.len() - wrote - unchanged
            )?;
        }
        Ok(())
    }
}

/// Takes up the file at `path`, or every file below the folder.
fn read_all(files: &dyn FileSystem, path: &Path, batch: &mut Batch) -> Result<(), CliError> {
    let cannot = |cause: &str| {
        CliError::new(format!("cannot import from {}", path.display()))
            .cause(cause)
            .help("name a file of rules, a template or a file of KQL, or a folder of them")
    };
    let mut found = Vec::new();
    match files.kind(path) {
        Ok(PathKind::File) => {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            found.push((path.to_path_buf(), name.unwrap_or_default()));
        }
        Ok(PathKind::Directory) => {
            let walk = files.files_below(path, Wanted::Foreign);
            if let Some((fault, why)) = walk.faults.first() {
                return Err(cannot(&format!("{}: {why}", fault.display())));
            }
            found.extend(walk.files.into_iter().map(|file| {
                let below = file.strip_prefix(path).unwrap_or(&file).to_string_lossy().replace('\\', "/");
                (file, below)
            }));
        }
        Err(cause) => return Err(cannot(&project::describe(&cause))),
    }
    let shown = |path: &Path| path.display().to_string().replace('\\', "/");
    let paths: Vec<String> = found.iter().map(|(_, below)| below.clone()).collect();
    let place = |below: &str| found.iter().find(|(_, known)| known == below).map(|(path, _)| path.as_path());
    let layout = Layout::of(&paths, &|below| project::read_text(files, place(below)?).ok());
    for (at, below) in &found {
        if let Some(why) = layout.passes_over(below) {
            let notes = layout.notes().iter().filter(|(path, _)| path == below).map(|(_, note)| note.clone());
            let skipped = std::iter::once(why).chain(notes).collect();
            batch.add(&shown(at), Ok(ImportedFile { skipped, ..ImportedFile::default() }));
            continue;
        }
        let beside = |name: &str| project::read_text(files, &at.with_file_name(name)).ok();
        let imported = project::read_text(files, at)
            .map_err(|fault| fault.message.clone())
            .and_then(|text| one(below, &text, &beside));
        batch.add(&shown(at), imported);
    }
    Ok(())
}

/// The rules and the content of a file, read as its name says.
fn one(source: &str, text: &str, beside: &Beside<'_>) -> Result<ImportedFile, String> {
    match source.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
        Some("json") => import_arm(source, text, beside),
        Some("yaml" | "yml") => import_yaml(source, text, beside),
        _ => import_kql(source, text),
    }
}
