//! Functions that work element by element.

use crate::exec::functions::{Scalar, at};
use crate::exec::value::{Dynamic, Value};

pub(in crate::exec::functions) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "series_abs", body: |_, v| Ok(each(at(v, 0), absolute)) },
    Scalar { name: "series_acos", body: |_, v| Ok(each_real(at(v, 0), f64::acos)) },
    Scalar { name: "series_asin", body: |_, v| Ok(each_real(at(v, 0), f64::asin)) },
    Scalar { name: "series_atan", body: |_, v| Ok(each_real(at(v, 0), f64::atan)) },
    Scalar { name: "series_ceiling", body: |_, v| Ok(each_real(at(v, 0), f64::ceil)) },
    Scalar { name: "series_cos", body: |_, v| Ok(each_real(at(v, 0), f64::cos)) },
    Scalar { name: "series_exp", body: |_, v| Ok(each_real(at(v, 0), f64::exp)) },
    Scalar { name: "series_floor", body: |_, v| Ok(each_real(at(v, 0), f64::floor)) },
    Scalar { name: "series_log", body: |_, v| Ok(each_real(at(v, 0), f64::ln)) },
    Scalar { name: "series_sign", body: |_, v| Ok(each(at(v, 0), sign)) },
    Scalar { name: "series_sin", body: |_, v| Ok(each_real(at(v, 0), f64::sin)) },
    Scalar { name: "series_tan", body: |_, v| Ok(each_real(at(v, 0), f64::tan)) },
    Scalar {
        name: "series_add",
        body: |_, v| Ok(pairs(v, |a, b| number(a, b, i64::wrapping_add, |a, b| a + b))),
    },
    Scalar {
        name: "series_subtract",
        body: |_, v| Ok(pairs(v, |a, b| number(a, b, i64::wrapping_sub, |a, b| a - b))),
    },
    Scalar {
        name: "series_multiply",
        body: |_, v| Ok(pairs(v, |a, b| number(a, b, i64::wrapping_mul, |a, b| a * b))),
    },
    Scalar { name: "series_divide", body: |_, v| Ok(pairs(v, |a, b| real(a, b, |a, b| a / b))) },
    Scalar { name: "series_pow", body: |_, v| Ok(pairs(v, |a, b| real(a, b, f64::powf))) },
    Scalar { name: "series_equals", body: |_, v| Ok(pairs(v, |a, b| truth(a, b, |a, b| a == b))) },
    Scalar { name: "series_not_equals", body: |_, v| Ok(pairs(v, |a, b| truth(a, b, |a, b| a != b))) },
    Scalar { name: "series_less", body: |_, v| Ok(pairs(v, |a, b| truth(a, b, |a, b| a < b))) },
    Scalar { name: "series_less_equals", body: |_, v| Ok(pairs(v, |a, b| truth(a, b, |a, b| a <= b))) },
    Scalar { name: "series_greater", body: |_, v| Ok(pairs(v, |a, b| truth(a, b, |a, b| a > b))) },
    Scalar { name: "series_greater_equals", body: |_, v| Ok(pairs(v, |a, b| truth(a, b, |a, b| a >= b))) },
];

/// A function of each element: null of one that is no number.
fn each(series: &Value, of: impl Fn(&Dynamic) -> Dynamic) -> Value {
    series.as_array().map_or(Value::Null, |items| Value::array(items.iter().map(of)))
}

fn each_real(series: &Value, of: impl Fn(f64) -> f64) -> Value {
    each(series, |item| item.as_f64().map_or(Dynamic::Null, |number| Dynamic::Real(of(number))))
}

fn absolute(item: &Dynamic) -> Dynamic {
    match item {
        Dynamic::Long(number) => Dynamic::Long(number.wrapping_abs()),
        _ => item.as_f64().map_or(Dynamic::Null, |number| Dynamic::Real(number.abs())),
    }
}

fn sign(item: &Dynamic) -> Dynamic {
    match item.as_f64() {
        Some(number) if number > 0.0 => Dynamic::Long(1),
        Some(number) if number < 0.0 => Dynamic::Long(-1),
        Some(_) => Dynamic::Long(0),
        None => Dynamic::Null,
    }
}

/// A function of the elements of two series at each place: null where one has none. One of both may be a number, which
/// then stands at every place.
fn pairs(values: &[Value], of: impl Fn(&Dynamic, &Dynamic) -> Dynamic) -> Value {
    let (left, right) = (at(values, 0), at(values, 1));
    let (left_items, right_items) = (left.as_array(), right.as_array());
    let length = match (left_items, right_items) {
        (Some(a), Some(b)) => a.len().max(b.len()),
        (Some(items), None) | (None, Some(items)) => items.len(),
        (None, None) => return Value::Null,
    };
    let (left, right) = (left.to_dynamic(), right.to_dynamic());
    let element = |items: Option<&[Dynamic]>, scalar: &Dynamic, place: usize| match items {
        Some(items) => items.get(place).cloned().unwrap_or(Dynamic::Null),
        None => scalar.clone(),
    };
    Value::array(
        (0..length).map(|place| of(&element(left_items, &left, place), &element(right_items, &right, place))),
    )
}

fn number(a: &Dynamic, b: &Dynamic, whole: fn(i64, i64) -> i64, of: fn(f64, f64) -> f64) -> Dynamic {
    match (a, b) {
        (Dynamic::Long(a), Dynamic::Long(b)) => Dynamic::Long(whole(*a, *b)),
        _ => real(a, b, of),
    }
}

fn real(a: &Dynamic, b: &Dynamic, of: fn(f64, f64) -> f64) -> Dynamic {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => Dynamic::Real(of(a, b)),
        _ => Dynamic::Null,
    }
}

fn truth(a: &Dynamic, b: &Dynamic, of: fn(f64, f64) -> bool) -> Dynamic {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => Dynamic::Bool(of(a, b)),
        _ => Dynamic::Null,
    }
}
