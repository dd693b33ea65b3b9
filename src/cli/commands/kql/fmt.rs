//! `picket kql fmt`

use std::path::PathBuf;

use crate::cli::load::{self, Input};
use crate::cli::output::{count, human};
use crate::cli::{CliError, Exit, Shell, diff};
use crate::diag::{self, Diagnostic};
use crate::kql::format::format;
use crate::text::{SourceMap, Span};

/// Write KQL in its one canonical style: an operator a line, comments kept.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct FmtArgs {
    /// Files of KQL, `-` for standard input.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Write nothing; exit with 1 when a file is not in the style.
    #[arg(long)]
    check: bool,
    /// Show what would change, and write nothing.
    #[arg(long)]
    diff: bool,
}

const EXAMPLES: &str = "\
Examples:
  picket kql fmt hunts/*.kql          rewrite the files
  picket kql fmt --check hunts/*.kql  exit with 1 when one would change
  picket kql fmt --diff hunt.kql      show the change
  picket kql fmt - < hunt.kql         standard input to standard output

A file that does not parse is left as it is, and gives exit code 2.";

impl FmtArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let opened = load::open(shell, false)?;
        let inputs = load::read(&opened, &self.files)?;
        let mut sources = SourceMap::new();
        let mut findings = Vec::new();
        for (name, fault) in &inputs.faults {
            let id = sources.add(name.as_str(), "");
            findings.push(fault.diagnostic(id));
        }
        let mut changed = 0;
        for input in &inputs.files {
            let id = sources.add(input.name.as_str(), input.text.as_str());
            let (formatted, found) = format(&input.text);
            findings.extend(found.into_iter().map(|finding| at_source(finding, id)));
            // A file that does not parse passes through untouched.
            let formatted = formatted.unwrap_or_else(|| input.text.clone());
            changed += usize::from(formatted != input.text);
            self.put(input, &formatted, shell)?;
        }
        diag::sort(&mut findings);
        let text = human(&sources, &findings, shell.colors_err());
        shell.err().write_all(text.as_bytes())?;
        if self.check || self.diff {
            let verb = if changed == 1 { "is" } else { "are" };
            writeln!(shell.err(), "{} {verb} not in the style", count(changed, "file"))?;
        }
        Ok(if !findings.is_empty() {
            Exit::Failed
        } else if self.check && changed > 0 {
            Exit::Findings
        } else {
            Exit::Clean
        })
    }

    /// Writes, or shows, what became of `input`.
    fn put(&self, input: &Input, formatted: &str, shell: &mut Shell) -> Result<(), CliError> {
        if self.diff {
            let patch = diff::unified(&input.name, &input.text, formatted);
            shell.out().write_all(patch.as_bytes())?;
        } else if !self.check {
            match &input.path {
                None => shell.out().write_all(formatted.as_bytes())?,
                Some(path) if formatted != input.text => load::write(path, formatted.as_bytes())?,
                Some(_) => {}
            }
        }
        Ok(())
    }
}

/// The finding of a text that is a whole source.
fn at_source(mut finding: Diagnostic, source: crate::text::SourceId) -> Diagnostic {
    let place = |span: Span| Span::new(source, span.range);
    finding.primary.span = place(finding.primary.span);
    for label in &mut finding.secondary {
        label.span = place(label.span);
    }
    finding
}
