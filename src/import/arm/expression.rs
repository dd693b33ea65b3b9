//! Expressions of ARM templates, as far as they name and hold content: `[concat(parameters('workspace'), '/x')]`.

use serde_json::{Map, Value};

/// How deep expressions may nest; beyond it they are not understood.
const DEEPEST: usize = 32;

/// What expressions may name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'t> {
    /// The template's parameters, with their default values.
    pub parameters: Option<&'t Map<String, Value>>,
    /// The template's variables.
    pub variables: Option<&'t Map<String, Value>>,
    /// Those of the template around it, whose deployment resolves what the inner one does not have.
    pub outer: Option<&'t Names<'t>>,
}

impl<'t> Names<'t> {
    /// The nearest value that `of` finds, from the inside out.
    fn find(&self, of: impl Fn(&Names<'t>) -> Option<&'t Value>) -> Option<&'t Value> {
        let mut names = self;
        loop {
            if let Some(value) = of(names) {
                return Some(value);
            }
            names = names.outer?;
        }
    }
}

/// `value` with every expression in it as what it stands for. What cannot be known stays, and is added to `unknown`.
pub(super) fn resolved(value: &Value, names: Names<'_>, unknown: &mut Vec<String>) -> Value {
    match value {
        Value::String(text) => text_resolved(text, names, unknown),
        Value::Array(items) => items.iter().map(|item| resolved(item, names, unknown)).collect(),
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| (key.clone(), resolved(value, names, unknown));
            Value::Object(entries.iter().map(entry).collect())
        }
        other => other.clone(),
    }
}

fn text_resolved(text: &str, names: Names<'_>, unknown: &mut Vec<String>) -> Value {
    if let Some(rest) = text.strip_prefix("[[") {
        return Value::String(format!("[{rest}"));
    }
    let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return Value::String(text.to_owned());
    };
    let mut reader = Reader { rest: inner, names, depth: 0 };
    match reader.expression() {
        Some(value) if reader.rest.trim().is_empty() => value,
        _ => {
            unknown.push(text.to_owned());
            Value::String(text.to_owned())
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
    names: Names<'t>,
    depth: usize,
}

impl Reader<'_> {
    /// The value of the expression at the start of the rest; nothing where it is not understood.
    fn expression(&mut self) -> Option<Value> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        self.rest = self.rest.trim_start();
        let mut value = if self.rest.starts_with('\'') {
            Value::String(self.text()?)
        } else if self.rest.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
            let end =
                self.rest[1..].find(|it: char| !it.is_ascii_digit()).map_or(self.rest.len(), |at| at + 1);
            let number = self.rest[..end].parse::<i64>().ok()?;
            self.rest = &self.rest[end..];
            Value::from(number)
        } else {
            self.call()?
        };
        // `.name` and `[0]` behind it.
        loop {
            if let Some(rest) = self.rest.strip_prefix('.') {
                let end = rest.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(rest.len());
                value = value.get(&rest[..end])?.clone();
                self.rest = &rest[end..];
            } else if let Some(rest) = self.rest.strip_prefix('[') {
                self.rest = rest;
                let at = self.expression()?;
                self.rest = self.rest.trim_start().strip_prefix(']')?;
                value = match at.as_u64() {
                    Some(at) => value.get(usize::try_from(at).ok()?)?.clone(),
                    None => value.get(at.as_str()?)?.clone(),
                };
            } else {
                break;
            }
        }
        self.depth -= 1;
        Some(value)
    }

    /// A text in quotes, two of them for one.
    fn text(&mut self) -> Option<String> {
        let mut out = String::new();
        let mut rest = self.rest.strip_prefix('\'')?;
        loop {
            let end = rest.find('\'')?;
            out.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            match rest.strip_prefix('\'') {
                Some(more) => {
                    out.push('\'');
                    rest = more;
                }
                None => break,
            }
        }
        self.rest = rest;
        Some(out)
    }

    fn call(&mut self) -> Option<Value> {
        let end = self.rest.find(|it: char| !it.is_alphanumeric() && it != '_' && it != '.')?;
        let name = self.rest[..end].to_ascii_lowercase();
        self.rest = self.rest[end..].trim_start().strip_prefix('(')?;
        let mut arguments = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if let Some(rest) = self.rest.strip_prefix(')') {
                self.rest = rest;
                break;
            }
            arguments.push(self.expression()?);
            self.rest = self.rest.trim_start();
            self.rest = self.rest.strip_prefix(',').unwrap_or(self.rest);
        }
        self.function(&name, &arguments)
    }

    fn function(&mut self, name: &str, arguments: &[Value]) -> Option<Value> {
        let first = arguments.first();
        let words = || arguments.iter().map(text_of).collect::<Option<Vec<String>>>();
        Some(match (name, first) {
            ("parameters", Some(Value::String(name))) => {
                let declared = self.names.find(|names| names.parameters?.get(name))?;
                match declared.get("defaultValue") {
                    Some(Value::String(text)) if text.starts_with('[') => self.again(text)?,
                    Some(value) => value.clone(),
                    // Who deploys says what it is: a name in place of it, such as that of the workspace.
                    None => Value::String(format!("<{name}>")),
                }
            }
            ("variables", Some(Value::String(name))) => {
                match self.names.find(|names| names.variables?.get(name))? {
                    Value::String(text) if text.starts_with('[') => self.again(text)?,
                    value => value.clone(),
                }
            }
            ("split", Some(Value::String(text))) => {
                let by = arguments.get(1)?.as_str().filter(|by| !by.is_empty())?;
                text.split(by).map(Value::from).collect()
            }
            ("last", Some(Value::Array(items))) => items.last()?.clone(),
            ("first", Some(Value::Array(items))) => items.first()?.clone(),
            ("concat", _) => Value::String(words()?.concat()),
            ("resourceid" | "extensionresourceid" | "subscriptionresourceid", _) => {
                Value::String(words()?.join("/"))
            }
            ("tolower", Some(Value::String(text))) => Value::String(text.to_lowercase()),
            ("toupper", Some(Value::String(text))) => Value::String(text.to_uppercase()),
            ("string", Some(value)) => Value::String(text_of(value)?),
            ("trim", Some(Value::String(text))) => Value::String(text.trim().to_owned()),
            ("createarray", _) => Value::Array(arguments.to_vec()),
            ("true", None) => Value::Bool(true),
            ("false", None) => Value::Bool(false),
            ("json", Some(Value::String(text))) => serde_json::from_str(text).ok()?,
            ("format", Some(Value::String(pattern))) => {
                let words = words()?;
                let filled = words[1..]
                    .iter()
                    .enumerate()
                    .fold(pattern.clone(), |text, (at, word)| text.replace(&format!("{{{at}}}"), word));
                Value::String(filled)
            }
            _ => return None,
        })
    }

    /// The value of another text with an expression.
    fn again(&mut self, text: &str) -> Option<Value> {
        let inner = text.strip_prefix('[')?.strip_suffix(']')?;
        let mut reader = Reader { rest: inner, names: self.names, depth: self.depth };
        reader.expression()
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &Value, unknown: usize) {
        let parameters = json!({"workspace": {"type": "string"}, "severity": {"defaultValue": "High"}});
        let variables = json!({"id": "abc", "name": "[concat(variables('id'), '-1')]", "loop": "[variables('loop')]", "list": [1, {"a": "b"}]});
        let names =
            Names { parameters: parameters.as_object(), variables: variables.as_object(), outer: None };
        let mut found = Vec::new();
        assert_eq!((&resolved(&json!(text), names, &mut found), found.len()), (expected, unknown));
    }

    #[test]
    fn expressions_are_resolved() {
        check("plain", &json!("plain"), 0);
        check("[[escaped]", &json!("[escaped]"), 0);
        check("[parameters('severity')]", &json!("High"), 0);
        check(
            "[concat(parameters('workspace'), '/Microsoft.SecurityInsights/', variables('name'))]",
            &json!("<workspace>/Microsoft.SecurityInsights/abc-1"),
            0,
        );
        check("[format('{0} isn''t {1}', 'a', toUpper('b'))]", &json!("a isn't B"), 0);
        check("[variables('list')[1].a]", &json!("b"), 0);
        check("[variables('list')[0]]", &json!(1), 0);
        check("[resourceId('a/b', 'c')]", &json!("a/b/c"), 0);
        check("[last(split('a/b/c', '/'))]", &json!("c"), 0);
    }

    #[test]
    fn an_inner_template_sees_what_the_outer_one_has() {
        let (outside, inside) = (json!({"a": "outer", "b": "[variables('a')]"}), json!({"a": "inner"}));
        let outer = Names { parameters: None, variables: outside.as_object(), outer: None };
        let names = Names { parameters: None, variables: inside.as_object(), outer: Some(&outer) };
        assert_eq!(resolved(&json!("[variables('a')]"), names, &mut Vec::new()), json!("inner"));
        let value = json!({"a": "outer"});
        let empty = json!({});
        let outer = Names { parameters: None, variables: value.as_object(), outer: None };
        let names = Names { parameters: None, variables: empty.as_object(), outer: Some(&outer) };
        assert_eq!(resolved(&json!("[variables('a')]"), names, &mut Vec::new()), json!("outer"));
    }

    #[test]
    fn what_is_not_understood_stays() {
        for text in
            ["[newGuid()]", "[concat('a'", "[parameters('none')]", "[variables('loop')]", "[]", "['a' 'b']"]
        {
            check(text, &json!(text), usize::from(text.ends_with(']')));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "\\[?[a-z'(),.\\[\\] 0-9]{0,60}\\]?") {
            let names = Names { parameters: None, variables: None, outer: None };
            resolved(&json!(text), names, &mut Vec::new());
        }
    }
}
