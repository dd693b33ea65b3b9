//! What the languages of Bicep and Terraform have in common.

use std::collections::HashSet;

use super::Exported;
use crate::arm::ResourceKind;

/// A step of indentation.
pub(super) const STEP: &str = "  ";

/// Appends `depth` steps of indentation.
pub(super) fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n(STEP, depth));
}

/// `text` on one line, for a comment: what would end the line or hide a part of it is a space.
pub(super) fn one_line(text: &str) -> String {
    let text: String = text.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect();
    text.trim_end().to_owned()
}

/// Whether `c` ends a line, does not show, or changes how its neighbours show: such a sign is written as an escape.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// `text` between two of `quote`, with the escapes that both languages have; `hidden` writes that of a sign which does not show.
pub(super) fn quoted(text: &str, quote: char, hidden: impl Fn(u32) -> String) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter == quote => out.extend(['\\', letter]),
            letter if is_hidden(letter) => out.push_str(&hidden(u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out.push(quote);
    out
}

/// Whether `text` can be read as it is, line by line: it has several lines, and nothing in them has to be escaped.
pub(super) fn is_block(text: &str) -> bool {
    text.contains('\n') && !text.chars().any(|c| !matches!(c, '\n' | '\t') && is_hidden(c))
}

/// A name for each resource that the language takes, made of that of the resource, so that it stays when what people call it
/// changes.
pub(super) fn symbols(resources: &[Exported]) -> Vec<String> {
    let mut taken = HashSet::new();
    let name = |resource: &Exported| {
        let of = match resource.kind {
            ResourceKind::AlertRule => "rule",
            ResourceKind::SavedSearch => "query",
            ResourceKind::Function => "function",
            ResourceKind::Watchlist => "watchlist",
            ResourceKind::AutomationRule => "automation",
            ResourceKind::CustomDetection | ResourceKind::Metadata => "content",
        };
        let id: String =
            resource.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let base = format!("{of}_{id}");
        let mut name = base.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{base}_{number}");
            number += 1;
        }
        name
    };
    resources.iter().map(name).collect()
}

/// Whether a key of an object can stand without quotes in both languages.
pub(super) fn is_plain_key(key: &str) -> bool {
    const KEYWORDS: [&str; 6] = ["for", "if", "in", "null", "true", "false"];
    let mut letters = key.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !KEYWORDS.contains(&key)
}
