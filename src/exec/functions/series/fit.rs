//! Lines and polynomials fitted to a series by least squares.

use std::sync::Arc;

use super::{complete, count, mean, reals, variance};
use crate::exec::functions::{Scalar, at};
use crate::exec::value::{Dynamic, Value};

pub(in crate::exec::functions) const FUNCTIONS: &[Scalar] = &[
    Scalar {
        name: "series_fit_line",
        body: |_, v| Ok(line(at(v, 0)).map_or(Value::Null, |fit| row(fit.parts()))),
    },
    Scalar {
        name: "series_fit_line_dynamic",
        body: |_, v| Ok(line(at(v, 0)).map_or(Value::Null, |fit| bag(fit.parts()))),
    },
    Scalar {
        name: "series_fit_2lines",
        body: |_, v| Ok(two_lines(at(v, 0)).map_or(Value::Null, |fit| row(fit.parts()))),
    },
    Scalar {
        name: "series_fit_2lines_dynamic",
        body: |_, v| Ok(two_lines(at(v, 0)).map_or(Value::Null, |fit| bag_of_two(&fit))),
    },
    Scalar { name: "series_fit_poly", body: |_, v| Ok(polynomial(v).unwrap_or(Value::Null)) },
];

type Parts = Vec<(&'static str, Dynamic)>;

fn row(parts: Parts) -> Value {
    Value::array(parts.into_iter().map(|(_, value)| value))
}

fn bag(parts: Parts) -> Value {
    Value::dynamic(Dynamic::Bag(parts.into_iter().map(|(name, value)| (Arc::from(name), value)).collect()))
}

/// A line fitted to a series, whose first number stands at 1.
pub(super) struct Line {
    rsquare: f64,
    slope: f64,
    variance: f64,
    rvariance: f64,
    interception: f64,
    fit: Vec<f64>,
}

impl Line {
    /// The line fitted to a series; nothing of an empty one.
    pub(super) fn of(series: &[f64]) -> Option<Self> {
        if series.is_empty() {
            return None;
        }
        let middle = (count(series.len()) + 1.0) / 2.0;
        let average = mean(series);
        let (mut products, mut squares) = (0.0, 0.0);
        for (place, number) in series.iter().enumerate() {
            let x = count(place + 1) - middle;
            products += x * (number - average);
            squares += x * x;
        }
        let slope = if squares == 0.0 { 0.0 } else { products / squares };
        let interception = average - slope * middle;
        let fit: Vec<f64> = (0..series.len()).map(|place| interception + slope * count(place + 1)).collect();
        let whole = variance(series);
        let rvariance = residual(series, &fit);
        Some(Self {
            rsquare: explained(whole, rvariance),
            slope,
            variance: whole,
            rvariance,
            interception,
            fit,
        })
    }

    /// Its height at a place, counted from 0.
    pub(super) fn at(&self, place: usize) -> f64 {
        self.interception + self.slope * count(place + 1)
    }

    fn parts(self) -> Parts {
        vec![
            ("rsquare", Dynamic::Real(self.rsquare)),
            ("slope", Dynamic::Real(self.slope)),
            ("variance", Dynamic::Real(self.variance)),
            ("rvariance", Dynamic::Real(self.rvariance)),
            ("interception", Dynamic::Real(self.interception)),
            ("line_fit", reals(self.fit)),
        ]
    }
}

/// The variance of what a fit leaves.
fn residual(series: &[f64], fit: &[f64]) -> f64 {
    let rest: Vec<f64> = series.iter().zip(fit).map(|(number, fit)| number - fit).collect();
    variance(&rest)
}

/// The share of the variance that a fit explains.
fn explained(whole: f64, rest: f64) -> f64 {
    if whole == 0.0 { 1.0 } else { 1.0 - rest / whole }
}

fn line(series: &Value) -> Option<Line> {
    Line::of(&complete(series)?)
}

/// Two lines: the split that explains most.
struct TwoLines {
    rsquare: f64,
    split: usize,
    variance: f64,
    rvariance: f64,
    left: Line,
    right: Line,
}

fn two_lines(series: &Value) -> Option<TwoLines> {
    let series = complete(series)?;
    let whole = variance(&series);
    let mut best: Option<TwoLines> = None;
    for split in 1..series.len() {
        let (before, behind) = series.split_at(split);
        let (left, right) = (Line::of(before)?, Line::of(behind)?);
        let fit: Vec<f64> = left.fit.iter().chain(&right.fit).copied().collect();
        let rvariance = residual(&series, &fit);
        let rsquare = explained(whole, rvariance);
        if best.as_ref().is_none_or(|best| rsquare > best.rsquare) {
            best = Some(TwoLines { rsquare, split, variance: whole, rvariance, left, right });
        }
    }
    best
}

impl TwoLines {
    fn own(&self) -> Parts {
        vec![
            ("rsquare", Dynamic::Real(self.rsquare)),
            ("split_idx", Dynamic::Long(i64::try_from(self.split).unwrap_or(i64::MAX))),
            ("variance", Dynamic::Real(self.variance)),
            ("rvariance", Dynamic::Real(self.rvariance)),
            ("line_fit", reals(self.left.fit.iter().chain(&self.right.fit).copied())),
        ]
    }

    fn parts(self) -> Parts {
        let mut parts = self.own();
        parts.extend(side(&self.right));
        parts.extend(side(&self.left));
        parts
    }
}

fn side(line: &Line) -> Parts {
    vec![
        ("rsquare", Dynamic::Real(line.rsquare)),
        ("slope", Dynamic::Real(line.slope)),
        ("interception", Dynamic::Real(line.interception)),
        ("variance", Dynamic::Real(line.variance)),
        ("rvariance", Dynamic::Real(line.rvariance)),
    ]
}

fn bag_of_two(fit: &TwoLines) -> Value {
    let mut parts = fit.own();
    parts.push(("right", bag(side(&fit.right)).to_dynamic()));
    parts.push(("left", bag(side(&fit.left)).to_dynamic()));
    bag(parts)
}

/// `series_fit_poly(y_series, x_series, degree)`
fn polynomial(values: &[Value]) -> Option<Value> {
    let series = complete(at(values, 0))?;
    let places = match values.get(1) {
        Some(given) if !given.is_null() => complete(given)?,
        _ => (1..=series.len()).map(count).collect(),
    };
    let degree = usize::try_from(values.get(2).map_or(Some(1), Value::as_i64)?).ok()?;
    if places.len() != series.len() || series.len() <= degree {
        return None;
    }
    let coefficients = least_squares(&places, &series, degree)?;
    let fit: Vec<f64> = places
        .iter()
        .map(|x| coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient))
        .collect();
    let (whole, rest) = (variance(&series), residual(&series, &fit));
    Some(Value::array([
        Dynamic::Real(explained(whole, rest)),
        reals(coefficients),
        Dynamic::Real(whole),
        Dynamic::Real(rest),
        reals(fit),
    ]))
}

/// The coefficients of the polynomial that fits best, the highest power first: by reflections (Householder), which stays
/// exact where the normal equations do not.
fn least_squares(places: &[f64], series: &[f64], degree: usize) -> Option<Vec<f64>> {
    let width = degree + 1;
    // Each row: the powers of a place, the highest first, and the number there.
    let mut rows: Vec<Vec<f64>> = places
        .iter()
        .zip(series)
        .map(|(x, y)| {
            let mut powers: Vec<f64> =
                std::iter::successors(Some(1.0), |power| Some(power * x)).take(width).collect();
            powers.reverse();
            powers.push(*y);
            powers
        })
        .collect();
    for column in 0..width {
        let length = rows[column..].iter().map(|row| row[column] * row[column]).sum::<f64>().sqrt();
        if length == 0.0 {
            return None;
        }
        let head = rows[column][column];
        let target = if head > 0.0 { -length } else { length };
        let mut normal: Vec<f64> = rows[column..].iter().map(|row| row[column]).collect();
        normal[0] -= target;
        let square: f64 = normal.iter().map(|part| part * part).sum();
        for other in column..=width {
            let product: f64 = normal.iter().zip(&rows[column..]).map(|(part, row)| part * row[other]).sum();
            for (part, row) in normal.iter().zip(&mut rows[column..]) {
                row[other] -= 2.0 * product / square * part;
            }
        }
    }
    let mut coefficients = vec![0.0; width];
    for column in (0..width).rev() {
        let known: f64 = (column + 1..width).map(|other| rows[column][other] * coefficients[other]).sum();
        coefficients[column] = (rows[column][width] - known) / rows[column][column];
    }
    coefficients.iter().all(|part| part.is_finite()).then_some(coefficients)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(json: &str) -> Value {
        Value::dynamic(Dynamic::from_json(json).unwrap())
    }

    #[test]
    fn a_parabola_is_found_again() {
        let y = Value::array((1..=20).map(|x| {
            let x = f64::from(x);
            Dynamic::Real(2.0 * x * x - 3.0 * x + 5.0)
        }));
        let fit = polynomial(&[y, Value::Null, Value::Long(2)]).unwrap();
        let coefficients = complete(&Value::dynamic(fit.as_array().unwrap()[1].clone())).unwrap();
        for (found, wanted) in coefficients.iter().zip([2.0, -3.0, 5.0]) {
            assert!((found - wanted).abs() < 1e-9, "{coefficients:?}");
        }
    }

    #[test]
    fn two_lines_meet_where_the_series_bends() {
        let fit = two_lines(&series("[1,2,3,4,5,4,3,2,1,0]")).unwrap();
        assert!((fit.rsquare - 1.0).abs() < 1e-12);
        assert!(fit.split == 4 || fit.split == 5, "{}", fit.split);
        assert!((fit.left.slope - 1.0).abs() < 1e-12 && (fit.right.slope + 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_series_with_a_gap_has_no_line() {
        assert!(line(&series("[1,null,3]")).is_none());
        assert!(line(&series("[]")).is_none());
    }
}
