//! `picket coverage`

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::catalog::Domain;
use crate::cli::load::{self, Opened, is_unreadable};
use crate::cli::output::human;
use crate::cli::{CliError, Exit, Shell, rule_tests};
use crate::coverage::{self, Coverage, Wanted as Within, layer};
use crate::diag::Diagnostic;
use crate::project::{UNNAMED_PROJECT, Wanted};
use crate::report;

/// Show which techniques of ATT&CK the rules cover, which they do not, and where the rules are tested.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CoverageArgs {
    /// Files and folders of rules; without any, the rules of the project.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to write it.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: CoverageFormat,
    /// The matrix.
    #[arg(long, value_enum, default_value_t, value_name = "DOMAIN")]
    domain: Matrix,
    /// Only techniques that can be seen on this platform, such as Windows.
    #[arg(long, value_name = "PLATFORM")]
    platform: Option<String>,
    /// List also the techniques without a rule.
    #[arg(long)]
    gaps: bool,
    /// Show what changed since a revision of git instead.
    #[arg(long, value_name = "REVISION", conflicts_with_all = ["gaps", "paths"])]
    diff: Option<String>,
}

/// How coverage is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum CoverageFormat {
    /// For a person: a line a tactic.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// A table for a page or a pull request.
    Markdown,
    /// A picture for a README.
    Svg,
    /// A layer for the ATT&CK Navigator.
    Navigator,
}

/// A matrix of ATT&CK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum Matrix {
    /// Devices, networks and clouds of companies.
    #[default]
    Enterprise,
    /// Phones and tablets.
    Mobile,
    /// Plants and machines.
    Ics,
}

impl Matrix {
    fn domain(self) -> Domain {
        match self {
            Self::Enterprise => Domain::Enterprise,
            Self::Mobile => Domain::Mobile,
            Self::Ics => Domain::Ics,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  picket coverage                                 a line for each tactic and platform
  picket coverage --gaps --platform Linux         what no rule sees on Linux
  picket coverage --format svg > coverage.svg     a picture for a README
  picket coverage --format navigator > layer.json a layer for the ATT&CK Navigator
  picket coverage --diff main --format markdown   what a branch gains and loses

A rule covers the techniques that it names. It counts as tested when some test expects it to find something: an alert, or
rows. The tests are not run for this; `picket test` says whether they pass. Rules that cannot be read are named on standard
error and give exit code 2.";

impl CoverageArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut opened = load::open(shell, false)?;
        if let Some(platform) = &self.platform {
            self.check_platform(&opened, platform)?;
        }
        let (coverage, exit) = self.read(&opened, shell)?;
        let text = match &self.diff {
            Some(revision) => {
                opened.read_from(revision)?;
                let (before, _) = self.read(&opened, shell)?;
                let diff = coverage::diff(&before, &coverage);
                match self.format {
                    CoverageFormat::Text => report::coverage_diff_text(&diff, revision),
                    CoverageFormat::Json => report::coverage_diff_json(&diff, revision),
                    CoverageFormat::Markdown => report::coverage_diff_markdown(&diff, revision),
                    CoverageFormat::Svg | CoverageFormat::Navigator => {
                        return Err(CliError::new("a difference is no picture and no layer")
                            .help("write it with `--format text`, `json` or `markdown`"));
                    }
                }
            }
            None => match self.format {
                CoverageFormat::Text => report::coverage_text(&coverage, self.gaps),
                CoverageFormat::Json => report::coverage_json(&coverage),
                CoverageFormat::Markdown => report::coverage_markdown(&coverage),
                CoverageFormat::Svg => report::coverage_svg(&coverage),
                CoverageFormat::Navigator => {
                    let name = opened.project.config.name.as_ref();
                    let name = name.map_or(UNNAMED_PROJECT, |name| name.value.as_str());
                    format!("{:#}\n", layer::layer(&coverage, name))
                }
            },
        };
        shell.out().write_all(text.as_bytes())?;
        Ok(exit)
    }

    /// The coverage by the rules as `opened` has them.
    fn read(&self, opened: &Opened, shell: &mut Shell) -> Result<(Coverage, Exit), CliError> {
        let inputs = load::read(opened, &self.paths, Wanted::Rules)?;
        let sourced = load::rules(opened, &inputs);
        let unreadable: Vec<Diagnostic> =
            sourced.found.iter().filter(|it| is_unreadable(it)).cloned().collect();
        if !unreadable.is_empty() {
            let text = human(&sourced.sources, &unreadable, shell.colors_err());
            shell.err().write_all(text.as_bytes())?;
        }
        let gathered = rule_tests::of_rules(opened, &inputs, sourced);
        let within = Within { platform: self.platform.as_deref() };
        let domain = self.domain.domain();
        let attack = opened.catalog.attack();
        let rules: Vec<_> = gathered.rules.iter().collect();
        let coverage = coverage::coverage(attack, domain, &rules, &gathered.tested(), within);
        let exit = if unreadable.is_empty() { Exit::Clean } else { Exit::Failed };
        Ok((coverage, exit))
    }

    /// That the matrix knows the platform.
    fn check_platform(&self, opened: &Opened, platform: &str) -> Result<(), CliError> {
        let attack = opened.catalog.attack();
        let all = coverage::coverage(attack, self.domain.domain(), &[], &BTreeSet::new(), Within::default());
        if all.platforms.keys().any(|known| known.eq_ignore_ascii_case(platform)) {
            return Ok(());
        }
        let names: Vec<&str> = all.platforms.keys().copied().collect();
        Err(CliError::new(format!("the matrix has no platform `{platform}`"))
            .help(format!("the platforms are {}", names.join(", "))))
    }
}
