//! Arrays as sets. The order of a result is that of the arguments; an array stands in it once for each value.

use std::collections::HashSet;

use super::{Scalar, at};
use crate::exec::value::{Dynamic, Key, Value};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "jaccard_index", body: |_, v| Ok(jaccard(v)) },
    Scalar {
        name: "set_difference",
        body: |_, v| Ok(combined(v, |others| others.iter().all(|found| !found))),
    },
    Scalar { name: "set_equals", body: |_, v| Ok(same(v)) },
    Scalar { name: "set_has_element", body: |_, v| Ok(has_element(v)) },
    Scalar {
        name: "set_intersect",
        body: |_, v| Ok(combined(v, |others| others.iter().all(|found| *found))),
    },
    Scalar { name: "set_union", body: |_, v| Ok(union(v)) },
];

fn key(item: &Dynamic) -> Key {
    Key::of(&Value::dynamic(item.clone()))
}

/// The arrays that the arguments are; nothing where one is none.
fn arrays(values: &[Value]) -> Option<Vec<&[Dynamic]>> {
    values.iter().map(Value::as_array).collect()
}

fn keys(items: &[Dynamic]) -> HashSet<Key> {
    items.iter().map(key).collect()
}

/// The values of the first array that are kept, by whether each other array has them.
fn combined(values: &[Value], keep: fn(&[bool]) -> bool) -> Value {
    let Some(arrays) = arrays(values) else { return Value::Null };
    let Some((first, others)) = arrays.split_first() else { return Value::Null };
    let others: Vec<HashSet<Key>> = others.iter().map(|items| keys(items)).collect();
    let mut seen = HashSet::new();
    Value::array(
        first
            .iter()
            .filter(|item| {
                let key = key(item);
                let found: Vec<bool> = others.iter().map(|other| other.contains(&key)).collect();
                keep(&found) && seen.insert(key)
            })
            .cloned(),
    )
}

fn union(values: &[Value]) -> Value {
    let Some(arrays) = arrays(values) else { return Value::Null };
    let mut seen = HashSet::new();
    Value::array(arrays.into_iter().flatten().filter(|item| seen.insert(key(item))).cloned())
}

fn has_element(values: &[Value]) -> Value {
    let Some(items) = at(values, 0).as_array() else { return Value::Null };
    let wanted = Key::of(at(values, 1));
    items.iter().any(|item| key(item) == wanted).into()
}

fn same(values: &[Value]) -> Value {
    match arrays(values).as_deref() {
        Some([left, right]) => (keys(left) == keys(right)).into(),
        _ => Value::Null,
    }
}

/// How many values two sets share, of all that they have.
fn jaccard(values: &[Value]) -> Value {
    let Some(arrays) = arrays(values) else { return Value::Null };
    let [left, right] = arrays[..] else { return Value::Null };
    let (left, right) = (keys(left), keys(right));
    #[expect(clippy::cast_precision_loss, reason = "numbers of elements")]
    let share = left.intersection(&right).count() as f64 / left.union(&right).count() as f64;
    Value::Real(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_once_in_the_order_of_the_arguments() {
        let json = |text: &str| Value::dynamic(Dynamic::from_json(text).unwrap());
        let both = [json(r#"[3,1,3,"a"]"#), json(r#"["a",1.0,2]"#)];
        assert_eq!(union(&both).to_text(), r#"[3,1,"a",2]"#);
        assert_eq!(combined(&both, |others| others.iter().all(|found| *found)).to_text(), r#"[1,"a"]"#);
        assert_eq!(combined(&both, |others| others.iter().all(|found| !found)).to_text(), "[3]");
        assert_eq!(has_element(&[both[0].clone(), Value::string("1")]), Value::Bool(false));
        assert_eq!(union(&[both[0].clone(), Value::Null]), Value::Null);
    }
}
