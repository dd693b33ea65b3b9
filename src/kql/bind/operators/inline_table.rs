//! Tables that a query describes: `inline_external_table` and `__contextual_datatable`.

use foldhash::{HashSet, HashSetExt};

use crate::kql::bind::binder::{Binder, Info};
use crate::kql::bind::symbols::{Column, Symbol, Table};
use crate::kql::bind::types::{Conversion, Type};
use crate::kql::codes;
use crate::kql::syntax::nodes::{
    ContextualDataTable, DateTimePattern, FunctionCall, InlineExternalTable, InlineTablePathFormat,
    NameReference, PartitionColumn,
};
use crate::kql::syntax::{NodeKind, View};

/// The formats of the files of an inline external table.
const FORMATS: [&str; 7] = ["parquet", "avro", "csv", "tsv", "json", "orc", "txt"];

/// The functions that may compute a partition column.
const PARTITION_FUNCTIONS: [&str; 6] =
    ["hash", "bin", "startofday", "startofweek", "startofmonth", "startofyear"];

pub(in crate::kql::bind) fn bind_contextual<'a>(binder: &mut Binder<'a>, node: ContextualDataTable<'a>) {
    binder.expression(node.id());
    binder.expression(node.schema().syntax());
    let columns = binder.columns_of_schema(node.schema().columns());
    if binder.check_exact_type(node.id(), Type::GUID) {
        binder.check_literal(node.id());
    }
    let table = Table::new(binder.arena, binder.arena.slice(&columns));
    binder.set(node.syntax(), Info::of(Type::Table(table)));
}

pub(in crate::kql::bind) fn bind_inline<'a>(binder: &mut Binder<'a>, node: InlineExternalTable<'a>) {
    let arena = binder.arena;
    binder.named_parameters(node.parameters());
    binder.expression(node.schema().syntax());
    bind_partition(binder, node);

    binder.check_parameters(node.parameters(), &[]);
    let schema = node.schema();
    let omitted = schema.open().is_missing() && schema.close().is_missing() && schema.columns().is_empty();
    let mut columns = if omitted { Vec::new() } else { binder.columns_of_schema(schema.columns()) };
    if node.kind().value().text().eq_ignore_ascii_case("delta") {
        check_delta(binder, node);
    } else {
        check_storage(binder, node, &mut columns);
    }
    let table = Table::new(arena, arena.slice(&columns)).open(arena, omitted);
    binder.set(node.syntax(), Info::of(Type::Table(table)));
}

/// Binds what computes partitions with the columns in scope, and the path format with the partitions in scope.
fn bind_partition<'a>(binder: &mut Binder<'a>, node: InlineExternalTable<'a>) {
    let arena = binder.arena;
    let partitions: Vec<PartitionColumn<'a>> =
        node.partition().into_iter().flat_map(|partition| partition.columns().iter()).collect();
    binder.in_inner_scope(|binder| {
        for column in node.schema().columns().iter() {
            if let Some(symbol) = binder.symbol(column.name().syntax()) {
                binder.local_scope.add(arena, symbol);
            }
        }
        for partition in &partitions {
            binder.expression(partition.kind());
            if let Some(expression) = partition.expression() {
                binder.expression(expression);
            }
        }
    });
    binder.in_inner_scope(|binder| {
        for partition in &partitions {
            let name = partition.name().syntax();
            let text = binder.name_text(name);
            if !text.is_empty() {
                let column = Column::new(arena, text, binder.declared_type(partition.kind(), false));
                binder.set_declared(name, column);
                binder.local_scope.add(arena, Symbol::Column(column));
            }
        }
        for part in node.path_format().into_iter().flat_map(|format| format.parts().iter()) {
            if let Some(pattern) = DateTimePattern::cast(part.column()) {
                let column = pattern.column().syntax();
                binder.expression(column);
                binder.check_exact_type(column, Type::DATETIME);
                binder.set(pattern.syntax(), Info::of(Type::DATETIME));
            } else {
                binder.expression(part.column());
            }
        }
    });
}

/// A delta table describes itself.
fn check_delta<'a>(binder: &mut Binder<'a>, node: InlineExternalTable<'a>) {
    if let Some(partition) = node.partition() {
        let code = codes::INLINE_EXTERNAL_TABLE_DELTA_PARTITION_BY_NOT_SUPPORTED;
        binder.report_at(code, partition.syntax(), || "a delta table knows its partitions itself".to_owned());
    }
    if let Some(format) = node.path_format() {
        let code = codes::INLINE_EXTERNAL_TABLE_DELTA_PATH_FORMAT_NOT_SUPPORTED;
        binder.report_at(code, format.syntax(), || "a delta table knows its paths itself".to_owned());
    }
    if !node.data_format().keyword().is_missing() {
        let code = codes::INLINE_EXTERNAL_TABLE_DELTA_DATA_FORMAT_NOT_SUPPORTED;
        binder.report_at(code, node.data_format().syntax(), || {
            "a delta table knows the format of its files itself".to_owned()
        });
    }
    if node.connections().strings().len() > 1 {
        let code = codes::INLINE_EXTERNAL_TABLE_DELTA_REQUIRES_SINGLE_ROOT_URI;
        binder.report_at(code, node.connections().syntax(), || "a delta table has one place".to_owned());
    }
}

/// Files in a storage account: partitions, paths and format must fit together.
fn check_storage<'a>(
    binder: &mut Binder<'a>,
    node: InlineExternalTable<'a>,
    columns: &mut Vec<&'a Column<'a>>,
) {
    let mut names: Vec<&str> = Vec::new();
    for partition in node.partition().into_iter().flat_map(|partition| partition.columns().iter()) {
        if !check_partition(binder, partition, &mut names, columns) {
            break;
        }
    }
    if let Some(format) = node.path_format() {
        check_path_format(binder, format, &names);
    }
    let format = node.data_format().value();
    if !FORMATS.contains(&format.text()) {
        binder.report_with_help(codes::WRONG_DATA_STREAM_TYPE, node.data_format().syntax().range(), || {
            let help = format!("use one of `{}`", FORMATS.join("`, `"));
            (format!("`{}` is no format of files", format.text()), Some(help))
        });
    }
}

/// Checks one partition column; `false` where those after it are passed over.
fn check_partition<'a>(
    binder: &mut Binder<'a>,
    partition: PartitionColumn<'a>,
    names: &mut Vec<&'a str>,
    columns: &mut Vec<&'a Column<'a>>,
) -> bool {
    let name = binder.name_text(partition.name().syntax());
    let twice = |binder: &mut Binder<'a>| {
        binder.report_at(codes::DUPLICATE_COLUMN_DECLARATION, partition.syntax(), || {
            format!("the column `{name}` is declared a second time")
        });
    };
    if names.contains(&name) {
        binder.report_at(codes::DUPLICATE_COLUMN_DECLARATION, partition.name().name(), || {
            format!("the partition column `{name}` is declared a second time")
        });
        twice(binder);
        return false;
    }
    names.push(name);
    if partition.kind().kind() != NodeKind::PrimitiveType {
        binder.report_at(codes::WRONG_PARTITION_COLUMN_TYPE, partition.syntax(), || {
            "a partition column has a scalar type".to_owned()
        });
        return false;
    }
    let ty = binder.declared_type(partition.kind(), false);
    let Some(expression) = partition.expression() else {
        if columns.iter().any(|column| column.name == name) {
            twice(binder);
            return false;
        }
        if Type::LONG.assignable_to(ty, Conversion::None) {
            binder.report_at(codes::WRONG_VIRTUAL_PARTITION_COLUMN_TYPE, partition.syntax(), || {
                "a partition column that no column computes cannot be `long`".to_owned()
            });
            return false;
        }
        columns.push(Column::new(binder.arena, name, ty));
        return true;
    };
    binder.check_exact_type(expression, ty);
    if let Some(call) = FunctionCall::cast(expression) {
        let function = binder.name_text(call.name().syntax());
        if !PARTITION_FUNCTIONS.contains(&function) {
            binder.report_with_help(
                codes::WRONG_PARTITION_COLUMN_FUNCTION,
                partition.syntax().range(),
                || {
                    let help = format!("use one of `{}`", PARTITION_FUNCTIONS.join("`, `"));
                    (format!("`{function}` cannot compute a partition column"), Some(help))
                },
            );
        }
    }
    true
}

/// Each partition column stands in the path, either as it is or as a pattern of its date.
fn check_path_format<'a>(binder: &mut Binder<'a>, format: InlineTablePathFormat<'a>, names: &[&'a str]) {
    let both = |binder: &mut Binder<'a>, name: &str| {
        let code = codes::PARTITION_COLUMN_CAN_NOT_BE_USED_BOTH_DIRECTLY_AND_PATTERN;
        binder.report_at(code, format.syntax(), || format!("the path gives the column `{name}` in two ways"));
    };
    let mut direct: HashSet<&str> = HashSet::new();
    let mut patterns: Vec<(&str, &str)> = Vec::new();
    for part in format.parts().iter() {
        if NameReference::cast(part.column()).is_some() {
            direct.insert(binder.name_text(part.column()));
        } else if let Some(pattern) = DateTimePattern::cast(part.column()) {
            let name = binder.name_text(pattern.column().syntax());
            let text = pattern.pattern().syntax().text();
            if patterns.iter().any(|(known, other)| *known == name && *other != text) {
                both(binder, name);
                break;
            }
            patterns.push((name, text));
        }
    }
    for name in names {
        if !direct.contains(name) && !patterns.iter().any(|(known, _)| known == name) {
            binder.report_at(codes::PARTITION_COLUMN_NOT_USED_IN_PATH_FORMAT, format.syntax(), || {
                format!("the path does not hold the partition column `{name}`")
            });
        }
    }
    for (name, _) in patterns.iter().filter(|(name, _)| direct.contains(name)) {
        both(binder, name);
    }
}
