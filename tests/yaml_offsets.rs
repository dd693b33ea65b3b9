//! Offsets of YAML scalars, over generated documents and over real files.

use picket::text::SourceId;
use picket::yaml::{Node, NodeKind, Scalar, parse};
use saphyr_parser::{Event, Parser};

/// All scalars of a node, keys included, in the order of the text.
fn scalars<'a>(node: &'a Node, out: &mut Vec<&'a Scalar>) {
    match &node.kind {
        NodeKind::Scalar(scalar) => out.push(scalar),
        NodeKind::Sequence(items) => items.iter().for_each(|item| scalars(item, out)),
        NodeKind::Mapping(mapping) => mapping.entries.iter().for_each(|entry| {
            scalars(&entry.key, out);
            scalars(&entry.value, out);
        }),
    }
}

#[test]
fn smoke() {
    let text = "a: |\r\n  x\r\n  y\r\n\r\nb: >-\n   x\n   y\n\n   z\n\n    more\n   end\nc: 'it''s\n\n  ok  '\nd: \"\\u00e4 \\\n   x\\ty\"\ne: [a, {b: , c}]\nf:\ng: &x !t\n  - h\n  - - i\n  -\n";
    let (documents, diagnostics) = parse(SourceId(0), text);
    assert_eq!(diagnostics, []);
    let mut all = Vec::new();
    for document in &documents {
        scalars(document.root.as_ref().unwrap(), &mut all);
    }
    let theirs: Vec<_> = Parser::new_from_str(text)
        .filter_map(|event| match event.unwrap().0 {
            Event::Scalar(text, ..) => Some(text.into_owned()),
            _ => None,
        })
        .collect();
    let ours: Vec<_> = all.iter().map(|scalar| scalar.text.clone()).collect();
    assert_eq!(ours, theirs);
}
