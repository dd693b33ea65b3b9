//! Client directives: `#connect` and `#database` say where the names of the query are looked up.

use super::binder::Binder;
use super::literals::string_value;
use super::symbols::{Cluster, Database};
use crate::diag::Severity;
use crate::kql::codes::{self, KqlCode};
use crate::kql::syntax::nodes::Directive;
use crate::text::TextRange;

/// The client directives of the reference.
const DIRECTIVES: &[&str] = &[
    "automate",
    "browse",
    "connect",
    "crp",
    "database",
    "download",
    "qp",
    "query",
    "run",
    "save",
    "sqr",
    "truesight",
    "upload",
    "welcome",
];

/// The cluster and the database that a directive names.
#[derive(Debug, PartialEq, Eq)]
struct Target<'a> {
    cluster: Option<&'a str>,
    database: Option<&'a str>,
}

impl<'a> Binder<'a> {
    pub(super) fn directive(&mut self, node: Directive<'a>) {
        let token = node.token();
        let text = token.text().strip_prefix('#').unwrap_or_default();
        let end = text.find(|c: char| !is_of_name(c)).unwrap_or(text.len());
        let (name, arguments) = text.split_at(end);
        match name {
            "connect" => {
                let target = match arguments_of(arguments).first() {
                    Some(argument) => self.connection(argument),
                    None => None,
                };
                self.go_to(target, token.range());
            }
            "database" => self.go_to(database_target(&arguments_of(arguments)), token.range()),
            _ if DIRECTIVES.contains(&name) => {}
            _ => {
                let start = token.range().start + 1;
                let range = TextRange::new(start, start + crate::text::to_u32(end));
                self.report(codes::UNKNOWN_DIRECTIVE, range, || {
                    format!("there is no directive `#{name}`; a comment is written `// …`")
                });
            }
        }
    }

    /// Looks names up at `target` from here on.
    fn go_to(&mut self, target: Option<Target<'a>>, range: TextRange) {
        let Some(target) = target else { return };
        if let Some(name) = target.cluster {
            let (host, _) = host_and_path(name);
            self.cluster = if host.eq_ignore_ascii_case(self.home.name) {
                self.home
            } else {
                // A query that goes to an unknown cluster cannot run at all, unlike one that names it in passing.
                let code = KqlCode { severity: Severity::Error, ..codes::UNKNOWN_CLUSTER };
                self.report(code, range, || format!("there is no known cluster `{name}`"));
                Cluster::new(self.arena, "", false, true)
            };
        }
        if let Some(name) = target.database {
            // Unlike `database()`, a directive must write the name just as it is.
            self.database = if self.cluster.current && name == self.workspace.name {
                self.workspace
            } else {
                self.report(codes::UNKNOWN_DATABASE, range, || format!("there is no database `{name}`"));
                Database::new(self.arena, "", false, true)
            };
        }
    }

    /// What `#connect` goes to: `cluster('…').database('…')`, an address, or a connection string.
    fn connection(&self, argument: &Argument<'a>) -> Option<Target<'a>> {
        if argument.text.starts_with('@') {
            return None;
        }
        if argument.text.starts_with("cluster") {
            let (cluster, rest) = self.string_behind(argument.text, "cluster(")?;
            let (host, path) = host_and_path(cluster);
            let database = self.string_behind(rest, "database(").map(|(name, _)| name);
            return Some(Target { cluster: Some(host), database: database.or(path) });
        }
        let (host, path) = host_and_path(data_source(argument.value));
        Some(Target { cluster: Some(host), database: path })
    }

    /// The string that follows `prefix` somewhere in `text`, and what follows the string.
    fn string_behind(&self, text: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
        let (_, rest) = text.split_once(prefix)?;
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
        let mut escaped = false;
        let end = rest[1..].find(|letter| {
            let ends = letter == quote && !escaped;
            escaped = letter == '\\' && !escaped;
            ends
        })?;
        let (literal, rest) = rest.split_at(end + 2);
        Some((string_value(self.arena, literal), rest))
    }
}

/// What `#database` goes to: a cluster and a database, or both in one address, or a database of the cluster.
fn database_target<'a>(arguments: &[Argument<'a>]) -> Option<Target<'a>> {
    match arguments {
        [] => None,
        [only] => Some(match host_and_path(only.value) {
            (database, None) => Target { cluster: None, database: Some(database) },
            (cluster, database) => Target { cluster: Some(cluster), database },
        }),
        [cluster, database, ..] => {
            Some(Target { cluster: Some(cluster.value), database: Some(database.value) })
        }
    }
}

/// An argument of a directive.
#[derive(Debug, PartialEq, Eq)]
struct Argument<'a> {
    /// As it is written, without its name.
    text: &'a str,
    /// Its value; empty for a number, which names nothing.
    value: &'a str,
}

/// The arguments of a directive, set apart by spaces, commas and semicolons; each may have a name before `=`.
fn arguments_of(line: &str) -> Vec<Argument<'_>> {
    let separator = |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';');
    let mut arguments = Vec::new();
    let mut rest = line.trim_start_matches(separator);
    while !rest.is_empty() {
        let named = without_argument_name(rest);
        let has_name = named.is_some();
        rest = named.unwrap_or(rest).trim_start();
        let (text, value, behind) = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                // Strings of directives know no escapes.
                let length = rest[1..].find(quote);
                let value = &rest[1..length.map_or(rest.len(), |length| length + 1)];
                let (text, behind) = rest.split_at(length.map_or(rest.len(), |length| length + 2));
                (text, value, behind)
            }
            _ => {
                let (text, behind) = rest.split_at(rest.find(separator).unwrap_or(rest.len()));
                (text, if is_number(text) { "" } else { text }, behind)
            }
        };
        if has_name || !text.is_empty() {
            arguments.push(Argument { text, value });
        }
        rest = behind.trim_start_matches(separator);
    }
    arguments
}

/// What follows `name =`, where `text` starts with that.
fn without_argument_name(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(is_of_name);
    let name = &text[..text.len() - rest.len()];
    let is_name = name.contains(|letter: char| !letter.is_ascii_digit());
    rest.trim_start().strip_prefix('=').filter(|_| is_name)
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Whether `text` is a whole or real number as KQL writes them.
fn is_number(text: &str) -> bool {
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    if let Some(digits) = hexadecimal {
        return !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    }
    text.starts_with(|digit: char| digit.is_ascii_digit()) && text.parse::<f64>().is_ok()
}

/// The host and the path of an address; a plain name is a host.
pub(super) fn host_and_path(address: &str) -> (&str, Option<&str>) {
    let rest = match address.find("://") {
        Some(at) if at > 0 => &address[at + 3..],
        _ => address,
    };
    let is_of_host = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '.' | '_');
    let (host, rest) = rest.split_at(rest.find(|letter| !is_of_host(letter)).unwrap_or(rest.len()));
    let rest = rest.strip_prefix(':').map_or(rest, |rest| rest.trim_start_matches(char::is_numeric));
    let path = rest.strip_prefix('/').and_then(|rest| rest.split('?').next());
    (host, path.filter(|path| !path.is_empty()))
}

/// The data source of a connection string: `Data Source=…;…`, or an address without a name.
fn data_source(text: &str) -> &str {
    let mut source = "";
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(['=', ';']).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        let Some(value) = behind.strip_prefix('=') else {
            source = name.trim();
            rest = behind.strip_prefix(';').unwrap_or_default();
            continue;
        };
        let value = value.trim_start();
        let (value, behind) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let value = &value[1..];
                value.split_once(quote).unwrap_or((value, ""))
            }
            _ => {
                let (value, behind) = value.split_at(value.find(';').unwrap_or(value.len()));
                (value.trim(), behind)
            }
        };
        if name.eq_ignore_ascii_case("data source") {
            source = value;
        }
        rest = behind.trim_start().strip_prefix(';').unwrap_or_default();
    }
    source
}
