//! Which techniques of ATT&CK a set of rules covers, and which it does not.
//!
//! A rule covers a technique by naming it. It stands in the columns of those of the technique's tactics that the rule names
//! too; where it names none of them, in all of the technique's.
//!
//! A rule is tested when some test expects it to find something. Whether the test passes is not asked here: `picket test` runs
//! them.

pub mod diff;
pub mod layer;

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Attack, Domain, Tactic, Technique};
use crate::rule::{Rule, RuleKind, Severity};

pub use diff::{Change, CoverageDiff, diff};

/// A rule as far as coverage tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveringRule {
    /// Its id, empty without one.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it becomes.
    pub kind: RuleKind,
    /// Its severity; hunting queries have none.
    pub severity: Option<Severity>,
    /// Whether it runs by itself: an analytics rule that is enabled.
    pub alerts: bool,
    /// Whether some test expects it to find something.
    pub tested: bool,
}

/// A technique, or a part of one, with the rules that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// `T1219` or `T1219.002`.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Indices into [`Coverage::rules`] of the rules that name it itself.
    pub rules: Vec<usize>,
    /// Its parts; a part has none.
    pub parts: Vec<Covered>,
}

impl Covered {
    /// The rules that name it or one of its parts, each once.
    pub fn all(&self) -> BTreeSet<usize> {
        let parts = self.parts.iter().flat_map(|part| &part.rules);
        self.rules.iter().chain(parts).copied().collect()
    }

    /// Whether any rule names it or a part of it.
    pub fn is_covered(&self) -> bool {
        !self.rules.is_empty() || self.parts.iter().any(|part| !part.rules.is_empty())
    }
}

/// A tactic with its techniques.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// `command-and-control`.
    pub shortname: &'static str,
    /// `Command and Control`.
    pub name: &'static str,
    /// Its techniques, by name.
    pub techniques: Vec<Covered>,
}

impl Column {
    /// How many of its techniques some rule covers.
    pub fn covered(&self) -> usize {
        self.techniques.iter().filter(|technique| technique.is_covered()).count()
    }

    /// The rules that stand in it, each once.
    pub fn rules(&self) -> BTreeSet<usize> {
        self.techniques.iter().flat_map(Covered::all).collect()
    }
}

/// The matrix of a domain, with the rules in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The version of ATT&CK.
    pub version: &'static str,
    /// The domain.
    pub domain: Domain,
    /// Its tactics, in the order of the matrix.
    pub columns: Vec<Column>,
    /// Every rule, in the order given.
    pub rules: Vec<CoveringRule>,
    /// Indices of the rules that name no technique of the matrix.
    pub elsewhere: Vec<usize>,
    /// For each platform, how many techniques can be seen on it, and how many of those some rule covers.
    pub platforms: BTreeMap<&'static str, (usize, usize)>,
}

impl Coverage {
    /// Every technique once, whatever the number of its tactics, by id.
    pub fn techniques(&self) -> BTreeMap<&'static str, &Covered> {
        self.columns.iter().flat_map(|column| &column.techniques).map(|it| (it.id, it)).collect()
    }

    /// How many techniques there are, and how many of them some rule covers.
    pub fn total(&self) -> (usize, usize) {
        let all: BTreeSet<_> =
            self.columns.iter().flat_map(|column| &column.techniques).map(|it| it.id).collect();
        let covered = self.columns.iter().flat_map(|column| &column.techniques).filter(|it| it.is_covered());
        (all.len(), covered.map(|it| it.id).collect::<BTreeSet<_>>().len())
    }

    /// How many techniques some tested rule covers.
    pub fn tested_techniques(&self) -> usize {
        let tested = self.columns.iter().flat_map(|column| &column.techniques);
        let tested = tested.filter(|technique| self.tested(&technique.all()) > 0);
        tested.map(|it| it.id).collect::<BTreeSet<_>>().len()
    }

    /// How many of `rules` are tested.
    pub fn tested(&self, rules: &BTreeSet<usize>) -> usize {
        rules.iter().filter(|at| self.rules[**at].tested).count()
    }

    /// How many of all rules are tested.
    pub fn tested_rules(&self) -> usize {
        self.rules.iter().filter(|rule| rule.tested).count()
    }

    /// What a picture shows of a technique: `high`, `medium` or `low` by the gravest severity of its enabled rules, else
    /// `hunt`, `off` or `none`.
    pub fn shade(&self, technique: &Covered) -> &'static str {
        let rules = technique.all();
        let any = |is: &dyn Fn(&CoveringRule) -> bool| rules.iter().any(|at| is(&self.rules[*at]));
        match self.gravest(&rules) {
            Some(Severity::High) => "high",
            Some(Severity::Medium) => "medium",
            Some(_) => "low",
            None if any(&|rule| rule.alerts) => "low",
            None if any(&|rule| rule.kind == RuleKind::Hunting) => "hunt",
            None if rules.is_empty() => "none",
            None => "off",
        }
    }

    /// The gravest severity of `rules` that run by themselves.
    pub fn gravest(&self, rules: &BTreeSet<usize>) -> Option<Severity> {
        rules
            .iter()
            .map(|at| &self.rules[*at])
            .filter(|rule| rule.alerts)
            .filter_map(|rule| rule.severity)
            .max()
    }
}

/// What a matrix holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted<'a> {
    /// Only what can be seen on this platform, such as `Windows`, whatever its case.
    pub platform: Option<&'a str>,
}

/// The order of the enterprise matrix, which is that of an attack and not that of the ids.
const ORDER: [&str; 15] = [
    "TA0043", "TA0042", "TA0001", "TA0002", "TA0003", "TA0004", "TA0005", "TA0112", "TA0006", "TA0007",
    "TA0008", "TA0009", "TA0011", "TA0010", "TA0040",
];

/// The coverage of `domain` by `rules`, of which those at `tested` have a test that expects them to find something.
pub fn coverage(
    attack: &Attack,
    domain: Domain,
    rules: &[&Rule],
    tested: &BTreeSet<usize>,
    wanted: Wanted<'_>,
) -> Coverage {
    let covering: Vec<_> =
        rules.iter().enumerate().map(|(at, rule)| covering(rule, tested.contains(&at))).collect();
    let in_domain = |technique: &&Technique| technique.domain == domain && technique.is_active();
    let on_platform = |technique: &&Technique| {
        let platforms = attack.platforms(technique.id);
        wanted.platform.is_none_or(|wanted| platforms.iter().any(|name| name.eq_ignore_ascii_case(wanted)))
    };
    let techniques: Vec<&Technique> =
        attack.techniques().iter().filter(in_domain).filter(on_platform).collect();
    let placed = Placed::new(attack, rules, &techniques);
    let mut tactics: Vec<&Tactic> =
        attack.tactics().iter().filter(|tactic| tactic.domain == domain && is_active(tactic)).collect();
    let place = |tactic: &Tactic| ORDER.iter().position(|id| *id == tactic.id).unwrap_or(ORDER.len());
    tactics.sort_by_key(|tactic| (place(tactic), tactic.id));
    let columns: Vec<Column> = tactics.into_iter().map(|tactic| placed.column(tactic, &techniques)).collect();
    let mut platforms: BTreeMap<&'static str, (usize, usize)> = BTreeMap::new();
    let by_id: BTreeMap<_, _> = columns.iter().flat_map(|it| &it.techniques).map(|it| (it.id, it)).collect();
    for (id, covered) in by_id {
        for platform in attack.platforms(id) {
            let (all, seen) = platforms.entry(platform).or_default();
            *all += 1;
            *seen += usize::from(covered.is_covered());
        }
    }
    let within: BTreeSet<usize> = columns.iter().flat_map(Column::rules).collect();
    let elsewhere = (0..covering.len()).filter(|at| !within.contains(at)).collect();
    Coverage { version: attack.version(), domain, columns, rules: covering, elsewhere, platforms }
}

fn is_active(tactic: &Tactic) -> bool {
    tactic.status == crate::catalog::Status::Active
}

fn covering(rule: &Rule, tested: bool) -> CoveringRule {
    let hunting = rule.kind == RuleKind::Hunting;
    CoveringRule {
        id: rule.id.as_ref().map(|id| id.value.clone()).unwrap_or_default(),
        name: rule.display_name().to_owned(),
        kind: rule.kind,
        severity: rule.severity.as_ref().map(|severity| severity.value).filter(|_| !hunting),
        alerts: !hunting && rule.is_enabled(),
        tested,
    }
}

/// Where each rule stands: by shortname of a tactic and id of a technique.
struct Placed {
    rules: BTreeMap<(&'static str, &'static str), Vec<usize>>,
}

impl Placed {
    fn new(attack: &Attack, rules: &[&Rule], techniques: &[&Technique]) -> Self {
        let known: BTreeMap<&str, &Technique> = techniques.iter().map(|it| (it.id, *it)).collect();
        let mut placed: BTreeMap<(&'static str, &'static str), Vec<usize>> = BTreeMap::new();
        for (at, rule) in rules.iter().enumerate() {
            let named: BTreeSet<&str> = rule.tactics.iter().map(|tactic| tactic.value.as_str()).collect();
            for id in rule.techniques.iter().map(|it| it.value.trim()).collect::<BTreeSet<_>>() {
                let Some(technique) = known.get(id) else { continue };
                let is_named = |shortname: &&&'static str| {
                    attack.service_name(shortname).is_some_and(|name| named.contains(name))
                };
                let mut tactics: Vec<&'static str> =
                    technique.tactics.iter().filter(is_named).copied().collect();
                if tactics.is_empty() {
                    tactics.clone_from(&technique.tactics);
                }
                for tactic in tactics {
                    placed.entry((tactic, technique.id)).or_default().push(at);
                }
            }
        }
        Self { rules: placed }
    }

    fn column(&self, tactic: &Tactic, techniques: &[&Technique]) -> Column {
        let within = techniques.iter().filter(|technique| technique.tactics.contains(&tactic.shortname));
        let covered = |technique: &Technique, parts: Vec<Covered>| Covered {
            id: technique.id,
            name: technique.name,
            rules: self.rules.get(&(tactic.shortname, technique.id)).cloned().unwrap_or_default(),
            parts,
        };
        let mut parts: BTreeMap<&str, Vec<Covered>> = BTreeMap::new();
        let mut whole = Vec::new();
        for technique in within {
            match technique.id.split_once('.') {
                Some((parent, _)) => parts.entry(parent).or_default().push(covered(technique, Vec::new())),
                None => whole.push(*technique),
            }
        }
        let mut column: Vec<_> =
            whole.into_iter().map(|it| covered(it, parts.remove(it.id).unwrap_or_default())).collect();
        column.sort_by_key(|technique| technique.name);
        Column { shortname: tactic.shortname, name: tactic.name, techniques: column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceId;

    fn rules(texts: &[&str]) -> Vec<Rule> {
        texts.iter().flat_map(|text| crate::rule::read(SourceId(0), text).0).collect()
    }

    fn column<'c>(coverage: &'c Coverage, shortname: &str) -> &'c Column {
        coverage.columns.iter().find(|column| column.shortname == shortname).unwrap()
    }

    #[test]
    fn rules_stand_where_they_say_they_do() {
        let rules = rules(&[
            "id: a\nname: A\nkind: Scheduled\nseverity: High\ntactics: [CommandAndControl]\nrelevantTechniques: [T1219.002, T1219]\nquery: X\n",
            "id: b\nname: B\nkind: Hunting\nseverity: Low\ntactics: [Persistence]\nrelevantTechniques: [T1078]\nquery: X\n",
            "id: c\nname: C\nkind: Scheduled\nenabled: false\nseverity: Low\nrelevantTechniques: [T1078, T9999]\nquery: X\n",
            "id: d\nname: D\nkind: Scheduled\nquery: X\n",
        ]);
        let attack = Attack::builtin();
        let rules: Vec<&Rule> = rules.iter().collect();
        let coverage = coverage(&attack, Domain::Enterprise, &rules, &[0, 3].into(), Wanted::default());
        let c2 = column(&coverage, "command-and-control");
        let remote = c2.techniques.iter().find(|it| it.id == "T1219").unwrap();
        assert_eq!((remote.rules.as_slice(), remote.all().len()), ([0].as_slice(), 1));
        assert_eq!(c2.covered(), 1);
        // B names one of the tactics of its technique, C none, and so stands in all of them.
        assert_eq!(column(&coverage, "persistence").rules(), [1, 2].into());
        assert_eq!(column(&coverage, "initial-access").rules(), [2].into());
        assert_eq!(coverage.elsewhere, [3]);
        assert_eq!(coverage.total().1, 2);
        assert_eq!(coverage.gravest(&[0, 1, 2].into()), Some(Severity::High));
        assert_eq!(coverage.gravest(&[1, 2].into()), None);
        assert_eq!((coverage.tested_rules(), coverage.tested_techniques()), (2, 1));
        assert_eq!(coverage.tested(&[1, 2].into()), 0);
        let (windows, seen) = coverage.platforms["Windows"];
        assert!(windows > 100 && seen == 2, "{windows} {seen}");
    }

    #[test]
    fn a_platform_narrows_the_matrix() {
        let attack = Attack::builtin();
        let none = BTreeSet::new();
        let all = coverage(&attack, Domain::Enterprise, &[], &none, Wanted::default()).total().0;
        let within = Wanted { platform: Some("containers") };
        let some = coverage(&attack, Domain::Enterprise, &[], &none, within).total().0;
        assert!(some > 10 && some < all / 2, "{some} of {all}");
    }
}
