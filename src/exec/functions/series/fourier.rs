//! The Fourier transform and its inverse.

use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

use super::{complete, count, reals};
use crate::exec::functions::{Scalar, at};
use crate::exec::value::Value;

pub(in crate::exec::functions) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "series_fft", body: |_, v| Ok(transformed(v, false).unwrap_or(Value::Null)) },
    Scalar { name: "series_ifft", body: |_, v| Ok(transformed(v, true).unwrap_or(Value::Null)) },
];

/// The real and the imaginary part of the transform, or of its inverse, which is divided by the length.
fn transformed(values: &[Value], inverse: bool) -> Option<Value> {
    let real = complete(at(values, 0))?;
    let imaginary = match values.get(1) {
        Some(series) => complete(series)?,
        None => vec![0.0; real.len()],
    };
    if imaginary.len() != real.len() {
        return None;
    }
    let mut points: Vec<Complex<f64>> =
        real.into_iter().zip(imaginary).map(|(real, imaginary)| Complex::new(real, imaginary)).collect();
    if !points.is_empty() {
        let mut planner = FftPlanner::new();
        let transform = if inverse {
            planner.plan_fft_inverse(points.len())
        } else {
            planner.plan_fft_forward(points.len())
        };
        transform.process(&mut points);
    }
    let scale = if inverse { count(points.len()) } else { 1.0 };
    let parts = [
        reals(points.iter().map(|point| point.re / scale)),
        reals(points.iter().map(|point| point.im / scale)),
    ];
    Some(Value::array(parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::value::Dynamic;

    #[test]
    fn the_inverse_brings_the_series_back() {
        for length in [1_usize, 2, 5, 8, 12, 17] {
            let series =
                Value::array((0..length).map(|place| Dynamic::Real((count(place) * 1.7).sin() * 3.0)));
            let there = transformed(std::slice::from_ref(&series), false).unwrap();
            let parts: Vec<Value> = there.as_array().unwrap().iter().cloned().map(Value::dynamic).collect();
            let back = transformed(&parts, true).unwrap();
            let (was, is) = (
                complete(&series).unwrap(),
                complete(&Value::dynamic(back.as_array().unwrap()[0].clone())).unwrap(),
            );
            assert!(was.iter().zip(&is).all(|(a, b)| (a - b).abs() < 1e-12), "{length}: {was:?} {is:?}");
        }
    }

    #[test]
    fn the_first_part_is_the_sum() {
        let series = Value::dynamic(Dynamic::from_json("[1,2,3,4]").unwrap());
        let parts = transformed(&[series], false).unwrap();
        assert_eq!(parts.to_text(), "[[10.0,-2.0,-2.0,-2.0],[0.0,2.0,0.0,-2.0]]");
    }
}
