//! Analytics rules without a query of one's own.

use super::keys;
use super::reader::read_keys;
use crate::arm::alert_rule::SEVERITIES;
use crate::arm::service_rule::ServiceRuleKind;
use crate::catalog::Catalog;
use crate::diag::Diagnostic;
use crate::text::{SourceId, Spanned};
use crate::yaml::Node;

/// The values of `productFilter` in the catalog of the service's enumerations.
const PRODUCTS: &str = "MicrosoftSecurityIncidentCreationAlertRuleProperties.productFilter";

/// A rule that makes incidents of another product's alerts, or that comes from a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRule {
    /// The file it was read from.
    pub source: SourceId,
    /// `kind`
    pub kind: ServiceRuleKind,
    /// `id`: the name of the resource.
    pub id: Spanned<String>,
    /// `name`: the display name; the kind where the template gives one.
    pub name: String,
    /// `description`
    pub description: Option<String>,
    /// `enabled`; absent means true.
    pub enabled: bool,
    /// `alertRuleTemplateName`
    pub template: Option<String>,
    /// `productFilter`
    pub product: Option<String>,
    /// `displayNamesFilter`
    pub names: Vec<String>,
    /// `displayNamesExcludeFilter`
    pub excluded_names: Vec<String>,
    /// `severitiesFilter`
    pub severities: Vec<String>,
}

impl ServiceRule {
    /// Reads `node`, a rule of `kind`; nothing when what has to be there is not.
    pub(super) fn read(
        source: SourceId,
        kind: ServiceRuleKind,
        node: &Node,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let mut reader = read_keys(source, "rule", node, &keys::SERVICE_RULE, findings)?;
        let id = reader.id();
        let needed = if kind.is_from_template() { "alertRuleTemplateName" } else { "productFilter" };
        let has_needed = reader.required(needed).is_some();
        let name = match kind.is_from_template() {
            true => reader.text("name").map_or_else(|| kind.as_str().to_owned(), |name| name.value),
            false => reader.required("name")?.value,
        };
        let products: Vec<&str> =
            Catalog::builtin().enums().values(PRODUCTS).map(|(product, _)| product).collect();
        let rule = Self {
            source,
            kind,
            name,
            description: reader.text("description").map(|text| text.value),
            enabled: reader.flag("enabled").unwrap_or(true),
            template: reader.text("alertRuleTemplateName").map(|text| text.value),
            product: reader.word("productFilter", &products),
            names: reader.texts("displayNamesFilter"),
            excluded_names: reader.texts("displayNamesExcludeFilter"),
            severities: reader.words("severitiesFilter", &SEVERITIES),
            id: id?,
        };
        has_needed.then_some(rule)
    }
}
