//! The format of the tables: a head of `# key: value` lines, then tab-separated records.

/// One table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    text: &'static str,
}

impl Table {
    pub(super) const fn new(text: &'static str) -> Self {
        Self { text }
    }

    /// The value of `key` in the head, empty when it is not there.
    pub(super) fn head(self, key: &str) -> &'static str {
        let head = self.text.lines().take_while(|line| line.starts_with('#'));
        let mut pairs = head.filter_map(|line| line.strip_prefix("# ")?.split_once(": "));
        pairs.find(|(name, _)| *name == key).map_or("", |(_, value)| value)
    }

    /// The records of `N` cells each, an absent value (`-`) as empty text. The generator writes no other
    /// records; a test holds every table to that.
    pub(super) fn rows<const N: usize>(self) -> impl Iterator<Item = [&'static str; N]> {
        self.text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
            let mut cells = [""; N];
            let mut parts = line.split('\t');
            for cell in &mut cells {
                *cell = parts.next().map(|part| if part == "-" { "" } else { part })?;
            }
            parts.next().is_none().then_some(cells)
        })
    }

    /// The number of lines that are not head.
    #[cfg(test)]
    pub(super) fn lines(self) -> usize {
        self.text.lines().filter(|line| !line.starts_with('#')).count()
    }
}

/// The items of a cell.
pub(super) fn list(cell: &'static str) -> Vec<&'static str> {
    cell.split(',').filter(|item| !item.is_empty()).collect()
}
