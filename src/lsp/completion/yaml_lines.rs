//! Where the cursor is in YAML, from the lines around it: the file may be none that can be read.

/// A line that holds an entry, an item, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// The column of the first dash of an item, where there is one.
    pub(super) dash: Option<usize>,
    /// The column of the key or the value.
    pub(super) column: usize,
    /// The key.
    pub(super) key: Option<&'t str>,
    /// What follows the colon, or the dash where there is no key.
    pub(super) value: &'t str,
}

impl<'t> Line<'t> {
    /// Reads a line; nothing where it is blank or a comment.
    pub(super) fn read(line: &'t str) -> Option<Self> {
        let mut rest = line.trim_start_matches(' ');
        let mut column = line.len() - rest.len();
        let mut dash = None;
        while let Some(behind) =
            rest.strip_prefix('-').filter(|behind| behind.is_empty() || behind.starts_with(' '))
        {
            dash = dash.or(Some(column));
            let inner = behind.trim_start_matches(' ');
            column += rest.len() - inner.len();
            rest = inner;
        }
        if (rest.trim().is_empty() && dash.is_none()) || rest.starts_with('#') {
            return None;
        }
        let key = rest.find(':').filter(|at| {
            let behind = rest.get(at + 1..).unwrap_or_default();
            behind.is_empty() || behind.starts_with([' ', '\r'])
        });
        let key = key.filter(|at| !rest[..*at].contains(['[', '{', '"', '\'', ' ']));
        Some(match key {
            Some(at) => Self { dash, column, key: Some(&rest[..at]), value: rest[at + 1..].trim() },
            None => Self { dash, column, key: None, value: rest.trim() },
        })
    }
}

/// The cursor in YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor<'t> {
    /// The keys above, the outermost first, each with the number of its line.
    pub(super) above: Vec<(usize, &'t str)>,
    /// Its own line, up to the cursor.
    pub(super) line: Line<'t>,
    /// The number of its line.
    pub(super) number: usize,
}

/// Where the cursor is behind `before`, of which the lines are `lines`.
pub(super) fn cursor<'t>(before: &'t str, lines: &[&'t str]) -> Option<Cursor<'t>> {
    let number = before.matches('\n').count();
    let written = before.rsplit('\n').next()?;
    let blank = Line { dash: None, column: written.len(), key: None, value: "" };
    if written.trim_start().starts_with('#') {
        return None;
    }
    let line = Line::read(written).unwrap_or(blank);
    let mut above = Vec::new();
    // The column that a key above has to be left of; items may stand at the column of their key.
    let (mut column, mut is_item) = (line.column, false);
    if let Some(dash) = line.dash {
        (column, is_item) = (dash, true);
    }
    for (at, text) in lines.get(..number)?.iter().enumerate().rev() {
        if text.starts_with("---") {
            break;
        }
        let Some(other) = Line::read(text) else { continue };
        // An entry at the same place in the mapping: it may begin the item that this one is in.
        if !is_item && other.column == column && other.dash.is_some_and(|dash| dash < column) {
            (column, is_item) = (other.dash.unwrap_or(column), true);
            continue;
        }
        let key = other
            .key
            .filter(|_| other.column < column || (is_item && other.column == column && other.dash.is_none()));
        if let Some(key) = key {
            above.push((at, key));
            (column, is_item) = (other.column, false);
            if let Some(dash) = other.dash {
                (column, is_item) = (dash, true);
            }
        }
        if column == 0 && !is_item {
            break;
        }
    }
    above.reverse();
    Some(Cursor { above, line, number })
}

/// The entries of the mapping that the line `number` with an entry at `column` is in, those of the line itself left out.
pub(super) fn siblings<'t>(lines: &[&'t str], number: usize, column: usize) -> Vec<(&'t str, &'t str)> {
    let mut found = Vec::new();
    let own = lines.get(number).and_then(|line| Line::read(line));
    let begins_item = own.is_some_and(|line| line.dash.is_some());
    let entry = |line: &Line<'t>| Some((line.key.filter(|_| line.column == column)?, line.value));
    if !begins_item {
        for text in lines.get(..number).unwrap_or_default().iter().rev() {
            let Some(line) = Line::read(text) else { continue };
            if text.starts_with("---") || line.column < column {
                break;
            }
            found.extend(entry(&line));
            if line.column == column && line.dash.is_some() {
                break;
            }
        }
    }
    for text in lines.get(number + 1..).unwrap_or_default() {
        let Some(line) = Line::read(text) else { continue };
        if text.starts_with("---") || line.column < column || line.dash.is_some_and(|dash| dash < column) {
            break;
        }
        found.extend(entry(&line));
    }
    found
}

/// The text of the query before the cursor, where the cursor is in one that is a block.
pub(super) fn query_before(before: &str) -> Option<String> {
    let lines: Vec<&str> = before.split('\n').map(|line| line.trim_end_matches('\r')).collect();
    let (number, head) = lines.iter().enumerate().rev().skip(1).find_map(|(number, text)| {
        let line = Line::read(text)?;
        let is_query = line.key.is_some_and(|key| matches!(key, "query" | "Query" | "body" | "queryText"));
        (is_query && line.value.starts_with(['|', '>'])).then_some((number, line))
    })?;
    let body = lines.get(number + 1..)?;
    let indent = |text: &str| text.len() - text.trim_start_matches(' ').len();
    let is_inside = |text: &&&str| text.trim().is_empty() || indent(text) > head.column;
    let last = body.last()?;
    let cursor_inside = if last.trim().is_empty() { indent(last) > head.column } else { true };
    if !cursor_inside || !body.iter().all(|text| is_inside(&text)) {
        return None;
    }
    let first =
        body.iter().find(|text| !text.trim().is_empty()).map_or_else(|| indent(last), |text| indent(text));
    let dedented = body.iter().map(|text| text.get(first.min(indent(text))..).unwrap_or_default());
    Some(dedented.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "\
name: A
tactics:
- InitialAccess
entityMappings:
  - entityType: Account
    fieldMappings:
      - identifier: FullName
        columnName: User
      - identifier: Name
        $
  - entityType: Host
query: |
  T
  | where A
";

    fn at(text: &str, mark: &str) -> (Vec<String>, Option<String>) {
        let before = &text[..text.find(mark).unwrap()];
        let all = text.replacen(mark, "", 1);
        let lines: Vec<&str> = all.split('\n').collect();
        let cursor = cursor(before, &lines).unwrap();
        let above = cursor.above.iter().map(|(_, key)| (*key).to_owned()).collect();
        (above, cursor.line.key.map(str::to_owned))
    }

    #[test]
    fn finds_the_keys_above() {
        let above = |text: &str, mark: &str| at(text, mark).0.join(".");
        assert_eq!(above(RULE, "$"), "entityMappings.fieldMappings");
        assert_eq!(above("tactics:\n- Initial$", "$"), "tactics");
        assert_eq!(above("tactics:\n  - a\n  - $", "$"), "tactics");
        assert_eq!(above("a:\n  b: 1\n$", "$"), "");
        assert_eq!(above("a:\n  b: 1\n  $", "$"), "a");
        assert_eq!(above("a:\n  - b: 1\n    $", "$"), "a");
        assert_eq!(above("a:\n- b: 1\n  c:\n  - d: $", "$"), "a.c");
        assert_eq!(at("a:\n- b: 1\n  c: x$", "$"), (vec!["a".to_owned()], Some("c".to_owned())));
    }

    #[test]
    fn finds_the_entries_beside() {
        let lines: Vec<&str> = RULE.split('\n').collect();
        assert_eq!(siblings(&lines, 7, 8), [("identifier", "FullName")]);
        assert_eq!(siblings(&lines, 5, 4), [("entityType", "Account")]);
        let top: Vec<&str> = siblings(&lines, 0, 0).into_iter().map(|(key, _)| key).collect();
        assert_eq!(top, ["tactics", "entityMappings", "query"]);
    }

    #[test]
    fn takes_the_query_out_of_its_block() {
        let before = "query: |\n  T\n  | where A == '😀'\n\n    | x";
        assert_eq!(query_before(before).as_deref(), Some("T\n| where A == '😀'\n\n  | x"));
        assert_eq!(query_before("query: |\n  T\n  ").as_deref(), Some("T\n"));
        assert_eq!(query_before("query: |\n  T\n"), None, "the cursor is left of the block");
        assert_eq!(query_before("query: |\n  T\nname: x"), None);
        assert_eq!(query_before("query: T"), None);
    }
}
