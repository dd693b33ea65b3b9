//! `ipv4_lookup` and `ipv6_lookup`: rows joined by the network that an address is in.

use core::net::IpAddr;
use std::sync::Arc;

use super::Plugin;
use super::beside::Beside;
use crate::exec::compile::name_text;
use crate::exec::error::Result;
use crate::exec::expr::Expr;
use crate::exec::operators::Operator;
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table};
use crate::exec::value::{Key, Value};
use crate::kql::bind::Type;

/// An address with how many of its 128 bits count; one of IPv4 is mapped into IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    bits: u128,
    length: u32,
}

impl Network {
    /// Reads `10.0.0.0/8`, `10.1.2.3`, `fe80::/10`; nothing of IPv6 where only IPv4 is meant.
    fn parse(text: &str, v6: bool) -> Option<Self> {
        let (address, length) = match text.trim().split_once('/') {
            Some((address, length)) => (address.trim(), Some(length.trim().parse::<u32>().ok()?)),
            None => (text.trim(), None),
        };
        match address.parse().ok()? {
            IpAddr::V4(address) => {
                let length = length.unwrap_or(32);
                (length <= 32).then(|| Self { bits: address.to_ipv6_mapped().to_bits(), length: length + 96 })
            }
            IpAddr::V6(address) if v6 => {
                let length = length.unwrap_or(128);
                (length <= 128).then(|| Self { bits: address.to_bits(), length })
            }
            IpAddr::V6(_) => None,
        }
    }

    /// Whether both are the same as far as the shorter of them says.
    fn meets(self, other: Self) -> bool {
        let length = self.length.min(other.length);
        let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
        self.bits & mask == other.bits & mask
    }
}

#[derive(Debug)]
struct Lookup {
    table: Relation,
    source: Expr,
    key: Arc<str>,
    /// Columns of both sides that must be equal, too.
    extra: Vec<Arc<str>>,
    unmatched: bool,
    v6: bool,
}

pub(super) fn compile(plugin: Plugin<'_, '_, '_>, v6: bool) -> Option<Box<dyn Operator>> {
    let mut plugin = plugin;
    let node = plugin.node(0)?;
    let table = plugin.compiler.table(node, plugin.scope, None);
    let source = plugin.expression(1)?;
    let key = Arc::from(name_text(plugin.node(2)?));
    let mut extra = Vec::new();
    let mut unmatched = false;
    for (name, node) in plugin.arguments.split_off(3.min(plugin.arguments.len())) {
        let flag = name.as_deref() == Some("return_unmatched")
            || plugin.scope.sense.type_of(node).is_some_and(|ty| ty.same(Type::BOOL));
        if flag {
            unmatched = plugin.compiler.constant(node, plugin.scope).is_true();
        } else {
            extra.push(Arc::from(name_text(node)));
        }
    }
    Some(Box::new(Lookup { table, source, key, extra, unmatched, v6 }))
}

impl Operator for Lookup {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let table = self.table.table(run)?;
        let source = self.source.linked(&input.schema)?;
        let key = table.schema.position(&self.key);
        let places = |schema: &Schema| -> Vec<Option<usize>> {
            self.extra.iter().map(|name| schema.position(name)).collect()
        };
        let extras = |row: &Row, places: &[Option<usize>]| -> Vec<Key> {
            places
                .iter()
                .map(|place| Key::of(place.and_then(|at| row.get(at)).unwrap_or(&Value::Null)))
                .collect()
        };
        let (left_extra, right_extra) = (places(&input.schema), places(&table.schema));
        let networks: Vec<(Option<Network>, Vec<Key>)> = table
            .rows
            .iter()
            .map(|row| {
                let text = key.and_then(|key| row.get(key)).map(|value| value.to_text().into_owned());
                let network = text.and_then(|text| Network::parse(&text, self.v6));
                (network, extras(row, &right_extra))
            })
            .collect();
        let keeps = |_: usize, field: &Field| self.v6 || !self.extra.contains(&field.name);
        let mut beside = Beside::new(&input.schema, &table.schema, keeps, self.unmatched);
        for row in &input.rows {
            let address = Network::parse(&source.value(row, run)?.to_text(), self.v6);
            let own = extras(row, &left_extra);
            let meets = |(network, theirs): &(Option<Network>, Vec<Key>)| {
                address.zip(*network).is_some_and(|(address, network)| address.meets(network))
                    && own == *theirs
            };
            let found = table.rows.iter().zip(&networks).filter(|(_, network)| meets(network));
            beside.add(row, found.map(|(known, _)| known));
        }
        Ok(beside.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_meets_the_networks_that_hold_it() {
        let meets = |a: &str, b: &str| {
            Network::parse(a, true).zip(Network::parse(b, true)).is_some_and(|(a, b)| a.meets(b))
        };
        assert!(meets("2.20.183.12", "2.20.183.0/24"));
        assert!(!meets("2.20.184.12", "2.20.183.0/24"));
        assert!(meets("10.0.0.1", "0.0.0.0/0"));
        assert!(meets("fe80::1", "fe80::/10"));
        assert!(meets("::ffff:10.0.0.1", "10.0.0.0/8"));
        assert!(Network::parse("fe80::1", false).is_none());
        assert!(Network::parse("10.0.0.1/33", true).is_none());
    }
}
