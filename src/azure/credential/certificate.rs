//! A signed statement of an application that has a certificate, in place of a secret.
//!
//! The key signs through rustls, so no second cryptographic library is linked for it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use azure_core::Error;
use azure_core::base64::encode_url_safe;
use azure_core::error::ErrorKind;
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use rustls::SignatureScheme;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::SigningKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::azure::cloud::Cloud;
use crate::azure::error::AzureError;

/// How long a statement is valid; it is used at once.
const VALIDITY: Duration = Duration::from_secs(600);

/// Signs a statement each time a token is needed.
pub(super) struct CertificateAssertion {
    key: Arc<dyn SigningKey>,
    thumbprint: String,
    audience: String,
    client: String,
}

impl std::fmt::Debug for CertificateAssertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CertificateAssertion").field("thumbprint", &self.thumbprint).finish_non_exhaustive()
    }
}

impl CertificateAssertion {
    /// Reads the certificate and its RSA key from PEM text. `path` is for messages.
    pub(super) fn new(
        pem: &[u8],
        path: &str,
        cloud: Cloud,
        tenant: &str,
        client: &str,
    ) -> Result<Self, AzureError> {
        let unusable = |what: &str| AzureError::Configuration {
            message: format!("{path} {what}"),
            help: vec![
                "give a PEM file with the certificate and its unencrypted RSA private key".to_owned(),
                "turn a PFX file into one with `openssl pkcs12 -in FILE.pfx -nodes -out FILE.pem`".to_owned(),
            ],
        };
        let certificate =
            CertificateDer::from_pem_slice(pem).map_err(|_| unusable("holds no certificate"))?;
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| unusable("holds no private key"))?;
        let key = rustls::crypto::ring::sign::any_supported_type(&key)
            .map_err(|_| unusable("holds a private key that cannot be used"))?;
        if key.choose_scheme(&[SignatureScheme::RSA_PSS_SHA256]).is_none() {
            return Err(unusable("holds a key that is not RSA, which Entra ID does not take"));
        }
        Ok(Self {
            key,
            thumbprint: base64url(Sha256::digest(&certificate)),
            audience: format!("{}/{tenant}/oauth2/v2.0/token", cloud.login()),
            client: client.to_owned(),
        })
    }

    /// The JSON Web Token of `now`, with the unique id `id`.
    fn sign(&self, now: SystemTime, id: &str) -> Result<String, rustls::Error> {
        let seconds =
            |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint});
        let claims = json!({
            "aud": self.audience,
            "iss": self.client,
            "sub": self.client,
            "jti": id,
            "nbf": seconds(now),
            "exp": seconds(now + VALIDITY),
        });
        let part = |value: &Value| base64url(value.to_string());
        let message = format!("{}.{}", part(&header), part(&claims));
        let signer = self
            .key
            .choose_scheme(&[SignatureScheme::RSA_PSS_SHA256])
            .ok_or_else(|| rustls::Error::General("the key does not sign".to_owned()))?;
        let signature = signer.sign(message.as_bytes())?;
        Ok(format!("{message}.{}", base64url(signature)))
    }
}

/// Base64 for URLs, without padding, as JSON Web Tokens have it.
fn base64url(bytes: impl AsRef<[u8]>) -> String {
    encode_url_safe(bytes).trim_end_matches('=').to_owned()
}

#[async_trait::async_trait]
impl ClientAssertion for CertificateAssertion {
    async fn secret(&self, _options: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let id = uuid::Uuid::new_v4().to_string();
        self.sign(azure_core::time::OffsetDateTime::now_utc().into(), &id)
            .map_err(|error| Error::with_message(ErrorKind::Credential, format!("cannot sign: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use super::*;

    /// Runs `openssl` in `folder`; false when it fails, none when there is no such program.
    fn openssl(folder: &Path, arguments: &str) -> Option<bool> {
        let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output();
        output.ok().map(|output| output.status.success())
    }

    fn assertion(pem: &[u8]) -> Result<CertificateAssertion, AzureError> {
        CertificateAssertion::new(pem, "app.pem", Cloud::UsGov, "tenant", "client")
    }

    #[test]
    fn the_statement_verifies_with_the_certificate() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let made = "req -x509 -newkey rsa:2048 -nodes -keyout app.pem -out cert.pem -days 1 -subj /CN=picket";
        if openssl(folder, made).is_none() {
            println!("skipped: openssl is absent");
            return;
        }
        let key = std::fs::read(folder.join("app.pem")).unwrap();
        let certificate = std::fs::read(folder.join("cert.pem")).unwrap();
        let assertion = assertion(&[key.clone(), certificate].concat()).unwrap();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let token = assertion.sign(now, "id-1").unwrap();
        for text in [format!("{assertion:?}"), token.clone()] {
            assert!(!text.contains("PRIVATE KEY"));
        }

        let (message, signature) = token.rsplit_once('.').unwrap();
        let (header, claims) = message.split_once('.').unwrap();
        let decode = |part: &str| azure_core::base64::decode_url_safe(part).unwrap();
        let header: Value = serde_json::from_slice(&decode(header)).unwrap();
        assert_eq!((&header["alg"], &header["typ"]), (&json!("PS256"), &json!("JWT")));
        let claims: Value = serde_json::from_slice(&decode(claims)).unwrap();
        assert_eq!(
            claims,
            json!({"aud": "https://login.microsoftonline.us/tenant/oauth2/v2.0/token", "iss": "client",
                "sub": "client", "jti": "id-1", "nbf": 1000, "exp": 1600})
        );
        std::fs::write(folder.join("message"), message).unwrap();
        std::fs::write(folder.join("signature"), decode(signature)).unwrap();
        assert_eq!(openssl(folder, "x509 -in cert.pem -pubkey -noout -out public.pem"), Some(true));
        let verify = "dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 \
                      -verify public.pem -signature signature message";
        assert_eq!(openssl(folder, verify), Some(true));
        assert_eq!(openssl(folder, "x509 -in cert.pem -outform der -out cert.der"), Some(true));
        let thumbprint = base64url(Sha256::digest(std::fs::read(folder.join("cert.der")).unwrap()));
        assert_eq!(header["x5t#S256"], json!(thumbprint));
    }

    #[test]
    fn a_file_that_cannot_serve_is_refused_by_name() {
        let error = assertion(b"no PEM at all").unwrap_err();
        assert_eq!(error.to_string(), "app.pem holds no certificate");
        assert!(error.help()[0].contains("PEM"));
    }
}
