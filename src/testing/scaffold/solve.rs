//! Values of columns for which conditions hold, or just do not.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::flat::{Expr, Flat, Kind};
use super::regex;
use crate::catalog::ScalarType;
use crate::exec::INGESTED;
use crate::exec::value::{DateTime, Dynamic, TICKS_PER_SECOND, TimeSpan, Value, coerce};
use crate::testing::data::TIME;
use crate::text::TextRange;

/// The most rows that a threshold may ask for.
const MAX_COPIES: i64 = 500;

/// How far from a limit times are put.
const MARGIN: TimeSpan = TimeSpan(30 * TICKS_PER_SECOND);

/// Rows under way: one a source, by its number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    /// The values of the row of each source.
    pub rows: Vec<BTreeMap<Arc<str>, Value>>,
    /// How often the row of the first source is there.
    pub copies: usize,
    /// Conditions of which it is not known how they are met.
    pub open: Vec<TextRange>,
}

/// Which of the ways to meet conditions is meant.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Aim {
    /// The branch of an `or` that is to hold, by the place of the `or`.
    pub branch: Option<(TextRange, usize)>,
    /// The condition that is just not to hold.
    pub denied: Option<TextRange>,
    /// Where the conditions stand of which none is to hold.
    pub excluded: Option<TextRange>,
}

/// Meets the conditions of one way through a query.
pub(super) struct Solver<'f> {
    pub flat: &'f Flat,
    pub now: DateTime,
    pub aim: Aim,
}

impl Solver<'_> {
    /// Rows for which the conditions hold, but for the one that is denied.
    pub(super) fn solve(&self) -> State {
        let rows = vec![BTreeMap::new(); self.flat.sources.len()];
        let mut state = State { rows, copies: 1, open: Vec::new() };
        // What must be something comes before what must not be something: that holds of most values.
        let (mut first, mut last) = (Vec::new(), Vec::new());
        for condition in &self.flat.conditions {
            if is_negative(condition) { last.push(condition) } else { first.push(condition) }
        }
        for condition in first.into_iter().chain(last) {
            let is_excluded =
                self.aim.excluded.is_some_and(|excluded| excluded.contains_range(condition.range));
            self.meet(condition, !is_excluded, &mut state);
        }
        for key in &self.flat.keys {
            self.fill(key, &mut state);
        }
        state
    }

    /// Gives a column that has no value one that is like it.
    pub(super) fn fill(&self, expr: &Expr, state: &mut State) {
        if let Kind::Column(at, name, ty) = &expr.kind
            && *ty == ScalarType::String
            && let Some(row) = state.rows.get_mut(*at)
        {
            row.entry(Arc::clone(name)).or_insert_with(|| Value::string(sample(name)));
        }
    }

    fn meet(&self, expr: &Expr, truth: bool, state: &mut State) {
        let contains = |part: &Expr| self.aim.denied.is_some_and(|denied| part.holds(denied));
        match &expr.kind {
            Kind::And(parts) if truth => parts.iter().for_each(|part| self.meet(part, true, state)),
            Kind::And(parts) => {
                if let Some(part) = parts.first() {
                    self.meet(part, false, state);
                }
            }
            Kind::Or(parts) if truth && !parts.iter().any(contains) => {
                let chosen =
                    self.aim.branch.filter(|(range, _)| *range == expr.range).map_or(0, |(_, at)| at);
                if let Some(part) = parts.get(chosen) {
                    self.meet(part, true, state);
                }
            }
            // That the denied one decides, no other branch may hold.
            Kind::Or(parts) => parts.iter().for_each(|part| self.meet(part, truth && contains(part), state)),
            Kind::Call("not", arguments) => {
                if let Some(inner) = arguments.first() {
                    self.meet(inner, !truth, state);
                }
            }
            _ => {
                let near = self.aim.denied == Some(expr.range);
                if self.meet_one(expr, truth != near, near, state).is_none() {
                    state.open.push(expr.range);
                }
            }
        }
    }

    /// Meets a condition that is no combination of others, or just misses it where it is `near`; nothing where it is not known
    /// how.
    fn meet_one(&self, expr: &Expr, truth: bool, near: bool, state: &mut State) -> Option<()> {
        let (operator, operands): (&str, Vec<&Expr>) = match &expr.kind {
            Kind::Column(..) => return self.assign(expr, Value::Bool(truth), state),
            Kind::In { value, items, negated } => {
                let operator = if *negated { "!in" } else { "in" };
                (operator, std::iter::once(&**value).chain(items).collect())
            }
            Kind::Call(name, arguments) => (name, arguments.iter().collect()),
            _ => return None,
        };
        let (target, rest) = operands.split_first()?;
        let first = rest.first().copied();
        // `5 < x` is `x > 5`.
        if self.known(target).is_some() && rest.len() == 1 {
            let turned = match operator {
                "<" => ">",
                ">" => "<",
                "<=" => ">=",
                ">=" => "<=",
                other => other,
            };
            return self.meet_operator(turned, first?, &[target], (truth, near), state);
        }
        self.meet_operator(operator, target, rest, (truth, near), state)
    }

    fn meet_operator(
        &self,
        operator: &str,
        target: &Expr,
        rest: &[&Expr],
        (truth, near): (bool, bool),
        state: &mut State,
    ) -> Option<()> {
        let negated = operator.starts_with('!') || matches!(operator, "isempty" | "isnull");
        let name = match operator {
            "!~" => "=~",
            "!=" | "<>" => "==",
            "isempty" | "isnotempty" | "isnull" | "isnotnull" => "isnotempty",
            other => other.trim_start_matches('!'),
        };
        let name = name.trim_end_matches("_cs").trim_end_matches('~');
        let truth = truth != negated;
        let constants: Vec<Value> = rest.iter().filter_map(|it| self.known(it)).flat_map(items).collect();
        // Equal columns of two sources: what one has the other gets.
        if matches!(name, "==" | "=" | "in" | "has_any" | "has") && constants.is_empty() {
            let other = rest.first()?;
            return match truth {
                true => self.unify(target, other, state),
                false if near => self.assign(target, Value::string("none-of-them"), state),
                false => Some(()),
            };
        }
        let constant = || constants.first().cloned();
        let text = || constants.first().map(|value| value.to_text().into_owned());
        match (name, truth) {
            ("==" | "=" | "in", true) => self.assign(target, constant()?, state),
            ("set_has_element", true) => self.assign(target, constant()?, state),
            ("ipv4_is_in_range" | "ipv4_is_in_any_range", true) => {
                self.assign(target, Value::string(address_in(&text()?)?), state)
            }
            ("startswith", true) => self.append(target, &text()?, Side::Start, state),
            ("endswith", true) => self.append(target, &text()?, Side::End, state),
            ("has" | "contains" | "hasprefix" | "hassuffix" | "has_any", true) => {
                self.append(target, &text()?, Side::Any, state)
            }
            ("has_all", true) => {
                let all: Vec<String> = constants.iter().map(|value| value.to_text().into_owned()).collect();
                self.append(target, &all.join(" "), Side::Any, state)
            }
            ("matches regex", true) => self.append(target, &regex::example(&text()?)?, Side::Any, state),
            ("isnotempty", true) => {
                if self.value(target, state).is_none() {
                    self.assign(target, Value::string(sample(self.name(target)?)), state)?;
                }
                Some(())
            }
            ("isnotempty", false) => self.clear(target, state),
            ("<" | "<=" | ">" | ">=", true) => self.compare(name, target, constant()?, truth, state),
            ("between", true) => self.assign(target, constant()?, state),
            ("<" | "<=" | ">" | ">=", false) => self.compare(name, target, constant()?, false, state),
            ("between", false) => self.compare("<", target, constant()?, true, state),
            // What is not to hold does not where the column is empty, or holds something else.
            (_, false) if !near => Some(()),
            ("==" | "=" | "in", false) => self.assign(target, other(&constant()?), state),
            ("has" | "has_any" | "has_all" | "endswith" | "hassuffix", false) => {
                self.assign(target, Value::string(longer(&text()?)), state)
            }
            ("startswith" | "hasprefix", false) => {
                self.assign(target, Value::string(format!("x{}", text()?)), state)
            }
            ("contains", false) => {
                let mut short = text()?;
                short.pop();
                self.assign(target, Value::string(short), state)
            }
            ("matches regex", false) => Some(()),
            _ => None,
        }
    }

    fn compare(&self, name: &str, target: &Expr, limit: Value, truth: bool, state: &mut State) -> Option<()> {
        let name = match (name, truth) {
            (name, true) => name,
            ("<", false) => ">=",
            ("<=", false) => ">",
            (">", false) => "<=",
            (_, false) => "<",
        };
        let step = match name {
            ">" => 1,
            "<" => -1,
            _ => 0,
        };
        let value = match limit {
            Value::Long(number) => Value::Long(number.checked_add(step)?),
            Value::Int(number) => Value::Long(i64::from(number) + step),
            #[expect(clippy::cast_precision_loss, reason = "one up or down, or none")]
            Value::Real(number) => Value::Real(number + step as f64),
            Value::DateTime(limit) => {
                let later = name.starts_with('>');
                let is_event = matches!(&self.inner(target).kind, Kind::Column(_, column, _) if **column == *TIME || **column == *INGESTED);
                // Rows are of the moment before the run unless they say otherwise.
                if later
                    && is_event
                    && self.now.since(limit) > TimeSpan(MARGIN.0 * 2)
                    && self.value(target, state).is_none()
                {
                    return Some(());
                }
                // Away from the limit, so that nothing hangs on a tick.
                let margin = if later { MARGIN } else { TimeSpan(-MARGIN.0) };
                Value::DateTime(limit.plus(margin)?)
            }
            Value::TimeSpan(span) => Value::TimeSpan(TimeSpan(span.0 + step * TICKS_PER_SECOND)),
            _ => return None,
        };
        self.assign(target, value, state)
    }

    /// The value of an expression that no row decides.
    fn known(&self, expr: &Expr) -> Option<Value> {
        match &expr.kind {
            Kind::Constant(value) => Some(value.clone()),
            Kind::Call("now", arguments) if arguments.is_empty() => Some(Value::DateTime(self.now)),
            Kind::Call("ago", arguments) => match self.known(arguments.first()?)? {
                Value::TimeSpan(span) => self.now.plus(TimeSpan(-span.0)).map(Value::DateTime),
                _ => None,
            },
            Kind::Call("tolower", arguments) => {
                Some(Value::string(self.known(arguments.first()?)?.to_text().to_lowercase()))
            }
            Kind::Call("todynamic" | "tostring" | "parse_json" | "dynamic", arguments) => {
                self.known(arguments.first()?)
            }
            _ => None,
        }
    }

    /// The column that an expression is, as far as its value can be given by that of the column.
    fn inner<'e>(&self, expr: &'e Expr) -> &'e Expr {
        match &expr.kind {
            Kind::Call(
                "tolower" | "toupper" | "tostring" | "toint" | "tolong" | "todouble" | "toreal"
                | "todatetime" | "tobool" | "coalesce" | "min" | "max" | "take_any" | "any" | "arg_max"
                | "arg_min" | "make_set" | "make_list" | "tohex" | "trim_end" | "trim_start" | "minif"
                | "maxif",
                arguments,
            ) => arguments.first().map_or(expr, |first| self.inner(first)),
            Kind::Call("trim", arguments) => arguments.get(1).map_or(expr, |inner| self.inner(inner)),
            _ => expr,
        }
    }

    fn name<'e>(&self, expr: &'e Expr) -> Option<&'e str> {
        match &self.inner(expr).kind {
            Kind::Column(_, name, _) => Some(name),
            Kind::Call("[]", arguments) => match &arguments.get(1)?.kind {
                Kind::Constant(value) => value.as_str(),
                _ => None,
            },
            _ => None,
        }
    }

    fn value(&self, expr: &Expr, state: &State) -> Option<Value> {
        match &self.inner(expr).kind {
            Kind::Column(at, name, _) => state.rows.get(*at)?.get(name).cloned(),
            _ => None,
        }
    }

    fn clear(&self, expr: &Expr, state: &mut State) -> Option<()> {
        match &self.inner(expr).kind {
            Kind::Column(at, name, ty) => {
                state.rows.get_mut(*at)?.insert(Arc::clone(name), Value::missing(*ty));
                Some(())
            }
            _ => None,
        }
    }

    /// Gives a column a value; nothing where it has another one.
    fn assign(&self, expr: &Expr, value: Value, state: &mut State) -> Option<()> {
        let target = self.inner(expr);
        match &target.kind {
            Kind::Column(at, name, ty) => {
                let value = coerce(&value, *ty);
                let row = state.rows.get_mut(*at)?;
                match row.get(name) {
                    // Where a condition is not to hold, another value than the first that meets the others may do.
                    Some(known)
                        if *known != value && self.aim.denied.is_none() && self.aim.excluded.is_none() =>
                    {
                        None
                    }
                    _ => {
                        row.insert(Arc::clone(name), value);
                        Some(())
                    }
                }
            }
            Kind::Call("count", arguments) if arguments.is_empty() => {
                let copies = value.as_i64().filter(|number| (0..=MAX_COPIES).contains(number))?;
                state.copies = usize::try_from(copies).ok()?;
                Some(())
            }
            Kind::Call("[]", arguments) => {
                let [container, Expr { kind: Kind::Constant(key), .. }] = &arguments[..] else { return None };
                self.assign_within(container, vec![key.clone()], value, state)
            }
            // There is one row of a source, so that what is gathered of a column has one element.
            Kind::Call("array_length", arguments) => match &arguments.first()?.kind {
                Kind::Call("make_set" | "make_list", _) => (value.as_i64() == Some(1)).then_some(()),
                _ => None,
            },
            Kind::Constant(known) => (*known == value).then_some(()),
            _ => None,
        }
    }

    /// Gives a property, or the first element, of a dynamic column a value.
    fn assign_within(
        &self,
        expr: &Expr,
        mut path: Vec<Value>,
        value: Value,
        state: &mut State,
    ) -> Option<()> {
        let (target, is_text) = match &expr.kind {
            Kind::Call("parse_json" | "todynamic" | "toobject", arguments) => (arguments.first()?, true),
            _ => (expr, false),
        };
        match &target.kind {
            Kind::Call("[]", arguments) => {
                let [container, Expr { kind: Kind::Constant(key), .. }] = &arguments[..] else { return None };
                path.insert(0, key.clone());
                self.assign_within(container, path, value, state)
            }
            Kind::Column(at, name, ty) => {
                let row = state.rows.get_mut(*at)?;
                let held = match row.get(name) {
                    Some(Value::Dynamic(held)) => Dynamic::clone(held),
                    Some(Value::String(text)) => Dynamic::from_json(text).unwrap_or(Dynamic::Null),
                    _ => Dynamic::Null,
                };
                let held = with(held, &path, value.to_dynamic())?;
                let value = match is_text || *ty == ScalarType::String {
                    true => Value::string(held.to_json()),
                    false => Value::dynamic(held),
                };
                row.insert(Arc::clone(name), coerce(&value, *ty));
                Some(())
            }
            _ => None,
        }
    }

    /// Makes a text contain another.
    fn append(&self, expr: &Expr, text: &str, place: Side, state: &mut State) -> Option<()> {
        let known = self.value(expr, state).filter(|value| !value.is_empty());
        let Some(known) = known else { return self.assign(expr, Value::string(text), state) };
        let known = known.to_text().into_owned();
        let (low, wanted) = (known.to_lowercase(), text.to_lowercase());
        let is_there = match place {
            Side::Start => low.starts_with(&wanted),
            Side::End => low.ends_with(&wanted),
            Side::Any => low.contains(&wanted),
        };
        if is_there {
            return Some(());
        }
        let Kind::Column(at, name, ScalarType::String) = &self.inner(expr).kind else { return None };
        let joined = match place {
            Side::Start => format!("{text}{known}"),
            Side::End => format!("{known}{text}"),
            Side::Any => format!("{known} {text}"),
        };
        state.rows.get_mut(*at)?.insert(Arc::clone(name), Value::string(joined));
        Some(())
    }

    /// Gives two columns the same value.
    fn unify(&self, left: &Expr, right: &Expr, state: &mut State) -> Option<()> {
        match (self.value(left, state), self.value(right, state)) {
            (Some(value), None) => self.assign(right, value, state),
            (None, Some(value)) => self.assign(left, value, state),
            (Some(left), Some(right)) => (left == right).then_some(()),
            (None, None) => {
                let value = Value::string(sample(self.name(left).or(self.name(right))?));
                self.assign(left, value.clone(), state)?;
                self.assign(right, value, state)
            }
        }
    }
}

/// Where a text is to stand in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Start,
    End,
    Any,
}

/// An address of a network of IPv4 such as `10.20.0.0/16`; one that is written out stays.
fn address_in(network: &str) -> Option<String> {
    let (address, _) = network.split_once('/').unwrap_or((network, ""));
    let bits: core::net::Ipv4Addr = address.parse().ok()?;
    let inner = if network.contains('/') { u32::from(bits) | 1 } else { u32::from(bits) };
    Some(core::net::Ipv4Addr::from(inner).to_string())
}

/// Whether a condition holds of most values.
fn is_negative(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Call(name, _) => name.starts_with('!') || matches!(*name, "not" | "isnotempty" | "isnotnull"),
        Kind::In { negated, .. } => *negated,
        _ => false,
    }
}

/// The elements of an array, or the value itself.
fn items(value: Value) -> Vec<Value> {
    match value.as_array() {
        Some(items) => items.iter().filter_map(Dynamic::scalar).collect(),
        None => vec![value],
    }
}

/// A value that is not this one, and near it.
fn other(value: &Value) -> Value {
    match value {
        Value::Bool(truth) => Value::Bool(!truth),
        Value::Int(number) => Value::Long(i64::from(*number) + 1),
        Value::Long(number) => Value::Long(number.wrapping_add(1)),
        Value::Real(number) => Value::Real(number + 1.0),
        Value::DateTime(time) => time.plus(TimeSpan(TICKS_PER_SECOND)).map_or(Value::Null, Value::DateTime),
        other => Value::string(format!("{}-other", other.to_text())),
    }
}

/// The text with its last word made longer, so that the word is not found in it.
fn longer(text: &str) -> String {
    let end = text.char_indices().rfind(|(_, letter)| letter.is_alphanumeric());
    let at = end.map_or(text.len(), |(at, letter)| at + letter.len_utf8());
    let (before, after) = text.split_at(at);
    format!("{before}x{after}")
}

/// `held` with `value` at `path`.
fn with(held: Dynamic, path: &[Value], value: Dynamic) -> Option<Dynamic> {
    let Some((key, rest)) = path.split_first() else { return Some(value) };
    match key {
        Value::String(key) => {
            let mut entries = match held {
                Dynamic::Bag(entries) => entries,
                Dynamic::Null => IndexMap::new(),
                _ => return None,
            };
            let inner = entries.get(key).cloned().unwrap_or(Dynamic::Null);
            entries.insert(Arc::clone(key), with(inner, rest, value)?);
            Some(Dynamic::Bag(entries))
        }
        key if key.as_i64() == Some(0) => {
            let mut items = match held {
                Dynamic::Array(items) => items,
                Dynamic::Null => Vec::new(),
                _ => return None,
            };
            let inner = if items.is_empty() { Dynamic::Null } else { items.remove(0) };
            items.insert(0, with(inner, rest, value)?);
            Some(Dynamic::Array(items))
        }
        _ => None,
    }
}

/// A value that a column of this name may have.
pub(super) fn sample(name: &str) -> &'static str {
    let lower = name.to_ascii_lowercase();
    let has = |word: &str| lower.contains(word);
    match () {
        () if lower.ends_with("ip") || has("ipaddr") || has("ipv4") => "192.0.2.10",
        () if has("sid") && has("account") => "S-1-5-21-1-2-3-1001",
        () if has("upn") || has("principalname") || has("email") || has("recipient") => "ada@example.com",
        () if has("account") || has("user") => "ada",
        () if has("deviceid") => "device-1",
        () if has("device") || has("host") || has("computer") => "host1.example.com",
        () if has("url") || has("domain") => "example.com",
        () => "sample",
    }
}
