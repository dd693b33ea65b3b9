//! picket and its emulator as processes that are measured from outside.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::arm::Operation;
use crate::cli::CliError;

/// How often a process is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// The kernel's unit of CPU time as it tells it: a hundredth of a second on every Linux.
const TICK: Duration = Duration::from_millis(10);
/// The status of an answer that refuses for the rate of requests.
const THROTTLED: u64 = 429;

/// An emulator, ended with the value.
pub(super) struct Served {
    child: Child,
    pub(super) endpoint: String,
}

impl Served {
    pub(super) fn start(picket: &Path, arguments: &[&str]) -> Result<Self, CliError> {
        let failed = |why: String| CliError::new("the emulator does not start").cause(why);
        let mut child = Command::new(picket)
            .args(["emulator", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let endpoint = line.trim().strip_prefix("listening on ").unwrap_or_default().to_owned();
        let served = Self { child, endpoint };
        if served.endpoint.is_empty() { Err(failed(format!("it says {line:?}"))) } else { Ok(served) }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process took.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    pub(super) elapsed: Duration,
    pub(super) cpu: Duration,
    /// The most bytes that were resident at a time.
    pub(super) memory: u64,
}

/// Runs picket in `folder` against its workspace, which must end with 0.
pub(super) fn run(picket: &Path, folder: &Path, arguments: &[&str]) -> Result<Spent, CliError> {
    let failed = |why: String| CliError::new(format!("`picket {}` failed", arguments.join(" "))).cause(why);
    let began = Instant::now();
    let mut child = Command::new(picket)
        .args(arguments)
        .current_dir(folder)
        .env("PICKET_WORKSPACE", "scale")
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let process = format!("/proc/{}", child.id());
    let mut spent = Spent::default();
    // A process that ended keeps its times until it is waited for, but not its memory.
    loop {
        let stat = fs::read_to_string(format!("{process}/stat"))
            .map_err(|error| failed(format!("its times cannot be read: {error}")))?;
        let (state, cpu) = times(&stat).ok_or_else(|| failed(format!("its times are unreadable: {stat}")))?;
        spent.cpu = cpu;
        if state == "Z" {
            break;
        }
        let status = fs::read_to_string(format!("{process}/status")).unwrap_or_default();
        spent.memory = spent.memory.max(high_water(&status).unwrap_or_default());
        std::thread::sleep(LOOK);
    }
    let status = child.wait()?;
    spent.elapsed = began.elapsed();
    if status.success() { Ok(spent) } else { Err(failed(status.to_string())) }
}

/// State and CPU time in the text of `/proc/PID/stat`; the name before them may hold anything but `)` at its end.
fn times(stat: &str) -> Option<(&str, Duration)> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u32>().ok();
    Some((fields.first()?, TICK * (ticks(11)? + ticks(12)?)))
}

/// The most bytes resident in the text of `/proc/PID/status`.
fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// What was sent, by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Calls {
    pub(super) all: usize,
    pub(super) lists: usize,
    pub(super) other_reads: usize,
    pub(super) writes: usize,
    pub(super) throttled: usize,
}

/// Counts the calls in the record of traffic at `path`.
pub(super) fn calls(path: &Path) -> Result<Calls, CliError> {
    let cannot = |why: String| CliError::new(format!("cannot read {}", path.display())).cause(why);
    let text = fs::read_to_string(path).map_err(|error| cannot(error.to_string()))?;
    let mut calls = Calls::default();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).map_err(|error| cannot(error.to_string()))?;
        calls.count(&line);
    }
    Ok(calls)
}

impl Calls {
    fn count(&mut self, exchange: &Value) {
        self.all += 1;
        if exchange["status"].as_u64() == Some(THROTTLED) {
            self.throttled += 1;
            return;
        }
        if Operation::of(exchange["method"].as_str().unwrap_or_default()) != Operation::Read {
            self.writes += 1;
        } else if exchange["response"]["value"].is_array() {
            self.lists += 1;
        } else {
            self.other_reads += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_what_the_kernel_tells() {
        let stat = "42 (a) b) S 1 42 42 0 -1 4194560 100 0 0 0 123 7 0 0 20 0 4 0 100 1000 200";
        assert_eq!(times(stat), Some(("S", Duration::from_millis(1300))));
        assert_eq!(times("42 (x) R 1"), None);
        assert_eq!(high_water("Name:\tx\nVmHWM:\t  2048 kB\nVmRSS:\t 10 kB\n"), Some(2 * 1024 * 1024));
        assert_eq!(high_water("Name:\tx\n"), None);
    }

    #[test]
    fn tells_lists_from_other_calls() {
        let mut calls = Calls::default();
        for (method, status, response) in [
            ("GET", 200, json!({"value": []})),
            ("GET", 200, json!({"name": "a"})),
            ("PUT", 201, json!({})),
            ("DELETE", 204, Value::Null),
            ("PUT", 429, json!({})),
        ] {
            calls.count(&json!({"method": method, "status": status, "response": response}));
        }
        assert_eq!(calls, Calls { all: 5, lists: 1, other_reads: 1, writes: 2, throttled: 1 });
    }
}
