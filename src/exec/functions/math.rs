//! Mathematics: roots, logarithms, angles, rounding, what is the greatest of several values.

use std::cmp::Ordering;

use rust_decimal::{Decimal, MathematicalOps, RoundingStrategy};

use super::arithmetic::{add, bin, subtract};
use super::{Scalar, at};
use crate::exec::value::{Value, compare};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "abs", body: |_, v| Ok(absolute(&at(v, 0).unwrapped())) },
    Scalar { name: "acos", body: |_, v| Ok(within_one(v, f64::acos)) },
    Scalar { name: "asin", body: |_, v| Ok(within_one(v, f64::asin)) },
    Scalar { name: "atan", body: |_, v| Ok(real(v, f64::atan)) },
    Scalar { name: "atan2", body: |_, v| Ok(reals(v, f64::atan2)) },
    Scalar { name: "bin_at", body: |_, v| Ok(bin_at(v)) },
    Scalar { name: "ceiling", body: |_, v| Ok(real(v, f64::ceil)) },
    Scalar { name: "cos", body: |_, v| Ok(real(v, f64::cos)) },
    Scalar { name: "cot", body: |_, v| Ok(real(v, |x| 1.0 / x.tan())) },
    Scalar { name: "degrees", body: |_, v| Ok(real(v, f64::to_degrees)) },
    Scalar { name: "exp", body: |_, v| Ok(real(v, f64::exp)) },
    Scalar { name: "exp10", body: |_, v| Ok(real(v, |x| 10_f64.powf(x))) },
    Scalar { name: "exp2", body: |_, v| Ok(real(v, f64::exp2)) },
    Scalar { name: "gamma", body: |_, v| Ok(real(v, libm::tgamma)) },
    Scalar { name: "isfinite", body: |_, v| Ok(at(v, 0).as_f64().is_some_and(f64::is_finite).into()) },
    Scalar { name: "isinf", body: |_, v| Ok(at(v, 0).as_f64().is_some_and(f64::is_infinite).into()) },
    Scalar { name: "isnan", body: |_, v| Ok(at(v, 0).as_f64().is_some_and(f64::is_nan).into()) },
    Scalar { name: "log", body: |_, v| Ok(not_negative(v, f64::ln)) },
    Scalar { name: "log10", body: |_, v| Ok(not_negative(v, f64::log10)) },
    Scalar { name: "log2", body: |_, v| Ok(not_negative(v, f64::log2)) },
    Scalar { name: "loggamma", body: |_, v| Ok(real(v, libm::lgamma)) },
    Scalar { name: "max_of", body: |_, v| Ok(extreme(v, Ordering::Greater)) },
    Scalar { name: "min_of", body: |_, v| Ok(extreme(v, Ordering::Less)) },
    Scalar { name: "pi", body: |_, _| Ok(Value::Real(std::f64::consts::PI)) },
    Scalar { name: "pow", body: |_, v| Ok(power(v)) },
    Scalar { name: "radians", body: |_, v| Ok(real(v, f64::to_radians)) },
    Scalar { name: "round", body: |_, v| Ok(round(v)) },
    Scalar { name: "sign", body: |_, v| Ok(sign(v)) },
    Scalar { name: "sin", body: |_, v| Ok(real(v, f64::sin)) },
    Scalar { name: "sqrt", body: |_, v| Ok(not_negative(v, f64::sqrt)) },
    Scalar { name: "tan", body: |_, v| Ok(real(v, f64::tan)) },
];

fn real(values: &[Value], function: fn(f64) -> f64) -> Value {
    Value::number(at(values, 0).as_f64().map(function))
}

fn reals(values: &[Value], function: fn(f64, f64) -> f64) -> Value {
    Value::number(at(values, 0).as_f64().zip(at(values, 1).as_f64()).map(|(a, b)| function(a, b)))
}

/// A function that has no value for negative numbers.
fn not_negative(values: &[Value], function: fn(f64) -> f64) -> Value {
    Value::number(at(values, 0).as_f64().filter(|number| *number >= 0.0 || number.is_nan()).map(function))
}

/// A function that has no value out of -1 to 1.
fn within_one(values: &[Value], function: fn(f64) -> f64) -> Value {
    Value::number(
        at(values, 0).as_f64().filter(|number| number.abs() <= 1.0 || number.is_nan()).map(function),
    )
}

fn absolute(value: &Value) -> Value {
    match value {
        Value::Int(number) => Value::Int(number.wrapping_abs()),
        Value::Long(number) => Value::Long(number.wrapping_abs()),
        Value::Real(number) => Value::Real(number.abs()),
        Value::Decimal(number) => Value::Decimal(number.abs()),
        Value::TimeSpan(span) => Value::TimeSpan(crate::exec::value::TimeSpan(span.0.wrapping_abs())),
        _ => Value::Null,
    }
}

/// `bin` with bins that begin at a point other than zero.
fn bin_at(values: &[Value]) -> Value {
    let [value, step, point] = [0, 1, 2].map(|index| at(values, index).unwrapped());
    add(&bin(&subtract(&value, &point), &step), &point)
}

fn power(values: &[Value]) -> Value {
    if let (Value::Decimal(base), exponent) = (at(values, 0), at(values, 1)) {
        let power = match exponent {
            Value::Decimal(exponent) => base.checked_powd(*exponent),
            _ => exponent.as_i64().and_then(|exponent| base.checked_powi(exponent)),
        };
        if let Some(power) = power {
            return Value::Decimal(power);
        }
    }
    reals(values, f64::powf)
}

/// The number to so many digits behind the point, or before it where that is negative; halves away from zero.
fn round(values: &[Value]) -> Value {
    let digits = at(values, 1).as_i64().unwrap_or(0);
    match at(values, 0).unwrapped() {
        value @ (Value::Int(_) | Value::Long(_)) if digits >= 0 => value,
        Value::Decimal(number) => decimal_round(number, digits).map_or(Value::Null, Value::Decimal),
        value => Value::number(value.as_f64().map(|number| real_round(number, digits))),
    }
}

fn real_round(number: f64, digits: i64) -> f64 {
    let Ok(digits) = i32::try_from(digits) else { return number };
    let factor = 10_f64.powi(digits.abs());
    let rounded =
        if digits < 0 { (number / factor).round() * factor } else { (number * factor).round() / factor };
    // So many digits that the factor is out of range leave the number as it is.
    if rounded.is_finite() { rounded } else { number }
}

fn decimal_round(number: Decimal, digits: i64) -> Option<Decimal> {
    let places = u32::try_from(digits.unsigned_abs()).ok()?;
    if digits >= 0 {
        return Some(number.round_dp_with_strategy(places.min(28), RoundingStrategy::MidpointAwayFromZero));
    }
    let factor = Decimal::from(10_u8).checked_powi(i64::from(places))?;
    let whole = (number / factor).round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    whole.checked_mul(factor)
}

fn sign(values: &[Value]) -> Value {
    match at(values, 0).as_f64() {
        Some(number) if number > 0.0 => Value::Long(1),
        Some(number) if number < 0.0 => Value::Long(-1),
        Some(0.0) => Value::Long(0),
        _ => Value::Null,
    }
}

/// The least or greatest value; null counts only where there is nothing else.
fn extreme(values: &[Value], wanted: Ordering) -> Value {
    let mut best = &Value::Null;
    for value in values {
        if best.is_null() || compare(value, best) == Some(wanted) {
            best = value;
        }
    }
    best.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (number, digits, expected) in
            [(2.98765, 3, 2.988), (2.15, 1, 2.2), (2.15, 0, 2.0), (-50.55, -2, -100.0), (21.5, -1, 20.0)]
        {
            assert_eq!(round(&[Value::Real(number), Value::Long(digits)]), Value::Real(expected));
        }
        assert_eq!(round(&[Value::Real(-0.5)]), Value::Real(-1.0));
        assert_eq!(round(&[Value::Long(7)]), Value::Long(7));
        assert_eq!(round(&[Value::Null]), Value::Null);
    }

    #[test]
    fn what_has_no_value_is_null() {
        assert_eq!(not_negative(&[Value::Real(-1.0)], f64::sqrt), Value::Null);
        assert_eq!(within_one(&[Value::Long(2)], f64::acos), Value::Null);
        assert_eq!(extreme(&[Value::Null, Value::Long(3), Value::Long(2)], Ordering::Less), Value::Long(2));
    }
}
