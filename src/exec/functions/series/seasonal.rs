//! Series taken apart: season, trend and what is left.

use super::fit::Line;
use super::{complete, mean, reals};
use crate::exec::error::Result;
use crate::exec::functions::{Call, Scalar, at};
use crate::exec::value::{Dynamic, Value};

pub(in crate::exec::functions) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "series_seasonal", body: seasonal },
    Scalar { name: "series_decompose", body: decompose },
    Scalar { name: "series_decompose_forecast", body: forecast },
];

/// The period that is given. How the service finds one is not documented.
fn period(call: &Call<'_>, given: Option<&Value>) -> Result<usize> {
    match given.map_or(Some(-1), Value::as_i64).map(usize::try_from) {
        Some(Ok(period)) => Ok(period),
        _ => Err(call.error(
            "finding the period of a series is not supported offline: give it as a number, 0 for none",
        )),
    }
}

/// The median of the numbers in the same phase, for each number; 0 without a period. Only the first `learned` numbers are
/// looked at.
fn season(series: &[f64], period: usize, learned: usize) -> Vec<f64> {
    if period == 0 {
        return vec![0.0; series.len()];
    }
    let phases: Vec<f64> = (0..period)
        .map(|phase| median(series.iter().take(learned).skip(phase).step_by(period).copied().collect()))
        .collect();
    (0..series.len()).map(|place| phases.get(place % period).copied().unwrap_or(0.0)).collect()
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let half = numbers.len() / 2;
    match numbers.get(half) {
        None => 0.0,
        Some(upper) if numbers.len() % 2 == 1 => *upper,
        Some(upper) => (numbers[half - 1] + upper) / 2.0,
    }
}

/// `series_seasonal(series, period)`
fn seasonal(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let Some(series) = complete(at(values, 0)) else { return Ok(Value::Null) };
    let period = period(call, values.get(1))?;
    Ok(Value::dynamic(reals(season(&series, period, series.len()))))
}

/// What a series is made of.
struct Parts {
    baseline: Vec<f64>,
    seasonal: Vec<f64>,
    trend: Vec<f64>,
    residual: Vec<f64>,
}

/// Takes a series apart as the documentation says: the season first, the trend from what is left.
fn taken_apart(
    call: &Call<'_>,
    series: &[f64],
    period: usize,
    trend: Option<&Value>,
    tested: usize,
) -> Result<Parts> {
    let learned = series.len().saturating_sub(tested);
    let seasonal = season(series, period, learned);
    let rest: Vec<f64> = series.iter().zip(&seasonal).map(|(number, season)| number - season).collect();
    let known = &rest[..learned];
    let trend = match trend.map_or(std::borrow::Cow::Borrowed("avg"), Value::to_text).as_ref() {
        "avg" => vec![if known.is_empty() { 0.0 } else { mean(known) }; series.len()],
        "linefit" => line(known, series.len()),
        "none" => vec![0.0; series.len()],
        other => return Err(call.error(format!("`{other}` is no trend: `avg`, `linefit` or `none`"))),
    };
    let baseline: Vec<f64> = seasonal.iter().zip(&trend).map(|(season, trend)| season + trend).collect();
    let residual = series.iter().zip(&baseline).map(|(number, baseline)| number - baseline).collect();
    Ok(Parts { baseline, seasonal, trend, residual })
}

/// The line through the first numbers, as long as the series.
fn line(known: &[f64], length: usize) -> Vec<f64> {
    let Some(line) = Line::of(known) else { return vec![0.0; length] };
    (0..length).map(|place| line.at(place)).collect()
}

fn points(value: &Value) -> usize {
    value.as_i64().and_then(|points| usize::try_from(points).ok()).unwrap_or(0)
}

/// `series_decompose(series, seasonality, trend, test_points, seasonality_threshold)`
fn decompose(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let Some(series) = complete(at(values, 0)) else { return Ok(Value::Null) };
    let period = period(call, values.get(1))?;
    let parts = taken_apart(call, &series, period, values.get(2), points(at(values, 3)))?;
    Ok(Value::array([
        reals(parts.baseline),
        reals(parts.seasonal),
        reals(parts.trend),
        reals(parts.residual),
    ]))
}

/// `series_decompose_forecast(series, points, seasonality, trend, seasonality_threshold)`
fn forecast(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let Some(items) = at(values, 0).as_array() else { return Ok(Value::Null) };
    let tested = points(at(values, 1));
    let learned = items.len().saturating_sub(tested);
    // What is to be forecast may be missing.
    let series: Option<Vec<f64>> = items
        .iter()
        .enumerate()
        .map(|(place, item)| item.as_f64().or((place >= learned).then_some(0.0)))
        .collect();
    let Some(series) = series else { return Ok(Value::Null) };
    let period = period(call, values.get(2))?;
    let parts = taken_apart(call, &series, period, values.get(3), tested)?;
    Ok(Value::dynamic(Dynamic::Array(parts.baseline.into_iter().map(Dynamic::Real).collect())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_season_is_the_median_of_each_phase() {
        assert_eq!(season(&[1.0, 3.0, 5.0, 2.0, 4.0, 6.0], 3, 6), [1.5, 3.5, 5.5, 1.5, 3.5, 5.5]);
        // What is only to be forecast teaches nothing.
        assert_eq!(season(&[1.0, 3.0, 9.0, 9.0], 2, 2), [1.0, 3.0, 1.0, 3.0]);
        assert_eq!(season(&[1.0, 3.0], 0, 2), [0.0, 0.0]);
    }

    #[test]
    fn a_line_goes_on_behind_what_is_known() {
        assert_eq!(line(&[1.0, 2.0, 3.0], 5), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(line(&[], 2), [0.0, 0.0]);
    }
}
