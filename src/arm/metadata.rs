//! Metadata about content: `Microsoft.SecurityInsights/metadata`.
//!
//! Sentinel keeps here where a piece of content came from. picket marks with it what it deployed, and
//! looks here, not in a state file, for what it may change or delete.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::canonical::{self, null_as_default};
use super::{ApiVersion, Applied, ResourceKey, ResourceKind, SECURITY_INSIGHTS};

/// What answers carry and requests must not; `etag` is set by whoever writes.
pub const READ_ONLY: [&str; 5] = ["id", "name", "type", "etag", "systemData"];

/// `source.kind` of what comes from a repository.
pub const SOURCE_KIND: &str = "SourceRepository";
/// `source.name` of what picket deployed.
pub const SOURCE_NAME: &str = "picket";

/// The source kinds of the contract.
const SOURCE_KINDS: [&str; 4] = ["LocalWorkspace", "Community", "Solution", "SourceRepository"];
/// The support tiers of the contract.
pub const SUPPORT_TIERS: [&str; 3] = ["Microsoft", "Partner", "Community"];

/// The body of a metadata resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// All of it.
    pub properties: MetadataProperties,
}

/// The properties of a metadata resource that picket writes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetadataProperties {
    /// The resource id of the content.
    pub parent_id: String,
    /// The id of the content wherever it is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
    /// `AnalyticsRule`, `HuntingQuery` or another kind of content.
    pub kind: String,
    /// Version of the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// A free text; picket keeps there what it last applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_version: Option<String>,
    /// Where it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// Who supports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support: Option<Support>,
    /// What it needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dependencies: Option<Dependencies>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub categories: Option<Categories>,
}

/// Where content came from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// The kind of source.
    pub kind: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
}

/// Who wrote content.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Author {
    /// A person or a company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Web page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Who supports content.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Support {
    /// `Microsoft`, `Partner` or `Community`.
    pub tier: String,
    /// A person or a company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Web page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// What content needs: one item, or several joined by an operator.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dependencies {
    /// The id of the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
    /// `DataConnector`, `DataType` and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `AND` or `OR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// The items that the operator joins.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<Dependencies>,
}

/// What content is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Categories {
    /// Such as `Security - Threat Protection`.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
    /// Industries.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub verticals: Vec<String>,
}

/// Metadata needs no preview version.
pub fn api_version(_body: &Value) -> ApiVersion {
    ApiVersion::stable(SECURITY_INSIGHTS)
}

/// The `kind` of metadata about content of `kind`.
pub fn content_kind(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Watchlist => "Watchlist",
        ResourceKind::Function => "Parser",
        ResourceKind::AlertRule => "AnalyticsRule",
        ResourceKind::AutomationRule => "AutomationRule",
        ResourceKind::SavedSearch => "HuntingQuery",
        // Nobody writes metadata about these: a custom detection carries its own mark.
        ResourceKind::CustomDetection | ResourceKind::Metadata => "Standalone",
    }
}

/// The key of the content that metadata with these properties is about, if picket writes such content.
pub fn content_key(properties: &MetadataProperties) -> Option<ResourceKey> {
    let key = ResourceKey::from_resource_id(&properties.parent_id)?;
    let is_function = properties.kind.eq_ignore_ascii_case(content_kind(ResourceKind::Function));
    match key.kind {
        ResourceKind::SavedSearch if is_function => Some(ResourceKey { kind: ResourceKind::Function, ..key }),
        _ => Some(key),
    }
}

/// The key of picket's metadata about `content`. The name holds the kind of content, so that a rule that
/// turns from hunting query to analytics rule keeps two records while both exist.
pub fn key_for(content: &ResourceKey) -> ResourceKey {
    let kind = content_kind(content.kind).to_ascii_lowercase();
    ResourceKey::new(ResourceKind::Metadata, format!("picket-{kind}-{}", content.name))
}

/// The one form in which two metadata resources are compared. Fields that picket never writes are left
/// out: another tool may add them.
pub fn normalise(body: &Value) -> Value {
    let typed = Metadata::deserialize(body).ok().and_then(|mut metadata| {
        metadata.properties.canonicalise();
        serde_json::to_value(metadata).ok()
    });
    typed.unwrap_or_else(|| canonical::generic(body, &READ_ONLY))
}

impl MetadataProperties {
    fn canonicalise(&mut self) {
        // Resource ids compare without case, and services rewrite it.
        self.parent_id.make_ascii_lowercase();
        canonical::optional(&mut self.content_id);
        canonical::optional(&mut self.version);
        canonical::optional(&mut self.custom_version);
        // The same content is not written again for a commit that did not change it.
        if let Some(applied) = self.custom_version.as_deref().and_then(Applied::parse) {
            self.custom_version = Some(Applied { commit: None, ..applied }.text());
        }
        if let Some(source) = &mut self.source {
            canonical::word(&mut source.kind, &SOURCE_KINDS);
        }
        if let Some(author) = &mut self.author {
            for text in [&mut author.name, &mut author.email, &mut author.link] {
                canonical::optional(text);
            }
        }
        self.author = self.author.take().filter(|author| *author != Author::default());
        if let Some(support) = &mut self.support {
            canonical::word(&mut support.tier, &SUPPORT_TIERS);
            for text in [&mut support.name, &mut support.email, &mut support.link] {
                canonical::optional(text);
            }
        }
        if let Some(dependencies) = &mut self.dependencies {
            dependencies.canonicalise();
        }
        self.dependencies = self.dependencies.take().filter(|needs| *needs != Dependencies::default());
        if let Some(categories) = &mut self.categories {
            canonical::sort_set(&mut categories.domains);
            canonical::sort_set(&mut categories.verticals);
        }
        self.categories = self.categories.take().filter(|categories| *categories != Categories::default());
    }
}

impl Dependencies {
    fn canonicalise(&mut self) {
        for text in [&mut self.content_id, &mut self.version, &mut self.name] {
            canonical::optional(text);
        }
        self.criteria.iter_mut().for_each(Self::canonicalise);
        canonical::sort_set(&mut self.criteria);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn case_of_the_parent_and_order_of_needs_are_no_difference() {
        let sent = json!({"properties": {"parentId": "/Sub/alertRules/A", "kind": "AnalyticsRule",
            "source": {"kind": "SourceRepository", "name": "picket", "sourceId": "p"},
            "dependencies": {"operator": "AND", "criteria": [{"kind": "DataConnector", "contentId": "B"},
                {"kind": "DataConnector", "contentId": "A"}]}}});
        let answered = json!({"etag": "e", "id": "i", "properties": {"parentId": "/sub/alertrules/a",
            "kind": "AnalyticsRule", "version": null, "firstPublishDate": "2026-01-01", "author": {},
            "source": {"kind": "sourceRepository", "name": "picket", "sourceId": "p"},
            "categories": {"domains": null, "verticals": []},
            "dependencies": {"operator": "AND", "criteria": [{"kind": "DataConnector", "contentId": "A"},
                {"kind": "DataConnector", "contentId": "B"}]}}});
        assert_eq!(normalise(&sent), normalise(&answered));
    }

    #[test]
    fn records_of_two_kinds_do_not_collide() {
        let rule = key_for(&ResourceKey::new(ResourceKind::AlertRule, "x"));
        let hunt = key_for(&ResourceKey::new(ResourceKind::SavedSearch, "x"));
        assert_eq!(rule.name, "picket-analyticsrule-x");
        assert_ne!(rule, hunt);
    }
}
