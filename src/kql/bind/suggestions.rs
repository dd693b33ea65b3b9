//! What is offered in place of a name that is not there.

use super::binder::Binder;
use crate::diag;
use crate::kql::syntax::nodes::PipeExpression;
use crate::kql::syntax::{Node, View};

/// How many names are offered at most.
const MAX_OFFERED: usize = 3;

/// Help that offers the name nearest to `written`.
pub(super) fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    diag::nearest(written, names).map(|name| format!("a similar name exists: `{name}`"))
}

/// Help that offers columns and variables in place of `written`: one that differs in case alone, else those that end with
/// it, else the nearest.
pub(super) fn similar<'n>(written: &str, names: impl Iterator<Item = &'n str> + Clone) -> Option<String> {
    if names.clone().any(|name| name.eq_ignore_ascii_case(written)) {
        return nearest(written, names);
    }
    let mut longer: Vec<&str> = names.clone().filter(|name| ends_with_words(name, written)).collect();
    longer.sort_unstable_by_key(|name| (name.len(), *name));
    longer.dedup();
    longer.truncate(MAX_OFFERED);
    let offered: Vec<String> = longer.iter().map(|name| format!("`{name}`")).collect();
    match offered.as_slice() {
        [] => nearest(written, names),
        [only] => Some(format!("a column here ends with this name: {only}")),
        several => Some(format!("columns here end with this name: {}", several.join(", "))),
    }
}

/// Whether `name` ends with `words` where a word begins: `InitiatingProcessAccountUpn` with `AccountUpn`.
fn ends_with_words(name: &str, words: &str) -> bool {
    let Some(at) = name.len().checked_sub(words.len()).filter(|at| *at > 0 && !words.is_empty()) else {
        return false;
    };
    let (Some(before), Some(end)) = (name.get(..at), name.get(at..)) else { return false };
    if !end.eq_ignore_ascii_case(words) {
        return false;
    }
    let begins_word = end.starts_with(|first: char| first.is_uppercase());
    before.ends_with(['_', '-', '.']) || (begins_word && !before.ends_with(|last: char| last.is_uppercase()))
}

impl<'a> Binder<'a> {
    /// Help that names the operator before `location` that does not keep the column `name`.
    pub(super) fn lost_column(&self, name: &str, location: Node<'a>) -> Option<String> {
        self.row_scope?;
        let has = |node: Node<'a>| self.table_of(node).is_some_and(|table| table.column(name).is_some());
        let mut node = location;
        let mut pipe = loop {
            let parent = node.parent()?;
            match PipeExpression::cast(parent) {
                Some(pipe) if pipe.operator() == node => break PipeExpression::cast(pipe.expression())?,
                _ => node = parent,
            }
        };
        while !has(pipe.expression()) {
            pipe = PipeExpression::cast(pipe.expression())?;
        }
        let operator = pipe.operator().descendant_tokens().next()?;
        Some(format!("`{name}` is a column before `{}`, which does not keep it", operator.text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_columns_that_end_with_the_name_before_similar_ones() {
        let names = ["AccountUpns", "InitiatingProcessAccountUpn", "Url", "RemoteUrl", "x_url"];
        let offer = |written| similar(written, names.into_iter()).unwrap_or_default();
        assert_eq!(offer("AccountUpn"), "a column here ends with this name: `InitiatingProcessAccountUpn`");
        assert_eq!(offer("url"), "a similar name exists: `Url`");
        assert_eq!(offer("AccountUpnss"), "a similar name exists: `AccountUpns`");
        assert_eq!(offer("teUrlUrl"), "");
        assert!(ends_with_words("x_url", "url") && !ends_with_words("RemoteUrl", "moteUrl"));
        assert!(!ends_with_words("HTTPURL", "URL"));
        let longer = ["LongUrl", "RemoteUrl", "AUrl", "SomeUrl", "b_url"];
        assert_eq!(
            similar("Url", longer.into_iter()).unwrap_or_default(),
            "columns here end with this name: `b_url`, `LongUrl`, `SomeUrl`"
        );
    }

    #[test]
    fn names_the_operator_that_lost_a_column() {
        let help = |query: &str| {
            let (tree, _) = crate::kql::syntax::parse(query);
            let arena = crate::kql::bind::Arena::new();
            let catalog = crate::catalog::kql::KqlCatalog::only(Default::default());
            let bound = crate::kql::bind::bind(&tree, &catalog, &arena);
            bound.diagnostics().iter().flat_map(|finding| finding.help.clone()).collect::<Vec<_>>()
        };
        assert_eq!(
            help("print a = 1, b = 2 | summarize count() by a | where a > 1 | project b"),
            ["`b` is a column before `summarize`, which does not keep it"]
        );
        // No column of the outer rows reaches a query of its own.
        assert_eq!(help("print b = 1 | summarize count() | extend c = toscalar(print b)").len(), 0);
        assert_eq!(help("print aa = 1 | project c").len(), 0);
    }
}
