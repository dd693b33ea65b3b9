//! What calls were found to come to.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::catalog::ScalarType;

/// How many scalar types there are.
const TYPES: usize = ScalarType::ALL.len();

/// The types of one or two arguments.
pub type ArgumentTypes = (ScalarType, Option<ScalarType>);

/// What the types of the arguments of one function come to, as far as that was found out. Most calls of a query are of a
/// few kinds, and to choose a signature for each takes longer than all else about them.
pub struct KnownResults([AtomicU8; TYPES * (TYPES + 1)]);

/// What is kept of a call with arguments of certain types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownResult {
    /// Nothing yet.
    Unknown,
    /// The types alone do not decide, or something is wrong with them.
    Open,
    /// They fit, and the result is of this type.
    Scalar(ScalarType),
}

impl KnownResults {
    fn slot(&self, (first, second): ArgumentTypes) -> Option<&AtomicU8> {
        let row = second.map_or(0, |second| second as usize + 1);
        self.0.get(row * TYPES + first as usize)
    }

    /// What is known of a call with these arguments.
    pub fn get(&self, types: ArgumentTypes) -> KnownResult {
        let known = self.slot(types).map_or(0, |slot| slot.load(Ordering::Relaxed));
        match usize::from(known) {
            0 => KnownResult::Unknown,
            known => known
                .checked_sub(2)
                .and_then(|at| ScalarType::ALL.get(at))
                .map_or(KnownResult::Open, |scalar| KnownResult::Scalar(*scalar)),
        }
    }

    /// Keeps what a call with these arguments comes to: a type, where they alone decide.
    pub fn set(&self, types: ArgumentTypes, result: Option<ScalarType>) {
        let known = result.map_or(1, |scalar| scalar as u8 + 2);
        if let Some(slot) = self.slot(types) {
            slot.store(known, Ordering::Relaxed);
        }
    }
}

impl Default for KnownResults {
    fn default() -> Self {
        Self([const { AtomicU8::new(0) }; TYPES * (TYPES + 1)])
    }
}

impl Clone for KnownResults {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl std::fmt::Debug for KnownResults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KnownResults")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_combination_of_types_is_kept_apart() {
        let known = KnownResults::default();
        let second = |at: usize| at.checked_sub(1).and_then(|at| ScalarType::ALL.get(at).copied());
        let all: Vec<ArgumentTypes> = ScalarType::ALL
            .iter()
            .flat_map(|first| (0..=TYPES).map(move |at| (*first, second(at))))
            .collect();
        let result = |at: usize| (!at.is_multiple_of(3)).then(|| ScalarType::ALL[at % TYPES]);
        for (at, types) in all.iter().enumerate() {
            assert_eq!(known.get(*types), KnownResult::Unknown);
            known.set(*types, result(at));
        }
        for (at, types) in all.iter().enumerate() {
            assert_eq!(known.get(*types), result(at).map_or(KnownResult::Open, KnownResult::Scalar));
        }
    }
}
