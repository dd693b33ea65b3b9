//! Functions of Sentinel, of Log Analytics and of Defender's Advanced Hunting.

use std::sync::{LazyLock, OnceLock};

use super::function::{DeclaredType, Function, FunctionClass};
use super::index::NameIndex;
use super::signature;
use super::tables::ProductSet;
use crate::catalog::table::{Table, list};

const FUNCTIONS: Table = Table::new(include_str!("../../../schemas/facts/kql_products.tsv"));
const ASIM: Table = Table::new(include_str!("../../../schemas/facts/kql_asim.tsv"));

/// A function that a product brings. Its arguments may be named.
#[derive(Debug, Clone)]
pub struct ProductFunction {
    /// Its signature and the rest.
    pub function: Function,
    /// The products that have it.
    pub products: ProductSet,
    /// The tables that it reads, where that is known.
    pub tables: Vec<&'static str>,
}

/// All functions of the products. Names are indexed at once, a signature is read when its function is first asked for.
#[derive(Debug)]
pub struct ProductFunctions {
    entries: Vec<Entry>,
    index: NameIndex,
}

#[derive(Debug)]
struct Entry {
    row: [&'static str; 6],
    function: OnceLock<Option<ProductFunction>>,
}

impl Entry {
    fn name(&self) -> &'static str {
        let [name, ..] = self.row;
        name
    }

    fn read(&self) -> Option<&ProductFunction> {
        let read = || {
            let [name, products, flags, alternative, tables, signatures] = self.row;
            let function =
                signature::function([name, flags, "", alternative, signatures], FunctionClass::Product)?;
            let products = ProductSet::from_name(products);
            Some(ProductFunction { function, products, tables: list(tables) })
        };
        self.function.get_or_init(read).as_ref()
    }
}

static BUILTIN: LazyLock<ProductFunctions> = LazyLock::new(|| {
    let entries: Vec<Entry> = FUNCTIONS.rows().map(|row| Entry { row, function: OnceLock::new() }).collect();
    ProductFunctions { index: NameIndex::new(entries.iter().map(Entry::name)), entries }
});

static SCHEMAS: LazyLock<Vec<(&str, DeclaredType)>> = LazyLock::new(|| {
    ASIM.rows().filter_map(|[name, columns]| Some((name, signature::declared_type(columns)?))).collect()
});

/// The table that parsers of the ASIM schema `name` return.
pub(super) fn asim_schema(name: &str) -> Option<DeclaredType> {
    SCHEMAS.iter().find(|(schema, _)| *schema == name).map(|(_, table)| *table)
}

impl ProductFunctions {
    /// The functions, read when first asked for.
    pub fn get() -> &'static Self {
        &BUILTIN
    }

    /// The function `name`; case counts.
    pub fn function(&self, name: &str) -> Option<&ProductFunction> {
        let at = self.index.find(name, |at| self.entries.get(at).map(Entry::name))?;
        self.entries.get(at)?.read()
    }

    /// The names of all of them, sorted.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.entries.iter().map(Entry::name)
    }

    /// All of them, every signature read.
    pub fn iter(&self) -> impl Iterator<Item = &ProductFunction> {
        self.entries.iter().filter_map(Entry::read)
    }

    /// The version of the table.
    pub fn version(&self) -> &'static str {
        FUNCTIONS.head("version")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::kql::{ReturnKind, Tabularity};

    #[test]
    fn every_line_is_a_function() {
        assert_eq!(ProductFunctions::get().iter().count(), FUNCTIONS.lines());
        assert_eq!(SCHEMAS.len(), ASIM.lines());
    }

    fn signature(name: &str) -> super::super::Signature {
        ProductFunctions::get().function(name).unwrap().function.signatures[0]
    }

    #[test]
    fn a_parser_takes_filters_and_returns_its_schema() {
        let dns = signature("_Im_Dns");
        assert_eq!((dns.min_arguments, dns.tabularity), (0, Tabularity::Tabular));
        assert_eq!(dns.parameters[0].name, "starttime");
        let ReturnKind::Declared(DeclaredType::Table { columns, open: true }) = dns.returns else {
            panic!("{dns:?}")
        };
        assert!(columns.iter().any(|column| column.name == "DnsQuery"));
    }

    #[test]
    fn an_enrichment_adds_columns_to_its_input() {
        let profile = signature("FileProfile");
        assert_eq!((profile.min_arguments, profile.max_arguments), (1, 3));
        let ReturnKind::Parameter0With { columns, open: false } = profile.returns else {
            panic!("{profile:?}")
        };
        assert!(columns.iter().any(|column| column.name == "GlobalPrevalence"));
        let watchlist = signature("_GetWatchlist");
        let ReturnKind::Parameter0Watchlist(columns) = watchlist.returns else { panic!("{watchlist:?}") };
        assert!(columns.iter().any(|column| column.name == "SearchKey"));
    }
}
