//! What is wrong with a document, as the editor shows it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    DocumentDiagnosticParams, DocumentDiagnosticReport, FullDocumentDiagnosticReport, Location,
    PublishDiagnosticsParams, RelatedFullDocumentDiagnosticReport, Uri,
};
use lsp_server::Message;
use serde_json::to_value;

use super::analysis::{CONFIG, DOCUMENT};
use super::document::Document;
use super::encoding::Encoding;
use super::host::{Project, Survey};
use super::lifecycle::uri_of;
use super::server::{Client, notify};
use super::view::{Answer, View};
use crate::diag::{self, Severity};
use crate::lint;
use crate::text::{SourceId, SourceMap, Span, TextRange};

/// A finding of a survey.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Surveyed {
    /// The bytes at fault, moved along when the text changes.
    bytes: TextRange,
    /// The code, to tell whether the document's own check finds it as well.
    code: diag::Code,
    shown: Diagnostic,
}

impl Surveyed {
    /// Moves the finding as a change of the text does that puts `length` bytes in the place of `replaced`. Whether it still
    /// stands: not where its own bytes changed.
    pub(super) fn shift(&mut self, replaced: TextRange, length: u32) -> bool {
        if replaced.end <= self.bytes.start {
            let at = |offset: u32| offset - replaced.len() + length;
            self.bytes = TextRange::new(at(self.bytes.start), at(self.bytes.end));
            return true;
        }
        replaced.start >= self.bytes.end
    }
}

/// Answers `textDocument/diagnostic`.
pub(super) fn pull(view: View<'_>, params: DocumentDiagnosticParams) -> Answer<DocumentDiagnosticReport> {
    let document = view.of(&params.text_document)?;
    let full_document_diagnostic_report =
        FullDocumentDiagnosticReport { result_id: None, items: of(view, document) };
    Ok(RelatedFullDocumentDiagnosticReport { related_documents: None, full_document_diagnostic_report }
        .into())
}

/// Sends the findings of an open document.
pub(super) fn publish(view: View<'_>, document: &Document) -> Message {
    send(document.uri().clone(), Some(document.version()), of(view, document))
}

/// Sends the findings of a survey in a file that is not open.
pub(super) fn publish_closed(path: &Path, found: &[Surveyed]) -> Option<Message> {
    Some(send(uri_of(path)?, None, found.iter().map(|found| found.shown.clone()).collect()))
}

/// Takes the findings of a document away.
pub(super) fn clear(uri: &Uri) -> Message {
    send(uri.clone(), None, Vec::new())
}

fn send(uri: Uri, version: Option<i32>, diagnostics: Vec<Diagnostic>) -> Message {
    let params = PublishDiagnosticsParams { uri, version, diagnostics };
    notify("textDocument/publishDiagnostics", to_value(params).unwrap_or_default())
}

/// A finding of a document.
pub(super) fn one(view: View<'_>, document: &Document, finding: &diag::Diagnostic) -> Diagnostic {
    let analysis = document.analysis();
    let uris = |source: SourceId| uri_in(document, source);
    let shown = Shown {
        sources: analysis.sources(),
        project: document.project(),
        client: view.client(),
        uris: &uris,
    };
    shown.diagnostic(finding)
}

/// The address of a source of a document's analysis.
fn uri_in(document: &Document, source: SourceId) -> Option<Uri> {
    match source {
        DOCUMENT => Some(document.uri().clone()),
        CONFIG => uri_of(&document.project().config.as_ref()?.0),
        _ => None,
    }
}

/// The findings of a document: its own, and those of the last survey.
fn of(view: View<'_>, document: &Document) -> Vec<Diagnostic> {
    let analysis = document.analysis();
    let mut all: Vec<Diagnostic> =
        analysis.findings().iter().map(|finding| one(view, document, finding)).collect();
    for found in view.surveyed(document) {
        let is_own = |own: &diag::Diagnostic| own.code == found.code && own.range() == found.bytes;
        if !analysis.findings().iter().any(is_own) {
            all.push(Diagnostic { range: view.range(document, found.bytes), ..found.shown.clone() });
        }
    }
    all
}

/// What a survey found, by file. What a document's own check finds is left out.
pub(super) fn by_file(
    survey: Survey,
    project: &Project,
    client: &Client,
) -> BTreeMap<PathBuf, Vec<Surveyed>> {
    let Survey { sources, paths, findings, .. } = survey;
    let uris = |source: SourceId| uri_of(paths.get(&source)?);
    let shown = Shown { sources: &sources, project, client, uris: &uris };
    let mut files: BTreeMap<PathBuf, Vec<Surveyed>> = BTreeMap::new();
    for finding in &findings {
        let Some(path) = paths.get(&finding.primary.span.source) else { continue };
        let bytes = finding.range();
        let found = Surveyed { bytes, code: finding.code, shown: shown.diagnostic(finding) };
        files.entry(path.clone()).or_default().push(found);
    }
    files
}

/// What showing findings needs.
struct Shown<'a> {
    sources: &'a SourceMap,
    project: &'a Project,
    client: &'a Client,
    uris: &'a dyn Fn(SourceId) -> Option<Uri>,
}

impl Shown<'_> {
    fn range(&self, span: Span) -> gen_lsp_types::Range {
        let encoding: Encoding = self.client.encoding;
        self.sources
            .get(span.source)
            .map(|source| encoding.range(&source.text, source.lines(), span.range))
            .unwrap_or_default()
    }

    fn diagnostic(&self, finding: &diag::Diagnostic) -> Diagnostic {
        let mut message = finding.message.clone();
        for help in &finding.help {
            message.push_str("\nhelp: ");
            message.push_str(help);
        }
        let primary = Some(&finding.primary).filter(|label| !label.message.is_empty());
        let labels = primary.into_iter().chain(&finding.secondary);
        let related: Vec<_> = labels.filter_map(|label| self.related(label)).collect();
        Diagnostic {
            range: self.range(finding.primary.span),
            severity: Some(match finding.severity {
                Severity::Error => DiagnosticSeverity::Error,
                Severity::Warning => DiagnosticSeverity::Warning,
                Severity::Info => DiagnosticSeverity::Information,
            }),
            code: Some(Code::String(finding.code.to_owned())),
            code_description: self.page(finding.code).map(|href| CodeDescription { href: Uri(href) }),
            source: Some("picket".to_owned()),
            message: message.into(),
            tags: tag(finding.code).map(|tag| vec![tag]),
            related_information: (!related.is_empty()).then_some(related),
            data: None,
        }
    }

    fn related(&self, label: &diag::Label) -> Option<DiagnosticRelatedInformation> {
        let location = Location { uri: (self.uris)(label.span.source)?, range: self.range(label.span) };
        let message = if label.message.is_empty() { "see here" } else { &label.message };
        Some(DiagnosticRelatedInformation { location, message: message.to_owned() })
    }

    /// The address of the page about a code: where the client says, or where the repository is published.
    fn page(&self, code: diag::Code) -> Option<String> {
        let meta = self.project.codes.iter().find(|meta| meta.code == code)?;
        let published = || {
            let repository = env!("CARGO_PKG_REPOSITORY");
            (!repository.is_empty()).then(|| format!("{repository}/blob/main/docs/lints"))
        };
        let pages = self.client.pages.clone().or_else(published)?;
        Some(format!("{pages}/{}-{}.md", meta.code, meta.name))
    }
}

/// How the editor may show a finding of `code`: as something without use, or out of date.
fn tag(code: diag::Code) -> Option<DiagnosticTag> {
    let name = lint::find(code)?.name;
    match () {
        () if name.starts_with("unused-") || name.starts_with("needless-") => {
            Some(DiagnosticTag::Unnecessary)
        }
        () if ["obsolete", "deprecated", "retired", "revoked"].iter().any(|word| name.contains(word)) => {
            Some(DiagnosticTag::Deprecated)
        }
        () => None,
    }
}
