//! The first form of a rule: what its query says of it, and the rule as text.

use std::collections::BTreeMap;

use crate::catalog::kql::KqlCatalog;
use crate::catalog::{Catalog, Connector, ConnectorState};
use crate::diag::{Diagnostic, Severity as Level};
use crate::kql::bind::{Arena, Type, bind};
use crate::kql::format::format;
use crate::kql::syntax::parse;
use crate::kql::uses;
use crate::rule::{self, RuleKind, Severity};
use crate::text::SourceId;
use crate::yaml::emit::{self, Value};

/// The most columns of a table that a first query shows.
const MOST_SHOWN: usize = 8;

/// An entity that columns hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The entity type.
    pub entity: String,
    /// Each identifier with its column.
    pub fields: Vec<(String, String)>,
}

/// `Account: FullName=UserPrincipalName`
impl std::fmt::Display for Mapping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fields: Vec<String> =
            self.fields.iter().map(|(identifier, column)| format!("{identifier}={column}")).collect();
        write!(f, "{}: {}", self.entity, fields.join(", "))
    }
}

/// A rule before it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The id, a UUID.
    pub id: String,
    /// The display name.
    pub name: String,
    /// What kind of rule it is.
    pub kind: RuleKind,
    /// What it finds.
    pub description: String,
    /// The severity of its alerts; a hunting query raises none.
    pub severity: Severity,
    /// How often it runs, where it has a schedule.
    pub frequency: String,
    /// How far back it looks, where it has a schedule.
    pub period: String,
    /// Tactics in the service's words.
    pub tactics: Vec<String>,
    /// Ids of techniques.
    pub techniques: Vec<String>,
    /// The query.
    pub query: String,
    /// Entities of its result.
    pub mappings: Vec<Mapping>,
    /// Ids of data connectors, each with the tables that it brings.
    pub connectors: BTreeMap<String, Vec<String>>,
}

impl Draft {
    /// The rule as a file in canonical form.
    pub fn text(&self) -> String {
        let is_hunting = self.kind == RuleKind::Hunting;
        let texts = |items: &[String]| Value::sequence(items.iter().map(Value::text));
        let mut entries = vec![
            ("id", Value::text(&self.id)),
            ("name", Value::text(&self.name)),
            ("version", Value::text("1.0.0")),
            ("kind", Value::text(self.kind.as_str())),
            ("description", Value::Block(format!("{}\n", self.description.trim_end()))),
        ];
        if !is_hunting {
            entries.push(("severity", Value::text(self.severity.as_str())));
        }
        if !self.connectors.is_empty() {
            let connector = |(id, tables): (&String, &Vec<String>)| {
                Value::mapping([("connectorId", Value::text(id)), ("dataTypes", texts(tables))])
            };
            entries.push(("requiredDataConnectors", Value::sequence(self.connectors.iter().map(connector))));
        }
        if self.kind == RuleKind::Scheduled {
            entries.push(("queryFrequency", Value::Plain(self.frequency.clone())));
            entries.push(("queryPeriod", Value::Plain(self.period.clone())));
            entries.push(("triggerOperator", Value::Plain("gt".to_owned())));
            entries.push(("triggerThreshold", Value::Plain("0".to_owned())));
        }
        for (key, items) in [("tactics", &self.tactics), ("relevantTechniques", &self.techniques)] {
            if !items.is_empty() {
                entries.push((key, texts(items)));
            }
        }
        let query = format(&self.query).0.unwrap_or_else(|| self.query.clone());
        entries.push(("query", Value::Block(format!("{}\n", query.trim_end()))));
        if !self.mappings.is_empty() {
            entries.push(("entityMappings", Value::sequence(self.mappings.iter().map(mapping))));
        }
        let written = emit::document(&Value::mapping(entries));
        rule::write::format(SourceId::default(), &written).0.unwrap_or(written)
    }
}

fn mapping(mapping: &Mapping) -> Value {
    let field = |(identifier, column): &(String, String)| {
        Value::mapping([("identifier", Value::text(identifier)), ("columnName", Value::text(column))])
    };
    Value::mapping([
        ("entityType", Value::text(&mapping.entity)),
        ("fieldMappings", Value::sequence(mapping.fields.iter().map(field))),
    ])
}

/// What a query says of the rule that asks it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueryFacts {
    /// The columns of its result that an entity may be mapped to.
    pub columns: Vec<String>,
    /// Whether the result may have other columns.
    pub open: bool,
    /// The tables that it reads.
    pub tables: Vec<String>,
    /// What is wrong with it.
    pub errors: Vec<Diagnostic>,
}

impl QueryFacts {
    /// Reads `query`.
    pub fn of(query: &str, kql: &KqlCatalog) -> Self {
        let (tree, mut errors) = parse(query);
        let arena = Arena::new();
        let bound = bind(&tree, kql, &arena);
        errors.extend_from_slice(bound.diagnostics());
        errors.retain(|finding| finding.severity == Level::Error);
        let table = bound.result().and_then(Type::as_table);
        let named = table.map(|table| table.columns()).unwrap_or_default();
        let is_plain = |name: &&str| !matches!(*name, "dynamic" | "datetime" | "timespan");
        let columns = named.iter().filter(|column| is_plain(&column.ty.name())).map(|it| it.name.to_owned());
        Self {
            columns: columns.collect(),
            open: table.is_some_and(|table| table.open),
            tables: uses(&bound, kql).tables.into_keys().collect(),
            errors,
        }
    }

    /// The entities that its columns are known to hold, one of each role, in the order of the table of facts.
    pub fn entities(&self, catalog: &Catalog) -> Vec<Mapping> {
        let mut roles: Vec<&str> = Vec::new();
        let mut found = Vec::new();
        for known in catalog.entity_columns() {
            let has = |(_, column): &(&str, &str)| self.columns.iter().any(|it| it == column);
            let is_met = known.is_of(self.tables.iter().map(String::as_str)) && known.fields.iter().all(has);
            if !is_met || roles.contains(&known.role) {
                continue;
            }
            roles.push(known.role);
            let fields = known.fields.iter().map(|(name, column)| ((*name).to_owned(), (*column).to_owned()));
            found.push(Mapping { entity: known.entity.to_owned(), fields: fields.collect() });
        }
        found.truncate(usize::try_from(catalog.limits().entity_mappings.max).unwrap_or(found.len()));
        found
    }

    /// The connectors that bring its tables, the likeliest of each; those of a table by themselves where it is one of several.
    pub fn connectors(&self, catalog: &Catalog) -> BTreeMap<String, Vec<String>> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for table in &self.tables {
            if let Some(connector) = connectors_of(table, catalog).first() {
                found.entry(connector.id.to_owned()).or_default().push(table.clone());
            }
        }
        found
    }
}

/// The connectors that bring a table, the likeliest first: those whose rules name it as a data type, and of these the one that
/// brings the fewest others.
pub fn connectors_of<'c>(table: &'c str, catalog: &'c Catalog) -> Vec<&'c Connector> {
    let is_usable = |it: &&Connector| it.state == ConnectorState::Listed;
    let mut found: Vec<&Connector> = catalog.connectors().filling(table).filter(is_usable).collect();
    found.sort_by_key(|it| (!it.data_types.contains(&table), it.tables.len(), it.id.len(), it.id));
    found
}

/// A query that shows the rows of a table for which `condition` holds, with the columns that tell most.
pub fn first_query(table: &str, condition: Option<&str>, kql: &KqlCatalog, catalog: &Catalog) -> String {
    let mut query = table.to_owned();
    if let Some(condition) = condition {
        query.push_str(&format!("\n| where {}", condition.trim()));
    }
    let Some(known) = kql.table(table) else { return query };
    let entities = QueryFacts::of(table, kql).entities(catalog);
    let mut shown: Vec<&str> = Vec::new();
    if known.column("TimeGenerated").is_some() {
        shown.push("TimeGenerated");
    }
    let of_entities = entities.iter().flat_map(|mapping| &mapping.fields).map(|(_, column)| column.as_str());
    for column in of_entities {
        if !shown.contains(&column) && shown.len() < MOST_SHOWN {
            shown.push(column);
        }
    }
    if shown.len() > 1 {
        query.push_str(&format!("\n| project {}", shown.join(", ")));
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Confidence;
    use crate::lint::{self, Facts, Settings};
    use crate::text::SourceMap;

    fn draft(table: &str) -> Draft {
        let (catalog, kql) = (Catalog::builtin(), KqlCatalog::builtin());
        let query = first_query(table, None, kql, catalog);
        let facts = QueryFacts::of(&query, kql);
        assert_eq!(facts.errors, [], "{query}");
        Draft {
            id: "31bc89e1-7c3a-4018-b00f-f676c61ab673".to_owned(),
            name: "A new rule".to_owned(),
            kind: RuleKind::Scheduled,
            description: "Finds what this test is about.".to_owned(),
            severity: Severity::Medium,
            frequency: "1h".to_owned(),
            period: "1h".to_owned(),
            tactics: vec!["Execution".to_owned()],
            techniques: vec!["T1059".to_owned()],
            mappings: facts.entities(catalog),
            connectors: facts.connectors(catalog),
            query,
        }
    }

    #[test]
    fn entities_and_connectors_follow_from_the_query() {
        let draft = draft("SigninLogs");
        let mappings: Vec<String> = draft.mappings.iter().map(Mapping::to_string).collect();
        assert_eq!(
            mappings,
            [
                "Account: FullName=UserPrincipalName, AadUserId=UserId",
                "IP: Address=IPAddress",
                "CloudApplication: Name=AppDisplayName"
            ]
        );
        assert_eq!(draft.connectors.keys().collect::<Vec<_>>(), ["AzureActiveDirectory"]);
    }

    /// Whatever table a rule reads, what is proposed for it draws no finding of the connectors or the columns.
    #[test]
    fn what_is_proposed_for_a_table_is_right() {
        let mut found = Vec::new();
        let mut count = 0;
        let mut mapped = 0;
        for table in KqlCatalog::builtin().tables() {
            let draft = draft(table.name);
            mapped += usize::from(!draft.mappings.is_empty());
            count += 1;
            let mut sources = SourceMap::new();
            let text = draft.text();
            let id = sources.add("rule.yaml", text.as_str());
            let (rules, read) = rule::read(id, &text);
            assert_eq!((rules.len(), read.len()), (1, 0), "{text}");
            assert_eq!(rule::write::format(id, &text).0.as_deref(), Some(text.as_str()));
            let mut settings = Settings::default();
            settings.set_min_confidence(Confidence::Medium);
            let findings = lint::check(&sources, &rules, read, Facts::builtin(), &settings);
            let ours = ["PK6", "PK3", "PK2"];
            // What is wrong with reading the table at all, no proposal can mend.
            let of_table = ["PK606", "PK607", "PK608", "PK609", "PK610"];
            for finding in findings {
                let is_ours = ours.iter().any(|start| finding.code.starts_with(start));
                if is_ours && !of_table.contains(&finding.code) {
                    found.push(format!("{}: {} {}", table.name, finding.code, finding.message));
                }
            }
        }
        assert!(count > 500 && mapped > 100, "{count} tables, {mapped} of them with entities");
        assert!(
            found.is_empty(),
            "{} findings\n{}",
            found.len(),
            found.iter().take(40).cloned().collect::<Vec<_>>().join("\n")
        );
    }
}
