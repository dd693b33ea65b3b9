//! The tables of Log Analytics and of Defender's Advanced Hunting.

use std::sync::{LazyLock, OnceLock};

use super::index::NameIndex;
use crate::catalog::ScalarType;
use crate::catalog::table::Table as FactTable;

const TABLES: FactTable = FactTable::new(include_str!("../../../schemas/facts/kql_tables.tsv"));
const COLUMNS: FactTable = FactTable::new(include_str!("../../../schemas/facts/kql_columns.tsv"));

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub scalar: ScalarType,
    /// The products in which the table has it.
    pub products: ProductSet,
}

/// Products that have a table, a column or a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProductSet(u8);

impl ProductSet {
    /// Log Analytics, and so Sentinel.
    pub const LOG_ANALYTICS: Self = Self(1);
    /// Advanced Hunting of Defender XDR.
    pub const ADVANCED_HUNTING: Self = Self(2);
    /// Both.
    pub const ALL: Self = Self(3);

    /// Whether every product of `other` is in this set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(super) fn from_name(name: &str) -> Self {
        match name {
            "log_analytics" => Self::LOG_ANALYTICS,
            "advanced_hunting" => Self::ADVANCED_HUNTING,
            _ => Self::ALL,
        }
    }
}

/// Where a table comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableKind {
    /// The reference of Azure Monitor lists it.
    Standard,
    /// A custom log (`_CL`).
    Custom,
    /// Advanced Hunting only.
    Hunting,
    /// Known by name only, often really a parser function.
    Stub,
    /// The project declares it.
    Project,
}

/// A table that the catalogue knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, in order: those of Log Analytics, then those that Advanced Hunting adds. No two share a name.
    pub columns: Box<[Column]>,
    /// Whether it may have columns that are not known here.
    pub open: bool,
    /// The products that have it.
    pub products: ProductSet,
    /// Where it comes from.
    pub kind: TableKind,
    /// Whether the workspace may keep it as Basic or Auxiliary logs, which analytics rules cannot read; of a table that the
    /// project declares, whether it does.
    pub basic_logs: bool,
}

impl Table {
    /// The column `name`, in exactly this spelling.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// The built-in tables. Names are indexed at once, columns are read when a table is first asked for.
#[derive(Debug)]
pub struct BuiltinTables {
    entries: Vec<Entry>,
    index: NameIndex,
    /// The columns that many tables have.
    shared: Vec<Column>,
}

#[derive(Debug)]
struct Entry {
    row: [&'static str; 5],
    table: OnceLock<Table>,
}

impl Entry {
    fn name(&self) -> &'static str {
        let [name, ..] = self.row;
        name
    }
}

static BUILTIN: LazyLock<BuiltinTables> = LazyLock::new(|| {
    let entries: Vec<Entry> = TABLES.rows().map(|row| Entry { row, table: OnceLock::new() }).collect();
    let shared = COLUMNS.rows().filter_map(|[name, scalar]| {
        Some(Column { name, scalar: ScalarType::from_name(scalar)?, products: ProductSet::ALL })
    });
    BuiltinTables {
        index: NameIndex::new(entries.iter().map(Entry::name)),
        shared: shared.collect(),
        entries,
    }
});

impl BuiltinTables {
    /// The tables, names read when first asked for.
    pub fn get() -> &'static Self {
        &BUILTIN
    }

    /// The table `name`; case counts.
    pub fn table(&'static self, name: &str) -> Option<&'static Table> {
        let at = self.index.find(name, |at| self.entries.get(at).map(Entry::name))?;
        Some(self.read(self.entries.get(at)?))
    }

    /// The names of all tables, in the order in which wildcards expand.
    pub fn names(&'static self) -> impl ExactSizeIterator<Item = &'static str> {
        self.entries.iter().map(Entry::name)
    }

    /// All tables, every column read.
    pub fn iter(&'static self) -> impl ExactSizeIterator<Item = &'static Table> {
        self.entries.iter().map(|entry| self.read(entry))
    }

    /// The version of the table.
    pub fn version(&self) -> &'static str {
        TABLES.head("version")
    }

    fn read(&self, entry: &'static Entry) -> &'static Table {
        entry.table.get_or_init(|| {
            let [name, products, kind, flags, columns] = entry.row;
            let products = ProductSet::from_name(products);
            let tokens = columns.split(' ').filter(|token| !token.is_empty());
            let columns: Box<[Column]> = tokens.filter_map(|token| self.column(token, products)).collect();
            Table {
                name,
                open: columns.is_empty(),
                columns,
                products,
                kind: match kind {
                    "standard" => TableKind::Standard,
                    "custom" => TableKind::Custom,
                    "xdr" => TableKind::Hunting,
                    _ => TableKind::Stub,
                },
                basic_logs: flags == "basic",
            }
        })
    }

    /// `name:type`, `name:` for a string, or the number of a shared column; then a mark for its products.
    fn column(&self, token: &'static str, table: ProductSet) -> Option<Column> {
        let (text, products) = match (token.strip_suffix('+'), token.strip_suffix('!')) {
            (Some(text), _) => (text, ProductSet::ALL),
            (_, Some(text)) => (text, ProductSet::ADVANCED_HUNTING),
            _ if table == ProductSet::ALL => (token, ProductSet::LOG_ANALYTICS),
            _ => (token, table),
        };
        Some(match text.rsplit_once(':') {
            Some((name, "")) => Column { name, scalar: ScalarType::String, products },
            Some((name, scalar)) => Column { name, scalar: ScalarType::from_name(scalar)?, products },
            None => Column { products, ..*self.shared.get(usize::from_str_radix(text, 36).ok()?)? },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_table_and_every_token_a_column() {
        let tables = BuiltinTables::get();
        assert_eq!(tables.iter().len(), TABLES.lines());
        for (entry, table) in tables.entries.iter().zip(tables.iter()) {
            let [.., columns] = entry.row;
            let tokens = columns.split(' ').filter(|token| !token.is_empty()).count();
            assert_eq!(table.columns.len(), tokens, "{}", table.name);
            assert_eq!(tables.table(table.name).map(|found| found.name), Some(table.name));
        }
    }

    #[test]
    fn a_table_of_both_products_says_which_has_a_column() {
        let products = |table: &str, column: &str| {
            BuiltinTables::get().table(table).unwrap().column(column).map(|column| column.products)
        };
        assert_eq!(products("DeviceNetworkEvents", "TenantId"), Some(ProductSet::LOG_ANALYTICS));
        assert_eq!(products("DeviceNetworkEvents", "InitiatingProcessAccountUpn"), Some(ProductSet::ALL));
        assert_eq!(products("DeviceNetworkEvents", "AccountUpn"), None);
        assert_eq!(products("AgentsInfo", "EntraAgentId"), Some(ProductSet::ADVANCED_HUNTING));
        assert_eq!(products("SigninLogs", "UserPrincipalName"), Some(ProductSet::LOG_ANALYTICS));
        assert!(BuiltinTables::get().table("signinlogs").is_none());
    }
}
