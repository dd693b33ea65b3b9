//! Documentation of codes as text: for `picket explain`, and for the pages under `docs/lints`.

use std::collections::{BTreeMap, BTreeSet};

use super::registry::find;
use super::{Facts, Settings};
use crate::diag::{Applicability, LintMeta};
use crate::rule;
use crate::text::SourceMap;

/// What there is to say of a code or lint name in the registry, if there is such a one.
pub fn explain(name: &str) -> Option<String> {
    find(name).map(describe)
}

/// What there is to say of `meta`, which need not be in the registry.
pub fn describe(meta: &LintMeta) -> String {
    format!("{}\n{}", heading(meta), body(meta))
}

/// The file name and the text of the page about `meta`.
pub fn page(meta: &LintMeta) -> (String, String) {
    (file_name(meta), format!("{}\n[All codes](README.md)\n", describe(meta)))
}

/// The text of the page that lists `metas`, family by family.
pub fn index(metas: &[&LintMeta]) -> String {
    let mut families: BTreeMap<&str, Vec<&LintMeta>> = BTreeMap::new();
    for meta in metas {
        families.entry(meta.family()).or_default().push(meta);
    }
    let mut families: Vec<_> = families.into_iter().collect();
    families.sort_by_key(|(_, metas)| metas.iter().map(|meta| meta.code).min());
    let mut text = String::from(
        "# Codes\n\nEvery finding carries one of these codes. `picket explain CODE` prints its page. A fix is *safe* where\n\
         `picket check --fix` carries it out, and *unsafe* where it takes `--unsafe-fixes`.\n",
    );
    for (family, metas) in families {
        text.push_str(&format!(
            "\n## {family}\n\n| code | name | level | confidence | fix | finds |\n|-|-|-|-|-|-|\n"
        ));
        for meta in metas {
            text.push_str(&format!(
                "| [{}]({}) | {} | {} | {} | {} | {} |\n",
                meta.code,
                file_name(meta),
                meta.name,
                meta.level.as_str(),
                meta.confidence.as_str(),
                fix(meta),
                meta.summary()
            ));
        }
    }
    text
}

/// What fixes the findings of `meta` carry, as its own examples show: `safe`, `unsafe`, `safe or unsafe`, `shown`
/// where it is never carried out, or `-`.
fn fix(meta: &LintMeta) -> &'static str {
    let docs = meta.markdown();
    let mut kinds = BTreeSet::new();
    for block in docs.split("```yaml fires\n").skip(1) {
        let Some((text, _)) = block.split_once("```") else { continue };
        let mut sources = SourceMap::new();
        let id = sources.add("example.yaml", text);
        let (rules, found) = rule::read(id, text);
        let found = super::check(&sources, &rules, found, Facts::builtin(), &Settings::default());
        let own = found.iter().filter(|finding| finding.code == meta.code);
        kinds.extend(own.filter_map(|finding| finding.fix.as_ref()).map(|fix| fix.applicability));
    }
    let has = |kind| kinds.contains(&kind);
    match (has(Applicability::Safe), has(Applicability::Unsafe), has(Applicability::Display)) {
        (true, true, _) => "safe or unsafe",
        (true, false, _) => "safe",
        (false, true, _) => "unsafe",
        (false, false, true) => "shown",
        (false, false, false) => "-",
    }
}

fn file_name(meta: &LintMeta) -> String {
    format!("{}-{}.md", meta.code, meta.name)
}

fn heading(meta: &LintMeta) -> String {
    let LintMeta { code, name, level, confidence, since, file, .. } = meta;
    let file = file.replace('\\', "/");
    let fix = match fix(meta) {
        "-" => "without a fix".to_owned(),
        "shown" => "with a fix to carry out by hand".to_owned(),
        kind => format!("with a fix that is {kind}"),
    };
    let (family, level, confidence) = (meta.family(), level.as_str(), confidence.as_str());
    format!(
        "# {code} {name}\n\nFamily {family}, level {level}, confidence {confidence}, {fix}; since {since}, declared in \
         `{file}`.\n"
    )
}

/// The documentation with plain info strings on its examples.
fn body(meta: &LintMeta) -> String {
    meta.markdown()
        .replace("```yaml fires\n", "Reported:\n\n```yaml\n")
        .replace("```yaml clean\n", "Not reported:\n\n```yaml\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::registry;

    #[test]
    fn explains_by_code_and_by_name() {
        let text = explain("PK501").unwrap();
        let head =
            "# PK501 unknown-tactic\n\nFamily attack, level error, confidence high, with a fix that is ";
        assert!(text.starts_with(head), "{text}");
        assert!(text.contains("\nReported:\n\n```yaml\n") && !text.contains("```yaml fires"), "{text}");
        assert_eq!(explain("unknown-tactic"), Some(text));
        assert_eq!(explain("PK5"), None);
        assert_eq!(index(registry()).matches("\n| [PK").count(), registry().len());
    }
}
