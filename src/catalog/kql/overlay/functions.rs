//! Functions in `.kql` files.

use super::super::catalog::StoredFunction;
use super::intern;
use crate::text::TextRange;

/// A function with the places of its parts in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredFunction {
    /// The function.
    pub function: StoredFunction,
    /// Where its parameters are written; empty where they are not.
    pub parameters: TextRange,
    /// Its body, braces included where there are any.
    pub body: TextRange,
}

/// The function of a `.kql` file.
///
/// The text is either the body alone, or a command that creates the function
/// (`.create-or-alter function with (folder = "x") Name(since: timespan) { … }`). Before a body, comment lines may say
/// what the file's name does not: `// function: Name` and `// parameters: (since: timespan = 1d)`. Without them the
/// function is called like the file and takes nothing.
pub fn function(stem: &str, text: &str) -> DeclaredFunction {
    if let Some(created) = created(text) {
        return created;
    }
    let body = text.trim_start_matches('\u{feff}').trim();
    let mut name = stem;
    let mut parameters = None;
    for line in body.lines().map(str::trim).take_while(|line| line.is_empty() || line.starts_with("//")) {
        let comment = line.trim_start_matches('/').trim();
        let Some((key, value)) = comment.split_once(':') else { continue };
        match key.trim().to_ascii_lowercase().as_str() {
            "function" | "name" | "function name" => match value.find('(') {
                Some(open) if are_parameters(&value[open..]) => {
                    name = value[..open].trim();
                    parameters = Some(value[open..].trim());
                }
                _ => name = value.trim(),
            },
            "parameters" | "params" => parameters = Some(value.trim()),
            _ => {}
        }
    }
    DeclaredFunction {
        function: StoredFunction {
            name: intern::name(name),
            parameters: in_brackets(parameters.unwrap_or_default()),
            body: body.to_owned(),
        },
        parameters: parameters.map(|parameters| place_in(text, parameters)).unwrap_or_default(),
        body: place_in(text, body),
    }
}

/// Whether brackets behind a name hold parameters, and not a remark such as `(v2)`.
fn are_parameters(text: &str) -> bool {
    let inside = text.trim().trim_start_matches('(').trim_end_matches(')').trim();
    inside.is_empty() || inside.contains(':')
}

/// Where `part`, a slice of `text`, stands in it.
fn place_in(text: &str, part: &str) -> TextRange {
    let start = part.as_ptr().addr().saturating_sub(text.as_ptr().addr());
    TextRange::from_usize(start, start + part.len())
}

/// Whether `text` is a management command, such as one that creates a function, and no query.
pub fn is_command(text: &str) -> bool {
    skip_comments(text).starts_with('.')
}

/// `parameters` with brackets around, whether it had them or not.
pub(super) fn in_brackets(parameters: &str) -> String {
    let bare = parameters.trim();
    let inside = bare.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(bare);
    format!("({})", inside.trim())
}

/// The function that a `.create function` command makes.
fn created(text: &str) -> Option<DeclaredFunction> {
    let command = skip_comments(text);
    let rest =
        [".create-or-alter", ".create", ".alter"].iter().find_map(|verb| command.strip_prefix(verb))?;
    let rest = rest.trim_start().strip_prefix("function")?.trim_start();
    let rest = rest.strip_prefix("ifnotexists").unwrap_or(rest).trim_start();
    let rest = match rest.strip_prefix("with") {
        Some(options) if options.trim_start().starts_with('(') => {
            let options = options.trim_start();
            options.get(closing(options)? + 1..)?.trim_start()
        }
        _ => rest,
    };
    let (name, behind) = rest.split_at(rest.find('(')?);
    let end = closing(behind)?;
    let name = name.trim().trim_start_matches("['").trim_end_matches("']");
    let parameters = behind.get(..=end)?;
    let body = behind.get(end + 1..)?.trim();
    Some(DeclaredFunction {
        function: StoredFunction {
            name: intern::name(name),
            parameters: parameters.to_owned(),
            body: body.to_owned(),
        },
        parameters: place_in(text, parameters),
        body: place_in(text, body),
    })
}

fn skip_comments(text: &str) -> &str {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    while rest.starts_with("//") {
        rest = rest.split_once('\n').map_or("", |(_, behind)| behind).trim_start();
    }
    rest
}

/// Where the bracket that opens `text` closes, strings skipped.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(') => depth += 1,
            (None, b')') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            (None, _) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (&'static str, String, String) {
        let declared = function("FromFile", text);
        let function = declared.function;
        assert_eq!(declared.body.slice(text), function.body);
        assert_eq!(in_brackets(declared.parameters.slice(text)), function.parameters);
        (function.name, function.parameters, function.body)
    }

    #[test]
    fn a_body_is_called_like_its_file() {
        assert_eq!(parts("SigninLogs | take 1\n"), ("FromFile", "()".into(), "SigninLogs | take 1".into()));
    }

    #[test]
    fn comments_say_name_and_parameters() {
        let text = "// What it does: nothing\n// function: Recent\n// parameters: since: timespan = 1d\nT | where a > ago(since)";
        let (name, parameters, body) = parts(text);
        assert_eq!((name, parameters.as_str()), ("Recent", "(since: timespan = 1d)"));
        assert!(body.ends_with("ago(since)"), "{body}");
        assert_eq!(parts("// function: Recent(a: long, b: string)\nT").1, "(a: long, b: string)");
        assert_eq!(parts("// Name: Odd sign-ins (v2)\nT").1, "()", "a remark");
    }

    #[test]
    fn a_command_says_all() {
        let text = "// v2\n.create-or-alter function with (docstring = \"odd ) one\", folder=\"x\") Recent(since: timespan = ago(1d)) {\n T\n}\n";
        assert_eq!(parts(text), ("Recent", "(since: timespan = ago(1d))".into(), "{\n T\n}".into()));
        assert_eq!(parts(".create function ifnotexists F() { T }").0, "F");
    }
}
