//! A clean rule, and what planting in it takes.

use crate::catalog::kql::KqlCatalog;
use crate::kql::bind::{Arena, Bound, Symbol, Type, bind};
use crate::kql::syntax::nodes::FunctionCall;
use crate::kql::syntax::{self, NodeKind, View};
use crate::rule::{Query, Rule};
use crate::text::{Spanned, TextRange, to_u32};
use crate::yaml::ScalarStyle;

/// A column of a query's result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Returned {
    /// Its name.
    pub(super) name: String,
    /// Whether it is a text.
    pub(super) is_text: bool,
    /// Whether it comes from a table as it is.
    pub(super) is_read: bool,
}

/// A name in a query, as a range of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// A column.
    Column(TextRange),
    /// A table.
    Table(TextRange),
    /// A function of the language.
    Function(TextRange),
}

/// A rule without errors, alone in its file.
#[derive(Debug)]
pub(super) struct Subject {
    /// The file's name.
    pub(super) name: String,
    /// Its text.
    pub(super) text: String,
    /// The rule.
    pub(super) rule: Rule,
    /// What its query returns; empty where not all of it is known, or it is not written as a block.
    pub(super) columns: Vec<Returned>,
    /// The names in its query.
    pub(super) names: Vec<Named>,
}

/// A rule with a defect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Planted {
    /// The file's text.
    pub(super) text: String,
    /// Where the defect may be pointed out.
    pub(super) places: Vec<TextRange>,
}

impl Subject {
    pub(super) fn new(name: String, text: String, rule: Rule) -> Self {
        let mut subject = Self { name, text, rule, columns: Vec::new(), names: Vec::new() };
        if let Some(query) = subject.block().cloned() {
            (subject.columns, subject.names) = look(&query);
        }
        subject
    }

    /// The query, where it is written as a block, so that lines can be added.
    pub(super) fn block(&self) -> Option<&Query> {
        self.rule.query.as_ref().filter(|query| query.scalar.style == ScalarStyle::Literal)
    }

    /// The text with `range` replaced; the defect is the replacement.
    pub(super) fn replace(&self, range: TextRange, with: &str) -> Planted {
        let (start, end) = (range.start as usize, range.end as usize);
        let text = format!("{}{with}{}", &self.text[..start], &self.text[end..]);
        Planted { text, places: vec![TextRange::from_usize(start, start + with.len())] }
    }

    /// The same with the defect at `place`, a range of the old text before or behind the replaced one.
    pub(super) fn replace_for(&self, range: TextRange, with: &str, place: TextRange) -> Planted {
        let Planted { text, places } = self.replace(range, with);
        let shift = |offset: u32| {
            if offset < range.end { offset } else { offset - range.len() + to_u32(with.len()) }
        };
        let place = TextRange::new(shift(place.start), shift(place.end));
        Planted { text, places: [vec![place], places].concat() }
    }

    /// The text with a line behind the query.
    pub(super) fn append(&self, line: &str) -> Option<Planted> {
        self.append_at(line).map(|(range, with)| self.replace(range, &with))
    }

    /// The same with the defect at `place`.
    pub(super) fn append_for(&self, line: &str, place: TextRange) -> Option<Planted> {
        self.append_at(line).map(|(range, with)| self.replace_for(range, &with, place))
    }

    fn append_at(&self, line: &str) -> Option<(TextRange, String)> {
        let query = self.block()?;
        let body = query.text().trim_end();
        let last = body.lines().next_back()?;
        if self.columns.is_empty() || body.ends_with(';') || last.contains("//") {
            return None;
        }
        let line_start = to_u32(body.len() - last.len());
        let line_start = query.scalar.range_of(TextRange::new(line_start, line_start + 1)).start as usize;
        let indent = &self.text[self.text[..line_start].rfind('\n')? + 1..line_start];
        let last = to_u32(body.len());
        let end = query.scalar.range_of(TextRange::new(last - 1, last)).end;
        indent.trim().is_empty().then(|| (TextRange::empty(end), format!("\n{indent}{line}")))
    }

    /// The text with a line before the query.
    pub(super) fn begin(&self, line: &str) -> Option<Planted> {
        let query = self.block().filter(|_| !self.columns.is_empty())?;
        let text = query.text();
        let first = to_u32(text.len() - text.trim_start_matches('\n').len());
        let start = query.scalar.range_of(TextRange::new(first, first + 1)).start;
        let indent = &self.text[self.text[..start as usize].rfind('\n')? + 1..start as usize];
        let is_block = indent.trim().is_empty() && !text.starts_with([' ', '\t']);
        is_block.then(|| self.replace(TextRange::empty(start), &format!("{line}\n{indent}")))
    }

    /// The text with these lines in the place of the query's.
    pub(super) fn rewrite(&self, lines: &[&str]) -> Option<Planted> {
        let query = self.block()?;
        let text = query.text();
        let first = to_u32(text.len() - text.trim_start_matches('\n').len());
        let last = to_u32(text.trim_end().len());
        let start = query.scalar.range_of(TextRange::new(first, first + 1)).start;
        let end = query.scalar.range_of(TextRange::new(last - 1, last)).end;
        let indent = &self.text[self.text[..start as usize].rfind('\n')? + 1..start as usize];
        let with = lines.join(&format!("\n{indent}"));
        let whole = TextRange::new(query.range.start, start);
        // Where there is nothing left to point at, all of the value is meant.
        indent.trim().is_empty().then(|| self.replace_for(TextRange::new(start, end), &with, whole))
    }

    /// The text as it is.
    pub(super) fn nowhere(&self) -> Planted {
        Planted { text: self.text.clone(), places: Vec::new() }
    }

    /// Whether the query reads one table and hands its rows on one by one.
    pub(super) fn is_plain(&self) -> bool {
        let words = [
            "let ",
            "union",
            "join",
            "lookup",
            "summarize",
            "distinct",
            "materialize",
            "evaluate",
            "toscalar",
        ];
        let query = self.block().map_or("", Query::text);
        let tables = self.names.iter().filter(|name| matches!(name, Named::Table(_))).count();
        tables == 1 && !words.iter().any(|word| query.contains(word)) && !self.columns.is_empty()
    }

    /// Whether what the query returns are events with the time that their table has.
    pub(super) fn has_time_of_events(&self) -> bool {
        let is_time = |column: &Returned| column.name == "TimeGenerated" && column.is_read && !column.is_text;
        let is_summed = self.block().is_none_or(|query| query.text().contains("summarize"));
        self.columns.iter().any(is_time) && !is_summed
    }

    /// The columns that the rule names in one place or another.
    pub(super) fn named_columns(&self) -> impl Iterator<Item = &Spanned<String>> {
        let details = self.rule.alert_details_override.iter();
        let placeholders = details
            .flat_map(|details| details.display_name_columns.iter().chain(&details.description_columns));
        self.mapped().chain(self.rule.custom_details.iter().map(|(_, column)| column)).chain(placeholders)
    }

    /// Whether the query returns a column of this name, as a table has it.
    pub(super) fn returns(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name && column.is_read)
    }

    /// The text with a line before the rule's first key.
    pub(super) fn prepend(&self, line: &str) -> Option<Planted> {
        let start = self.rule.range.start;
        let before = &self.text[..start as usize];
        let is_top = before.is_empty() || before.ends_with(['\n', '\u{feff}']);
        let planted = self.replace(TextRange::empty(start), &format!("{line}\n"));
        is_top.then_some(planted)
    }

    /// The text with an item of a block list a second time, changed or not, behind itself. The defect is either.
    pub(super) fn repeat(&self, item: TextRange, change: impl Fn(&str) -> String) -> Option<Planted> {
        let line = self.text[..item.start as usize].rfind('\n')? + 1;
        let before = &self.text[line..item.start as usize];
        let behind = self.text[item.end as usize..].split('\n').next().unwrap_or_default();
        if before.trim() != "-" || !behind.trim().is_empty() {
            return None;
        }
        let copy = format!("\n{before}{}", change(item.slice(&self.text)));
        Some(self.replace_for(TextRange::empty(item.end), &copy, item))
    }

    /// The bytes of a value without its quotes.
    pub(super) fn inside<T>(&self, value: &Spanned<T>) -> TextRange {
        let range = value.range;
        let text = range.slice(&self.text);
        let is_quoted = text.len() > 1 && (text.starts_with('\'') || text.starts_with('"'));
        if is_quoted { TextRange::new(range.start + 1, range.end - 1) } else { range }
    }

    /// A column of texts that the query returns; `is_read` for one as a table has it.
    pub(super) fn text_column(&self, is_read: bool) -> Option<&str> {
        let plain = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let fits = |column: &&Returned| column.is_text && (column.is_read || !is_read) && plain(&column.name);
        self.columns.iter().find(fits).map(|column| column.name.as_str())
    }

    /// Whether the rule names no column of its query, so that none can be lost.
    pub(super) fn names_no_column(&self) -> bool {
        let rule = &self.rule;
        rule.entity_mappings.is_empty()
            && rule.custom_details.is_empty()
            && rule.alert_details_override.is_none()
    }

    /// The columns that entity mappings name.
    pub(super) fn mapped(&self) -> impl Iterator<Item = &Spanned<String>> {
        let fields = self.rule.entity_mappings.iter().flat_map(|mapping| &mapping.field_mappings);
        fields.filter_map(|field| field.column_name.as_ref())
    }

    /// `name` with a slip of the pen that makes it no column of the query.
    pub(super) fn misspelt(&self, name: &str) -> Option<String> {
        let slip = misspelt(name);
        let is_known = |column: &Returned| column.name.eq_ignore_ascii_case(&slip);
        (!self.columns.iter().any(is_known)).then_some(slip)
    }
}

/// `name` without a letter of its middle, or with one more where it is short.
pub(super) fn misspelt(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() < 5 || !name.is_ascii() {
        return format!("{name}q");
    }
    let middle = letters.len() / 2;
    letters.iter().enumerate().filter(|(at, _)| *at != middle).map(|(_, c)| *c).collect()
}

/// What a query returns, and the names in it.
fn look(query: &Query) -> (Vec<Returned>, Vec<Named>) {
    let (tree, faults) = syntax::parse(query.text());
    let arena = Arena::new();
    let bound: Bound<'_> = bind(&tree, KqlCatalog::builtin(), &arena);
    let open = bound.result().and_then(|result| result.as_table()).is_none_or(|table| table.open);
    if open || !faults.is_empty() || !bound.diagnostics().is_empty() {
        return (Vec::new(), Vec::new());
    }
    let columns = bound.columns().unwrap_or_default().iter().map(|column| Returned {
        name: column.name.to_owned(),
        is_text: column.ty.name() == "string",
        is_read: !query.text().contains(&format!("{} =", column.name))
            && !query.text().contains(&format!("{}=", column.name))
            && bound.tables().iter().any(|table| has_column(table, column.name)),
    });
    let mut names = Vec::new();
    for node in tree.root().descendants() {
        let range = query.scalar.range_of(node.range());
        if let Some(call) = FunctionCall::cast(node) {
            names.push(Named::Function(query.scalar.range_of(call.name().syntax().range())));
        }
        match bound.symbol(node) {
            Some(Symbol::Column(column))
                if node.kind() == NodeKind::NameReference && column.name == node.text() =>
            {
                names.push(Named::Column(range));
            }
            Some(Symbol::Type(Type::Table(table))) if table.name == node.text() => {
                names.push(Named::Table(range));
            }
            _ => {}
        }
    }
    (columns.collect(), names)
}

fn has_column(table: &str, column: &str) -> bool {
    KqlCatalog::builtin().table(table).is_some_and(|known| known.column(column).is_some())
}
