//! Chance that is the same from the same seed.

/// Numbers that look random, the same for the same start (SplitMix64).
#[derive(Debug, Clone, Copy)]
pub struct Chance(u64);

impl Chance {
    /// The numbers from `start` on.
    pub fn new(start: u64) -> Self {
        Self(start)
    }

    /// A number below `bound`; 0 where there is none.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = bound.max(1) as u64;
        usize::try_from(self.number() % bound).unwrap_or(0)
    }

    /// True in `percent` of all cases.
    pub fn of_hundred(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// The next number as a fraction, evenly spread from 0 up to 1.
    pub fn fraction(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let fraction = (self.number() >> 11) as f64 / (1_u64 << 53) as f64;
        fraction
    }
}
