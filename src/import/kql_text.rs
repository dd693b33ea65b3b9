//! Texts of KQL that more than one import writes.

/// `value` as a literal of KQL: verbatim where it holds backslashes, escaped where it holds what no line can.
pub(super) fn literal(value: &str) -> String {
    if value.chars().any(char::is_control) {
        let escaped: String = value
            .chars()
            .map(|char| match char {
                '"' => "\\\"".to_owned(),
                '\\' => "\\\\".to_owned(),
                '\n' => "\\n".to_owned(),
                '\r' => "\\r".to_owned(),
                '\t' => "\\t".to_owned(),
                char if char.is_control() => format!("\\u{:04x}", u32::from(char)),
                char => char.to_string(),
            })
            .collect();
        return format!("\"{escaped}\"");
    }
    if value.contains('\\') {
        format!("@\"{}\"", value.replace('"', "\"\""))
    } else {
        format!("\"{}\"", value.replace('"', "\\\""))
    }
}
