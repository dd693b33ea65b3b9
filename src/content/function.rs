//! Functions, which the workspace keeps as saved searches with an alias.

use super::keys;
use super::reader::read_keys;
use crate::catalog::kql::overlay;
use crate::diag::Diagnostic;
use crate::text::{SourceId, TextRange};
use crate::yaml::Node;

/// A function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// The file it was read from.
    pub source: SourceId,
    /// Where its name stands, or the text that has none.
    pub place: TextRange,
    /// `id`: the name of the resource; the name, unless another is given.
    pub id: String,
    /// `name`: what queries call it.
    pub alias: String,
    /// `displayName`; the name, unless another is given.
    pub display_name: String,
    /// `category`: the group in which the portal shows it.
    pub category: Option<String>,
    /// `parameters`, without brackets around.
    pub parameters: String,
    /// `body`, without braces around.
    pub body: String,
}

impl Function {
    /// The function of a file of KQL.
    pub(super) fn of_kql(source: SourceId, stem: &str, text: &str) -> Self {
        let function = overlay::function(stem, text).function;
        Self {
            source,
            place: TextRange::from_usize(0, text.lines().next().map_or(0, str::len)),
            id: function.name.to_owned(),
            alias: function.name.to_owned(),
            display_name: function.name.to_owned(),
            category: None,
            parameters: bare(&function.parameters, '(', ')').to_owned(),
            body: bare(&function.body, '{', '}').to_owned(),
        }
    }

    /// Reads `node`; nothing when what has to be there is not.
    pub(super) fn read(source: SourceId, node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut reader = read_keys(source, "function", node, &keys::FUNCTION, findings)?;
        let (name, body) = (reader.required("name"), reader.required("body"));
        let parameters = reader.text("parameters").map(|text| text.value).unwrap_or_default();
        let display_name = reader.text("displayName").map(|text| text.value);
        let category = reader.text("category").map(|text| text.value);
        let id = match reader.value("id") {
            Some(_) => Some(reader.id()?.value),
            None => None,
        };
        let name = name?;
        let is_name = |text: &str| {
            !text.starts_with(|c: char| c.is_ascii_digit())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        if !is_name(&name.value) {
            let message = format!("`{}` cannot be the name of a function", name.value);
            reader.bad(name.range, message, "use letters, digits and underscores");
            return None;
        }
        Some(Self {
            source,
            place: name.range,
            display_name: display_name.unwrap_or_else(|| name.value.clone()),
            id: id.unwrap_or_else(|| name.value.clone()),
            alias: name.value,
            category,
            parameters: bare(&parameters, '(', ')').to_owned(),
            body: bare(&body?.value, '{', '}').to_owned(),
        })
    }
}

/// `text` without the brackets around it, where both are there.
fn bare(text: &str, open: char, close: char) -> &str {
    let text = text.trim();
    text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).unwrap_or(text).trim()
}
