//! Rules by what people call them.

use std::path::Path;

use crate::diag::nearest;
use crate::project::shown;
use crate::rule::{self, Rule};
use crate::text::SourceId;

use super::CliError;
use super::load::Input;

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
    let mut names = Vec::new();
    for input in inputs {
        for rule in rule::read(SourceId::default(), &input.text).0 {
            let id = rule.id.as_ref().map(|id| id.value.clone()).unwrap_or_default();
            let is_named = id.eq_ignore_ascii_case(named)
                || rule.display_name().to_lowercase() == named.to_lowercase()
                || input.name == path;
            names.extend([id, rule.display_name().to_owned()]);
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
            let error = CliError::new(format!("no rule has the id, name or file `{named}`"));
            Err(match nearest(named, names.iter().map(String::as_str)) {
                Some(name) => error.help(format!("the nearest is `{name}`")),
                None => error.help("`picket plan` shows names and ids"),
            })
        }
    }
}
