//! `cargo dev hunt-speed`: how long the network rules of the pack take on many generated events.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::json;

use crate::catalog::ScalarType;
use crate::catalog::kql::KqlCatalog;
use crate::cli::{CliError, Exit, Shell};
use crate::exec::chance::Chance;
use crate::exec::value::{DateTime, TICKS_PER_DAY, TimeSpan, Value};
use crate::exec::{Field, Program, Row, RunOptions, Schema};
use crate::hunt::{Folder, ParquetWriter};
use crate::rule::{self, Rule};
use crate::text::SourceId;

/// The file of events, which names its table.
const FILE: &str = "DeviceNetworkEvents.parquet";
/// How many rows are in a row group.
const ROWS_OF_A_GROUP: usize = 250_000;
/// The end of the events.
const END: &str = "2026-11-30T00:00:00Z";
/// Over how many days the events are.
const DAYS: i64 = 7;

/// Generate events in Parquet, run the network rules of the pack on them, and print the seconds of each as a line of JSON.
#[derive(Debug, clap::Args)]
pub(crate) struct HuntSpeedArgs {
    /// The folder of the events; they are generated where it has none.
    folder: PathBuf,
    /// How many events.
    #[arg(long, default_value_t = 10_000_000)]
    rows: usize,
    /// Rule files below this folder whose names begin with `network-connection`.
    #[arg(long, default_value = "rules/remote-access")]
    rules: PathBuf,
    /// How many threads; as many as there are cores where it is not given.
    #[arg(long)]
    threads: Option<usize>,
    /// Only rules whose file says this.
    #[arg(long)]
    only: Option<String>,
}

impl HuntSpeedArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        if let Some(threads) = self.threads {
            // Only the first call sets the number; a second one has nothing to say.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
        }
        let mut files = Vec::new();
        network_rules(&self.rules, &mut files)?;
        let rules: Vec<(PathBuf, Rule)> = files
            .into_iter()
            .filter_map(|path| {
                let text = fs::read_to_string(&path).ok()?;
                let rule = rule::read(SourceId::default(), &text).0.into_iter().next()?;
                Some((path, rule))
            })
            .collect();
        let end = DateTime::parse(END).unwrap_or(DateTime::MAX);
        let file = self.folder.join(FILE);
        if !file.exists() {
            fs::create_dir_all(&self.folder)?;
            generate(&file, self.rows, end, &hosts(&rules)).map_err(CliError::new)?;
        }
        let folder = Folder::new(&self.folder, [PathBuf::from(FILE)], end);
        for (path, rule) in &rules {
            let name = path.display().to_string();
            if self.only.as_ref().is_some_and(|only| !name.contains(only)) {
                continue;
            }
            let Some(query) = &rule.query else { continue };
            let Ok(program) = Program::prepare(query.text(), KqlCatalog::builtin()) else {
                return Err(CliError::new(format!("{name} cannot be run")));
            };
            let begun = Instant::now();
            let table =
                program.run(&folder, RunOptions::at(end)).map_err(|error| CliError::new(error.message))?;
            let seconds = begun.elapsed().as_secs_f64();
            let line =
                json!({ "rule": name, "query": query.text(), "seconds": seconds, "rows": table.rows.len() });
            writeln!(shell.out(), "{line}")?;
        }
        Ok(Exit::Clean)
    }
}

fn network_rules(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), CliError> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            network_rules(&path, files)?;
        } else if name.starts_with("network-connection") && !name.contains(".test.") {
            files.push(path);
        }
    }
    Ok(())
}

/// The hosts that the rules name.
fn hosts(rules: &[(PathBuf, Rule)]) -> Vec<String> {
    let texts = rules.iter().filter_map(|(_, rule)| rule.query.as_ref());
    let quoted = texts.flat_map(|query| query.text().split('"').skip(1).step_by(2));
    let is_host = |text: &&str| text.contains('.') && !text.contains(['\\', '(']) && !text.ends_with(".exe");
    quoted.filter(is_host).map(str::to_owned).collect::<BTreeSet<String>>().into_iter().collect()
}

/// Writes events: the same for the same number of them.
fn generate(file: &Path, rows: usize, end: DateTime, hosts: &[String]) -> Result<(), String> {
    let columns = [
        ("TimeGenerated", ScalarType::DateTime),
        ("ActionType", ScalarType::String),
        ("AdditionalFields", ScalarType::Dynamic),
        ("DeviceId", ScalarType::String),
        ("DeviceName", ScalarType::String),
        ("InitiatingProcessAccountDomain", ScalarType::String),
        ("InitiatingProcessAccountName", ScalarType::String),
        ("InitiatingProcessAccountSid", ScalarType::String),
        ("InitiatingProcessAccountUpn", ScalarType::String),
        ("InitiatingProcessCommandLine", ScalarType::String),
        ("InitiatingProcessFileName", ScalarType::String),
        ("InitiatingProcessFolderPath", ScalarType::String),
        ("InitiatingProcessId", ScalarType::Long),
        ("InitiatingProcessSHA256", ScalarType::String),
        ("InitiatingProcessVersionInfoCompanyName", ScalarType::String),
        ("InitiatingProcessVersionInfoProductName", ScalarType::String),
        ("LocalIP", ScalarType::String),
        ("LocalPort", ScalarType::Int),
        ("Protocol", ScalarType::String),
        ("RemoteIP", ScalarType::String),
        ("RemoteIPType", ScalarType::String),
        ("RemotePort", ScalarType::Int),
        ("RemoteUrl", ScalarType::String),
        ("ReportId", ScalarType::Long),
    ];
    let schema = Schema::new(columns.map(|(name, ty)| Field::new(name, ty)));
    let out = BufWriter::new(File::create(file).map_err(|error| error.to_string())?);
    let mut writer = ParquetWriter::new(out, &schema)?;
    let mut chance = Chance::new(1);
    let span = DAYS * TICKS_PER_DAY;
    let mut made = 0;
    while made < rows {
        let count = ROWS_OF_A_GROUP.min(rows - made);
        let group: Vec<Row> = (made..made + count)
            .map(|number| {
                let share = i128::from(span) * number as i128 / rows.max(1) as i128;
                let before = i64::try_from(share).unwrap_or(0) - span;
                event(end.plus(TimeSpan(before)).unwrap_or(end), number, hosts, &mut chance)
            })
            .collect();
        writer.write(&group)?;
        made += count;
    }
    writer.finish()
}

const PROGRAMS: [(&str, &str); 12] = [
    ("chrome.exe", "Google LLC"),
    ("msedge.exe", "Microsoft Corporation"),
    ("svchost.exe", "Microsoft Corporation"),
    ("teams.exe", "Microsoft Corporation"),
    ("outlook.exe", "Microsoft Corporation"),
    ("onedrive.exe", "Microsoft Corporation"),
    ("powershell.exe", "Microsoft Corporation"),
    ("python.exe", "Python Software Foundation"),
    ("firefox.exe", "Mozilla Corporation"),
    ("agent.exe", "Example Tools"),
    ("updater.exe", "Example Tools"),
    ("curl.exe", "curl"),
];

fn event(time: DateTime, number: usize, hosts: &[String], chance: &mut Chance) -> Row {
    let text = |text: String| Value::string(text);
    let device = chance.below(5000);
    let (program, company) = PROGRAMS[chance.below(PROGRAMS.len())];
    // Few hosts are asked for often, many now and then.
    let rank = chance.below(14);
    let host = chance.below(1 << (4 + rank));
    let url = match (chance.below(1000), chance.below(10)) {
        (0, _) => hosts.get(chance.below(hosts.len())).cloned().unwrap_or_default(),
        (_, 0..3) => String::new(),
        (_, 3) => format!("https://www{}.site-{host}.example.net/path/{}", host % 3, host % 97),
        _ => format!("cdn{}.host-{host}.example.com", host % 7),
    };
    let port = [443, 443, 443, 80, 8080, 53, 3389, 5985][chance.below(8)];
    vec![
        Value::DateTime(time),
        text(
            ["ConnectionSuccess", "ConnectionFailed", "InboundConnectionAccepted"][chance.below(3)]
                .to_owned(),
        ),
        Value::Null,
        text(format!("{:040x}", u128::from(Chance::new(device as u64).number()))),
        text(format!("pc-{device}.corp.example.com")),
        text("corp".to_owned()),
        text(format!("user{}", device / 2)),
        text(format!("S-1-5-21-1-2-3-{}", device / 2)),
        text(format!("user{}@example.com", device / 2)),
        text(format!("\"C:\\Program Files\\{company}\\{program}\" --session {}", chance.below(100_000))),
        text(program.to_owned()),
        text(format!("c:\\program files\\{}\\{program}", company.to_lowercase())),
        Value::Long(i64::try_from(1000 + chance.below(60_000)).unwrap_or(0)),
        text(format!("{:064x}", u128::from(Chance::new(program.len() as u64).number()))),
        text(company.to_owned()),
        text(company.to_owned()),
        text(format!("10.{}.{}.{}", device % 200, device % 250, device % 240)),
        Value::Int(i32::try_from(40_000 + chance.below(20_000)).unwrap_or(0)),
        text("Tcp".to_owned()),
        text(format!("198.{}.{}.{}", host % 100, host % 256, host % 251)),
        text("Public".to_owned()),
        Value::Int(port),
        text(url),
        Value::Long(i64::try_from(number).unwrap_or(0)),
    ]
}
