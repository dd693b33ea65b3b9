//! The name that was probably meant.

/// What a name is made of, in few bits: a bound on the edit distance of two names that costs a few instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sketch {
    length: u32,
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
        Self { length: u32::try_from(name.len()).unwrap_or(u32::MAX), letters }
    }

    /// No fewer edits than this turn one of two names in ASCII into the other.
    fn distance_at_least(self, other: Self) -> u32 {
        let missing = (self.letters & !other.letters).count_ones();
        let added = (other.letters & !self.letters).count_ones();
        missing.max(added).max(self.length.abs_diff(other.length))
    }
}

/// The search for the name nearest to one that was written.
///
/// Case-insensitive equality wins outright; otherwise at most a third of the letters may differ.
#[derive(Debug, Clone)]
pub struct Nearest<'a> {
    wanted: String,
    sketch: Sketch,
    /// How many edits a better name may need.
    bound: usize,
    best: Option<&'a str>,
}

impl<'a> Nearest<'a> {
    /// A search for `written`.
    pub fn to(written: &str) -> Self {
        let bound = (written.chars().count() / 3).max(1) + 1;
        Self { wanted: written.to_lowercase(), sketch: Sketch::of(written), bound, best: None }
    }

    /// Looks at a name. Of two that are equally near, the first counts.
    pub fn offer(&mut self, candidate: &'a str) {
        self.offer_sketched(candidate, Sketch::of(candidate));
    }

    /// Looks at a name whose sketch is known.
    pub fn offer_sketched(&mut self, candidate: &'a str, sketch: Sketch) {
        // Letters outside ASCII may be several bytes, or change their number with their case.
        let comparable = self.wanted.is_ascii() && candidate.is_ascii();
        if self.bound == 0 || (comparable && self.sketch.distance_at_least(sketch) as usize >= self.bound) {
            return;
        }
        let distance = strsim::osa_distance(&self.wanted, &candidate.to_lowercase());
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
