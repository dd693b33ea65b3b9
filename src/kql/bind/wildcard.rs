//! Names with `*` in them.

/// Whether `name` matches `pattern`; case counts, and an empty pattern matches nothing.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return !pattern.is_empty() && pattern == name;
    };
    let Some(mut left) = name.strip_prefix(first) else { return false };
    let rest = rest.trim_start_matches('*');
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*').filter(|part| !part.is_empty()) {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stand_for_any_text() {
        assert!(matches("Security*", "SecurityEvent"));
        assert!(matches("*Event", "SecurityEvent"));
        assert!(matches("S*it*nt", "SecurityEvent"));
        assert!(matches("*", ""));
        assert!(!matches("Security*", "securityEvent"));
        assert!(!matches("ab*ba", "aba"));
        assert!(!matches("", ""));
    }
}
