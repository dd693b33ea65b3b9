//! Checks that operators and calls make of their parts.

use super::binder::{Binder, Info};
use super::suggestions::{nearest, other_type};
use super::symbols::Value;
use super::types::{Conversion, Type};
use crate::kql::codes;
use crate::kql::syntax::nodes::NamedParameter;
use crate::kql::syntax::operator_parameters::{Parameter, ParameterValue};
use crate::kql::syntax::{List, Node, Separated, View};

impl<'a> Binder<'a> {
    pub(super) fn report_scalar_expected(&mut self, node: Node<'a>) {
        let found = self.type_or_error(node);
        self.report_with_help(codes::SCALAR_TYPE_EXPECTED, node.range(), || {
            other_type("a scalar value", found)
        });
    }

    pub(super) fn report_column_expected(&mut self, node: Node<'a>) {
        self.report_at(codes::COLUMN_EXPECTED, node, || "a column is expected here".to_owned());
    }

    /// A scalar, or nothing known of it.
    pub fn check_scalar(&mut self, node: Node<'a>) -> bool {
        let ty = self.type_of(node);
        self.check_scalar_type(node, ty)
    }

    pub(super) fn check_scalar_type(&mut self, node: Node<'a>, ty: Option<Type<'a>>) -> bool {
        let Some(ty) = ty else { return true };
        if ty.is_scalar() {
            return true;
        }
        if !ty.is_error() {
            self.report_scalar_expected(node);
        }
        false
    }

    /// Scalars all; stops at the first that is none.
    pub fn check_all_scalar(&mut self, nodes: Separated<'a, Node<'a>>) -> bool {
        nodes.iter().all(|node| self.check_scalar(node))
    }

    fn check(
        &mut self,
        node: Node<'a>,
        accept: impl FnOnce(Type<'a>) -> bool,
        code: crate::kql::codes::KqlCode,
        expected: &'static str,
    ) -> bool {
        let ty = self.type_or_error(node);
        if accept(ty) {
            return true;
        }
        if !ty.is_error() && !ty.is_unknown() {
            self.report_with_help(code, node.range(), || other_type(expected, ty));
        }
        false
    }

    /// An integer.
    pub fn check_integer(&mut self, node: Node<'a>) -> bool {
        self.check(node, Type::is_integer, codes::MUST_BE_INTEGER, "an integer")
    }

    /// `real` or `decimal`.
    pub fn check_real_or_decimal(&mut self, node: Node<'a>) -> bool {
        self.check(node, Type::is_real_or_decimal, codes::MUST_BE_REAL_OR_DECIMAL, "`real` or `decimal`")
    }

    /// An integer or a dynamic array.
    pub fn check_integer_or_array(&mut self, node: Node<'a>) -> bool {
        self.check(
            node,
            Type::is_integer_or_array,
            codes::MUST_BE_INTEGER_OR_ARRAY,
            "an integer or a dynamic array",
        )
    }

    /// `string` or `dynamic`.
    pub fn check_string_or_dynamic(&mut self, node: Node<'a>) -> bool {
        self.check(node, Type::is_string_or_dynamic, codes::TYPE_REQUIRED, "`string` or `dynamic`")
    }

    /// `string` or a dynamic array.
    pub fn check_string_or_array(&mut self, node: Node<'a>) -> bool {
        self.check(
            node,
            Type::is_string_or_array,
            codes::MUST_BE_STRING_OR_ARRAY,
            "a string or a dynamic array",
        )
    }

    /// `dynamic` of any shape.
    pub fn check_dynamic(&mut self, node: Node<'a>) -> bool {
        self.check(node, Type::is_dynamic, codes::TYPE_REQUIRED, "`dynamic`")
    }

    /// A dynamic array.
    pub fn check_dynamic_array(&mut self, node: Node<'a>) -> bool {
        self.check(node, Type::is_dynamic_array, codes::MUST_BE_DYNAMIC_ARRAY, "a dynamic array")
    }

    /// A property bag.
    pub fn check_dynamic_bag(&mut self, node: Node<'a>) -> bool {
        self.check(node, Type::is_dynamic_bag, codes::MUST_BE_DYNAMIC_BAG, "a property bag")
    }

    /// A number.
    pub fn check_number(&mut self, node: Node<'a>) -> bool {
        self.check(node, Type::is_numeric, codes::NUMERIC_EXPECTED, "a number")
    }

    /// A number or `bool`.
    pub fn check_number_or_bool(&mut self, node: Node<'a>) -> bool {
        let accept = |ty: Type<'a>| ty.is_numeric() || ty.same(Type::BOOL);
        self.check(node, accept, codes::NUMERIC_EXPECTED, "a number or `bool`")
    }

    /// A number, a time or a span.
    pub fn check_summable(&mut self, node: Node<'a>) -> bool {
        self.check(node, Type::is_summable, codes::MUST_BE_SUMMABLE, "a number, `datetime` or `timespan`")
    }

    /// A value with an order.
    pub fn check_orderable(&mut self, node: Node<'a>) -> bool {
        self.check(node, Type::is_orderable, codes::MUST_BE_ORDERABLE, "a value that can be sorted")
    }

    /// Exactly this type.
    pub fn check_exact_type(&mut self, node: Node<'a>, ty: Type<'a>) -> bool {
        self.check_type(node, ty, Conversion::None)
    }

    /// Whether the type of `node` fits, where nothing known of it fits.
    pub fn is_type(&self, node: Node<'a>, ty: Type<'a>, conversion: Conversion) -> bool {
        is_type(self.type_or_error(node), ty, conversion)
    }

    /// This type, or one that converts to it.
    pub fn check_type(&mut self, node: Node<'a>, ty: Type<'a>, conversion: Conversion) -> bool {
        if self.is_type(node, ty, conversion) {
            return true;
        }
        let found = self.type_or_error(node);
        if !found.is_error() && !ty.is_error() && !found.is_unknown() && !ty.is_unknown() {
            self.report_with_help(codes::TYPE_REQUIRED, node.range(), || other_type(ty.describe(), found));
        }
        false
    }

    /// This type or `dynamic`.
    pub fn check_type_or_dynamic(&mut self, node: Node<'a>, ty: Type<'a>, promote: bool) -> bool {
        let found = self.type_or_error(node);
        let conversion = if promote { Conversion::Promotable } else { Conversion::None };
        if found.assignable_to(ty, conversion) || found.assignable_to(Type::DYNAMIC, Conversion::Dynamic) {
            return true;
        }
        if !found.is_error() && !found.is_unknown() {
            self.report_with_help(codes::TYPE_REQUIRED, node.range(), || {
                other_type(&format!("{} or dynamic", ty.describe()), found)
            });
        }
        false
    }

    /// Any type but this.
    pub fn check_not_type(&mut self, node: Node<'a>, ty: Type<'a>) -> bool {
        let found = self.type_or_error(node);
        let other = found.is_unknown()
            || (ty.is_plain_dynamic() && !found.is_dynamic())
            || !found.assignable_to(ty, Conversion::None);
        if !other && !found.is_error() {
            self.report_with_help(codes::TYPE_NOT_ALLOWED, node.range(), || {
                let help = ty.is_plain_dynamic().then(|| "convert it, as in `tostring(…)`".to_owned());
                (format!("a value of type {} is not allowed here", ty.describe()), help)
            });
        }
        other
    }

    /// Anything but `dynamic`, all; stops at the first.
    pub fn check_all_not_dynamic(&mut self, nodes: Separated<'a, Node<'a>>) -> bool {
        nodes.iter().all(|node| self.check_not_type(node, Type::DYNAMIC))
    }

    /// A distance between values of type `range`: adding it gives that type again.
    pub fn check_interval(&mut self, node: Node<'a>, range: Type<'a>) -> bool {
        let found = self.type_or_error(node);
        let sum = self.operator_type("Add", &[range, found]);
        if sum.is_some_and(|sum| sum.assignable_to(range, Conversion::None)) {
            return true;
        }
        if !range.is_error() && !found.is_error() && !range.is_unknown() && !found.is_unknown() {
            self.report_at(codes::TYPE_IS_NOT_INTERVAL_TYPE, node, || {
                format!("{} is no distance between values of type {}", found.describe(), range.describe())
            });
        }
        false
    }

    /// A table.
    pub fn check_tabular(&mut self, node: Node<'a>) -> bool {
        let ty = self.type_of(node);
        self.check_tabular_type(node, ty)
    }

    pub(super) fn check_tabular_type(&mut self, node: Node<'a>, ty: Option<Type<'a>>) -> bool {
        let Some(ty) = ty else { return false };
        if !ty.is_tabular() && !ty.is_error() {
            self.report_at(codes::TABULAR_VALUE_EXPECTED, node, || {
                format!("a table is expected here, and this is {}", ty.describe())
            });
        }
        ty.is_tabular()
    }

    /// A graph.
    pub fn check_graph(&mut self, node: Node<'a>) -> bool {
        let Some(ty) = self.type_of(node) else { return false };
        let graph = matches!(ty, Type::Graph(_));
        if !graph && !ty.is_error() {
            self.report_at(codes::GRAPH_EXPECTED, node, || "a graph is expected here".to_owned());
        }
        graph
    }

    /// A table or a graph.
    pub fn check_tabular_or_graph(&mut self, node: Node<'a>) -> bool {
        let Some(ty) = self.type_of(node) else { return false };
        let fits = ty.is_tabular() || matches!(ty, Type::Graph(_));
        if !fits && !ty.is_error() {
            self.report_at(codes::TABLE_OR_GRAPH_EXPECTED, node, || {
                "a table or a graph is expected here".to_owned()
            });
        }
        fits
    }

    /// A table of one column.
    pub fn check_single_column_table(&mut self, node: Node<'a>) -> bool {
        let Some(ty) = self.type_of(node) else { return false };
        let fits = matches!(ty, Type::Table(table) if table.columns().len() == 1);
        if !fits && !ty.is_error() {
            self.report_at(codes::SINGLE_COLUMN_TABLE_EXPECTED, node, || {
                "a table of one column is expected here".to_owned()
            });
        }
        fits
    }

    /// A column by its name.
    pub fn check_column(&mut self, node: Node<'a>) -> bool {
        if self.column(node).is_some() {
            return true;
        }
        if !self.type_or_error(node).is_error() {
            self.report_column_expected(node);
        }
        false
    }

    /// A constant.
    pub fn check_constant(&mut self, node: Node<'a>) -> bool {
        if self.is_constant(node) {
            return true;
        }
        if !self.type_or_error(node).is_error() {
            self.report_at(codes::MUST_BE_CONSTANT, node, || "a constant is expected here".to_owned());
        }
        false
    }

    /// A literal.
    pub fn check_literal(&mut self, node: Node<'a>) -> bool {
        if self.is_literal(node) {
            return true;
        }
        if !self.type_or_error(node).is_error() {
            self.report_at(codes::MUST_BE_LITERAL, node, || "a literal is expected here".to_owned());
        }
        false
    }

    /// A literal of a scalar type.
    pub fn check_literal_not_word(&mut self, node: Node<'a>) -> bool {
        if self.is_literal(node) && !self.is_word(node) {
            return true;
        }
        if !self.type_or_error(node).is_error() {
            self.report_at(codes::MUST_BE_LITERAL_SCALAR_VALUE, node, || {
                "a literal scalar value is expected here".to_owned()
            });
        }
        false
    }

    /// A literal that is not empty text.
    pub fn check_not_empty(&mut self, node: Node<'a>) -> bool {
        let ty = self.type_or_error(node);
        if ty.is_error() || ty.is_unknown() || !self.is_literal(node) {
            return false;
        }
        let empty = self.literal_value(node).is_none_or(|value| value.text(self.arena).is_empty());
        if empty {
            self.report_at(codes::MUST_NOT_BE_EMPTY, node, || "this must not be empty".to_owned());
        }
        !empty
    }

    /// A literal that is one of these values.
    pub fn check_literal_value(&mut self, node: Node<'a>, values: &[&str], case_sensitive: bool) -> bool {
        if self.type_or_error(node).is_error() {
            return false;
        }
        let one = self.literal_value(node).is_some_and(|value| is_one_of(value, values, case_sensitive));
        if !one {
            let listed = values.join("`, `");
            self.report_at(codes::VALUE_NOT_ALLOWED, node, || one_of(&listed, values.len()));
        }
        one
    }

    // Parameters of operators.

    /// Binds the parameters of an operator.
    pub fn named_parameters(&mut self, parameters: List<'a, NamedParameter<'a>>) {
        for parameter in parameters.iter() {
            self.named_parameter(parameter);
        }
    }

    /// Binds one parameter of an operator.
    pub fn named_parameter(&mut self, parameter: NamedParameter<'a>) {
        self.expression(parameter.expression());
    }

    /// Checks the parameters of an operator against those that it has.
    pub fn check_parameters(&mut self, given: List<'a, NamedParameter<'a>>, known: &[Parameter]) {
        let given: Vec<_> = given.iter().collect();
        self.check_parameter_list(&given, known);
    }

    /// The same, for parameters with commas between.
    pub fn check_properties(&mut self, given: Separated<'a, NamedParameter<'a>>, known: &[Parameter]) {
        let given: Vec<_> = given.iter().collect();
        self.check_parameter_list(&given, known);
    }

    fn check_parameter_list(&mut self, given: &[NamedParameter<'a>], known: &[Parameter]) {
        let mut seen: Vec<&str> = Vec::new();
        for parameter in given {
            let name_node = parameter.name().syntax();
            let name = self.name_text(name_node);
            if name.is_empty() {
                continue;
            }
            let Some(found) = known.iter().find(|known| known.name == name || known.alias == Some(name))
            else {
                self.report_with_help(
                    codes::UNKNOWN_QUERY_OPERATOR_PARAMETER_NAME,
                    name_node.range(),
                    || {
                        let names = known.iter().map(|known| known.name);
                        (format!("the operator has no parameter `{name}`"), nearest(name, names))
                    },
                );
                continue;
            };
            self.set(name_node, Info::of(Type::Unknown));
            if !found.repeatable {
                if seen.contains(&found.name) {
                    self.report_at(codes::PARAMETER_ALREADY_SPECIFIED, name_node, || {
                        format!("the parameter `{name}` is given a second time")
                    });
                } else {
                    seen.push(found.name);
                }
            }
            self.check_parameter(*parameter, found);
        }
    }

    /// Checks the value of a parameter.
    pub fn check_parameter(&mut self, given: NamedParameter<'a>, known: &Parameter) {
        use ParameterValue as V;
        let value = given.expression();
        let ty = self.type_or_error(value);
        let literal = self.is_literal(value);
        // The words of hints may be written in any case.
        let case_sensitive = !known.name.starts_with("hint.");
        let listed = |value| is_one_of(value, known.words, case_sensitive);
        let word =
            self.is_word(value) && (known.words.is_empty() || self.literal_value(value).is_some_and(listed));
        let (fits, code, expected) = match known.value {
            V::Any | V::Declaration | V::Columns => return,
            V::Integer => (literal && ty.is_integer(), codes::INTEGER_LITERAL_EXPECTED, "an integer"),
            V::Number | V::Real => (literal && ty.is_numeric(), codes::SUMMABLE_LITERAL_EXPECTED, "a number"),
            V::Scalar => (literal && ty.is_scalar(), codes::SCALAR_LITERAL_EXPECTED, "a literal"),
            V::StringLiteral => (
                literal && is_type(ty, Type::STRING, Conversion::None),
                codes::STRING_LITERAL_EXPECTED,
                "a string literal",
            ),
            V::Bool => (
                literal && is_type(ty, Type::BOOL, Conversion::None),
                codes::BOOLEAN_LITERAL_EXPECTED,
                "`true` or `false`",
            ),
            V::Text => {
                if !is_type(ty, Type::STRING, Conversion::None) {
                    self.check_string_or_dynamic(value);
                }
                return;
            }
            V::Column => {
                self.check_column(value);
                return;
            }
            V::Word | V::WordOrNumber => {
                let fits = word || (known.value == V::WordOrNumber && ty.is_numeric());
                if !fits && !ty.is_error() {
                    self.report_at(codes::TERMS_EXPECTED, value, || {
                        one_of(&known.words.join("`, `"), known.words.len())
                    });
                }
                return;
            }
        };
        if !fits && !ty.is_error() && !ty.is_unknown() {
            self.report_at(code, value, || format!("{expected} is expected here"));
        }
    }

    /// The value of the parameter `name`, where it is a literal.
    pub fn parameter_value(
        &self,
        parameters: List<'a, NamedParameter<'a>>,
        names: &[&str],
    ) -> Option<Value<'a>> {
        let given = parameters.iter().find(|given| names.contains(&self.name_text(given.name().syntax())))?;
        self.literal_value(given.expression())
    }

    /// The name that the parameter `name` declares or is.
    pub fn parameter_name(
        &self,
        parameters: List<'a, NamedParameter<'a>>,
        names: &[&str],
    ) -> Option<&'a str> {
        let given = parameters.iter().find(|given| names.contains(&self.name_text(given.name().syntax())))?;
        let value = given.expression();
        match self.literal_value(value) {
            Some(value) => Some(value.text(self.arena)),
            None => Some(self.name_text(value)).filter(|name| !name.is_empty()),
        }
    }
}

/// Whether `found` fits, where what is unknown fits.
pub(super) fn is_type<'a>(found: Type<'a>, ty: Type<'a>, conversion: Conversion) -> bool {
    if found.is_unknown() {
        true
    } else if ty.is_plain_dynamic() {
        found.is_dynamic()
    } else {
        found.assignable_to(ty, conversion)
    }
}

fn is_one_of(value: Value<'_>, values: &[&str], case_sensitive: bool) -> bool {
    let same = |a: &str, b: &str| if case_sensitive { a == b } else { a.eq_ignore_ascii_case(b) };
    values.iter().any(|wanted| match value {
        Value::String(text) | Value::Word(text) | Value::Other(text) => same(wanted, text),
        Value::Bool(value) => same(wanted, if value { "true" } else { "false" }),
        Value::Long(number) => wanted.parse() == Ok(number),
        Value::Real(number) => wanted.parse() == Ok(number),
        Value::Null => false,
    })
}

/// That one of the values is expected, `listed` with backquotes between.
fn one_of(listed: &str, count: usize) -> String {
    let one = if count == 1 { "" } else { "one of " };
    format!("{one}`{listed}` is expected here")
}
