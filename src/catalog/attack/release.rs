//! ATT&CK as a table of one version that a project keeps, and another version in the place of the built-in one.

use std::collections::BTreeSet;

use super::{Attack, Domain, PreviousTechnique, Status, Tactic, Technique, domain, non_empty, status};
use crate::catalog::table::{Table, list};

/// Why a table of ATT&CK cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttackTableError {
    /// No line says which version it is.
    #[error("the table does not say which version of ATT&CK it holds")]
    NoVersion,
    /// A line is no record.
    #[error("line {0} is no record of a tactic or technique")]
    Line(usize),
    /// There are no techniques.
    #[error("the table holds no technique")]
    Empty,
}

impl Attack {
    /// The version before the newest one in the place of the newest. What is only in the newest is there still, as
    /// [`Status::Absent`].
    pub fn previous_release() -> Self {
        let newest = Self::builtin();
        let techniques = newest.techniques.into_iter().map(|technique| {
            let newer = PreviousTechnique {
                name: technique.name,
                status: technique.status,
                tactics: technique.tactics.clone(),
                replaced_by: technique.replaced_by,
            };
            match technique.previous {
                Some(older) => Technique {
                    name: older.name,
                    status: older.status,
                    tactics: older.tactics,
                    replaced_by: older.replaced_by,
                    previous: Some(newer),
                    ..technique
                },
                None => Technique {
                    status: Status::Absent,
                    replaced_by: None,
                    previous: Some(newer),
                    ..technique
                },
            }
        });
        let tactics = newest.tactics.into_iter().map(|tactic| match tactic.previous {
            Some((shortname, name)) => {
                Tactic { shortname, name, previous: Some((tactic.shortname, tactic.name)), ..tactic }
            }
            None => Tactic { status: Status::Absent, ..tactic },
        });
        Self {
            techniques: techniques.collect(),
            tactics: tactics.collect(),
            version: newest.previous_version,
            previous_version: newest.version,
            is_other_newer: true,
            ..newest
        }
    }

    /// The version of a table that [`attack_table`](super::attack_table) made, with the newest built-in one as the version
    /// before it. Matrices that the table does not have are the built-in ones.
    ///
    /// The text is kept as long as the process lives.
    ///
    /// # Errors
    /// When a line cannot be read.
    pub fn with_table(text: &str) -> Result<Self, AttackTableError> {
        let table = Table::new(Box::leak(Box::from(text)));
        let version = table.head("version");
        if version.is_empty() {
            return Err(AttackTableError::NoVersion);
        }
        let builtin = Self::builtin();
        let (mut tactics, mut techniques) = (Vec::new(), Vec::new());
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            if line.split('\t').count() != 7
                || !line.starts_with("tactic\t") && !line.starts_with("technique\t")
            {
                return Err(AttackTableError::Line(number + 1));
            }
        }
        for [what, id, domain_name, first, second, third, fourth] in table.rows() {
            match what {
                "tactic" => {
                    tactics.push(builtin.newer_tactic(id, domain(domain_name), [first, second, third]))
                }
                _ => techniques.push(builtin.newer_technique(
                    id,
                    domain(domain_name),
                    [first, second, third, fourth],
                )),
            }
        }
        if techniques.is_empty() {
            return Err(AttackTableError::Empty);
        }
        let domains: BTreeSet<Domain> =
            techniques.iter().map(|technique: &Technique| technique.domain).collect();
        let known: BTreeSet<&str> = techniques.iter().map(|technique| technique.id).collect();
        // Ids that the table lacks keep what the built-in version says of them.
        let kept = builtin.techniques.into_iter().filter(|technique| !known.contains(technique.id));
        techniques.extend(kept);
        techniques.sort_by_key(|technique| technique.id);
        let has_tactics = |domain| {
            domains.contains(&domain) && tactics.iter().any(|tactic: &Tactic| tactic.domain == domain)
        };
        let mut kept: Vec<Tactic> =
            builtin.tactics.into_iter().filter(|tactic| !has_tactics(tactic.domain)).collect();
        tactics.append(&mut kept);
        Ok(Self { techniques, tactics, version, previous_version: builtin.version, ..builtin })
    }

    fn newer_tactic(
        &self,
        id: &'static str,
        domain: Domain,
        [shortname, name, state]: [&'static str; 3],
    ) -> Tactic {
        let older = self.tactics.iter().find(|tactic| tactic.id == id);
        let letters =
            |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric(), "").to_ascii_lowercase();
        let sentinel = older.and_then(|older| older.sentinel).or_else(|| {
            let names = self.service_tactics.iter().map(|(service, _)| *service);
            names.into_iter().find(|service| letters(service) == letters(name))
        });
        let previous = older.map(|older| (older.shortname, older.name));
        Tactic { id, domain, shortname, name, status: status(state), previous, sentinel }
    }

    fn newer_technique(
        &self,
        id: &'static str,
        domain: Domain,
        [name, state, tactics, replaced_by]: [&'static str; 4],
    ) -> Technique {
        let previous = self.technique(id).map(|older| PreviousTechnique {
            name: older.name,
            status: older.status,
            tactics: older.tactics.clone(),
            replaced_by: older.replaced_by,
        });
        let replaced_by = non_empty(replaced_by);
        Technique { id, domain, name, status: status(state), tactics: list(tactics), replaced_by, previous }
    }
}
