//! Which parameter each argument is for, where only code can tell ([`Layout::Custom`](crate::catalog::kql::Layout)).

use crate::catalog::kql::{Parameter, Signature};

/// What the assignment of arguments may ask about one.
#[derive(Debug, Clone, Copy)]
pub(in crate::kql::bind) struct Shape<'a> {
    /// The name, where it is `name = expression`.
    pub(in crate::kql::bind) assigned: Option<&'a str>,
    /// Whether it is a `bool`, by its type or as a literal.
    pub(in crate::kql::bind) is_bool: bool,
    /// Whether it is a literal `true` or `false`.
    pub(in crate::kql::bind) is_bool_literal: bool,
    /// Whether it is constant.
    pub(in crate::kql::bind) is_constant: bool,
    /// Whether it names a column.
    pub(in crate::kql::bind) is_column: bool,
    /// Whether it is a table.
    pub(in crate::kql::bind) is_table: bool,
}

/// The parameter of each argument of a call of `function`.
pub(in crate::kql::bind) fn parameters_of_arguments(
    function: &str,
    signature: &Signature,
    arguments: &[Shape<'_>],
) -> Vec<Option<&'static Parameter>> {
    let names: Vec<&str> = match function {
        "array_sort_asc" | "array_sort_desc" => {
            with_last(arguments, "arrays", |last| last.is_bool.then_some("nulls_last"))
        }
        "ipv4_lookup" => {
            let mut names = with_last(arguments, "ExtraKey", |last| {
                is_return_unmatched(last).then_some("return_unmatched")
            });
            lead(&mut names, &["LookupTable", "SourceIPv4Key", "IPv4LookupKey"]);
            names
        }
        "ipv6_lookup" => vec!["LookupTable", "SourceIPv6Key", "IPv6LookupKey", "return_unmatched"],
        "geo_polygon_lookup" => {
            let lead = ["LookupTable", "LookupPolygonKey", "SourceLongitude", "SourceLatitude"];
            named(
                &lead,
                &["radius", "return_unmatched", "lookup_area_radius", "return_lookup_key"],
                arguments,
            )
        }
        "geo_line_lookup" => {
            let lead = ["LookupTable", "LookupLineKey", "SourceLongitude", "SourceLatitude", "radius"];
            named(&lead, &["return_unmatched", "lookup_area_radius", "return_lookup_key"], arguments)
        }
        "new_activity_metrics" => new_activity_metrics(arguments),
        "sequence_detect" => sequence_detect(arguments),
        _ => Vec::new(),
    };
    let parameter = |at: usize| {
        let name = names.get(at)?;
        signature.parameters.iter().find(|parameter| parameter.name == *name)
    };
    (0..arguments.len()).map(parameter).collect()
}

fn is_return_unmatched(argument: &Shape<'_>) -> bool {
    argument.is_bool_literal || argument.assigned == Some("return_unmatched")
}

/// `each` for every argument, but what `last` says for the last.
fn with_last(
    arguments: &[Shape<'_>],
    each: &'static str,
    last: impl Fn(&Shape<'_>) -> Option<&'static str>,
) -> Vec<&'static str> {
    let mut names = vec![each; arguments.len()];
    if let (Some(name), Some(special)) = (names.last_mut(), arguments.last().and_then(last)) {
        *name = special;
    }
    names
}

/// Puts these names first, whatever stood there.
fn lead(names: &mut Vec<&'static str>, first: &[&'static str]) {
    let rest = names.split_off(names.len().min(first.len()));
    names.clear();
    names.extend(first);
    names.extend(rest);
}

/// These parameters first; what follows is named, or in this order.
fn named(first: &[&'static str], following: &[&'static str], arguments: &[Shape<'_>]) -> Vec<&'static str> {
    let mut names = first.to_vec();
    for (at, argument) in arguments.iter().enumerate().skip(first.len()) {
        let name = match argument.assigned {
            Some(assigned) => following.iter().find(|name| name.eq_ignore_ascii_case(assigned)),
            None => following.get(at - first.len()),
        };
        // An argument that fits none is passed over, and the next takes its place, as the reference has it.
        names.extend(name);
    }
    names
}

fn new_activity_metrics(arguments: &[Shape<'_>]) -> Vec<&'static str> {
    let mut names = vec!["IdColumn", "TimelineColumn", "Start", "End", "Window"];
    if arguments.get(5).is_some_and(|argument| argument.is_constant || !argument.is_column) {
        names.push("Cohort");
    }
    let rest = arguments.iter().skip(names.len());
    names.extend(rest.take_while(|argument| !argument.is_table).map(|_| "Dimension"));
    if names.len() < arguments.len() {
        names.push("lookback");
    }
    names
}

fn sequence_detect(arguments: &[Shape<'_>]) -> Vec<&'static str> {
    let mut names = vec!["TimelineColumn", "MaxSeqeunceStepWindow", "MaxSequenceSpan", "Expr"];
    let rest = arguments.iter().skip(names.len());
    names.extend(rest.clone().take_while(|argument| argument.is_bool).map(|_| "Expr"));
    names.resize(names.len().max(arguments.len()), "Dimension");
    names
}
