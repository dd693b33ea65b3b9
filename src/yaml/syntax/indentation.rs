//! Mistakes of indentation.

use super::Site;
use crate::diag::{Applicability, Diagnostic, Edit, Fix};
use crate::yaml::cursor::{break_len, column, is_blank, line_end, line_start, skip_while};

/// A line with text: where it starts, where its text starts, and the column of that.
#[derive(Debug, Clone, Copy)]
struct Line {
    start: usize,
    text: usize,
    column: usize,
}

impl Site<'_> {
    /// The line at `start`, if it holds more than blanks and a comment.
    fn line(&self, start: usize) -> Option<Line> {
        let text = skip_while(self.bytes(), start, is_blank);
        let first = self.bytes().get(text)?;
        let empty = break_len(self.bytes(), text) > 0 || *first == b'#';
        (!empty).then(|| Line { start, text, column: column(self.text, text) })
    }

    /// Lines with text before the one at `start`, from the nearest up.
    fn lines_above(&self, start: usize) -> impl Iterator<Item = Line> {
        let mut at = start;
        std::iter::from_fn(move || {
            let before = at.checked_sub(1)?;
            let crlf = self.bytes()[..before].last() == Some(&b'\r') && self.bytes()[before] == b'\n';
            at = line_start(self.bytes(), if crlf { before - 1 } else { before });
            Some(at)
        })
        .filter_map(|start| self.line(start))
    }

    fn next_line(&self, start: usize) -> Option<usize> {
        let end = line_end(self.bytes(), start);
        let next = end + break_len(self.bytes(), end);
        (next > end && next < self.text.len()).then_some(next)
    }

    fn is_item(&self, line: Line) -> bool {
        self.bytes()[line.text] == b'-'
            && self
                .bytes()
                .get(line.text + 1)
                .is_none_or(|next| is_blank(*next) || *next == b'\n' || *next == b'\r')
    }

    /// The key that a line starts with.
    fn key(&self, line: Line) -> Option<&str> {
        let text = &self.text[line.text..line_end(self.bytes(), line.text)];
        let (key, rest) = text.split_once(':')?;
        ((rest.is_empty() || rest.starts_with([' ', '\t'])) && !key.contains(['"', '\'', '#'])).then_some(key)
    }
}

/// A tab where only spaces may indent.
pub(super) fn tab(site: &Site<'_>) -> Diagnostic {
    let bytes = site.bytes();
    let mut start = line_start(bytes, site.at);
    loop {
        let text = skip_while(bytes, start, is_blank);
        if let Some(tab) = bytes[start..text].iter().position(|byte| *byte == b'\t') {
            let tab = start + tab;
            let end = skip_while(bytes, tab, |byte| byte == b'\t');
            return site
                .error(tab, end, "a tab indents this line, YAML takes spaces only")
                .with_help("replace the tab with spaces, as many as the lines around it have");
        }
        match site.next_line(start) {
            Some(next) => start = next,
            None => break,
        }
    }
    site.here("a tab stands where YAML takes spaces only").with_help("replace the tab with a space")
}

/// A line that fits neither the list nor the mapping it stands in.
pub(super) fn unexpected(site: &Site<'_>) -> Diagnostic {
    let Some(line) = site.line(line_start(site.bytes(), site.at)) else {
        return site.here("unexpected text");
    };
    if site.is_item(line) {
        return item_among_keys(site, line);
    }
    if line.text != site.at {
        return super::values::after_value(site, line.text);
    }
    if let Some(found) = beside_dash(site, line) {
        return found;
    }
    match block_above(site, line) {
        Some(found) => found,
        None => fits_nothing(site, line),
    }
}

/// A key at the column of its item's dash, or short of the item's first key: the item and the list above it
/// both refuse it.
fn beside_dash(site: &Site<'_>, line: Line) -> Option<Diagnostic> {
    let key = site.key(line)?;
    let item = site.lines_above(line.start).find(|above| above.column <= line.column)?;
    let first = skip_while(site.bytes(), item.text + 1, is_blank);
    let wanted = column(site.text, first);
    if !site.is_item(item) || line.column >= wanted {
        return None;
    }
    let Some(first_key) = site.key(Line { text: first, ..item }) else {
        let message = format!("`{key}` stands where another item of the list is expected");
        return Some(
            site.error(line.text, line.text + key.len(), message)
                .with_secondary(site.span(item.text, item.text + 1), "an item of the list")
                .with_help("start the item with `- `, or give the list a key and indent it"),
        );
    };
    let spaces = wanted - line.column;
    let message = format!("`{key}` is not indented enough to belong to the list item above it");
    let help =
        format!("indent `{key}`, and what stands below it, {spaces} more, to the column of `{first_key}`");
    let fix = shift(site, line, spaces);
    Some(
        site.error(line.text, line.text + key.len(), message)
            .with_secondary(site.span(item.text, item.text + 1), "the item starts here")
            .with_help(help)
            .with_fix(fix),
    )
}

/// Indents `first` and the lines that belong to it or stand beside it, up to the next item or outer line.
fn shift(site: &Site<'_>, first: Line, spaces: usize) -> Fix {
    let mut edits = Vec::new();
    let mut start = Some(first.start);
    while let Some(at) = start {
        if let Some(line) = site.line(at) {
            let ends = line.column < first.column || (line.column == first.column && site.is_item(line));
            if ends {
                break;
            }
            edits.push(Edit { span: site.span(line.text, line.text), replacement: " ".repeat(spaces) });
        }
        start = site.next_line(at);
    }
    let title = format!("indent the key, and what stands below it, {spaces} more");
    Fix { title, applicability: Applicability::Unsafe, edits }
}

fn item_among_keys(site: &Site<'_>, line: Line) -> Diagnostic {
    site.error(line.text, line.text + 1, "a list item stands where a key is expected")
        .with_help("give the list a key on the line above it, and indent its items alike")
}

/// A line short of the `|` or `>` block above it.
fn block_above(site: &Site<'_>, line: Line) -> Option<Diagnostic> {
    let header = site.lines_above(line.start).find(|above| above.column < line.column)?;
    let end = line_end(site.bytes(), header.text);
    let text = site.text[header.text..end].trim_end();
    let last = text.rsplit([' ', '\t']).next()?;
    if !last.starts_with(['|', '>']) || last.len() > 3 {
        return None;
    }
    let block = site.lines_above(line.start).take_while(|above| above.start > header.start).last()?;
    let header_at = header.text + text.len() - last.len();
    Some(
        site.error(
            line.text,
            line_end(site.bytes(), line.text),
            "this line is indented less than the block of text above it",
        )
        .with_secondary(site.span(header_at, header_at + last.len()), "the block starts here")
        .with_help(format!("indent the line by {} spaces, as the first line of the block", block.column)),
    )
}

fn fits_nothing(site: &Site<'_>, line: Line) -> Diagnostic {
    let mut columns: Vec<usize> = Vec::new();
    for above in site.lines_above(line.start) {
        if columns.last().is_none_or(|last| above.column < *last) {
            columns.push(above.column);
        }
        if above.column == 0 {
            break;
        }
    }
    let near = columns.iter().copied().min_by_key(|column| column.abs_diff(line.column));
    let found = site.error(
        line.text,
        line_end(site.bytes(), line.text),
        format!("this line is indented by {}, like none of the lines it could belong to", line.column),
    );
    match near {
        Some(near) if near != line.column => {
            found.with_help(format!("indent it by {near}, as the lines above"))
        }
        _ => found.with_help("write it as `key: value`, or as `- item` in a list"),
    }
}

/// A line that is indented less than the top of its document, or follows its end.
pub(super) fn too_little(site: &Site<'_>) -> Diagnostic {
    let Some(line) = site.line(line_start(site.bytes(), site.at)) else {
        return site.here("unexpected text");
    };
    let end = line_end(site.bytes(), line.text);
    let first = site.lines_above(line.start).last().filter(|first| first.column > line.column);
    let found = site.error(line.text, end, "this line does not belong to the document above it");
    match first {
        Some(first) => found
            .with_secondary(
                site.span(first.text, first.text),
                format!("the document is indented by {}", first.column),
            )
            .with_help("give all keys at the top the same indentation"),
        None => found.with_help("start another document with a line `---`, or indent the line under its key"),
    }
}

/// A line of a block that is indented less than a blank line before it.
pub(super) fn in_block(site: &Site<'_>) -> Diagnostic {
    let start = line_start(site.bytes(), site.at);
    let text = skip_while(site.bytes(), start, is_blank);
    let found = site
        .error(
            text,
            line_end(site.bytes(), text),
            "a blank line above is longer than this line's indentation",
        )
        .with_help("remove the blanks from the empty lines that start the block");
    let mut edits = Vec::new();
    let mut at = start;
    while let Some(before) = at.checked_sub(1) {
        let blank = line_start(site.bytes(), before);
        let end = skip_while(site.bytes(), blank, is_blank);
        if break_len(site.bytes(), end) == 0 {
            break;
        }
        if end > blank {
            edits.push(Edit { span: site.span(blank, end), replacement: String::new() });
        }
        at = blank;
    }
    if edits.is_empty() {
        return found;
    }
    edits.reverse();
    found.with_fix(Fix { title: "remove the blanks".to_owned(), applicability: Applicability::Safe, edits })
}
