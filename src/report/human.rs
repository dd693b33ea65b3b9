//! Findings for a person at a terminal.
//!
//! Only the lines that a label touches are handed to the renderer, so that a finding in a file of ten
//! thousand lines costs no more than one in a file of ten.

use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet,
    normalize_untrusted_str,
};

use super::Place;
use crate::diag::{Applicability, Diagnostic, Edit, Fix, Label, Severity};
use crate::text::{Source, SourceId, SourceMap, TextRange, to_u32};

/// A label over more lines than this points at its first line alone.
const MAX_LABEL_LINES: u32 = 6;
/// Labels closer than this many lines share a snippet.
const NEAR_LINES: u32 = 4;
/// Longest snippet, in bytes, that is shown whole; of a longer one, a window around the labels is.
const MAX_SNIPPET: usize = 4096;
/// Bytes shown on either side of the labels in such a window.
const MARGIN: usize = 256;

/// How findings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HumanOptions {
    /// Whether to write colours.
    pub color: bool,
    /// The width of the terminal in characters.
    pub width: usize,
}

/// No colours, and the renderer's own width.
impl Default for HumanOptions {
    fn default() -> Self {
        Self { color: false, width: annotate_snippets::renderer::DEFAULT_TERM_WIDTH }
    }
}

/// All findings, a blank line after each.
pub fn human(sources: &SourceMap, diagnostics: &[Diagnostic], options: HumanOptions) -> String {
    let renderer = if options.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(options.width);
    let mut out = String::new();
    for finding in diagnostics {
        let mut groups = vec![finding_group(sources, finding)];
        groups.extend(
            finding.fix.as_ref().and_then(|fix| fix_group(sources, fix, finding.primary.span.source)),
        );
        push_rendered(&mut out, &renderer.render(&groups));
        out.push('\n');
    }
    out
}

/// Adds `rendered` to `out` without the lines in which the renderer announces a file and names none. It does so for a
/// snippet whose place stands before it, as that of a cut one does.
fn push_rendered(out: &mut String, rendered: &str) {
    for line in rendered.lines().filter(|line| !line.contains(":::") || visible(line).trim() != ":::") {
        out.push_str(line);
        out.push('\n');
    }
}

/// `line` without what sets colours.
fn visible(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let mut text = parts.next().unwrap_or_default().to_owned();
    text.extend(parts.filter_map(|part| part.split_once('m')).map(|(_, shown)| shown));
    text
}

fn finding_group<'a>(sources: &'a SourceMap, finding: &'a Diagnostic) -> Group<'a> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let mut group =
        level.primary_title(finding.message.as_str()).id(finding.code).elements(snippets(sources, finding));
    // What the fix shows need not be said before it.
    let shown = finding.fix.as_ref().map(|fix| fix.title.as_str());
    for help in finding.help.iter().filter(|help| Some(help.as_str()) != shown) {
        group = group.element(Level::HELP.message(normalize_untrusted_str(help)));
    }
    group
}

/// The labels of one place in one source, with the lines they need.
struct Cluster<'a> {
    source: &'a Source,
    id: SourceId,
    labels: Vec<(TextRange, AnnotationKind, &'a str)>,
    first_line: u32,
    last_line: u32,
}

/// The primary place first, then the others; places near each other together.
fn snippets<'a>(sources: &'a SourceMap, finding: &'a Diagnostic) -> Vec<Element<'a>> {
    let mut clusters: Vec<Cluster<'a>> = Vec::new();
    let secondary = finding.secondary.iter().map(|label| (label, AnnotationKind::Context));
    for (label, kind) in std::iter::once((&finding.primary, AnnotationKind::Primary)).chain(secondary) {
        let Some(source) = sources.get(label.span.source) else { continue };
        let Label { span, message } = label;
        let range = shorten(source, span.range);
        let line = |offset| source.lines().line_col(&source.text, offset).line;
        let (first, last) = (line(range.start), line(last_byte(range)));
        let near = clusters.iter_mut().find(|cluster| {
            cluster.id == span.source
                && first <= cluster.last_line.saturating_add(NEAR_LINES)
                && cluster.first_line <= last.saturating_add(NEAR_LINES)
        });
        match near {
            Some(cluster) => {
                cluster.labels.push((range, kind, message));
                cluster.first_line = cluster.first_line.min(first);
                cluster.last_line = cluster.last_line.max(last);
            }
            None => clusters.push(Cluster {
                source,
                id: span.source,
                labels: vec![(range, kind, message)],
                first_line: first,
                last_line: last,
            }),
        }
    }
    clusters.iter().flat_map(Cluster::elements).collect()
}

impl<'a> Cluster<'a> {
    fn elements(&self) -> Vec<Element<'a>> {
        if self.source.text.is_empty() {
            // A file that could not be read has no line to show.
            return vec![Origin::path(&*self.source.name).into()];
        }
        let covered =
            self.labels.iter().map(|(range, ..)| *range).reduce(TextRange::cover).unwrap_or_default();
        let window = Window::new(self.source, covered);
        let annotations: Vec<Annotation<'a>> = self
            .labels
            .iter()
            .map(|(range, kind, message)| {
                let annotation = kind.span(window.relative(*range));
                if message.is_empty() { annotation } else { annotation.label(*message) }
            })
            .collect();
        let snippet = Snippet::source(window.text).line_start(window.line as usize).annotations(annotations);
        let name: &'a str = &self.source.name;
        if !window.cut {
            return vec![snippet.path(name).into()];
        }
        // The renderer would count columns from the cut.
        let at = self.source.lines().line_col(&self.source.text, covered.start);
        vec![Origin::path(name).line(at.line as usize).char_column(at.column as usize).into(), snippet.into()]
    }
}

/// Whole lines of a source, or, where these are too long, what is around the bytes of interest.
struct Window<'a> {
    text: &'a str,
    /// The line it starts on, or in.
    line: u32,
    /// Its first byte in the source.
    start: u32,
    /// Whether it starts within a line.
    cut: bool,
}

impl<'a> Window<'a> {
    fn new(source: &'a Source, covered: TextRange) -> Self {
        let text: &'a str = &source.text;
        let line = source.lines().line_col(text, covered.start).line;
        let last = source.lines().line_col(text, last_byte(covered)).line;
        let start = source.lines().line_start(line).unwrap_or_default() as usize;
        let end = source.lines().line_start(last + 1).map_or(text.len(), |end| end as usize);
        if end - start <= MAX_SNIPPET {
            let text = text.get(start..end).unwrap_or_default();
            return Self {
                text: text.trim_end_matches(['\n', '\r']),
                line,
                start: to_u32(start),
                cut: false,
            };
        }
        let from = (covered.start as usize).saturating_sub(MARGIN).max(start);
        let to = (covered.end as usize).saturating_add(MARGIN).min(end);
        let boundary = |at: &usize| text.is_char_boundary(*at);
        let from = (start..=from).rev().find(boundary).unwrap_or(start);
        let to = (to..=end).find(boundary).unwrap_or(end);
        Self { text: text.get(from..to).unwrap_or_default(), line, start: to_u32(from), cut: from > start }
    }

    /// `range` of the source as a range of the window.
    fn relative(&self, range: TextRange) -> std::ops::Range<usize> {
        let at = |offset: u32| (offset.saturating_sub(self.start) as usize).min(self.text.len());
        at(range.start)..at(range.end)
    }
}

/// A range over many lines is shown as its first line.
fn shorten(source: &Source, range: TextRange) -> TextRange {
    let line = |offset| source.lines().line_col(&source.text, offset).line;
    if line(last_byte(range)) - line(range.start) < MAX_LABEL_LINES {
        return range;
    }
    let first = range.slice(&source.text).lines().next().map_or(0, |text| to_u32(text.len()));
    TextRange::new(range.start, range.start + first)
}

/// The offset of the last byte of `range`, or of the place where it is empty.
fn last_byte(range: TextRange) -> u32 {
    if range.is_empty() { range.end } else { range.end - 1 }
}

/// The fix as a difference of lines. `None` when one of its files is not known.
fn fix_group<'a>(sources: &'a SourceMap, fix: &'a Fix, primary: SourceId) -> Option<Group<'a>> {
    let title = match fix.applicability {
        Applicability::Safe | Applicability::Display => fix.title.clone(),
        Applicability::Unsafe => format!("{} (check that this is meant)", fix.title),
    };
    let mut group = Group::with_title(Level::HELP.secondary_title(normalize_untrusted_str(&title)));
    let mut edits: Vec<&Edit> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| (edit.span.source, edit.span.range));
    let mut rest = edits.as_slice();
    while let Some(first) = rest.first() {
        let source = sources.get(first.span.source)?;
        let line = |offset| source.lines().line_col(&source.text, offset).line;
        let mut covered = first.span.range;
        let near = rest.iter().take_while(|edit| {
            let same = edit.span.source == first.span.source;
            let close = same && line(edit.span.range.start) <= line(covered.end).saturating_add(NEAR_LINES);
            if close {
                covered = covered.cover(edit.span.range);
            }
            close
        });
        let (together, others) = rest.split_at(near.count());
        let window = Window::new(source, covered);
        let patches = together
            .iter()
            .map(|edit| Patch::new(window.relative(edit.span.range), edit.replacement.as_str()));
        let mut snippet = Snippet::source(window.text).line_start(window.line as usize).patches(patches);
        if first.span.source != primary {
            snippet = snippet.path(Place::of(sources, first.span)?.file);
        }
        group = group.element(snippet);
        rest = others;
    }
    (!fix.edits.is_empty()).then_some(group)
}
