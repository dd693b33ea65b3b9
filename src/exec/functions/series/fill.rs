//! Functions that fill gaps: elements that are null, or equal to the number that stands for a missing value.

use super::count;
use crate::exec::functions::{Scalar, at};
use crate::exec::value::{Dynamic, Value};

pub(in crate::exec::functions) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "series_fill_forward", body: |_, v| Ok(carried(at(v, 0), at(v, 1), false)) },
    Scalar { name: "series_fill_backward", body: |_, v| Ok(carried(at(v, 0), at(v, 1), true)) },
    Scalar { name: "series_fill_const", body: |_, v| Ok(constant(at(v, 0), v.get(1), at(v, 2))) },
    Scalar { name: "series_fill_linear", body: |_, v| Ok(linear(v)) },
];

/// Whether an element stands for a missing value.
fn is_missing(item: &Dynamic, placeholder: &Value) -> bool {
    match placeholder.as_f64() {
        Some(placeholder) if placeholder.is_nan() => item.as_f64().is_some_and(f64::is_nan),
        Some(placeholder) => item.as_f64() == Some(placeholder),
        None => item.is_null(),
    }
}

/// Gaps filled with the value before them, or behind them.
fn carried(series: &Value, placeholder: &Value, backward: bool) -> Value {
    let Some(items) = series.as_array() else { return Value::Null };
    let mut items = items.to_vec();
    if backward {
        items.reverse();
    }
    let mut last: Option<Dynamic> = None;
    for item in &mut items {
        if !is_missing(item, placeholder) {
            last = Some(item.clone());
        } else if let Some(last) = &last {
            *item = last.clone();
        }
    }
    if backward {
        items.reverse();
    }
    Value::array(items)
}

fn constant(series: &Value, with: Option<&Value>, placeholder: &Value) -> Value {
    let Some(items) = series.as_array() else { return Value::Null };
    let with = with.map_or(Dynamic::Long(0), Value::to_dynamic);
    Value::array(
        items.iter().map(|item| if is_missing(item, placeholder) { with.clone() } else { item.clone() }),
    )
}

/// `series_fill_linear(series, placeholder, fill_edges, constant)`
fn linear(values: &[Value]) -> Value {
    let Some(items) = at(values, 0).as_array() else { return Value::Null };
    let placeholder = at(values, 1);
    let edges = values.get(2).is_none_or(Value::is_true);
    let known: Vec<usize> = (0..items.len())
        .filter(|place| items.get(*place).is_some_and(|item| !is_missing(item, placeholder)))
        .collect();
    let (Some(first), Some(last)) = (known.first().copied(), known.last().copied()) else {
        let filler = values.get(3).map_or(Dynamic::Real(0.0), Value::to_dynamic);
        return Value::array(items.iter().map(|_| filler.clone()));
    };
    let whole = known.iter().all(|place| matches!(items.get(*place), Some(Dynamic::Long(_))));
    let mut filled = items.to_vec();
    if edges {
        for (place, slot) in filled.iter_mut().enumerate() {
            if place < first {
                slot.clone_from(&items[first]);
            } else if place > last {
                slot.clone_from(&items[last]);
            }
        }
    }
    for pair in known.windows(2) {
        let [from, to] = *pair else { continue };
        let (Some(start), Some(end)) = (items[from].as_f64(), items[to].as_f64()) else { continue };
        for (place, slot) in filled.iter_mut().enumerate().take(to).skip(from + 1) {
            let share = count(place - from) / count(to - from);
            let number = start + (end - start) * share;
            // Of whole numbers the service cuts the fraction off.
            #[expect(clippy::cast_possible_truncation, reason = "between two integers")]
            let item = if whole { Dynamic::Long(number.trunc() as i64) } else { Dynamic::Real(number) };
            *slot = item;
        }
    }
    Value::array(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(json: &str) -> Value {
        Value::dynamic(Dynamic::from_json(json).unwrap())
    }

    #[test]
    fn gaps_are_filled_from_both_sides() {
        let gaps = series("[null,1,null,4,null]");
        assert_eq!(carried(&gaps, &Value::Null, false).to_text(), "[null,1,1,4,4]");
        assert_eq!(carried(&gaps, &Value::Null, true).to_text(), "[1,1,4,4,null]");
        assert_eq!(constant(&gaps, Some(&Value::Long(9)), &Value::Null).to_text(), "[9,1,9,4,9]");
        assert_eq!(constant(&gaps, Some(&Value::Long(9)), &Value::Long(1)).to_text(), "[null,9,null,4,null]");
    }

    #[test]
    fn whole_numbers_stay_whole_between_two() {
        let fill = |json: &str, rest: &[Value]| {
            let mut values = vec![series(json)];
            values.extend_from_slice(rest);
            linear(&values).to_text().into_owned()
        };
        assert_eq!(fill("[null,111,null,36,null]", &[]), "[111,111,73,36,36]");
        assert_eq!(fill("[null,111.0,null,36,null]", &[]), "[111.0,111.0,73.5,36,36]");
        assert_eq!(fill("[null,1,null,3,null]", &[Value::Null, Value::Bool(false)]), "[null,1,2,3,null]");
        assert_eq!(fill("[null,null]", &[]), "[0.0,0.0]");
        assert_eq!(fill("[null]", &[Value::Null, Value::Bool(true), Value::Real(2.5)]), "[2.5]");
    }
}
