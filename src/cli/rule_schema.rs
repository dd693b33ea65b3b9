//! The JSON Schemas that the repository keeps: of rule files, with the words of the catalog, and of what
//! picket writes as JSON.

use crate::catalog::Catalog;
use crate::content;
use crate::report;
use crate::rule::{self, Vocabulary};
use crate::testing;

/// Where the repository keeps the schema of findings.
pub const REPORT_PATH: &str = "schemas/report.schema.json";

/// The schema of findings as the text of a file.
pub fn report_text() -> String {
    format!("{:#}\n", report::json_schema())
}

/// Where the repository keeps the schema of plans.
pub const PLAN_PATH: &str = "schemas/plan.schema.json";

/// The schema of plans as the text of a file.
pub fn plan_text() -> String {
    format!("{:#}\n", report::plan_json_schema())
}

/// Where the repository keeps the schema of what `picket drift` writes.
pub const DRIFT_PATH: &str = "schemas/drift.schema.json";

/// The schema of what `picket drift` writes as the text of a file.
pub fn drift_text() -> String {
    format!("{:#}\n", report::drift_json_schema())
}

/// Where the repository keeps the schema of what `picket pull` writes.
pub const PULL_PATH: &str = "schemas/pull.schema.json";

/// The schema of what `picket pull` writes as the text of a file.
pub fn pull_text() -> String {
    format!("{:#}\n", report::pull_json_schema())
}

/// Where the repository keeps the schema of what `picket doctor` writes.
pub const DOCTOR_PATH: &str = "schemas/doctor.schema.json";

/// The schema of what `picket doctor` writes as the text of a file.
pub fn doctor_text() -> String {
    format!("{:#}\n", report::doctor_json_schema())
}

/// Where the repository keeps the schema of what `picket status` writes.
pub const STATUS_PATH: &str = "schemas/status.schema.json";

/// The schema of what `picket status` writes as the text of a file.
pub fn status_text() -> String {
    format!("{:#}\n", report::status_json_schema())
}

/// Where the repository keeps the schema of the rows of a query.
pub const ROWS_PATH: &str = "schemas/rows.schema.json";

/// The schema of what `picket kql run` writes as the text of a file.
pub fn rows_text() -> String {
    format!("{:#}\n", report::rows_json_schema())
}

/// Where the repository keeps the schema of what `picket backtest` writes.
pub const BACKTEST_PATH: &str = "schemas/backtest.schema.json";

/// The schema of what `picket backtest` writes as the text of a file.
pub fn backtest_text() -> String {
    format!("{:#}\n", report::backtest_schema())
}

/// Where the repository keeps the schema of the outcome of an apply.
#[cfg(all(feature = "azure", feature = "emulator"))]
pub const OUTCOME_PATH: &str = "schemas/outcome.schema.json";

/// The schema of the outcome of an apply as the text of a file.
#[cfg(all(feature = "azure", feature = "emulator"))]
pub fn outcome_text() -> String {
    format!("{:#}\n", super::outcome::json_schema())
}

/// Where the repository keeps the schema of what commands write for several workspaces.
#[cfg(all(feature = "azure", feature = "emulator"))]
pub const RUNS_PATH: &str = "schemas/runs.schema.json";

/// The schema of what commands write for several workspaces as the text of a file.
#[cfg(all(feature = "azure", feature = "emulator"))]
pub fn runs_text() -> String {
    format!("{:#}\n", super::several::json_schema())
}

/// Where the repository keeps the schema of what `picket import files` writes.
pub const IMPORTED_PATH: &str = "schemas/imported.schema.json";

/// The schema of what `picket import files` writes as the text of a file.
pub fn imported_text() -> String {
    format!("{:#}\n", super::commands::import::json_schema())
}

/// Where the repository keeps the schema of what `picket coverage` writes.
pub const COVERAGE_PATH: &str = "schemas/coverage.schema.json";

/// The schema of what `picket coverage` writes as the text of a file.
pub fn coverage_text() -> String {
    format!("{:#}\n", report::coverage_json_schema())
}

/// Where the repository keeps the schema of files of tests.
pub const TEST_PATH: &str = "schemas/test.schema.json";

/// The schema of files of tests as the text of a file.
pub fn test_text() -> String {
    format!("{:#}\n", testing::schema())
}

/// Where the repository keeps the schema of what `picket test` writes.
pub const TESTED_PATH: &str = "schemas/tested.schema.json";

/// The schema of what `picket test` writes as the text of a file.
pub fn tested_text() -> String {
    format!("{:#}\n", report::tests_json_schema())
}

/// Where the repository keeps the schema of content.
pub const CONTENT_PATH: &str = "schemas/content.schema.json";

/// The schema of content as the text of a file.
pub fn content_text() -> String {
    format!("{:#}\n", content::schema())
}

/// Where the repository keeps the schema of rules.
pub const PATH: &str = "schemas/rule.schema.json";

/// The schema of rules as the text of a file.
pub fn text() -> String {
    let catalog = Catalog::builtin();
    let mappable = catalog.entities().iter().filter(|entity| entity.mappable);
    let names = |list: &[&'static str]| list.iter().map(|name| (*name).to_owned()).collect();
    let vocabulary = Vocabulary {
        tactics: catalog.attack().service_tactics().iter().map(|(name, _)| (*name).to_owned()).collect(),
        entities: mappable.map(|entity| (entity.name.to_owned(), names(&entity.identifiers))).collect(),
    };
    format!("{:#}\n", rule::schema(&vocabulary))
}
