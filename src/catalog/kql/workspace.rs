//! What of the language a workspace of Log Analytics lacks, and the columns that it has beyond every schema.

use std::sync::LazyLock;

use crate::catalog::table::Table;

const FACTS: Table = Table::new(include_str!("../../../schemas/facts/kql_workspace.tsv"));

/// How sure it is that a workspace lacks something of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// The service is documented not to support it.
    Unsupported,
    /// It is documented for other services alone.
    Elsewhere,
}

/// What sets a workspace apart from the language and from the schemas of its tables.
#[derive(Debug)]
pub struct WorkspaceFacts {
    plugins: Vec<(&'static str, Absence)>,
    hidden_columns: Vec<&'static str>,
}

static BUILTIN: LazyLock<WorkspaceFacts> = LazyLock::new(|| {
    let of_kind = |wanted: &'static str| {
        let rows = FACTS.rows().filter(move |[kind, ..]: &[&str; 4]| *kind == wanted);
        rows.map(|[_, name, state, _]| (name, state))
    };
    let absence = |state| match state {
        "unsupported" => Absence::Unsupported,
        _ => Absence::Elsewhere,
    };
    WorkspaceFacts {
        plugins: of_kind("plugin").map(|(name, state)| (name, absence(state))).collect(),
        hidden_columns: of_kind("column").map(|(name, _)| name).collect(),
    }
});

impl WorkspaceFacts {
    /// The facts, read when first asked for.
    pub fn get() -> &'static Self {
        &BUILTIN
    }

    /// How sure it is that a workspace lacks the plugin `name`; nothing where it may have it.
    pub fn lacks_plugin(&self, name: &str) -> Option<Absence> {
        self.plugins.iter().find(|(plugin, _)| *plugin == name).map(|(_, absence)| *absence)
    }

    /// Whether every table of a workspace has the column `name`, though no schema lists it.
    pub fn is_hidden_column(&self, name: &str) -> bool {
        self.hidden_columns.contains(&name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_fact() {
        let facts = WorkspaceFacts::get();
        assert_eq!(facts.plugins.len() + facts.hidden_columns.len(), FACTS.lines());
        assert_eq!(facts.lacks_plugin("python"), Some(Absence::Unsupported));
        assert_eq!(facts.lacks_plugin("mysql_request"), Some(Absence::Elsewhere));
        assert_eq!(facts.lacks_plugin("cosmosdb_sql_request"), None);
        assert!(facts.is_hidden_column("_TimeReceived") && !facts.is_hidden_column("TimeGenerated"));
    }
}
