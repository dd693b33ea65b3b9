//! How repositories of content are laid out: which of their files are content, and which say something about it.
//!
//! Sentinel's own Repositories keep templates, beside which stand files of parameters, and a `sentinel-deployment.config`. The
//! solutions of Azure-Sentinel keep rules in files of their own and a package made of them.

use std::collections::BTreeSet;

use serde_json::Value;

/// The file with which Sentinel's Repositories are told what to deploy.
pub const DEPLOYMENT_CONFIG: &str = "sentinel-deployment.config";

/// The folders of a solution whose files its package is made of.
const SOLUTION_FOLDERS: [&str; 4] = ["Analytic Rules", "Hunting Queries", "Parsers", "Watchlists"];

/// The layout of a folder.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    folders: BTreeSet<String>,
    files: BTreeSet<String>,
    excluded: Vec<String>,
    notes: Vec<(String, String)>,
}

impl Layout {
    /// The layout of a folder that holds `paths`, with forward slashes, each read by `read`.
    pub fn of(paths: &[String], read: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut layout = Self { files: paths.iter().cloned().collect(), ..Self::default() };
        for path in paths {
            let mut folder = path.as_str();
            while let Some((above, _)) = folder.rsplit_once('/') {
                layout.folders.insert(above.to_owned());
                folder = above;
            }
        }
        for path in paths.iter().filter(|path| file_name(path) == DEPLOYMENT_CONFIG) {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            match read(path).map(|text| serde_json::from_str::<Value>(&text)) {
                Some(Ok(config)) => layout.configure(path, folder, &config),
                Some(Err(error)) => layout.note(path, format!("not valid JSON: {error}")),
                None => layout.note(path, "it cannot be read".to_owned()),
            }
        }
        layout
    }

    fn note(&mut self, path: &str, note: String) {
        self.notes.push((path.to_owned(), note));
    }

    fn configure(&mut self, path: &str, folder: &str, config: &Value) {
        let texts = |key: &str| {
            let list = config[key].as_array().map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(Value::as_str).map(plain).collect::<Vec<_>>()
        };
        for excluded in texts("excludecontentfiles") {
            let whole = if folder.is_empty() { excluded } else { format!("{folder}/{excluded}") };
            self.excluded.push(whole);
        }
        if !texts("prioritizedcontentfiles").is_empty() {
            self.note(path, "which files go first: picket writes what others name before them".to_owned());
        }
        let workspaces = config["parameterfilemappings"].as_object();
        for workspace in workspaces.into_iter().flat_map(serde_json::Map::keys) {
            self.note(
                path,
                format!("parameters for the workspace {workspace}: give its environment their values"),
            );
        }
    }

    /// What files about content say that has no place in a project, each with its file.
    pub fn notes(&self) -> &[(String, String)] {
        &self.notes
    }

    /// Why the file at `path` is no content of its own, if it is none.
    pub fn passes_over(&self, path: &str) -> Option<String> {
        let file = file_name(path);
        if file == DEPLOYMENT_CONFIG {
            return Some("it says what is deployed and is no content itself".to_owned());
        }
        let is_below = |folder: &String| {
            path == folder || path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        if self.excluded.iter().any(is_below) {
            return Some(format!("{DEPLOYMENT_CONFIG} leaves it out"));
        }
        if file.to_ascii_lowercase().ends_with(".bicep") {
            return Some("Bicep: build it to a template with `az bicep build` and import that".to_owned());
        }
        if let Some((template, rest)) = file.split_once(".parameters") {
            let is_parameters = rest.to_ascii_lowercase().ends_with(".json");
            let beside = format!("{}{template}.json", &path[..path.len() - file.len()]);
            if is_parameters && self.files.contains(&beside) {
                return Some(match rest {
                    ".json" => format!("its values went into {template}.json"),
                    _ => format!("values of {template}.json for one workspace: give its environment them"),
                });
            }
        }
        let solution = path.strip_suffix(file)?.strip_suffix("/Package/")?;
        let is_solution =
            SOLUTION_FOLDERS.iter().any(|name| self.folders.contains(&format!("{solution}/{name}")));
        is_solution.then(|| "packaged from the files of the solution beside it".to_owned())
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A path of a configuration as paths are written here.
fn plain(path: &str) -> String {
    path.replace('\\', "/").trim_start_matches("./").trim_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_say_what_they_deploy() {
        let paths = [
            "sentinel-deployment.config",
            "Detections/a.json",
            "Detections/Old/b.json",
            "c.bicep",
            "d.json",
            "d.parameters.json",
            "d.parameters-1234.json",
            "e.parameters.json",
        ];
        let config = r#"{"prioritizedcontentfiles": ["d.json"], "excludecontentfiles": ["./Detections/Old/", "Detections/none.json", "../x"],
            "parameterfilemappings": {"1234": {"d.json": "p.json"}}}"#;
        let paths = paths.map(str::to_owned);
        let layout = Layout::of(&paths, &|_| Some(config.to_owned()));
        let passed: Vec<_> = paths.iter().filter(|path| layout.passes_over(path).is_some()).collect();
        assert_eq!(
            passed,
            [
                "sentinel-deployment.config",
                "Detections/Old/b.json",
                "c.bicep",
                "d.parameters.json",
                "d.parameters-1234.json"
            ]
        );
        assert_eq!(layout.notes().len(), 2);
        for text in ["{", "[1]", r#"{"excludecontentfiles": 1, "parameterfilemappings": [2]}"#] {
            let layout = Layout::of(&paths, &|_| Some(text.to_owned()));
            assert!(layout.passes_over("Detections/Old/b.json").is_none());
        }
    }

    #[test]
    fn packages_of_solutions_are_made_of_their_files() {
        let paths =
            ["S/A/Analytic Rules/a.yaml", "S/A/Package/mainTemplate.json", "S/B/Package/mainTemplate.json"];
        let paths = paths.map(str::to_owned);
        let layout = Layout::of(&paths, &|_| None);
        assert!(layout.passes_over(&paths[1]).is_some());
        assert_eq!(layout.passes_over(&paths[2]), None);
    }
}
