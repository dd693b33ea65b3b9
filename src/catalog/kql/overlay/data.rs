//! Declarations in YAML and JSON, those exported from Azure among them.

use super::super::catalog::{StoredFunction, Watchlist};
use super::super::tables::{Column, ProductSet, Table, TableKind};
use super::functions::in_brackets;
use super::{Overlay, intern, lints};
use crate::catalog::ScalarType;
use crate::diag::{Diagnostic, nearest};
use crate::text::{SourceId, Span};
use crate::yaml::{self, Mapping, Node};

/// Reads the declarations of a YAML or JSON file into `overlay`.
pub(super) fn read(source: SourceId, text: &str, overlay: &mut Overlay) -> Vec<Diagnostic> {
    let (documents, diagnostics) = yaml::parse(source, text);
    let mut reader = Reader { source, overlay, diagnostics };
    for root in documents.iter().filter_map(|document| document.root.as_ref()) {
        reader.root(root);
    }
    reader.diagnostics
}

/// The columns that the first line of a CSV file names; a watchlist's columns are all text.
pub(super) fn csv_columns(text: &str) -> Option<Vec<Column>> {
    let line = text.trim_start_matches('\u{feff}').lines().next()?;
    let names = line.split(',').map(|name| name.trim().trim_matches('"')).filter(|name| !name.is_empty());
    let columns: Vec<Column> = names.map(|name| column(name, ScalarType::String)).collect();
    (!columns.is_empty()).then_some(columns)
}

pub(super) fn column(name: &str, scalar: ScalarType) -> Column {
    Column { name: intern::name(name), scalar, products: ProductSet::ALL }
}

struct Reader<'o> {
    source: SourceId,
    overlay: &'o mut Overlay,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn root(&mut self, node: &Node) {
        if let Some(items) = node.as_sequence() {
            items.iter().for_each(|item| self.one(item));
            return;
        }
        let lists = ["tables", "functions", "watchlists", "value"];
        let found =
            node.as_mapping().map(|root| lists.iter().filter_map(|key| root.get(key)).collect::<Vec<_>>());
        match found {
            Some(found) if !found.is_empty() => {
                for list in found {
                    match list.as_sequence() {
                        Some(items) => items.iter().for_each(|item| self.one(item)),
                        None => self.bad(list, format!("a list is expected here, not {}", list.describe())),
                    }
                }
            }
            _ => self.one(node),
        }
    }

    fn one(&mut self, node: &Node) {
        let Some(outer) = node.as_mapping() else {
            return self.bad(
                node,
                format!("a table, function or watchlist is expected here, not {}", node.describe()),
            );
        };
        // Resource Manager puts what matters under `properties`.
        let inner = outer.get("properties").and_then(Node::as_mapping).unwrap_or(outer);
        let either = |keys: &[&str]| text(inner, keys).or_else(|| text(outer, keys));
        if let Some(body) = either(&["body", "query", "ParserQuery"]) {
            let Some(name) = either(&["functionAlias", "ParserName", "name"]) else {
                return self.bad(node, "the function has no name");
            };
            let parameters =
                either(&["parameters", "functionParameters", "ParserParams"]).unwrap_or_default();
            self.overlay.functions.push(StoredFunction {
                name: intern::name(name),
                parameters: in_brackets(parameters),
                body: body.to_owned(),
            });
        } else if let Some(alias) = either(&["watchlistAlias", "alias"]) {
            let listed = inner.get("columns").map(|columns| self.columns(columns));
            let columns = listed.or_else(|| csv_columns(text(inner, &["rawContent"])?)).unwrap_or_default();
            self.overlay.watchlists.push(Watchlist { alias: intern::name(alias), columns });
        } else {
            self.table(node, outer, inner);
        }
    }

    fn table(&mut self, node: &Node, outer: &Mapping, inner: &Mapping) {
        let schema = inner.get("schema").and_then(Node::as_mapping).unwrap_or(inner);
        let lists: Vec<&Node> =
            ["columns", "standardColumns"].iter().filter_map(|key| schema.get(key)).collect();
        if lists.is_empty() {
            return self.bad(node, "there is no table, function or watchlist here");
        }
        let Some(name) = text(schema, &["name"]).or_else(|| text(outer, &["name"])) else {
            return self.bad(node, "the table has no name");
        };
        let mut columns: Vec<Column> = Vec::new();
        for list in lists {
            for column in self.columns(list) {
                if !columns.iter().any(|known| known.name == column.name) {
                    columns.push(column);
                }
            }
        }
        let is_true = |key: &str| {
            inner.get(key).and_then(Node::as_scalar).and_then(yaml::Scalar::as_bool).unwrap_or(false)
        };
        self.overlay.tables.push(Table {
            // Resource Manager qualifies names: workspace/table.
            name: intern::name(name.rsplit('/').next().unwrap_or(name)),
            columns: columns.into(),
            open: is_true("open"),
            products: ProductSet::ALL,
            kind: TableKind::Project,
            basic_logs: text(inner, &["plan"]).is_some_and(|plan| !plan.eq_ignore_ascii_case("analytics")),
        });
    }

    /// `{name: type}`, `[{name: …, type: …}]`, `[[name, type]]` or `[name]`.
    fn columns(&mut self, node: &Node) -> Vec<Column> {
        if let Some(mapping) = node.as_mapping() {
            let pairs = mapping.entries.iter().map(|entry| (&entry.key, Some(&entry.value)));
            return pairs.filter_map(|(name, scalar)| self.column(name, scalar)).collect();
        }
        let Some(items) = node.as_sequence() else {
            self.bad(node, format!("columns are a mapping or a list, not {}", node.describe()));
            return Vec::new();
        };
        let mut columns = Vec::new();
        for item in items {
            let found = if let Some(mapping) = item.as_mapping() {
                match mapping.get("name") {
                    Some(name) => self.column(name, mapping.get("type")),
                    None => {
                        self.bad(item, "the column has no name");
                        None
                    }
                }
            } else if let Some([name, rest @ ..]) = item.as_sequence() {
                self.column(name, rest.first())
            } else {
                self.column(item, None)
            };
            columns.extend(found);
        }
        columns
    }

    fn column(&mut self, name: &Node, scalar: Option<&Node>) -> Option<Column> {
        let Some(name) = name.as_str() else {
            self.bad(name, format!("the name of a column is text, not {}", name.describe()));
            return None;
        };
        let Some(node) = scalar.filter(|node| !node.is_null()) else {
            return Some(column(name, ScalarType::String));
        };
        let written = node.as_str().unwrap_or_default();
        // Resource Manager writes dateTime and boolean.
        let known = ScalarType::from_name(&written.to_ascii_lowercase());
        if known.is_none() {
            let names = ScalarType::ALL.map(ScalarType::name);
            let message = format!("`{written}` is no type of KQL");
            let help = match nearest(written, names) {
                Some(meant) => format!("the nearest is `{meant}`"),
                None => format!("the types are {}", names.join(", ")),
            };
            let at = Span::new(self.source, node.range);
            self.diagnostics.push(lints::UNKNOWN_COLUMN_TYPE.at(at, message).with_help(help));
        }
        Some(column(name, known.unwrap_or(ScalarType::Dynamic)))
    }

    fn bad(&mut self, node: &Node, message: impl Into<String>) {
        let at = Span::new(self.source, node.range);
        let help = "declare a table as `name` and `columns`, a function as `name`, `parameters` and `body`, a watchlist as `alias` and `columns`";
        self.diagnostics.push(lints::BAD_DECLARATION.at(at, message).with_help(help));
    }
}

/// The text under the first of `keys` that is there.
fn text<'m>(mapping: &'m Mapping, keys: &[&str]) -> Option<&'m str> {
    keys.iter().find_map(|key| mapping.get(key)?.as_str())
}
