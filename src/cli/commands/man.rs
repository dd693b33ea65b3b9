//! `picket man`

use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::cli::{Cli, CliError, Exit, Shell, load};
use crate::diag::nearest;

/// Print the manual page of a command, or write all of them to a folder.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ManArgs {
    /// The command, such as `check` or `kql run`; picket itself without.
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Vec<String>,
    /// Write a page for each command to this folder.
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    out: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  picket man | man -l -                     the page of picket
  picket man kql run | man -l -             that of a command
  picket man --out ~/.local/share/man/man1  all of them, for `man picket-check`";

impl ManArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut all = Cli::command();
        all.build();
        if let Some(folder) = &self.out {
            let number = write(&all, "picket", &load::current_folder()?.join(folder))?;
            writeln!(shell.out(), "wrote {number} pages to {}", folder.display())?;
            return Ok(Exit::Clean);
        }
        let mut name = "picket".to_owned();
        let mut command = &all;
        for word in &self.command {
            command = command.find_subcommand(word).ok_or_else(|| {
                let names = command.get_subcommands().map(Command::get_name);
                let error = CliError::new(format!("`{}` has no command `{word}`", name.replace('-', " ")));
                match nearest(word, names) {
                    Some(meant) => error.help(format!("the nearest is `{meant}`")),
                    None => error.help("`picket help` lists the commands"),
                }
            })?;
            name = format!("{name}-{}", command.get_name());
        }
        let text = page(command, &name)?;
        shell.file().write_all(&text)?;
        Ok(Exit::Clean)
    }
}

/// Writes the page of `command` and those of its subcommands; how many that are.
fn write(command: &Command, name: &str, folder: &Path) -> Result<usize, CliError> {
    load::write(&folder.join(format!("{name}.1")), &page(command, name)?)?;
    let mut number = 1;
    for inner in command.get_subcommands().filter(|it| !it.is_hide_set() && it.get_name() != "help") {
        number += write(inner, &format!("{name}-{}", inner.get_name()), folder)?;
    }
    Ok(number)
}

/// The page of a command. It has no date: the same program writes the same page on any day.
fn page(command: &Command, name: &str) -> Result<Vec<u8>, CliError> {
    let mut text = Vec::new();
    let version = format!("picket {}", env!("CARGO_PKG_VERSION"));
    let command = command.clone().display_name(name.to_owned());
    Man::new(command).title(name.to_uppercase()).source(version).render(&mut text)?;
    Ok(text)
}
