//! What the values of a column look like, as far as the query and the names of columns tell.

use crate::kql::bind::{Bound, Column, Symbol, Value};
use crate::kql::syntax::nodes::{
    BracketedExpression, ElementExpression, FunctionCall, SimpleNamedExpression,
};
use crate::kql::syntax::{Node, View};
use crate::lint::query_walk::{column as column_named, constant_text, without_parentheses};

/// How many names and conversions are followed.
const MAX_STEPS: usize = 16;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `user@example.com`
    Upn,
    /// `S-1-5-21-…`
    Sid,
    /// The id of an object in Entra ID.
    ObjectId,
    /// An address of IP.
    Address,
    /// A hash of a file.
    Hash,
    /// An address of the web.
    Url,
    /// The name of a file without a folder.
    FileName,
    /// The id of a subscription, not of a resource in it.
    Subscription,
    /// How a row reached the workspace.
    SourceSystem,
}

impl Kind {
    /// What columns of this name hold in the tables that have them.
    fn of_column(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
        Some(match name {
            "SourceSystem" => Self::SourceSystem,
            "SubscriptionId" => Self::Subscription,
            "MD5" | "SHA1" | "SHA256" => Self::Hash,
            _ if ends(&["userprincipalname", "accountupn"]) => Self::Upn,
            _ if name.ends_with("Sid") && ends(&["accountsid", "usersid", "targetsid", "membersid"]) => {
                Self::Sid
            }
            _ if ends(&["accountobjectid", "aaduserid", "userobjectid"]) => Self::ObjectId,
            _ if ends(&[
                "ipaddress",
                "ipaddr",
                "sourceip",
                "destinationip",
                "remoteip",
                "localip",
                "clientip",
            ]) =>
            {
                Self::Address
            }
            _ if ends(&["processmd5", "processsha1", "processsha256"]) => Self::Hash,
            _ if ends(&["remoteurl", "requesturl", "fileoriginurl"]) => Self::Url,
            _ if ends(&["processfilename", "processparentfilename"]) => Self::FileName,
            _ => return None,
        })
    }

    /// What it is, for messages.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Upn => "names of accounts with their domain",
            Self::Sid => "SIDs",
            Self::ObjectId => "ids of objects in Entra ID",
            Self::Address => "addresses",
            Self::Hash => "hashes",
            Self::Url => "URLs",
            Self::FileName => "names of files",
            Self::Subscription => "ids of subscriptions",
            Self::SourceSystem => "how rows reached the workspace",
        }
    }
}

/// What is known of the values of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Holds<'a> {
    /// They are those of a column of a table.
    Stored(Kind, &'a str),
    /// They are all this text, written there.
    Text(&'a str, Node<'a>),
    /// They are this part of texts that were split at the mark, by the expression.
    Part(&'a str, i64, Node<'a>),
}

/// What `column` holds.
pub(super) fn holds<'a>(bound: &Bound<'a>, column: &'a Column<'a>) -> Option<Holds<'a>> {
    let mut known = column;
    for _ in 0..MAX_STEPS {
        known = match known.originals {
            [] => known,
            [only] => only,
            // Members of a union, or sides of a join.
            _ => return None,
        };
        let Some(declared) = bound.declaration(Symbol::Column(known)) else {
            return Kind::of_column(known.name).map(|kind| Holds::Stored(kind, known.name));
        };
        let named = SimpleNamedExpression::cast(declared.parent()?)?;
        let written = converted(named.expression());
        match column_named(written, bound) {
            Some(column) => known = column,
            None => return made(bound, written),
        }
    }
    None
}

/// The expression inside what changes neither kind nor parts of a text.
fn converted(node: Node<'_>) -> Node<'_> {
    let mut node = without_parentheses(node);
    while let Some(call) = FunctionCall::cast(node)
        && matches!(call.name().syntax().text(), "tostring" | "tolower" | "toupper")
        && let Some(inside) = call.arguments().expressions().get(0)
    {
        node = without_parentheses(inside);
    }
    node
}

fn made<'a>(bound: &Bound<'a>, written: Node<'a>) -> Option<Holds<'a>> {
    if let Some(text) = constant_text(written, bound) {
        return Some(Holds::Text(text, written));
    }
    let element = ElementExpression::cast(written)?;
    let call = FunctionCall::cast(without_parentheses(element.expression()))?;
    let arguments = call.arguments().expressions();
    let number = |node: Node<'a>| match bound.value(node)? {
        Value::Long(number) => Some(number),
        _ => None,
    };
    let item = number(BracketedExpression::cast(element.selector())?.expression())?;
    // With an index among the arguments, the list has that part alone.
    let index = match arguments.get(2) {
        None => item,
        Some(index) if item == 0 => number(index)?,
        Some(_) => return None,
    };
    let mark = constant_text(arguments.get(1)?, bound)?;
    (call.name().syntax().text() == "split").then_some(Holds::Part(mark, index, written))
}
