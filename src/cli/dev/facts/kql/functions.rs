//! Functions, aggregates, plugins and operators with their signatures.
//!
//! A signature is written on one line: tabularity, layout, number of arguments, parameters, and after `>` the result:
//! `scalar fixed 2..2 value:Number roundTo:Number > Widest`. Kinds in capitals are the reference's own; types in small
//! letters are declared types.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value;

use super::shapes;
use crate::cli::dev::facts::Table;
use crate::cli::dev::generated::Generated;

/// `facts/kql.json`
#[derive(Debug, Deserialize)]
pub(in crate::cli::dev::facts) struct Input {
    meta: Meta,
    functions: Vec<Function>,
    aggregates: Vec<Function>,
    plugins: Vec<Function>,
    operators: Vec<Function>,
}

#[derive(Debug, Deserialize)]
struct Meta {
    version: Version,
}

#[derive(Debug, Deserialize)]
struct Version {
    csharp_commit: String,
    npm: String,
}

#[derive(Debug, Deserialize)]
struct Function {
    name: String,
    signatures: Vec<Signature>,
    result_name: Option<ResultName>,
    #[serde(default)]
    constant_foldable: bool,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    obsolete: bool,
    #[serde(default)]
    custom_availability: bool,
    alternative: Option<String>,
    optimized_alternative: Option<String>,
    /// The spellings of an operator.
    text: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct ResultName {
    kind: String,
    prefix: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Signature {
    params: Vec<Parameter>,
    min_args: u16,
    /// A number or `unbounded`.
    max_args: Value,
    #[serde(rename = "return")]
    returns: Returns,
    tabularity: String,
    layout: Option<String>,
    #[serde(default)]
    hidden: bool,
    obsolete_alternative: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Returns {
    kind: String,
    #[serde(rename = "type")]
    declared: Option<String>,
    #[serde(default)]
    columns: Vec<(String, String)>,
}

#[derive(Debug, Deserialize)]
struct Parameter {
    name: String,
    kind: String,
    #[serde(default)]
    types: Vec<String>,
    arg: Option<String>,
    min: Option<u16>,
    max: Option<Value>,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    case_sensitive: bool,
    default_indicator: Option<String>,
}

/// The scalar functions, and those that name tables, databases and so on.
pub(in crate::cli::dev::facts) fn functions(input: &Input) -> Generated {
    table(input, &input.functions, shapes::of_function, "kql_functions")
}

/// The aggregates.
pub(in crate::cli::dev::facts) fn aggregates(input: &Input) -> Generated {
    table(input, &input.aggregates, shapes::of_aggregate, "kql_aggregates")
}

/// The plugins.
pub(in crate::cli::dev::facts) fn plugins(input: &Input) -> Generated {
    table(input, &input.plugins, |_| "dynamic", "kql_plugins")
}

/// The operators, under the reference's names for them, with their spellings.
pub(in crate::cli::dev::facts) fn operators(input: &Input) -> Generated {
    let mut table = new_table(input, &["name", "text", "signatures"]);
    for operator in &input.operators {
        let text = operator.text.as_deref().unwrap_or_default().join(",");
        table.row(&[&operator.name, &text, &signatures(operator, "dynamic")]);
    }
    table.finish("kql_operators")
}

fn new_table(input: &Input, columns: &[&str]) -> Table {
    let Version { csharp_commit, npm } = &input.meta.version;
    let commit = csharp_commit.get(..7).unwrap_or(csharp_commit);
    let source = format!("Kusto.Language {npm}, by reflection, and its C# source ({commit})");
    Table::new(&[("source", &source), ("version", npm), ("terms", "MIT; Apache-2.0")], columns)
}

fn table(input: &Input, functions: &[Function], shape: fn(&str) -> &'static str, name: &str) -> Generated {
    let columns = ["name", "flags", "result_name", "alternative", "signatures"];
    let mut table = new_table(input, &columns);
    for function in functions {
        let result_name = function.result_name.as_ref().map_or(String::new(), |result| {
            format!("{} {}", result.kind, result.prefix.as_deref().unwrap_or_default())
        });
        table.row(&[
            &function.name,
            &flags(function),
            &result_name,
            function.alternative.as_deref().unwrap_or_default(),
            &signatures(function, shape(&function.name)),
        ]);
    }
    table.finish(name)
}

fn flags(function: &Function) -> String {
    let flags = [
        (function.constant_foldable, "foldable"),
        (function.hidden, "hidden"),
        (function.obsolete, "obsolete"),
        (function.custom_availability, "graph"),
    ];
    let mut flags: Vec<String> =
        flags.iter().filter(|(set, _)| *set).map(|(_, name)| (*name).to_owned()).collect();
    if let Some(faster) = &function.optimized_alternative {
        flags.push(format!("faster={faster}"));
    }
    flags.join(",")
}

fn signatures(function: &Function, shape: &str) -> String {
    let lines: Vec<String> = function.signatures.iter().map(|signature| line(signature, shape)).collect();
    lines.join(" ; ")
}

fn line(signature: &Signature, shape: &str) -> String {
    let layout = match signature.layout.as_deref() {
        None => "fixed",
        Some("Repeating") => "repeating",
        Some("BlockRepeating") => "block",
        Some(_) => "custom",
    };
    let max = bound(&signature.max_args);
    let mut line =
        format!("{} {layout} {}..{max}", signature.tabularity.to_ascii_lowercase(), signature.min_args);
    if signature.hidden {
        line.push_str(" hidden");
    }
    if let Some(alternative) = &signature.obsolete_alternative {
        let _ = write!(line, " instead={alternative}");
    }
    for parameter in &signature.params {
        line.push(' ');
        line.push_str(&parameter_text(parameter));
    }
    line.push_str(" > ");
    line.push_str(&result(&signature.returns, shape));
    line
}

fn parameter_text(parameter: &Parameter) -> String {
    let kind = if parameter.kind == "Declared" { parameter.types.join("|") } else { parameter.kind.clone() };
    let mut text = format!("{}:{kind}", parameter.name);
    match parameter.arg.as_deref() {
        // The reference passes a kind of type where it takes a kind of argument; it checks nothing then.
        None | Some("Expression" | "13") => {}
        Some(arg) => {
            let _ = write!(text, ":arg={arg}");
        }
    }
    if let Some(min) = parameter.min {
        let _ = write!(text, ":min={min}");
    }
    if let Some(max) = &parameter.max {
        let _ = write!(text, ":max={}", bound(max));
    }
    if !parameter.values.is_empty() {
        let _ = write!(text, ":values={}", parameter.values.join("|"));
    }
    if parameter.case_sensitive {
        text.push_str(":cased");
    }
    if let Some(indicator) = &parameter.default_indicator {
        let _ = write!(text, ":default={}", indicator.trim_matches('"'));
    }
    text
}

fn bound(value: &Value) -> String {
    value.as_u64().map_or("*".to_owned(), |number| number.to_string())
}

fn result(returns: &Returns, shape: &str) -> String {
    match (returns.kind.as_str(), returns.declared.as_deref()) {
        ("Declared", Some("table")) => {
            let columns: Vec<String> =
                returns.columns.iter().map(|(name, scalar)| format!("{name}:{scalar}")).collect();
            format!("({})", columns.join(","))
        }
        ("Declared", Some("dynamic")) => shape.to_owned(),
        ("Declared", Some(scalar)) => scalar.to_owned(),
        (kind, _) => kind.to_owned(),
    }
}
