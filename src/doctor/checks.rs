//! The way to a workspace, step by step.

use std::time::Duration;

use serde_json::Value;

use super::needs::LOGS;
use super::{Check, Failure, State};

/// A token is refused where the clocks are further apart than this.
const REFUSED_SKEW: Duration = Duration::from_secs(300);
/// Beyond this, tokens may be taken for expired, or for not yet valid.
const ODD_SKEW: Duration = Duration::from_secs(60);

/// The settings, read from `path`; none where the project has no picket.toml, which the local workspace does not need.
pub fn configuration(path: Option<&str>, workspace: &str) -> Check {
    let found = match path {
        Some(path) => format!("{workspace} in {path}"),
        None => format!("{workspace}; there is no picket.toml"),
    };
    Check::new("configuration", "configuration", State::Ok, found)
}

/// The credential that was chosen, and why.
pub fn credentials(kind: &str, reason: &str) -> Check {
    Check::new("credentials", "credentials", State::Ok, format!("{kind}: {reason}"))
}

/// A token of `service`: whom it stands for, and how long it lasts.
pub fn token(name: Option<&str>, tenant: Option<&str>, lasts: Option<Duration>, scope_of: &str) -> Check {
    let mut found = name.map_or_else(|| "obtained".to_owned(), |name| format!("for {name}"));
    if let Some(tenant) = tenant {
        found.push_str(&format!(" of tenant {tenant}"));
    }
    if let Some(lasts) = lasts {
        found.push_str(&format!(", for {} min", lasts.as_secs() / 60));
    }
    Check::new("token", format!("token for {scope_of}"), State::Ok, found)
}

/// The service at `host` answered, whatever it said.
pub fn connected(host: &str) -> Check {
    Check::new("api", "Azure Resource Manager", State::Ok, format!("{host} answers"))
}

/// The clock of this machine, `skew` ahead of that of the service, or behind it.
pub fn clock(skew: Option<(Duration, bool)>) -> Check {
    const TITLE: &str = "clock";
    let Some((skew, is_ahead)) = skew else {
        return Check::skipped("clock", TITLE, "no answer told the time");
    };
    let seconds = skew.as_secs();
    let direction = if is_ahead { "ahead of" } else { "behind" };
    let off = format!("{seconds} s {direction} the service");
    let state = match skew {
        skew if skew > REFUSED_SKEW => State::Failed,
        skew if skew > ODD_SKEW => State::Warning,
        _ => return Check::new("clock", TITLE, State::Ok, "within a minute of the service"),
    };
    Check::new("clock", TITLE, state, off)
        .help("set the clock of this machine, best by NTP: tokens are valid by it")
}

/// The subscription `id`, as it was read.
pub fn subscription(id: &str, read: Result<&Value, &Failure>) -> Check {
    const TITLE: &str = "subscription";
    let body = match read {
        Ok(body) => body,
        // Roles on the workspace alone do not reach up to its subscription.
        Err(failure) if failure.status == Some(403) => return unseen("subscription", TITLE),
        Err(failure) => return Check::failed("subscription", TITLE, failure),
    };
    let name = body["displayName"].as_str().unwrap_or(id);
    let word = body["state"].as_str().unwrap_or("unknown");
    let state = match word {
        "Enabled" => return Check::new("subscription", TITLE, State::Ok, format!("{name} is enabled")),
        "Warned" | "PastDue" => State::Warning,
        _ => State::Failed,
    };
    Check::new("subscription", TITLE, state, format!("{name} is in the state {word}"))
        .help("ask the owner of the subscription: one that is not enabled can be read, but not written")
}

fn unseen(id: &'static str, title: &str) -> Check {
    Check::skipped(id, title, "this identity may not read it, and need not")
}

/// The resource group or the workspace, as it was read.
pub fn workspace(id: &'static str, title: &str, read: Result<&Value, &Failure>) -> Check {
    match read {
        Ok(body) => {
            let name = body["name"].as_str().unwrap_or_default();
            match body["properties"]["provisioningState"].as_str() {
                None | Some("Succeeded") => Check::new(id, title, State::Ok, name),
                Some(word) => Check::new(id, title, State::Warning, format!("{name} is in the state {word}"))
                    .help("wait until whatever changes it is done"),
            }
        }
        Err(failure) if failure.status == Some(403) && id == "resource-group" => unseen(id, title),
        Err(failure) if failure.status == Some(403) => {
            Check::new(id, title, State::Warning, failure.message.clone()).help(format!(
                "give this identity the role {LOGS} on the workspace: `picket status` asks it for the id to query by"
            ))
        }
        Err(failure) => Check::failed(id, title, failure),
    }
}

/// Whether Sentinel is turned on for the workspace: the onboarding state `default`, as it was read.
pub fn sentinel(read: Result<&Value, &Failure>) -> Check {
    const TITLE: &str = "Microsoft Sentinel";
    match read {
        Ok(_) => Check::new("sentinel", TITLE, State::Ok, "is turned on"),
        Err(failure) if failure.status == Some(404) => {
            Check::new("sentinel", TITLE, State::Failed, "is not turned on for the workspace").help(
                "turn it on in the portal (Microsoft Sentinel, Create, choose the workspace), or with its onboardingStates resource",
            )
        }
        Err(failure) => Check::failed("sentinel", TITLE, failure),
    }
}

/// Whether the alerts of rules can be asked for, which `picket status` does.
pub fn query(answered: Result<(), &Failure>) -> Check {
    const TITLE: &str = "query API of Log Analytics";
    match answered {
        Ok(()) => Check::new("query", TITLE, State::Ok, "answers"),
        // All but the columns of `picket status` goes without it.
        Err(failure) => Check { state: State::Warning, ..Check::failed("query", TITLE, failure) },
    }
}
