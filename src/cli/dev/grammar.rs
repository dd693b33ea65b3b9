//! `cargo dev grammar`: makes the TextMate grammar of KQL for editors from the keywords and functions of the language.

use serde_json::{Value, json};

use super::generated::{self, Generated};
use crate::catalog::ScalarType;
use crate::catalog::kql::{Function, Language};
use crate::cli::{CliError, Exit, Shell};
use crate::kql::syntax::{CHARTS, KEYWORDS, KeywordClass, NodeKind, parse};

/// Where the grammar is kept.
const PATH: &str = "editors/vscode/syntaxes/kql.tmLanguage.json";

/// Words that begin a part of an operator though they may name columns too; the others of their class are coloured only
/// where the server says what they are.
const CLAUSES: [&str; 5] = ["from", "on", "step", "typeof", "with"];

/// The parts of the grammar, those that must be tried first before others.
const PARTS: [&str; 12] = [
    "comment",
    "string",
    "literal",
    "statement",
    "pipe",
    "known_call",
    "operator",
    "type",
    "keyword",
    "call",
    "variable",
    "number",
];

/// Rewrites the TextMate grammar of KQL.
#[derive(Debug, clap::Args)]
pub struct GrammarArgs {
    /// Write nothing; fail when the grammar is not current.
    #[arg(long)]
    check: bool,
}

impl GrammarArgs {
    /// Runs the command.
    ///
    /// # Errors
    /// When the grammar cannot be read or written.
    pub fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        generated::settle(&files(), self.check, shell)
    }
}

/// The generated files.
pub fn files() -> Vec<Generated> {
    let mut text = format!("{:#}", grammar());
    text.push('\n');
    vec![Generated { path: PATH.to_owned(), text }]
}

/// The words that name an operator after a pipe: those that the parser takes for one there.
pub fn operators() -> Vec<&'static str> {
    let is_operator = |word: &str| {
        let (tree, _) = parse(format!("T | {word}"));
        let pipe = tree.root().descendants().find(|node| node.kind() == NodeKind::PipeExpression);
        pipe.and_then(|pipe| pipe.node(2)).is_some_and(|operator| operator.kind() != NodeKind::BadOperator)
    };
    words(|word, _| is_operator(word))
}

/// The keywords that hold for a word with its class, without those of the engine alone.
fn words(holds: impl Fn(&str, KeywordClass) -> bool) -> Vec<&'static str> {
    let known = KEYWORDS.iter().filter_map(|(word, kind)| Some((*word, kind.keyword_class()?)));
    known
        .filter(|(word, class)| !word.starts_with("__") && holds(word, *class))
        .map(|(word, _)| word)
        .collect()
}

fn grammar() -> Value {
    let language = Language::builtin();
    let operators = operators();
    let comparisons: Vec<&str> = words(|word, _| language.operator_by_text(word).is_some());
    let types: Vec<&str> =
        ScalarType::ALL.iter().flat_map(|ty| ty.aliases().iter().copied().chain([ty.name()])).collect();
    let taken =
        |word: &str| operators.contains(&word) || comparisons.contains(&word) || types.contains(&word);
    let others = words(|word, class| class != KeywordClass::Name && !taken(word) && !CHARTS.contains(&word))
        .into_iter()
        .chain(CLAUSES)
        .collect();
    let parts: Vec<Value> = PARTS.iter().map(|name| json!({ "include": format!("#{name}") })).collect();
    json!({
        "information_for_contributors": ["Made by `cargo dev grammar` from the keywords and functions that picket knows."],
        "name": "KQL",
        "scopeName": "source.kql",
        "patterns": [{ "include": "#code" }],
        "repository": {
            "code": { "patterns": parts },
            "comment": { "name": "comment.line.double-slash.kql", "match": "//.*$" },
            "string": { "patterns": strings() },
            "literal": { "patterns": [
                { "name": "constant.language.kql", "match": word(vec!["true", "false", "null"]) },
                { "match": r"\b(datetime|timespan|time|date|guid|uuid|uniqueid)\s*(\()([^()'\x22]*)(\))", "captures": {
                    "1": { "name": "storage.type.kql" }, "2": { "name": "punctuation.section.parens.begin.kql" },
                    "3": { "name": "constant.other.kql" }, "4": { "name": "punctuation.section.parens.end.kql" } } },
            ] },
            "statement": { "patterns": [
                { "match": r"\b(let)\s+([A-Za-z_]\w*)(?=\s*=\s*(?:view\s*)?\([^()]*\)\s*\{)", "captures": {
                    "1": { "name": "keyword.declaration.kql" }, "2": { "name": "entity.name.function.kql" } } },
                { "match": r"\b(let)\s+([A-Za-z_]\w*)", "captures": {
                    "1": { "name": "keyword.declaration.kql" }, "2": { "name": "variable.other.constant.kql" } } },
                { "match": r"^\s*(set|declare|alias|restrict)\b(?!\s*[=(,)])", "captures": { "1": { "name": "keyword.declaration.kql" } } },
            ] },
            "pipe": { "match": format!(r"(\|)\s*({})?", word(operators.clone())), "captures": {
                "1": { "name": "keyword.operator.pipe.kql" }, "2": { "name": "keyword.control.kql" } } },
            "known_call": { "patterns": [
                called("support.function.aggregate.kql", language.aggregates()),
                called("support.function.kql", language.functions()),
                called("support.function.plugin.kql", language.plugins()),
            ] },
            "call": { "name": "entity.name.function.call.kql", "match": r"\b[A-Za-z_]\w*(?=\s*\()" },
            "operator": { "patterns": [
                { "name": "keyword.operator.word.kql", "match": word(comparisons) },
                { "name": "keyword.operator.comparison.kql", "match": "=~|!~|==|!=|<>|<=|>=|<(?!\\|)|>" },
                { "name": "keyword.operator.kql", "match": r"=>|<\||\.\.|[-+*/%=]" },
            ] },
            "type": { "name": "storage.type.kql", "match": word(types) },
            "keyword": { "patterns": [
                { "name": "keyword.control.kql", "match": r"\b(?:union|search|find|print|range|datatable|externaldata|materialize|toscalar|totable)\b(?!\s*[=,)])" },
                { "name": "variable.parameter.kql", "match": r"\b(?:hint\.\w+|kind|isfuzzy|withsource|with_source)(?=\s*=(?![=~]))" },
                { "name": "keyword.other.kql", "match": format!(r"(?<!\.){}(?!\s*=(?![=~]))", word(others)) },
            ] },
            "variable": { "name": "variable.language.kql", "match": r"\$(?:left|right)\b" },
            "number": { "patterns": [
                { "name": "constant.numeric.timespan.kql", "match": r"\b\d+(?:\.\d+)?(?:d|h|m|s|ms|min|minutes?|hours?|days?|sec|seconds?|milliseconds?|microseconds?|nanoseconds?|ticks?)\b" },
                { "name": "constant.numeric.kql", "match": r"\b(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\b" },
            ] },
        },
    })
}

/// The strings of KQL: plain ones escape with a backslash, verbatim ones double the quote, others span lines.
fn strings() -> Value {
    let plain = |quote: &str, kind: &str| {
        json!({
            "name": format!("string.quoted.{kind}.kql"),
            "begin": format!("[hH]?{quote}"),
            "end": format!("{quote}|$"),
            "patterns": [{ "name": "constant.character.escape.kql", "match": r"\\." }],
        })
    };
    let verbatim = |quote: &str| {
        json!({
            "name": "string.quoted.other.verbatim.kql",
            "begin": format!("[hH]?@{quote}"),
            "end": format!("{quote}(?!{quote})|$"),
            "patterns": [{ "name": "constant.character.escape.kql", "match": format!("{quote}{quote}") }],
        })
    };
    let lines = |quote: &str| json!({ "name": "string.quoted.triple.kql", "begin": format!("[hH]?{quote}"), "end": quote });
    json!([
        lines("```"),
        lines("~~~"),
        verbatim("\""),
        verbatim("'"),
        plain("\"", "double"),
        plain("'", "single")
    ])
}

/// Calls of functions by name.
fn called(scope: &str, functions: &[Function]) -> Value {
    let names = functions.iter().map(|function| function.name).collect();
    json!({ "name": scope, "match": format!(r"{}(?=\s*\()", word(names)) })
}

/// One of `words`, as a word of its own. Words of KQL may hold hyphens, as `project-away` does.
fn word(mut words: Vec<&str>) -> String {
    // The longer first, for a regular expression takes the first that fits.
    words.sort_by_key(|word| (std::cmp::Reverse(word.len()), *word));
    words.dedup();
    let words: Vec<String> =
        words.iter().map(|word| regex::escape(word).replace(r"\-", "-").replace(' ', r"\s+")).collect();
    format!(r"(?<![\w-])(?:{})(?![\w-])", words.join("|"))
}
