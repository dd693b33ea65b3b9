//! Codes that no defect is planted for, and why.

/// Codes, and why no slip in a single rule brings them about.
pub(super) static WITHOUT: &[(&[&str], &str)] = &[
    (
        &["PK050", "PK051", "PK052", "PK053"],
        "said by the import of a catalog, which mends the text; a check says PK001",
    ),
    (&["PK153"], "counts the rules of a whole project"),
    (&["PK185", "PK186", "PK187", "PK188", "PK189"], "hold a rule against a policy that picket.toml sets"),
    (&["PK190", "PK191"], "compare with an earlier revision, or hold a rule against a policy"),
    (&["PK216"], "needs a rule that says what is a parameter, of which there are none"),
    (&["PK432"], "needs a rule of kind NRT that returns events as they are, of which there are none"),
    (&["PK514"], "needs another version of ATT&CK than the one built in"),
    (&["PK608"], "needs a table that the project declares"),
    (&["PK620", "PK621", "PK622", "PK623"], "need a rule that runs in Defender, of which there are none"),
    (
        &["PK801", "PK802", "PK803", "PK804", "PK805", "PK806", "PK807", "PK808", "PK809"],
        "said by a plan, of what a workspace holds or takes",
    ),
    (
        &["PK901", "PK902", "PK903", "PK904", "PK905", "PK906", "PK910", "PK911", "PK993"],
        "said of a project's configuration, declarations, files and baseline",
    ),
];
