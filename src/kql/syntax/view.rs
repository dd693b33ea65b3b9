//! How a tree is read with types: views, lists and the macro that declares them.

use super::tree::{Node, Token};

/// A typed view of a node: a copy of a reference, without a check of its own.
pub trait View<'t>: Copy {
    /// The view, where `node` is of its kind.
    fn cast(node: Node<'t>) -> Option<Self>;

    /// The view of a slot that the grammar gives this kind; a wrong kind reads as a node without parts.
    fn of_slot(node: Node<'t>) -> Self;

    /// The node behind it.
    fn syntax(self) -> Node<'t>;
}

impl<'t> View<'t> for Node<'t> {
    fn cast(node: Node<'t>) -> Option<Self> {
        Some(node)
    }

    fn of_slot(node: Node<'t>) -> Self {
        node
    }

    fn syntax(self) -> Node<'t> {
        self
    }
}

/// The nodes of a list, as views; none of an absent list.
fn parts<'t, T: View<'t> + 't>(list: Option<Node<'t>>) -> impl DoubleEndedIterator<Item = T> + 't {
    list.into_iter().flat_map(Node::child_nodes).map(T::of_slot)
}

/// Parts of one kind, one after the other.
#[derive(Debug, Clone, Copy)]
pub struct List<'t, T> {
    node: Option<Node<'t>>,
    of: std::marker::PhantomData<T>,
}

impl<'t, T: View<'t>> List<'t, T> {
    pub(super) fn new(node: Option<Node<'t>>) -> Self {
        Self { node, of: std::marker::PhantomData }
    }

    /// The parts.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = T> + 't
    where
        T: 't,
    {
        parts(self.node)
    }

    /// Number of parts.
    pub fn len(self) -> usize {
        self.node.map_or(0, Node::slot_count)
    }

    /// Whether there is no part.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The list node; absent for an empty list.
    pub fn syntax(self) -> Option<Node<'t>> {
        self.node
    }
}

/// Parts of one kind with a separator after each but, commonly, the last.
///
/// The list node holds them in pairs of slots: part, separator or empty.
#[derive(Debug, Clone, Copy)]
pub struct Separated<'t, T> {
    node: Option<Node<'t>>,
    of: std::marker::PhantomData<T>,
}

impl<'t, T: View<'t>> Separated<'t, T> {
    pub(super) fn new(node: Option<Node<'t>>) -> Self {
        Self { node, of: std::marker::PhantomData }
    }

    /// The parts.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = T> + 't
    where
        T: 't,
    {
        parts(self.node)
    }

    /// Number of parts.
    pub fn len(self) -> usize {
        self.node.map_or(0, |node| node.slot_count().div_ceil(2))
    }

    /// Whether there is no part.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Part `index`.
    pub fn get(self, index: usize) -> Option<T> {
        self.node?.node(index * 2).map(T::of_slot)
    }

    /// The separator after part `index`.
    pub fn separator(self, index: usize) -> Option<Token<'t>> {
        self.node?.token(index * 2 + 1)
    }

    /// The list node; absent for an empty list.
    pub fn syntax(self) -> Option<Node<'t>> {
        self.node
    }
}

/// Declares the kinds of nodes and a typed view of each.
///
/// A slot is `name: form`, where form is `tok` (a token, maybe missing), `opt_tok`, `node T`, `opt T`,
/// `list T` (a list node, empty when absent) or `sep T` (a list with separators). `T` is a view, or `Node`
/// where any expression or operator may stand.
macro_rules! declare_nodes {
    ($($(#[doc = $doc:literal])+ $kind:ident { $($slot:ident: $form:ident $(($of:ident))?),* $(,)? })*) => {
        /// What a node is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum NodeKind {
            /// Stands in for an absent part; never in a tree.
            Placeholder,
            /// A list of parts, with or without separators.
            List,
            $($(#[doc = $doc])+ $kind,)*
        }

        impl NodeKind {
            /// Names of the slots; empty for lists, which hold any number.
            pub fn slots(self) -> &'static [&'static str] {
                match self {
                    Self::Placeholder | Self::List => &[],
                    $(Self::$kind => &[$(stringify!($slot)),*],)*
                }
            }
        }

        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy, PartialEq)]
            pub struct $kind<'t>(Node<'t>);

            impl<'t> View<'t> for $kind<'t> {
                fn cast(node: Node<'t>) -> Option<Self> {
                    (node.kind() == NodeKind::$kind).then_some(Self(node))
                }

                fn of_slot(node: Node<'t>) -> Self {
                    Self(node)
                }

                fn syntax(self) -> Node<'t> {
                    self.0
                }
            }

            impl<'t> $kind<'t> {
                declare_nodes!(@slots (0) $($slot: $form $(($of))?,)*);
            }
        )*
    };
    (@slots ($index:expr)) => {};
    (@slots ($index:expr) $slot:ident: $form:ident $(($of:ident))?, $($rest:tt)*) => {
        declare_nodes!(@slot ($index) $slot $form $($of)?);
        declare_nodes!(@slots ($index + 1) $($rest)*);
    };
    (@slot ($index:expr) $slot:ident tok) => {
        #[doc = concat!("Its `", stringify!($slot), "`; missing where the text lacks it.")]
        pub fn $slot(self) -> Token<'t> {
            self.0.token_or_end($index)
        }
    };
    (@slot ($index:expr) $slot:ident opt_tok) => {
        #[doc = concat!("Its `", stringify!($slot), "`, if written.")]
        pub fn $slot(self) -> Option<Token<'t>> {
            self.0.token($index)
        }
    };
    (@slot ($index:expr) $slot:ident node Node) => {
        #[doc = concat!("Its `", stringify!($slot), "`.")]
        pub fn $slot(self) -> Node<'t> {
            self.0.node_or_placeholder($index)
        }
    };
    (@slot ($index:expr) $slot:ident node $of:ident) => {
        #[doc = concat!("Its `", stringify!($slot), "`.")]
        pub fn $slot(self) -> $of<'t> {
            <$of<'t>>::of_slot(self.0.node_or_placeholder($index))
        }
    };
    (@slot ($index:expr) $slot:ident opt $of:ident) => {
        #[doc = concat!("Its `", stringify!($slot), "`, if written.")]
        pub fn $slot(self) -> Option<$of<'t>> {
            self.0.node($index).map(<$of<'t>>::of_slot)
        }
    };
    (@slot ($index:expr) $slot:ident list $of:ident) => {
        #[doc = concat!("Its `", stringify!($slot), "`.")]
        pub fn $slot(self) -> List<'t, $of<'t>> {
            List::new(self.0.node($index))
        }
    };
    (@slot ($index:expr) $slot:ident sep $of:ident) => {
        #[doc = concat!("Its `", stringify!($slot), "`.")]
        pub fn $slot(self) -> Separated<'t, $of<'t>> {
            Separated::new(self.0.node($index))
        }
    };
}

pub(super) use declare_nodes;
