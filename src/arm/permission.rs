//! What an identity may do: actions with wildcards, as roles of Azure grant them.

use serde::Deserialize;

/// The version of `Microsoft.Authorization` in which permissions are listed.
pub const PERMISSIONS_VERSION: &str = "2022-04-01";
/// The collection of the caller's permissions, below the resource that they are about.
pub const PERMISSIONS: &str = "providers/Microsoft.Authorization/permissions";

/// What one role assignment grants: `actions` without `notActions`. What it withholds, another may grant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Grant {
    /// Patterns of actions that are granted.
    pub actions: Vec<String>,
    /// Patterns of actions that this role does not grant after all.
    pub not_actions: Vec<String>,
}

impl Grant {
    /// Whether this role grants `action`.
    pub fn allows(&self, action: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, action));
        any(&self.actions) && !any(&self.not_actions)
    }
}

/// Whether one of `grants` allows `action`.
pub fn is_allowed(grants: &[Grant], action: &str) -> bool {
    grants.iter().any(|grant| grant.allows(action))
}

/// Whether `pattern`, in which `*` stands for any text, slashes included, means `action`. Case does not count.
pub fn matches(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| action.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, between)) = parts.split_last() else { return rest.is_empty() };
    for part in between {
        // The first place will do: whatever comes later is matched by the wildcard behind it.
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        let action = "Microsoft.SecurityInsights/alertRules/write";
        for pattern in [
            "*",
            "Microsoft.SecurityInsights/*",
            "microsoft.securityinsights/alertrules/WRITE",
            "*/write",
            "Microsoft.*/alertRules/*",
            "Microsoft.SecurityInsights/*/write",
        ] {
            assert!(matches(pattern, action), "{pattern}");
        }
        for pattern in [
            "",
            "*/read",
            "Microsoft.SecurityInsights/*/read",
            "Microsoft.SecurityInsights/alertRules",
            "Microsoft.SecurityInsights/alertRules/write/more",
            "Microsoft.SecurityInsights/alertRules/write*x",
        ] {
            assert!(!matches(pattern, action), "{pattern}");
        }
        // A prefix and a suffix must not share letters.
        assert!(!matches("abc*bcd", "abcd"));
        assert!(matches("ab*ab", "abab"));
    }

    #[test]
    fn what_one_role_withholds_another_may_grant() {
        let grant = |actions: &[&str], not_actions: &[&str]| Grant {
            actions: actions.iter().map(|&it| it.to_owned()).collect(),
            not_actions: not_actions.iter().map(|&it| it.to_owned()).collect(),
        };
        let without = grant(&["*"], &["*/delete"]);
        let delete = "Microsoft.SecurityInsights/watchlists/delete";
        assert!(!is_allowed(std::slice::from_ref(&without), delete));
        assert!(is_allowed(&[without, grant(&["Microsoft.SecurityInsights/*"], &[])], delete));
        assert!(!is_allowed(&[], delete));
    }
}
