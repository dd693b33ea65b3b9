//! Results held against the text that a documentation prints for them.
//!
//! Pages print values in many ways: times with a blank or a `T`, JSON over several lines or with single quotes, numbers
//! cut off. A printed cell is read as the type of its column and compared as that.

use super::Example;
use crate::exec::Table;
use crate::exec::value::{DateTime, Dynamic, TimeSpan, Value};

/// What differs; nothing where the result is what the page prints.
pub(super) fn difference(example: &Example, table: &Table) -> Option<String> {
    let names: Vec<&str> = table.schema.fields.iter().map(|field| &*field.name).collect();
    let Some(places) = places(&example.columns, &names) else {
        return Some(format!("columns {names:?}, the page has {:?}", example.columns));
    };
    if example.volatile {
        return None;
    }
    // A table without rows may be printed with one that has nothing in it.
    let blank = |row: &Vec<String>| row.iter().all(|cell| cell.trim().is_empty());
    if table.rows.is_empty() && example.rows.len() == 1 && example.rows.iter().all(blank) {
        return None;
    }
    if let Some(cut) = example.rows.iter().position(|row| row.iter().all(|cell| left_out(cell))) {
        return difference_of_ends(&example.rows, cut, table, &places);
    }
    if example.rows.len() != table.rows.len() {
        return Some(format!("{} rows, the page has {}", table.rows.len(), example.rows.len()));
    }
    // Unless the query orders them, rows may come in any order.
    let mut free: Vec<usize> = (0..table.rows.len()).collect();
    for (index, printed) in example.rows.iter().enumerate() {
        let fits = |row: &usize| table.rows.get(*row).is_some_and(|row| same_row(printed, row, &places));
        match free.iter().position(fits) {
            Some(at) => {
                free.remove(at);
            }
            None => {
                let ours = table.rows.get(index);
                let ours: Vec<String> =
                    ours.into_iter().flatten().map(|value| value.to_text().into_owned()).collect();
                return Some(format!("no row is {printed:?}; row {} is {ours:?}", index + 1));
            }
        }
    }
    None
}

/// Whether a cell says that the page leaves rows out here.
fn left_out(cell: &str) -> bool {
    matches!(cell.trim(), "..." | "…")
}

/// The same, where the page prints the first and the last rows only, with a row of dots at `cut` between them.
fn difference_of_ends(
    printed: &[Vec<String>],
    cut: usize,
    table: &Table,
    places: &[usize],
) -> Option<String> {
    let (first, last) = printed.split_at(cut.min(printed.len()));
    let last = last.get(1..).unwrap_or_default();
    if first.len() + last.len() > table.rows.len() {
        return Some(format!("{} rows, the page has more", table.rows.len()));
    }
    let end = table.rows.len() - last.len();
    let pairs = first.iter().zip(&table.rows).chain(last.iter().zip(table.rows.iter().skip(end)));
    let mut differing = pairs.filter(|(printed, row)| !same_row(printed, row, places));
    differing.next().map(|(printed, _)| format!("no row is {printed:?} where the page has it"))
}

fn same_row(printed: &[String], row: &[Value], places: &[usize]) -> bool {
    printed.iter().zip(places).all(|(cell, place)| row.get(*place).is_some_and(|value| same(cell, value)))
}

/// Where each column of the page stands in the result.
fn places(printed: &[String], names: &[&str]) -> Option<Vec<usize>> {
    if printed.len() != names.len() {
        return None;
    }
    let plain = |name: &str| name.trim().trim_matches(['\'', '"', '`', '*']).replace('\\', "").to_lowercase();
    let by_name: Option<Vec<usize>> =
        printed.iter().map(|column| names.iter().position(|name| plain(name) == plain(column))).collect();
    // Pages leave out or misspell the name of a column now and then, mostly of the only one.
    by_name.or_else(|| (printed.len() == 1).then(|| vec![0]))
}

fn same(cell: &str, value: &Value) -> bool {
    let cell = linked(cell.trim());
    let text = value.to_text();
    if cell == text {
        return true;
    }
    // What a page leaves out of the middle of a long value.
    if let Some((start, end)) = cell.split_once(".....") {
        return text.starts_with(start) && text.ends_with(end);
    }
    match value {
        Value::Null => {
            matches!(cell.to_ascii_lowercase().as_str(), "" | "null" | "(null)" | "nan" | "\"\"" | "-")
        }
        Value::Bool(truth) => match cell.to_ascii_lowercase().as_str() {
            "true" | "1" => *truth,
            "false" | "0" => !truth,
            _ => false,
        },
        Value::Int(_) | Value::Long(_) | Value::Real(_) | Value::Decimal(_) => same_number(cell, value),
        Value::DateTime(time) => DateTime::parse(cell).is_some_and(|printed| {
            let apart = (printed.ticks() - time.ticks()).abs();
            // A page that prints no fraction of a second cuts it off.
            printed == *time || (!cell.contains('.') && apart < crate::exec::value::TICKS_PER_SECOND)
        }),
        Value::TimeSpan(span) => {
            let colons = cell.matches(':').count();
            let cell = if colons == 3 { cell.replacen(':', ".", 1) } else { cell.to_owned() };
            TimeSpan::parse(&cell).is_some_and(|printed| printed == *span)
        }
        // Text that holds JSON may be printed with blanks, and its numbers in another way.
        Value::String(text) => {
            [cell, unquoted(cell)].iter().any(|cell| squeezed(cell) == squeezed(text))
                || (text.starts_with(['[', '{'])
                    && Dynamic::from_json(text).is_some_and(|held| same_json(cell, &held)))
        }
        Value::Guid(guid) => cell.eq_ignore_ascii_case(&guid.to_string()),
        Value::Dynamic(held) => same_json(cell, held),
    }
}

/// A cell without the marks of Markdown around it: those of code, and those that make an address a link.
fn linked(cell: &str) -> &str {
    let cell = cell.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).unwrap_or(cell);
    let bracketed = cell.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let named = cell.strip_prefix('[').and_then(|rest| rest.split_once("](")).map(|(name, _)| name);
    match bracketed.or(named) {
        Some(inner) if inner.starts_with("http") => inner,
        _ => cell,
    }
}

fn unquoted(cell: &str) -> &str {
    cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(cell)
}

fn squeezed(text: &str) -> String {
    text.replace("\\\\", "\\").replace("\\|", "|").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn same_number(cell: &str, value: &Value) -> bool {
    let cell = cell.replace(',', "").replace('∞', "inf");
    let (Ok(printed), Some(ours)) = (cell.parse::<f64>(), value.as_f64()) else { return false };
    near(printed, ours, &cell)
}

/// Whether two numbers are the same as far as one is printed.
fn near(printed: f64, ours: f64, cell: &str) -> bool {
    if printed == ours || (printed.is_nan() && ours.is_nan()) {
        return true;
    }
    let digits =
        cell.split(['e', 'E']).next().unwrap_or_default().split_once('.').map_or(0, |(_, rest)| rest.len());
    let digits = i32::try_from(digits).unwrap_or(0);
    let unit = 10_f64.powi(-digits);
    let apart = (printed - ours).abs();
    // Digits are rounded or cut off; a whole number is printed in full.
    let cut = printed.abs() <= ours.abs() && printed * ours >= 0.0 && apart < unit;
    apart <= ours.abs() * 1e-9 || (digits > 0 && (apart <= 0.5000001 * unit || cut))
}

fn same_json(cell: &str, value: &Dynamic) -> bool {
    // Texts in an array without their quotes: `[yes, no]`.
    let bare = |text: &str| text.replace(['"', ' '], "");
    if matches!(value, Dynamic::Array(_))
        && Dynamic::from_json(cell).is_none()
        && bare(cell) == bare(&value.to_json())
    {
        return true;
    }
    if let Some(scalar) = value.scalar()
        && !matches!(scalar, Value::Null)
        && same(cell, &scalar)
    {
        return true;
    }
    if cut_matches(cell, value) {
        return true;
    }
    let plain = cell.replace("\\n", "\n");
    // A bag within a bag is printed as text now and then; one page leaves out the opening brace.
    let inner = plain.replace("\"{", "{").replace("}\"", "}");
    let opened = format!("{{{plain}");
    let candidates = [cell.to_owned(), plain.clone(), plain.replace('\'', "\""), inner, opened];
    candidates.iter().filter_map(|text| Dynamic::from_json(text)).any(|printed| same_dynamic(&printed, value))
}

/// Whether a page prints JSON with the middle left out, as `[ ... ]`, and the rest is the same.
fn cut_matches(cell: &str, value: &Dynamic) -> bool {
    let solid = |text: &str| text.split_whitespace().collect::<String>();
    let (cell, ours) = (solid(cell), solid(&value.to_json()));
    let parts: Vec<&str> = cell.split("...").map(|part| part.trim_matches([',', '.'])).collect();
    let [first, middle @ .., last] = parts.as_slice() else { return false };
    let Some(inner) = ours.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else { return false };
    !inner.is_empty() && middle.iter().all(|part| part.is_empty() || inner.contains(part))
}

fn same_dynamic(printed: &Dynamic, ours: &Dynamic) -> bool {
    match (printed, ours) {
        (Dynamic::Array(a), Dynamic::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_dynamic(a, b))
        }
        (Dynamic::Bag(a), Dynamic::Bag(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| same_dynamic(value, other)))
        }
        (Dynamic::Null, Dynamic::Null) => true,
        (Dynamic::String(text), other) => {
            other.scalar().is_some_and(|scalar| !scalar.is_null() && same(text, &scalar))
        }
        (printed, ours) => match (printed.as_f64(), ours.as_f64()) {
            (Some(a), Some(b)) => near(a, b, &printed.to_text()),
            _ => printed == ours,
        },
    }
}
