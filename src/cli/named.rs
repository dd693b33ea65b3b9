//! Rules by what people call them.

use std::path::Path;

use crate::diag::nearest;
use crate::project::shown;
use crate::rule::{self, Rule};
use crate::text::SourceId;

use super::CliError;
use super::load::Input;

/// The most names that a message offers.
const MOST_NAMED: usize = 3;

/// The one rule that has this id, name or file, and where it stands.
///
/// # Errors
/// When there is none, or several.
pub(crate) fn named_rule<'i>(
    named: &str,
    inputs: &'i [Input],
    folder: &Path,
) -> Result<(&'i Input, Rule), CliError> {
    let path = shown(&folder.join(named), folder);
    let mut found = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for input in inputs {
        for rule in rule::read(SourceId::default(), &input.text).0 {
            let id = rule.id.as_ref().map(|id| id.value.clone()).unwrap_or_default();
            let is_named = id.eq_ignore_ascii_case(named)
                || rule.display_name().to_lowercase() == named.to_lowercase()
                || input.name == path;
            names.extend([rule.display_name().to_owned(), id]);
            if is_named {
                found.push((input, rule));
            }
        }
    }
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => Err(CliError::new(format!("`{named}` names {} rules", found.len() + 1))
            .help("name one of them by its id")),
        (None, _) => {
            names.extend(inputs.iter().map(|input| input.name.clone()));
            let error = CliError::new(format!("no rule has the id, name or file `{named}`"));
            let meant: Vec<String> = meant(named, &names).iter().map(|name| format!("`{name}`")).collect();
            Err(match meant.is_empty() {
                false => error.help(format!("did you mean {}?", meant.join(" or "))),
                true => error.help("`picket plan` shows names and ids"),
            })
        }
    }
}

/// What of `names` may be meant by `written`, the likeliest first: the nearest name, then names that hold a word like it.
fn meant<'n>(written: &str, names: &'n [String]) -> Vec<&'n str> {
    let mut found: Vec<&str> = Vec::new();
    let mut add = |name: &'n str| {
        if found.len() < MOST_NAMED && !found.contains(&name) {
            found.push(name);
        }
    };
    nearest(written, names.iter().map(String::as_str)).into_iter().for_each(&mut add);
    let folded = written.to_lowercase();
    names.iter().filter(|name| name.to_lowercase().contains(&folded)).for_each(|name| add(name));
    // `anydsk` is near to a word of `AnyDesk appears on a device`.
    let all = names.iter().flat_map(|name| words(name)).filter(|word| word.len() > 2);
    if let Some(near) = nearest(written, all) {
        let near = near.to_lowercase();
        let has = |name: &&String| words(name).any(|word| word.to_lowercase() == near);
        names.iter().filter(has).for_each(|name| add(name));
    }
    found
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|letter: char| !letter.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_is_a_near_name_or_one_with_a_near_word() {
        let names = ["AnyDesk appears on a device", "Rule 1", "Failed sign-ins", "rules/anydesk.yaml"];
        let names = names.map(str::to_owned);
        assert_eq!(meant("anydsk", &names), ["AnyDesk appears on a device", "rules/anydesk.yaml"]);
        assert_eq!(meant("Rule 2", &names), ["Rule 1"]);
        assert_eq!(meant("sign-in", &names), ["Failed sign-ins"]);
        assert_eq!(meant("qqqqqqqq", &names), [""; 0]);
    }
}
