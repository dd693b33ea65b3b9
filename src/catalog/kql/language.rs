//! The functions, aggregates, plugins and operators of the language.

use std::sync::LazyLock;

use super::function::{Function, FunctionClass};
use super::index::NameIndex;
use super::signature;
use crate::catalog::table::Table;

const FUNCTIONS: Table = Table::new(include_str!("../../../schemas/facts/kql_functions.tsv"));
const AGGREGATES: Table = Table::new(include_str!("../../../schemas/facts/kql_aggregates.tsv"));
const PLUGINS: Table = Table::new(include_str!("../../../schemas/facts/kql_plugins.tsv"));
const OPERATORS: Table = Table::new(include_str!("../../../schemas/facts/kql_operators.tsv"));

/// What the language itself brings.
#[derive(Debug)]
pub struct Language {
    functions: Named,
    aggregates: Named,
    plugins: Named,
    operators: Named,
    /// Under each spelling of an operator.
    operators_by_text: Named,
}

/// Functions of one class, by name.
#[derive(Debug)]
struct Named {
    names: Vec<&'static str>,
    functions: Vec<Function>,
    index: NameIndex,
}

impl Named {
    fn new(pairs: impl Iterator<Item = (&'static str, Function)>) -> Self {
        let (names, functions): (Vec<_>, Vec<_>) = pairs.unzip();
        let index = NameIndex::new(names.iter().copied());
        Self { names, functions, index }
    }

    fn read(table: Table, class: FunctionClass) -> Self {
        Self::new(table.rows().filter_map(|row| signature::function(row, class)).map(|f| (f.name, f)))
    }

    fn get(&self, name: &str) -> Option<&Function> {
        let at = self.index.find(name, |at| self.names.get(at).copied())?;
        self.functions.get(at)
    }
}

static BUILTIN: LazyLock<Language> = LazyLock::new(|| {
    let operators: Vec<(&str, Function)> = OPERATORS.rows().filter_map(signature::operator).collect();
    Language {
        functions: Named::read(FUNCTIONS, FunctionClass::Function),
        aggregates: Named::read(AGGREGATES, FunctionClass::Aggregate),
        plugins: Named::read(PLUGINS, FunctionClass::Plugin),
        operators_by_text: Named::new(
            operators
                .iter()
                .flat_map(|(text, operator)| text.split(',').map(|text| (text, operator.clone()))),
        ),
        operators: Named::new(operators.into_iter().map(|(_, operator)| (operator.name, operator))),
    }
});

impl Language {
    /// The language, parsed when first asked for.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// The scalar function `name`, or one that names a table, a database and so on; case counts.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.get(name)
    }

    /// The aggregate `name`.
    pub fn aggregate(&self, name: &str) -> Option<&Function> {
        self.aggregates.get(name)
    }

    /// The plugin `name`.
    pub fn plugin(&self, name: &str) -> Option<&Function> {
        self.plugins.get(name)
    }

    /// The operator that the reference calls `name`, such as `Equal` or `HasCs`.
    pub fn operator(&self, name: &str) -> Option<&Function> {
        self.operators.get(name)
    }

    /// The operator spelled `text`, such as `==`. Unary and binary `-` share theirs: this is the unary one.
    pub fn operator_by_text(&self, text: &str) -> Option<&Function> {
        self.operators_by_text.get(text)
    }

    /// All functions, by name.
    pub fn functions(&self) -> &[Function] {
        &self.functions.functions
    }

    /// All aggregates, by name.
    pub fn aggregates(&self) -> &[Function] {
        &self.aggregates.functions
    }

    /// All plugins, by name.
    pub fn plugins(&self) -> &[Function] {
        &self.plugins.functions
    }

    /// All operators, by name.
    pub fn operators(&self) -> &[Function] {
        &self.operators.functions
    }

    /// The version of the reference that the functions were read from.
    pub fn version(&self) -> &'static str {
        FUNCTIONS.head("version")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::kql::{ArgumentKind, DeclaredType, ParameterKind, ResultName, ReturnKind, UNBOUNDED};
    use crate::catalog::{ScalarType, TypeSet};

    #[test]
    fn every_line_is_a_function() {
        let language = Language::builtin();
        assert_eq!(language.functions().len(), FUNCTIONS.lines());
        assert_eq!(language.aggregates().len(), AGGREGATES.lines());
        assert_eq!(language.plugins().len(), PLUGINS.lines());
        assert_eq!(language.operators().len(), OPERATORS.lines());
        assert!(language.functions().iter().all(|function| !function.signatures.is_empty()));
    }

    #[test]
    fn signatures_say_what_the_reference_says() {
        let language = Language::builtin();
        let bin = language.function("bin").unwrap();
        assert_eq!(bin.result_name, ResultName::FirstArgument);
        assert!(bin.constant_foldable);
        assert_eq!(bin.signatures.len(), 4);
        assert_eq!(bin.signatures[0].returns, ReturnKind::Widest);
        assert_eq!(
            bin.signatures[1].parameters[0].kind,
            ParameterKind::Declared(TypeSet::of(ScalarType::TimeSpan))
        );
        let count = language.aggregate("count").unwrap();
        assert_eq!(count.result_name, ResultName::PrefixAndFirstArgument("count"));
        let strcat = language.function("strcat").unwrap();
        assert_eq!(strcat.signatures[0].parameters[0].max, 64);
        let take_any = language.aggregate("take_any").unwrap();
        assert_eq!(take_any.signatures[0].max_arguments, UNBOUNDED);
        assert_eq!(take_any.signatures[0].parameters[0].argument, ArgumentKind::StarAllowed);
        let parse_url = language.function("parse_url").unwrap();
        let ReturnKind::Declared(DeclaredType::Bag(parts)) = parse_url.signatures[0].returns else {
            panic!("{parse_url:?}")
        };
        assert!(parts.contains(&("Query Parameters", DeclaredType::Scalar(ScalarType::Dynamic))));
        assert_eq!(language.operator_by_text("<>").unwrap().name, "NotEqual");
        assert_eq!(language.operator("Subtract").unwrap().signatures[0].parameters.len(), 2);
    }
}
