//! Keywords and the parameters of operators, as Rust: the parser wants them at hand when it is compiled.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use crate::cli::dev::generated::Generated;

/// The parts of `facts/kql.json` that the parser needs.
#[derive(Debug, Deserialize)]
pub(in crate::cli::dev::facts) struct Input {
    tokens: Vec<Token>,
    operator_parameters: BTreeMap<String, Vec<Parameter>>,
    lists: Lists,
}

#[derive(Debug, Deserialize)]
struct Lists {
    #[serde(rename = "ExtendedKeywordsAsIdentifiers")]
    extended: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Token {
    text: String,
    category: String,
    #[serde(default)]
    can_be_identifier: bool,
}

#[derive(Debug, Deserialize)]
struct Parameter {
    name: String,
    value: String,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    repeatable: bool,
}

const HEAD: &str =
    "Made by `cargo dev facts` from the facts of Kusto.Language 12.4.1 (MIT); not edited by hand.";

/// `for_each_keyword!`: every keyword with its kind and where it may stand as a name.
pub(in crate::cli::dev::facts) fn keywords(input: &Input) -> Generated {
    let mut text = format!("//! Every keyword. {HEAD}\n\n");
    text.push_str("/// Calls `$callback!` with every keyword as `Kind \"text\" class,`.\n");
    text.push_str("macro_rules! for_each_keyword {\n    ($callback:ident) => {\n        $callback! {\n");
    for token in input.tokens.iter().filter(|token| token.category == "Keyword") {
        let class = if token.can_be_identifier {
            "name"
        } else if input.lists.extended.contains(&token.text) {
            "extended"
        } else {
            "reserved"
        };
        let _ = writeln!(text, "            {} \"{}\" {class},", kind(&token.text), token.text);
    }
    text.push_str("        }\n    };\n}\n\npub(crate) use for_each_keyword;\n");
    Generated { path: "src/kql/syntax/keyword/list.rs".to_owned(), text }
}

/// The name of the token kind of a keyword: `HasCsKw` for `has_cs`.
fn kind(text: &str) -> String {
    let (prefix, rest) = match text {
        "notcontains" => return "OldNotContainsKw".to_owned(),
        "notcontainscs" => return "OldNotContainsCsKw".to_owned(),
        text if text.starts_with("__") => ("Internal", &text[2..]),
        text if text.starts_with('!') => ("Not", &text[1..]),
        // A name cannot begin with a digit.
        text if text.starts_with('3') => ("Three", &text[1..]),
        text => ("", text),
    };
    let words = rest.split(|letter: char| !letter.is_ascii_alphanumeric()).map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    let case = if rest.ends_with('~') { "Ci" } else { "" };
    format!("{prefix}{}{case}Kw", words.collect::<String>())
}

/// The parameters of operators, one constant a set.
pub(in crate::cli::dev::facts) fn operator_parameters(input: &Input) -> Generated {
    let mut text = format!("//! The parameters of each operator. {HEAD}\n\n");
    text.push_str("use super::{Parameter, ParameterValue as V, aliased, parameter, repeated};\n");
    for (name, parameters) in &input.operator_parameters {
        if parameters.is_empty() {
            continue;
        }
        let _ = write!(text, "\n/// The set that the reference calls {name}.\n");
        let _ = writeln!(text, "pub const {}: &[Parameter] = &[", constant(name));
        for parameter in parameters {
            let _ = writeln!(text, "    {},", construct(parameter));
        }
        text.push_str("];\n");
    }
    Generated { path: "src/kql/syntax/operator_parameters/table.rs".to_owned(), text }
}

fn construct(parameter: &Parameter) -> String {
    let value = match parameter.value.as_str() {
        "BoolLiteral" => "Bool",
        "IntegerLiteral" => "Integer",
        "NumericLiteral" => "Number",
        "ForcedRealLiteral" => "Real",
        "ScalarLiteral" => "Scalar",
        "String" => "Text",
        "ColumnList" => "Columns",
        "NameDeclaration" => "Declaration",
        same => same,
    };
    let name = &parameter.name;
    match parameter.aliases.first() {
        Some(alias) => format!("aliased({name:?}, {alias:?}, V::{value})"),
        None if parameter.repeatable => format!("repeated({name:?}, V::{value})"),
        None => format!("parameter({name:?}, V::{value}, &{:?})", parameter.values),
    }
}

/// `GRAPH_MATCH` for `GraphMatchParameters`.
fn constant(name: &str) -> String {
    let name = match name {
        "AllParameters" => "All",
        name => name.strip_suffix("Parameters").or_else(|| name.strip_suffix("Parameter")).unwrap_or(name),
    };
    let mut constant = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !constant.is_empty() {
            constant.push('_');
        }
        constant.push(letter.to_ascii_uppercase());
    }
    constant
}
