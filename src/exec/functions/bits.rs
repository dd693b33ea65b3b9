//! Whole numbers as bits.

use super::{Scalar, at, long_at};
use crate::exec::value::Value;

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "binary_and", body: |_, v| Ok(both(v, |a, b| a & b)) },
    Scalar { name: "binary_or", body: |_, v| Ok(both(v, |a, b| a | b)) },
    Scalar { name: "binary_xor", body: |_, v| Ok(both(v, |a, b| a ^ b)) },
    Scalar {
        name: "binary_not",
        body: |_, v| Ok(long_at(v, 0).map_or(Value::Null, |number| Value::Long(!number))),
    },
    Scalar { name: "binary_shift_left", body: |_, v| Ok(shifted(v, i64::wrapping_shl)) },
    Scalar { name: "binary_shift_right", body: |_, v| Ok(shifted(v, i64::wrapping_shr)) },
    Scalar {
        name: "bitset_count_ones",
        body: |_, v| {
            Ok(long_at(v, 0).map_or(Value::Null, |number| Value::Long(i64::from(number.count_ones()))))
        },
    },
    Scalar { name: "tohex", body: |_, v| Ok(hex(v)) },
];

fn both(values: &[Value], function: fn(i64, i64) -> i64) -> Value {
    long_at(values, 0).zip(long_at(values, 1)).map_or(Value::Null, |(a, b)| Value::Long(function(a, b)))
}

/// The number with its bits moved; null where it is to be moved by less than nothing.
fn shifted(values: &[Value], function: fn(i64, u32) -> i64) -> Value {
    let by = long_at(values, 1).and_then(|by| u32::try_from(by).ok());
    long_at(values, 0).zip(by).map_or(Value::Null, |(number, by)| Value::Long(function(number, by % 64)))
}

/// The digits of a number to the base of 16, with zeros before it up to a length of 16 at most.
fn hex(values: &[Value]) -> Value {
    let digits = match at(values, 0).unwrapped() {
        Value::Int(number) => format!("{number:x}"),
        Value::Long(number) => format!("{number:x}"),
        _ => return Value::Null,
    };
    let least = long_at(values, 1).and_then(|least| usize::try_from(least).ok()).unwrap_or(0).min(16);
    Value::string(format!("{digits:0>least$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_the_bits_of_their_type() {
        let text = |value, least| hex(&[value, Value::Long(least)]);
        assert_eq!(text(Value::Long(-256), 0), Value::string("ffffffffffffff00"));
        assert_eq!(text(Value::Int(-256), 8), Value::string("ffffff00"));
        assert_eq!(text(Value::Long(256), 8), Value::string("00000100"));
        assert_eq!(text(Value::Long(256), 2), Value::string("100"));
    }

    #[test]
    fn shifts_count_up_to_64_and_not_below_zero() {
        assert_eq!(shifted(&[Value::Long(1), Value::Long(66)], i64::wrapping_shl), Value::Long(4));
        assert_eq!(shifted(&[Value::Long(1), Value::Long(-1)], i64::wrapping_shl), Value::Null);
    }
}
