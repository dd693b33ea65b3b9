//! The keywords of the language: text, and where each may stand as a name.
//!
//! Source: the keyword list of Kusto.Language 12.4.1 (MIT), as a fact table.

/// Where a keyword may be read as a plain name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeywordClass {
    /// Nowhere: it must be bracketed.
    Reserved,
    /// Wherever a name may stand.
    Name,
    /// Only where an extended name may stand, such as the left side of an assignment or a path step.
    Extended,
}

#[rustfmt::skip]
mod list;

pub(crate) use list::for_each_keyword;
