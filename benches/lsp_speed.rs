//! How long findings take while one types, and what memory the server holds: `cargo bench --bench lsp_speed`.
//!
//! - A rule of about 200 lines, typed key by key from nothing: from the message of the edit to the findings, at the middle,
//!   at the 99th percentile and at most.
//! - The same at random places of the finished rule, and what a completion there takes.
//! - Memory before and after 100,000 edits (Linux alone); another number may follow: `cargo bench --bench lsp_speed -- 5000`.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use lsp_server::{Message, Notification, Request};
use picket::lsp::{NoFiles, Server};
use serde_json::{Value, json};

const URI: &str = "file:///project/rules/a.yaml";

fn main() {
    let edits = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(100_000);
    let text = rule();
    println!("a rule of {} lines, {} bytes", text.lines().count(), text.len());
    let mut editor = Editor::new();
    editor.open("");
    let typed = text.char_indices().map(|(at, c)| editor.insert(&text[..at], &c.to_string()));
    report("typed from nothing", typed.collect());
    let mut chance = Chance(1);
    let places: Vec<usize> = (0..500).map(|_| chance.below(text.len())).collect();
    let changed = places.iter().map(|at| {
        let taken = editor.insert(&text[..*at], "x");
        editor.remove(&text[..*at]);
        taken
    });
    report("a key at random places", changed.collect());
    let completed = places.iter().map(|at| editor.complete(&text[..*at]));
    report("completion at random places", completed.collect());
    let before = resident();
    let mut peak = before;
    for number in 0..edits / 2 {
        let at = chance.below(text.len());
        editor.insert(&text[..at], "x");
        editor.remove(&text[..at]);
        if number % 1000 == 0 {
            peak = peak.max(resident());
        }
    }
    println!("memory before, at most, after {edits} edits: {before} kB, {peak} kB, {} kB", resident());
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: usize| times.get(times.len() * part / 100).or(times.last()).copied().unwrap_or_default();
    println!("{what:<28} p50 {:?}, p99 {:?}, max {:?}, of {}", at(50), at(99), at(100), times.len());
}

/// A rule of about 200 lines, most of them its query.
fn rule() -> String {
    let mut text = String::from(
        "id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f\nname: Sign-ins from places that are new to an account\n\
         description: |\n  Finds accounts that sign in from a place they were never seen at.\nseverity: Medium\n\
         kind: Scheduled\nrequiredDataConnectors:\n  - connectorId: AzureActiveDirectory\n    dataTypes:\n\
         \x20     - SigninLogs\n      - AuditLogs\nqueryFrequency: 1h\nqueryPeriod: 14d\ntriggerOperator: gt\n\
         triggerThreshold: 0\ntactics:\n  - InitialAccess\nrelevantTechniques:\n  - T1078.004\nquery: |\n\
         \x20 let lookback = 14d;\n  let recent = 1h;\n",
    );
    for number in 0..14 {
        let _ = write!(
            text,
            "\x20 let known{number} = SigninLogs\n\
             \x20   | where TimeGenerated between (ago(lookback) .. ago(recent))\n\
             \x20   | where ResultType in ('0', '5014{number}') and isnotempty(UserPrincipalName)\n\
             \x20   | extend Country = tostring(LocationDetails.countryOrRegion), City = tostring(LocationDetails.city)\n\
             \x20   | extend Device = tostring(DeviceDetail.operatingSystem), Name = tolower(UserPrincipalName)\n\
             \x20   | summarize Seen = count(), First = min(TimeGenerated), Apps = make_set(AppDisplayName, 100)\n\
             \x20       by Name, Country, City, bin(TimeGenerated, 1d)\n\
             \x20   | where Seen > {number};\n\
             \x20 // What the accounts of group {number} did next.\n\
             \x20 let next{number} = AuditLogs\n\
             \x20   | where OperationName has_any ('Add member', 'Reset password') and Result =~ 'success'\n"
        );
    }
    text.push_str(
        "\x20 ;\n  SigninLogs\n  | where TimeGenerated > ago(recent)\n  | extend Name = tolower(UserPrincipalName)\n\
         \x20 | join kind=leftanti (known0) on Name\n  | join kind=leftouter (next1) on $left.CorrelationId == $right.CorrelationId\n\
         \x20 | project TimeGenerated, Name, IPAddress, Location, AppDisplayName\nentityMappings:\n\
         \x20 - entityType: Account\n    fieldMappings:\n      - identifier: FullName\n        columnName: Name\n\
         \x20 - entityType: IP\n    fieldMappings:\n      - identifier: Address\n        columnName: IPAddress\n\
         customDetails:\n  App: AppDisplayName\nversion: 1.0.0\n",
    );
    text.replace(")\n  // What", ");\n  // What")
        .replace("=~ 'success'\n", "=~ 'success';\n")
        .replace("\n  ;\n", "\n")
}

struct Editor {
    server: Server,
    asked: i32,
}

impl Editor {
    fn new() -> Self {
        let mut editor = Self { server: Server::new(), asked: 0 };
        editor.ask("initialize", json!({ "capabilities": {} }));
        editor
    }

    /// Hands a message over, and gives the time until there is nothing more to say.
    fn send(&mut self, message: Message) -> Duration {
        let begun = Instant::now();
        self.server.receive(message);
        while !self.server.is_idle() {
            self.server.step(&mut NoFiles);
        }
        begun.elapsed()
    }

    fn ask(&mut self, method: &str, params: Value) -> Duration {
        self.asked += 1;
        self.send(Message::Request(Request { id: self.asked.into(), method: method.to_owned(), params }))
    }

    fn tell(&mut self, method: &str, params: Value) -> Duration {
        self.send(Message::Notification(Notification { method: method.to_owned(), params }))
    }

    fn open(&mut self, text: &str) {
        let item = json!({ "uri": URI, "languageId": "yaml", "version": 0, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": item }));
    }

    fn insert(&mut self, before: &str, new: &str) -> Duration {
        let at = position(before);
        self.change(json!({ "start": at, "end": at }), new)
    }

    /// Takes the character behind `before` away.
    fn remove(&mut self, before: &str) -> Duration {
        let start = position(before);
        let end = json!({ "line": start["line"], "character": start["character"].as_u64().unwrap_or(0) + 1 });
        self.change(json!({ "start": start, "end": end }), "")
    }

    fn change(&mut self, range: Value, new: &str) -> Duration {
        let params = json!({
            "textDocument": { "uri": URI, "version": 1 },
            "contentChanges": [{ "range": range, "text": new }],
        });
        self.tell("textDocument/didChange", params)
    }

    fn complete(&mut self, before: &str) -> Duration {
        let params = json!({ "textDocument": { "uri": URI }, "position": position(before) });
        self.ask("textDocument/completion", params)
    }
}

/// The position behind `before`, which is ASCII.
fn position(before: &str) -> Value {
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    json!({ "line": before.matches('\n').count(), "character": before.len() - start })
}

/// Numbers that look like chance, the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }
}

/// The memory that is resident now, in kB; 0 where that is not known.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
