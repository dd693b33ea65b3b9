//! The files of a new repository of rules.

use uuid::Uuid;

use super::NewFile;
use super::ci::{self, Ci};

/// What makes the id of the first rule out of the name of the project.
const IDS: Uuid = Uuid::from_u128(0x7a0f_3f52_35c8_4d7b_9f5c_6e0d_41b2_c8a9);

/// What a new repository is to have.
#[derive(Debug, Clone)]
pub struct Wishes<'a> {
    /// The name of the project.
    pub name: &'a str,
    /// Where its pipeline runs, if it has one.
    pub ci: Option<Ci>,
    /// Whether it checks before each commit.
    pub pre_commit: bool,
    /// The JSON Schemas of rules, tests and content.
    pub schemas: [String; 3],
}

/// The paths of the schemas, in the order of [`Wishes::schemas`].
const SCHEMAS: [&str; 3] =
    [".vscode/rule.schema.json", ".vscode/test.schema.json", ".vscode/content.schema.json"];

/// The files, in the order in which they are told of.
pub fn files(wishes: Wishes<'_>) -> Vec<NewFile> {
    let name = toml_text(wishes.name);
    let id = Uuid::new_v5(&IDS, wishes.name.as_bytes()).to_string();
    let file = |path, text: String| NewFile { path, text };
    let mut files = vec![
        file("picket.toml", include_str!("picket.toml").replace("{name}", &name)),
        file("rules/security-log-cleared.yaml", include_str!("rule.yaml").replace("{id}", &id)),
        file("rules/security-log-cleared.test.yaml", include_str!("rule.test.yaml").to_owned()),
        file(".gitignore", format!("{IGNORED}\n")),
        file(".editorconfig", include_str!("editorconfig").to_owned()),
        file(".vscode/settings.json", include_str!("settings.json").to_owned()),
    ];
    files.extend(SCHEMAS.into_iter().zip(wishes.schemas).map(|(path, text)| file(path, text)));
    if wishes.pre_commit {
        files.push(file(".pre-commit-config.yaml", include_str!("pre-commit.yaml").to_owned()));
    }
    files.extend(wishes.ci.into_iter().flat_map(ci::files));
    files
}

/// The folder of the rules.
pub const RULES: &str = "rules";

/// The folder of the local workspace, as it stands in `.gitignore`.
pub const IGNORED: &str = "/.picket/";

/// Whether the text of a `.gitignore` keeps the local workspace out of git.
pub fn ignores_workspace(text: &str) -> bool {
    text.lines().any(|line| line.trim().trim_matches('/') == ".picket")
}

/// A text as TOML writes it.
fn toml_text(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            letter if letter.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out + "\""
}
