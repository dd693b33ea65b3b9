//! Text taken apart: addresses, paths, versions, comma-separated values, command lines.

use std::sync::Arc;

use indexmap::IndexMap;
use rust_decimal::Decimal;

use super::{Call, Scalar, text_at, xml};
use crate::exec::error::Result;
use crate::exec::value::{Dynamic, Value};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "parse_command_line", body: |call, v| command_line(call, v) },
    Scalar {
        name: "parse_csv",
        body: |_, v| Ok(Value::array(csv_record(&text_at(v, 0)).iter().map(Dynamic::string))),
    },
    Scalar { name: "parse_path", body: |call, v| parse_path(call, &text_at(v, 0)) },
    Scalar { name: "parse_url", body: |_, v| Ok(parse_url(&text_at(v, 0))) },
    Scalar { name: "parseurl", body: |_, v| Ok(parse_url(&text_at(v, 0))) },
    Scalar { name: "parse_urlquery", body: |_, v| Ok(parse_query(&text_at(v, 0))) },
    Scalar { name: "parseurlquery", body: |_, v| Ok(parse_query(&text_at(v, 0))) },
    Scalar { name: "parse_version", body: |call, v| parse_version(call, &text_at(v, 0)) },
    Scalar {
        name: "parse_xml",
        body: |_, v| Ok(xml::parse(&text_at(v, 0)).map_or(Value::Null, Value::dynamic)),
    },
];

/// A bag of these properties.
fn bag<'k>(entries: impl IntoIterator<Item = (&'k str, Dynamic)>) -> Dynamic {
    Dynamic::Bag(entries.into_iter().map(|(key, value)| (Arc::from(key), value)).collect())
}

// Addresses

/// The properties of a query: `a=b&c=d`, as they are written.
fn query_properties(query: &str) -> Dynamic {
    let mut properties: IndexMap<Arc<str>, Dynamic> = IndexMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        properties.insert(Arc::from(key), Dynamic::string(value));
    }
    Dynamic::Bag(properties)
}

fn parse_query(query: &str) -> Value {
    Value::dynamic(bag([("Query Parameters", query_properties(query))]))
}

/// The parts of `scheme://user:password@host:port/path?query#fragment`. The path begins with its slash: published
/// queries count on that when they split it, though the documentation prints none.
fn parse_url(url: &str) -> Value {
    let (rest, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (scheme, rest) = rest.split_once("://").map_or(("", rest), |(scheme, rest)| (scheme, rest));
    let (authority, path) = match rest.find('/') {
        _ if scheme.is_empty() => ("", rest),
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    // `[2001:db8::1]:80`
    let (host, port) = match host.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        Some((address, after)) => (address, after.strip_prefix(':').unwrap_or_default()),
        None => host.split_once(':').unwrap_or((host, "")),
    };
    Value::dynamic(bag([
        ("Scheme", Dynamic::string(scheme)),
        ("Host", Dynamic::string(host)),
        ("Port", Dynamic::string(port)),
        ("Path", Dynamic::string(path)),
        ("Username", Dynamic::string(user)),
        ("Password", Dynamic::string(password)),
        ("Query Parameters", query_properties(query)),
        ("Fragment", Dynamic::string(fragment)),
    ]))
}

// Paths

/// Whether a text is the name of a drive: `C:`.
fn drive(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    (bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':').then(|| &text[..2])
}

fn parse_path(call: &Call<'_>, path: &str) -> Result<Value> {
    if path.starts_with("\\\\?\\") {
        return Err(call.error("not supported offline: `parse_path` of a long path, `\\\\?\\…`"));
    }
    let (scheme, rest) = path.split_once("://").unwrap_or(("", path));
    let (directory, file) = match rest.rfind(['/', '\\']) {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => ("", rest),
    };
    let (file, stream) = match file.split_once(':') {
        Some((name, _)) if directory.is_empty() && drive(file).is_some() && name.len() == 1 => (file, ""),
        Some(parts) => parts,
        None => (file, ""),
    };
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    let directory_name = directory.rsplit(['/', '\\']).next().unwrap_or_default();
    Ok(Value::dynamic(bag([
        ("Scheme", Dynamic::string(scheme)),
        ("RootPath", Dynamic::string(drive(rest).unwrap_or_default())),
        ("DirectoryPath", Dynamic::string(directory)),
        ("DirectoryName", Dynamic::string(directory_name)),
        ("Filename", Dynamic::string(file)),
        ("Extension", Dynamic::string(extension)),
        ("AlternateDataStreamName", Dynamic::string(stream)),
    ])))
}

// Versions

/// One to four parts of up to eight digits, as one number; null for anything else.
fn parse_version(call: &Call<'_>, version: &str) -> Result<Value> {
    let parts: Option<Vec<i64>> = version
        .split('.')
        .map(|part| {
            let fits = (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            fits.then(|| part.parse().ok()).flatten()
        })
        .collect();
    let Some(parts) = parts.filter(|parts| parts.len() <= 4) else { return Ok(Value::Null) };
    let base = Decimal::from(100_000_000);
    let number = (0..4).try_fold(Decimal::ZERO, |number, index| {
        let part = Decimal::from(parts.get(index).copied().unwrap_or(0));
        number.checked_mul(base)?.checked_add(part)
    });
    match number {
        Some(number) => Ok(Value::Decimal(number)),
        None => Err(call
            .error(format!("not supported offline: the version {version}, whose number has over 28 digits"))),
    }
}

// Comma-separated values

/// The values of the first record of a text.
fn csv_record(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let Some(value) = values.last_mut() else { break };
        match char {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => value.push('"'),
            '"' if quoted => quoted = false,
            '"' if value.is_empty() => quoted = true,
            ',' if !quoted => values.push(String::new()),
            '\r' if !quoted && chars.peek() == Some(&'\n') => break,
            '\n' if !quoted => break,
            _ => value.push(char),
        }
    }
    values
}

// Command lines

fn command_line(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let parser = text_at(values, 1);
    if !parser.eq_ignore_ascii_case("windows") {
        return Err(call.error(format!("`parse_command_line` knows no parser `{parser}`: only `windows`")));
    }
    let line = text_at(values, 0);
    if line.trim().is_empty() {
        return Ok(Value::Null);
    }
    Ok(Value::array(windows_arguments(&line).iter().map(Dynamic::string)))
}

/// The arguments of a command line by the rules of `CommandLineToArgvW`: in the first, a quote ends where the next one
/// is; behind it backslashes before a quote stand for half as many, an odd one for the quote itself.
fn windows_arguments(line: &str) -> Vec<String> {
    let blank = |char: &char| matches!(char, ' ' | '\t');
    let mut arguments = Vec::new();
    let rest = match line.strip_prefix('"') {
        Some(inner) => {
            let (program, rest) = inner.split_once('"').unwrap_or((inner, ""));
            arguments.push(program.to_owned());
            rest
        }
        None => {
            let (program, rest) = line.split_at(line.find([' ', '\t']).unwrap_or(line.len()));
            arguments.push(program.to_owned());
            rest
        }
    };
    let mut chars = rest.chars().peekable();
    loop {
        while chars.next_if(blank).is_some() {}
        if chars.peek().is_none() {
            return arguments;
        }
        let mut argument = String::new();
        let mut quoted = false;
        while let Some(char) = chars.next_if(|char| quoted || !blank(char)) {
            match char {
                '\\' => {
                    let mut slashes = 1;
                    while chars.next_if_eq(&'\\').is_some() {
                        slashes += 1;
                    }
                    let before_quote = chars.peek() == Some(&'"');
                    let kept = if before_quote { slashes / 2 } else { slashes };
                    argument.extend(std::iter::repeat_n('\\', kept));
                    if before_quote && slashes % 2 == 1 && chars.next().is_some() {
                        argument.push('"');
                    }
                }
                // Two quotes within quotes are one.
                '"' if quoted && chars.next_if_eq(&'"').is_some() => argument.push('"'),
                '"' => quoted = !quoted,
                _ => argument.push(char),
            }
        }
        arguments.push(argument);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_fall_into_their_parts() {
        let part = |url: &str, part: &str| {
            let Value::Dynamic(parts) = parse_url(url) else { panic!("a bag") };
            parts.property(part).unwrap().to_text().into_owned()
        };
        let whole = "scheme://username:password@host:1234/this/is/a/path?k1=v1&k2=v2#fragment";
        assert_eq!(part(whole, "Host"), "host");
        assert_eq!(part(whole, "Port"), "1234");
        assert_eq!(part(whole, "Path"), "/this/is/a/path");
        assert_eq!(part(whole, "Username"), "username");
        assert_eq!(part(whole, "Query Parameters"), r#"{"k1":"v1","k2":"v2"}"#);
        assert_eq!(part(whole, "Fragment"), "fragment");
        assert_eq!(part("http://[2001:db8::1]:80/x", "Host"), "2001:db8::1");
        assert_eq!(part("http://host/path?arg=:bogus@some", "Host"), "host");
        assert_eq!(part("https://login.example.com", "Host"), "login.example.com");
        assert_eq!(part("", "Query Parameters"), "{}");
    }

    #[test]
    fn records_keep_what_stands_in_quotes() {
        assert_eq!(
            csv_record("aa,\"b,b\",\"say \"\"no\"\"\",\"1\n2\"\nrest"),
            ["aa", "b,b", "say \"no\"", "1\n2"]
        );
        assert_eq!(csv_record(""), [""]);
        assert_eq!(csv_record("a,\r\nb"), ["a", ""]);
    }

    #[test]
    fn command_lines_are_split_as_windows_does() {
        for (line, expected) in [
            (r#"echo "hello world!""#, &["echo", "hello world!"] as &[&str]),
            (r#""C:\Program Files\a.exe" -x "b c""#, &[r"C:\Program Files\a.exe", "-x", "b c"]),
            (r#"a \"b\\" c"#, &["a", r#""b\ c"#]),
            (r#"a "b""c" d"#, &["a", r#"b"c"#, "d"]),
            (r"a b\\c  d\", &["a", r"b\\c", r"d\"]),
            (r#"a """#, &["a", ""]),
        ] {
            assert_eq!(windows_arguments(line), expected, "{line}");
        }
    }
}
