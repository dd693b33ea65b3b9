//! The terminal: where output goes, and whether it may be coloured.

use std::io::{self, IsTerminal, Write};
use std::process::{Command, Stdio};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

use super::CliError;

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, and as `NO_COLOR` and `CLICOLOR_FORCE` say.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Whether the pager of the user showed `text`.
fn paged(text: &str) -> bool {
    let named = std::env::var("PAGER").unwrap_or_else(|_| "less".to_owned());
    let mut words = named.split_whitespace();
    let Some(program) = words.next() else { return false };
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped());
    if std::env::var_os("LESS").is_none() {
        // It ends at once where all fits on a page, and leaves the text on the terminal.
        command.env("LESS", "FRX");
    }
    let Ok(mut pager) = command.spawn() else { return false };
    if let Some(mut input) = pager.stdin.take() {
        // Whoever leaves the pager early has read enough.
        let _ = input.write_all(text.as_bytes());
    }
    pager.wait().is_ok()
}

/// Standard output and standard error, with colour stripped where it is not wanted.
pub struct Shell {
    file: io::Stdout,
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
    /// What takes the place of standard output, the innermost last.
    kept: Vec<Vec<u8>>,
}

impl std::fmt::Debug for Shell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shell").finish_non_exhaustive()
    }
}

impl Shell {
    /// The streams of the process.
    pub fn new(color: ColorChoice) -> Self {
        let choice = match color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        Self {
            file: io::stdout(),
            out: AutoStream::new(io::stdout(), choice),
            err: AutoStream::new(io::stderr(), choice),
            kept: Vec::new(),
        }
    }

    /// Standard output: results.
    pub fn out(&mut self) -> &mut dyn Write {
        match self.kept.last_mut() {
            Some(kept) => kept,
            None => &mut self.out,
        }
    }

    /// Has results kept from now on, until they are [taken](Self::taken).
    pub fn keep(&mut self) {
        self.kept.push(Vec::new());
    }

    /// What was written since the last [`Self::keep`], which ends here.
    pub fn taken(&mut self) -> String {
        String::from_utf8_lossy(&self.kept.pop().unwrap_or_default()).into_owned()
    }

    /// Standard output for a file that somebody else reads: every byte goes through. [`out`](Self::out) leaves out what a
    /// terminal would take for a command, of which a text of a rule may hold some.
    pub fn file(&mut self) -> &mut dyn Write {
        match self.kept.last_mut() {
            Some(kept) => kept,
            None => &mut self.file,
        }
    }

    /// Standard error: progress and errors.
    pub fn err(&mut self) -> &mut dyn Write {
        &mut self.err
    }

    /// Whether what goes to standard output may be coloured.
    pub fn colors_out(&self) -> bool {
        self.kept.is_empty() && self.out.current_choice() != anstream::ColorChoice::Never
    }

    /// Whether what goes to standard error may be coloured.
    pub fn colors_err(&self) -> bool {
        self.err.current_choice() != anstream::ColorChoice::Never
    }

    /// Whether standard error is a terminal, where progress may be drawn.
    pub fn is_interactive(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// Whether results go to a terminal.
    pub fn is_terminal(&self) -> bool {
        self.kept.is_empty() && self.file.is_terminal()
    }

    /// Writes a text page by page on a terminal, by the program that `PAGER` names or else `less`; all at once elsewhere, and
    /// where that program cannot be run.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn page(&mut self, text: &str) -> Result<(), CliError> {
        if !self.is_terminal() || !paged(text) {
            self.out().write_all(text.as_bytes())?;
        }
        Ok(())
    }

    /// Prints an error with its causes and remedies.
    pub fn error(&mut self, error: &CliError) {
        let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        let cyan = Style::new().fg_color(Some(AnsiColor::Cyan.into()));
        let mut text = format!("{}{red}error{red:#}: {}\n", error.report, error.message);
        for cause in &error.causes {
            text.push_str(&format!("  {cyan}cause{cyan:#}: {cause}\n"));
        }
        for help in &error.help {
            text.push_str(&format!("  {cyan}help{cyan:#}: {help}\n"));
        }
        // Nothing is left to report to when standard error itself is gone.
        let _ = self.err.write_all(text.as_bytes());
    }
}
