//! Remote-management tools: how the catalogs spell their names, what kind of tool each is, and which
//! domains, programs and signers they name that too much else uses.
//!
//! Unlike the other facts these are sorted by hand; the tables stand under `schemas/rmm`.

use std::collections::HashMap;

use super::table::{Table, list};

const TOOLS: Table = Table::new(include_str!("../../schemas/rmm/tools.tsv"));
const COMMON: Table = Table::new(include_str!("../../schemas/rmm/common.tsv"));

/// What a tool does for whoever controls it, which decides the technique that its rules name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum ToolClass {
    /// Shows and controls a screen, or manages a fleet of devices.
    #[default]
    RemoteDesktop,
    /// Sold to attackers, or made by them.
    Malware,
    /// Carries connections out of a network.
    Tunnel,
    /// The tunnel of a development environment.
    IdeTunnel,
    /// Opens shells on other devices.
    Ssh,
    /// Opens sessions over the Remote Desktop Protocol.
    Rdp,
    /// Opens sessions over VNC's protocol.
    Vnc,
    /// Runs commands on other devices.
    Execution,
    /// Moves files out.
    Transfer,
}

impl ToolClass {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "remote-desktop" => Self::RemoteDesktop,
            "malware" => Self::Malware,
            "tunnel" => Self::Tunnel,
            "ide-tunnel" => Self::IdeTunnel,
            "ssh" => Self::Ssh,
            "rdp" => Self::Rdp,
            "vnc" => Self::Vnc,
            "exec" => Self::Execution,
            "transfer" => Self::Transfer,
            _ => return None,
        })
    }

    /// The tactic and the technique of ATT&CK that a sign of such a tool points to.
    pub fn technique(self) -> (&'static str, &'static str) {
        match self {
            Self::RemoteDesktop | Self::Malware => ("CommandAndControl", "T1219.002"),
            Self::IdeTunnel => ("CommandAndControl", "T1219.001"),
            Self::Tunnel => ("CommandAndControl", "T1572"),
            Self::Ssh => ("LateralMovement", "T1021.004"),
            Self::Rdp => ("LateralMovement", "T1021.001"),
            Self::Vnc => ("LateralMovement", "T1021.005"),
            Self::Execution => ("Execution", "T1569.002"),
            Self::Transfer => ("Exfiltration", "T1567.002"),
        }
    }
}

/// A tool of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RmmTool {
    /// Its name in paths and ids: lower case, words joined by `-`.
    pub id: &'static str,
    /// Its name in texts.
    pub name: &'static str,
    /// What it does.
    pub class: ToolClass,
}

/// What the tables know about remote-management tools.
#[derive(Debug)]
pub struct RmmFacts {
    by_spelling: HashMap<String, RmmTool>,
    common: HashMap<(&'static str, &'static str), &'static str>,
}

impl RmmFacts {
    pub(super) fn builtin() -> Self {
        let mut by_spelling = HashMap::new();
        for [id, name, class, spellings] in TOOLS.rows() {
            let tool = RmmTool { id, name, class: ToolClass::parse(class).unwrap_or_default() };
            let all = list(spellings).into_iter().map(str::to_owned);
            by_spelling.extend(all.chain([squeezed(id), squeezed(name)]).map(|key| (key, tool)));
        }
        let common = COMMON.rows().map(|[kind, value, why]| ((kind, value), why)).collect();
        Self { by_spelling, common }
    }

    /// The version of the tables.
    pub fn version(&self) -> &'static str {
        TOOLS.head("version")
    }

    /// How many tools are known.
    pub fn tool_count(&self) -> usize {
        TOOLS.rows::<4>().count()
    }

    /// The tool that a catalog calls `name`, without case, spaces, signs and what stands in parentheses.
    pub fn tool(&self, name: &str) -> Option<RmmTool> {
        self.by_spelling.get(&squeezed(name)).copied()
    }

    /// Why `value`, in lower case, says nothing about a tool, where so much else uses it. `kind` is
    /// `domain`, `process`, `product`, `company`, `signer` or `folder`; behind a slash the id of the one tool that it says
    /// nothing about.
    pub fn common(&self, kind: &str, value: &str) -> Option<&'static str> {
        self.common.get(&(kind, value)).copied()
    }
}

/// The letters and digits of `name` in lower case, without what stands in parentheses.
pub fn squeezed(name: &str) -> String {
    let letters = without_parentheses(name);
    letters.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// `name` without what stands in parentheses and without control characters, its words apart by one space.
pub fn without_parentheses(name: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::new();
    for letter in name.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 && !letter.is_control() => out.push(letter),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_tables_is_read() {
        assert_eq!(TOOLS.rows::<4>().count(), TOOLS.lines());
        assert_eq!(COMMON.rows::<3>().count(), COMMON.lines());
        for [id, _, class, _] in TOOLS.rows() {
            assert!(ToolClass::parse(class).is_some(), "{id}: {class}");
        }
        for [kind, value, _] in COMMON.rows() {
            let kind = kind.split('/').next().unwrap_or_default();
            assert!(["domain", "process", "product", "company", "signer", "folder"].contains(&kind));
            assert_eq!(value, value.to_lowercase());
        }
    }

    #[test]
    fn a_spelling_names_one_tool() {
        let mut seen: HashMap<String, &str> = HashMap::new();
        for [id, name, _, spellings] in TOOLS.rows() {
            let mut keys: Vec<_> = list(spellings).into_iter().map(str::to_owned).collect();
            keys.extend([squeezed(id), squeezed(name)]);
            for key in keys {
                assert!(seen.insert(key.clone(), id).is_none_or(|other| other == id), "{key}");
            }
        }
    }

    #[test]
    fn techniques_are_those_of_attack() {
        use ToolClass::*;
        for class in [RemoteDesktop, Malware, Tunnel, IdeTunnel, Ssh, Rdp, Vnc, Execution, Transfer] {
            let (tactic, technique) = class.technique();
            let attack = super::super::Catalog::builtin().attack();
            let found = attack.technique(technique).unwrap_or_else(|| panic!("{technique}"));
            assert!(found.id == technique, "{tactic}");
        }
    }

    #[test]
    fn names_are_found_in_any_spelling() {
        let facts = RmmFacts::builtin();
        for (spelling, id) in [
            ("NinjaRMM", "ninjaone"),
            ("NinjaOne (formerly NinjaRMM)", "ninjaone"),
            ("Level.io", "level"),
            ("ISL Light", "isl-online"),
        ] {
            assert_eq!(facts.tool(spelling).map(|tool| tool.id), Some(id), "{spelling}");
        }
        assert_eq!(facts.tool("AnyDesk"), None);
        assert!(facts.common("domain", "github.com").is_some());
        assert!(facts.common("domain", "anydesk.com").is_none());
    }
}
