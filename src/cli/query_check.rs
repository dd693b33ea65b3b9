//! Queries run by the local workspace before a rule is saved, as the service runs them: against the tables that are
//! there.

use crate::catalog::kql::{KqlCatalog, Overlay, Table};
use crate::diag::{Diagnostic, Severity, nearest};
use crate::emulator::{QueryCheck, QueryRefusal};
use crate::kql::bind::{Arena, bind};
use crate::kql::codes;
use crate::kql::syntax::parse;
use crate::text::LineIndex;

use super::CliError;

/// Stands for every table that picket knows.
const ALL: &str = "all";

/// Checks queries with picket's own front end.
#[derive(Debug)]
pub(crate) struct Binding {
    catalog: KqlCatalog,
}

impl Binding {
    /// A workspace with the tables `names`, or `all` that picket knows.
    ///
    /// # Errors
    /// When there is no such table.
    pub(crate) fn new(names: &[String]) -> Result<Self, CliError> {
        if names.iter().any(|name| name == ALL) {
            return Ok(Self { catalog: Overlay::default().into_catalog() });
        }
        let known = KqlCatalog::builtin();
        let mut overlay = Overlay::default();
        for name in names.iter().filter(|name| !name.is_empty()) {
            let table = known.table(name).cloned().ok_or_else(|| {
                let error = CliError::new(format!("there is no table `{name}`"));
                match nearest(name, known.table_names()) {
                    Some(meant) => error.help(format!("the nearest is `{meant}`")),
                    None => error.help("name tables of Log Analytics, or `all`"),
                }
            })?;
            overlay.tables.push(table);
        }
        Ok(Self { catalog: KqlCatalog::of_workspace(overlay) })
    }
}

impl QueryCheck for Binding {
    fn check(&self, query: &str) -> Result<(), QueryRefusal> {
        let (tree, syntax) = parse(query);
        let first = |found: Vec<Diagnostic>| found.into_iter().find(|it| it.severity == Severity::Error);
        if let Some(error) = first(syntax) {
            let range = error.range();
            let at = LineIndex::new(query).line_col(query, range.start);
            let near = range.slice(query);
            let message = format!(
                "Syntax error: Query could not be parsed at '{near}' on line [{},{}]",
                at.line, at.column
            );
            return Err(QueryRefusal { message });
        }
        let arena = Arena::new();
        let Some(error) = first(bind(&tree, &self.catalog, &arena).into_diagnostics()) else { return Ok(()) };
        let name = error.range().slice(query).trim_matches(['"', '\'']);
        let message = if error.code == codes::UNKNOWN_TABLE.code {
            "One of the tables does not exist.".to_owned()
        } else if error.code == codes::UNKNOWN_FUNCTION.code {
            format!("Semantic error: Unknown function: '{name}'.")
        } else if error.code == codes::UNKNOWN_NAME.code {
            format!("Semantic error: Failed to resolve column or scalar expression named '{name}'")
        } else {
            let at = LineIndex::new(query).line_col(query, error.range().start);
            format!("Semantic error: {} [line:position={}:{}]", error.message, at.line, at.column)
        };
        Err(QueryRefusal { message })
    }

    fn tables(&self) -> Vec<&Table> {
        self.catalog.tables().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_refused_in_the_words_of_the_service() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let few = Binding::new(&names(&["Heartbeat"])).unwrap();
        let said = |check: &Binding, query: &str| check.check(query).err().map(|refusal| refusal.message);
        let absent = "One of the tables does not exist.".to_owned();
        assert_eq!(said(&few, "Heartbeat | take 1"), None);
        assert_eq!(said(&few, "SecurityEvent | take 1"), Some(absent.clone()));
        assert_eq!(said(&few, "union isfuzzy=true Heartbeat, SecurityEvent"), None);
        assert_eq!(said(&few, "_GetWatchlist('a') | take 1"), None, "functions of the product are there");
        assert!(said(&few, "Heartbeat | where Foo == 1").unwrap().contains("named 'Foo'"));
        assert!(said(&few, "My_Function() | take 1").unwrap().contains("Unknown function: 'My_Function'"));
        assert!(said(&few, "Heartbeat\n| where").unwrap().contains("on line [2,8]"));
        let all = Binding::new(&names(&["all"])).unwrap();
        assert_eq!(said(&all, "SecurityEvent | take 1"), None);
        assert_eq!(said(&all, "Nothing_CL | take 1"), Some(absent));
        assert!(Binding::new(&names(&["Hartbeat"])).unwrap_err().help[0].contains("Heartbeat"));
    }
}
