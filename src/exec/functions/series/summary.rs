//! Functions that make one value of a series, or of two.

use std::sync::Arc;

use super::{complete, mean, numbers, variance};
use crate::exec::functions::{Scalar, at};
use crate::exec::value::{Dynamic, Value};

pub(in crate::exec::functions) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "series_sum", body: |_, v| Ok(fold(at(v, 0), |numbers| numbers.iter().sum())) },
    Scalar { name: "series_product", body: |_, v| Ok(fold(at(v, 0), |numbers| numbers.iter().product())) },
    Scalar { name: "series_magnitude", body: |_, v| Ok(fold(at(v, 0), magnitude)) },
    Scalar {
        name: "series_dot_product",
        body: |_, v| Ok(dot_product(at(v, 0), at(v, 1)).unwrap_or(Value::Null)),
    },
    Scalar { name: "series_cosine_similarity", body: |_, v| Ok(cosine(v).unwrap_or(Value::Null)) },
    Scalar {
        name: "series_pearson_correlation",
        body: |_, v| Ok(pearson(at(v, 0), at(v, 1)).unwrap_or(Value::Null)),
    },
    Scalar { name: "series_stats", body: |_, v| Ok(stats_row(v)) },
    Scalar { name: "series_stats_dynamic", body: |_, v| Ok(stats_bag(v)) },
];

/// One number of all numbers of a series; null where an element is none.
fn fold(series: &Value, of: impl Fn(&[f64]) -> f64) -> Value {
    complete(series).map_or(Value::Null, |numbers| Value::Real(of(&numbers)))
}

fn magnitude(numbers: &[f64]) -> f64 {
    numbers.iter().map(|number| number * number).sum::<f64>().sqrt()
}

/// The sum of the products; a number in place of a series stands for a series of it.
fn dot_product(left: &Value, right: &Value) -> Option<Value> {
    let sum = match (complete(left), complete(right)) {
        (Some(a), Some(b)) if a.len() == b.len() => a.iter().zip(&b).map(|(a, b)| a * b).sum(),
        (Some(_), Some(_)) => return None,
        (Some(series), None) => series.iter().sum::<f64>() * right.as_f64()?,
        (None, Some(series)) => series.iter().sum::<f64>() * left.as_f64()?,
        (None, None) => return None,
    };
    Some(Value::Real(sum))
}

/// `series_cosine_similarity(series1, series2, magnitude1, magnitude2)`: the longer series is cut, and what is no number
/// is passed over.
fn cosine(values: &[Value]) -> Option<Value> {
    let (left, right) = (numbers(at(values, 0))?, numbers(at(values, 1))?);
    let (left, right): (Vec<f64>, Vec<f64>) =
        left.iter().zip(&right).filter_map(|(a, b)| Some(((*a)?, (*b)?))).unzip();
    if left.is_empty() {
        return None;
    }
    let length = |given: Option<&Value>, series: &[f64]| {
        given.and_then(Value::as_f64).unwrap_or_else(|| magnitude(series))
    };
    let product: f64 = left.iter().zip(&right).map(|(a, b)| a * b).sum();
    Some(Value::Real(product / (length(values.get(2), &left) * length(values.get(3), &right))))
}

fn pearson(left: &Value, right: &Value) -> Option<Value> {
    let (left, right) = (complete(left)?, complete(right)?);
    if left.len() != right.len() || left.is_empty() {
        return None;
    }
    let (left_mean, right_mean) = (mean(&left), mean(&right));
    let (mut both, mut of_left, mut of_right) = (0.0, 0.0, 0.0);
    for (a, b) in left.iter().zip(&right) {
        let (a, b) = (a - left_mean, b - right_mean);
        both += a * b;
        of_left += a * a;
        of_right += b * b;
    }
    Some(Value::Real(both / (of_left * of_right).sqrt()))
}

/// What the statistics functions say of a series.
struct Stats {
    least: (f64, usize),
    greatest: (f64, usize),
    average: f64,
    variance: f64,
    sum: f64,
    length: usize,
}

/// The statistics of a series; nothing where it has an element that is no finite number, unless those are passed over.
fn stats(values: &[Value]) -> Option<Stats> {
    let pass_over = at(values, 1).is_true();
    let mut finite = Vec::new();
    for (place, number) in numbers(at(values, 0))?.into_iter().enumerate() {
        match number {
            Some(number) if number.is_finite() => finite.push((number, place)),
            _ if pass_over => {}
            _ => return None,
        }
    }
    let mut least = *finite.first()?;
    let mut greatest = least;
    for item in &finite {
        if item.0 < least.0 {
            least = *item;
        }
        if item.0 > greatest.0 {
            greatest = *item;
        }
    }
    let plain: Vec<f64> = finite.iter().map(|(number, _)| *number).collect();
    Some(Stats {
        least,
        greatest,
        average: mean(&plain),
        variance: variance(&plain),
        sum: plain.iter().sum(),
        length: plain.len(),
    })
}

fn index(place: usize) -> Dynamic {
    Dynamic::Long(i64::try_from(place).unwrap_or(i64::MAX))
}

fn stats_row(values: &[Value]) -> Value {
    let Some(stats) = stats(values) else { return Value::Null };
    Value::array([
        Dynamic::Real(stats.least.0),
        index(stats.least.1),
        Dynamic::Real(stats.greatest.0),
        index(stats.greatest.1),
        Dynamic::Real(stats.average),
        Dynamic::Real(stats.variance.sqrt()),
        Dynamic::Real(stats.variance),
    ])
}

fn stats_bag(values: &[Value]) -> Value {
    let Some(stats) = stats(values) else { return Value::Null };
    let entries = [
        ("min", Dynamic::Real(stats.least.0)),
        ("min_idx", index(stats.least.1)),
        ("max", Dynamic::Real(stats.greatest.0)),
        ("max_idx", index(stats.greatest.1)),
        ("avg", Dynamic::Real(stats.average)),
        ("stdev", Dynamic::Real(stats.variance.sqrt())),
        ("variance", Dynamic::Real(stats.variance)),
        ("sum", Dynamic::Real(stats.sum)),
        ("len", index(stats.length)),
    ];
    let entries = entries.map(|(name, value)| (Arc::from(name), value));
    Value::dynamic(Dynamic::Bag(entries.into_iter().collect()))
}
