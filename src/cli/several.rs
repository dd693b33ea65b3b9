//! A command run for several workspaces of an environment, or several plans that were kept, one after the other.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::environment::PlaceArgs;
use super::output::count;
use super::{CliError, Exit, Shell, signals};

/// The format of [`json_text`].
const FORMAT: u64 = 1;

/// One of the runs.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    /// The workspace by the name that commands know, or the file of a kept plan.
    pub(crate) name: String,
    /// The workspace and the environment.
    pub(crate) place: PlaceArgs,
    /// How many runs there are.
    pub(crate) of: usize,
}

impl Turn {
    /// The one run of a command that is about one workspace.
    pub(crate) fn only(place: &PlaceArgs) -> Self {
        Self { name: place.workspace.clone().unwrap_or_default(), place: place.clone(), of: 1 }
    }

    /// Whether it is one of several.
    pub(crate) fn is_one_of_several(&self) -> bool {
        self.of > 1
    }

    /// `path`, or where there are several runs, the file beside it that is this one's: `plan.json` becomes
    /// `plan.prod-eu.json`.
    pub(crate) fn file(&self, path: &Path) -> PathBuf {
        if !self.is_one_of_several() {
            return path.to_owned();
        }
        let safe = |c: char| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '_' };
        let name: String = self.name.chars().map(safe).collect();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        path.with_file_name(match path.extension() {
            Some(ending) => format!("{stem}.{name}.{}", ending.to_string_lossy()),
            None => format!("{stem}.{name}"),
        })
    }
}

/// How several runs write what they found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Below a heading each.
    Text,
    /// As Markdown, which has headings of its own.
    Markdown,
    /// As one JSON document with that of each run in a list.
    Json,
}

impl PlaceArgs {
    /// Runs a command in the workspace that is meant, or where an environment has several and none is named, in each.
    ///
    /// # Errors
    /// When picket.toml is wrong; of a command that is about one workspace, its own.
    pub(crate) fn in_each(
        &self,
        style: Style,
        shell: &mut Shell,
        run: impl FnMut(&Turn, &mut Shell) -> Result<Exit, CliError>,
    ) -> Result<Exit, CliError> {
        let turns: Vec<Turn> = self.each(shell)?;
        in_turns(&turns, style, shell, run)
    }

    /// The places that are meant.
    pub(crate) fn each(&self, shell: &Shell) -> Result<Vec<Turn>, CliError> {
        let workspaces = self.workspaces(shell)?;
        if workspaces.len() < 2 {
            return Ok(vec![Turn::only(self)]);
        }
        let of = workspaces.len();
        let turn = |name: String| {
            let place = Self { env: self.env.clone(), workspace: Some(name.clone()) };
            Turn { name, place, of }
        };
        Ok(workspaces.into_iter().map(turn).collect())
    }
}

/// Makes the runs. One that goes wrong does not keep the others from being made, an interrupted one does; the worst says
/// how the command ends.
///
/// # Errors
/// Of a single run, its own.
pub(crate) fn in_turns(
    turns: &[Turn],
    style: Style,
    shell: &mut Shell,
    mut run: impl FnMut(&Turn, &mut Shell) -> Result<Exit, CliError>,
) -> Result<Exit, CliError> {
    if let [only] = turns {
        return run(only, shell);
    }
    let mut worst = Exit::Clean;
    let mut runs = Vec::new();
    for (at, turn) in turns.iter().enumerate() {
        if signals::was_raised() {
            let left: Vec<&str> = turns.iter().skip(at).map(|turn| turn.name.as_str()).collect();
            writeln!(shell.err(), "interrupted; not begun: {}", left.join(", "))?;
            worst = Exit::Failed;
            break;
        }
        let heading = format!("{}== {} ==\n", if at == 0 { "" } else { "\n" }, turn.name);
        if style == Style::Text {
            shell.out().write_all(heading.as_bytes())?;
            shell.out().flush()?;
        } else {
            shell.err().write_all(heading.as_bytes())?;
        }
        if style == Style::Markdown && at > 0 {
            writeln!(shell.out())?;
        }
        if style == Style::Json {
            shell.keep();
        }
        let result = run(turn, shell);
        let written = if style == Style::Json { shell.taken() } else { String::new() };
        let (exit, error) = match result {
            Ok(exit) => (exit, None),
            Err(error) if error.is_broken_pipe() => return Err(error),
            Err(error) => {
                shell.error(&error);
                (Exit::Failed, Some(error.message))
            }
        };
        runs.push(json!({
            "name": turn.name,
            "exit": exit as u8,
            "error": error,
            "document": serde_json::from_str::<Value>(&written).ok(),
        }));
        worst = worst.max(exit);
    }
    match style {
        Style::Json => shell.out().write_all(json_text(runs).as_bytes())?,
        Style::Text => writeln!(shell.out(), "\n{}: {}", count(turns.len(), "run"), summary(&runs))?,
        Style::Markdown => {}
    }
    Ok(worst)
}

/// How each run ended.
fn summary(runs: &[Value]) -> String {
    let word = |run: &Value| match run["exit"].as_u64() {
        Some(0) => "ok",
        Some(1) => "findings",
        _ => "failed",
    };
    let parts = runs.iter().map(|run| format!("{} {}", run["name"].as_str().unwrap_or_default(), word(run)));
    parts.collect::<Vec<_>>().join(", ")
}

/// What the runs wrote as one JSON document of the schema [`json_schema`].
fn json_text(runs: Vec<Value>) -> String {
    let document = json!({ "format": FORMAT, "picket": env!("CARGO_PKG_VERSION"), "runs": runs });
    format!("{document:#}\n")
}

/// What a command writes with `--format json` for several workspaces, as a JSON Schema (draft 2020-12).
pub(crate) fn json_schema() -> Value {
    let run = json!({
        "type": "object",
        "properties": {
            "name": { "type": "string", "description": "The workspace as picket.toml names it, or the file of a plan that was kept." },
            "exit": { "enum": [0, 1, 2], "description": "The exit code that the command had for it alone." },
            "error": { "type": ["string", "null"], "description": "Why it could not be done." },
            "document": {
                "type": ["object", "null"],
                "description": "What the command writes for one workspace, which has a schema of its own; nothing where it wrote nothing.",
            },
        },
        "required": ["name", "exit", "error", "document"],
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What a command of picket writes for several workspaces of an environment",
        "type": "object",
        "properties": {
            "format": { "const": FORMAT },
            "picket": { "type": "string", "description": "The version of picket." },
            "runs": {
                "type": "array",
                "items": run,
                "description": "In the order of `workspaces` in picket.toml; those that an interruption left out are absent.",
            },
        },
        "required": ["format", "picket", "runs"],
    })
}
