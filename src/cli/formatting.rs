//! What the formatters share: files in, files or differences out.

use crate::diag;
use crate::style::Formatted;
use crate::text::{SourceId, SourceMap};

use super::load::{self, Input, Inputs};
use super::output::{count, human};
use super::{CliError, Exit, Shell, diff};

/// Whether a formatter writes.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct FormattingArgs {
    /// Write nothing; exit with 1 when a file is not in the style.
    #[arg(long)]
    pub(crate) check: bool,
    /// Show what would change, and write nothing.
    #[arg(long)]
    pub(crate) diff: bool,
}

impl FormattingArgs {
    /// Formats `inputs` with `format`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(crate) fn run(
        self,
        inputs: &Inputs,
        format: impl Fn(SourceId, &Input) -> Formatted,
        shell: &mut Shell,
    ) -> Result<Exit, CliError> {
        let mut sources = SourceMap::new();
        let mut findings = Vec::new();
        for (name, fault) in &inputs.faults {
            findings.push(fault.diagnostic(sources.add(name.as_str(), "")));
        }
        let mut changed = 0;
        for input in &inputs.files {
            let source = sources.add(input.name.as_str(), input.text.as_str());
            let Formatted { text, left } = format(source, input);
            findings.extend(left);
            // A file that cannot be formatted passes through untouched.
            let formatted = text.unwrap_or_else(|| input.text.clone());
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

    /// Writes, names or shows what became of `input`.
    fn put(self, input: &Input, formatted: &str, shell: &mut Shell) -> Result<(), CliError> {
        let differs = formatted != input.text;
        if self.diff {
            let patch = diff::unified(&input.name, &input.text, formatted);
            shell.out().write_all(patch.as_bytes())?;
        } else if self.check {
            if differs {
                writeln!(shell.out(), "{}", input.name)?;
            }
        } else {
            match &input.path {
                None => shell.out().write_all(formatted.as_bytes())?,
                Some(path) if differs => load::write(path, formatted.as_bytes())?,
                Some(_) => {}
            }
        }
        Ok(())
    }
}
