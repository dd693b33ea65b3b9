//! Every code of picket, whichever module reports it.

use crate::diag::{LintMeta, nearest};
use crate::{catalog::kql::overlay, content, env, exec, import, kql, lint, plan, project, testing};

use super::CliError;

/// Where the repository keeps the pages about codes.
pub const FOLDER: &str = "docs/lints";

/// The codes with a page of their own, in order.
pub(crate) fn all() -> Vec<&'static LintMeta> {
    let mut all: Vec<&LintMeta> = lint::registry().to_vec();
    all.extend(plan::codes());
    #[cfg(feature = "azure")]
    all.extend(crate::deploy::codes());
    all.extend(import::CODES);
    all.extend(project::LINTS);
    all.extend(overlay::LINTS);
    all.extend(content::LINTS);
    all.extend(env::codes());
    all.extend(exec::codes::ALL);
    all.extend(testing::lints::ALL);
    all.push(&lint::STALE_BASELINE);
    all.sort_by_key(|meta| meta.code);
    all.dedup_by_key(|meta| meta.code);
    all
}

/// Every code that a finding may have: those with a page, and those of KQL.
pub(crate) fn reported() -> Vec<&'static LintMeta> {
    all().into_iter().chain(kql::codes::METAS).collect()
}

/// The code or name `written`, in any case of letters.
///
/// # Errors
/// When there is none; the help names the nearest.
pub(crate) fn find(written: &str) -> Result<&'static LintMeta, CliError> {
    let all = reported();
    let same = |meta: &&&LintMeta| {
        meta.code.eq_ignore_ascii_case(written) || meta.name.eq_ignore_ascii_case(written)
    };
    all.iter().find(same).copied().ok_or_else(|| {
        let error = CliError::new(format!("there is no code or lint `{written}`"));
        match nearest(written, all.iter().flat_map(|meta| [meta.code, meta.name])) {
            Some(meant) => error.help(format!("the nearest is `{meant}`")),
            None => error.help("`picket explain` lists them all"),
        }
    })
}

/// The codes that `written` stands for: a code, a name, or the start of codes, such as `PK5` or `KQ`.
///
/// # Errors
/// When there is none.
pub(crate) fn matching(written: &str) -> Result<Vec<&'static str>, CliError> {
    let family = of_family(written);
    if family.is_empty() {
        return find(written).map(|meta| vec![meta.code]);
    }
    Ok(family.iter().map(|meta| meta.code).collect())
}

/// The codes that begin with `written`, such as `PK5` or `KQ`.
pub(crate) fn of_family(written: &str) -> Vec<&'static LintMeta> {
    let prefix = written.to_ascii_uppercase();
    if !prefix.starts_with("PK") && !prefix.starts_with("KQ") {
        return Vec::new();
    }
    reported().into_iter().filter(|meta| meta.code.starts_with(&prefix)).collect()
}

/// The pages about codes: path below the root of the repository, and text.
pub fn pages() -> Vec<(String, String)> {
    let all = all();
    let mut pages = vec![(format!("{FOLDER}/README.md"), lint::index(&all))];
    for meta in all {
        let (name, text) = lint::page(meta);
        pages.push((format!("{FOLDER}/{name}"), text));
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_found_by_code_name_and_start() {
        let all = all();
        for pair in all.windows(2) {
            assert!(pair[0].code < pair[1].code && pair[0].name != pair[1].name, "{}", pair[1].code);
        }
        assert_eq!(find("pk902").unwrap().name, "unknown-config-key");
        assert_eq!(matching("empty-file").unwrap(), ["PK906"]);
        assert!(matching("PK9").unwrap().len() >= 6);
        assert!(matching("kq14").unwrap().contains(&"KQ142"));
        assert_eq!(find("empty-files").unwrap_err().help, ["the nearest is `empty-file`"]);
    }
}
