//! Values of picket.toml as literals of KQL.

use super::ParameterValue;
use crate::kql::markers::LiteralKind;
use crate::kql::syntax::{TokenKind, lex};

/// `value` as a literal of type `kind`. `written` is the literal that it replaces: a text that is hidden there stays so.
///
/// # Errors
/// What to write instead.
pub(super) fn literal(value: &ParameterValue, kind: LiteralKind, written: &str) -> Result<String, String> {
    use LiteralKind as Kind;
    use ParameterValue as Value;
    let said = match (kind, value) {
        (Kind::Bool, Value::Bool(flag)) => Some(flag.to_string()),
        (Kind::Long, Value::Integer(number)) => Some(number.to_string()),
        (Kind::Int, Value::Integer(number)) => {
            i32::try_from(*number).ok().map(|number| format!("int({number})"))
        }
        (Kind::Real, Value::Integer(number)) => Some(format!("{number}.0")),
        (Kind::Real, Value::Float(number)) => real(number),
        (Kind::Decimal, Value::Integer(number)) => Some(format!("decimal({number})")),
        (Kind::Decimal, Value::Float(number)) => real(number).map(|number| format!("decimal({number})")),
        (Kind::String, Value::Text(text)) => Some(format!("{}{}", hidden(written), quoted(text))),
        (Kind::TimeSpan, Value::Text(text)) => either(text.trim(), "timespan", TokenKind::TimeSpanLiteral),
        (Kind::DateTime, Value::Text(text) | Value::DateTime(text)) => {
            either(text.trim(), "datetime", TokenKind::DateTimeLiteral)
        }
        (Kind::Guid, Value::Text(text)) => uuid_like(text.trim()).then(|| format!("guid({})", text.trim())),
        (Kind::Dynamic, Value::List(_)) => Some(format!("dynamic({})", json(value))),
        _ => None,
    };
    said.ok_or_else(|| format!("write it as `{}`", example(kind)))
}

/// What a value of the type looks like in picket.toml.
fn example(kind: LiteralKind) -> &'static str {
    match kind {
        LiteralKind::Bool => "true",
        LiteralKind::Int | LiteralKind::Long => "10",
        LiteralKind::Real | LiteralKind::Decimal => "0.5",
        LiteralKind::String => "\"text\"",
        LiteralKind::DateTime => "\"2026-01-31\"",
        LiteralKind::TimeSpan => "\"2h\"",
        LiteralKind::Guid => "\"00000000-0000-0000-0000-000000000000\"",
        LiteralKind::Dynamic => "[\"a\", \"b\"]",
    }
}

/// A number that KQL reads as TOML does; infinity and not-a-number are none.
fn real(written: &str) -> Option<String> {
    let plain = written.replace('_', "");
    let plain = plain.trim_start_matches('+');
    plain
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '-' | '+'))
        .then(|| plain.to_owned())
}

/// `text` as it is where that is one literal of type `token`, else within `type(…)`.
fn either(text: &str, type_name: &str, token: TokenKind) -> Option<String> {
    let is_plain =
        text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '+' | ' '));
    let is_one = |text: &str| {
        let (tokens, findings) = lex(text);
        let mut kinds = tokens.iter().map(|token| token.kind);
        findings.is_empty() && kinds.next() == Some(token) && kinds.next() == Some(TokenKind::EndOfText)
    };
    let digits = text.chars().any(|c| c.is_ascii_digit());
    let within = format!("{type_name}({text})");
    if is_one(text) {
        return Some(text.to_owned());
    }
    let looks_right = match token {
        TokenKind::TimeSpanLiteral => {
            text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ':' | '-'))
        }
        _ => text.len() >= 8 && text.starts_with(|c: char| c.is_ascii_digit()),
    };
    (is_plain && digits && looks_right && is_one(&within)).then_some(within)
}

fn uuid_like(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// The sign of a hidden text, which logs leave out.
fn hidden(written: &str) -> &'static str {
    if written.starts_with(['h', 'H']) { "h" } else { "" }
}

/// `text` in quotes, as KQL and JSON write it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn json(value: &ParameterValue) -> String {
    match value {
        ParameterValue::Bool(flag) => flag.to_string(),
        ParameterValue::Integer(number) => number.to_string(),
        ParameterValue::Float(number) => real(number).unwrap_or_else(|| quoted(number)),
        ParameterValue::Text(text) | ParameterValue::DateTime(text) => quoted(text),
        ParameterValue::List(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(value: ParameterValue, kind: LiteralKind) -> Result<String, String> {
        literal(&value, kind, "")
    }

    #[test]
    fn a_value_becomes_a_literal_of_its_type() {
        use LiteralKind as Kind;
        use ParameterValue as Value;
        let text = |text: &str| Value::Text(text.to_owned());
        for (value, kind, expected) in [
            (Value::Bool(true), Kind::Bool, "true"),
            (Value::Integer(-5), Kind::Long, "-5"),
            (Value::Integer(5), Kind::Int, "int(5)"),
            (Value::Integer(5), Kind::Real, "5.0"),
            (Value::Float("+1_0.5".to_owned()), Kind::Real, "10.5"),
            (Value::Float("0.5".to_owned()), Kind::Decimal, "decimal(0.5)"),
            (text("a\"b\\c\nd"), Kind::String, r#""a\"b\\c\nd""#),
            (text("2h"), Kind::TimeSpan, "2h"),
            (text("00:30:00"), Kind::TimeSpan, "timespan(00:30:00)"),
            (text("2026-01-31"), Kind::DateTime, "datetime(2026-01-31)"),
            (
                text("5b0f0c3e-8d51-4a6e-9f00-000000000001"),
                Kind::Guid,
                "guid(5b0f0c3e-8d51-4a6e-9f00-000000000001)",
            ),
            (Value::List(vec![text("a\"b"), Value::Integer(1)]), Kind::Dynamic, r#"dynamic(["a\"b", 1])"#),
        ] {
            assert_eq!(said(value, kind).as_deref(), Ok(expected));
        }
        assert_eq!(literal(&text("x"), Kind::String, "h'y'").as_deref(), Ok("h\"x\""));
    }

    #[test]
    fn another_type_is_refused_with_an_example() {
        use LiteralKind as Kind;
        use ParameterValue as Value;
        let text = |text: &str| Value::Text(text.to_owned());
        for (value, kind) in [
            (text("10"), Kind::Long),
            (Value::Float("0.5".to_owned()), Kind::Long),
            (Value::Integer(i64::MAX), Kind::Int),
            (Value::Float("inf".to_owned()), Kind::Real),
            (Value::Integer(2), Kind::TimeSpan),
            (text("soon"), Kind::TimeSpan),
            (text("1h) | take 1"), Kind::TimeSpan),
            (text("tomorrow"), Kind::DateTime),
            (text("x"), Kind::Guid),
            (text("x"), Kind::Dynamic),
            (Value::Integer(1), Kind::Bool),
        ] {
            let help = said(value, kind).unwrap_err();
            assert!(help.starts_with("write it as `"), "{help}");
        }
    }
}
