//! Examples that fail because their page is wrong, or leaves out what they need, with what shows it.

/// One a line: the id of the example, a tab, the evidence.
const EXPLAINED: &str = include_str!("page_errors.txt");

/// What shows that the page of an example is wrong; nothing where nobody has shown it.
pub(super) fn reason(id: &str) -> Option<&'static str> {
    let mut lines = EXPLAINED.lines().filter_map(|line| line.split_once('\t'));
    lines.find(|(known, _)| *known == id).map(|(_, reason)| reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_names_one_example_and_its_evidence() {
        let ids: Vec<&str> =
            EXPLAINED.lines().filter_map(|line| line.split_once('\t')).map(|(id, _)| id).collect();
        assert_eq!(ids.len(), EXPLAINED.lines().count());
        assert!(ids.is_sorted(), "sorted, and each once: {ids:?}");
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(reason("asin-function#0").is_some_and(|reason| reason.len() > 20));
        assert_eq!(reason("asin-function#1"), None);
    }
}
