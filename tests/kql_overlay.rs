//! What a project declares of tables, functions and watchlists, in every form that is accepted.

use picket::catalog::ScalarType;
use picket::catalog::kql::{KqlCatalog, Overlay, TableKind};
use picket::text::SourceId;

fn read(name: &str, text: &str) -> (Overlay, Vec<(&'static str, String)>) {
    let mut overlay = Overlay::default();
    let diagnostics = overlay.read(SourceId(0), name, text);
    let found = diagnostics.iter().map(|found| (found.code, found.range().slice(text).to_owned())).collect();
    (overlay, found)
}

fn columns(overlay: &Overlay) -> Vec<(&str, ScalarType)> {
    overlay
        .tables
        .iter()
        .flat_map(|table| &table.columns)
        .map(|column| (column.name, column.scalar))
        .collect()
}

#[test]
fn tables_as_a_mapping_or_a_list_of_columns() {
    let expected =
        [("TimeGenerated", ScalarType::DateTime), ("User", ScalarType::String), ("Size", ScalarType::Long)];
    for text in [
        "tables:\n  - name: T_CL\n    columns:\n      TimeGenerated: datetime\n      User: string\n      Size: long\n",
        "name: T_CL\ncolumns: [{name: TimeGenerated, type: dateTime}, {name: User}, {name: Size, type: long}]\n",
        r#"{"tables":[{"name":"T_CL","columns":[["TimeGenerated","datetime"],["User","string"],["Size","long"]]}]}"#,
    ] {
        let (overlay, found) = read("tables.yaml", text);
        assert_eq!(found, [], "{text}");
        assert_eq!(columns(&overlay), expected, "{text}");
        assert_eq!(overlay.tables[0].name, "T_CL");
    }
}

#[test]
fn tables_as_log_analytics_exports_them() {
    let resource = r#"{"value": [{
        "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/w/tables/T_CL",
        "name": "w/T_CL",
        "properties": {
            "plan": "Basic",
            "schema": {
                "name": "T_CL",
                "columns": [{"name": "Ok", "type": "boolean", "isHidden": false}],
                "standardColumns": [{"name": "TimeGenerated", "type": "dateTime"}, {"name": "Ok", "type": "string"}]
            }
        }
    }]}"#;
    let command = r#"{"name": "T_CL", "plan": "Basic", "schema": {"name": "T_CL",
        "columns": [{"name": "Ok", "type": "boolean"}], "standardColumns": [{"name": "TimeGenerated", "type": "dateTime"}]}}"#;
    for text in [resource, command] {
        let (overlay, found) = read("T_CL.json", text);
        assert_eq!(found, []);
        assert_eq!(columns(&overlay), [("Ok", ScalarType::Bool), ("TimeGenerated", ScalarType::DateTime)]);
        assert!(overlay.tables[0].basic_logs);
    }
}

#[test]
fn functions_and_watchlists_in_data() {
    let text = "functions:\n  - name: F\n    parameters: 'since: timespan'\n    body: T | where true\n\
                watchlists:\n  - alias: Assets\n    columns: [Host, Owner]\n";
    let (overlay, found) = read("picket.yaml", text);
    assert_eq!(found, []);
    assert_eq!(overlay.functions[0].parameters, "(since: timespan)");
    let catalog = KqlCatalog::extended(overlay);
    assert_eq!(catalog.stored_function("F").unwrap().body, "T | where true");
    let names: Vec<_> =
        catalog.watchlist("Assets").unwrap().columns.iter().map(|column| column.name).collect();
    assert_eq!(names, ["Host", "Owner"]);

    let saved = r#"{"properties": {"displayName": "f", "functionAlias": "F", "functionParameters": "a:long=1", "query": "T"}}"#;
    let (overlay, _) = read("f.json", saved);
    assert_eq!((overlay.functions[0].name, overlay.functions[0].parameters.as_str()), ("F", "(a:long=1)"));

    let (overlay, _) = read("HighValue.csv", "\u{feff}\"Host\",Owner\nsrv1,me\n");
    assert_eq!(overlay.watchlists[0].alias, "HighValue");
    assert_eq!(overlay.watchlists[0].columns.len(), 2);
}

#[test]
fn faults_point_at_their_place() {
    let (overlay, found) =
        read("t.yaml", "tables:\n  - name: T_CL\n    columns: { Started: timestamp, Size: longg }\n");
    assert_eq!(found, [("PK911", "timestamp".to_owned()), ("PK911", "longg".to_owned())]);
    assert_eq!(columns(&overlay)[0], ("Started", ScalarType::Dynamic));
    let (_, found) = read("t.yaml", "tables:\n  - columns: { A: long }\n  - 7\n");
    assert_eq!(found.iter().map(|(code, _)| *code).collect::<Vec<_>>(), ["PK910", "PK910"]);
    let (_, found) = read("t.yaml", "tables: 1\n");
    assert_eq!(found, [("PK910", "1".to_owned())]);
    let (_, found) = read("w.csv", "");
    assert_eq!(found[0].0, "PK910");
}

#[test]
fn a_declared_table_covers_the_built_in_one() {
    let (overlay, _) = read("t.yaml", "name: SigninLogs\ncolumns: { Only: long }\n");
    let catalog = overlay.into_catalog();
    assert_eq!(catalog.table("SigninLogs").unwrap().kind, TableKind::Project);
    assert_eq!(catalog.table("AuditLogs").unwrap().kind, TableKind::Standard);
}
