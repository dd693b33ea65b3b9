//! What a feature sees of the server.

use std::rc::Rc;

use gen_lsp_types::{
    Position, Range, TextDocumentIdentifier, TextDocumentPositionParams, Uri, WorkspaceSymbol,
};
use lsp_server::{ErrorCode, ResponseError};

use super::analysis::Analysis;
use super::diagnostics::Surveyed;
use super::document::Document;
use super::encoding::Encoding;
use super::server::{Client, Server};
use crate::text::TextRange;

/// The server as a request finds it.
#[derive(Clone, Copy)]
pub(super) struct View<'s> {
    server: &'s Server,
}

/// A place in a document.
pub(super) struct Place<'s> {
    /// The document.
    pub(super) document: &'s Document,
    /// What is known of it.
    pub(super) analysis: Rc<Analysis>,
    /// The place in bytes.
    pub(super) offset: u32,
}

/// Why a request is not answered.
#[derive(Debug)]
pub(super) struct Refusal {
    code: ErrorCode,
    message: String,
}

/// What a feature answers.
pub(super) type Answer<T> = Result<T, Refusal>;

impl Refusal {
    /// The request is understood, and cannot be carried out.
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::RequestFailed, message: message.into() }
    }

    /// The parameters are not those of the request.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::InvalidParams, message: message.into() }
    }

    pub(super) fn into_error(self) -> ResponseError {
        ResponseError { code: self.code as i32, message: self.message, data: None }
    }
}

impl<'s> View<'s> {
    pub(super) fn new(server: &'s Server) -> Self {
        Self { server }
    }

    /// How the client counts characters.
    pub(super) fn encoding(self) -> Encoding {
        self.server.client().encoding
    }

    /// What the client can do.
    pub(super) fn client(self) -> &'s Client {
        self.server.client()
    }

    /// What the last survey of its project found in a document.
    pub(super) fn surveyed(self, document: &Document) -> &'s [Surveyed] {
        self.server.surveyed(document)
    }

    /// The rules of the projects.
    pub(super) fn symbols(self) -> impl Iterator<Item = &'s WorkspaceSymbol> {
        self.server.symbols()
    }

    /// The open document at `uri`.
    pub(super) fn document(self, uri: &Uri) -> Answer<&'s Document> {
        let found = self.server.document(uri);
        found.ok_or_else(|| Refusal::invalid(format!("the document {} is not open", uri.0)))
    }

    /// The document of a request.
    pub(super) fn of(self, document: &TextDocumentIdentifier) -> Answer<&'s Document> {
        self.document(&document.uri)
    }

    /// The place that a request is about.
    pub(super) fn at(self, params: &TextDocumentPositionParams) -> Answer<Place<'s>> {
        let document = self.of(&params.text_document)?;
        Ok(self.place(document, params.position))
    }

    /// A place in a document.
    pub(super) fn place(self, document: &'s Document, position: Position) -> Place<'s> {
        let offset = document.offset(position, self.encoding());
        Place { document, analysis: document.analysis(), offset }
    }

    /// Bytes of a document as a range of the protocol.
    pub(super) fn range(self, document: &Document, bytes: TextRange) -> Range {
        document.range(bytes, self.encoding())
    }
}
