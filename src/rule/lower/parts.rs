//! The mappings below a rule.

use super::Context;
use super::fields::Fields;
use crate::rule::{
    AlertDetailsOverride, DynamicProperty, EntityMapping, EventGrouping, FalsePositive, FieldMapping,
    Grouping, IncidentConfiguration, Placeholder, RequiredConnector, placeholders,
};
use crate::text::{Spanned, TextRange};

impl Context {
    pub(super) fn connector(&mut self, fields: &Fields<'_>) -> RequiredConnector {
        RequiredConnector {
            connector_id: self.text_of(fields, "connectorId"),
            data_types: self.texts_of(fields, "dataTypes"),
            range: fields.range,
        }
    }

    pub(super) fn entity_mapping(&mut self, fields: &Fields<'_>) -> EntityMapping {
        EntityMapping {
            entity_type: self.text_of(fields, "entityType"),
            field_mappings: self.mappings(fields, "fieldMappings", Self::field_mapping),
            range: fields.range,
        }
    }

    fn field_mapping(&mut self, fields: &Fields<'_>) -> FieldMapping {
        FieldMapping {
            identifier: self.text_of(fields, "identifier"),
            column_name: self.text_of(fields, "columnName"),
            range: fields.range,
        }
    }

    pub(super) fn sentinel_entities(&mut self, fields: &Fields<'_>) -> Vec<Spanned<String>> {
        let columns = self.mappings(fields, "sentinelEntitiesMappings", |context, fields| {
            context.text_of(fields, "columnName")
        });
        columns.into_iter().flatten().collect()
    }

    pub(super) fn alert_details(&mut self, fields: &Fields<'_>) -> AlertDetailsOverride {
        AlertDetailsOverride {
            display_name_format: self.text_of(fields, "alertDisplayNameFormat"),
            description_format: self.text_of(fields, "alertDescriptionFormat"),
            display_name_columns: placeholder_columns(fields, "alertDisplayNameFormat"),
            description_columns: placeholder_columns(fields, "alertDescriptionFormat"),
            severity_column_name: self.text_of(fields, "alertSeverityColumnName"),
            tactics_column_name: self.text_of(fields, "alertTacticsColumnName"),
            dynamic_properties: self.mappings(fields, "alertDynamicProperties", Self::dynamic_property),
            range: fields.range,
        }
    }

    fn dynamic_property(&mut self, fields: &Fields<'_>) -> DynamicProperty {
        DynamicProperty {
            alert_property: self.choice_of(fields, "alertProperty"),
            value: self.text_of(fields, "value"),
            range: fields.range,
        }
    }

    pub(super) fn event_grouping(&mut self, fields: &Fields<'_>) -> EventGrouping {
        EventGrouping { aggregation_kind: self.choice_of(fields, "aggregationKind"), range: fields.range }
    }

    pub(super) fn incident(&mut self, fields: &Fields<'_>) -> IncidentConfiguration {
        IncidentConfiguration {
            create_incident: self.bool_of(fields, "createIncident"),
            grouping: self.mapping(fields, "groupingConfiguration", Self::grouping),
            range: fields.range,
        }
    }

    fn grouping(&mut self, fields: &Fields<'_>) -> Grouping {
        Grouping {
            enabled: self.bool_of(fields, "enabled"),
            reopen_closed_incident: self.bool_of(fields, "reopenClosedIncident"),
            lookback_duration: self.duration_of(fields, "lookbackDuration"),
            matching_method: self.choice_of(fields, "matchingMethod"),
            group_by_entities: self.texts_of(fields, "groupByEntities"),
            group_by_alert_details: self.choices_of(fields, "groupByAlertDetails"),
            group_by_custom_details: self.texts_of(fields, "groupByCustomDetails"),
            range: fields.range,
        }
    }

    pub(super) fn false_positive(&mut self, fields: &Fields<'_>) -> FalsePositive {
        FalsePositive {
            scenario: self.text_of(fields, "scenario"),
            description: self.text_of(fields, "description"),
            exclusion: self.text_of(fields, "exclusion"),
            range: fields.range,
        }
    }
}

/// The columns that stand in double braces in the text of the key `name`.
fn placeholder_columns(fields: &Fields<'_>, name: &'static str) -> Vec<Spanned<String>> {
    let Some(scalar) = fields.at(name).and_then(|at| at.node.as_scalar()) else { return Vec::new() };
    let column = |placeholder: Placeholder| {
        let range = TextRange::from_usize(placeholder.column.start, placeholder.column.end);
        Spanned::new(placeholder.name(&scalar.text).to_owned(), scalar.range_of(range))
    };
    placeholders(&scalar.text).map(column).collect()
}
