//! The one table of every key that picket.toml may hold. What is not here does not exist for picket; the page about picket.toml
//! is made of it.

/// A table of picket.toml.
#[derive(Debug)]
pub struct ConfigTable {
    /// Its header, with `NAME` for what a project names itself; empty for the top.
    pub header: &'static str,
    /// What it is for, a sentence.
    pub doc: &'static str,
    /// Its keys.
    pub keys: &'static [ConfigKey],
}

/// A key of a [`ConfigTable`].
#[derive(Debug)]
pub struct ConfigKey {
    /// Its name.
    pub name: &'static str,
    /// A value as it may stand there; empty where the key is a table of its own.
    pub example: &'static str,
    /// What it says, a sentence.
    pub doc: &'static str,
}

impl ConfigTable {
    /// The names of its keys.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}

const fn key(name: &'static str, example: &'static str, doc: &'static str) -> ConfigKey {
    ConfigKey { name, example, doc }
}

pub(super) static TOP: ConfigTable = ConfigTable {
    header: "",
    doc: "At the top of the file.",
    keys: &[
        key("rules", r#"["rules"]"#, "Folders and files of rules, relative to picket.toml."),
        key(
            "declarations",
            r#"["kql"]"#,
            "Folders and files that declare own tables, functions and watchlists.",
        ),
        key("content", r#"["content"]"#, "Folders and files of what is deployed beside rules."),
        key("project", "", "The project itself."),
        key("lint", "", "Which findings are reported, and how."),
        key("format", "", "How files are formatted."),
        key("attack", "", "The version of ATT&CK."),
        key("deploy", "", "How plans are carried out."),
        key("workspace", "", "Workspaces, each under a name of its own."),
        key("env", "", "Environments, each under a name of its own."),
    ],
};

pub(super) static PROJECT: ConfigTable = ConfigTable {
    header: "[project]",
    doc: "The project.",
    keys: &[key(
        "name",
        r#""soc-detections""#,
        "The name by which picket knows its own content in a workspace again.",
    )],
};

pub(super) static LINT: ConfigTable = ConfigTable {
    header: "[lint]",
    doc: "Which findings are reported, and how.",
    keys: &[
        key("strict", "false", "Whether warnings fail a check, as errors do."),
        key(
            "preset",
            r#""recommended""#,
            "What is reported where no level says otherwise: `minimal`, `recommended`, `strict` or `all`.",
        ),
        key("baseline", r#""known.json""#, "The file of findings that are known and let pass."),
        key(
            "levels",
            r#"{ unknown-connector = "off" }"#,
            "Levels by code or name: `off`, `info`, `warning` or `error`.",
        ),
        key("overrides", "", "Other levels in some paths."),
        key("ignore", "", "What is not reported in some paths, and why."),
        key("policy", "", "What a team agreed on."),
    ],
};

pub(super) static LINT_OVERRIDE: ConfigTable = ConfigTable {
    header: "[[lint.overrides]]",
    doc: "Other levels in some paths.",
    keys: &[
        key("paths", r#"["rules/legacy/**"]"#, "Patterns of paths."),
        key("levels", r#"{ unknown-tactic = "info" }"#, "Levels by code or name."),
    ],
};

pub(super) static LINT_IGNORE: ConfigTable = ConfigTable {
    header: "[[lint.ignore]]",
    doc: "What is not reported in some paths, and why.",
    keys: &[
        key("codes", r#"["PK504"]"#, "Codes or names."),
        key("paths", r#"["rules/vendor"]"#, "Patterns of paths; without it, every path."),
        key("reason", r#""published as the vendor maps it""#, "Why."),
    ],
};

pub(super) static LINT_POLICY: ConfigTable = ConfigTable {
    header: "[lint.policy]",
    doc: "What a team asks of its rules.",
    keys: &[
        key("name_pattern", "'^SOC-[0-9]{3} '", "A regular expression that names of rules match."),
        key("file_pattern", r"'^[a-z0-9-]+\.yaml$'", "A regular expression that names of files match."),
        key("description_min_length", "40", "How many characters a description has at least."),
        key("required", r#"["description"]"#, "Keys that every rule has."),
        key("required_tags", r#"["owner"]"#, "Names of tags that every rule has."),
        key("severities", r#"["Medium", "High"]"#, "Severities in use."),
    ],
};

pub(super) static FORMAT: ConfigTable = ConfigTable {
    header: "[format]",
    doc: "How files are formatted.",
    keys: &[key("queries", "false", "Whether `picket fmt` formats the queries in rules, too.")],
};

pub(super) static ATTACK: ConfigTable = ConfigTable {
    header: "[attack]",
    doc: "The version of ATT&CK that rules are held against.",
    keys: &[
        key("version", r#""19.1""#, "The version; the newest at hand without it."),
        key("table", r#""facts/attack.tsv""#, "Where `picket facts update attack` keeps another version."),
    ],
};

pub(super) static DEPLOY: ConfigTable = ConfigTable {
    header: "[deploy]",
    doc: "How plans are carried out.",
    keys: &[
        key(
            "prune_limit",
            "20",
            "The most that one prune deletes, in percent of what the project has in the workspace.",
        ),
        key("deleted", r#"".picket/deleted""#, "The folder of copies of what is deleted."),
        key("journal", r#"".picket/journal""#, "The folder of the journals of what was applied."),
    ],
};

pub(super) static WORKSPACE: ConfigTable = ConfigTable {
    header: "[workspace.NAME]",
    doc: "A workspace; `local` is the one on this machine, and needs no table.",
    keys: &[
        key(
            "subscription",
            r#""00000000-0000-0000-0000-000000000000""#,
            "The UUID of its subscription; required.",
        ),
        key("resource_group", r#""soc""#, "Its resource group; required."),
        key("name", r#""soc-logs""#, "Its name; required."),
        key("tenant", r#""contoso.com""#, "The tenant that it belongs to, a UUID or domain."),
        key("credential", r#""azure-cli""#, "The kind of credential to use there."),
        key("cloud", r#""public""#, "The cloud: `public`, `usgov` or `china`."),
        key(
            "endpoint",
            r#""http://127.0.0.1:8085""#,
            "A server on this machine to talk to instead of the cloud, such as `picket emulator`.",
        ),
        key("defender", "false", "Whether custom detections are deployed to the Defender XDR of its tenant."),
    ],
};

pub(super) static ENV: ConfigTable = ConfigTable {
    header: "[env.NAME]",
    doc: "An environment: rules as some workspaces have them.",
    keys: &[
        key(
            "workspaces",
            r#"["prod-eu", "prod-us"]"#,
            "The names of its workspaces; without it, the one of the same name.",
        ),
        key("tenant", r#""contoso.com""#, "The tenant of these workspaces."),
        key("credential", r#""azure-cli""#, "The kind of credential to use there."),
        key(
            "include",
            r#"[{ paths = ["rules/prod/**"] }]"#,
            "A selector, or a list of them: only what they select is deployed.",
        ),
        key(
            "exclude",
            r#"[{ tags = ["experimental"] }]"#,
            "A selector, or a list of them: what they select is left out.",
        ),
        key("overrides", "", "What is changed of rules."),
    ],
};

pub(super) static SELECTOR: ConfigTable = ConfigTable {
    header: "include and exclude",
    doc: "A selector. All of its keys must hold; of several selectors any.",
    keys: &[
        key("rules", r#"["Failed sign-ins"]"#, "Ids or names of rules."),
        key("paths", r#"["rules/lab/**"]"#, "Patterns of paths."),
        key("tags", r#"["noisy"]"#, "Tags."),
        key("severities", r#"["Medium", "High"]"#, "Severities."),
        key("kinds", r#"["Scheduled"]"#, "Kinds of rules."),
        key(
            "content",
            r#"["HighValueAssets"]"#,
            "Names or paths of content beside rules; in a selector of its own.",
        ),
    ],
};

pub(super) static OVERRIDE: ConfigTable = ConfigTable {
    header: "[[env.NAME.overrides]]",
    doc: "What an environment changes of the rules that it selects; without a selector, of every rule.",
    keys: &[
        key("rules", r#"["Failed sign-ins"]"#, "Ids or names of rules."),
        key("paths", r#"["rules/lab/**"]"#, "Patterns of paths."),
        key("tags", r#"["noisy"]"#, "Tags."),
        key("severities", r#"["Medium", "High"]"#, "Severities."),
        key("kinds", r#"["Scheduled"]"#, "Kinds of rules."),
        key("set", r#"{ severity = "High" }"#, "Keys as in rule files, with the values that they get."),
        key("name_prefix", r#""[prod] ""#, "What stands before the names of the rules."),
        key(
            "exclusions",
            r#"["| where Account != 'scanner'"]"#,
            "Operators of KQL for the line `// picket: exclusions` of the query.",
        ),
        key("exclusion_files", r#"["exclusions/prod.kql"]"#, "Files with such operators."),
        key(
            "parameters",
            "{ Threshold = 25 }",
            "Values of `let` statements that the query marks with `// picket: parameter`.",
        ),
    ],
};

/// All tables, in the order of the page about them.
pub static TABLES: &[&ConfigTable] = &[
    &TOP,
    &PROJECT,
    &LINT,
    &LINT_OVERRIDE,
    &LINT_IGNORE,
    &LINT_POLICY,
    &FORMAT,
    &ATTACK,
    &DEPLOY,
    &WORKSPACE,
    &ENV,
    &SELECTOR,
    &OVERRIDE,
];
