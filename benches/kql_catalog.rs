//! What the built-in KQL catalogue costs at start: `cargo bench --bench kql_catalog`.
//!
//! Each figure is the first use in this process, so it includes reading the generated tables.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use std::time::Instant;

use picket::catalog::kql::{BuiltinTables, KqlCatalog, Language, ProductFunctions};

fn main() {
    let start = Instant::now();
    let functions = Language::builtin().functions().len();
    let language = start.elapsed();
    let names = BuiltinTables::get().names().len();
    let tables = start.elapsed() - language;
    let products = ProductFunctions::get().names().len();
    let product_functions = start.elapsed() - language - tables;
    let first = KqlCatalog::builtin().table("DeviceNetworkEvents").map_or(0, |table| table.columns.len());
    let total = start.elapsed();
    println!("language            {language:>10.1?}  {functions} functions");
    println!("tables, names       {tables:>10.1?}  {names} tables");
    println!("product functions   {product_functions:>10.1?}  {products} functions");
    println!("start to first use  {total:>10.1?}  {first} columns of the first table");
    let start = Instant::now();
    let columns: usize = BuiltinTables::get().iter().map(|table| table.columns.len()).sum();
    println!("every column        {:>10.1?}  {columns} columns", start.elapsed());
    const LOOKUPS: u32 = 1_000_000;
    let catalog = KqlCatalog::builtin();
    let start = Instant::now();
    let found =
        (0..LOOKUPS).filter(|_| std::hint::black_box(catalog.table("DeviceNetworkEvents")).is_some()).count();
    println!("a lookup of a table {:>10.1?}  {found} found", start.elapsed() / LOOKUPS);
}
