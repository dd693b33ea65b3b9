//! Tactics and techniques.

use super::Rule;
use crate::catalog::Catalog;
use crate::emulator::reply::Refusal;

pub(super) fn check(rule: Rule<'_>) -> Result<(), Refusal> {
    let tactics: Vec<&str> = rule.list("tactics").iter().filter_map(|tactic| tactic.as_str()).collect();
    for technique in rule.list("techniques").iter().filter_map(|technique| technique.as_str()) {
        if !has_form(technique, "T####") {
            return Err(misshapen("technique", technique, "T####"));
        }
        if !belongs(technique, &tactics) {
            return Err(Refusal::bad_request(format!(
                "No valid tactic corresponding to the technique {technique} was provided in the tactics field."
            )));
        }
    }
    let sub_techniques = rule.list("subTechniques").iter().filter_map(|technique| technique.as_str());
    match sub_techniques.into_iter().find(|technique| !has_form(technique, "T####.###")) {
        Some(wrong) => Err(misshapen("sub-technique", wrong, "T####.###")),
        None => Ok(()),
    }
}

fn misshapen(what: &str, found: &str, form: &str) -> Refusal {
    Refusal::bad_request(format!(
        "Invalid data model. The {what} '{found}' is invalid. The expected format is '{form}'"
    ))
}

/// `#` of `form` stands for a digit, all else for itself.
fn has_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(found, wanted)| match wanted {
            b'#' => found.is_ascii_digit(),
            wanted => found == wanted,
        })
}

/// Whether one of `tactics` is a tactic of `technique`, by the service's table or by ATT&CK: the copy of
/// the table that is known is older than the service's own.
fn belongs(technique: &str, tactics: &[&str]) -> bool {
    let attack = Catalog::builtin().attack();
    attack.technique(technique).is_some_and(|technique| {
        let known = attack.tactics_of(technique);
        tactics.iter().any(|tactic| known.contains(tactic))
    })
}
