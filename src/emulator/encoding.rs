//! Percent encoding of paths and queries.

/// Decodes `%41` to `A`; a broken escape stays as it is, bytes that are not UTF-8 become replacement
/// characters.
pub(super) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match tail {
            [high, low, ..] if *first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                bytes.push(high * 16 + low);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Encodes all but the unreserved characters.
pub(super) fn encode(text: &str) -> String {
    let keep = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes()
        .map(|byte| if keep(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// The query of a URL, names compared without case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(text: &str) -> Self {
        let pair = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(name).to_ascii_lowercase(), decode(&value.replace('+', " ")))
        };
        Self(text.split('&').filter(|part| !part.is_empty()).map(pair).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_it_encodes_and_keeps_broken_escapes() {
        for text in ["", "plain", "a b/c?d&e=f", "ä%41", "100%", "%zz", "'\"{}"] {
            assert_eq!(decode(&encode(text)), text);
        }
        assert_eq!(decode("%41%4a%"), "AJ%");
        let query = Query::parse("API-Version=2025&%24filter=a%20eq%20%27b%27&$top=3&flag");
        assert_eq!(query.get("api-version"), Some("2025"));
        assert_eq!(query.get("$Filter"), Some("a eq 'b'"));
        assert_eq!((query.get("flag"), query.get("none")), (Some(""), None));
    }
}
