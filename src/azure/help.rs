//! The remedies of [`AzureError`].

use super::cluster;
use super::error::{AzureError, Connection, HttpFailure};
use super::query::{ANSWER_LIMIT, WHOLE_ANSWER_HELP};

const READER: &str = "Microsoft Sentinel Reader";
const CONTRIBUTOR: &str = "Microsoft Sentinel Contributor";

pub(super) fn of(error: &AzureError) -> Vec<String> {
    match error {
        AzureError::Configuration { help, .. } => help.clone(),
        AzureError::Credential { from, message } => credential(from, message),
        AzureError::Connection { kind, host, .. } => connection(*kind, host),
        AzureError::Http(failure) => http(failure),
        AzureError::Throttled { retry_after, .. } => {
            let mut help = match retry_after {
                Some(wait) => {
                    vec![format!("run again in {} s: what is done stays done", wait.as_secs().max(1))]
                }
                None => vec!["run again later: what is done stays done".to_owned()],
            };
            help.push(
                "lower the load with `--concurrency`, or see what else calls Azure with this identity"
                    .to_owned(),
            );
            help
        }
        AzureError::Decode { .. } => {
            vec![
                "check that the endpoint is Azure Resource Manager, and that no proxy answers in its place"
                    .to_owned(),
            ]
        }
        AzureError::TooLarge { limit, .. } if *limit == ANSWER_LIMIT => vec![WHOLE_ANSWER_HELP.to_owned()],
        AzureError::TooLarge { .. } => {
            vec![
                "check that the endpoint is Azure Resource Manager: no list page of it is that large"
                    .to_owned(),
            ]
        }
        AzureError::Redirect { .. } | AzureError::ForeignPage { .. } => vec![
            "check the `cloud` of the workspace in picket.toml and any proxy on the way".to_owned(),
            "the access token is never sent to another host".to_owned(),
        ],
        AzureError::PagingLoop { .. } => {
            vec!["run again; if it stays, report it with a recording of the traffic".to_owned()]
        }
        AzureError::Interrupted => vec!["run again to carry out the rest".to_owned()],
    }
}

fn credential(from: &str, message: &str) -> Vec<String> {
    let says = |phrase: &str| message.contains(phrase);
    let mut help = Vec::new();
    if from == "the GitHub Actions token" {
        help.push(
            "give the job `permissions: id-token: write`, and set AZURE_CLIENT_ID and AZURE_TENANT_ID"
                .to_owned(),
        );
    }
    if says("AADSTS70021") || says("AADSTS700213") || says("AADSTS700211") {
        help.push(
            "add a federated credential to the app registration whose subject and issuer are those of this run".to_owned(),
        );
    }
    if says("AADSTS7000215") || says("AADSTS7000222") {
        help.push(
            "create a new client secret and set AZURE_CLIENT_SECRET to its value, not to its id".to_owned(),
        );
    }
    if says("AADSTS700016") {
        help.push(
            "check AZURE_CLIENT_ID and AZURE_TENANT_ID: that tenant has no such application".to_owned(),
        );
    }
    if says("AADSTS90002") {
        help.push("check AZURE_TENANT_ID: there is no such tenant in this cloud".to_owned());
    }
    if says("AADSTS50076") || says("AADSTS50079") || says("AADSTS700082") || says("AADSTS50173") {
        help.push("log in again with `az login`: the session ended or needs a second factor".to_owned());
    }
    if help.is_empty() && from == "the developer tools" {
        if says("wasn't found on PATH") && !says("az login") {
            help.push("install the Azure CLI, then run `az login`".to_owned());
        } else {
            help.push("run `az login`".to_owned());
        }
        help.push(
            "on a build agent set AZURE_TENANT_ID, AZURE_CLIENT_ID and a secret, certificate or token file"
                .to_owned(),
        );
    }
    if help.is_empty() {
        help.push(format!("check the variables that configure {from}"));
    }
    help
}

fn connection(kind: Connection, host: &str) -> Vec<String> {
    let loopback = host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
    let help: &[&str] = match kind {
        Connection::Refused if loopback => {
            &["start the local workspace with `picket emulator`, or check its port"]
        }
        Connection::Refused | Connection::Open => {
            &["check the network and the firewall", "behind a proxy set HTTPS_PROXY"]
        }
        Connection::Dns => {
            &["check the network and the name server", "check the `cloud` of the workspace in picket.toml"]
        }
        Connection::Tls => &[
            "behind a proxy that opens TLS, add its root certificate to the system's store, or name it in SSL_CERT_FILE",
            "check the clock of this machine",
        ],
        Connection::Proxy => {
            &["check HTTPS_PROXY and the name and password in it", "name hosts to reach directly in NO_PROXY"]
        }
        Connection::Timeout | Connection::Lost => &["run again: what is done stays done"],
    };
    help.iter().map(|&text| text.to_owned()).collect()
}

/// Where the query API of Log Analytics has its paths.
const QUERIES: &str = "/v1/workspaces/";

fn http(failure: &HttpFailure) -> Vec<String> {
    if failure.path.starts_with(QUERIES)
        && let Some(help) = query(failure)
    {
        return help;
    }
    if failure.path == cluster::PATH
        && let Some(help) = on_cluster(failure)
    {
        return help;
    }
    let code = failure.code.as_deref().unwrap_or_default();
    let reads = failure.method == "GET";
    match failure.status {
        401 if code.contains("Tenant") => {
            vec!["log in to the tenant that holds the subscription: `az login --tenant TENANT`".to_owned()]
        }
        401 => vec!["log in again with `az login`, or check the identity of this run".to_owned()],
        403 if failure.says("not registered") => {
            vec!["register the resource provider: `az provider register --namespace Microsoft.SecurityInsights`".to_owned()]
        }
        403 => {
            let role = if reads { READER } else { CONTRIBUTOR };
            vec![
                format!("give this identity the role {role} on the resource group of the workspace"),
                "a role given a moment ago takes some minutes to act".to_owned(),
            ]
        }
        _ if failure.says("not onboarded") || failure.says("onboard") => onboarding(),
        404 => not_found(code),
        400 | 409 if failure.is_recently_deleted() => vec![
            "wait, for up to a day, until the service takes the id again, then run again: `picket retry` does only this"
                .to_owned(),
            "or give the rule a new id".to_owned(),
        ],
        409 | 412 => {
            vec!["plan again: the resource was changed in the workspace since it was read".to_owned()]
        }
        400 => bad_request(failure),
        408 | 500.. => vec![match &failure.request_id {
            Some(id) => format!("run again; if it stays, give Microsoft the request id {id}"),
            None => "run again: what is done stays done".to_owned(),
        }],
        _ => Vec::new(),
    }
}

/// Remedies that only queries of logs have.
fn query(failure: &HttpFailure) -> Option<Vec<String>> {
    let help: &[&str] = match failure.status {
        403 if failure.code.as_deref() == Some("InvalidAuthenticationTokenAudience") => {
            &["check the `cloud` of the workspace in picket.toml"]
        }
        403 => &[
            "give this identity the role Log Analytics Reader on the workspace",
            "a role given a moment ago takes some minutes to act",
            "check that the workspace takes queries from where this runs: its network isolation may not",
        ],
        404 => &["check `name` of the workspace in picket.toml"],
        400 => &[
            "mend the query as the service says: the workspace may lack a table or a function that it names",
        ],
        504 => &["run again over fewer days", WHOLE_ANSWER_HELP],
        _ => return None,
    };
    Some(help.iter().map(|&text| text.to_owned()).collect())
}

/// Remedies that only queries of clusters have.
fn on_cluster(failure: &HttpFailure) -> Option<Vec<String>> {
    let help: &[&str] = match failure.status {
        401 | 403 => &[
            "give this identity the role Viewer on the database: `.add database NAME viewers ('aadapp=…')`",
            "check that its tenant is that of the cluster: `az login --tenant TENANT`",
        ],
        404 => &["check the address of the cluster"],
        400 => {
            &["mend the query as the service says: the database may lack a table or a function that it names"]
        }
        504 => &[WHOLE_ANSWER_HELP],
        _ => return None,
    };
    Some(help.iter().map(|&text| text.to_owned()).collect())
}

fn onboarding() -> Vec<String> {
    vec![
        "turn Microsoft Sentinel on for the workspace, in the portal or with its onboardingStates resource"
            .to_owned(),
    ]
}

fn not_found(code: &str) -> Vec<String> {
    let what = match code {
        "SubscriptionNotFound" => "`subscription`",
        "ResourceGroupNotFound" => "`resource_group`",
        _ => "`subscription`, `resource_group` and `name`",
    };
    let mut help = vec![
        format!("check {what} of the workspace in picket.toml"),
        "check that the login may see the subscription: `az account list`".to_owned(),
    ];
    if !matches!(code, "SubscriptionNotFound" | "ResourceGroupNotFound") {
        help.extend(onboarding());
    }
    help
}

fn bad_request(failure: &HttpFailure) -> Vec<String> {
    if failure.code.as_deref() == Some("InvalidApiVersionParameter")
        || failure.code.as_deref() == Some("NoRegisteredProviderFound")
    {
        return vec!["check the `cloud` of the workspace: this one does not know the API version".to_owned()];
    }
    vec!["mend the rule as the service says".to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(method: &'static str, status: u16, code: &str, message: &str) -> String {
        let failure = HttpFailure {
            method,
            path: "/r".to_owned(),
            status,
            code: Some(code.to_owned()),
            message: message.to_owned(),
            request_id: None,
            correlation_id: None,
        };
        of(&AzureError::Http(Box::new(failure))).join("\n")
    }

    #[test]
    fn each_common_answer_has_its_remedy() {
        let cases = [
            ("GET", 401, "InvalidAuthenticationTokenTenant", "", "az login --tenant"),
            ("GET", 401, "ExpiredAuthenticationToken", "", "az login"),
            ("GET", 403, "AuthorizationFailed", "", "Microsoft Sentinel Reader"),
            ("PUT", 403, "AuthorizationFailed", "", "Microsoft Sentinel Contributor"),
            ("GET", 403, "X", "The subscription is not registered to use it", "az provider register"),
            ("GET", 404, "SubscriptionNotFound", "", "check `subscription` of"),
            ("GET", 404, "ResourceGroupNotFound", "", "check `resource_group` of"),
            ("GET", 404, "ResourceNotFound", "", "turn Microsoft Sentinel on"),
            (
                "GET",
                400,
                "BadRequest",
                "Workspace 'x' is not onboarded to Sentinel",
                "turn Microsoft Sentinel on",
            ),
            ("PUT", 409, "Conflict", "Newer instance of rule 'x' exists", "plan again"),
            ("PUT", 409, "Conflict", "The rule with id 'x' was recently deleted.", "give the rule a new id"),
            (
                "PUT",
                400,
                "BadRequest",
                "The rule with id 'x' was recently deleted.",
                "give the rule a new id",
            ),
            ("PUT", 400, "BadRequest", "odd", "mend the rule"),
            ("PUT", 500, "InternalServerError", "", "run again"),
        ];
        for (method, status, code, message, remedy) in cases {
            let help = help(method, status, code, message);
            assert!(help.contains(remedy), "{method} {status} {code} {message}: {help}");
        }
    }

    #[test]
    fn a_missing_login_names_the_command() {
        let of_message = |message: &str| credential("the developer tools", message).join("\n");
        assert!(of_message("\"az\" wasn't found on PATH").contains("install the Azure CLI"));
        assert!(of_message("Please run 'az login' to setup account").starts_with("run `az login`"));
        assert!(of_message("AADSTS50076: second factor").contains("az login"));
        assert!(credential("the GitHub Actions token", "x")[0].contains("id-token: write"));
    }
}
