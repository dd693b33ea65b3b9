//! The meaning of a query, read node by node as a checker or an editor does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of tests fails this way")]

mod common;

use picket::catalog::kql::KqlCatalog;
use picket::kql;
use picket::kql::Names;
use picket::kql::bind::{Arena, Bound, Column, Symbol, Type, Value, bind};
use picket::kql::syntax::nodes::{FunctionCall, PathExpression, PipeExpression};
use picket::kql::syntax::{Node, NodeKind, Tree, View, parse};

const QUERY: &str = "\
let lookback = 7d;
let threshold = -10;
let known = dynamic(['10.0.0.1', '10.0.0.2']);
let failures = (since: timespan) { SigninLogs | where TimeGenerated > ago(since) | extend Domain = Type };
failures(lookback)
| where IPAddress !in (known)
| extend User = tostring(split(UserPrincipalName, '@')[0])
| summarize count(), Last = max(TimeGenerated) by IPAddress, Domain
| join kind=inner (
    AuditLogs | mv-expand Target = TargetResources | project Last = TimeGenerated, IPAddress = tostring(Target.ip)
) on IPAddress
| where count_ > threshold
| project-rename Address = IPAddress
| sort by Last1 asc";

/// The last node of a kind that has this text.
fn node<'t>(tree: &'t Tree, kind: NodeKind, text: &str) -> Node<'t> {
    let found = tree.root().descendants().filter(|node| node.kind() == kind && node.text() == text).last();
    found.unwrap_or_else(|| panic!("there is no {kind:?} `{text}`"))
}

fn names(columns: Option<&[&Column<'_>]>) -> String {
    let Some(columns) = columns else { return "no table".to_owned() };
    columns.iter().map(|column| column.name).collect::<Vec<_>>().join(" ")
}

fn first_word(node: Node<'_>) -> &str {
    node.text().split_whitespace().next().unwrap_or_default()
}

#[test]
fn each_operator_has_its_columns_before_and_after() {
    let (tree, _) = parse(QUERY);
    let arena = Arena::new();
    let bound = bind(&tree, KqlCatalog::builtin(), &arena);
    assert_eq!(bound.diagnostics().first(), None);
    let last = tree.root().descendants().filter(|node| node.kind() == NodeKind::PipeExpression);
    let query = last.max_by_key(|node| node.range().end - node.range().start).unwrap();
    let mut spine = Vec::new();
    let mut left = query;
    while let Some(pipe) = PipeExpression::cast(left) {
        spine.push(pipe.operator());
        left = pipe.expression();
    }
    let outline: Vec<String> = spine
        .into_iter()
        .rev()
        .skip_while(|operator| operator.kind() != NodeKind::SummarizeOperator)
        .map(|operator| {
            let before = bound.columns_before(operator).map_or(0, <[_]>::len);
            format!("{} {before} -> {}", first_word(operator), names(bound.columns_after(operator)))
        })
        .collect();
    let width = KqlCatalog::builtin().table("SigninLogs").unwrap().columns.len() + 2;
    let grouped = "IPAddress Domain count_ Last";
    let joined = "Last1 IPAddress1";
    assert_eq!(
        outline,
        [
            format!("summarize {width} -> {grouped}"),
            format!("join 4 -> {grouped} {joined}"),
            format!("where 6 -> {grouped} {joined}"),
            format!("project-rename 6 -> Address Domain count_ Last {joined}"),
            format!("sort 6 -> Address Domain count_ Last {joined}"),
        ]
    );
}

#[test]
fn operators_of_subqueries_have_what_the_outer_one_gives_them() {
    let (tree, _) = parse(
        "datatable(a: long, b: dynamic)[]\n| mv-apply e = b to typeof(string) on (where e != '')\n| fork (take 1)",
    );
    let arena = Arena::new();
    let bound = bind(&tree, KqlCatalog::builtin(), &arena);
    let before = |kind, text| names(bound.columns_before(node(&tree, kind, text)));
    assert_eq!(before(NodeKind::FilterOperator, "where e != ''"), "a b e");
    assert_eq!(before(NodeKind::TakeOperator, "take 1"), "a b e");
    let fork = node(&tree, NodeKind::ForkOperator, "fork (take 1)");
    assert!(bound.output(fork).is_none() && matches!(bound.type_of(fork), Some(Type::Group(_))));
    let data = tree.root().descendants().find(|node| node.kind() == NodeKind::DataTableExpression).unwrap();
    assert!(bound.input(data).is_none());
    assert_eq!(names(bound.columns_after(data)), "a b");
}

/// What `text`, the last reference of that name, stands for, and the text of what declares it.
fn referred(bound: &Bound<'_>, text: &str) -> (&'static str, Option<String>) {
    let symbol = bound.symbol(node(bound.tree(), NodeKind::NameReference, text)).unwrap();
    let kind = match symbol {
        Symbol::Column(_) => "column",
        Symbol::Variable(_) => "variable",
        Symbol::Parameter(_) => "parameter",
        Symbol::Operator(_) => "operator",
        Symbol::Type(Type::Function(_)) => "function",
        Symbol::Type(Type::Table(_)) => "table",
        Symbol::Type(_) => "type",
    };
    let declaration = bound.declaration(symbol);
    (kind, declaration.map(|node| node.parent().unwrap_or(node).text().trim().to_owned()))
}

#[test]
fn names_stand_for_what_is_declared() {
    let (tree, _) = parse(QUERY);
    let arena = Arena::new();
    let bound = bind(&tree, KqlCatalog::builtin(), &arena);
    for (name, kind, declaration) in [
        ("lookback", "variable", Some("let lookback = 7d")),
        ("since", "parameter", Some("since: timespan")),
        ("SigninLogs", "table", None),
        ("ago", "function", None),
        ("UserPrincipalName", "column", None),
        ("Domain", "column", Some("Domain = Type")),
        ("count_", "column", Some("count(), Last = max(TimeGenerated)")),
        ("Target", "column", Some("Target = TargetResources")),
        ("Last1", "column", Some("Last = TimeGenerated")),
    ] {
        let (found, declared) = referred(&bound, name);
        assert_eq!((found, declared.as_deref()), (kind, declaration), "{name}");
    }
    let (kind, declared) = referred(&bound, "failures");
    assert_eq!(kind, "function");
    assert!(declared.unwrap().starts_with("let failures = (since: timespan)"));
    // A step into a dynamic value is nobody's declaration.
    assert!(bound.symbol(node(&tree, NodeKind::NameReference, "ip")).is_none());
}

#[test]
fn columns_are_declared_by_every_kind_of_operator() {
    for (query, declarations) in [
        ("range Day from 1 to 3 step 1 | project Day", "Day"),
        ("print x = 1 | as T; T | project x", "x"),
        ("print s = 'a b' | parse s with First ' ' Second:long | project First, Second", "First,Second:long"),
        ("datatable(a: long, b: string)[1, 'b'] | where a == 1", "a: long,b: string"),
        ("print x = 1, y = 2 | summarize max(x), any(y)", "max(x),any(y)"),
        ("print x = 1 | extend x + 1, strlen('a')", "x = 1,x + 1,strlen('a')"),
        ("let f = () { print inner = 1 }; f() | project inner", "inner"),
        ("print x = 1 | top-nested 2 of x by Sum = sum(x)", "x = 1,Sum"),
    ] {
        let (tree, _) = parse(query);
        let arena = Arena::new();
        let bound = bind(&tree, KqlCatalog::builtin(), &arena);
        let texts: Vec<&str> = bound
            .columns()
            .unwrap()
            .iter()
            .map(|column| bound.declaration(Symbol::Column(column)).map_or("nothing", Node::text))
            .collect();
        let wanted: Vec<&str> = declarations.split(',').collect();
        let agree = texts.iter().zip(&wanted).all(|(text, wanted)| wanted.starts_with(text));
        assert!(texts.len() == wanted.len() && agree, "{query}: {texts:?}");
    }
}

#[test]
fn constants_have_values() {
    let (tree, _) =
        parse("let limit = 5; print a = -(limit), b = 'x' 'y', c = strlen('a'), d = 1h, e = true, f = 2.5");
    let arena = Arena::new();
    let bound = bind(&tree, KqlCatalog::builtin(), &arena);
    let value = |kind, text| bound.value(node(&tree, kind, text));
    assert_eq!(value(NodeKind::UnaryExpression, "-(limit)"), Some(Value::Long(-5)));
    assert_eq!(value(NodeKind::CompoundStringLiteral, "'x' 'y'"), Some(Value::String("xy")));
    assert_eq!(value(NodeKind::FunctionCall, "strlen('a')"), None);
    assert_eq!(value(NodeKind::LiteralExpression, "1h"), Some(Value::Other("1h")));
    assert_eq!(value(NodeKind::LiteralExpression, "true"), Some(Value::Bool(true)));
    assert_eq!(value(NodeKind::LiteralExpression, "2.5"), Some(Value::Real(2.5)));
}

/// Whether a name stands behind the dot of a value whose parts nothing declares.
fn is_step(bound: &Bound<'_>, name: Node<'_>) -> bool {
    name.parent().and_then(PathExpression::cast).is_some_and(|path| {
        path.selector() == name
            && bound.type_of(path.expression()).is_some_and(|ty| ty.is_dynamic() || ty.is_unknown())
    })
}

#[test]
fn published_queries_are_understood_throughout() {
    let Some(shared) = common::shared() else { return };
    let catalog = common::reference_tables(&shared);
    let (mut clean, mut references) = (0, 0);
    let corpus = std::fs::read_to_string(shared.join("kql/corpus/queries.jsonl")).unwrap();
    for line in corpus.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = case["q"].as_str().unwrap();
        let (tree, syntax) = parse(text);
        let arena = Arena::new();
        let bound = bind(&tree, &catalog, &arena);
        for pipe in tree.root().descendants().filter_map(PipeExpression::cast) {
            let after = bound.output(pipe.expression());
            let before = bound.input(pipe.operator());
            let same = match (after, before) {
                (Some(after), Some(before)) => std::ptr::eq(after, before),
                (None, None) => true,
                _ => false,
            };
            assert!(same, "before {}: {:?}, {:?}", pipe.operator().text(), names_of(after), names_of(before));
        }
        if !syntax.is_empty() || !bound.diagnostics().is_empty() {
            continue;
        }
        clean += 1;
        for name in tree.root().descendants().filter(|node| node.kind() == NodeKind::NameReference) {
            references += 1;
            let known = bound.symbol(name).is_some() || is_step(&bound, name);
            assert!(known, "`{}` of {} in {text}", name.text(), case["id"]);
        }
        for call in tree.root().descendants().filter_map(FunctionCall::cast) {
            assert!(bound.type_of(call.syntax()).is_some(), "`{}` of {}", call.syntax().text(), case["id"]);
        }
    }
    assert!(clean > 1_500 && references > 40_000, "{clean} queries, {references} names");
}

fn names_of(table: Option<&picket::kql::bind::Table<'_>>) -> String {
    names(table.map(|table| table.columns()))
}

/// `query` with the name at `<>` renamed, and the columns of the result that have other names.
fn renamed(query: &str, new: &str) -> Result<(String, Vec<(String, String)>), String> {
    let at = query.find("<>").unwrap();
    let text = query.replace("<>", "");
    let (tree, _) = parse(text.as_str());
    let arena = Arena::new();
    let bound = bind(&tree, KqlCatalog::builtin(), &arena);
    let names = Names::of(&bound);
    let name = names.at(u32::try_from(at).unwrap()).unwrap();
    let renamed = kql::rename(&bound, KqlCatalog::builtin(), &names, name.thing, new)?;
    let mut out = text.clone();
    for (range, new) in renamed.edits.iter().rev() {
        out.replace_range(range.to_usize(), new);
    }
    Ok((out, renamed.columns))
}

#[test]
fn names_of_a_query_change_together() {
    let cases = [
        ("let <>a = 1; T | where x == a | extend a2 = a", "b", "let b = 1; T | where x == b | extend a2 = b"),
        ("let f = (<>n: long) { n + n }; print f(1)", "m", "let f = (m: long) { m + m }; print f(1)"),
        ("let <>f = (n: long) { n }; print f(f(1))", "g", "let g = (n: long) { n }; print g(g(1))"),
        (
            "let T = SigninLogs | extend <>A = 1; T | where A == 1 | project A",
            "B",
            "let T = SigninLogs | extend B = 1; T | where B == 1 | project B",
        ),
        (
            "SigninLogs | summarize count() by UserPrincipalName | where <>count_ > 1",
            "Failures",
            "SigninLogs | summarize Failures = count() by UserPrincipalName | where Failures > 1",
        ),
        (
            "SigninLogs | extend <>A = 1 | summarize make_set(A) | where array_length(set_A) > 1",
            "B",
            "SigninLogs | extend B = 1 | summarize make_set(B) | where array_length(set_B) > 1",
        ),
        (
            "SigninLogs | extend A = 1 | join kind=inner (SigninLogs | extend <>A = 2) on A | project A, A1",
            "B c",
            "SigninLogs | extend ['B c'] = 1 | join kind=inner (SigninLogs | extend ['B c'] = 2) on ['B c'] | project ['B c'], ['B c1']",
        ),
        (
            "union (SigninLogs | project U = 1), (SigninLogs | project <>U = 2) | where U == 1",
            "V",
            "union (SigninLogs | project V = 1), (SigninLogs | project V = 2) | where V == 1",
        ),
        (
            "SigninLogs | project-rename <>A = UserId | where A == ''",
            "B",
            "SigninLogs | project-rename B = UserId | where B == ''",
        ),
        (
            "SigninLogs | parse UserAgent with 'a' <>A:long 'b' | where A > 1 | summarize arg_max(A, *) by UserId",
            "B",
            "SigninLogs | parse UserAgent with 'a' B:long 'b' | where B > 1 | summarize arg_max(B, *) by UserId",
        ),
        (
            "SigninLogs | summarize A = count() by B = bin(TimeGenerated, 1h) | top 1 by <>B | project B, ['A']",
            "C",
            "SigninLogs | summarize A = count() by C = bin(TimeGenerated, 1h) | top 1 by C | project C, ['A']",
        ),
        ("print ['<>A b'] = 1 | where ['A b'] == 1", "C", "print ['C'] = 1 | where ['C'] == 1"),
        (
            "SigninLogs | extend <>AB = 1 | summarize make_set(AB), ABC = 1",
            "D",
            "SigninLogs | extend D = 1 | summarize make_set(D), ABC = 1",
        ),
    ];
    let mut wrong = Vec::new();
    for (query, new, expected) in cases {
        match renamed(query, new) {
            Ok((text, _)) if text == expected => {}
            other => wrong.push((query, other)),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_name_that_would_mean_something_else_is_refused() {
    let cases = [
        ("let <>a = 1; let b = 2; print a + b", "b"),
        ("SigninLogs | extend <>A = 1 | where UserId == '' and A == 1", "UserId"),
        ("SigninLogs | extend <>A = 1, AB = 2 | project-away A*", "C"),
        ("SigninLogs | where <>UserId == ''", "B"),
        ("<>SigninLogs | take 1", "B"),
        ("SigninLogs | where <>isempty(UserId)", "B"),
        ("let <>a = 1; print a", "it's"),
        ("SigninLogs | extend <>A = 1 | summarize Failures = count() by A", "Failures"),
        ("SigninLogs | summarize <>A = count(), make_set(UserId)", "set_UserId"),
        (
            "union (SigninLogs | project UserId), (SigninLogs | project <>UserId = '') | where UserId == ''",
            "V",
        ),
        ("SigninLogs | extend A = 1 | join kind=inner (SigninLogs | extend A = 2) on A | project <>A1", "B"),
    ];
    let answers: Vec<String> = cases
        .into_iter()
        .map(|(query, new)| format!("{query}\n    {new}: {}", renamed(query, new).unwrap_err()))
        .collect();
    insta::assert_snapshot!(answers.join("\n"));
}
