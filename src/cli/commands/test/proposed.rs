//! `picket test --scaffold`

use std::path::Path;

use crate::cli::load::{self, Sourced};
use crate::cli::output::human;
use crate::cli::rule_tests::watchlists;
use crate::cli::{CliError, Exit, Shell};
use crate::diag::Severity;
use crate::project::{FileSystem, RealFiles, Wanted};
use crate::testing::{self, Files, Shared};

/// Prints the tests that are proposed for the rule in `path`, or writes them beside it.
///
/// # Errors
/// When the file has no rule or several, or there are tests already.
pub(super) fn propose(
    path: &Path,
    write: bool,
    env: Option<&str>,
    shell: &mut Shell,
) -> Result<Exit, CliError> {
    let mut opened = load::open(shell, false)?;
    if let Some(env) = env {
        opened.enter(env, shell)?;
    }
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
