//! `hll` and `tdigest`: states that scalar functions read and merge; see [`crate::exec::sketch`] for what they hold.

use super::basic::counts;
use super::{Accumulator, Aggregate, at};
use crate::exec::run::Run;
use crate::exec::sketch::{Digest, Distinct};
use crate::exec::value::Value;

pub(super) const AGGREGATES: &[Aggregate] = &[
    Aggregate { name: "hll", make: |_| Box::new(Hll::default()) },
    Aggregate { name: "hll_if", make: |_| Box::new(Hll { condition: Some(1), ..Hll::default() }) },
    Aggregate { name: "hll_merge", make: |_| Box::new(HllMerge::default()) },
    Aggregate { name: "tdigest", make: |_| Box::new(TDigest::default()) },
    Aggregate { name: "tdigest_merge", make: |_| Box::new(TDigestMerge::default()) },
    Aggregate { name: "merge_tdigest", make: |_| Box::new(TDigestMerge::default()) },
];

#[derive(Default)]
struct Hll {
    condition: Option<usize>,
    values: Distinct,
}

impl Accumulator for Hll {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        if counts(values, self.condition) {
            self.values.add(at(values, 0));
        }
    }

    fn finish(&mut self) -> Vec<Value> {
        vec![self.values.state()]
    }
}

#[derive(Default)]
struct HllMerge(Distinct);

impl Accumulator for HllMerge {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        self.0.merge(at(values, 0));
    }

    fn finish(&mut self) -> Vec<Value> {
        vec![self.0.state()]
    }
}

#[derive(Default)]
struct TDigest(Digest);

impl Accumulator for TDigest {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        let weight = if values.len() > 1 { at(values, 1).as_i64().unwrap_or(0) } else { 1 };
        self.0.add(at(values, 0), weight);
    }

    fn finish(&mut self) -> Vec<Value> {
        vec![self.0.state()]
    }
}

#[derive(Default)]
struct TDigestMerge(Digest);

impl Accumulator for TDigestMerge {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        self.0.merge(at(values, 0));
    }

    fn finish(&mut self) -> Vec<Value> {
        vec![self.0.state()]
    }
}
