//! The OpenID Connect token of a GitHub Actions job, as proof of who it is.

use azure_core::Error;
use azure_core::credentials::Secret;
use azure_core::error::ErrorKind;
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use reqwest::Url;
use serde::Deserialize;

use crate::azure::cloud::Cloud;
use crate::azure::error::AzureError;
use crate::azure::transport;

/// The most bytes of the answer; a token has about two thousand.
const ANSWER_LIMIT: usize = 64 * 1024;

/// Asks the runner for a token each time one is needed: it lasts some minutes only.
pub(super) struct GithubAssertion {
    url: Url,
    request_token: Secret,
    http: reqwest::Client,
}

impl std::fmt::Debug for GithubAssertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GithubAssertion").finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    value: String,
}

impl GithubAssertion {
    pub(super) fn new(
        url: &str,
        request_token: String,
        cloud: Cloud,
        http: reqwest::Client,
    ) -> Result<Self, AzureError> {
        let unusable = || AzureError::Configuration {
            message: "ACTIONS_ID_TOKEN_REQUEST_URL is no https URL".to_owned(),
            help: vec!["leave it as GitHub Actions sets it".to_owned()],
        };
        let mut url = Url::parse(url).map_err(|_| unusable())?;
        // The runner of the tests speaks plain HTTP.
        if url.scheme() != "https" && !cfg!(test) {
            return Err(unusable());
        }
        url.query_pairs_mut().append_pair("audience", audience(cloud));
        Ok(Self { url, request_token: Secret::new(request_token), http })
    }

    async fn fetch(&self) -> Result<String, Error> {
        let fail = |message: String| Error::with_message(ErrorKind::Credential, message);
        let broken =
            |error: reqwest::Error| fail(format!("cannot ask the runner: {}", transport::chain(&error)));
        let request = self.http.get(self.url.clone()).bearer_auth(self.request_token.secret());
        let mut response = request.header("accept", "application/json").send().await.map_err(broken)?;
        if !response.status().is_success() {
            return Err(fail(format!("the runner answers {}", response.status())));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > ANSWER_LIMIT {
                return Err(fail("the answer of the runner is too large".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        // The parser's own message could quote the token.
        let answer: TokenAnswer = serde_json::from_slice(&body)
            .map_err(|_| fail("the answer of the runner holds no token".to_owned()))?;
        Ok(answer.value)
    }
}

/// For whom the token is made out, by the cloud that reads it.
fn audience(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Public => "api://AzureADTokenExchange",
        Cloud::UsGov => "api://AzureADTokenExchangeUSGov",
        Cloud::China => "api://AzureADTokenExchangeChina",
    }
}

#[async_trait::async_trait]
impl ClientAssertion for GithubAssertion {
    async fn secret(&self, _options: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        self.fetch().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// A runner that gives one answer and hands back the request it got.
    fn runner(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/token?api-version=2.0", listener.local_addr().unwrap());
        let served = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                let mut buffer = [0; 1024];
                let read = stream.read(&mut buffer).unwrap();
                request.extend_from_slice(&buffer[..read]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(request).unwrap()
        });
        (url, served)
    }

    async fn ask(answer: &'static str, cloud: Cloud) -> (Result<String, Error>, String) {
        let (url, served) = runner(answer);
        let http = transport::build(true, true).unwrap();
        let assertion = GithubAssertion::new(&url, "request-secret".to_owned(), cloud, http).unwrap();
        assert!(!format!("{assertion:?}").contains("request-secret"));
        let answer = assertion.fetch().await;
        (answer, served.join().unwrap())
    }

    #[tokio::test]
    async fn the_runner_is_asked_for_the_audience_of_the_cloud() {
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 19\r\n\r\n{\"value\":\"the.jwt\"}";
        let (token, request) = ask(answer, Cloud::UsGov).await;
        assert_eq!(token.unwrap(), "the.jwt");
        let line = request.lines().next().unwrap();
        assert!(line.contains("api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchangeUSGov "), "{line}");
        assert!(request.contains("Bearer request-secret"));
    }

    #[tokio::test]
    async fn what_the_runner_says_is_not_quoted() {
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 14\r\n\r\n\"stray-secret\"";
        let (token, _) = ask(answer, Cloud::Public).await;
        let error = token.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("stray-secret"));
        let (token, _) = ask("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n", Cloud::Public).await;
        assert_eq!(token.unwrap_err().to_string(), "the runner answers 403 Forbidden");
    }
}
