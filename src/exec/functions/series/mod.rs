//! Functions over series: arrays of numbers, as `make-series` makes them.
//!
//! What the documentation leaves open (how a period is scored, how an outlier is) is not here, so that it is reported as
//! not supported offline rather than guessed: `series_periods_detect`, `series_periods_validate`, `series_outliers`,
//! `series_decompose_anomalies`.

mod elementwise;
mod fill;
mod filter;
mod fit;
mod fourier;
mod seasonal;
mod summary;

pub(super) use elementwise::FUNCTIONS as ELEMENTWISE;
pub(super) use fill::FUNCTIONS as FILL;
pub(super) use filter::FUNCTIONS as FILTER;
pub(super) use fit::FUNCTIONS as FIT;
pub(super) use fourier::FUNCTIONS as FOURIER;
pub(super) use seasonal::FUNCTIONS as SEASONAL;
pub(super) use summary::FUNCTIONS as SUMMARY;

use crate::exec::value::{Dynamic, Value};

/// The numbers of a series, none where an element is no number; nothing where the value is no array.
fn numbers(value: &Value) -> Option<Vec<Option<f64>>> {
    Some(value.as_array()?.iter().map(Dynamic::as_f64).collect())
}

/// The numbers of a series; nothing where it is no array or an element is no number.
fn complete(value: &Value) -> Option<Vec<f64>> {
    value.as_array()?.iter().map(Dynamic::as_f64).collect()
}

/// A series of floating-point numbers.
fn reals(numbers: impl IntoIterator<Item = f64>) -> Dynamic {
    Dynamic::Array(numbers.into_iter().map(Dynamic::Real).collect())
}

/// The mean of numbers; NaN where there is none.
fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / count(numbers.len())
}

/// The sample variance of numbers: 0 of one.
fn variance(numbers: &[f64]) -> f64 {
    let middle = mean(numbers);
    let squares: f64 = numbers.iter().map(|number| (number - middle).powi(2)).sum();
    if numbers.len() < 2 { 0.0 } else { squares / count(numbers.len() - 1) }
}

#[expect(clippy::cast_precision_loss, reason = "lengths of arrays")]
fn count(length: usize) -> f64 {
    length as f64
}
