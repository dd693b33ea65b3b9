//! ATT&CK as MITRE publishes it, a STIX bundle, to the table that a project keeps.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Why a bundle gives no table.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// Not JSON, or not the expected shape.
    #[error("the file is no STIX bundle: {0}")]
    Json(#[from] serde_json::Error),
    /// Another document.
    #[error("the file is JSON, but its `type` is not `bundle`")]
    NoBundle,
    /// A bundle without ATT&CK.
    #[error("the bundle holds no technique of ATT&CK")]
    NoTechniques,
    /// Nothing says which version it is.
    #[error("the bundle does not say which version of ATT&CK it holds")]
    NoVersion,
}

/// What a bundle gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttackTable {
    /// The text of the table.
    pub text: String,
    /// The version of ATT&CK.
    pub version: String,
    /// How many tactics there are.
    pub tactics: usize,
    /// How many techniques there are, withdrawn ones included.
    pub techniques: usize,
}

#[derive(Deserialize)]
struct Bundle {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    objects: Vec<Object>,
}

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    revoked: bool,
    #[serde(default)]
    x_mitre_deprecated: bool,
    #[serde(default)]
    x_mitre_shortname: String,
    #[serde(default)]
    x_mitre_version: String,
    #[serde(default)]
    x_mitre_domains: Vec<String>,
    #[serde(default)]
    external_references: Vec<Reference>,
    #[serde(default)]
    kill_chain_phases: Vec<Phase>,
    #[serde(default)]
    relationship_type: String,
    #[serde(default)]
    source_ref: String,
    #[serde(default)]
    target_ref: String,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    source_name: String,
    #[serde(default)]
    external_id: String,
}

#[derive(Deserialize)]
struct Phase {
    #[serde(default)]
    kill_chain_name: String,
    #[serde(default)]
    phase_name: String,
}

impl Object {
    /// Its id in ATT&CK.
    fn attack_id(&self) -> Option<&str> {
        let of_attack = |reference: &&Reference| {
            reference.source_name.starts_with("mitre-") && !reference.external_id.is_empty()
        };
        self.external_references.iter().find(of_attack).map(|reference| reference.external_id.as_str())
    }

    /// The matrix that it belongs to.
    fn domain(&self) -> &'static str {
        let chains = self.kill_chain_phases.iter().map(|phase| phase.kill_chain_name.as_str());
        let names = self.external_references.iter().map(|reference| reference.source_name.as_str());
        let mut told = self.x_mitre_domains.iter().map(String::as_str).chain(chains).chain(names);
        told.find_map(|name| match name {
            "enterprise-attack" | "mitre-attack" => Some("enterprise"),
            "ics-attack" | "mitre-ics-attack" => Some("ics"),
            "mobile-attack" | "mitre-mobile-attack" => Some("mobile"),
            _ => None,
        })
        .unwrap_or("enterprise")
    }

    fn status(&self) -> &'static str {
        match (self.revoked, self.x_mitre_deprecated) {
            (true, _) => "revoked",
            (false, true) => "deprecated",
            (false, false) => "active",
        }
    }
}

/// The table of the bundle in `text`. `version` counts before what the bundle says of itself.
///
/// # Errors
/// When the text is no bundle of ATT&CK, or its version is told nowhere.
pub fn attack_table(text: &str, version: Option<&str>) -> Result<AttackTable, BundleError> {
    let bundle: Bundle = serde_json::from_str(text)?;
    if bundle.kind != "bundle" {
        return Err(BundleError::NoBundle);
    }
    let objects = || bundle.objects.iter();
    let ids: BTreeMap<&str, &str> =
        objects().filter_map(|object| Some((object.id.as_str(), object.attack_id()?))).collect();
    let revocations: BTreeMap<&str, &str> = objects()
        .filter(|object| object.kind == "relationship" && object.relationship_type == "revoked-by")
        .filter_map(|object| Some((object.source_ref.as_str(), *ids.get(object.target_ref.as_str())?)))
        .collect();
    let mut rows = Vec::new();
    for object in objects() {
        let Some(id) = object.attack_id() else { continue };
        let cells = match object.kind.as_str() {
            "x-mitre-tactic" => {
                ["tactic", id, object.domain(), &object.x_mitre_shortname, &object.name, object.status(), ""]
                    .map(str::to_owned)
            }
            "attack-pattern" => {
                let mut tactics: Vec<&str> =
                    object.kill_chain_phases.iter().map(|phase| phase.phase_name.as_str()).collect();
                tactics.sort_unstable();
                let replaced_by = revocations.get(object.id.as_str()).copied().unwrap_or_default();
                let tactics = tactics.join(",");
                ["technique", id, object.domain(), &object.name, object.status(), &tactics, replaced_by]
                    .map(str::to_owned)
            }
            _ => continue,
        };
        rows.push(cells.map(|cell| cell_of(&cell)).join("\t"));
    }
    // An id that stands in the bundle twice counts once.
    rows.sort();
    let key = |row: &String| row.split('\t').take(2).collect::<Vec<_>>().join("\t");
    rows.dedup_by_key(|row| key(row));
    let techniques = rows.iter().filter(|row| row.starts_with("technique\t")).count();
    if techniques == 0 {
        return Err(BundleError::NoTechniques);
    }
    let collection = objects().find(|object| object.kind == "x-mitre-collection");
    let told = collection.map(|object| object.x_mitre_version.as_str()).filter(|version| !version.is_empty());
    let version = version.or(told).ok_or(BundleError::NoVersion)?.to_owned();
    let head = format!(
        "# source: the STIX bundle of MITRE ATT&CK\n# version: {}\n# terms: MITRE ATT&CK terms of use\n# columns: what id domain name-or-shortname ...\n",
        cell_of(&version)
    );
    let text = rows.iter().fold(head, |text, row| text + row + "\n");
    Ok(AttackTable { text, version, tactics: rows.len() - techniques, techniques })
}

/// A cell of a table; an empty one is written `-`.
fn cell_of(text: &str) -> String {
    let text = text.replace(['\t', '\r', '\n'], " ");
    if text.trim().is_empty() { "-".to_owned() } else { text.trim().to_owned() }
}
