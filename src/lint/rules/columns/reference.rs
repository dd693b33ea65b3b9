//! The places of a rule that name a column of its query.

use crate::kql::bind::Column;
use crate::lint::analysis::Analysis;
use crate::rule::{Rule, RuleKind};
use crate::text::{Spanned, TextRange};

/// A place that names a column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference<'a> {
    /// The column.
    pub(super) name: &'a str,
    /// The bytes that name it; those of the whole value, quotes included, where it is one.
    pub(super) range: TextRange,
    /// What the column is for.
    pub(super) purpose: Purpose<'a>,
}

impl Reference<'_> {
    /// Whether the service takes the name for one of a column.
    pub(super) fn may_be_a_column(&self) -> bool {
        matches!(self.purpose, Purpose::Placeholder) || super::is_name(self.name, true)
    }
}

/// What a rule does with a column.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose<'a> {
    /// An identifier of an entity.
    Identifier {
        /// The type of the entity; empty where none is written.
        entity: &'a str,
        /// The identifier; empty where none is written.
        identifier: &'a str,
    },
    /// Entities as Sentinel writes them itself.
    Entities,
    /// The value of a custom detail.
    CustomDetail,
    /// A placeholder in the title or the description of an alert.
    Placeholder,
    /// `alertSeverityColumnName`
    Severity,
    /// `alertTacticsColumnName`
    Tactics,
    /// The value of a property of an alert.
    Property,
}

impl Purpose<'_> {
    /// What names the column, in words for messages.
    pub(super) fn describe(self) -> String {
        match self {
            Self::Identifier { entity: "", .. } => "an entity mapping".to_owned(),
            Self::Identifier { entity, identifier: "" } => format!("the mapping of an entity {entity}"),
            Self::Identifier { entity, identifier } => format!("{entity}'s identifier {identifier}"),
            Self::Entities => "`sentinelEntitiesMappings`".to_owned(),
            Self::CustomDetail => "a custom detail".to_owned(),
            Self::Placeholder => "a placeholder".to_owned(),
            Self::Severity => "`alertSeverityColumnName`".to_owned(),
            Self::Tactics => "`alertTacticsColumnName`".to_owned(),
            Self::Property => "`alertDynamicProperties`".to_owned(),
        }
    }
}

/// Every place of the rule that names a column which the query returns, with that column; none where the query has errors
/// or returns columns that are not known.
pub(super) fn returned<'a>(analysis: &Analysis<'a>) -> Vec<(Reference<'a>, &'a Column<'a>)> {
    let columns = analysis.columns().filter(|_| !analysis.has_errors()).unwrap_or_default();
    let with_column = |reference: Reference<'a>| {
        let column = columns.iter().find(|column| column.name == reference.name)?;
        Some((reference, *column))
    };
    references(analysis.rule).into_iter().filter_map(with_column).collect()
}

/// Every place of `rule` that names a column, in the order of the model.
pub(super) fn references(rule: &Rule) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    for mapping in &rule.entity_mappings {
        let entity = text(&mapping.entity_type);
        for field in &mapping.field_mappings {
            let identifier = text(&field.identifier);
            found.extend(reference(&field.column_name, Purpose::Identifier { entity, identifier }));
        }
    }
    found.extend(rule.sentinel_entities_mappings.iter().map(|column| of(column, Purpose::Entities)));
    found.extend(rule.custom_details.iter().map(|(_, column)| of(column, Purpose::CustomDetail)));
    if let Some(details) = &rule.alert_details_override {
        let placeholders = details.display_name_columns.iter().chain(&details.description_columns);
        found.extend(placeholders.map(|column| of(column, Purpose::Placeholder)));
        found.extend(reference(&details.severity_column_name, Purpose::Severity));
        found.extend(reference(&details.tactics_column_name, Purpose::Tactics));
        for property in &details.dynamic_properties {
            found.extend(reference(&property.value, Purpose::Property));
        }
    }
    found.retain(|reference| !reference.name.is_empty());
    found
}

/// Whether the service itself reads what the rule says of columns. A hunting query is saved without it.
pub(super) fn is_deployed(rule: &Rule) -> bool {
    rule.kind != RuleKind::Hunting
}

fn reference<'a>(column: &'a Option<Spanned<String>>, purpose: Purpose<'a>) -> Option<Reference<'a>> {
    column.as_ref().map(|column| of(column, purpose))
}

fn of<'a>(column: &'a Spanned<String>, purpose: Purpose<'a>) -> Reference<'a> {
    Reference { name: column.value.as_str(), range: column.range, purpose }
}

fn text(value: &Option<Spanned<String>>) -> &str {
    value.as_ref().map_or("", |value| value.value.as_str())
}
