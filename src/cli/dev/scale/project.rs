//! A project of many rules, for the time of a measurement.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::cli::{CliError, load};

/// How many analytics rules are enabled; the service allows 512.
const ENABLED: usize = 500;

/// A folder with a picket.toml and rules, deleted with the value.
pub(super) struct Project(TempDir);

impl Project {
    /// `rules` rules for the workspace at `endpoint`: beyond those that may be enabled, hunting queries and disabled rules
    /// by turns.
    pub(super) fn new(endpoint: &str, rules: usize) -> Result<Self, CliError> {
        let folder = TempDir::new().map_err(|error| CliError::new("cannot make a folder").cause(error))?;
        let project = Self(folder);
        let settings = format!(
            "[project]\nname = \"scale\"\n\n[workspace.scale]\n\
             subscription = \"d0cfe6b2-9ac0-4464-9919-dccaee2e48c0\"\nresource_group = \"soc\"\n\
             name = \"soc-logs\"\nendpoint = \"{endpoint}\"\n"
        );
        load::write(&project.folder().join("picket.toml"), settings.as_bytes())?;
        let made = fs::create_dir(project.folder().join("rules"));
        made.map_err(|error| CliError::new("cannot make a folder").cause(error))?;
        for number in 0..rules {
            load::write(&project.rule(number), text(number, "Medium").as_bytes())?;
        }
        Ok(project)
    }

    pub(super) fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Changes the rule `number`.
    pub(super) fn change(&self, number: usize) -> Result<(), CliError> {
        load::write(&self.rule(number), text(number, "High").as_bytes())
    }

    /// The bytes of the file `name`.
    pub(super) fn size(&self, name: &str) -> Result<u64, CliError> {
        let size: io::Result<u64> = fs::metadata(self.folder().join(name)).map(|file| file.len());
        size.map_err(|error| CliError::new(format!("cannot read {name}")).cause(error))
    }

    fn rule(&self, number: usize) -> PathBuf {
        self.folder().join(format!("rules/{number:05}.yaml"))
    }
}

/// A rule as large as published ones are in the mean: about a kilobyte.
fn text(number: usize, severity: &str) -> String {
    let notes: String = (0..8)
        .map(|note| format!("  | extend Note{note} = strcat(Computer, ' saw {number} in step {note}')\n"))
        .collect();
    let query = format!("query: |\n  SecurityEvent\n  | where EventID == {number}\n{notes}");
    let head = format!(
        "id: 5b0f0c3e-8d51-4a6e-9f00-{number:012x}\nname: Rule {number}\nversion: 1.0.0\n\
         description: |\n  Finds event {number}, as a rule of some length does.\n\
         tactics:\n  - Execution\nrelevantTechniques:\n  - T1059\n"
    );
    if number >= ENABLED && number % 2 == 1 {
        return format!("{head}{query}");
    }
    let enabled = if number < ENABLED { "" } else { "enabled: false\n" };
    format!(
        "{head}kind: Scheduled\n{enabled}severity: {severity}\nqueryFrequency: 1h\nqueryPeriod: 1h\n\
         triggerOperator: gt\ntriggerThreshold: 0\n{query}entityMappings:\n  - entityType: Host\n    \
         fieldMappings:\n      - identifier: FullName\n        columnName: Computer\n"
    )
}
