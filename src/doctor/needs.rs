//! What an identity must be allowed to do, and the built-in role that allows it.

use super::{Check, Failure, State};
use crate::arm::permission::{Grant, is_allowed};

const READER: &str = "Microsoft Sentinel Reader";
const CONTRIBUTOR: &str = "Microsoft Sentinel Contributor";
pub(super) const LOGS: &str = "Log Analytics Reader";

/// Something that picket does, with the actions that it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// Names the check.
    pub id: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// What reading takes.
    pub reads: &'static [&'static str],
    /// What changing takes.
    pub writes: &'static [&'static str],
    /// The least of the built-in roles that let it be read.
    pub reader: &'static str,
    /// Whether picket works without it, only less well.
    pub is_optional: bool,
}

/// Everything that picket asks of a workspace. Whether the workspace itself can be read is looked at directly.
pub const NEEDS: [Need; 7] = [
    Need {
        id: "permission-analytics-rules",
        title: "analytics rules",
        reads: &["Microsoft.SecurityInsights/alertRules/read"],
        writes: &[
            "Microsoft.SecurityInsights/alertRules/write",
            "Microsoft.SecurityInsights/alertRules/delete",
        ],
        reader: READER,
        is_optional: false,
    },
    Need {
        id: "permission-saved-searches",
        title: "hunting queries and functions",
        reads: &["Microsoft.OperationalInsights/workspaces/savedSearches/read"],
        writes: &[
            "Microsoft.OperationalInsights/workspaces/savedSearches/write",
            "Microsoft.OperationalInsights/workspaces/savedSearches/delete",
        ],
        reader: READER,
        is_optional: false,
    },
    Need {
        id: "permission-watchlists",
        title: "watchlists",
        reads: &["Microsoft.SecurityInsights/watchlists/read"],
        writes: &[
            "Microsoft.SecurityInsights/watchlists/write",
            "Microsoft.SecurityInsights/watchlists/delete",
        ],
        reader: READER,
        is_optional: false,
    },
    Need {
        id: "permission-automation-rules",
        title: "automation rules",
        reads: &["Microsoft.SecurityInsights/automationRules/read"],
        writes: &[
            "Microsoft.SecurityInsights/automationRules/write",
            "Microsoft.SecurityInsights/automationRules/delete",
        ],
        reader: READER,
        is_optional: false,
    },
    Need {
        id: "permission-metadata",
        title: "records of ownership",
        reads: &["Microsoft.SecurityInsights/metadata/read"],
        writes: &["Microsoft.SecurityInsights/metadata/write", "Microsoft.SecurityInsights/metadata/delete"],
        reader: READER,
        is_optional: false,
    },
    Need {
        id: "permission-tables",
        title: "may list tables",
        reads: &["Microsoft.OperationalInsights/workspaces/tables/read"],
        writes: &[],
        reader: LOGS,
        is_optional: true,
    },
    Need {
        id: "permission-query",
        title: "may query alerts, for `picket status`",
        reads: &[
            "Microsoft.OperationalInsights/workspaces/query/read",
            "Microsoft.OperationalInsights/workspaces/query/SecurityAlert/read",
        ],
        writes: &[],
        reader: LOGS,
        is_optional: true,
    },
];

impl Need {
    fn title(&self, read_only: bool) -> String {
        match (self.writes.is_empty(), read_only) {
            (true, _) => self.title.to_owned(),
            (false, true) => format!("may read {}", self.title),
            (false, false) => format!("may read and change {}", self.title),
        }
    }
}

/// A check for each need, given what the caller was granted. `read_only` leaves out what only a change takes.
pub fn permissions(granted: Result<&[Grant], &Failure>, read_only: bool) -> Vec<Check> {
    let grants = match granted {
        Ok(grants) => grants,
        Err(failure) => {
            let check = Check::failed("permissions", "permissions", failure);
            // What is not known may still be granted.
            return vec![Check { state: State::Warning, ..check }];
        }
    };
    let check = |need: &Need| {
        let title = need.title(read_only);
        let lacks = |actions: &[&'static str]| -> Vec<&'static str> {
            actions.iter().copied().filter(|action| !is_allowed(grants, action)).collect()
        };
        let reads = lacks(need.reads);
        let writes = if read_only { Vec::new() } else { lacks(need.writes) };
        let role = if writes.is_empty() { need.reader } else { CONTRIBUTOR };
        let missing = [reads, writes].concat();
        if missing.is_empty() {
            return Check::new(need.id, title, State::Ok, "granted");
        }
        let state = if need.is_optional { State::Warning } else { State::Failed };
        let found = format!("no role grants {}", missing.join(", "));
        let check = Check { missing, ..Check::new(need.id, title, state, found) };
        check
            .help(format!("give this identity the role {role} on the resource group of the workspace"))
            .help("a role given a moment ago takes some minutes to act")
    };
    NEEDS.iter().map(check).collect()
}

/// The permission of Microsoft Graph that custom detections take.
pub const GRAPH_PERMISSION: &str = "CustomDetection.ReadWrite.All";
/// The one that reading them takes.
const GRAPH_READ: &str = "CustomDetection.Read.All";

/// What was seen of Microsoft Graph.
#[derive(Debug)]
pub enum Defender<'a> {
    /// The workspace goes without custom detections.
    Unwanted,
    /// Custom detections could be listed, with a token that names these permissions; none where it names none.
    Listed(Option<&'a [String]>),
    /// They could not.
    Refused(&'a Failure),
}

/// Whether custom detections can be deployed.
pub fn graph(seen: &Defender<'_>, read_only: bool) -> Check {
    const ID: &str = "graph";
    const TITLE: &str = "custom detections in Microsoft Graph";
    let grant = |permission: &str| {
        format!("grant the application {permission} of Microsoft Graph, with an administrator's consent")
    };
    let wanted = if read_only { GRAPH_READ } else { GRAPH_PERMISSION };
    match seen {
        Defender::Unwanted => Check::skipped(ID, TITLE, "the workspace has no `defender = true`"),
        Defender::Refused(failure) if failure.status == Some(403) => {
            Check::new(ID, TITLE, State::Failed, failure.message.clone()).help(grant(wanted))
        }
        Defender::Refused(failure) => Check::failed(ID, TITLE, failure),
        Defender::Listed(None) => Check::new(ID, TITLE, State::Ok, "can be read"),
        Defender::Listed(Some(permissions)) => {
            let has = |name: &str| permissions.iter().any(|it| it.eq_ignore_ascii_case(name));
            if has(GRAPH_PERMISSION) || (read_only && has(GRAPH_READ)) {
                return Check::new(ID, TITLE, State::Ok, format!("{wanted} is granted"));
            }
            let found = format!("can be read, but the token does not name {wanted}");
            Check::new(ID, TITLE, State::Warning, found).help(grant(wanted))
        }
    }
}
