//! `picket facts`

use crate::catalog::Catalog;
use crate::catalog::kql::{BuiltinTables, Language, ProductFunctions};
use crate::cli::{CliError, Exit, Shell};

/// Say which facts are inside: ATT&CK, data connectors, entities, KQL, tables, limits, with their versions.
#[derive(Debug, clap::Args)]
pub(crate) struct FactsArgs {}

impl FactsArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let catalog = Catalog::builtin();
        let attack = catalog.attack();
        let language = Language::builtin();
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
            (
                "KQL",
                language.version().to_owned(),
                format!(
                    "{} functions, {} aggregates, {} plugins",
                    language.functions().len(),
                    language.aggregates().len(),
                    language.plugins().len()
                ),
            ),
            (
                "tables",
                BuiltinTables::get().version().to_owned(),
                BuiltinTables::get().names().len().to_string(),
            ),
            (
                "product functions",
                ProductFunctions::get().version().to_owned(),
                ProductFunctions::get().names().len().to_string(),
            ),
            ("service limits", catalog.limits().version().to_owned(), String::new()),
        ];
        for (what, version, size) in rows {
            writeln!(shell.out(), "{}", format!("{what:<18} {version:<24} {size}").trim_end())?;
        }
        Ok(Exit::Clean)
    }
}
