//! Patterns of paths, as settings write them.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Patterns of paths below the project, such as `legacy/**`. One that names a folder means all below it.
#[derive(Debug, Clone)]
pub struct PathGlobs {
    patterns: Vec<String>,
    set: GlobSet,
}

impl PartialEq for PathGlobs {
    fn eq(&self, other: &Self) -> bool {
        self.patterns == other.patterns
    }
}

impl Eq for PathGlobs {}

impl PathGlobs {
    /// Reads `patterns`.
    ///
    /// # Errors
    /// What is wrong with the first that is none, with its number.
    pub fn new(patterns: &[String]) -> Result<Self, (usize, String)> {
        let mut set = GlobSetBuilder::new();
        for (number, pattern) in patterns.iter().enumerate() {
            let plain = pattern.trim_start_matches("./").trim_end_matches('/');
            for pattern in [plain.to_owned(), format!("{plain}/**")] {
                let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
                set.add(glob.map_err(|error| (number, error.kind().to_string()))?);
            }
        }
        let set = set.build().map_err(|error| (0, error.kind().to_string()))?;
        Ok(Self { patterns: patterns.to_vec(), set })
    }

    /// Whether one of the patterns matches `path`, which has forward slashes.
    pub fn matches(&self, path: &str) -> bool {
        self.set.is_match(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_files_and_what_is_below_folders() {
        let matches =
            |pattern: &str, path: &str| PathGlobs::new(&[pattern.to_owned()]).unwrap().matches(path);
        assert!(matches("legacy/**", "legacy/a/b.yaml"));
        assert!(matches("legacy", "legacy/a/b.yaml"));
        assert!(matches("./legacy/", "legacy/b.yaml"));
        assert!(matches("rules/*.yaml", "rules/b.yaml"));
        assert!(!matches("rules/*.yaml", "rules/a/b.yaml"));
        assert!(!matches("legacy", "rules/legacy.yaml"));
        assert!(matches("**/legacy.yaml", "rules/legacy.yaml"));
        assert_eq!(PathGlobs::new(&["a".to_owned(), "{".to_owned()]).unwrap_err().0, 1);
    }
}
