//! What shells complete: commands and options from the arguments themselves, names from the project.
//!
//! The script of `picket completions` has the program asked at each completion, so that what it offers is of the project at
//! hand, and of this version.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Command;
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::Shells;

use super::load::{self, Opened};
use super::{ColorChoice, Shell, codes};
use crate::project::Wanted;
use crate::rule;
use crate::text::SourceId;

/// The variable by which a shell asks, with its own name as value.
const VARIABLE: &str = "COMPLETE";

/// Whether it is Bash that asks. The variable is gone by the time that names are looked for.
static ASKED_BY_BASH: AtomicBool = AtomicBool::new(false);

/// Answers a shell that asks for completions and ends the program; does nothing otherwise.
pub(crate) fn answer(command: fn() -> Command) {
    let shell = std::env::var(VARIABLE).unwrap_or_default();
    ASKED_BY_BASH.store(is_bash(&shell), Ordering::Relaxed);
    CompleteEnv::with_factory(command).var(VARIABLE).complete();
}

/// Writes the script that has `shell` ask.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn script(shell: &str, out: &mut dyn Write) -> std::io::Result<()> {
    match Shells::builtins().completer(shell) {
        Some(completer) => completer.write_registration(VARIABLE, "picket", "picket", "picket", out),
        None => Ok(()),
    }
}

/// Completes rules, by name, id or file.
pub(crate) fn rules() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| offered(current, rule_names))
}

/// Completes codes and names of lints.
pub(crate) fn codes() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| offered(current, code_names))
}

/// Completes environments of picket.toml.
pub(crate) fn environments() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        offered(current, || of_project(|opened| names(opened.project.config.envs.keys())))
    })
}

/// Completes workspaces of picket.toml.
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) fn workspaces() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        offered(current, || {
            of_project(|opened| {
                let mut found = names(opened.project.config.workspaces.keys());
                found.push((crate::project::LOCAL_WORKSPACE.to_owned(), "on this machine".to_owned()));
                found
            })
        })
    })
}

/// A value with what it is.
type Offer = (String, String);

fn names<'n>(names: impl Iterator<Item = &'n String>) -> Vec<Offer> {
    names.map(|name| (name.clone(), String::new())).collect()
}

fn of_project(found: impl FnOnce(&Opened) -> Vec<Offer>) -> Vec<Offer> {
    // A completion has nobody to tell what is wrong with picket.toml.
    load::open(&Shell::new(ColorChoice::Never), false).map(|opened| found(&opened)).unwrap_or_default()
}

fn rule_names() -> Vec<Offer> {
    of_project(|opened| {
        let inputs = load::read(opened, &[], Wanted::Rules).unwrap_or_default();
        let mut found = Vec::new();
        for input in &inputs.files {
            for rule in rule::read(SourceId::default(), &input.text).0 {
                found.push((rule.display_name().to_owned(), input.name.clone()));
                let id = rule.id.as_ref().map(|id| (id.value.clone(), rule.display_name().to_owned()));
                found.extend(id);
            }
            found.push((input.name.clone(), String::new()));
        }
        found
    })
}

fn code_names() -> Vec<Offer> {
    let all = codes::reported();
    all.iter()
        .flat_map(|meta| {
            [(meta.code.to_owned(), meta.name.to_owned()), (meta.name.to_owned(), meta.code.to_owned())]
        })
        .collect()
}

/// Those of `all` that begin with what is written, whatever the case.
fn offered(current: &OsStr, all: impl FnOnce() -> Vec<Offer>) -> Vec<CompletionCandidate> {
    let quotes = Quotes::of(&current.to_string_lossy(), ASKED_BY_BASH.load(Ordering::Relaxed));
    let wanted = quotes.written.to_lowercase();
    let mut all = all();
    all.retain(|(name, _)| name.to_lowercase().starts_with(&wanted));
    all.into_iter()
        .map(|(name, help)| {
            let help = (!help.is_empty()).then(|| help.into());
            CompletionCandidate::new(quotes.around(&name)).help(help)
        })
        .collect()
}

fn is_bash(shell: &str) -> bool {
    Path::new(shell).file_stem().is_some_and(|name| name == "bash")
}

/// What is written of a word, and how the whole word is written. The other shells quote what they insert; Bash takes it as
/// it is.
struct Quotes {
    written: String,
    /// The quote that it begins with.
    quote: Option<char>,
    is_bash: bool,
}

impl Quotes {
    fn of(current: &str, is_bash: bool) -> Self {
        if !is_bash {
            return Self { written: current.to_owned(), quote: None, is_bash };
        }
        let quote = current.chars().next().filter(|first| matches!(first, '\'' | '"'));
        let written = match quote {
            Some(quote) => current.trim_matches(quote).to_owned(),
            None => {
                let mut written = String::new();
                let mut letters = current.chars();
                while let Some(letter) = letters.next() {
                    written.extend(if letter == '\\' { letters.next() } else { Some(letter) });
                }
                written
            }
        };
        Self { written, quote, is_bash }
    }

    fn around(&self, name: &str) -> String {
        match (self.is_bash, self.quote) {
            (false, _) => name.to_owned(),
            // Bash writes the quote itself.
            (true, Some(_)) => name.to_owned(),
            (true, None) => {
                let mut out = String::new();
                for letter in name.chars() {
                    let is_plain = letter.is_alphanumeric() || "-_./@%+=:,".contains(letter);
                    if !is_plain {
                        out.push('\\');
                    }
                    out.push(letter);
                }
                out
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bash_gets_words_that_it_takes_as_one() {
        for (current, wanted) in [
            ("", r"Rule\ \(a\)\ \$x"),
            (r"Rule\ ", r"Rule\ \(a\)\ \$x"),
            ("'Rule ", "Rule (a) $x"),
            ("\"Ru", "Rule (a) $x"),
        ] {
            let quotes = Quotes::of(current, true);
            assert!("Rule (a) $x".starts_with(&quotes.written), "{current}: {}", quotes.written);
            assert_eq!(quotes.around("Rule (a) $x"), wanted, "{current}");
        }
        assert_eq!(Quotes::of("Rule ", false).around("Rule (a)"), "Rule (a)");
        assert!(is_bash("/usr/bin/bash") && is_bash("bash") && !is_bash("zsh"));
    }
}
