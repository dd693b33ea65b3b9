//! Reads signatures from the lines of the fact tables; `cargo dev facts` says how they are written.

use super::Column;
use super::function::{
    ArgumentKind, DeclaredType, Function, FunctionClass, Layout, Parameter, ParameterKind, ResultName,
    ReturnKind, Signature, Tabularity, UNBOUNDED,
};
use super::{KnownResults, ProductSet, products};
use crate::catalog::{ScalarType, TypeSet};

/// The function of a record. The data lives as long as the process: the tables are read once.
pub(super) fn function(
    [name, flags, result_name, alternative, signatures]: [&'static str; 5],
    class: FunctionClass,
) -> Option<Function> {
    let flag = |wanted: &str| flags.split(',').any(|flag| flag == wanted);
    Some(Function {
        name,
        class,
        signatures: read_signatures(signatures)?,
        result_name: read_result_name(result_name)?,
        constant_foldable: flag("foldable"),
        hidden: flag("hidden"),
        obsolete: flag("obsolete"),
        graph_only: flag("graph"),
        alternative: (!alternative.is_empty()).then_some(alternative),
        optimized_alternative: flags.split(',').find_map(|flag| flag.strip_prefix("faster=")),
        known: KnownResults::default(),
    })
}

/// The operator of a record, with its spellings, comma between.
pub(super) fn operator([name, text, signatures]: [&'static str; 3]) -> Option<(&'static str, Function)> {
    Some((text, function([name, "foldable", "", "", signatures], FunctionClass::Operator)?))
}

fn read_signatures(text: &'static str) -> Option<&'static [Signature]> {
    let signatures: Option<Vec<Signature>> = text.split(" ; ").map(signature).collect();
    Some(signatures?.leak())
}

fn signature(text: &'static str) -> Option<Signature> {
    let (front, result) = text.split_once(" > ")?;
    let mut words = front.split(' ').peekable();
    let tabularity = match words.next()? {
        "scalar" => Tabularity::Scalar,
        "tabular" => Tabularity::Tabular,
        _ => Tabularity::Other,
    };
    let layout = match words.next()? {
        "fixed" => Layout::Fixed,
        "repeating" => Layout::Repeating,
        "block" => Layout::Block,
        _ => Layout::Custom,
    };
    let (min_arguments, max_arguments) = words.next()?.split_once("..")?;
    let hidden = words.next_if_eq(&"hidden").is_some();
    let alternative = words
        .next_if(|word| word.starts_with("instead="))
        .and_then(|word| word.split_once('='))
        .map(|(_, name)| name);
    let parameters: Option<Vec<Parameter>> = words.map(parameter).collect();
    Some(Signature {
        parameters: parameters?.leak(),
        min_arguments: bound(min_arguments)?,
        max_arguments: bound(max_arguments)?,
        returns: return_kind(result)?,
        layout,
        tabularity,
        hidden,
        alternative,
    })
}

fn bound(text: &str) -> Option<u16> {
    if text == "*" { Some(UNBOUNDED) } else { text.parse().ok() }
}

fn parameter(text: &'static str) -> Option<Parameter> {
    let mut parts = text.split(':');
    let mut parameter = Parameter {
        name: parts.next()?,
        kind: parameter_kind(parts.next()?)?,
        argument: ArgumentKind::Expression,
        min: 1,
        max: 1,
        values: &[],
        case_sensitive: false,
        default_indicator: None,
    };
    for part in parts {
        match part.split_once('=').unwrap_or((part, "")) {
            ("arg", kind) => parameter.argument = argument_kind(kind)?,
            ("min", number) => parameter.min = bound(number)?,
            ("max", number) => parameter.max = bound(number)?,
            ("values", values) => parameter.values = values.split('|').collect::<Vec<_>>().leak(),
            ("cased", _) => parameter.case_sensitive = true,
            ("default", literal) => parameter.default_indicator = Some(literal),
            _ => return None,
        }
    }
    Some(parameter)
}

fn parameter_kind(text: &str) -> Option<ParameterKind> {
    Some(match text {
        "Any" => ParameterKind::Any,
        "Scalar" => ParameterKind::Scalar,
        "Tabular" => ParameterKind::Tabular,
        "Database" => ParameterKind::Database,
        "Cluster" => ParameterKind::Cluster,
        "Integer" => ParameterKind::Integer,
        "RealOrDecimal" => ParameterKind::RealOrDecimal,
        "StringOrDynamic" => ParameterKind::StringOrDynamic,
        "StringOrArray" => ParameterKind::StringOrArray,
        "IntegerOrArray" => ParameterKind::IntegerOrArray,
        "DynamicArray" => ParameterKind::DynamicArray,
        "DynamicBag" => ParameterKind::DynamicBag,
        "Number" => ParameterKind::Number,
        "NumberOrBool" => ParameterKind::NumberOrBool,
        "Summable" => ParameterKind::Summable,
        "Orderable" => ParameterKind::Orderable,
        "NotRealOrBool" => ParameterKind::NotRealOrBool,
        "NotDynamic" => ParameterKind::NotDynamic,
        "NotBool" => ParameterKind::NotBool,
        "Parameter0" => ParameterKind::Parameter0,
        "Parameter1" => ParameterKind::Parameter1,
        "Parameter2" => ParameterKind::Parameter2,
        "CommonScalar" => ParameterKind::CommonScalar,
        "CommonNumber" => ParameterKind::CommonNumber,
        "CommonSummable" => ParameterKind::CommonSummable,
        "CommonOrderable" => ParameterKind::CommonOrderable,
        "CommonScalarOrDynamic" => ParameterKind::CommonScalarOrDynamic,
        types => ParameterKind::Declared(types.split('|').try_fold(TypeSet::EMPTY, |set, name| {
            let one = match name {
                "type" => TypeSet::TYPE_LITERAL,
                name => TypeSet::of(ScalarType::from_name(name)?),
            };
            Some(set.union(one))
        })?),
    })
}

fn argument_kind(text: &str) -> Option<ArgumentKind> {
    Some(match text {
        "Expression_Parameter0_Element" => ArgumentKind::ElementOfParameter0,
        "StarOnly" => ArgumentKind::StarOnly,
        "StarAllowed" => ArgumentKind::StarAllowed,
        "Aggregate" => ArgumentKind::Aggregate,
        "Column" => ArgumentKind::Column,
        "Column_Parameter0" => ArgumentKind::ColumnOfParameter0,
        "Column_Parameter0_Common" => ArgumentKind::CommonColumnOfParameter0,
        "Literal" => ArgumentKind::Literal,
        "LiteralNotEmpty" => ArgumentKind::LiteralNotEmpty,
        "Constant" => ArgumentKind::Constant,
        _ => return None,
    })
}

fn return_kind(text: &'static str) -> Option<ReturnKind> {
    Some(match text {
        "Custom" => ReturnKind::Custom,
        "Parameter0" => ReturnKind::Parameter0,
        "Parameter1" => ReturnKind::Parameter1,
        "Parameter2" => ReturnKind::Parameter2,
        "ParameterN" => ReturnKind::ParameterN,
        "Parameter0Literal" => ReturnKind::Parameter0Literal,
        "Parameter1Literal" => ReturnKind::Parameter1Literal,
        "ParameterNLiteral" => ReturnKind::ParameterNLiteral,
        "Parameter0Promoted" => ReturnKind::Parameter0Promoted,
        "Parameter0Cluster" => ReturnKind::Parameter0Cluster,
        "Parameter0Database" => ReturnKind::Parameter0Database,
        "Parameter0Table" => ReturnKind::Parameter0Table,
        "Parameter0ExternalTable" => ReturnKind::Parameter0ExternalTable,
        "Parameter0Array" => ReturnKind::Parameter0Array,
        "Common" => ReturnKind::Common,
        "CommonNonDynamic" => ReturnKind::CommonNonDynamic,
        "Widest" => ReturnKind::Widest,
        "Parameter0MaterializedView" => ReturnKind::Parameter0MaterializedView,
        "Parameter0EntityGroup" => ReturnKind::Parameter0EntityGroup,
        "Parameter0StoredQueryResult" => ReturnKind::Parameter0StoredQueryResult,
        "Parameter0Graph" => ReturnKind::Parameter0Graph,
        _ => {
            if let Some(columns) = text.strip_prefix("Parameter0Watchlist") {
                return Some(ReturnKind::Parameter0Watchlist(read_columns(columns)?.0));
            }
            match text.strip_prefix("Parameter0With") {
                Some(columns) => {
                    let (columns, open) = read_columns(columns)?;
                    ReturnKind::Parameter0With { columns, open }
                }
                None => ReturnKind::Declared(declared_type(text)?),
            }
        }
    })
}

pub(super) fn declared_type(text: &'static str) -> Option<DeclaredType> {
    if let Some(schema) = text.strip_prefix('@') {
        return products::asim_schema(schema);
    }
    if text.starts_with('(') {
        let (columns, open) = read_columns(text)?;
        return Some(DeclaredType::Table { columns, open });
    }
    let (shape, rest) = read_shape(text)?;
    rest.is_empty().then_some(shape)
}

/// `(name:type,name:type)`, and whether `...` stands last: there may be more columns.
pub(super) fn read_columns(text: &'static str) -> Option<(&'static [Column], bool)> {
    let inside = text.strip_prefix('(')?.strip_suffix(')')?;
    let (inside, open) = match inside.strip_suffix("...") {
        Some(listed) => (listed.trim_end_matches(','), true),
        None => (inside, false),
    };
    let columns: Option<Vec<Column>> = inside
        .split(',')
        .filter(|column| !column.is_empty())
        .map(|column| {
            let (name, scalar) = column.rsplit_once(':')?;
            Some(Column { name, scalar: ScalarType::from_name(scalar)?, products: ProductSet::ALL })
        })
        .collect();
    Some((columns?.leak(), open))
}

/// A scalar type, `[element]` or `{name:shape,name:shape}`, and the text behind it.
fn read_shape(text: &'static str) -> Option<(DeclaredType, &'static str)> {
    if let Some(inside) = text.strip_prefix('[') {
        let (element, rest) = if inside.starts_with(']') {
            (DeclaredType::Scalar(ScalarType::Dynamic), inside)
        } else {
            read_shape(inside)?
        };
        return Some((DeclaredType::Array(Box::leak(Box::new(element))), rest.strip_prefix(']')?));
    }
    if let Some(mut rest) = text.strip_prefix('{') {
        let mut properties = Vec::new();
        loop {
            if let Some(rest) = rest.strip_prefix('}') {
                return Some((DeclaredType::Bag(properties.leak()), rest));
            }
            let (name, shape) = rest.trim_start_matches(',').split_once(':')?;
            let (shape, behind) = read_shape(shape)?;
            properties.push((name, shape));
            rest = behind;
        }
    }
    let end = text.find([',', ']', '}']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    Some((DeclaredType::Scalar(ScalarType::from_name(name)?), rest))
}

/// `FirstArgument`, or with a prefix behind.
fn read_result_name(text: &'static str) -> Option<ResultName> {
    let (kind, prefix) = match text.split_once(' ') {
        Some((kind, prefix)) => (kind, Some(prefix)),
        None => (text, None),
    };
    Some(match (kind, prefix) {
        ("" | "None", prefix) => ResultName::None(prefix),
        ("NameAndFirstArgument", _) => ResultName::NameAndFirstArgument,
        ("NameAndOnlyArgument", _) => ResultName::NameAndOnlyArgument,
        ("PrefixAndFirstArgument", Some(prefix)) => ResultName::PrefixAndFirstArgument(prefix),
        ("PrefixAndOnlyArgument", Some(prefix)) => ResultName::PrefixAndOnlyArgument(prefix),
        ("FirstArgumentValueIfColumn", _) => ResultName::FirstArgumentValueIfColumn,
        ("PrefixOnly", Some(prefix)) => ResultName::PrefixOnly(prefix),
        ("FirstArgument", _) => ResultName::FirstArgument,
        ("OnlyArgument", _) => ResultName::OnlyArgument,
        _ => return None,
    })
}
