//! The name that was probably meant.

/// What a name is made of, in few bits: a bound on the edit distance of two names that costs a few instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sketch {
    length: u32,
    is_ascii: bool,
    /// The low half has a bit for each letter that occurs, the high half for each that occurs again.
    letters: u64,
}

impl Sketch {
    /// The sketch of `name`; case does not count.
    pub fn of(name: &str) -> Self {
        const HALF: u32 = 32;
        let mut letters = 0_u64;
        for byte in name.bytes() {
            let bit = 1_u64 << (u32::from(byte.to_ascii_lowercase()) % HALF);
            letters |= if letters & bit == 0 { bit } else { bit << HALF };
        }
        Self { length: u32::try_from(name.len()).unwrap_or(u32::MAX), is_ascii: name.is_ascii(), letters }
    }

    /// No fewer edits than this turn one of two names in ASCII into the other.
    fn distance_at_least(self, other: Self) -> u32 {
        let missing = (self.letters & !other.letters).count_ones();
        let added = (other.letters & !self.letters).count_ones();
        missing.max(added).max(self.length.abs_diff(other.length))
    }
}

/// A word of ASCII, to be compared with many.
///
/// The distance is that of optimal string alignment, by the bit-parallel way of Hyyrö (2003): a column of the table of
/// distances is two words of bits, whose steps down and up are in `falls` and `rises`.
#[derive(Debug, Clone)]
struct Pattern {
    length: usize,
    /// For each byte, where it stands in the word.
    places: Box<[u64; 128]>,
}

impl Pattern {
    /// The pattern of a word in lower case; `None` where it is too long or not ASCII.
    fn of(word: &str) -> Option<Self> {
        let mut places = Box::new([0_u64; 128]);
        if word.is_empty() || word.len() > 64 {
            return None;
        }
        for (at, byte) in word.bytes().enumerate() {
            *places.get_mut(usize::from(byte))? |= 1 << at;
        }
        Some(Self { length: word.len(), places })
    }

    /// The distance to a word of ASCII; its case does not count.
    fn distance(&self, word: &str) -> usize {
        let last = 1_u64 << (self.length - 1);
        let (mut rises, mut falls) = (u64::MAX, 0_u64);
        let (mut diagonal, mut before) = (0_u64, 0_u64);
        let mut distance = self.length;
        for byte in word.bytes() {
            let here = self.places.get(usize::from(byte.to_ascii_lowercase())).copied().unwrap_or(0);
            let swapped = ((!diagonal & here) << 1) & before;
            diagonal = (((here & rises).wrapping_add(rises)) ^ rises) | here | falls | swapped;
            let right = falls | !(diagonal | rises);
            let left = diagonal & rises;
            distance += usize::from(right & last != 0);
            distance -= usize::from(left & last != 0);
            let right = (right << 1) | 1;
            rises = (left << 1) | !(diagonal | right);
            falls = right & diagonal;
            before = here;
        }
        distance
    }
}

/// The search for the name nearest to one that was written.
///
/// Case-insensitive equality wins outright; otherwise at most a third of the letters may differ.
#[derive(Debug, Clone)]
pub struct Nearest<'a> {
    wanted: String,
    pattern: Option<Pattern>,
    sketch: Sketch,
    /// How many edits a better name may need.
    bound: usize,
    best: Option<&'a str>,
}

impl<'a> Nearest<'a> {
    /// A search for `written`.
    pub fn to(written: &str) -> Self {
        let bound = (written.chars().count() / 3).max(1) + 1;
        let wanted = written.to_lowercase();
        Self { pattern: Pattern::of(&wanted), wanted, sketch: Sketch::of(written), bound, best: None }
    }

    /// Looks at a name. Of two that are equally near, the first counts.
    pub fn offer(&mut self, candidate: &'a str) {
        // Most names are told by their length, which costs less than their letters.
        let is_far = self.wanted.len().abs_diff(candidate.len()) >= self.bound;
        if is_far && self.sketch.is_ascii && candidate.is_ascii() {
            return;
        }
        self.offer_sketched(candidate, Sketch::of(candidate));
    }

    /// How many bytes a name may have that is near enough; letters outside ASCII may be of up to four.
    pub fn lengths(&self) -> std::ops::RangeInclusive<usize> {
        let edits = self.bound.saturating_sub(1);
        let length = self.wanted.chars().count();
        let longest = (length + edits) * if self.sketch.is_ascii { 1 } else { 4 };
        length.saturating_sub(edits)..=longest
    }

    /// Looks at a name whose sketch is known.
    pub fn offer_sketched(&mut self, candidate: &'a str, sketch: Sketch) {
        // Letters outside ASCII may be several bytes, or change their number with their case.
        let comparable = self.sketch.is_ascii && sketch.is_ascii;
        if self.bound == 0 || (comparable && self.sketch.distance_at_least(sketch) as usize >= self.bound) {
            return;
        }
        let distance = match &self.pattern {
            Some(pattern) if sketch.is_ascii => pattern.distance(candidate),
            _ => strsim::osa_distance(&self.wanted, &candidate.to_lowercase()),
        };
        if distance < self.bound {
            self.bound = distance;
            self.best = Some(candidate);
        }
    }

    /// The nearest name, if near enough to be what was meant.
    pub fn found(self) -> Option<&'a str> {
        self.best
    }
}

/// The candidate nearest to `written` by edit distance, if near enough to be what was meant.
///
/// Case-insensitive equality wins outright; otherwise at most a third of the letters may differ.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut search = Nearest::to(written);
    for candidate in candidates {
        search.offer(candidate);
    }
    search.found()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nearest_prefers_equality_of_letters() {
        let known = ["queryPeriod", "queryFrequency", "query"];
        assert_eq!(nearest("queryperiod", known), Some("queryPeriod"));
        assert_eq!(nearest("qurey", known), Some("query"));
        assert_eq!(nearest("colour", known), None);
    }

    proptest! {
        #[test]
        fn no_name_is_passed_over_for_its_sketch(
            written in "[a-fA-F_0-2äß]{0,12}",
            known in proptest::collection::vec("[a-fA-F_0-2äß]{0,12}", 0..20),
        ) {
            let bound = (written.chars().count() / 3).max(1);
            let wanted = written.to_lowercase();
            let slow = known
                .iter()
                .map(|name| (strsim::osa_distance(&wanted, &name.to_lowercase()), name.as_str()))
                .filter(|(distance, _)| *distance <= bound)
                .min_by_key(|(distance, _)| *distance)
                .map(|(_, name)| name);
            prop_assert_eq!(nearest(&written, known.iter().map(String::as_str)), slow);
        }
    }
}
