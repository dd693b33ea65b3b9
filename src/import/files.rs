//! Rule files of other projects, and plain files of KQL, to rules.
//!
//! Files in the YAML of the Azure-Sentinel repository are rules already; they are mended where YAML has to be, brought into
//! canonical form and given an id where they lack one. Rules of [Sigma](super::sigma) are translated. A file of KQL becomes a
//! hunting query, described by the comments that head it.

use serde_json::json;
use uuid::Uuid;

use super::Planned;
use super::content::{Beside, stem_of, take_loose, take_resource};
use super::rmm::{mend, safe_name};
use super::sigma::{import_sigma, is_sigma};
use crate::arm::ResourceKind;
use crate::diag::Severity;
use crate::rule;
use crate::text::{SourceId, Spanned, TextRange};
use crate::yaml::emit::{self, Value};

/// The namespace of ids for rules that come without one.
const NAMESPACE: Uuid = Uuid::from_u128(0x2b1f_6a43_8e0d_4f6c_9a57_1d3c_7be4_90f2);

/// What became of a file.
#[derive(Debug, Clone, Default)]
pub struct ImportedFile {
    /// The rules.
    pub rules: Vec<Planned>,
    /// Watchlists with their items, functions and the like.
    pub content: Vec<Planned>,
    /// What of them was changed, and why.
    pub repaired: Vec<String>,
    /// What was left out, and why.
    pub skipped: Vec<String>,
}

/// The id of a rule that comes without one: always the same for the same place and name, so that a second import finds the
/// rule again.
pub(super) fn id_for(source: &str, name: &str) -> String {
    Uuid::new_v5(&NAMESPACE, format!("{source}#{name}").as_bytes()).to_string()
}

/// The rules of the YAML file at `source`, a path with forward slashes. `beside` reads files in its folder.
///
/// # Errors
/// Why it holds no rules.
pub fn import_yaml(source: &str, text: &str, beside: &Beside<'_>) -> Result<ImportedFile, String> {
    let id = SourceId::default();
    let mended = mend(id, text);
    let mut imported = ImportedFile::default();
    for repair in &mended.repairs {
        let fix = repair.fix.as_ref().map(|fix| fix.title.clone()).unwrap_or_default();
        imported.repaired.push(format!("{}: {fix}", repair.message));
    }
    let (documents, findings) = crate::yaml::parse(id, &mended.text);
    if let Some(fault) = findings.iter().find(|finding| finding.severity == Severity::Error) {
        return Err(format!("not valid YAML: {}", fault.message));
    }
    if is_sigma(&documents) {
        let sigma = import_sigma(source, &mended.text, &documents);
        imported.repaired.extend(sigma.repaired);
        return Ok(ImportedFile { repaired: imported.repaired, ..sigma });
    }
    for document in documents.iter().filter(|document| document.root.is_some()) {
        let loose = document.root.as_ref().map(rule::to_json);
        if loose.is_some_and(|value| take_loose(source, &value, beside, &mut imported)) {
            continue;
        }
        let (rule, findings) = rule::lower(id, document);
        let Some(mut rule) = rule.filter(|rule| rule.query.is_some()) else {
            let why = findings.into_iter().find(|finding| finding.code == rule::lints::NOT_A_RULE.code);
            let why =
                why.map_or_else(|| "a document that is no rule with a query".to_owned(), |why| why.message);
            imported.skipped.push(why);
            continue;
        };
        let name = rule.display_name().to_owned();
        let held = rule.id.as_ref().and_then(|id| Uuid::parse_str(id.value.trim()).ok());
        let rule_id = held.map_or_else(|| id_for(source, &name), |id| id.hyphenated().to_string());
        if held.is_none() {
            imported.repaired.push(format!("{name}: it has no id that the service takes; it gets {rule_id}"));
        }
        // A file of one rule keeps its comments; of several, each gets a file of its own.
        let alone = documents.len() == 1 && rule.id.as_ref().is_some_and(|id| id.value == rule_id);
        let written = if alone { rule::write::format(id, &mended.text).0 } else { None };
        let text = written.unwrap_or_else(|| {
            rule.id = Some(Spanned { value: rule_id.clone(), range: TextRange::default() });
            rule::write::rule(&rule)
        });
        let path = path_beside(source, (documents.len() > 1).then(|| rule.display_name()));
        imported.rules.push(Planned { id: rule_id, path, source: source.to_owned(), text, generated: None });
    }
    Ok(imported)
}

/// `rule` under an id of its own, where its id is that of `first` although their names differ: a file that was begun as a copy
/// of another. Nothing where both are the same rule.
pub fn told_apart(rule: &Planned, first: &Planned) -> Option<Planned> {
    let read = |planned: &Planned| rule::read(SourceId::default(), &planned.text).0.into_iter().next();
    let (held, name_of_first) = (read(rule)?, read(first)?);
    let name = held.display_name();
    let range = held.id.as_ref()?.range;
    if name == name_of_first.display_name() {
        return None;
    }
    let id = id_for(&rule.source, name);
    let mut text = rule.text.clone();
    text.replace_range(range.to_usize(), &id);
    Some(Planned { id, text, ..rule.clone() })
}

/// Where a rule of `source` is written: under the names of its folders and file, reduced to plain ones. `name` is that of the
/// rule where the file has several.
pub(super) fn path_beside(source: &str, name: Option<&str>) -> String {
    let parts: Vec<&str> = source.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    let (file, folders) =
        parts.split_last().map_or(("rule", [].as_slice()), |(file, folders)| (*file, folders));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let mut path: Vec<String> = folders.iter().rev().take(6).rev().map(|folder| safe_name(folder)).collect();
    path.push(match name {
        Some(name) => format!("{}-{}.yaml", safe_name(stem), safe_name(&name.to_lowercase())),
        None => format!("{}.yaml", safe_name(stem)),
    });
    path.join("/")
}

/// Whether a folder of this name holds functions.
fn is_parser_folder(name: &str) -> bool {
    ["Parser", "Parsers"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The hunting query that the file of KQL at `source` is. Of the comments that head it, `Name:`, `Description:`, `Tactics:` and
/// `Techniques:` are taken as such, and the others as the description. In a folder of parsers it is a function.
///
/// # Errors
/// Why it is none.
pub fn import_kql(source: &str, text: &str) -> Result<ImportedFile, String> {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let comment = |line: &&str| line.trim_start().starts_with("//") || line.trim().is_empty();
    let head: Vec<&str> = text.lines().take_while(comment).collect();
    let query = text.lines().skip(head.len()).collect::<Vec<_>>().join("\n");
    if query.trim().is_empty() {
        return Err("it holds no query".to_owned());
    }
    let stem = stem_of(source);
    let is_parser = source.split('/').rev().skip(1).any(is_parser_folder);
    if is_parser {
        let mut imported = ImportedFile::default();
        let function = json!({"properties": {
            "displayName": stem, "category": "Function", "functionAlias": stem, "query": text,
        }});
        take_resource(source, ResourceKind::Function, stem, function, &mut imported);
        return Ok(imported);
    }
    let mut name = stem.replace(['_', '-'], " ").trim().to_owned();
    let (mut description, mut tactics, mut techniques) = (Vec::new(), Vec::new(), Vec::new());
    let list = |text: &str| {
        text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
    };
    for line in head.iter().map(|line| line.trim().trim_start_matches('/').trim()) {
        let (key, value) = line
            .split_once(':')
            .map_or((String::new(), line), |(key, value)| (key.trim().to_lowercase(), value.trim()));
        match key.as_str() {
            "name" | "title" if !value.is_empty() => name = value.to_owned(),
            "description" => description.push(value.to_owned()),
            "tactic" | "tactics" => tactics = list(value),
            "technique" | "techniques" | "mitre" => techniques = list(value),
            _ => description.push(line.to_owned()),
        }
    }
    let description = description.join("\n").trim().to_owned();
    let id = id_for(source, &name);
    let texts = |items: Vec<String>| Value::sequence(items.into_iter().map(Value::text));
    let mut entries =
        vec![("id", Value::text(&id)), ("name", Value::text(&name)), ("kind", Value::text("Hunting"))];
    if !description.is_empty() {
        entries.push(("description", Value::text(format!("{description}\n"))));
    }
    if !tactics.is_empty() {
        entries.push(("tactics", texts(tactics)));
    }
    if !techniques.is_empty() {
        entries.push(("relevantTechniques", texts(techniques)));
    }
    entries.push(("query", Value::Block(format!("{}\n", query.trim_end()))));
    let written = emit::document(&Value::mapping(entries));
    let text = rule::write::format(SourceId::default(), &written).0.unwrap_or(written);
    let planned = Planned {
        id: id.clone(),
        path: path_beside(source, None),
        source: source.to_owned(),
        text,
        generated: None,
    };
    let repaired = vec![format!("{name}: a file of KQL has no id; it gets {id}")];
    Ok(ImportedFile { rules: vec![planned], repaired, ..ImportedFile::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_described_by_its_head() {
        let text = "// Name: Odd sign-ins\r\n// Description: Looks for\r\n// odd ones.\r\n// Tactics: InitialAccess, Persistence\r\n\r\nSigninLogs\r\n| take 1 // why\r\n";
        let imported = import_kql("hunts/odd_ones.kql", text).unwrap();
        let [rule] = imported.rules.as_slice() else { panic!("one rule") };
        assert_eq!(rule.path, "hunts/odd_ones.yaml");
        let (rules, findings) = rule::read(SourceId::default(), &rule.text);
        assert_eq!(findings, []);
        assert_eq!(rules[0].display_name(), "Odd sign-ins");
        assert_eq!(rules[0].description.as_ref().unwrap().value, "Looks for\nodd ones.\n");
        assert_eq!(rules[0].query.as_ref().unwrap().text(), "SigninLogs\n| take 1 // why\n");
        assert_eq!(rules[0].tactics.len(), 2);
        assert!(import_kql("a.kql", "// nothing\n").is_err());
        assert_eq!(import_kql("hunts/odd_ones.kql", text).unwrap().rules[0].id, rule.id);
    }

    #[test]
    fn a_rule_file_keeps_its_comments_and_gets_an_id() {
        let id = "0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f";
        let with =
            import_yaml("a/b.yaml", &format!("# head\nid: {id}\nname: A\nquery: X # why\n"), &|_| None)
                .unwrap();
        assert!(with.rules[0].text.contains("# head") && with.rules[0].text.contains("# why"));
        let without = import_yaml("../a/CON/b.yml", "name: A\nquery: X\n", &|_| None).unwrap();
        assert_eq!((without.rules[0].path.as_str(), without.repaired.len()), ("a/_CON/b.yaml", 1));
        let two =
            import_yaml("a.yaml", "name: A\nquery: X\n---\nname: B\nquery: Y\n---\nother: 1\n", &|_| None)
                .unwrap();
        assert_eq!((two.rules.len(), two.skipped.len()), (2, 1));
        assert_eq!(two.rules[1].path, "a-b.yaml");
        assert!(import_yaml("a.yaml", "a: [", &|_| None).is_err());
        let foreign = import_yaml("a.yaml", "InputEntityType: Host\nquery: X\n", &|_| None).unwrap();
        assert_eq!(
            foreign.skipped,
            ["the document is an exploration query of the investigation graph, not a rule"]
        );
    }

    #[test]
    fn two_rules_of_one_id_are_told_apart_by_their_names() {
        let rule = |source: &str, name: &str| {
            let text =
                format!("# head\nid: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f\nname: {name}\nquery: X # why\n");
            import_yaml(source, &text, &|_| None).unwrap().rules.remove(0)
        };
        let (first, copy) = (rule("a.yaml", "A"), rule("b.yaml", "B"));
        assert!(told_apart(&rule("b.yaml", "A"), &first).is_none());
        let apart = told_apart(&copy, &first).unwrap();
        assert_ne!(apart.id, first.id);
        assert_eq!(apart.text, copy.text.replace(&copy.id, &apart.id));
        assert_eq!(told_apart(&copy, &first).unwrap().id, apart.id);
    }
}
