//! ATT&CK: tactics and techniques of the current and the previous version, and the service's reading.

use std::collections::{BTreeSet, HashMap};

use super::table::{Table, list};

mod release;
mod stix;

pub use release::AttackTableError;
pub use stix::{AttackTable, BundleError, attack_table};

const TACTICS: Table = Table::new(include_str!("../../../schemas/facts/attack_tactics.tsv"));
const TECHNIQUES: Table = Table::new(include_str!("../../../schemas/facts/attack_techniques.tsv"));
const PLATFORMS: Table = Table::new(include_str!("../../../schemas/facts/attack_platforms.tsv"));
const SERVICE: Table = Table::new(include_str!("../../../schemas/facts/service_techniques.tsv"));
const ENUMS: Table = Table::new(include_str!("../../../schemas/facts/service_enums.tsv"));

/// The property of the service's contract whose values are its tactics.
const SERVICE_TACTICS: &str = "ScheduledAlertRuleProperties.tactics";

/// A matrix of ATT&CK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Domain {
    /// Enterprise.
    Enterprise,
    /// Industrial control systems; `T0…`.
    Ics,
    /// Mobile.
    Mobile,
    /// PRE-ATT&CK, withdrawn as a whole.
    Pre,
}

/// Whether ATT&CK still counts something in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// In force.
    Active,
    /// Another technique took its place.
    Revoked,
    /// Withdrawn, nothing took its place.
    Deprecated,
    /// Not in this version; a newer one has it.
    Absent,
}

/// A tactic of one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tactic {
    /// `TA0005`
    pub id: &'static str,
    /// Its matrix.
    pub domain: Domain,
    /// `stealth`
    pub shortname: &'static str,
    /// `Stealth`
    pub name: &'static str,
    /// Whether it is in force.
    pub status: Status,
    /// Shortname and name in the previous version; none when it is new.
    pub previous: Option<(&'static str, &'static str)>,
    /// The service's name for it, if it has one.
    pub sentinel: Option<&'static str>,
}

/// A technique or sub-technique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Technique {
    /// `T1059` or `T1059.001`
    pub id: &'static str,
    /// Its matrix.
    pub domain: Domain,
    /// Its name.
    pub name: &'static str,
    /// Whether it is in force.
    pub status: Status,
    /// Shortnames of its tactics.
    pub tactics: Vec<&'static str>,
    /// The technique that took its place.
    pub replaced_by: Option<&'static str>,
    /// What the previous version said of it; none when it is new.
    pub previous: Option<PreviousTechnique>,
}

impl Technique {
    /// Whether the current version has it in force.
    pub fn is_active(&self) -> bool {
        self.status == Status::Active
    }

    /// Whether the previous version had it in force.
    pub fn was_active(&self) -> bool {
        self.previous.as_ref().is_some_and(|previous| previous.status == Status::Active)
    }
}

/// A technique in the previous version of ATT&CK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviousTechnique {
    /// Its name then.
    pub name: &'static str,
    /// Whether it was in force.
    pub status: Status,
    /// Shortnames of its tactics then.
    pub tactics: Vec<&'static str>,
    /// The technique that had taken its place then.
    pub replaced_by: Option<&'static str>,
}

/// The service's names of the tactics a technique belongs to, by three readings.
///
/// The service decides with a table of its own that is not published in full and lags behind ATT&CK, so a
/// technique counts as belonging to a tactic when any of the three says so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TechniqueTactics {
    /// By the current version of ATT&CK.
    pub current: BTreeSet<&'static str>,
    /// By the previous version.
    pub previous: BTreeSet<&'static str>,
    /// By the service's own table, as far as it is known.
    pub service: BTreeSet<&'static str>,
}

impl TechniqueTactics {
    /// Whether any reading has `tactic`, given in the service's spelling.
    pub fn contains(&self, tactic: &str) -> bool {
        [&self.current, &self.previous, &self.service].iter().any(|reading| reading.contains(tactic))
    }

    /// The tactics to name to a person: those of the current version, else those of any reading.
    pub fn named(&self) -> Vec<&'static str> {
        let readings =
            if self.current.is_empty() { [&self.previous, &self.service] } else { [&self.current; 2] };
        let all: BTreeSet<_> = readings.into_iter().flatten().copied().collect();
        all.into_iter().collect()
    }

    /// The one tactic that no reading is known to refuse, if there is just one that ATT&CK names.
    pub fn only(&self) -> Option<&'static str> {
        let named = self.named();
        let [only] = named.as_slice() else { return None };
        (self.service.is_empty() || self.service.contains(only)).then_some(*only)
    }
}

/// ATT&CK and the service's reading of it.
#[derive(Debug)]
pub struct Attack {
    tactics: Vec<Tactic>,
    techniques: Vec<Technique>,
    service: HashMap<&'static str, Vec<&'static str>>,
    platforms: HashMap<&'static str, Vec<&'static str>>,
    service_tactics: Vec<(&'static str, Vec<&'static str>)>,
    version: &'static str,
    previous_version: &'static str,
    is_other_newer: bool,
}

impl Attack {
    /// The newest built-in version.
    pub fn builtin() -> Self {
        let service_tactics = ENUMS
            .rows()
            .filter(|[property, _, _]| *property == SERVICE_TACTICS)
            .map(|[_, value, versions]| (value, list(versions)));
        let mut techniques: Vec<Technique> = TECHNIQUES.rows().map(technique).collect();
        // The file is sorted as lines; look-ups need the order of the ids.
        techniques.sort_by_key(|technique| technique.id);
        Self {
            tactics: TACTICS.rows().map(tactic).collect(),
            techniques,
            service: SERVICE.rows().map(|[technique, tactics]| (technique, list(tactics))).collect(),
            platforms: PLATFORMS.rows().map(|[technique, names]| (technique, list(names))).collect(),
            service_tactics: service_tactics.collect(),
            version: TECHNIQUES.head("version"),
            previous_version: TECHNIQUES.head("previous version"),
            is_other_newer: false,
        }
    }

    /// The version of ATT&CK, such as `19.1`.
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// The other version that the tables hold, such as `18.1`: the one before it, or the one after it.
    pub fn previous_version(&self) -> &'static str {
        self.previous_version
    }

    /// Whether the other version is the newer one.
    pub fn is_other_newer(&self) -> bool {
        self.is_other_newer
    }

    /// Every tactic of every domain.
    pub fn tactics(&self) -> &[Tactic] {
        &self.tactics
    }

    /// Every technique of every domain, by id.
    pub fn techniques(&self) -> &[Technique] {
        &self.techniques
    }

    /// The technique `id`, in exactly this spelling.
    pub fn technique(&self, id: &str) -> Option<&Technique> {
        let index = self.techniques.binary_search_by_key(&id, |technique| technique.id).ok()?;
        self.techniques.get(index)
    }

    /// The platforms on which the technique `id` can be seen, such as `Windows`; none for what has no entry.
    pub fn platforms(&self, id: &str) -> &[&'static str] {
        self.platforms.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The technique called `name`, whatever the case; one that is in force before one that is not.
    pub fn technique_by_name(&self, name: &str) -> Option<&Technique> {
        let named = self.techniques.iter().filter(|technique| technique.name.eq_ignore_ascii_case(name));
        named.min_by_key(|technique| technique.status)
    }

    /// What replaced `technique`, step by step; the last is the one to use.
    pub fn replacements(&self, technique: &Technique) -> Vec<&Technique> {
        let mut chain: Vec<&Technique> = Vec::new();
        let mut next = technique.replaced_by;
        while let Some(found) = next.and_then(|id| self.technique(id)) {
            // Guards against a circle in the data.
            if found.id == technique.id || chain.iter().any(|step| step.id == found.id) {
                break;
            }
            chain.push(found);
            next = found.replaced_by;
        }
        chain
    }

    /// The tactics the service takes, with the API versions that name each.
    pub fn service_tactics(&self) -> &[(&'static str, Vec<&'static str>)] {
        &self.service_tactics
    }

    /// Whether `tactic` is a tactic of the service, in exactly this spelling.
    pub fn is_service_tactic(&self, tactic: &str) -> bool {
        self.service_tactics.iter().any(|(name, _)| *name == tactic)
    }

    /// The service's name of the ATT&CK tactic `shortname`. Domains share shortnames, and the service does
    /// not tell domains apart.
    pub fn service_name(&self, shortname: &str) -> Option<&'static str> {
        let of = |tactic: &&Tactic| {
            tactic.shortname == shortname
                || tactic.previous.is_some_and(|(previous, _)| previous == shortname)
        };
        self.tactics.iter().filter(of).find_map(|tactic| tactic.sentinel)
    }

    /// Whether the service's table, as far as it is known, has `technique` or the technique it is part of.
    pub fn service_knows(&self, technique: &Technique) -> bool {
        self.service.contains_key(parent(technique.id))
    }

    /// The tactics `technique` belongs to, in the service's names.
    pub fn tactics_of(&self, technique: &Technique) -> TechniqueTactics {
        let names = |shortnames: &[&'static str]| {
            shortnames.iter().filter_map(|shortname| self.service_name(shortname)).collect()
        };
        TechniqueTactics {
            current: names(&technique.tactics),
            previous: technique
                .previous
                .as_ref()
                .map(|previous| names(&previous.tactics))
                .unwrap_or_default(),
            service: self.service.get(parent(technique.id)).into_iter().flatten().copied().collect(),
        }
    }
}

/// `T1059` of `T1059.001`.
fn parent(id: &str) -> &str {
    id.split_once('.').map_or(id, |(parent, _)| parent)
}

fn domain(text: &str) -> Domain {
    match text {
        "ics" => Domain::Ics,
        "mobile" => Domain::Mobile,
        "pre" => Domain::Pre,
        _ => Domain::Enterprise,
    }
}

fn status(text: &str) -> Status {
    match text {
        "revoked" => Status::Revoked,
        "deprecated" => Status::Deprecated,
        _ => Status::Active,
    }
}

fn tactic(
    [id, domain_name, shortname, name, state, old_shortname, old_name, sentinel]: [&'static str; 8],
) -> Tactic {
    let or_same = |old, current| if old == "=" { current } else { old };
    Tactic {
        id,
        domain: domain(domain_name),
        shortname,
        name,
        status: status(state),
        previous: non_empty(old_shortname).map(|old| (or_same(old, shortname), or_same(old_name, name))),
        sentinel: non_empty(sentinel),
    }
}

fn technique(row: [&'static str; 10]) -> Technique {
    let [
        id,
        domain_name,
        name,
        state,
        tactics,
        replaced_by,
        old_state,
        old_name,
        old_tactics,
        old_replaced_by,
    ] = row;
    let or_same = |old, current| if old == "=" { current } else { old };
    let previous = non_empty(old_state).map(|old_state| PreviousTechnique {
        name: or_same(old_name, name),
        status: status(old_state),
        tactics: list(or_same(old_tactics, tactics)),
        replaced_by: non_empty(or_same(old_replaced_by, replaced_by)),
    });
    Technique {
        id,
        domain: domain(domain_name),
        name,
        status: status(state),
        tactics: list(tactics),
        replaced_by: non_empty(replaced_by),
        previous,
    }
}

fn non_empty(text: &'static str) -> Option<&'static str> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_record() {
        let attack = Attack::builtin();
        assert_eq!(attack.tactics.len(), TACTICS.lines());
        assert_eq!(attack.techniques.len(), TECHNIQUES.lines());
        assert_eq!(attack.service.len(), SERVICE.lines());
        assert_eq!(attack.service_tactics.len(), 17);
        assert_eq!((attack.version(), attack.previous_version()), ("19.1", "18.1"));
    }

    #[test]
    fn knows_what_every_name_and_replacement_points_at() {
        let attack = Attack::builtin();
        for technique in &attack.techniques {
            assert_eq!(attack.technique(technique.id), Some(technique));
            // One mobile technique was revoked without a word on what replaced it.
            let replaced = technique.replaced_by.is_some() || technique.id == "T1454";
            assert!(replaced || technique.status != Status::Revoked, "{}", technique.id);
            assert!(
                !(technique.status == Status::Active && technique.replaced_by.is_some()),
                "{}",
                technique.id
            );
            if let Some(id) = technique.replaced_by {
                assert!(attack.technique(id).is_some(), "{} -> {id}", technique.id);
                let last = attack.replacements(technique).into_iter().last();
                assert!(last.is_some_and(|last| last.status != Status::Revoked), "{}", technique.id);
            }
            // PRE-ATT&CK used tactics that it later dropped, for techniques that are dropped too.
            let tactics = technique.tactics.iter().filter(|_| technique.status == Status::Active);
            for shortname in tactics {
                assert!(
                    attack.tactics.iter().any(|tactic| tactic.shortname == *shortname
                        || tactic.previous.is_some_and(|(old, _)| old == *shortname)),
                    "{} {shortname}",
                    technique.id
                );
            }
        }
        for tactic in &attack.tactics {
            assert!(tactic.sentinel.is_none_or(|name| attack.is_service_tactic(name)), "{tactic:?}");
        }
    }

    #[test]
    fn reads_tactics_as_the_service_does() {
        let attack = Attack::builtin();
        let of = |id: &str| attack.tactics_of(attack.technique(id).unwrap());
        // ATT&CK 19 took it out of what was Defense Evasion; the service's table still has it there.
        let alternate = of("T1550.001");
        assert_eq!(alternate.current, BTreeSet::from(["LateralMovement"]));
        assert!(alternate.contains("DefenseEvasion") && alternate.service.contains("DefenseEvasion"));
        assert!(of("T1036").contains("DefenseEvasion"), "stealth is part of the service's DefenseEvasion");
        assert!(of("T0872").contains("DefenseEvasion"), "so is evasion of control systems");
        assert!(of("T1595").contains("PreAttack"), "the service files reconnaissance under PreAttack too");
        assert!(of("T0855").contains("ImpairProcessControl"));
        assert!(!of("T1059").contains("Impact"));
    }

    #[test]
    fn the_version_before_has_what_the_newest_took_away_and_lacks_what_it_brought() {
        let (newest, older) = (Attack::builtin(), Attack::previous_release());
        assert_eq!((older.version(), older.previous_version()), ("18.1", "19.1"));
        assert!(
            !newest.technique("T1562").unwrap().is_active() && older.technique("T1562").unwrap().is_active()
        );
        let brought: Vec<_> =
            newest.techniques.iter().filter(|technique| technique.previous.is_none()).collect();
        assert!(brought.len() > 20);
        for technique in brought {
            assert_eq!(older.technique(technique.id).unwrap().status, Status::Absent, "{}", technique.id);
        }
        let named = |attack: &Attack, id: &str| attack.tactics.iter().find(|t| t.id == id).unwrap().name;
        assert_eq!((named(&newest, "TA0005"), named(&older, "TA0005")), ("Stealth", "Defense Evasion"));
        assert_eq!(older.service_name("defense-evasion"), Some("DefenseEvasion"));
    }

    const BUNDLE: &str = r#"{"type": "bundle", "id": "bundle--1", "objects": [
        {"type": "x-mitre-collection", "id": "x-mitre-collection--1", "x_mitre_version": "20.0"},
        {"type": "x-mitre-tactic", "id": "x-mitre-tactic--1", "name": "Credential Access", "x_mitre_shortname": "credential-access",
         "x_mitre_domains": ["enterprise-attack"], "external_references": [{"source_name": "mitre-attack", "external_id": "TA0006"}]},
        {"type": "attack-pattern", "id": "attack-pattern--1", "name": "Brute Force", "revoked": true,
         "kill_chain_phases": [{"kill_chain_name": "mitre-attack", "phase_name": "credential-access"}],
         "external_references": [{"source_name": "mitre-attack", "external_id": "T1110"}]},
        {"type": "attack-pattern", "id": "attack-pattern--2", "name": "Guessing",
         "kill_chain_phases": [{"kill_chain_name": "mitre-attack", "phase_name": "credential-access"}],
         "external_references": [{"source_name": "capec", "external_id": "CAPEC-49"}, {"source_name": "mitre-attack", "external_id": "T1999"}]},
        {"type": "relationship", "id": "relationship--1", "relationship_type": "revoked-by",
         "source_ref": "attack-pattern--1", "target_ref": "attack-pattern--2"}]}"#;

    #[test]
    fn a_bundle_becomes_the_version_in_use() {
        let table = attack_table(BUNDLE, None).unwrap();
        assert_eq!((table.version.as_str(), table.tactics, table.techniques), ("20.0", 1, 2));
        let attack = Attack::with_table(&table.text).unwrap();
        assert_eq!((attack.version(), attack.previous_version()), ("20.0", "19.1"));
        let old = attack.technique("T1110").unwrap();
        assert_eq!((old.status, old.replaced_by, old.was_active()), (Status::Revoked, Some("T1999"), true));
        let new = attack.technique("T1999").unwrap();
        assert_eq!(attack.tactics_of(new).current, BTreeSet::from(["CredentialAccess"]));
        assert!(attack.technique("T0855").is_some(), "other matrices are the built-in ones");
        assert_eq!(attack_table(BUNDLE, Some("20.1")).unwrap().version, "20.1");
    }

    #[test]
    fn what_is_no_bundle_is_said_to_be_none() {
        let error = |text: &str| attack_table(text, None).unwrap_err().to_string();
        assert!(error("{\"type\": ").contains("EOF") && error("[]").contains("no STIX bundle"));
        assert!(error("{\"type\": \"report\"}").contains("not `bundle`"));
        assert!(error("{\"type\": \"bundle\", \"objects\": []}").contains("no technique"));
        assert!(error(&BUNDLE.replace("x-mitre-collection", "other")).contains("which version"));
        let table = attack_table(BUNDLE, None).unwrap().text;
        assert_eq!(Attack::with_table("x").unwrap_err(), AttackTableError::NoVersion);
        assert_eq!(Attack::with_table(&format!("{table}oops\n")).unwrap_err(), AttackTableError::Line(8));
        assert_eq!(Attack::with_table("# version: 1\n").unwrap_err(), AttackTableError::Empty);
    }

    #[test]
    fn follows_replacements_to_the_end() {
        let attack = Attack::builtin();
        let chain = |id: &str| -> Vec<&str> {
            attack.replacements(attack.technique(id).unwrap()).iter().map(|step| step.id).collect()
        };
        assert_eq!(chain("T1483"), ["T1568.002"]);
        assert_eq!(chain("T1073"), ["T1574.002", "T1574.001"]);
        assert!(chain("T1043").is_empty());
        assert_eq!(attack.technique_by_name("brute force").map(|technique| technique.id), Some("T1110"));
    }
}
