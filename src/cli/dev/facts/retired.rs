//! Tables that get no new rows, with their successors.

use super::Table;
use crate::cli::dev::generated::Generated;

/// Pages of Microsoft's documentation.
const ENTRA_TABLES: &str = "defender-docs: advanced-hunting-aadsignineventsbeta-table";
const DEVICE_TABLES: &str = "defender-docs: keywords of the advanced-hunting pages of the Device tables";
const NAMING: &str = "defender-docs: advanced-hunting-schema-changes";
const AGENT: &str = "azure-docs: azure-monitor/agents/log-analytics-agent";

/// Name, successor, the day of the change where it was announced, what came to its end, and where that is said.
const TABLES: [(&str, &str, &str, &str, &str); 24] = [
    ("AADSignInEventsBeta", "EntraIdSignInEvents", "2026-10-19", "table", ENTRA_TABLES),
    ("AADSpnSignInEventsBeta", "EntraIdSpnSignInEvents", "2026-10-19", "table", ENTRA_TABLES),
    ("AppFileEvents", "CloudAppEvents", "2021-03-07", "table", NAMING),
    ("ContainerLog", "ContainerLogV2", "2026-09-30", "table", "azure-docs: container-insights-logs-schema"),
    ("DeviceTvmSoftwareInventoryVulnerabilities", "DeviceTvmSoftwareVulnerabilities", "", "table", NAMING),
    ("DnsEvents", "ASimDnsActivityLogs", "2024-08-31", "agent", AGENT),
    ("DnsInventory", "", "2024-08-31", "agent", AGENT),
    ("FileCreationEvents", "DeviceFileEvents", "", "name", DEVICE_TABLES),
    ("ImageLoadEvents", "DeviceImageLoadEvents", "", "name", DEVICE_TABLES),
    (
        "InformationProtectionLogs_CL",
        "MicrosoftPurviewInformationProtection",
        "2023-03-31",
        "table",
        "azure-docs: sentinel/connect-microsoft-purview",
    ),
    ("LogonEvents", "DeviceLogonEvents", "", "name", DEVICE_TABLES),
    ("MachineInfo", "DeviceInfo", "", "name", DEVICE_TABLES),
    ("MachineNetworkInfo", "DeviceNetworkInfo", "", "name", DEVICE_TABLES),
    ("MiscEvents", "DeviceEvents", "", "name", DEVICE_TABLES),
    ("NetworkCommunicationEvents", "DeviceNetworkEvents", "", "name", DEVICE_TABLES),
    (
        "NetworkMonitoring",
        "NWConnectionMonitorTestResult",
        "2024-02-29",
        "table",
        "azure-docs: network-watcher/migrate-to-connection-monitor-from-network-performance-monitor",
    ),
    ("ProcessCreationEvents", "DeviceProcessEvents", "", "name", DEVICE_TABLES),
    ("RegistryEvents", "DeviceRegistryEvents", "", "name", DEVICE_TABLES),
    (
        "ServiceMapComputer_CL",
        "VMComputer",
        "2025-09-30",
        "table",
        "azure-docs: azure-monitor/vm/vminsights-migrate-from-service-map",
    ),
    (
        "ServiceMapProcess_CL",
        "VMProcess",
        "2025-09-30",
        "table",
        "azure-docs: azure-monitor/vm/vminsights-migrate-from-service-map",
    ),
    (
        "ThreatIntelligenceIndicator",
        "ThreatIntelIndicators",
        "2025-08-31",
        "table",
        "Microsoft Sentinel blog: Table Talk, Sentinel's New ThreatIntel Tables Explained",
    ),
    ("Update", "", "2024-08-31", "agent", AGENT),
    ("UpdateSummary", "", "2024-08-31", "agent", AGENT),
    ("WindowsFirewall", "ASimNetworkSessionLogs", "2024-08-31", "agent", AGENT),
];

/// One record a table.
pub(super) fn table() -> Generated {
    let head = [
        ("source", "announcements in Microsoft's documentation of Azure Monitor, Sentinel and Defender XDR"),
        ("version", "2026-11-25"),
        ("terms", "facts alone"),
    ];
    let mut table = Table::new(&head, &["table", "successor", "since", "ended", "source"]);
    for (name, successor, since, ended, source) in TABLES {
        table.row(&[name, successor, since, ended, source]);
    }
    table.finish("retired_tables")
}
