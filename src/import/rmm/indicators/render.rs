//! Rules from tools: the texts, and the file of a rule.

use uuid::Uuid;

use super::merge::{Origin, Tool};
use super::queries::Subject;
use crate::catalog::rmm::ToolClass;
use crate::kql;
use crate::yaml::emit::{self, Value};

/// The namespace of the ids of generated rules, which are the UUIDv5 of tool, subject and form.
pub(super) const NAMESPACE: Uuid = Uuid::from_u128(0x6f1c_1b0e_2c0f_4c57_9d4e_6d1f_3f0b_7a52);

/// Whether a rule alerts or is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Form {
    /// A hunting query.
    Hunting,
    /// A scheduled analytics rule.
    Scheduled,
}

impl Form {
    /// Both forms.
    pub(super) const ALL: [Self; 2] = [Self::Hunting, Self::Scheduled];

    /// The form in paths and ids.
    pub(super) fn slug(self) -> &'static str {
        match self {
            Self::Hunting => "hunting",
            Self::Scheduled => "scheduled",
        }
    }
}

/// A rule before it is written: all but its version and the revisions of what it was read from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    /// The rule's id.
    pub id: String,
    /// Its file, below the folder of output.
    pub path: String,
    /// The files that it was read from.
    pub origins: Vec<Origin>,
    /// The keys of the file up to the version, from it on, and the facts under `metadata`.
    pub(super) before: Vec<(&'static str, Value)>,
    pub(super) after: Vec<(&'static str, Value)>,
    pub(super) tool: String,
}

impl Draft {
    /// The file of the rule.
    pub(super) fn text(&self, version: &str, origins: &[Origin]) -> String {
        let files = origins.iter().map(|origin| {
            Value::mapping([
                ("catalog", Value::text(&origin.catalog)),
                ("file", Value::text(&origin.path)),
                ("revision", Value::text(&origin.revision)),
            ])
        });
        let metadata =
            Value::mapping([("tool", Value::text(&self.tool)), ("generatedFrom", Value::sequence(files))]);
        let mut entries = self.before.clone();
        entries.push(("version", Value::text(version)));
        entries.extend(self.after.iter().cloned());
        entries.push(("metadata", metadata));
        emit::document(&Value::mapping(entries))
    }
}

/// The id of the rule whose path, without `.yaml`, is `path` below the folder of remote access.
pub(super) fn rule_id(path: &str) -> String {
    Uuid::new_v5(&NAMESPACE, format!("remote-access/{path}").as_bytes()).to_string()
}

/// The rule of `tool` about `subject` in `form`, with the query that its indicators make. `others` are the tools that
/// show the same signs.
pub(super) fn draft(tool: &Tool, others: &[String], subject: Subject, form: Form, query: &str) -> Draft {
    let stem = format!("{}/{}.{}", tool.id, subject.slug(), form.slug());
    let (tactic, technique) = tool.class.technique();
    let scheduled = form == Form::Scheduled;
    let id = rule_id(&stem);
    let before = vec![("id", Value::text(&id)), ("name", Value::text(name(tool, subject, form)))];
    let mut after = vec![
        ("kind", Value::text(if scheduled { "Scheduled" } else { "Hunting" })),
        ("description", Value::Block(description(tool, others, subject, form))),
    ];
    if scheduled {
        after.push(("severity", Value::text(severity(tool.class, subject))));
        // The service runs 512 scheduled rules; which of a thousand a team wants is its own choice.
        after.push(("enabled", Value::Plain("false".to_owned())));
    }
    let connector = Value::mapping([
        ("connectorId", Value::text(subject.connector())),
        ("dataTypes", Value::sequence([Value::text(subject.table())])),
    ]);
    after.push(("requiredDataConnectors", Value::sequence([connector])));
    if scheduled {
        after.extend(schedule());
    }
    let query = kql::format::format(query).0.unwrap_or_else(|| query.to_owned());
    after.extend([
        ("tactics", Value::sequence([Value::text(tactic)])),
        ("relevantTechniques", Value::sequence([Value::text(technique)])),
        ("query", Value::Block(query)),
        ("entityMappings", entities(subject, form)),
    ]);
    if scheduled {
        after.extend(alerts(tool, subject));
    }
    after.push(("falsePositives", false_positives(tool, subject, form)));
    after.push(("references", references(tool, technique)));
    Draft {
        id,
        path: format!("{stem}.yaml"),
        origins: tool.origins.clone(),
        before,
        after,
        tool: tool.name.clone(),
    }
}

/// Every hour over a week, with an alert for any result.
pub(super) fn schedule() -> [(&'static str, Value); 4] {
    [
        ("queryFrequency", Value::Plain("1h".to_owned())),
        ("queryPeriod", Value::Plain("7d".to_owned())),
        ("triggerOperator", Value::text("gt")),
        ("triggerThreshold", Value::Plain("0".to_owned())),
    ]
}

fn name(tool: &Tool, subject: Subject, form: Form) -> String {
    let tool = &tool.name;
    match (subject, form) {
        (Subject::Network, Form::Hunting) => format!("{tool} network connections"),
        (Subject::Network, Form::Scheduled) => format!("{tool} connects from a device for the first time"),
        (Subject::Process, Form::Hunting) => format!("{tool} processes"),
        (Subject::Process, Form::Scheduled) => format!("{tool} starts on a device for the first time"),
        (Subject::Signature, Form::Hunting) => format!("Files signed by the vendor of {tool}"),
        (Subject::Signature, Form::Scheduled) => {
            format!("File signed by the vendor of {tool} appears on a device")
        }
        (Subject::Dns, Form::Hunting) => format!("{tool} hosts asked of DNS"),
        (Subject::Dns, Form::Scheduled) => format!("{tool} host asked of DNS for the first time"),
    }
}

fn description(tool: &Tool, others: &[String], subject: Subject, form: Form) -> String {
    let name = &tool.name;
    let first = match (subject, form) {
        (Subject::Network, Form::Hunting) => format!(
            "Lists the devices from which a program other than a browser reached a host of {name} within five days, with the programs and the accounts behind it."
        ),
        (Subject::Network, Form::Scheduled) => format!(
            "Raises an alert when a program other than a browser reaches a host of {name} from a device that had not done so for a week."
        ),
        (Subject::Process, Form::Hunting) => format!(
            "Lists the devices on which a program of {name} ran within five days, with its paths, what started it and the accounts it ran as."
        ),
        (Subject::Process, Form::Scheduled) => format!(
            "Raises an alert when a program of {name} starts on a device on which none had run for a week."
        ),
        (Subject::Signature, Form::Hunting) => format!(
            "Lists the devices on which a file was seen within five days that the vendor of {name} signed. A renamed program keeps its signature."
        ),
        (Subject::Signature, Form::Scheduled) => format!(
            "Raises an alert when a file that the vendor of {name} signed is seen on a device on which there had been none for a week. A renamed program keeps its signature."
        ),
        (Subject::Dns, Form::Hunting) => format!(
            "Lists the clients that asked DNS for a host of {name} within five days. It also covers devices without an agent of Defender, such as those of guests and suppliers."
        ),
        (Subject::Dns, Form::Scheduled) => format!(
            "Raises an alert when a client asks DNS for a host of {name} and had not done so for a week. It also covers devices without an agent of Defender, such as those of guests and suppliers."
        ),
    };
    let first =
        if tool.id.starts_with("chrome-") { first.replace(" other than a browser", "") } else { first };
    let second = match tool.class {
        ToolClass::RemoteDesktop => format!(
            "{name} hands control of a device to whoever sits at the other end. Support uses it, and so do intruders who want to come back without malware of their own."
        ),
        ToolClass::Malware => {
            format!(
                "{name} is made to control devices behind the back of their owners; an honest use is not to be expected."
            )
        }
        ToolClass::Tunnel => format!(
            "{name} carries connections out of the network past what its firewall lets in, which makes an inner service reachable from anywhere."
        ),
        ToolClass::IdeTunnel => format!(
            "{name} lets a development environment elsewhere open a terminal on the device, through hosts that firewalls trust."
        ),
        ToolClass::Ssh => {
            format!("{name} opens shells on other devices; in the wrong hands it moves an intruder on.")
        }
        ToolClass::Rdp => {
            format!("{name} opens desktops of other devices; in the wrong hands it moves an intruder on.")
        }
        ToolClass::Vnc => {
            format!("{name} shows and steers the screen of another device, often with a password alone.")
        }
        ToolClass::Execution => {
            format!(
                "{name} runs commands on other devices; intruders use it to spread with stolen credentials."
            )
        }
        ToolClass::Transfer => {
            format!("{name} moves files to where they are out of reach; intruders take data out with it.")
        }
    };
    let mut text = format!("{first}\n{second}\n");
    if !others.is_empty() {
        text.push_str(&format!("The same signs are those of {}.\n", others.join(" and of ")));
    }
    if form == Form::Scheduled {
        text.push_str(
            "It comes disabled, since the service runs a limited number of rules: enable it where this tool is not wanted.\n",
        );
    }
    text
}

fn severity(class: ToolClass, subject: Subject) -> &'static str {
    match (class, subject) {
        (ToolClass::Malware, _) => "High",
        (_, Subject::Signature | Subject::Dns) => "Low",
        (
            ToolClass::RemoteDesktop | ToolClass::Tunnel | ToolClass::IdeTunnel | ToolClass::Execution,
            Subject::Network | Subject::Process,
        ) => "Medium",
        _ => "Low",
    }
}

/// A list of mappings of an entity to columns.
pub(super) fn mapped(entities: &[(&str, &[(&str, &str)])]) -> Value {
    Value::sequence(entities.iter().map(|(entity, fields)| {
        let fields = fields.iter().map(|(identifier, column)| {
            Value::mapping([("identifier", Value::text(*identifier)), ("columnName", Value::text(*column))])
        });
        Value::mapping([("entityType", Value::text(*entity)), ("fieldMappings", Value::sequence(fields))])
    }))
}

fn entities(subject: Subject, form: Form) -> Value {
    const HOST: (&str, &[(&str, &str)]) = ("Host", &[("HostName", "HostName"), ("DnsDomain", "DnsDomain")]);
    match (subject, form) {
        (Subject::Dns, Form::Hunting) => {
            mapped(&[("Host", &[("FullName", "SrcHostname")]), ("IP", &[("Address", "SrcIpAddr")])])
        }
        (_, Form::Hunting) => mapped(&[("Host", &[("FullName", "DeviceName")])]),
        (Subject::Network, _) => mapped(&[
            HOST,
            (
                "Account",
                &[
                    ("Name", "InitiatingProcessAccountName"),
                    ("NTDomain", "InitiatingProcessAccountDomain"),
                    ("Sid", "InitiatingProcessAccountSid"),
                ],
            ),
            (
                "Process",
                &[("ProcessId", "InitiatingProcessId"), ("CommandLine", "InitiatingProcessCommandLine")],
            ),
            ("URL", &[("Url", "RemoteUrl")]),
        ]),
        (Subject::Process, _) => mapped(&[
            HOST,
            ("Account", &[("Name", "AccountName"), ("NTDomain", "AccountDomain"), ("Sid", "AccountSid")]),
            ("Process", &[("ProcessId", "ProcessId"), ("CommandLine", "ProcessCommandLine")]),
            ("File", &[("Name", "FileName"), ("Directory", "FolderPath")]),
        ]),
        (Subject::Signature, _) => {
            mapped(&[HOST, ("FileHash", &[("Algorithm", "HashAlgorithm"), ("Value", "SHA1")])])
        }
        (Subject::Dns, _) => {
            mapped(&[HOST, ("IP", &[("Address", "SrcIpAddr")]), ("DNS", &[("DomainName", "DnsQuery")])])
        }
    }
}

/// What a scheduled rule says of its alerts and incidents.
fn alerts(tool: &Tool, subject: Subject) -> Vec<(&'static str, Value)> {
    let name = &tool.name;
    let (details, title, text): (&[(&str, &str)], String, String) = match subject {
        Subject::Network => (
            &[
                ("FirstSeen", "FirstSeen"),
                ("Connections", "Count"),
                ("ProcessPath", "InitiatingProcessFolderPath"),
                ("ProcessSha256", "InitiatingProcessSHA256"),
                ("AccountUpn", "InitiatingProcessAccountUpn"),
                ("RemotePort", "RemotePort"),
            ],
            format!("{name} connected from {{{{DeviceName}}}}"),
            "{{InitiatingProcessFolderPath}} on {{DeviceName}} reached {{RemoteUrl}}.".to_owned(),
        ),
        Subject::Process => (
            &[
                ("FirstSeen", "FirstSeen"),
                ("Starts", "Count"),
                ("Path", "FolderPath"),
                ("Sha256", "SHA256"),
                ("AccountUpn", "AccountUpn"),
                ("StartedBy", "InitiatingProcessFileName"),
            ],
            format!("{name} started on {{{{DeviceName}}}}"),
            "{{FolderPath}} was started on {{DeviceName}} by {{InitiatingProcessFileName}}.".to_owned(),
        ),
        Subject::Signature => (
            &[("FirstSeen", "FirstSeen"), ("Files", "Count"), ("Signer", "Signer"), ("Issuer", "Issuer")],
            format!("A file of the vendor of {name} on {{{{DeviceName}}}}"),
            "A file signed by {{Signer}}, with the SHA-1 {{SHA1}}, was seen on {{DeviceName}}.".to_owned(),
        ),
        Subject::Dns => (
            &[("FirstSeen", "FirstSeen"), ("Queries", "Count"), ("User", "SrcUsername"), ("Server", "Dvc")],
            format!("{name} asked of DNS by {{{{SrcIpAddr}}}}"),
            "{{SrcHostname}} ({{SrcIpAddr}}) asked DNS for {{DnsQuery}}.".to_owned(),
        ),
    };
    alerting(details, &title, &text)
}

/// Details, title and text of each alert, and incidents of a device a day.
pub(super) fn alerting(details: &[(&str, &str)], title: &str, text: &str) -> Vec<(&'static str, Value)> {
    let grouping = Value::mapping([
        ("enabled", Value::Plain("true".to_owned())),
        ("reopenClosedIncident", Value::Plain("false".to_owned())),
        ("lookbackDuration", Value::Plain("1d".to_owned())),
        ("matchingMethod", Value::text("Selected")),
        ("groupByEntities", Value::sequence([Value::text("Host")])),
    ]);
    vec![
        ("customDetails", Value::mapping(details.iter().map(|(key, column)| (*key, Value::text(*column))))),
        (
            "alertDetailsOverride",
            Value::mapping([
                ("alertDisplayNameFormat", Value::text(title)),
                ("alertDescriptionFormat", Value::text(text)),
            ]),
        ),
        ("eventGroupingSettings", Value::mapping([("aggregationKind", Value::text("AlertPerResult"))])),
        (
            "incidentConfiguration",
            Value::mapping([
                ("createIncident", Value::Plain("true".to_owned())),
                ("groupingConfiguration", grouping),
            ]),
        ),
    ]
}

fn false_positives(tool: &Tool, subject: Subject, form: Form) -> Value {
    let name = &tool.name;
    let host = if subject == Subject::Dns { "SrcHostname" } else { "DeviceName" };
    let mut cases = vec![(
        "In use by IT",
        format!("{name} is approved and rolled out to a known group of devices, whose names begin alike."),
        format!("| where {host} !startswith \"mgd-\""),
    )];
    cases.push(match (subject, form) {
        (Subject::Network, Form::Hunting) => (
            "Supplier's session",
            format!(
                "A supplier uses {name} on a booked day, signed in with the account that was made for it."
            ),
            "| where tostring(Accounts) !has \"supplier@contoso.com\"".to_owned(),
        ),
        (Subject::Network, Form::Scheduled) => (
            "Supplier's session",
            format!(
                "A supplier uses {name} on a booked day, signed in with the account that was made for it."
            ),
            "| where InitiatingProcessAccountName !in~ (\"supplier\")".to_owned(),
        ),
        (Subject::Process, Form::Hunting) => (
            "Software distribution",
            "The program is unpacked, and asked for its version, by the tool that distributes software."
                .to_owned(),
            "| where not(set_has_element(Parents, \"CcmExec.exe\") and array_length(Parents) == 1)"
                .to_owned(),
        ),
        (Subject::Process, Form::Scheduled) => (
            "Software distribution",
            "The program is unpacked, and asked for its version, by the tool that distributes software."
                .to_owned(),
            "| where InitiatingProcessFileName !in~ (\"CcmExec.exe\")".to_owned(),
        ),
        (Subject::Signature, Form::Hunting) => (
            "Another product of the vendor",
            "The vendor signs all of its products with one certificate, and one of the others is in use."
                .to_owned(),
            "| where Count > 1".to_owned(),
        ),
        (Subject::Signature, Form::Scheduled) => (
            "Another product of the vendor",
            "The vendor signs all of its products with one certificate; the file is one of another product."
                .to_owned(),
            "| where SHA1 !in~ (\"da39a3ee5e6b4b0d3255bfef95601890afd80709\")".to_owned(),
        ),
        (Subject::Dns, _) => (
            "Guests",
            "Devices of guests ask the same servers; what they run is not the company's to decide."
                .to_owned(),
            "| where not(ipv4_is_in_range(SrcIpAddr, \"10.20.0.0/16\"))".to_owned(),
        ),
    });
    if subject == Subject::Dns {
        cases.push((
            "Vendor's pages",
            format!("Someone read about {name} in a browser: DNS does not tell that from using it."),
            match form {
                Form::Hunting => "| where Count > 2".to_owned(),
                Form::Scheduled => "| where DnsQuery !startswith \"www.\"".to_owned(),
            },
        ));
    }
    Value::sequence(cases.into_iter().map(|(scenario, description, exclusion)| {
        Value::mapping([
            ("scenario", Value::text(scenario)),
            ("description", Value::text(description)),
            ("exclusion", Value::text(exclusion)),
        ])
    }))
}

/// The technique's page, and the first pages about the tool.
fn references(tool: &Tool, technique: &str) -> Value {
    let technique = format!("https://attack.mitre.org/techniques/{}/", technique.replace('.', "/"));
    let pages = tool.references.iter().take(3).cloned();
    Value::sequence(std::iter::once(technique).chain(pages).map(Value::text))
}
