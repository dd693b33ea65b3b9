//! Filters of signal processing.

use super::{complete, reals};
use crate::exec::functions::{Scalar, at};
use crate::exec::value::Value;

pub(in crate::exec::functions) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "series_fir", body: |_, v| Ok(finite(v).unwrap_or(Value::Null)) },
    Scalar { name: "series_iir", body: |_, v| Ok(infinite(v).unwrap_or(Value::Null)) },
];

/// `series_fir(series, filter, normalize, center)`: what lies before the series and behind it counts as 0.
fn finite(values: &[Value]) -> Option<Value> {
    let (series, mut filter) = (complete(at(values, 0))?, complete(at(values, 1))?);
    let negative = filter.iter().any(|part| *part < 0.0);
    let normalize = values.get(2).map_or(!negative, Value::is_true);
    if normalize {
        if negative {
            return None;
        }
        let sum: f64 = filter.iter().sum();
        filter.iter_mut().for_each(|part| *part /= sum);
    }
    let ahead = if at(values, 3).is_true() { filter.len() / 2 } else { 0 };
    let filtered = (0..series.len()).map(|place| {
        let parts = filter.iter().enumerate().filter_map(|(back, part)| {
            let from = (place + ahead).checked_sub(back)?;
            Some(part * series.get(from)?)
        });
        parts.sum()
    });
    Some(Value::dynamic(reals(filtered)))
}

/// `series_iir(series, numerators, denominators)`
fn infinite(values: &[Value]) -> Option<Value> {
    let series = complete(at(values, 0))?;
    let (numerators, denominators) = (complete(at(values, 1))?, complete(at(values, 2))?);
    let (first, rest) = denominators.split_first()?;
    let mut filtered: Vec<f64> = Vec::with_capacity(series.len());
    for place in 0..series.len() {
        let before = |of: &[f64], back: usize| place.checked_sub(back).and_then(|at| of.get(at).copied());
        let input: f64 = numerators
            .iter()
            .enumerate()
            .filter_map(|(back, part)| Some(part * before(&series, back)?))
            .sum();
        let output: f64 = rest
            .iter()
            .enumerate()
            .filter_map(|(back, part)| Some(part * before(&filtered, back + 1)?))
            .sum();
        filtered.push((input - output) / first);
    }
    Some(Value::dynamic(reals(filtered)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::value::Dynamic;

    fn series(json: &str) -> Value {
        Value::dynamic(Dynamic::from_json(json).unwrap())
    }

    #[test]
    fn filters_reach_back_and_to_both_sides() {
        let difference = finite(&[series("[0,0,2,2,3]"), series("[1,-1]")]).unwrap();
        assert_eq!(difference.to_text(), "[0.0,0.0,2.0,0.0,1.0]");
        let average = finite(&[series("[0,0,10,0,0]"), series("[1,1,1,1,1]")]).unwrap();
        assert_eq!(average.to_text(), "[0.0,0.0,2.0,2.0,2.0]");
        let centred = [series("[0,0,10,0,0]"), series("[1,1,1]"), Value::Bool(false), Value::Bool(true)];
        assert_eq!(finite(&centred).unwrap().to_text(), "[0.0,10.0,10.0,10.0,0.0]");
        assert!(finite(&[series("[1]"), series("[1,-1]"), Value::Bool(true)]).is_none());
    }

    #[test]
    fn a_recursive_filter_sums_up() {
        let sums = infinite(&[series("[1,2,3]"), series("[1]"), series("[1,-1]")]).unwrap();
        assert_eq!(sums.to_text(), "[1.0,3.0,6.0]");
    }
}
