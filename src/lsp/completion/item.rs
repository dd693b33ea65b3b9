//! What is offered.

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ItemKind {
    /// A key of a mapping.
    Key,
    /// A word of a closed set.
    Value,
    /// A column.
    Column,
    /// A table.
    Table,
    /// A function.
    Function,
    /// A let variable or a parameter.
    Variable,
    /// A word of the language.
    Keyword,
}

/// One item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// What is shown.
    pub(super) label: String,
    /// What it is.
    pub(super) kind: ItemKind,
    /// A few words behind it.
    pub(super) detail: String,
    /// Help, as Markdown.
    pub(super) doc: String,
    /// What is written, where that is not the label.
    pub(super) insert: Option<String>,
    /// What typed text is compared with, where that is not the label.
    pub(super) filter: Option<String>,
    /// Which group it is sorted into; a lower one comes first.
    pub(super) group: u8,
    /// Whether something else is to be used.
    pub(super) is_deprecated: bool,
    /// Whether a function is written without brackets.
    pub(super) is_called_plain: bool,
}

impl Item {
    pub(super) fn new(label: impl Into<String>, kind: ItemKind) -> Self {
        Self {
            label: label.into(),
            kind,
            detail: String::new(),
            doc: String::new(),
            insert: None,
            filter: None,
            group: 5,
            is_deprecated: false,
            is_called_plain: false,
        }
    }

    pub(super) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    pub(super) fn doc(mut self, doc: impl Into<String>) -> Self {
        self.doc = doc.into();
        self
    }

    pub(super) fn insert(mut self, insert: impl Into<String>) -> Self {
        self.insert = Some(insert.into());
        self
    }

    pub(super) fn group(mut self, group: u8) -> Self {
        self.group = group;
        self
    }
}

/// What is offered at a place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Offer {
    /// The text before the cursor that an item takes the place of.
    pub(super) typed: String,
    /// The items.
    pub(super) items: Vec<Item>,
    /// Whether there are more.
    pub(super) is_cut: bool,
}

impl Offer {
    pub(super) fn new(typed: impl Into<String>) -> Self {
        Self { typed: typed.into(), ..Self::default() }
    }

    pub(super) fn add(&mut self, item: Item) {
        self.items.push(item);
    }

    /// Leaves each label once, in order, and at most `most` items that fit what is typed.
    pub(super) fn settle(&mut self, most: usize) {
        self.items.sort_by(|a, b| (a.group, &a.label).cmp(&(b.group, &b.label)));
        self.items.dedup_by(|a, b| a.label == b.label && a.kind == b.kind);
        if self.items.len() <= most {
            return;
        }
        let typed = self.typed.to_ascii_lowercase();
        let compared = |item: &Item| item.filter.as_ref().unwrap_or(&item.label).to_ascii_lowercase();
        self.items.retain(|item| is_spread_over(&typed, &compared(item)));
        if self.items.len() > most {
            // Those that begin with it first, then those that have it in one piece.
            self.items.sort_by_cached_key(|item| {
                let name = compared(item);
                (!name.starts_with(&typed), !name.contains(&typed))
            });
        }
        self.is_cut = true;
        self.items.truncate(most);
    }
}

/// Whether `name` has the letters of `typed` in this order, as editors compare them.
fn is_spread_over(typed: &str, name: &str) -> bool {
    let mut letters = name.chars();
    typed.chars().all(|wanted| letters.any(|letter| letter == wanted))
}
