//! `picket watch` and `picket test --watch`

#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::common::{picket_process, scheduled_rule, write};
use tempfile::TempDir;

/// A command that waits for changes.
struct Watched {
    child: Child,
    errors: BufReader<std::process::ChildStderr>,
}

impl Watched {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = picket_process(folder);
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        Self { child, errors }
    }

    /// Reads on until it waits for a change.
    fn until_it_waits(&mut self) -> String {
        let mut seen = String::new();
        while !seen.ends_with("waiting for a change; Ctrl-C ends it\n") {
            assert_ne!(self.errors.read_line(&mut seen).unwrap(), 0, "it ended: {seen}");
        }
        seen
    }

    /// Ends it as Ctrl-C does; gives what it printed.
    fn interrupt(mut self) -> (i32, String) {
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let mut out = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        (self.child.wait().unwrap().code().unwrap_or(-1), out)
    }
}

const TEST: &str = "\
tests:
  - name: event 1
    tables:
      SecurityEvent: [{EventID: 1, Computer: srv1}]
    expect: fires
";

#[test]
fn what_changed_is_checked_and_tested_again() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(at, "rules/1.yaml", scheduled_rule(1));
    write(at, "rules/1.test.yaml", TEST);
    write(at, "rules/2.yaml", scheduled_rule(2).replace("- Execution", "- Executon"));
    let mut watched = Watched::start(at, &["watch", "--test"]);
    watched.until_it_waits();
    write(at, "rules/1.yaml", scheduled_rule(1).replace("severity: Medium", "severity: Severe"));
    watched.until_it_waits();
    write(at, "rules/1.yaml", scheduled_rule(1).replace("EventID == 1\n", "EventID == 9\n"));
    watched.until_it_waits();
    write(at, "picket.toml", "[project\n");
    assert!(watched.until_it_waits().contains("picket.toml cannot be used"));
    let (code, out) = watched.interrupt();
    assert_eq!(code, 0, "{out}");
    assert!(!out.contains('\x1b'), "a file is not cleared");
    let out: Vec<&str> =
        out.lines().filter(|line| line.starts_with("checked") || line.contains("rules/1.")).collect();
    insta::assert_snapshot!("watch", out.join("\n"));
}

#[test]
fn tests_that_are_watched_end_well() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(at, "rules/1.yaml", scheduled_rule(1));
    write(at, "rules/1.test.yaml", TEST);
    let mut watched = Watched::start(at, &["test", "--watch"]);
    watched.until_it_waits();
    // Declarations are watched, too, lists included.
    write(at, "kql/vips.csv", "Name\nada\n");
    watched.until_it_waits();
    let (code, out) = watched.interrupt();
    assert_eq!((code, out.matches("1 passed of 1 rule").count()), (0, 2), "{out}");
}
