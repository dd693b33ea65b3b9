//! Whatever a text says, each language reads it as that text: held against readers that follow the languages' pages on strings.
//! `.ci/check-export` holds whole files against other people's.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Exported, Tool, bicep, terraform};
use crate::arm::ResourceKind;

/// Bits that mean something to one of the languages.
const BITS: [&str; 26] = [
    "'",
    "\"",
    "\\",
    "${x}",
    "$",
    "%",
    "{",
    "%{ if x }",
    "'''",
    "[concat('a')]",
    "\n",
    "\r\n",
    "\t",
    "\u{2028}",
    "\u{202e}",
    "\u{feff}",
    "\0",
    "\u{7f}",
    "\u{e9}",
    "\u{1f600}",
    "EOT",
    "\nEOT\n",
    "// ",
    "/*",
    " ",
    "a",
];

fn hostile() -> impl Strategy<Value = String> {
    let bit = prop_oneof![4 => prop::sample::select(&BITS[..]).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(bit, 0..12).prop_map(|bits| bits.concat())
}

/// The sign that the digits in braces, or the given number of them, name.
fn sign(digits: &str) -> char {
    char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap()
}

/// What `inner` stands for between two of `quote`, with the escapes that both languages have. `unicode` reads the digits behind
/// `\u`, and gives what is behind them.
fn without_escapes(inner: &str, quote: char, unicode: impl Fn(&str) -> (char, &str)) -> String {
    let mut rest = inner;
    let mut text = String::new();
    while let Some(first) = rest.chars().next() {
        assert!(first != quote && !matches!(first, '\n' | '\r'), "{inner}");
        rest = &rest[first.len_utf8()..];
        if first != '\\' {
            text.push(first);
            continue;
        }
        let escape = rest.chars().next().unwrap();
        rest = &rest[1..];
        match escape {
            'u' => {
                let (letter, behind) = unicode(rest);
                text.push(letter);
                rest = behind;
            }
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            other => {
                assert!(
                    other == '\\' || other == quote || other == '$' && quote == '\'',
                    "no escape: {inner}"
                );
                text.push(other);
            }
        }
    }
    text
}

fn between(text: &str, quote: char) -> &str {
    text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).unwrap()
}

/// The text that a literal of Bicep stands for.
fn read_bicep(literal: &str) -> String {
    if let Some(inner) = literal.strip_prefix("'''").and_then(|rest| rest.strip_suffix("'''")) {
        assert!(!inner.contains("'''") && !inner.ends_with('\''), "{literal}");
        return inner.strip_prefix('\n').unwrap_or(inner).to_owned();
    }
    let inner = between(literal, '\'');
    for (at, _) in inner.match_indices("${") {
        let escapes = inner[..at].chars().rev().take_while(|letter| *letter == '\\').count();
        assert_eq!(escapes % 2, 1, "an expression: {literal}");
    }
    without_escapes(inner, '\'', |rest| {
        let (digits, behind) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).unwrap();
        (sign(digits), behind)
    })
}

/// What a template without expressions stands for: `$${` and `%%{` are signs by themselves.
fn without_doubling(template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some(first) = rest.chars().next() {
        let is_sign = matches!(first, '$' | '%');
        let behind = &rest[first.len_utf8()..];
        assert!(!is_sign || !behind.starts_with('{'), "an expression: {template}");
        let is_doubled = is_sign && behind.starts_with(first) && behind[1..].starts_with('{');
        text.push(first);
        if is_doubled {
            text.push('{');
        }
        rest = if is_doubled { &behind[2..] } else { behind };
    }
    text
}

/// The text that an expression of Terraform stands for: a quoted one, a heredoc, or `chomp` of one.
fn read_terraform(expression: &str) -> String {
    if let Some(heredoc) = expression.strip_prefix("chomp(").and_then(|rest| rest.strip_suffix(')')) {
        return read_terraform(heredoc.trim_end_matches([' ', '\n'])).trim_end_matches('\n').to_owned();
    }
    if let Some(rest) = expression.strip_prefix("<<") {
        let (end, body) = rest.split_once('\n').unwrap();
        let at = body.split('\n').position(|line| line.trim() == end).unwrap();
        assert_eq!(at + 1, body.split('\n').count(), "the end comes too early: {expression}");
        return without_doubling(body.strip_suffix(end).unwrap());
    }
    without_doubling(&without_escapes(between(expression, '"'), '"', |rest| (sign(&rest[..4]), &rest[4..])))
}

proptest! {
    #[test]
    fn bicep_reads_every_text_as_it_is(text in hostile()) {
        prop_assert_eq!(read_bicep(&bicep::text(&text)), text);
    }

    #[test]
    fn terraform_reads_every_text_as_it_is(text in hostile()) {
        prop_assert_eq!(read_terraform(&terraform::text(&text, 1).text), text);
    }

    #[test]
    fn no_text_leads_out_of_its_place(text in hostile()) {
        let resources = [resource(ResourceKind::AlertRule, &text), resource(ResourceKind::SavedSearch, &text)];
        let lines = |tool: Tool, comment: &str| {
            let file = tool.text(&resources);
            let blocks = file.split("\nresource ").count() - 1;
            let is_named = file.split(&format!("\n{comment} x")).count() == 3;
            (blocks, is_named)
        };
        if !text.contains('\n') {
            prop_assert_eq!(lines(Tool::Bicep, "//"), (3, true));
            prop_assert_eq!(lines(Tool::Terraform, "#"), (2, true));
        }
        for tool in [Tool::Arm, Tool::Json] {
            prop_assert!(serde_json::from_str::<Value>(&tool.text(&resources)).is_ok());
        }
    }
}

fn resource(kind: ResourceKind, text: &str) -> Exported {
    let body = json!({"properties": {"displayName": text, "list": [text], "customDetails": {text: text}, "empty": {}, "none": []}});
    Exported {
        kind,
        name: "0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f".to_owned(),
        display_name: format!("x{text}"),
        api_version: "2025-09-01",
        body,
        after: Vec::new(),
    }
}

#[test]
fn texts_of_several_lines_stay_readable() {
    let resources = [
        resource(ResourceKind::AlertRule, "T\n| where a == '${b}'\n"),
        Exported { after: vec![0, 2], ..resource(ResourceKind::SavedSearch, "T\n| take 1") },
        Exported { name: "assets".to_owned(), ..resource(ResourceKind::Watchlist, "Host\nsrv1\n") },
    ];
    insta::assert_snapshot!("arm", Tool::Arm.text(&resources));
    insta::assert_snapshot!("bicep", Tool::Bicep.text(&resources));
    insta::assert_snapshot!("terraform", Tool::Terraform.text(&resources));
    insta::assert_snapshot!("json", Tool::Json.text(&resources));
}

#[test]
fn a_template_that_azure_refuses_is_named() {
    assert_eq!(Tool::Terraform.refusal("", 801), None);
    assert_eq!(Tool::Bicep.refusal("", 800), None);
    assert!(Tool::Bicep.refusal("", 801).unwrap().contains("800 resources"));
    assert!(Tool::Arm.refusal(&" ".repeat(4 * 1024 * 1024 + 1), 1).unwrap().contains("bytes"));
}
