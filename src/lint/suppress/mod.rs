//! Suppressions: comments in YAML and in queries, on the line at fault or above it, and `[[lint.ignore]]` of picket.toml.
//!
//! A comment behind something covers its own line; one on a line of its own covers the next line that is not such a
//! comment. Codes and names both do, several with commas between them.

mod lints;
mod query_comments;
mod yaml_comments;

use super::registry::find;
use super::settings::{Ignore, Settings, is_fixed, nearest_name};
use crate::diag::{Applicability, Code, Diagnostic, Fix};
use crate::kql::markers;
use crate::rule::Rule;
use crate::text::{SourceMap, Span, TextRange};

pub(in crate::lint) use lints::ALL;
use lints::{BAD_SUPPRESSION, SUPPRESSION_WITHOUT_REASON, UNUSED_SUPPRESSION};

/// What makes a comment one of ours.
const MARK: &str = "picket:";

/// A suppression comment.
struct Comment {
    place: Span,
    /// The bytes whose findings it covers.
    covers: TextRange,
    /// Its codes, with the place of each and whether it was of use.
    codes: Vec<(Code, TextRange, bool)>,
}

impl Comment {
    /// The comment where it was really written, if its text is composed of others.
    fn placed(mut self, sources: &SourceMap) -> Self {
        let source = self.place.source;
        let real = |range| sources.real(Span::new(source, range));
        self.place = real(self.place.range);
        self.covers = real(self.covers).range;
        for (_, range, _) in &mut self.codes {
            *range = real(*range).range;
        }
        self
    }

    /// Whether the comment covers `finding`, which counts as use.
    fn takes(&mut self, finding: &Diagnostic) -> bool {
        let Span { source, range } = finding.primary.span;
        if source != self.place.source || !self.covers.contains(range.start) {
            return false;
        }
        let own = self.codes.iter_mut().find(|(code, ..)| *code == finding.code);
        own.map(|(_, _, used)| *used = true).is_some()
    }
}

/// Takes away from `found` what is suppressed, and adds what is wrong with the suppressions themselves.
pub(super) fn apply(sources: &SourceMap, rules: &[Rule], settings: &Settings, found: &mut Vec<Diagnostic>) {
    let mut about: Vec<Diagnostic> = Vec::new();
    let mut comments: Vec<Comment> = Vec::new();
    for (id, source) in sources.iter().filter(|(id, _)| !sources.is_composed(*id)) {
        comments.extend(yaml_comments::read(id, source, &mut about));
    }
    for rule in rules {
        let Some(source) = sources.get(rule.source) else { continue };
        let mut said = Vec::new();
        let read = query_comments::read(rule, source, &mut said);
        comments.extend(read.into_iter().map(|comment| comment.placed(sources)));
        about.extend(said.into_iter().map(|finding| finding.placed(|span| sources.real(span))));
    }
    let mut ignores = Ignores::new(settings.ignores());
    if !comments.is_empty() || !ignores.used.is_empty() {
        found.retain(|finding| {
            // Each is asked: of two that cover one finding, neither is without use.
            let by_comment =
                comments.iter_mut().filter_map(|comment| comment.takes(finding).then_some(())).count();
            !ignores.takes(settings.scope().path(sources, finding.primary.span.source), finding)
                && by_comment == 0
        });
    }
    for comment in comments.iter().filter(|_| !settings.scope().is_deployed) {
        report_unused(comment, settings, &mut about);
    }
    ignores.report(settings, &mut about);
    found.extend(settings.apply(sources, about));
}

fn report_unused(comment: &Comment, settings: &Settings, about: &mut Vec<Diagnostic>) {
    let Span { source, .. } = comment.place;
    // A code that the project turned off is not reported, so its comment cannot be of use here.
    let unused: Vec<_> =
        comment.codes.iter().filter(|(code, _, used)| !used && !settings.is_off(code)).collect();
    for (code, range, _) in &unused {
        let message = format!("nothing of {code} is reported here");
        let mut finding = UNUSED_SUPPRESSION.at(Span::new(source, *range), message);
        finding = if unused.len() == comment.codes.len() {
            let title = "remove the comment";
            let fix = Fix::replace(title, Applicability::Unsafe, comment.place, "");
            finding.with_help(title).with_fix(fix)
        } else {
            finding.with_help(format!("take {code} out of the comment"))
        };
        about.push(finding);
    }
}

/// The tables `[[lint.ignore]]` with what of them was of use.
struct Ignores<'a> {
    ignores: &'a [Ignore],
    used: Vec<Vec<bool>>,
}

impl<'a> Ignores<'a> {
    fn new(ignores: &'a [Ignore]) -> Self {
        Self { ignores, used: ignores.iter().map(|ignore| vec![false; ignore.codes.len()]).collect() }
    }

    /// Whether a table covers `finding`, which stands in the file `path`.
    fn takes(&mut self, path: &str, finding: &Diagnostic) -> bool {
        let mut taken = false;
        for (ignore, used) in self.ignores.iter().zip(&mut self.used) {
            let codes = ignore.codes.iter().zip(used).filter(|((code, _), _)| *code == finding.code);
            for (_, used) in codes.filter(|_| ignore.paths.matches(path)) {
                (*used, taken) = (true, true);
            }
        }
        taken
    }

    fn report(&self, settings: &Settings, about: &mut Vec<Diagnostic>) {
        for (ignore, used) in self.ignores.iter().zip(&self.used) {
            if !ignore.has_reason {
                let finding = SUPPRESSION_WITHOUT_REASON.at(ignore.place, "the suppression has no reason");
                about.push(finding.with_help("add `reason = \"…\"`: why the findings do not hold there"));
            }
            // Of part of a project nothing can be said of the rest.
            let is_known = settings.scope().is_whole && !settings.scope().is_deployed;
            let unused = ignore
                .codes
                .iter()
                .zip(used)
                .filter(|((code, _), used)| !**used && is_known && !settings.is_off(code));
            for ((code, place), _) in unused {
                let message = format!("nothing of {code} is reported in these paths");
                about.push(UNUSED_SUPPRESSION.at(*place, message).with_help(format!("take {code} out")));
            }
        }
    }
}

/// Reads the comment at `place`, which starts with `sign` and holds the mark. One that is not understood yields no comment.
fn read_comment(
    sign: &str,
    place: Span,
    text: &str,
    covers: TextRange,
    about: &mut Vec<Diagnostic>,
) -> Option<Comment> {
    let Span { source: id, range } = place;
    let comment = range.slice(text);
    let bad = |message: &str| {
        let help = format!("write it as `{sign} picket: ignore[PK501] reason`");
        BAD_SUPPRESSION.at(place, message).with_help(help)
    };
    let body = comment.split_once(MARK).map_or("", |(_, body)| body).trim_start();
    if sign == "//" && markers::is_marker(body) {
        return None;
    }
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
            Some(meta) if can_be_suppressed(meta.code) => {
                known.push((meta.code, name_range, false));
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
    Some(Comment { place, covers, codes: known })
}

/// Whether a suppression may name `code`.
pub(super) fn can_be_suppressed(code: Code) -> bool {
    !is_fixed(code) && !ALL.iter().any(|own| own.code == code)
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
