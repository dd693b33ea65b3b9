//! A text that a regular expression matches.

use regex_syntax::hir::{Class, Hir, HirKind};

/// The shortest plain text that `pattern` matches, where one can be made of its parts.
pub(super) fn example(pattern: &str) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut out = String::new();
    write(&hir, &mut out)?;
    // Look-arounds and anchors are passed over in writing: the whole has to match.
    regex::Regex::new(pattern).ok()?.is_match(&out).then_some(out)
}

fn write(hir: &Hir, out: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => out.push(of_class(class)?),
        HirKind::Repetition(repetition) => {
            let times = repetition.min.max(u32::from(repetition.max != Some(0))).min(64);
            for _ in 0..times {
                write(&repetition.sub, out)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, out)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, out))?,
        HirKind::Alternation(parts) => write(parts.first()?, out)?,
    }
    Some(())
}

/// A letter of a class, a plain one where there is one.
fn of_class(class: &Class) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect()
        }
    };
    let plain = ('a'..='z').chain('0'..='9').chain('A'..='Z').chain(['-', '.', ' ', '/']);
    let is_in = |letter: &char| ranges.iter().any(|(start, end)| start <= letter && letter <= end);
    plain.into_iter().find(is_in).or_else(|| ranges.first().map(|(start, _)| *start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_match() {
        for (pattern, text) in [
            (r"(?i)^any(desk|thing)\.exe$", "anydesk.exe"),
            (r"[^/:?#]+\d{3}", "a000"),
            (r"\bremote\b", "remote"),
            ("(a|b)*c?", "ac"),
        ] {
            let example = example(pattern).unwrap();
            assert!(example.eq_ignore_ascii_case(text), "{pattern}: {example}");
        }
        assert_eq!(example(r"a\b1"), None, "nothing matches that");
        assert_eq!(example("("), None);
    }
}
