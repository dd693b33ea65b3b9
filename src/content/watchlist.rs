//! Watchlists.

use super::keys;
use super::lints;
use super::reader::read_keys;
use crate::arm::limits;
use crate::diag::Diagnostic;
use crate::rule::Duration;
use crate::text::{SourceId, Span, Spanned, TextRange, csv};
use crate::yaml::Node;

/// The longest alias that the service takes.
const ALIAS_LENGTH: usize = 64;

/// A watchlist with its items.
#[derive(Debug, Clone, PartialEq)]
pub struct Watchlist {
    /// The file it was read from.
    pub source: SourceId,
    /// `alias`: what `_GetWatchlist` takes, and the name of the resource.
    pub alias: Spanned<String>,
    /// `name`: the display name.
    pub name: String,
    /// `description`
    pub description: Option<String>,
    /// `searchKey`: the column that queries join by.
    pub search_key: Spanned<String>,
    /// `labels`
    pub labels: Vec<String>,
    /// `defaultDuration`: how long items count.
    pub default_duration: Option<Duration>,
    /// `items`: the file with them, relative to this one.
    pub file: Spanned<String>,
    /// What that file holds, once that is known.
    pub items: Items,
}

/// The items of a watchlist.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Items {
    /// The file, once it was read.
    pub source: Option<SourceId>,
    /// The text of the file.
    pub text: String,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// How many there are.
    pub rows: usize,
}

impl Watchlist {
    /// Reads `node`; nothing when what has to be there is not.
    pub(super) fn read(source: SourceId, node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut reader = read_keys(source, "watchlist", node, &keys::WATCHLIST, findings)?;
        let alias = reader.required("alias");
        let name = reader.required("name");
        let search_key = reader.required("searchKey");
        let file = reader.required("items");
        let is_alias = |text: &str| {
            text.len() <= ALIAS_LENGTH && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
        };
        if let Some(alias) = alias.as_ref().filter(|alias| !is_alias(&alias.value)) {
            let message = format!("`{}` cannot be the alias of a watchlist", alias.value);
            reader.bad(alias.range, message, "use up to 64 letters, digits, hyphens and underscores");
            return None;
        }
        let default_duration = reader.text("defaultDuration").and_then(|text| {
            let duration = Duration::parse(&text.value).ok();
            if duration.is_none() {
                let message = "`defaultDuration` is no length of time";
                reader.bad(text.range, message, "write a number with `m`, `h` or `d`, such as `90d`");
            }
            duration
        });
        Some(Self {
            source,
            description: reader.text("description").map(|text| text.value),
            labels: reader.texts("labels"),
            default_duration,
            alias: alias?,
            name: name?.value,
            search_key: search_key?,
            file: file?,
            items: Items::default(),
        })
    }

    /// Takes the text of the file with the items, which is `source`.
    pub fn fill(&mut self, source: SourceId, text: &str) -> Vec<Diagnostic> {
        self.items.source = Some(source);
        let mut findings = Vec::new();
        let mut bad = |span: Span, message: String, help: &str| {
            findings.push(lints::BAD_ITEMS.at(span, message).with_help(help));
        };
        let start = |line: u32| {
            let before = text.split_inclusive('\n').take(line.saturating_sub(1) as usize);
            let at = before.map(str::len).sum();
            let length = text.get(at..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
            Span::new(source, TextRange::from_usize(at, at + length))
        };
        // Quotes and line ends are two bytes each in the request.
        let size = text.len() + text.bytes().filter(|byte| b"\"\\\n\r\t".contains(byte)).count();
        if size > limits::WATCHLIST_BYTES {
            let message = format!("the items make {size} bytes of a request, which takes 3.8 MB");
            bad(start(1), message, "split the watchlist, or upload it through a storage account");
        }
        let rows = csv::rows(text);
        let Some((first, columns)) = rows.first() else {
            bad(
                start(1),
                "there is no line of column names".to_owned(),
                "name the columns in the first line",
            );
            return findings;
        };
        if !columns.contains(&self.search_key.value) {
            let message = format!("the search key `{}` is no column of the items", self.search_key.value);
            let help = format!("the columns are {}", columns.join(", "));
            bad(Span::new(self.source, self.search_key.range), message, &help);
        }
        if columns.iter().any(String::is_empty) {
            bad(start(*first), "a column has no name".to_owned(), "name every column in the first line");
        }
        for (line, row) in rows.iter().skip(1).filter(|(_, row)| row.len() != columns.len()) {
            let message = format!("the row has {} values for {} columns", row.len(), columns.len());
            bad(start(*line), message, "put quotes around values that hold commas");
        }
        let (columns, rows) = (columns.clone(), rows.len() - 1);
        self.items = Items {
            source: Some(source),
            text: text.trim_start_matches('\u{feff}').to_owned(),
            columns,
            rows,
        };
        findings
    }

    /// Reports that the file with the items cannot be read.
    pub fn unreadable(&self, why: &str) -> Diagnostic {
        let message = format!("no items from `{}`: {why}", self.file.value);
        let finding = lints::BAD_ITEMS.at(Span::new(self.source, self.file.range), message);
        finding.with_help("name a file relative to this one")
    }

    /// The names of the columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.items.columns.iter().map(String::as_str)
    }
}
