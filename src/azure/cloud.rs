//! The Azure clouds: where Resource Manager answers, and for whom a token is asked.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One of the separate Azure clouds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cloud {
    /// Azure, the worldwide cloud.
    #[default]
    Public,
    /// Azure Government of the United States.
    UsGov,
    /// Azure operated by 21Vianet in China.
    China,
}

impl Cloud {
    /// Every cloud, in the order messages list them.
    pub const ALL: [Self; 3] = [Self::Public, Self::UsGov, Self::China];

    /// The word used in `picket.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::UsGov => "usgov",
            Self::China => "china",
        }
    }

    /// The base address of Azure Resource Manager.
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::Public => "https://management.azure.com",
            Self::UsGov => "https://management.usgovcloudapi.net",
            Self::China => "https://management.chinacloudapi.cn",
        }
    }

    /// The scope a token for Resource Manager is asked for.
    ///
    /// It is not derived from the endpoint: the host differs in the Government cloud.
    pub fn scope(self) -> &'static str {
        match self {
            Self::Public => "https://management.azure.com/.default",
            Self::UsGov => "https://management.core.usgovcloudapi.net/.default",
            Self::China => "https://management.chinacloudapi.cn/.default",
        }
    }

    /// The base address of `service`.
    pub fn endpoint_of(self, service: Service) -> &'static str {
        match (service, self) {
            (Service::ResourceManager, _) => self.endpoint(),
            (Service::Graph, Self::Public) => "https://graph.microsoft.com",
            (Service::Graph, Self::UsGov) => "https://graph.microsoft.us",
            (Service::Graph, Self::China) => "https://microsoftgraph.chinacloudapi.cn",
            (Service::LogAnalytics, Self::Public) => "https://api.loganalytics.azure.com",
            (Service::LogAnalytics, Self::UsGov) => "https://api.loganalytics.us",
            (Service::LogAnalytics, Self::China) => "https://api.loganalytics.azure.cn",
        }
    }

    /// The scope a token for `service` is asked for.
    pub fn scope_of(self, service: Service) -> &'static str {
        match (service, self) {
            (Service::ResourceManager, _) => self.scope(),
            (Service::Graph, Self::Public) => "https://graph.microsoft.com/.default",
            (Service::Graph, Self::UsGov) => "https://graph.microsoft.us/.default",
            (Service::Graph, Self::China) => "https://microsoftgraph.chinacloudapi.cn/.default",
            // The audience of the public cloud kept the host's older name.
            (Service::LogAnalytics, Self::Public) => "https://api.loganalytics.io/.default",
            (Service::LogAnalytics, Self::UsGov) => "https://api.loganalytics.us/.default",
            (Service::LogAnalytics, Self::China) => "https://api.loganalytics.azure.cn/.default",
        }
    }

    /// The domains below which this cloud has clusters of Azure Data Explorer, those of Synapse and Fabric among them.
    ///
    /// Source: the well-known endpoints of Microsoft's client libraries for Kusto.
    pub(super) fn cluster_domains(self) -> &'static [&'static str] {
        match self {
            Self::Public => &[
                "kusto.windows.net",
                "kusto.azuresynapse.net",
                "kusto.data.microsoft.com",
                "kusto.fabric.microsoft.com",
            ],
            Self::UsGov => &["kusto.usgovcloudapi.net"],
            Self::China => &["kusto.chinacloudapi.cn", "kusto.azuresynapse.azure.cn"],
        }
    }

    /// The Entra ID host that issues tokens.
    pub fn login(self) -> &'static str {
        match self {
            Self::Public => "https://login.microsoftonline.com",
            Self::UsGov => "https://login.microsoftonline.us",
            Self::China => "https://login.chinacloudapi.cn",
        }
    }

    /// The name by which the Azure CLI knows this cloud.
    pub fn azure_cli_name(self) -> &'static str {
        match self {
            Self::Public => "AzureCloud",
            Self::UsGov => "AzureUSGovernment",
            Self::China => "AzureChinaCloud",
        }
    }
}

/// A service of a cloud. Each has a host and tokens of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Service {
    /// Azure Resource Manager.
    #[default]
    ResourceManager,
    /// Microsoft Graph.
    Graph,
    /// The query API of Log Analytics.
    LogAnalytics,
}

impl Service {
    /// The name in messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::ResourceManager => "Azure Resource Manager",
            Self::Graph => "Microsoft Graph",
            Self::LogAnalytics => "the query API of Log Analytics",
        }
    }
}

impl std::fmt::Display for Cloud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No cloud is called that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no Azure cloud: expected public, usgov or china")]
pub struct UnknownCloud(pub String);

impl FromStr for Cloud {
    type Err = UnknownCloud;

    fn from_str(text: &str) -> Result<Self, UnknownCloud> {
        Self::ALL
            .into_iter()
            .find(|cloud| cloud.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownCloud(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cloud_is_found_by_its_word() {
        for cloud in Cloud::ALL {
            assert_eq!(cloud.as_str().parse(), Ok(cloud));
        }
        assert_eq!("USGov".parse(), Ok(Cloud::UsGov));
        assert_eq!("germany".parse::<Cloud>(), Err(UnknownCloud("germany".to_owned())));
    }

    #[test]
    fn a_token_is_asked_for_the_graph_that_gets_it() {
        for cloud in Cloud::ALL {
            let (endpoint, scope) = (cloud.endpoint_of(Service::Graph), cloud.scope_of(Service::Graph));
            assert_eq!(scope, format!("{endpoint}/.default"));
            assert_ne!(endpoint, cloud.endpoint_of(Service::ResourceManager));
        }
    }

    #[test]
    fn each_service_of_each_cloud_has_a_host_of_its_own() {
        let services = [Service::ResourceManager, Service::Graph, Service::LogAnalytics];
        let hosts: std::collections::BTreeSet<&str> =
            Cloud::ALL.iter().flat_map(|cloud| services.map(|service| cloud.endpoint_of(service))).collect();
        assert_eq!(hosts.len(), Cloud::ALL.len() * services.len());
    }

    #[test]
    fn the_government_scope_is_not_the_endpoint() {
        assert!(!Cloud::UsGov.scope().starts_with(Cloud::UsGov.endpoint()));
        assert!(Cloud::Public.scope().starts_with(Cloud::Public.endpoint()));
    }
}
