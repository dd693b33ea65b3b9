//! What a project deploys beside rules: watchlists with their items, and functions.
//!
//! - A `.kql` file is a function, read as a [declaration](crate::catalog::kql::overlay) is.
//! - A YAML or JSON file holds one of them, or a list. What has an `alias` is a watchlist, what has a `body` a function.
//!
//! Reading is pure. The items of a watchlist stand in a file of their own, whose text is [given](Watchlist::fill) later.

mod function;
mod lints;
mod reader;
mod watchlist;

use crate::catalog::kql::overlay::Overlay;
use crate::diag::{Diagnostic, LintMeta};
use crate::text::{SourceId, Span};
use crate::yaml;

pub use function::Function;
pub use watchlist::{Items, Watchlist};

/// The codes of content.
pub const LINTS: &[&LintMeta] = lints::LINTS;

/// One thing to deploy.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A watchlist.
    Watchlist(Watchlist),
    /// A function.
    Function(Function),
}

impl Content {
    /// The name people see.
    pub fn display_name(&self) -> &str {
        match self {
            Self::Watchlist(list) => &list.name,
            Self::Function(function) => &function.display_name,
        }
    }

    /// Where findings about it as a whole point.
    pub fn place(&self) -> Span {
        match self {
            Self::Watchlist(list) => Span::new(list.source, list.alias.range),
            Self::Function(function) => Span::new(function.source, function.place),
        }
    }

    /// Adds it to what queries may name.
    pub fn declare(&self, overlay: &mut Overlay) {
        match self {
            Self::Watchlist(list) => overlay.declare_watchlist(&list.alias.value, list.columns()),
            Self::Function(it) => overlay.declare_function(&it.alias, &it.parameters, &it.body),
        }
    }
}

/// The things to deploy in a file. `name` is the name of the file; its ending says how to read it.
pub fn read(source: SourceId, name: &str, text: &str) -> (Vec<Content>, Vec<Diagnostic>) {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    if !matches!(ending.to_ascii_lowercase().as_str(), "yaml" | "yml" | "json") {
        return (vec![Content::Function(Function::of_kql(source, stem, text))], Vec::new());
    }
    let (documents, mut findings) = yaml::parse(source, text);
    let mut content = Vec::new();
    for root in documents.iter().filter_map(|document| document.root.as_ref()) {
        for node in root.as_sequence().unwrap_or(std::slice::from_ref(root)) {
            content.extend(one(source, node, &mut findings));
        }
    }
    (content, findings)
}

fn one(source: SourceId, node: &yaml::Node, findings: &mut Vec<Diagnostic>) -> Option<Content> {
    let mapping = node.as_mapping();
    let has = |key: &str| mapping.is_some_and(|mapping| mapping.get(key).is_some());
    if has("alias") {
        return Watchlist::read(source, node, findings).map(Content::Watchlist);
    }
    if has("body") {
        return Function::read(source, node, findings).map(Content::Function);
    }
    let finding =
        lints::BAD_CONTENT.at(Span::new(source, node.range), "this is neither watchlist nor function");
    let help = "a watchlist has `alias`, `name`, `searchKey` and `items`, a function `name` and `body`";
    findings.push(finding.with_help(help));
    None
}

/// Whether a finding says that something to deploy could not be read.
pub fn is_unread(finding: &Diagnostic) -> bool {
    LINTS.iter().any(|lint| lint.code == finding.code)
}

#[cfg(test)]
mod tests;
