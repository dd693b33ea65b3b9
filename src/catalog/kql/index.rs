//! Lookup of names in a table that is filled once.

/// Where in a list each name stands: an open-addressing hash table over the names, which the list itself keeps.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NameIndex<S = Vec<u32>> {
    /// Position in the list plus one, 0 where free. The length is a power of two.
    slots: S,
}

impl NameIndex {
    /// The index of `names`. Of two equal names the first is found.
    pub(crate) fn new<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> Self {
        let mut slots = vec![0_u32; (names.len() * 2).next_power_of_two().max(2)];
        let mut seen: Vec<&str> = Vec::with_capacity(names.len());
        for name in names {
            let free = probe(&slots, hash(name))
                .find(|slot| slots.get(*slot).is_none_or(|entry| *entry == 0 || is(&seen, *entry, name)));
            seen.push(name);
            if let Some(entry) = free.and_then(|slot| slots.get_mut(slot))
                && *entry == 0
            {
                *entry = u32::try_from(seen.len()).unwrap_or(0);
            }
        }
        Self { slots }
    }

    /// The same index, borrowed.
    pub(crate) fn borrowed(&self) -> NameIndex<&[u32]> {
        NameIndex { slots: &self.slots }
    }

    /// The same index, its memory kept by someone else.
    pub(crate) fn kept<S>(&self, keep: impl FnOnce(&[u32]) -> S) -> NameIndex<S> {
        NameIndex { slots: keep(&self.slots) }
    }
}

impl<S: AsRef<[u32]>> NameIndex<S> {
    /// The position of `name`; `name_at` gives the name at a position.
    pub(crate) fn find<'n>(&self, name: &str, name_at: impl Fn(usize) -> Option<&'n str>) -> Option<usize> {
        let slots = self.slots.as_ref();
        for slot in probe(slots, hash(name)) {
            let entry = *slots.get(slot)?;
            let position = (entry as usize).checked_sub(1)?;
            if name_at(position)? == name {
                return Some(position);
            }
        }
        None
    }
}

fn is(names: &[&str], entry: u32, name: &str) -> bool {
    names.get(entry as usize - 1).is_some_and(|other| *other == name)
}

/// The slots to look at, in order; there are twice as many as names, so a free one comes.
fn probe(slots: &[u32], hash: u64) -> impl Iterator<Item = usize> + use<> {
    let mask = slots.len().saturating_sub(1);
    let count = slots.len();
    let start = usize::try_from(hash >> 32).unwrap_or(0);
    (0..count).map(move |step| start.wrapping_add(step) & mask)
}

/// Not for input that wants to collide: the list is the catalogue, whoever looks up pays only for the name itself.
fn hash(name: &str) -> u64 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, bytes: [u8; 8]| {
        (hash ^ u64::from_le_bytes(bytes)).wrapping_mul(MULTIPLIER).rotate_left(29)
    };
    let (chunks, rest) = name.as_bytes().as_chunks::<8>();
    let mut hash = chunks.iter().fold(name.len() as u64, |hash, chunk| mix(hash, *chunk));
    if !rest.is_empty() {
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(byte, value)| *byte = *value);
        hash = mix(hash, last);
    }
    hash.wrapping_mul(MULTIPLIER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_every_name_and_no_other(names in prop::collection::vec("[a-c]{0,3}", 0..60), other in "[a-d]{0,3}") {
            let index = NameIndex::new(names.iter().map(String::as_str));
            let find = |name: &str| index.find(name, |at| names.get(at).map(String::as_str));
            for name in &names {
                prop_assert_eq!(find(name), names.iter().position(|n| n == name));
            }
            prop_assert_eq!(find(&other), names.iter().position(|n| *n == other));
        }
    }
}
