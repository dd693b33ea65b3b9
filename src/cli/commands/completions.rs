//! `picket completions`

use crate::cli::{CliError, Exit, Shell, completing};

/// Print the script that lets a shell complete commands, options, rules, codes, environments and workspaces.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum, value_name = "SHELL")]
    shell: ShellName,
}

/// A shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ShellName {
    /// Bash 4.4 or later.
    Bash,
    /// Zsh.
    Zsh,
    /// Fish.
    Fish,
    /// PowerShell.
    Powershell,
    /// Elvish.
    Elvish,
}

const EXAMPLES: &str = "\
Examples:
  picket completions bash > ~/.local/share/bash-completion/completions/picket
  picket completions zsh > ~/.zfunc/_picket            # a folder in $fpath
  picket completions fish > ~/.config/fish/completions/picket.fish
  picket completions powershell >> $PROFILE
  picket completions elvish >> ~/.config/elvish/rc.elv

The script asks picket at each completion, so that rules are those of the project at hand.";

impl CompletionsArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let name = match self.shell {
            ShellName::Bash => "bash",
            ShellName::Zsh => "zsh",
            ShellName::Fish => "fish",
            ShellName::Powershell => "powershell",
            ShellName::Elvish => "elvish",
        };
        completing::script(name, shell.file())?;
        Ok(Exit::Clean)
    }
}
