//! Functions of statistics: the beta distribution, the error function, Welch's test.

use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::beta;

use super::{Scalar, at};
use crate::exec::value::Value;

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "beta_cdf", body: |_, v| Ok(three(v, beta_cdf)) },
    Scalar { name: "beta_pdf", body: |_, v| Ok(three(v, beta_pdf)) },
    Scalar { name: "beta_inv", body: |_, v| Ok(three(v, beta_inv)) },
    Scalar { name: "erf", body: |_, v| Ok(one(at(v, 0), libm::erf)) },
    Scalar { name: "erfc", body: |_, v| Ok(one(at(v, 0), libm::erfc)) },
    Scalar { name: "welch_test", body: |_, v| Ok(welch_test(v).map_or(Value::Null, Value::Real)) },
];

fn one(value: &Value, of: impl Fn(f64) -> f64) -> Value {
    value.as_f64().map_or(Value::Null, |number| Value::Real(of(number)))
}

fn three(values: &[Value], of: impl Fn(f64, f64, f64) -> Option<f64>) -> Value {
    match (at(values, 0).as_f64(), at(values, 1).as_f64(), at(values, 2).as_f64()) {
        (Some(x), Some(a), Some(b)) => of(x, a, b).map_or(Value::Null, Value::Real),
        _ => Value::Null,
    }
}

/// The greatest parameter of a beta distribution that the service takes.
const GREATEST: f64 = 10_000.0;

fn beta_cdf(x: f64, a: f64, b: f64) -> Option<f64> {
    let fits = (0.0..=1.0).contains(&x) && a > 0.0 && a <= GREATEST && b > 0.0 && b <= GREATEST;
    Some(if fits { beta::beta_reg(a, b, x) } else { f64::NAN })
}

fn beta_pdf(x: f64, a: f64, b: f64) -> Option<f64> {
    if x <= 0.0 || x >= 1.0 || a <= 0.0 || b <= 0.0 {
        return Some(f64::NAN);
    }
    Some(((a - 1.0) * x.ln() + (b - 1.0) * (1.0 - x).ln() - beta::ln_beta(a, b)).exp())
}

/// The page says both null and NaN; its example prints NaN for a bad parameter and null for a bad probability.
fn beta_inv(p: f64, a: f64, b: f64) -> Option<f64> {
    if a <= 0.0 || b <= 0.0 {
        return Some(f64::NAN);
    }
    if p <= 0.0 || p > 1.0 {
        return None;
    }
    // Halving finds the place for every distribution; 200 steps are more than a floating-point number has bits.
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..200 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if beta::beta_reg(a, b, middle) < p { low = middle } else { high = middle }
    }
    Some(high)
}

/// `welch_test(mean1, variance1, count1, mean2, variance2, count2)`: the two-sided probability.
fn welch_test(values: &[Value]) -> Option<f64> {
    let number = |index: usize| at(values, index).as_f64();
    let (mean_a, variance_a, count_a) = (number(0)?, number(1)?, number(2)?);
    let (mean_b, variance_b, count_b) = (number(3)?, number(4)?, number(5)?);
    let (share_a, share_b) = (variance_a / count_a, variance_b / count_b);
    let t = (mean_a - mean_b) / (share_a + share_b).sqrt();
    let freedom =
        (share_a + share_b).powi(2) / (share_a.powi(2) / (count_a - 1.0) + share_b.powi(2) / (count_b - 1.0));
    let distribution = StudentsT::new(0.0, 1.0, freedom).ok()?;
    Some(2.0 * distribution.cdf(-t.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_of_the_beta_distribution_undoes_it() {
        for (a, b) in [(0.5, 0.5), (10.0, 20.0), (1.0, 3.0), (300.0, 7.0)] {
            for p in [0.001, 0.1, 0.5, 0.9, 0.999] {
                let x = beta_inv(p, a, b).unwrap();
                assert!((beta_cdf(x, a, b).unwrap() - p).abs() < 1e-9, "{p} {a} {b}: {x}");
            }
        }
    }

    #[test]
    fn welch_agrees_with_the_encyclopedia() {
        // The first example of the article on Welch's test: t = −2.46, 24.99 degrees of freedom, P = 0.021.
        let values = [20.82, 7.76, 15.0, 23.71, 12.9, 15.0].map(Value::Real);
        assert!((welch_test(&values).unwrap() - 0.021).abs() < 1e-3);
    }
}
