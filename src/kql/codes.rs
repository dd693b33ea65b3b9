//! The codes of KQL findings, and the codes of the reference that they agree with.
//!
//! `KQ142` is found where Kusto.Language 12.4.1 (the fact table's source) finds `KS142`, over the same bytes;
//! the words are our own.

use crate::diag::{Code, Confidence, Diagnostic, LintMeta, Severity};
use crate::text::{SourceId, Span, TextRange};

/// A code of the KQL front end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KqlCode {
    /// Our code, such as `KQ142`.
    pub code: Code,
    /// The reference's code, such as `KS142`.
    pub reference: &'static str,
    /// A short name, such as `unknown-name`.
    pub name: &'static str,
    /// How bad it is.
    pub severity: Severity,
}

impl KqlCode {
    /// A finding of this code over `range` of the query text.
    pub fn at(&self, range: TextRange, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.code, self.severity, Span::new(SourceId::default(), range), message)
    }
}

/// The entry of `code` (ours), if it is one of the KQL front end.
pub fn find(code: &str) -> Option<&'static KqlCode> {
    ALL.iter().find(|entry| entry.code == code)
}

macro_rules! kql_codes {
    ($($constant:ident $number:literal $name:literal $severity:ident,)*) => {
        $(
            #[doc = concat!("`", $name, "`")]
            pub const $constant: KqlCode = KqlCode {
                code: concat!("KQ", $number),
                reference: concat!("KS", $number),
                name: $name,
                severity: Severity::$severity,
            };
        )*

        /// Every code, in order.
        pub const ALL: &[KqlCode] = &[$($constant),*];

        /// What reports say of each code, in order.
        pub static METAS: &[LintMeta] = &[$(LintMeta {
            code: concat!("KQ", $number),
            name: $name,
            level: Severity::$severity,
            confidence: Confidence::High,
            since: "0.1.0",
            docs: concat!(
                " ## What it does\n Reports a place in a query where Kusto.Language, the front end of the service, \
                 reports `KS", $number, "`; the message says what is wrong there.\n\n ## Why is this bad\n The \
                 service judges queries with that front end: what is an error there is refused.\n",
            ),
            file: file!(),
            line: line!(),
        }),*];
    };
}

kql_codes! {
    MISSING_TEXT "001" "missing-text" Error,
    UNEXPECTED_CHARACTER "002" "unexpected-character" Error,
    MALFORMED_TOKEN "003" "malformed-token" Error,
    MALFORMED_LITERAL "004" "malformed-literal" Error,
    TERMS_EXPECTED "005" "terms-expected" Error,
    MISSING_TOKEN "006" "missing-token" Error,
    PARSE_PATTERN_START "100" "parse-pattern-start" Error,
    PARSE_PATTERN_NAME_PLACE "101" "parse-pattern-name-place" Error,
    PARSE_PATTERN_STAR_PLACE "102" "parse-pattern-star-place" Error,
    PARSE_PATTERN_AMBIGUOUS_STAR "103" "parse-pattern-ambiguous-star" Error,
    INVALID_PATTERN_PART "104" "invalid-pattern-part" Error,
    IDENTIFIER_NAME_ONLY "105" "identifier-name-only" Error,
    OPERATOR_NOT_DEFINED "106" "operator-not-defined" Error,
    TYPE_EXPECTED "107" "type-expected" Error,
    SCALAR_TYPE_EXPECTED "108" "scalar-type-expected" Error,
    COLUMN_EXPECTED "109" "column-expected" Error,
    RENAME_ASSIGNMENT_EXPECTED "110" "rename-assignment-expected" Error,
    TABULAR_VALUE_EXPECTED "111" "tabular-value-expected" Error,
    TABLE_OR_SCALAR_EXPECTED "112" "table-or-scalar-expected" Error,
    SINGLE_COLUMN_TABLE_EXPECTED "113" "single-column-table-expected" Error,
    DATABASE_EXPECTED "114" "database-expected" Error,
    CLUSTER_EXPECTED "115" "cluster-expected" Error,
    TYPE_NOT_ALLOWED "116" "type-not-allowed" Error,
    FUNCTION_REQUIRES_ARGUMENT_LIST "117" "function-requires-argument-list" Error,
    ARGUMENT_COUNT "118" "argument-count" Error,
    FUNCTION_ARGUMENT_COUNT "119" "function-argument-count" Error,
    FUNCTION_ARGUMENT_RANGE "120" "function-argument-range" Error,
    FUNCTION_HAS_INCORRECT_NUMBER_OF_ARGUMENTS "121" "function-has-incorrect-number-of-arguments" Error,
    SCALAR_FUNCTION_NOT_DEFINED "122" "scalar-function-not-defined" Error,
    AGGREGATE_FUNCTION_NOT_DEFINED "123" "aggregate-function-not-defined" Error,
    PLUG_IN_FUNCTION_NOT_DEFINED "124" "plug-in-function-not-defined" Error,
    PLUG_IN_FUNCTION_IS_NOT_ENABLED "125" "plug-in-function-is-not-enabled" Error,
    PLUGIN_NOT_ALLOWED_IN_THIS_CONTEXT "126" "plugin-not-allowed-in-this-context" Error,
    FUNCTION_NOT_DEFINED_WITH_MATCHING_PARAMETERS "127" "function-not-defined-with-matching-parameters" Error,
    NAME_IS_NOT_A_FUNCTION "128" "name-is-not-a-function" Error,
    MUST_BE_CONSTANT "129" "must-be-constant" Error,
    MUST_BE_CONSTANT_OR_IDENTIFIER "130" "must-be-constant-or-identifier" Error,
    MUST_BE_LITERAL "131" "must-be-literal" Error,
    MUST_BE_LITERAL_SCALAR_VALUE "132" "must-be-literal-scalar-value" Error,
    MUST_NOT_BE_EMPTY "133" "must-not-be-empty" Error,
    MUST_BE_INTEGER "134" "must-be-integer" Error,
    MUST_BE_REAL_OR_DECIMAL "135" "must-be-real-or-decimal" Error,
    MUST_BE_INTEGER_OR_ARRAY "136" "must-be-integer-or-array" Error,
    NUMERIC_EXPECTED "137" "numeric-expected" Error,
    MUST_BE_SUMMABLE "138" "must-be-summable" Error,
    MULTI_VALUED_ASSIGNMENT "139" "multi-valued-assignment" Error,
    VALUE_NOT_ALLOWED "140" "value-not-allowed" Error,
    TYPE_REQUIRED "141" "type-required" Error,
    UNKNOWN_NAME "142" "unknown-name" Error,
    FUNCTION_NOT_DEFINED "143" "function-not-defined" Error,
    AGGREGATE_NOT_ALLOWED_IN_THIS_CONTEXT "144" "aggregate-not-allowed-in-this-context" Error,
    COLUMN_MUST_EXIST_ON_BOTH_SIDES_OF_JOIN "145" "column-must-exist-on-both-sides-of-join" Error,
    NAME_REFERS_TO_MORE_THAN_ONE_ITEM "146" "name-refers-to-more-than-one-item" Error,
    THE_ELEMENT_ACCESS_OPERATOR_IS_NOT_ALLOWED_IN_THIS_CONTEXT "147" "the-element-access-operator-is-not-allowed-in-this-context" Error,
    EXPRESSION_HAS_NO_NAME "148" "expression-has-no-name" Error,
    EXPRESSION_DOES_NOT_HAVE_MULTIPLE_VALUES "149" "expression-does-not-have-multiple-values" Error,
    NAME_HAS_NO_CORRESPONDING_EXPRESSION "150" "name-has-no-corresponding-expression" Error,
    INVALID_TYPE_NAME "160" "invalid-type-name" Error,
    INVALID_COLUMN_DECLARATION "170" "invalid-column-declaration" Error,
    DUPLICATE_COLUMN_DECLARATION "171" "duplicate-column-declaration" Error,
    INVALID_TYPE_EXPRESSION "172" "invalid-type-expression" Error,
    INCORRECT_NUMBER_OF_DATA_VALUES "173" "incorrect-number-of-data-values" Error,
    QUERY_OPERATOR_CANNOT_BE_FIRST "174" "query-operator-cannot-be-first" Error,
    QUERY_OPERATOR_MUST_BE_FIRST "175" "query-operator-must-be-first" Error,
    QUERY_OPERATOR_EXPECTED "176" "query-operator-expected" Error,
    QUERY_OPERATOR_NOT_ALLOWED_IN_CONTEXT "177" "query-operator-not-allowed-in-context" Error,
    TYPE_IS_NOT_INTERVAL_TYPE "178" "type-is-not-interval-type" Error,
    UNKNOWN_QUERY_OPERATOR_PARAMETER_NAME "179" "unknown-query-operator-parameter-name" Warning,
    PARAMETER_ALREADY_SPECIFIED "180" "parameter-already-specified" Error,
    NAME_NOT_A_TABLE "181" "name-not-a-table" Error,
    INVALID_JOIN_CONDITION "182" "invalid-join-condition" Error,
    INVALID_JOIN_CONDITION_OPERAND "183" "invalid-join-condition-operand" Error,
    EXPRESSION_REFERS_TO_MORE_THAN_ONE_COLUMN "184" "expression-refers-to-more-than-one-column" Error,
    PACK_MUST_BE_LAST "185" "pack-must-be-last" Error,
    PATH_VALUE_WITH_NO_PATH_PARAMETER "186" "path-value-with-no-path-parameter" Error,
    PATH_VALUE_EXPECTED "187" "path-value-expected" Error,
    NO_PATTERN_MATCHES_ARGUMENTS "188" "no-pattern-matches-arguments" Error,
    DEFAULT_VALUE_EXPECTED "189" "default-value-expected" Error,
    TABLE_HAS_NO_COLUMNS "190" "table-has-no-columns" Error,
    STAR_EXPRESSION_NOT_ALLOWED "191" "star-expression-not-allowed" Error,
    STAR_MUST_BE_LAST_ARGUMENT "192" "star-must-be-last-argument" Error,
    NAMED_ARGUMENTS_NOT_SUPPORTED "193" "named-arguments-not-supported" Error,
    COMPOUND_NAMED_ARGUMENTS_NOT_SUPPORTED "194" "compound-named-arguments-not-supported" Error,
    UNNAMED_ARGUMENT_AFTER_OUTOF_ORDER_NAMED_ARGUMENT "195" "unnamed-argument-after-outof-order-named-argument" Error,
    UNKNOWN_ARGUMENT_NAME "196" "unknown-argument-name" Error,
    MISSING_ARGUMENT_FOR_PARAMETER "197" "missing-argument-for-parameter" Error,
    INCOMPLETE_FRAGMENT "198" "incomplete-fragment" Error,
    NO_COLUMNS_IN_SCOPE "199" "no-columns-in-scope" Error,
    ERROR_IN_EXPANSION "200" "error-in-expansion" Error,
    VARIABLE_ALREADY_DECLARED "201" "variable-already-declared" Error,
    MATERIALIZED_VIEW_NAME_MUST_BE_STRING_LITERAL "202" "materialized-view-name-must-be-string-literal" Error,
    ANALYZER_FAILURE "203" "analyzer-failure" Error,
    UNKNOWN_TABLE "204" "unknown-table" Error,
    FUZZY_ENTITY_NOT_DEFINED "205" "fuzzy-entity-not-defined" Warning,
    MUST_BE_ORDERABLE "206" "must-be-orderable" Error,
    UNKNOWN_CLUSTER "207" "unknown-cluster" Warning,
    UNKNOWN_DATABASE "208" "unknown-database" Error,
    UNKNOWN_EXTERNAL_TABLE "209" "unknown-external-table" Error,
    UNKNOWN_MATERIALIZED_VIEW "210" "unknown-materialized-view" Error,
    UNKNOWN_FUNCTION "211" "unknown-function" Error,
    CLIENT_PARAMETERS_NOT_SUPPORTED "213" "client-parameters-not-supported" Error,
    RAW_GUID_LITERAL_NOT_ALLOWED "214" "raw-guid-literal-not-allowed" Error,
    DECIMAL_IN_DYNAMIC "215" "decimal-in-dynamic" Error,
    CLUSTER_DATABASE_OR_TABLE_EXPECTED "216" "cluster-database-or-table-expected" Error,
    MISSING_GRAPH_MATCH_PATTERN "217" "missing-graph-match-pattern" Error,
    GRAPH_EXPECTED "218" "graph-expected" Error,
    QUERY_OPERATOR_EXPECTS_GRAPH "219" "query-operator-expects-graph" Error,
    COLUMN_DECLARATION_EXPECTED "220" "column-declaration-expected" Error,
    INTEGER_LITERAL_EXPECTED "221" "integer-literal-expected" Error,
    STRING_LITERAL_EXPECTED "222" "string-literal-expected" Error,
    BOOLEAN_LITERAL_EXPECTED "223" "boolean-literal-expected" Error,
    SUMMABLE_LITERAL_EXPECTED "224" "summable-literal-expected" Error,
    NUMERIC_LITERAL_EXPECTED "225" "numeric-literal-expected" Error,
    SCALAR_LITERAL_EXPECTED "226" "scalar-literal-expected" Error,
    COMMON_JOIN_COLUMNS_MUST_HAVE_SAME_TYPE "227" "common-join-columns-must-have-same-type" Error,
    NAME_REQUIRES_BRACKETS "228" "name-requires-brackets" Error,
    MISSING_GRAPH_ENTITY_TYPE "229" "missing-graph-entity-type" Error,
    INCORRECT_NUMBER_OF_OUTPUT_GRAPH_TO_TABLE_ENTITIES "230" "incorrect-number-of-output-graph-to-table-entities" Error,
    TABLE_OR_GRAPH_EXPECTED "231" "table-or-graph-expected" Error,
    NO_COMMON_ARGUMENT_TYPE "232" "no-common-argument-type" Error,
    MUST_BE_STRING_OR_ARRAY "233" "must-be-string-or-array" Error,
    MUST_BE_DYNAMIC_ARRAY "234" "must-be-dynamic-array" Error,
    MUST_BE_DYNAMIC_BAG "235" "must-be-dynamic-bag" Error,
    INVALID_NAME_IN_AGGREGATE_CONTEXT "236" "invalid-name-in-aggregate-context" Error,
    INVALID_NAME_IN_PLUG_IN_CONTEXT "237" "invalid-name-in-plug-in-context" Error,
    MISSING_GRAPH_MATCH_PATTERN_ELEMENT "238" "missing-graph-match-pattern-element" Error,
    GRAPH_MATCH_PATTERN_SYNTAX_ERROR "239" "graph-match-pattern-syntax-error" Error,
    MAKE_GRAPH_DYNAMIC_NODE_ID_COLUMN_NOT_SUPPORTED "240" "make-graph-dynamic-node-id-column-not-supported" Error,
    JOIN_KEY_CANNOT_BE_DYNAMIC "241" "join-key-cannot-be-dynamic" Error,
    JOIN_KEYS_NOT_COMPARABLE "242" "join-keys-not-comparable" Error,
    MAKE_GRAPH_IMPLICITY_ID_SHOULD_NOT_BE_EMPTY "243" "make-graph-implicity-id-should-not-be-empty" Error,
    QUERY_TEXT_SIZE_EXCEEDED "244" "query-text-size-exceeded" Error,
    QUERY_SYNTAX_DEPTH_EXCEEDED "245" "query-syntax-depth-exceeded" Error,
    INTERNAL_FAILURE "246" "internal-failure" Error,
    UNKNOWN_ENTITY_GROUP "247" "unknown-entity-group" Error,
    UNKNOWN_STORED_QUERY_RESULT "248" "unknown-stored-query-result" Error,
    TABULAR_VALUE_DOES_NOT_HAVE_REQUIRED_COLUMNS "249" "tabular-value-does-not-have-required-columns" Error,
    UNKNOWN_DIRECTIVE "250" "unknown-directive" Error,
    TABLE_EXPECTED "251" "table-expected" Error,
    MISSING_PARTITION_COLUMN_DECLARATION "252" "missing-partition-column-declaration" Error,
    MISSING_DATA_FORMAT "253" "missing-data-format" Error,
    MISSING_EXTERNAL_TABLE_KIND "254" "missing-external-table-kind" Error,
    MISSING_PATH_FORMAT_TOKENS "255" "missing-path-format-tokens" Error,
    MISSING_CONNECTION_STRINGS "256" "missing-connection-strings" Error,
    UNKNOWN_TOKEN_IN_PATH_FORMAT_DEFINITION "257" "unknown-token-in-path-format-definition" Error,
    WRONG_PARTITION_COLUMN_TYPE "258" "wrong-partition-column-type" Error,
    WRONG_PARTITION_COLUMN_FUNCTION "259" "wrong-partition-column-function" Error,
    UNKNOWN_GRAPH_MODEL "260" "unknown-graph-model" Error,
    UNKNOWN_GRAPH_SNAPSHOT "261" "unknown-graph-snapshot" Error,
    LATEST_SNAPSHOT_UNKNOWN "262" "latest-snapshot-unknown" Error,
    VOLATILE_GRAPH_UNKNOWN "263" "volatile-graph-unknown" Error,
    PARTITION_COLUMN_NOT_USED_IN_PATH_FORMAT "264" "partition-column-not-used-in-path-format" Error,
    PARTITION_COLUMN_CAN_NOT_BE_USED_BOTH_DIRECTLY_AND_PATTERN "265" "partition-column-can-not-be-used-both-directly-and-pattern" Error,
    WRONG_VIRTUAL_PARTITION_COLUMN_TYPE "266" "wrong-virtual-partition-column-type" Error,
    WRONG_DATA_STREAM_TYPE "267" "wrong-data-stream-type" Error,
    WILDCARDED_NAMES_NOT_ALLOWED_IN_THIS_CONTEXT "268" "wildcarded-names-not-allowed-in-this-context" Error,
    INLINE_EXTERNAL_TABLE_DELTA_DATA_FORMAT_NOT_SUPPORTED "269" "inline-external-table-delta-data-format-not-supported" Error,
    INLINE_EXTERNAL_TABLE_DELTA_PARTITION_BY_NOT_SUPPORTED "270" "inline-external-table-delta-partition-by-not-supported" Error,
    INLINE_EXTERNAL_TABLE_DELTA_PATH_FORMAT_NOT_SUPPORTED "271" "inline-external-table-delta-path-format-not-supported" Error,
    INLINE_EXTERNAL_TABLE_DELTA_REQUIRES_SINGLE_ROOT_URI "272" "inline-external-table-delta-requires-single-root-uri" Error,
    MULTIPLE_GRAPH_OUTPUTS_REQUIRE_ALIASES "273" "multiple-graph-outputs-require-aliases" Error,
    MISSING_COMMAND "300" "missing-command" Error,
}
