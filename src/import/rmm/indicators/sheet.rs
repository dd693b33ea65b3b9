//! What the files of the catalogs say about a tool, value by value and as written.
//!
//! Four kinds of file are read: LOLRMM's YAML of a tool; of the catalog of RemoteManagementMonitoringTools the
//! summary of a tool in Markdown, the rules of a tool, whose queries hold the indicators, and the list of
//! hosts in CSV. Each is told by what it holds, not by where it stands.

use crate::catalog::rmm::squeezed;
use crate::diag::Severity;
use crate::kql::bind::{Arena, string_value};
use crate::kql::syntax::{TokenKind, lex};
use crate::text::{SourceId, csv};
use crate::yaml::{self, Mapping, Node};

/// What a value is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// A host, address or URL.
    Network,
    /// A port.
    Port,
    /// A program's file name or path, or its folder.
    Program,
    /// The product that a program's file names.
    Product,
    /// The company that a program's file names.
    Company,
    /// Who signed a program's file.
    Signer,
}

/// What one file says about one tool.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// The tool's name, as the catalog has it.
    pub name: String,
    /// Pages about it: its own, then what the catalog names as sources.
    pub references: Vec<String>,
    /// The values, in the order written.
    pub values: Vec<(Field, String)>,
}

/// Why a file gives no sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSheet {
    /// A form to fill in.
    Template,
    /// A text for people, without indicators of a kind that is read.
    Prose,
    /// The queries of a tool's rules once more, in Markdown.
    Repeats,
    /// No valid YAML, even mended.
    Invalid,
    /// YAML that is neither a tool nor a rule.
    Foreign,
    /// Not UTF-8.
    NotText,
}

impl NoSheet {
    /// In words, for a report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Template => "a template, still to be filled in",
            Self::Prose => "a text without indicators",
            Self::Repeats => "the queries of the tool's rules once more",
            Self::Invalid => "not valid YAML, and the defect is none that can be mended",
            Self::Foreign => "neither a tool nor a rule",
            Self::NotText => "not UTF-8 text",
        }
    }

    /// Whether nothing is lost by leaving the file out.
    pub fn is_expected(self) -> bool {
        matches!(self, Self::Template | Self::Prose | Self::Repeats)
    }
}

/// The sheets of the file at `path`, with forward slashes.
///
/// # Errors
/// Why there is none.
pub fn read(source: SourceId, path: &str, text: &str) -> Result<Vec<Sheet>, NoSheet> {
    if super::super::repair::placeholder(text).is_some() {
        return Err(NoSheet::Template);
    }
    let lower = path.to_lowercase();
    if lower.ends_with(".csv") {
        return Ok(hosts(text));
    }
    if lower.ends_with(".md") {
        return if text.contains("### Network Indicators") {
            Ok(vec![summary(text)])
        } else if text.contains("| where Timestamp between") {
            Err(NoSheet::Repeats)
        } else {
            Err(NoSheet::Prose)
        };
    }
    let mended = super::super::mend(source, text);
    let (documents, findings) = yaml::parse(source, &mended.text);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(NoSheet::Invalid);
    }
    let root = documents.first().and_then(|document| document.root.as_ref()).and_then(Node::as_mapping);
    let root = root.ok_or(NoSheet::Foreign)?;
    if root.get("Artifacts").is_some() {
        return tool(root).map(|sheet| vec![sheet]).ok_or(NoSheet::Foreign);
    }
    let query = root.get("query").and_then(Node::as_str).ok_or(NoSheet::Foreign)?;
    Ok(rule(path, query))
}

/// A tool of LOLRMM.
fn tool(root: &Mapping) -> Option<Sheet> {
    let mut sheet = Sheet { name: root.get("Name")?.as_str()?.trim().to_owned(), ..Sheet::default() };
    let details = root.get("Details").and_then(Node::as_mapping);
    if let Some(details) = details {
        sheet.references.extend(texts(details.get("Website")));
        for file in mappings(details.get("PEMetadata")) {
            for (key, field) in [
                ("Filename", Field::Program),
                ("OriginalFileName", Field::Program),
                ("Product", Field::Product),
                ("Company", Field::Company),
            ] {
                sheet.values.extend(texts(file.get(key)).map(|text| (field, text)));
            }
        }
        sheet.values.extend(texts(details.get("InstallationPaths")).map(|text| (Field::Program, text)));
    }
    if let Some(artifacts) = root.get("Artifacts").and_then(Node::as_mapping) {
        for file in mappings(artifacts.get("Disk")) {
            // Only programs: what they write tells nothing of a process.
            let programs = texts(file.get("File")).filter(|path| path.to_lowercase().ends_with(".exe"));
            sheet.values.extend(programs.map(|text| (Field::Program, text)));
        }
        for network in mappings(artifacts.get("Network")) {
            sheet.values.extend(texts(network.get("Domains")).map(|text| (Field::Network, text)));
            sheet.values.extend(texts(network.get("Ports")).map(|text| (Field::Port, text)));
        }
    }
    if let Some(signing) = root.get("CodeSigning").and_then(Node::as_mapping) {
        for certificate in mappings(signing.get("certificates")) {
            sheet.values.extend(texts(certificate.get("signer_name")).map(|text| (Field::Signer, text)));
            sheet
                .values
                .extend(texts(certificate.get("src_file_company")).map(|text| (Field::Company, text)));
        }
        sheet.values.extend(texts(signing.get("signer_names")).map(|text| (Field::Signer, text)));
        sheet.values.extend(texts(signing.get("company_names")).map(|text| (Field::Company, text)));
    }
    sheet.references.extend(texts(root.get("References")));
    Some(sheet)
}

/// A scalar or a list of them, as texts.
fn texts(node: Option<&Node>) -> impl Iterator<Item = String> + '_ {
    let one = node.and_then(Node::as_scalar).filter(|scalar| !scalar.is_null());
    let many = node.and_then(Node::as_sequence).unwrap_or_default().iter().filter_map(Node::as_scalar);
    one.into_iter().chain(many.filter(|scalar| !scalar.is_null())).map(|scalar| scalar.text.clone())
}

/// A mapping or a list of them.
fn mappings(node: Option<&Node>) -> impl Iterator<Item = &Mapping> {
    let one = node.and_then(Node::as_mapping);
    let many = node.and_then(Node::as_sequence).unwrap_or_default().iter().filter_map(Node::as_mapping);
    one.into_iter().chain(many)
}

/// A summary in Markdown: headings, and below each a list.
fn summary(text: &str) -> Sheet {
    let mut sheet = Sheet::default();
    let mut field = None;
    let mut pages = false;
    for line in text.lines() {
        let line = line.trim();
        if let Some(title) = line.strip_prefix("# ") {
            if let Some((_, name)) = title.split_once("Summary for ") {
                sheet.name = name.trim().to_owned();
            }
        } else if let Some(heading) = line.strip_prefix("### ") {
            pages = heading.starts_with("Company");
            field = match heading.trim() {
                "Process Indicators" => Some(Field::Program),
                "Network Indicators" => Some(Field::Network),
                "File Signature Indicators" => Some(Field::Signer),
                _ => None,
            };
        } else if let Some(item) = line.strip_prefix('-') {
            let item = item.trim();
            match field {
                _ if item.is_empty() => {}
                Some(field) => sheet.values.extend(labelled(field, item)),
                None if pages => sheet.references.push(item.to_owned()),
                None => {}
            }
        }
    }
    sheet
}

/// The values of an item below a heading of `field`. Items are written for people: with a label (`PE Product Name: A,
/// B`, `Company name has 'A' or 'B'`), with one behind (`A (Company)`), or as a program in backticks with a remark.
fn labelled(field: Field, item: &str) -> Vec<(Field, String)> {
    if let Some((code, _)) = item.strip_prefix('`').and_then(|rest| rest.split_once('`')) {
        return vec![(field, code.to_owned())];
    }
    let lower = item.to_lowercase();
    if let Some(company) = item.strip_suffix("(Company)") {
        return vec![(Field::Company, company.trim().to_owned())];
    }
    let label =
        ["signed by:", "signer:", "url:", "process:"].into_iter().find(|label| lower.starts_with(label));
    if let Some(label) = label {
        // A remark may stand behind, in parentheses.
        let value = item[label.len()..].split(" (").next().unwrap_or_default();
        return vec![(field, value.trim().to_owned())];
    }
    let start = lower.strip_prefix("pe ").unwrap_or(&lower);
    let field = match start.split([' ', ':']).next() {
        Some("product") => Field::Product,
        Some("company" | "copany") => Field::Company,
        Some("signer") if item.contains('\'') => Field::Signer,
        _ => return vec![(field, item.to_owned())],
    };
    let quoted: Vec<_> = item.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
    if !quoted.is_empty() {
        return quoted.into_iter().map(|value| (field, value)).collect();
    }
    let Some((_, list)) = item.split_once(':') else { return Vec::new() };
    let values = list.split(',').flat_map(|part| part.split(" OR ")).map(str::trim);
    values.filter(|value| !value.is_empty()).map(|value| (field, value.to_owned())).collect()
}

/// The list of hosts: a host and a tool a row, below a row of headings.
fn hosts(text: &str) -> Vec<Sheet> {
    let mut sheets: Vec<Sheet> = Vec::new();
    for (_, row) in csv::rows(text).into_iter().skip(1) {
        let [host, tool, ..] = row.as_slice() else { continue };
        // `connectwise / Continuum Managed`: one tool, and who runs it.
        let tool = tool.split('/').next().unwrap_or_default().trim();
        let at = sheets.iter().position(|sheet| squeezed(&sheet.name) == squeezed(tool));
        let at = at.unwrap_or_else(|| {
            sheets.push(Sheet { name: tool.to_owned(), ..Sheet::default() });
            sheets.len() - 1
        });
        sheets[at].values.push((Field::Network, host.clone()));
    }
    sheets
}

/// The texts that the query of a rule compares columns with. The rule of all tools repeats the list of hosts, as pairs of a
/// host and a tool.
fn rule(path: &str, query: &str) -> Vec<Sheet> {
    let arena = Arena::new();
    let (tokens, _) = lex(query);
    let mut of_rule = Sheet { name: tool_of(path), ..Sheet::default() };
    let mut pairs = String::from("URI,Tool\n");
    let mut column = None;
    let mut in_table = false;
    let mut pair: Vec<&str> = Vec::new();
    for token in &tokens {
        let text = token.range.slice(query);
        match token.kind {
            TokenKind::StringLiteral => {
                let value = string_value(&arena, text);
                if in_table {
                    pair.push(value);
                } else if let Some(field) = column {
                    of_rule.values.push((field, value.to_owned()));
                }
                if let [host, tool] = pair.as_slice() {
                    pairs.push_str(&format!("{host},{tool}\n"));
                    pair.clear();
                }
            }
            TokenKind::Identifier => column = field_of(text).or(column.filter(|_| !is_column(text))),
            TokenKind::OpenBracket => in_table = true,
            TokenKind::CloseBracket => in_table = false,
            _ => {}
        }
    }
    let mut sheets = hosts(&pairs);
    // The rule of all tools, `rmm__all_…`, is of none.
    if !of_rule.values.is_empty() && !of_rule.name.is_empty() {
        sheets.push(of_rule);
    }
    sheets
}

/// What the texts compared with a column are. Names of files are parts of names there, which say something only
/// with the other conditions beside them.
fn field_of(column: &str) -> Option<Field> {
    Some(match column.strip_prefix("InitiatingProcess").unwrap_or(column) {
        "RemoteUrl" => Field::Network,
        "Signer" => Field::Signer,
        "FolderPath" => Field::Program,
        "ProcessVersionInfoCompanyName" | "VersionInfoCompanyName" => Field::Company,
        "ProcessVersionInfoProductName" | "VersionInfoProductName" => Field::Product,
        _ => return None,
    })
}

/// Whether a name is that of another column: texts behind it are none of the column before.
fn is_column(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}

/// The tool of a rule: what its file is named for, or else its folder.
fn tool_of(path: &str) -> String {
    let mut parts = path.rsplit('/');
    let file = parts.next().unwrap_or_default();
    let named = file.strip_prefix("rmm_").and_then(|rest| rest.rsplit_once('_')).map(|(tool, _)| tool);
    match named {
        Some(tool) if tool.starts_with('_') => String::new(),
        Some(tool) => tool.to_owned(),
        None => parts.next().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceMap;

    fn sheets(path: &str, text: &str) -> Result<Vec<Sheet>, NoSheet> {
        let mut sources = SourceMap::new();
        let source = sources.add(path, text);
        read(source, path, text)
    }

    #[test]
    fn reads_a_summary() {
        let text = "# Tool Summary for Foo Bar\n\n### Company/ Project website:\n- https://foo.example\n\n### Process Indicators\n- \n- foo.exe\n\n### Network Indicators\n- foo.example\n-\n\n### File Signature Indicators\n- Signer: 'Foo Ltd'\n";
        let expected = Sheet {
            name: "Foo Bar".into(),
            references: vec!["https://foo.example".into()],
            values: vec![
                (Field::Program, "foo.exe".into()),
                (Field::Network, "foo.example".into()),
                (Field::Signer, "'Foo Ltd'".into()),
            ],
        };
        assert_eq!(sheets("RMM/Foo/RMM_Summary_Foo.md", text), Ok(vec![expected]));
    }

    #[test]
    fn reads_items_with_labels() {
        use Field::{Program, Signer};
        let read = |field, item| {
            let all: Vec<_> = labelled(field, item);
            all.iter().map(|(field, value)| format!("{field:?} {value}")).collect::<Vec<_>>()
        };
        assert_eq!(read(Program, "PE Product Name: FixMe, SetMe"), ["Product FixMe", "Product SetMe"]);
        assert_eq!(read(Program, "Product: eHorus OR eHorus_uit"), ["Product eHorus", "Product eHorus_uit"]);
        assert_eq!(read(Program, "company name has 'A B' or 'Ü'"), ["Company A B", "Company Ü"]);
        assert_eq!(read(Program, "`x.exe` \u{2014} a remark"), ["Program x.exe"]);
        assert_eq!(read(Signer, "Xlab d.o.o. (Company)"), ["Company Xlab d.o.o."]);
        assert_eq!(read(Signer, "Signer: 'A'"), ["Signer 'A'"]);
    }

    #[test]
    fn reads_what_queries_compare() {
        let text = "id: x\nquery: |\n  DeviceNetworkEvents\n  | where RemoteUrl has_any ('a.foo.example', \"b.foo.example\")\n    and InitiatingProcessVersionInfoCompanyName has 'Foo Ltd' and InitiatingProcessFileName has 'foo'\n";
        let found = sheets("RMM/Foo/rmm_Foo_netconn.yaml", text).unwrap();
        assert_eq!(found[0].name, "Foo");
        assert_eq!(
            found[0].values,
            [
                (Field::Network, "a.foo.example".into()),
                (Field::Network, "b.foo.example".into()),
                (Field::Company, "Foo Ltd".into())
            ]
        );
        let all = "query: |\n  datatable(URI:string, RMM_Tool:string)['a.example','One', 'b.example','Two / Three']\n";
        let found = sheets("x/rmm__all_netconn.yaml", all).unwrap();
        let names: Vec<_> = found.iter().map(|sheet| sheet.name.as_str()).collect();
        assert_eq!(names, ["One", "Two"]);
    }

    #[test]
    fn says_why_a_file_gives_nothing() {
        assert_eq!(sheets("a.yaml", "name: '%%NAME%%'\n"), Err(NoSheet::Template));
        assert_eq!(sheets("a.md", "# Guide\n"), Err(NoSheet::Prose));
        assert_eq!(sheets("a.yaml", "a: 1\n"), Err(NoSheet::Foreign));
        assert_eq!(sheets("a.yaml", "a: [\n"), Err(NoSheet::Invalid));
    }
}
