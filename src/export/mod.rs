//! Rules and other content for other tools: what they become in the service, written as each tool takes it.
//!
//! What is written holds what the service runs by; what only the files say, such as false positives, is not in it. What a query
//! names is written before it, or, where a tool writes several at a time, named as what it depends on.

mod arm;
mod bicep;
mod layout;
mod terraform;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::arm::detection_rule::Mark;
use crate::arm::saved_search::REWRITE_ETAG;
use crate::arm::{ResourceKey, ResourceKind, limits};
use crate::plan::{Desired, Reads};

/// The name of the parameter that says which workspace a template is deployed to.
const WORKSPACE: &str = "workspace";
/// The type of saved searches, with that of the workspace.
const SAVED_SEARCHES: &str = "Microsoft.OperationalInsights/workspaces/savedSearches";
/// What that parameter is.
const WORKSPACE_IS: &str = "The name of the Log Analytics workspace with Sentinel.";

/// What a rule, or another piece of content, becomes in the service.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// An analytics rule, a hunting query, a watchlist and so on.
    pub kind: ResourceKind,
    /// The name of the resource, which is the id of a rule, the alias of a watchlist.
    pub name: String,
    /// What people call it.
    pub display_name: String,
    /// The API version that the body needs.
    pub api_version: &'static str,
    /// The body of the request.
    pub body: Value,
    /// The places of those that have to be there before it, since its query names them.
    pub after: Vec<usize>,
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

/// What `tool` takes of `resources`. `reads` says what their queries name of each other.
pub fn exported(tool: Tool, resources: &[Desired], reads: &Reads) -> Vec<Exported> {
    let taken: Vec<&Desired> = resources.iter().filter(|it| tool.takes(it.key.kind)).collect();
    let places: BTreeMap<&ResourceKey, usize> =
        taken.iter().enumerate().map(|(at, it)| (&it.key, at)).collect();
    let made = taken.iter().enumerate().map(|(at, it)| {
        let mut body = it.body.clone();
        if it.key.kind == ResourceKind::CustomDetection {
            Mark::remove(&mut body);
        }
        let named = reads.get(&it.key).into_iter().flatten();
        Exported {
            kind: it.key.kind,
            name: it.key.name.clone(),
            display_name: it.display_name.clone(),
            api_version: it.api_version,
            body,
            after: named.filter_map(|key| places.get(key).copied()).filter(|place| *place != at).collect(),
        }
    });
    made.collect()
}

impl Tool {
    /// Whether a file for this tool holds resources of this kind. Custom detections are the tenant's and stand in Graph, so
    /// that no template has them; records of ownership are picket's own.
    pub fn takes(self, kind: ResourceKind) -> bool {
        match kind {
            ResourceKind::Metadata => false,
            ResourceKind::CustomDetection => self == Self::Json,
            _ => true,
        }
    }

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
        match self.is_saved_search() {
            true => SAVED_SEARCHES,
            false => self.kind.type_name(),
        }
    }

    /// Whether it is a part of the workspace itself, not of Sentinel in it.
    fn is_saved_search(&self) -> bool {
        matches!(self.kind, ResourceKind::SavedSearch | ResourceKind::Function)
    }

    /// The body with what lets the request write over what is there: a saved search is refused without it.
    fn rewriting(&self) -> Value {
        let mut body = self.body.clone();
        if let (true, Some(fields)) = (self.is_saved_search(), body.as_object_mut()) {
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
