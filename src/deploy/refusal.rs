//! What a refusal of the service is about, read from its words.
//!
//! The service has few error codes and many sentences. [`KNOWN`] is the table of those sentences; the first row
//! whose phrases all occur decides. What no row knows keeps the service's words.

use serde::Serialize;

use super::codes;
use crate::azure::HttpFailure;
use crate::diag::LintMeta;

/// What the service says of a change that it refuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The code of picket for it, such as `PK811`.
    pub code: &'static str,
    /// Which part of the rule it is about.
    pub part: Part,
    /// What the service names: a table, an identifier, a technique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Where in the query, as line and column from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<(u32, u32)>,
    /// What the workspace has not yet, where that is all that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<Absent>,
}

/// A part of a rule that the service speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// All of it.
    Rule,
    /// `id`
    Id,
    /// `name`
    Name,
    /// `description`
    Description,
    /// `query`
    Query,
    /// `queryFrequency`
    QueryFrequency,
    /// `queryPeriod`
    QueryPeriod,
    /// `triggerThreshold`
    TriggerThreshold,
    /// `suppressionDuration`
    SuppressionDuration,
    /// `tactics`
    Tactics,
    /// `relevantTechniques`
    Techniques,
    /// `entityMappings`
    EntityMappings,
    /// `customDetails`
    CustomDetails,
    /// `alertDetailsOverride`
    AlertDetails,
    /// `templateVersion`
    TemplateVersion,
}

/// What a workspace has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Absent {
    /// A table.
    Table,
    /// A column of a table.
    Column,
    /// A function, such as a parser.
    Function,
    /// The id of a rule, which was deleted too lately to be used again.
    Id,
}

impl Absent {
    /// The word in messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Column => "column",
            Self::Function => "function",
            Self::Id => "id",
        }
    }
}

/// A sentence of the service.
struct Known {
    /// In lower case; all of them must occur.
    phrases: &'static [&'static str],
    meta: &'static LintMeta,
    part: Part,
    absent: Option<Absent>,
    help: &'static [&'static str],
}

const fn known(
    phrases: &'static [&'static str],
    meta: &'static LintMeta,
    part: Part,
    help: &'static [&'static str],
) -> Known {
    Known { phrases, meta, part, absent: None, help }
}

const fn absent(phrases: &'static [&'static str], absent: Absent, help: &'static [&'static str]) -> Known {
    Known { phrases, meta: &codes::WAITING, part: Part::Query, absent: Some(absent), help }
}

const CONNECT: &[&str] = &[
    "connect its data source, or leave the rule out of this workspace",
    "`picket apply` tries it again; `--allow-pending` lets a run succeed meanwhile",
];
const COLUMN: &[&str] = &[
    "check the spelling of the column in this workspace: a table gets some of its columns with their first data",
    "`picket apply` tries it again; `--allow-pending` lets a run succeed meanwhile",
];
const FUNCTION: &[&str] = &[
    "deploy the function or install the solution that brings it, or leave the rule out of this workspace",
    "`picket apply` tries it again; `--allow-pending` lets a run succeed meanwhile",
];
const RUN_QUERY: &[&str] = &["run the query in the Logs page of the workspace and mend what it reports"];
const ENTITIES: &[&str] = &["map the entity to identifiers and columns that the service knows"];
const SCHEDULE: &[&str] = &["`picket explain PK4` lists what the service wants of schedules"];
const TEXT: &[&str] = &["shorten or fill in the text"];

static KNOWN: &[Known] = &[
    known(
        &["workspace", "could not be found", "query"],
        &codes::OTHER,
        Part::Rule,
        &["run again in some minutes: a new workspace does not answer queries at once"],
    ),
    absent(&["one of the tables does not exist"], Absent::Table, CONNECT),
    absent(&["failed to resolve table", "named"], Absent::Table, CONNECT),
    absent(&["unknown function"], Absent::Function, FUNCTION),
    absent(&["failed to resolve", "function"], Absent::Function, FUNCTION),
    absent(&["failed to resolve", "expression named"], Absent::Column, COLUMN),
    known(&["failed to run the analytics rule query"], &codes::QUERY, Part::Query, RUN_QUERY),
    known(&["syntax error"], &codes::QUERY, Part::Query, RUN_QUERY),
    known(&["semantic error"], &codes::QUERY, Part::Query, RUN_QUERY),
    known(&["'query' cannot contain"], &codes::QUERY, Part::Query, &["name the tables to read"]),
    known(
        &["the field query must"],
        &codes::QUERY,
        Part::Query,
        &["shorten the query, or move a part of it to a function"],
    ),
    known(
        &["'templateversion'"],
        &codes::PROPERTY,
        Part::TemplateVersion,
        &["remove `templateVersion`, or give the rule its `alertRuleTemplateName`"],
    ),
    known(
        &["no valid tactic"],
        &codes::PROPERTY,
        Part::Techniques,
        &["add a tactic of the technique to `tactics`"],
    ),
    known(
        &["technique"],
        &codes::PROPERTY,
        Part::Techniques,
        &["give techniques as T####, with a tactic for each of them"],
    ),
    known(
        &["tactic"],
        &codes::PROPERTY,
        Part::Tactics,
        &["give tactics as ATT&CK names them, without spaces"],
    ),
    known(&["invalid identifier"], &codes::PROPERTY, Part::EntityMappings, ENTITIES),
    known(&["identifier", "mapped more than once"], &codes::PROPERTY, Part::EntityMappings, ENTITIES),
    known(&["missing required identifiers"], &codes::PROPERTY, Part::EntityMappings, ENTITIES),
    known(&["'entitymappings'"], &codes::PROPERTY, Part::EntityMappings, ENTITIES),
    known(&["'fieldmappings'"], &codes::PROPERTY, Part::EntityMappings, ENTITIES),
    known(&["the column name"], &codes::PROPERTY, Part::EntityMappings, ENTITIES),
    known(
        &["custom detail"],
        &codes::PROPERTY,
        Part::CustomDetails,
        &["a detail has a short name and names a column"],
    ),
    known(
        &["customdetails"],
        &codes::PROPERTY,
        Part::CustomDetails,
        &["a detail has a short name and names a column"],
    ),
    known(&["alertdisplaynameformat"], &codes::PROPERTY, Part::AlertDetails, TEXT),
    known(&["alertdescriptionformat"], &codes::PROPERTY, Part::AlertDetails, TEXT),
    known(&["'queryperiod'"], &codes::PROPERTY, Part::QueryPeriod, SCHEDULE),
    known(&["'queryfrequency'"], &codes::PROPERTY, Part::QueryFrequency, SCHEDULE),
    known(&["field queryperiod"], &codes::PROPERTY, Part::QueryPeriod, SCHEDULE),
    known(&["field queryfrequency"], &codes::PROPERTY, Part::QueryFrequency, SCHEDULE),
    known(&["field triggerthreshold"], &codes::PROPERTY, Part::TriggerThreshold, SCHEDULE),
    known(&["field suppressionduration"], &codes::PROPERTY, Part::SuppressionDuration, SCHEDULE),
    known(&["field displayname"], &codes::PROPERTY, Part::Name, TEXT),
    known(&["field description"], &codes::PROPERTY, Part::Description, TEXT),
    known(
        &["name", "already exists"],
        &codes::NAME,
        Part::Name,
        &[
            "give the rule another name, or delete what has it in the workspace",
            "where the project had it under another id, `--prune` deletes it",
        ],
    ),
    known(
        &["alert title", "already exists"],
        &codes::NAME,
        Part::Name,
        &[
            "give the alert another title, or delete the custom detection that has it",
            "where the project had it under another id, `--prune` deletes it",
        ],
    ),
    known(
        &["maximum", "rules"],
        &codes::FULL,
        Part::Rule,
        &["disable or delete rules that are not needed, then run again"],
    ),
];

impl Refusal {
    /// What `failure` is about, and what to do about it where the table of sentences says so.
    pub(super) fn read(failure: &HttpFailure) -> (Self, &'static [&'static str]) {
        let of =
            |meta: &LintMeta, part| Self { code: meta.code, part, subject: None, at: None, absent: None };
        match failure.status {
            401 | 403 => return (of(&codes::PERMISSION, Part::Rule), &[]),
            _ if failure.is_recently_deleted() => {
                return (Self { absent: Some(Absent::Id), ..of(&codes::DELETED, Part::Id) }, &[]);
            }
            400 | 409 | 422 => {}
            _ => return (of(&codes::OTHER, Part::Rule), &[]),
        }
        let words = failure.message.to_lowercase();
        let Some(row) = KNOWN.iter().find(|row| row.phrases.iter().all(|phrase| words.contains(phrase)))
        else {
            return (of(&codes::OTHER, Part::Rule), &[]);
        };
        let mut refusal = of(row.meta, row.part);
        refusal.absent = row.absent;
        refusal.subject = subject(&failure.message, row.part);
        if row.part == Part::Query {
            refusal.at = place(&words);
        }
        (refusal, row.help)
    }

    /// A refusal that is not read from words.
    pub(super) fn of(meta: &LintMeta) -> Self {
        Self { code: meta.code, part: Part::Rule, subject: None, at: None, absent: None }
    }
}

/// What the service names in a sentence about `part`.
fn subject(message: &str, part: Part) -> Option<String> {
    let leads: &[&str] = match part {
        Part::Query => &["named '", "unknown function: '"],
        Part::EntityMappings => &["identifier '", "for type '", "the column name '"],
        Part::Techniques => &["technique '", "the technique "],
        Part::CustomDetails => &["detail '"],
        _ => &[],
    };
    let words = message.to_ascii_lowercase();
    let found = leads.iter().find_map(|lead| Some((words.find(lead)? + lead.len(), lead)));
    let (start, lead) = found?;
    let rest = &message[start..];
    let end = rest.find(if lead.ends_with('\'') { '\'' } else { ' ' }).unwrap_or(rest.len());
    let name = rest[..end].trim_matches(['[', ']', '"']);
    (!name.is_empty()).then(|| name.to_owned())
}

/// Line and column in a sentence of the query service: `[line:position=2:13]`, `on line [2,13]`,
/// `(line 2, position 13)`. Zero is how it says that it does not know.
fn place(words: &str) -> Option<(u32, u32)> {
    let start = ["line:position=", "line [", "line "].iter().find_map(|mark| {
        let after = words.find(mark)? + mark.len();
        words[after..].starts_with(|c: char| c.is_ascii_digit()).then_some(after)
    })?;
    let mut numbers = words[start..]
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .map_while(|digits| digits.parse::<u32>().ok());
    let (line, column) = (numbers.next()?, numbers.next().unwrap_or(1));
    (line > 0).then(|| (line, column.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, message: &str) -> Refusal {
        let failure = HttpFailure {
            method: "PUT",
            path: "/r".to_owned(),
            status,
            code: Some("BadRequest".to_owned()),
            message: message.to_owned(),
            request_id: None,
            correlation_id: None,
        };
        Refusal::read(&failure).0
    }

    #[test]
    fn each_sentence_has_its_code_part_and_subject() {
        let cases = [
            (
                "Failed to run the analytics rule query. One of the tables does not exist.",
                "PK810",
                Part::Query,
                None,
            ),
            (
                "Failed to run the analytics rule query. 'where' operator: Failed to resolve table or column \
                 expression named 'Qualys_CL'",
                "PK810",
                Part::Query,
                Some("Qualys_CL"),
            ),
            (
                "'distinct' operator: Failed to resolve scalar expression named '[\"UPN\"]'.",
                "PK810",
                Part::Query,
                Some("UPN"),
            ),
            ("Unknown function: 'MyParser'.", "PK810", Part::Query, Some("MyParser")),
            ("Failed to run the analytics rule query. Operator is not allowed.", "PK811", Part::Query, None),
            (
                "Request is invalid: Syntax error: SYN0001: I could not parse that, sorry.",
                "PK811",
                Part::Query,
                None,
            ),
            (
                "The technique 'T1550.001' is invalid. The expected format is 'T####'",
                "PK812",
                Part::Techniques,
                Some("T1550.001"),
            ),
            (
                "No valid tactic corresponding to the technique T1078 was provided in the tactics field.",
                "PK812",
                Part::Techniques,
                Some("T1078"),
            ),
            (
                "Invalid identifier 'Naem' for entity type 'Account' encountered. Valid identifiers are: [Name]",
                "PK812",
                Part::EntityMappings,
                Some("Naem"),
            ),
            (
                "Missing required identifiers in 'EntityMappings' for type 'IP'. Required are: Address",
                "PK812",
                Part::EntityMappings,
                Some("IP"),
            ),
            ("The field QueryFrequency must be between PT5M and P14D.", "PK812", Part::QueryFrequency, None),
            ("A saved search with the same display name already exists.", "PK813", Part::Name, None),
            ("A detection rule with this alert title already exists.", "PK813", Part::Name, None),
            ("The workspace has reached the maximum of 512 enabled alert rules.", "PK814", Part::Rule, None),
            ("The rule with id 'x' was recently deleted.", "PK816", Part::Id, None),
            ("Something new.", "PK819", Part::Rule, None),
        ];
        for (message, code, part, subject) in cases {
            let read = read(400, message);
            assert_eq!((read.code, read.part, read.subject.as_deref()), (code, part, subject), "{message}");
        }
        assert_eq!(read(403, "no").code, "PK815");
        assert_eq!(read(500, "One of the tables does not exist.").code, "PK819", "a server error is none");
    }

    #[test]
    fn places_are_read_in_each_form() {
        for message in [
            "Syntax error: SYN0002 [line:position=2:13]",
            "Syntax error: Query could not be parsed at 'x' on line [2,13]",
            "A semantic error (line 2, position 13)",
        ] {
            assert_eq!(read(400, message).at, Some((2, 13)), "{message}");
        }
        assert_eq!(read(400, "Syntax error: SYN0001 [line:position=0:0]").at, None);
    }
}
