//! Property bags: made, merged, read and changed by key or by a path to a key within.

use std::sync::Arc;

use indexmap::IndexMap;

use super::json_path::{Step, path_of};
use super::{Scalar, at, text_at};
use crate::exec::table::HIDDEN;
use crate::exec::value::{Dynamic, Value};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "bag_has_key", body: |_, v| Ok(has_key(v)) },
    Scalar { name: "bag_keys", body: |_, v| Ok(keys(at(v, 0))) },
    Scalar { name: "bag_merge", body: |_, v| Ok(merge(v)) },
    Scalar { name: "bag_pack", body: |_, v| Ok(pack(v)) },
    Scalar { name: "pack", body: |_, v| Ok(pack(v)) },
    Scalar { name: "pack_dictionary", body: |_, v| Ok(pack(v)) },
    Scalar { name: "bag_pack_columns", body: |call, v| Ok(pack_columns(call, v, 0, false)) },
    Scalar { name: "pack_all", body: |call, v| Ok(pack_columns(call, v, 1, at(v, 0).is_true())) },
    Scalar { name: "bag_remove_keys", body: |_, v| Ok(remove_keys(v)) },
    Scalar { name: "bag_set_key", body: |_, v| Ok(set_key(v)) },
    Scalar { name: "bag_zip", body: |_, v| Ok(zip(v)) },
    Scalar { name: "treepath", body: |_, v| Ok(tree_paths(at(v, 0))) },
];

type Bag = IndexMap<Arc<str>, Dynamic>;

fn bag(value: &Value) -> Option<&Bag> {
    match value.as_dynamic()? {
        Dynamic::Bag(entries) => Some(entries),
        _ => None,
    }
}

fn keys(value: &Value) -> Value {
    bag(value).map_or(Value::Null, |entries| {
        Value::array(entries.keys().map(|key| Dynamic::String(Arc::clone(key))))
    })
}

fn pack(values: &[Value]) -> Value {
    let (pairs, _) = values.as_chunks::<2>();
    let entries = pairs.iter().map(|[key, value]| (Arc::from(&*key.to_text()), value.to_dynamic()));
    Value::dynamic(Dynamic::Bag(entries.collect()))
}

/// A bag of columns under their names, from an argument on.
fn pack_columns(call: &super::Call<'_>, values: &[Value], from: usize, without_empty: bool) -> Value {
    let columns = call.arguments.iter().zip(values).skip(from);
    let entries = columns
        .filter_map(|(argument, value)| Some((argument.as_column()?, value)))
        .filter(|(name, value)| !(name.starts_with(HIDDEN) || without_empty && value.is_empty()))
        .map(|(name, value)| (Arc::clone(name), value.to_dynamic()));
    Value::dynamic(Dynamic::Bag(entries.collect()))
}

/// All properties; of the same ones those of the first bag. Null where something is no bag.
fn merge(values: &[Value]) -> Value {
    let bags: Option<Vec<&Bag>> = values.iter().map(bag).collect();
    let Some(bags) = bags else { return Value::Null };
    let mut all = Bag::new();
    for (key, value) in bags.into_iter().flatten() {
        all.entry(Arc::clone(key)).or_insert_with(|| value.clone());
    }
    Value::dynamic(Dynamic::Bag(all))
}

/// The keys on the way to a property: of a path `$.a.b`, or the one key that a text is.
fn key_path(text: &str) -> Option<Vec<Arc<str>>> {
    if !text.starts_with('$') {
        return Some(vec![Arc::from(text)]);
    }
    path_of(text)?
        .into_iter()
        .map(|step| match step {
            Step::Key(key) => Some(key),
            Step::Index(_) => None,
        })
        .collect()
}

fn has_key(values: &[Value]) -> Value {
    let Some(Dynamic::Bag(_)) = at(values, 0).as_dynamic() else { return Value::Null };
    let mut here = at(values, 0).as_dynamic();
    for key in key_path(&text_at(values, 1)).unwrap_or_default() {
        here = here.and_then(|here| here.property(&key));
    }
    here.is_some().into()
}

fn remove_keys(values: &[Value]) -> Value {
    let Some(entries) = bag(at(values, 0)) else { return Value::Null };
    let mut entries = entries.clone();
    for key in at(values, 1).as_array().unwrap_or_default() {
        if let Some((last, way)) = key_path(&key.to_text()).as_deref().and_then(<[_]>::split_last) {
            let mut here = Some(&mut entries);
            for key in way {
                here = here.and_then(|entries| match entries.get_mut(key) {
                    Some(Dynamic::Bag(inner)) => Some(inner),
                    _ => None,
                });
            }
            if let Some(here) = here {
                here.shift_remove(last);
            }
        }
    }
    Value::dynamic(Dynamic::Bag(entries))
}

/// The bag with a property set; bags on the way to it are made where there are none.
fn set_key(values: &[Value]) -> Value {
    let path = key_path(&text_at(values, 1)).filter(|path| !path.is_empty());
    let (Some(entries), Some(path)) = (bag(at(values, 0)), path) else { return Value::Null };
    let mut root = Dynamic::Bag(entries.clone());
    let mut here = &mut root;
    for key in path {
        if !matches!(here, Dynamic::Bag(_)) {
            *here = Dynamic::Bag(Bag::new());
        }
        let Dynamic::Bag(entries) = here else { return Value::Null };
        here = entries.entry(key).or_insert(Dynamic::Null);
    }
    *here = at(values, 2).to_dynamic();
    Value::dynamic(root)
}

/// Keys of one array with values of another: without a value null; a key that is no text is left out.
fn zip(values: &[Value]) -> Value {
    let Some(keys) = at(values, 0).as_array() else { return Value::Null };
    let held = at(values, 1).as_array().unwrap_or_default();
    let entries = keys.iter().enumerate().filter_map(|(index, key)| {
        let Dynamic::String(key) = key else { return None };
        Some((Arc::clone(key), held.get(index).cloned().unwrap_or(Dynamic::Null)))
    });
    Value::dynamic(Dynamic::Bag(entries.collect()))
}

/// The paths to all properties; of the elements of an array those of the first of each kind.
fn tree_paths(value: &Value) -> Value {
    fn walk(value: &Dynamic, path: &str, paths: &mut indexmap::IndexSet<String>) {
        match value {
            Dynamic::Bag(entries) => {
                for (key, value) in entries {
                    let path = format!("{path}['{key}']");
                    paths.insert(path.clone());
                    walk(value, &path, paths);
                }
            }
            Dynamic::Array(items) => {
                let path = format!("{path}[0]");
                if !items.is_empty() {
                    paths.insert(path.clone());
                }
                for item in items {
                    walk(item, &path, paths);
                }
            }
            _ => {}
        }
    }
    let Some(value) = value.as_dynamic() else { return Value::Null };
    let mut paths = indexmap::IndexSet::new();
    walk(value, "", &mut paths);
    Value::array(paths.into_iter().map(Dynamic::string))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{json, text};
    use super::*;

    #[test]
    fn properties_are_reached_by_path() {
        let nested = json(r#"{"a":1,"b":{"c":2,"d":3}}"#);
        let key = |key: &str| Value::string(key);
        assert_eq!(has_key(&[nested.clone(), key("$.b.c")]), Value::Bool(true));
        assert_eq!(has_key(&[nested.clone(), key("c")]), Value::Bool(false));
        assert_eq!(
            text(remove_keys(&[nested.clone(), json(r#"["$.b.c","a","nothing"]"#)])),
            r#"{"b":{"d":3}}"#
        );
        assert_eq!(text(set_key(&[json("{}"), key("$.x.y"), Value::Long(1)])), r#"{"x":{"y":1}}"#);
        assert_eq!(set_key(&[Value::Null, key("x"), Value::Long(1)]), Value::Null);
    }

    #[test]
    fn the_first_bag_wins() {
        assert_eq!(text(merge(&[json(r#"{"a":1}"#), json(r#"{"a":2,"b":3}"#)])), r#"{"a":1,"b":3}"#);
        assert_eq!(merge(&[json("{}"), Value::Null]), Value::Null);
    }

    #[test]
    fn paths_of_a_tree_name_each_property_once() {
        let value = json(r#"{"listProperty":[100,200,{"x":"y"}],"prop2":"v"}"#);
        assert_eq!(
            text(tree_paths(&value)),
            r#"["['listProperty']","['listProperty'][0]","['listProperty'][0]['x']","['prop2']"]"#
        );
    }
}
