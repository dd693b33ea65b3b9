//! KQL text to tokens and tree.

mod chars;
mod charts;
mod check;
mod keyword;
mod lexer;
pub mod nodes;
pub mod operator_parameters;
mod parser;
mod token;
mod tree;
mod view;

pub use charts::CHARTS;
pub use keyword::KeywordClass;
pub use lexer::lex;
pub use nodes::NodeKind;
pub use parser::parse;
pub use token::{KEYWORDS, LexToken, TokenKind};
pub use tree::{CommandEntityKind, Element, Node, NodeId, Slot, Token, TokenId, Tree};
pub use view::{List, Separated, View};
