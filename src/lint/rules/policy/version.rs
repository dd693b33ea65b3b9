//! Versions of rules.

/// The three numbers of a version.
pub(super) fn parse(text: &str) -> Option<[u64; 3]> {
    let numbers: Vec<u64> = text.split('.').map(number).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

/// `text` with the numbers that it lacks, where it has one or two.
pub(super) fn completed(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches(['v', 'V']);
    let given = text.split('.').count();
    let missing = 3_usize.checked_sub(given)?;
    let full = format!("{text}{}", ".0".repeat(missing));
    parse(&full).map(|_| full)
}

fn number(digits: &str) -> Option<u64> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}
