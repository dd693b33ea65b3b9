//! The one table of every key a rule file may hold.
//!
//! It drives reading (which keys are known, and what an unknown one was meant to be), the JSON Schema
//! and the canonical order that formatting writes. A key missing here does not exist for picket.

mod tables;

pub use tables::{
    ALERT_DETAILS, CONNECTOR, DYNAMIC_PROPERTY, ENTITY_MAPPING, EVENT_GROUPING, FALSE_POSITIVE,
    FIELD_MAPPING, GROUPING, INCIDENT, RULE, SENTINEL_ENTITY,
};

use super::RuleKind;

/// A mapping that rule files hold, with its keys in canonical order.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// What a message calls the mapping, with its article: `an entity mapping`.
    pub what: &'static str,
    /// Where it stands, as keys from the top: `incidentConfiguration.groupingConfiguration`; empty for the rule.
    pub path: &'static str,
    /// Its keys in canonical order.
    pub keys: &'static [Key],
}

/// A key of a [`Table`].
#[derive(Debug, PartialEq, Eq)]
pub struct Key {
    /// The canonical name.
    pub name: &'static str,
    /// Other names in use, each read as this key.
    pub aliases: &'static [&'static str],
    /// What its value is.
    pub value: ValueType,
    /// The kinds of rule it means something to.
    pub kinds: &'static [RuleKind],
    /// The kinds that cannot be deployed without it; in a mapping below the rule, whether the mapping is
    /// of no use without it.
    pub required: &'static [RuleKind],
    /// One sentence for editors and pages.
    pub doc: &'static str,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// Text.
    Text,
    /// A UUID.
    Uuid,
    /// A KQL query.
    Query,
    /// True or false.
    Bool,
    /// A whole number.
    Integer,
    /// A length of time.
    Duration,
    /// A date and time, RFC 3339.
    DateTime,
    /// One of a closed set of words, in any case.
    Choice(&'static Choices),
    /// A list of words of a closed set, in any case.
    Choices(&'static Choices),
    /// A list of text; a single text is a list of one.
    TextList,
    /// A list of ATT&CK tactics.
    Tactics,
    /// A list of ATT&CK techniques and sub-techniques.
    Techniques,
    /// An entity type.
    EntityType,
    /// A list of entity types.
    EntityTypes,
    /// An identifier of an entity type.
    Identifier,
    /// A mapping with known keys.
    Mapping(&'static Table),
    /// A list of mappings with known keys.
    Mappings(&'static Table),
    /// A list of mappings with known keys, of which a text stands for the key named.
    MappingsOr(&'static Table, &'static str),
    /// A mapping from any name to text.
    Names,
    /// A list of texts and of mappings from name to text.
    Tags,
    /// Anything.
    Any,
}

/// A closed set of words.
#[derive(Debug, PartialEq, Eq)]
pub struct Choices {
    /// The words, canonical spelling.
    pub words: &'static [&'static str],
    /// Other spellings that are understood, with the word each stands for.
    pub synonyms: &'static [(&'static str, &'static str)],
    /// Spellings that are refused although it is certain which word was meant.
    pub mistakes: &'static [(&'static str, &'static str)],
}

impl Choices {
    /// The canonical word that `written` means, letters of either case.
    pub fn find(&self, written: &str) -> Option<&'static str> {
        let same = |word: &&'static str| word.eq_ignore_ascii_case(written);
        self.words.iter().copied().find(same).or_else(|| look_up(self.synonyms, written))
    }

    /// The word that `written`, which [`Choices::find`] does not know, certainly means: it is a known
    /// mistake, or a word but for spaces, hyphens and underscores.
    pub fn certain(&self, written: &str) -> Option<&'static str> {
        let joined: String = written.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).collect();
        look_up(self.mistakes, written).or_else(|| self.find(&joined))
    }

    /// Every spelling that is understood, canonical ones first.
    pub fn spellings(&self) -> impl Iterator<Item = &'static str> {
        self.words.iter().copied().chain(self.synonyms.iter().map(|(name, _)| *name))
    }
}

fn look_up(pairs: &[(&str, &'static str)], written: &str) -> Option<&'static str> {
    pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case(written)).map(|(_, word)| *word)
}

/// How a written key was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// Its canonical name.
    Canonical,
    /// One of its aliases.
    Alias,
    /// A name or alias but for the case of letters.
    Case,
}

impl Table {
    /// The key that `written` names.
    pub fn find(&'static self, written: &str) -> Option<(&'static Key, Match)> {
        let exact = self.keys.iter().find_map(|key| {
            if key.name == written {
                Some((key, Match::Canonical))
            } else {
                key.aliases.contains(&written).then_some((key, Match::Alias))
            }
        });
        let by_case = || {
            let same = |key: &&Key| key.names().any(|name| name.eq_ignore_ascii_case(written));
            self.keys.iter().find(same).map(|key| (key, Match::Case))
        };
        exact.or_else(by_case)
    }

    /// The place of `written` in canonical order; unknown keys come last.
    pub fn rank(&'static self, written: &str) -> usize {
        let known = self.find(written);
        known
            .and_then(|(key, _)| self.keys.iter().position(|other| other.name == key.name))
            .unwrap_or(self.keys.len())
    }

    /// The canonical names, in order.
    pub fn names(&'static self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|key| key.name)
    }

    /// This table and every table below it.
    pub fn nested(&'static self) -> Vec<&'static Self> {
        let mut all = vec![self];
        for key in self.keys {
            if let Some(table) = key.value.table() {
                all.extend(table.nested());
            }
        }
        all
    }
}

impl Key {
    /// The canonical name and the aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// Whether the key means something to rules of `kind`.
    pub fn is_for(&self, kind: RuleKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Whether the key makes a rule without `kind` an analytics rule. Severity does not: hunting queries
    /// are published with one.
    pub fn shows_alerts(&self) -> bool {
        !self.is_for(RuleKind::Hunting) && self.name != "severity"
    }
}

impl ValueType {
    /// The table of the mappings that such a value holds.
    pub fn table(self) -> Option<&'static Table> {
        match self {
            Self::Mapping(table) | Self::Mappings(table) | Self::MappingsOr(table, _) => Some(table),
            _ => None,
        }
    }

    /// What a message says is expected: `a list of text`.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Text | Self::Identifier | Self::EntityType | Self::Choice(_) => "text",
            Self::Uuid => "a UUID",
            Self::Query => "the text of a query",
            Self::Bool => "`true` or `false`",
            Self::Integer => "a whole number",
            Self::Duration => "a length of time, such as `1h` or `PT1H`",
            Self::DateTime => "a date and time, such as `2026-01-31T06:00:00Z`",
            Self::TextList | Self::Choices(_) | Self::EntityTypes => "a list of text",
            Self::Tactics => "a list of tactics",
            Self::Techniques => "a list of techniques",
            Self::Mapping(_) => "a mapping",
            Self::Mappings(_) | Self::MappingsOr(..) => "a list of mappings",
            Self::Names => "a mapping from name to column",
            Self::Tags => "a list of text or of `name: value` pairs",
            Self::Any => "any value",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_key_by_name_alias_and_case() {
        let found = |written| RULE.find(written).map(|(key, how)| (key.name, how));
        assert_eq!(found("relevantTechniques"), Some(("relevantTechniques", Match::Canonical)));
        assert_eq!(found("subTechniques"), Some(("relevantTechniques", Match::Alias)));
        assert_eq!(found("DisplayName"), Some(("name", Match::Case)));
        assert_eq!(found("colour"), None);
        assert!(RULE.rank("id") < RULE.rank("techniques") && RULE.rank("query") < RULE.rank("colour"));
    }

    #[test]
    fn no_name_is_two_keys_of_one_mapping() {
        for table in RULE.nested() {
            let mut names: Vec<_> =
                table.keys.iter().flat_map(Key::names).map(str::to_ascii_lowercase).collect();
            let count = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), count, "{}", table.what);
            for key in table.keys {
                assert!(key.doc.ends_with('.') && !key.doc.contains('\n'), "{}", key.name);
                assert!(key.required.iter().all(|kind| key.is_for(*kind)), "{}", key.name);
            }
        }
    }

    #[test]
    fn words_are_found_in_any_case_and_by_synonym() {
        let ValueType::Choice(choices) = RULE.find("triggerOperator").unwrap().0.value else { panic!() };
        assert_eq!(choices.find("GREATERTHAN"), Some("gt"));
        assert_eq!(choices.find("Gt"), Some("gt"));
        assert_eq!(choices.find("above"), None);
        assert_eq!((choices.certain(">"), choices.certain("greater-than")), (Some("gt"), Some("gt")));
        assert_eq!(choices.certain("above"), None);
    }
}
