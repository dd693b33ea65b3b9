//! The queries of generated rules: per tool network connections, started programs, signed files and names
//! asked of DNS, each as a hunting query and as a scheduled rule.

use std::fmt::Write;

use super::merge::{Tool, holds_term};
use super::normal::Kind;
use super::watchlists::lookup;
use crate::import::kql_text::literal;

/// What a generated rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// Connections to the tool's hosts.
    Network,
    /// Programs of the tool that start.
    Process,
    /// Files signed by the tool's vendor.
    Signature,
    /// The tool's hosts asked of DNS.
    Dns,
}

impl Subject {
    /// Every subject.
    pub const ALL: [Self; 4] = [Self::Network, Self::Process, Self::Signature, Self::Dns];

    /// The subject in paths and ids.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Network => "network-connection",
            Self::Process => "process-creation",
            Self::Signature => "file-signature",
            Self::Dns => "dns-query",
        }
    }

    /// The table that its queries read.
    pub fn table(self) -> &'static str {
        match self {
            Self::Network => "DeviceNetworkEvents",
            Self::Process => "DeviceProcessEvents",
            Self::Signature => "DeviceFileCertificateInfo",
            Self::Dns => "ASimDnsActivityLogs",
        }
    }

    /// The connector that fills the table.
    pub fn connector(self) -> &'static str {
        match self {
            Self::Network | Self::Process | Self::Signature => "MicrosoftThreatProtection",
            Self::Dns => "ASimDnsActivityLogs",
        }
    }

    /// The conditions that find the tool, or nothing where no indicator is known for it.
    pub fn conditions(self, tool: &Tool) -> Vec<String> {
        let all = |kind| tool.all(kind);
        let mut found = Vec::new();
        match self {
            Self::Network => {
                found.extend(any_of("RemoteUrl has_any", all(Kind::Domain)));
                found.extend(all(Kind::DomainPattern).iter().map(|it| matches("RemoteUrl", it)));
                found.extend(any_of("RemoteIP in", all(Kind::Address)));
            }
            Self::Dns => {
                found.extend(any_of("DnsQuery has_any", all(Kind::Domain)));
                found.extend(all(Kind::DomainPattern).iter().map(|it| matches("DnsQuery", it)));
            }
            Self::Process => {
                found.extend(any_of("FileName in~", all(Kind::Process)));
                found.extend(any_of("ProcessVersionInfoOriginalFileName in~", all(Kind::Process)));
                let starts = all(Kind::ProcessStart).iter();
                found.extend(starts.map(|start| format!("FileName startswith {}", literal(start))));
                found.extend(all(Kind::ProcessPattern).iter().map(|it| matches("FileName", it)));
                found.extend(any_of("ProcessVersionInfoProductName has_any", all(Kind::Product)));
                found.extend(any_of("ProcessVersionInfoCompanyName has_any", all(Kind::Company)));
                found.extend(any_of("FolderPath has_any", all(Kind::Folder)));
            }
            Self::Signature => found.extend(any_of("Signer has_any", all(Kind::Signer))),
        }
        found
    }

    /// The conditions that find the tool by the values of the watchlist of indicators, for where they are too many for
    /// a query. Patterns cannot stand in a watchlist, and are left out where there is anything else.
    pub fn conditions_by_watchlist(self, tool: &Tool) -> Vec<String> {
        let pairs: &[(&str, Kind)] = match self {
            Self::Network => &[("RemoteUrl has_any", Kind::Domain), ("RemoteIP in", Kind::Address)],
            Self::Dns => &[("DnsQuery has_any", Kind::Domain)],
            Self::Process => &[
                ("FileName in~", Kind::Process),
                ("ProcessVersionInfoProductName has_any", Kind::Product),
                ("ProcessVersionInfoCompanyName has_any", Kind::Company),
                ("FolderPath has_any", Kind::Folder),
            ],
            Self::Signature => &[("Signer has_any", Kind::Signer)],
        };
        let known = pairs.iter().filter(|(_, kind)| !tool.all(*kind).is_empty());
        known.map(|(left, kind)| format!("{left} {}", lookup(tool, *kind))).collect()
    }

    /// The whole hunting query, with `conditions` joined by `or`.
    pub fn hunting(self, tool: &Tool, conditions: &[String]) -> String {
        let mut query = format!("{}\n| where TimeGenerated > ago(5d)\n", self.table());
        self.write_filter(&mut query, tool, conditions);
        query.push_str(match self {
            Self::Network => {
                "| summarize FirstSeen = min(TimeGenerated), LastSeen = max(TimeGenerated), RemoteUrls = make_set(RemoteUrl, 50), \
                 RemotePorts = make_set(RemotePort, 20), Processes = make_set(InitiatingProcessFolderPath, 20), \
                 Accounts = make_set(InitiatingProcessAccountUpn, 20), ReportIds = make_set(ReportId, 1000), Count = count() \
                 by DeviceId, DeviceName\n"
            }
            Self::Process => {
                "| summarize FirstSeen = min(TimeGenerated), LastSeen = max(TimeGenerated), Paths = make_set(FolderPath, 20), \
                 Parents = make_set(InitiatingProcessFileName, 20), Accounts = make_set(AccountUpn, 20), \
                 Sha256 = make_set(SHA256, 20), ReportIds = make_set(ReportId, 1000), Count = count() by DeviceId, DeviceName\n"
            }
            Self::Signature => {
                "| summarize FirstSeen = min(TimeGenerated), LastSeen = max(TimeGenerated), Signers = make_set(Signer, 20), \
                 Issuers = make_set(Issuer, 20), Sha1 = make_set(SHA1, 100), ReportIds = make_set(ReportId, 1000), Count = count() \
                 by DeviceId, DeviceName\n"
            }
            Self::Dns => {
                "| summarize FirstSeen = min(TimeGenerated), LastSeen = max(TimeGenerated), Queries = make_set(DnsQuery, 50), \
                 Users = make_set(SrcUsername, 20), Servers = make_set(Dvc, 20), Count = count() by SrcIpAddr, SrcHostname\n"
            }
        });
        query.push_str("| order by FirstSeen asc\n");
        query.push_str(EXCLUSIONS);
        query
    }

    /// The whole query of the scheduled rule: what a device shows for the first time in a week.
    pub fn scheduled(self, tool: &Tool, conditions: &[String]) -> String {
        let mut query = format!("{}\n", self.table());
        self.write_filter(&mut query, tool, conditions);
        let (columns, by) = match self {
            Self::Network => (
                "RemoteUrl, RemoteIP, RemotePort, InitiatingProcessFileName, InitiatingProcessFolderPath, InitiatingProcessId, \
                 InitiatingProcessCommandLine, InitiatingProcessSHA256, InitiatingProcessAccountName, \
                 InitiatingProcessAccountDomain, InitiatingProcessAccountSid, InitiatingProcessAccountUpn",
                "DeviceId, DeviceName",
            ),
            Self::Process => (
                "FileName, FolderPath, ProcessId, ProcessCommandLine, SHA256, AccountName, AccountDomain, AccountSid, \
                 AccountUpn, InitiatingProcessFileName",
                "DeviceId, DeviceName",
            ),
            Self::Signature => ("Signer, Issuer, SHA1, IsTrusted", "DeviceId, DeviceName"),
            Self::Dns => ("DnsQuery, SrcUsername, Dvc", "SrcIpAddr, SrcHostname"),
        };
        let _ = write!(
            query,
            "| extend Ingested = ingestion_time()\n\
             | summarize FirstSeen = min(TimeGenerated), LastSeen = max(TimeGenerated), FirstIngested = min(Ingested), \
             Count = count(), arg_max(TimeGenerated, {columns}) by {by}\n\
             // New here: nothing of it was ingested before the last run.\n\
             | where FirstIngested > ago(1h)\n"
        );
        let name = if self == Self::Dns { "SrcHostname" } else { "DeviceName" };
        let _ = write!(
            query,
            "| extend HostName = tostring(split({name}, \".\")[0])\n\
             | extend DnsDomain = strcat_array(array_slice(split({name}, \".\"), 1, -1), \".\")\n"
        );
        if self == Self::Signature {
            query.push_str("| extend HashAlgorithm = \"SHA1\"\n");
        }
        query.push_str(EXCLUSIONS);
        query
    }

    fn write_filter(self, query: &mut String, tool: &Tool, conditions: &[String]) {
        let _ = writeln!(query, "| where {}", conditions.join(" or "));
        if self == Self::Network && !runs_in_browser(tool) {
            // Reading the vendor's pages is no use of the tool.
            let _ = writeln!(
                query,
                "| where InitiatingProcessFileName !in~ ({})",
                list(&BROWSERS.map(str::to_owned))
            );
        }
    }
}

/// The line behind which an environment puts its exclusions, so that nobody has to edit a query for them.
pub(super) const EXCLUSIONS: &str = "// picket: exclusions\n";

/// File names of browsers.
const BROWSERS: [&str; 7] =
    ["brave.exe", "chrome.exe", "firefox.exe", "iexplore.exe", "msedge.exe", "opera.exe", "vivaldi.exe"];

/// Whether the tool itself is a part of a browser.
fn runs_in_browser(tool: &Tool) -> bool {
    tool.id.starts_with("chrome-")
}

/// `left (…)`, or nothing where there are no values; with one value, the operator for one.
fn any_of(left: &str, values: &[String]) -> Option<String> {
    let values = match left.strip_suffix(" has_any") {
        Some(_) => without_found(values),
        None => values.to_vec(),
    };
    let one = |operator: &str, single: &str| {
        let column = left.strip_suffix(operator)?;
        Some(format!("{column}{single} {}", literal(values.first()?)))
    };
    match values.len() {
        0 => None,
        1 => one("has_any", "has").or_else(|| one("in~", "=~")).or_else(|| one("in", "==")),
        _ => Some(format!("{left} ({})", list(&values))),
    }
}

/// `values` without those that `has` finds by another of them.
fn without_found(values: &[String]) -> Vec<String> {
    let lower: Vec<_> = values.iter().map(|value| value.to_lowercase()).collect();
    let found = |at: usize| {
        let shorter = |other: &&String| other.len() < lower[at].len();
        lower.iter().filter(shorter).any(|other| holds_term(&lower[at], other))
    };
    let kept = values.iter().enumerate().filter(|(at, _)| !found(*at));
    kept.map(|(_, value)| value.clone()).collect()
}

fn matches(column: &str, pattern: &str) -> String {
    format!("{column} matches regex {}", literal(pattern))
}

pub(super) fn list(values: &[String]) -> String {
    values.iter().map(|value| literal(value)).collect::<Vec<_>>().join(", ")
}
