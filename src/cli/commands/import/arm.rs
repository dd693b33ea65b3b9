//! `picket import arm`: rules from templates of Azure Resource Manager.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::folder::{left_alone, merge_edits, read_existing, read_record, write};
use crate::cli::output::count;
use crate::cli::{CliError, Exit, Shell};
use crate::import::arm::import_arm;
use crate::import::{self, Action, Planned};
use crate::project::{self, FileSystem, PathKind, Wanted};

/// Templates for rules.
#[derive(Debug, clap::Args)]
pub(super) struct ArmArgs {
    /// Templates, or folders of them.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The folder to write to, with a record of what was written.
    #[arg(long, value_name = "DIR", default_value = "rules/imported")]
    out: PathBuf,
    /// Write also what was edited, moved or deleted since the last import.
    #[arg(long)]
    force: bool,
    /// Say what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) const EXAMPLES: &str = "\
Examples:
  picket import arm Azure_Sentinel_analytics_rules.json    what the portal exports
  picket import arm Solutions --out rules/solutions        every template below a folder
  picket import arm template.json --dry-run                what would be written

Exit codes: 0 imported, 1 a file could not be read or a rule was left alone, 2 it could not be done.";

impl ArmArgs {
    /// Imports the rules of all templates.
    ///
    /// # Errors
    /// When a path is not there or the rules cannot be written.
    pub(super) fn run(self, files: &dyn FileSystem, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut planned: Vec<Planned> = Vec::new();
        let (mut paths, mut ids) = (HashSet::new(), HashSet::new());
        let (mut read, mut faults) = (0_usize, 0_usize);
        for path in self.files(files)? {
            let shown = path.display().to_string().replace('\\', "/");
            let imported = project::read_text(files, &path)
                .map_err(|fault| fault.message.clone())
                .and_then(|text| import_arm(&shown, &text));
            let imported = match imported {
                Ok(imported) => imported,
                Err(why) => {
                    faults += 1;
                    writeln!(shell.out(), "left out: {shown}: {why}")?;
                    continue;
                }
            };
            read += 1;
            for line in &imported.repaired {
                writeln!(shell.out(), "changed: {shown}: {line}")?;
            }
            for line in &imported.skipped {
                writeln!(shell.out(), "left out: {shown}: {line}")?;
            }
            for mut rule in imported.rules {
                if !ids.insert(rule.id.clone()) {
                    writeln!(shell.out(), "left out: {shown}: another rule has the id {}", rule.id)?;
                    continue;
                }
                // Rules of one name are told apart by their ids, which do not hang on the order of files.
                if !paths.insert(rule.path.clone()) {
                    rule.path = format!("{}-{}.yaml", rule.path.trim_end_matches(".yaml"), &rule.id[..8]);
                    paths.insert(rule.path.clone());
                }
                planned.push(rule);
            }
        }
        let previous = read_record(files, &self.out, "arm")?;
        let existing = read_existing(files, &self.out, &import::paths(&planned, &previous))?;
        let mut decisions = import::decide(&planned, &existing, &previous, self.force);
        merge_edits(&self.out, &planned, &existing, &previous, &mut decisions);
        if !self.dry_run {
            write(files, &self.out, &planned, &decisions, &previous)?;
        }
        for file in &decisions.files {
            if let Some(why) = left_alone(file.action) {
                writeln!(shell.out(), "left alone: {}: {why}", self.out.join(&file.path).display())?;
            }
        }
        let actions = || decisions.files.iter().map(|file| file.action);
        let wrote = actions().filter(|action| action.writes()).count();
        let unchanged = actions().filter(|action| *action == Action::Unchanged).count();
        writeln!(
            shell.out(),
            "{} of {}: {wrote} {} to {}, {unchanged} unchanged, {} left alone",
            count(planned.len(), "rule"),
            count(read, "file"),
            if self.dry_run { "would be written" } else { "written" },
            self.out.display(),
            planned.len() - wrote - unchanged
        )?;
        let conflicts = actions().any(|action| matches!(action, Action::Conflict | Action::Foreign));
        Ok(if faults > 0 || conflicts { Exit::Findings } else { Exit::Clean })
    }

    /// The templates below the paths, in order.
    fn files(&self, files: &dyn FileSystem) -> Result<Vec<PathBuf>, CliError> {
        let mut found = Vec::new();
        for path in &self.paths {
            match files.kind(path) {
                Ok(PathKind::File) => found.push(path.clone()),
                Ok(PathKind::Directory) => found.extend(below(files, path)?),
                Err(cause) => {
                    return Err(CliError::new(format!("cannot import from {}", path.display()))
                        .cause(project::describe(&cause))
                        .help("name a template, or a folder of templates"));
                }
            }
        }
        Ok(found)
    }
}

fn below(files: &dyn FileSystem, folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let walk = files.files_below(folder, Wanted::Json);
    match walk.faults.first() {
        Some((path, why)) => Err(CliError::new(format!("cannot import from {}", folder.display()))
            .cause(format!("{}: {why}", path.display()))),
        None => Ok(walk.files),
    }
}
