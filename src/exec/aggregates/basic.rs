//! Counts, sums, least and greatest, averages.

use std::collections::HashSet;

use super::{Accumulator, Aggregate, at};
use crate::exec::functions::{add, divide};
use crate::exec::run::Run;
use crate::exec::value::{DateTime, Key, TimeSpan, Value, order};

pub(super) const AGGREGATES: &[Aggregate] = &[
    Aggregate { name: "count", make: |_| Box::new(Count::default()) },
    Aggregate { name: "cnt", make: |_| Box::new(Count::default()) },
    Aggregate { name: "countif", make: |_| Box::new(CountIf::default()) },
    Aggregate { name: "dcount", make: |_| Box::new(Distinct { condition: None, ..Distinct::default() }) },
    Aggregate {
        name: "dcountif",
        make: |_| Box::new(Distinct { condition: Some(1), ..Distinct::default() }),
    },
    Aggregate { name: "count_distinct", make: |_| Box::new(Distinct::default()) },
    Aggregate {
        name: "count_distinctif",
        make: |_| Box::new(Distinct { condition: Some(1), ..Distinct::default() }),
    },
    Aggregate { name: "sum", make: |_| Box::new(Sum::default()) },
    Aggregate { name: "sumif", make: |_| Box::new(Sum { condition: Some(1), ..Sum::default() }) },
    Aggregate { name: "avg", make: |_| Box::new(Sum { mean: true, ..Sum::default() }) },
    Aggregate { name: "avgif", make: |_| Box::new(Sum { mean: true, condition: Some(1), ..Sum::default() }) },
    Aggregate { name: "min", make: |_| Box::new(Extreme::least(None)) },
    Aggregate { name: "minif", make: |_| Box::new(Extreme::least(Some(1))) },
    Aggregate { name: "max", make: |_| Box::new(Extreme::greatest(None)) },
    Aggregate { name: "maxif", make: |_| Box::new(Extreme::greatest(Some(1))) },
];

/// Whether a row counts: the argument at `condition` is true, where there is one.
pub(super) fn counts(values: &[Value], condition: Option<usize>) -> bool {
    condition.is_none_or(|index| at(values, index).is_true())
}

#[derive(Default)]
struct Count(i64);

impl Accumulator for Count {
    fn add(&mut self, _: &[Value], _: &Run<'_>) {
        self.0 += 1;
    }

    fn finish(&mut self) -> Vec<Value> {
        vec![Value::Long(self.0)]
    }
}

#[derive(Default)]
struct CountIf(i64);

impl Accumulator for CountIf {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        self.0 += i64::from(at(values, 0).is_true());
    }

    fn finish(&mut self) -> Vec<Value> {
        vec![Value::Long(self.0)]
    }
}

/// How many values there are; exact here, where the service estimates. Nulls are none; empty text is one.
#[derive(Default)]
struct Distinct {
    condition: Option<usize>,
    seen: HashSet<Key>,
}

impl Accumulator for Distinct {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        let value = at(values, 0);
        if !value.is_null() && counts(values, self.condition) {
            self.seen.insert(Key::of(value));
        }
    }

    fn size(&self) -> usize {
        64 + self.seen.iter().map(Key::size).sum::<usize>()
    }

    fn finish(&mut self) -> Vec<Value> {
        vec![crate::exec::functions::count(self.seen.len())]
    }
}

#[derive(Default)]
struct Sum {
    mean: bool,
    condition: Option<usize>,
    sum: Option<Value>,
    count: i64,
    /// The first time and the ticks of all from there: sums of times would be out of range.
    times: Option<(DateTime, i128)>,
    /// The ticks of all spans, whose sum may be out of range though their mean is not.
    spans: i128,
}

impl Accumulator for Sum {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        let value = at(values, 0).unwrapped();
        if value.is_null() || !counts(values, self.condition) {
            return;
        }
        self.count += 1;
        // The sum of whole numbers is a long, that of booleans how many are true.
        let value = match value {
            Value::Int(number) => Value::Long(i64::from(number)),
            Value::Bool(truth) => Value::Long(i64::from(truth)),
            Value::DateTime(time) => {
                let (first, sum) = self.times.get_or_insert((time, 0));
                *sum += i128::from(time.since(*first).0);
                return;
            }
            other => other,
        };
        if let Value::TimeSpan(span) = &value {
            self.spans += i128::from(span.0);
        }
        self.sum = Some(self.sum.as_ref().map_or_else(|| value.clone(), |sum| add(sum, &value)));
    }

    fn finish(&mut self) -> Vec<Value> {
        let ticks = |sum: i128| i64::try_from(sum / i128::from(self.count)).ok().map(TimeSpan);
        if let Some((first, sum)) = self.times {
            let mean = ticks(sum).and_then(|span| first.plus(span));
            return vec![mean.map_or(Value::Null, Value::DateTime)];
        }
        let Some(sum) = &self.sum else {
            return vec![if self.mean { Value::Real(f64::NAN) } else { Value::Long(0) }];
        };
        if !self.mean {
            return vec![sum.clone()];
        }
        vec![match sum {
            Value::TimeSpan(_) | Value::Null => ticks(self.spans).map_or(Value::Null, Value::TimeSpan),
            Value::Decimal(_) => divide(sum, &Value::Long(self.count)),
            #[expect(clippy::cast_precision_loss, reason = "as the service does")]
            other => Value::number(other.as_f64().map(|total| total / self.count as f64)),
        }]
    }
}

struct Extreme {
    condition: Option<usize>,
    greatest: bool,
    best: Value,
}

impl Extreme {
    fn least(condition: Option<usize>) -> Self {
        Self { condition, greatest: false, best: Value::Null }
    }

    fn greatest(condition: Option<usize>) -> Self {
        Self { condition, greatest: true, best: Value::Null }
    }
}

impl Accumulator for Extreme {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        let value = at(values, 0);
        if value.is_null() || !counts(values, self.condition) {
            return;
        }
        let better = self.best.is_null()
            || (if self.greatest { order(value, &self.best) } else { order(&self.best, value) }).is_gt();
        if better {
            self.best = value.clone();
        }
    }

    fn finish(&mut self) -> Vec<Value> {
        vec![std::mem::replace(&mut self.best, Value::Null)]
    }
}
