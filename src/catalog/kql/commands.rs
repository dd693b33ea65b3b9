//! The management commands: how each is written and which columns it returns.
//!
//! A command is written as a row of words and parts: `create table <name> ['(' {<name> ':' <type> / ','}+ ')']`.
//! `[…]` may be left out, `{…}` stands any number of times and `{…}+` at least once, with what follows `/` between,
//! `(a|b)` is one of several. `<name !with>` is a part that the word `with` cannot be.

use std::sync::LazyLock;

use super::signature::read_columns;
use super::tables::Column;
use crate::catalog::table::Table;

const COMMANDS: Table = Table::new(include_str!("../../../schemas/facts/kql_commands.tsv"));

/// A management command.
#[derive(Debug)]
pub struct Command {
    /// The name that the reference gives it.
    pub name: &'static str,
    /// The columns of its result.
    pub columns: &'static [Column],
    /// Whether there may be more columns.
    pub open: bool,
    /// How it is written, after the dot.
    pub syntax: CommandSyntax,
}

/// How a command, or a piece of one, is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandSyntax {
    /// A word or a sign.
    Word(&'static str),
    /// A part of its own grammar, which none of these words can be.
    Part(CommandPart, Vec<&'static str>),
    /// One after the other.
    Sequence(Vec<Self>),
    /// The one that reads furthest.
    Choice(Vec<Self>),
    /// May be left out.
    Optional(Box<Self>),
    /// Any number of times.
    Repeat {
        /// What is repeated.
        element: Box<Self>,
        /// What stands between.
        separator: Option<&'static str>,
        /// Whether it must stand once.
        at_least_once: bool,
    },
}

macro_rules! command_parts {
    ($($(#[doc = $doc:literal])+ $part:ident $name:literal,)*) => {
        /// A part of a command that has a grammar of its own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum CommandPart {
            $($(#[doc = $doc])+ $part,)*
        }

        impl CommandPart {
            fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$part),)*
                    _ => None,
                }
            }

            /// Its name: `database_table`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$part => $name,)*
                }
            }
        }
    };
}

command_parts! {
    /// A literal.
    Value "value",
    /// A string.
    String "string",
    /// Any text in square brackets on one line.
    BracketedString "bracketed_string",
    /// A GUID, bare or as a string.
    Guid "guid",
    /// The name of a type.
    Type "type",
    /// A name that is given.
    Name "name",
    /// `a.b`, given.
    QualifiedName "qualified_name",
    /// A pattern: `a*`.
    WildcardedName "wildcarded_name",
    /// `a.b*`, `a*` or a name.
    QualifiedWildcardedName "qualified_wildcarded_name",
    /// A column.
    Column "column",
    /// A table.
    Table "table",
    /// An external table.
    ExternalTable "external_table",
    /// A materialized view.
    MaterializedView "materialized_view",
    /// A stored function.
    Function "function",
    /// An entity group.
    EntityGroup "entity_group",
    /// A graph model.
    GraphModel "graph_model",
    /// A graph model, and a snapshot of it behind a dot.
    GraphModelSnapshot "graph_model_snapshot",
    /// A database.
    Database "database",
    /// A table, with or without its database.
    DatabaseTable "database_table",
    /// A column, with or without its table and database.
    DatabaseTableColumn "database_table_column",
    /// A column, with or without its table.
    TableColumn "table_column",
    /// A materialized view, with or without its database.
    DatabaseMaterializedView "database_materialized_view",
    /// `(parameters) { body }`
    FunctionDeclaration "function_declaration",
    /// `{ body }`
    FunctionBody "function_body",
    /// A query or a command to the end.
    Query "query",
    /// Commands to the end.
    Script "script",
    /// Any text to the end.
    Text "text",
    /// Any text up to `]`.
    BracketedText "bracketed_text",
}

static BUILTIN: LazyLock<Vec<Command>> = LazyLock::new(|| {
    let mut commands: Vec<Command> = Vec::new();
    for [name, result, syntax] in COMMANDS.rows() {
        let result = match result.strip_prefix('=') {
            Some(other) => {
                let other = commands.iter().find(|command| command.name == other);
                other.map(|command| (command.columns, command.open))
            }
            None => read_columns(result),
        };
        if let (Some((columns, open)), Some(syntax)) = (result, read(syntax)) {
            commands.push(Command { name, columns, open, syntax });
        }
    }
    commands
});

impl Command {
    /// Every command, read when first asked for. Of two that read a text equally well, the first is meant.
    pub fn all() -> &'static [Self] {
        &BUILTIN
    }
}

impl CommandSyntax {
    /// The part with which the first way to write it starts; absent where that is a word. It says what is expected
    /// where this stands.
    pub fn first_part(&self) -> Option<CommandPart> {
        match self {
            Self::Word(_) => None,
            Self::Part(part, _) => Some(*part),
            Self::Sequence(steps) | Self::Choice(steps) => steps.first().and_then(Self::first_part),
            Self::Optional(inner) => inner.first_part(),
            Self::Repeat { element, .. } => element.first_part(),
        }
    }

    /// Whether it is several pieces: a sequence or a repetition.
    pub fn is_list(&self) -> bool {
        match self {
            Self::Word(_) | Self::Part(..) | Self::Choice(_) => false,
            Self::Sequence(_) | Self::Repeat { .. } => true,
            Self::Optional(inner) => inner.is_list(),
        }
    }
}

/// Reads the notation of the table. The table is the only input: what is not of it reads as no command, and a test
/// holds every line to it.
fn read(text: &'static str) -> Option<CommandSyntax> {
    let mut reader = Reader { rest: text };
    let syntax = reader.choice()?;
    reader.rest.trim_start().is_empty().then_some(syntax)
}

struct Reader {
    rest: &'static str,
}

impl Reader {
    fn eat(&mut self, sign: char) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn choice(&mut self) -> Option<CommandSyntax> {
        let mut choices = vec![self.sequence()?];
        while self.eat('|') {
            choices.push(self.sequence()?);
        }
        single_or(choices, CommandSyntax::Choice)
    }

    fn sequence(&mut self) -> Option<CommandSyntax> {
        let mut steps = Vec::new();
        while !self.rest.trim_start().is_empty()
            && !self.rest.trim_start().starts_with(['|', ')', ']', '}', '/'])
        {
            steps.push(self.step()?);
        }
        single_or(steps, CommandSyntax::Sequence)
    }

    fn step(&mut self) -> Option<CommandSyntax> {
        if self.eat('(') {
            let inner = self.choice()?;
            return self.eat(')').then_some(inner);
        }
        if self.eat('[') {
            let inner = self.choice()?;
            return self.eat(']').then(|| CommandSyntax::Optional(Box::new(inner)));
        }
        if self.eat('{') {
            let element = Box::new(self.choice()?);
            let separator = if self.eat('/') { Some(self.word()?) } else { None };
            if !self.eat('}') {
                return None;
            }
            return Some(CommandSyntax::Repeat { element, separator, at_least_once: self.eat('+') });
        }
        if self.eat('<') {
            let (inside, rest) = self.rest.split_once('>')?;
            self.rest = rest;
            let mut words = inside.split(" !");
            let part = CommandPart::named(words.next()?)?;
            return Some(CommandSyntax::Part(part, words.collect()));
        }
        self.word().map(CommandSyntax::Word)
    }

    fn word(&mut self) -> Option<&'static str> {
        if self.eat('\'') {
            let (word, rest) = self.rest.split_once('\'')?;
            self.rest = rest;
            return Some(word);
        }
        let text = self.rest.trim_start();
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-'));
        let (word, rest) = text.split_at(end.unwrap_or(text.len()));
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }
}

fn single_or(
    mut parts: Vec<CommandSyntax>,
    make: fn(Vec<CommandSyntax>) -> CommandSyntax,
) -> Option<CommandSyntax> {
    if parts.len() == 1 { parts.pop() } else { (!parts.is_empty()).then(|| make(parts)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_command() {
        assert_eq!(Command::all().len(), COMMANDS.lines());
        assert!(Command::all().iter().all(|command| command.open || !command.columns.is_empty()));
    }

    #[test]
    fn the_notation_is_read() {
        let part = |part| CommandSyntax::Part(part, Vec::new());
        let word = CommandSyntax::Word;
        assert_eq!(
            read("drop (table|tables) <name !with !as> [{<string> / ','}+] {'<|' <query>}"),
            Some(CommandSyntax::Sequence(vec![
                word("drop"),
                CommandSyntax::Choice(vec![word("table"), word("tables")]),
                CommandSyntax::Part(CommandPart::Name, vec!["with", "as"]),
                CommandSyntax::Optional(Box::new(CommandSyntax::Repeat {
                    element: Box::new(part(CommandPart::String)),
                    separator: Some(","),
                    at_least_once: true,
                })),
                CommandSyntax::Repeat {
                    element: Box::new(CommandSyntax::Sequence(vec![word("<|"), part(CommandPart::Query)])),
                    separator: None,
                    at_least_once: false,
                },
            ]))
        );
        assert_eq!(read("drop <nothing>"), None);
        assert_eq!(read("drop (table"), None);
    }
}
