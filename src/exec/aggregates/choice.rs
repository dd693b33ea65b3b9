//! A row of a group: `arg_max`, `arg_min`, `take_any`.

use super::basic::counts;
use super::{Accumulator, Aggregate, at};
use crate::exec::run::Run;
use crate::exec::value::{Value, order};

pub(super) const AGGREGATES: &[Aggregate] = &[
    Aggregate { name: "arg_max", make: |_| Box::new(Best { greatest: true, row: None }) },
    Aggregate { name: "arg_min", make: |_| Box::new(Best { greatest: false, row: None }) },
    Aggregate { name: "argmax", make: |_| Box::new(Best { greatest: true, row: None }) },
    Aggregate { name: "argmin", make: |_| Box::new(Best { greatest: false, row: None }) },
    Aggregate { name: "take_any", make: |_| Box::new(Any { condition: None, row: None }) },
    Aggregate { name: "take_anyif", make: |_| Box::new(Any { condition: Some(1), row: None }) },
    Aggregate { name: "any", make: |_| Box::new(Any { condition: None, row: None }) },
    Aggregate { name: "anyif", make: |_| Box::new(Any { condition: Some(1), row: None }) },
];

/// The row whose first value is the greatest or the least; the first of several.
struct Best {
    greatest: bool,
    row: Option<Vec<Value>>,
}

impl Accumulator for Best {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        let value = at(values, 0);
        let better = match &self.row {
            None => true,
            Some(_) if value.is_null() => false,
            Some(row) if at(row, 0).is_null() => true,
            Some(row) => {
                (if self.greatest { order(value, at(row, 0)) } else { order(at(row, 0), value) }).is_gt()
            }
        };
        if better {
            self.row = Some(values.to_vec());
        }
    }

    fn size(&self) -> usize {
        64 + self.row.iter().flatten().map(Value::size).sum::<usize>()
    }

    fn finish(&mut self) -> Vec<Value> {
        self.row.take().unwrap_or_default()
    }
}

/// The first row; of a single value, a null gives way to another.
struct Any {
    condition: Option<usize>,
    row: Option<Vec<Value>>,
}

impl Accumulator for Any {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        if !counts(values, self.condition) {
            return;
        }
        let single = values.len() == 1 || self.condition.is_some();
        match &mut self.row {
            None => self.row = Some(values.to_vec()),
            Some(row) if single && at(row, 0).is_empty() => *row = values.to_vec(),
            Some(_) => {}
        }
    }

    fn size(&self) -> usize {
        64 + self.row.iter().flatten().map(Value::size).sum::<usize>()
    }

    fn finish(&mut self) -> Vec<Value> {
        self.row.take().unwrap_or_default()
    }
}
