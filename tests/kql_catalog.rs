//! The built-in KQL catalogue has the tables that the reference's answers were made with.

mod common;

use picket::catalog::kql::{BuiltinTables, KqlCatalog};

#[derive(serde::Deserialize)]
struct Schema {
    tables: Vec<Table>,
}

#[derive(serde::Deserialize)]
struct Table {
    name: String,
    columns: Vec<(String, String)>,
}

#[test]
fn tables_are_those_of_the_reference_schema() {
    let Some(shared) = common::shared() else { return };
    let text = std::fs::read_to_string(shared.join("kql/schema.json")).unwrap();
    let schema: Schema = serde_json::from_str(&text).unwrap();
    for expected in &schema.tables {
        let table = KqlCatalog::builtin().table(&expected.name).unwrap();
        let columns: Vec<(String, String)> = table
            .columns
            .iter()
            .map(|column| (column.name.to_owned(), column.scalar.name().to_owned()))
            .collect();
        assert_eq!(columns, expected.columns, "{}", expected.name);
    }
    // One table of the facts came after the schema was made; the others without columns are known by name.
    let listed: std::collections::HashSet<&str> =
        schema.tables.iter().map(|table| table.name.as_str()).collect();
    let others = BuiltinTables::get().iter().filter(|table| !listed.contains(table.name));
    let with_columns: Vec<&str> = others.filter(|table| !table.open).map(|table| table.name).collect();
    assert_eq!(with_columns, ["CallActivityEvents"]);
    // Two of them differ in case alone, which the two sources order differently.
    let order = KqlCatalog::builtin().table_names().filter(|name| listed.contains(name));
    assert!(order.map(str::to_lowercase).eq(schema.tables.iter().map(|table| table.name.to_lowercase())));
}
