//! `binary_all_and`, `binary_all_or`, `binary_all_xor`: the bits of all values of a group.

use super::{Accumulator, Aggregate, at};
use crate::exec::run::Run;
use crate::exec::value::Value;

pub(super) const AGGREGATES: &[Aggregate] = &[
    Aggregate { name: "binary_all_and", make: |_| Box::new(Bits { join: |a, b| a & b, bits: None }) },
    Aggregate { name: "binary_all_or", make: |_| Box::new(Bits { join: |a, b| a | b, bits: None }) },
    Aggregate { name: "binary_all_xor", make: |_| Box::new(Bits { join: |a, b| a ^ b, bits: None }) },
];

struct Bits {
    join: fn(i64, i64) -> i64,
    bits: Option<i64>,
}

impl Accumulator for Bits {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        let Some(number) = at(values, 0).as_i64() else { return };
        self.bits = Some(self.bits.map_or(number, |bits| (self.join)(bits, number)));
    }

    fn finish(&mut self) -> Vec<Value> {
        vec![self.bits.map_or(Value::Null, Value::Long)]
    }
}
