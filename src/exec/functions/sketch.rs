//! Functions that read and merge the states of `hll` and `tdigest`.

use super::{Scalar, at, count};
use crate::exec::sketch::{Digest, Distinct};
use crate::exec::value::Value;

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "dcount_hll", body: |_, v| Ok(Distinct::count(at(v, 0)).map_or(Value::Null, count)) },
    Scalar { name: "hll_merge", body: |_, v| Ok(merged_hll(v)) },
    Scalar { name: "tdigest_merge", body: |_, v| Ok(merged_digest(v)) },
    Scalar { name: "merge_tdigest", body: |_, v| Ok(merged_digest(v)) },
    Scalar { name: "percentile_tdigest", body: |_, v| Ok(percentile(v)) },
    Scalar { name: "percentiles_array_tdigest", body: |_, v| Ok(percentiles(v)) },
    Scalar { name: "rank_tdigest", body: |_, v| Ok(rank(v)) },
    Scalar { name: "percentrank_tdigest", body: |_, v| Ok(percent_rank(v)) },
    Scalar { name: "tdigest_isvalid", body: |_, v| Ok(Digest::of(at(v, 0)).is_some().into()) },
];

fn merged_hll(states: &[Value]) -> Value {
    let mut merged = Distinct::default();
    states.iter().for_each(|state| merged.merge(state));
    merged.state()
}

fn merged_digest(states: &[Value]) -> Value {
    let mut merged = Digest::default();
    states.iter().for_each(|state| merged.merge(state));
    merged.state()
}

fn percentile(values: &[Value]) -> Value {
    let digest = Digest::of(at(values, 0)).zip(at(values, 1).as_f64());
    let found = digest.and_then(|(mut digest, wanted)| digest.percentiles(&[wanted]).pop());
    found.unwrap_or(Value::Null)
}

/// The percentiles that numbers, or one array of them, ask for.
fn percentiles(values: &[Value]) -> Value {
    let Some(mut digest) = Digest::of(at(values, 0)) else { return Value::Null };
    let mut wanted = Vec::new();
    for value in values.iter().skip(1) {
        match value.as_array() {
            Some(items) => wanted.extend(items.iter().filter_map(crate::exec::value::Dynamic::as_f64)),
            None => wanted.extend(value.as_f64()),
        }
    }
    Value::array(digest.percentiles(&wanted).iter().map(Value::to_dynamic))
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn rank(values: &[Value]) -> Value {
    Digest::of(at(values, 0)).map_or(Value::Null, |digest| Value::Real(digest.rank(at(values, 1)) as f64))
}

fn percent_rank(values: &[Value]) -> Value {
    Value::number(Digest::of(at(values, 0)).and_then(|digest| digest.percent_rank(at(values, 1))))
}
