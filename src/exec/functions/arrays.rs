//! Arrays: made, cut, joined, turned, sorted, searched.
//!
//! A function of arrays is null where an argument is no array.

use std::cmp::Ordering;

use super::text::count;
use super::{Scalar, at, long_at, text_at};
use crate::exec::functions::arithmetic::add;
use crate::exec::value::{Dynamic, Key, TICKS_PER_SECOND, TimeSpan, Value, compare, order};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "array_concat", body: |_, v| Ok(concat(v)) },
    Scalar { name: "array_iff", body: |_, v| Ok(choices(v)) },
    Scalar { name: "array_iif", body: |_, v| Ok(choices(v)) },
    Scalar { name: "array_index_of", body: |_, v| Ok(index_of(v)) },
    Scalar { name: "array_length", body: |_, v| Ok(length(v)) },
    Scalar { name: "arraylength", body: |_, v| Ok(length(v)) },
    Scalar { name: "array_reverse", body: |_, v| Ok(changed(v, |items| items.reverse())) },
    Scalar { name: "array_rotate_left", body: |_, v| Ok(rotated(v, 1)) },
    Scalar { name: "array_rotate_right", body: |_, v| Ok(rotated(v, -1)) },
    Scalar { name: "array_shift_left", body: |_, v| Ok(shifted(v, 1)) },
    Scalar { name: "array_shift_right", body: |_, v| Ok(shifted(v, -1)) },
    Scalar { name: "array_slice", body: |_, v| Ok(slice(v)) },
    Scalar { name: "array_sort_asc", body: |_, v| Ok(sorted(v, false)) },
    Scalar { name: "array_sort_desc", body: |_, v| Ok(sorted(v, true)) },
    Scalar { name: "array_split", body: |_, v| Ok(split(v)) },
    Scalar { name: "array_strcat", body: |_, v| Ok(joined(v)) },
    Scalar { name: "strcat_array", body: |_, v| Ok(joined(v)) },
    Scalar { name: "array_sum", body: |_, v| Ok(sum(v)) },
    Scalar { name: "pack_array", body: |_, v| Ok(Value::array(v.iter().map(Value::to_dynamic))) },
    Scalar { name: "range", body: |_, v| Ok(range(v)) },
    Scalar { name: "repeat", body: |_, v| Ok(repeat(v)) },
    Scalar { name: "zip", body: |_, v| Ok(zip(v)) },
];

/// The most elements that `range` and `repeat` make.
const MAX_ELEMENTS: usize = 1 << 20;

fn concat(values: &[Value]) -> Value {
    let arrays: Option<Vec<&[Dynamic]>> = values.iter().map(Value::as_array).collect();
    arrays.map_or(Value::Null, |arrays| Value::array(arrays.concat()))
}

fn length(values: &[Value]) -> Value {
    at(values, 0).as_array().map_or(Value::Null, |items| count(items.len()))
}

/// The array after a change of its elements.
fn changed(values: &[Value], change: impl FnOnce(&mut Vec<Dynamic>)) -> Value {
    let Some(items) = at(values, 0).as_array() else { return Value::Null };
    let mut items = items.to_vec();
    change(&mut items);
    Value::array(items)
}

/// `array_iff(conditions, then, else)`: the last two are arrays, or one value for all elements.
fn choices(values: &[Value]) -> Value {
    let Some(conditions) = at(values, 0).as_array() else { return Value::Null };
    let choice = |argument: usize, index: usize| match at(values, argument).as_array() {
        Some(items) => items.get(index).cloned().unwrap_or(Dynamic::Null),
        None => at(values, argument).to_dynamic(),
    };
    Value::array(conditions.iter().enumerate().map(|(index, condition)| {
        let truth = match condition {
            Dynamic::Bool(truth) => Some(*truth),
            other => other.as_f64().map(|number| number != 0.0),
        };
        truth.map_or(Dynamic::Null, |truth| choice(if truth { 1 } else { 2 }, index))
    }))
}

/// `array_index_of(array, value, start, length, occurrence)`
fn index_of(values: &[Value]) -> Value {
    let Some(items) = at(values, 0).as_array() else { return Value::Null };
    let Some((start, length, occurrence)) = super::text::search_range(values) else { return Value::Null };
    let start = place(start, items.len());
    let length = usize::try_from(length).unwrap_or(items.len());
    let wanted = Key::of(at(values, 1));
    let found = items
        .iter()
        .enumerate()
        .skip(start)
        .take(length)
        .filter(|(_, item)| Key::of(&Value::dynamic((*item).clone())) == wanted)
        .nth(occurrence - 1);
    found.map_or(Value::Long(-1), |(index, _)| count(index))
}

/// An index counted from the end where it is negative, and no less than 0.
fn place(index: i64, length: usize) -> usize {
    match usize::try_from(index) {
        Ok(index) => index,
        Err(_) => length.saturating_sub(usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX)),
    }
}

/// `array_slice(array, first, last)`, both within the slice.
fn slice(values: &[Value]) -> Value {
    let Some(items) = at(values, 0).as_array() else { return Value::Null };
    let Some((first, last)) = long_at(values, 1).zip(long_at(values, 2)) else { return Value::Null };
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let from_end = |index: i64| if index < 0 { index.saturating_add(length) } else { index };
    let (first, last) = (from_end(first).max(0), from_end(last).min(length - 1));
    Value::array((first..=last).filter_map(|index| items.get(usize::try_from(index).ok()?).cloned()))
}

/// `array_split(array, indices)`: the parts between the indices.
fn split(values: &[Value]) -> Value {
    let Some(items) = at(values, 0).as_array() else { return Value::Null };
    let indices: Option<Vec<i64>> = match at(values, 1).as_array() {
        Some(indices) => {
            indices.iter().map(|index| index.scalar().and_then(|index| index.as_i64())).collect()
        }
        None => long_at(values, 1).map(|index| vec![index]),
    };
    let Some(indices) = indices else { return Value::Null };
    let mut from = 0;
    let mut parts = Vec::new();
    let ends = indices.iter().map(|index| place(*index, items.len()).min(items.len()));
    for end in ends.chain([items.len()]) {
        parts.push(Dynamic::Array(items.get(from..end).unwrap_or_default().to_vec()));
        from = end.max(from);
    }
    Value::array(parts)
}

/// How far to the left an array is to be turned: less than its length.
fn turn(values: &[Value], direction: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    let by = (long_at(values, 1)? % length).wrapping_mul(direction);
    usize::try_from(by.rem_euclid(length)).ok()
}

fn rotated(values: &[Value], direction: i64) -> Value {
    changed(values, |items| {
        if let Some(by) = (!items.is_empty()).then(|| turn(values, direction, items.len())).flatten() {
            items.rotate_left(by);
        }
    })
}

/// `array_shift_left(array, by, default)`: what is left free takes the default, else null or, among texts, empty text.
fn shifted(values: &[Value], direction: i64) -> Value {
    let Some(by) = long_at(values, 1).map(|by| by.saturating_mul(direction)) else { return Value::Null };
    changed(values, |items| {
        let texts = !items.is_empty() && items.iter().all(|item| item.as_str().is_some());
        let filler = match values.get(2) {
            Some(filler) => filler.to_dynamic(),
            None if texts => Dynamic::string(""),
            None => Dynamic::Null,
        };
        let free = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX).min(items.len());
        let kept = items.len() - free;
        if by > 0 {
            items.rotate_left(free);
            items[kept..].fill(filler);
        } else {
            items.rotate_right(free);
            items[..free].fill(filler);
        }
    })
}

/// Which of the kinds of values in an array comes first.
fn rank(value: &Dynamic) -> u8 {
    match value {
        Dynamic::Long(_)
        | Dynamic::Real(_)
        | Dynamic::Decimal(_)
        | Dynamic::DateTime(_)
        | Dynamic::TimeSpan(_) => 0,
        Dynamic::String(_) => 1,
        Dynamic::Guid(_) => 2,
        _ => 3,
    }
}

/// `array_sort_asc(array, …, nulls last)`: the first array sorted, the others in the order of the first. One array makes
/// an array, more make an array of them.
fn sorted(values: &[Value], descending: bool) -> Value {
    let (arrays, nulls_last) = match values {
        [arrays @ .., Value::Bool(last)] => (arrays, *last),
        _ => (values, true),
    };
    let Some(first) = at(arrays, 0).as_array() else { return Value::Null };
    let mut places: Vec<usize> = (0..first.len()).collect();
    places.sort_by(|left, right| {
        let (left, right) = (&first[*left], &first[*right]);
        match (left.is_null(), right.is_null()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return if nulls_last { Ordering::Greater } else { Ordering::Less },
            (false, true) => return if nulls_last { Ordering::Less } else { Ordering::Greater },
            (false, false) => {}
        }
        let within = || {
            let ordering =
                order(&Value::dynamic(left.clone()).unwrapped(), &Value::dynamic(right.clone()).unwrapped());
            if descending { ordering.reverse() } else { ordering }
        };
        rank(left).cmp(&rank(right)).then_with(within)
    });
    let arranged = |array: &Value| match array.as_array() {
        Some(items) if items.len() == places.len() => {
            Dynamic::Array(places.iter().filter_map(|place| items.get(*place).cloned()).collect())
        }
        _ => Dynamic::Null,
    };
    match arrays {
        [only] => Value::dynamic(arranged(only)),
        _ => Value::array(arrays.iter().map(arranged)),
    }
}

fn joined(values: &[Value]) -> Value {
    let Some(items) = at(values, 0).as_array() else { return Value::string("") };
    let parts: Vec<_> = items.iter().map(Dynamic::to_text).collect();
    Value::string(parts.join(&*text_at(values, 1)))
}

/// The sum; null where an element is no number.
fn sum(values: &[Value]) -> Value {
    let Some(items) = at(values, 0).as_array() else { return Value::Null };
    let numbers: Option<Vec<f64>> = items.iter().map(Dynamic::as_f64).collect();
    Value::number(numbers.map(|numbers| numbers.iter().sum()))
}

/// `range(first, last, step)`: numbers by 1, times and spans by an hour where no step is given.
fn range(values: &[Value]) -> Value {
    let (first, last) = (at(values, 0).unwrapped(), at(values, 1).unwrapped());
    let step = match values.get(2) {
        Some(step) => step.unwrapped(),
        None if matches!(first, Value::DateTime(_) | Value::TimeSpan(_)) => {
            Value::TimeSpan(TimeSpan(3600 * TICKS_PER_SECOND))
        }
        None => Value::Long(1),
    };
    let zero = if matches!(step, Value::TimeSpan(_)) { Value::TimeSpan(TimeSpan(0)) } else { Value::Long(0) };
    let past = match compare(&step, &zero) {
        Some(Ordering::Greater) => Ordering::Greater,
        Some(Ordering::Less) => Ordering::Less,
        _ => return Value::Null,
    };
    if compare(&first, &last).is_none() {
        return Value::Null;
    }
    let mut items = Vec::new();
    let mut next = first.clone();
    // A floating-point number is counted from the start: steps would add up their errors.
    while items.len() < MAX_ELEMENTS && compare(&next, &last).is_some_and(|ordering| ordering != past) {
        items.push(next.to_dynamic());
        #[expect(clippy::cast_precision_loss, reason = "at most a million")]
        let steps = items.len() as f64;
        next = match (&next, first.as_f64().zip(step.as_f64())) {
            (Value::Real(_), Some((first, step))) => Value::Real(first + steps * step),
            _ => add(&next, &step),
        };
    }
    Value::array(items)
}

fn repeat(values: &[Value]) -> Value {
    match long_at(values, 1).map(usize::try_from) {
        Some(Ok(copies)) => Value::array(vec![at(values, 0).to_dynamic(); copies.min(MAX_ELEMENTS)]),
        _ => Value::Null,
    }
}

/// Arrays of the elements that stand at the same place; null where an array has none.
fn zip(values: &[Value]) -> Value {
    let arrays: Option<Vec<&[Dynamic]>> = values.iter().map(Value::as_array).collect();
    let Some(arrays) = arrays else { return Value::Null };
    let longest = arrays.iter().map(|items| items.len()).max().unwrap_or(0);
    Value::array((0..longest).map(|index| {
        Dynamic::Array(
            arrays.iter().map(|items| items.get(index).cloned().unwrap_or(Dynamic::Null)).collect(),
        )
    }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{json, text};
    use super::*;

    #[test]
    fn slices_and_parts_are_counted_from_either_end() {
        let array = json("[1,2,3,4,5]");
        let cut = |first, last| text(slice(&[array.clone(), Value::Long(first), Value::Long(last)]));
        assert_eq!(cut(1, 2), "[2,3]");
        assert_eq!(cut(2, -1), "[3,4,5]");
        assert_eq!(cut(-3, -2), "[3,4]");
        assert_eq!(cut(-99, 99), "[1,2,3,4,5]");
        assert_eq!(cut(3, 1), "[]");
        assert_eq!(text(split(&[array.clone(), json("[1,3]")])), "[[1],[2,3],[4,5]]");
        assert_eq!(text(split(&[array, Value::Long(-1)])), "[[1,2,3,4],[5]]");
    }

    #[test]
    fn elements_are_turned_and_shifted() {
        let array = json("[1,2,3,4,5]");
        assert_eq!(text(rotated(&[array.clone(), Value::Long(7)], 1)), "[3,4,5,1,2]");
        assert_eq!(text(rotated(&[array.clone(), Value::Long(-2)], 1)), "[4,5,1,2,3]");
        assert_eq!(text(shifted(&[array.clone(), Value::Long(2), Value::Long(-1)], 1)), "[3,4,5,-1,-1]");
        assert_eq!(text(shifted(&[array.clone(), Value::Long(2)], -1)), "[null,null,1,2,3]");
        assert_eq!(text(shifted(&[array, Value::Long(9)], 1)), "[null,null,null,null,null]");
        assert_eq!(text(shifted(&[json(r#"["a","b"]"#), Value::Long(1)], 1)), r#"["b",""]"#);
        assert_eq!(text(rotated(&[json("[]"), Value::Long(2)], 1)), "[]");
    }

    #[test]
    fn arrays_are_sorted_together() {
        let both = [json("[3,null,1,2]"), json(r#"["c","n","a","b"]"#), json("[1]")];
        assert_eq!(text(sorted(&both, false)), r#"[[1,2,3,null],["a","b","c","n"],null]"#);
        let first = [json("[3,null,1]"), Value::Bool(false)];
        assert_eq!(text(sorted(&first, true)), "[null,3,1]");
        assert_eq!(text(sorted(&[json(r#"["b",10,"a",9.5]"#)], false)), r#"[9.5,10,"a","b"]"#);
    }

    #[test]
    fn ranges_end_at_their_last_value() {
        let longs = |numbers: &[i64]| numbers.iter().copied().map(Value::Long).collect::<Vec<_>>();
        assert_eq!(text(range(&longs(&[1, 8, 3]))), "[1,4,7]");
        assert_eq!(text(range(&longs(&[3, 1, -1]))), "[3,2,1]");
        assert_eq!(text(range(&longs(&[3, 1]))), "[]");
        assert_eq!(range(&longs(&[1, 3, 0])), Value::Null);
        assert_eq!(text(range(&[Value::Real(0.0), Value::Real(0.3), Value::Real(0.1)])), "[0.0,0.1,0.2]");
    }
}
