//! Suppression comments: `# picket: ignore[PK501] reason`, on the line at fault or above it.
//!
//! A comment behind a value covers its own line; one on a line of its own covers the next line that is not
//! such a comment. Codes and names both do, several with commas between them.

use std::collections::HashMap;

use super::registry::find;
use super::settings::{Settings, is_fixed, nearest_name};
use crate::diag::{Applicability, Code, Diagnostic, Fix, LintMeta, Severity, declare_lint};
use crate::text::{LineIndex, Source, SourceId, SourceMap, Span, TextRange};
use crate::yaml::{self, Node, NodeKind};

declare_lint! {
    /// ## What it does
    /// Reports a suppression comment that suppresses nothing.
    ///
    /// ## Why is this bad
    /// The finding that the comment was written for is gone, and the comment now hides the next one that
    /// comes to stand there.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Listening sockets by process # picket: ignore[PK501] the tactic is a house name
    /// description: Lists the processes that listen.
    /// query: DeviceNetworkEvents
    /// ```
    ///
    /// ```yaml clean
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Listening sockets by process
    /// tactics: [Housekeeping] # picket: ignore[PK501] the tactic is a house name
    /// description: Lists the processes that listen.
    /// query: DeviceNetworkEvents
    /// ```
    pub(super) static UNUSED_SUPPRESSION: "PK990", "unused-suppression", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a suppression comment that names no code, an unknown code, or one that cannot be suppressed.
    /// Codes below `PK100` cannot, since a file that is not read holds no rules, and neither can those about
    /// suppression comments.
    ///
    /// ## Why is this bad
    /// The comment has no effect.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Listening sockets by process
    /// # picket: ignore[unknown-tactik] the tactic is a house name
    /// description: Lists the processes that listen.
    /// query: DeviceNetworkEvents
    /// ```
    ///
    /// ```yaml clean
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Listening sockets by process
    /// # picket: ignore[unknown-tactic] the tactic is a house name
    /// tactics: [Housekeeping]
    /// description: Lists the processes that listen.
    /// query: DeviceNetworkEvents
    /// ```
    pub(super) static BAD_SUPPRESSION: "PK991", "bad-suppression", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a suppression comment without a reason. It suppresses all the same.
    ///
    /// ## Why is this bad
    /// The next person cannot tell whether the finding is still wrong.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Listening sockets by process
    /// tactics: [Housekeeping] # picket: ignore[PK501]
    /// description: Lists the processes that listen.
    /// query: DeviceNetworkEvents
    /// ```
    ///
    /// ```yaml clean
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Listening sockets by process
    /// tactics: [Housekeeping] # picket: ignore[PK501] the tactic is a house name
    /// description: Lists the processes that listen.
    /// query: DeviceNetworkEvents
    /// ```
    pub(super) static SUPPRESSION_WITHOUT_REASON: "PK992", "suppression-without-reason", Severity::Warning, since "0.1.0"
}

/// Every code of this module.
pub(super) const ALL: [&LintMeta; 3] = [&UNUSED_SUPPRESSION, &BAD_SUPPRESSION, &SUPPRESSION_WITHOUT_REASON];

/// What makes a comment one of ours.
const MARK: &str = "picket:";

/// A suppression comment.
struct Comment {
    /// From `#` to the end of the line.
    range: TextRange,
    /// The line it covers, from 1.
    covers: u32,
    /// Its codes, with the place of each.
    codes: Vec<(Code, TextRange)>,
}

/// Takes away from `found` what comments suppress, and adds what is wrong with the comments themselves.
pub(super) fn apply(sources: &SourceMap, settings: &Settings, found: &mut Vec<Diagnostic>) {
    let mut about: Vec<Diagnostic> = Vec::new();
    let mut covered: HashMap<(SourceId, u32, Code), bool> = HashMap::new();
    let mut comments: Vec<(SourceId, Comment)> = Vec::new();
    for (id, source) in sources.iter() {
        for comment in read(id, source, &mut about) {
            covered.extend(comment.codes.iter().map(|(code, _)| ((id, comment.covers, *code), false)));
            comments.push((id, comment));
        }
    }
    if comments.is_empty() && about.is_empty() {
        return;
    }
    found.retain(|finding| {
        let place = finding.primary.span;
        let Some((_, at)) = sources.locate(place) else { return true };
        match covered.get_mut(&(place.source, at.line, finding.code)) {
            Some(used) => {
                *used = true;
                false
            }
            None => true,
        }
    });
    for (id, comment) in &comments {
        let is_used = |code: Code| covered.get(&(*id, comment.covers, code)) == Some(&true);
        // A code that the project turned off is not reported, so its comment cannot be of use here.
        let unused: Vec<_> =
            comment.codes.iter().filter(|(code, _)| !is_used(code) && !settings.is_off(code)).collect();
        for (code, range) in &unused {
            let message = format!("nothing of {code} is reported here");
            let mut finding = UNUSED_SUPPRESSION.at(Span::new(*id, *range), message);
            finding = if unused.len() == comment.codes.len() {
                let place = Span::new(*id, comment.range);
                let title = "remove the comment";
                finding.with_help(title).with_fix(Fix::replace(title, Applicability::Unsafe, place, ""))
            } else {
                finding.with_help(format!("take {code} out of the comment"))
            };
            about.push(finding);
        }
    }
    found.extend(settings.apply(about));
}

/// The suppression comments of a file. The text is parsed only where the mark occurs.
fn read(id: SourceId, source: &Source, about: &mut Vec<Diagnostic>) -> Vec<Comment> {
    let text: &str = &source.text;
    if !text.contains(MARK) {
        return Vec::new();
    }
    let mut scalars = Vec::new();
    for document in yaml::parse(id, text).0 {
        if let Some(root) = &document.root {
            scalar_ranges(root, &mut scalars);
        }
    }
    scalars.sort();
    let mut comments = Vec::new();
    let mut marks: Vec<(usize, TextRange)> = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let content = line.trim_end_matches(['\n', '\r']);
        if let Some(at) = comment_start(content, offset, &scalars) {
            let body = content[at + 1..].trim_start();
            if body.starts_with(MARK) {
                marks.push((offset, TextRange::from_usize(offset + at, offset + content.len())));
            }
        }
        offset += line.len();
    }
    for (line_start, range) in &marks {
        let covers = covered_line(text, source.lines(), *line_start, *range, &marks);
        comments.extend(read_comment(id, text, *range, covers, about));
    }
    comments
}

/// The line that a comment covers, from 1.
fn covered_line(
    text: &str,
    lines: &LineIndex,
    line_start: usize,
    range: TextRange,
    marks: &[(usize, TextRange)],
) -> u32 {
    let own = lines.line_col(text, range.start).line;
    if !text[line_start..range.start as usize].trim().is_empty() {
        return own;
    }
    let is_mark = |line: u32| {
        let start = lines.line_start(line).map(|start| start as usize);
        marks.iter().any(|(mark_line, mark)| {
            Some(*mark_line) == start && text[*mark_line..mark.start as usize].trim().is_empty()
        })
    };
    let mut next = own + 1;
    while is_mark(next) {
        next += 1;
    }
    next
}

/// The byte of `line` at which a comment starts, if one does.
fn comment_start(line: &str, offset: usize, scalars: &[TextRange]) -> Option<usize> {
    line.match_indices('#').map(|(at, _)| at).find(|at| {
        let is_apart = line[..*at].chars().next_back().is_none_or(|before| matches!(before, ' ' | '\t'));
        is_apart && !is_inside(TextRange::from_usize(offset + at, offset + at + 1), scalars)
    })
}

/// Whether `range` lies in one of `scalars`, which are sorted and do not overlap.
fn is_inside(range: TextRange, scalars: &[TextRange]) -> bool {
    let after = scalars.partition_point(|scalar| scalar.start <= range.start);
    after
        .checked_sub(1)
        .and_then(|index| scalars.get(index))
        .is_some_and(|scalar| scalar.contains(range.start))
}

fn scalar_ranges(node: &Node, out: &mut Vec<TextRange>) {
    match &node.kind {
        NodeKind::Scalar(_) => out.push(node.range),
        NodeKind::Sequence(items) => items.iter().for_each(|item| scalar_ranges(item, out)),
        NodeKind::Mapping(mapping) => {
            for entry in &mapping.entries {
                scalar_ranges(&entry.key, out);
                scalar_ranges(&entry.value, out);
            }
        }
    }
}

/// Reads the comment at `range`, which holds the mark. One that is not understood yields no comment.
fn read_comment(
    id: SourceId,
    text: &str,
    range: TextRange,
    covers: u32,
    about: &mut Vec<Diagnostic>,
) -> Option<Comment> {
    let place = Span::new(id, range);
    let comment = range.slice(text);
    let bad = |message: &str| {
        BAD_SUPPRESSION.at(place, message).with_help("write it as `# picket: ignore[PK501] reason`")
    };
    let body = comment.split_once(MARK).map_or("", |(_, body)| body).trim_start();
    let Some(rest) = body.strip_prefix("ignore") else {
        about.push(bad("the comment addresses picket and says nothing it knows"));
        return None;
    };
    let Some((codes, reason)) = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']'))
    else {
        about.push(bad("the comment names no code in brackets"));
        return None;
    };
    let mut known = Vec::new();
    let mut names = 0;
    // Every part is a slice of `comment`, so its place follows from the lengths before it.
    let mut at = range.start as usize + comment.len() - reason.len() - 1 - codes.len();
    for part in codes.split(',') {
        let start = at + part.len() - part.trim_start().len();
        at += part.len() + 1;
        let name = part.trim();
        if name.is_empty() {
            continue;
        }
        names += 1;
        let name_range = TextRange::from_usize(start, start + name.len());
        match find(name) {
            Some(meta) if !is_fixed(meta.code) && !ALL.iter().any(|own| own.code == meta.code) => {
                known.push((meta.code, name_range));
            }
            Some(meta) => {
                let message = format!("{} cannot be suppressed", meta.code);
                about.push(BAD_SUPPRESSION.at(Span::new(id, name_range), message));
            }
            None => about.push(unknown_code(Span::new(id, name_range), name)),
        }
    }
    if names == 0 {
        about.push(bad("the comment names no code in brackets"));
        return None;
    }
    if reason.trim().is_empty() {
        let finding = SUPPRESSION_WITHOUT_REASON.at(place, "the suppression has no reason");
        about.push(finding.with_help("say behind the bracket why the finding does not hold here"));
    }
    Some(Comment { range, covers, codes: known })
}

fn unknown_code(place: Span, name: &str) -> Diagnostic {
    let finding = BAD_SUPPRESSION.at(place, format!("there is no code or lint `{name}`"));
    match nearest_name(name) {
        Some(near) => {
            let title = format!("write `{near}`");
            let fix = Fix::replace(title, Applicability::Unsafe, place, near);
            finding.with_help(format!("the nearest is `{near}`")).with_fix(fix)
        }
        None => finding.with_help("the pages under docs/lints list every code"),
    }
}
