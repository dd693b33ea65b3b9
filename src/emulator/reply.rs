//! Answers and refusals, in the shapes of Resource Manager.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::address::{ResourceType, WorkspacePath};
use super::store::StoreError;

/// An answer before its headers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) body: Option<Value>,
    /// Headers beyond those of every answer.
    pub(super) headers: Vec<(&'static str, String)>,
}

impl Reply {
    /// An answer with a body.
    pub(super) fn with(status: StatusCode, body: Value) -> Self {
        Self { status, body: Some(body), headers: Vec::new() }
    }

    /// An answer without a body.
    pub(super) fn empty(status: StatusCode) -> Self {
        Self { status, body: None, headers: Vec::new() }
    }

    /// Adds a header.
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// An error as the service words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) headers: Vec<(&'static str, String)>,
}

impl Refusal {
    /// Any refusal.
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), headers: Vec::new() }
    }

    /// 400 with a code.
    pub(super) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 400 `BadRequest`.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::bad("BadRequest", message)
    }

    /// 409.
    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "Conflict", message)
    }

    /// The body cannot be read.
    pub(super) fn unreadable(why: impl std::fmt::Display) -> Self {
        Self::bad(
            "InvalidRequestContent",
            format!("The request content was invalid and could not be deserialized: '{why}'."),
        )
    }

    /// No subscription has such an id.
    pub(super) fn malformed_subscription(subscription: &str) -> Self {
        Self::bad(
            "InvalidSubscriptionId",
            format!("The provided subscription identifier '{subscription}' is malformed or invalid."),
        )
    }

    /// The workspace does not exist.
    pub(super) fn no_workspace(workspace: &WorkspacePath) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "ResourceNotFound",
            format!(
                "The Resource 'Microsoft.OperationalInsights/workspaces/{}' under resource group '{}' was not \
                 found.",
                workspace.name, workspace.resource_group
            ),
        )
    }

    /// The caller may not do `action` with the resource `id`.
    pub(super) fn forbidden(action: &str, id: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "AuthorizationFailed",
            format!(
                "The client 'local' with object id 'local' does not have authorization to perform action \
                 '{action}' over scope '{id}' or the scope is invalid. If access was recently granted, please \
                 refresh your credentials."
            ),
        )
    }

    /// No path of Resource Manager.
    pub(super) fn no_route(path: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "ResourceNotFound",
            format!("The local workspace serves no resource at '{path}'."),
        )
    }

    /// A provider that does not exist here.
    pub(super) fn unknown_namespace(provider: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "InvalidResourceNamespace",
            format!("The resource namespace '{provider}' is invalid."),
        )
    }

    /// A resource type that does not exist here.
    pub(super) fn unknown_type(segment: &str, provider: &str, api_version: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "InvalidResourceType",
            format!(
                "The resource type '{segment}' could not be found in the namespace '{provider}' for api \
                 version '{api_version}'."
            ),
        )
    }

    /// A version that the type does not have.
    pub(super) fn unknown_version(kind: ResourceType, api_version: &str) -> Self {
        Self::bad(
            "NoRegisteredProviderFound",
            format!(
                "No registered resource provider found for location 'local' and API version '{api_version}' \
                 for type '{}'. The supported api-versions are '{}'. The supported locations are 'local'.",
                kind.segment(),
                kind.api_versions().join(", ")
            ),
        )
    }

    /// A method that the resource does not have.
    pub(super) fn method(method: &str, allowed: &str) -> Self {
        let message = format!("The requested resource does not support http method '{method}'.");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message).header("allow", allowed)
    }

    /// The store failed.
    pub(super) fn internal(error: &StoreError) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServerError",
            format!("The local workspace could not use its store: {error}."),
        )
    }

    /// Adds a header.
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The refusal as an answer.
    pub(super) fn into_reply(self) -> Reply {
        let body = json!({ "error": { "code": self.code, "message": self.message } });
        Reply { status: self.status, body: Some(body), headers: self.headers }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}
