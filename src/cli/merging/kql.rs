//! Changes to a function in a file of KQL.

use crate::catalog::kql::overlay;
use crate::content::{self, Content, Function};
use crate::diag::apply_edits;
use crate::plan::EntryChange;
use crate::text::{SourceId, TextRange};
use crate::yaml::emit::{self, Value};

/// `text`, the file `name`, with the changes, in the form it has where that can hold them, or else as the command that
/// creates the function. `None` where a file of KQL cannot hold them.
pub(super) fn patched(name: &str, text: &str, changes: &[EntryChange]) -> Option<String> {
    let mut wanted = read(name, text)?;
    for change in changes {
        let value = match &change.value {
            Some(Value::Text(text) | Value::Block(text) | Value::Plain(text)) => text.clone(),
            _ => String::new(),
        };
        match change.key.as_str() {
            "parameters" => wanted.parameters = value,
            "body" => wanted.body = value.trim().to_owned(),
            _ => return None,
        }
    }
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let candidates = [in_place(text, &wanted), command(&wanted)];
    let mut candidates = candidates.into_iter().flatten().map(|text| match newline {
        "\n" => text,
        newline => text.replace("\r\n", "\n").replace('\n', newline),
    });
    candidates.find(|text| read(name, text).is_some_and(|read| is_same(&read, &wanted)))
}

/// A new file for the function, where a file of KQL with the name `stem` can hold it.
pub(crate) fn new_file(stem: &str, wanted: &Function) -> Option<String> {
    let plain = format!("{}\n", wanted.body);
    let name = format!("{stem}.kql");
    let mut candidates = [Some(plain), command(wanted)].into_iter().flatten();
    candidates.find(|text| read(&name, text).is_some_and(|read| is_same(&read, wanted)))
}

fn read(name: &str, text: &str) -> Option<Function> {
    match content::read(SourceId::default(), name, text).0.pop()? {
        Content::Function(function) => Some(function),
        _ => None,
    }
}

fn is_same(a: &Function, b: &Function) -> bool {
    let lines = |text: &str| text.replace("\r\n", "\n");
    (&a.id, &a.alias, &a.display_name, &a.category, &a.parameters)
        == (&b.id, &b.alias, &b.display_name, &b.category, &b.parameters)
        && lines(&a.body) == lines(&b.body)
}

/// The parts that changed, each in its place.
fn in_place(text: &str, wanted: &Function) -> Option<String> {
    let declared = overlay::function("", text);
    let inside = |range: TextRange, open: char, close: char| {
        let part = range.slice(text);
        let inner = part.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).unwrap_or(part).trim();
        let start = inner.as_ptr().addr() - text.as_ptr().addr();
        TextRange::from_usize(start, start + inner.len())
    };
    let body = inside(declared.body, '{', '}');
    let mut edits = vec![(body, wanted.body.as_str())];
    let parameters = inside(declared.parameters, '(', ')');
    let in_body = body.start <= parameters.start && parameters.end <= body.end;
    if !declared.parameters.is_empty() && !in_body {
        edits.push((parameters, wanted.parameters.as_str()));
    }
    apply_edits(text, &edits).ok()
}

/// The command that creates the function.
fn command(wanted: &Function) -> Option<String> {
    let Function { alias, parameters, body, .. } = wanted;
    (!parameters.contains('\n'))
        .then(|| format!(".create-or-alter function {alias}({parameters}) {{\n{body}\n}}\n"))
}

/// `text` with a comment at its start that tells what the workspace says.
pub(super) fn marked(text: &str, change: &EntryChange) -> Option<String> {
    let said = match &change.value {
        Some(value) => emit::document(&Value::mapping([(change.key.as_str(), value.clone())])),
        None => format!("{}: (nothing)\n", change.key),
    };
    let mut comment = "// picket pull: the workspace says\n".to_owned();
    for line in said.lines() {
        comment.push_str(format!("// {line}").trim_end());
        comment.push('\n');
    }
    let comment = if text.contains("\r\n") { comment.replace('\n', "\r\n") } else { comment };
    let at = text.len() - text.trim_start_matches('\u{feff}').len();
    (!text.contains(&comment))
        .then(|| apply_edits(text, &[(TextRange::from_usize(at, at), comment.as_str())]).ok())
        .flatten()
}
