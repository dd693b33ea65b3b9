//! Functions of Sentinel, of Log Analytics and of Defender's Advanced Hunting, and the schemas of ASIM that parsers
//! return.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use crate::cli::dev::facts::Table;
use crate::cli::dev::generated::Generated;

/// `facts/functions_sentinel.json`
#[derive(Debug, Deserialize)]
pub(in crate::cli::dev::facts) struct Input {
    functions: Vec<Function>,
    asim_parsers: Vec<Function>,
    content_parsers: Vec<Function>,
    asim_schemas: BTreeMap<String, Schema>,
}

#[derive(Debug, Deserialize)]
struct Schema {
    fields: Vec<Field>,
}

#[derive(Debug, Deserialize)]
struct Field {
    name: String,
    #[serde(rename = "type")]
    scalar: String,
}

#[derive(Debug, Deserialize)]
struct Function {
    name: String,
    /// `scalar`, `tabular`, `invoke` or `unknown`
    call: String,
    products: Vec<String>,
    /// Absent or null where they are not known.
    params: Option<Vec<Parameter>>,
    #[serde(default)]
    output: Output,
    asim: Option<Asim>,
    #[serde(default)]
    tables: Vec<String>,
    #[serde(default)]
    deprecated: bool,
    alternative: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Asim {
    schema: String,
}

#[derive(Debug, Deserialize)]
struct Parameter {
    name: String,
    #[serde(rename = "type")]
    scalar: String,
    default: Option<serde_json::Value>,
    #[serde(default)]
    optional: bool,
}

#[derive(Debug, Default, Deserialize)]
struct Output {
    #[serde(rename = "type")]
    scalar: Option<String>,
    columns: Option<Vec<(String, String)>>,
    #[serde(default)]
    open: bool,
    #[serde(default)]
    extends: Vec<String>,
    #[serde(default)]
    extends_columns: Vec<(String, String)>,
    #[serde(default)]
    same_as_input: bool,
}

const HEAD: [(&str, &str); 3] = [
    (
        "source",
        "ASIM parsers and content parsers of Azure-Sentinel by way of sentinelninja (4167c9c); sentinel/normalization-functions and advanced-hunting pages of Microsoft's documentation; KQLAnalyzer (447cd18)",
    ),
    ("version", "2026-08-14"),
    ("terms", "MIT; Apache-2.0; CC BY 4.0"),
];

/// Functions that reach other workspaces, from the page on queries across resources of Azure Monitor's documentation.
const ACROSS: [(&str, &str); 5] = [
    ("adx", "scalar fixed 1..1 uri:string:arg=Constant > Parameter0Database"),
    ("app", "scalar fixed 1..1 name:string:arg=Constant > Parameter0Database"),
    ("arg", "scalar fixed 1..1 scope:string:arg=Constant > Parameter0Database"),
    ("resource", "scalar fixed 1..1 id:string:arg=Constant > Parameter0Database"),
    ("workspace", "scalar fixed 1..1 name:string:arg=Constant > Parameter0Database"),
];

/// One record a schema of ASIM.
pub(in crate::cli::dev::facts) fn asim(input: &Input) -> Generated {
    let mut table = Table::new(&HEAD, &["schema", "columns"]);
    for (name, schema) in &input.asim_schemas {
        let fields = schema.fields.iter().map(|field| format!("{}:{}", field.name, field.scalar));
        table.row(&[name, &format!("({},...)", fields.collect::<Vec<_>>().join(","))]);
    }
    table.finish("kql_asim")
}

/// One record a function.
pub(in crate::cli::dev::facts) fn functions(input: &Input) -> Generated {
    let columns = ["name", "products", "flags", "alternative", "tables", "signatures"];
    let mut table = Table::new(&HEAD, &columns);
    for (name, signature) in ACROSS {
        table.row(&[name, "log_analytics", "", "", "", signature]);
    }
    for function in input.functions.iter().chain(&input.asim_parsers).chain(&input.content_parsers) {
        let products = if function.products.len() > 1 { "both" } else { &function.products.join("") };
        table.row(&[
            &function.name,
            products,
            if function.deprecated { "obsolete" } else { "" },
            function.alternative.as_deref().unwrap_or_default(),
            &function.tables.join(","),
            &signature(input, function),
        ]);
    }
    table.finish("kql_products")
}

fn signature(input: &Input, function: &Function) -> String {
    let tabularity =
        if matches!(function.call.as_str(), "scalar" | "unknown") { "scalar" } else { "tabular" };
    let invoked = function.call == "invoke";
    let input_table = usize::from(invoked);
    let mut line = match &function.params {
        None => format!("{tabularity} repeating 0..* argument:Any:min=0:max=*"),
        Some(parameters) => {
            let needed = parameters.iter().filter(|parameter| !is_optional(parameter)).count();
            let (min, max) = (needed + input_table, parameters.len() + input_table);
            let mut line = format!("{tabularity} fixed {min}..{max}");
            if invoked {
                line.push_str(" T:Tabular");
            }
            for parameter in parameters {
                let _ = write!(line, " {}:{}", parameter.name, kind(&parameter.scalar));
                if is_optional(parameter) {
                    line.push_str(":min=0");
                }
            }
            line
        }
    };
    line.push_str(" > ");
    line.push_str(&returns(input, function));
    line
}

fn is_optional(parameter: &Parameter) -> bool {
    parameter.optional || parameter.default.is_some()
}

fn kind(scalar: &str) -> &str {
    match scalar {
        "any" | "column" => "Any",
        // A number literal is long; the service takes it where it says int.
        "int" | "long" => "Integer",
        scalar => scalar,
    }
}

fn returns(input: &Input, function: &Function) -> String {
    let output = &function.output;
    if let Some(asim) = &function.asim {
        return format!("@{}", asim.schema);
    }
    match function.call.as_str() {
        "scalar" | "unknown" => output.scalar.clone().unwrap_or_else(|| "dynamic".to_owned()),
        "invoke" => {
            let untyped = output.extends.iter().map(|name| (name.clone(), asim_type(input, name)));
            let mut added: Vec<(String, String)> = untyped.collect();
            added.extend(output.extends_columns.iter().cloned());
            let open = !output.same_as_input && added.is_empty();
            format!("Parameter0With{}", columns(&added, open))
        }
        // The columns of a watchlist are those of its file beside these.
        _ if function.name == "_GetWatchlist" => {
            format!("Parameter0Watchlist{}", columns(output.columns.as_deref().unwrap_or_default(), false))
        }
        _ => match &output.columns {
            Some(listed) => columns(listed, output.open),
            None => "(...)".to_owned(),
        },
    }
}

fn columns(columns: &[(String, String)], open: bool) -> String {
    let listed = columns.iter().map(|(name, scalar)| format!("{name}:{scalar}"));
    let all: Vec<String> = listed.chain(open.then(|| "...".to_owned())).collect();
    format!("({})", all.join(","))
}

/// The type that a schema of ASIM gives the field `name`.
fn asim_type(input: &Input, name: &str) -> String {
    let mut fields = input.asim_schemas.values().flat_map(|schema| &schema.fields);
    fields.find(|field| field.name == name).map_or("string".to_owned(), |field| field.scalar.clone())
}
