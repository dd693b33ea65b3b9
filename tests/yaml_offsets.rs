//! Every byte of a scalar's decoded text maps to the file bytes it came from: over generated documents
//! whose places are known, over arbitrary text, and over real files.

mod common;
mod yaml_documents;

use picket::diag::Diagnostic;
use picket::text::{SourceId, TextRange};
use picket::yaml::{Document, Node, NodeKind, Scalar, ScalarStyle, parse};
use proptest::prelude::*;
use saphyr_parser::{Event, Parser};
use yaml_documents::{Rendered, document};

/// All scalars of a node with their nodes, keys included, in the order of the text.
fn scalars<'a>(node: &'a Node, out: &mut Vec<(&'a Node, &'a Scalar)>) {
    match &node.kind {
        NodeKind::Scalar(scalar) => out.push((node, scalar)),
        NodeKind::Sequence(items) => items.iter().for_each(|item| scalars(item, out)),
        NodeKind::Mapping(mapping) => mapping.entries.iter().for_each(|entry| {
            scalars(&entry.key, out);
            scalars(&entry.value, out);
        }),
    }
}

fn all_scalars(documents: &[Document]) -> Vec<(&Node, &Scalar)> {
    let mut out = Vec::new();
    documents.iter().filter_map(|document| document.root.as_ref()).for_each(|root| scalars(root, &mut out));
    out
}

/// What holds for every tree, however broken the text: segments cover the decoded text in order, their
/// file bytes follow one another inside the node, and copied bytes are the file's.
fn check_tree(text: &str, documents: &[Document]) {
    for (node, scalar) in all_scalars(documents) {
        let (mut decoded, mut source) = (0, 0);
        for segment in scalar.map.segments() {
            assert_eq!(segment.decoded.start, decoded, "a gap in {scalar:?}");
            assert!(!segment.decoded.is_empty(), "an empty segment in {scalar:?}");
            assert!(segment.source.start >= source, "file bytes out of order in {scalar:?}");
            assert!(!segment.source.is_empty(), "a segment without file bytes in {scalar:?}");
            if segment.copied {
                assert_eq!(segment.decoded.slice(&scalar.text), segment.source.slice(text));
            }
            (decoded, source) = (segment.decoded.end, segment.source.end);
        }
        assert_eq!(decoded as usize, scalar.text.len(), "segments end early in {scalar:?}");
        assert!(node.range.end as usize <= text.len() && text.get(node.range.to_usize()).is_some());
    }
    documents.iter().filter_map(|document| document.root.as_ref()).for_each(check_nesting);
}

/// Children stand inside their parents, in order. Trees with aliases are left to other tests.
fn check_nesting(node: &Node) {
    let children: Vec<&Node> = match &node.kind {
        NodeKind::Scalar(scalar) => {
            let ends = |range: TextRange| node.range.contains_range(range);
            assert!(scalar.map.segments().iter().all(|segment| ends(segment.source)), "{node:?}");
            return;
        }
        NodeKind::Sequence(items) => items.iter().collect(),
        NodeKind::Mapping(mapping) => {
            mapping.entries.iter().flat_map(|entry| [&entry.key, &entry.value]).collect()
        }
    };
    let mut from = node.range.start;
    for child in children {
        assert!(from <= child.range.start && child.range.end <= node.range.end, "{child:#?} in {node:#?}");
        from = child.range.end;
        check_nesting(child);
    }
}

/// The texts that the event parser itself decodes, and whether it came to the end.
fn decoded_by_events(text: &str) -> (Vec<String>, bool) {
    let mut texts = Vec::new();
    for event in Parser::new_from_str(text) {
        match event {
            Ok((Event::Scalar(text, ..), _)) => texts.push(text.into_owned()),
            Ok(_) => {}
            Err(_) => return (texts, false),
        }
    }
    (texts, true)
}

fn read(text: &str) -> (Vec<Document>, Vec<Diagnostic>) {
    parse(SourceId(0), text)
}

/// Reads `text` and compares each scalar with what the event parser decodes on its own. Both are
/// independent readings of the same rules, apart from the line ending that the event parser adds to a
/// block scalar cut off by the end of the text.
fn check_against_events(text: &str) {
    let (documents, diagnostics) = read(text);
    let (theirs, complete) = decoded_by_events(text);
    let aliases = text.contains('*') || text.contains("<<");
    if !complete || aliases || !diagnostics.is_empty() {
        return;
    }
    check_tree(text, &documents);
    let roots = documents.iter().filter(|document| document.root.is_some()).count();
    let ours = all_scalars(&documents);
    if roots != documents.len() {
        return;
    }
    assert_eq!(ours.len(), theirs.len(), "{text:?}");
    for ((node, scalar), their) in ours.into_iter().zip(theirs) {
        let block = matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded);
        let cut = block && text[node.range.end as usize..].bytes().all(|byte| b" \r\n".contains(&byte));
        if cut {
            assert_eq!(scalar.text.trim_end_matches('\n'), their.trim_end_matches('\n'), "{text:?}");
        } else {
            assert_eq!(scalar.text, their, "{text:?}");
        }
    }
}

/// Text of what YAML is made of, more likely to reach every corner than arbitrary characters.
fn yamlish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "\n", "\n", "\n  ", "\n    ", "\r\n", "\r", " ", "  ", "\t", ":", ": ", "- ", "-", "? ", "|", ">", "|-\n",
            ">+\n", "|2\n", "'", "\"", "\\", "\\n", "\\x41", "#", " #", "[", "]", "{", "}", ",", "&a ", "*a", "!t ", "!!",
            "---", "...", "%", "@", "`", "a", "bc", "ä", "€", "\u{1F980}", "\u{FEFF}", "\0", "\u{85}", "\u{2028}",
            "<<: ", "a: ", "a: |\n", "a: >\n", "b:\n", "\n  - ", "\n\n",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(|char| char.to_string()),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Compares what is read from a generated document with what went into it, character by character.
fn check_generated(rendered: &Rendered) {
    let text = &rendered.text;
    let (documents, diagnostics) = read(text);
    assert_eq!(diagnostics, [], "{text}");
    check_tree(text, &documents);
    let read = all_scalars(&documents);
    assert_eq!(read.len(), rendered.scalars.len(), "{text}");
    for ((_, scalar), expected) in read.into_iter().zip(&rendered.scalars) {
        let wanted: String = expected.iter().map(|(char, _)| *char).collect();
        assert_eq!(scalar.text, wanted, "{text}");
        for ((at, char), (_, place)) in scalar.text.char_indices().zip(expected) {
            let decoded = TextRange::from_usize(at, at + char.len_utf8());
            let range = scalar.range_of(decoded).to_usize();
            assert_eq!(&range, place, "{char:?} at {at} of {scalar:?} in {text}");
            assert_eq!(scalar.map.offset(decoded.start) as usize, place.start);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_documents_map_back_exactly(rendered in document()) {
        check_generated(&rendered);
    }

    #[test]
    fn text_made_of_indicators_is_read_as_the_event_parser_does(text in yamlish()) {
        check_against_events(&text);
    }

    #[test]
    fn no_text_breaks_the_reader(text in ".*", indicators in yamlish()) {
        for text in [text, indicators] {
            let (documents, _) = read(&text);
            if !text.contains('*') && !text.contains("<<") {
                check_tree(&text, &documents);
            }
        }
    }
}

#[test]
fn lines_of_real_block_scalars_are_slices_of_their_files() {
    let Some(shared) = common::shared() else { return };
    let (mut files, mut blocks, mut lines) = (0, 0, 0);
    for folder in ["rules", "catalogs"] {
        for path in common::yaml_files(&shared.join(folder)) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            files += 1;
            let (documents, _) = read(&text);
            check_tree(&text, &documents);
            for (_, scalar) in all_scalars(&documents) {
                if scalar.style != ScalarStyle::Literal {
                    continue;
                }
                blocks += 1;
                let mut start = 0;
                for line in scalar.text.split('\n') {
                    let decoded = TextRange::from_usize(start, start + line.len());
                    assert_eq!(scalar.range_of(decoded).slice(&text), line, "{}", path.display());
                    start += line.len() + 1;
                    lines += 1;
                }
            }
        }
    }
    println!("{files} files, {blocks} block scalars, {lines} lines");
    assert!(files > 800 && blocks > 700 && lines > 10_000);
}
