//! Which version of ATT&CK rules are held against.

use std::path::Path;

use crate::catalog::{Attack, Catalog};
use crate::diag::Diagnostic;
use crate::project::{FileSystem, INVALID_CONFIG, MAX_FILE_BYTES, Project, RealFiles, describe};
use crate::text::Span;

use super::CliError;

/// The facts of a project. `version` counts before what picket.toml says.
///
/// # Errors
/// When the project's table cannot be read, or the version is not at hand.
pub(super) fn catalog(project: &Project, version: Option<&str>) -> Result<Catalog, CliError> {
    let configured = project.config.attack.version.as_ref().map(|version| version.value.as_str());
    let own = own(project)?;
    let wanted = version.or(configured);
    let builtin = Catalog::builtin().attack();
    match (wanted, own) {
        (None, Some(own)) => Ok(Catalog::with_attack(own)),
        (None, None) => Ok(Catalog::default()),
        (Some(wanted), Some(own)) if wanted == own.version() => Ok(Catalog::with_attack(own)),
        (Some(wanted), _) if wanted == builtin.version() => Ok(Catalog::default()),
        (Some(wanted), _) if wanted == builtin.previous_version() => {
            Ok(Catalog::with_attack(Attack::previous_release()))
        }
        (Some(wanted), own) => {
            let mut known = vec![builtin.previous_version(), builtin.version()];
            known.extend(own.map(|own| own.version()));
            Err(CliError::new(format!("version `{wanted}` of ATT&CK is not at hand"))
                .help(format!("the versions are {}", known.join(", ")))
                .help("`picket facts update attack FILE` reads another from the STIX bundle that MITRE publishes"))
        }
    }
}

/// The facts of a project, a version that is not at hand reported at its place in picket.toml.
///
/// # Errors
/// When the project's table cannot be read.
pub(super) fn configured(project: &Project, faults: &mut Vec<Diagnostic>) -> Result<Catalog, CliError> {
    let Some(version) = &project.config.attack.version else { return catalog(project, None) };
    // A table that cannot be read is another matter than a version that is not there.
    own(project)?;
    catalog(project, None).or_else(|error| {
        let span = Span::new(project.config.source, version.range);
        let mut fault = Diagnostic::error(INVALID_CONFIG.code, span, error.message);
        fault.help = error.help;
        faults.push(fault);
        Ok(Catalog::default())
    })
}

/// The version that the project keeps, if it keeps one.
fn own(project: &Project) -> Result<Option<Attack>, CliError> {
    let path = project.attack_table();
    let bytes = match RealFiles.read(&path, MAX_FILE_BYTES) {
        Ok(bytes) => bytes,
        Err(error)
            if error.kind() == std::io::ErrorKind::NotFound && project.config.attack.table.is_none() =>
        {
            return Ok(None);
        }
        Err(error) => return Err(unusable(&path).cause(describe(&error))),
    };
    let text = String::from_utf8(bytes).map_err(|_| unusable(&path).cause("it is not UTF-8"))?;
    Attack::with_table(&text).map(Some).map_err(|error| unusable(&path).cause(error))
}

fn unusable(path: &Path) -> CliError {
    CliError::new(format!("the project's version of ATT&CK in {} cannot be used", path.display()))
        .help("`picket facts update attack FILE` writes it anew from the STIX bundle that MITRE publishes")
}
