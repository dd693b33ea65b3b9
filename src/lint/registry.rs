//! The list of every code.

use std::sync::LazyLock;

use super::{rules, suppress};
use crate::diag::LintMeta;
use crate::{kql, rule, yaml};

static REGISTRY: LazyLock<Vec<&'static LintMeta>> = LazyLock::new(|| {
    let mut all: Vec<&LintMeta> = yaml::lints::ALL.to_vec();
    all.extend(rule::lints::ALL);
    all.extend(rules::metas());
    all.extend(suppress::ALL);
    all.sort_by_key(|meta| meta.code);
    all
});

/// Every code with a page of its own that checking can report, those of the YAML reader and the rule reader included,
/// in order of code. Those of KQL are in [`kql::codes`].
pub fn registry() -> &'static [&'static LintMeta] {
    &REGISTRY
}

/// Every code that checking can report: the [`registry`], then the codes of KQL.
pub(super) fn all() -> impl Iterator<Item = &'static LintMeta> {
    registry().iter().copied().chain(kql::codes::METAS)
}

/// The code or lint called `name`, in any case of letters.
pub fn find(name: &str) -> Option<&'static LintMeta> {
    all().find(|meta| meta.code.eq_ignore_ascii_case(name) || meta.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_unique_and_well_formed() {
        for pair in registry().windows(2) {
            assert!(pair[0].code < pair[1].code, "{} is given twice", pair[1].code);
        }
        let mut names: Vec<_> = all().map(|meta| meta.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all().count(), "a name is given twice");
        for meta in registry() {
            let digits = meta.code.strip_prefix("PK").unwrap_or_default();
            assert!(digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()), "{}", meta.code);
            assert!(meta.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", meta.name);
        }
        assert_eq!(find("pk002").map(|meta| meta.name), Some("duplicate-key"));
        assert_eq!(find("Duplicate-Key").map(|meta| meta.code), Some("PK002"));
        assert_eq!(find("kq142").map(|meta| meta.name), Some("unknown-name"));
        assert_eq!(find("PK"), None);
    }

    #[test]
    fn every_code_is_documented_with_examples() {
        for meta in registry() {
            let docs = meta.markdown();
            for part in [
                "## What it does\n",
                "## Why is this bad\n",
                "## Example\n",
                "```yaml fires\n",
                "```yaml clean\n",
            ] {
                assert!(docs.contains(part), "{} lacks {part:?}", meta.code);
            }
            assert!(meta.summary().ends_with('.'), "{}: {}", meta.code, meta.summary());
        }
    }
}
