//! Defects of damaged YAML that can be named, and the edits that mend them.
//!
//! A repair never touches the text of a value: it inserts indentation before lines, or quotes around an
//! unquoted value. What cannot be named is left as it is, for the parser to report.

use super::outline::{Line, Role, Structure, outline};
use crate::diag::{Applicability, Diagnostic, Edit, Fix, LintMeta};
use crate::import::codes::{COLON_IN_VALUE, KEY_AT_ITEM_DASH, RESERVED_INDICATOR};
use crate::text::{SourceId, Span, TextRange, to_u32};

/// The repairs of `text`, in the order of their places; each carries its edits as a fix.
pub(super) fn repairs(source: SourceId, text: &str) -> Vec<Diagnostic> {
    let lines = outline(text);
    let mut found = misplaced_keys(source, text, &lines);
    for line in &lines {
        if let Role::Structure(structure) = &line.role {
            found.extend(unquoted_value(source, text, structure));
        }
    }
    crate::diag::sort(&mut found);
    found
}

/// An open block collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    /// A mapping whose keys stand at this column.
    Mapping(u32),
    /// A list whose dashes stand at `dash`; `key` is the column of its last item's keys, when that item is
    /// a mapping.
    List { dash: u32, key: Option<u32> },
}

impl Block {
    fn column(self) -> u32 {
        match self {
            Self::Mapping(column) | Self::List { dash: column, .. } => column,
        }
    }
}

/// Keys at the column of a list's dashes, where the mapping around the list stands further left: they can
/// only be meant for the item above.
fn misplaced_keys(source: SourceId, text: &str, lines: &[Line]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut open: Vec<Block> = Vec::new();
    // How far the lines before this index are to be moved, when they are nested under a moved key.
    let mut moved = (0, 0);
    for (index, line) in lines.iter().enumerate() {
        let Role::Structure(structure) = &line.role else { continue };
        let shift = if index < moved.0 { moved.1 } else { 0 };
        let column = line.indent + shift;
        while open.last().is_some_and(|block| block.column() > column) {
            open.pop();
        }
        if structure.dashes.is_empty() {
            let Some((_, key)) = structure.key else { continue };
            match (open.last().copied(), open.iter().rev().nth(1)) {
                (Some(Block::List { dash, .. }), Some(Block::Mapping(outer)))
                    if dash == column && *outer == column =>
                {
                    // The list stands at the column of its own key; this is the next key of that mapping.
                    open.pop();
                }
                (Some(Block::List { dash, key: Some(item) }), _) if dash == column && shift == 0 => {
                    let end = end_of_block(lines, index);
                    found.push(moved_key(source, text, key, &lines[index..end], item - column));
                    moved = (end, item - column);
                    open.push(Block::Mapping(item));
                }
                (Some(Block::Mapping(at)), _) if at == column => {}
                _ => open.push(Block::Mapping(column)),
            }
        } else {
            enter_items(&mut open, structure, shift);
        }
    }
    found
}

/// Opens the lists, and the mapping, that a line with dashes starts or goes on with.
fn enter_items(open: &mut Vec<Block>, structure: &Structure, shift: u32) {
    for (nth, dash) in structure.dashes.iter().enumerate() {
        let dash = dash + shift;
        let next_key = structure.key.filter(|_| nth + 1 == structure.dashes.len());
        let list = Block::List { dash, key: next_key.map(|(column, _)| column + shift) };
        match open.last_mut() {
            Some(block @ Block::List { .. }) if block.column() == dash => *block = list,
            _ => open.push(list),
        }
    }
    if let Some((column, _)) = structure.key {
        open.push(Block::Mapping(column + shift));
    }
}

/// The index after the last line nested under the key on line `first`.
fn end_of_block(lines: &[Line], first: usize) -> usize {
    let indent = lines[first].indent;
    let nested = |line: &Line| match &line.role {
        Role::Blank | Role::Content => true,
        Role::Structure(_) => line.indent > indent,
    };
    let end =
        lines[first + 1..].iter().position(|line| !nested(line)).map_or(lines.len(), |at| first + 1 + at);
    // Comments and blank lines before the next key belong to that key.
    let trailing = lines[first + 1..end].iter().rev().take_while(|line| line.role == Role::Blank).count();
    end - trailing
}

/// The repair of a key that stands at its item's dash: it and the lines nested under it move right.
fn moved_key(source: SourceId, text: &str, key: TextRange, lines: &[Line], by: u32) -> Diagnostic {
    let name = key.slice(text);
    let spaces = " ".repeat(by as usize);
    let edits = lines.iter().filter(|line| line.range.len() > line.indent);
    let edits = edits.map(|line| {
        let span = Span::new(source, TextRange::empty(line.range.start));
        Edit { span, replacement: spaces.clone() }
    });
    let fix = Fix {
        title: format!("indent `{name}` by {by} more spaces"),
        applicability: Applicability::Safe,
        edits: edits.collect(),
    };
    let message = format!("`{name}` stands at the dash of its list item instead of inside the item");
    report(&KEY_AT_ITEM_DASH, Span::new(source, key), message).with_fix(fix)
}

/// The repair of an unquoted value on one line that YAML would not take for a value.
fn unquoted_value(source: SourceId, text: &str, structure: &Structure) -> Option<Diagnostic> {
    let value = structure.value.slice(text);
    let span = Span::new(source, structure.value);
    if structure.value_continues || structure.key.is_none() && structure.dashes.is_empty() {
        return None;
    }
    let (meta, message) = if value.starts_with(['%', '@', '`']) {
        let first = &value[..1];
        (&RESERVED_INDICATOR, format!("the value starts with `{first}`, which needs quotes"))
    } else if structure.key.is_some() && is_plain(value) && has_key_mark(value) {
        (&COLON_IN_VALUE, "the value has a colon and a space inside, which need quotes".to_owned())
    } else {
        return None;
    };
    let quoted = format!("'{}'", value.replace('\'', "''"));
    let fix = Fix::replace("put the value in quotes", Applicability::Safe, span, quoted);
    Some(report(meta, span, message).with_fix(fix))
}

/// Whether `value` is an unquoted scalar: not a block scalar, quotes, a flow collection, an anchor, alias
/// or tag.
fn is_plain(value: &str) -> bool {
    !value.starts_with(['|', '>', '"', '\'', '[', '{', '&', '*', '!', '#'])
}

/// Whether `value` has a colon that YAML would read as the end of a key.
fn has_key_mark(value: &str) -> bool {
    value.ends_with(':') || value.contains(": ") || value.contains(":\t")
}

fn report(meta: &'static LintMeta, span: Span, message: String) -> Diagnostic {
    Diagnostic::new(meta.code, meta.level, span, message)
}

/// `text` with every repair carried out.
pub(super) fn apply(text: &str, repairs: &[Diagnostic]) -> String {
    let edits = repairs.iter().filter_map(|repair| repair.fix.as_ref()).flat_map(|fix| &fix.edits);
    let edits: Vec<_> = edits.map(|edit| (edit.span.range, edit.replacement.as_str())).collect();
    // Repairs are found in one pass over disjoint lines and values; were they ever to overlap, the text
    // as it came is the answer that loses nothing, and the parser reports its defect.
    crate::diag::apply_edits(text, &edits).unwrap_or_else(|_| text.to_owned())
}

/// `finding`, made on the mended text, at its places in the original.
pub(super) fn in_original(mut finding: Diagnostic, repairs: &[Diagnostic]) -> Diagnostic {
    let fixes = repairs.iter().filter_map(|repair| repair.fix.as_ref());
    let mut edits: Vec<_> = fixes.flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| edit.span.range);
    let labels = std::iter::once(&mut finding.primary).chain(&mut finding.secondary);
    for label in labels {
        let range = label.span.range;
        label.span.range = TextRange::new(original(range.start, &edits), original(range.end, &edits));
    }
    // A fix of the mended text does not fit the original.
    finding.fix = None;
    finding
}

/// The offset in the original of offset `at` in the text mended by `edits`, which are in order. Inside a
/// replacement, that is the start of what it replaced.
fn original(at: u32, edits: &[&Edit]) -> u32 {
    // How much longer the mended text is than the original, up to here.
    let mut grown = 0;
    for edit in edits {
        let start = edit.span.range.start + grown;
        let end = start + to_u32(edit.replacement.len());
        if at < end {
            return if at < start { at - grown } else { edit.span.range.start };
        }
        grown = end - edit.span.range.end;
    }
    at - grown
}

/// The first `%%NAME%%` placeholder among the values of `text`, with its place.
pub(super) fn placeholder(text: &str) -> Option<TextRange> {
    let values = outline(text).into_iter().filter_map(|line| match line.role {
        Role::Structure(structure) => Some(structure.value),
        Role::Blank | Role::Content => None,
    });
    values.into_iter().find_map(|value| {
        let written = value.slice(text);
        let start = written.find("%%")?;
        let name = written[start + 2..].split("%%").next()?;
        let named = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        let closed = written[start + 2 + name.len()..].starts_with("%%");
        let at = value.start + to_u32(start);
        (named && closed).then(|| TextRange::new(at, at + to_u32(name.len()) + 4))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(damaged: &str, mended: &str, codes: &[&str]) {
        let found = repairs(SourceId(0), damaged);
        assert_eq!(found.iter().map(|repair| repair.code).collect::<Vec<_>>(), codes);
        assert_eq!(apply(damaged, &found), mended);
        assert_eq!(repairs(SourceId(0), mended), [], "a mended text needs no repair");
    }

    #[test]
    fn moves_a_key_at_the_dash_into_the_item() {
        check(
            "r:\r\n    - connectorId: X\r\n    dataTypes:\r\n        - T\r\n        - U\r\nq: 1\r\n",
            "r:\r\n    - connectorId: X\r\n      dataTypes:\r\n          - T\r\n          - U\r\nq: 1\r\n",
            &["PK050"],
        );
    }

    #[test]
    fn moves_every_misplaced_key_with_what_is_nested_under_it() {
        check(
            "l:\n  -   a: 1\n  b: |\n    x: 1\n\n    y\n  c:\n  - d\n  -   a: 2\n  b: 3\n",
            "l:\n  -   a: 1\n      b: |\n        x: 1\n\n        y\n      c:\n  - d\n  -   a: 2\n      b: 3\n",
            &["PK050", "PK050", "PK050"],
        );
        check("a:\n  - - k: 1\n    m: 2\n", "a:\n  - - k: 1\n      m: 2\n", &["PK050"]);
    }

    #[test]
    fn leaves_valid_structure_alone() {
        for text in [
            "a:\n- b: 1\n  c: 2\nd: 3\n",
            "a:\n  - b\n  - c: 1\n    d: 2\ne:\n  f: 1\n",
            "a:\n  b:\n  - c: 1\n  d: 2\n",
            "- a: 1\n  b:\n  - x\n  c: 2\n- d: 1\n",
            "query: |\n  - x: 1\n  y: 2\n  %a\n",
            "a: http://x\nb: 'c: d'\ne: [f: 1]\n",
            "l:\n  - plain\n  key: 1\n",
        ] {
            assert_eq!(repairs(SourceId(0), text), [], "{text}");
        }
    }

    #[test]
    fn quotes_values_that_need_it() {
        check("name: it's: so # c\n", "name: 'it''s: so' # c\n", &["PK052"]);
        check("l:\n  - @a\n  - `b`\n", "l:\n  - '@a'\n  - '`b`'\n", &["PK051", "PK051"]);
    }

    #[test]
    fn maps_places_back_to_the_original() {
        let damaged = "l:\n  - a: 1\n  b: x: y\nc: @\nd: 1\n";
        let found = repairs(SourceId(0), damaged);
        let mended = apply(damaged, &found);
        assert_eq!(mended, "l:\n  - a: 1\n    b: 'x: y'\nc: '@'\nd: 1\n");
        for word in ["l:", "a: 1", "b:", "c:", "d: 1"] {
            let at = to_u32(mended.find(word).unwrap());
            let range = TextRange::new(at, at + to_u32(word.len()));
            let finding = Diagnostic::error("PK000", Span::new(SourceId(0), range), "");
            assert_eq!(in_original(finding, &found).range().slice(damaged), word);
        }
    }

    #[test]
    fn finds_placeholders_in_values_only() {
        assert_eq!(placeholder("id: %%GUID%%\n"), Some(TextRange::new(4, 12)));
        assert_eq!(placeholder("name: a %%NAME%% b\n"), Some(TextRange::new(8, 16)));
        assert_eq!(placeholder("query: |\n  where x has '%%A%%'\nname: 5%% of 6%%\n"), None);
    }

    /// A list of mappings under a key, whose items' later keys stand `shift` columns to the left of where
    /// they belong; with 0, the list as it should be.
    fn connectors(outer: usize, gap: usize, inner: usize, items: &[Vec<bool>], damaged: bool) -> String {
        let mut text = String::from("name: x\nlist:\n");
        let key_column = outer + 1 + gap;
        let column = if damaged { outer } else { key_column };
        for (nth, later) in items.iter().enumerate() {
            text.push_str(&format!("{:outer$}-{:gap$}first: {nth}\n", "", ""));
            for (key, is_block) in later.iter().enumerate() {
                let nested = column + inner;
                if *is_block {
                    let line = format!("{:nested$}a: b\n\n{:nested$}- c\n", "", "");
                    text.push_str(&format!("{:column$}key{key}: |\n{line}", ""));
                } else {
                    let line = format!("{:nested$}- T\n{:nested$}- U: 1\n", "", "");
                    text.push_str(&format!("{:column$}key{key}:\n{line}", ""));
                }
            }
        }
        text.push_str("last: |\n  key: 1\n");
        text
    }

    proptest::proptest! {
        #[test]
        fn restores_any_list_whose_keys_slipped_to_the_dash(
            outer in 1_usize..6,
            gap in 1_usize..5,
            inner in 1_usize..5,
            items in proptest::collection::vec(proptest::collection::vec(proptest::bool::ANY, 0..4), 1..4),
        ) {
            let damaged = connectors(outer, gap, inner, &items, true);
            let found = repairs(SourceId(0), &damaged);
            proptest::prop_assert_eq!(found.len(), items.iter().map(Vec::len).sum::<usize>());
            let whole = connectors(outer, gap, inner, &items, false);
            proptest::prop_assert_eq!(apply(&damaged, &found), whole.clone());
            proptest::prop_assert_eq!(repairs(SourceId(0), &whole), []);
            let (_, findings) = crate::yaml::parse(SourceId(0), &whole);
            proptest::prop_assert_eq!(findings, []);
        }

        #[test]
        fn any_text_keeps_every_byte_but_what_is_inserted(text in "[-a: #|%'\\n\t\r]{0,80}") {
            let found = repairs(SourceId(0), &text);
            let mended = apply(&text, &found);
            let mut rest = mended.chars();
            for letter in text.chars() {
                proptest::prop_assert!(rest.any(|kept| kept == letter), "{:?} -> {:?}", text, mended);
            }
        }
    }
}
