//! A field of Sigma compared with a value, in KQL.

use super::pattern::{Pattern, Piece};
use super::query::Test;
use crate::catalog::kql::{KqlCatalog, Table};
use crate::catalog::sigma::{FieldValues, OtherFields, SigmaField, SigmaSource};
use crate::catalog::{Catalog, ScalarType};
use crate::import::kql_text::literal;

/// A field in the table of a log source.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// The column.
    pub(super) name: String,
    /// What it is, where the query has to make it of others.
    definition: Option<String>,
    /// The type.
    scalar: ScalarType,
    values: FieldValues,
}

/// The columns that a query makes of others, each with its expression.
#[derive(Debug, Clone, Default)]
pub(super) struct Definitions(Vec<(String, String)>);

impl Definitions {
    /// Takes up what `column` is.
    ///
    /// # Errors
    /// When another field has the name of the column already.
    pub(super) fn add(&mut self, column: &Column) -> Result<(), String> {
        let Some(expression) = &column.definition else { return Ok(()) };
        match self.0.iter().find(|(name, _)| *name == column.name) {
            None => self.0.push((column.name.clone(), expression.clone())),
            Some((_, known)) if known == expression => {}
            Some((name, _)) => return Err(format!("two fields would be called `{name}`")),
        }
        Ok(())
    }

    /// Takes up `other`.
    ///
    /// # Errors
    /// When both define one name in two ways.
    pub(super) fn merge(&mut self, other: Self) -> Result<(), String> {
        for (name, expression) in other.0 {
            let values = FieldValues::Same;
            self.add(&Column { name, definition: Some(expression), scalar: ScalarType::String, values })?;
        }
        Ok(())
    }

    /// The lines of `| extend`.
    pub(super) fn lines(&self) -> String {
        self.0.iter().map(|(name, expression)| format!("| extend {name} = {expression}\n")).collect()
    }
}

/// What `field` is in the table of `source`, if it is there.
pub(super) fn column(source: &SigmaSource, field: &str) -> Option<Column> {
    let table = KqlCatalog::builtin().table(source.table);
    if let Some(SigmaField { expression, values }) = Catalog::builtin().sigma().field(source, field) {
        return Some(typed(field, expression, table, values.clone()));
    }
    match source.other {
        OtherFields::Unknown => None,
        OtherFields::Columns => {
            let columns = &table?.columns;
            let found = columns.iter().find(|column| column.name.eq_ignore_ascii_case(field))?;
            Some(typed(field, found.name, table, FieldValues::Same))
        }
        OtherFields::EventData => {
            let is_name = !field.is_empty() && field.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let starts = field.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            let path = if is_name && starts { format!(".{field}") } else { format!("[{}]", literal(field)) };
            Some(typed(field, &format!("tostring(EventData{path})"), table, FieldValues::Same))
        }
    }
}

/// The column of `field` that `expression` is.
fn typed(field: &str, expression: &str, table: Option<&Table>, values: FieldValues) -> Column {
    let found = |name: &str| table.and_then(|table| table.column(name));
    // Hashes name their columns themselves.
    if expression.is_empty() {
        return Column { name: String::new(), definition: None, scalar: ScalarType::String, values };
    }
    let (expression, scalar) = match found(expression).map(|column| column.scalar) {
        Some(ScalarType::Dynamic) => (format!("tostring({expression})"), ScalarType::String),
        Some(scalar) => return Column { name: expression.to_owned(), definition: None, scalar, values },
        None => (expression.to_owned(), ScalarType::String),
    };
    let mut name = String::from("");
    for part in field.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        let mut letters = part.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    if found(&name).is_some() || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name = format!("Field{name}");
    }
    Column { name, definition: Some(expression), scalar, values }
}

impl Column {
    /// The column `name`, which holds text.
    pub(super) fn of_text(name: &str) -> Self {
        let scalar = ScalarType::String;
        Self { name: name.to_owned(), definition: None, scalar, values: FieldValues::Same }
    }

    /// Whether it is empty.
    pub(super) fn is_empty(&self, empty: bool) -> Test {
        let function = if empty { "isempty" } else { "isnotempty" };
        Test::Leaf(format!("{function}({})", self.name))
    }

    fn is_number(&self) -> bool {
        matches!(self.scalar, ScalarType::Int | ScalarType::Long | ScalarType::Real)
    }

    /// The field as text.
    pub(super) fn text(&self) -> String {
        match self.scalar {
            ScalarType::String => self.name.clone(),
            _ => format!("tostring({})", self.name),
        }
    }

    /// Whether its values are those that rules name.
    pub(super) fn is_same(&self) -> bool {
        self.values == FieldValues::Same
    }

    /// The comparison with a number by `operator`.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub(super) fn compared(&self, operator: &str, value: &str) -> Result<Test, String> {
        let number = number(value).ok_or_else(|| format!("`{value}` is not a number"))?;
        if !self.is_same() {
            return Err("its values are not compared by size".to_owned());
        }
        let left = if self.is_number() { self.name.clone() } else { format!("toreal({})", self.name) };
        Ok(Test::Leaf(format!("{left} {operator} {number}")))
    }

    /// Whether the field matches the regular expression `regex`.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub(super) fn matches_regex(&self, regex: &str) -> Result<Test, String> {
        if !matches!(self.values, FieldValues::Same | FieldValues::Inside) {
            return Err("its values are others than a regular expression would expect".to_owned());
        }
        regex_syntax::parse(regex).map_err(|error| {
            let why = match &error {
                regex_syntax::Error::Parse(error) => error.kind().to_string(),
                _ => "it cannot be read".to_owned(),
            };
            format!("the service cannot read the regular expression: {why}")
        })?;
        Ok(Test::Leaf(format!("{} matches regex {}", self.text(), literal(regex))))
    }

    /// Whether the field matches `pattern`, in which `cased` says whether capitals count.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub(super) fn matches(&self, pattern: &Pattern, cased: bool) -> Result<Test, String> {
        match &self.values {
            FieldValues::Same => self.compare(pattern, cased),
            FieldValues::Inside => match pattern.pieces.as_slice() {
                [Piece::Any, .., Piece::Any] => self.compare(pattern, cased),
                _ => Err("only a part of its text can be looked for".to_owned()),
            },
            FieldValues::Words(words) => {
                let word = pattern.plain().and_then(|text| {
                    let is_it = |pair: &&(&str, &str)| pair.0.eq_ignore_ascii_case(text);
                    words.iter().find(is_it)
                });
                let (_, word) =
                    word.ok_or_else(|| "the table has no word for this value of it".to_owned())?;
                self.compare(&Pattern::of_text(word), true)
            }
            FieldValues::FileName => match pattern.pieces.as_slice() {
                [Piece::Any, Piece::Text(text)] if is_file_name(text) => {
                    self.compare(&Pattern::of_text(&text[1..]), cased)
                }
                _ => Err("the table has the name of the file only, not its path".to_owned()),
            },
            FieldValues::Hashes => hash(pattern),
            FieldValues::RegistryKey => {
                let alternatives = registry_keys(pattern);
                let tests: Result<Vec<Test>, String> =
                    alternatives.iter().map(|pattern| self.compare(pattern, cased)).collect();
                Ok(Test::any(tests?))
            }
            FieldValues::RegistryData => self.registry_data(pattern, cased),
        }
    }

    fn compare(&self, pattern: &Pattern, cased: bool) -> Result<Test, String> {
        if let Some(text) = pattern.plain() {
            return self.equals(text, cased);
        }
        let left = self.text();
        let cs = if cased { "_cs" } else { "" };
        Ok(match pattern.pieces.as_slice() {
            [Piece::Any] => self.is_empty(false),
            [Piece::Any, Piece::Text(text), Piece::Any] => {
                Test::Leaf(format!("{left} contains{cs} {}", literal(text)))
            }
            [Piece::Text(text), Piece::Any] => Test::Leaf(format!("{left} startswith{cs} {}", literal(text))),
            [Piece::Any, Piece::Text(text)] => Test::Leaf(format!("{left} endswith{cs} {}", literal(text))),
            _ => Test::Leaf(format!("{left} matches regex {}", literal(&pattern.regex(cased)))),
        })
    }

    fn equals(&self, text: &str, cased: bool) -> Result<Test, String> {
        if text.is_empty() {
            return Ok(self.is_empty(true));
        }
        let left = self.name.clone();
        match self.scalar {
            ScalarType::String => {
                let operator = if cased { "in" } else { "in~" };
                Ok(Test::In { left, operator, values: vec![literal(text)] })
            }
            ScalarType::Bool => match text.to_ascii_lowercase().as_str() {
                word @ ("true" | "false") => Ok(Test::Leaf(format!("{left} == {word}"))),
                _ => Err(format!("`{text}` is neither true nor false")),
            },
            _ if self.is_number() => {
                let number = number(text)
                    .ok_or_else(|| format!("`{text}` is not a number, which the column holds"))?;
                Ok(Test::In { left, operator: "in", values: vec![number] })
            }
            _ => Err("the column holds neither text nor numbers".to_owned()),
        }
    }

    /// Sysmon writes numbers of the registry with their type, Defender without.
    fn registry_data(&self, pattern: &Pattern, cased: bool) -> Result<Test, String> {
        if let Some(text) = pattern.plain() {
            if text.eq_ignore_ascii_case("(Empty)") {
                return Ok(self.is_empty(true));
            }
            let digits = text.strip_suffix(')').and_then(|text| {
                let text = text.to_ascii_lowercase();
                text.strip_prefix("dword (0x").or_else(|| text.strip_prefix("qword (0x")).map(str::to_owned)
            });
            if let Some(digits) = digits {
                let digits = digits.replace("-0x", "");
                let number = u64::from_str_radix(&digits, 16);
                let number = number.map_err(|_| format!("`{text}` is not a number of the registry"))?;
                return self.compare(&Pattern::of_text(&number.to_string()), cased);
            }
        }
        let of_sysmon = |piece: &Piece| match piece {
            Piece::Text(text) => {
                let text = text.to_ascii_lowercase();
                ["binary data", "dword", "qword", "(0x", "0x0000"].iter().any(|part| text.contains(part))
            }
            _ => false,
        };
        if pattern.pieces.iter().any(of_sysmon) {
            return Err("the value is written in a form of Sysmon's that the table does not have".to_owned());
        }
        self.compare(pattern, cased)
    }
}

/// A number as KQL writes it: decimal, or hexadecimal in rules.
fn number(text: &str) -> Option<String> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return i64::from_str_radix(digits, 16).ok().map(|number| number.to_string());
    }
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    (plain && text.parse::<f64>().is_ok_and(f64::is_finite)).then(|| text.to_owned())
}

/// Whether `text` is a separator of paths and a name.
fn is_file_name(text: &str) -> bool {
    let name = text.strip_prefix(['\\', '/']);
    name.is_some_and(|name| !name.is_empty() && !name.contains(['\\', '/']))
}

/// The comparison of the column of an algorithm with its hash.
fn hash(pattern: &Pattern) -> Result<Test, String> {
    let text = match pattern.pieces.as_slice() {
        [Piece::Text(text)] | [Piece::Any, Piece::Text(text), Piece::Any] => text,
        [Piece::Text(text), Piece::Any] | [Piece::Any, Piece::Text(text)] => text,
        _ => return Err("a hash is looked for as a whole".to_owned()),
    };
    let (algorithm, hash) = match text.split_once('=') {
        Some((algorithm, hash)) => (algorithm.to_ascii_uppercase(), hash),
        None => {
            let algorithm = match text.len() {
                32 => "MD5",
                40 => "SHA1",
                64 => "SHA256",
                _ => return Err(format!("`{text}` is no hash")),
            };
            (algorithm.to_owned(), text.as_str())
        }
    };
    let length = match algorithm.as_str() {
        "MD5" => 32,
        "SHA1" => 40,
        "SHA256" => 64,
        _ => return Err(format!("the table has no column for the hash {algorithm}")),
    };
    if hash.len() != length || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(format!("`{text}` is no hash"));
    }
    Ok(Test::In { left: algorithm, operator: "in~", values: vec![literal(&hash.to_ascii_lowercase())] })
}

/// The keys of the registry as Defender spells them: hives by their full names, and both the set of controls that is in
/// use and the first one, which it stands for.
fn registry_keys(pattern: &Pattern) -> Vec<Pattern> {
    let at = pattern.pieces.iter().position(|piece| matches!(piece, Piece::Text(_)));
    let hives: Vec<(&str, &str)> = pattern
        .pieces
        .iter()
        .find_map(|piece| match piece {
            Piece::Text(text) => {
                let known: Vec<_> = HIVES
                    .iter()
                    .filter(|(short, _)| {
                        text.get(..short.len()).is_some_and(|start| start.eq_ignore_ascii_case(short))
                    })
                    .copied()
                    .collect();
                Some(known)
            }
            _ => None,
        })
        .unwrap_or_default();
    let mut found = vec![pattern.clone()];
    if !hives.is_empty() {
        found = hives
            .iter()
            .map(|(short, long)| {
                pattern.map_texts(|index, text| {
                    if Some(index) == at {
                        format!("{long}{}", &text[short.len()..])
                    } else {
                        text.to_owned()
                    }
                })
            })
            .collect();
        let of_user =
            |pattern: &Pattern| match pattern.pieces.iter().position(|piece| matches!(piece, Piece::Text(_)))
            {
                Some(at) => {
                    let mut with_user = Pattern::default();
                    for (index, piece) in pattern.pieces.iter().enumerate() {
                        match piece {
                            Piece::Text(text) if index == at => {
                                let rest = text.strip_prefix(USER).unwrap_or(text);
                                with_user.push(Piece::Text(USER.to_owned()));
                                with_user.push(Piece::Any);
                                with_user.push(Piece::Text(format!("\\{rest}")));
                            }
                            other => with_user.push(other.clone()),
                        }
                    }
                    with_user
                }
                None => pattern.clone(),
            };
        // The hive of a user stands under the user's id.
        if hives.iter().any(|(short, _)| *short == "HKCU\\") {
            found = vec![found[0].clone(), of_user(&found[0])];
        }
    }
    let first_set: Vec<Pattern> = found
        .iter()
        .filter_map(|pattern| {
            let changed = pattern.map_texts(|_, text| with_first_set(text));
            (changed != *pattern).then_some(changed)
        })
        .collect();
    found.extend(first_set);
    found
}

/// The hives, as Sysmon shortens them and as Defender writes them.
const HIVES: [(&str, &str); 6] = [
    ("HKLM\\", "HKEY_LOCAL_MACHINE\\"),
    ("HKU\\", "HKEY_USERS\\"),
    ("HKU\\", USER),
    ("HKCU\\", USER),
    ("HKCR\\", "HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\"),
    ("HKCR\\", "HKEY_CLASSES_ROOT\\"),
];

const USER: &str = "HKEY_CURRENT_USER\\";

fn with_first_set(text: &str) -> String {
    const IN_USE: &str = "\\currentcontrolset\\";
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.to_ascii_lowercase().find(IN_USE) {
        out.push_str(&rest[..at]);
        out.push_str("\\ControlSet001\\");
        rest = &rest[at + IN_USE.len()..];
    }
    out.push_str(rest);
    out
}
