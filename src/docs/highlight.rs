//! A query as HTML, each token with the class of what it is.

use maud::{Markup, html};

use crate::kql::syntax::{LexToken, TokenKind, lex};

/// A piece of a query: its class, empty for white space and signs, and its text.
pub(super) fn pieces(query: &str) -> Vec<(&'static str, &str)> {
    let (tokens, _) = lex(query);
    let mut pieces = Vec::with_capacity(tokens.len() * 2);
    for (at, token) in tokens.iter().enumerate() {
        if token.has_trivia() {
            trivia(token.trivia().slice(query), &mut pieces);
        }
        let text = token.range.slice(query);
        if !text.is_empty() {
            pieces.push((class(token, tokens.get(at + 1)), text));
        }
    }
    pieces
}

/// White space, and the comments in it.
fn trivia<'q>(text: &'q str, pieces: &mut Vec<(&'static str, &'q str)>) {
    for line in text.split_inclusive('\n') {
        match line.find("//") {
            Some(start) => {
                pieces.push(("", &line[..start]));
                let end = line.trim_end_matches(['\r', '\n']).len();
                pieces.push(("c", &line[start..end]));
                pieces.push(("", &line[end..]));
            }
            None => pieces.push(("", line)),
        }
    }
}

fn class(token: &LexToken, next: Option<&LexToken>) -> &'static str {
    match token.kind {
        TokenKind::StringLiteral => "s",
        kind if kind.is_literal() => "n",
        kind if kind.is_keyword() => "k",
        TokenKind::Identifier if next.is_some_and(|next| next.kind == TokenKind::OpenParen) => "f",
        _ => "",
    }
}

/// The query, in `<pre>`.
pub(super) fn query(text: &str) -> Markup {
    html! {
        pre.query tabindex="0" aria-label="Query" {
            code {
                @for (class, text) in pieces(text) {
                    @if class.is_empty() { (text) } @else { span class=(class) { (text) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_the_class_of_what_they_are() {
        let found = pieces("T // why\n| where a == \"<b>\" and f(1)");
        let classed: Vec<_> = found.iter().filter(|(class, _)| !class.is_empty()).copied().collect();
        assert_eq!(
            classed,
            [("c", "// why"), ("k", "where"), ("s", "\"<b>\""), ("k", "and"), ("f", "f"), ("n", "1")]
        );
        assert!(query("\"</pre><script>\"").into_string().contains("&lt;/pre&gt;&lt;script&gt;"));
    }

    proptest::proptest! {
        #[test]
        fn pieces_laid_end_to_end_are_the_query(text in "[a-z0-9 \"'/|=()\\n<>&\\\\@`]{0,60}") {
            let joined: String = pieces(&text).into_iter().map(|(_, text)| text).collect();
            proptest::prop_assert_eq!(joined, text);
        }
    }
}
