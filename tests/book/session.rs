//! The commands of a page, run in order in a folder of their own.
//!
//! - A block ```` ```console ```` holds commands behind `$ `, each with all that it prints; `...` stands for any lines. All end
//!   with 0 but the last one of a block with `exit=1`.
//! - A block with `background` starts a server, which runs until the page ends. Pages show it at [`ADDRESS`].
//! - A block with `azure` needs what a test has not; only its arguments are read, elsewhere.
//! - A block with `file=PATH` is written there, one with `append` at the end of what is there. A block ```` ```diff file=PATH ````
//!   changes the file.
//! - `BOOK_UPDATE=1` writes what is printed into the pages.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rayon::prelude::*;
use tempfile::TempDir;

use super::blocks::{Block, blocks};
use super::common;
use super::pages::{self, Page};
use super::readme;
use super::standins::StandIns;

/// What pages may run beside picket: what every system with a shell and git has.
const PROGRAMS: &[&str] = &[
    "picket", "git", "cat", "cd", "cp", "curl", "echo", "find", "grep", "head", "ls", "mkdir", "mv", "rm",
    "sed", "sort", "wc",
];

/// The folder that pages show for the one above the session's.
const HOME: &str = "/home/user";

/// What is there nearly everywhere. Where it is not, pages that run it are left out, which is said.
const OTHERS: &[&str] = &["curl"];

/// Where pages show the local workspace as a server of its own.
const ADDRESS: &str = "127.0.0.1:8085";

/// What a session in a clone has of this project: the pack as a whole takes long to check.
const PARTS: &[&str] = &["content", "rules/remote-access/any-tool", "rules/remote-access/anydesk"];

/// A session under way.
struct Session {
    home: TempDir,
    folder: PathBuf,
    ins: StandIns,
    /// The server in the background, if the page started one, and where it listens.
    server: Option<(Child, String)>,
    /// What does not hold, each with its place.
    faults: Vec<String>,
    commands: usize,
}

impl Session {
    fn begin(in_clone: bool) -> Self {
        let home = TempDir::new().unwrap();
        let folder = home.path().join("detections");
        match in_clone {
            true => readme::copy_parts(&folder, PARTS),
            false => std::fs::create_dir(&folder).unwrap(),
        }
        Self { home, folder, ins: StandIns::default(), server: None, faults: Vec::new(), commands: 0 }
    }

    /// Goes through a page; gives its text with what is printed.
    fn read(&mut self, page: &Page) -> String {
        let mut text = page.text.clone();
        let mut changes = Vec::new();
        for block in blocks(&page.text) {
            let place = format!("{}:{}", page.path, block.line);
            if let Some(file) = block.mark("file") {
                self.write(file, &block, &place);
            } else if block.has("background") {
                self.serve(&block, &place);
            } else if block.language == "console" && !block.has("azure") {
                let printed = self.console(&block, page, &place);
                changes.push((block.range.clone(), block.indented(&printed)));
            }
        }
        for (range, printed) in changes.into_iter().rev() {
            text.replace_range(range, &printed);
        }
        text
    }

    /// What stands in the session where the page has `text`.
    fn real(&self, text: &str) -> String {
        let text = self.ins.real(text);
        match &self.server {
            Some((_, address)) => text.replace(ADDRESS, address),
            None => text,
        }
    }

    /// Starts the server that a block shows, on any free port.
    fn serve(&mut self, block: &Block, place: &str) {
        let commands = commands(&block.text);
        let [(command, expected)] = &commands[..] else {
            panic!("{place}: one command runs in the background")
        };
        let arguments = command.strip_prefix("picket ").expect("a server of picket").split_whitespace();
        let mut child = common::picket_process(&self.folder)
            .args(arguments)
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address =
            line.trim().strip_prefix("listening on http://").expect("the server says where it listens");
        assert_eq!(expected[..], [line.trim().replace(address, ADDRESS)], "{place}");
        self.server = Some((child, address.to_owned()));
        self.commands += 1;
    }

    fn write(&mut self, file: &str, block: &Block, place: &str) {
        let text = self.real(&block.text);
        let path = self.folder.join(file);
        let old = std::fs::read_to_string(&path).unwrap_or_default();
        let text = match block.language.as_str() {
            "diff" => match patched(&old, &text) {
                Ok(text) => text,
                Err(why) => {
                    self.faults.push(format!("{place}: {why} in {file}, which is:\n{old}"));
                    return;
                }
            },
            _ if block.has("append") => old + &text,
            _ => text,
        };
        common::write(&self.folder, file, text);
    }

    /// Runs the commands of a block; gives the block as it should be.
    fn console(&mut self, block: &Block, page: &Page, place: &str) -> String {
        let mut shown = String::new();
        let commands = commands(&block.text);
        let last = commands.len().saturating_sub(1);
        assert!(!commands.is_empty(), "{place}: a console block without a command");
        for (index, (command, expected)) in commands.iter().enumerate() {
            self.commands += 1;
            let (code, printed) = self.run(command, place);
            let wanted = match block.mark("exit") {
                Some(code) if index == last => code.parse().expect("exit=NUMBER"),
                _ => 0,
            };
            if code != wanted {
                self.faults.push(format!("{place}: `{command}` ends with {code}, not {wanted}:\n{printed}"));
            }
            shown.push_str(&format!("$ {command}\n"));
            let mut printed = printed.replace(&self.home.path().display().to_string(), HOME);
            if let Some((_, address)) = &self.server {
                printed = printed.replace(address, ADDRESS);
            }
            let lines: Vec<&str> = printed.lines().map(str::trim_end).collect();
            let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            let (held, lines) = (trimmed(&expected), trimmed(&lines));
            if let Some(ins) = matching(&self.ins, held, lines) {
                self.ins = ins;
                shown.extend(held.iter().map(|line| format!("{line}\n")));
            } else {
                let lines: Vec<String> = lines.iter().map(|line| self.ins.show(line, &page.text)).collect();
                if std::env::var_os("BOOK_UPDATE").is_none() {
                    let (expected, lines) = (expected.join("\n"), lines.join("\n"));
                    self.faults
                        .push(format!("{place}: `{command}` prints\n{lines}\nand the page says\n{expected}"));
                }
                shown.extend(lines.iter().map(|line| format!("{line}\n")));
            }
            if index < last && expected.last() == Some(&"") {
                shown.push('\n');
            }
        }
        shown
    }

    fn run(&mut self, command: &str, place: &str) -> (i32, String) {
        for part in command.split(" | ").flat_map(|part| part.split(" && ")) {
            let program = part.split_whitespace().next().unwrap_or_default();
            assert!(PROGRAMS.contains(&program), "{place}: `{program}` is no program that pages may run");
        }
        if let Some(folder) = command.strip_prefix("cd ") {
            self.folder = self.folder.join(folder);
            return (0, String::new());
        }
        let binary = assert_cmd::cargo::cargo_bin!("picket");
        let others = std::env::var_os("PATH").unwrap_or_default();
        let folders =
            binary.parent().map(Path::to_path_buf).into_iter().chain(std::env::split_paths(&others));
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1\n{}", self.real(command))])
            .current_dir(&self.folder)
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", std::env::join_paths(folders).unwrap())
            .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.com")])
            .envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@example.com")])
            .envs([
                ("GIT_CONFIG_GLOBAL", "/dev/null"),
                ("GIT_CONFIG_NOSYSTEM", "1"),
                ("GIT_CONFIG_COUNT", "1"),
            ])
            .envs([("GIT_CONFIG_KEY_0", "init.defaultBranch"), ("GIT_CONFIG_VALUE_0", "main")])
            .output()
            .expect("a shell can be run");
        (output.status.code().unwrap_or(-1), String::from_utf8(output.stdout).expect("output is UTF-8"))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.server {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The commands of a block, each with the lines below it.
pub(crate) fn commands(text: &str) -> Vec<(String, Vec<String>)> {
    let mut commands: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.to_owned(), Vec::new())),
            // A line that ends with a backslash goes on.
            (None, Some((command, output))) if command.ends_with('\\') && output.is_empty() => {
                command.push_str(&format!("\n{line}"));
            }
            (None, Some((_, output))) => output.push(line.to_owned()),
            (None, None) => panic!("`{line}` stands before the first command"),
        }
    }
    commands
}

/// Lines without empty ones at the end: in pages they part a command from the next.
fn trimmed<'l>(lines: &'l [&'l str]) -> &'l [&'l str] {
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    &lines[..end]
}

/// What is known of stand-ins where the `page` says what the session printed; `...` is any number of lines.
fn matching(ins: &StandIns, page: &[&str], session: &[&str]) -> Option<StandIns> {
    let Some((first, rest)) = page.split_first() else { return session.is_empty().then(|| ins.clone()) };
    if *first == "..." {
        return (0..=session.len()).find_map(|skipped| matching(ins, rest, &session[skipped..]));
    }
    let (line, others) = session.split_first()?;
    let mut ins = ins.clone();
    ins.same(first, line).then(|| matching(&ins, rest, others)).flatten()
}

/// A text with a change of the form that `diff -u` writes, without line numbers: lines that stay, go (`-`) and come (`+`). Where
/// the lines that stay and go stand more than once, the first place counts.
fn patched(old: &str, change: &str) -> Result<String, String> {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for line in change.lines() {
        match (line.strip_prefix('-'), line.strip_prefix('+')) {
            (Some(gone), _) => before.push(gone),
            (_, Some(new)) => after.push(new),
            _ => {
                let kept = line.strip_prefix(' ').unwrap_or(line);
                before.push(kept);
                after.push(kept);
            }
        }
    }
    let lines: Vec<&str> = old.lines().collect();
    let at = lines.windows(before.len()).position(|window| window == before).ok_or("the lines are not")?;
    let new: Vec<&str> =
        lines[..at].iter().chain(&after).chain(&lines[at + before.len()..]).copied().collect();
    Ok(new.join("\n") + "\n")
}

/// The sessions of the book: pages that go on from each other.
fn sessions() -> Vec<Vec<Page>> {
    let written = pages::written();
    let mut sessions: Vec<Vec<Page>> = Vec::new();
    let (following, mut first): (Vec<Page>, Vec<Page>) =
        written.into_iter().partition(|page| page.before().is_some());
    for page in first.drain(..) {
        let mut session = vec![page];
        while let Some(next) = following
            .iter()
            .find(|page| page.before().as_deref() == session.last().map(|last| last.path.as_str()))
        {
            session.push(next.clone());
        }
        sessions.push(session);
    }
    let held: usize = sessions.iter().map(Vec::len).sum();
    assert_eq!(
        held,
        pages::written().len(),
        "a page continues one that is not there, or that another one continues"
    );
    sessions
}

#[test]
fn pages_show_what_commands_print() {
    let ran: Vec<(usize, Vec<String>)> = sessions()
        .par_iter()
        .map(|pages| {
            if let Some(absent) = OTHERS.iter().find(|program| !is_there(program) && runs(pages, program)) {
                println!("skipped: {absent} is absent, so {} is not run", pages[0].path);
                return (0, Vec::new());
            }
            let mut session = Session::begin(pages[0].in_clone());
            for page in pages {
                let text = session.read(page);
                if text != page.text {
                    match std::env::var_os("BOOK_UPDATE") {
                        Some(_) => drop(common::write(common::root(), &page.path, text)),
                        None => {
                            session.faults.push(format!("{} is not as `BOOK_UPDATE=1` writes it", page.path))
                        }
                    }
                }
            }
            (session.commands, std::mem::take(&mut session.faults))
        })
        .collect();
    let faults: Vec<&str> = ran.iter().flat_map(|(_, faults)| faults).map(String::as_str).collect();
    assert!(
        faults.is_empty(),
        "{}\n`BOOK_UPDATE=1 cargo test --test book` writes what is printed into the pages",
        faults.join("\n\n")
    );
    let commands: usize = ran.iter().map(|(commands, _)| commands).sum();
    println!("{commands} commands ran");
    assert!(commands >= 10, "{commands} commands");
}

fn runs(pages: &[Page], program: &str) -> bool {
    pages.iter().any(|page| page.text.contains(&format!("\n$ {program} ")))
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

#[test]
fn output_is_compared_line_by_line() {
    let same = |page: &[&str], session: &[&str]| matching(&StandIns::default(), page, session).is_some();
    assert!(
        same(&["a", "b"], &["a", "b"])
            && same(&["a", "...", "d"], &["a", "b", "c", "d"])
            && same(&["..."], &[])
    );
    assert!(!same(&["a"], &["a", "b"]) && !same(&["a", "b"], &["a"]) && !same(&["...", "d"], &["a", "b"]));
}

#[test]
fn changes_are_made_where_their_lines_stand() {
    assert_eq!(patched("a\nb\nc\n", " a\n-b\n+d\n c\n").as_deref(), Ok("a\nd\nc\n"));
    assert_eq!(patched("a\nb\n", " b\n+c\n").as_deref(), Ok("a\nb\nc\n"));
    assert!(patched("a\nb\n", " a\n-c\n").is_err());
}

#[test]
fn commands_are_parted_from_what_they_print() {
    let found = commands("$ a \\\n  b\n1\n\n$ c\n2\n\n");
    assert_eq!(found[0], ("a \\\n  b".to_owned(), vec!["1".to_owned(), String::new()]));
    assert_eq!(found[1], ("c".to_owned(), vec!["2".to_owned(), String::new()]));
    assert_eq!((trimmed(&["1", ""]), trimmed(&[""])), (&["1"][..], &[][..]));
}
