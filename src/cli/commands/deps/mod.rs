//! `picket deps`

mod graph;

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::cli::load::{self, Sourced, is_unreadable};
use crate::cli::output::{count, human};
use crate::cli::{CliError, Exit, Shell};
use crate::diag::{self, Diagnostic, Severity};
use crate::lint::{Dependencies, NeedKind, Needs};
use crate::project::Wanted;
use crate::rule::Rule;
use crate::text::SourceMap;

/// Show what rules need of their workspace: tables, functions, watchlists, connectors, and which rules need each.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DepsArgs {
    /// Files and folders of rules, `-` for standard input; without any, the rules of the project.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to write it.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: DepsFormat,
    /// Only rules that need this table, function, watchlist or connector.
    #[arg(long, value_name = "NAME")]
    uses: Vec<String>,
}

/// How dependencies are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum DepsFormat {
    /// For a person.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// A graph for Graphviz.
    Dot,
    /// A graph that Markdown pages show.
    Mermaid,
}

const EXAMPLES: &str = "\
Examples:
  picket deps                                   all rules of the project
  picket deps --uses SigninLogs                 the rules that read a table
  picket deps --format json rules/ | jq .tables
  picket deps --format dot | dot -Tsvg > deps.svg
  picket deps --format mermaid                  a graph for a Markdown page

Errors in rules go to standard error and give exit code 1, a file that cannot be read gives 2.";

impl DepsArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let opened = load::open(shell, false)?;
        let inputs = load::read(&opened, &self.paths, Wanted::Rules)?;
        let Sourced { sources, mut rules, found, kql, .. } = load::rules(&opened, &inputs);
        let mut dependencies = Dependencies::of(&rules, kql);
        if !self.uses.is_empty() {
            let is_asked = |needs: &Needs| {
                let has = |name: &String| needs.values().any(|names| names.contains(name));
                self.uses.iter().all(has)
            };
            let keep: Vec<bool> = dependencies.of_rules.iter().map(is_asked).collect();
            let mut kept = keep.iter();
            rules.retain(|_| kept.next().is_some_and(|keep| *keep));
            dependencies.of_rules.retain(is_asked);
        }
        let shown = Shown { sources: &sources, rules: &rules, dependencies: &dependencies };
        let text = match self.format {
            DepsFormat::Text => shown.text(),
            DepsFormat::Json => format!("{:#}\n", shown.json()),
            DepsFormat::Dot => graph::dot(&shown),
            DepsFormat::Mermaid => graph::mermaid(&shown),
        };
        shell.out().write_all(text.as_bytes())?;
        let mut errors: Vec<Diagnostic> =
            found.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
        diag::sort(&mut errors);
        let report = human(&sources, &errors, shell.colors_err());
        shell.err().write_all(report.as_bytes())?;
        Ok(match errors.as_slice() {
            [] => Exit::Clean,
            errors if errors.iter().any(is_unreadable) => Exit::Failed,
            _ => Exit::Findings,
        })
    }
}

/// What is shown.
struct Shown<'a> {
    sources: &'a SourceMap,
    rules: &'a [Rule],
    dependencies: &'a Dependencies,
}

impl Shown<'_> {
    fn file(&self, rule: &Rule) -> &str {
        self.sources.get(rule.source).map_or("", |source| &source.name)
    }

    /// The rules with what they need, then what is needed with its rules.
    fn text(&self) -> String {
        let mut out = String::new();
        for (rule, needs) in self.rules.iter().zip(&self.dependencies.of_rules) {
            out.push_str(&format!("{}: {}\n", self.file(rule), rule.display_name()));
            for (kind, names) in needs.iter().filter(|(_, names)| !names.is_empty()) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                out.push_str(&format!("  {:<18} {}\n", heading(*kind), names.join(", ")));
            }
        }
        for (kind, names) in self.dependencies.users() {
            if names.is_empty() {
                continue;
            }
            out.push_str(&format!("\n{}\n", heading(kind)));
            for (name, numbers) in names {
                out.push_str(&format!("  {name}: {}\n", count(numbers.len(), "rule")));
                for rule in numbers.iter().filter_map(|number| self.rules.get(*number)) {
                    out.push_str(&format!("    {}: {}\n", self.file(rule), rule.display_name()));
                }
            }
        }
        out
    }

    /// `rules`, each with its needs; then a key a kind, each name with the places of its rules in that list.
    fn json(&self) -> Value {
        let rules = self.rules.iter().zip(&self.dependencies.of_rules).map(|(rule, needs)| {
            let mut shown = json!({
                "file": self.file(rule),
                "id": rule.id.as_ref().map(|id| &id.value),
                "name": rule.name.as_ref().map(|name| &name.value),
                "kind": rule.kind.as_str(),
            });
            for (kind, names) in needs {
                shown[kind.plural()] = json!(names);
            }
            shown
        });
        let mut document = json!({ "rules": rules.collect::<Vec<_>>() });
        for (kind, names) in self.dependencies.users() {
            document[kind.plural()] = json!(names);
        }
        document
    }
}

/// How a kind is called in text.
fn heading(kind: NeedKind) -> String {
    kind.plural().replace('_', " ")
}
