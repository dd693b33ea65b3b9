//! What a written tactic or technique means.

use crate::catalog::{Attack, Tactic, Technique};
use crate::diag::nearest;
use crate::rule::Rule;

/// What a written tactic means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TacticReading<'a> {
    /// A tactic of the service, as it spells it.
    Exact(&'static str),
    /// One but for the case of letters.
    Case(&'static str),
    /// One but for spaces, hyphens and case, or by its ATT&CK id: `Command and Control`, `TA0011`.
    Spelling(&'static str),
    /// A tactic of ATT&CK that the service files under another name: `Stealth`.
    Renamed(&'a Tactic, &'static str),
    /// A tactic of ATT&CK that the service does not have: `Network Effects`.
    Foreign(&'a Tactic),
    /// Something near to a tactic of the service.
    Near(&'static str),
    /// Nothing known.
    Unknown,
}

impl TacticReading<'_> {
    /// The tactic of the service that is meant.
    pub(super) fn tactic(self) -> Option<&'static str> {
        match self {
            Self::Exact(name)
            | Self::Case(name)
            | Self::Spelling(name)
            | Self::Renamed(_, name)
            | Self::Near(name) => Some(name),
            Self::Foreign(_) | Self::Unknown => None,
        }
    }
}

/// Reads a tactic.
pub(super) fn tactic<'a>(attack: &'a Attack, written: &str) -> TacticReading<'a> {
    let names = || attack.service_tactics().iter().map(|(name, _)| *name);
    if let Some(name) = names().find(|name| *name == written) {
        return TacticReading::Exact(name);
    }
    if let Some(name) = names().find(|name| name.eq_ignore_ascii_case(written)) {
        return TacticReading::Case(name);
    }
    let letters = letters_of(written);
    if let Some(name) = names().find(|name| letters_of(name) == letters) {
        return TacticReading::Spelling(name);
    }
    let is_named = |tactic: &&Tactic| {
        let previous = tactic.previous.map(|(_, name)| name);
        let names = [Some(tactic.name), Some(tactic.id), previous];
        names.into_iter().flatten().any(|name| letters_of(name) == letters)
    };
    // Matrices share names of tactics; the one that the service knows counts.
    let mut known = attack.tactics().iter().filter(is_named);
    if let Some(tactic) = known.clone().find(|tactic| tactic.sentinel.is_some()).or_else(|| known.next()) {
        return match tactic.sentinel {
            Some(name) if letters_of(tactic.name) == letters_of(name) => TacticReading::Spelling(name),
            Some(name) => TacticReading::Renamed(tactic, name),
            None => TacticReading::Foreign(tactic),
        };
    }
    nearest(written, names()).map_or(TacticReading::Unknown, TacticReading::Near)
}

/// The tactics of `rule` as the service spells them, misspelled ones read as what they were meant to be;
/// none when one of them means nothing known.
pub(super) fn tactics(attack: &Attack, rule: &Rule) -> Option<Vec<&'static str>> {
    rule.tactics.iter().map(|written| tactic(attack, &written.value).tactic()).collect()
}

/// What a written technique means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TechniqueReading<'a> {
    /// A technique, spelled as ATT&CK does.
    Exact(&'a Technique),
    /// One but for the case of letters and spaces around it.
    Spelling(&'a Technique),
    /// One but for the form: `T1110003`, `T1110-003`, `T1110.3`, `1110`.
    Form(&'a Technique),
    /// The id of a technique with something behind it: `T1110 - Brute Force`.
    Labelled(&'a Technique),
    /// The name of a technique.
    Name(&'a Technique),
    /// A sub-technique that the technique does not have.
    NoSuchPart(&'a Technique),
    /// The form of an id, but no technique has it.
    NoSuchId,
    /// Nothing known.
    Unknown,
}

impl<'a> TechniqueReading<'a> {
    /// The technique, if there is no doubt which one is meant.
    pub(super) fn certain(self) -> Option<&'a Technique> {
        match self {
            Self::Exact(technique) | Self::Spelling(technique) | Self::Form(technique) => Some(technique),
            _ => None,
        }
    }
}

/// Reads a technique.
pub(super) fn technique<'a>(attack: &'a Attack, written: &str) -> TechniqueReading<'a> {
    if let Some(technique) = attack.technique(written) {
        return TechniqueReading::Exact(technique);
    }
    let upper = written.trim().to_ascii_uppercase();
    if let Some(technique) = attack.technique(&upper) {
        return TechniqueReading::Spelling(technique);
    }
    if let Some(technique) = formed(&upper).and_then(|id| attack.technique(&id)) {
        return TechniqueReading::Form(technique);
    }
    let id_end = upper.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(upper.len());
    let (id, label) = upper.split_at(id_end);
    let id = id.trim_end_matches('.');
    if !label.is_empty()
        && let Some(technique) = attack.technique(id)
    {
        return TechniqueReading::Labelled(technique);
    }
    if let Some((parent, part)) = id.split_once('.')
        && !part.is_empty()
        && let Some(technique) = attack.technique(parent)
    {
        return TechniqueReading::NoSuchPart(technique);
    }
    if let Some(technique) = attack.technique_by_name(written.trim()) {
        return TechniqueReading::Name(technique);
    }
    if is_id(&upper) { TechniqueReading::NoSuchId } else { TechniqueReading::Unknown }
}

/// The id that `text`, in capitals, comes to when its digits are put in the form of one.
fn formed(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| *c != ' ').collect();
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let rest = text.strip_prefix('T').unwrap_or(&text);
    let (technique, part) = match rest.split_once(['.', '-', '_', '/', ':']) {
        Some((technique, part)) => (technique, Some(part)),
        None if rest.len() == 7 && is_number(rest) => {
            rest.split_at_checked(4).map(|(t, part)| (t, Some(part)))?
        }
        None => (rest, None),
    };
    if technique.len() != 4 || !is_number(technique) {
        return None;
    }
    match part {
        None => Some(format!("T{technique}")),
        Some(part) if is_number(part) && part.len() <= 3 => Some(format!("T{technique}.{part:0>3}")),
        Some(_) => None,
    }
}

/// Whether `text` has the form `T1234` or `T1234.001`.
fn is_id(text: &str) -> bool {
    let digits =
        |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('T').is_some_and(|rest| match rest.split_once('.') {
        Some((technique, part)) => digits(technique, 4) && digits(part, 3),
        None => digits(rest, 4),
    })
}

fn letters_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn reads_tactics_by_name_spelling_and_id() {
        let attack = Catalog::builtin().attack();
        let find = |id: &str| attack.tactics().iter().find(|tactic| tactic.id == id).unwrap();
        for (written, expected) in [
            ("Persistence", TacticReading::Exact("Persistence")),
            ("CommandandControl", TacticReading::Case("CommandAndControl")),
            ("Command And Control", TacticReading::Spelling("CommandAndControl")),
            ("lateral-movement", TacticReading::Spelling("LateralMovement")),
            ("TA0006", TacticReading::Spelling("CredentialAccess")),
            ("Defense Evasion", TacticReading::Spelling("DefenseEvasion")),
            ("TA0005", TacticReading::Renamed(find("TA0005"), "DefenseEvasion")),
            ("Stealth", TacticReading::Renamed(find("TA0005"), "DefenseEvasion")),
            ("DefenseImpairment", TacticReading::Renamed(find("TA0112"), "DefenseEvasion")),
            ("Evasion", TacticReading::Renamed(find("TA0103"), "DefenseEvasion")),
            ("network-effects", TacticReading::Foreign(find("TA0038"))),
            ("CommanAndControl", TacticReading::Near("CommandAndControl")),
            ("Persistance", TacticReading::Near("Persistence")),
            ("Malware", TacticReading::Unknown),
            ("", TacticReading::Unknown),
        ] {
            assert_eq!(tactic(attack, written), expected, "{written}");
        }
    }

    #[test]
    fn reads_techniques_by_id_label_and_name() {
        let attack = Catalog::builtin().attack();
        let find = |id: &str| attack.technique(id).unwrap();
        for (written, expected) in [
            ("T1110.003", TechniqueReading::Exact(find("T1110.003"))),
            ("T0855", TechniqueReading::Exact(find("T0855"))),
            (" t1110", TechniqueReading::Spelling(find("T1110"))),
            ("t1110003", TechniqueReading::Form(find("T1110.003"))),
            ("T1110-003", TechniqueReading::Form(find("T1110.003"))),
            ("T1110.3", TechniqueReading::Form(find("T1110.003"))),
            ("1110", TechniqueReading::Form(find("T1110"))),
            ("T1110 - Brute Force", TechniqueReading::Labelled(find("T1110"))),
            ("T1110.003: Spraying", TechniqueReading::Labelled(find("T1110.003"))),
            ("T1110.", TechniqueReading::Unknown),
            ("T1110.099", TechniqueReading::NoSuchPart(find("T1110"))),
            ("brute force", TechniqueReading::Name(find("T1110"))),
            ("T9999", TechniqueReading::NoSuchId),
            ("T9999.001", TechniqueReading::NoSuchId),
            ("T10178", TechniqueReading::Unknown),
            ("TA0001", TechniqueReading::Unknown),
            ("ä", TechniqueReading::Unknown),
        ] {
            assert_eq!(technique(attack, written), expected, "{written}");
        }
    }
}
