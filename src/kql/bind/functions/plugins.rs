//! The tables that plugins yield.

use foldhash::{HashSet, HashSetExt};

use super::context::{CallContext, ColumnRef};
use crate::catalog::ScalarType::{self, Dynamic, Long, Real, TimeSpan};
use crate::kql::bind::symbols::{Symbol, Table};
use crate::kql::bind::types::Type;

/// The type of a plugin's result: a table, but several of `preview`.
pub(super) fn return_type<'a>(cx: &CallContext<'a, '_>) -> Type<'a> {
    if cx.function.name == "preview" {
        let count = cx.table(&[cx.scalar("Count", Long)]);
        let tables = [cx.rows, count].map(|table| Symbol::Type(Type::Table(table)));
        return Type::Group(cx.arena.slice(&tables));
    }
    Type::Table(table(cx))
}

fn table<'a>(cx: &CallContext<'a, '_>) -> &'a Table<'a> {
    match cx.function.name {
        "active_users_count" => activity(cx, &[("dcount", Long)]),
        "activity_counts_metrics" => activity(
            cx,
            &[("count", Long), ("dcount", Long), ("new_dcount", Long), ("aggregated_dcount", Long)],
        ),
        "activity_engagement" => activity(
            cx,
            &[("dcount_activities_inner", Long), ("dcount_activities_outer", Long), ("activity_ratio", Real)],
        ),
        "activity_metrics" => activity(
            cx,
            &[
                ("dcount_values", Long),
                ("dcount_newvalues", Long),
                ("retention_rate", Real),
                ("churn_rate", Real),
            ],
        ),
        "session_count" => activity(cx, &[("count_sessions", Long)]),
        "sliding_window_counts" => activity(cx, &[("Count", Long), ("Dcount", Long)]),
        "new_activity_metrics" => new_activity_metrics(cx),
        "autocluster" | "basket" => {
            before_rows(cx, &[("SegmentId", Long), ("Count", Long), ("Percent", Real)])
        }
        "diffpatterns" => before_rows(
            cx,
            &[
                ("SegmentId", Long),
                ("CountA", Long),
                ("CountB", Long),
                ("PercentA", Real),
                ("PercentB", Real),
                ("PercentDiffAB", Real),
            ],
        ),
        "bag_unpack" => bag_unpack(cx),
        "dcount_intersect" => dcount_intersect(cx),
        "estimate_rows_count" => cx.table(&[cx.scalar("EstimatedRowsCount", Long)]),
        "funnel_sequence" => funnel_sequence(cx),
        "funnel_sequence_completion" => funnel_sequence_completion(cx),
        "identity" | "identity_v3" | "rows_near" => cx.rows,
        "geo_polygon_lookup" => geo_lookup(cx, "LookupPolygonKey"),
        "geo_line_lookup" => geo_lookup(cx, "LookupLineKey"),
        "ipv4_lookup" => {
            let keys: Vec<_> = cx.arguments_of("ExtraKey").filter_map(|key| key.column).collect();
            lookup(cx, |column| !keys.iter().any(|key| key.name == column.name))
        }
        "ipv6_lookup" => lookup(cx, |_| true),
        "pivot" => pivot(cx),
        "csharp" | "python" | "r" => {
            let schema = cx.arguments.first().and_then(|argument| argument.schema);
            schema.unwrap_or_else(|| cx.open_table(&[]))
        }
        "rolling_percentile" => rolling_percentile(cx),
        "sequence_detect" => sequence_detect(cx),
        "ai_embed_text" => ai(cx, "Text", "embedding", Dynamic),
        "ai_embeddings" => ai(cx, "Text", "embeddings", Dynamic),
        "ai_chat_completion" | "ai_chat_completion_prompt" => {
            ai(cx, "Prompt", "completion", ScalarType::String)
        }
        // What a database, a service or a command answers is known when it answers.
        _ => cx.open_table(&[]),
    }
}

type Named = (&'static str, ScalarType);

fn new_columns<'a>(cx: &CallContext<'a, '_>, columns: &[Named]) -> Vec<ColumnRef<'a>> {
    columns.iter().map(|(name, scalar)| cx.scalar(name, *scalar)).collect()
}

/// The timeline, the dimensions, then what is measured.
fn activity<'a>(cx: &CallContext<'a, '_>, measured: &[Named]) -> &'a Table<'a> {
    let mut columns = timeline_and_dimensions(cx, "TimelineColumn");
    columns.extend(new_columns(cx, measured));
    cx.table(&columns)
}

fn timeline_and_dimensions<'a>(cx: &CallContext<'a, '_>, timeline: &str) -> Vec<ColumnRef<'a>> {
    let timeline = cx.argument(timeline).and_then(|argument| argument.column);
    timeline.into_iter().chain(dimensions(cx)).collect()
}

fn dimensions<'a, 'c>(cx: &CallContext<'a, 'c>) -> impl Iterator<Item = ColumnRef<'a>> + use<'a, 'c> {
    cx.arguments_of("Dimension").filter_map(|argument| argument.column)
}

fn new_activity_metrics<'a>(cx: &CallContext<'a, '_>) -> &'a Table<'a> {
    let mut columns = Vec::new();
    if let Some(timeline) = cx.argument("TimelineColumn") {
        let name = timeline.result_name.unwrap_or_default();
        columns.push(cx.column(&format!("from_{name}"), timeline.ty));
        columns.push(cx.column(&format!("to_{name}"), timeline.ty));
    }
    columns.extend(dimensions(cx));
    let measured = [
        ("dcount_new_values", Long),
        ("dcount_retained_values", Long),
        ("dcount_churn_values", Long),
        ("retention_rate", Real),
        ("churn_rate", Real),
    ];
    columns.extend(new_columns(cx, &measured));
    cx.table(&columns)
}

/// New columns in front of the input's.
fn before_rows<'a>(cx: &CallContext<'a, '_>, new: &[Named]) -> &'a Table<'a> {
    let mut columns = new_columns(cx, new);
    columns.extend(cx.rows.columns());
    cx.table_like_input(&columns)
}

/// The input without the bag, and with columns that only the data tell.
fn bag_unpack<'a>(cx: &CallContext<'a, '_>) -> &'a Table<'a> {
    let bag = cx.arguments.first().and_then(|argument| argument.column);
    let is_bag = |column: &ColumnRef<'a>| bag.is_some_and(|bag| std::ptr::eq(bag, *column));
    let kept: Vec<_> = cx.rows.columns().iter().copied().filter(|column| !is_bag(column)).collect();
    cx.table_like_input(&kept).open(cx.arena, true)
}

fn dcount_intersect<'a>(cx: &CallContext<'a, '_>) -> &'a Table<'a> {
    let mut columns = cx.rows.columns().to_vec();
    columns.extend((0..cx.arguments.len()).map(|at| cx.scalar(&format!("s{at}"), Long)));
    cx.table_like_input(&columns)
}

fn funnel_sequence<'a>(cx: &CallContext<'a, '_>) -> &'a Table<'a> {
    let mut columns: Vec<_> =
        cx.argument("TimelineColumn").and_then(|argument| argument.column).into_iter().collect();
    if let Some(state) = cx.argument("StateColumn") {
        columns.push(cx.column("prev", state.ty));
        columns.push(cx.column("next", state.ty));
    }
    columns.push(cx.scalar("dcount", Long));
    columns.push(cx.column("samples", Type::ARRAY));
    cx.table(&columns)
}

fn funnel_sequence_completion<'a>(cx: &CallContext<'a, '_>) -> &'a Table<'a> {
    let mut columns: Vec<_> =
        cx.argument("TimelineColumn").and_then(|argument| argument.column).into_iter().collect();
    if let Some(state) = cx.argument("StateColumn") {
        columns.push(cx.scalar(state.result_name.unwrap_or_default(), ScalarType::String));
    }
    columns.extend(new_columns(cx, &[("Period", TimeSpan), ("dcount", Long)]));
    cx.table(&columns)
}

/// The input's columns and those of the lookup table that `keep` keeps, names made unique.
fn lookup<'a>(cx: &CallContext<'a, '_>, keep: impl Fn(&ColumnRef<'a>) -> bool) -> &'a Table<'a> {
    let Some(Type::Table(table)) = cx.argument("LookupTable").map(|argument| argument.ty) else {
        return cx.rows;
    };
    let mut columns = cx.rows.columns().to_vec();
    columns.extend(table.columns().iter().copied().filter(|column| keep(column)));
    cx.table(&unique_names(cx, columns))
}

/// The columns, those that come again under a name with a number behind it.
fn unique_names<'a>(cx: &CallContext<'a, '_>, columns: Vec<ColumnRef<'a>>) -> Vec<ColumnRef<'a>> {
    let mut unique: Vec<ColumnRef<'a>> = Vec::with_capacity(columns.len());
    let mut taken: HashSet<&str> = HashSet::new();
    for column in columns {
        if taken.insert(column.name) {
            unique.push(column);
            continue;
        }
        let numbered = (1_u32..).map(|number| format!("{}{number}", column.name));
        if let Some(name) = numbered.into_iter().find(|name| !taken.contains(name.as_str())) {
            let renamed = cx.renamed(column, &name);
            taken.insert(renamed.name);
            unique.push(renamed);
        }
    }
    unique
}

/// The key comes along only when the call asks for it, or it is not known which one it is.
fn geo_lookup<'a>(cx: &CallContext<'a, '_>, key: &str) -> &'a Table<'a> {
    let is_true = |constant: Option<&str>| constant.is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let asked = cx.arguments.iter().enumerate().any(|(at, argument)| match argument.assigned {
        Some(name) => name.eq_ignore_ascii_case("return_lookup_key") && is_true(argument.constant),
        None => at == 7 && cx.arguments.len() == 8 && is_true(argument.constant),
    });
    match cx.argument(key).and_then(|argument| argument.column) {
        Some(key) if !asked => lookup(cx, |column| !column.name.eq_ignore_ascii_case(key.name)),
        _ => lookup(cx, |_| true),
    }
}

/// The columns asked for, or all but the one turned and the one aggregated; and what the data tell.
fn pivot<'a>(cx: &CallContext<'a, '_>) -> &'a Table<'a> {
    let turned = cx.arguments.first().and_then(|argument| argument.column);
    let aggregated = cx.arguments.get(1).and_then(|argument| argument.inner_column);
    let mut columns: Vec<_> = cx.arguments.iter().skip(2).filter_map(|argument| argument.column).collect();
    if columns.is_empty() {
        let spent = |column: &ColumnRef<'a>| {
            [turned, aggregated].into_iter().flatten().any(|spent| std::ptr::eq(spent, *column))
        };
        columns = cx.rows.columns().iter().copied().filter(|column| !spent(column)).collect();
    }
    cx.open_table(&columns)
}

fn rolling_percentile<'a>(cx: &CallContext<'a, '_>) -> &'a Table<'a> {
    let mut columns = timeline_and_dimensions(cx, "IndexColumn");
    let text = |name: &str| cx.argument(name).and_then(|argument| argument.constant).unwrap_or("0");
    let value = cx.argument("ValueColumn").and_then(|argument| argument.column);
    let name = format!(
        "rolling_{}_percentile_{}_{}",
        text("BinsPerWindow"),
        value.map_or("value", |value| value.name),
        text("Percentile")
    );
    columns.push(cx.column(&name, value.map_or(Type::Scalar(Long), |value| value.ty)));
    cx.table(&columns)
}

/// The dimensions, the time of each step of the sequence, and how long it took.
fn sequence_detect<'a>(cx: &CallContext<'a, '_>) -> &'a Table<'a> {
    let mut columns: Vec<_> = dimensions(cx).collect();
    if let Some(timeline) = cx.argument("TimelineColumn") {
        let timeline_name = timeline.result_name.unwrap_or_default();
        columns.extend(cx.arguments_of("Expr").map(|step| {
            let name = format!("{}_{timeline_name}", step.result_name.unwrap_or_default());
            cx.column(&name, timeline.ty)
        }));
    }
    columns.push(cx.scalar("Duration", TimeSpan));
    cx.table(&columns)
}

/// The input and what a model answers, with its errors when the call asks for them.
fn ai<'a>(cx: &CallContext<'a, '_>, text: &str, suffix: &str, scalar: ScalarType) -> &'a Table<'a> {
    let prefix = cx.argument(text).and_then(|argument| argument.result_name).unwrap_or_default();
    let mut columns = cx.rows.columns().to_vec();
    columns.push(cx.scalar(&format!("{prefix}_{suffix}"), scalar));
    let errors = cx.argument("IncludeErrorMessages").and_then(|argument| argument.constant);
    if errors.is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        columns.push(cx.scalar(&format!("{prefix}_{suffix}_error"), ScalarType::String));
    }
    cx.table(&columns)
}
