//! Rules for other tools: what a rule becomes in the service, written as each tool takes it.
//!
//! What is written holds what the service runs by; what only the files say, such as false positives, is not in it.

mod arm;
mod bicep;
mod layout;
mod terraform;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use crate::arm::saved_search::REWRITE_ETAG;
use crate::arm::{ResourceKind, limits};
use crate::diag::Diagnostic;
use crate::plan::{Target, desired};
use crate::rule::Rule;

/// The name of the parameter that says which workspace a template is deployed to.
const WORKSPACE: &str = "workspace";
/// What that parameter is.
const WORKSPACE_IS: &str = "The name of the Log Analytics workspace with Sentinel.";

/// What a rule becomes in the service.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// An analytics rule or a hunting query.
    pub kind: ResourceKind,
    /// The name of the resource, which is the id of the rule.
    pub name: String,
    /// What people call the rule.
    pub display_name: String,
    /// The API version that the body needs.
    pub api_version: &'static str,
    /// The body of the request.
    pub body: Value,
}

/// Who takes what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// A template of Azure Resource Manager.
    Arm,
    /// A Bicep file.
    Bicep,
    /// A Terraform file.
    Terraform,
    /// The bodies of the REST API, in one list.
    Json,
}

/// The analytics rules and hunting queries of `rules`, and why a rule is not among them.
pub fn exported(rules: &[Rule], target: &Target) -> (Vec<Exported>, Vec<Diagnostic>) {
    let (resources, findings) = desired(rules, target);
    let resources =
        resources.into_iter().filter(|it| it.key.kind != ResourceKind::Metadata).map(|it| Exported {
            kind: it.key.kind,
            name: it.key.name,
            display_name: it.display_name,
            api_version: it.api_version,
            body: it.body,
        });
    (resources.collect(), findings)
}

impl Tool {
    /// The file that this tool takes.
    pub fn text(self, resources: &[Exported]) -> String {
        match self {
            Self::Arm => format!("{:#}\n", arm::template(resources)),
            Self::Bicep => bicep::module(resources),
            Self::Terraform => terraform::module(resources),
            Self::Json => format!("{:#}\n", Value::Array(resources.iter().map(request).collect())),
        }
    }

    /// Why Azure refuses `text`, the file of `count` resources, whatever it says.
    pub fn refusal(self, text: &str, count: usize) -> Option<String> {
        match self {
            Self::Arm | Self::Bicep if count > limits::TEMPLATE_RESOURCES => Some(format!(
                "a deployment takes {} resources at most, and these are {count}",
                limits::TEMPLATE_RESOURCES
            )),
            Self::Arm | Self::Bicep if text.len() > limits::TEMPLATE_BYTES => Some(format!(
                "a deployment takes a template of {} bytes at most, and this one has {}",
                limits::TEMPLATE_BYTES,
                text.len()
            )),
            _ => None,
        }
    }
}

impl Exported {
    /// The type, with those of its parents.
    fn type_name(&self) -> &'static str {
        match self.kind {
            ResourceKind::AlertRule => self.kind.type_name(),
            _ => "Microsoft.OperationalInsights/workspaces/savedSearches",
        }
    }

    /// The body with what lets the request write over what is there: a saved search is refused without it.
    fn rewriting(&self) -> Value {
        let mut body = self.body.clone();
        if let (ResourceKind::SavedSearch, Some(fields)) = (self.kind, body.as_object_mut()) {
            fields.insert("etag".to_owned(), Value::from(REWRITE_ETAG));
        }
        body
    }
}

/// The body of the request, with what its address is made of.
fn request(resource: &Exported) -> Value {
    let mut entry = json!({
        "type": resource.type_name(),
        "apiVersion": resource.api_version,
        "name": resource.name,
    });
    if let (Some(entry), Value::Object(body)) = (entry.as_object_mut(), resource.rewriting()) {
        entry.extend(body);
    }
    entry
}
