//! What a written tactic or technique means.

use crate::catalog::{Attack, Technique};
use crate::diag::nearest;
use crate::rule::Rule;

/// What a written tactic means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TacticReading {
    /// A tactic of the service, as it spells it.
    Exact(&'static str),
    /// One but for the case of letters.
    Case(&'static str),
    /// One but for spaces, hyphens and case, or by its ATT&CK id: `Command and Control`, `TA0011`.
    Spelling(&'static str),
    /// A tactic of ATT&CK that the service files under another name: `Stealth`.
    Renamed(&'static str),
    /// Something near to a tactic of the service.
    Near(&'static str),
    /// Nothing known.
    Unknown,
}

impl TacticReading {
    /// The tactic of the service that is meant.
    pub(super) fn tactic(self) -> Option<&'static str> {
        match self {
            Self::Exact(name)
            | Self::Case(name)
            | Self::Spelling(name)
            | Self::Renamed(name)
            | Self::Near(name) => Some(name),
            Self::Unknown => None,
        }
    }
}

/// Reads a tactic.
pub(super) fn tactic(attack: &Attack, written: &str) -> TacticReading {
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
    for tactic in attack.tactics() {
        let Some(name) = tactic.sentinel else { continue };
        let is_same_name = letters_of(tactic.name) == letters_of(name);
        let is_named = letters_of(tactic.name) == letters || letters_of(tactic.id) == letters;
        if is_named {
            return if is_same_name { TacticReading::Spelling(name) } else { TacticReading::Renamed(name) };
        }
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
            Self::Exact(technique) | Self::Spelling(technique) => Some(technique),
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
        for (written, expected) in [
            ("Persistence", TacticReading::Exact("Persistence")),
            ("CommandandControl", TacticReading::Case("CommandAndControl")),
            ("Command And Control", TacticReading::Spelling("CommandAndControl")),
            ("lateral-movement", TacticReading::Spelling("LateralMovement")),
            ("TA0006", TacticReading::Spelling("CredentialAccess")),
            ("Defense Evasion", TacticReading::Spelling("DefenseEvasion")),
            ("TA0005", TacticReading::Renamed("DefenseEvasion")),
            ("Stealth", TacticReading::Renamed("DefenseEvasion")),
            ("DefenseImpairment", TacticReading::Renamed("DefenseEvasion")),
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
