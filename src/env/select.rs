//! Which rules a selector means.

use std::collections::BTreeSet;

use super::codes::SELECTS_NOTHING;
use super::{ContentSelector, Environment, Selector};
use crate::diag::{Diagnostic, nearest};
use crate::rule::Rule;
use crate::text::{Spanned, TextRange};

/// A rule with its path in the project, which has forward slashes.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// The rule, as its file says it.
    pub rule: &'a Rule,
    /// The path of its file.
    pub path: &'a str,
}

impl Selector {
    /// Whether the rule is meant. A selector without lists means every rule.
    pub fn selects(&self, words: Words<'_>) -> bool {
        fn met<T>(items: &[Spanned<T>], is_met: impl Fn(&T) -> bool) -> bool {
            items.is_empty() || items.iter().any(|item| is_met(&item.value))
        }
        let rule = words.rule;
        met(&self.rules, |name| is_named(rule, name))
            && met(&self.paths, |path| path.matches(words.path))
            && met(&self.tags, |tag| is_tagged(rule, tag))
            && met(&self.severities, |it| {
                rule.severity.as_ref().is_some_and(|severity| severity.value == *it)
            })
            && met(&self.kinds, |kind| rule.kind == *kind)
    }

    /// What of the selector meets none of `rules`: each item by itself, or else the whole.
    pub(super) fn unmet(&self, environment: &Environment, rules: &[Words<'_>]) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let at = |range: TextRange, message: String| SELECTS_NOTHING.at(environment.at(range), message);
        let any = |is_met: &dyn Fn(&Words<'_>) -> bool| rules.iter().any(is_met);
        for name in self.rules.iter().filter(|name| !any(&|it| is_named(it.rule, &name.value))) {
            let finding = at(name.range, format!("no rule has the id or name `{}`", name.value));
            found.push(finding.with_help(nearest_rule(&name.value, rules)));
        }
        for path in self.paths.iter().filter(|path| !any(&|it| path.value.matches(it.path))) {
            let finding = at(path.range, "no file of a rule matches the pattern".to_owned());
            found.push(
                finding.with_help("patterns begin at the folder of picket.toml, as `rules/lab/**` does"),
            );
        }
        for tag in self.tags.iter().filter(|tag| !any(&|it| is_tagged(it.rule, &tag.value))) {
            let finding = at(tag.range, format!("no rule has the tag `{}`", tag.value));
            let tags: BTreeSet<&str> =
                rules.iter().flat_map(|it| &it.rule.tags).map(|(name, _)| name.value.as_str()).collect();
            let near = nearest(&tag.value, tags.iter().copied());
            found.push(finding.with_help(match near {
                Some(near) => format!("the nearest is `{near}`"),
                None => "a tag is meant by its name, or as `name: value`".to_owned(),
            }));
        }
        for severity in &self.severities {
            let has = |it: &Words<'_>| it.rule.severity.as_ref().is_some_and(|it| it.value == severity.value);
            if !any(&has) {
                let message = format!("no rule has the severity `{}`", severity.value.as_str());
                found.push(at(severity.range, message));
            }
        }
        for kind in self.kinds.iter().filter(|kind| !any(&|it| it.rule.kind == kind.value)) {
            found.push(at(kind.range, format!("no rule is of the kind `{}`", kind.value.as_str())));
        }
        if found.is_empty() && !any(&|it| self.selects(*it)) {
            let finding = at(self.range, "no rule is selected".to_owned());
            found.push(finding.with_help("a rule has to meet every list, each by one of its items"));
        }
        found
    }
}

impl Environment {
    /// Whether the environment has the rule.
    pub fn has(&self, words: Words<'_>) -> bool {
        let among = |selectors: &[Selector]| selectors.iter().any(|selector| selector.selects(words));
        (self.include.is_empty() || among(&self.include)) && !among(&self.exclude)
    }
}

/// Content beside rules with the path of its file in the project, which has forward slashes.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// Its alias or id, and the name that people see.
    pub names: [&'a str; 2],
    /// The path of its file.
    pub path: &'a str,
}

impl ContentSelector {
    fn selects(&self, piece: &Piece<'_>) -> bool {
        match self {
            Self::Path(globs) => globs.matches(piece.path),
            Self::Name(name) => piece.names.iter().any(|own| own.to_lowercase() == name.to_lowercase()),
        }
    }
}

impl Environment {
    /// Whether the environment has the content.
    pub fn has_content(&self, piece: &Piece<'_>) -> bool {
        let among = |all: &[Spanned<ContentSelector>]| all.iter().any(|it| it.value.selects(piece));
        (self.include_content.is_empty() || among(&self.include_content)) && !among(&self.exclude_content)
    }

    /// What of its selectors means none of `all`.
    pub fn unmet_content(&self, all: &[Piece<'_>]) -> Vec<Diagnostic> {
        let selectors = self.include_content.iter().chain(&self.exclude_content);
        let unmet = selectors.filter(|it| !all.iter().any(|piece| it.value.selects(piece)));
        let finding = |it: &Spanned<ContentSelector>| match &it.value {
            ContentSelector::Path(_) => {
                let finding = SELECTS_NOTHING.at(self.at(it.range), "no file of content matches the pattern");
                finding.with_help("patterns begin at the folder of picket.toml, as `content/lab/**` does")
            }
            ContentSelector::Name(name) => {
                let message = format!("no content has the alias, id or name `{name}`");
                let names = all.iter().flat_map(|piece| piece.names);
                SELECTS_NOTHING.at(self.at(it.range), message).with_help(match nearest(name, names) {
                    Some(near) => format!("the nearest is `{near}`"),
                    None => "files are meant by a pattern of paths, such as `content/lab/**`".to_owned(),
                })
            }
        };
        unmet.map(finding).collect()
    }
}

fn is_named(rule: &Rule, name: &str) -> bool {
    let same = |own: &Option<Spanned<String>>| {
        own.as_ref().is_some_and(|own| own.value.to_lowercase() == name.to_lowercase())
    };
    same(&rule.id) || same(&rule.name)
}

fn is_tagged(rule: &Rule, tag: &str) -> bool {
    rule.tags.iter().any(|(name, value)| {
        name.value == tag
            || tag.split_once(':').is_some_and(|(a, b)| name.value == a.trim() && value.value == b.trim())
    })
}

fn nearest_rule(name: &str, rules: &[Words<'_>]) -> String {
    let names = rules.iter().flat_map(|it| [it.rule.id.as_ref(), it.rule.name.as_ref()]).flatten();
    match nearest(name, names.map(|name| name.value.as_str())) {
        Some(near) => format!("the nearest is `{near}`"),
        None => "name rules by their id or name; files are meant with `paths`".to_owned(),
    }
}
