//! Documentation of codes as text: for `picket explain`, and for the pages under `docs/lints`.

use super::registry::find;
use crate::diag::LintMeta;

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

/// The text of the page that lists `metas`.
pub fn index(metas: &[&LintMeta]) -> String {
    let mut text = String::from(
        "# Codes\n\nEvery finding carries one of these codes. `picket explain CODE` prints its page.\n\n\
         | code | name | level | finds |\n|-|-|-|-|\n",
    );
    for meta in metas {
        text.push_str(&format!(
            "| [{}]({}) | {} | {} | {} |\n",
            meta.code,
            file_name(meta),
            meta.name,
            meta.level.as_str(),
            meta.summary()
        ));
    }
    text
}

fn file_name(meta: &LintMeta) -> String {
    format!("{}-{}.md", meta.code, meta.name)
}

fn heading(meta: &LintMeta) -> String {
    let LintMeta { code, name, level, since, file, .. } = meta;
    let file = file.replace('\\', "/");
    format!("# {code} {name}\n\nLevel {}, since {since}, declared in `{file}`.\n", level.as_str())
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
        assert!(text.starts_with("# PK501 unknown-tactic\n\nLevel error, since "), "{text}");
        assert!(text.contains("\nReported:\n\n```yaml\n") && !text.contains("```yaml fires"), "{text}");
        assert_eq!(explain("unknown-tactic"), Some(text));
        assert_eq!(explain("PK5"), None);
        assert_eq!(index(registry()).matches("\n| [PK").count(), registry().len());
    }
}
