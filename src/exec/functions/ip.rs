//! IPv4 and IPv6 addresses, networks, and addresses within text.

use core::net::{Ipv4Addr, Ipv6Addr};

use super::{Scalar, at, long_at, text_at};
use crate::exec::value::{Dynamic, Value};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "format_ipv4", body: |_, v| Ok(format(v, false)) },
    Scalar { name: "format_ipv4_mask", body: |_, v| Ok(format(v, true)) },
    Scalar { name: "has_any_ipv4", body: |_, v| Ok(any_within(v, has_address).into()) },
    Scalar { name: "has_any_ipv4_prefix", body: |_, v| Ok(any_within(v, has_prefix).into()) },
    Scalar { name: "has_ipv4", body: |_, v| Ok(any_within(v, has_address).into()) },
    Scalar { name: "has_ipv4_prefix", body: |_, v| Ok(any_within(v, has_prefix).into()) },
    Scalar { name: "ipv4_compare", body: |_, v| Ok(compared(v, Family::V4)) },
    Scalar { name: "ipv4_is_in_any_range", body: |_, v| Ok(in_any_range(v, Family::V4)) },
    Scalar { name: "ipv4_is_in_range", body: |_, v| Ok(in_any_range(v, Family::V4)) },
    Scalar { name: "ipv4_is_match", body: |_, v| Ok(matched(v, Family::V4)) },
    Scalar { name: "ipv4_is_private", body: |_, v| Ok(is_private(v)) },
    Scalar { name: "ipv4_netmask_suffix", body: |_, v| Ok(netmask_suffix(v)) },
    Scalar { name: "ipv4_range_to_cidr_list", body: |_, v| Ok(cidr_list(v)) },
    Scalar { name: "ipv6_compare", body: |_, v| Ok(compared(v, Family::V6)) },
    Scalar { name: "ipv6_is_in_any_range", body: |_, v| Ok(in_any_range(v, Family::V6)) },
    Scalar { name: "ipv6_is_in_range", body: |_, v| Ok(in_any_range(v, Family::V6)) },
    Scalar { name: "ipv6_is_match", body: |_, v| Ok(matched(v, Family::V6)) },
    Scalar { name: "parse_ipv4", body: |_, v| Ok(number(v, None)) },
    Scalar { name: "parse_ipv4_mask", body: |_, v| Ok(number(v, Some(1))) },
    Scalar { name: "parse_ipv6", body: |_, v| Ok(canonical(v, None)) },
    Scalar { name: "parse_ipv6_mask", body: |_, v| Ok(canonical(v, Some(1))) },
];

/// Which addresses a function takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    V4,
    /// IPv6, and IPv4 as the part of it that stands for IPv4.
    V6,
}

/// An address with how many of its first bits count. IPv4 is counted in 32 bits, IPv6 in 128.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    bits: u128,
    prefix: u32,
    width: u32,
}

impl Network {
    fn parse(text: &str, family: Family) -> Option<Self> {
        let text = text.trim();
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let v4 = |address: Ipv4Addr| u128::from(u32::from(address));
        if let (Family::V4, Ok(address)) = (family, address.parse()) {
            return Self::new(v4(address), prefix.unwrap_or(32), 32);
        }
        if family == Family::V4 {
            return None;
        }
        // A prefix behind four numbers counts the bits of those.
        let dotted = address.contains('.');
        let prefix = match prefix {
            Some(prefix) if dotted && prefix > 32 => return None,
            Some(prefix) if dotted => prefix + 96,
            Some(prefix) => prefix,
            None => 128,
        };
        let bits = match address.parse::<Ipv4Addr>() {
            Ok(address) => u128::from(address.to_ipv6_mapped()),
            Err(_) => {
                let bits = u128::from(address.parse::<Ipv6Addr>().ok()?);
                // `::192.168.1.1` means the same as `::ffff:192.168.1.1`.
                let compatible = dotted && bits >> 32 == 0;
                if compatible { bits | 0xffff_0000_0000 } else { bits }
            }
        };
        Self::new(bits, prefix, 128)
    }

    fn new(bits: u128, prefix: u32, width: u32) -> Option<Self> {
        (prefix <= width).then_some(Self { bits, prefix, width })
    }

    /// The first `prefix` bits, the others zero.
    fn masked(self, prefix: u32) -> u128 {
        let free = self.width - prefix.min(self.width);
        if free >= 128 { 0 } else { self.bits >> free << free }
    }

    fn v4(self, prefix: u32) -> Ipv4Addr {
        Ipv4Addr::from(u32::try_from(self.masked(prefix)).unwrap_or(0))
    }
}

fn network_at(values: &[Value], index: usize, family: Family) -> Option<Network> {
    Network::parse(&text_at(values, index), family)
}

/// The prefix that an argument gives, else the full one; nothing where it is out of range.
fn prefix_at(values: &[Value], index: Option<usize>, width: u32) -> Option<u32> {
    match index {
        Some(index) if values.len() > index => {
            u32::try_from(long_at(values, index)?).ok().filter(|prefix| *prefix <= width)
        }
        _ => Some(width),
    }
}

/// Two addresses as far as the shortest prefix goes: `ipv4_compare(a, b, prefix)`.
fn pair(values: &[Value], family: Family) -> Option<(u128, u128)> {
    let (left, right) = (network_at(values, 0, family)?, network_at(values, 1, family)?);
    let prefix = prefix_at(values, Some(2), left.width)?.min(left.prefix).min(right.prefix);
    Some((left.masked(prefix), right.masked(prefix)))
}

fn compared(values: &[Value], family: Family) -> Value {
    pair(values, family).map_or(Value::Null, |(left, right)| Value::Long(left.cmp(&right) as i64))
}

fn matched(values: &[Value], family: Family) -> Value {
    pair(values, family).map(|(left, right)| left == right).into()
}

/// The texts of arguments from the second on; arrays stand for their elements.
fn texts(values: &[Value]) -> impl Iterator<Item = std::borrow::Cow<'_, str>> {
    values.iter().skip(1).flat_map(|value| match value.as_array() {
        Some(items) => items.iter().map(Dynamic::to_text).collect(),
        None => vec![value.to_text()],
    })
}

/// Whether an address is in one of the networks; null where it is none, or where it is in none and one is no network.
fn in_any_range(values: &[Value], family: Family) -> Value {
    let Some(address) = network_at(values, 0, family) else { return Value::Null };
    let mut all_networks = true;
    for text in texts(values) {
        match Network::parse(&text, family) {
            Some(range) if address.masked(range.prefix) == range.masked(range.prefix) => {
                return Value::Bool(true);
            }
            Some(_) => {}
            None => all_networks = false,
        }
    }
    all_networks.then_some(false).into()
}

fn is_private(values: &[Value]) -> Value {
    network_at(values, 0, Family::V4).map(|network| network.v4(network.prefix).is_private()).into()
}

fn netmask_suffix(values: &[Value]) -> Value {
    network_at(values, 0, Family::V4).map_or(Value::Null, |network| Value::Long(network.prefix.into()))
}

fn number(values: &[Value], prefix: Option<usize>) -> Value {
    let number = network_at(values, 0, Family::V4).and_then(|network| {
        let prefix = prefix_at(values, prefix, 32)?.min(network.prefix);
        i64::try_from(network.masked(prefix)).ok()
    });
    number.map_or(Value::Null, Value::Long)
}

/// IPv6 in full: eight groups of four digits.
fn canonical(values: &[Value], prefix: Option<usize>) -> Value {
    let bits = network_at(values, 0, Family::V6).and_then(|network| {
        let prefix = prefix_at(values, prefix, 128)?.min(network.prefix);
        Some(network.masked(prefix))
    });
    let text = bits.map(|bits| {
        let groups = Ipv6Addr::from(bits).segments().map(|group| format!("{group:04x}"));
        groups.join(":")
    });
    Value::string(text.unwrap_or_default())
}

/// `format_ipv4(address, prefix)`: the address is text or a number.
fn format(values: &[Value], with_mask: bool) -> Value {
    let network = match at(values, 0).as_i64() {
        Some(number) => u32::try_from(number).ok().and_then(|number| Network::new(number.into(), 32, 32)),
        None => network_at(values, 0, Family::V4),
    };
    let text = network.and_then(|network| {
        let prefix = prefix_at(values, Some(1), 32)?.min(network.prefix);
        let address = network.v4(prefix);
        Some(if with_mask { format!("{address}/{prefix}") } else { address.to_string() })
    });
    Value::string(text.unwrap_or_default())
}

/// The fewest networks that hold the addresses from one to another.
fn cidr_list(values: &[Value]) -> Value {
    let bound = |index| network_at(values, index, Family::V4).map(|network| network.bits);
    let Some((mut first, last)) = bound(0).zip(bound(1)) else { return Value::Null };
    let mut networks = Vec::new();
    while first <= last {
        // The greatest block that begins here and does not go past the end.
        let aligned = first.trailing_zeros().min(32);
        let free = (last - first + 1).ilog2().min(aligned);
        let address = Ipv4Addr::from(u32::try_from(first).unwrap_or(u32::MAX));
        networks.push(Dynamic::string(format!("{address}/{}", 32 - free)));
        first += 1 << free;
    }
    Value::array(networks)
}

// Addresses in text, between characters that are no letters or digits.

fn any_within(values: &[Value], test: fn(&str, &str) -> bool) -> bool {
    let text = text_at(values, 0);
    texts(values).any(|wanted| test(&text, &wanted))
}

/// The places behind `part` where it occurs in `text` without a letter or digit before it.
fn behind<'t>(text: &'t str, part: &'t str) -> impl Iterator<Item = &'t str> {
    text.match_indices(part)
        .filter(|(at, _)| !text[..*at].chars().next_back().is_some_and(char::is_alphanumeric))
        .map(|(at, _)| &text[at + part.len()..])
}

fn ends(rest: &str) -> bool {
    !rest.chars().next().is_some_and(char::is_alphanumeric)
}

fn has_address(text: &str, address: &str) -> bool {
    address.parse::<Ipv4Addr>().is_ok() && behind(text, address).any(ends)
}

/// A prefix is a whole address, or the first one to three numbers of one with a dot behind each.
fn has_prefix(text: &str, prefix: &str) -> bool {
    let Some(numbers) = prefix.strip_suffix('.') else { return has_address(text, prefix) };
    let count = numbers.split('.').count();
    if count > 3 || !numbers.split('.').all(|number| number.parse::<u8>().is_ok()) {
        return false;
    }
    behind(text, prefix).any(|rest| {
        let end = rest.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(rest.len());
        // What follows may go on behind the address: `10.1.2.3.`
        let mut numbers = rest[..end].split('.');
        let missing: Vec<&str> = numbers.by_ref().take(4 - count).collect();
        missing.len() == 4 - count
            && missing.iter().all(|number| number.parse::<u8>().is_ok())
            && (numbers.next().is_some() || ends(&rest[end..]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(texts: &[&str]) -> Vec<Value> {
        texts.iter().map(|text| text.parse().map_or_else(|_| Value::string(text), Value::Long)).collect()
    }

    #[test]
    fn networks_hold_their_addresses() {
        let inside = |arguments: &[&str]| in_any_range(&strings(arguments), Family::V4);
        assert_eq!(inside(&["192.168.1.1", "192.168.1.255/24"]), Value::Bool(true));
        assert_eq!(inside(&["192.168.2.1", "192.168.1.0/24"]), Value::Bool(false));
        assert_eq!(inside(&["10.1.2.3", "192.168.1.0/24", "10.0.0.1/8"]), Value::Bool(true));
        assert_eq!(inside(&["10.1.2.3", "0.0.0.0/0"]), Value::Bool(true));
        assert_eq!(inside(&["10.1.2", "10.0.0.0/8"]), Value::Null);
        assert_eq!(inside(&["11.1.2.3", "10.0.0.0/33"]), Value::Null);
        let v6 = |arguments: &[&str]| in_any_range(&strings(arguments), Family::V6);
        assert_eq!(v6(&["fe80::1", "fe80::/10"]), Value::Bool(true));
        assert_eq!(v6(&["192.168.1.1", "::ffff:192.168.0.0/16"]), Value::Bool(true));
        assert_eq!(v6(&["fe80::1", "::/0"]), Value::Bool(true));
    }

    #[test]
    fn the_shortest_prefix_counts() {
        let compare = |arguments: &[&str]| compared(&strings(arguments), Family::V4);
        assert_eq!(compare(&["192.168.1.1/24", "192.168.1.255"]), Value::Long(0));
        assert_eq!(compare(&["192.168.1.1", "192.168.1.0", "31"]), Value::Long(0));
        assert_eq!(compare(&["192.168.1.1", "192.168.1.2"]), Value::Long(-1));
        assert_eq!(compare(&["192.168.1.1", "192.168.1.2", "33"]), Value::Null);
    }

    #[test]
    fn ranges_become_the_fewest_networks() {
        let list = |first, last| cidr_list(&strings(&[first, last])).to_text().into_owned();
        assert_eq!(list("1.1.128.0", "1.1.140.255"), r#"["1.1.128.0/21","1.1.136.0/22","1.1.140.0/24"]"#);
        assert_eq!(list("0.0.0.0", "255.255.255.255"), r#"["0.0.0.0/0"]"#);
        assert_eq!(list("10.0.0.1", "10.0.0.2"), r#"["10.0.0.1/32","10.0.0.2/32"]"#);
        assert_eq!(list("10.0.0.2", "10.0.0.1"), "[]");
    }

    #[test]
    fn addresses_in_text_stand_alone() {
        let line = "05:04:54 127.0.0.1 GET /favicon.ico 404";
        assert!(has_address(line, "127.0.0.1"));
        assert!(!has_address("05:04:54127.0.0.1 GET", "127.0.0.1"));
        assert!(!has_address("127.0.0.256", "127.0.0.256"));
        assert!(!has_address("127.0.0.11", "127.0.0.1"));
        assert!(has_prefix(line, "127.0."));
        assert!(has_prefix("from 10.1.2.3:80", "10."));
        assert!(!has_prefix(line, "127.0"));
        assert!(!has_prefix("127.0.0.256 GET", "127.0."));
        assert!(!has_prefix("10.1.2.3x", "10.1."));
    }
}
