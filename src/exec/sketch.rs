//! What stands for the sketches of the service, `hll` and `tdigest`: states of their own shape that are exact.
//!
//! A state is a dynamic array: a word that names its kind, then what it holds. The service's states are of another shape,
//! which is not documented, and estimate; nothing but the functions that read them should look inside either.

use std::collections::HashSet;

use super::value::{Dynamic, Key, Value, order};

const DISTINCT: &str = "exact hll";
const DIGEST: &str = "exact tdigest";

/// What a state of a kind holds.
fn held<'v>(state: &'v Value, kind: &str) -> Option<&'v [Dynamic]> {
    let (first, rest) = state.as_array()?.split_first()?;
    (first.as_str() == Some(kind)).then_some(rest)
}

/// The distinct values of a group.
#[derive(Debug, Default)]
pub(super) struct Distinct {
    seen: HashSet<Key>,
    values: Vec<Dynamic>,
}

impl Distinct {
    /// Adds a value; null is none.
    pub(super) fn add(&mut self, value: &Value) {
        if !value.is_null() && self.seen.insert(Key::of(value)) {
            self.values.push(value.to_dynamic());
        }
    }

    /// Adds the values of a state.
    pub(super) fn merge(&mut self, state: &Value) {
        for value in held(state, DISTINCT).unwrap_or_default() {
            self.add(&Value::dynamic(value.clone()));
        }
    }

    /// The state; null where there are no values.
    pub(super) fn state(&mut self) -> Value {
        if self.values.is_empty() {
            return Value::Null;
        }
        Value::array(std::iter::once(Dynamic::string(DISTINCT)).chain(std::mem::take(&mut self.values)))
    }

    /// The values that a state holds, as keys.
    pub(super) fn keys(state: &Value) -> HashSet<Key> {
        let values = held(state, DISTINCT).unwrap_or_default();
        values.iter().map(|value| Key::of(&Value::dynamic(value.clone()))).collect()
    }

    /// How many values a state holds; nothing where it is none.
    pub(super) fn count(state: &Value) -> Option<usize> {
        held(state, DISTINCT).map(<[Dynamic]>::len)
    }
}

/// The values of a group, each with its weight.
#[derive(Debug, Default)]
pub(super) struct Digest {
    values: Vec<(Value, i64)>,
}

impl Digest {
    /// An estimate of the memory that it takes, in bytes.
    pub(super) fn size(&self) -> usize {
        self.values.len() * size_of::<(Value, i64)>()
    }

    /// Adds a value so many times; null is none.
    pub(super) fn add(&mut self, value: &Value, weight: i64) {
        let value = value.unwrapped();
        let number = value.as_f64().is_some_and(f64::is_nan);
        if !value.is_null() && !number && weight > 0 {
            self.values.push((value, weight));
        }
    }

    /// Adds the values of a state.
    pub(super) fn merge(&mut self, state: &Value) {
        for pair in held(state, DIGEST).unwrap_or_default() {
            let Dynamic::Array(pair) = pair else { continue };
            if let [value, Dynamic::Long(weight)] = &pair[..] {
                self.add(&Value::dynamic(value.clone()), *weight);
            }
        }
    }

    /// The digest that a state holds; nothing where it is none.
    pub(super) fn of(state: &Value) -> Option<Self> {
        held(state, DIGEST)?;
        let mut digest = Self::default();
        digest.merge(state);
        Some(digest)
    }

    /// The state; null where there are no values.
    pub(super) fn state(&mut self) -> Value {
        if self.values.is_empty() {
            return Value::Null;
        }
        let pairs = std::mem::take(&mut self.values)
            .into_iter()
            .map(|(value, weight)| Dynamic::Array(vec![value.to_dynamic(), Dynamic::Long(weight)]));
        Value::array(std::iter::once(Dynamic::string(DIGEST)).chain(pairs))
    }

    /// The percentiles by the nearest rank: the least value with so many percent of the values not above it. Null where
    /// there are no values.
    pub(super) fn percentiles(&mut self, wanted: &[f64]) -> Vec<Value> {
        self.values.sort_by(|(a, _), (b, _)| order(a, b));
        #[expect(clippy::cast_precision_loss, reason = "weights are counts of rows")]
        let total: f64 = self.values.iter().map(|(_, weight)| *weight as f64).sum();
        let nearest = |percentile: &f64| {
            let mut below = 0.0;
            let reached = |(_, weight): &&(Value, i64)| {
                #[expect(clippy::cast_precision_loss, reason = "weights are counts of rows")]
                let weight = *weight as f64;
                below += weight;
                below * 100.0 >= percentile * total
            };
            let found = self.values.iter().find(reached).or(self.values.last());
            found.map_or(Value::Null, |(value, _)| value.clone())
        };
        wanted.iter().map(nearest).collect()
    }

    /// How many values are not above `value`.
    pub(super) fn rank(&self, value: &Value) -> i64 {
        self.values.iter().filter(|(known, _)| order(known, value).is_le()).map(|(_, weight)| weight).sum()
    }

    /// How many percent of the values are not above `value`; nothing where there are none.
    pub(super) fn percent_rank(&self, value: &Value) -> Option<f64> {
        let total: i64 = self.values.iter().map(|(_, weight)| weight).sum();
        #[expect(clippy::cast_precision_loss, reason = "weights are counts of rows")]
        let share = 100.0 * self.rank(value) as f64 / total as f64;
        (total > 0).then_some(share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let mut digest = Digest::default();
        for number in [15, 20, 35, 40, 50] {
            digest.add(&Value::Long(number), 1);
        }
        let found = digest.percentiles(&[0.0, 5.0, 30.0, 40.0, 50.0, 100.0]);
        assert_eq!(found, [15, 15, 20, 20, 35, 50].map(Value::Long));
        assert_eq!(digest.rank(&Value::Long(35)), 3);
        assert_eq!(Digest::default().percentiles(&[50.0]), [Value::Null]);
    }

    #[test]
    fn states_can_be_read_back_and_merged() {
        let state = |numbers: std::ops::Range<i64>| {
            let mut distinct = Distinct::default();
            numbers.for_each(|number| distinct.add(&Value::Long(number)));
            distinct.state()
        };
        let mut merged = Distinct::default();
        merged.merge(&state(0..10));
        merged.merge(&state(5..15));
        assert_eq!(Distinct::count(&merged.state()), Some(15));
        assert_eq!(Distinct::count(&Value::Long(1)), None);

        let mut digest = Digest::default();
        digest.add(&Value::Real(1.5), 3);
        let read = Digest::of(&digest.state()).map(|mut read| read.percentiles(&[100.0]));
        assert_eq!(read, Some(vec![Value::Real(1.5)]));
    }
}
