//! Where an imported rule is written: `<tool>/<kind>.yaml`.
//!
//! Names come from foreign files, so they are reduced to what every file system takes as one plain name:
//! ASCII letters, digits, `-`, `_` and `.`, neither hidden nor reserved, and not too long.

use std::collections::{HashMap, HashSet};

/// The longest name of a folder or file, extension left aside.
const MAX_NAME: usize = 80;

/// What the catalog's file names call a kind of query, and what picket's do.
const KINDS: [(&str, &str); 3] =
    [("netconn", "network-connection"), ("createproc", "process-creation"), ("filesig", "file-signature")];

/// Device names that Windows reserves, with any extension.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Hands out paths, no two of them equal on a file system that ignores case.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// Paths given, in lower case.
    taken: HashSet<String>,
    /// The spelling in which each folder was given first.
    folders: HashMap<String, String>,
}

impl Layout {
    /// The path for the rule `id` read from `source`, a path with forward slashes.
    pub(super) fn place(&mut self, source: &str, id: &str) -> String {
        let (tool, kind) = tool_and_kind(source);
        let (tool, kind) = (safe_name(&tool), safe_name(&kind));
        let tool = self.folders.entry(tool.to_lowercase()).or_insert(tool).clone();
        // A second rule of the same tool and kind is told apart by its id, which does not hang on the
        // order of files.
        let short = id.get(..8).unwrap_or(id);
        let candidates = [kind.clone(), format!("{kind}-{short}"), format!("{kind}-{id}")];
        let free = candidates.iter().map(|name| format!("{tool}/{}.yaml", safe_name(name)));
        let path = free.into_iter().find(|path| !self.taken.contains(&path.to_lowercase()));
        let path = path.unwrap_or_else(|| self.numbered(&tool, &kind));
        self.taken.insert(path.to_lowercase());
        path
    }

    /// The first free path with a number.
    fn numbered(&self, tool: &str, kind: &str) -> String {
        let mut number = 2_u32;
        loop {
            let path = format!("{tool}/{kind}-{number}.yaml");
            if !self.taken.contains(&path.to_lowercase()) {
                return path;
            }
            number += 1;
        }
    }
}

/// The tool and the kind of query that a catalog path names: `rmm_<tool>_<kind>.yaml`, or else the folder
/// and the file.
fn tool_and_kind(source: &str) -> (String, String) {
    let mut parts = source.rsplit('/');
    let file = parts.next().unwrap_or_default();
    let folder = parts.next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let named = stem.strip_prefix("rmm_").and_then(|rest| rest.rsplit_once('_'));
    if let Some((tool, short)) = named
        && let Some((_, kind)) = KINDS.iter().find(|(known, _)| *known == short)
    {
        return (tool.trim_matches('_').to_owned(), (*kind).to_owned());
    }
    (folder.to_owned(), stem.to_owned())
}

/// `name` reduced to a plain file name.
pub(crate) fn safe_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for letter in name.chars() {
        let keep = letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
        let letter = if keep { letter } else { '-' };
        if !(letter == '-' && out.ends_with('-')) && out.len() < MAX_NAME {
            out.push(letter);
        }
    }
    let out = out.trim_matches(['.', '-']);
    if out.is_empty() {
        return "unnamed".to_owned();
    }
    let device = out.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let port = device.strip_prefix("com").or_else(|| device.strip_prefix("lpt"));
    let port = port.is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()));
    if port || RESERVED.contains(&device.as_str()) { format!("_{out}") } else { out.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "ed1ef511-c52a-4e07-a864-588e96a7eb91";

    #[test]
    fn names_tool_and_kind() {
        let place = |source| Layout::default().place(source, ID);
        assert_eq!(place("RMM/AnyDesk/rmm_AnyDesk_netconn.yaml"), "AnyDesk/network-connection.yaml");
        assert_eq!(
            place("RMM/M/rmm_MSP360_CloudBerry_filesig.yaml"),
            "MSP360_CloudBerry/file-signature.yaml"
        );
        assert_eq!(place("Network Indicators/rmm__all_netconn.yaml"), "all/network-connection.yaml");
        assert_eq!(place("RMM/parsec.app/extra hunt.yml"), "parsec.app/extra-hunt.yaml");
    }

    #[test]
    fn hostile_names_stay_inside_the_folder() {
        let place = |source| Layout::default().place(source, ID);
        assert_eq!(place("RMM/x/rmm_.._netconn.yaml"), "unnamed/network-connection.yaml");
        assert_eq!(place("../..\\..\\etc/passwd"), "etc/passwd.yaml");
        assert_eq!(place("a/CON/nul.txt.yaml"), "_CON/_nul.txt.yaml");
        assert_eq!(place("a/b/com1.yaml"), "b/_com1.yaml");
        assert_eq!(place("a/b\u{202e}:*?/.hidden\0.yaml"), "b/hidden.yaml");
        assert_eq!(place("x.yaml"), "unnamed/x.yaml");
        assert_eq!(place(""), "unnamed/unnamed.yaml");
        assert!(place(&format!("{}/{}.yaml", "t".repeat(500), "k".repeat(500))).len() < 200);
    }

    #[test]
    fn no_two_paths_are_equal_without_case() {
        let mut layout = Layout::default();
        let paths: Vec<_> =
            ["RMM/AnyDesk/a.yaml", "rmm/anydesk/A.yaml", "z/ANYDESK/a.yml", "q/anydesk/a.yaml"]
                .map(|source| layout.place(source, ID))
                .into();
        assert_eq!(
            paths,
            [
                "AnyDesk/a.yaml",
                "AnyDesk/A-ed1ef511.yaml",
                "AnyDesk/a-ed1ef511-c52a-4e07-a864-588e96a7eb91.yaml",
                "AnyDesk/a-2.yaml"
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn any_source_gives_two_plain_names(sources in proptest::collection::vec(".{0,40}", 1..6)) {
            let mut layout = Layout::default();
            let mut seen = HashSet::new();
            for source in &sources {
                let path = layout.place(source, ID);
                proptest::prop_assert!(seen.insert(path.to_lowercase()));
                let parts: Vec<_> = path.split('/').collect();
                proptest::prop_assert_eq!(parts.len(), 2);
                for part in parts {
                    proptest::prop_assert!(!part.is_empty() && !part.starts_with('.') && !part.ends_with('.'));
                    proptest::prop_assert!(part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)));
                }
            }
        }
    }
}
