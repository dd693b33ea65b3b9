//! Tables that get no new rows, with their successors.

use super::Table;
use crate::cli::dev::generated::Generated;

/// Name, successor, and the day of the change where it was announced.
const TABLES: [(&str, &str, &str); 25] = [
    ("AADSignInEventsBeta", "EntraIdSignInEvents", "2026-10-19"),
    ("AADSpnSignInEventsBeta", "EntraIdSpnSignInEvents", "2026-10-19"),
    ("AppFileEvents", "CloudAppEvents", ""),
    ("AzureNetworkAnalytics_CL", "NTANetAnalytics", ""),
    ("ContainerLog", "ContainerLogV2", "2026-09-30"),
    ("DeviceTvmSoftwareInventoryVulnerabilities", "DeviceTvmSoftwareVulnerabilities", ""),
    ("DnsEvents", "ASimDnsActivityLogs", "2024-08-31"),
    ("DnsInventory", "", "2024-08-31"),
    ("FileCreationEvents", "DeviceFileEvents", ""),
    ("ImageLoadEvents", "DeviceImageLoadEvents", ""),
    ("InformationProtectionLogs_CL", "MicrosoftPurviewInformationProtection", "2023-03-18"),
    ("LogonEvents", "DeviceLogonEvents", ""),
    ("MachineInfo", "DeviceInfo", ""),
    ("MachineNetworkInfo", "DeviceNetworkInfo", ""),
    ("MiscEvents", "DeviceEvents", ""),
    ("NetworkCommunicationEvents", "DeviceNetworkEvents", ""),
    ("NetworkMonitoring", "NWConnectionMonitorTestResult", "2024-02-29"),
    ("ProcessCreationEvents", "DeviceProcessEvents", ""),
    ("RegistryEvents", "DeviceRegistryEvents", ""),
    ("ServiceMapComputer_CL", "VMComputer", ""),
    ("ServiceMapProcess_CL", "VMProcess", ""),
    ("ThreatIntelligenceIndicator", "ThreatIntelIndicators", "2025-07-31"),
    ("Update", "", "2024-08-31"),
    ("UpdateSummary", "", "2024-08-31"),
    ("WindowsFirewall", "ASimNetworkSessionLogs", "2024-08-31"),
];

/// One record a table.
pub(super) fn table() -> Generated {
    let head = [
        ("source", "announcements in Microsoft's documentation of Azure Monitor, Sentinel and Defender XDR"),
        ("version", "2026-11-25"),
        ("terms", "facts alone"),
    ];
    let mut table = Table::new(&head, &["table", "successor", "since"]);
    for (name, successor, since) in TABLES {
        table.row(&[name, successor, since]);
    }
    table.finish("retired_tables")
}
