//! Changes to YAML text: what was asked for, and nothing else.

#![allow(clippy::unwrap_used, reason = "a test fails this way")]

mod yaml_documents;

use picket::diag::apply_edits;
use picket::text::SourceId;
use picket::yaml::emit::Value;
use picket::yaml::patch::{Patch, PatchError, Step};
use picket::yaml::{self, Document, Node, NodeKind, comments};
use proptest::prelude::*;
use yaml_documents::document;

#[derive(Debug, Clone, PartialEq)]
enum Tree {
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

fn tree(node: &Node) -> Tree {
    match &node.kind {
        NodeKind::Scalar(scalar) => Tree::Text(scalar.text.clone()),
        NodeKind::Sequence(items) => Tree::List(items.iter().map(tree).collect()),
        NodeKind::Mapping(mapping) => {
            let entry =
                |entry: &yaml::Entry| (entry.key.as_scalar().unwrap().text.clone(), tree(&entry.value));
            Tree::Map(mapping.entries.iter().map(entry).collect())
        }
    }
}

fn read(text: &str) -> Document {
    let (mut documents, diagnostics) = yaml::parse(SourceId(0), text);
    assert_eq!(diagnostics, [], "{text}");
    documents.remove(0)
}

#[derive(Debug, Clone, PartialEq)]
enum Way {
    Key(String),
    Index(usize),
}

/// Every way below the top.
fn ways(tree: &Tree, above: &[Way], out: &mut Vec<Vec<Way>>) {
    let mut add = |step: Way, inner: &Tree| {
        let mut way = above.to_vec();
        way.push(step);
        out.push(way.clone());
        ways(inner, &way, out);
    };
    match tree {
        Tree::Text(_) => {}
        Tree::List(items) => items.iter().enumerate().for_each(|(index, item)| add(Way::Index(index), item)),
        Tree::Map(entries) => entries.iter().for_each(|(key, inner)| add(Way::Key(key.clone()), inner)),
    }
}

fn steps(way: &[Way]) -> Vec<Step<'_>> {
    way.iter()
        .map(|step| match step {
            Way::Key(key) => Step::Key(key),
            Way::Index(index) => Step::Index(*index),
        })
        .collect()
}

/// The collection that holds the end of `way`.
fn holder<'a>(tree: &'a mut Tree, way: &[Way]) -> &'a mut Tree {
    let mut at = tree;
    for step in &way[..way.len() - 1] {
        at = match (at, step) {
            (Tree::List(items), Way::Index(index)) => &mut items[*index],
            (Tree::Map(entries), Way::Key(key)) => {
                &mut entries.iter_mut().find(|(name, _)| name == key).unwrap().1
            }
            _ => unreachable!("ways lead somewhere"),
        };
    }
    at
}

fn change(tree: &mut Tree, way: &[Way], change: &Change, value: &Tree) {
    match (holder(tree, way), way.last().unwrap()) {
        (Tree::List(items), Way::Index(index)) => match change {
            Change::Set => items[*index] = value.clone(),
            Change::Remove => _ = items.remove(*index),
            Change::Append => items.push(value.clone()),
            Change::Insert | Change::Rename => {}
        },
        (Tree::Map(entries), Way::Key(key)) => {
            let index = entries.iter().position(|(name, _)| name == key).unwrap();
            match change {
                Change::Set => entries[index].1 = value.clone(),
                Change::Remove => _ = entries.remove(index),
                Change::Append => entries.push(("new key".to_owned(), value.clone())),
                Change::Insert => entries.insert(index, ("new key".to_owned(), value.clone())),
                Change::Rename => "new: key".clone_into(&mut entries[index].0),
            }
        }
        _ => unreachable!("ways lead somewhere"),
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    Set,
    Remove,
    Append,
    Insert,
    Rename,
}

fn values() -> Vec<(Value, Tree)> {
    let text = |text: &str| Tree::Text(text.to_owned());
    let list = Value::sequence([Value::text("a, b"), Value::text(" c")]);
    let map = Value::mapping([("k", Value::text("v")), ("l: l", list.clone())]);
    let list_tree = Tree::List(vec![text("a, b"), text(" c")]);
    let map_tree = Tree::Map(vec![("k".to_owned(), text("v")), ("l: l".to_owned(), list_tree.clone())]);
    vec![
        (Value::text("plain"), text("plain")),
        (Value::text("it's: #"), text("it's: #")),
        (Value::text("two\n\n lines\n"), text("two\n\n lines\n")),
        (Value::text(" kept\n\n\n"), text(" kept\n\n\n")),
        (Value::Block("T".to_owned()), text("T")),
        (list, list_tree),
        (map, map_tree),
        (Value::sequence([]), Tree::List(Vec::new())),
    ]
}

/// Where the scalars of a tree end.
fn ends(node: &Node, out: &mut Vec<u32>) {
    match &node.kind {
        NodeKind::Scalar(_) => out.push(node.range.end),
        NodeKind::Sequence(items) => items.iter().for_each(|item| ends(item, out)),
        NodeKind::Mapping(mapping) => mapping.entries.iter().for_each(|entry| {
            ends(&entry.key, out);
            ends(&entry.value, out);
        }),
    }
}

/// The comments on lines of their own, and how many of them stand between the scalar before `node` and
/// its end.
fn own_comments(text: &str, document: &Document, node: Option<&Node>) -> (usize, usize) {
    let found = comments::between(text, document).comments;
    let own = || found.iter().filter(|comment| comment.own_line);
    let inside = node.map_or(0, |node| {
        let mut all = Vec::new();
        ends(document.root.as_ref().unwrap(), &mut all);
        let from = all.into_iter().filter(|end| *end <= node.range.start).max().unwrap_or(0);
        own().filter(|comment| (from..node.range.end).contains(&comment.range.start)).count()
    });
    (own().count(), inside)
}

fn node_at<'a>(document: &'a Document, way: &[Way]) -> &'a Node {
    let mut node = document.root.as_ref().unwrap();
    for step in way {
        node = match step {
            Way::Key(key) => node.as_mapping().unwrap().get(key).unwrap(),
            Way::Index(index) => &node.as_sequence().unwrap()[*index],
        };
    }
    node
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changes_do_what_was_asked_and_nothing_else(
        rendered in document(),
        pick in any::<prop::sample::Index>(),
        value in prop::sample::select(values()),
        kind in prop::sample::select(vec![
            Change::Set, Change::Remove, Change::Append, Change::Insert, Change::Rename
        ]),
    ) {
        let (text, (value, wanted)) = (&rendered.text, value);
        let document = read(text);
        let mut expected = tree(document.root.as_ref().unwrap());
        let mut all = Vec::new();
        ways(&expected, &[], &mut all);
        prop_assume!(!all.is_empty());
        let way = pick.get(&all);
        let steps = steps(way);
        let (last, above) = steps.split_last().unwrap();
        let patch = Patch::new(SourceId(0), text, &document);
        let edits = match (kind, last) {
            (Change::Set, _) => patch.set(&steps, &value),
            (Change::Remove, _) => patch.remove(&steps),
            (Change::Append, Step::Index(_)) => {
                let Tree::List(items) = holder(&mut expected, way) else { unreachable!() };
                let end = Step::Index(items.len());
                patch.set(&[above, &[end]].concat(), &value)
            }
            (Change::Append, Step::Key(_)) => patch.set(&[above, &[Step::Key("new key")]].concat(), &value),
            (Change::Insert, Step::Key(key)) => patch.insert(above, key, "new key", &value),
            (Change::Rename, Step::Key(_)) => patch.rename(&steps, "new: key"),
            (Change::Insert | Change::Rename, Step::Index(_)) => return Ok(()),
        };
        let edits = edits.unwrap();
        let edits: Vec<_> = edits.iter().map(|edit| (edit.span.range, edit.replacement.as_str())).collect();
        let changed = apply_edits(text, &edits).unwrap();
        change(&mut expected, way, &kind, &wanted);
        let after = read(&changed);
        prop_assert_eq!(tree(after.root.as_ref().unwrap()), expected, "{}\n=>\n{}", text, changed);
        // What is removed from a collection of one leaves it empty, and its comments go with it.
        let single = match holder(&mut tree(document.root.as_ref().unwrap()), way) {
            Tree::List(items) => items.len() == 1,
            Tree::Map(entries) => entries.len() == 1,
            Tree::Text(_) => false,
        };
        let gone = match kind {
            Change::Remove if single => Some(node_at(&document, &way[..way.len() - 1])),
            Change::Set | Change::Remove => Some(node_at(&document, way)),
            _ => None,
        };
        let (before, inside) = own_comments(text, &document, gone);
        let (left, _) = own_comments(&changed, &after, None);
        prop_assert!(left <= before && left + inside >= before, "{}\n=>\n{}", text, changed);
    }
}

fn apply(text: &str, edits: Result<Vec<picket::diag::Edit>, PatchError>) -> Result<String, PatchError> {
    let edits = edits?;
    let edits: Vec<_> = edits.iter().map(|edit| (edit.span.range, edit.replacement.as_str())).collect();
    Ok(apply_edits(text, &edits).unwrap())
}

#[test]
fn comments_and_layout_stay() {
    let text = "# head\nid: 1 # the id\n\nlist: # of things\n- a   # one\n# two\n-   b\nmap: {x: 1, y: [2]}\nquery: |\n  T\n";
    let document = read(text);
    let patch = Patch::new(SourceId(0), text, &document);
    let set = |path: &[Step<'_>], value: Value| apply(text, patch.set(path, &value)).unwrap();
    assert_eq!(set(&[Step::Key("id")], Value::text("x")), text.replace("id: 1", "id: x"));
    assert_eq!(
        set(&[Step::Key("id")], Value::text("x\ny\n")),
        text.replace("id: 1 # the id\n", "id: | # the id\n  x\n  y\n")
    );
    assert_eq!(set(&[Step::Key("list"), Step::Index(1)], Value::text("c")), text.replace("-   b", "- c"));
    assert_eq!(
        set(&[Step::Key("list"), Step::Index(2)], Value::mapping([("k", Value::text("v"))])),
        text.replace("-   b\n", "-   b\n- k: v\n")
    );
    assert_eq!(
        set(&[Step::Key("map"), Step::Key("y"), Step::Index(0)], Value::text("a, b")),
        text.replace("[2]", "['a, b']")
    );
    assert_eq!(set(&[Step::Key("last")], Value::text("z")), format!("{text}last: z\n"));
    let removed = |path: &[Step<'_>]| apply(text, patch.remove(path)).unwrap();
    assert_eq!(removed(&[Step::Key("list"), Step::Index(0)]), text.replace("- a   # one\n", ""));
    assert_eq!(removed(&[Step::Key("map"), Step::Key("x")]), text.replace("x: 1, ", ""));
    assert_eq!(removed(&[Step::Key("query")]), text.replace("query: |\n  T\n", ""));
    assert_eq!(
        apply(text, patch.insert(&[], "map", "new", &Value::Plain("true".into()))).unwrap(),
        text.replace("map:", "new: true\nmap:")
    );
    assert_eq!(
        apply(text, patch.rename(&[Step::Key("list")], "things")).unwrap(),
        text.replace("list:", "things:")
    );
}

#[test]
fn what_cannot_be_changed_is_said() {
    let text = "a: &a {b: 1}\nc: *a\nd: {<<: *a, e: 2}\n";
    let document = read(text);
    let patch = Patch::new(SourceId(0), text, &document);
    let value = Value::text("x");
    let set = |path: &[Step<'_>]| apply(text, patch.set(path, &value));
    assert_eq!(set(&[Step::Key("c"), Step::Key("b")]), Err(PatchError::Shared));
    assert_eq!(set(&[Step::Key("d"), Step::Key("b")]), Err(PatchError::Shared));
    assert_eq!(set(&[Step::Key("a"), Step::Index(0)]), Err(PatchError::OtherKind));
    assert_eq!(set(&[Step::Key("x"), Step::Key("y")]), Err(PatchError::Missing));
    assert_eq!(set(&[Step::Key("c")]), Ok(text.replace("c: *a", "c: x")));
    assert_eq!(apply(text, patch.rename(&[Step::Key("a")], "c")), Err(PatchError::Taken));
}
