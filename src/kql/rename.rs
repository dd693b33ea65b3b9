//! Other names for what a query declares.
//!
//! Whether a name is free is not worked out beforehand: the query is renamed, bound again and compared with what it was. Each
//! of its names must mean what it meant.

use crate::catalog::kql::KqlCatalog;
use crate::kql::bind::{Arena, Bound, Column, Symbol, Type, bind};
use crate::kql::names::{Name, Names};
use crate::kql::syntax::{KeywordClass, Node, NodeKind, TokenKind, lex, parse};
use crate::text::{TextRange, to_u32};

/// How often names that follow from others are looked for anew.
const MAX_ROUNDS: usize = 4;

/// What a rename changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Renamed {
    /// What stands in the place of which bytes of the query, in order.
    pub edits: Vec<(TextRange, String)>,
    /// The columns of the result that have other names then, with these.
    pub columns: Vec<(String, String)>,
}

/// Gives `thing`, of the names of the query behind `bound`, the name `new`.
///
/// # Errors
/// In one sentence, why it cannot have it.
pub fn rename<'a>(
    bound: &Bound<'a>,
    catalog: &KqlCatalog,
    names: &Names<'a>,
    thing: usize,
    new: &str,
) -> Result<Renamed, String> {
    let old = may_be_renamed(names, thing)?;
    let written = written(new).ok_or_else(|| format!("`{new}` cannot be a name in a query"))?;
    if old == new {
        return Ok(Renamed::default());
    }
    let mut edits = Vec::new();
    for name in names.of_thing(thing) {
        edits.push((name.range(), in_brackets(name.node.text(), new).unwrap_or_else(|| written.clone())));
    }
    for node in names.declarations(thing).iter().filter(|node| node.kind() != NodeKind::NameDeclaration) {
        edits.push((TextRange::empty(node.range().start), format!("{written} = ")));
    }
    for _ in 0..MAX_ROUNDS {
        edits.sort_by_key(|(range, _)| (range.start, range.end));
        edits.dedup();
        let text = apply(bound.tree().text(), &edits);
        let (tree, found) = parse(text);
        let arena = Arena::new();
        let after = bind(&tree, catalog, &arena);
        let comparison = Comparison {
            bound,
            names,
            after: &after,
            after_names: Names::of(&after),
            edits: &edits,
            thing,
            old: &old,
            new,
        };
        let following = comparison.following();
        if following.is_empty() {
            let is_same =
                found.len() == parse(bound.tree().text().clone()).1.len() && comparison.means_the_same();
            let columns = comparison.columns().filter(|_| is_same);
            return match columns {
                Some(columns) => Ok(Renamed { columns, edits }),
                None => Err(collision(&old, new)),
            };
        }
        edits.extend(following);
    }
    Err(collision(&old, new))
}

/// The present name of `thing`, where a query may give it another one.
///
/// # Errors
/// In one sentence, why it cannot have another.
pub fn may_be_renamed(names: &Names<'_>, thing: usize) -> Result<String, String> {
    let declared = names.declarations(thing).iter().find(|node| node.kind() == NodeKind::NameDeclaration);
    let Some(symbol) = names.symbol(thing) else {
        return Err("the query does not name it".to_owned());
    };
    let name = symbol.name().to_owned();
    if names.is_own(thing) {
        return Ok(name);
    }
    let what = match symbol {
        Symbol::Column(_) if declared.is_some() => {
            "is joined of columns of which a table or an operator names one"
        }
        Symbol::Column(_) => "is a column of a table, not one that the query makes",
        Symbol::Type(Type::Table(_)) => "is a table of the workspace",
        Symbol::Type(Type::Function(_)) => "is a function that the query does not declare",
        _ => "is not declared in the query",
    };
    Err(format!("`{name}` {what}, so it has no other name here"))
}

/// A name as a query holds it: as it is, or in brackets. Nothing where it cannot be a name.
pub fn written(name: &str) -> Option<String> {
    let (tokens, _) = lex(name);
    let is_plain = match tokens.as_slice() {
        [token, end] if end.kind == TokenKind::EndOfText && token.range.to_usize() == (0..name.len()) => {
            let class = token.kind.keyword_class();
            let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            starts_well && (token.kind == TokenKind::Identifier || class == Some(KeywordClass::Name))
        }
        _ => false,
    };
    if is_plain {
        return Some(name.to_owned());
    }
    let is_unfit = name.trim() != name
        || name.is_empty()
        || name.contains(['\'', '"', '\\'])
        || name.chars().any(char::is_control);
    (!is_unfit).then(|| format!("['{name}']"))
}

/// `new` in the brackets that the name has now, where it has some.
fn in_brackets(now: &str, new: &str) -> Option<String> {
    let open = now.get(..2).filter(|open| matches!(*open, "['" | "[\""))?;
    let close = now.get(now.len() - 2..).filter(|close| matches!(*close, "']" | "\"]"))?;
    Some(format!("{open}{new}{close}"))
}

fn collision(old: &str, new: &str) -> String {
    format!("the query means something else with `{new}` in the place of `{old}`")
}

/// `text` with `edits`, which are in order and do not overlap.
fn apply(text: &str, edits: &[(TextRange, String)]) -> String {
    let mut out = String::with_capacity(text.len() + edits.len() * 8);
    let mut at = 0;
    for (range, new) in edits {
        out.push_str(text.get(at..range.start as usize).unwrap_or_default());
        out.push_str(new);
        at = range.end as usize;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// A query before and after a rename.
struct Comparison<'b, 'a, 'n> {
    bound: &'b Bound<'a>,
    names: &'b Names<'a>,
    after: &'b Bound<'n>,
    after_names: Names<'n>,
    edits: &'b [(TextRange, String)],
    /// What has another name.
    thing: usize,
    old: &'b str,
    new: &'b str,
}

impl<'a, 'n> Comparison<'_, 'a, 'n> {
    /// Where what begins at `offset` begins afterwards: a declaration before the text that was put there, what was there
    /// behind it.
    fn moved(&self, offset: u32, behind_new: bool) -> u32 {
        let counts = |range: &TextRange| {
            range.start < offset || (behind_new && range.start == offset && range.is_empty())
        };
        let edits = self.edits.iter().take_while(|(range, _)| range.start <= offset);
        edits
            .filter(|(range, _)| counts(range))
            .fold(offset, |at, (range, new)| (at + to_u32(new.len())).saturating_sub(range.len()))
    }

    /// The name that `name` is afterwards.
    fn counterpart(&self, name: &Name<'a>) -> Option<Node<'n>> {
        let start = self.moved(name.range().start, true);
        let mut node = self.after.tree().node_at(start);
        loop {
            if node.kind() == name.node.kind() && node.range().start == start {
                return Some(node);
            }
            node = node.parent()?;
        }
    }

    /// Whether `node` stands for what `name` stood for.
    fn is_same(&self, name: &Name<'a>, node: Node<'n>) -> bool {
        let Some(symbol) = self.after.symbol(node) else { return false };
        let Some(thing) = self.after_names.thing_of(node) else { return false };
        let before = self.names.declarations(name.thing);
        let after = self.after_names.declarations(thing);
        if before.is_empty() && after.is_empty() {
            return symbol.name() == name.symbol.name();
        }
        let before = before.iter().map(|node| self.moved(node.range().start, false));
        before.eq(after.iter().map(|node| node.range().start))
    }

    /// The edits of names that an operator made of a renamed one, as `set_Name` is made of `Name`.
    fn following(&self) -> Vec<(TextRange, String)> {
        let is_edited = |name: &Name<'_>| self.edits.iter().any(|(range, _)| *range == name.range());
        let mut found = Vec::new();
        for name in self.names.iter().filter(|name| !name.declares && !is_edited(name)) {
            let Some(node) = self.counterpart(name).filter(|node| !self.is_same(name, *node)) else {
                continue;
            };
            let new =
                self.column_in_its_place(name, node).filter(|new| self.follows(name.symbol.name(), new));
            found.extend(new.and_then(written).map(|new| (name.range(), new)));
        }
        found
    }

    /// Whether a column may be called `after` that was `before`: where an operator named it after the one that is renamed.
    fn follows(&self, before: &str, after: &str) -> bool {
        before != after && before.replace(self.old, self.new) == after
    }

    /// The name of the column that stands where the one of `name` stood, in what the operator around it is given.
    fn column_in_its_place(&self, name: &Name<'a>, node: Node<'n>) -> Option<&'n str> {
        let column = name.symbol.as_column()?;
        let before = ancestors(name.node).find_map(|node| self.bound.columns_before(node))?;
        let after = ancestors(node).find_map(|node| self.after.columns_before(node))?;
        let at = before.iter().position(|known| std::ptr::eq(*known, column))?;
        (before.len() == after.len()).then(|| after.get(at).map(|column| column.name)).flatten()
    }

    fn means_the_same(&self) -> bool {
        let codes = |bound: &Bound<'_>| {
            let mut codes: Vec<&str> = bound.diagnostics().iter().map(|finding| finding.code).collect();
            codes.sort_unstable();
            codes
        };
        let all_same = || {
            self.names.iter().all(|name| self.counterpart(name).is_some_and(|node| self.is_same(name, node)))
        };
        codes(self.bound) == codes(self.after) && all_same()
    }

    /// The columns of the result with other names, where the result has as many columns of the same types.
    fn columns(&self) -> Option<Vec<(String, String)>> {
        let (before, after) = match (self.bound.columns(), self.after.columns()) {
            (Some(before), Some(after)) => (before, after),
            (None, None) => return Some(Vec::new()),
            _ => return None,
        };
        let pairs = || before.iter().zip(after);
        let is_called = |before: &'a Column<'a>, after: &Column<'n>| {
            let is_it = self.names.thing(Symbol::Column(before)) == Some(self.thing);
            match is_it {
                true => after.name == self.new,
                false => before.name == after.name || self.follows(before.name, after.name),
            }
        };
        let all_called = pairs().all(|(before, after)| is_called(before, after));
        if before.len() != after.len()
            || !all_called
            || pairs().any(|(before, after)| before.ty.name() != after.ty.name())
        {
            return None;
        }
        let changed = pairs().filter(|(before, after)| before.name != after.name);
        Some(changed.map(|(before, after)| (before.name.to_owned(), after.name.to_owned())).collect())
    }
}

fn ancestors(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    std::iter::successors(Some(node), |node| node.parent())
}
