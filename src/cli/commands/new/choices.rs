//! What the words of options stand for.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::catalog::kql::KqlCatalog;
use crate::catalog::{Catalog, Entity, Technique};
use crate::cli::output::human;
use crate::cli::{CliError, Shell};
use crate::diag::{Nearest, nearest};
use crate::rule::{Duration, RuleKind};
use crate::start::rule::{Mapping, QueryFacts};
use crate::text::SourceMap;

/// An error about a word that is none of `known`, with the nearest.
fn unknown<'k>(what: &str, written: &str, known: impl IntoIterator<Item = &'k str>, help: &str) -> CliError {
    let error = CliError::new(format!("there is no {what} `{written}`"));
    match nearest(written, known) {
        Some(meant) => error.help(format!("the nearest is `{meant}`")),
        None => error.help(help.to_owned()),
    }
}

/// A table by its name, whatever the case.
pub(super) fn table<'k>(written: &str, kql: &'k KqlCatalog) -> Result<&'k str, CliError> {
    let found = kql.table_names().find(|name| name.eq_ignore_ascii_case(written));
    found.ok_or_else(|| {
        let error = CliError::new(format!("no table `{written}` is known"));
        let mut search = Nearest::to(written);
        kql.offer_tables(&mut search);
        match search.found() {
            Some(meant) => error.help(format!("the nearest is `{meant}`")),
            None => error
                .help("declare a table of your own in the folder `kql`, or give the query with `--query`"),
        }
    })
}

/// The error of a query that is wrong.
pub(super) fn wrong_query(query: &str, facts: &QueryFacts, shell: &Shell) -> CliError {
    let mut sources = SourceMap::new();
    let id = sources.add("<query>", query);
    let errors: Vec<_> = facts.errors.iter().map(|it| it.clone().moved(id, |range| range)).collect();
    CliError::new("the query cannot be used").report(human(&sources, &errors, shell.colors_err()))
}

/// Techniques by their ids or names.
pub(super) fn techniques<'c>(
    written: &[String],
    catalog: &'c Catalog,
) -> Result<Vec<&'c Technique>, CliError> {
    let attack = catalog.attack();
    let mut found = Vec::new();
    for word in written {
        let word = word.trim();
        let technique = attack
            .technique(&word.to_ascii_uppercase())
            .or_else(|| attack.technique_by_name(word))
            .ok_or_else(|| {
                let known =
                    attack.techniques().iter().filter(|it| it.is_active()).flat_map(|it| [it.id, it.name]);
                unknown("technique", word, known, "`picket coverage --gaps` lists those of ATT&CK")
            })?;
        if !technique.is_active() {
            let error = CliError::new(format!("ATT&CK has withdrawn {} {}", technique.id, technique.name));
            return Err(match attack.replacements(technique).last() {
                Some(newer) => error.help(format!("{} {} took its place", newer.id, newer.name)),
                None => error.help("nothing took its place"),
            });
        }
        found.push(technique);
    }
    Ok(found)
}

/// Tactics by their names; without any, those of the techniques.
pub(super) fn tactics(
    written: &[String],
    techniques: &[&Technique],
    catalog: &Catalog,
) -> Result<Vec<String>, CliError> {
    let attack = catalog.attack();
    if written.is_empty() {
        let mut found: BTreeSet<&str> = BTreeSet::new();
        for technique in techniques {
            let of = attack.tactics_of(technique);
            match of.only() {
                Some(tactic) => {
                    found.insert(tactic);
                }
                None => {
                    let named = of.named();
                    return Err(CliError::new(format!(
                        "{} {} belongs to several tactics",
                        technique.id, technique.name
                    ))
                    .help(format!("say which is meant: `--tactic {}`", named.join("` or `--tactic "))));
                }
            }
        }
        return Ok(found.into_iter().map(str::to_owned).collect());
    }
    let squeezed = |text: &str| -> String {
        text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase()
    };
    let known: Vec<&str> = attack.service_tactics().iter().map(|(name, _)| *name).collect();
    let one = |word: &String| {
        let found = known.iter().find(|name| squeezed(name) == squeezed(word));
        let found = found.map(|name| (*name).to_owned());
        found.ok_or_else(|| unknown("tactic", word, known.iter().copied(), &known.join(", ")))
    };
    written.iter().map(one).collect()
}

/// `Account=Column`, `Host.HostName=Column` or `Host.HostName=One,DnsDomain=Other`.
pub(super) fn entities(
    written: &[String],
    facts: &QueryFacts,
    catalog: &Catalog,
) -> Result<Vec<Mapping>, CliError> {
    let known = catalog.entities();
    let mut found = Vec::new();
    for word in written {
        let malformed = || {
            CliError::new(format!("`{word}` names no entity and column"))
                .help("such as `Account=UserPrincipalName` or `Host.HostName=Name,DnsDomain=Domain`")
        };
        let (head, _) = word.split_once('=').ok_or_else(malformed)?;
        let (name, identifier) = match head.split_once('.') {
            Some((name, identifier)) => (name, Some(identifier)),
            None => (head, None),
        };
        let entity =
            known.iter().find(|it| it.mappable && it.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
                let names = known.iter().filter(|it| it.mappable).map(|it| it.name);
                unknown("entity type", name, names, "`picket schema` lists them")
            })?;
        let mut fields = Vec::new();
        for (at, part) in word.split(',').enumerate() {
            let (key, column) = part.split_once('=').ok_or_else(malformed)?;
            let identifier = match (at, identifier) {
                (0, Some(identifier)) => known_identifier(entity, identifier)?,
                (0, None) => main_identifier(entity, column, catalog)?,
                _ => known_identifier(entity, key)?,
            };
            let is_there = facts.columns.iter().any(|known| known == column);
            if !is_there && !facts.open {
                let names = facts.columns.iter().map(String::as_str);
                return Err(unknown("column", column, names, "the result of the query does not have it"));
            }
            fields.push((identifier.to_owned(), column.to_owned()));
        }
        found.push(Mapping { entity: entity.name.to_owned(), fields });
    }
    Ok(found)
}

fn known_identifier(entity: &Entity, written: &str) -> Result<&'static str, CliError> {
    let found = entity.identifiers.iter().find(|name| name.eq_ignore_ascii_case(written));
    found.copied().ok_or_else(|| {
        let what = format!("identifier of {}", entity.name);
        unknown(&what, written, entity.identifiers.iter().copied(), &entity.identifiers.join(", "))
    })
}

/// The identifier that a column is known to hold, or else the first that is enough.
fn main_identifier(entity: &Entity, column: &str, catalog: &Catalog) -> Result<&'static str, CliError> {
    let of_entity = catalog.entity_columns().iter().filter(|known| known.entity == entity.name);
    let known = of_entity.flat_map(|known| &known.fields).find(|(_, name)| *name == column);
    let first = entity.required_any_of.iter().find(|set| set.len() == 1).and_then(|set| set.first().copied());
    known.map(|(identifier, _)| *identifier).or(first).ok_or_else(|| {
        let set = entity.required_any_of.first().map(|set| set.join(" and ")).unwrap_or_default();
        CliError::new(format!("{} takes more than one column: {set}", entity.name)).help(format!(
            "such as `{}.{}`",
            entity.name,
            entity
                .required_any_of
                .first()
                .map(|set| set.iter().map(|it| format!("{it}=COLUMN")).collect::<Vec<_>>().join(","))
                .unwrap_or_default()
        ))
    })
}

/// A duration in its short form.
pub(super) fn duration(written: &str) -> Result<String, CliError> {
    match Duration::parse(written.trim()) {
        Ok(duration) => Ok(duration.short()),
        Err(error) => Err(CliError::new(format!("`{written}` is no duration"))
            .cause(error)
            .help("such as 15m, 1h or 1d")),
    }
}

/// An id that is given.
pub(super) fn id(written: Option<&str>) -> Result<Option<String>, CliError> {
    let Some(written) = written else { return Ok(None) };
    let id = Uuid::parse_str(written.trim())
        .map_err(|error| CliError::new(format!("`{written}` is no UUID")).cause(error))?;
    Ok(Some(id.to_string()))
}

/// What can be said of a rule that nobody described.
pub(super) fn description(kind: RuleKind, facts: &QueryFacts, frequency: &str) -> String {
    let tables = match facts.tables.as_slice() {
        [] => "its rows".to_owned(),
        tables => tables.join(", "),
    };
    match kind {
        RuleKind::Scheduled => {
            format!("Looks into {tables} every {frequency} and alerts on what the query returns.")
        }
        RuleKind::Nrt => format!("Looks into {tables} near real time and alerts on what the query returns."),
        RuleKind::Hunting => format!("Looks into {tables} for what the query returns."),
    }
}
