//! What a request that is to fail is answered.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::{StreamExt, stream};

use super::chance::FaultKind;
use super::connection::Cut;
use super::reply::Refusal;

/// The parts of a slow answer.
const PARTS: usize = 3;

/// What a request that meets `kind` is answered instead of being carried out.
pub(super) fn refusal(kind: FaultKind, request: &str) -> Option<Refusal> {
    let (status, code, message) = match kind {
        FaultKind::Error => {
            let message = format!("An error occurred. Activity id '{request}'.");
            (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", message)
        }
        FaultKind::BadGateway => {
            (StatusCode::BAD_GATEWAY, "BadGateway", "The provider gave no valid answer.".to_owned())
        }
        FaultKind::Unavailable => {
            (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", "The service is busy.".to_owned())
        }
        FaultKind::Timeout => {
            (StatusCode::REQUEST_TIMEOUT, "RequestTimeout", "The request took too long to come.".to_owned())
        }
        FaultKind::Conflict => {
            let message = "Another operation on the resource is in progress.".to_owned();
            (StatusCode::CONFLICT, "Conflict", message)
        }
        FaultKind::Precondition => {
            let message = "The condition of the request is not met.".to_owned();
            (StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message)
        }
        FaultKind::Throttle
        | FaultKind::Drop
        | FaultKind::Lose
        | FaultKind::Late
        | FaultKind::Cut
        | FaultKind::Short
        | FaultKind::Slow => return None,
    };
    Some(Refusal::new(status, code, message))
}

/// What a gateway answers that did not wait for the end of the work.
pub(super) fn late() -> Refusal {
    let message = "The provider gave no answer in time.";
    Refusal::new(StatusCode::GATEWAY_TIMEOUT, "GatewayTimeout", message)
}

/// The answer with `text`, or what is left of it.
pub(super) fn response(
    mut head: Response,
    text: String,
    mishap: Option<FaultKind>,
    pause: Duration,
    cut: &Cut,
) -> Response {
    *head.body_mut() = match mishap {
        Some(FaultKind::Lose) => {
            cut.now();
            Body::empty()
        }
        // Of an answer without a body, nothing can come but its end.
        Some(FaultKind::Cut) if text.is_empty() => {
            cut.now();
            Body::empty()
        }
        Some(FaultKind::Cut) => {
            head.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(text.len()));
            let bytes = Bytes::from(text);
            let half = stream::iter([Ok(bytes.slice(..bytes.len() / 2))]);
            // What is cut off at once takes the half with it that was not sent yet.
            let end = stream::once(async move {
                tokio::time::sleep(pause).await;
                Err(io::Error::from(io::ErrorKind::ConnectionReset))
            });
            Body::from_stream(half.chain(end))
        }
        Some(FaultKind::Short) => {
            let bytes = Bytes::from(text);
            Body::from(bytes.slice(..bytes.len() / 2))
        }
        Some(FaultKind::Slow) => in_parts(Bytes::from(text), pause),
        _ if text.is_empty() => Body::empty(),
        _ => Body::from(text),
    };
    head
}

/// A body that comes in parts, with a pause before each.
fn in_parts(bytes: Bytes, pause: Duration) -> Body {
    let size = bytes.len().div_ceil(PARTS).max(1);
    let parts = stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let part = rest.split_to(size.min(rest.len()));
        Some((Ok::<_, io::Error>(part), rest))
    });
    Body::from_stream(parts)
}
