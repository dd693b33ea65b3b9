//! What a project deploys beside rules with queries: watchlists with their items, functions, automation rules, and
//! analytics rules whose query is the service's.
//!
//! - A `.kql` file is a function, read as a [declaration](crate::catalog::kql::overlay) is.
//! - A YAML or JSON file holds one of them, or a list. What has an `alias` is a watchlist, what has a `body` a function,
//!   what has `triggeringLogic` an automation rule, what has `queryCondition` a custom detection of Defender; `kind` says what else it is.
//!
//! Reading is pure. The items of a watchlist stand in a file of their own, whose text is [given](Watchlist::fill) later.

mod automation_rule;
mod custom_detection;
mod format;
mod function;
pub mod items;
pub mod keys;
mod lints;
mod reader;
mod schema;
mod service_rule;
mod watchlist;

use crate::arm::service_rule::ServiceRuleKind;
use crate::catalog::kql::overlay::Overlay;
use crate::diag::{Diagnostic, LintMeta};
use crate::text::{SourceId, Span};
use crate::yaml;

pub use automation_rule::AutomationRule;
pub use custom_detection::CustomDetection;
pub use format::format;
pub use function::Function;
pub use schema::schema;
pub use service_rule::ServiceRule;
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
    /// An analytics rule without a query of one's own.
    ServiceRule(ServiceRule),
    /// An automation rule.
    AutomationRule(AutomationRule),
    /// A custom detection of Defender.
    CustomDetection(CustomDetection),
}

impl Content {
    /// The name people see.
    pub fn display_name(&self) -> &str {
        match self {
            Self::Watchlist(list) => &list.name,
            Self::Function(function) => &function.display_name,
            Self::ServiceRule(rule) => &rule.name,
            Self::AutomationRule(rule) => &rule.name,
            Self::CustomDetection(rule) => &rule.name,
        }
    }

    /// The name of its resource, which is its alias or id, and the name people see.
    pub fn names(&self) -> [&str; 2] {
        let name = match self {
            Self::Watchlist(list) => &list.alias.value,
            Self::Function(function) => &function.alias,
            Self::ServiceRule(rule) => &rule.id.value,
            Self::AutomationRule(rule) => &rule.id.value,
            Self::CustomDetection(rule) => &rule.id.value,
        };
        [name, self.display_name()]
    }

    /// Where findings about it as a whole point.
    pub fn place(&self) -> Span {
        match self {
            Self::Watchlist(list) => Span::new(list.source, list.alias.range),
            Self::Function(function) => Span::new(function.source, function.place),
            Self::ServiceRule(rule) => Span::new(rule.source, rule.id.range),
            Self::AutomationRule(rule) => Span::new(rule.source, rule.id.range),
            Self::CustomDetection(rule) => Span::new(rule.source, rule.id.range),
        }
    }

    /// The files in which it stands.
    pub fn sources(&self) -> impl Iterator<Item = SourceId> {
        let items = match self {
            Self::Watchlist(list) => list.items.source,
            _ => None,
        };
        std::iter::once(self.place().source).chain(items)
    }

    /// Adds it to what queries may name.
    pub fn declare(&self, overlay: &mut Overlay) {
        match self {
            Self::Watchlist(list) => overlay.declare_watchlist(&list.alias.value, list.columns()),
            Self::Function(it) => overlay.declare_function(&it.alias, &it.parameters, &it.body),
            Self::ServiceRule(_) | Self::AutomationRule(_) | Self::CustomDetection(_) => {}
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
    let kind = mapping.and_then(|mapping| mapping.get("kind")?.as_str());
    let of_service =
        |kind: &str| ServiceRuleKind::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(kind));
    if let Some(kind) = kind.and_then(of_service) {
        return ServiceRule::read(source, kind, node, findings).map(Content::ServiceRule);
    }
    if has("queryCondition") {
        return CustomDetection::read(source, node, findings).map(Content::CustomDetection);
    }
    if has("triggeringLogic") || kind.is_some_and(|kind| kind.eq_ignore_ascii_case("AutomationRule")) {
        return AutomationRule::read(source, node, findings).map(Content::AutomationRule);
    }
    if has("alias") {
        return Watchlist::read(source, node, findings).map(Content::Watchlist);
    }
    if has("body") {
        return Function::read(source, node, findings).map(Content::Function);
    }
    let finding = lints::BAD_CONTENT.at(Span::new(source, node.range), "there is nothing to deploy here");
    let help = "a watchlist has `alias`, `name`, `searchKey` and `items`, a function `name` and `body`, an automation rule \
                `id`, `name`, `order`, `triggeringLogic` and `actions`; rules with a query stand in the folders of `rules`";
    findings.push(finding.with_help(help));
    None
}

/// Whether a finding says that something to deploy could not be read.
pub fn is_unread(finding: &Diagnostic) -> bool {
    LINTS.iter().any(|lint| lint.code == finding.code)
}

#[cfg(test)]
mod tests;
