//! The sheets of all catalogs, brought together tool by tool.

use std::collections::{BTreeMap, HashMap};

use super::normal::{self, Indicator, Kind, Refusal};
use super::sheet::{Field, Sheet};
use crate::catalog::Catalog;
use crate::catalog::rmm::{ToolClass, squeezed, without_parentheses};

/// A file of a catalog that says something about a tool.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The catalog: the name of its folder.
    pub catalog: String,
    /// The file, relative to the catalog.
    pub path: String,
    /// The catalog's revision, or the beginning of the file's SHA-256.
    pub revision: String,
}

/// A tool with all that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Its name in paths and ids.
    pub id: String,
    /// Its name in texts.
    pub name: String,
    /// What it does.
    pub class: ToolClass,
    /// Its indicators, by kind, each kind sorted and without what another covers.
    pub indicators: BTreeMap<Kind, Vec<String>>,
    /// Pages about it.
    pub references: Vec<String>,
    /// The files that it was read from.
    pub origins: Vec<Origin>,
}

impl Tool {
    /// The values of a kind.
    pub fn all(&self, kind: Kind) -> &[String] {
        self.indicators.get(&kind).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A value that is no indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The file that holds it.
    pub origin: Origin,
    /// The value as written.
    pub value: String,
    /// Why.
    pub why: Refusal,
}

/// Tools in the making.
#[derive(Debug, Default)]
pub struct Merging {
    tools: BTreeMap<String, Collected>,
    refused: Vec<Refused>,
}

#[derive(Debug, Default)]
struct Collected {
    name: String,
    class: ToolClass,
    values: HashMap<(Kind, String), Indicator>,
    references: Vec<String>,
    origins: Vec<Origin>,
}

impl Merging {
    /// Takes up what a file says.
    pub fn add(&mut self, sheet: &Sheet, origin: &Origin) {
        let known = Catalog::builtin().rmm().tool(&sheet.name);
        let plain = without_parentheses(&sheet.name);
        let id = known.map_or_else(|| squeezed(&sheet.name), |tool| squeezed(tool.id));
        if id.is_empty() {
            self.refuse(origin, &sheet.name, "a tool without a name".to_owned());
            return;
        }
        let slug = slug(&sheet.name);
        let tool = self.tools.entry(id).or_default();
        match known {
            Some(known) => (tool.name, tool.class) = (known.name.to_owned(), known.class),
            // Of several spellings the one with the most words reads best.
            None if words(&plain) > words(&tool.name) => tool.name = plain,
            None => {}
        }
        if !tool.origins.contains(origin) {
            tool.origins.push(origin.clone());
        }
        let pages = sheet.references.iter().map(|page| page.trim()).filter(|page| is_page(page));
        for page in pages {
            if !tool.references.iter().any(|known| known == page) {
                tool.references.push(page.to_owned());
            }
        }
        let mut refused = Vec::new();
        for (field, raw) in sheet.values.iter().filter(|(_, raw)| !raw.trim().is_empty()) {
            let found = match field {
                Field::Network => normal::network(raw),
                Field::Port => normal::port(raw),
                Field::Program => normal::program(raw),
                Field::Product => normal::name(Kind::Product, raw),
                Field::Company => normal::name(Kind::Company, raw),
                Field::Signer => normal::name(Kind::Signer, raw),
            };
            match found {
                Ok(found) => {
                    for indicator in found {
                        let table = format!("{}/{slug}", indicator.kind.table());
                        let value = indicator.value.to_lowercase();
                        if let Some(why) = Catalog::builtin().rmm().common(&table, &value) {
                            refused.push((raw.clone(), format!("no sign of this tool: {why}")));
                            continue;
                        }
                        let kept = tool.values.entry(indicator.key()).or_insert_with(|| indicator.clone());
                        // Which spelling is kept must not hang on the order of files.
                        if indicator.value > kept.value {
                            *kept = indicator;
                        }
                    }
                }
                Err(why) => refused.push((raw.clone(), why)),
            }
        }
        for (value, why) in refused {
            self.refuse(origin, &value, why);
        }
    }

    fn refuse(&mut self, origin: &Origin, value: &str, why: Refusal) {
        self.refused.push(Refused { origin: origin.clone(), value: value.to_owned(), why });
    }

    /// The tools, sorted by id, and what was refused.
    pub fn finish(self) -> (Vec<Tool>, Vec<Refused>) {
        let tools = self.tools.into_values().map(Collected::finish).collect();
        (tools, self.refused)
    }
}

impl Collected {
    fn finish(self) -> Tool {
        let mut indicators: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
        for indicator in self.values.into_values() {
            indicators.entry(indicator.kind).or_default().push(indicator.value);
        }
        for (kind, values) in &mut indicators {
            without_covered(*kind, values);
        }
        let patterns = indicators.remove(&Kind::DomainPattern).unwrap_or_default();
        let hosts = indicators.get(&Kind::Domain).cloned().unwrap_or_default();
        let open: Vec<_> =
            patterns.into_iter().filter(|it| !hosts.iter().any(|host| covers(host, it))).collect();
        if !open.is_empty() {
            indicators.insert(Kind::DomainPattern, open);
        }
        let starts = indicators.get(&Kind::ProcessStart).cloned().unwrap_or_default();
        if let Some(names) = indicators.get_mut(&Kind::Process) {
            let begins = |name: &str, start: &str| name.to_lowercase().starts_with(&start.to_lowercase());
            names.retain(|name| !starts.iter().any(|start| begins(name, start)));
        }
        indicators.retain(|_, values| !values.is_empty());
        let mut origins = self.origins;
        origins.sort();
        let id = slug(&self.name);
        Tool { id, name: self.name, class: self.class, indicators, references: self.references, origins }
    }
}

/// Whether the pattern of a host is of one below `host`.
fn covers(host: &str, pattern: &str) -> bool {
    let escaped = regex::escape(host).replace("\\-", "-");
    pattern.ends_with(&format!("\\.{escaped}"))
}

/// Sorts `values` and takes out those that another of them finds as well.
fn without_covered(kind: Kind, values: &mut Vec<String>) {
    values.sort_by_key(|value| (value.to_lowercase(), value.clone()));
    let all: Vec<String> = values.iter().map(|value| value.to_lowercase()).collect();
    let covered = |value: &str| {
        let value = value.to_lowercase();
        all.iter().filter(|other| other.len() < value.len()).any(|other| match kind {
            Kind::Domain => value.strip_suffix(other.as_str()).is_some_and(|rest| rest.ends_with('.')),
            Kind::Product | Kind::Company | Kind::Signer => holds_term(&value, other),
            Kind::Folder => value.contains(other.as_str()),
            Kind::ProcessStart => value.starts_with(other.as_str()),
            _ => false,
        })
    };
    let keep: Vec<bool> = values.iter().map(|value| !covered(value)).collect();
    let mut keep = keep.into_iter();
    values.retain(|_| keep.next().unwrap_or(true));
}

/// Whether KQL's `has` finds `term` in `text`; both in lower case.
pub(super) fn holds_term(text: &str, term: &str) -> bool {
    text.match_indices(term).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + term.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

fn words(name: &str) -> (usize, usize) {
    (name.split_whitespace().count(), name.chars().filter(|letter| letter.is_uppercase()).count())
}

/// Lower case, words joined by `-`, nothing but letters and digits.
fn slug(name: &str) -> String {
    let known = Catalog::builtin().rmm().tool(name);
    if let Some(known) = known {
        return known.id.to_owned();
    }
    let lower = name.to_lowercase().replace('\'', "");
    let parts = lower.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-")
}

/// Whether a reference is a page that a browser opens.
fn is_page(page: &str) -> bool {
    let rest = page.strip_prefix("https://").or_else(|| page.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.len() > 3
            && rest.contains('.')
            && !rest.contains(char::is_whitespace)
            && !rest.contains(['<', '>', '"'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(path: &str) -> Origin {
        Origin { catalog: "c".into(), path: path.into(), revision: "1".into() }
    }

    fn sheet(name: &str, values: &[(Field, &str)]) -> Sheet {
        let values = values.iter().map(|(field, text)| (*field, (*text).to_owned())).collect();
        Sheet { name: name.into(), references: vec![], values }
    }

    #[test]
    fn spellings_of_one_tool_are_one_tool() {
        let mut merging = Merging::default();
        merging.add(&sheet("NinjaRMM", &[(Field::Network, "*.ninjarmm.com")]), &origin("a"));
        merging.add(
            &sheet("NinjaOne (formerly NinjaRMM)", &[(Field::Network, "app.NinjaRMM.com")]),
            &origin("b"),
        );
        merging.add(&sheet("lite manager", &[]), &origin("c"));
        merging.add(&sheet("Foo Bar", &[]), &origin("d"));
        merging.add(&sheet("foobar", &[]), &origin("e"));
        let (tools, refused) = merging.finish();
        assert_eq!(refused, []);
        let ids: Vec<_> = tools.iter().map(|tool| (tool.id.as_str(), tool.name.as_str())).collect();
        assert_eq!(ids, [("foo-bar", "Foo Bar"), ("litemanager", "LiteManager"), ("ninjaone", "NinjaOne")]);
        assert_eq!(tools[2].all(Kind::Domain), ["ninjarmm.com"]);
        assert_eq!(tools[2].origins.len(), 2);
    }

    #[test]
    fn what_another_finds_is_left_out() {
        let mut merging = Merging::default();
        let values = [
            (Field::Network, "a.foo.example"),
            (Field::Network, "notfoo.example"),
            (Field::Network, "foo.example"),
            (Field::Network, "px-*.foo.example"),
            (Field::Network, "px-*.bar.example"),
            (Field::Program, "foobar.exe"),
            (Field::Program, "FooBar.exe"),
            (Field::Program, "foob*.exe"),
            (Field::Signer, "Foo, LLC"),
            (Field::Signer, "Foo"),
            (Field::Signer, "Foolish Inc"),
        ];
        merging.add(&sheet("Foo", &values), &origin("a"));
        let (tools, _) = merging.finish();
        assert_eq!(tools[0].all(Kind::Domain), ["foo.example", "notfoo.example"]);
        assert_eq!(tools[0].all(Kind::DomainPattern).len(), 1);
        assert_eq!(tools[0].all(Kind::Process), [""; 0]);
        assert_eq!(tools[0].all(Kind::ProcessStart), ["foob"]);
        assert_eq!(tools[0].all(Kind::Signer), ["Foo", "Foolish Inc"]);
    }

    proptest::proptest! {
        #[test]
        fn the_order_of_files_changes_nothing(hosts in proptest::collection::vec("[aAbB]{1,2}(\\.[aAbB]{1,2}){1,3}", 1..8)) {
            let merged = |hosts: &[String]| {
                let mut merging = Merging::default();
                for host in hosts {
                    merging.add(&sheet("Foo", &[(Field::Network, host), (Field::Signer, &format!("{host} Ltd"))]), &origin("a"));
                }
                merging.finish().0
            };
            let turned: Vec<_> = hosts.iter().rev().cloned().collect();
            proptest::prop_assert_eq!(merged(&hosts), merged(&turned));
        }
    }
}
