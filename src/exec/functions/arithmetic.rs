//! Arithmetic of numbers, times and spans.

use rust_decimal::prelude::ToPrimitive;

use super::{Scalar, at};
use crate::catalog::ScalarType;
use crate::exec::value::{TimeSpan, Value, coerce};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "+", body: |_, v| Ok(add(&at(v, 0).unwrapped(), &at(v, 1).unwrapped())) },
    Scalar { name: "-", body: |_, v| Ok(subtract(&at(v, 0).unwrapped(), &at(v, 1).unwrapped())) },
    Scalar { name: "*", body: |_, v| Ok(multiply(&at(v, 0).unwrapped(), &at(v, 1).unwrapped())) },
    Scalar { name: "/", body: |_, v| Ok(divide(&at(v, 0).unwrapped(), &at(v, 1).unwrapped())) },
    Scalar { name: "%", body: |_, v| Ok(modulo(&at(v, 0).unwrapped(), &at(v, 1).unwrapped())) },
    Scalar { name: "unary -", body: |_, v| Ok(negate(&at(v, 0).unwrapped())) },
    Scalar { name: "unary +", body: |_, v| Ok(at(v, 0).clone()) },
    Scalar { name: "bin", body: |_, v| Ok(bin(&at(v, 0).unwrapped(), &at(v, 1).unwrapped())) },
    Scalar { name: "floor", body: |_, v| Ok(bin(&at(v, 0).unwrapped(), &at(v, 1).unwrapped())) },
    Scalar { name: "rand", body: |call, v| Ok(random(call.run.random(), at(v, 0))) },
    Scalar { name: "now", body: |call, v| Ok(now(call.run.options.now, at(v, 0))) },
    Scalar { name: "ago", body: |call, v| Ok(now(call.run.options.now, &negate(&at(v, 0).unwrapped()))) },
];

/// A number from 0 up to 1; with an argument of 2 or more, a whole number below that.
fn random(fraction: f64, below: &Value) -> Value {
    match below.as_i64() {
        #[expect(clippy::cast_precision_loss, reason = "as the service does")]
        Some(below) if below > 1 => Value::Real((fraction * below as f64).floor()),
        _ => Value::Real(fraction),
    }
}

fn now(clock: crate::exec::value::DateTime, offset: &Value) -> Value {
    match offset {
        Value::TimeSpan(span) => clock.plus(*span).map_or(Value::Null, Value::DateTime),
        _ => Value::DateTime(clock),
    }
}

/// Two numbers in the widest type of both.
enum Pair {
    Int(i32, i32),
    Long(i64, i64),
    Decimal(rust_decimal::Decimal, rust_decimal::Decimal),
    Real(f64, f64),
}

fn pair(left: &Value, right: &Value) -> Option<Pair> {
    if let (Value::Int(a), Value::Int(b)) = (left, right) {
        return Some(Pair::Int(*a, *b));
    }
    if let (Some(a), Some(b)) = (left.as_i64(), right.as_i64()) {
        return Some(Pair::Long(a, b));
    }
    if matches!(left, Value::Decimal(_)) || matches!(right, Value::Decimal(_)) {
        let decimal = |value: &Value| match coerce(value, ScalarType::Decimal) {
            Value::Decimal(number) => Some(number),
            _ => None,
        };
        return Some(Pair::Decimal(decimal(left)?, decimal(right)?));
    }
    Some(Pair::Real(left.as_f64()?, right.as_f64()?))
}

/// The sum, null where there is none.
pub(in crate::exec) fn add(left: &Value, right: &Value) -> Value {
    match (left, right) {
        (Value::DateTime(time), Value::TimeSpan(span)) | (Value::TimeSpan(span), Value::DateTime(time)) => {
            time.plus(*span).map_or(Value::Null, Value::DateTime)
        }
        (Value::TimeSpan(a), Value::TimeSpan(b)) => span(a.0.checked_add(b.0)),
        _ => match pair(left, right) {
            Some(Pair::Int(a, b)) => Value::Int(a.wrapping_add(b)),
            Some(Pair::Long(a, b)) => Value::Long(a.wrapping_add(b)),
            Some(Pair::Decimal(a, b)) => a.checked_add(b).map_or(Value::Null, Value::Decimal),
            Some(Pair::Real(a, b)) => Value::Real(a + b),
            None => Value::Null,
        },
    }
}

/// The difference, null where there is none.
pub(in crate::exec) fn subtract(left: &Value, right: &Value) -> Value {
    match (left, right) {
        (Value::DateTime(a), Value::DateTime(b)) => Value::TimeSpan(a.since(*b)),
        (Value::DateTime(time), Value::TimeSpan(by)) => {
            by.0.checked_neg().and_then(|back| time.plus(TimeSpan(back))).map_or(Value::Null, Value::DateTime)
        }
        (Value::TimeSpan(a), Value::TimeSpan(b)) => span(a.0.checked_sub(b.0)),
        _ => match pair(left, right) {
            Some(Pair::Int(a, b)) => Value::Int(a.wrapping_sub(b)),
            Some(Pair::Long(a, b)) => Value::Long(a.wrapping_sub(b)),
            Some(Pair::Decimal(a, b)) => a.checked_sub(b).map_or(Value::Null, Value::Decimal),
            Some(Pair::Real(a, b)) => Value::Real(a - b),
            None => Value::Null,
        },
    }
}

fn multiply(left: &Value, right: &Value) -> Value {
    match (left, right) {
        (Value::TimeSpan(time), number) | (number, Value::TimeSpan(time)) => match number.as_i64() {
            Some(number) => span(time.0.checked_mul(number)),
            None => number.as_f64().map_or(Value::Null, |number| scaled(*time, number)),
        },
        _ => match pair(left, right) {
            Some(Pair::Int(a, b)) => Value::Int(a.wrapping_mul(b)),
            Some(Pair::Long(a, b)) => Value::Long(a.wrapping_mul(b)),
            Some(Pair::Decimal(a, b)) => a.checked_mul(b).map_or(Value::Null, Value::Decimal),
            Some(Pair::Real(a, b)) => Value::Real(a * b),
            None => Value::Null,
        },
    }
}

/// The quotient; a whole number of whole numbers, cut off towards zero, null by zero.
pub(in crate::exec) fn divide(left: &Value, right: &Value) -> Value {
    match (left, right) {
        #[expect(clippy::cast_precision_loss, reason = "as the service does")]
        (Value::TimeSpan(a), Value::TimeSpan(b)) => Value::Real(a.0 as f64 / b.0 as f64),
        (Value::TimeSpan(time), number) => match number.as_f64() {
            Some(number) if number != 0.0 => scaled(*time, 1.0 / number),
            _ => Value::Null,
        },
        _ => match pair(left, right) {
            Some(Pair::Int(a, b)) => a.checked_div(b).map_or(Value::Null, Value::Int),
            Some(Pair::Long(a, b)) => a.checked_div(b).map_or(Value::Null, Value::Long),
            Some(Pair::Decimal(a, b)) => a.checked_div(b).map_or(Value::Null, Value::Decimal),
            Some(Pair::Real(a, b)) => Value::Real(a / b),
            None => Value::Null,
        },
    }
}

/// What is left of a division, never negative where the divisor is a whole number.
fn modulo(left: &Value, right: &Value) -> Value {
    match (left, right) {
        (Value::TimeSpan(a), Value::TimeSpan(b)) => span(a.0.checked_rem(b.0)),
        _ => match pair(left, right) {
            Some(Pair::Int(a, b)) => a.checked_rem_euclid(b).map_or(Value::Null, Value::Int),
            Some(Pair::Long(a, b)) => a.checked_rem_euclid(b).map_or(Value::Null, Value::Long),
            Some(Pair::Decimal(a, b)) => a.checked_rem(b).map_or(Value::Null, Value::Decimal),
            Some(Pair::Real(a, b)) => Value::Real(a % b),
            None => Value::Null,
        },
    }
}

/// The number or span with the other sign.
pub(in crate::exec) fn negate(value: &Value) -> Value {
    match value {
        Value::Int(number) => Value::Int(number.wrapping_neg()),
        Value::Long(number) => Value::Long(number.wrapping_neg()),
        Value::Real(number) => Value::Real(-number),
        Value::Decimal(number) => Value::Decimal(-number),
        Value::TimeSpan(time) => span(time.0.checked_neg()),
        _ => Value::Null,
    }
}

/// The greatest multiple of `step` that is not above `value`.
pub(in crate::exec) fn bin(value: &Value, step: &Value) -> Value {
    match (value, step) {
        (Value::DateTime(time), Value::TimeSpan(step)) if step.0 > 0 => {
            let ticks = time.ticks() - time.ticks().rem_euclid(step.0);
            crate::exec::value::DateTime::from_ticks(ticks).map_or(Value::Null, Value::DateTime)
        }
        (Value::TimeSpan(time), Value::TimeSpan(step)) if step.0 > 0 => {
            span(time.0.checked_sub(time.0.rem_euclid(step.0)))
        }
        _ => match pair(value, step) {
            Some(Pair::Int(a, b)) if b > 0 => Value::Int(a - a.rem_euclid(b)),
            Some(Pair::Long(a, b)) if b > 0 => Value::Long(a - a.rem_euclid(b)),
            Some(Pair::Decimal(a, b)) if b.to_f64().is_some_and(|b| b > 0.0) => {
                Value::Decimal((a / b).floor() * b)
            }
            Some(Pair::Real(a, b)) if b > 0.0 => Value::Real((a / b).floor() * b),
            _ => Value::Null,
        },
    }
}

fn span(ticks: Option<i64>) -> Value {
    ticks.map_or(Value::Null, |ticks| Value::TimeSpan(TimeSpan(ticks)))
}

fn scaled(time: TimeSpan, by: f64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "as the service does")]
    let ticks = time.0 as f64 * by;
    match coerce(&Value::Real(ticks), ScalarType::Long) {
        Value::Long(ticks) => span(Some(ticks)),
        _ => Value::Null,
    }
}
