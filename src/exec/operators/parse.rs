//! `parse` and `parse-where`: columns read out of text by a pattern.
//!
//! The pattern becomes a regular expression, as the service has it: it begins where the text begins, and ends where the
//! text ends if a column comes last. A text part is taken word for word (`simple`, `relaxed`) or as an expression (`regex`).

use regex::Regex;

use super::Operator;
use crate::catalog::ScalarType;
use crate::exec::compile::{Compiler, Scope, name_text};
use crate::exec::error::Result;
use crate::exec::expr::Expr;
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, Table, put};
use crate::exec::value::{Value, coerce};
use crate::kql::syntax::nodes::{NameAndType, NamedParameter, ParseOperator, ParseWhereOperator};
use crate::kql::syntax::{List, Node, NodeKind, View};

/// How strictly texts must fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Text parts are taken word for word; columns must have values of their types.
    Simple,
    /// The same, and a column whose text is no value of its type is null.
    Relaxed,
    /// Text parts are regular expressions.
    Regex,
}

#[derive(Debug)]
struct Parse {
    text: Expr,
    regex: Regex,
    relaxed: bool,
    columns: Vec<Field>,
    /// Whether rows whose text does not fit are left out.
    only_parsed: bool,
}

pub(super) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: ParseOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let parts = Parts {
        node: node.syntax(),
        parameters: node.parameters(),
        text: node.expression(),
        patterns: node.patterns(),
        only_parsed: false,
    };
    parts.compile(compiler, input, scope)
}

pub(super) fn compile_where<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: ParseWhereOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let parts = Parts {
        node: node.syntax(),
        parameters: node.parameters(),
        text: node.expression(),
        patterns: node.patterns(),
        only_parsed: true,
    };
    parts.compile(compiler, input, scope)
}

/// What both operators are made of.
struct Parts<'a> {
    node: Node<'a>,
    parameters: List<'a, NamedParameter<'a>>,
    text: Node<'a>,
    patterns: List<'a, Node<'a>>,
    only_parsed: bool,
}

impl<'a> Parts<'a> {
    fn compile<'c>(
        self,
        compiler: &mut Compiler<'c, 'a>,
        input: Relation,
        scope: &Scope<'c, 'a>,
    ) -> Relation {
        let range = self.node.range();
        let text = compiler.expression(self.text, scope);
        let kind = match compiler.parameter_word(self.parameters.iter(), "kind").as_deref() {
            Some("regex") => Kind::Regex,
            Some("relaxed") => Kind::Relaxed,
            _ => Kind::Simple,
        };
        let flags = compiler.parameter_word(self.parameters.iter(), "flags").filter(|_| kind == Kind::Regex);
        let patterns: Vec<Node<'a>> = self.patterns.iter().collect();
        let mut columns = Vec::new();
        let mut pattern = String::from("^");
        for (index, part) in patterns.iter().enumerate() {
            let before_star =
                patterns.get(index + 1).is_some_and(|next| next.kind() == NodeKind::StarExpression);
            let field = match part.kind() {
                NodeKind::StarExpression => {
                    pattern.push_str(if kind == Kind::Regex { ".*?" } else { "(?s:.*?)" });
                    continue;
                }
                NodeKind::NameDeclaration => Field::new(name_text(*part), ScalarType::String),
                NodeKind::NameAndType => {
                    let typed = NameAndType::of_slot(*part);
                    let ty = ScalarType::from_name(typed.kind().text().trim());
                    Field::new(name_text(typed.name().syntax()), ty.unwrap_or(ScalarType::Dynamic))
                }
                _ => {
                    let constant = compiler.constant(*part, scope).to_text().into_owned();
                    if kind == Kind::Regex {
                        pattern.push_str(&format!("(?:{constant})"));
                    } else {
                        pattern.push_str(&regex::escape(&constant));
                    }
                    continue;
                }
            };
            match column_pattern(field.ty, kind, before_star) {
                Some(known) => pattern.push_str(&format!("(?P<{}{}>{known})", GROUP, columns.len())),
                None => compiler
                    .unsupported(part.range(), format!("`parse` of a `{}` before `*`", field.ty.name())),
            }
            columns.push(field);
        }
        if patterns
            .last()
            .is_some_and(|last| matches!(last.kind(), NodeKind::NameDeclaration | NodeKind::NameAndType))
        {
            pattern.push('$');
        }
        if let Some(flags) = flags {
            pattern = format!("(?{flags}){pattern}");
        }
        let Ok(regex) = Regex::new(&pattern) else {
            compiler.unsupported(range, format!("a pattern that is no regular expression: `{pattern}`"));
            return input;
        };
        let relaxed = kind == Kind::Relaxed;
        input.pipe(Parse { text, regex, relaxed, columns, only_parsed: self.only_parsed }, range)
    }
}

/// What the names of the groups for columns begin with; a pattern may have groups of its own.
const GROUP: &str = "picket_column_";

/// What a column reads; nothing where that is open.
fn column_pattern(ty: ScalarType, kind: Kind, before_star: bool) -> Option<&'static str> {
    use ScalarType as S;
    let number = kind == Kind::Regex || before_star;
    Some(match ty {
        S::Int | S::Long if number && kind == Kind::Relaxed => r"(?:-?\d+)?",
        S::Int | S::Long if number => r"-?\d+",
        S::Real | S::Decimal if number && kind == Kind::Relaxed => r"(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)?",
        S::Real | S::Decimal if number => r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?",
        S::Guid if before_star => r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}",
        S::Bool if before_star => r"(?i:true|false)|\d+",
        _ if before_star => return None,
        _ if kind == Kind::Regex => ".*",
        _ => "(?s:.*?)",
    })
}

impl Parse {
    /// The values of the columns; nothing where the text does not fit.
    fn values(&self, text: &str) -> Option<Vec<Value>> {
        let found = self.regex.captures(text)?;
        let mut values = Vec::with_capacity(self.columns.len());
        for (index, field) in self.columns.iter().enumerate() {
            let part = found.name(&format!("{GROUP}{index}")).map_or("", |part| part.as_str());
            let value = coerce(&Value::string(part), field.ty);
            if value.is_null() && !self.relaxed && field.ty != ScalarType::Dynamic {
                return None;
            }
            values.push(value);
        }
        Some(values)
    }
}

impl Operator for Parse {
    fn run(&self, run: &Run<'_>, mut input: Table) -> Result<Table> {
        let text = self.text.linked(&input.schema)?;
        let places: Vec<usize> = self.columns.iter().map(|field| input.schema.place(field.clone())).collect();
        let width = input.schema.len();
        let mut rows = Vec::with_capacity(input.rows.len());
        for mut row in std::mem::take(&mut input.rows) {
            let values = self.values(&text.value(&row, run)?.to_text());
            if values.is_none() && self.only_parsed {
                continue;
            }
            let values =
                values.unwrap_or_else(|| self.columns.iter().map(|field| Value::missing(field.ty)).collect());
            put(&mut row, width, &places, values);
            rows.push(row);
        }
        input.rows = rows;
        Ok(input)
    }
}
