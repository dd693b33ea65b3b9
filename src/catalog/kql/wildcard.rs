//! Names with `*` in them.

/// Whether `name` fits `pattern`, in which each `*` stands for any letters or none; case counts. An empty pattern fits
/// nothing.
pub fn matches(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return !pattern.is_empty() && pattern == name };
    let Some(mut left) = name.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        // The leftmost place leaves the most for what follows.
        let Some((_, behind)) = left.split_once(part) else { return false };
        left = behind;
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, name) in [
            ("*", ""),
            ("*", "T"),
            ("Device*", "DeviceInfo"),
            ("*_CL", "A_CL"),
            ("a*b**c", "aXbYc"),
            ("*b*", "abc"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("", ""), ("", "T"), ("T", "t"), ("a*a", "a"), ("a*bc*c", "abc"), ("*b", "abc")]
        {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    /// Tries every way.
    fn fits(pattern: &[u8], name: &[u8]) -> bool {
        match pattern {
            [] => name.is_empty(),
            [b'*', rest @ ..] => (0..=name.len()).any(|at| fits(rest, &name[at..])),
            [letter, rest @ ..] => name.first() == Some(letter) && fits(rest, &name[1..]),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_trying_every_way(pattern in "[ab*]{1,6}", name in "[ab]{0,8}") {
            prop_assert_eq!(matches(&pattern, &name), fits(pattern.as_bytes(), name.as_bytes()));
        }
    }
}
