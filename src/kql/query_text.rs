//! The text of a query, and where its bytes stand in a file.

use crate::catalog::kql::{StoredFunction, overlay};
use crate::text::{TextRange, to_u32};
use crate::yaml::Scalar;

/// What a function is called in the declaration that is made around its body.
const DECLARED: &str = "declared_function";

/// The text of a query with its place in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryText(Place);

/// How the text of a query relates to that of its file.
#[derive(Debug, Clone, PartialEq)]
enum Place {
    /// The whole file.
    Whole(String),
    /// A scalar in it.
    Scalar(Scalar),
    /// The body of a function, with a declaration made around it.
    Function {
        /// The declaration and, where the function needs no arguments, a call.
        text: String,
        /// Where the body begins in that.
        begins: u32,
        /// The body in the file.
        body: TextRange,
        /// The parameters in the file.
        parameters: TextRange,
    },
}

impl QueryText {
    /// The query in a scalar of a YAML file.
    pub fn of_scalar(scalar: Scalar) -> Self {
        Self(Place::Scalar(scalar))
    }

    /// The query of a file of KQL, or the function that it declares by a command or with parameters. `name` is the name of
    /// the file.
    pub fn of_file(name: &str, text: &str) -> Self {
        let function = overlay::function(name, text);
        let (parameters, body) = (function.parameters, function.body);
        if parameters.is_empty() {
            return Self(Place::Whole(text.to_owned()));
        }
        let StoredFunction { parameters: written, body: inner, .. } = function.function;
        let (open, close) = if inner.starts_with('{') { ("", "") } else { ("{", "\n}") };
        let head = format!("let {DECLARED} = {written} {open}");
        let inside = written.trim_start_matches('(').trim_end_matches(')');
        let callable = inside.split(',').all(|one| one.trim().is_empty() || one.contains('='));
        let call = if callable { format!("{DECLARED}()") } else { String::new() };
        let text = format!("{head}{inner}{close};\n{call}");
        Self(Place::Function { text, begins: to_u32(head.len()), body, parameters })
    }

    /// The text, with a declaration around it where it is the body of a function.
    pub fn text(&self) -> &str {
        match &self.0 {
            Place::Whole(text) | Place::Function { text, .. } => text,
            Place::Scalar(scalar) => &scalar.text,
        }
    }

    /// A range of the text in the file.
    pub fn in_file(&self, range: TextRange) -> TextRange {
        match &self.0 {
            Place::Whole(_) => range,
            Place::Scalar(scalar) => scalar.range_of(range),
            Place::Function { begins, parameters, .. } if range.start < *begins => *parameters,
            Place::Function { begins, body, .. } => {
                let at = |offset: u32| (offset - begins + body.start).min(body.end);
                TextRange::new(at(range.start), at(range.end))
            }
        }
    }

    /// Where the byte of the file at `offset` stands in the text; nothing for one that is none of it.
    pub fn in_text(&self, offset: u32) -> Option<u32> {
        match &self.0 {
            Place::Whole(text) => (offset as usize <= text.len()).then_some(offset),
            Place::Scalar(scalar) => scalar.map.decoded(offset),
            Place::Function { begins, body, .. } => {
                (body.start <= offset && offset <= body.end).then(|| offset - body.start + begins)
            }
        }
    }

    /// The scalar that holds it, where one does.
    pub fn scalar(&self) -> Option<&Scalar> {
        if let Place::Scalar(scalar) = &self.0 { Some(scalar) } else { None }
    }
}
