//! Percentiles: exact here, by the nearest rank, where the service estimates them.

use super::{Accumulator, Aggregate, at};
use crate::exec::run::Run;
use crate::exec::sketch::Digest;
use crate::exec::value::Value;

pub(super) const AGGREGATES: &[Aggregate] = &[
    Aggregate { name: "percentile", make: |_| Box::new(Percentiles::default()) },
    Aggregate { name: "percentiles", make: |_| Box::new(Percentiles::default()) },
    Aggregate {
        name: "percentiles_array",
        make: |_| Box::new(Percentiles { array: true, ..Percentiles::default() }),
    },
    Aggregate {
        name: "percentilew",
        make: |_| Box::new(Percentiles { weighted: true, ..Percentiles::default() }),
    },
    Aggregate {
        name: "percentilesw",
        make: |_| Box::new(Percentiles { weighted: true, ..Percentiles::default() }),
    },
    Aggregate {
        name: "percentilesw_array",
        make: |_| Box::new(Percentiles { weighted: true, array: true, ..Percentiles::default() }),
    },
];

#[derive(Default)]
struct Percentiles {
    weighted: bool,
    array: bool,
    digest: Digest,
    /// The percentiles that are asked for, from the arguments of the first row.
    wanted: Vec<f64>,
}

impl Accumulator for Percentiles {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        let first = if self.weighted { 2 } else { 1 };
        if self.wanted.is_empty() {
            for value in values.iter().skip(first) {
                match value.as_array() {
                    Some(items) => self.wanted.extend(items.iter().filter_map(|item| item.as_f64())),
                    None => self.wanted.extend(value.as_f64()),
                }
            }
        }
        let weight = if self.weighted { at(values, 1).as_i64().unwrap_or(0) } else { 1 };
        self.digest.add(at(values, 0), weight);
    }

    fn size(&self) -> usize {
        64 + self.digest.size()
    }

    fn finish(&mut self) -> Vec<Value> {
        let found = self.digest.percentiles(&self.wanted);
        if self.array { vec![Value::array(found.iter().map(Value::to_dynamic))] } else { found }
    }
}
