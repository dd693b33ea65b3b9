//! What can go wrong between picket and Azure, each with its remedies.

use std::fmt;
use std::time::Duration;

use super::help;

/// Why a request to Azure did not do what it was to do.
#[derive(Debug, thiserror::Error)]
pub enum AzureError {
    /// The configuration cannot be used, before anything was sent.
    #[error("{message}")]
    Configuration {
        /// What is wrong with it.
        message: String,
        /// What to write instead.
        help: Vec<String>,
    },
    /// No token could be had.
    #[error("no access token from {from}: {message}")]
    Credential {
        /// The kind of credential that was asked.
        from: &'static str,
        /// What it answered; never holds a secret.
        message: String,
    },
    /// No whole answer came.
    #[error("{} {host}: {message}", kind.verb())]
    Connection {
        /// Where the exchange broke.
        kind: Connection,
        /// The host, with its port.
        host: String,
        /// What the transport says of it.
        message: String,
    },
    /// The service answered with an error.
    #[error("{0}")]
    Http(Box<HttpFailure>),
    /// The service kept asking to slow down.
    #[error("{host} still throttles after {attempts} attempts")]
    Throttled {
        /// The host that throttles.
        host: String,
        /// How often the request was sent.
        attempts: u32,
        /// How long the last answer asked to wait.
        retry_after: Option<Duration>,
    },
    /// An answer that is not what the API promises.
    #[error("{method} {path}: {message}")]
    Decode {
        /// The verb of the request.
        method: &'static str,
        /// The path of the request.
        path: String,
        /// What is wrong with the answer.
        message: String,
    },
    /// An answer beyond the limit.
    #[error("the answer of {host} is larger than {} MiB", limit / (1024 * 1024))]
    TooLarge {
        /// The host that answered.
        host: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// A redirect; it is not followed, for the token would go with it.
    #[error("{host} redirects to {target}")]
    Redirect {
        /// The host that was asked.
        host: String,
        /// Where it points.
        target: String,
    },
    /// A next page on another host; it is not fetched, for the token would go with it.
    #[error("the next page of a list of {host} is on another host, {target}")]
    ForeignPage {
        /// The host that was asked.
        host: String,
        /// Where it points.
        target: String,
    },
    /// The pages of a list never end.
    #[error("the pages of {path} repeat")]
    PagingLoop {
        /// The path of the list.
        path: String,
    },
    /// The run was interrupted before the request was sent, or while a retry was waited for.
    #[error("interrupted before the request could be sent")]
    Interrupted,
}

/// Where an exchange broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// Nothing listens there.
    Refused,
    /// The name has no address.
    Dns,
    /// No secure connection could be agreed on.
    Tls,
    /// The proxy did not let the request through.
    Proxy,
    /// The connection could not be opened, for another reason.
    Open,
    /// No answer in time.
    Timeout,
    /// The connection broke after the request may have been sent.
    Lost,
}

impl Connection {
    fn verb(self) -> &'static str {
        match self {
            Self::Refused | Self::Open | Self::Proxy => "cannot connect to",
            Self::Dns => "cannot resolve",
            Self::Tls => "cannot set up a secure connection to",
            Self::Timeout => "no answer in time from",
            Self::Lost => "lost the connection to",
        }
    }

    /// Whether the request may have reached the service, so that a write may have been carried out.
    pub fn may_have_been_received(self) -> bool {
        matches!(self, Self::Timeout | Self::Lost)
    }
}

/// An error answer of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpFailure {
    /// The verb of the request.
    pub method: &'static str,
    /// The path of the request, without host and query.
    pub path: String,
    /// The status, such as 409.
    pub status: u16,
    /// The service's code, such as `AuthorizationFailed`.
    pub code: Option<String>,
    /// The service's words.
    pub message: String,
    /// `x-ms-request-id`, by which Microsoft's support finds the request.
    pub request_id: Option<String>,
    /// `x-ms-correlation-request-id`.
    pub correlation_id: Option<String>,
}

impl fmt::Display for HttpFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        if let Some(code) = &self.code {
            write!(f, " {code}")?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message.trim_end_matches('.'))?;
        }
        Ok(())
    }
}

impl HttpFailure {
    /// Whether the service refused the write because the resource is newer than the etag that was sent, or because
    /// something else is done to it.
    pub fn is_etag_conflict(&self) -> bool {
        matches!(self.status, 409 | 412) && !self.is_recently_deleted()
    }

    /// Whether the id was deleted so lately that the service does not take it again yet.
    pub fn is_recently_deleted(&self) -> bool {
        matches!(self.status, 400 | 409) && self.says("recently deleted")
    }

    /// Whether the service's words hold `phrase`, in any case.
    pub fn says(&self, phrase: &str) -> bool {
        self.message.to_ascii_lowercase().contains(&phrase.to_ascii_lowercase())
    }
}

impl AzureError {
    /// What to do about it, one remedy an item.
    pub fn help(&self) -> Vec<String> {
        help::of(self)
    }

    /// The error answer, when the service gave one.
    pub fn http(&self) -> Option<&HttpFailure> {
        match self {
            Self::Http(failure) => Some(failure),
            _ => None,
        }
    }

    /// The status of the answer, when there is one.
    pub fn status(&self) -> Option<u16> {
        self.http().map(|failure| failure.status)
    }

    /// Whether the service refuses a request for what else happens to the resource.
    pub fn is_conflict(&self) -> bool {
        self.http().is_some_and(HttpFailure::is_etag_conflict)
    }

    /// Whether a write that ended so may nevertheless have been carried out.
    ///
    /// True of broken exchanges, server errors, and answers that came but could not be read.
    pub fn leaves_outcome_unknown(&self) -> bool {
        match self {
            Self::Connection { kind, .. } => kind.may_have_been_received(),
            Self::Http(failure) => failure.status >= 500 || failure.status == 408,
            Self::Decode { .. } | Self::TooLarge { .. } => true,
            _ => false,
        }
    }
}
