//! Indicators as catalogs write them, brought into the form that a query can hold.
//!
//! Catalogs are written by hand: domains with schemes, paths, ports, wildcards and brackets against
//! clicking, programs as paths with environment variables, names with a stray backslash. Whatever cannot be
//! understood, or says nothing because too much else uses it, is refused with the reason.

use core::net::IpAddr;

use crate::catalog::Catalog;

/// What an indicator is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A host and all below it.
    Domain,
    /// A host with a part that varies, as a regular expression.
    DomainPattern,
    /// An address of a host.
    Address,
    /// The port of a host.
    Port,
    /// The name of a program's file.
    Process,
    /// The beginning of a program's file name.
    ProcessStart,
    /// A program's file name with a part that varies, as a regular expression.
    ProcessPattern,
    /// The folder of a program, with the separators around it.
    Folder,
    /// The product that a program's file names.
    Product,
    /// The company that a program's file names.
    Company,
    /// Who signed a program's file.
    Signer,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Domain,
        Self::DomainPattern,
        Self::Address,
        Self::Port,
        Self::Process,
        Self::ProcessStart,
        Self::ProcessPattern,
        Self::Folder,
        Self::Product,
        Self::Company,
        Self::Signer,
    ];

    /// The word for it in reports and watchlists.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Domain => "Domain",
            Self::DomainPattern => "DomainPattern",
            Self::Address => "Address",
            Self::Port => "Port",
            Self::Process => "Process",
            Self::ProcessStart => "ProcessStart",
            Self::ProcessPattern => "ProcessPattern",
            Self::Folder => "Folder",
            Self::Product => "Product",
            Self::Company => "Company",
            Self::Signer => "Signer",
        }
    }

    /// The kind of what is common that its values are looked up under.
    pub fn table(self) -> &'static str {
        match self {
            Self::Domain | Self::DomainPattern | Self::Address => "domain",
            Self::Port => "port",
            Self::Process | Self::ProcessStart | Self::ProcessPattern => "process",
            Self::Folder => "folder",
            Self::Product => "product",
            Self::Company => "company",
            Self::Signer => "signer",
        }
    }
}

/// A value that a query can look for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Indicator {
    /// What it is compared with.
    pub kind: Kind,
    /// The value; domains in lower case, all else as first written.
    pub value: String,
}

impl Indicator {
    fn new(kind: Kind, value: impl Into<String>) -> Self {
        Self { kind, value: value.into() }
    }

    /// What makes it the same as another: letters of any case are equal.
    pub fn key(&self) -> (Kind, String) {
        (self.kind, self.value.to_lowercase())
    }
}

/// Why a value is no indicator.
pub type Refusal = String;

/// The shortest name of a product, company, signer or folder that is told from an ordinary word.
const SHORTEST_NAME: usize = 3;

/// The shortest beginning of a file name that is told from others.
const SHORTEST_START: usize = 4;

/// The host, address and port that `raw` names.
///
/// # Errors
/// Why it names none that is worth looking for.
pub fn network(raw: &str) -> Result<Vec<Indicator>, Refusal> {
    let text = refanged(trimmed(raw)).to_lowercase();
    if text.is_empty() {
        return Err("empty".to_owned());
    }
    if text.contains(['<', '>']) || text.contains("user_managed") || text.contains(' ') {
        return Err("a placeholder, not a host".to_owned());
    }
    let text = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    let text = text.split(['/', '?', '#']).next().unwrap_or_default();
    let text = text.rsplit('@').next().unwrap_or_default();
    let (host, port) = host_and_port(text);
    let mut found: Vec<_> =
        port.into_iter().map(|port| Indicator::new(Kind::Port, port.to_string())).collect();
    if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
        if is_internal(address) {
            return Err("an address that every network has".to_owned());
        }
        found.insert(0, Indicator::new(Kind::Address, address.to_string()));
        return Ok(found);
    }
    found.insert(0, host_indicator(&without_classes(host))?);
    Ok(found)
}

/// The port that `raw` names.
///
/// # Errors
/// When it names none, or one that everything uses.
pub fn port(raw: &str) -> Result<Vec<Indicator>, Refusal> {
    match trimmed(raw).parse::<u16>() {
        Ok(0) | Err(_) => Err("not the number of a port".to_owned()),
        Ok(22 | 80 | 135 | 161 | 443 | 445 | 3389 | 8080) => Err("a port of everything".to_owned()),
        Ok(port) => Ok(vec![Indicator::new(Kind::Port, port.to_string())]),
    }
}

/// The program, and the folder of it, that `raw` names: a file name or a path of any system.
///
/// # Errors
/// Why it names neither.
pub fn program(raw: &str) -> Result<Vec<Indicator>, Refusal> {
    let text = trimmed(raw).replace("\\\\", "\\");
    if text.is_empty() || text.eq_ignore_ascii_case("none") {
        return Err("empty".to_owned());
    }
    let unix = text.starts_with(['/', '~']) || !text.contains('\\') && text.contains('/');
    let separator = if unix { '/' } else { '\\' };
    let mut parts: Vec<&str> = text.split(separator).collect();
    let last = parts.pop().unwrap_or_default();
    let mut found = Vec::new();
    let mut refusal = "names no program and no folder of its own".to_owned();
    match file(last, unix && !parts.is_empty()) {
        Ok(Some(indicator)) => found.push(indicator),
        Ok(None) if !last.contains('*') && !last.contains('.') => parts.push(last),
        Ok(None) => {}
        Err(why) => refusal = why,
    }
    if parts.len() > 1 || (parts.len() == 1 && text.contains(separator)) {
        match if unix { unix_folder(&parts) } else { folder(&parts) } {
            Ok(Some(indicator)) => found.push(indicator),
            Ok(None) => {}
            Err(why) => refusal = why,
        }
    }
    if found.is_empty() { Err(refusal) } else { Ok(found) }
}

/// The name of a product, company or signer that `raw` is.
///
/// # Errors
/// When it is too short or too common to tell a tool by.
pub fn name(kind: Kind, raw: &str) -> Result<Vec<Indicator>, Refusal> {
    let text = trimmed(raw);
    if text.chars().filter(|letter| letter.is_alphanumeric()).count() < SHORTEST_NAME {
        return Err("too short to tell a tool by".to_owned());
    }
    if text.chars().any(char::is_control) || text.len() > 200 {
        return Err("not a name".to_owned());
    }
    let words: Vec<_> = text.split_whitespace().collect();
    let small = words.iter().filter(|word| !word.starts_with(|letter: char| letter.is_uppercase())).count();
    if words.len() > 4 && 2 * small > words.len() {
        return Err("a remark, not a name".to_owned());
    }
    uncommon(kind.table(), text)?;
    Ok(vec![Indicator::new(kind, text)])
}

/// Without white space, quotes and the backslashes and commas that copying leaves at the ends.
fn trimmed(raw: &str) -> &str {
    let junk = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '`' | ',' | ';');
    let mut text = raw.trim_matches(junk);
    // A stray backslash ends a name; behind a path it says that the path is a folder.
    let ended = text.trim_end_matches('\\');
    if !ended.contains('\\') {
        text = ended;
    }
    text.trim_matches(junk)
}

/// Without what keeps a domain from being clicked.
fn refanged(text: &str) -> String {
    let mut text = text.replace("[.]", ".").replace("(.)", ".").replace("[dot]", ".").replace("[:]", ":");
    for (written, meant) in [("hxxps://", "https://"), ("hxxp://", "http://")] {
        if text.get(..written.len()).is_some_and(|start| start.eq_ignore_ascii_case(written)) {
            text.replace_range(..written.len(), meant);
        }
    }
    text
}

/// `host:port` apart.
fn host_and_port(text: &str) -> (&str, Option<u16>) {
    match text.rsplit_once(':') {
        Some((host, digits)) if !host.contains(':') || host.ends_with(']') => match digits.parse() {
            Ok(0) | Err(_) => (host, None),
            Ok(port) => (host, Some(port)),
        },
        _ => (text, None),
    }
}

/// `[a-f0-9]{8}` and its like as a wildcard.
fn without_classes(host: &str) -> String {
    let mut out = String::with_capacity(host.len());
    let mut depth = 0_usize;
    for letter in host.chars() {
        match letter {
            '[' | '{' | '(' => {
                if depth == 0 && !out.ends_with('*') {
                    out.push('*');
                }
                depth += 1;
            }
            ']' | '}' | ')' => depth = depth.saturating_sub(1),
            '+' => {}
            _ if depth > 0 => {}
            _ => out.push(letter),
        }
    }
    out
}

/// A host, wildcards and all, as an indicator.
fn host_indicator(host: &str) -> Result<Indicator, Refusal> {
    let host = host.trim_end_matches(['\\', '.', '*']).trim_start_matches(['*', '.']);
    let host = match idna::domain_to_ascii_from_cow(host.as_bytes().into(), idna::AsciiDenyList::EMPTY) {
        Ok(ascii) => ascii.into_owned(),
        Err(_) => return Err("not the name of a host".to_owned()),
    };
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '*');
    let labels: Vec<_> = host.split('.').collect();
    if labels.iter().any(|label| label.is_empty() || label.len() > 63 || !label.chars().all(is_letter)) {
        return Err("not the name of a host".to_owned());
    }
    if labels.len() == 1 && (host.contains('*') || !host.contains('-') || host.len() < 8) {
        return Err("not the whole name of a host".to_owned());
    }
    uncommon("domain", &host)?;
    if host.contains('*') {
        // All above the registered name may vary, but not that name: it would be any host.
        if labels[labels.len() - 2..].iter().any(|label| label.contains('*')) {
            return Err("a pattern of any host".to_owned());
        }
        let pattern = regex::escape(&host).replace("\\*", "[^./]*").replace("\\-", "-");
        return Ok(Indicator::new(Kind::DomainPattern, format!("(^|[/.]){pattern}")));
    }
    Ok(Indicator::new(Kind::Domain, host))
}

/// Whether `address` stands for a place in any network, so that it tells nothing.
fn is_internal(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local(),
    }
}

/// The program that the last part of a path names; nothing where it names none.
fn file(name: &str, behind_slash: bool) -> Result<Option<Indicator>, Refusal> {
    let name = name.trim();
    let lower = name.to_lowercase();
    // Two catalogs' slips of the keyboard.
    let name = if lower.ends_with(".exee") {
        name[..name.len() - 1].to_owned()
    } else if lower.ends_with(".ese") {
        format!("{}exe", &name[..name.len() - 3])
    } else {
        name.to_owned()
    };
    if name.is_empty() || name.chars().all(|letter| letter == '*') {
        return Ok(None);
    }
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase());
    match extension.as_deref() {
        Some("exe" | "com" | "scr") => {}
        Some(_) => return Err("not a program that runs".to_owned()),
        None if behind_slash || is_bare_program(&name) => {}
        None => return Ok(None),
    }
    if name.contains(['<', '>', '/', '\\', '%']) {
        return Err("a placeholder, not a program".to_owned());
    }
    uncommon("process", &name.to_lowercase())?;
    let wild = |name: &str| name.contains(['*', '?', '[', '{']);
    if !wild(&name) {
        return Ok(Some(Indicator::new(Kind::Process, name)));
    }
    let start = name.split(['*', '?', '[', '{']).next().unwrap_or_default();
    let rest = &name[start.len()..];
    if matches!(rest.to_lowercase().as_str(), "*" | "*.exe") {
        let letters = start.chars().filter(|letter| letter.is_alphanumeric()).count();
        if letters < SHORTEST_START {
            return Err("a pattern of any program".to_owned());
        }
        return Ok(Some(Indicator::new(Kind::ProcessStart, start)));
    }
    let fixed = name.chars().filter(|letter| letter.is_alphanumeric()).count();
    if fixed < SHORTEST_START + 3 {
        return Err("a pattern of any program".to_owned());
    }
    let pattern = regex::escape(&without_classes(&name)).replace("\\*", ".*").replace("\\?", ".");
    Ok(Some(Indicator::new(Kind::ProcessPattern, format!("(?i)^{}$", pattern.replace("\\-", "-")))))
}

/// Whether a name without extension is that of a program and not a remark.
fn is_bare_program(name: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let digest = name.len() >= 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.len() >= SHORTEST_START && name.chars().all(plain) && !digest
}

/// Folders of Windows in which every program has its own.
const ROOTS: [&str; 24] = [
    "username",
    "ieuser",
    "program files (x86)",
    "program files",
    "programdata",
    "users",
    "appdata",
    "local",
    "roaming",
    "locallow",
    "temp",
    "programs",
    "downloads",
    "desktop",
    "documents",
    "videos",
    "common files",
    "windows",
    "system32",
    "syswow64",
    "start menu",
    "microsoft",
    "startup",
    "systemprofile",
];

/// The folder of a program in Windows, from the first part that is its own to the first that varies.
fn folder(parts: &[&str]) -> Result<Option<Indicator>, Refusal> {
    let is_root = |part: &str| {
        let lower = part.trim().to_lowercase();
        lower.is_empty()
            || lower.ends_with(':')
            || lower.contains(['*', '%', '<'])
            || ROOTS.iter().any(|root| lower == *root || lower.trim_start_matches('*') == *root)
    };
    let own: Vec<_> = parts.iter().map(|part| part.trim()).skip_while(|part| is_root(part)).collect();
    let varies = |part: &&str| !part.contains(['*', '<', '?', '[', '{', '%', '(']) && !part.is_empty();
    let own: Vec<_> = own.into_iter().take_while(varies).take(3).collect();
    named_folder(&own, '\\')
}

/// The folder of a program in another system; shared ones such as `/usr/bin` are none.
fn unix_folder(parts: &[&str]) -> Result<Option<Indicator>, Refusal> {
    const SHARED: [&str; 22] = [
        "~",
        "usr",
        "local",
        "bin",
        "sbin",
        "opt",
        "etc",
        "var",
        "lib",
        "log",
        "systemd",
        "system",
        "init.d",
        "applications",
        "library",
        "launchdaemons",
        "launchagents",
        "application support",
        "tmp",
        "home",
        ".config",
        "logs",
    ];
    let shared = |part: &&&str| {
        let lower = part.trim().to_lowercase();
        lower.is_empty() || lower.contains(['*', '<', '$']) || SHARED.contains(&lower.as_str())
    };
    let own: Vec<_> = parts.iter().skip_while(shared).map(|part| part.trim()).collect();
    let fixed = |part: &&str| !part.contains(['*', '<', '$', '.']) && !part.is_empty();
    let own: Vec<_> = own.into_iter().take_while(fixed).take(3).collect();
    named_folder(&own, '/')
}

fn named_folder(own: &[&str], separator: char) -> Result<Option<Indicator>, Refusal> {
    let joined = own.join(&separator.to_string());
    if joined.chars().filter(|letter| letter.is_alphanumeric()).count() < SHORTEST_NAME {
        return Ok(None);
    }
    let value = format!("{separator}{joined}{separator}");
    uncommon("folder", &value)?;
    Ok(Some(Indicator::new(Kind::Folder, value)))
}

fn uncommon(table: &str, value: &str) -> Result<(), Refusal> {
    match Catalog::builtin().rmm().common(table, &value.to_lowercase()) {
        Some(why) => Err(format!("too common to alert on: {why}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(found: Result<Vec<Indicator>, Refusal>) -> String {
        match found {
            Ok(found) => {
                let all = found.iter().map(|it| format!("{}:{}", it.kind.as_str(), it.value));
                all.collect::<Vec<_>>().join(" ")
            }
            Err(why) => format!("refused: {why}"),
        }
    }

    #[test]
    fn hosts_in_every_writing() {
        let cases = [
            ("*.AnyDesk.com", "Domain:anydesk.com"),
            (
                "relay-[a-f0-9]{8}.net.anydesk.com:443",
                "DomainPattern:(^|[/.])relay-[^./]*\\.net\\.anydesk\\.com Port:443",
            ),
            ("hxxps://evil[.]example[.]com/path?x=1", "Domain:evil.example.com"),
            ("https://user@host.example.com:8443/x", "Domain:host.example.com Port:8443"),
            ("agents*-cloud.acronis.com", "DomainPattern:(^|[/.])agents[^./]*-cloud\\.acronis\\.com"),
            ("atera-agent-heartbeat.* ", "Domain:atera-agent-heartbeat"),
            ("rs-([a-z]{2}).rustdesk.com", "DomainPattern:(^|[/.])rs-[^./]*\\.rustdesk\\.com"),
            ("'level.io\\',", "Domain:level.io"),
            ("bücher.example", "Domain:xn--bcher-kva.example"),
            ("136.243.104.235", "Address:136.243.104.235"),
            ("192.168.0.1", "refused: an address that every network has"),
            ("user_managed", "refused: a placeholder, not a host"),
            ("<on-prem-app-server-host>", "refused: a placeholder, not a host"),
            ("github.com", "refused: too common to alert on: hosts everyone's code"),
            ("localhost", "refused: not the whole name of a host"),
            ("*.com", "refused: not the whole name of a host"),
            ("a.*.com", "refused: a pattern of any host"),
            ("", "refused: empty"),
        ];
        for (raw, expected) in cases {
            assert_eq!(shown(network(raw)), expected, "{raw}");
        }
    }

    #[test]
    fn programs_in_every_writing() {
        let cases = [
            ("anydesk.exe", "Process:anydesk.exe"),
            (r"C:\Program Files (x86)\AnyDesk\*", r"Folder:\AnyDesk\"),
            (r"%programdata%\\AMMYY\\access.exe", r"Process:access.exe Folder:\AMMYY\"),
            (r"*Users\*\AppData\Roaming\Mikogo\*", r"Folder:\Mikogo\"),
            (r"*\Google\Chrome Remote Desktop\*", r"Folder:\Google\Chrome Remote Desktop\"),
            (r"C:\Windows\Action1\action1_agent.exe", r"Process:action1_agent.exe Folder:\Action1\"),
            ("/usr/local/bin/netbird", "Process:netbird"),
            ("/opt/dataplicity/tuxtunnel/*", "Folder:/dataplicity/tuxtunnel/"),
            ("aa_v*.exe", "refused: a pattern of any program"),
            ("screenconnect*.exe", "ProcessStart:screenconnect"),
            ("Agent_*_RW.exe", "ProcessPattern:(?i)^Agent_.*_RW\\.exe$"),
            ("G2MHost.exee", "Process:G2MHost.exe"),
            ("fleetdeck-agent.msi", "refused: not a program that runs"),
            ("can't find this one", "refused: names no program and no folder of its own"),
            (
                "9380CC75B872221A7425D7503565B67580407F60",
                "refused: names no program and no folder of its own",
            ),
            ("*Windows\\System32\\mstsc.exe", "refused: too common to alert on: part of Windows"),
            ("dwm.exe", "refused: too common to alert on: part of Windows"),
            ("None", "refused: empty"),
        ];
        for (raw, expected) in cases {
            assert_eq!(shown(program(raw)), expected, "{raw}");
        }
    }

    #[test]
    fn names_lose_what_copying_left() {
        assert_eq!(shown(name(Kind::Signer, "ConnectWise\\")), "Signer:ConnectWise");
        assert_eq!(
            shown(name(Kind::Signer, " 'philandro Software GmbH' ")),
            "Signer:philandro Software GmbH"
        );
        assert!(name(Kind::Company, "Microsoft Corporation").is_err());
        assert!(name(Kind::Signer, "Distributed as a standard Windows installer").is_err());
        assert!(name(Kind::Product, "  ").is_err());
        assert_eq!(shown(port("5931")), "Port:5931");
        assert!(port("443").is_err() && port("1000-65535").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_what_reads_the_same_again(raw in "\\PC{0,40}") {
            for found in [network(&raw), program(&raw), name(Kind::Signer, &raw)] {
                for indicator in found.into_iter().flatten() {
                    let again = match indicator.kind {
                        Kind::Domain | Kind::Address => network(&indicator.value),
                        Kind::Port => port(&indicator.value),
                        Kind::Signer => name(Kind::Signer, &indicator.value),
                        Kind::Process => program(&indicator.value),
                        Kind::DomainPattern | Kind::ProcessPattern => {
                            proptest::prop_assert!(regex::Regex::new(&indicator.value).is_ok());
                            continue;
                        }
                        _ => continue,
                    };
                    if let Ok(again) = again {
                        proptest::prop_assert_eq!(&again[0].key(), &indicator.key());
                    }
                }
            }
        }
    }
}
