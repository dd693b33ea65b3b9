//! `picket import`: rules from foreign catalogs.

mod files;
mod folder;
mod imported;
mod indicators;
mod rmm;

pub(crate) use imported::json_schema;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::output::Format;
use crate::cli::{CliError, Exit, Shell};
use crate::project::RealFiles;

const RMM_EXAMPLES: &str = "\
Examples:
  # The rules of a catalog, mended
  picket import rmm RemoteManagementMonitoringTools

  # Rules of our own for every tool that two catalogs know, with watchlists
  picket import rmm --from-indicators RemoteManagementMonitoringTools LOLRMM

  # What that would write, and what of the catalogs it would not use
  picket import rmm --from-indicators --dry-run --unused LOLRMM";

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
    /// byte for byte, but for a column whose right name is certain. With `--from-indicators`, rules are made of what the catalogs know of each tool instead: its hosts,
    /// programs and signers, of RemoteManagementMonitoringTools and LOLRMM together.
    ///
    /// A file that was moved or deleted since the last import is left alone, and so is one that was edited, unless the
    /// catalog changed other lines of it: then both changes are merged.
    #[command(after_help = RMM_EXAMPLES)]
    Rmm(RmmArgs),
    /// Files of other projects: rule files of Azure-Sentinel and its solutions, rules of Sigma, templates of Azure Resource
    /// Manager, the portal's exports, files of KQL, and the watchlists, functions, automation rules and custom detections
    /// beside them.
    ///
    /// In the repositories of Sentinel, `sentinel-deployment.config` says which files are left out, and `NAME.parameters.json`
    /// which values a template takes. A watchlist has its items in it, or in `data.csv` beside it.
    ///
    /// Rules of Sigma become queries over the tables of Defender and Sentinel that hold what their log source names; one that
    /// says anything that has no place there is left out whole. Rule files are mended where they have to be and written in
    /// canonical form; expressions of templates are resolved with the template's own parameters and variables; the comments
    /// that head a file of KQL describe it. For each file is said what was changed and what was left out.
    #[command(after_help = files::EXAMPLES)]
    Files(files::FilesArgs),
}

#[derive(Debug, Args)]
struct RmmArgs {
    /// The folder of the catalog; with `--from-indicators` also several.
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Make rules of the tools' indicators: per tool network connections, started programs, signed files and DNS
    /// queries, and a rule about any tool that is not approved.
    #[arg(long)]
    from_indicators: bool,
    /// The folder for the watchlists of indicators and of approved tools.
    #[arg(long, value_name = "DIR", default_value = "content", requires = "from_indicators")]
    content: PathBuf,
    /// List also every value and file of the catalogs that is not used, with the reason.
    #[arg(long, requires = "from_indicators")]
    unused: bool,
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
            Catalog::Files(args) => args.run(&RealFiles, shell),
            Catalog::Rmm(args) if args.from_indicators => args.make(&RealFiles, shell),
            Catalog::Rmm(args) => args.import(&RealFiles, shell),
        }
    }
}
