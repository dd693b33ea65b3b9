//! Each common mistake, with the bytes it is reported at.

use crate::diag::{Applicability, apply_edits};
use crate::text::SourceId;
use crate::yaml::parse;

/// The bytes at fault and what is said of them.
fn first(text: &str) -> (String, String) {
    let (_, diagnostics) = parse(SourceId(0), text);
    let found = diagnostics.first().unwrap_or_else(|| panic!("{text:?} is read without a finding"));
    assert!(!found.help.is_empty(), "{text:?}: {} has no remedy", found.message);
    assert!(!found.message.ends_with('.') && !found.message.contains("did not find"), "{}", found.message);
    (found.range().slice(text).to_owned(), found.message.clone())
}

/// The text after the fix of its first finding.
fn mended(text: &str) -> (Applicability, String) {
    let (_, diagnostics) = parse(SourceId(0), text);
    let fix = diagnostics[0].fix.as_ref().unwrap();
    let edits: Vec<_> = fix.edits.iter().map(|edit| (edit.span.range, edit.replacement.as_str())).collect();
    (fix.applicability, apply_edits(text, &edits).unwrap())
}

#[test]
fn every_mistake_is_named_at_its_bytes() {
    for (text, at, message) in [
        ("a:\n\tb: 1\n", "\t", "a tab indents this line"),
        ("a:\n  b: 1\n\tc: 2\n", "\t", "a tab indents this line"),
        ("a: é\nb: @x\n", "@", "cannot start with `@`"),
        ("a:\n  - %x\n", "%", "cannot start with `%`"),
        ("a: `x`\n", "`", "cannot start with a backtick"),
        ("a: b: c\n", ":", "cannot hold a colon and a space"),
        ("a: 1\n b: 2\n", ":", "`b` continues the value of the line above"),
        ("q: T\n  | where a == \"b: c\"\n", ":", "cannot hold a colon and a space, on any of its lines"),
        ("a:\n    b: 1\n  c: 2\n", "c: 2", "this line is indented by 2, like none"),
        ("  a: 1\nb: 2\n", "b: 2", "does not belong to the document above it"),
        ("a: |\n    x\n   y\nb: 1\n", "y", "indented less than the block of text above it"),
        ("a: |\n      \n  z\n", "z", "a blank line above is longer"),
        ("a: | x\n", "|", "text stands behind `|`"),
        ("a: |0\n  x\n", "|", "cannot be 0"),
        ("a: |\n  T\n| where x\n", "|", "a line that starts with `|`"),
        ("a: 1\nfoo\nb: 2\n", "foo", "is no `key: value`"),
        ("a: 1\nb:2 # x\nc: 3\n", "b:2", "is no `key: value`"),
        ("a: \"x\nb: 1\n", "\"", "is not closed"),
        ("a: 'it's'\n", "s'", "text stands behind the closing quote"),
        ("a: \"C:\\Windows\"\n", "\\W", "is no escape"),
        ("a: \"\\x4\"\n", "\\x", "needs the digits"),
        ("a: - b\n", "-", "a list cannot start"),
        ("a: 1\n- b\n", "-", "a list item stands where a key is expected"),
        ("- a\nb: 1\n", "b", "where another item of the list is expected"),
        ("a: [x, y\nb: 1\n", ":", "does not fit into the brackets"),
        ("a: ]\n", "]", "closes nothing"),
        ("a: {{x}} y\n", "y", "behind a complete value"),
        ("a: \"x\"#c\n", "#", "needs a blank"),
        ("a: b # c\n  d\n", "# c", "a comment stands inside a value"),
        ("a: & b\n", "&", "is an anchor"),
        ("a: *.exe\n", "*.exe", "names no anchor"),
        ("a: \u{7}\n", "\u{7}", "U+0007"),
        ("a: \0\n", "\0", "U+0000"),
        ("a: 1\n\u{FEFF}b: 2\n", "\u{FEFF}", "byte order mark"),
        ("%foo\n---\na: 1\n", "%foo", "is not a YAML directive"),
    ] {
        let (found, said) = first(text);
        assert_eq!(found, at, "{text:?}: {said}");
        assert!(said.contains(message), "{text:?}: {said}");
    }
}

#[test]
fn fixes_mend_the_text() {
    use Applicability::{Safe, Unsafe};
    for (text, applicability, expected) in [
        ("a: @x # c\n", Safe, "a: '@x' # c\n"),
        ("a: it's: so\n", Safe, "a: 'it''s: so'\n"),
        ("a: \"C:\\Windows\"\n", Safe, "a: \"C:\\\\Windows\"\n"),
        ("a: |\n      \n  z\n", Safe, "a: |\n\n  z\n"),
        ("a: 1\nb:2\nc: 3\n", Unsafe, "a: 1\nb: 2\nc: 3\n"),
        (
            "r:\n    - connectorId: M\n    dataTypes:\n        - D\n    - connectorId: N\nt: C\n",
            Unsafe,
            "r:\n    - connectorId: M\n      dataTypes:\n          - D\n    - connectorId: N\nt: C\n",
        ),
    ] {
        assert_eq!(mended(text), (applicability, expected.to_owned()));
        assert_eq!(parse(SourceId(0), expected).1, []);
    }
}
