//! Lints of what makes a query one that no rule can have.

mod calls;
mod every_table;
mod external_data;
pub(super) mod front_end;
mod left_placeholder;
mod management_command;
mod nearly_too_long;
mod no_result;
mod not_tabular;
mod nrt_ingestion_time;
mod nrt_workspace;
mod other_cluster;
mod render;
mod several_results;
mod statement;
mod stray_parameter;
mod unavailable_plugin;
mod unpacked_column;

use super::Lint;

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[
    Lint::query(&render::RENDER_IN_RULE, render::check),
    Lint::query(&not_tabular::RESULT_NOT_TABULAR, not_tabular::check),
    Lint::query(&every_table::EVERY_TABLE, every_table::check),
    Lint::query(&other_cluster::OTHER_CLUSTER, other_cluster::check),
    Lint::query(&management_command::MANAGEMENT_COMMAND, management_command::check),
    Lint::query(&no_result::NO_RESULT, no_result::check),
    Lint::query(&several_results::SEVERAL_RESULTS, several_results::check),
    Lint::query(&nrt_workspace::NRT_OTHER_WORKSPACE, nrt_workspace::check),
    Lint::query(&left_placeholder::LEFT_PLACEHOLDER, left_placeholder::check),
    Lint::query(&nrt_ingestion_time::NRT_INGESTION_TIME, nrt_ingestion_time::check),
    Lint::query(&external_data::EXTERNAL_DATA, external_data::check),
    Lint::query(&unavailable_plugin::UNAVAILABLE_PLUGIN, unavailable_plugin::check),
    Lint::query(&statement::UNAVAILABLE_STATEMENT, statement::check),
    Lint::query(&unpacked_column::UNPACKED_COLUMN, unpacked_column::check),
    Lint::query(&stray_parameter::STRAY_PARAMETER, stray_parameter::check),
    Lint::rule(&nearly_too_long::QUERY_NEARLY_TOO_LONG, nearly_too_long::check),
];
