//! Comments of templates, `// to the end of the line` and `/* between */`, which JSON does not have.

/// `text` with a blank for each byte of a comment; ends of lines stay, so that places stay.
pub(super) fn without(text: &str) -> String {
    #[derive(PartialEq)]
    enum In {
        Json,
        Text,
        Line,
        Block,
    }
    let mut state = In::Json;
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let blank = |out: &mut String, letter: char| match letter {
        '\n' | '\r' => out.push(letter),
        _ => out.extend(std::iter::repeat_n(' ', letter.len_utf8())),
    };
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        match (&state, letter, next) {
            (In::Json, '"', _) => state = In::Text,
            (In::Text, '"', _) => state = In::Json,
            (In::Text, '\\', Some(escaped)) => {
                out.extend([letter, escaped]);
                letters.next();
                continue;
            }
            (In::Json, '/', Some('/')) => state = In::Line,
            (In::Json, '/', Some('*')) => {
                state = In::Block;
                letters.next();
                out.push_str("  ");
                continue;
            }
            (In::Line, '\n', _) => state = In::Json,
            (In::Block, '*', Some('/')) => {
                state = In::Json;
                letters.next();
                out.push_str("  ");
                continue;
            }
            _ => {}
        }
        match state {
            In::Json | In::Text => out.push(letter),
            In::Line | In::Block => blank(&mut out, letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn comments_go_and_texts_stay() {
        let text = "{ // why\n  \"a\": \"http://x \\\" // no\", /* b\n */ \"c\": 1 }";
        let json: serde_json::Value = serde_json::from_str(&without(text)).unwrap();
        assert_eq!(json, serde_json::json!({"a": "http://x \" // no", "c": 1}));
        assert_eq!(without(text).lines().count(), text.lines().count());
        let text = "{} // größe\n";
        assert_eq!((without(text).len(), without(text).trim_end()), (text.len(), "{}"));
    }

    proptest::proptest! {
        #[test]
        fn what_has_no_comment_stays_as_it_is(text in "[a-z\" :,{}\\\\é\n*]{0,60}") {
            proptest::prop_assert_eq!(without(&text), text);
        }
    }
}
