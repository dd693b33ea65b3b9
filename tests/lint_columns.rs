//! What lints say of the columns that identifiers are mapped to.

#![allow(clippy::unwrap_used, reason = "tests fail this way")]

use picket::lint::Settings;

mod common;

use common::lints::{HEAD, SCHEDULE, check_with};

/// What is said of `identifier` of an entity, mapped to the column `X` of this query; codes of the family alone.
fn codes(query: &str, entity: &str, identifier: &str) -> Vec<&'static str> {
    let mapping = format!(
        "  - entityType: {entity}\n    fieldMappings:\n      - identifier: {identifier}\n        columnName: X\n"
    );
    let text = format!("{HEAD}{SCHEDULE}query: |\n  {query}\nentityMappings:\n{mapping}");
    let found = check_with(&[&text], &Settings::default()).1;
    let own = ["PK316", "PK317", "PK318"];
    found.into_iter().map(|finding| finding.code).filter(|code| own.contains(code)).collect()
}

#[test]
fn columns_of_tables_hold_what_their_name_says() {
    let signin = |column: &str| format!("SigninLogs | project TimeGenerated, X = {column}");
    for (column, entity, identifier, expected) in [
        ("UserPrincipalName", "Account", "UPNSuffix", "PK316"),
        ("tolower(tostring(UserPrincipalName))", "Account", "Sid", "PK316"),
        ("UserPrincipalName", "Account", "Name", "PK318"),
        ("UserPrincipalName", "Account", "FullName", ""),
        ("UserPrincipalName", "IP", "Address", "PK316"),
        ("IPAddress", "IP", "Address", ""),
        ("IPAddress", "Account", "Name", "PK316"),
        ("IPAddress", "Host", "HostName", ""),
        ("AppDisplayName", "Account", "UPNSuffix", ""),
        ("strcat(UserPrincipalName, '')", "Account", "UPNSuffix", ""),
        ("coalesce(UserPrincipalName, IPAddress)", "Account", "UPNSuffix", ""),
    ] {
        let expected: Vec<&str> = [expected].into_iter().filter(|code| !code.is_empty()).collect();
        assert_eq!(codes(&signin(column), entity, identifier), expected, "{entity}.{identifier}: {column}");
    }
    let renamed = "SigninLogs | extend A = UserPrincipalName | project-rename X = A";
    assert_eq!(codes(renamed, "Account", "Sid"), ["PK316"]);
    let joined =
        "union (SigninLogs | project X = UserPrincipalName), (SecurityEvent | project X = SubjectUserSid)";
    assert_eq!(codes(joined, "Account", "Sid"), [""; 0]);
}

#[test]
fn texts_and_parts_have_the_form_of_their_identifier() {
    let signin = |value: &str| format!("SigninLogs | extend X = {value}");
    for (value, entity, identifier, is_wrong) in [
        ("'@contoso.com'", "Account", "UPNSuffix", true),
        ("'contoso.com'", "Account", "UPNSuffix", false),
        ("split(UserPrincipalName, '@')[0]", "Account", "UPNSuffix", true),
        ("tostring(split(UserPrincipalName, '@', 1)[0])", "Account", "UPNSuffix", false),
        ("tostring(split(UserPrincipalName, '@', 0)[0])", "Account", "UPNSuffix", true),
        ("tostring(split(UserPrincipalName, '@')[1])", "Account", "Name", true),
        ("tostring(split(UserPrincipalName, '@')[-1])", "Account", "UPNSuffix", false),
        ("tostring(split(UserPrincipalName, '\\\\')[1])", "Account", "NTDomain", true),
        ("tostring(split(UserPrincipalName, '.')[0])", "Account", "UPNSuffix", false),
        ("'S-1-5-18'", "Account", "Sid", false),
        ("'SYSTEM'", "Account", "Sid", true),
        ("'9b8f4a52-0c1d-4b7e-9a3f-5d2e7c1b8f40'", "Account", "AadUserId", false),
        ("'admin'", "Account", "AadUserId", true),
        ("'10.0.0.1'", "IP", "Address", false),
        ("'::1'", "IP", "Address", false),
        ("'localhost'", "IP", "Address", true),
        ("'/subscriptions/1'", "AzureResource", "ResourceId", false),
        ("'vm-1'", "AzureResource", "ResourceId", true),
        ("''", "Account", "Sid", false),
    ] {
        let expected: Vec<&str> = is_wrong.then_some("PK317").into_iter().collect();
        assert_eq!(codes(&signin(value), entity, identifier), expected, "{entity}.{identifier}: {value}");
    }
}
