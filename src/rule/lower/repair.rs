//! What a misspelled value was meant to be.

use crate::diag::Applicability;
use crate::rule::Duration;

/// A length of time that `text`, which is none, most likely means.
pub(super) fn duration(text: &str) -> Option<(String, Applicability)> {
    let joined: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    if let Some(rest) = joined.strip_prefix('P') {
        return iso(rest);
    }
    let digits = joined.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &joined[digits.len()..] {
        "SEC" | "SECS" | "SECOND" | "SECONDS" => "s",
        "M" | "MIN" | "MINS" | "MINUTE" | "MINUTES" => "m",
        "H" | "HR" | "HRS" | "HOUR" | "HOURS" => "h",
        "D" | "DAY" | "DAYS" => "d",
        "W" | "WK" | "WEEK" | "WEEKS" => return weeks(digits),
        _ => return None,
    };
    checked(format!("{digits}{unit}")).map(|text| (text, Applicability::Safe))
}

fn weeks(digits: &str) -> Option<(String, Applicability)> {
    let days = digits.parse::<u32>().ok()?.checked_mul(7)?;
    checked(format!("{days}d")).map(|text| (text, Applicability::Safe))
}

/// ISO 8601 with the `T` missing or too early. Months and minutes share a letter, so minutes are a guess.
fn iso(rest: &str) -> Option<(String, Applicability)> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(amount) = rest.strip_prefix('T').and_then(|rest| rest.strip_suffix('D')) {
        return digits(amount).then(|| checked(format!("P{amount}D"))).flatten().map(safe);
    }
    let unit = rest.chars().last().filter(|unit| matches!(unit, 'H' | 'M' | 'S'))?;
    let amount = rest.strip_suffix(unit).filter(|amount| digits(amount))?;
    let text = checked(format!("PT{amount}{unit}"))?;
    Some((text, if unit == 'M' { Applicability::Unsafe } else { Applicability::Safe }))
}

fn safe(text: String) -> (String, Applicability) {
    (text, Applicability::Safe)
}

/// `text`, if it is a length of time.
fn checked(text: String) -> Option<String> {
    Duration::parse(&text).is_ok().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repairs_what_is_certain_and_guesses_minutes() {
        let repaired = |text| duration(text);
        for (written, meant) in [
            ("1 hour", "1h"),
            ("60min", "60m"),
            ("14 Days", "14d"),
            ("2w", "14d"),
            ("PT1D", "P1D"),
            ("P1H", "PT1H"),
            ("1 h", "1h"),
        ] {
            assert_eq!(repaired(written), Some((meant.to_owned(), Applicability::Safe)), "{written}");
        }
        assert_eq!(repaired("P5M"), Some(("PT5M".to_owned(), Applicability::Unsafe)));
        for written in ["", "60", "hourly", "-1h", "1y", "PT", "P", "h", "99999999999w", "PTD"] {
            assert_eq!(repaired(written), None, "{written}");
        }
    }
}
