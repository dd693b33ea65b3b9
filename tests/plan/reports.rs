//! A plan as text.

use picket::plan::{Action, Actual, Plan, PlanOptions, plan};
use picket::report::{
    PLAN_COMMENT_LENGTH, PlanHumanOptions, PlanJsonError, kept_plan_json, plan_human, plan_json,
    plan_markdown, read_plan_json,
};
use picket::text::SourceMap;

use crate::support::{FULL, HUNT, NRT, answers, desired, plan_of, rules, scheduled, target};

const IDS: [&str; 3] = [
    "3c1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f",
    "4d1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f",
    "5e1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f",
];

/// A plan with something of everything.
fn mixed(options: PlanOptions) -> (SourceMap, Plan) {
    let claimed = scheduled(IDS[0], "Claimed", "T");
    let theirs = scheduled(IDS[1], "Theirs", "T");
    let gone = scheduled(IDS[2], "Gone", "T");
    let edited = FULL
        .replace("60m", "2h")
        .replace("Finds beacons.", "Finds beacons of tools.")
        .replace("has \"beacon\"", "has_any (\"beacon\", \"tool\")")
        .replace("[command and control, Execution]", "[CommandAndControl, Impact]")
        .replace("version: 1.2.0", "version: 1.3.0")
        .replace("suppressionEnabled: true", "suppressionEnabled: false")
        .replace("customDetails:\n  Tool: ToolName\n", "");
    let mut there: Vec<Actual> = answers(&desired(&[FULL, HUNT, &gone]), true);
    there.push(answers(&desired(&[&claimed]), true).remove(0));
    there.push(answers(&desired(&[&scheduled(IDS[1], "Theirs", "Other")]), false).remove(0));
    let wanted = [edited.as_str(), HUNT, NRT, claimed.as_str(), theirs.as_str()];
    (rules(&wanted).0, plan(&desired(&wanted), &there, &target(), options))
}

#[test]
fn human() {
    let (_, plan) = mixed(PlanOptions::default());
    insta::assert_snapshot!(plan_human(&plan, PlanHumanOptions::default()));
}

#[test]
fn human_prune() {
    let (_, plan) = mixed(PlanOptions { prune: true, adopt: true });
    insta::assert_snapshot!(plan_human(&plan, PlanHumanOptions::default()));
}

#[test]
fn human_full() {
    let plan = plan_of(&desired(&[NRT]), &[]);
    insta::assert_snapshot!(plan_human(&plan, PlanHumanOptions { full: true, color: false }));
}

#[test]
fn human_without_changes() {
    let wanted = desired(&[FULL, HUNT]);
    let plan = plan_of(&wanted, &answers(&wanted, true));
    insta::assert_snapshot!(plan_human(&plan, PlanHumanOptions::default()));
}

#[test]
fn colours_are_all_that_colour_adds() {
    let (_, plan) = mixed(PlanOptions::default());
    let plain = plan_human(&plan, PlanHumanOptions::default());
    let color = plan_human(&plan, PlanHumanOptions { color: true, full: false });
    assert!(!plain.contains('\u{1b}') && color.contains('\u{1b}'));
    let mut stripped = String::new();
    let mut rest = color.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        stripped.push_str(&rest[..at]);
        rest = &rest[at + rest[at..].find('m').expect("a sequence ends") + 1..];
    }
    stripped.push_str(rest);
    let trimmed: Vec<&str> = stripped.lines().map(str::trim_end).collect();
    assert_eq!(trimmed, plain.lines().collect::<Vec<_>>());
}

#[test]
fn json() {
    let (sources, plan) = mixed(PlanOptions { prune: true, adopt: false });
    let text = plan_json(&plan, &sources).replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
    let (body, digest) = text.rsplit_once("\"digest\": ").expect("it ends with its digest");
    assert_eq!(digest.trim_end_matches("\n}\n").len(), 66, "{digest}");
    let text = format!("{body}\"digest\": [DIGEST]\n}}\n");
    insta::assert_snapshot!(text);
}

#[test]
fn json_reads_back() {
    let (sources, mut plan) = mixed(PlanOptions { prune: true, adopt: false });
    let (shown, kept) = (plan_json(&plan, &sources), kept_plan_json(&plan, &sources));
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("it is JSON");
    assert_eq!(value(&shown), value(&kept), "what is kept is what is shown");
    let lines = kept.lines().filter(|line| line.starts_with("{\"key\":")).count();
    assert_eq!(lines, plan.changes.len(), "{kept}");
    plan.warnings.clear();
    plan.changes.iter_mut().for_each(|change| change.origin = None);
    for text in [shown, kept] {
        assert_eq!(read_plan_json(&text).expect("a plan reads back"), plan);
    }
}

#[test]
fn what_is_no_plan_is_refused() {
    assert!(matches!(read_plan_json("[]"), Err(PlanJsonError::Shape(_))));
    assert!(matches!(read_plan_json("{\"format\": 1}"), Err(PlanJsonError::Shape(_))));
    let other = "{\"format\": 2, \"picket\": \"0\", \"digest\": \"\"}";
    assert!(matches!(read_plan_json(other), Err(PlanJsonError::Format(2))));
    let (sources, plan) = mixed(PlanOptions::default());
    let text = plan_json(&plan, &sources);
    let edited = text.replacen("Beacon now", "Beacon then", 1);
    assert!(matches!(read_plan_json(&edited), Err(PlanJsonError::Altered)));
    let version = format!("\"picket\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let older = text.replacen(&version, "\"picket\": \"0.0.1\"", 1);
    assert!(matches!(read_plan_json(&older), Err(PlanJsonError::Version(version)) if version == "0.0.1"));
}

#[test]
fn markdown() {
    let (_, plan) = mixed(PlanOptions { prune: true, adopt: false });
    insta::assert_snapshot!(plan_markdown(&plan, PLAN_COMMENT_LENGTH));
}

#[test]
fn markdown_is_safe_against_what_names_and_queries_hold() {
    let evil = "</code></details>|`x`|\u{1b}[31m @team [a](javascript:b)";
    let before = answers(&desired(&[&scheduled(IDS[0], "n", "T\n")]), false);
    let query = "T\n````\n</details><script>\n~~~\n";
    let wanted = desired(&[&scheduled(IDS[0], evil, query)]);
    let plan = plan_of(&wanted, &before);
    assert!(matches!(plan.changes[0].action, Action::Update { .. }));
    insta::assert_snapshot!(plan_markdown(&plan, PLAN_COMMENT_LENGTH));
}

#[test]
fn human_text_does_not_steer_the_terminal() {
    let wanted = desired(&[&scheduled(IDS[0], "a\u{1b}]0;x\u{7}\nb", "T")]);
    let text = plan_human(&plan_of(&wanted, &[]), PlanHumanOptions::default());
    assert!(text.contains("\"a\\u{1b}]0;x\\u{7}\\u{a}b\""), "{text}");
}

#[test]
fn a_long_plan_fits_the_comment_and_says_what_is_left_out() {
    let texts: Vec<String> = (0..400)
        .map(|at| {
            scheduled(&format!("{at:08}-4a5b-4c6d-8e7f-9a0b1c2d3e4f"), &format!("Rule {at}"), "T\n| take 1\n")
        })
        .collect();
    let edited: Vec<String> = texts.iter().map(|text| text.replace("take 1", "take 2")).collect();
    let before = answers(&desired(&texts.iter().map(String::as_str).collect::<Vec<_>>()), false);
    let plan = plan_of(&desired(&edited.iter().map(String::as_str).collect::<Vec<_>>()), &before);
    let text = plan_markdown(&plan, 20_000);
    assert!(text.len() < 20_200, "{}", text.len());
    assert!(text.contains("400 to update"));
    assert!(
        text.contains(" more rows left out for length.")
            && text.contains(" more differences left out for length.")
    );
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
}
