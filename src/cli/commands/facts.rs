//! `picket facts`

use crate::catalog::Catalog;
use crate::cli::{CliError, Exit, Shell};

/// Say which facts are inside: ATT&CK, data connectors, entities, limits, with their versions.
#[derive(Debug, clap::Args)]
pub(crate) struct FactsArgs {}

impl FactsArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let catalog = Catalog::builtin();
        let attack = catalog.attack();
        let rows = [
            (
                "ATT&CK",
                attack.version().to_owned(),
                format!("{} techniques, {} tactics", attack.techniques().len(), attack.tactics().len()),
            ),
            (
                "data connectors",
                catalog.connectors().version().to_owned(),
                catalog.connectors().iter().count().to_string(),
            ),
            (
                "entity types",
                catalog.entities().version().to_owned(),
                catalog.entities().iter().count().to_string(),
            ),
            ("service limits", catalog.limits().version().to_owned(), String::new()),
        ];
        for (what, version, size) in rows {
            writeln!(shell.out(), "{}", format!("{what:<16} {version:<24} {size}").trim_end())?;
        }
        Ok(Exit::Clean)
    }
}
