//! Another name for a let, or for a column that the query makes: in the query, and wherever the rule names the column.

use std::collections::HashMap;

use gen_lsp_types::{
    PrepareRenameParams, PrepareRenamePlaceholder, PrepareRenameResult, RenameParams, TextEdit, WorkspaceEdit,
};

use super::analysis::{Analysis, Query};
use super::subject::{self, Meaning, Subject};
use super::view::{Answer, Refusal, View};
use crate::kql::syntax::{TokenKind, lex};
use crate::kql::{self, Renamed};
use crate::lint;
use crate::rule::Rule;
use crate::text::{Spanned, TextRange};
use crate::yaml::ScalarStyle;

/// An edit of the file.
type Change = (TextRange, String);

/// Answers `textDocument/prepareRename`.
pub(super) fn prepare(view: View<'_>, params: PrepareRenameParams) -> Answer<Option<PrepareRenameResult>> {
    let place = view.at(&params.text_document_position_params)?;
    let Some(subject) = Subject::at(&place.analysis, place.offset) else { return Ok(None) };
    let found = subject.read(|meaning| {
        let placeholder = kql::may_be_renamed(&meaning.names, meaning.thing)?;
        // Bytes of the file that stand for the name as a whole, such as the head of a function, cannot be edited.
        is_written(subject.query, meaning)?;
        Ok(PrepareRenamePlaceholder { range: view.range(place.document, meaning.range), placeholder })
    });
    found.transpose().map(|found| found.map(Into::into)).map_err(|why: String| Refusal::failed(why))
}

/// Answers `textDocument/rename`.
pub(super) fn rename(view: View<'_>, params: RenameParams) -> Answer<Option<WorkspaceEdit>> {
    let place = view.at(&params.text_document_position_params)?;
    let Some(subject) = Subject::at(&place.analysis, place.offset) else { return Ok(None) };
    let new = params.new_name.trim();
    let catalog = &place.analysis.project().kql;
    let changes = subject.read(|meaning| {
        is_written(subject.query, meaning)?;
        let renamed = kql::rename(meaning.bound, catalog, &meaning.names, meaning.thing, new)?;
        changes(&place.analysis, subject, &renamed)
    });
    let Some(changes) = changes.transpose().map_err(|why: String| Refusal::failed(why))? else {
        return Ok(None);
    };
    let edits = changes
        .into_iter()
        .map(|(range, new_text)| TextEdit { range: view.range(place.document, range), new_text })
        .collect();
    let changes = HashMap::from([(place.document.uri().clone(), edits)]);
    Ok(Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }))
}

/// Whether every name that changes stands in the file as it stands in the query.
fn is_written(query: &Query, meaning: &Meaning<'_, '_>) -> Result<(), String> {
    let names = meaning.names.of_thing(meaning.thing).map(|name| name.range());
    let declared = meaning.names.declarations(meaning.thing).iter().map(|node| node.range());
    names.chain(declared).try_for_each(|range| place_of(query, range).map(|_| ()))
}

/// The bytes of the file that are those of the query.
fn place_of(query: &Query, range: TextRange) -> Result<TextRange, String> {
    let at = query.in_file(range);
    match query.in_text(at.start) == Some(range.start) {
        true => Ok(at),
        false => Err("a name in the head of a function's file cannot be given another one here".to_owned()),
    }
}

/// The edits of the file.
fn changes(analysis: &Analysis, subject: Subject<'_>, renamed: &Renamed) -> Result<Vec<Change>, String> {
    let mut found = Vec::new();
    let style = subject.query.place().scalar().map(|scalar| scalar.style);
    for (range, new) in &renamed.edits {
        found.push((place_of(subject.query, *range)?, in_style(style, new)?));
    }
    let Some(rule) = subject.rule else { return Ok(found) };
    for (old, new) in &renamed.columns {
        for (_, range) in lint::named_columns(rule).into_iter().filter(|(name, _)| name == old) {
            found.push(in_rule(analysis, range, new)?);
        }
        for exclusion in rule.false_positives.iter().filter_map(|entry| entry.exclusion.as_ref()) {
            found.extend(in_exclusion(analysis, exclusion, old, new)?);
        }
    }
    check_formats(rule, renamed)?;
    found.sort_by_key(|(range, _)| (range.start, range.end));
    found.dedup();
    Ok(found)
}

/// The edit that puts `new` in the place of a name of a column in a rule.
fn in_rule(analysis: &Analysis, range: TextRange, new: &str) -> Result<Change, String> {
    let style = subject::scalar_at(analysis.documents(), range).map(|scalar| scalar.style);
    Ok((subject::inside(analysis.documents(), range), in_style(style, new)?))
}

/// The edits that put `new` in the place of the column `old` in a filter that is put behind the query.
fn in_exclusion(
    analysis: &Analysis,
    exclusion: &Spanned<String>,
    old: &str,
    new: &str,
) -> Result<Vec<Change>, String> {
    let (tokens, _) = lex(&exclusion.value);
    let is_name = |text: &str, at: usize| {
        text == old && tokens.get(at.wrapping_sub(1)).is_none_or(|before| before.kind != TokenKind::Dot)
    };
    let named =
        tokens.iter().enumerate().filter(|(at, token)| is_name(token.range.slice(&exclusion.value), *at));
    let named: Vec<TextRange> = named.map(|(_, token)| token.range).collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let scalar = subject::scalar_at(analysis.documents(), exclusion.range);
    let scalar = scalar.filter(|scalar| scalar.text == exclusion.value);
    let Some(scalar) = scalar else {
        return Err(format!("an exclusion names `{old}` in a way that cannot be edited"));
    };
    let written = kql::written(new).unwrap_or_default();
    let new = in_style(Some(scalar.style), &written)?;
    Ok(named.into_iter().map(|range| (scalar.range_of(range), new.clone())).collect())
}

/// Text as a scalar of YAML of this style holds it.
fn in_style(style: Option<ScalarStyle>, text: &str) -> Result<String, String> {
    match style {
        Some(ScalarStyle::SingleQuoted) => Ok(text.replace('\'', "''")),
        Some(ScalarStyle::DoubleQuoted) => Ok(text.replace('\\', "\\\\").replace('"', "\\\"")),
        Some(ScalarStyle::Plain)
            if !text.chars().all(|c| c.is_alphanumeric() || "_ []'=".contains(c))
                || text.starts_with(['[', '\'']) =>
        {
            Err(format!("`{text}` cannot stand in YAML without quotes"))
        }
        _ => Ok(text.to_owned()),
    }
}

/// Texts of alerts take names of columns as they are, so braces would end a placeholder.
fn check_formats(rule: &Rule, renamed: &Renamed) -> Result<(), String> {
    let has_formats = rule.alert_details_override.is_some();
    match renamed.columns.iter().find(|(_, new)| has_formats && new.contains(['{', '}'])) {
        Some((_, new)) => Err(format!("`{new}` cannot stand in a placeholder")),
        None => Ok(()),
    }
}
