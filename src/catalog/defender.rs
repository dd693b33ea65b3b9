//! Where custom detections of Defender hold the entities of rules: `entityMappings` of `microsoft.graph.security.alertTemplate`
//! (msgraph-beta-sdk 1.66.0), which knows fewer entity types and identifiers than Sentinel.

/// Entity types and identifiers of Sentinel, with the lists and keys of Graph.
const ENTITIES: [(&str, &str, &str, &str); 31] = [
    ("Account", "AadUserId", "accounts", "aadUserIdColumn"),
    ("Account", "DnsDomain", "accounts", "dnsDomainColumn"),
    ("Account", "FullName", "accounts", "upnColumn"),
    ("Account", "Name", "accounts", "nameColumn"),
    ("Account", "NTDomain", "accounts", "ntDomainColumn"),
    ("Account", "Sid", "accounts", "sidColumn"),
    ("Account", "UPNSuffix", "accounts", "upnSuffixColumn"),
    ("AzureResource", "ResourceId", "azureResources", "resourceIdColumn"),
    ("CloudApplication", "AppId", "cloudApplications", "appIdColumn"),
    ("CloudApplication", "Name", "cloudApplications", "nameColumn"),
    ("DNS", "DomainName", "dns", "domainNameColumn"),
    ("File", "Name", "files", "nameColumn"),
    ("Host", "DnsDomain", "hosts", "dnsDomainColumn"),
    ("Host", "FullName", "hosts", "nameColumn"),
    ("Host", "HostName", "hosts", "nameColumn"),
    ("Host", "NetBiosName", "hosts", "netBiosNameColumn"),
    ("Host", "NTDomain", "hosts", "ntDomainColumn"),
    ("IP", "Address", "ips", "addressColumn"),
    ("Mailbox", "MailboxPrimaryAddress", "mailboxes", "primaryAddressColumn"),
    ("MailCluster", "Query", "mailClusters", "queryColumn"),
    ("MailCluster", "Source", "mailClusters", "sourceColumn"),
    ("MailMessage", "NetworkMessageId", "mailMessages", "networkMessageIdColumn"),
    ("MailMessage", "Recipient", "mailMessages", "recipientColumn"),
    ("MailMessage", "Sender", "mailMessages", "senderColumn"),
    ("MailMessage", "Subject", "mailMessages", "subjectColumn"),
    ("RegistryKey", "Key", "registryValues", "keyColumn"),
    ("RegistryValue", "Name", "registryValues", "valueNameColumn"),
    ("SecurityGroup", "DistinguishedName", "securityGroups", "distinguishedNameColumn"),
    ("SecurityGroup", "ObjectGuid", "securityGroups", "objectIdColumn"),
    ("SecurityGroup", "SID", "securityGroups", "sidColumn"),
    ("URL", "Url", "urls", "addressColumn"),
];

/// The list and the key of Graph that hold an identifier of an entity type, letters of either case.
pub fn place(entity: &str, identifier: &str) -> Option<(&'static str, &'static str)> {
    let known = ENTITIES
        .iter()
        .find(|(kind, name, ..)| kind.eq_ignore_ascii_case(entity) && name.eq_ignore_ascii_case(identifier));
    known.map(|(.., list, key)| (*list, *key))
}

/// The identifiers of an entity type that Graph holds.
pub fn identifiers(entity: &str) -> impl Iterator<Item = &'static str> {
    ENTITIES.iter().filter(move |(kind, ..)| kind.eq_ignore_ascii_case(entity)).map(|(_, name, ..)| *name)
}
