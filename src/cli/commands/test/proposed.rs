//! `picket test --scaffold`

use std::path::{Path, PathBuf};

use crate::cli::load::{self, Opened, Sourced};
use crate::cli::named::named_rule;
use crate::cli::output::human;
use crate::cli::rule_tests::watchlists;
use crate::cli::{CliError, Exit, Shell};
use crate::diag::Severity;
use crate::project::{FileSystem, RealFiles, Wanted};
use crate::testing::{self, Files, Shared};

/// Prints the tests that are proposed for the rule `named`, by its file, name or id, or writes them beside it.
///
/// # Errors
/// When there is no such rule, its file has several, or there are tests already.
pub(super) fn propose(
    named: &str,
    write: bool,
    env: Option<&str>,
    shell: &mut Shell,
) -> Result<Exit, CliError> {
    let mut opened = load::open(shell, false)?;
    if let Some(env) = env {
        opened.enter(env, shell)?;
    }
    let path = file_of(named, &opened)?;
    let path = path.as_path();
    let inputs = load::read(&opened, &[path.to_path_buf()], Wanted::Rules)?;
    let Sourced { sources, rules, mut found, kql, content, .. } = load::rules(&opened, &inputs);
    let shown = path.display();
    let [rule] = &rules[..] else {
        found.retain(|finding| finding.severity == Severity::Error);
        let report = human(&sources, &found, shell.colors_err());
        let error =
            CliError::new(format!("`{shown}` has {} rules, expected one", rules.len())).report(report);
        return Err(error.help("name the file of one rule"));
    };
    let shared = Shared { files: Files::new(), watchlists: watchlists(content) };
    let text = match testing::scaffold(rule, kql, &shared) {
        Ok(text) => text,
        Err(findings) => {
            let report = human(&sources, &findings, shell.colors_err());
            return Err(CliError::new(format!("no tests can be proposed for `{shown}`")).report(report));
        }
    };
    if !write {
        shell.out().write_all(text.as_bytes())?;
        return Ok(Exit::Clean);
    }
    let beside = opened.folder.join(path).with_extension("test.yaml");
    if RealFiles.kind(&beside).is_ok() {
        return Err(CliError::new(format!("`{}` is there already", beside.display()))
            .help("leave `--write` out to see what would be proposed"));
    }
    load::write(&beside, text.as_bytes())?;
    writeln!(shell.err(), "wrote {}", crate::project::shown(&beside, &opened.folder))?;
    Ok(Exit::Clean)
}

/// The file that `named` names, or that of the rule with this name or id.
fn file_of(named: &str, opened: &Opened) -> Result<PathBuf, CliError> {
    let path = Path::new(named);
    if RealFiles.kind(&opened.folder.join(path)).is_ok() {
        return Ok(path.to_owned());
    }
    let inputs = load::read(opened, &[], Wanted::Rules)?;
    let (input, _) = named_rule(named, &inputs.files, &opened.folder)?;
    input.path.clone().ok_or_else(|| CliError::new("the rule stands in no file"))
}
