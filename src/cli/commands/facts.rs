//! `picket facts`

use std::path::PathBuf;

use crate::catalog::attack_table;
use crate::catalog::kql::{BuiltinTables, Language, ProductFunctions};
use crate::cli::{CliError, Exit, Shell, load};
use crate::project::{FileSystem, RealFiles, describe};

/// Say which facts are inside: ATT&CK, data connectors, entities, KQL, tables, limits, Sigma's fields,
/// remote-management tools, with their versions.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct FactsArgs {
    #[command(subcommand)]
    command: Option<FactsCommand>,
}

const EXAMPLES: &str = "\
Examples:
  picket facts                                        what is inside
  picket facts update attack enterprise-attack.json   a newer ATT&CK, kept in the project";

#[derive(Debug, clap::Subcommand)]
enum FactsCommand {
    /// Take newer facts from a file and keep them in the project.
    #[command(subcommand)]
    Update(UpdateCommand),
}

#[derive(Debug, clap::Subcommand)]
enum UpdateCommand {
    /// ATT&CK, from the STIX bundle that MITRE publishes.
    Attack(AttackArgs),
}

/// A version of ATT&CK to keep.
#[derive(Debug, clap::Args)]
struct AttackArgs {
    /// The bundle, such as enterprise-attack.json.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The version, where the bundle does not name it.
    #[arg(long, value_name = "VERSION")]
    release: Option<String>,
}

/// The bundle of all matrices has about 50 MiB.
const MAX_BUNDLE_BYTES: u64 = 512 * 1024 * 1024;

impl AttackArgs {
    fn run(&self, shell: &mut Shell) -> Result<Exit, CliError> {
        let file = self.file.display();
        let fault = || CliError::new(format!("cannot take ATT&CK from {file}"));
        let bytes =
            RealFiles.read(&self.file, MAX_BUNDLE_BYTES).map_err(|error| fault().cause(describe(&error)))?;
        let text = String::from_utf8(bytes).map_err(|_| fault().cause("it is not UTF-8"))?;
        let table = attack_table(&text, self.release.as_deref()).map_err(|error| {
            fault()
                .cause(error)
                .help("the bundle is the file enterprise-attack.json of MITRE's repository attack-stix-data")
                .help("where it does not name its version, name it with --release")
        })?;
        let project = load::project(shell)?;
        let path = project.attack_table();
        load::write(&path, table.text.as_bytes())?;
        writeln!(
            shell.out(),
            "wrote ATT&CK {} to {}: {} techniques, {} tactics",
            table.version,
            path.display(),
            table.techniques,
            table.tactics
        )?;
        Ok(Exit::Clean)
    }
}

impl FactsArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        if let Some(FactsCommand::Update(UpdateCommand::Attack(args))) = self.command {
            return args.run(shell);
        }
        let opened = load::open(shell, false)?;
        let catalog = &opened.catalog;
        let attack = catalog.attack();
        let language = Language::builtin();
        let rows = [
            (
                "ATT&CK",
                attack.version().to_owned(),
                format!(
                    "{} techniques, {} tactics; {} beside it",
                    attack.techniques().len(),
                    attack.tactics().len(),
                    attack.previous_version()
                ),
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
                "entity columns",
                catalog.entity_columns_version().to_owned(),
                catalog.entity_columns().len().to_string(),
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
            (
                "Sigma",
                catalog.sigma().version().to_owned(),
                format!(
                    "{} log sources, {} fields",
                    catalog.sigma().sources().len(),
                    catalog.sigma().field_count()
                ),
            ),
            (
                "remote access",
                catalog.rmm().version().to_owned(),
                format!("{} tools", catalog.rmm().tool_count()),
            ),
        ];
        for (what, version, size) in rows {
            writeln!(shell.out(), "{}", format!("{what:<18} {version:<24} {size}").trim_end())?;
        }
        Ok(Exit::Clean)
    }
}
