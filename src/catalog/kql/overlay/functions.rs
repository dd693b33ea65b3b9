//! Functions in `.kql` files.

use super::super::catalog::StoredFunction;
use super::intern;

/// The function of a `.kql` file.
///
/// The text is either the body alone, or a command that creates the function
/// (`.create-or-alter function with (folder = "x") Name(since: timespan) { … }`). Before a body, comment lines may say
/// what the file's name does not: `// function: Name` and `// parameters: (since: timespan = 1d)`. Without them the
/// function is called like the file and takes nothing.
pub fn function(stem: &str, text: &str) -> StoredFunction {
    if let Some(created) = created(text) {
        return created;
    }
    let mut function = StoredFunction {
        name: intern::name(stem),
        parameters: "()".to_owned(),
        body: text.trim().to_owned(),
    };
    for line in text.lines().map(str::trim).take_while(|line| line.is_empty() || line.starts_with("//")) {
        let comment = line.trim_start_matches('/').trim();
        let Some((key, value)) = comment.split_once(':') else { continue };
        match key.trim().to_ascii_lowercase().as_str() {
            "function" | "name" | "function name" => match value.split_once('(') {
                Some((name, parameters)) => {
                    function.name = intern::name(name.trim());
                    function.parameters = in_brackets(parameters.trim().trim_end_matches(')'));
                }
                None => function.name = intern::name(value.trim()),
            },
            "parameters" | "params" => function.parameters = in_brackets(value),
            _ => {}
        }
    }
    function
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
fn created(text: &str) -> Option<StoredFunction> {
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
    Some(StoredFunction {
        name: intern::name(name),
        parameters: behind.get(..=end)?.to_owned(),
        body: behind.get(end + 1..)?.trim().to_owned(),
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
        let function = function("FromFile", text);
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
    }

    #[test]
    fn a_command_says_all() {
        let text = "// v2\n.create-or-alter function with (docstring = \"odd ) one\", folder=\"x\") Recent(since: timespan = ago(1d)) {\n T\n}\n";
        assert_eq!(parts(text), ("Recent", "(since: timespan = ago(1d))".into(), "{\n T\n}".into()));
        assert_eq!(parts(".create function ifnotexists F() { T }").0, "F");
    }
}
