//! Items of a workspace written into the CSV file of a watchlist. Lines of items that stay keep their bytes, and an item
//! that changed keeps its place.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::text::csv;

/// An item as its values by column, without empty ones.
type Row = BTreeMap<String, String>;

/// What becomes of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// Its text.
    pub text: String,
    /// The items of the workspace, as lines, that both sides changed and that are left as the file has them; `None` for
    /// those that the workspace no longer has.
    pub contested: Vec<(String, Option<String>)>,
}

/// The items of the workspace as a new file, by their `key`: the service keeps no order. A watchlist without items has the column `key` alone.
pub fn new_file(items: &[Map<String, Value>], key: &str) -> String {
    let mut columns = columns_of(items);
    if columns.is_empty() {
        columns.push(key.to_owned());
    }
    let mut text = csv::line(columns.iter().map(String::as_str));
    text.push('\n');
    for row in in_order(rows_of(items), key) {
        text.push_str(&line(&row, &columns));
        text.push('\n');
    }
    text
}

/// Writes what the workspace, which holds `theirs`, changed since `base` into the file `text`, whose items are told
/// apart by the column `key`. Without a base every difference is one that both sides made; what both made is theirs
/// where `theirs_win`.
pub fn merge(
    text: &str,
    key: &str,
    theirs: &[Map<String, Value>],
    base: Option<&[Map<String, Value>]>,
    theirs_win: bool,
) -> Merged {
    let file = File::read(text);
    let ours: BTreeSet<&Row> = file.rows.iter().map(|(_, row)| row).collect();
    let held = in_order(rows_of(theirs), key);
    let there: BTreeSet<&Row> = held.iter().collect();
    let base: Option<Vec<Row>> = base.map(rows_of);
    let base: Option<BTreeSet<&Row>> = base.as_ref().map(|base| base.iter().collect());
    let key_of = |row: &Row| row.get(key).cloned().unwrap_or_default();
    let keys = |rows: &mut dyn Iterator<Item = &&Row>| rows.map(|row| key_of(row)).collect::<BTreeSet<_>>();
    let moved = keys(&mut ours.symmetric_difference(&there));
    let contested: BTreeSet<String> = match &base {
        Some(base) => {
            let (mine, yours) =
                (keys(&mut ours.symmetric_difference(base)), keys(&mut there.symmetric_difference(base)));
            moved.into_iter().filter(|key| mine.contains(key) && yours.contains(key)).collect()
        }
        None => moved,
    };
    let is_left = |row: &Row| !theirs_win && contested.contains(&key_of(row));
    // What the file says of an item stays where only the file changed it.
    let stays = |row: &Row| {
        is_left(row)
            || there.contains(row)
            || (!contested.contains(&key_of(row)) && !in_base(base.as_ref(), row))
    };
    let comes = |row: &Row| {
        !ours.contains(row)
            && !is_left(row)
            && (contested.contains(&key_of(row)) || !in_base(base.as_ref(), row))
    };
    let mut coming: Vec<&Row> = held.iter().filter(|row| comes(row)).collect();
    let mut seen = BTreeSet::new();
    coming.retain(|row| seen.insert(*row));
    let kept: Vec<bool> = file.rows.iter().map(|(_, row)| stays(row)).collect();
    let rows = file.rows.iter().map(|(_, row)| row).zip(&kept).filter_map(|(row, kept)| kept.then_some(row));
    let all: Vec<&Row> = rows.chain(coming.iter().copied()).collect();
    let columns = file.columns_with(&all);
    let same_columns = columns == file.columns;
    let mut out =
        if same_columns { file.head.to_owned() } else { csv::line(columns.iter().map(String::as_str)) };
    let mut lines: Vec<String> = Vec::new();
    for ((raw, row), kept) in file.rows.iter().zip(kept) {
        if kept {
            lines.push(if same_columns { (*raw).to_owned() } else { line(row, &columns) });
        } else if let Some(at) = coming.iter().position(|new| key_of(new) == key_of(row)) {
            lines.push(line(coming.remove(at), &columns));
        }
    }
    lines.extend(coming.into_iter().map(|row| line(row, &columns)));
    for line in lines {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push_str(file.newline);
        }
        out.push_str(&line);
    }
    if text.ends_with('\n') && !out.ends_with('\n') {
        out.push_str(file.newline);
    }
    let said = |key: String| {
        let row = held.iter().find(|row| key_of(row) == key);
        (key, row.map(|row| line(row, &columns)))
    };
    let contested = if theirs_win { BTreeSet::new() } else { contested };
    Merged { text: out, contested: contested.into_iter().map(said).collect() }
}

fn in_base(base: Option<&BTreeSet<&Row>>, row: &Row) -> bool {
    base.is_some_and(|base| base.contains(row))
}

fn line(row: &Row, columns: &[String]) -> String {
    csv::line(columns.iter().map(|column| row.get(column).map_or("", String::as_str)))
}

fn columns_of(items: &[Map<String, Value>]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for name in items.iter().flat_map(Map::keys) {
        if !columns.contains(name) {
            columns.push(name.clone());
        }
    }
    columns
}

fn rows_of(items: &[Map<String, Value>]) -> Vec<Row> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let row = |item: &Map<String, Value>| {
        let pairs = item.iter().map(|(name, value)| (name.clone(), text(value)));
        pairs.filter(|(_, value)| !value.is_empty()).collect()
    };
    items.iter().map(row).collect()
}

/// The rows by their `key`, then by all that they hold.
fn in_order(mut rows: Vec<Row>, key: &str) -> Vec<Row> {
    rows.sort_by(|a, b| (a.get(key), a).cmp(&(b.get(key), b)));
    rows
}

/// A CSV file, each item with its bytes, line ending included.
struct File<'t> {
    head: &'t str,
    columns: Vec<String>,
    rows: Vec<(&'t str, Row)>,
    newline: &'static str,
}

impl<'t> File<'t> {
    fn read(text: &'t str) -> Self {
        let mut starts = vec![0_usize];
        starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        let start = |line: u32| starts.get((line as usize).saturating_sub(1)).copied().unwrap_or(text.len());
        let all = csv::rows(text);
        let mut rows = Vec::new();
        let columns = all.first().map(|(_, columns)| columns.clone()).unwrap_or_default();
        let ends = all.iter().skip(1).map(|(line, _)| start(*line)).chain([text.len()]);
        let ends: Vec<usize> = ends.collect();
        for ((line, values), end) in all.iter().zip(&ends).skip(1) {
            let pairs = columns.iter().cloned().zip(values.iter().cloned());
            let row = pairs.filter(|(_, value)| !value.is_empty()).collect();
            rows.push((text.get(start(*line)..*end).unwrap_or_default(), row));
        }
        let head = text.get(..ends.first().copied().unwrap_or(0)).unwrap_or_default();
        Self { head, columns, rows, newline: if text.contains("\r\n") { "\r\n" } else { "\n" } }
    }

    /// The columns of the file, and those that `rows` have beside them.
    fn columns_with(&self, rows: &[&Row]) -> Vec<String> {
        let mut columns = self.columns.clone();
        for name in rows.iter().flat_map(|row| row.keys()) {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::watchlist;

    fn items(text: &str) -> Vec<Map<String, Value>> {
        watchlist::items(csv::rows(text).into_iter().map(|(_, values)| values))
    }

    const BASE: &str = "Host,Owner\nsrv1,Ann\nsrv2,Bo\nsrv3,Cy\n";

    fn merged(ours: &str, theirs: &str, base: Option<&str>) -> (String, Vec<String>) {
        let base = base.map(items);
        let merged = merge(ours, "Host", &items(theirs), base.as_deref(), false);
        (merged.text, merged.contested.into_iter().map(|(key, line)| format!("{key}: {line:?}")).collect())
    }

    #[test]
    fn changes_of_the_workspace_come_in_place_and_all_else_keeps_its_bytes() {
        let ours = "\u{feff}Host, Owner\r\n\"srv1\", Ann\r\nsrv2,Bo\r\nsrv3,Cy";
        let theirs = "Host,Owner\nsrv4,\"Di, HR\"\nsrv1,Ann\nsrv3,Cyd\n";
        let expected = "\u{feff}Host, Owner\r\n\"srv1\", Ann\r\nsrv3,Cyd\r\nsrv4,\"Di, HR\"";
        assert_eq!(merged(ours, theirs, Some(BASE)), (expected.to_owned(), vec![]));
        assert_eq!(merged(ours, BASE, Some(BASE)), (ours.to_owned(), vec![]), "nothing changed there");
    }

    #[test]
    fn what_only_the_file_changed_stays() {
        let ours = "Host,Owner\nsrv1,Ann\nsrv2,Bea\nsrv5,Flo\n";
        let theirs = BASE.replace("Ann", "Amy");
        let expected = ours.replace("Ann", "Amy");
        assert_eq!(merged(ours, &theirs, Some(BASE)), (expected, vec![]));
    }

    #[test]
    fn what_both_changed_is_contested() {
        let ours = BASE.replace("Bo", "Bea").replace("srv3,Cy\n", "");
        let theirs = BASE.replace("Bo", "Bob").replace("Cy", "Cyd").replace("srv1,Ann\n", "");
        let (text, contested) = merged(&ours, &theirs, Some(BASE));
        assert_eq!(text, "Host,Owner\nsrv2,Bea\n");
        assert_eq!(contested, ["srv2: Some(\"srv2,Bob\")", "srv3: Some(\"srv3,Cyd\")"]);
        let all = merge(&ours, "Host", &items(&theirs), Some(&items(BASE)), true);
        assert_eq!((all.text.as_str(), all.contested.len()), ("Host,Owner\nsrv2,Bob\nsrv3,Cyd\n", 0));
        let (text, contested) = merged(&ours, BASE, None);
        assert_eq!((text, contested.len()), (ours, 2), "without a base nothing is certain");
    }

    #[test]
    fn columns_come_at_the_end() {
        let theirs = "Host,Site\nsrv1,A\nsrv2,B\nsrv3,C\n";
        let expected = "Host,Owner,Site\nsrv1,,A\nsrv2,,B\nsrv3,,C\n";
        assert_eq!(merged(BASE, theirs, Some(BASE)).0, expected);
        assert_eq!(new_file(&items(theirs), "Host"), theirs);
        assert_eq!(new_file(&[], "Host"), "Host\n");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

        /// Where only one side changed, the other takes it over whole.
        #[test]
        fn one_sided_changes_arrive(
            base in proptest::collection::btree_map("[a-c]{1,2}", "[x-z \",]{0,2}", 0..5),
            other in proptest::collection::btree_map("[a-c]{1,2}", "[x-z \",]{0,2}", 0..5),
        ) {
            let text = |map: &BTreeMap<String, String>| {
                let rows = map.iter().map(|(host, owner)| csv::line([host.as_str(), owner]) + "\n");
                format!("Host,Owner\n{}", rows.collect::<String>())
            };
            let (base, other) = (text(&base), text(&other));
            let set = |text: &str| rows_of(&items(text)).into_iter().collect::<BTreeSet<_>>();
            let (taken, contested) = merged(&base, &other, Some(&base));
            proptest::prop_assert_eq!(set(&taken), set(&other));
            proptest::prop_assert!(contested.is_empty());
            proptest::prop_assert_eq!(merged(&other, &base, Some(&base)), (other, vec![]));
        }
    }
}
