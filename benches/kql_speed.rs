//! How fast queries are parsed and bound: `cargo bench --bench kql_speed`.
//!
//! - The open corpus on one thread, catalog of all tables.
//! - The ratio to the reference front end, on one sample in one run: needs node and the reference's npm package in
//!   `PICKET_ORACLE` (a copy of `../shared/kql/oracle` after `npm ci`). `-- --every N` takes each Nth query (20).
//! - Texts of up to 10 MB: the time for a byte must not grow with the length.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use picket::catalog::kql::{KqlCatalog, Overlay, overlay};
use picket::kql::{bind, syntax};
use serde_json::{Value, json};

const CORPUS: &str = "../shared/kql/corpus/queries.jsonl";
const SCHEMA: &str = "../shared/kql/schema.json";

fn main() -> Result<(), Box<dyn Error>> {
    linearity();
    let Ok(corpus) = std::fs::read_to_string(CORPUS) else {
        println!("skipped: ../shared is absent, so no corpus and no comparison");
        return Ok(());
    };
    let texts: Vec<String> = corpus
        .lines()
        .map(|line| {
            let query: Value = serde_json::from_str(line)?;
            Ok(query["q"].as_str().unwrap_or_default().to_owned())
        })
        .collect::<Result<_, serde_json::Error>>()?;
    let tables = overlay::tables_from_json(&std::fs::read_to_string(SCHEMA)?)?;
    let catalog = KqlCatalog::only(Overlay { tables, ..Overlay::default() });
    let all: Vec<&str> = texts.iter().map(String::as_str).collect();
    analyse_all(&all, &catalog);
    let whole = analyse_all(&all, &catalog);
    println!("open corpus: {} queries in {whole:.1?}, {:.1?} each", all.len(), each(whole, all.len()));
    compare(&all, &catalog)
}

fn each(time: Duration, count: usize) -> Duration {
    time / u32::try_from(count.max(1)).unwrap_or(u32::MAX)
}

/// The time to parse and bind every text.
fn analyse_all(texts: &[&str], catalog: &KqlCatalog) -> Duration {
    let start = Instant::now();
    for text in texts {
        let (tree, found) = syntax::parse(*text);
        let arena = bind::Arena::new();
        let bound = bind::bind(&tree, catalog, &arena);
        std::hint::black_box((found.len(), bound.diagnostics().len()));
    }
    start.elapsed()
}

/// Runs the reference and picket over one sample.
fn compare(texts: &[&str], catalog: &KqlCatalog) -> Result<(), Box<dyn Error>> {
    let Some(oracle) = std::env::var_os("PICKET_ORACLE").map(PathBuf::from) else {
        println!("skipped: PICKET_ORACLE names no copy of the reference to compare with");
        return Ok(());
    };
    let every = std::env::args().skip_while(|arg| arg != "--every").nth(1);
    let every = every.map_or(Ok(20), |every| every.parse())?;
    let sample: Vec<&str> = texts.iter().step_by(every).copied().collect();
    let mut input = String::new();
    for (id, text) in sample.iter().enumerate() {
        input.push_str(&format!("{}\n", json!({ "id": id.to_string(), "q": text })));
    }
    let mut child = Command::new("node")
        .arg(oracle.join("oracle.js"))
        .args(["--schema", SCHEMA, "--warm", "20"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut stdin = child.stdin.take().ok_or("the reference takes no input")?;
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output()?;
    writer.join().map_err(|_| "the reference could not be fed")??;
    let mut reference = Duration::ZERO;
    for line in std::str::from_utf8(&output.stdout)?.lines() {
        let answer: Value = serde_json::from_str(line)?;
        reference += Duration::from_micros(answer["us"].as_u64().unwrap_or_default());
    }
    let own = analyse_all(&sample, catalog);
    println!(
        "{} queries: reference {:.1?} each, picket {:.1?} each, {:.0} times as fast",
        sample.len(),
        each(reference, sample.len()),
        each(own, sample.len()),
        reference.as_secs_f64() / own.as_secs_f64()
    );
    Ok(())
}

/// Makes a text of about this many bytes.
type Make = fn(usize) -> String;

/// Long texts of several kinds, each ten times as long as the one before.
fn linearity() {
    let kinds: [(&str, Make); 5] = [
        ("conditions", |size| {
            let term = "Account has \"admin\" or EventID == 4625 or ";
            format!("SecurityEvent | where {}true", term.repeat(size / term.len()))
        }),
        ("operators", |size| {
            let step = "| where EventID in (4624, 4625) and Account !has \"svc\"\n";
            format!("SecurityEvent\n{}", step.repeat(size / step.len()))
        }),
        ("list", |size| {
            let item = "\"rmm.example.com\", ";
            format!("DnsEvents | where Name has_any ({}\"x\")", item.repeat(size / item.len()))
        }),
        ("statements", |size| {
            let lets: String = (0..size / 60)
                .map(|at| format!("let v{at} = SecurityEvent | where EventID == {at};\n"))
                .collect();
            format!("{lets}v0 | count")
        }),
        ("subqueries", |size| {
            let part = ", (SigninLogs | where ResultType == \"0\" | project UserPrincipalName)";
            format!("union SigninLogs{}", part.repeat(size / part.len()))
        }),
    ];
    for (name, make) in kinds {
        print!("{name:<12}");
        for size in [10_000, 100_000, 1_000_000, 10_000_000] {
            let text = make(size);
            let time = analyse_all(&[text.as_str()], KqlCatalog::builtin());
            let rate = time.as_secs_f64() * 1e9 / text.len() as f64;
            print!("  {:>8} B {time:>9.1?} {rate:>6.1} ns/B", text.len());
        }
        println!();
    }
}
