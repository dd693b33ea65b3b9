use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use azure_core::credentials::{AccessToken, TokenRequestOptions};

use super::*;
use crate::azure::system::BoxFuture;

/// An environment of given variables, at a given time.
#[derive(Default)]
struct Fake {
    vars: BTreeMap<&'static str, &'static str>,
    now: std::sync::Mutex<Duration>,
}

impl Fake {
    fn with(vars: &[&'static str]) -> Self {
        let value = "00000000-0000-4000-8000-000000000001";
        Self { vars: vars.iter().map(|&name| (name, value)).collect(), ..Self::default() }
    }
}

impl System for Fake {
    fn var(&self, name: &str) -> Option<String> {
        self.vars.get(name).map(|&value| value.to_owned())
    }

    fn read(&self, _path: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + *self.now.lock().unwrap()
    }

    fn sleep(&self, _length: Duration) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }

    fn random(&self) -> f64 {
        0.5
    }
}

fn chosen(vars: &[&'static str]) -> CredentialKind {
    choose::kind(&CredentialOptions::default(), &Fake::with(vars)).unwrap().0
}

#[test]
fn the_environment_decides_in_the_documented_order() {
    let application = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID"];
    let github = ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
    let with = |more: &[&'static str]| chosen(&[&application[..], more].concat());
    assert_eq!(chosen(&[]), CredentialKind::Developer);
    assert_eq!(with(&[]), CredentialKind::Developer);
    assert_eq!(with(&github), CredentialKind::GithubActions);
    assert_eq!(chosen(&github), CredentialKind::Developer);
    assert_eq!(
        with(&[&github[..], &["AZURE_FEDERATED_TOKEN_FILE"]].concat()),
        CredentialKind::WorkloadIdentity
    );
    assert_eq!(
        with(&["AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE"]),
        CredentialKind::ClientCertificate
    );
    assert_eq!(with(&["AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_SECRET"]), CredentialKind::ClientSecret);
    assert_eq!(chosen(&["IDENTITY_ENDPOINT", "IDENTITY_HEADER"]), CredentialKind::ManagedIdentity);
    let pipelines = [
        "AZURESUBSCRIPTION_TENANT_ID",
        "AZURESUBSCRIPTION_CLIENT_ID",
        "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
        "SYSTEM_ACCESSTOKEN",
    ];
    assert_eq!(chosen(&pipelines), CredentialKind::AzurePipelines);
}

#[test]
fn a_named_kind_wins_and_says_what_it_lacks() {
    let system = Fake { vars: BTreeMap::from([("PICKET_CREDENTIAL", "client-secret")]), ..Fake::default() };
    let error = Credential::choose(&CredentialOptions::default(), &system).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the client secret needs AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET"
    );
    let named = CredentialOptions { kind: Some(CredentialKind::AzureCli), ..CredentialOptions::default() };
    assert_eq!(Credential::choose(&named, &system).unwrap().kind(), Some(CredentialKind::AzureCli));

    let system = Fake { vars: BTreeMap::from([("PICKET_CREDENTIAL", "password")]), ..Fake::default() };
    let error = Credential::choose(&CredentialOptions::default(), &system).unwrap_err();
    assert_eq!(error.to_string(), "PICKET_CREDENTIAL: `password` is no kind of credential");
    assert!(error.help()[0].contains("workload-identity"));
}

#[test]
fn it_is_said_why_a_kind_was_chosen() {
    let reason = |vars: &[&'static str]| {
        choose::kind(&CredentialOptions::default(), &Fake::with(vars)).unwrap().1.to_string()
    };
    assert_eq!(reason(&[]), "no other kind has all of its variables");
    assert_eq!(
        reason(&["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"]),
        "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET are set"
    );
    let system = Fake { vars: BTreeMap::from([("PICKET_CREDENTIAL", "azure-cli")]), ..Fake::default() };
    let credential = Credential::choose(&CredentialOptions::default(), &system).unwrap();
    assert_eq!(credential.reason().unwrap().to_string(), "PICKET_CREDENTIAL names it");
    assert_eq!(Credential::fixed("x").reason(), None);
}

#[test]
fn every_kind_can_be_built_or_says_why_not() {
    for kind in CredentialKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
    let mut system = Fake::with(&["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"]);
    let options = |kind| CredentialOptions { kind: Some(kind), ..CredentialOptions::default() };
    let credential = Credential::choose(&options(CredentialKind::ClientSecret), &system).unwrap();
    assert!(!format!("{credential:?}").contains("00000000"));
    assert!(Credential::choose(&options(CredentialKind::ManagedIdentity), &system).is_ok());
    assert!(Credential::choose(&options(CredentialKind::Developer), &system).is_ok());

    system.vars.insert("AZURE_CLIENT_CERTIFICATE_PATH", "app.pem");
    let error = Credential::choose(&options(CredentialKind::ClientCertificate), &system).unwrap_err();
    assert!(error.to_string().starts_with("cannot read app.pem"), "{error}");
    system.vars.insert("ACTIONS_ID_TOKEN_REQUEST_URL", "not a url");
    system.vars.insert("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t");
    let error = Credential::choose(&options(CredentialKind::GithubActions), &system).unwrap_err();
    assert_eq!(error.to_string(), "ACTIONS_ID_TOKEN_REQUEST_URL is no https URL");
}

/// Counts how often it is asked; fails when it has no lifetime.
#[derive(Debug)]
struct Counting {
    asked: AtomicUsize,
    lifetime: Option<i64>,
}

#[async_trait::async_trait]
impl TokenCredential for Counting {
    async fn get_token(
        &self,
        _scopes: &[&str],
        _options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let count = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        tokio::task::yield_now().await;
        let Some(lifetime) = self.lifetime else {
            return Err(azure_core::Error::with_message(
                azure_core::error::ErrorKind::Credential,
                "AADSTS7000215: Invalid client secret provided. Trace ID: 1\nTo troubleshoot, visit x",
            ));
        };
        let expires =
            azure_core::time::OffsetDateTime::UNIX_EPOCH + azure_core::time::Duration::seconds(lifetime);
        Ok(AccessToken::new(format!("token-{count}"), expires))
    }
}

fn counting(lifetime: Option<i64>) -> (Arc<Counting>, Credential) {
    let source = Arc::new(Counting { asked: AtomicUsize::new(0), lifetime });
    (source.clone(), Credential::of_sources(CredentialKind::ClientSecret, Reason::Named, vec![source]))
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_it_expires() {
    let system = Fake::default();
    let (source, credential) = counting(Some(3600));
    let asked = || source.asked.load(Ordering::SeqCst);
    let first = credential.token("scope", &system).await.unwrap();
    let again = credential.token("scope", &system).await.unwrap();
    assert_eq!((first.secret(), again.secret(), asked()), ("token-1", "token-1", 1));
    credential.token("other scope", &system).await.unwrap();
    assert_eq!(asked(), 2);
    *system.now.lock().unwrap() = Duration::from_secs(3600) - RENEW_BEFORE;
    credential.token("other scope", &system).await.unwrap();
    assert_eq!(asked(), 3);
}

#[tokio::test]
async fn a_refused_token_is_forgotten_but_not_its_successor() {
    let system = Fake::default();
    let (source, credential) = counting(Some(3600));
    let first = credential.token("scope", &system).await.unwrap();
    credential.forget(&first).await;
    let second = credential.token("scope", &system).await.unwrap();
    credential.forget(&first).await;
    assert_eq!(credential.token("scope", &system).await.unwrap(), second);
    assert_eq!(source.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn many_callers_share_one_request_for_a_token() {
    let system = Fake::default();
    let (source, credential) = counting(Some(3600));
    let tokens = futures_util::future::join_all((0..20).map(|_| credential.token("scope", &system))).await;
    assert!(tokens.iter().all(Result::is_ok));
    assert_eq!(source.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_failure_is_told_in_one_line_with_its_remedy() {
    let (_, credential) = counting(None);
    let error = credential.token("scope", &Fake::default()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no access token from the client secret: AADSTS7000215: Invalid client secret provided"
    );
    assert_eq!(error.help().len(), 1);
}
