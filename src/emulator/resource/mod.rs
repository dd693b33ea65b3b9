//! What the resource types do: one file each.

mod alert_rule;
mod automation_rule;
mod metadata;
mod rule_contract;
mod saved_search;
mod table;
mod watchlist;
mod workspace;

use axum::body::Bytes;
use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::address::{Address, ResourceType};
use super::encoding::Query;
use super::reply::{Refusal, Reply};
use super::server::Shared;
use super::store::{Record, RecordKey};

/// A request that has passed the door.
pub(super) struct Call<'a> {
    pub(super) shared: &'a Shared,
    pub(super) address: &'a Address,
    pub(super) api_version: &'a str,
    pub(super) query: &'a Query,
    pub(super) body: &'a Bytes,
    pub(super) content_type: Option<&'a str>,
    /// Scheme, host and port as the client called them, for links.
    pub(super) origin: String,
    /// Milliseconds since 1970.
    pub(super) now: u64,
}

impl Call<'_> {
    /// The key of `name` under the type and workspace of the request.
    fn key(&self, name: &str) -> RecordKey {
        RecordKey::new(&self.address.workspace.key(), self.address.kind.segment(), name)
    }

    /// The body as a JSON object.
    fn object(&self) -> Result<Map<String, Value>, Refusal> {
        let json = self.content_type.is_none_or(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("application/json") || kind.eq_ignore_ascii_case("text/json")
        });
        if !json {
            return Err(Refusal::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "UnsupportedMediaType",
                "The content media type is not supported. Only 'application/json' is supported.",
            ));
        }
        match serde_json::from_slice(self.body) {
            Ok(Value::Object(object)) => self.matches_address(object),
            Ok(_) => Err(Refusal::unreadable("the content is not an object")),
            Err(error) => Err(Refusal::unreadable(error)),
        }
    }

    /// Refuses a body that names another resource than the path does.
    fn matches_address(&self, object: Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
        let name = self.address.name.as_deref().unwrap_or_default();
        let expected = [
            ("id", self.address.id(name)),
            ("name", name.to_owned()),
            ("type", self.address.kind.full_name()),
        ];
        for (property, expected) in expected {
            let given = object.get(property).and_then(Value::as_str);
            if given.is_some_and(|given| !given.eq_ignore_ascii_case(&expected)) {
                return Err(Refusal::bad(
                    "InvalidRequestContent",
                    format!(
                        "The '{property}' of the request content does not match the resource '{expected}'."
                    ),
                ));
            }
        }
        Ok(object)
    }

    /// An answer's frame around what the resource itself adds.
    fn frame(&self, record: &Record) -> Map<String, Value> {
        let frame = json!({
            "id": self.address.id(&record.name),
            "name": record.name,
            "type": self.address.kind.full_name(),
            "etag": record.etag,
        });
        match frame {
            Value::Object(frame) => frame,
            _ => Map::new(),
        }
    }

    /// A record of `body` for the resource that the request names, keeping the first spelling and time.
    fn record(&self, name: &str, body: Value, etag: String, before: Option<&Record>) -> Record {
        Record {
            name: before.map_or_else(|| name.to_owned(), |before| before.name.clone()),
            etag,
            body,
            created: before.map_or(self.now, |before| before.created),
            modified: self.now,
        }
    }

    /// The link to the next page: the request's collection with these parameters.
    fn next_link(&self, parameters: &[(&str, String)]) -> String {
        let mut link =
            format!("{}{}?api-version={}", self.origin, self.address.collection_path(), self.api_version);
        for (name, value) in parameters {
            link.push_str(&format!("&{name}={}", super::encoding::encode(value)));
        }
        link
    }
}

/// An etag in the form of Sentinel's, quotes included.
fn sentinel_etag(now: u64) -> String {
    let random = Uuid::new_v4().simple().to_string();
    format!("\"{}-0000-{}-0000-{:08x}0000\"", &random[..8], &random[8..12], (now / 1000) & 0xffff_ffff)
}

/// `etag` of a body, where it gives one.
fn given_etag(body: &Map<String, Value>) -> Option<String> {
    body.get("etag").and_then(Value::as_str).filter(|etag| !etag.is_empty()).map(str::to_owned)
}

/// A list's answer.
fn list_body(value: Vec<Value>, next_link: Option<String>) -> Value {
    match next_link {
        Some(link) => json!({ "value": value, "nextLink": link }),
        None => json!({ "value": value }),
    }
}

/// The part of `all` that `$skipToken` asks for.
fn page(call: &Call<'_>, all: Vec<Value>) -> Result<Reply, Refusal> {
    let skip = match call.query.get("$skipToken") {
        Some(token) => token
            .parse::<usize>()
            .map_err(|_| Refusal::bad_request(format!("The skip token '{token}' is invalid.")))?,
        None => 0,
    };
    let size = call.shared.options.page_size.max(1);
    let more = all.len() > skip.saturating_add(size);
    let next = more.then(|| call.next_link(&[("$skipToken", (skip + size).to_string())]));
    Ok(Reply::with(StatusCode::OK, list_body(all.into_iter().skip(skip).take(size).collect(), next)))
}

/// Why a write with this etag is refused, given what is there: it names another instance.
fn conflicting(noun: &str, etag: Option<&str>, before: Option<&Record>) -> Option<Refusal> {
    let is_current = match (etag, before) {
        (None | Some("*"), _) => true,
        (Some(etag), Some(before)) => etag == before.etag,
        (Some(_), None) => false,
    };
    let message =
        || format!("Newer instance of the {noun} exists (Etag does not match). Data was not saved.");
    (!is_current).then(|| Refusal::conflict(message()))
}

/// Carries a request out.
pub(super) fn handle(method: &Method, call: &Call<'_>) -> Result<Reply, Refusal> {
    let name = call.address.name.as_deref();
    match (call.address.kind, name, method) {
        (ResourceType::Workspace, _, &Method::GET) => Ok(workspace::get(call)),
        (ResourceType::Table, None, &Method::GET) => Ok(table::list(call)),
        (ResourceType::Table, Some(name), &Method::GET) => table::get(call, name),
        (ResourceType::Permission, None, &Method::GET) => Ok(workspace::list_permissions(call)),
        (ResourceType::OnboardingState, None, &Method::GET) => Ok(workspace::list_onboarding(call)),
        (ResourceType::OnboardingState, Some(name), &Method::GET) => workspace::get_onboarding(call, name),
        (ResourceType::AlertRule, None, &Method::GET) => alert_rule::list(call),
        (ResourceType::AlertRule, Some(name), &Method::GET) => alert_rule::get(call, name),
        (ResourceType::AlertRule, Some(name), &Method::PUT) => alert_rule::put(call, name),
        (ResourceType::AlertRule, Some(name), &Method::DELETE) => alert_rule::delete(call, name),
        (ResourceType::SavedSearch, None, &Method::GET) => saved_search::list(call),
        (ResourceType::SavedSearch, Some(name), &Method::GET) => saved_search::get(call, name),
        (ResourceType::SavedSearch, Some(name), &Method::PUT) => saved_search::put(call, name),
        (ResourceType::SavedSearch, Some(name), &Method::DELETE) => saved_search::delete(call, name),
        (ResourceType::Metadata, None, &Method::GET) => metadata::list(call),
        (ResourceType::Metadata, Some(name), &Method::GET) => metadata::get(call, name),
        (ResourceType::Metadata, Some(name), &Method::PUT) => metadata::put(call, name),
        (ResourceType::Metadata, Some(name), &Method::PATCH) => metadata::patch(call, name),
        (ResourceType::Metadata, Some(name), &Method::DELETE) => metadata::delete(call, name),
        (ResourceType::AutomationRule, None, &Method::GET) => automation_rule::list(call),
        (ResourceType::AutomationRule, Some(name), &Method::GET) => automation_rule::get(call, name),
        (ResourceType::AutomationRule, Some(name), &Method::PUT) => automation_rule::put(call, name),
        (ResourceType::AutomationRule, Some(name), &Method::DELETE) => automation_rule::delete(call, name),
        (ResourceType::Watchlist, None, &Method::GET) => watchlist::list(call),
        (ResourceType::Watchlist, Some(name), &Method::GET) => watchlist::get(call, name),
        (ResourceType::Watchlist, Some(name), &Method::PUT) => watchlist::put(call, name),
        (ResourceType::Watchlist, Some(name), &Method::DELETE) => watchlist::delete(call, name),
        (ResourceType::WatchlistItem, None, &Method::GET) => watchlist::list_items(call),
        (ResourceType::WatchlistItem, Some(name), &Method::GET) => watchlist::get_item(call, name),
        (ResourceType::WatchlistItem, Some(name), &Method::PUT) => watchlist::put_item(call, name),
        (ResourceType::WatchlistItem, Some(name), &Method::DELETE) => watchlist::delete_item(call, name),
        (ResourceType::WatchlistOperation, Some(name), &Method::GET) => {
            Ok(watchlist::operation_status(call, name))
        }
        (kind, name, method) => Err(Refusal::method(method.as_str(), allowed(kind, name.is_some()))),
    }
}

fn allowed(kind: ResourceType, item: bool) -> &'static str {
    match (kind, item) {
        (ResourceType::Metadata, true) => "GET, PUT, PATCH, DELETE",
        (
            ResourceType::AlertRule
            | ResourceType::AutomationRule
            | ResourceType::SavedSearch
            | ResourceType::Watchlist
            | ResourceType::WatchlistItem,
            true,
        ) => "GET, PUT, DELETE",
        _ => "GET",
    }
}
