//! Management commands: `.show tables`, `.create function …`, `.set-or-append T <| query`.
//!
//! How each command is written is data ([`Command`]). Every command is tried on the text; the one that reads furthest is
//! meant. Where a text begins as a command does but does not go on as one, what was read is kept, what could stand next is
//! reported once, and the rest is skipped up to a pipe or semicolon. A text that begins as no command does is skipped
//! without a report: servers have more commands than are known.

use super::{Parser, node};
use crate::catalog::kql::{Command, CommandPart, CommandSyntax};
use crate::diag::nearest;
use crate::kql::codes;
use crate::kql::syntax::token::TokenKind as T;
use crate::kql::syntax::tree::{NodeId, Slot};

/// Where a part ends that was read on trial, and where its first finding lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct PartEnd {
    pub pos: usize,
    pub first_error: Option<u32>,
}

/// How the reading of a piece of a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Read,
    Failed,
    /// At the place where the whole command stops making sense; what was read so far is kept.
    Stopped,
}

/// The reading of one command.
pub(super) struct Attempt {
    /// Whether the tree is built, or only the length found out.
    pub building: bool,
    /// Where to stop and keep what was read.
    stop_at: Option<usize>,
    /// The furthest token that was asked for, in vain.
    reach: usize,
    /// What could have stood there.
    expected: Vec<&'static str>,
    /// The first finding in parts that were not read again.
    pub first_error: Option<u32>,
}

impl Attempt {
    fn new(building: bool, stop_at: Option<usize>) -> Self {
        Self { building, stop_at, reach: 0, expected: Vec::new(), first_error: None }
    }

    fn fail(&mut self, at: usize, expected: &'static str) -> Outcome {
        if at > self.reach {
            self.reach = at;
            self.expected.clear();
        }
        if at == self.reach && !self.expected.contains(&expected) {
            self.expected.push(expected);
        }
        if self.stop_at == Some(at) { Outcome::Stopped } else { Outcome::Failed }
    }
}

/// A command that reads the text.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    command: &'static Command,
    end: usize,
    first_error: Option<u32>,
}

impl Reading {
    /// Whether it reads further, or as far with its first finding later.
    fn is_better(self, other: Self) -> bool {
        let errors = |reading: Self| reading.first_error.unwrap_or(u32::MAX);
        self.end > other.end || self.end == other.end && errors(self) > errors(other)
    }
}

impl<'a> Parser<'a> {
    /// A command and the operators behind it, as a statement.
    pub(super) fn command_statement(&mut self) -> NodeId {
        let command = self.command();
        let expression = self.pipes_after(command);
        node!(self, ExpressionStatement, expression)
    }

    fn command(&mut self) -> NodeId {
        let dot_range = self.token(0).range;
        let dot = self.bump();
        let (best, stop) = self.best_command();
        let mut parts = Vec::new();
        let command = match (best, stop) {
            (Some(reading), None) => {
                let mut attempt = Attempt::new(true, None);
                self.command_syntax(&reading.command.syntax, false, &mut attempt, &mut parts);
                Some(reading.command)
            }
            (_, Some(stop)) => {
                self.broken_command(stop, &mut parts);
                None
            }
            (None, None) => None,
        };
        let parts_list = self.make_list(&parts);
        let skipped = self.skip_until(|kind| matches!(kind, T::Bar | T::LessBar | T::Semicolon));
        if parts.is_empty() && skipped.is_none() {
            self.report(codes::MISSING_COMMAND, dot_range, "a command is missing after the dot");
        }
        let complete = skipped.is_none();
        let node = node!(self, Command, dot, parts_list, skipped);
        if let Some(command) = command.filter(|_| complete) {
            self.builder.mark_command(node, command);
        }
        node
    }

    /// The command that reads furthest; and, where more of the text begins a command than makes one, the first that
    /// gets furthest and what is expected there.
    fn best_command(&mut self) -> (Option<Reading>, Option<Stop>) {
        if let Some(known) = self.commands.get(&self.pos) {
            return known.clone();
        }
        let found = self.find_command();
        self.commands.insert(self.pos, found.clone());
        found
    }

    fn find_command(&mut self) -> (Option<Reading>, Option<Stop>) {
        let start = self.mark();
        let mut best: Option<Reading> = None;
        let mut stop: Option<Stop> = None;
        for command in Command::all() {
            let mut attempt = Attempt::new(false, None);
            if self.command_syntax(&command.syntax, false, &mut attempt, &mut Vec::new()) == Outcome::Read {
                let errors = self.errors[start.errors..].iter().map(|finding| finding.range().start);
                let first_error = errors.chain(attempt.first_error).min();
                let reading = Reading { command, end: self.pos, first_error };
                if best.is_none_or(|best| reading.is_better(best)) {
                    best = Some(reading);
                }
            }
            self.rewind(start);
            match &mut stop {
                Some(stop) if stop.pos == attempt.reach => {
                    attempt.expected.retain(|expected| !stop.expected.contains(expected));
                    stop.expected.append(&mut attempt.expected);
                }
                Some(stop) if stop.pos > attempt.reach => {}
                _ => stop = Some(Stop { command, pos: attempt.reach, expected: attempt.expected }),
            }
        }
        let read = best.map_or(start.pos, |best| best.end);
        (best, stop.filter(|stop| stop.pos > read))
    }

    /// The beginning of a command, and a report of what could stand next.
    fn broken_command(&mut self, stop: Stop, parts: &mut Vec<Slot>) {
        let mut attempt = Attempt::new(true, Some(stop.pos));
        self.command_syntax(&stop.command.syntax, false, &mut attempt, parts);
        self.report_missing_token(codes::TERMS_EXPECTED, expected_message(stop.expected, self.text_at(0)));
        let missing = self.silent(T::Identifier);
        parts.push(node!(self, CommandWord, missing).into());
    }

    /// Reads a piece of a command. `tabular` says whether a table is expected where it stands.
    fn command_syntax(
        &mut self,
        syntax: &'static CommandSyntax,
        tabular: bool,
        attempt: &mut Attempt,
        slots: &mut Vec<Slot>,
    ) -> Outcome {
        match syntax {
            CommandSyntax::Word(word) => self.command_word(word, attempt, slots),
            CommandSyntax::Part(part, excluded) => {
                if excluded.iter().any(|word| self.scan_text(word, 0) > 0) {
                    return attempt.fail(self.pos, part.name());
                }
                match self.command_part(*part, tabular, attempt) {
                    Some(slot) => {
                        slots.push(slot);
                        Outcome::Read
                    }
                    None => attempt.fail(self.pos, part.name()),
                }
            }
            CommandSyntax::Sequence(steps) => {
                let mut single = Vec::new();
                for step in steps {
                    let tabular = step.first_part().is_some_and(is_tabular);
                    let length = slots.len();
                    let outcome = self.command_syntax(step, tabular, attempt, slots);
                    if outcome == Outcome::Stopped {
                        // A broken sequence does not say what its own names are.
                        single.iter().for_each(|slot| self.builder.forget_tabular(*slot));
                    }
                    if outcome != Outcome::Read {
                        return outcome;
                    }
                    if !step.is_list() {
                        single.extend_from_slice(&slots[length..]);
                    }
                }
                Outcome::Read
            }
            CommandSyntax::Choice(choices) => self.command_choice(choices, tabular, attempt, slots),
            CommandSyntax::Optional(inner) => match self.command_attempt(inner, tabular, attempt, slots) {
                Outcome::Stopped => Outcome::Stopped,
                Outcome::Read | Outcome::Failed => Outcome::Read,
            },
            CommandSyntax::Repeat { element, separator, at_least_once } => {
                let first = self.command_attempt(element, tabular, attempt, slots);
                if first != Outcome::Read {
                    return if *at_least_once { first } else { first.or_read() };
                }
                loop {
                    let before = self.mark();
                    let length = slots.len();
                    let mut outcome = match separator {
                        Some(separator) => self.command_word(separator, attempt, slots),
                        None => Outcome::Read,
                    };
                    if outcome == Outcome::Read {
                        outcome = self.command_syntax(element, tabular, attempt, slots);
                    }
                    match outcome {
                        Outcome::Read if self.pos > before.pos => {}
                        Outcome::Stopped => return Outcome::Stopped,
                        Outcome::Read | Outcome::Failed => {
                            self.rewind(before);
                            slots.truncate(length);
                            return Outcome::Read;
                        }
                    }
                }
            }
        }
    }

    fn command_word(&mut self, word: &'static str, attempt: &mut Attempt, slots: &mut Vec<Slot>) -> Outcome {
        match self.eat_text(word, T::Identifier) {
            Some(token) => {
                slots.push(node!(self, CommandWord, token).into());
                Outcome::Read
            }
            None => attempt.fail(self.pos, word),
        }
    }

    /// Reads a piece, or nothing where it does not stand.
    fn command_attempt(
        &mut self,
        syntax: &'static CommandSyntax,
        tabular: bool,
        attempt: &mut Attempt,
        slots: &mut Vec<Slot>,
    ) -> Outcome {
        let before = self.mark();
        let length = slots.len();
        let outcome = self.command_syntax(syntax, tabular, attempt, slots);
        if outcome == Outcome::Failed {
            self.rewind(before);
            slots.truncate(length);
        }
        outcome
    }

    fn command_choice(
        &mut self,
        choices: &'static [CommandSyntax],
        tabular: bool,
        attempt: &mut Attempt,
        slots: &mut Vec<Slot>,
    ) -> Outcome {
        let before = self.mark();
        let length = slots.len();
        let mut best: Option<(usize, &'static CommandSyntax)> = None;
        for choice in choices {
            match self.command_syntax(choice, tabular, attempt, slots) {
                Outcome::Stopped => return Outcome::Stopped,
                Outcome::Read if best.is_none_or(|(end, _)| self.pos > end) => {
                    best = Some((self.pos, choice))
                }
                Outcome::Read | Outcome::Failed => {}
            }
            self.rewind(before);
            slots.truncate(length);
        }
        match best {
            Some((_, choice)) => self.command_syntax(choice, tabular, attempt, slots),
            None => Outcome::Failed,
        }
    }
}

impl Outcome {
    fn or_read(self) -> Self {
        if self == Self::Failed { Self::Read } else { self }
    }
}

/// Where a text stops being a command.
#[derive(Clone)]
pub(super) struct Stop {
    command: &'static Command,
    pos: usize,
    expected: Vec<&'static str>,
}

fn is_tabular(part: CommandPart) -> bool {
    use CommandPart as P;
    matches!(
        part,
        P::Table
            | P::DatabaseTable
            | P::ExternalTable
            | P::MaterializedView
            | P::DatabaseMaterializedView
            | P::Query
    )
}

/// The message that one of these words and parts is expected, the one nearest to what is written first.
fn expected_message(mut expected: Vec<&'static str>, written: &str) -> String {
    const SHOWN: usize = 8;
    expected.sort_unstable();
    if let Some(nearest) = nearest(written, expected.iter().copied())
        && let Some(at) = expected.iter().position(|word| *word == nearest)
    {
        expected[..=at].rotate_right(1);
    }
    let more = expected.len().saturating_sub(SHOWN);
    expected.truncate(SHOWN);
    let mut message = super::expected_words(&expected);
    if more > 0 {
        message.push_str(&format!(", or one of {more} others"));
    }
    message
}
