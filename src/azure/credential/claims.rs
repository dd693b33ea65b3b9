//! What a token says of its bearer, for messages alone: who it is, and what it was permitted.

use azure_core::base64::decode_url_safe;
use serde_json::Value;

/// Who a token stands for. Whether that is true, only the service that takes the token can tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The name of the user, or the id of the application.
    pub name: Option<String>,
    /// The tenant that issued the token.
    pub tenant: Option<String>,
    /// The permissions that the tenant granted it for the service: application permissions of an application, delegated
    /// ones of a user. Nothing where the token does not say.
    pub permissions: Option<Vec<String>>,
}

impl Identity {
    /// Reads the claims of `token`; nothing of a token that has none to read.
    pub(super) fn of(token: &str) -> Self {
        let claims = token.split('.').nth(1).and_then(|part| decode_url_safe(part).ok());
        let claims: Option<Value> = claims.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let claims = claims.unwrap_or_default();
        let text = |names: &[&str]| names.iter().find_map(|name| claims[*name].as_str()).map(str::to_owned);
        let roles = claims["roles"]
            .as_array()
            .map(|roles| roles.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<String>>());
        let scopes =
            claims["scp"].as_str().map(|scopes| scopes.split_whitespace().map(str::to_owned).collect());
        let permissions = match (roles, scopes) {
            (Some(roles), Some(scopes)) => Some([roles, scopes].concat()),
            (roles, scopes) => roles.or(scopes),
        };
        Self {
            name: text(&["upn", "unique_name", "preferred_username", "appid", "azp"]),
            tenant: text(&["tid"]),
            permissions,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use azure_core::base64::encode_url_safe;

    fn token(claims: &Value) -> String {
        format!("header.{}.signature", encode_url_safe(claims.to_string()).trim_end_matches('='))
    }

    #[test]
    fn claims_are_read_where_there_are_some() {
        let user = token(
            &serde_json::json!({ "upn": "ann@contoso.com", "tid": "t", "appid": "a", "scp": "A.Read B.Read" }),
        );
        let identity = Identity::of(&user);
        assert_eq!(identity.name.as_deref(), Some("ann@contoso.com"));
        assert_eq!(identity.permissions, Some(vec!["A.Read".to_owned(), "B.Read".to_owned()]));
        let app = token(&serde_json::json!({ "appid": "a", "tid": "t", "roles": ["C.All"] }));
        let identity = Identity::of(&app);
        assert_eq!((identity.name.as_deref(), identity.tenant.as_deref()), (Some("a"), Some("t")));
        assert_eq!(identity.permissions, Some(vec!["C.All".to_owned()]));
        for other in ["", "opaque", "a.b.c", "a.!!.c", &token(&serde_json::json!([1]))] {
            assert_eq!(Identity::of(other), Identity::default(), "{other}");
        }
    }
}
