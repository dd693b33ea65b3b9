//! The value of an expression of time that a query settles by itself: `2 * 7d`, `ago(lookback)`,
//! `startofday(now() - 1d)`, with variables looked through.

use crate::kql::bind::{Bound, Symbol, Value};
use crate::kql::syntax::nodes::{BinaryExpression, FunctionCall, LiteralExpression, UnaryExpression};
use crate::kql::syntax::{Node, TokenKind, View};

use super::query_walk::without_parentheses;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// How deep expressions and variables are followed.
const MAX_DEPTH: usize = 32;

/// A value. Lengths of time are in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Constant {
    /// A number.
    Number(f64),
    /// A length of time.
    Span(f64),
    /// A time before that of the run. It may depend on when that is, as the start of a day does.
    Before {
        /// The shortest time before.
        min: f64,
        /// The longest time before.
        max: f64,
    },
    /// A date that does not depend on the run.
    Date,
}

/// The value of `node`, where the query settles it.
pub(crate) fn constant<'a>(node: Node<'a>, bound: &Bound<'a>) -> Option<Constant> {
    evaluate(node, bound, 0)
}

fn evaluate<'a>(node: Node<'a>, bound: &Bound<'a>, depth: usize) -> Option<Constant> {
    if depth > MAX_DEPTH {
        return None;
    }
    let node = without_parentheses(node);
    if let Some(literal) = LiteralExpression::cast(node) {
        return match bound.value(node) {
            #[expect(clippy::cast_precision_loss, reason = "numbers of days and hours are small")]
            Some(Value::Long(number)) => Some(Constant::Number(number as f64)),
            Some(Value::Real(number)) => Some(Constant::Number(number)),
            _ => written(literal.token().kind(), literal.token().text()),
        };
    }
    if let Some(call) = FunctionCall::cast(node) {
        return called(call, bound, depth + 1);
    }
    if let Some(unary) = UnaryExpression::cast(node) {
        let value = evaluate(unary.expression(), bound, depth + 1)?;
        return match (unary.operator().kind(), value) {
            (TokenKind::Minus, Constant::Number(number)) => Some(Constant::Number(-number)),
            (TokenKind::Minus, Constant::Span(span)) => Some(Constant::Span(-span)),
            (TokenKind::Plus, value) => Some(value),
            _ => None,
        };
    }
    if let Some(binary) = BinaryExpression::cast(node) {
        let left = evaluate(binary.left(), bound, depth + 1)?;
        let right = evaluate(binary.right(), bound, depth + 1)?;
        return combined(left, binary.operator().kind().text()?, right);
    }
    match bound.symbol(node)? {
        Symbol::Variable(variable) => evaluate(variable.source?, bound, depth + 1),
        _ => None,
    }
}

/// A literal of time by its text.
fn written(kind: TokenKind, text: &str) -> Option<Constant> {
    let inside = match text.split_once('(') {
        Some((_, rest)) => rest.strip_suffix(')').unwrap_or(rest).trim(),
        None => text,
    };
    match kind {
        TokenKind::TimeSpanLiteral => span(inside).map(Constant::Span),
        TokenKind::DateTimeLiteral => {
            let is_date = inside.trim_matches(['"', '\'']).starts_with(|c: char| c.is_ascii_digit());
            is_date.then_some(Constant::Date)
        }
        _ => None,
    }
}

/// Seconds of `1d`, `90 minutes`, `1.02:30:00` or a number of days.
fn span(text: &str) -> Option<f64> {
    if let Some(rest) = text.strip_prefix('-') {
        return span(rest.trim_start()).map(|span| -span);
    }
    if text.contains(':') {
        let (days, clock) = match text.split_once('.') {
            Some((days, clock)) if clock.contains(':') => (days.parse::<f64>().ok()?, clock),
            _ => (0.0, text),
        };
        let parts: Vec<f64> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let (hours, minutes, seconds) = match parts[..] {
            [hours, minutes] => (hours, minutes, 0.0),
            [hours, minutes, seconds] => (hours, minutes, seconds),
            _ => return None,
        };
        return Some(days * DAY + hours * HOUR + minutes * MINUTE + seconds);
    }
    let unit_start = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_start);
    let unit = match unit.trim() {
        "" | "d" | "day" | "days" => DAY,
        "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
        "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "ms" | "milli" | "millis" | "millisec" | "millisecond" | "milliseconds" => 1e-3,
        "micro" | "micros" | "microsec" | "microsecond" | "microseconds" => 1e-6,
        "tick" | "ticks" => 1e-7,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * unit)
}

fn combined(left: Constant, operator: &str, right: Constant) -> Option<Constant> {
    use Constant::{Before, Number, Span};
    Some(match (left, operator, right) {
        (Number(a), "+", Number(b)) => Number(a + b),
        (Number(a), "-", Number(b)) => Number(a - b),
        (Number(a), "*", Number(b)) => Number(a * b),
        (Number(a), "*", Span(b)) | (Span(a), "*", Number(b)) => Span(a * b),
        (Span(a), "/", Number(b)) if b != 0.0 => Span(a / b),
        (Span(a), "+", Span(b)) => Span(a + b),
        (Span(a), "-", Span(b)) => Span(a - b),
        (Before { min, max }, "-", Span(span)) => Before { min: min + span, max: max + span },
        (Before { min, max }, "+", Span(span)) | (Span(span), "+", Before { min, max }) => {
            Before { min: min - span, max: max - span }
        }
        _ => return None,
    })
}

fn called<'a>(call: FunctionCall<'a>, bound: &Bound<'a>, depth: usize) -> Option<Constant> {
    let arguments: Vec<Node<'a>> = call.arguments().expressions().iter().collect();
    let value = |index: usize| evaluate(*arguments.get(index)?, bound, depth);
    let name = call.name().syntax().text();
    // A whole unit of time around the moment given, so many units later.
    let (unit, at_end) = match name {
        "ago" => {
            return match value(0)? {
                Constant::Span(span) => Some(Constant::Before { min: span, max: span }),
                _ => None,
            };
        }
        "now" => {
            return match arguments.first() {
                None => Some(Constant::Before { min: 0.0, max: 0.0 }),
                Some(_) => match value(0)? {
                    Constant::Span(span) => Some(Constant::Before { min: -span, max: -span }),
                    _ => None,
                },
            };
        }
        "bin" | "floor" => match (value(0)?, value(1)?) {
            (Constant::Before { min, max }, Constant::Span(size)) => {
                return Some(Constant::Before { min, max: max + size });
            }
            (Constant::Date, _) => return Some(Constant::Date),
            _ => return None,
        },
        "startofday" => (DAY, false),
        "startofweek" => (7.0 * DAY, false),
        "startofmonth" => (31.0 * DAY, false),
        "startofyear" => (366.0 * DAY, false),
        "endofday" => (DAY, true),
        "endofweek" => (7.0 * DAY, true),
        "endofmonth" => (31.0 * DAY, true),
        "endofyear" => (366.0 * DAY, true),
        _ => return None,
    };
    let Constant::Before { min, max } = value(0)? else { return Some(Constant::Date) };
    let (shortest, longest) = match arguments.get(1) {
        None => (0.0, 0.0),
        Some(_) => match value(1)? {
            // Months and years differ in length.
            Constant::Number(count) if unit <= 7.0 * DAY => (-count * unit, -count * unit),
            Constant::Number(0.0) => (0.0, 0.0),
            _ => return None,
        },
    };
    Some(if at_end {
        Constant::Before { min: min + shortest - unit, max: max + longest }
    } else {
        Constant::Before { min: min + shortest, max: max + longest + unit }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::kql::KqlCatalog;
    use crate::kql::bind::{Arena, bind};
    use crate::kql::syntax::nodes::SimpleNamedExpression;
    use crate::kql::syntax::{NodeKind, parse};

    fn value(lets: &str, expression: &str) -> Option<Constant> {
        let (tree, _) = parse(format!("{lets}print x = {expression}"));
        let arena = Arena::new();
        let bound = bind(&tree, KqlCatalog::builtin(), &arena);
        let named =
            tree.root().descendants().find(|node| node.kind() == NodeKind::SimpleNamedExpression).unwrap();
        constant(SimpleNamedExpression::of_slot(named).expression(), &bound)
    }

    fn before(min: f64, max: f64) -> Option<Constant> {
        Some(Constant::Before { min: min * DAY, max: max * DAY })
    }

    #[test]
    fn spans_in_every_spelling() {
        for (text, seconds) in [
            ("1d", DAY),
            ("1.5h", 1.5 * HOUR),
            ("24h * 2", 2.0 * DAY),
            ("timespan(1.02:30:00)", DAY + 2.5 * HOUR),
            ("time(2)", 2.0 * DAY),
            ("90min", 90.0 * MINUTE),
            ("-(1d - 6h)", -18.0 * HOUR),
            ("7d / 7", DAY),
        ] {
            assert_eq!(value("", text), Some(Constant::Span(seconds)), "{text}");
        }
        assert_eq!(value("", "timespan(null)"), None);
    }

    #[test]
    fn moments_before_the_run() {
        let lets = "let window = 7d; let twice = window * 2; let start = ago(twice); let f = (x:timespan) { ago(x) };";
        assert_eq!(value(lets, "start"), before(14.0, 14.0));
        assert_eq!(value(lets, "now() - window - 1d"), before(8.0, 8.0));
        assert_eq!(value(lets, "now(-window)"), before(7.0, 7.0));
        assert_eq!(value(lets, "startofday(ago(window))"), before(7.0, 8.0));
        assert_eq!(value(lets, "startofday(now(), -2)"), before(2.0, 3.0));
        assert_eq!(value(lets, "endofday(ago(1d))"), before(0.0, 1.0));
        assert_eq!(value(lets, "bin(now(), 1d)"), before(0.0, 1.0));
        assert_eq!(value(lets, "datetime(2021-01-01)"), Some(Constant::Date));
        assert_eq!(value(lets, "f(1d)"), None);
        assert_eq!(value(lets, "ago(unknown)"), None);
    }
}
