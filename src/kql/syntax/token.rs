//! Tokens: kind, place and the trivia before each.

use super::keyword::{KeywordClass, for_each_keyword};
use crate::text::TextRange;

macro_rules! token_kinds {
    ($($kind:ident $text:literal $class:ident,)*) => {
        /// What a token is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum TokenKind {
            /// A name: letters, digits and underscores.
            Identifier,
            /// `true`, `false` and `bool(…)`.
            BoolLiteral,
            /// `int(…)`.
            IntLiteral,
            /// `12`, `0x1F` and `long(…)`.
            LongLiteral,
            /// `1.5`, `1e3` and `real(…)`.
            RealLiteral,
            /// `decimal(…)`.
            DecimalLiteral,
            /// `datetime(…)`.
            DateTimeLiteral,
            /// `1h`, `2.5min` and `timespan(…)`.
            TimeSpanLiteral,
            /// `guid(…)`.
            GuidLiteral,
            /// A GUID without `guid(…)`, legal in few places only.
            RawGuidLiteral,
            /// A string of any spelling: plain, verbatim, hidden, multi-line.
            StringLiteral,
            /// `(`
            OpenParen,
            /// `)`
            CloseParen,
            /// `[`
            OpenBracket,
            /// `]`
            CloseBracket,
            /// `{`
            OpenBrace,
            /// `}`
            CloseBrace,
            /// `|`
            Bar,
            /// `<|`
            LessBar,
            /// `+`
            Plus,
            /// `-`
            Minus,
            /// `*`
            Asterisk,
            /// `/`
            Slash,
            /// `%`
            Percent,
            /// `.`
            Dot,
            /// `..`
            DotDot,
            /// `!`
            Bang,
            /// `<`
            Less,
            /// `<=`
            LessEqual,
            /// `>`
            Greater,
            /// `>=`
            GreaterEqual,
            /// `=`
            Equal,
            /// `==`
            EqualEqual,
            /// `!=`
            BangEqual,
            /// `<>`
            LessGreater,
            /// `:`
            Colon,
            /// `;`
            Semicolon,
            /// `,`
            Comma,
            /// `=~`
            EqualTilde,
            /// `!~`
            BangTilde,
            /// `@`
            At,
            /// `?`
            Question,
            /// `=>`
            FatArrow,
            /// `--`, an edge of a graph pattern; joined by the parser.
            DashDash,
            /// `-->`
            DashDashGreater,
            /// `<--`
            LessDashDash,
            /// `]-`
            BracketDash,
            /// `]->`
            BracketDashGreater,
            /// `-[`
            DashBracket,
            /// `<-[`
            LessDashBracket,
            /// A client directive: `#` to the end of the line.
            Directive,
            /// A character that starts no token.
            Bad,
            /// The end of the text, with the trivia before it.
            EndOfText,
            $(
                #[doc = concat!("`", $text, "`")]
                $kind,
            )*
        }

        /// Every keyword with its kind.
        pub const KEYWORDS: &[(&str, TokenKind)] = &[$(($text, TokenKind::$kind),)*];

        impl TokenKind {
            /// Where this keyword may be read as a name; `None` for what is no keyword.
            pub fn keyword_class(self) -> Option<KeywordClass> {
                match self {
                    $(Self::$kind => Some(token_kinds!(@class $class)),)*
                    _ => None,
                }
            }

            /// The one spelling of a keyword; `None` for what is no keyword.
            fn keyword_text(self) -> Option<&'static str> {
                match self {
                    $(Self::$kind => Some($text),)*
                    _ => None,
                }
            }
        }
    };
    (@class reserved) => { KeywordClass::Reserved };
    (@class name) => { KeywordClass::Name };
    (@class extended) => { KeywordClass::Extended };
}

for_each_keyword!(token_kinds);

impl TokenKind {
    /// Whether it is a keyword.
    pub fn is_keyword(self) -> bool {
        self.keyword_class().is_some()
    }

    /// Whether it is a literal.
    pub fn is_literal(self) -> bool {
        (Self::BoolLiteral..=Self::StringLiteral).contains(&self)
    }

    /// The spelling of punctuation, operators and keywords; `None` where tokens of a kind differ in text.
    pub fn text(self) -> Option<&'static str> {
        Some(match self {
            Self::OpenParen => "(",
            Self::CloseParen => ")",
            Self::OpenBracket => "[",
            Self::CloseBracket => "]",
            Self::OpenBrace => "{",
            Self::CloseBrace => "}",
            Self::Bar => "|",
            Self::LessBar => "<|",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Asterisk => "*",
            Self::Slash => "/",
            Self::Percent => "%",
            Self::Dot => ".",
            Self::DotDot => "..",
            Self::Bang => "!",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Equal => "=",
            Self::EqualEqual => "==",
            Self::BangEqual => "!=",
            Self::LessGreater => "<>",
            Self::Colon => ":",
            Self::Semicolon => ";",
            Self::Comma => ",",
            Self::EqualTilde => "=~",
            Self::BangTilde => "!~",
            Self::At => "@",
            Self::Question => "?",
            Self::FatArrow => "=>",
            Self::DashDash => "--",
            Self::DashDashGreater => "-->",
            Self::LessDashDash => "<--",
            Self::BracketDash => "]-",
            Self::BracketDashGreater => "]->",
            Self::DashBracket => "-[",
            Self::LessDashBracket => "<-[",
            other => return other.keyword_text(),
        })
    }
}

/// A token of the text. Trivia (white space and comments) belongs to the token after it, so that tokens laid
/// end to end with their trivia are the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LexToken {
    /// What it is.
    pub kind: TokenKind,
    /// Where its trivia starts, which is the end of the token before.
    pub trivia_start: u32,
    /// The bytes of the token itself.
    pub range: TextRange,
}

impl LexToken {
    /// The bytes of the trivia before the token.
    pub fn trivia(&self) -> TextRange {
        TextRange::new(self.trivia_start, self.range.start)
    }

    /// Whether trivia stands before the token.
    pub fn has_trivia(&self) -> bool {
        self.trivia_start < self.range.start
    }
}
