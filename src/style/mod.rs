//! Files of rules, content and KQL in their one form.

use crate::catalog::kql::overlay::is_command;
use crate::diag::Diagnostic;
use crate::rule::write::{self, FormatQuery};
use crate::text::SourceId;
use crate::yaml::Scalar;
use crate::{content, kql};

/// What became of a file.
#[derive(Debug, Default)]
pub struct Formatted {
    /// Its text in the style; nothing where it has none.
    pub text: Option<String>,
    /// Why it, or a query in it, was left as it is.
    pub left: Vec<Diagnostic>,
}

/// A file of KQL in the style. Management commands have none, and pass through.
pub fn kql(source: SourceId, text: &str) -> Formatted {
    if is_command(text) {
        return Formatted::default();
    }
    let (text, found) = kql::format::format(text);
    let left = if text.is_none() { found } else { Vec::new() };
    Formatted { text, left: left.into_iter().map(|finding| finding.moved(source, |range| range)).collect() }
}

/// A rule file in the style; with `queries`, those in it as well. What holds content instead of rules is written as such.
pub fn rules(source: SourceId, text: &str, queries: bool) -> Formatted {
    let formatted = yaml(source, queries, &|query| write::format_with(source, text, query));
    if formatted.text.is_some() {
        return formatted;
    }
    let of_content = content(source, text, queries);
    if of_content.text.is_some() { of_content } else { formatted }
}

/// A file of content in the style; with `queries`, those in it as well.
pub fn content(source: SourceId, text: &str, queries: bool) -> Formatted {
    yaml(source, queries, &|query| content::format(source, text, query))
}

/// How a file is written in the style, given what becomes of its queries.
type FormatFile<'a> = dyn Fn(&mut FormatQuery<'_>) -> (Option<String>, Vec<Diagnostic>) + 'a;

/// What `format` makes of a file, given what becomes of its queries.
fn yaml(source: SourceId, queries: bool, format: &FormatFile<'_>) -> Formatted {
    let mut left = Vec::new();
    let mut query = |scalar: &Scalar| {
        if !queries {
            return None;
        }
        let (text, found) = kql::format::format(&scalar.text);
        if text.is_none() {
            left.extend(
                found.into_iter().map(|finding| finding.moved(source, |range| scalar.range_of(range))),
            );
        }
        text.filter(|text| !text.is_empty())
    };
    let (text, found) = format(&mut query);
    if text.is_none() {
        left = found;
    }
    Formatted { text, left }
}
