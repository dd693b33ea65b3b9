//! From the rules of a project to the resources it wants.

use std::collections::BTreeMap;

use super::{Desired, Target, body, codes};
use crate::arm::{ResourceKey, ResourceKind, limits, metadata};
use crate::diag::{self, Diagnostic};
use crate::rule::{Rule, RuleKind};
use crate::text::{Span, TextRange};

/// The resources that `rules` become in `target`: content and, for each piece, the record that says whose it
/// is. They come in the order of their keys, whatever the order of the rules.
///
/// An error among the findings means that a rule is not among the resources. Whoever plans with `prune` has
/// to stop then, or the plan would delete what that rule had deployed.
pub fn desired(rules: &[Rule], target: &Target) -> (Vec<Desired>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let mut taken: BTreeMap<ResourceKey, &Rule> = BTreeMap::new();
    let mut ordered: Vec<&Rule> = rules.iter().filter(|rule| rule.runs_in_sentinel()).collect();
    ordered.sort_by_key(|rule| (rule.source, rule.range));
    for rule in ordered {
        let Some(key) = key(rule, &mut findings) else { continue };
        if let Some(first) = taken.get(&key) {
            findings.push(duplicate(rule, first));
            continue;
        }
        findings.extend(without_place(rule));
        taken.insert(key, rule);
    }
    let mut resources = Vec::with_capacity(2 * taken.len());
    for (key, rule) in taken {
        let bodies = body::content(rule)
            .and_then(|content| Ok((body::record(rule, &key, &content, target)?, content)));
        match bodies {
            Ok((record, content)) => {
                resources.push(resource(rule, metadata::key_for(&key), record));
                resources.push(resource(rule, key, content));
            }
            Err(error) => findings.push(unplannable(rule, &format!("cannot be written as JSON: {error}"))),
        }
    }
    resources.sort_by(|a, b| a.key.cmp(&b.key));
    diag::sort(&mut findings);
    (resources, findings)
}

/// [`desired`], of rules as an environment has them. `own` are those of them that it changes, as their files say them.
pub fn desired_as(rules: &[Rule], own: &[Rule], target: &Target) -> (Vec<Desired>, Vec<Diagnostic>) {
    let (mut resources, findings) = desired(rules, target);
    let mut bodies: BTreeMap<ResourceKey, serde_json::Value> =
        desired(own, target).0.into_iter().map(|it| (it.key, it.body)).collect();
    for resource in resources.iter_mut().filter(|it| it.key.kind != ResourceKind::Metadata) {
        resource.own = bodies.remove(&resource.key).filter(|own| *own != resource.body);
    }
    (resources, findings)
}

fn resource(rule: &Rule, key: ResourceKey, body: serde_json::Value) -> Desired {
    let api_version = key.kind.api_version(&body).version;
    let display_name = rule.display_name().to_owned();
    Desired { key, display_name, body, api_version, origin: place(rule), own: None }
}

/// Where a finding about the whole rule points: its name, else its id, else all of it.
fn place(rule: &Rule) -> Span {
    let range = rule.name.as_ref().or(rule.id.as_ref()).map_or(rule.range, |text| text.range);
    Span::new(rule.source, range)
}

fn at(rule: &Rule, range: TextRange) -> Span {
    Span::new(rule.source, range)
}

fn unplannable(rule: &Rule, why: &str) -> Diagnostic {
    Diagnostic::error(
        codes::UNPLANNABLE.code,
        place(rule),
        format!("the rule '{}' {why}", rule.display_name()),
    )
}

/// The key of a rule's content, unless the rule cannot be written.
fn key(rule: &Rule, findings: &mut Vec<Diagnostic>) -> Option<ResourceKey> {
    let missing = body::missing(rule);
    if !missing.is_empty() {
        let list = missing.join(", ");
        findings.push(
            unplannable(rule, &format!("cannot be deployed without {list}"))
                .with_help(format!("add {list} to the rule")),
        );
        return None;
    }
    let id = rule.id.as_ref()?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let fits = id.value.len() <= limits::NAME_LENGTH && id.value.chars().all(allowed);
    if !fits || id.value.bytes().all(|byte| byte == b'.') {
        let mut finding = unplannable(rule, "has an id that cannot name a resource");
        finding.primary.span = at(rule, id.range);
        findings.push(finding.with_help("use a UUID as the id"));
        return None;
    }
    Some(ResourceKey::new(body::resource_kind(rule.kind), id.value.clone()))
}

fn duplicate(rule: &Rule, first: &Rule) -> Diagnostic {
    let place_of = |rule: &Rule| at(rule, rule.id.as_ref().map_or(rule.range, |id| id.range));
    let message = format!("the id of '{}' is taken by '{}'", rule.display_name(), first.display_name());
    Diagnostic::error(codes::DUPLICATE.code, place_of(rule), message)
        .with_secondary(place_of(first), "first used here")
        .with_help("give one of the two rules a new id")
}

/// Fields that change how a rule runs and that the API does not take.
fn without_place(rule: &Rule) -> Vec<Diagnostic> {
    let warn = |range: TextRange, message: &str, help: &str| {
        Diagnostic::warning(codes::NO_PLACE.code, at(rule, range), message).with_help(help)
    };
    let mut findings = Vec::new();
    if let Some(start) = &rule.start_time {
        findings.push(warn(
            start.range,
            "startTimeUtc is left out: the API has no place for it",
            "remove it, or set the first run in the portal",
        ));
    }
    if let (Some(version), None) = (&rule.template_version, &rule.template_name) {
        findings.push(warn(
            version.range,
            "templateVersion is left out: the service refuses it without alertRuleTemplateName",
            "add alertRuleTemplateName, or remove templateVersion",
        ));
    }
    if let (RuleKind::Hunting, Some(enabled)) = (rule.kind, &rule.enabled)
        && !enabled.value
    {
        findings.push(warn(
            enabled.range,
            "a hunting query cannot be disabled: it only runs when someone runs it",
            "remove enabled",
        ));
    }
    findings
}
