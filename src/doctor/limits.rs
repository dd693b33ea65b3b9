//! How much of what a workspace may hold is in use.

use serde::Serialize;

use super::{Check, Failure, State};
use crate::plan::QuotaUse;

/// From this share of a limit on, in percent, it wants a look.
const NEAR: usize = 90;

/// How much of a limit is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// How many there are.
    pub used: usize,
    /// How many there may be.
    pub limit: usize,
}

/// A check for each limit, given how much of it is used.
pub fn limits(used: Result<&[QuotaUse], &Failure>) -> Vec<Check> {
    let quotas = match used {
        Ok(quotas) => quotas,
        Err(failure) => return vec![Check::failed("limits", "limits in use", failure)],
    };
    let check = |quota: &QuotaUse| {
        let found = format!("{} of {}", quota.used, quota.most);
        let state = match quota.used {
            used if used * 100 >= quota.most * NEAR => State::Warning,
            _ => State::Ok,
        };
        let check = Check::new(quota.id, quota.noun, state, found);
        let check = Check { usage: Some(Usage { used: quota.used, limit: quota.most }), ..check };
        match (state, quota.most.saturating_sub(quota.used)) {
            (State::Ok, _) => check,
            (_, 0) => check.help(format!("{} some before more are deployed", quota.remedy)),
            (_, left) => check.help(format!("{} some soon: {left} more fit", quota.remedy)),
        }
    };
    quotas.iter().map(check).collect()
}
