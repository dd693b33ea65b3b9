//! The rule about any remote-management tool that is not on the watchlist of approved ones.

use super::merge::Origin;
use super::queries::EXCLUSIONS;
use super::render::{Draft, Form, alerting, mapped, rule_id, schedule};
use super::watchlists::{APPROVED, INDICATORS};
use crate::kql;
use crate::yaml::emit::Value;

/// The rule in `form`.
pub(super) fn draft(form: Form, catalogs: &[Origin]) -> Draft {
    let scheduled = form == Form::Scheduled;
    let stem = format!("any-tool/unapproved.{}", form.slug());
    let (name, kind, first) = match form {
        Form::Hunting => (
            "Remote-management tools that are not approved",
            "Hunting",
            "Lists the devices that showed a sign of a remote-management tool within five days: a host that was reached, a program that started or a signer of one of its files.",
        ),
        Form::Scheduled => (
            "Remote-management tool that is not approved appears on a device",
            "Scheduled",
            "Raises an alert when a device shows a sign of a remote-management tool that it had not shown for a week: a host that was reached, a program that started or a signer of one of its files.",
        ),
    };
    let description = format!(
        "{first}\nTools on the watchlist {APPROVED} are left out; all others are known by the watchlist {INDICATORS}. One rule thus stands for hundreds, and approving a tool is a line in a list.\n"
    );
    let id = rule_id(&stem);
    let before = vec![("id", Value::text(&id)), ("name", Value::text(name))];
    let mut after = vec![("kind", Value::text(kind)), ("description", Value::Block(description))];
    if scheduled {
        after.push(("severity", Value::text("Medium")));
    }
    let tables = ["DeviceNetworkEvents", "DeviceProcessEvents", "DeviceFileCertificateInfo"].map(Value::text);
    let connector = Value::mapping([
        ("connectorId", Value::text("MicrosoftThreatProtection")),
        ("dataTypes", Value::sequence(tables)),
    ]);
    after.push(("requiredDataConnectors", Value::sequence([connector])));
    if scheduled {
        after.extend(schedule());
    }
    let query = query(form);
    let query = kql::format::format(&query).0.unwrap_or(query);
    after.extend([
        ("tactics", Value::sequence([Value::text("CommandAndControl")])),
        ("relevantTechniques", Value::sequence([Value::text("T1219")])),
        ("query", Value::Block(query)),
        ("entityMappings", mapped(&[("Host", &[("FullName", "DeviceName")])])),
    ]);
    if scheduled {
        after.extend(alerting(
            &[("Tool", "Tool"), ("FirstSeen", "FirstSeen"), ("Signs", "Signs"), ("Accounts", "Accounts")],
            "{{Tool}} on {{DeviceName}} is not approved",
            "{{DeviceName}} showed signs of {{Tool}}: {{Signs}}.",
        ));
    }
    after.push(("falsePositives", false_positives()));
    after.push(("references", Value::sequence([Value::text("https://attack.mitre.org/techniques/T1219/")])));
    Draft {
        id,
        path: format!("{stem}.yaml"),
        origins: catalogs.to_vec(),
        before,
        after,
        tool: "any".to_owned(),
    }
}

fn query(form: Form) -> String {
    let hunting = form == Form::Hunting;
    let recent = if hunting { "| where TimeGenerated > ago(5d)\n" } else { "" };
    let ingested = if hunting { "" } else { "| extend Ingested = ingestion_time()\n" };
    let last = if hunting {
        "| order by FirstSeen asc\n"
    } else {
        "// New here: nothing of it was ingested before the last run.\n| where FirstIngested > ago(1h)\n"
    };
    let first_ingested = if hunting { "" } else { "FirstIngested = min(Ingested), " };
    format!(
        "let Approved = toscalar(_GetWatchlist(\"{APPROVED}\") | summarize make_set(tolower(Tool)));\n\
         let Known = materialize(_GetWatchlist(\"{INDICATORS}\")\n\
         | project Kind, Tool, Indicator = tolower(Indicator)\n\
         | where not(set_has_element(Approved, tolower(Tool))));\n\
         let Hosts = Known | where Kind == \"Domain\" | project Indicator, Tool;\n\
         let Programs = Known | where Kind == \"Process\" | project Indicator, Tool;\n\
         let Signers = Known | where Kind == \"Signer\" | project Indicator, Tool;\n\
         let Network = DeviceNetworkEvents\n{recent}\
         | where RemoteUrl has_any ((Hosts | project Indicator))\n{ingested}\
         | extend Host = tolower(extract(@\"^(?:[a-zA-Z]+://)?([^/:?#]+)\", 1, RemoteUrl))\n\
         // A host is known by itself or by one of the domains above it.\n\
         | extend Labels = split(Host, \".\")\n\
         | mv-expand From = range(0, array_length(Labels) - 1) to typeof(int)\n\
         | extend Indicator = strcat_array(array_slice(Labels, From, -1), \".\")\n\
         | join kind=inner Hosts on Indicator\n\
         | extend Account = InitiatingProcessAccountUpn, Sign = strcat(InitiatingProcessFileName, \" reached \", Host);\n\
         let Processes = DeviceProcessEvents\n{recent}\
         {ingested}| extend Indicator = tolower(FileName)\n\
         | join kind=inner Programs on Indicator\n\
         | extend Account = AccountUpn, Sign = strcat(FolderPath, \" started\");\n\
         let Files = DeviceFileCertificateInfo\n{recent}\
         {ingested}| extend Indicator = tolower(Signer)\n\
         | join kind=inner Signers on Indicator\n\
         | extend Account = \"\", Sign = strcat(\"a file signed by \", Signer);\n\
         union Network, Processes, Files\n\
         | summarize FirstSeen = min(TimeGenerated), LastSeen = max(TimeGenerated), {first_ingested}\
         Signs = make_set(Sign, 20), Accounts = make_set_if(Account, isnotempty(Account), 20), Count = count() \
         by DeviceId, DeviceName, Tool\n{last}{EXCLUSIONS}"
    )
}

fn false_positives() -> Value {
    let cases = [
        (
            "Approved tool that the watchlist lacks",
            "The tool is in use with consent, and nobody has listed it yet: a line on the watchlist settles it for good.",
            "| where Tool !in~ (\"Microsoft Quick Assist\")",
        ),
        (
            "Test devices",
            "Engineers try tools on devices that hold nothing, whose names begin alike.",
            "| where DeviceName !startswith \"lab-\"",
        ),
    ];
    Value::sequence(cases.map(|(scenario, description, exclusion)| {
        Value::mapping([
            ("scenario", Value::text(scenario)),
            ("description", Value::text(description)),
            ("exclusion", Value::text(exclusion)),
        ])
    }))
}
