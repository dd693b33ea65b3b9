//! From what a project deploys beside rules to the resources they become.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Desired, Target, body, codes};
use crate::arm::detection_rule::Mark;
use crate::arm::metadata::{self, Metadata};
use crate::arm::saved_search::{self, SavedSearch, SavedSearchProperties};
use crate::arm::service_rule::{self, ServiceRuleProperties};
use crate::arm::watchlist::{self, WatchlistProperties};
use crate::arm::{Applied, ResourceKey, ResourceKind, automation_rule, digest};
use crate::content::{AutomationRule, Content, Function, ServiceRule, Watchlist};
use crate::diag::{self, Diagnostic};
use crate::text::csv;

/// The resources that `content` becomes in `target`: each piece, and the record that says whose it is. They come in the
/// order of their keys.
pub fn desired_content(content: &[Content], target: &Target) -> (Vec<Desired>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let mut taken: BTreeMap<ResourceKey, &Content> = BTreeMap::new();
    let mut ordered: Vec<&Content> = content.iter().collect();
    ordered.sort_by_key(|item| item.place());
    for item in ordered {
        let key = key(item);
        if let Some(first) = taken.get(&key) {
            let message = format!("the {} `{}` is there twice", key.kind.noun(), key.name);
            let finding = Diagnostic::error(codes::DUPLICATE.code, item.place(), message);
            let finding = finding.with_secondary(first.place(), "first here");
            findings.push(finding.with_help("remove one, or give it another name"));
            continue;
        }
        taken.insert(key, item);
    }
    let mut resources = Vec::with_capacity(2 * taken.len());
    for (key, item) in taken {
        let bodies = body_of(item).and_then(|body| Ok((record(&key, &body, target)?, body)));
        match bodies {
            Ok((_, mut body)) if key.kind == ResourceKind::CustomDetection => {
                let applied = Applied { digest: digest(key.kind, &body), commit: target.commit.clone() };
                Mark { project: target.project.clone(), applied: Some(applied) }.put(&mut body);
                resources.push(resource(item, key, body));
            }
            Ok((record, body)) => {
                resources.push(resource(item, metadata::key_for(&key), record));
                resources.push(resource(item, key, body));
            }
            Err(error) => {
                let message = format!("{} cannot be written as JSON: {error}", item.display_name());
                findings.push(Diagnostic::error(codes::UNPLANNABLE.code, item.place(), message));
            }
        }
    }
    resources.sort_by(|a, b| a.key.cmp(&b.key));
    diag::sort(&mut findings);
    (resources, findings)
}

fn key(item: &Content) -> ResourceKey {
    match item {
        Content::Watchlist(list) => ResourceKey::new(ResourceKind::Watchlist, list.alias.value.clone()),
        Content::Function(function) => ResourceKey::new(ResourceKind::Function, function.id.clone()),
        Content::ServiceRule(rule) => ResourceKey::new(ResourceKind::AlertRule, rule.id.value.clone()),
        Content::CustomDetection(rule) => {
            ResourceKey::new(ResourceKind::CustomDetection, rule.id.value.clone())
        }
        Content::AutomationRule(rule) => {
            ResourceKey::new(ResourceKind::AutomationRule, rule.id.value.clone())
        }
    }
}

fn resource(item: &Content, key: ResourceKey, body: Value) -> Desired {
    let api_version = key.kind.api_version(&body).version;
    Desired {
        key,
        display_name: item.display_name().to_owned(),
        body,
        api_version,
        origin: item.place(),
        own: None,
    }
}

fn record(key: &ResourceKey, body: &Value, target: &Target) -> serde_json::Result<Value> {
    let mut properties = body::ownership(key, body, target);
    properties.content_id = Some(key.name.clone());
    serde_json::to_value(Metadata { properties })
}

fn body_of(item: &Content) -> serde_json::Result<Value> {
    match item {
        Content::Watchlist(list) => serde_json::to_value(watchlist_body(list)),
        Content::Function(function) => serde_json::to_value(function_body(function)),
        Content::ServiceRule(rule) => serde_json::to_value(service_rule_body(rule)),
        Content::CustomDetection(rule) => Ok(rule.body.clone()),
        Content::AutomationRule(rule) => Ok(automation_rule_body(rule)),
    }
}

fn watchlist_body(list: &Watchlist) -> watchlist::Watchlist {
    let mut labels = list.labels.clone();
    let rows = csv::rows(&list.items.text).into_iter().map(|(_, values)| values);
    labels.push(watchlist::items_label(&watchlist::items(rows)));
    let file = list.file.value.rsplit('/').next().unwrap_or_default();
    watchlist::Watchlist {
        properties: WatchlistProperties {
            display_name: list.name.clone(),
            provider: watchlist::PROVIDER.to_owned(),
            source: Some(file.to_owned()),
            source_type: Some(watchlist::SOURCE_TYPE.to_owned()),
            description: list.description.clone().filter(|text| !text.is_empty()),
            items_search_key: list.search_key.value.clone(),
            labels,
            default_duration: list.default_duration.map(|duration| duration.iso()),
            content_type: Some(watchlist::CSV.to_owned()),
            number_of_lines_to_skip: Some(0),
            raw_content: Some(list.items.text.clone()),
        },
    }
}

fn service_rule_body(rule: &ServiceRule) -> service_rule::ServiceRule {
    let own = !rule.kind.is_from_template();
    service_rule::ServiceRule {
        kind: rule.kind,
        properties: ServiceRuleProperties {
            display_name: own.then(|| rule.name.clone()),
            description: rule.description.clone().filter(|_| own),
            enabled: rule.enabled,
            alert_rule_template_name: rule.template.clone(),
            product_filter: rule.product.clone().filter(|_| own),
            display_names_filter: rule.names.clone(),
            display_names_exclude_filter: rule.excluded_names.clone(),
            severities_filter: rule.severities.clone(),
        },
    }
}

fn automation_rule_body(rule: &AutomationRule) -> Value {
    let mut body = json!({ "properties": {
        "displayName": rule.name,
        "order": rule.order,
        "triggeringLogic": rule.triggering,
        "actions": rule.actions,
    } });
    automation_rule::respell(&mut body);
    body
}

fn function_body(function: &Function) -> SavedSearch {
    let category = function.category.clone();
    SavedSearch {
        properties: SavedSearchProperties {
            category: category.unwrap_or_else(|| saved_search::FUNCTION_CATEGORY.to_owned()),
            display_name: function.display_name.clone(),
            query: function.body.clone(),
            function_alias: Some(function.alias.clone()),
            function_parameters: Some(function.parameters.clone()).filter(|text| !text.is_empty()),
            version: Some(saved_search::QUERY_LANGUAGE),
            ..SavedSearchProperties::default()
        },
    }
}
