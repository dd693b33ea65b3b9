//! A page for each command, with its help.

use clap::Command;

use super::{Generated, page, table};

/// The list of commands, and a page for each.
pub(super) fn pages() -> Vec<Generated> {
    let mut root = crate::cli::command()
        .term_width(100)
        .mut_arg("color", |argument| argument.hide(true))
        // Each command says so under its own help.
        .disable_help_subcommand(true);
    root = without_values(root);
    root.build();
    let commands: Vec<&Command> = root.get_subcommands().filter(|command| !command.is_hide_set()).collect();
    let rows = commands.iter().map(|command| {
        let name = command.get_name();
        vec![format!("[`picket {name}`](commands/{name}.md)"), about(command)]
    });
    let index = format!(
        "Every command has its help with examples under `--help`; it is what these pages show. `--color` (`auto`, `always` or \
         `never`) stands with all of them. [Exit codes](../exit-codes.md) are the same everywhere: 0 nothing to report, 1 \
         findings, 2 the command could not do its work.\n\n{}",
        table(&["command", "does"], rows)
    );
    let mut pages = vec![page("commands", "Commands", &index)];
    for command in commands {
        let name = command.get_name();
        let mut text = String::new();
        sections(command, &format!("picket {name}"), 0, &mut text);
        pages.push(page(&format!("commands/{name}"), &format!("picket {name}"), &text));
    }
    pages
}

/// A command without what variables of this machine say.
fn without_values(command: Command) -> Command {
    command.mut_args(|argument| argument.hide_env_values(true)).mut_subcommands(without_values)
}

/// The first sentence of what a command does.
fn about(command: &Command) -> String {
    command.get_about().map(|about| about.to_string().trim_end_matches('.').to_owned()).unwrap_or_default()
}

/// The help of a command, and of the commands below it under headings of their own.
fn sections(command: &Command, title: &str, depth: usize, text: &mut String) {
    if depth > 0 {
        text.push_str(&format!("{} {title}\n\n", "#".repeat(depth + 1)));
    }
    let help = command.clone().disable_help_subcommand(true).render_long_help().to_string();
    let lines: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
    text.push_str(&format!("```text\n{}\n```\n\n", lines.join("\n")));
    let below = command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help");
    for below in below {
        sections(below, &format!("{title} {}", below.get_name()), depth + 1, text);
    }
}
