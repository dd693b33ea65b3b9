//! What each command ends with: the one table of exit codes, from which the page in `docs` is made.

/// The exit codes of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExitCodes {
    /// The command, such as `kql run`.
    pub command: &'static str,
    /// When it ends with 0.
    pub clean: &'static str,
    /// When it ends with 1; empty where it never does.
    pub findings: &'static str,
    /// When it ends with 2, beside what all commands have in common.
    pub failed: &'static str,
}

macro_rules! exit_codes {
    ($($command:literal: $clean:literal | $findings:literal | $failed:literal,)*) => {
        /// Every command, in the order of the page.
        pub const ALL: &[ExitCodes] = &[$(ExitCodes {
            command: $command,
            clean: $clean,
            findings: $findings,
            failed: $failed,
        }),*];
    };
}

exit_codes! {
    "init": "the files are there" | "" | "a file cannot be written",
    "new": "the rule is written" | "it is written, and has findings" | "the file is there already, or an answer is missing",
    "check": "no errors" | "errors; warnings, too, with `--strict`" | "a file cannot be read",
    "watch": "ended by Ctrl-C" | "" | "",
    "fmt": "written; with `--check`, all is in the style" | "with `--check`, a file is not" | "a file or query cannot be formatted",
    "deps": "shown" | "shown, with errors in rules" | "a file cannot be read",
    "coverage": "shown" | "" | "a file cannot be read",
    "docs": "written" | "" | "a file cannot be read",
    "test": "all tests passed" | "a test failed, or a condition survives `--mutate`" | "tests cannot be read or run",
    "plan": "planned" | "errors in rules or plan; changes, too, with `--detailed-exitcode`" | "it cannot be planned",
    "apply": "all is as planned; what waits for data, too, with `--allow-pending`" | "errors in rules or plan stopped it" | "not all could be carried out",
    "retry": "nothing is left" | "errors in rules or plan stopped it" | "not all could be carried out",
    "adopt": "adopted, or there was nothing to adopt" | "errors in the rules stopped it" | "not all could be carried out",
    "restore": "restored" | "errors in the plan stopped it" | "not all could be carried out",
    "rollback": "rolled back" | "errors in the rules of then stopped it" | "not all could be carried out",
    "disable": "disabled" | "with `--now`, the workspace was left alone" | "there is no such rule, or it cannot be changed",
    "enable": "enabled" | "with `--now`, the workspace was left alone" | "there is no such rule, or it cannot be changed",
    "show": "shown" | "" | "there is no such rule, or it cannot be deployed",
    "status": "shown" | "" | "it cannot be found out",
    "drift": "all is as it was applied" | "something drifted" | "it cannot be found out",
    "pull": "done" | "conflicts" | "it cannot be done",
    "doctor": "all is well" | "something failed or wants a look" | "it cannot be found out",
    "audit verify": "the journal is whole" | "an entry is altered or missing" | "there is no journal to read",
    "hunt": "it ran" | "errors in the query, rows that cannot be read, or a partial answer" | "the run stopped, or there is no such rule",
    "backtest": "it ran; with `--against`, nothing changed" | "rows or entities were added or lost, errors in the query, or rows that cannot be read" | "the run stopped, or there is no such rule",
    "kql check": "no errors" | "errors" | "a file cannot be read",
    "kql columns": "shown" | "errors in a query" | "a file cannot be read",
    "kql tables": "shown" | "errors in a query" | "a file cannot be read",
    "kql answers": "answered" | "" | "a line is no query, or a file cannot be read",
    "kql run": "it ran" | "errors in the query, or rows that cannot be read" | "the run stopped",
    "kql fmt": "written; with `--check`, all is in the style" | "with `--check`, a file is not" | "a file cannot be formatted",
    "import rmm": "imported" | "imported, with defects or conflicts" | "the catalog cannot be read",
    "import files": "imported" | "a file could not be read, or a rule was left alone" | "it cannot be done",
    "export arm": "written" | "a rule cannot be deployed, or the template is too large" | "it cannot be written",
    "export bicep": "written" | "a rule cannot be deployed, or the file is too large" | "it cannot be written",
    "export terraform": "written" | "a rule cannot be deployed" | "it cannot be written",
    "export json": "written" | "a rule cannot be deployed" | "it cannot be written",
    "comment": "nothing to report" | "findings, tests that fail, or errors in the plan" | "a part cannot be made",
    "explain": "shown" | "" | "there is no such code",
    "lsp": "ended as the editor asked" | "the editor left without asking" | "the connection broke",
    "emulator": "ended as asked" | "" | "it cannot listen, or its store is in use",
    "schema": "shown" | "" | "",
    "facts": "shown" | "" | "",
    "facts update attack": "written" | "" | "the bundle cannot be read, or the table not be written",
    "completions": "shown" | "" | "",
    "man": "shown or written" | "" | "there is no such command, or a page cannot be written",
}

/// Where the repository keeps the page.
pub const PATH: &str = "docs/exit-codes.md";

/// The page about exit codes.
pub fn page() -> String {
    let mut text = String::from(
        "# Exit codes\n\n0: nothing to report. 1: the command did its work, and found something. 2: it could not do its work, or not\n\
         all of it. Of several workspaces the worst counts.\n\n\
         Every command ends with 2 for arguments that it does not know, a picket.toml that is wrong, and output that cannot be\n\
         written. A reader of the output that goes away early, as `head` does, is no fault: 0. Ctrl-C ends with 2 where work was\n\
         cut off, and a second one at once.\n\n| command | 0 | 1 | 2 |\n|-|-|-|-|\n",
    );
    for it in ALL {
        text.push_str(&format!(
            "| `picket {}` | {} | {} | {} |\n",
            it.command, it.clean, it.findings, it.failed
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::{Command, CommandFactory};

    use super::*;
    use crate::cli::Cli;

    fn leaves(command: &Command, name: &str, found: &mut BTreeSet<String>) {
        let is_shown = |it: &&Command| it.get_name() != "help" && !it.is_hide_set();
        let inner: Vec<&Command> = command.get_subcommands().filter(is_shown).collect();
        if inner.is_empty() || (!command.is_subcommand_required_set() && !name.is_empty()) {
            found.insert(name.to_owned());
        }
        for it in inner {
            leaves(it, format!("{name} {}", it.get_name()).trim(), found);
        }
    }

    #[test]
    fn every_command_is_in_the_table_once() {
        let mut commands = BTreeSet::new();
        leaves(&Cli::command(), "", &mut commands);
        let told: Vec<String> = ALL.iter().map(|it| it.command.to_owned()).collect();
        assert_eq!(told.iter().cloned().collect::<BTreeSet<_>>(), commands);
        assert_eq!(told.len(), commands.len());
    }
}
