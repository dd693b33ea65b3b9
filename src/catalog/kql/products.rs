//! Functions of Sentinel, of Log Analytics and of Defender's Advanced Hunting.

use std::sync::LazyLock;

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

/// All functions of the products.
#[derive(Debug)]
pub struct ProductFunctions {
    functions: Vec<ProductFunction>,
    index: NameIndex,
}

static BUILTIN: LazyLock<ProductFunctions> = LazyLock::new(|| {
    let functions: Vec<ProductFunction> = FUNCTIONS.rows().filter_map(read).collect();
    ProductFunctions {
        index: NameIndex::new(functions.iter().map(|function| function.function.name)),
        functions,
    }
});

fn read(
    [name, products, flags, alternative, tables, signatures]: [&'static str; 6],
) -> Option<ProductFunction> {
    let function = signature::function([name, flags, "", alternative, signatures], FunctionClass::Product)?;
    Some(ProductFunction { function, products: ProductSet::from_name(products), tables: list(tables) })
}

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
        let at = self.index.find(name, |at| self.functions.get(at).map(|function| function.function.name))?;
        self.functions.get(at)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &ProductFunction> {
        self.functions.iter()
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
        assert_eq!(ProductFunctions::get().iter().len(), FUNCTIONS.lines());
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
        assert!(
            matches!(watchlist.returns, ReturnKind::Declared(DeclaredType::Table { open: true, .. })),
            "{watchlist:?}"
        );
    }
}
