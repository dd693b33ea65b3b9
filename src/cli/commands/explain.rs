//! `picket explain`

use std::collections::BTreeMap;

use crate::cli::{CliError, Exit, Shell, codes, completing};
use crate::diag::LintMeta;
use crate::{kql, lint};

/// Say what a code means, why it matters, and how it is put right.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ExplainArgs {
    /// A code, the name of a lint, or the start of codes (PK5); without one, all are listed.
    #[arg(value_name = "CODE", add = completing::codes())]
    code: Option<String>,
    /// Print all at once, also on a terminal.
    #[arg(long)]
    no_pager: bool,
}

const EXAMPLES: &str = "\
Examples:
  picket explain PK501            what the code means
  picket explain unknown-tactic   by the name of the lint
  picket explain PK5              the codes of a family
  picket explain                  all codes, family by family

On a terminal the text is shown by the program that PAGER names, or else by less.

Exit codes: 0 shown, 2 there is no such code.";

impl ExplainArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let text = match &self.code {
            None => list(&codes::all(), &of_kql()),
            Some(written) => match codes::find(written) {
                Ok(meta) => lint::describe(meta),
                Err(error) => {
                    let family = codes::of_family(written);
                    if family.is_empty() {
                        return Err(error);
                    }
                    list(&family, "")
                }
            },
        };
        if self.no_pager {
            shell.out().write_all(text.as_bytes())?;
        } else {
            shell.page(&text)?;
        }
        Ok(Exit::Clean)
    }
}

/// What is said of the codes of queries, of which there are hundreds.
fn of_kql() -> String {
    format!("{} codes of KQL; `picket explain KQ` lists them\n", kql::codes::METAS.len())
}

/// A line for each code, below the name of its family.
fn list(metas: &[&LintMeta], last: &str) -> String {
    let width = metas.iter().map(|meta| meta.name.len()).max().unwrap_or_default();
    let mut families: BTreeMap<&str, Vec<&LintMeta>> = BTreeMap::new();
    for meta in metas {
        families.entry(meta.family()).or_default().push(meta);
    }
    let mut families: Vec<_> = families.into_iter().collect();
    families.sort_by_key(|(_, metas)| metas.iter().map(|meta| meta.code).min());
    let mut text = String::new();
    for (family, metas) in families {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("{family}\n"));
        for meta in metas {
            let (code, name, level) = (meta.code, meta.name, meta.level.as_str());
            let line = format!("  {code}  {name:<width$}  {level:<7}  {}", summary(meta));
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    if !last.is_empty() {
        text.push_str(&format!("\nqueries\n  {last}"));
    }
    text
}

/// The first sentence about a code. Of the codes of KQL all say the same.
fn summary(meta: &LintMeta) -> String {
    if kql::codes::find(meta.code).is_some() {
        return String::new();
    }
    let text = meta.summary();
    text.split_once(". ").map_or(text.as_str(), |(first, _)| first).trim_end_matches('.').to_owned()
}
