//! Dependencies as graphs.

use super::Shown;
use crate::lint::NeedKind;

/// A node of the graph: its id and its text.
struct Need {
    kind: NeedKind,
    id: String,
    name: String,
    rules: Vec<usize>,
}

fn needs(shown: &Shown<'_>) -> Vec<Need> {
    let mut all = Vec::new();
    for (kind, names) in shown.dependencies.users() {
        for (name, rules) in names {
            all.push(Need { kind, id: format!("n{}", all.len()), name: name.to_owned(), rules });
        }
    }
    all
}

/// The graph in the language of Graphviz.
pub(super) fn dot(shown: &Shown<'_>) -> String {
    let mut out = "digraph picket {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n".to_owned();
    for (number, rule) in shown.rules.iter().enumerate() {
        let (name, file) = (quoted(rule.display_name()), quoted(shown.file(rule)));
        out.push_str(&format!("  r{number} [shape=box, label={name}, tooltip={file}];\n"));
    }
    for need in needs(shown) {
        let shape = match need.kind {
            NeedKind::Table => "cylinder",
            NeedKind::ProductFunction | NeedKind::ProjectFunction => "component",
            NeedKind::Unknown => "diamond",
            NeedKind::Watchlist => "note",
            NeedKind::Connector => "cds",
        };
        let (id, name) = (&need.id, quoted(&need.name));
        out.push_str(&format!("  {id} [shape={shape}, label={name}];\n"));
        for number in need.rules {
            out.push_str(&format!("  r{number} -> {id};\n"));
        }
    }
    out.push_str("}\n");
    out
}

/// A string of Graphviz.
fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\r', '\n'], " ");
    format!("\"{text}\"")
}

/// The graph in the language of Mermaid.
pub(super) fn mermaid(shown: &Shown<'_>) -> String {
    let mut out = "flowchart LR\n".to_owned();
    for (number, rule) in shown.rules.iter().enumerate() {
        out.push_str(&format!("  r{number}[\"{}\"]\n", escaped(rule.display_name())));
    }
    for need in needs(shown) {
        let (open, close) = match need.kind {
            NeedKind::Table => ("[(", ")]"),
            NeedKind::ProductFunction | NeedKind::ProjectFunction => ("[[", "]]"),
            NeedKind::Unknown => ("{", "}"),
            NeedKind::Watchlist => ("[/", "/]"),
            NeedKind::Connector => ("([", "])"),
        };
        let id = &need.id;
        out.push_str(&format!("  {id}{open}\"{}\"{close}\n", escaped(&need.name)));
        for number in need.rules {
            out.push_str(&format!("  r{number} --> {id}\n"));
        }
    }
    out
}

/// Text in the quotes of Mermaid, which knows entities by `#` and no escape.
fn escaped(text: &str) -> String {
    let text = text.replace('#', "#35;").replace('"', "#quot;");
    text.replace('<', "#lt;").replace('>', "#gt;").replace(['\r', '\n'], " ")
}
