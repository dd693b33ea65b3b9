//! Columns of several tables as one list.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::arena::Arena;
use super::binder::Binder;
use super::column_index::ColumnIndex;
use super::result_columns::UniqueNames;
use super::symbols::{Column, MAX_ORIGINALS, Names, Table};
use super::types::{self, Conversion, Type};
use crate::catalog::kql::{UnionColumn, UnionColumns, UnionRule};

fn key(ty: Type<'_>) -> Type<'_> {
    if ty.is_dynamic() { Type::DYNAMIC } else { ty }
}

/// Columns in the order in which their names came first, those of one name side by side. A union of every table has
/// some hundred thousand columns of ten thousand names, so no name has a list of its own.
struct ByName<'a> {
    columns: Vec<&'a Column<'a>>,
    /// Where the columns of each name end.
    ends: Vec<usize>,
}

impl<'a> ByName<'a> {
    fn of(columns: &[&'a Column<'a>]) -> Self {
        let mut known: HashMap<&str, usize> = HashMap::with_capacity(columns.len().min(1 << 14));
        let mut counts: Vec<usize> = Vec::new();
        let names: Vec<usize> = columns
            .iter()
            .map(|column| {
                let name = *known.entry(column.name).or_insert(counts.len());
                match counts.get_mut(name) {
                    Some(count) => *count += 1,
                    None => counts.push(1),
                }
                name
            })
            .collect();
        let mut next: Vec<usize> = Vec::with_capacity(counts.len());
        let mut ends = counts;
        let mut end = 0;
        for count in &mut ends {
            next.push(end);
            end += *count;
            *count = end;
        }
        let mut sorted = columns.to_vec();
        for (column, name) in columns.iter().zip(names) {
            if let Some(at) = next.get_mut(name) {
                if let Some(place) = sorted.get_mut(*at) {
                    *place = column;
                }
                *at += 1;
            }
        }
        Self { columns: sorted, ends }
    }

    /// The columns of each name; never an empty list.
    fn iter(&self) -> impl Iterator<Item = &[&'a Column<'a>]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, end)| self.columns.get(start..*end))
    }
}

/// The columns of one name by type, in order of appearance, unless all are of one; all shapes of `dynamic` are one.
fn by_type<'a>(columns: &[&'a Column<'a>]) -> Option<Vec<(Type<'a>, Vec<&'a Column<'a>>)>> {
    let (first, rest) = columns.split_first()?;
    let ty = key(first.ty);
    if rest.iter().all(|column| ty.same(key(column.ty))) {
        return None;
    }
    let mut types: Vec<(Type<'_>, Vec<&Column<'_>>)> = Vec::new();
    for column in columns {
        // A name that came twice with one type and then with another is not told apart by the reference.
        let lost = matches!(types.as_slice(), [(ty, list)] if list.len() > 1 && !ty.same(key(column.ty)));
        if lost {
            continue;
        }
        match types.iter_mut().find(|(ty, _)| ty.same(key(column.ty))) {
            Some((_, list)) => list.push(column),
            None => types.push((key(column.ty), vec![column])),
        }
    }
    Some(types)
}

/// One column a name and type; where a name has several types, each gets its type behind the name.
pub fn unify_name_and_type<'a>(arena: &'a Arena, columns: &[&'a Column<'a>]) -> Vec<&'a Column<'a>> {
    let mut unique = UniqueNames::default();
    let mut unified = Vec::new();
    let add_one = |unique: &mut UniqueNames<'a>, list: &[&'a Column<'a>]| {
        let column = match list {
            [] => return None,
            [only] => *only,
            [first, ..] => Column::derived(arena, first.name, common(arena, list), list),
        };
        let free = unique.unique(arena, column.name, None);
        Some(if free == column.name { column } else { Column::derived(arena, free, column.ty, &[column]) })
    };
    for list in ByName::of(columns).iter() {
        match by_type(list).as_deref() {
            None => unified.extend(add_one(&mut unique, list)),
            Some([(_, list)]) => unified.extend(add_one(&mut unique, list)),
            Some(types) => {
                for (_, list) in types {
                    let ty = common(arena, list);
                    let name = list.first().map_or("", |column| column.name);
                    let suggested = arena.concat(&[name, "_", ty.name()]);
                    let free = unique.unique(arena, suggested, None);
                    unified.push(Column::derived(arena, free, ty, list));
                }
            }
        }
    }
    unified
}

/// The union of `tables`: open where one of them is. `first` stands before their columns.
pub fn union_of<'a>(
    binder: &Binder<'a>,
    tables: &[&'a Table<'a>],
    rule: UnionRule,
    first: Option<&'a Column<'a>>,
) -> &'a Table<'a> {
    let arena = binder.arena;
    let mut columns: Vec<&Column<'_>> = first.into_iter().collect();
    let mut index = ColumnIndex::default();
    match of_everything(binder, tables, rule) {
        Some(all) => {
            let start = columns.len();
            columns.extend(all.columns().iter().map(|column| copied(arena, column)));
            index = ColumnIndex::of(all.index(), start, all.columns().len());
        }
        None => columns.extend(unify(arena, tables, rule)),
    }
    let named = columns.iter().all(|column| !column.name.is_empty());
    let names = match first {
        _ if !named => Names::Any,
        Some(_) => Names::DistinctAfterFirst,
        None => Names::Distinct,
    };
    let table = Table::with_names(arena, arena.slice(&columns), names, index);
    table.open(arena, tables.iter().any(|table| table.open))
}

/// The columns of the union of `tables`.
pub fn of_union<'a>(binder: &Binder<'a>, tables: &[&'a Table<'a>], rule: UnionRule) -> Vec<&'a Column<'a>> {
    let arena = binder.arena;
    match of_everything(binder, tables, rule) {
        Some(all) => all.columns().iter().map(|column| copied(arena, column)).collect(),
        None => unify(arena, tables, rule),
    }
}

fn copied<'a>(arena: &'a Arena, column: &'a UnionColumn) -> &'a Column<'a> {
    Column::new(arena, &column.name, Type::Scalar(column.scalar))
}

fn unify<'a>(arena: &'a Arena, tables: &[&'a Table<'a>], rule: UnionRule) -> Vec<&'a Column<'a>> {
    let declared: Vec<&Column<'_>> = tables.iter().flat_map(|table| table.columns()).copied().collect();
    match rule {
        UnionRule::NameAndType => unify_name_and_type(arena, &declared),
        UnionRule::Name => unify_name(arena, &declared),
    }
}

/// What the catalog keeps of the union of all tables, where `tables` are these.
fn of_everything<'a>(
    binder: &Binder<'a>,
    tables: &[&'a Table<'a>],
    rule: UnionRule,
) -> Option<&'a UnionColumns> {
    // What is known by name only adds no column.
    let with_columns: Vec<&Table<'_>> =
        tables.iter().filter(|table| table.is_stored() || !table.columns().is_empty()).copied().collect();
    if !binder.are_all_tables(&with_columns) {
        return None;
    }
    let compute = || {
        let kept = |column: &&Column<'_>| match column.ty {
            Type::Scalar(scalar) => Some(UnionColumn { name: column.name.into(), scalar }),
            _ => None,
        };
        unify(binder.arena, tables, rule).iter().filter_map(kept).collect()
    };
    Some(binder.catalog.columns_of_everything(rule, compute))
}

fn common<'a>(arena: &'a Arena, columns: &[&'a Column<'a>]) -> Type<'a> {
    let first = columns.first().map_or(Type::Unknown, |column| key(column.ty));
    types::common(arena, columns.iter().map(|column| column.ty), Conversion::None).unwrap_or(first)
}

/// One column a name; where a name has several types, of the type common to them, or `dynamic`.
fn unify_name<'a>(arena: &'a Arena, columns: &[&'a Column<'a>]) -> Vec<&'a Column<'a>> {
    let mut unified = Vec::new();
    let of_one_type = |list: &[&'a Column<'a>]| match list {
        [] => None,
        [only] => Some(*only),
        [first, ..] => Some(Column::derived(arena, first.name, first.ty, list)),
    };
    for list in ByName::of(columns).iter() {
        match by_type(list).as_deref() {
            None => unified.extend(of_one_type(list)),
            Some([(_, list)]) => unified.extend(of_one_type(list)),
            Some(types) => {
                let name = list.first().map_or("", |column| column.name);
                let ty = common_scalar(arena, types.iter().map(|(ty, _)| *ty));
                let all: Vec<&Column<'_>> = types.iter().flat_map(|(_, list)| list).copied().collect();
                unified.push(Column::derived(arena, name, ty, &all));
            }
        }
    }
    unified
}

fn common_scalar<'a>(arena: &'a Arena, types: impl Iterator<Item = Type<'a>>) -> Type<'a> {
    let scalars = types.filter(|ty| ty.is_scalar());
    types::common(arena, scalars, Conversion::Promotable).unwrap_or(Type::DYNAMIC)
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

/// The columns that all tables have by name, in the order of the first.
pub fn common_of_all<'a>(arena: &'a Arena, tables: &[&'a Table<'a>]) -> Vec<&'a Column<'a>> {
    let [first, rest @ ..] = tables else { return Vec::new() };
    if rest.is_empty() {
        return first.columns().to_vec();
    }
    // What is left after a few of thousands of tables is short: a list is faster than sets of names.
    let mut common: Vec<(Type<'_>, Vec<&Column<'_>>)> =
        unify_name(arena, first.columns()).into_iter().map(|column| (column.ty, vec![column])).collect();
    for table in rest {
        common.retain_mut(|(common, all)| {
            let name = all.first().map_or("", |column| column.name);
            let Some(ty) = table.declares(name) else { return false };
            if !key(*common).same(key(ty)) {
                *common = common_scalar(arena, [key(*common), key(ty)].into_iter());
            }
            if all.len() < MAX_ORIGINALS {
                all.extend(table.column(name));
            }
            true
        });
    }
    let derived = |(ty, all): (Type<'a>, Vec<&'a Column<'a>>)| {
        all.first().map(|first| Column::derived(arena, first.name, ty, &all))
    };
    common.into_iter().filter_map(derived).collect()
}
