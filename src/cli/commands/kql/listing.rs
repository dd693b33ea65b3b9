//! What `picket kql columns` and `picket kql tables` share: a list a query, as text or JSON.

use serde_json::{Map, Value, json};

use crate::cli::load::is_unreadable;
use crate::cli::output::human;
use crate::cli::queries::{Queries, QueryArgs};
use crate::cli::{CliError, Exit, Shell};
use crate::diag::{Diagnostic, Severity};
use crate::kql::bind::Bound;

/// How a listing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum Shape {
    /// Aligned text.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

/// The version of the JSON.
const JSON_VERSION: u32 = 1;

/// Which queries, and how to write what is known of them.
#[derive(Debug, clap::Args)]
pub(super) struct ListingArgs {
    #[command(flatten)]
    queries: QueryArgs,
    /// How to write the list.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Shape,
}

/// What is listed of a query.
pub(super) struct Listing {
    /// The lines of text, in two cells; the second may be empty.
    pub(super) rows: Vec<(String, String)>,
    /// A remark, for standard error.
    pub(super) note: Option<&'static str>,
    /// The fields of its JSON object.
    pub(super) fields: Vec<(&'static str, Value)>,
}

impl ListingArgs {
    /// Lists what `list` makes of each query. Errors go to standard error; what is known in spite of them is listed.
    pub(super) fn run(
        self,
        list: impl Fn(&Bound<'_>) -> Listing,
        shell: &mut Shell,
    ) -> Result<Exit, CliError> {
        let loaded = self.queries.load(shell)?;
        let (listings, findings) = loaded.visit(|_, bound| list(bound));
        let errors: Vec<Diagnostic> =
            findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
        let report = human(&loaded.sources, &errors, shell.colors_err());
        shell.err().write_all(report.as_bytes())?;
        for (query, listing) in loaded.queries.iter().zip(&listings) {
            if let Some(note) = listing.note {
                writeln!(shell.err(), "{}: {note}", loaded.name_of(query))?;
            }
        }
        let text = match self.format {
            Shape::Text => text(&loaded, &listings),
            Shape::Json => json(&loaded, listings),
        };
        shell.out().write_all(text.as_bytes())?;
        Ok(match errors.is_empty() {
            true => Exit::Clean,
            false if errors.iter().any(is_unreadable) => Exit::Failed,
            false => Exit::Findings,
        })
    }
}

/// The rows of one query alone, or those of each under its name.
fn text(loaded: &Queries, listings: &[Listing]) -> String {
    let many = listings.len() > 1;
    let indent = if many { "  " } else { "" };
    let mut out = String::new();
    for (query, listing) in loaded.queries.iter().zip(listings) {
        if many {
            out.push_str(&format!("{}\n", loaded.name_of(query)));
        }
        let width = listing.rows.iter().map(|(first, _)| first.chars().count()).max().unwrap_or_default();
        for (first, second) in &listing.rows {
            out.push_str(format!("{indent}{first:width$}  {second}").trim_end());
            out.push('\n');
        }
    }
    out
}

fn json(loaded: &Queries, listings: Vec<Listing>) -> String {
    let one = |(query, listing): (&crate::cli::queries::Query, Listing)| {
        let mut object = Map::new();
        let file = loaded.sources.get(query.source).map(|source| source.name.to_string());
        object.insert("file".into(), json!(file));
        object.insert("line".into(), json!(loaded.line_of(query)));
        object.insert("rule".into(), json!(query.rule));
        object.extend(listing.fields.into_iter().map(|(name, value)| (name.to_owned(), value)));
        Value::Object(object)
    };
    let queries: Vec<Value> = loaded.queries.iter().zip(listings).map(one).collect();
    format!("{:#}\n", json!({ "version": JSON_VERSION, "queries": queries }))
}
