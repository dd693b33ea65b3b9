//! Functions over arrays and property bags, which keep what is known of elements and properties.

use super::context::{Argument, CallContext, ColumnRef};
use crate::kql::bind::types::{self, Conversion, Type};

pub(super) fn return_type<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    match cx.function.name {
        "bin_auto" => bin_auto(cx),
        "array_concat" => common(cx, cx.arguments_of("array"), Conversion::None).unwrap_or(Type::ARRAY),
        "array_iff" | "array_iif" => array_iff(cx),
        "array_sort_asc" | "array_sort_desc" => array_sort(cx),
        "pack" | "pack_dictionary" | "bag_pack" => bag_pack(cx),
        "bag_pack_columns" => {
            let columns: Vec<_> = cx.arguments_of("value").filter_map(|argument| argument.column).collect();
            cx.bag(&columns)
        }
        "pack_all" => cx.bag(cx.rows.columns()),
        "pack_array" => pack_array(cx),
        "set_union" | "set_intersect" | "set_difference" => {
            let sets = common(cx, cx.arguments_of("set"), Conversion::Promotable);
            sets.filter(|common| matches!(common, Type::Array(_))).unwrap_or(Type::ARRAY)
        }
        "bag_merge" => bag_merge(cx),
        "bag_remove_keys" => bag_remove_keys(cx),
        "bag_set_key" => bag_set_key(cx),
        "map" => cx.arguments.get(1).map_or(Type::DYNAMIC, |argument| argument.ty).array_of(cx.arena),
        "inner_nodes" => match cx.graph {
            Some(graph) => cx.tuple(graph.nodes.map_or(&[], |nodes| nodes.columns())),
            None => Type::BAG.array_of(cx.arena),
        },
        _ => Type::Error,
    }
}

/// The type common to the arguments, where there is one.
fn common<'a, 'x>(
    cx: &CallContext<'a, '_>,
    arguments: impl Iterator<Item = &'x Argument<'a>>,
    conversion: Conversion,
) -> Option<Type<'a>>
where
    'a: 'x,
{
    types::common(cx.arena, arguments.map(|argument| argument.ty), conversion)
}

/// `bin` with a size and an origin that the query sets as options.
fn bin_auto<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    let Some(value) = cx.argument("value").map(|value| value.ty).filter(|ty| ty.is_scalar()) else {
        return Type::Unknown;
    };
    if !value.is_numeric() {
        return value.promoted();
    }
    let options =
        ["query_bin_auto_size", "query_bin_auto_at"].into_iter().filter_map(|name| (cx.type_of_name)(name));
    let all = std::iter::once(value).chain(options).filter(|ty| ty.is_scalar());
    types::common(cx.arena, all, Conversion::Promotable).map_or(Type::Error, |ty| ty.promoted())
}

/// The reference looks at the second argument only; what the third is does not matter to it.
fn array_iff<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    match cx.argument("when_true").map(|argument| argument.ty) {
        Some(ty) if ty.is_dynamic() => ty,
        Some(ty) => ty.array_of(cx.arena),
        None => Type::ARRAY,
    }
}

/// A sorted copy of each array.
fn array_sort<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    let arrays = cx.arguments.iter().take_while(|argument| argument.ty.is_dynamic_array());
    let sorted = arrays.enumerate().map(|(at, array)| {
        let name = match array.result_name.filter(|name| !name.is_empty()) {
            Some(name) => format!("{name}_sorted"),
            None => format!("array{at}_sorted"),
        };
        cx.column(&name, array.ty)
    });
    cx.tuple(&sorted.collect::<Vec<_>>())
}

/// A bag of the properties whose keys are constant.
fn bag_pack<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    let mut values = cx.arguments_of("value");
    let mut properties = Vec::new();
    for key in cx.arguments_of("key") {
        let value = values.next().map_or(Type::Unknown, |value| value.ty);
        if let Some(name) = key.constant.filter(|_| key.ty.same(Type::STRING)) {
            properties.push(cx.column(name, value));
        }
    }
    cx.bag(&properties)
}

fn pack_array<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    let element = if cx.arguments.iter().any(|argument| argument.star) {
        types::common(cx.arena, cx.rows.columns().iter().map(|column| column.ty), Conversion::Promotable)
    } else {
        common(cx, cx.arguments_of("value"), Conversion::Promotable)
    };
    element.map_or(Type::ARRAY, |element| element.array_of(cx.arena))
}

/// The properties of all bags whose properties are known.
fn bag_merge<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    let mut bags = cx.arguments_of("bag").map(|bag| bag.ty);
    let Some(Type::Bag(first)) = bags.next() else { return Type::BAG };
    let mut merged: Vec<ColumnRef<'a>> = first.to_vec();
    for bag in bags {
        let Type::Bag(properties) = bag else { continue };
        for property in properties {
            // A property that two bags have keeps the type of the first.
            if !merged.iter().any(|known| known.name == property.name) {
                merged.push(property);
            }
        }
    }
    cx.bag(&merged)
}

fn bag_remove_keys<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    let bag = cx.argument("bag").map(|bag| bag.ty);
    let keys = cx.argument("keys").and_then(|keys| keys.elements);
    let (Some(Type::Bag(properties)), Some(keys)) = (bag, keys) else { return Type::BAG };
    let kept = properties.iter().copied().filter(|property| !keys.contains(&property.name));
    cx.bag(&kept.collect::<Vec<_>>())
}

fn bag_set_key<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    let bag = cx.argument("bag").map_or(Type::BAG, |bag| bag.ty);
    let key = cx.argument("key").filter(|key| key.ty.same(Type::STRING)).and_then(|key| key.constant);
    let value = cx.argument("value").map(|value| value.ty).filter(|ty| ty.is_scalar());
    let (Some(key), Some(value)) = (key, value) else { return bag };
    // A path into the bag changes what is inside a property, and the top stays as it is.
    if key.trim().is_empty() || key.contains(['$', '.', '[', ']']) {
        return bag;
    }
    let mut properties = match bag {
        Type::Bag(properties) => properties.to_vec(),
        _ => Vec::new(),
    };
    let property = cx.column(key, value);
    match properties.iter_mut().find(|known| known.name == key) {
        Some(known) => *known = property,
        None => properties.push(property),
    }
    cx.bag(&properties)
}
