//! Generated YAML documents, each scalar with the place of every one of its characters.

use std::ops::Range;

use proptest::prelude::*;

/// A character of decoded text and the file bytes it stands for.
pub(crate) type Placed = Vec<(char, Range<usize>)>;

/// A document as text, with its scalars in order.
#[derive(Debug, Clone)]
pub(crate) struct Rendered {
    pub text: String,
    pub scalars: Vec<Placed>,
}

/// What stands between two words of a plain or quoted scalar.
#[derive(Debug, Clone)]
enum Gap {
    Spaces(String),
    /// A line fold with so many blank lines, after some blanks.
    Fold {
        blank_lines: usize,
        before: String,
    },
    /// `\` at the end of a line, in double quotes; elsewhere a space.
    Escaped {
        blank_lines: usize,
    },
}

#[derive(Debug, Clone)]
struct Words {
    first: String,
    rest: Vec<(Gap, String)>,
    /// Decides which characters are escaped in double quotes.
    salt: u32,
}

#[derive(Debug, Clone)]
struct Lines {
    folded: bool,
    chomp: char,
    explicit: bool,
    /// Blank lines before, text.
    lines: Vec<(usize, String)>,
    /// Blank lines after the last.
    after: usize,
    comment: bool,
}

#[derive(Debug, Clone)]
enum Text {
    Plain(Words),
    Single(Words),
    Double(Words),
    Block(Lines),
}

#[derive(Debug, Clone)]
enum Tree {
    Scalar(Text),
    Sequence(Vec<Tree>),
    Mapping(Vec<Tree>),
    Flow(Vec<Words>),
}

#[derive(Debug, Clone)]
struct Layout {
    eol: &'static str,
    step: usize,
    bom: bool,
    comments: bool,
    marker: bool,
}

/// Documents of every scalar style, nested, in every line ending.
pub(crate) fn document() -> impl Strategy<Value = Rendered> {
    let layout = (any::<bool>(), 1..5usize, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(crlf, step, bom, comments, marker)| Layout {
            eol: if crlf { "\r\n" } else { "\n" },
            step,
            bom,
            comments,
            marker,
        },
    );
    (layout, tree()).prop_map(|(layout, tree)| {
        let mut writer = Writer { layout, out: String::new(), scalars: Vec::new(), keys: 0 };
        writer.document(&tree);
        Rendered { text: writer.out, scalars: writer.scalars }
    })
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        4 => text().prop_map(Tree::Scalar),
        1 => prop::collection::vec(words("[a-zäß€🦀0-9]{1,4}"), 0..4).prop_map(Tree::Flow),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Tree::Sequence),
            prop::collection::vec(inner, 1..4).prop_map(Tree::Mapping),
        ]
    })
}

fn text() -> impl Strategy<Value = Text> {
    prop_oneof![
        words("[a-zäß€🦀0-9(.]([a-zäß€🦀'\"|>0-9.\\\\]{0,6})").prop_map(Text::Plain),
        words("[a-zäß€🦀'\"#:&*!|>%@`{},\\\\-]{1,6}").prop_map(Text::Single),
        words("[a-zäß€🦀'\"#:&*!|>%@`{},\\\\\t\n\u{7}\u{85}-]{1,6}").prop_map(Text::Double),
        lines().prop_map(Text::Block),
    ]
}

fn words(pattern: &'static str) -> impl Strategy<Value = Words> {
    let gap = prop_oneof![
        3 => "[ \t]{1,3}".prop_map(Gap::Spaces),
        2 => (0..3usize, "[ \t]{0,2}").prop_map(|(blank_lines, before)| Gap::Fold { blank_lines, before }),
        1 => (0..2usize).prop_map(|blank_lines| Gap::Escaped { blank_lines }),
    ];
    (pattern, prop::collection::vec((gap, pattern), 0..4), any::<u32>())
        .prop_map(|(first, rest, salt)| Words { first, rest, salt })
}

fn lines() -> impl Strategy<Value = Lines> {
    let line = (0..3usize, "( {0,2}|\t)[a-zäß€🦀'\"#:&*!|>%@`{},\\\\-]{1,6}[ \t]{0,2}");
    (
        any::<bool>(),
        prop::sample::select(vec!['-', '+', ' ']),
        any::<bool>(),
        prop::collection::vec(line, 0..5),
        0..3usize,
        any::<bool>(),
    )
        .prop_map(|(folded, chomp, explicit, lines, after, comment)| Lines {
            folded,
            chomp,
            explicit,
            lines,
            after,
            comment,
        })
}

struct Writer {
    layout: Layout,
    out: String,
    scalars: Vec<Placed>,
    keys: usize,
}

impl Writer {
    fn document(&mut self, tree: &Tree) {
        if self.layout.bom {
            self.out.push('\u{FEFF}');
        }
        self.comment(0);
        if self.layout.marker {
            self.out.push_str("---");
            self.eol();
        }
        match tree {
            Tree::Scalar(_) | Tree::Flow(_) => self.value(tree, None),
            _ => {
                self.collection(tree, 0);
                self.comment(0);
            }
        }
    }

    fn eol(&mut self) {
        self.out.push_str(self.layout.eol);
    }

    fn pad(&mut self, columns: usize) {
        self.out.push_str(&" ".repeat(columns));
    }

    fn comment(&mut self, column: usize) {
        if self.layout.comments {
            self.pad(column);
            self.out.push_str("# it's a: \"cömment\" | - [");
            self.eol();
        }
    }

    fn collection(&mut self, tree: &Tree, column: usize) {
        match tree {
            Tree::Sequence(items) => {
                for item in items {
                    self.comment(column);
                    self.pad(column);
                    self.out.push('-');
                    self.nested(item, column);
                }
            }
            Tree::Mapping(values) => {
                for value in values {
                    self.comment(column);
                    self.pad(column);
                    let start = self.out.len();
                    self.keys += 1;
                    let key = format!("ключ{}", self.keys);
                    self.out.push_str(&key);
                    self.scalars.push(
                        key.char_indices()
                            .map(|(at, char)| (char, start + at..start + at + char.len_utf8()))
                            .collect(),
                    );
                    self.out.push(':');
                    self.nested(value, column);
                }
            }
            Tree::Scalar(_) | Tree::Flow(_) => unreachable!("leaves are written as values"),
        }
    }

    fn nested(&mut self, tree: &Tree, column: usize) {
        match tree {
            Tree::Scalar(_) | Tree::Flow(_) => {
                self.out.push(' ');
                self.value(tree, Some(column));
            }
            _ => {
                self.eol();
                let step = self.layout.step;
                self.collection(tree, column + step);
            }
        }
    }

    /// A leaf after its indicator, inside the collection at column `parent`.
    fn value(&mut self, tree: &Tree, parent: Option<usize>) {
        let indent = parent.map_or(1, |column| column + self.layout.step);
        match tree {
            Tree::Flow(items) => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str(", ");
                    }
                    self.words(item, indent, Quote::None);
                }
                self.out.push(']');
                self.eol();
            }
            Tree::Scalar(Text::Block(lines)) => self.block(lines, parent),
            Tree::Scalar(Text::Plain(words)) => {
                self.words(words, indent, Quote::None);
                self.eol();
            }
            Tree::Scalar(Text::Single(words)) => {
                self.words(words, indent, Quote::Single);
                self.eol();
            }
            Tree::Scalar(Text::Double(words)) => {
                self.words(words, indent, Quote::Double);
                self.eol();
            }
            Tree::Sequence(_) | Tree::Mapping(_) => unreachable!("collections are written by `collection`"),
        }
    }

    fn words(&mut self, words: &Words, indent: usize, quote: Quote) {
        let mut placed = Vec::new();
        match quote {
            Quote::None => {}
            Quote::Single => self.out.push('\''),
            Quote::Double => self.out.push('"'),
        }
        self.word(&words.first, words.salt, quote, &mut placed);
        for (gap, word) in &words.rest {
            self.gap(gap, indent, quote, &mut placed);
            self.word(word, words.salt, quote, &mut placed);
        }
        match quote {
            Quote::None => {}
            Quote::Single => self.out.push('\''),
            Quote::Double => self.out.push('"'),
        }
        self.scalars.push(placed);
    }

    fn word(&mut self, word: &str, salt: u32, quote: Quote, placed: &mut Placed) {
        for char in word.chars() {
            let start = self.out.len();
            match (quote, char) {
                (Quote::Single, '\'') => self.out.push_str("''"),
                (Quote::Double, '"') => self.out.push_str("\\\""),
                (Quote::Double, '\\') => self.out.push_str("\\\\"),
                (Quote::Double, '\n') => self.out.push_str("\\n"),
                (Quote::Double, '\t') => self.out.push_str("\\t"),
                (Quote::Double, '\u{7}') => self.out.push_str("\\a"),
                (Quote::Double, '\u{85}') => self.out.push_str("\\N"),
                (Quote::Double, char) if (salt.rotate_left(u32::from(char)) & 3) == 0 => {
                    self.out.push_str(&format!("\\U{:08X}", u32::from(char)));
                }
                _ => self.out.push(char),
            }
            placed.push((char, start..self.out.len()));
        }
    }

    fn gap(&mut self, gap: &Gap, indent: usize, quote: Quote, placed: &mut Placed) {
        let start = self.out.len();
        let (blank_lines, escaped) = match gap {
            Gap::Escaped { blank_lines } if quote == Quote::Double => {
                self.out.push('\\');
                (*blank_lines, true)
            }
            Gap::Fold { blank_lines, before } => {
                self.out.push_str(before);
                (*blank_lines, false)
            }
            Gap::Spaces(spaces) => {
                for char in spaces.chars() {
                    placed.push((char, self.out.len()..self.out.len() + 1));
                    self.out.push(char);
                }
                return;
            }
            Gap::Escaped { .. } => {
                placed.push((' ', start..start + 1));
                self.out.push(' ');
                return;
            }
        };
        self.eol();
        for _ in 0..blank_lines {
            self.pad(indent);
            let at = self.out.len();
            self.eol();
            placed.push(('\n', at..self.out.len()));
        }
        self.pad(indent);
        if blank_lines == 0 && !escaped {
            placed.push((' ', start..self.out.len()));
        }
    }

    fn block(&mut self, spec: &Lines, parent: Option<usize>) {
        let indent = parent.unwrap_or(0) + self.layout.step;
        let starts_blank = |line: &str| line.starts_with([' ', '\t']);
        // Leading blanks, or nothing at all, leave the indentation to be said.
        let explicit = spec.explicit || spec.lines.first().is_none_or(|(_, line)| starts_blank(line));
        self.out.push(if spec.folded { '>' } else { '|' });
        if explicit {
            self.out.push_str(&self.layout.step.to_string());
        }
        if spec.chomp != ' ' {
            self.out.push(spec.chomp);
        }
        if spec.comment {
            self.out.push_str(" # | > ä");
        }
        self.eol();
        let mut placed: Placed = Vec::new();
        let mut last: Option<(Range<usize>, bool)> = None;
        for (blank_lines, line) in &spec.lines {
            let blanks = self.blank_lines(*blank_lines, indent);
            self.pad(indent);
            let start = self.out.len();
            if let Some((place, before)) = last.take() {
                let joined = spec.folded && !before && !starts_blank(line);
                if joined && blanks.is_empty() {
                    placed.push((' ', place.start..start));
                } else if !joined {
                    placed.push(('\n', place));
                }
            }
            placed.extend(blanks.into_iter().map(|place| ('\n', place)));
            self.out.push_str(line);
            placed.extend(
                line.char_indices().map(|(at, char)| (char, start + at..start + at + char.len_utf8())),
            );
            let at = self.out.len();
            self.eol();
            last = Some((at..self.out.len(), starts_blank(line)));
        }
        let blanks = self.blank_lines(spec.after, indent);
        if spec.chomp != '-' {
            placed.extend(last.map(|(place, _)| ('\n', place)));
        }
        if spec.chomp == '+' {
            placed.extend(blanks.into_iter().map(|place| ('\n', place)));
        }
        self.scalars.push(placed);
    }

    fn blank_lines(&mut self, count: usize, indent: usize) -> Vec<Range<usize>> {
        (0..count)
            .map(|index| {
                self.pad(indent * (index % 2));
                let at = self.out.len();
                self.eol();
                at..self.out.len()
            })
            .collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quote {
    None,
    Single,
    Double,
}
