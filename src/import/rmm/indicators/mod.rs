//! Rules made from the indicators of the catalogs, instead of from their rules.
//!
//! What all files say about a tool is read ([`sheet`]), brought into one form ([`normal`]), put together
//! ([`merge`]) and written as rules of our own (`queries`, `render`), with a watchlist of all indicators and one of
//! approved tools for the rule about any other tool (`watchlists`). A value or a file that is not used is
//! listed with the reason.

mod any_tool;
pub mod merge;
pub mod normal;
mod queries;
mod render;
pub mod sheet;
mod watchlists;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::CatalogFile;
use crate::import::record::digest;
use crate::import::{Generated, Planned, Record};
use merge::{Merging, Origin, Refused, Tool};
pub use queries::Subject;
use render::{Draft, Form};
use sheet::NoSheet;
pub use watchlists::{APPROVED, INDICATORS};

/// The longest query that is written with its indicators in it: some room below the service's limit, for what an
/// engineer adds.
const LONGEST_QUERY: usize = 9_000;

/// The version of a rule that is new.
const FIRST_VERSION: &str = "1.0.0";

/// A catalog: the name of its folder, its revision where it is known, and its files.
#[derive(Debug, Clone)]
pub struct CatalogFolder {
    /// The name.
    pub name: String,
    /// The revision, such as a git commit; without one a file's own digest stands for it.
    pub revision: Option<String>,
    /// The files.
    pub files: Vec<CatalogFile>,
}

/// What became of the catalogs.
#[derive(Debug, Clone, Default)]
pub struct FromIndicators {
    /// The rules, by path.
    pub rules: Vec<Planned>,
    /// The files of content: watchlists and their items.
    pub content: Vec<Planned>,
    /// The tools that they are for.
    pub tools: Vec<Tool>,
    /// Tools of which no indicator can be looked for.
    pub without_rules: Vec<Tool>,
    /// The values that are no indicators.
    pub refused: Vec<Refused>,
    /// The files that say nothing of a tool, as catalog, path and reason.
    pub left_out: Vec<(String, String, NoSheet)>,
    /// The number of files that were read.
    pub files_read: usize,
}

/// Makes rules of all that `catalogs` say. `previous` holds the versions of the rules that an earlier import made.
pub fn from_indicators(catalogs: &[CatalogFolder], previous: &Record) -> FromIndicators {
    let mut made = FromIndicators::default();
    let mut merging = Merging::default();
    for catalog in catalogs {
        let mut files: Vec<_> = catalog.files.iter().collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        for file in files {
            let Ok(text) = std::str::from_utf8(&file.bytes) else {
                made.left_out.push((catalog.name.clone(), file.path.clone(), NoSheet::NotText));
                continue;
            };
            match sheet::read(file.source, &file.path, text) {
                Ok(sheets) => {
                    made.files_read += 1;
                    let revision = catalog.revision.clone().unwrap_or_else(|| short_digest(&file.bytes));
                    let (catalog, path) = (catalog.name.clone(), file.path.clone());
                    let origin = Origin { catalog, path, revision };
                    for sheet in sheets {
                        merging.add(&sheet, &origin);
                    }
                }
                Err(why) => made.left_out.push((catalog.name.clone(), file.path.clone(), why)),
            }
        }
    }
    let (tools, refused) = merging.finish();
    made.refused = refused;
    let shared = shared_signs(&tools);
    for tool in tools {
        let drafts = drafts(&tool, &shared);
        if drafts.is_empty() {
            made.without_rules.push(tool);
            continue;
        }
        made.rules.extend(drafts.iter().map(|draft| planned(draft, previous)));
        made.tools.push(tool);
    }
    let any = watchlists::any_tool(&made.tools);
    made.rules.extend(any.iter().map(|draft| planned(draft, previous)));
    made.rules.sort_by(|a, b| a.path.cmp(&b.path));
    made.content = watchlists::files(&made.tools);
    made
}

/// The names of the tools that have the same signs, by what finds them; the first of them has the rule for all.
type Shared = BTreeMap<(Subject, Vec<String>), Vec<String>>;

fn shared_signs(tools: &[Tool]) -> Shared {
    let mut shared = Shared::new();
    for tool in tools {
        for subject in Subject::ALL {
            shared.entry((subject, subject.conditions(tool))).or_default().push(tool.name.clone());
        }
    }
    shared
}

/// The rules of a tool.
fn drafts(tool: &Tool, shared: &Shared) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for subject in Subject::ALL {
        let conditions = subject.conditions(tool);
        let with = shared.get(&(subject, conditions.clone())).map(Vec::as_slice).unwrap_or_default();
        let Some((first, others)) = with.split_first() else { continue };
        if conditions.is_empty() || *first != tool.name {
            continue;
        }
        for form in Form::ALL {
            let query = |conditions: &[String]| match form {
                Form::Hunting => subject.hunting(tool, conditions),
                Form::Scheduled => subject.scheduled(tool, conditions),
            };
            let mut text = query(&conditions);
            if text.len() > LONGEST_QUERY {
                text = query(&subject.conditions_by_watchlist(tool));
            }
            drafts.push(render::draft(tool, others, subject, form, &text));
        }
    }
    drafts
}

/// A rule to write: as it was, down to version and revisions, where nothing else of it changed.
fn planned(draft: &Draft, previous: &Record) -> Planned {
    let blank: Vec<Origin> =
        draft.origins.iter().map(|origin| Origin { revision: String::new(), ..origin.clone() }).collect();
    let body = digest(&draft.text("", &blank));
    let before = previous.rules.get(&draft.id).and_then(|rule| rule.generated.as_ref());
    let (version, revisions) = match before {
        Some(before) if before.body == body => (before.version.clone(), Some(&before.revisions)),
        Some(before) => (next_version(&before.version), None),
        None => (FIRST_VERSION.to_owned(), None),
    };
    let mut origins = draft.origins.clone();
    for origin in &mut origins {
        if let Some(kept) = revisions.and_then(|all| all.get(&place(origin))) {
            origin.revision.clone_from(kept);
        }
    }
    let revisions: BTreeMap<_, _> =
        origins.iter().map(|origin| (place(origin), origin.revision.clone())).collect();
    let source = origins.iter().map(place).collect::<Vec<_>>().join(" ");
    let text = draft.text(&version, &origins);
    let generated = Some(Generated { version, body, revisions });
    Planned { id: draft.id.clone(), path: draft.path.clone(), source, text, generated }
}

/// Where a file stands, over all catalogs.
fn place(origin: &Origin) -> String {
    format!("{}:{}", origin.catalog, origin.path)
}

/// The version after `version`: its last number and one.
fn next_version(version: &str) -> String {
    match version.rsplit_once('.') {
        Some((head, last)) => match last.parse::<u64>() {
            Ok(number) => format!("{head}.{}", number.saturating_add(1)),
            Err(_) => FIRST_VERSION.to_owned(),
        },
        None => FIRST_VERSION.to_owned(),
    }
}

/// The beginning of the SHA-256 of a file's bytes.
fn short_digest(bytes: &[u8]) -> String {
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(bytes).iter().take(6) {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}
