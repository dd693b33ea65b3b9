//! Files of tests, as they are written.

use super::lints::BAD_TEST;
use super::reader::read_keys;
use crate::diag::Diagnostic;
use crate::exec::ScanSource;
use crate::exec::value::{DateTime, TICKS_PER_SECOND, TimeSpan};
use crate::rule::Duration;
use crate::text::{SourceId, Span, Spanned, TextRange};
use crate::yaml::{self, Node, Reader};

/// The ends of the names of files of tests, behind the name of the rule file.
pub const ENDINGS: [&str; 2] = [".test.yaml", ".test.yml"];

/// The keys of a file.
pub(super) const FILE_KEYS: [&str; 8] =
    ["rule", "at", "delay", "tables", "watchlists", "functions", "external", "tests"];
/// The keys of a test.
pub(super) const TEST_KEYS: [&str; 14] = [
    "name",
    "rule",
    "scenario",
    "at",
    "over",
    "from",
    "to",
    "delay",
    "once",
    "tables",
    "watchlists",
    "functions",
    "external",
    "expect",
];
/// The keys of an expectation.
pub(super) const EXPECT_KEYS: [&str; 8] =
    ["alerts", "rows", "entities", "title", "description", "severity", "tactics", "incidents"];
/// The words in place of an expectation's keys.
pub(super) const FIRES: &str = "fires";
pub(super) const NOTHING: &str = "none";

/// A file of tests.
#[derive(Debug, Clone)]
pub struct TestFile {
    /// The file it was read from.
    pub source: SourceId,
    /// `rule`: the files or ids of the rules that tests without one are about; none for the rule file beside this one.
    pub rules: Vec<Spanned<String>>,
    /// The tests, in the order written.
    pub tests: Vec<Test>,
}

/// A test.
#[derive(Debug, Clone)]
pub struct Test {
    /// The file it was read from.
    pub source: SourceId,
    /// `name`
    pub name: Spanned<String>,
    /// `rule`: the files or ids of the rules that it is about; those of the file where there is none.
    pub rules: Vec<Spanned<String>>,
    /// `scenario`: the false-positive scenario of the rule that it covers; its exclusion counts where the rule as it stands does
    /// not do what is expected.
    pub scenario: Option<Spanned<String>>,
    /// When the rule runs.
    pub clock: Clock,
    /// How long after its event a row is ingested.
    pub delay: TimeSpan,
    /// `once`: whether it fails where rows are alerted on twice.
    pub once: bool,
    /// The rows, those of the file first.
    pub given: Vec<Given>,
    /// `expect`
    pub expect: Expect,
    /// Where `expect` stands, or the test where there is none.
    pub expect_range: TextRange,
    /// Its number in the file, from 0.
    pub index: usize,
}

/// When the rule of a test runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// The last moment at which it may run; the only one where there is no beginning.
    pub to: DateTime,
    /// The beginning of a stretch of time over which it runs as scheduled.
    pub from: Option<DateTime>,
}

/// Rows of a test.
#[derive(Debug, Clone)]
pub struct Given {
    /// What they are rows of.
    pub source: ScanSource,
    /// Where that is named.
    pub range: TextRange,
    /// Whether they are those of the file, which other rules may read.
    pub shared: bool,
    /// The rows.
    pub data: Data,
}

/// Where rows are.
#[derive(Debug, Clone)]
pub enum Data {
    /// In the file of the test.
    Inline(Vec<Node>),
    /// In another file, named relative to that of the test.
    File(Spanned<String>),
}

/// What a test expects.
#[derive(Debug, Clone)]
pub enum Expect {
    /// At least one alert; of a hunting query, a row.
    Fires,
    /// No alert; of a hunting query, no row.
    Nothing,
    /// What is said of alerts and rows.
    Said(Box<Said>),
}

/// An expectation key by key; what has no key may be anything.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The number of alerts.
    pub alerts: Option<Spanned<usize>>,
    /// The rows that the query returns.
    pub rows: Option<ExpectedRows>,
    /// The entities of the alerts.
    pub entities: Option<Spanned<Vec<Node>>>,
    /// The titles of the alerts; one stands for all.
    pub title: Vec<Spanned<String>>,
    /// The descriptions of the alerts; one stands for all.
    pub description: Vec<Spanned<String>>,
    /// The severities of the alerts; one stands for all.
    pub severity: Vec<Spanned<String>>,
    /// The tactics of the alerts.
    pub tactics: Vec<Spanned<String>>,
    /// The number of incidents.
    pub incidents: Option<Spanned<usize>>,
    /// Whether nothing is said: `--update` writes what there is.
    pub is_empty: bool,
}

/// The rows that are expected.
#[derive(Debug, Clone)]
pub enum ExpectedRows {
    /// How many there are.
    Count(Spanned<usize>),
    /// The rows in any order, with the columns that matter.
    Rows(Spanned<Vec<Node>>),
}

impl Expect {
    /// Whether a test passes only where the rule finds something: an alert, or rows. One that expects silence alone does
    /// not show that the rule can find anything.
    pub fn is_finding(&self) -> bool {
        let said = match self {
            Self::Fires => return true,
            Self::Nothing => return false,
            Self::Said(said) => said,
        };
        let is_some = |number: &Option<Spanned<usize>>| number.as_ref().is_some_and(|it| it.value > 0);
        let has_rows = match &said.rows {
            Some(ExpectedRows::Count(number)) => number.value > 0,
            Some(ExpectedRows::Rows(rows)) => !rows.value.is_empty(),
            None => false,
        };
        let is_silent = said.alerts.as_ref().is_some_and(|it| it.value == 0);
        let has_texts = [&said.title, &said.description, &said.severity].iter().any(|it| !it.is_empty());
        let has_entities = said.entities.as_ref().is_some_and(|it| !it.value.is_empty());
        !is_silent
            && (is_some(&said.alerts) || is_some(&said.incidents) || has_rows || has_texts || has_entities)
    }
}

/// The clock of tests that have none.
pub fn default_clock() -> DateTime {
    DateTime::parse("2026-01-01T12:00:00Z").unwrap_or(DateTime::MIN)
}

/// Reads a file of tests.
pub fn read(source: SourceId, text: &str) -> (TestFile, Vec<Diagnostic>) {
    let (documents, mut findings) = yaml::parse(source, text);
    let mut file = TestFile { source, rules: Vec::new(), tests: Vec::new() };
    for root in documents.iter().filter_map(|document| document.root.as_ref()) {
        read_root(&mut file, root, &mut findings);
    }
    (file, findings)
}

fn read_root(file: &mut TestFile, root: &Node, findings: &mut Vec<Diagnostic>) {
    let source = file.source;
    let Some(mut reader) = read_keys(source, "file of tests", root, &FILE_KEYS, findings) else { return };
    file.rules.extend(reader.one_or_several("rule"));
    let at = time(&mut reader, "at").unwrap_or_else(default_clock);
    let delay = span(&mut reader, "delay").unwrap_or(TimeSpan(0));
    let given = given(&mut reader, true);
    let Some(tests) = reader.value("tests").and_then(Node::as_sequence) else {
        reader.bad(root.range, "the file has no list `tests`", "write `tests:` with a test an item");
        return;
    };
    for node in tests {
        let index = file.tests.len();
        let defaults = Defaults { at, delay, given: &given, index };
        if let Some(test) = read_test(source, node, &defaults, reader.findings) {
            file.tests.push(test);
        }
    }
}

struct Defaults<'d> {
    at: DateTime,
    delay: TimeSpan,
    given: &'d [Given],
    index: usize,
}

fn read_test(
    source: SourceId,
    node: &Node,
    defaults: &Defaults<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Option<Test> {
    let mut reader = read_keys(source, "test", node, &TEST_KEYS, findings)?;
    let name = reader.text("name");
    if name.is_none() {
        reader.bad(node.range, "the test has no `name`", "say in a few words what it shows");
    }
    let clock = clock(&mut reader, defaults.at);
    let mut all = defaults.given.to_vec();
    all.extend(given(&mut reader, false));
    let expect_range = reader.value("expect").map_or(node.range, |node| node.range);
    let expect = match reader.value("expect") {
        Some(node) => read_expect(source, node, reader.findings),
        None if reader.has("expect") => {
            Some(Expect::Said(Box::new(Said { is_empty: true, ..Said::default() })))
        }
        None => {
            let help = "write `expect: fires`, `expect: none`, or what is expected by its keys";
            reader.bad(node.range, "the test has no `expect`", help);
            None
        }
    };
    Some(Test {
        source,
        name: name?,
        rules: reader.one_or_several("rule"),
        scenario: reader.text("scenario"),
        clock,
        delay: span(&mut reader, "delay").unwrap_or(defaults.delay),
        once: reader.truth("once").unwrap_or(false),
        given: all,
        expect: expect?,
        expect_range,
        index: defaults.index,
    })
}

/// `at`, or `from` and `to`, or `over` before `at`.
fn clock(reader: &mut Reader<'_, '_>, at: DateTime) -> Clock {
    let at = time(reader, "at").unwrap_or(at);
    let (from, to) = (time(reader, "from"), time(reader, "to"));
    let over = span(reader, "over");
    match (from, to, over) {
        (Some(from), Some(to), _) => Clock { to, from: Some(from) },
        (Some(from), None, Some(over)) => Clock { to: from.plus(over).unwrap_or(at), from: Some(from) },
        (Some(from), None, None) => Clock { to: at, from: Some(from) },
        (None, to, Some(over)) => {
            let to = to.unwrap_or(at);
            Clock { to, from: to.plus(TimeSpan(-over.0)) }
        }
        (None, to, None) => Clock { to: to.unwrap_or(at), from: None },
    }
}

fn time(reader: &mut Reader<'_, '_>, key: &str) -> Option<DateTime> {
    let text = reader.text(key)?;
    let time = DateTime::parse(&text.value);
    if time.is_none() {
        let message = format!("`{key}` is no time: `{}`", text.value);
        reader.bad(text.range, message, "write it as 2026-01-31T12:00:00Z");
    }
    time
}

fn span(reader: &mut Reader<'_, '_>, key: &str) -> Option<TimeSpan> {
    let text = reader.text(key)?;
    let duration = Duration::parse(&text.value).ok();
    if duration.is_none() {
        let message = format!("`{key}` is no length of time: `{}`", text.value);
        reader.bad(text.range, message, "write a number with `m`, `h` or `d`, such as `6h`");
    }
    duration.and_then(time_span)
}

/// A length of time of a rule as one of KQL; nothing where it is beyond what KQL holds.
pub(super) fn time_span(duration: Duration) -> Option<TimeSpan> {
    i64::try_from(duration.seconds()).ok()?.checked_mul(TICKS_PER_SECOND).map(TimeSpan)
}

/// The rows under `tables`, `watchlists`, `functions` and `external`.
fn given(reader: &mut Reader<'_, '_>, shared: bool) -> Vec<Given> {
    type Make = fn(std::sync::Arc<str>) -> ScanSource;
    let kinds: [(&str, Make); 4] = [
        ("tables", ScanSource::Table),
        ("watchlists", ScanSource::Watchlist),
        ("functions", ScanSource::Function),
        ("external", ScanSource::External),
    ];
    let mut all = Vec::new();
    for (key, make) in kinds {
        let Some(node) = reader.value(key) else { continue };
        let Some(mapping) = node.as_mapping() else {
            let message = format!("`{key}` is {}, expected a mapping of names to rows", node.describe());
            reader.bad(node.range, message, "write each name with its list of rows");
            continue;
        };
        for entry in &mapping.entries {
            let Some(name) = entry.key.as_scalar() else { continue };
            let Some(data) = data(reader, &entry.value) else { continue };
            let source = make(std::sync::Arc::from(name.text.as_str()));
            all.push(Given { source, range: entry.key.range, shared, data });
        }
    }
    all
}

/// A list of rows, or `file: PATH`.
fn data(reader: &mut Reader<'_, '_>, node: &Node) -> Option<Data> {
    if node.is_null() {
        return Some(Data::Inline(Vec::new()));
    }
    if let Some(rows) = node.as_sequence() {
        return Some(Data::Inline(rows.to_vec()));
    }
    let file = node
        .as_mapping()
        .filter(|mapping| mapping.entries.len() == 1)
        .and_then(|mapping| mapping.get("file"));
    if let Some(path) = file.and_then(|file| Some(Spanned::new(file.as_str()?.to_owned(), file.range))) {
        return Some(Data::File(path));
    }
    let message = format!("the rows are {}, expected a list of them or `file: PATH`", node.describe());
    reader.bad(node.range, message, "write a row an item, as column and value: `- {Account: ada}`");
    None
}

fn read_expect(source: SourceId, node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Expect> {
    match node.as_str() {
        Some(NOTHING) => return Some(Expect::Nothing),
        Some(FIRES) => return Some(Expect::Fires),
        Some(other) => {
            let message = format!("nothing can be expected as `{other}`");
            let finding = BAD_TEST.at(Span::new(source, node.range), message);
            findings.push(finding.with_help("write `fires`, `none`, or what is expected by its keys"));
            return None;
        }
        None => {}
    }
    let mut reader = read_keys(source, "expectation", node, &EXPECT_KEYS, findings)?;
    let rows = match reader.value("rows") {
        Some(rows) => match rows.as_sequence() {
            Some(items) => Some(ExpectedRows::Rows(Spanned::new(items.to_vec(), rows.range))),
            None => reader.number("rows").map(ExpectedRows::Count),
        },
        None => None,
    };
    let entities = reader.value("entities").and_then(|node| match node.as_sequence() {
        Some(items) => Some(Spanned::new(items.to_vec(), node.range)),
        None => {
            let message = format!("`entities` is {}, expected a list", node.describe());
            reader.bad(node.range, message, "write an entity an item: `- {type: Host, HostName: srv1}`");
            None
        }
    });
    Some(Expect::Said(Box::new(Said {
        alerts: reader.number("alerts"),
        rows,
        entities,
        title: reader.one_or_several("title"),
        description: reader.one_or_several("description"),
        severity: reader.one_or_several("severity"),
        tactics: reader.one_or_several("tactics"),
        incidents: reader.number("incidents"),
        is_empty: node.as_mapping().is_some_and(|mapping| mapping.entries.is_empty()),
    })))
}

impl TestFile {
    /// The files with rows that the tests name, each once.
    pub fn data_files(&self) -> Vec<&str> {
        let mut paths: Vec<&str> = Vec::new();
        for given in self.tests.iter().flat_map(|test| &test.given) {
            if let Data::File(path) = &given.data
                && !paths.contains(&path.value.as_str())
            {
                paths.push(&path.value);
            }
        }
        paths
    }
}
