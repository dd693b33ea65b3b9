//! The table of nodes: every construct of the language with its parts, in the order of the text.
//!
//! The binder, the formatter and the editor read the tree through these views; the parser fills the slots
//! in this order. `Node` marks a part where any expression, operator or name may stand.

use super::tree::{Node, Token};
use super::view::{List, Separated, View, declare_nodes};

declare_nodes! {
    // Blocks and statements.

    /// A whole text: client directives, then statements.
    QueryBlock { directives: list(Directive), statements: sep(Node), skipped: opt(SkippedTokens), end: opt_tok }
    /// A client directive line.
    Directive { token: tok }
    /// Tokens that fit nowhere.
    SkippedTokens { tokens: list(SkippedToken) }
    /// One token that fits nowhere.
    SkippedToken { token: tok }
    /// A management command: `.show tables`. Which one it is, [`super::Tree::command_of`] says.
    Command { dot: tok, parts: list(Node), skipped: opt(SkippedTokens) }
    /// A word or sign of a command.
    CommandWord { word: tok }
    /// What a command names, as [`super::Tree::entity_of`] says: a table, a database and so on.
    CommandEntity { name: node(Node) }
    /// The query that a command runs, or the command whose result it takes.
    CommandQuery { statements: sep(Node) }
    /// The commands that a command runs one after the other.
    CommandScript { statements: sep(Node) }
    /// Text of a command that is not KQL: data, or a string in brackets.
    CommandText { text: tok }
    /// `alias database Name = expression`
    AliasStatement { alias_keyword: tok, database_keyword: tok, name: node(NameDeclaration), equal: tok, expression: node(Node) }
    /// `let Name = expression`
    LetStatement { let_keyword: tok, name: node(NameDeclaration), equal: tok, expression: node(Node) }
    /// A statement that is an expression: the query itself.
    ExpressionStatement { expression: node(Node) }
    /// `set Option = value`
    SetOptionStatement { set_keyword: tok, name: node(NameDeclaration), value: opt(OptionValueClause) }
    /// `= value` of a set statement.
    OptionValueClause { equal: tok, expression: node(Node) }
    /// `declare query_parameters (…)`
    QueryParametersStatement { declare_keyword: tok, query_parameters_keyword: tok, open: tok, parameters: sep(FunctionParameter), close: tok }
    /// `restrict access to (…)`
    RestrictStatement { restrict_keyword: tok, access_keyword: tok, to_keyword: tok, open: tok, expressions: sep(Node), close: tok, with: opt(RestrictWithClause) }
    /// `with (…)` of a restrict statement.
    RestrictWithClause { with_keyword: tok, open: tok, properties: sep(NamedParameter), close: tok }
    /// `declare pattern Name = …`
    PatternStatement { declare_keyword: tok, pattern_keyword: tok, name: node(NameDeclaration), pattern: opt(PatternDeclaration) }
    /// The declaration of a pattern: its parameters and matches.
    PatternDeclaration { equal: tok, open: tok, parameters: sep(NameAndType), close: tok, path: opt(PatternPathParameter), open_brace: tok, matches: list(PatternMatch), close_brace: tok }
    /// `[name:type]` after a pattern's parameters.
    PatternPathParameter { open: tok, parameter: node(NameAndType), close: tok }
    /// One case of a pattern.
    PatternMatch { values: node(ArgumentList), path: opt(PatternPathValue), equal: tok, body: node(FunctionBody), semicolon: tok }
    /// `.['value']` of a pattern case.
    PatternPathValue { dot: tok, open: tok, value: node(Node), close: tok }

    // Names.

    /// A name that is one identifier or keyword.
    TokenName { name: tok }
    /// `['a name']`
    BracketedName { open: tok, name: node(Node), close: tok }
    /// `{name}`, a client parameter.
    BracedName { open: tok, name: tok, close: tok }
    /// `Security*`
    WildcardedName { pattern: tok }
    /// `[Security*]`
    BracketedWildcardedName { open: tok, pattern: tok, close: tok }
    /// A place where a name is given.
    NameDeclaration { name: node(Node) }
    /// A place where a name is used.
    NameReference { name: node(Node) }

    // Expressions.

    /// A literal of any type; the kind of its token says which.
    LiteralExpression { token: tok }
    /// Adjacent string literals, which mean one string.
    CompoundStringLiteral { parts: list(LiteralExpression) }
    /// `typeof(…)`
    TypeOfExpression { typeof_keyword: tok, open: tok, types: sep(Node), close: tok }
    /// `*`
    StarExpression { asterisk: tok }
    /// `@`
    AtExpression { at: tok }
    /// `dynamic(…)`
    DynamicExpression { dynamic_keyword: tok, open: tok, value: node(Node), close: tok }
    /// `{"a": 1}` inside `dynamic(…)`.
    JsonObject { open: tok, pairs: sep(JsonPair), close: tok }
    /// `"a": 1`
    JsonPair { name: tok, colon: tok, value: node(Node) }
    /// `[1, 2]` inside `dynamic(…)`.
    JsonArray { open: tok, values: sep(Node), close: tok }
    /// `(expression)`
    ParenthesizedExpression { open: tok, expression: node(Node), close: tok }
    /// `(a, b)`: arguments of a call, or the right side of `in`.
    ArgumentList { open: tok, expressions: sep(Node), close: tok }
    /// `(a .. b)`: the right side of `between`.
    ExpressionCouple { open: tok, first: node(Node), dot_dot: tok, second: node(Node), close: tok }
    /// `-x`, `+x`
    UnaryExpression { operator: tok, expression: node(Node) }
    /// `a op b`
    BinaryExpression { left: node(Node), operator: tok, right: node(Node) }
    /// `a in (…)`, `a !in (…)`, `a in~ (…)`, `a !in~ (…)`
    InExpression { left: node(Node), operator: tok, right: node(ArgumentList) }
    /// `a has_any (…)`
    HasAnyExpression { left: node(Node), operator: tok, right: node(ArgumentList) }
    /// `a has_all (…)`
    HasAllExpression { left: node(Node), operator: tok, right: node(ArgumentList) }
    /// `a between (b .. c)`, `a !between (…)`
    BetweenExpression { left: node(Node), operator: tok, right: node(ExpressionCouple) }
    /// `name(arguments)`
    FunctionCall { name: node(NameReference), arguments: node(ArgumentList) }
    /// `toscalar(…)`; the keyword may carry `kind=…` parameters.
    ToScalarExpression { keyword: tok, kind: opt(NamedParameter), open: tok, expression: node(Node), close: tok }
    /// `totable(…)`
    ToTableExpression { keyword: tok, kind: opt(NamedParameter), open: tok, expression: node(Node), close: tok }
    /// `materialize(…)`
    MaterializeExpression { keyword: tok, open: tok, expression: node(Node), close: tok }
    /// `materialized-view-combine(…) …`
    MaterializedViewCombine { keyword: tok, name: node(MaterializedViewCombineName), base: node(MaterializedViewCombineClause), delta: node(MaterializedViewCombineClause), aggregations: node(MaterializedViewCombineClause) }
    /// `('view')` of materialized-view-combine.
    MaterializedViewCombineName { open: tok, value: node(Node), close: tok }
    /// `base (…)`, `delta (…)` or `aggregations (…)`.
    MaterializedViewCombineClause { keyword: tok, open: tok, expression: node(Node), close: tok }
    /// `Name = expression`
    SimpleNamedExpression { name: node(NameDeclaration), equal: tok, expression: node(Node) }
    /// `(A, B) = expression`
    CompoundNamedExpression { names: node(RenameList), equal: tok, expression: node(Node) }
    /// `(A, B)` left of `=`.
    RenameList { open: tok, names: sep(NameDeclaration), close: tok }
    /// `[expression]` as the selector of an element.
    BracketedExpression { open: tok, expression: node(Node), close: tok }
    /// `a.b`
    PathExpression { expression: node(Node), dot: opt_tok, selector: node(Node) }
    /// `a[b]`
    ElementExpression { expression: node(Node), selector: node(Node) }
    /// `a | operator`
    PipeExpression { expression: node(Node), bar: tok, operator: node(Node) }
    /// `expression datascope = …`
    DataScopeExpression { expression: node(Node), clause: node(DataScopeClause) }
    /// `datascope = all`
    DataScopeClause { keyword: tok, equal: tok, value: tok }
    /// `pack(*)`
    PackExpression { keyword: tok, open: tok, asterisk: tok, close: tok }
    /// `column: type` in a project clause of find.
    TypedColumnReference { column: node(NameReference), colon: tok, kind: node(Node) }
    /// `name: type`
    NameAndType { name: node(NameDeclaration), colon: tok, kind: node(Node) }
    /// A type by its name.
    PrimitiveType { name: tok }
    /// `(a: long, b: string)` or `(*)`: the type of a table.
    SchemaType { open: tok, columns: sep(Node), close: tok }
    /// `entity_group [ … ]`
    EntityGroup { keyword: tok, open: tok, entities: sep(Node), close: tok }
    /// `hint.strategy = shuffle` and the like: a parameter of an operator.
    NamedParameter { name: node(NameDeclaration), equal: tok, expression: node(Node) }
    /// `Name =` before a fork's or a clause's expression.
    NameEquals { name: node(NameDeclaration), equal: tok }
    /// `expression asc nulls first`
    OrderedExpression { expression: node(Node), ordering: node(OrderingClause) }
    /// `asc nulls first`
    OrderingClause { direction: opt_tok, nulls: opt(OrderingNullsClause) }
    /// `nulls first`
    OrderingNullsClause { nulls_keyword: tok, first_or_last: tok }
    /// Names, with commas between.
    NameReferenceList { names: sep(NameReference) }

    // Functions.

    /// `(a: long) { … }`, with or without `view`.
    FunctionDeclaration { view_keyword: opt_tok, parameters: node(FunctionParameters), body: node(FunctionBody) }
    /// `(a: long, b: string = "x")`
    FunctionParameters { open: tok, parameters: sep(FunctionParameter), close: tok }
    /// `a: long = 1`
    FunctionParameter { name_and_type: node(NameAndType), default: opt(DefaultValue) }
    /// `= 1`
    DefaultValue { equal: tok, value: node(Node) }
    /// `{ let a = 1; expression }`
    FunctionBody { open: tok, statements: sep(Node), expression: opt(Node), semicolon: opt_tok, close: tok }

    // Tables written in the query.

    /// `datatable (schema) [values]`
    DataTableExpression { keyword: tok, parameters: list(NamedParameter), schema: node(RowSchema), open: tok, leading_comma: opt_tok, values: sep(Node), close: tok }
    /// `externaldata (schema) [uris] with (…)`
    ExternalDataExpression { keyword: tok, parameters: list(NamedParameter), schema: node(RowSchema), open: tok, uris: sep(Node), close: tok, with: opt(ExternalDataWithClause) }
    /// `with (…)` of external data.
    ExternalDataWithClause { with_keyword: tok, open: tok, properties: sep(NamedParameter), close: tok }
    /// `__contextual_datatable id (schema)`
    ContextualDataTable { keyword: tok, id: node(Node), schema: node(RowSchema) }
    /// `(a: long, b: string)`
    RowSchema { open: tok, leading_comma: opt_tok, columns: sep(NameAndType), close: tok }
    /// The schema after an evaluate operator's call.
    EvaluateRowSchema { open: tok, leading_comma: opt_tok, asterisk: opt_tok, asterisk_comma: opt_tok, columns: sep(NameAndType), close: tok }
    /// `inline_external_table (…) …`
    InlineExternalTable { keyword: tok, parameters: list(NamedParameter), schema: node(RowSchema), kind: node(InlineTableKind), partition: opt(InlineTablePartition), path_format: opt(InlineTablePathFormat), data_format: node(InlineTableDataFormat), connections: node(InlineTableConnections), with: opt(ExternalDataWithClause) }
    /// `kind = storage`
    InlineTableKind { keyword: tok, equal: tok, value: tok }
    /// `dataformat = parquet`
    InlineTableDataFormat { keyword: tok, equal: tok, value: tok }
    /// `partition by (…)` of an inline external table.
    InlineTablePartition { partition_keyword: tok, by_keyword: tok, open: tok, leading_comma: opt_tok, columns: sep(PartitionColumn), close: tok }
    /// `Name: type = expression`
    PartitionColumn { name: node(NameDeclaration), colon: tok, kind: node(Node), equal: opt_tok, expression: opt(Node) }
    /// `pathformat = (…)`
    InlineTablePathFormat { keyword: tok, equal: tok, open: tok, separator: opt(LiteralExpression), parts: list(InlineTablePathPart), close: tok }
    /// A partition column within a path format.
    InlineTablePathPart { column: node(Node), separator: opt(LiteralExpression) }
    /// `datetime_pattern("…", column)`
    DateTimePattern { keyword: tok, open: tok, pattern: node(LiteralExpression), comma: tok, column: node(NameReference), close: tok }
    /// `(h@"…")`
    InlineTableConnections { open: tok, strings: sep(Node), close: tok }

    // Query operators.

    /// A word after `|` that is no operator, or nothing.
    BadOperator { keyword: tok }
    /// `as Name`
    AsOperator { keyword: tok, parameters: list(NamedParameter), name: node(NameDeclaration) }
    /// `assert-schema (…)`
    AssertSchemaOperator { keyword: tok, schema: node(RowSchema) }
    /// `consume`
    ConsumeOperator { keyword: tok, parameters: list(NamedParameter) }
    /// `count`
    CountOperator { keyword: tok, as_clause: opt(CountAsClause) }
    /// `as Name` after count.
    CountAsClause { as_keyword: tok, name: node(NameDeclaration) }
    /// `distinct a, b`
    DistinctOperator { keyword: tok, parameters: list(NamedParameter), expressions: sep(Node) }
    /// `evaluate plugin(…) : schema`
    EvaluateOperator { keyword: tok, parameters: list(NamedParameter), call: node(FunctionCall), schema: opt(EvaluateSchemaClause) }
    /// `: (schema)` after an evaluate call.
    EvaluateSchemaClause { colon: tok, schema: node(EvaluateRowSchema) }
    /// `__executeAndCache`
    ExecuteAndCacheOperator { keyword: tok }
    /// `extend a = 1`
    ExtendOperator { keyword: tok, expressions: sep(Node) }
    /// `facet by a, b with …`
    FacetOperator { keyword: tok, by_keyword: tok, expressions: sep(Node), with: opt(Node) }
    /// `with operator` of facet.
    FacetWithOperator { with_keyword: tok, operator: node(Node) }
    /// `with (expression)` of facet.
    FacetWithExpression { with_keyword: tok, open: tok, expression: node(Node), close: tok }
    /// `where condition`, `filter condition`
    FilterOperator { keyword: tok, parameters: list(NamedParameter), condition: node(Node) }
    /// `find in (…) where … project …`
    FindOperator { keyword: tok, scope: opt(DataScopeClause), parameters: list(NamedParameter), in_clause: opt(FindInClause), where_keyword: opt_tok, condition: node(Node), project: opt(FindProjectClause), project_away: opt(FindProjectClause) }
    /// `in (a, b)` of find and search.
    FindInClause { in_keyword: tok, open: tok, expressions: sep(Node), close: tok }
    /// `project …`, `project-smart` or `project-away …` of find.
    FindProjectClause { keyword: tok, columns: sep(Node) }
    /// `fork (…) name=(…)`
    ForkOperator { keyword: tok, branches: list(ForkExpression) }
    /// One branch of fork.
    ForkExpression { name: opt(NameEquals), open: tok, expression: node(Node), close: tok }
    /// `getschema`
    GetSchemaOperator { keyword: tok, kind: opt(NamedParameter) }
    /// `invoke f(…)`
    InvokeOperator { keyword: tok, function: node(Node) }
    /// `join kind=inner (…) on a`
    JoinOperator { keyword: tok, parameters: list(NamedParameter), expression: node(Node), condition: opt(Node) }
    /// `on a, $left.b == $right.c`
    JoinOnClause { on_keyword: tok, expressions: sep(Node) }
    /// `where condition` of join.
    JoinWhereClause { where_keyword: tok, expression: node(Node) }
    /// `lookup kind=inner (…) on a`
    LookupOperator { keyword: tok, parameters: list(NamedParameter), expression: node(Node), condition: node(Node) }
    /// `macro-expand group as scope (…)`
    MacroExpandOperator { keyword: tok, parameters: list(NamedParameter), entity_group: node(Node), scope: opt(MacroExpandScope), open: tok, statements: sep(Node), close: tok }
    /// `as scope`
    MacroExpandScope { as_keyword: tok, name: node(NameDeclaration) }
    /// `make-graph a --> b with …`
    MakeGraphOperator { keyword: tok, parameters: list(NamedParameter), source: node(NameReference), direction: tok, target: node(NameReference), with: opt(Node), partitioned_by: opt(MakeGraphPartitionedBy) }
    /// `with nodes on key, …`
    MakeGraphWithTables { with_keyword: tok, tables: sep(MakeGraphTableAndKey) }
    /// `with_node_id = Name`
    MakeGraphWithNodeId { keyword: tok, equal: tok, name: node(NameDeclaration) }
    /// `nodes on key`
    MakeGraphTableAndKey { table: node(Node), on_keyword: tok, column: node(NameReference) }
    /// `partitioned-by column (subquery)`
    MakeGraphPartitionedBy { keyword: tok, entity: node(Node), open: tok, subquery: node(Node), close: tok }
    /// `graph-mark-components kind=weak`
    GraphMarkComponentsOperator { keyword: tok, parameters: list(NamedParameter) }
    /// `graph-where-nodes condition`
    GraphWhereNodesOperator { keyword: tok, condition: node(Node) }
    /// `graph-where-edges condition`
    GraphWhereEdgesOperator { keyword: tok, condition: node(Node) }
    /// `graph-to-table nodes as n, edges`
    GraphToTableOperator { keyword: tok, outputs: sep(GraphToTableOutput) }
    /// `nodes as n with_node_id=id`
    GraphToTableOutput { entity: tok, as_clause: opt(GraphToTableAs), parameters: list(NamedParameter) }
    /// `as n`
    GraphToTableAs { as_keyword: tok, name: node(NameDeclaration) }
    /// `graph-match (a)-[e]->(b) where … project …`
    GraphMatchOperator { keyword: tok, parameters: list(NamedParameter), patterns: sep(GraphPattern), where_clause: opt(GraphWhereClause), project: opt(GraphProjectClause) }
    /// `graph-shortest-paths …`
    GraphShortestPathsOperator { keyword: tok, parameters: list(NamedParameter), patterns: sep(GraphPattern), where_clause: opt(GraphWhereClause), project: opt(GraphProjectClause) }
    /// `(a)-[e]->(b)`
    GraphPattern { elements: list(Node) }
    /// `(a)`
    GraphPatternNode { open: tok, name: opt(NameDeclaration), close: tok }
    /// `-[e*1..3]->`, `-->`
    GraphPatternEdge { first: tok, name: opt(NameDeclaration), range: opt(GraphPatternEdgeRange), last: opt_tok }
    /// `*1..3`
    GraphPatternEdgeRange { asterisk: tok, start: node(Node), dot_dot: tok, end: node(Node) }
    /// `where condition` of a graph match.
    GraphWhereClause { where_keyword: tok, condition: node(Node) }
    /// `project …` of a graph match.
    GraphProjectClause { project_keyword: tok, expressions: sep(Node) }
    /// `make-series …`
    MakeSeriesOperator { keyword: tok, parameters: list(NamedParameter), aggregates: sep(MakeSeriesExpression), on_clause: node(MakeSeriesOn), range: node(Node), by_clause: opt(MakeSeriesBy) }
    /// `aggregate default = 0`
    MakeSeriesExpression { expression: node(Node), default: opt(DefaultExpression) }
    /// `default = 0`
    DefaultExpression { default_keyword: tok, equal: tok, expression: node(Node) }
    /// `on Timestamp`
    MakeSeriesOn { on_keyword: tok, expression: node(Node) }
    /// `in range(from, to, step)`
    MakeSeriesInRange { in_keyword: tok, range_keyword: tok, arguments: node(ArgumentList) }
    /// `from … to … step …`
    MakeSeriesFromToStep { from: opt(MakeSeriesFrom), to: opt(MakeSeriesTo), step: node(MakeSeriesStep) }
    /// `from …`
    MakeSeriesFrom { from_keyword: tok, expression: node(Node) }
    /// `to …`
    MakeSeriesTo { to_keyword: tok, expression: node(Node) }
    /// `step …`
    MakeSeriesStep { step_keyword: tok, expression: node(Node) }
    /// `by …`
    MakeSeriesBy { by_keyword: tok, expressions: sep(Node) }
    /// `mv-expand a to typeof(long), b limit 10`
    MvExpandOperator { keyword: tok, parameters: list(NamedParameter), expressions: sep(MvExpandExpression), limit: opt(RowLimitClause) }
    /// `a to typeof(long)`; of mv-expand.
    MvExpandExpression { expression: node(Node), to_type: opt(ToTypeOfClause) }
    /// `limit 10`
    RowLimitClause { limit_keyword: tok, expression: node(Node) }
    /// `to typeof(long)`
    ToTypeOfClause { to_keyword: tok, type_of: node(TypeOfExpression) }
    /// `mv-apply a on (…)`
    MvApplyOperator { keyword: tok, parameters: list(NamedParameter), expressions: sep(MvApplyExpression), limit: opt(RowLimitClause), id: opt(MvApplyIdClause), on_keyword: tok, subquery: node(MvApplySubquery) }
    /// `a to typeof(long)`; of mv-apply.
    MvApplyExpression { expression: node(Node), to_type: opt(ToTypeOfClause) }
    /// `id guid(…)`
    MvApplyIdClause { id_keyword: tok, id: node(Node) }
    /// `(subquery)`
    MvApplySubquery { open: tok, expression: node(Node), close: tok }
    /// `parse kind=regex column with …`
    ParseOperator { keyword: tok, parameters: list(NamedParameter), expression: node(Node), with_keyword: tok, patterns: list(Node) }
    /// `parse-where …`
    ParseWhereOperator { keyword: tok, parameters: list(NamedParameter), expression: node(Node), with_keyword: tok, patterns: list(Node) }
    /// `parse-kv column as (…) with (…)`
    ParseKvOperator { keyword: tok, expression: node(Node), as_keyword: tok, keys: node(RowSchema), with: opt(ParseKvWithClause) }
    /// `with (…)` of parse-kv.
    ParseKvWithClause { with_keyword: tok, open: tok, properties: sep(NamedParameter), close: tok }
    /// `partition by column (…)`
    PartitionOperator { keyword: tok, parameters: list(NamedParameter), by_keyword: tok, by_expression: node(Node), scope: opt(PartitionScope), operand: node(Node) }
    /// `in (…)` of partition.
    PartitionScope { in_keyword: tok, expression: node(Node) }
    /// `{ query }` of partition.
    PartitionQuery { open: tok, query: node(Node), close: tok }
    /// `(subquery)` of partition.
    PartitionSubquery { open: tok, subquery: node(Node), close: tok }
    /// `__partitionby column (…)`
    PartitionByOperator { keyword: tok, parameters: list(NamedParameter), entity: node(Node), id: opt(PartitionById), open: tok, subquery: node(Node), close: tok }
    /// `id …` of `__partitionby`.
    PartitionById { id_keyword: tok, value: node(Node) }
    /// `print a = 1`
    PrintOperator { keyword: tok, expressions: sep(Node) }
    /// `project a, b = c`
    ProjectOperator { keyword: tok, expressions: sep(Node) }
    /// `project-away a*`
    ProjectAwayOperator { keyword: tok, expressions: sep(Node) }
    /// `project-by-names …`
    ProjectByNamesOperator { keyword: tok, expressions: sep(Node) }
    /// `project-keep a*`
    ProjectKeepOperator { keyword: tok, expressions: sep(Node) }
    /// `project-rename a = b`
    ProjectRenameOperator { keyword: tok, expressions: sep(Node) }
    /// `project-reorder a, b asc`
    ProjectReorderOperator { keyword: tok, expressions: sep(Node) }
    /// `range x from 1 to 10 step 1`
    RangeOperator { keyword: tok, name: node(NameDeclaration), from_keyword: tok, from: node(Node), to_keyword: tok, to: node(Node), step_keyword: tok, step: node(Node) }
    /// `reduce by column with …`
    ReduceOperator { keyword: tok, parameters: list(NamedParameter), by_keyword: tok, expression: node(Node), with: opt(ReduceWithClause) }
    /// `with threshold = 0.1` of reduce.
    ReduceWithClause { with_keyword: tok, parameters: sep(NamedParameter) }
    /// `render timechart with (…)`
    RenderOperator { keyword: tok, chart: opt_tok, parameters: list(NamedParameter), with: opt(RenderWithClause) }
    /// `with (title = "x")`
    RenderWithClause { with_keyword: tok, open: tok, leading_comma: opt_tok, properties: sep(NamedParameter), close: tok }
    /// `sample 10`
    SampleOperator { keyword: tok, parameters: list(NamedParameter), expression: node(Node) }
    /// `sample-distinct 10 of column`
    SampleDistinctOperator { keyword: tok, parameters: list(NamedParameter), expression: node(Node), of_keyword: tok, of_expression: node(Node) }
    /// `scan declare (…) with (…)`
    ScanOperator { keyword: tok, parameters: list(NamedParameter), order_by: opt(ScanOrderBy), partition_by: opt(ScanPartitionBy), declare: opt(ScanDeclare), with_keyword: tok, open: opt_tok, steps: list(ScanStep), close: opt_tok }
    /// `declare (a: long = 0)`
    ScanDeclare { declare_keyword: tok, open: tok, declarations: sep(FunctionParameter), close: tok }
    /// `order by …` of scan.
    ScanOrderBy { order_keyword: tok, by_keyword: tok, expressions: sep(Node) }
    /// `partition by …` of scan.
    ScanPartitionBy { partition_keyword: tok, by_keyword: tok, expressions: sep(Node) }
    /// `step s1 optional output=last: condition => a = b;`
    ScanStep { step_keyword: tok, name: node(NameDeclaration), optional: opt_tok, output: opt(ScanStepOutput), colon: tok, condition: node(Node), computation: opt(ScanComputation), semicolon: tok }
    /// `output = last`
    ScanStepOutput { output_keyword: tok, equal: tok, kind: tok }
    /// `=> a = b, c = d`
    ScanComputation { arrow: tok, assignments: sep(ScanAssignment) }
    /// `a = b`
    ScanAssignment { name: node(NameReference), equal: tok, expression: node(Node) }
    /// `search kind=… in (…) condition`
    SearchOperator { keyword: tok, parameters: list(NamedParameter), scope: opt(DataScopeClause), in_clause: opt(FindInClause), condition: node(Node) }
    /// `serialize a = 1`
    SerializeOperator { keyword: tok, parameters: list(NamedParameter), expressions: sep(Node) }
    /// `sort by a desc`, `order by a`
    SortOperator { keyword: tok, parameters: list(NamedParameter), by_keyword: tok, expressions: sep(Node) }
    /// `summarize count() by a`
    SummarizeOperator { keyword: tok, parameters: list(NamedParameter), aggregates: sep(Node), by_clause: opt(SummarizeBy) }
    /// `by a, b`
    SummarizeBy { by_keyword: tok, expressions: sep(Node), bin: opt(Node) }
    /// `take 10`, `limit 10`
    TakeOperator { keyword: tok, parameters: list(NamedParameter), expression: node(Node) }
    /// `top 10 by a`
    TopOperator { keyword: tok, parameters: list(NamedParameter), expression: node(Node), by_keyword: tok, by_expression: node(Node) }
    /// `top-hitters 10 of a by b`
    TopHittersOperator { keyword: tok, expression: node(Node), of_keyword: tok, of_expression: node(Node), by_clause: opt(TopHittersBy) }
    /// `by b` of top-hitters.
    TopHittersBy { by_keyword: tok, expression: node(Node) }
    /// `top-nested 3 of a by count(), top-nested …`
    TopNestedOperator { clauses: sep(TopNestedClause) }
    /// `top-nested 3 of a with others = "x" by count()`
    TopNestedClause { keyword: tok, expression: opt(Node), of_keyword: tok, of_expression: node(Node), with_others: opt(TopNestedWithOthers), by_keyword: tok, by_expression: node(Node) }
    /// `with others = "x"`
    TopNestedWithOthers { with_keyword: tok, others_keyword: tok, equal: tok, expression: node(Node) }
    /// `union kind=outer a, (b)`
    UnionOperator { keyword: tok, parameters: list(NamedParameter), expressions: sep(Node) }
}
