//! What suppressions, levels by path, presets and baselines do to findings.

#![allow(clippy::unwrap_used, reason = "tests fail this way")]

use std::collections::BTreeMap;

use picket::diag::Confidence;
use picket::lint::{self, Baseline, Ignore, Level, PathGlobs, Preset, Scope, Settings};
use picket::rule;
use picket::text::{SourceId, Span, TextRange};

mod common;

use common::lints::{HEAD, check_with, fixed, hunting, places, scheduled};

/// A hunting query whose query is `query`, a block.
fn with_query(query: &str) -> String {
    let indented: String = query.lines().map(|line| format!("  {line}\n")).collect();
    format!("{HEAD}query: |\n{indented}")
}

#[test]
fn comments_in_queries_suppress_on_their_line_and_the_next() {
    for query in [
        "SigninLogs | where strlen() > 1 // picket: ignore[KQ119] as the vendor ships it",
        "// picket: ignore[KQ119] as the vendor ships it\nSigninLogs | where strlen() > 1",
        "SigninLogs\n//picket: ignore[KQ119] so\n  // picket: ignore[PK504] it is\n| where strlen() > 1",
    ] {
        let codes: Vec<_> = places(&with_query(query));
        assert!(!codes.iter().any(|found| found.starts_with("KQ119")), "{query}: {codes:?}");
    }
    for query in [
        "SigninLogs | where strlen() > 1\n// picket: ignore[KQ119] too late",
        "// picket: ignore[KQ119] too far\n\nSigninLogs | where strlen() > 1",
        "print x = '// picket: ignore[KQ119] no comment', y = strlen()",
    ] {
        let codes = places(&with_query(query));
        assert!(codes.iter().any(|found| found.starts_with("KQ119")), "{query}: {codes:?}");
    }
}

#[test]
fn comments_in_queries_are_held_to_what_comments_of_yaml_are() {
    let found =
        places(&with_query("SigninLogs // picket: ignore[KQ119]\n| take 1 // picket: ignore[PK5555] x"));
    assert_eq!(
        found,
        ["PK992 warning 4: // picket: ignore[KQ119]", "PK990 warning 4: KQ119", "PK991 warning 5: PK5555",]
    );
    let text = with_query("SigninLogs // picket: ignore[KQ119] gone\n| take 1");
    assert_eq!(fixed(&text, "PK990"), with_query("SigninLogs \n| take 1"));
    let quoted = format!("{HEAD}query: \"T\\n// picket: ignore[KQ119] of \\\"T\\\"\\n| take strlen()\"\n");
    assert!(!places(&quoted).iter().any(|found| found.starts_with("KQ119")), "{:?}", places(&quoted));
}

#[test]
fn settings_ignore_codes_in_paths_and_say_what_was_of_no_use() {
    let text = hunting("tactics: [House]");
    let place = |start| Span::new(SourceId(0), TextRange::new(start, start + 1));
    let ignore = |path: &str, codes: &[&'static str], has_reason| Ignore {
        paths: PathGlobs::new(&[path.to_owned()]).unwrap(),
        codes: codes.iter().map(|code| (*code, place(0))).collect(),
        has_reason,
        place: place(1),
    };
    let codes = |ignore: Ignore, is_whole: bool| {
        let mut settings = Settings::default();
        settings.add_ignore(ignore);
        let paths = BTreeMap::from([(SourceId(0), "rules/vendor/a.yaml".to_owned())]);
        settings.set_scope(Scope { paths, is_whole, ..Scope::default() });
        check_with(&[&text], &settings).1.iter().map(|found| found.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(ignore("rules/vendor", &["PK501"], true), true), [""; 0]);
    assert_eq!(codes(ignore("rules/vendor", &["PK501"], false), true), ["PK992"]);
    assert_eq!(codes(ignore("rules/**/a.yaml", &["PK501", "PK504"], true), true), ["PK990"]);
    assert_eq!(codes(ignore("rules/own", &["PK501"], true), true), ["PK990", "PK501"]);
    assert_eq!(codes(ignore("rules/own", &["PK501"], true), false), ["PK501"], "the rest was not checked");
}

#[test]
fn presets_and_levels_of_paths_weigh_findings() {
    let text = scheduled("tactics: [House, execution]\nrelevantTechniques: [T1086]");
    let weighed = |change: &dyn Fn(&mut Settings)| {
        let mut settings = Settings::default();
        change(&mut settings);
        let found = check_with(&[&text], &settings).1;
        found.iter().map(|found| format!("{} {}", found.code, found.severity.as_str())).collect::<Vec<_>>()
    };
    let all = weighed(&|_| ());
    assert!(
        all.contains(&"PK501 error".to_owned()) && all.iter().any(|found| found.ends_with("warning")),
        "{all:?}"
    );
    assert_eq!(weighed(&|settings| settings.set_preset(Preset::Recommended)), all);
    let minimal = weighed(&|settings| settings.set_preset(Preset::Minimal));
    assert_eq!(minimal, all.iter().filter(|found| found.ends_with("error")).cloned().collect::<Vec<_>>());
    let strict = weighed(&|settings| settings.set_preset(Preset::Strict));
    assert_eq!(strict.len(), all.len());
    assert!(!strict.iter().any(|found| found.ends_with("info")), "{strict:?}");
    assert_eq!(weighed(&|settings| settings.set_min_confidence(Confidence::High)), all);
    let level = |code: &str, level| BTreeMap::from([(code.to_owned(), level)]);
    let off = weighed(&|settings| {
        settings.set_preset(Preset::Minimal);
        let globs = |glob: &str| PathGlobs::new(&[glob.to_owned()]).unwrap();
        settings.add_override(globs("0.yaml"), &level("PK501", Level::Warning));
        settings.add_override(globs("*.yaml"), &level("unknown-tactic", Level::Info));
        settings.add_override(globs("other"), &level("PK501", Level::Off));
    });
    assert!(
        off.contains(&"PK501 info".to_owned()),
        "the last that matches counts, whatever the preset: {off:?}"
    );
}

#[test]
fn presets_ask_for_confidence_whatever_the_level() {
    // A sure warning, an error that is not quite sure, and a guess.
    let text = format!(
        "{HEAD}severity: Low\nqueryFrequency: 1h\nqueryPeriod: 1h\ntriggerOperator: gt\ntriggerThreshold: 0\n{}",
        "query: |\n  let a = 1;\n  SigninLogs\n  | join kind=inner (AuditLogs | where Level == '4') on CorrelationId\n  \
         | evaluate python(typeof(*, x: long), 'result = df')\n"
    );
    let codes = |change: &dyn Fn(&mut Settings)| {
        let (mut settings, _) = Settings::new(&BTreeMap::new(), false);
        change(&mut settings);
        let found = check_with(&[&text], &settings).1;
        let level = |code: &str| found.iter().find(|found| found.code == code).map(|found| found.severity);
        ["PK714", "PK213", "PK716"].map(level)
    };
    use picket::diag::Severity::{Error, Info, Warning};
    let preset = |preset| codes(&move |settings: &mut Settings| settings.set_preset(preset));
    assert_eq!(preset(Preset::All), [Some(Warning), Some(Error), Some(Info)]);
    assert_eq!(preset(Preset::Recommended), [Some(Warning), Some(Error), None]);
    assert_eq!(preset(Preset::Strict), [Some(Error), Some(Error), None]);
    assert_eq!(preset(Preset::Minimal), [None, None, None]);
    let guesses = codes(&|settings: &mut Settings| {
        settings.set_preset(Preset::Strict);
        settings.set_min_confidence(Confidence::Low);
    });
    assert_eq!(guesses, [Some(Error), Some(Error), Some(Warning)], "a guess rises like any other note");
    let levels = BTreeMap::from([("large-left-side".to_owned(), Level::Warning)]);
    let named = codes(&|settings: &mut Settings| {
        *settings = Settings::new(&levels, false).0;
        settings.set_preset(Preset::Minimal);
    });
    assert_eq!(named, [None, None, Some(Warning)], "what has a level of its own is asked for");
}

#[test]
fn a_baseline_knows_findings_wherever_they_move_and_only_shrinks() {
    let text = hunting("tactics: [House, Barn]");
    let run = |text: &str| {
        let (sources, found) = check_with(&[text], &Settings::default());
        let (rules, _) = rule::read(SourceId(0), text);
        let subjects = lint::subjects(&sources, &rules);
        (sources, subjects, found)
    };
    let scope = Scope { is_whole: true, ..Scope::default() };
    let (sources, subjects, found) = run(&text);
    let baseline = Baseline::of(&sources, &subjects, &scope, &found);
    assert_eq!(baseline.len(), 2);
    let read = Baseline::parse(&baseline.to_text()).unwrap();
    assert_eq!(read.to_text(), baseline.to_text());
    let left = |text: &str| {
        let (sources, subjects, found) = run(text);
        let left = read.apply(SourceId(7), &sources, &subjects, &scope, found);
        left.iter().map(|found| found.code).collect::<Vec<_>>()
    };
    assert_eq!(left(&text), [""; 0]);
    assert_eq!(left(&format!("# moved\n\n{text}")), [""; 0]);
    assert_eq!(
        left(&text.replace("tactics: [House, Barn]", "tactics:\n- House\n- Barn")).len(),
        4,
        "other lines"
    );
    let added = text.replace("Barn]", "Barn]\nrelevantTechniques: [brute]");
    assert_eq!(left(&added), ["PK503"]);
    let mended = hunting("");
    assert_eq!(left(&mended), ["PK993", "PK993"]);
    let now = |text: &str| {
        let (sources, subjects, found) = run(text);
        Baseline::of(&sources, &subjects, &scope, &found)
    };
    assert_eq!(read.shrunk(&now(&added), &scope).len(), 2);
    assert_eq!(read.grown(&now(&added), &scope).len(), 3);
    assert!(read.shrunk(&now(&mended), &scope).is_empty());
    let part = Scope::default();
    assert_eq!(read.shrunk(&now(&mended), &part).len(), 2, "the file was not checked");
    for (text, why) in [
        ("{}", "version"),
        ("{\"version\": 2, \"findings\": {}}", "version 2"),
        ("{\"version\": 1}", "findings"),
        ("{\"version\": 1, \"findings\": {\"a\": {\"PK501\": {\"x\": -1}}}}", "count"),
        ("[", "baseline"),
    ] {
        assert!(Baseline::parse(text).unwrap_err().to_string().contains(why), "{text}");
    }
}
