//! Variance, standard deviation and covariance, of a sample or of a whole population.

use super::basic::counts;
use super::{Accumulator, Aggregate, at};
use crate::exec::run::Run;
use crate::exec::value::Value;

macro_rules! spreads {
    ($($name:literal: root $root:literal, population $population:literal, condition $condition:expr;)*) => {
        &[$(Aggregate {
            name: $name,
            make: |_| Box::new(Spread { root: $root, population: $population, condition: $condition, ..Spread::default() }),
        },)*]
    };
}

pub(super) const SPREADS: &[Aggregate] = spreads! {
    "stdev": root true, population false, condition None;
    "stdevif": root true, population false, condition Some(1);
    "stdevp": root true, population true, condition None;
    "variance": root false, population false, condition None;
    "varianceif": root false, population false, condition Some(1);
    "variancep": root false, population true, condition None;
    "variancepif": root false, population true, condition Some(1);
};

pub(super) const COVARIANCES: &[Aggregate] = &[
    Aggregate { name: "covariance", make: |_| Box::new(Covariance::default()) },
    Aggregate {
        name: "covarianceif",
        make: |_| Box::new(Covariance { condition: Some(2), ..Covariance::default() }),
    },
    Aggregate {
        name: "covariancep",
        make: |_| Box::new(Covariance { population: true, ..Covariance::default() }),
    },
    Aggregate {
        name: "covariancepif",
        make: |_| Box::new(Covariance { population: true, condition: Some(2), ..Covariance::default() }),
    },
];

/// The sum of products over how many there are; of a sample, one fewer (Bessel's correction). One value has no spread, and
/// none has none either: the documentation gives 0 for a sample without values.
fn mean_product(sum: f64, count: f64, population: bool) -> f64 {
    let parts = if population { count } else { count - 1.0 };
    if parts > 0.0 { sum / parts } else { 0.0 }
}

/// The mean square distance from the mean, kept by Welford's method, which loses no digits to large means.
#[derive(Default)]
struct Spread {
    root: bool,
    population: bool,
    condition: Option<usize>,
    count: f64,
    mean: f64,
    squares: f64,
}

impl Accumulator for Spread {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        let Some(number) = at(values, 0).as_f64().filter(|_| counts(values, self.condition)) else { return };
        self.count += 1.0;
        let apart = number - self.mean;
        self.mean += apart / self.count;
        self.squares += apart * (number - self.mean);
    }

    fn finish(&mut self) -> Vec<Value> {
        if self.count == 0.0 && self.population {
            return vec![Value::Null];
        }
        let variance = mean_product(self.squares, self.count, self.population);
        vec![Value::Real(if self.root { variance.sqrt() } else { variance })]
    }
}

#[derive(Default)]
struct Covariance {
    population: bool,
    condition: Option<usize>,
    count: f64,
    means: (f64, f64),
    products: f64,
}

impl Accumulator for Covariance {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        let (Some(first), Some(second)) = (at(values, 0).as_f64(), at(values, 1).as_f64()) else { return };
        if !counts(values, self.condition) {
            return;
        }
        self.count += 1.0;
        let apart = first - self.means.0;
        self.means.0 += apart / self.count;
        self.means.1 += (second - self.means.1) / self.count;
        self.products += apart * (second - self.means.1);
    }

    fn finish(&mut self) -> Vec<Value> {
        if self.count == 0.0 {
            return vec![Value::Null];
        }
        vec![Value::Real(mean_product(self.products, self.count, self.population))]
    }
}
