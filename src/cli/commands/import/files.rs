//! `picket import files`: rules from files of other projects: YAML, templates of Azure Resource Manager, KQL.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::folder::{left_alone, merge_edits, read_existing, read_record, write};
use crate::cli::output::count;
use crate::cli::{CliError, Exit, Shell};
use crate::import::arm::import_arm;
use crate::import::files::{ImportedFile, import_kql, import_yaml, told_apart};
use crate::import::{self, Action, Planned};
use crate::project::{self, FileSystem, PathKind, Wanted};

/// Files of other projects.
#[derive(Debug, clap::Args)]
pub(super) struct FilesArgs {
    /// Files, or folders of them: .yaml and .yml, .json, .kql.
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
  picket import files Azure_Sentinel_analytics_rules.json    what the portal exports
  picket import files Azure-Sentinel/Detections              rule files, mended and in canonical form
  picket import files Solutions --out rules/solutions        rule files and templates of solutions
  picket import files hunts.kql --dry-run                    a query, described by the comments that head it

Exit codes: 0 imported, 1 a file could not be read or a rule was left alone, 2 it could not be done.";

impl FilesArgs {
    /// Imports the rules of all files.
    ///
    /// # Errors
    /// When a path is not there or the rules cannot be written.
    pub(super) fn run(self, files: &dyn FileSystem, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut planned: Vec<Planned> = Vec::new();
        let (mut paths, mut ids) = (HashSet::new(), HashMap::new());
        let (mut read, mut faults) = (0_usize, 0_usize);
        for path in self.files(files)? {
            let (path, below) = path;
            let shown = path.display().to_string().replace('\\', "/");
            let imported = project::read_text(files, &path)
                .map_err(|fault| fault.message.clone())
                .and_then(|text| one(&below, &text));
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
                if let Some(at) = ids.get(&rule.id) {
                    let first: &Planned = &planned[*at];
                    let apart = told_apart(&rule, first).filter(|apart| !ids.contains_key(&apart.id));
                    let Some(apart) = apart else {
                        writeln!(
                            shell.out(),
                            "left out: {shown}: the same rule is in {}, under {}",
                            first.source,
                            rule.id
                        )?;
                        continue;
                    };
                    writeln!(
                        shell.out(),
                        "changed: {shown}: its id is that of another rule, in {}; it gets {}",
                        first.source,
                        apart.id
                    )?;
                    rule = apart;
                }
                ids.insert(rule.id.clone(), planned.len());
                // Rules of one name are told apart by their ids, which do not hang on the order of files.
                if !paths.insert(rule.path.clone()) {
                    rule.path = format!("{}-{}.yaml", rule.path.trim_end_matches(".yaml"), &rule.id[..8]);
                    paths.insert(rule.path.clone());
                }
                planned.push(rule);
            }
        }
        let previous = read_record(files, &self.out, "files")?;
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

    /// The files below the paths, in order, each with its path from there.
    fn files(&self, files: &dyn FileSystem) -> Result<Vec<(PathBuf, String)>, CliError> {
        let mut found = Vec::new();
        for path in &self.paths {
            let cannot = |cause: &str| {
                CliError::new(format!("cannot import from {}", path.display()))
                    .cause(cause)
                    .help("name a file of rules, a template or a file of KQL, or a folder of them")
            };
            match files.kind(path) {
                Ok(PathKind::File) => {
                    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
                    found.push((path.clone(), name.unwrap_or_default()));
                }
                Ok(PathKind::Directory) => {
                    let walk = files.files_below(path, Wanted::Foreign);
                    if let Some((fault, why)) = walk.faults.first() {
                        return Err(cannot(&format!("{}: {why}", fault.display())));
                    }
                    found.extend(walk.files.into_iter().map(|file| {
                        let below =
                            file.strip_prefix(path).unwrap_or(&file).to_string_lossy().replace('\\', "/");
                        (file, below)
                    }));
                }
                Err(cause) => return Err(cannot(&project::describe(&cause))),
            }
        }
        Ok(found)
    }
}

/// The rules of a file, read as its name says.
fn one(source: &str, text: &str) -> Result<ImportedFile, String> {
    match source.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
        Some("json") => import_arm(source, text),
        Some("yaml" | "yml") => import_yaml(source, text),
        _ => import_kql(source, text),
    }
}
