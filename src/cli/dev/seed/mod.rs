//! `cargo dev seed`: real rules with one defect each, and how many of these are found.

mod of_attack;
mod of_columns;
mod of_connectors;
mod of_files;
mod of_forms;
mod of_keys;
mod of_queries;
mod of_schedules;
mod subject;
mod without;

use std::collections::BTreeMap;
use std::path::PathBuf;

use rayon::prelude::*;

use self::subject::{Planted, Subject};
use crate::cli::load;
use crate::cli::{CliError, Exit, Shell};
use crate::diag::{Code, Diagnostic, Severity};
use crate::lint::{self, Facts, Settings};
use crate::project::{FoundFiles, RealFiles, Wanted, read_text, shown};
use crate::rule;
use crate::text::{SourceMap, TextRange};

/// The share of defects that has to be found, in percent.
const GOAL: usize = 98;

/// Plant defects in clean rules, and count those that are found with the right code at the right place.
#[derive(Debug, clap::Args)]
pub(crate) struct SeedArgs {
    /// Folders of rules to plant in.
    #[arg(long, default_value = "../shared/rules", value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// How many rules to plant each kind of defect in.
    #[arg(long, default_value_t = 100, value_name = "N")]
    each: usize,
    /// How many defects to show of each kind that were missed, or brought errors of other kinds.
    #[arg(long, default_value_t = 0, value_name = "N")]
    show: usize,
    /// Only kinds whose name or code has this in it.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

/// A kind of defect.
struct Maker {
    name: &'static str,
    /// The codes that say so, or what they start with.
    codes: &'static [&'static str],
    /// Plants it, where the rule has a place for it.
    make: fn(&Subject) -> Option<Planted>,
}

/// Every maker.
fn makers() -> impl Iterator<Item = &'static Maker> {
    let families = [
        of_files::MAKERS,
        of_keys::MAKERS,
        of_schedules::MAKERS,
        of_attack::MAKERS,
        of_connectors::MAKERS,
        of_columns::MAKERS,
        of_queries::MAKERS,
        of_forms::MAKERS,
    ];
    families.into_iter().flatten()
}

/// What became of the defects of a kind.
#[derive(Debug, Default)]
struct Tally {
    planted: usize,
    found: usize,
    /// Rules with errors of other codes than before.
    strays: usize,
    examples: Vec<String>,
}

impl SeedArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let subjects = self.subjects()?;
        if subjects.is_empty() {
            writeln!(shell.out(), "skipped: there are no rules to plant in")?;
            return Ok(Exit::Clean);
        }
        writeln!(shell.out(), "{} clean rules", subjects.len())?;
        writeln!(
            shell.out(),
            "{:<34} {:>8} {:>8} {:>8} {:>8}",
            "defect",
            "codes",
            "planted",
            "found",
            "strays"
        )?;
        let mut all = Tally::default();
        for maker in makers().filter(|maker| self.wants(maker)) {
            let tally = self.tally(maker, &subjects);
            let Tally { planted, found, strays, examples } = &tally;
            let code = maker.codes.first().copied().unwrap_or_default();
            writeln!(shell.out(), "{:<34} {code:>8} {planted:>8} {found:>8} {strays:>8}", maker.name)?;
            for example in examples {
                writeln!(shell.out(), "    {example}")?;
            }
            all.planted += planted;
            all.found += found;
            all.strays += strays;
        }
        if self.only.is_none() {
            writeln!(shell.out(), "not planted:")?;
            for (codes, reason) in without::WITHOUT {
                writeln!(shell.out(), "    {}: {reason}", codes.join(", "))?;
            }
            writeln!(
                shell.out(),
                "    most of KQ: said by the front end, which .ci/compare-kql holds against its reference"
            )?;
        }
        let Tally { planted, found, strays, .. } = all;
        let share = found as f64 * 100.0 / planted.max(1) as f64;
        writeln!(
            shell.out(),
            "{found} of {planted} found, {share:.1} %; {strays} with errors of other kinds"
        )?;
        let is_reached = found * 100 >= planted * GOAL && strays == 0;
        Ok(if is_reached { Exit::Clean } else { Exit::Findings })
    }

    fn wants(&self, maker: &Maker) -> bool {
        self.only.as_ref().is_none_or(|text| {
            maker.name.contains(text.as_str()) || maker.codes.iter().any(|code| code.contains(text.as_str()))
        })
    }

    /// The rules without errors that stand alone in their files.
    fn subjects(&self) -> Result<Vec<Subject>, CliError> {
        let folder = load::current_folder()?;
        let found = FoundFiles::under(&RealFiles, &self.rules, &folder, Wanted::Rules);
        let subject = |path: &PathBuf| {
            let text = read_text(&RealFiles, path).ok()?;
            let (rules, found) = check(&text);
            let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
            let [rule] = <[_; 1]>::try_from(rules).ok()?;
            (!found.iter().any(is_error)).then(|| Subject::new(shown(path, &folder), text, rule))
        };
        Ok(found.files.par_iter().filter_map(subject).collect())
    }

    fn tally(&self, maker: &Maker, subjects: &[Subject]) -> Tally {
        // Each kind begins at another rule, so that not all are planted in the same.
        let start = maker.name.bytes().map(usize::from).sum::<usize>() * 31 % subjects.len();
        let order = subjects[start..].iter().chain(&subjects[..start]);
        let planted: Vec<(&Subject, Planted)> =
            order.filter_map(|subject| Some((subject, (maker.make)(subject)?))).take(self.each).collect();
        let outcomes: Vec<Outcome> =
            planted.par_iter().map(|(subject, planted)| outcome(maker, subject, planted)).collect();
        let mut tally = Tally { planted: planted.len(), ..Tally::default() };
        for (outcome, (subject, planted)) in outcomes.iter().zip(&planted) {
            tally.found += usize::from(outcome.is_found);
            tally.strays += usize::from(!outcome.strays.is_empty());
            let is_fine = outcome.is_found && outcome.strays.is_empty();
            if !is_fine && tally.examples.len() < self.show {
                let at = planted.places.first().copied().unwrap_or_default();
                let (name, defect) = (&subject.name, at.slice(&planted.text));
                let what = if outcome.is_found { "strays" } else { "missed" };
                let seen = if outcome.is_found { &outcome.strays } else { &outcome.seen };
                tally.examples.push(format!("{what}: {name} {defect:?}: {}", seen.join("; ")));
            }
        }
        tally
    }
}

/// What became of one defect.
struct Outcome {
    is_found: bool,
    /// Errors of other codes than the defect's that the rule did not have before.
    strays: Vec<String>,
    /// Everything that was not there before.
    seen: Vec<String>,
}

fn outcome(maker: &Maker, subject: &Subject, planted: &Planted) -> Outcome {
    let before = counts(&check(&subject.text).1);
    let found = check(&planted.text).1;
    let is_meant = |finding: &Diagnostic| maker.codes.iter().any(|code| finding.code.starts_with(code));
    let is_there =
        |finding: &Diagnostic| planted.places.iter().any(|place| meet(finding.primary.span.range, *place));
    let is_found = found.iter().any(|finding| is_meant(finding) && is_there(finding));
    let now = counts(&found);
    let is_new = |finding: &&Diagnostic| now.get(finding.code) > before.get(finding.code);
    let say = |finding: &Diagnostic| {
        let range = finding.primary.span.range;
        format!("{} {} at {}: {}", finding.severity.as_str(), finding.code, range.start, finding.message)
    };
    let new: Vec<&Diagnostic> = found.iter().filter(is_new).collect();
    let is_stray = |finding: &&&Diagnostic| finding.severity == Severity::Error && !is_meant(finding);
    let strays = new.iter().filter(is_stray).map(|finding| say(finding)).collect();
    Outcome { is_found, strays, seen: new.into_iter().map(say).collect() }
}

/// Whether two ranges share a byte, or one is empty and touches the other.
fn meet(a: TextRange, b: TextRange) -> bool {
    if a.is_empty() || b.is_empty() {
        return a.start <= b.end && b.start <= a.end;
    }
    a.start < b.end && b.start < a.end
}

fn check(text: &str) -> (Vec<rule::Rule>, Vec<Diagnostic>) {
    let mut sources = SourceMap::new();
    let id = sources.add("seed.yaml", text);
    let (rules, found) = rule::read(id, text);
    let found = lint::check(&sources, &rules, found, Facts::builtin(), &Settings::default());
    (rules, found)
}

fn counts(found: &[Diagnostic]) -> BTreeMap<Code, usize> {
    let mut counts = BTreeMap::new();
    for finding in found {
        *counts.entry(finding.code).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The registered codes that are or begin with one of `codes`.
    fn named(codes: &[&str]) -> Vec<Code> {
        let is_named = |code: &Code| codes.iter().any(|start| code.starts_with(start));
        lint::registry().iter().map(|meta| meta.code).filter(is_named).collect()
    }

    #[test]
    fn every_code_is_planted_or_has_a_reason_not_to_be() {
        let planted: Vec<Code> = makers().flat_map(|maker| named(maker.codes)).collect();
        let reasoned: Vec<&str> =
            without::WITHOUT.iter().flat_map(|(codes, _)| codes.iter().copied()).collect();
        let is_one = |code: &Code| planted.contains(code) != reasoned.contains(code);
        let left = lint::registry().iter().map(|meta| meta.code).filter(|code| !is_one(code));
        assert_eq!(left.collect::<Vec<_>>(), Vec::<Code>::new(), "each has a maker or a reason to have none");
    }

    #[test]
    fn every_maker_plants_a_known_code() {
        let is_known = |code: &str| !named(&[code]).is_empty() || code.starts_with("KQ");
        for maker in makers() {
            assert!(
                !maker.codes.is_empty() && maker.codes.iter().all(|code| is_known(code)),
                "{}",
                maker.name
            );
        }
    }
}
