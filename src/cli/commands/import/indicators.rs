//! `picket import rmm --from-indicators`: rules made of what catalogs know of each tool.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::RmmArgs;
use super::folder::{action_word, left_alone, merge_edits, read_catalog, read_existing, read_record, write};
use crate::cli::output::{Format, count, human};
use crate::cli::{CliError, Exit, Shell, diff};
use crate::diag::Diagnostic;
use crate::import::rmm::indicators::{CatalogFolder, FromIndicators, from_indicators};
use crate::import::{self, Action, Decisions, Planned};
use crate::project::{FileSystem, Wanted};
use crate::text::SourceMap;

/// What the records of both folders call the catalogs.
const CATALOG: &str = "rmm-indicators";

/// One folder of output.
struct Written<'a> {
    folder: &'a Path,
    planned: &'a [Planned],
    existing: BTreeMap<String, String>,
    decisions: Decisions,
}

impl RmmArgs {
    /// Makes rules of the indicators of all catalogs.
    ///
    /// # Errors
    /// When a catalog cannot be read or the rules cannot be written.
    pub(super) fn make(self, files: &dyn FileSystem, shell: &mut Shell) -> Result<Exit, CliError> {
        if !matches!(self.format, Format::Human | Format::Json) {
            return Err(CliError::new("`--from-indicators` reports as text or JSON only")
                .help("use `--format human` or `--format json`"));
        }
        let mut sources = SourceMap::new();
        let mut unreadable = Vec::new();
        let mut catalogs = Vec::new();
        for folder in &self.folders {
            let (read, faults) = read_catalog(files, folder, Wanted::Catalog, &mut sources)?;
            unreadable.extend(faults);
            catalogs.push(CatalogFolder {
                name: catalog_name(folder),
                revision: self.revision.clone().or_else(|| crate::cli::revision::head(folder, &[])),
                files: read,
            });
        }
        let previous = read_record(files, &self.out, CATALOG)?;
        let made = from_indicators(&catalogs, &previous);
        let mut written = Vec::new();
        for (folder, planned) in [(&self.out, &made.rules), (&self.content, &made.content)] {
            let previous = read_record(files, folder, CATALOG)?;
            let existing = read_existing(files, folder, &import::paths(planned, &previous))?;
            let mut decisions = import::decide(planned, &existing, &previous, self.force);
            merge_edits(folder, planned, &existing, &previous, &mut decisions);
            if !self.dry_run {
                write(files, folder, planned, &decisions, &previous)?;
            }
            written.push(Written { folder, planned, existing, decisions });
        }
        if self.format == Format::Json {
            let text = serde_json::to_string_pretty(&self.json(&made, &written)).unwrap_or_default();
            writeln!(shell.out(), "{text}")?;
        } else {
            let color = shell.colors_out();
            let text = self.text(&sources, &made, &written, &unreadable, color);
            shell.out().write_all(text.as_bytes())?;
        }
        let lost = made.left_out.iter().any(|(_, _, why)| !why.is_expected()) || !unreadable.is_empty();
        let conflicts = written
            .iter()
            .flat_map(|part| &part.decisions.files)
            .any(|file| matches!(file.action, Action::Conflict | Action::Foreign));
        Ok(if lost || conflicts { Exit::Findings } else { Exit::Clean })
    }

    /// The report for a person.
    fn text(
        &self,
        sources: &SourceMap,
        made: &FromIndicators,
        written: &[Written<'_>],
        unreadable: &[Diagnostic],
        color: bool,
    ) -> String {
        let mut text = human(sources, unreadable, color);
        for part in written {
            for file in &part.decisions.files {
                let path = part.folder.join(&file.path);
                if let Some(why) = left_alone(file.action) {
                    let _ = writeln!(text, "left alone: {}: {why}", path.display());
                }
                // What the catalogs changed is shown; what is new speaks for itself.
                if let Some(before) = part.existing.get(&file.path).filter(|_| file.action.writes()) {
                    let after = file.merged.as_ref().unwrap_or(&part.planned[file.planned].text);
                    text.push_str(&diff::unified(&path.display().to_string(), before, after));
                }
            }
            for path in &part.decisions.gone {
                let path = part.folder.join(path);
                let _ = writeln!(text, "left alone: {}: the catalogs no longer have it", path.display());
            }
        }
        if self.unused {
            for value in &made.refused {
                let place = format!("{}:{}", value.origin.catalog, value.origin.path);
                let _ = writeln!(text, "not used: {place}: {:?}: {}", value.value, value.why);
            }
        }
        for (catalog, path, why) in &made.left_out {
            if self.unused || !why.is_expected() {
                let _ = writeln!(text, "left out: {catalog}:{path}: {}", why.as_str());
            }
        }
        for tool in &made.without_rules {
            if self.unused {
                let _ =
                    writeln!(text, "no rules: {}: the catalogs name nothing of it to look for", tool.name);
            }
        }
        text.push_str(&self.figures(made, written, unreadable.len()));
        text
    }

    /// The figures.
    fn figures(&self, made: &FromIndicators, written: &[Written<'_>], unreadable: usize) -> String {
        let left = made.left_out.len() + unreadable;
        let mut text = format!(
            "{} of {} say something of {}; {} of {} have rules, {} not used\n",
            made.files_read,
            count(made.files_read + left, "file"),
            count(made.tools.len() + made.without_rules.len(), "tool"),
            made.tools.len(),
            made.tools.len() + made.without_rules.len(),
            count(made.refused.len(), "value"),
        );
        let would = if self.dry_run { "would be written" } else { "written" };
        for (part, what) in written.iter().zip(["rule", "file"]) {
            let actions = part.decisions.files.iter().map(|file| file.action);
            let wrote = actions.clone().filter(|action| action.writes()).count();
            let merged = actions.clone().filter(|action| *action == Action::Merged).count();
            let unchanged = actions.clone().filter(|action| *action == Action::Unchanged).count();
            let kept = part.planned.len() - wrote - unchanged;
            let merged = if merged > 0 { format!(" ({merged} merged with edits)") } else { String::new() };
            let _ = writeln!(
                text,
                "{}: {wrote} {would} to {}{merged}, {unchanged} unchanged, {kept} left alone",
                count(part.planned.len(), what),
                part.folder.display(),
            );
        }
        if !self.unused {
            text.push_str("help: `--unused` lists what was not used, with the reason\n");
        }
        text
    }

    /// The report for a script.
    fn json(&self, made: &FromIndicators, written: &[Written<'_>]) -> serde_json::Value {
        let files = written.iter().flat_map(|part| {
            part.decisions.files.iter().map(|file| {
                let planned = &part.planned[file.planned];
                serde_json::json!({
                    "path": part.folder.join(&file.path).display().to_string().replace('\\', "/"),
                    "id": planned.id,
                    "action": action_word(file.action),
                    "sources": planned.source.clone(),
                })
            })
        });
        let tool = |tool: &import::rmm::indicators::merge::Tool| {
            let indicators = tool.indicators.iter().map(|(kind, values)| (kind.as_str(), values));
            serde_json::json!({
                "id": tool.id,
                "name": tool.name,
                "indicators": indicators.collect::<BTreeMap<_, _>>(),
                "sources": tool.origins.iter().map(|it| format!("{}:{}", it.catalog, it.path)).collect::<Vec<_>>(),
            })
        };
        let refused = made.refused.iter().map(|value| {
            serde_json::json!({
                "source": format!("{}:{}", value.origin.catalog, value.origin.path),
                "value": value.value,
                "reason": value.why,
            })
        });
        let left_out = made.left_out.iter().map(|(catalog, path, why)| {
            serde_json::json!({"source": format!("{catalog}:{path}"), "reason": why.as_str(), "expected": why.is_expected()})
        });
        serde_json::json!({
            "dryRun": self.dry_run,
            "files": files.collect::<Vec<_>>(),
            "tools": made.tools.iter().map(tool).collect::<Vec<_>>(),
            "toolsWithoutRules": made.without_rules.iter().map(tool).collect::<Vec<_>>(),
            "unusedValues": refused.collect::<Vec<_>>(),
            "leftOut": left_out.collect::<Vec<_>>(),
        })
    }
}

/// The name of a catalog: that of its folder, or of the one around it where that is `yaml`.
fn catalog_name(folder: &Path) -> String {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    match name(&folder) {
        Some(own) if own == "yaml" => folder.parent().and_then(name).unwrap_or(own),
        Some(own) => own,
        None => "catalog".to_owned(),
    }
}
