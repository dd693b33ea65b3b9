//! What every import shares: reading a catalog's folder, and writing rules beside the record of what was written.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::{CliError, revision};
use crate::diag::Diagnostic;
use crate::import::rmm::CatalogFile;
use crate::import::{Action, Decisions, Planned, RECORD_FILE, Record};
use crate::project::{self, FileSystem, MAX_FILE_BYTES, PathKind, Wanted};
use crate::text::SourceMap;

/// Why a file is left alone, if it is.
pub(super) fn left_alone(action: Action) -> Option<&'static str> {
    match action {
        Action::Create | Action::Update | Action::Unchanged | Action::Forced | Action::Merged => None,
        Action::KeptEdited => Some("edited since the last import"),
        Action::KeptRemoved => Some("deleted or moved since the last import"),
        Action::Conflict => Some("edited since the last import, and the catalog has changed as well"),
        Action::Foreign => Some("there already, and not written by an import"),
    }
}

/// What a report for a script calls an action.
pub(super) fn action_word(action: Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Unchanged => "unchanged",
        Action::KeptEdited => "kept-edited",
        Action::KeptRemoved => "kept-removed",
        Action::Conflict => "conflict",
        Action::Foreign => "foreign",
        Action::Forced => "forced",
        Action::Merged => "merged",
    }
}

/// Reads every file below `folder` that is `wanted`. What cannot be read is a finding.
pub(super) fn read_catalog(
    files: &dyn FileSystem,
    folder: &Path,
    wanted: Wanted,
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
    let walk = files.files_below(folder, wanted);
    if let Some((path, why)) = walk.faults.first() {
        return Err(error(&format!("{}: {why}", path.display())));
    }
    if walk.files.is_empty() {
        let what = format!("there is no {} in it", wanted.describe());
        return Err(error(&what).help("name the folder that holds the catalog"));
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

/// The record of earlier imports of `catalog` into `out`; an empty one where there is none.
pub(super) fn read_record(files: &dyn FileSystem, out: &Path, catalog: &str) -> Result<Record, CliError> {
    let path = out.join(RECORD_FILE);
    let error = |cause: &str| {
        CliError::new(format!("cannot read the record of earlier imports, {}", path.display()))
            .cause(cause)
            .help("restore the file; without it, files that are there already are left alone")
    };
    if files.kind(&path).is_err_and(|cause| cause.kind() == std::io::ErrorKind::NotFound) {
        return Ok(Record::new(catalog));
    }
    let text = project::read_text(files, &path).map_err(|fault| error(&fault.message))?;
    let record = Record::parse(&text).map_err(|why| error(&why))?;
    if record.catalog == catalog {
        return Ok(record);
    }
    Err(CliError::new(format!("{} holds rules of another catalog, {}", out.display(), record.catalog))
        .help("name another folder with --out"))
}

/// The texts of those of `paths` that are there.
pub(super) fn read_existing(
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

/// Merges what the catalog changed with what was edited since the last import, where git still has the text that it
/// wrote and both touch other lines.
pub(super) fn merge_edits(
    out: &Path,
    planned: &[Planned],
    existing: &BTreeMap<String, String>,
    previous: &Record,
    decisions: &mut Decisions,
) {
    for index in 0..decisions.files.len() {
        let file = &decisions.files[index];
        if file.action != Action::Conflict {
            continue;
        }
        let Some(edited) = existing.get(&file.path) else { continue };
        let Some(before) = previous.rules.get(&planned[file.planned].id) else { continue };
        if let Some(base) = revision::earlier_text(&out.join(&file.path), |text| before.is_of(text)) {
            decisions.merge(index, planned, &base, edited);
        }
    }
}

/// Writes the rules that are to be written, then the record. An import that stops in between is made good
/// by the next one: it finds the files as it would write them.
pub(super) fn write(
    files: &dyn FileSystem,
    out: &Path,
    planned: &[Planned],
    decisions: &Decisions,
    previous: &Record,
) -> Result<(), CliError> {
    for file in decisions.files.iter().filter(|file| file.action.writes()) {
        let path = out.join(&file.path);
        let text = file.merged.as_ref().unwrap_or(&planned[file.planned].text);
        files.write(&path, text.as_bytes()).map_err(|cause| cannot(&path, "write", &cause))?;
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
