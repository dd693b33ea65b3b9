//! The page about what of KQL runs on this machine: asked of what runs it.

use std::collections::BTreeSet;

use super::{Generated, list, table};
use crate::catalog::kql::{Function, KqlCatalog};
use crate::exec::{self, Program};

/// The page.
pub(super) fn page() -> Generated {
    let language = KqlCatalog::builtin().language();
    let runs = |query: &str| Program::prepare(query, KqlCatalog::builtin()).is_ok();
    let (running, others): (Vec<_>, Vec<_>) = exec::operators().iter().partition(|(_, query)| runs(query));
    let names = |operators: &[&(&'static str, &'static str)]| list(operators.iter().map(|(name, _)| *name));
    let mut text = format!(
        "Tests, hunts over exported logs, backtests and the local workspace run queries on this machine. What picket cannot compute is \
         said before anything runs ([PK930](../lints/PK930-not-supported-offline.md)); nothing is guessed. Checks know all of the \
         language ({}), whether it runs here or not.\n\n## Operators\n\n{}.\n\nNot: {}.\n\n",
        language.version(),
        names(&running),
        names(&others)
    );
    let functions: BTreeSet<&str> = exec::functions().collect();
    text.push_str(&part("Functions", language.functions(), &functions));
    text.push_str(
        "Those over places on Earth (`geo_…`) are in builds with the feature `geo`, which is not among the default ones.\n\n",
    );
    let absent = visible(language.functions()).filter(|name| !functions.contains(name));
    let rows = absent.map(|name| vec![format!("`{name}`"), exec::why_absent(name).unwrap_or("-").to_owned()]);
    text.push_str(&table(&["function that does not run", "why"], rows));
    text.push_str(&part("Aggregates", language.aggregates(), &exec::aggregates().collect()));
    let plugins: BTreeSet<&str> = exec::plugins().collect();
    text.push_str(&part("Plugins", language.plugins(), &plugins));
    let absent = visible(language.plugins()).filter(|name| !plugins.contains(name));
    text.push_str(&format!("Not: {}.\n", list(absent)));
    super::page("kql", "KQL offline", &text)
}

/// The names of what the language documents.
fn visible(known: &[Function]) -> impl Iterator<Item = &str> {
    let names: BTreeSet<&str> =
        known.iter().filter(|function| !function.hidden).map(|function| function.name).collect();
    names.into_iter()
}

fn part(title: &str, known: &[Function], running: &BTreeSet<&str>) -> String {
    let all = visible(known).count();
    let names: Vec<&str> = visible(known).filter(|name| running.contains(name)).collect();
    format!("## {title}\n\n{} of {all} run here: {}.\n\n", names.len(), list(names))
}
