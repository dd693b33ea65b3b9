//! Whose the content of a workspace is, read from its metadata resources.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::{Actual, Base, Target, cause};
use crate::arm::detection_rule::Mark;
use crate::arm::metadata::{self, Metadata, Source};
use crate::arm::{ResourceKey, ResourceKind, digest};

/// Content that an apply of the project began to create, with the digest of each body that it was to have.
pub type Begun = BTreeMap<ResourceKey, BTreeSet<String>>;

/// Whose a piece of content is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Owner {
    /// This project's.
    Mine,
    /// Of another project; the text says whose. Never claimed silently.
    Other(String),
    /// Not deployed by picket; the text says where it came from, if metadata does.
    Nobody(Option<String>),
}

/// One metadata resource.
struct Record<'a> {
    key: &'a ResourceKey,
    content: Option<ResourceKey>,
    source: Option<Source>,
    base: Option<Base>,
}

/// All metadata resources of a workspace, from the point of view of one project.
pub(super) struct Ownership<'a> {
    project: &'a str,
    by_key: BTreeMap<&'a ResourceKey, usize>,
    by_content: BTreeMap<ResourceKey, Vec<usize>>,
    records: Vec<Record<'a>>,
    /// What has no record, and is to the letter what an apply of the project was creating when it ended: the digest.
    unrecorded: BTreeMap<&'a ResourceKey, String>,
}

/// The content of the project that the workspace of `target` holds.
pub fn owned(actual: &[Actual], target: &Target) -> BTreeSet<ResourceKey> {
    let mut sorted: Vec<&Actual> = actual.iter().collect();
    sorted.sort_by(|a, b| a.key.cmp(&b.key));
    let ownership = Ownership::new(&sorted, &target.project, &Begun::new());
    let is_mine = |key: &&ResourceKey| key.kind != ResourceKind::Metadata && ownership.of(key) == Owner::Mine;
    sorted.iter().map(|it| &it.key).filter(is_mine).cloned().collect()
}

impl<'a> Ownership<'a> {
    /// Reads the metadata among `actual`, which is sorted by key. `begun` is what an apply may have left without.
    pub(super) fn new(actual: &[&'a Actual], project: &'a str, begun: &Begun) -> Self {
        let mut this = Self {
            project,
            by_key: BTreeMap::new(),
            by_content: BTreeMap::new(),
            records: Vec::new(),
            unrecorded: BTreeMap::new(),
        };
        for resource in actual.iter().filter(|resource| resource.key.kind == ResourceKind::CustomDetection) {
            let Some(Mark { project, applied }) = Mark::of(&resource.body) else { continue };
            let source = Source {
                kind: metadata::SOURCE_KIND.to_owned(),
                name: Some(metadata::SOURCE_NAME.to_owned()),
                source_id: Some(project),
            };
            let base = applied.map(|applied| Base { digest: applied.digest, commit: applied.commit });
            let content = Some(resource.key.clone());
            this.by_content.entry(resource.key.clone()).or_default().push(this.records.len());
            this.records.push(Record { key: &resource.key, content, source: Some(source), base });
        }
        for resource in actual.iter().filter(|resource| resource.key.kind == ResourceKind::Metadata) {
            let properties = Metadata::deserialize(&resource.body).ok().map(|metadata| metadata.properties);
            let content = properties.as_ref().and_then(metadata::content_key);
            let index = this.records.len();
            if let Some(content) = &content {
                this.by_content.entry(content.clone()).or_default().push(index);
            }
            this.by_key.insert(&resource.key, index);
            let source = properties.and_then(|properties| properties.source);
            let base = cause::base(&resource.body);
            this.records.push(Record { key: &resource.key, content, source, base });
        }
        for resource in actual {
            let Some(digests) = begun.get(&resource.key) else { continue };
            let digest = digest(resource.key.kind, &resource.body);
            if digests.contains(&digest) && this.of(&resource.key) == Owner::Nobody(None) {
                this.unrecorded.insert(&resource.key, digest);
            }
        }
        this
    }

    /// What has no record yet although an apply of the project created it.
    pub(super) fn unrecorded(&self) -> impl Iterator<Item = &'a ResourceKey> {
        self.unrecorded.keys().copied()
    }

    /// Whose the content under `key` is. The record under picket's own name for it decides; without one, any
    /// record about it.
    pub(super) fn of(&self, key: &ResourceKey) -> Owner {
        if self.unrecorded.contains_key(key) {
            return Owner::Mine;
        }
        let about = self.by_content.get(key).map(Vec::as_slice).unwrap_or_default();
        if let Some(index) = self.by_key.get(&metadata::key_for(key)) {
            let record = &self.records[*index];
            return match self.project_of(record) {
                Some(project) if project == self.project => Owner::Mine,
                _ => Owner::Other(describe(record)),
            };
        }
        let records = || about.iter().map(|index| &self.records[*index]);
        if records().any(|record| self.is_mine(record)) {
            return Owner::Mine;
        }
        match records().find(|record| self.project_of(record).is_some()) {
            Some(record) => Owner::Other(describe(record)),
            None => Owner::Nobody(records().find(|record| record.source.is_some()).map(describe)),
        }
    }

    /// Whether the metadata resource `key` is this project's.
    pub(super) fn is_my_record(&self, key: &ResourceKey) -> bool {
        self.by_key.get(key).is_some_and(|index| self.is_mine(&self.records[*index]))
    }

    /// The records of this project, each with the content it names.
    pub(super) fn mine(&self) -> impl Iterator<Item = (&'a ResourceKey, Option<&ResourceKey>)> {
        self.records
            .iter()
            .filter(|record| self.is_mine(record))
            .map(|record| (record.key, record.content.as_ref()))
    }

    /// What this project last applied to the content under `key`, if its record says so.
    pub(super) fn base(&self, key: &ResourceKey) -> Option<Base> {
        if let Some(digest) = self.unrecorded.get(key) {
            return Some(Base { digest: digest.clone(), commit: None });
        }
        let index = match key.kind {
            ResourceKind::CustomDetection => self.by_content.get(key)?.first()?,
            _ => self.by_key.get(&metadata::key_for(key))?,
        };
        let record = &self.records[*index];
        if self.is_mine(record) { record.base.clone() } else { None }
    }

    /// Whether another project has a record about the content.
    pub(super) fn is_shared(&self, key: &ResourceKey) -> bool {
        let about = self.by_content.get(key).map(Vec::as_slice).unwrap_or_default();
        let other =
            |index: &usize| self.project_of(&self.records[*index]).is_some_and(|it| it != self.project);
        about.iter().any(other)
    }

    fn is_mine(&self, record: &Record<'_>) -> bool {
        self.project_of(record) == Some(self.project)
    }

    /// The picket project that wrote a record, if picket did.
    fn project_of<'r>(&self, record: &'r Record<'_>) -> Option<&'r str> {
        project_of(record.source.as_ref()?)
    }
}

/// The picket project that is the source of content, if one is.
fn project_of(source: &Source) -> Option<&str> {
    let named = source.name.as_deref() == Some(metadata::SOURCE_NAME);
    let picket = named && source.kind.eq_ignore_ascii_case(metadata::SOURCE_KIND);
    if picket { source.source_id.as_deref() } else { None }
}

/// Whether `body` is a metadata resource that says that content is the project's.
pub fn is_record_of(body: &Value, project: &str) -> bool {
    let source = Metadata::deserialize(body).ok().and_then(|metadata| metadata.properties.source);
    source.is_some_and(|source| project_of(&source) == Some(project))
}

/// `picket project soc`, `Solution Threat Intelligence`, or the record's name.
fn describe(record: &Record<'_>) -> String {
    let Some(source) = &record.source else { return format!("whoever wrote {}", record.key) };
    let name = source.name.as_deref().unwrap_or_default();
    match (&source.source_id, name == metadata::SOURCE_NAME) {
        (Some(project), true) => format!("the picket project '{project}'"),
        _ if name.is_empty() => source.kind.clone(),
        _ => format!("{} '{name}'", source.kind),
    }
}
