//! The parameters of each operator. Made by `cargo dev facts` from the facts of Kusto.Language 12.4.1 (MIT); not edited by hand.

use super::{Parameter, ParameterValue as V, aliased, parameter, repeated};

/// The set that the reference calls AllParameters.
pub const ALL: &[Parameter] = &[
    parameter("bagexpansion", V::Word, &["bag", "array"]),
    parameter("bin_legacy", V::Any, &[]),
    parameter("__crossCluster", V::Any, &[]),
    parameter("__crossDB", V::Any, &[]),
    parameter("decodeblocks", V::Bool, &[]),
    parameter("expandoutput", V::Any, &[]),
    parameter("hint.concurrency", V::WordOrNumber, &["auto", "left", "local", "right", "unresolved"]),
    parameter("hint.distribution", V::Word, &["single", "per_node", "per_shard", "default"]),
    parameter("hint.materialized", V::Bool, &[]),
    parameter("hint.num_partitions", V::Integer, &[]),
    parameter("hint.pass_filters", V::Any, &[]),
    parameter("hint.pass_filters_column", V::Column, &[]),
    parameter("hint.progressive_top", V::Bool, &[]),
    parameter("hint.remote", V::Word, &["auto", "local"]),
    repeated("hint.shufflekey", V::Column),
    parameter("hint.spread", V::WordOrNumber, &["auto", "local"]),
    parameter("hint.strategy", V::Word, &["auto", "broadcast", "centralized", "shuffle"]),
    parameter("__id", V::Any, &[]),
    aliased("isfuzzy", "__isFuzzy", V::Bool),
    parameter("kind", V::Word, &[]),
    parameter("__noWithSource", V::Any, &[]),
    parameter("__packedColumn", V::Column, &[]),
    parameter("__sourceColumnIndex", V::Any, &[]),
    parameter("cycles", V::Word, &["none", "all", "unique_edges"]),
    parameter("with_match_id", V::Declaration, &[]),
    parameter("with_itemindex", V::Declaration, &[]),
    aliased("withsource", "with_source", V::Declaration),
    parameter("with_step_name", V::Declaration, &[]),
    parameter("force_remote", V::Bool, &[]),
];

/// The set that the reference calls AsParameters.
pub const AS: &[Parameter] = &[
    parameter("hint.materialized", V::Bool, &[]),
];

/// The set that the reference calls ConsumeParameters.
pub const CONSUME: &[Parameter] = &[
    parameter("decodeblocks", V::Bool, &[]),
];

/// The set that the reference calls DistinctParameters.
pub const DISTINCT: &[Parameter] = &[
    repeated("hint.shufflekey", V::Column),
    parameter("hint.strategy", V::Word, &["auto", "broadcast", "centralized", "shuffle"]),
    parameter("hint.num_partitions", V::Integer, &[]),
];

/// The set that the reference calls EvaluateParameters.
pub const EVALUATE: &[Parameter] = &[
    parameter("hint.distribution", V::Word, &["single", "per_node", "per_shard", "default"]),
    parameter("hint.remote", V::Word, &["auto", "local"]),
];

/// The set that the reference calls FindParameters.
pub const FIND: &[Parameter] = &[
    aliased("withsource", "with_source", V::Declaration),
];

/// The set that the reference calls GraphMakeParameters.
pub const GRAPH_MAKE: &[Parameter] = &[
    parameter("hint.strategy", V::Word, &["shuffle", "native"]),
];

/// The set that the reference calls GraphMarkComponentsParameters.
pub const GRAPH_MARK_COMPONENTS: &[Parameter] = &[
    parameter("kind", V::Word, &["weak", "strong"]),
    parameter("with_component_id", V::Declaration, &[]),
];

/// The set that the reference calls GraphMatchParameters.
pub const GRAPH_MATCH: &[Parameter] = &[
    parameter("cycles", V::Word, &["none", "all", "unique_edges"]),
];

/// The set that the reference calls GraphShortestPathsParameters.
pub const GRAPH_SHORTEST_PATHS: &[Parameter] = &[
    parameter("output", V::Word, &["any", "all"]),
];

/// The set that the reference calls GraphToTableEdgesParameters.
pub const GRAPH_TO_TABLE_EDGES: &[Parameter] = &[
    parameter("with_source_id", V::Declaration, &[]),
    parameter("with_target_id", V::Declaration, &[]),
];

/// The set that the reference calls GraphToTableNodesParameters.
pub const GRAPH_TO_TABLE_NODES: &[Parameter] = &[
    parameter("with_node_id", V::Declaration, &[]),
];

/// The set that the reference calls JoinParameters.
pub const JOIN: &[Parameter] = &[
    parameter("kind", V::Word, &["inner", "fullouter", "innerunique", "leftanti", "leftantisemi", "anti", "leftouter", "leftsemi", "rightanti", "rightantisemi", "rightouter", "rightsemi"]),
    parameter("hint.remote", V::Word, &["auto", "left", "local", "right", "unresolved"]),
    repeated("hint.shufflekey", V::Column),
    parameter("hint.strategy", V::Word, &["auto", "broadcast", "centralized", "shuffle"]),
    parameter("hint.num_partitions", V::Integer, &[]),
];

/// The set that the reference calls LookupParameters.
pub const LOOKUP: &[Parameter] = &[
    parameter("kind", V::Word, &["inner", "leftouter"]),
];

/// The set that the reference calls MacroExpandParameters.
pub const MACRO_EXPAND: &[Parameter] = &[
    parameter("force_remote", V::Bool, &[]),
    aliased("isfuzzy", "__isFuzzy", V::Bool),
    parameter("best_effort", V::Bool, &[]),
];

/// The set that the reference calls MakeSeriesParameters.
pub const MAKE_SERIES: &[Parameter] = &[
    repeated("hint.shufflekey", V::Column),
    parameter("kind", V::Word, &["nonempty"]),
];

/// The set that the reference calls MvApplyParameters.
pub const MV_APPLY: &[Parameter] = &[
    parameter("with_itemindex", V::Declaration, &[]),
];

/// The set that the reference calls MvExpandParameters.
pub const MV_EXPAND: &[Parameter] = &[
    parameter("kind", V::Word, &["bag", "array"]),
    parameter("bagexpansion", V::Word, &["bag", "array"]),
    parameter("with_itemindex", V::Declaration, &[]),
];

/// The set that the reference calls ParseKvWithProperties.
pub const PARSE_KV_WITH_PROPERTIES: &[Parameter] = &[
    parameter("pair_delimiter", V::StringLiteral, &[]),
    parameter("kv_delimiter", V::StringLiteral, &[]),
    parameter("regex", V::StringLiteral, &[]),
    repeated("quote", V::StringLiteral),
    repeated("escape", V::StringLiteral),
    parameter("greedy", V::Bool, &[]),
];

/// The set that the reference calls ParseParameters.
pub const PARSE: &[Parameter] = &[
    parameter("kind", V::Word, &["simple", "regex", "relaxed"]),
    parameter("flags", V::Word, &[]),
];

/// The set that the reference calls PartitionByParameters.
pub const PARTITION_BY: &[Parameter] = &[
    parameter("hint.concurrency", V::WordOrNumber, &["auto", "left", "local", "right", "unresolved"]),
    parameter("hint.spread", V::WordOrNumber, &["auto", "local"]),
    parameter("hint.materialized", V::Bool, &[]),
    repeated("hint.shufflekey", V::Column),
    parameter("hint.strategy", V::Word, &["shuffle", "native", "legacy"]),
];

/// The set that the reference calls PartitionParameters.
pub const PARTITION: &[Parameter] = &[
    parameter("hint.concurrency", V::WordOrNumber, &["auto", "left", "local", "right", "unresolved"]),
    parameter("hint.spread", V::WordOrNumber, &["auto", "local"]),
    parameter("hint.materialized", V::Bool, &[]),
    repeated("hint.shufflekey", V::Column),
    parameter("hint.strategy", V::Word, &["shuffle", "native", "legacy"]),
];

/// The set that the reference calls ReduceParameters.
pub const REDUCE: &[Parameter] = &[
    parameter("kind", V::Word, &["source"]),
];

/// The set that the reference calls ReduceWithParameters.
pub const REDUCE_WITH: &[Parameter] = &[
    parameter("threshold", V::Number, &[]),
    parameter("characters", V::StringLiteral, &[]),
];

/// The set that the reference calls RenderKind.
pub const RENDER_KIND: &[Parameter] = &[
    parameter("kind", V::Word, &["default", "unstacked", "stacked", "stacked100", "map"]),
];

/// The set that the reference calls RenderParameters.
pub const RENDER: &[Parameter] = &[
    parameter("kind", V::Word, &["default", "unstacked", "stacked", "stacked100", "map"]),
    parameter("title", V::Text, &[]),
    parameter("accumulate", V::Bool, &[]),
    parameter("with", V::StringLiteral, &[]),
    parameter("by", V::Columns, &[]),
];

/// The set that the reference calls RenderWithProperties.
pub const RENDER_WITH_PROPERTIES: &[Parameter] = &[
    parameter("kind", V::Word, &["default", "unstacked", "stacked", "stacked100", "map"]),
    parameter("title", V::Text, &[]),
    parameter("accumulate", V::Bool, &[]),
    parameter("xcolumn", V::Column, &[]),
    parameter("ycolumns", V::Columns, &[]),
    parameter("anomalycolumns", V::Columns, &[]),
    parameter("series", V::Columns, &[]),
    parameter("xtitle", V::Text, &[]),
    parameter("ytitle", V::Text, &[]),
    parameter("xaxis", V::Word, &["linear", "log"]),
    parameter("yaxis", V::Word, &["linear", "log"]),
    parameter("legend", V::Word, &["visible", "hidden"]),
    parameter("ysplit", V::Word, &["none", "axes", "panels"]),
    parameter("ymin", V::Real, &[]),
    parameter("ymax", V::Real, &[]),
    parameter("xmin", V::Scalar, &[]),
    parameter("xmax", V::Scalar, &[]),
];

/// The set that the reference calls RestrictStatementParameters.
pub const RESTRICT_STATEMENT: &[Parameter] = &[
    parameter("AllowManagedIdentityAuthentication", V::Bool, &[]),
];

/// The set that the reference calls ScanParameters.
pub const SCAN: &[Parameter] = &[
    parameter("kind", V::Word, &["partial", "full"]),
    parameter("with_match_id", V::Declaration, &[]),
];

/// The set that the reference calls SearchParameters.
pub const SEARCH: &[Parameter] = &[
    parameter("kind", V::Word, &["default", "case_insensitive", "case_sensitive"]),
];

/// The set that the reference calls SortParameters.
pub const SORT: &[Parameter] = &[
    parameter("hint.strategy", V::Word, &["splitBlock", "multipleBlocks"]),
];

/// The set that the reference calls SummarizeParameters.
pub const SUMMARIZE: &[Parameter] = &[
    repeated("hint.shufflekey", V::Column),
    parameter("hint.strategy", V::Word, &["shuffle"]),
    parameter("hint.num_partitions", V::Integer, &[]),
];

/// The set that the reference calls ToScalarKindParameter.
pub const TO_SCALAR_KIND: &[Parameter] = &[
    parameter("kind", V::Word, &["nooptimization"]),
];

/// The set that the reference calls ToTableKindParameter.
pub const TO_TABLE_KIND: &[Parameter] = &[
    parameter("kind", V::Word, &["nooptimization"]),
];

/// The set that the reference calls TopParameters.
pub const TOP: &[Parameter] = &[
    parameter("hint.progressive_top", V::Bool, &[]),
];

/// The set that the reference calls UnionParameters.
pub const UNION: &[Parameter] = &[
    parameter("kind", V::Word, &["inner", "outer"]),
    aliased("withsource", "with_source", V::Declaration),
    aliased("isfuzzy", "__isFuzzy", V::Bool),
    parameter("best_effort", V::Bool, &[]),
    parameter("hint.concurrency", V::WordOrNumber, &["auto", "left", "local", "right", "unresolved"]),
    parameter("hint.spread", V::WordOrNumber, &["auto", "local"]),
];
