//! What the formatters share: files in, files or differences out.

use crate::catalog::kql::overlay::is_command;
use crate::diag::{self, Diagnostic};
use crate::rule::write::{self, FormatQuery};
use crate::text::{SourceId, SourceMap};
use crate::yaml::Scalar;
use crate::{content, kql};

use super::load::{self, Input, Inputs};
use super::output::{count, human};
use super::{CliError, Exit, Shell, diff};

/// What became of a file.
#[derive(Debug, Default)]
pub(crate) struct Formatted {
    /// Its text in the style; nothing where it has none.
    pub(crate) text: Option<String>,
    /// Why it, or a query in it, was left as it is.
    pub(crate) left: Vec<Diagnostic>,
}

/// A file of KQL in the style. Management commands have none, and pass through.
pub(crate) fn kql(source: SourceId, text: &str) -> Formatted {
    if is_command(text) {
        return Formatted::default();
    }
    let (text, found) = kql::format::format(text);
    let left = if text.is_none() { found } else { Vec::new() };
    Formatted { text, left: left.into_iter().map(|finding| finding.moved(source, |range| range)).collect() }
}

/// A rule file in the style; with `queries`, those in it as well. What holds content instead of rules is written as such.
pub(crate) fn rules(source: SourceId, text: &str, queries: bool) -> Formatted {
    let formatted = yaml(source, queries, &|query| write::format_with(source, text, query));
    if formatted.text.is_some() {
        return formatted;
    }
    let of_content = content(source, text, queries);
    if of_content.text.is_some() { of_content } else { formatted }
}

/// A file of content in the style; with `queries`, those in it as well.
pub(crate) fn content(source: SourceId, text: &str, queries: bool) -> Formatted {
    yaml(source, queries, &|query| content::format(source, text, query))
}

/// How a file is written in the style, given what becomes of its queries.
type FormatFile<'a> = dyn Fn(&mut FormatQuery<'_>) -> (Option<String>, Vec<Diagnostic>) + 'a;

/// What `format` makes of a file, given what becomes of its queries.
fn yaml(source: SourceId, queries: bool, format: &FormatFile<'_>) -> Formatted {
    let mut left = Vec::new();
    let mut query = |scalar: &Scalar| {
        if !queries {
            return None;
        }
        let (text, found) = kql::format::format(&scalar.text);
        if text.is_none() {
            left.extend(
                found.into_iter().map(|finding| finding.moved(source, |range| scalar.range_of(range))),
            );
        }
        text.filter(|text| !text.is_empty())
    };
    let (text, found) = format(&mut query);
    if text.is_none() {
        left = found;
    }
    Formatted { text, left }
}

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
