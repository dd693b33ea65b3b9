//! What is offered in place of what is wrong: another name, a conversion, how a function is called.

use super::binder::Binder;
use super::signature::{Param, Signature};
use super::types::Type;
use crate::catalog::ScalarType;
use crate::diag;
use crate::kql::syntax::nodes::PipeExpression;
use crate::kql::syntax::{Node, View};

/// How many names are offered at most.
const MAX_OFFERED: usize = 3;

/// Help that offers the name nearest to `written`.
pub(super) fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    if written.is_empty() {
        return None;
    }
    offer(diag::nearest(written, names))
}

/// Help that offers `name`.
pub(super) fn offer(name: Option<&str>) -> Option<String> {
    name.map(|name| format!("a similar name exists: `{name}`"))
}

/// Help that offers columns and variables in place of `written`: one that differs in case alone, else those that end with
/// it, else the nearest.
pub(super) fn similar<'n>(written: &str, names: impl Iterator<Item = &'n str> + Clone) -> Option<String> {
    if names.clone().any(|name| name.eq_ignore_ascii_case(written)) {
        return nearest(written, names);
    }
    let mut longer: Vec<&str> = names.clone().filter(|name| ends_with_words(name, written)).collect();
    longer.sort_unstable_by_key(|name| (name.len(), *name));
    longer.dedup();
    longer.truncate(MAX_OFFERED);
    let offered: Vec<String> = longer.iter().map(|name| format!("`{name}`")).collect();
    match offered.as_slice() {
        [] => nearest(written, names),
        [only] => Some(format!("a column here ends with this name: {only}")),
        several => Some(format!("columns here end with this name: {}", several.join(", "))),
    }
}

/// Whether `name` ends with `words` where a word begins: `InitiatingProcessAccountUpn` with `AccountUpn`.
fn ends_with_words(name: &str, words: &str) -> bool {
    let Some(at) = name.len().checked_sub(words.len()).filter(|at| *at > 0 && !words.is_empty()) else {
        return false;
    };
    let (Some(before), Some(end)) = (name.get(..at), name.get(at..)) else { return false };
    if !end.eq_ignore_ascii_case(words) {
        return false;
    }
    let begins_word = end.starts_with(|first: char| first.is_uppercase());
    before.ends_with(['_', '-', '.']) || (begins_word && !before.ends_with(|last: char| last.is_uppercase()))
}

/// A message with its help.
pub(super) type Told = (String, Option<String>);

/// That something of type `found` stands where `expected` should, and how the one becomes the other.
pub(super) fn other_type(expected: &str, found: Type<'_>) -> Told {
    if found.is_error() {
        return (format!("{expected} is expected here"), None);
    }
    let message = format!("{expected} is expected here, and this is {}", found.describe());
    let to = match expected {
        "a number" | "a real number" => Some(ScalarType::Real),
        "an integer" => Some(ScalarType::Long),
        _ => expected.split(' ').next().map(|word| word.trim_matches('`')).and_then(ScalarType::from_name),
    };
    (message, to.and_then(|to| conversion(to, found)))
}

/// How a value of type `found` becomes one of type `to`.
fn conversion(to: ScalarType, found: Type<'_>) -> Option<String> {
    if let Type::Table(_) = found {
        return Some("one value of a table is taken by `toscalar(…)`".to_owned());
    }
    let number = found.is_numeric();
    let known = matches!(found, Type::Scalar(_)) || found.is_dynamic();
    match to {
        _ if !known => None,
        ScalarType::Bool => Some("compare it, as in `… == …`".to_owned()),
        ScalarType::TimeSpan if number => Some("give it a unit: `1d`, `12h`, `30m`".to_owned()),
        ScalarType::Dynamic if found.same(Type::STRING) => {
            Some("text that holds JSON is read by `parse_json(…)`".to_owned())
        }
        ScalarType::Dynamic => None,
        _ => Some(format!("convert it: `{}(…)`", converter(to))),
    }
}

/// The function that converts to a type.
fn converter(to: ScalarType) -> String {
    format!("to{}", to.name())
}

/// That the operator written `operator` takes no operands of these types, and what to do.
pub(super) fn other_operands(operator: &str, operands: &[Type<'_>]) -> Told {
    let described: Vec<&str> = operands.iter().map(|ty| ty.describe()).collect();
    let message = format!("`{operator}` does not take {}", described.join(" and "));
    let joins = operator.eq_ignore_ascii_case("and") || operator.eq_ignore_ascii_case("or");
    let help = match *operands {
        _ if operands.iter().any(|ty| matches!(ty, Type::Table(_))) => Some(
            "one value of a table is taken by `toscalar(…)`, and `in (…)` searches its first column"
                .to_owned(),
        ),
        _ if joins => {
            Some(format!("`{operator}` stands between conditions, as in `a == 1 {operator} b == 2`"))
        }
        [Type::Scalar(ScalarType::DateTime), Type::Scalar(ScalarType::TimeSpan)] => {
            Some("a point in time is `ago(1d)` or `now() - 1d`".to_owned())
        }
        [Type::Scalar(left), Type::Scalar(right)] if left == right => None,
        [Type::Scalar(ScalarType::String), Type::Scalar(_)] => {
            Some("convert the right side: `tostring(…)`".to_owned())
        }
        [Type::Scalar(_), Type::Scalar(ScalarType::String)]
            if operator.starts_with(|first: char| first.is_alphabetic()) =>
        {
            Some("convert the left side: `tostring(…)`".to_owned())
        }
        [Type::Scalar(left), right @ Type::Scalar(_)] => {
            conversion(left, right).map(|help| format!("on the right side, {help}"))
        }
        _ => None,
    };
    (message, help)
}

/// How many arguments are wanted and given, and how the function is called.
pub(super) fn other_count(signature: Signature<'_>, wanted: &str, given: usize) -> Told {
    let arguments = if wanted == "1" { "argument" } else { "arguments" };
    let are = if given == 1 { "is" } else { "are" };
    let message = format!("`{}` takes {wanted} {arguments}, and {given} {are} given", signature.name());
    (message, Some(format!("it is called as {}", usage(signature))))
}

/// From `min` to `max` in words.
pub(super) fn span(min: usize, max: usize) -> String {
    match max.checked_sub(min) {
        Some(0) => min.to_string(),
        Some(1) => format!("{min} or {max}"),
        _ => format!("{min} to {max}"),
    }
}

/// A call with the names of its parameters: `` `make_set(value, [maxSize])` ``.
pub(super) fn usage(signature: Signature<'_>) -> String {
    let parameters: Vec<Param<'_>> =
        (0..signature.parameter_count()).filter_map(|index| signature.parameter(index)).collect();
    let repeats = |parameter: &Param<'_>| matches!(parameter, Param::Builtin(known) if known.is_repeatable());
    let mut written: Vec<String> = Vec::with_capacity(parameters.len());
    for (index, parameter) in parameters.iter().enumerate() {
        let (name, optional) = match parameter {
            Param::Builtin(known) => (known.name, known.is_optional()),
            Param::User(known) => (known.name, known.optional),
            Param::Unknown => continue,
        };
        written.push(if optional { format!("[{name}]") } else { name.to_owned() });
        // Parameters that repeat together stand side by side.
        if repeats(parameter) && !parameters.get(index + 1).is_some_and(repeats) {
            written.push("…".to_owned());
        }
    }
    format!("`{}({})`", signature.name(), written.join(", "))
}

impl<'a> Binder<'a> {
    /// Help that names the operator before `location` that does not keep the column `name`.
    pub(super) fn lost_column(&self, name: &str, location: Node<'a>) -> Option<String> {
        self.row_scope?;
        let has = |node: Node<'a>| self.table_of(node).is_some_and(|table| table.column(name).is_some());
        let mut node = location;
        let mut pipe = loop {
            let parent = node.parent()?;
            match PipeExpression::cast(parent) {
                Some(pipe) if pipe.operator() == node => break PipeExpression::cast(pipe.expression())?,
                _ => node = parent,
            }
        };
        while !has(pipe.expression()) {
            pipe = PipeExpression::cast(pipe.expression())?;
        }
        let operator = pipe.operator().descendant_tokens().next()?;
        Some(format!("`{name}` is a column before `{}`, which does not keep it", operator.text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_columns_that_end_with_the_name_before_similar_ones() {
        let names = ["AccountUpns", "InitiatingProcessAccountUpn", "Url", "RemoteUrl", "x_url"];
        let offer = |written| similar(written, names.into_iter()).unwrap_or_default();
        assert_eq!(offer("AccountUpn"), "a column here ends with this name: `InitiatingProcessAccountUpn`");
        assert_eq!(offer("url"), "a similar name exists: `Url`");
        assert_eq!(offer("AccountUpnss"), "a similar name exists: `AccountUpns`");
        assert_eq!(offer("teUrlUrl"), "");
        assert!(ends_with_words("x_url", "url") && !ends_with_words("RemoteUrl", "moteUrl"));
        assert!(!ends_with_words("HTTPURL", "URL"));
        let longer = ["LongUrl", "RemoteUrl", "AUrl", "SomeUrl", "b_url"];
        assert_eq!(
            similar("Url", longer.into_iter()).unwrap_or_default(),
            "columns here end with this name: `b_url`, `LongUrl`, `SomeUrl`"
        );
    }

    /// The findings of `query` with their help.
    fn told(query: &str) -> Vec<String> {
        let (tree, _) = crate::kql::syntax::parse(query);
        let arena = crate::kql::bind::Arena::new();
        let catalog = crate::catalog::kql::KqlCatalog::only(Default::default());
        let bound = crate::kql::bind::bind(&tree, &catalog, &arena);
        let tell = |finding: &diag::Diagnostic| format!("{}; {}", finding.message, finding.help.join("; "));
        bound.diagnostics().iter().map(tell).collect()
    }

    #[test]
    fn says_how_it_is_written() {
        for (query, wanted) in [
            (
                "print iff(true, 1)",
                "`iff` takes 3 arguments, and 2 are given; it is called as `iff(if, then, else)`",
            ),
            ("print ago()", "`ago` takes 1 argument, and 0 are given; it is called as `ago(timespan)`"),
            (
                "print case(true)",
                "`case` takes 3 or more arguments, and 1 is given; it is called as `case(predicate, then, …, else)`",
            ),
            (
                "print ago(5)",
                "timespan is expected here, and this is long; give it a unit: `1d`, `12h`, `30m`",
            ),
            (
                "print x = 'a' | where x",
                "bool is expected here, and this is string; compare it, as in `… == …`",
            ),
            (
                "print x = now() | where x > 1h",
                "`>` does not take datetime and timespan; a point in time is `ago(1d)` or `now() - 1d`",
            ),
            (
                "print 'a' and true",
                "`and` does not take string and bool; `and` stands between conditions, as in `a == 1 and b == 2`",
            ),
            ("print 'a' * 'b'", "`*` does not take string and string; "),
            (
                "print x = '{}' | extend x['a']",
                "`[…]` takes a part of a dynamic value, and this is string; text that holds JSON is read by `parse_json(…)[…]`",
            ),
        ] {
            assert_eq!(told(query), [wanted], "{query}");
        }
    }

    #[test]
    fn names_the_operator_that_lost_a_column() {
        assert_eq!(
            told("print a = 1, b = 2 | summarize count() by a | where a > 1 | project b"),
            [
                "there is no column or variable `b` here; `b` is a column before `summarize`, which does not keep it"
            ]
        );
        // No column of the outer rows reaches a query of its own.
        for query in
            ["print b = 1 | summarize count() | extend c = toscalar(print b)", "print aa = 1 | project b"]
        {
            assert_eq!(told(query), ["there is no column or variable `b` here; "], "{query}");
        }
    }
}
