//! Data connectors.

use super::table::{Table, list};

const CONNECTORS: Table = Table::new(include_str!("../../schemas/facts/connectors.tsv"));
const RETIRED: Table = Table::new(include_str!("../../schemas/facts/retired_tables.tsv"));

/// What a connector id is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConnectorState {
    /// The list of ids that the Azure-Sentinel repository accepts.
    Listed,
    /// A connector definition only.
    Defined,
    /// A definition that is marked as deprecated.
    Deprecated,
    /// Published rules only.
    Used,
}

/// A data connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connector {
    /// The id rules write in `connectorId`.
    pub id: &'static str,
    /// Its title, where a definition gives one.
    pub title: &'static str,
    /// What it is known from.
    pub state: ConnectorState,
    /// The tables it fills.
    pub tables: Vec<&'static str>,
    /// What published rules write in `dataTypes` for it.
    pub data_types: Vec<&'static str>,
}

/// A table that gets no new rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetiredTable {
    /// Its name.
    pub name: &'static str,
    /// The table that took its place.
    pub successor: Option<&'static str>,
    /// The day since when, where one was announced.
    pub since: Option<&'static str>,
    /// What came to its end.
    pub ended: Ended,
}

/// What came to its end when a table did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The table itself.
    Table,
    /// Its name: the table has another now.
    Name,
    /// Support for the agent that fills it; one that still runs may bring some rows.
    Agent,
}

/// Every known data connector.
#[derive(Debug)]
pub struct Connectors {
    connectors: Vec<Connector>,
    retired: Vec<RetiredTable>,
}

impl Connectors {
    pub(super) fn builtin() -> Self {
        let connector = |[id, title, state, tables, data_types]: [&'static str; 5]| Connector {
            id,
            title,
            state: match state {
                "listed" => ConnectorState::Listed,
                "defined" => ConnectorState::Defined,
                "deprecated" => ConnectorState::Deprecated,
                _ => ConnectorState::Used,
            },
            tables: list(tables),
            data_types: list(data_types),
        };
        let mut connectors: Vec<Connector> = CONNECTORS.rows().map(connector).collect();
        connectors.sort_by_key(|connector| connector.id);
        let some = |text: &'static str| (!text.is_empty()).then_some(text);
        let retired = RETIRED.rows().map(|[name, successor, since, ended, _]| RetiredTable {
            name,
            successor: some(successor),
            since: some(since),
            ended: match ended {
                "name" => Ended::Name,
                "agent" => Ended::Agent,
                _ => Ended::Table,
            },
        });
        Self { connectors, retired: retired.collect() }
    }

    /// The connector `id`, in exactly this spelling.
    pub fn get(&self, id: &str) -> Option<&Connector> {
        let index = self.connectors.binary_search_by_key(&id, |connector| connector.id).ok()?;
        self.connectors.get(index)
    }

    /// The connectors that fill `table`.
    pub fn filling<'c>(&'c self, table: &'c str) -> impl Iterator<Item = &'c Connector> {
        self.connectors.iter().filter(move |connector| connector.tables.contains(&table))
    }

    /// What is known of the end of `table`, where it has come.
    pub fn retired(&self, table: &str) -> Option<&RetiredTable> {
        self.retired.iter().find(|retired| retired.name == table)
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Connector> {
        self.connectors.iter()
    }

    /// The version of the table.
    pub fn version(&self) -> &'static str {
        CONNECTORS.head("version")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_record() {
        let connectors = Connectors::builtin();
        assert_eq!(connectors.iter().count(), CONNECTORS.lines());
        assert_eq!(connectors.retired.len(), RETIRED.lines());
        let sign_ins = connectors.get("AzureActiveDirectory").unwrap();
        assert_eq!(sign_ins.state, ConnectorState::Listed);
        assert!(sign_ins.tables.contains(&"SigninLogs"), "{sign_ins:?}");
        assert!(connectors.filling("SigninLogs").any(|connector| connector.id == "AzureActiveDirectory"));
        assert_eq!(connectors.get("azureactivedirectory"), None);
        assert!(!connectors.version().is_empty());
    }
}
