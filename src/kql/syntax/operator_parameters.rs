//! The parameters of operators: `hint.strategy=shuffle`, `kind=inner`, `isfuzzy=true`.
//!
//! Source: the parameter tables of Kusto.Language 12.4.1 (MIT), as facts.

/// What a parameter's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterValue {
    /// A literal, a word or a name.
    Any,
    /// One of the parameter's words, or any word where it lists none.
    Word,
    /// One of the words, or a number.
    WordOrNumber,
    /// `true` or `false`.
    Bool,
    /// An integer.
    Integer,
    /// A number.
    Number,
    /// A real number, also when written as an integer.
    Real,
    /// A literal of any scalar type.
    Scalar,
    /// A string literal.
    StringLiteral,
    /// An expression that is a string.
    Text,
    /// A column.
    Column,
    /// Columns with commas between.
    Columns,
    /// A new name.
    Declaration,
}

/// A parameter of an operator.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Another spelling of the name.
    pub alias: Option<&'static str>,
    /// What its value is.
    pub value: ParameterValue,
    /// The words its value may be; empty where any may.
    pub words: &'static [&'static str],
    /// Whether it may be given more than once.
    pub repeatable: bool,
}

const fn parameter(name: &'static str, value: ParameterValue, words: &'static [&'static str]) -> Parameter {
    Parameter { name, alias: None, value, words, repeatable: false }
}

const fn repeated(name: &'static str, value: ParameterValue) -> Parameter {
    Parameter { name, alias: None, value, words: &[], repeatable: true }
}

const fn aliased(name: &'static str, alias: &'static str, value: ParameterValue) -> Parameter {
    Parameter { name, alias: Some(alias), value, words: &[], repeatable: false }
}

use ParameterValue as V;

/// Parameters of every operator, where the operator has none of that name.
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

/// Parameters of AsParameters.
pub const AS: &[Parameter] = &[parameter("hint.materialized", V::Bool, &[])];

/// Parameters of ConsumeParameters.
pub const CONSUME: &[Parameter] = &[parameter("decodeblocks", V::Bool, &[])];

/// Parameters of DistinctParameters.
pub const DISTINCT: &[Parameter] = &[
    repeated("hint.shufflekey", V::Column),
    parameter("hint.strategy", V::Word, &["auto", "broadcast", "centralized", "shuffle"]),
    parameter("hint.num_partitions", V::Integer, &[]),
];

/// Parameters of EvaluateParameters.
pub const EVALUATE: &[Parameter] = &[
    parameter("hint.distribution", V::Word, &["single", "per_node", "per_shard", "default"]),
    parameter("hint.remote", V::Word, &["auto", "local"]),
];

/// Parameters of FindParameters.
pub const FIND: &[Parameter] = &[aliased("withsource", "with_source", V::Declaration)];

/// Parameters of GraphMakeParameters.
pub const GRAPH_MAKE: &[Parameter] = &[parameter("hint.strategy", V::Word, &["shuffle", "native"])];

/// Parameters of GraphMarkComponentsParameters.
pub const GRAPH_MARK_COMPONENTS: &[Parameter] =
    &[parameter("kind", V::Word, &["weak", "strong"]), parameter("with_component_id", V::Declaration, &[])];

/// Parameters of GraphMatchParameters.
pub const GRAPH_MATCH: &[Parameter] = &[parameter("cycles", V::Word, &["none", "all", "unique_edges"])];

/// Parameters of GraphShortestPathsParameters.
pub const GRAPH_SHORTEST_PATHS: &[Parameter] = &[parameter("output", V::Word, &["any", "all"])];

/// Parameters of GraphToTableEdgesParameters.
pub const GRAPH_TO_TABLE_EDGES: &[Parameter] =
    &[parameter("with_source_id", V::Declaration, &[]), parameter("with_target_id", V::Declaration, &[])];

/// Parameters of GraphToTableNodesParameters.
pub const GRAPH_TO_TABLE_NODES: &[Parameter] = &[parameter("with_node_id", V::Declaration, &[])];

/// Parameters of JoinParameters.
pub const JOIN: &[Parameter] = &[
    parameter(
        "kind",
        V::Word,
        &[
            "inner",
            "fullouter",
            "innerunique",
            "leftanti",
            "leftantisemi",
            "anti",
            "leftouter",
            "leftsemi",
            "rightanti",
            "rightantisemi",
            "rightouter",
            "rightsemi",
        ],
    ),
    parameter("hint.remote", V::Word, &["auto", "left", "local", "right", "unresolved"]),
    repeated("hint.shufflekey", V::Column),
    parameter("hint.strategy", V::Word, &["auto", "broadcast", "centralized", "shuffle"]),
    parameter("hint.num_partitions", V::Integer, &[]),
];

/// Parameters of LookupParameters.
pub const LOOKUP: &[Parameter] = &[parameter("kind", V::Word, &["inner", "leftouter"])];

/// Parameters of MacroExpandParameters.
pub const MACRO_EXPAND: &[Parameter] = &[
    parameter("force_remote", V::Bool, &[]),
    aliased("isfuzzy", "__isFuzzy", V::Bool),
    parameter("best_effort", V::Bool, &[]),
];

/// Parameters of MakeSeriesParameters.
pub const MAKE_SERIES: &[Parameter] =
    &[repeated("hint.shufflekey", V::Column), parameter("kind", V::Word, &["nonempty"])];

/// Parameters of MvApplyParameters.
pub const MV_APPLY: &[Parameter] = &[parameter("with_itemindex", V::Declaration, &[])];

/// Parameters of MvExpandParameters.
pub const MV_EXPAND: &[Parameter] = &[
    parameter("kind", V::Word, &["bag", "array"]),
    parameter("bagexpansion", V::Word, &["bag", "array"]),
    parameter("with_itemindex", V::Declaration, &[]),
];

/// Parameters of ParseKvWithProperties.
pub const PARSE_KV_WITH_PROPERTIES: &[Parameter] = &[
    parameter("pair_delimiter", V::StringLiteral, &[]),
    parameter("kv_delimiter", V::StringLiteral, &[]),
    parameter("regex", V::StringLiteral, &[]),
    repeated("quote", V::StringLiteral),
    repeated("escape", V::StringLiteral),
    parameter("greedy", V::Bool, &[]),
];

/// Parameters of ParseParameters.
pub const PARSE: &[Parameter] =
    &[parameter("kind", V::Word, &["simple", "regex", "relaxed"]), parameter("flags", V::Word, &[])];

/// Parameters of PartitionByParameters.
pub const PARTITION_BY: &[Parameter] = &[
    parameter("hint.concurrency", V::WordOrNumber, &["auto", "left", "local", "right", "unresolved"]),
    parameter("hint.spread", V::WordOrNumber, &["auto", "local"]),
    parameter("hint.materialized", V::Bool, &[]),
    repeated("hint.shufflekey", V::Column),
    parameter("hint.strategy", V::Word, &["shuffle", "native", "legacy"]),
];

/// Parameters of PartitionParameters.
pub const PARTITION: &[Parameter] = &[
    parameter("hint.concurrency", V::WordOrNumber, &["auto", "left", "local", "right", "unresolved"]),
    parameter("hint.spread", V::WordOrNumber, &["auto", "local"]),
    parameter("hint.materialized", V::Bool, &[]),
    repeated("hint.shufflekey", V::Column),
    parameter("hint.strategy", V::Word, &["shuffle", "native", "legacy"]),
];

/// Parameters of ReduceParameters.
pub const REDUCE: &[Parameter] = &[parameter("kind", V::Word, &["source"])];

/// Parameters of ReduceWithParameters.
pub const REDUCE_WITH: &[Parameter] =
    &[parameter("threshold", V::Number, &[]), parameter("characters", V::StringLiteral, &[])];

/// Parameters of RenderParameters.
pub const RENDER: &[Parameter] = &[
    parameter("kind", V::Word, &["default", "unstacked", "stacked", "stacked100", "map"]),
    parameter("title", V::Text, &[]),
    parameter("accumulate", V::Bool, &[]),
    parameter("with", V::StringLiteral, &[]),
    parameter("by", V::Columns, &[]),
];

/// Parameters of RenderWithProperties.
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

/// Parameters of RestrictStatementParameters.
pub const RESTRICT_STATEMENT: &[Parameter] = &[parameter("AllowManagedIdentityAuthentication", V::Bool, &[])];

/// Parameters of ScanParameters.
pub const SCAN: &[Parameter] =
    &[parameter("kind", V::Word, &["partial", "full"]), parameter("with_match_id", V::Declaration, &[])];

/// Parameters of SearchParameters.
pub const SEARCH: &[Parameter] =
    &[parameter("kind", V::Word, &["default", "case_insensitive", "case_sensitive"])];

/// Parameters of SortParameters.
pub const SORT: &[Parameter] = &[parameter("hint.strategy", V::Word, &["splitBlock", "multipleBlocks"])];

/// Parameters of SummarizeParameters.
pub const SUMMARIZE: &[Parameter] = &[
    repeated("hint.shufflekey", V::Column),
    parameter("hint.strategy", V::Word, &["shuffle"]),
    parameter("hint.num_partitions", V::Integer, &[]),
];

/// Parameters of ToScalarKindParameter.
pub const TO_SCALAR_KIND: &[Parameter] = &[parameter("kind", V::Word, &["nooptimization"])];

/// Parameters of ToTableKindParameter.
pub const TO_TABLE_KIND: &[Parameter] = &[parameter("kind", V::Word, &["nooptimization"])];

/// Parameters of TopParameters.
pub const TOP: &[Parameter] = &[parameter("hint.progressive_top", V::Bool, &[])];

/// Parameters of UnionParameters.
pub const UNION: &[Parameter] = &[
    parameter("kind", V::Word, &["inner", "outer"]),
    aliased("withsource", "with_source", V::Declaration),
    aliased("isfuzzy", "__isFuzzy", V::Bool),
    parameter("best_effort", V::Bool, &[]),
    parameter("hint.concurrency", V::WordOrNumber, &["auto", "left", "local", "right", "unresolved"]),
    parameter("hint.spread", V::WordOrNumber, &["auto", "local"]),
];

/// The kind of schema that getschema shows.
pub const GET_SCHEMA_KIND: Parameter = parameter("kind", V::Word, &["csl"]);
