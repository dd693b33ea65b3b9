//! The questions of `picket new`, for what the options do not say.

use clap::ValueEnum;

use super::{Heaviness, Kind, NewArgs, choices};
use crate::catalog::Domain;
use crate::cli::asking::Ask;
use crate::cli::load::{self, Opened};
use crate::cli::{CliError, Shell};
use crate::start::rule::{QueryFacts, first_query};

/// Asks for what `args` lack, and puts the answers into them.
///
/// # Errors
/// When nobody answers.
pub(super) fn ask(
    args: &mut NewArgs,
    opened: &Opened,
    person: &mut dyn Ask,
    shell: &mut Shell,
) -> Result<(), CliError> {
    let (catalog, kql) = (&opened.catalog, opened.kql());
    let needed = |text: &str| text.trim().is_empty().then(|| "it cannot be empty".to_owned());
    if args.name.is_none() {
        args.name = Some(person.text("Name of the rule", None, &needed)?);
    }
    if args.kind.is_none() {
        let kinds =
            ["scheduled: runs on a schedule", "nrt: runs about every minute", "hunting: run by an analyst"];
        let at = person.one("Kind", &kinds.map(str::to_owned), 0)?;
        args.kind = Kind::value_variants().get(at).copied();
    }
    if args.query.is_none() && args.file.is_none() {
        let table = match &args.table {
            Some(table) => choices::table(table, kql)?.to_owned(),
            None => {
                let mut names: Vec<String> = kql.table_names().map(str::to_owned).collect();
                names.sort();
                let at = person.one("Table (type to search)", &names, 0)?;
                names.swap_remove(at)
            }
        };
        let fault = |text: &str| {
            if text.trim().is_empty() {
                return None;
            }
            let query = first_query(&table, Some(text), kql, catalog);
            QueryFacts::of(&query, kql).errors.first().map(|error| error.message.clone())
        };
        let condition = match &args.condition {
            Some(condition) => condition.clone(),
            None => {
                person.text("Which rows: the condition behind `where`, nothing for all", Some(""), &fault)?
            }
        };
        let condition = Some(condition.trim()).filter(|text| !text.is_empty());
        args.query = Some(first_query(&table, condition, kql, catalog));
        args.table = None;
        args.condition = None;
    }
    let query = match (&args.query, &args.file) {
        (Some(query), _) => query.clone(),
        (None, Some(file)) => load::read_file_or_input(file)?,
        (None, None) => String::new(),
    };
    let facts = QueryFacts::of(&query, kql);
    if !facts.errors.is_empty() {
        return Err(choices::wrong_query(&query, &facts, shell));
    }
    // Standard input is read once.
    (args.query, args.file) = (Some(query), None);
    if args.description.is_none() {
        args.description = Some(person.text("What it finds, in a sentence", None, &needed)?);
    }
    let is_hunting = args.kind == Some(Kind::Hunting);
    if args.severity.is_none() && !is_hunting {
        let names = ["informational", "low", "medium", "high"].map(str::to_owned);
        let at = person.one("Severity", &names, 2)?;
        args.severity = Heaviness::value_variants().get(at).copied();
    }
    attack(args, opened, person)?;
    if args.kind == Some(Kind::Scheduled) {
        let fault = |text: &str| choices::duration(text).err().map(|error| error.message);
        if args.frequency.is_none() {
            args.frequency = Some(person.text("How often it runs", Some("1h"), &fault)?);
        }
        if args.period.is_none() {
            args.period = Some(person.text("How far back it looks", args.frequency.as_deref(), &fault)?);
        }
    }
    if args.entity.is_empty() && !args.no_entities {
        let proposed = facts.entities(catalog);
        if !proposed.is_empty() {
            let names: Vec<String> = proposed.iter().map(ToString::to_string).collect();
            let chosen = person.some("Entities (space takes one out)", &names)?;
            args.no_entities = chosen.is_empty();
            let chosen = chosen.into_iter().filter_map(|at| proposed.get(at));
            args.entity = chosen
                .map(|mapping| {
                    let fields: Vec<String> = mapping
                        .fields
                        .iter()
                        .map(|(identifier, column)| format!("{identifier}={column}"))
                        .collect();
                    format!("{}.{}", mapping.entity, fields.join(","))
                })
                .collect();
        }
    }
    Ok(())
}

/// Asks for technique and tactic.
fn attack(args: &mut NewArgs, opened: &Opened, person: &mut dyn Ask) -> Result<(), CliError> {
    let attack = opened.catalog.attack();
    if args.technique.is_empty() {
        let techniques = attack.techniques().iter();
        let known: Vec<_> =
            techniques.filter(|it| it.is_active() && it.domain == Domain::Enterprise).collect();
        let mut names = vec!["none".to_owned()];
        names.extend(known.iter().map(|it| format!("{} {}", it.id, it.name)));
        let at = person.one("Technique of ATT&CK (type to search)", &names, 0)?;
        args.technique.extend(at.checked_sub(1).and_then(|at| known.get(at)).map(|it| it.id.to_owned()));
    }
    if args.tactic.is_empty() {
        for technique in choices::techniques(&args.technique, &opened.catalog)? {
            let of = attack.tactics_of(technique);
            let names: Vec<String> = match of.only() {
                Some(only) => vec![only.to_owned()],
                None => of.named().into_iter().map(str::to_owned).collect(),
            };
            let at = if names.len() > 1 { person.one("Tactic", &names, 0)? } else { 0 };
            args.tactic.extend(names.get(at).cloned());
        }
        args.tactic.dedup();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;
    use crate::cli::ColorChoice;

    /// Gives answers in order: a text; for a choice, a part of the option; for several, the parts of those that stay.
    struct Scripted(VecDeque<&'static str>);

    impl Scripted {
        fn next(&mut self, question: &str) -> &'static str {
            self.0.pop_front().unwrap_or_else(|| panic!("nothing is left to answer `{question}`"))
        }
    }

    impl Ask for Scripted {
        fn text(
            &mut self,
            question: &str,
            proposal: Option<&str>,
            fault: &dyn Fn(&str) -> Option<String>,
        ) -> Result<String, CliError> {
            loop {
                let answer = self.next(question);
                let answer = if answer.is_empty() { proposal.unwrap_or_default() } else { answer };
                match fault(answer) {
                    None => return Ok(answer.to_owned()),
                    // What is wrong is asked again, and the next answer has to be better.
                    Some(fault) => assert!(!fault.is_empty()),
                }
            }
        }

        fn one(&mut self, question: &str, options: &[String], proposal: usize) -> Result<usize, CliError> {
            let answer = self.next(question);
            if answer.is_empty() {
                return Ok(proposal);
            }
            let found = options.iter().position(|option| option.contains(answer));
            Ok(found.unwrap_or_else(|| panic!("`{question}` has no option `{answer}`: {options:?}")))
        }

        fn some(&mut self, question: &str, options: &[String]) -> Result<Vec<usize>, CliError> {
            let answer = self.next(question);
            Ok((0..options.len())
                .filter(|at| answer.split(' ').any(|part| options[*at].contains(part)))
                .collect())
        }
    }

    fn answered(args: NewArgs, answers: &[&'static str]) -> NewArgs {
        let mut shell = Shell::new(ColorChoice::Never);
        let opened = load::open(&shell, false).unwrap();
        let mut person = Scripted(answers.iter().copied().collect());
        let mut args = args;
        ask(&mut args, &opened, &mut person, &mut shell).unwrap();
        assert!(person.0.is_empty(), "{:?} were not asked for", person.0);
        args
    }

    #[test]
    fn answers_become_a_rule() {
        let args = answered(
            NewArgs::default(),
            &[
                " ",
                "Sign-in from an odd place",
                "scheduled",
                "SigninLogs",
                "Locatio == 'KP'",
                "Location == 'KP'",
                "Finds sign-ins from a place where nobody works.",
                "high",
                "T1078 ",
                "InitialAccess",
                "soon",
                "30m",
                "",
                "Account IP",
            ],
        );
        let opened = load::open(&Shell::new(ColorChoice::Never), false).unwrap();
        let args = NewArgs { id: Some("31bc89e1-7c3a-4018-b00f-f676c61ab673".to_owned()), ..args };
        let draft = args.draft(&opened, &Shell::new(ColorChoice::Never)).unwrap();
        insta::assert_snapshot!("asked", draft.text());
    }

    #[test]
    fn what_options_say_is_not_asked() {
        let args = NewArgs {
            kind: Some(Kind::Hunting),
            query: Some("print x = 1".to_owned()),
            description: Some("Finds one.".to_owned()),
            ..NewArgs::default()
        };
        let args = answered(args, &["One", "none"]);
        assert_eq!((args.name.as_deref(), args.technique.len(), args.tactic.len()), (Some("One"), 0, 0));
    }
}
