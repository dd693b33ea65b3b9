//! Columns of several tables as one list.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::arena::Arena;
use super::binder::Binder;
use super::projection::UniqueNames;
use super::symbols::{Column, Table};
use super::types::{self, Conversion, Type};
use crate::catalog::kql::{UnionColumn, UnionRule};

/// The columns of one name, by type in order of appearance; all shapes of `dynamic` are one type.
#[derive(Debug, Default)]
struct SameName<'a> {
    types: Vec<(Type<'a>, Vec<&'a Column<'a>>)>,
}

fn key(ty: Type<'_>) -> Type<'_> {
    if ty.is_dynamic() { Type::DYNAMIC } else { ty }
}

fn by_name<'a>(columns: &[&'a Column<'a>]) -> (Vec<&'a str>, HashMap<&'a str, SameName<'a>>) {
    let mut order = Vec::new();
    let mut map: HashMap<&str, SameName<'_>> = HashMap::with_capacity(columns.len());
    for column in columns {
        let same = map.entry(column.name).or_insert_with(|| {
            order.push(column.name);
            SameName::default()
        });
        // A name that came twice with one type and then with another is not told apart by the reference.
        let lost =
            matches!(same.types.as_slice(), [(ty, list)] if list.len() > 1 && !ty.same(key(column.ty)));
        if lost {
            continue;
        }
        match same.types.iter_mut().find(|(ty, _)| ty.same(key(column.ty))) {
            Some((_, list)) => list.push(column),
            None => same.types.push((key(column.ty), vec![column])),
        }
    }
    (order, map)
}

/// One column a name and type; where a name has several types, each gets its type behind the name.
pub fn unify_name_and_type<'a>(arena: &'a Arena, columns: &[&'a Column<'a>]) -> Vec<&'a Column<'a>> {
    let (order, map) = by_name(columns);
    let mut unique = UniqueNames::default();
    let mut unified = Vec::new();
    for name in order {
        let Some(same) = map.get(name) else { continue };
        match same.types.as_slice() {
            [(_, list)] => {
                let column = match list.as_slice() {
                    [only] => *only,
                    list => Column::derived(arena, name, common(arena, list), list),
                };
                let free = unique.unique(arena, column.name, None);
                unified.push(if free == column.name {
                    column
                } else {
                    Column::derived(arena, free, column.ty, &[column])
                });
            }
            types => {
                for (_, list) in types {
                    let ty = common(arena, list);
                    let suggested = arena.concat(&[name, "_", ty.name()]);
                    let free = unique.unique(arena, suggested, None);
                    unified.push(Column::derived(arena, free, ty, list));
                }
            }
        }
    }
    unified
}

/// The columns of the union of `tables`.
pub fn of_union<'a>(binder: &Binder<'a>, tables: &[&'a Table<'a>], rule: UnionRule) -> Vec<&'a Column<'a>> {
    let arena = binder.arena;
    let unify = |arena| {
        let declared: Vec<&Column<'_>> = tables.iter().flat_map(|table| table.columns()).copied().collect();
        match rule {
            UnionRule::NameAndType => unify_name_and_type(arena, &declared),
            UnionRule::Name => unify_name(arena, &declared),
        }
    };
    // What is known by name only adds no column.
    let with_columns: Vec<&Table<'_>> =
        tables.iter().filter(|table| table.is_stored() || !table.columns().is_empty()).copied().collect();
    if !binder.are_all_tables(&with_columns) {
        return unify(arena);
    }
    let compute = || {
        let kept = |column: &&Column<'_>| match column.ty {
            Type::Scalar(scalar) => Some(UnionColumn { name: column.name.into(), scalar }),
            _ => None,
        };
        unify(arena).iter().filter_map(kept).collect()
    };
    let columns = binder.catalog.columns_of_everything(rule, compute);
    columns.iter().map(|column| Column::new(arena, &column.name, Type::Scalar(column.scalar))).collect()
}

fn common<'a>(arena: &'a Arena, columns: &[&'a Column<'a>]) -> Type<'a> {
    let first = columns.first().map_or(Type::Unknown, |column| key(column.ty));
    types::common(arena, columns.iter().map(|column| column.ty), Conversion::None).unwrap_or(first)
}

/// One column a name; where a name has several types, of the type common to them, or `dynamic`.
fn unify_name<'a>(arena: &'a Arena, columns: &[&'a Column<'a>]) -> Vec<&'a Column<'a>> {
    let (order, map) = by_name(columns);
    let mut unified = Vec::new();
    for name in order {
        let Some(same) = map.get(name) else { continue };
        match same.types.as_slice() {
            [(ty, list)] => unified.push(match list.as_slice() {
                [only] => *only,
                list => {
                    let ty = list.first().map_or(*ty, |first| first.ty);
                    Column::derived(arena, name, ty, list)
                }
            }),
            types => {
                let scalars = types.iter().map(|(ty, _)| *ty).filter(|ty| ty.is_scalar());
                let ty = types::common(arena, scalars, Conversion::Promotable).unwrap_or(Type::DYNAMIC);
                let all: Vec<&Column<'_>> = types.iter().flat_map(|(_, list)| list).copied().collect();
                unified.push(Column::derived(arena, name, ty, &all));
            }
        }
    }
    unified
}

/// All columns, those whose name came before under another name.
pub fn unique_names<'a>(arena: &'a Arena, columns: &[&'a Column<'a>]) -> Vec<&'a Column<'a>> {
    let mut unique = UniqueNames::default();
    for column in columns {
        unique.add(column.name);
    }
    let mut seen = HashSet::new();
    columns
        .iter()
        .map(|column| {
            if seen.insert(column.name) {
                return *column;
            }
            let free = unique.unique(arena, column.name, None);
            Column::derived(arena, free, column.ty, &[*column])
        })
        .collect()
}

/// The columns that both lists have by name.
pub fn common_of_two<'a>(
    arena: &'a Arena,
    a: &[&'a Column<'a>],
    b: &[&'a Column<'a>],
) -> Vec<&'a Column<'a>> {
    let names = |columns: &[&'a Column<'a>]| -> HashSet<&'a str> {
        columns.iter().map(|column| column.name).collect()
    };
    let (of_a, of_b) = (names(a), names(b));
    let mut both: Vec<&Column<'_>> = a.iter().copied().filter(|column| of_b.contains(column.name)).collect();
    both.extend(b.iter().copied().filter(|column| of_a.contains(column.name)));
    unify_name(arena, &both)
}

/// The columns that all tables have by name.
pub fn common_of_all<'a>(arena: &'a Arena, tables: &[&[&'a Column<'a>]]) -> Vec<&'a Column<'a>> {
    let Some((first, rest)) = tables.split_first() else { return Vec::new() };
    let mut common = first.to_vec();
    for columns in rest {
        common = common_of_two(arena, &common, columns);
    }
    common
}
