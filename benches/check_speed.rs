//! How long `picket check` takes, from files to report: `cargo bench --bench check_speed`.
//!
//! - One file, which is mostly the start of the program.
//! - All rules of `../shared/rules`.
//! - 1,000, 3,000 and 10,000 rules made from those, on all cores and on one, which says what more cores are good for, and
//!   the time of one rule, which stays the same where the whole grows with the number of rules.
//!
//! Each with time, processor time and memory at its highest (Linux alone).

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RULES: &str = "../shared/rules";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let one = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut files = Vec::new();
    rule_files(&one, &mut files)?;
    let first = files.first().ok_or("the pack is empty")?;
    println!("one file            {}", fastest(first, folder.path(), Cores::All)?);
    if !Path::new(RULES).exists() {
        println!("skipped: ../shared is absent, so no more rules");
        return Ok(());
    }
    let shared = fs::canonicalize(RULES)?;
    println!("../shared/rules     {}", fastest(&shared, folder.path(), Cores::All)?);
    files.clear();
    rule_files(&shared, &mut files)?;
    let texts: Vec<String> = files.iter().filter_map(|path| fs::read_to_string(path).ok()).collect();
    for count in [1_000, 3_000, 10_000] {
        let made = folder.path().join(count.to_string());
        fs::create_dir(&made)?;
        for (number, text) in (0..count).zip(texts.iter().cycle()) {
            fs::write(made.join(format!("{number}.yaml")), with_own_id(text, number))?;
        }
        let (all, one) =
            (fastest(&made, folder.path(), Cores::All)?, fastest(&made, folder.path(), Cores::One)?);
        println!("{count:>6} files        {all}   {:?} a file", all.time / count);
        let times = one.time.as_secs_f64() / all.time.as_secs_f64();
        println!("       on one core  {one}   {times:.2} times the time on all");
    }
    Ok(())
}

/// The rule with an id of its own, where it has one.
fn with_own_id(text: &str, number: u32) -> String {
    let line = |line: &str| match line.starts_with("id:") {
        true => format!("id: 00000000-0000-4000-8000-{number:012}\n"),
        false => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

fn rule_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|item| Ok(item?.path())).collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            rule_files(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
            files.push(path);
        }
    }
    Ok(())
}

/// What a run cost.
#[derive(Clone, Copy)]
struct Cost {
    time: Duration,
    /// On all cores together; in hundredths of a second.
    processor: Duration,
    /// The most memory held, in KiB.
    memory: u64,
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { time, processor, memory } = self;
        write!(f, "{time:>9.1?}   processor {processor:>9.1?}   at most {:>4} MiB", memory / 1024)
    }
}

/// How many cores a run may use.
#[derive(Clone, Copy)]
enum Cores {
    All,
    One,
}

/// The cheapest of several runs.
fn fastest(path: &Path, folder: &Path, cores: Cores) -> Result<Cost, Box<dyn Error>> {
    let costs: Vec<Cost> = (0..5).map(|_| run(path, folder, cores)).collect::<Result<_, _>>()?;
    costs.into_iter().min_by_key(|cost| cost.time).ok_or_else(|| "no run".into())
}

fn run(path: &Path, folder: &Path, cores: Cores) -> Result<Cost, Box<dyn Error>> {
    let start = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_picket"));
    if matches!(cores, Cores::One) {
        command.env("RAYON_NUM_THREADS", "1");
    }
    let mut child = command
        .args(["check", "--format", "concise"])
        .arg(path)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut cost = Cost { time: Duration::ZERO, processor: Duration::ZERO, memory: 0 };
    loop {
        if let Some((processor, memory)) = usage(child.id()) {
            cost = Cost { processor, memory, ..cost };
        }
        if child.try_wait()?.is_some() {
            return Ok(Cost { time: start.elapsed(), ..cost });
        }
        std::thread::sleep(Duration::from_micros(500));
    }
}

/// Processor time and highest memory of a process, from /proc.
fn usage(process: u32) -> Option<(Duration, u64)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let high = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some((Duration::from_millis(ticks * 10), high.split_whitespace().next()?.parse().ok()?))
}
