//! The selections of a Sigma rule as conditions of KQL.

use super::condition::Condition;
use super::field::{self, Column, Definitions};
use super::pattern::{self, Pattern};
use super::query::Test;
use crate::catalog::kql::wildcard;
use crate::catalog::sigma::SigmaSource;
use crate::import::kql_text::literal;
use crate::yaml::{Entry, Mapping, Node};

/// The longest condition that is made before its length is looked at, in bytes.
const LONGEST: usize = 200_000;

/// Why a rule cannot be translated, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The byte of the file.
    pub(super) at: Option<u32>,
    /// A sentence.
    pub(super) why: String,
}

impl Fault {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self { at: None, why: why.into() }
    }

    pub(super) fn at(node: &Node, why: impl Into<String>) -> Self {
        Self { at: Some(node.range.start), why: why.into() }
    }
}

/// The condition that `detections`, the selections by name of which the first of a name counts, come to in the table of
/// `source`, and the columns that it makes of others.
///
/// # Errors
/// Everything of it that cannot be translated.
pub(super) fn translate(
    source: &SigmaSource,
    detections: &[&Mapping],
) -> Result<(Definitions, Test), Vec<Fault>> {
    let mut selections: Vec<&Entry> = Vec::new();
    for entry in detections.iter().flat_map(|mapping| &mapping.entries) {
        let name = |entry: &Entry| entry.key.as_str().map(str::to_owned);
        if !selections.iter().any(|known| name(known) == name(entry)) {
            selections.push(entry);
        }
    }
    let condition = |entry: &&&Entry| entry.key.as_str() == Some("condition");
    let Some(condition) = selections.iter().find(condition) else {
        return Err(vec![Fault::new("it has no condition")]);
    };
    if let Some(entry) = selections.iter().find(|entry| entry.key.as_str() == Some("timeframe")) {
        return Err(vec![Fault::at(
            &entry.key,
            "it counts within a `timeframe`, which Sigma now does in correlation rules",
        )]);
    }
    let texts = condition.value.as_sequence().unwrap_or(std::slice::from_ref(&condition.value));
    let mut parts = Vec::new();
    for node in texts {
        let text = node.as_str().ok_or_else(|| vec![Fault::at(node, "the condition is no text")])?;
        parts.push(Condition::parse(text).map_err(|why| vec![Fault::at(node, why)])?);
    }
    let named: Vec<(&str, &Node)> = selections
        .iter()
        .filter_map(|entry| Some((entry.key.as_str()?, &entry.value)))
        .filter(|(name, _)| !matches!(*name, "condition" | "timeframe"))
        .collect();
    let mut reader = Reader {
        source,
        named,
        made: Vec::new(),
        size: 0,
        defined: Definitions::default(),
        faults: Vec::new(),
    };
    let tests: Vec<Test> = parts.iter().filter_map(|part| reader.condition(part, &condition.value)).collect();
    if reader.faults.is_empty() { Ok((reader.defined, Test::any(tests))) } else { Err(reader.faults) }
}

struct Reader<'r> {
    source: &'r SigmaSource,
    named: Vec<(&'r str, &'r Node)>,
    /// Selections that were translated, by their place.
    made: Vec<(usize, Option<Test>)>,
    size: usize,
    defined: Definitions,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn fault<T>(&mut self, fault: Fault) -> Option<T> {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
        None
    }

    fn condition(&mut self, condition: &Condition, place: &Node) -> Option<Test> {
        let parts = |reader: &mut Self, parts: &[Condition]| {
            let tests: Vec<_> = parts.iter().map(|part| reader.condition(part, place)).collect();
            tests.into_iter().collect::<Option<Vec<_>>>()
        };
        match condition {
            Condition::And(list) => parts(self, list).map(Test::all),
            Condition::Or(list) => parts(self, list).map(Test::any),
            Condition::Not(part) => self.condition(part, place).map(|test| Test::Not(Box::new(test))),
            Condition::Selection(name) => match self.named.iter().position(|(known, _)| known == name) {
                Some(at) => self.selection(at),
                None => self
                    .fault(Fault::at(place, format!("the condition names `{name}`, which is no selection"))),
            },
            Condition::Of { all, pattern } => {
                let is_meant = |name: &str| match pattern.as_str() {
                    "them" => !name.starts_with('_'),
                    pattern => wildcard::matches(pattern, name),
                };
                let found: Vec<usize> =
                    (0..self.named.len()).filter(|at| is_meant(self.named[*at].0)).collect();
                if found.is_empty() {
                    return self.fault(Fault::at(place, format!("no selection is called `{pattern}`")));
                }
                let tests: Vec<_> = found.into_iter().map(|at| self.selection(at)).collect();
                let tests = tests.into_iter().collect::<Option<Vec<_>>>()?;
                Some(if *all { Test::all(tests) } else { Test::any(tests) })
            }
        }
    }

    fn selection(&mut self, at: usize) -> Option<Test> {
        let known = self.made.iter().find(|(known, _)| *known == at).map(|(_, test)| test.clone());
        let test = match known {
            Some(test) => test,
            None => {
                let (name, node) = self.named[at];
                let test = self.group(node, name);
                self.made.push((at, test.clone()));
                test
            }
        }?;
        self.size += test.size();
        if self.size > LONGEST {
            return self.fault(Fault::new("its condition would be far too long for the service"));
        }
        Some(test)
    }

    /// A selection: a mapping of fields, or a list of such mappings and of keywords.
    fn group(&mut self, node: &Node, name: &str) -> Option<Test> {
        if let Some(mapping) = node.as_mapping() {
            let tests: Vec<_> = mapping.entries.iter().map(|entry| self.item(entry)).collect();
            let tests = tests.into_iter().collect::<Option<Vec<_>>>()?;
            if tests.is_empty() {
                return self.fault(Fault::at(node, format!("the selection `{name}` is empty")));
            }
            let test = Test::all(tests);
            return match test.contradiction() {
                Some(left) => {
                    let why = format!(
                        "fields of the selection `{name}` are one column, `{left}`, which cannot be both"
                    );
                    self.fault(Fault::at(node, why))
                }
                None => Some(test),
            };
        }
        let items = node.as_sequence().unwrap_or(std::slice::from_ref(node));
        if items.is_empty() {
            return self.fault(Fault::at(node, format!("the selection `{name}` is empty")));
        }
        let mut tests = Vec::new();
        for item in items {
            tests.push(match item.as_mapping() {
                Some(_) => self.group(item, name),
                None => self.keyword(item),
            });
        }
        tests.into_iter().collect::<Option<Vec<_>>>().map(Test::any)
    }

    fn keyword(&mut self, node: &Node) -> Option<Test> {
        let Some(text) = node.as_str() else {
            return self.fault(Fault::at(node, format!("{} is no keyword", node.describe())));
        };
        if self.source.keywords.is_empty() {
            let why = format!("keywords are looked for in no single column of {}", self.source.table);
            return self.fault(Fault::at(node, why));
        }
        let column = field::Column::of_text(self.source.keywords);
        let pattern = Pattern::parse(text).after_anything().before_anything();
        match column.matches(&pattern, false) {
            Ok(test) => Some(test),
            Err(why) => self.fault(Fault::at(node, why)),
        }
    }

    /// A field with its modifiers, and its values.
    fn item(&mut self, entry: &Entry) -> Option<Test> {
        let key = entry.key.as_scalar().map(|scalar| scalar.text.as_str()).unwrap_or_default();
        let mut parts = key.split('|');
        let name = parts.next().unwrap_or_default();
        let modifiers: Vec<&str> = parts.collect();
        let values = entry.value.as_sequence().unwrap_or(std::slice::from_ref(&entry.value));
        let all = modifiers.contains(&"all");
        if name.is_empty() {
            if modifiers.iter().any(|modifier| !matches!(*modifier, "all" | "contains")) {
                return self.fault(Fault::at(&entry.key, format!("keywords take no `{key}`")));
            }
            let tests: Vec<_> = values.iter().map(|value| self.keyword(value)).collect();
            let tests = tests.into_iter().collect::<Option<Vec<_>>>()?;
            return Some(if all { Test::all(tests) } else { Test::any(tests) });
        }
        let Some(column) = field::column(self.source, name) else {
            let why = format!("`{name}` has no column in {}", self.source.table);
            return self.fault(Fault::at(&entry.key, why));
        };
        if values.is_empty() {
            return self.fault(Fault::at(&entry.value, format!("`{key}` has no values")));
        }
        if let Err(why) = self.defined.add(&column) {
            return self.fault(Fault::at(&entry.key, why));
        }
        let mut tests = Vec::new();
        for value in values {
            match value_test(self.source, &column, &modifiers, value, &mut self.defined) {
                Ok(test) => tests.push(test),
                Err(why) => return self.fault(Fault::at(value, format!("`{name}`: {why}"))),
            }
        }
        Some(if all { Test::all(tests) } else { Test::any(tests) })
    }
}

/// A value on its way through the modifiers.
enum Value {
    Patterns(Vec<Pattern>),
    Bytes(Vec<u8>),
}

/// One value of a field.
fn value_test(
    source: &SigmaSource,
    column: &Column,
    modifiers: &[&str],
    node: &Node,
    defined: &mut Definitions,
) -> Result<Test, String> {
    let has = |modifier: &str| modifiers.contains(&modifier);
    if node.is_null() {
        return match modifiers {
            [] | ["all"] => Ok(column.is_empty(true)),
            _ => Err("nothing is compared with modifiers".to_owned()),
        };
    }
    let text = node.as_str().ok_or_else(|| format!("{} is no value", node.describe()))?;
    let sizes = [("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<=")];
    if let Some((_, operator)) = sizes.iter().find(|(modifier, _)| has(modifier)) {
        return column.compared(operator, text);
    }
    if has("exists") {
        return match text.to_ascii_lowercase().as_str() {
            "true" | "yes" => Ok(column.is_empty(false)),
            "false" | "no" => Ok(column.is_empty(true)),
            _ => Err(format!("`exists` is true or false, not `{text}`")),
        };
    }
    if has("fieldref") {
        return other_field(source, column, modifiers, text, defined);
    }
    if has("re") {
        let unknown = modifiers.iter().find(|it| !matches!(**it, "re" | "i" | "m" | "s" | "all"));
        if let Some(unknown) = unknown {
            return Err(format!("the modifier `{unknown}` has no meaning beside `re`"));
        }
        let flags: String = ["i", "m", "s"].into_iter().filter(|flag| has(flag)).collect();
        let flags = if flags.is_empty() { flags } else { format!("(?{flags})") };
        return column.matches_regex(&format!("{flags}{text}"));
    }
    if has("cidr") {
        return network(column, text);
    }
    let mut value = Value::Patterns(vec![Pattern::parse(text)]);
    for modifier in modifiers {
        value = modified(value, modifier, text)?;
    }
    let Value::Patterns(patterns) = value else {
        return Err("bytes are looked for in Base64 only".to_owned());
    };
    let searched = patterns.iter().any(|pattern| pattern.pieces.len() > 1);
    if text.is_empty() && searched {
        return Err("it looks for nothing at all".to_owned());
    }
    let tests: Result<Vec<Test>, String> =
        patterns.iter().map(|pattern| column.matches(pattern, has("cased"))).collect();
    let test = Test::any(tests?);
    Ok(if has("neq") { Test::Not(Box::new(test)) } else { test })
}

/// The value after one more modifier.
fn modified(value: Value, modifier: &str, text: &str) -> Result<Value, String> {
    let each = |value: Value, change: fn(Pattern) -> Pattern| match value {
        Value::Patterns(patterns) => Ok(Value::Patterns(patterns.into_iter().map(change).collect())),
        Value::Bytes(_) => Err("bytes are looked for in Base64 only".to_owned()),
    };
    let plain = |value: &Value| match value {
        Value::Bytes(bytes) => Ok(bytes.clone()),
        Value::Patterns(patterns) => match patterns.as_slice() {
            [pattern] => pattern.plain().map(|text| text.as_bytes().to_vec()),
            _ => None,
        }
        .ok_or_else(|| format!("`{modifier}` takes text without wildcards")),
    };
    let wide = |to: fn(u16) -> [u8; 2], mark: bool| {
        let text = String::from_utf8(plain(&value)?).map_err(|_| "it is encoded twice".to_owned())?;
        let text = if mark { format!("\u{feff}{text}") } else { text };
        Ok(Value::Bytes(pattern::utf16(&text, to)))
    };
    match modifier {
        "contains" => each(value, |pattern| pattern.after_anything().before_anything()),
        "startswith" => each(value, Pattern::before_anything),
        "endswith" => each(value, Pattern::after_anything),
        "all" | "cased" | "neq" => Ok(value),
        "windash" => match value {
            Value::Patterns(patterns) => {
                let variants: Result<Vec<_>, String> = patterns.iter().map(Pattern::windash).collect();
                Ok(Value::Patterns(variants?.concat()))
            }
            Value::Bytes(_) => Err("bytes have no dashes".to_owned()),
        },
        "wide" | "utf16le" => wide(u16::to_le_bytes, false),
        "utf16be" => wide(u16::to_be_bytes, false),
        "utf16" => wide(u16::to_le_bytes, true),
        "base64" => {
            let encoded = pattern::base64(&plain(&value)?);
            Ok(Value::Patterns(vec![Pattern::of_text(&encoded)]))
        }
        "base64offset" => {
            let variants = pattern::base64_offsets(&plain(&value)?)
                .ok_or_else(|| format!("`{text}` is too short to be found in Base64"))?;
            Ok(Value::Patterns(variants.iter().map(|text| Pattern::of_text(text)).collect()))
        }
        "expand" if text.contains('%') => {
            Err(format!("what stands for the placeholder `{text}` is for each organisation to say"))
        }
        "expand" => Ok(value),
        _ => Err(format!("the modifier `{modifier}` is not translated")),
    }
}

/// The comparison with another field.
fn other_field(
    source: &SigmaSource,
    column: &Column,
    modifiers: &[&str],
    name: &str,
    defined: &mut Definitions,
) -> Result<Test, String> {
    let other =
        field::column(source, name).ok_or_else(|| format!("`{name}` has no column in {}", source.table))?;
    defined.add(&other)?;
    if !(column.is_same() && other.is_same()) {
        return Err(format!("its values are not comparable with those of `{name}`"));
    }
    let mut operator = if modifiers.contains(&"cased") { "==" } else { "=~" };
    for modifier in modifiers {
        match *modifier {
            "fieldref" | "cased" | "all" => {}
            "contains" | "startswith" | "endswith" => operator = modifier,
            other => return Err(format!("the modifier `{other}` has no meaning beside `fieldref`")),
        }
    }
    Ok(Test::Leaf(format!("{} {operator} {}", column.text(), other.text())))
}

/// Whether the address is one of the network `text`.
fn network(column: &Column, text: &str) -> Result<Test, String> {
    let sound = text.split_once('/').and_then(|(address, bits)| {
        let address: core::net::IpAddr = address.parse().ok()?;
        let bits: u8 = bits.parse().ok()?;
        (bits <= if address.is_ipv4() { 32 } else { 128 }).then_some(address)
    });
    let address = sound.ok_or_else(|| format!("`{text}` is no network"))?;
    if !column.is_same() {
        return Err("its values are no addresses".to_owned());
    }
    let function = if address.is_ipv4() { "ipv4_is_in_range" } else { "ipv6_is_in_range" };
    // Of what is no such address, the function says nothing, and a negation of nothing keeps nothing.
    Ok(Test::Leaf(format!("coalesce({function}({}, {}), false)", column.text(), literal(text))))
}
