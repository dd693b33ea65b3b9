//! What goes wrong by chance, the same from the same seed.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::arm::sha256;

/// The whole of what a chance is a part of.
const WHOLE: u64 = 1000;

/// What can go wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// 429 with `Retry-After`.
    Throttle,
    /// 500, and nothing is done.
    Error,
    /// 502, and nothing is done.
    BadGateway,
    /// 503, and nothing is done.
    Unavailable,
    /// 408, and nothing is done.
    Timeout,
    /// 409 to a write, and nothing is done.
    Conflict,
    /// 412 to a write, and nothing is done.
    Precondition,
    /// No answer, and nothing is done.
    Drop,
    /// No answer, though all is done.
    Lose,
    /// 504, though all is done.
    Late,
    /// The connection ends in the middle of the answer.
    Cut,
    /// The answer ends in the middle as if that were all.
    Short,
    /// The answer comes in parts, with pauses.
    Slow,
}

impl FaultKind {
    /// All kinds, in their order.
    pub const ALL: [Self; 13] = [
        Self::Throttle,
        Self::Error,
        Self::BadGateway,
        Self::Unavailable,
        Self::Timeout,
        Self::Conflict,
        Self::Precondition,
        Self::Drop,
        Self::Lose,
        Self::Late,
        Self::Cut,
        Self::Short,
        Self::Slow,
    ];

    /// The name on a command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Throttle => "throttle",
            Self::Error => "error",
            Self::BadGateway => "bad-gateway",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Conflict => "conflict",
            Self::Precondition => "precondition",
            Self::Drop => "drop",
            Self::Lose => "lose",
            Self::Late => "late",
            Self::Cut => "cut",
            Self::Short => "short",
            Self::Slow => "slow",
        }
    }

    /// Whether it happens to writes alone.
    fn is_of_writes(self) -> bool {
        matches!(self, Self::Conflict | Self::Precondition)
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How likely each fault is. The same request, sent as often as before, meets the same fault from the same seed, whatever
/// else is sent meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chances {
    seed: u64,
    per_mille: [u16; FaultKind::ALL.len()],
}

impl Chances {
    /// No faults, from `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// The same with `per_mille` of requests that meet `kind`.
    #[must_use]
    pub fn with(mut self, kind: FaultKind, per_mille: u16) -> Self {
        self.per_mille[kind as usize] = per_mille;
        self
    }

    /// The same with what a command line sets.
    #[must_use]
    pub fn with_all(self, chances: impl IntoIterator<Item = Chance>) -> Self {
        let one = |all: Self, chance: Chance| match chance.kind {
            Some(kind) => all.with(kind, chance.per_mille),
            None => FaultKind::ALL.into_iter().fold(all, |all, kind| all.with(kind, chance.per_mille)),
        };
        chances.into_iter().fold(self, one)
    }

    /// Whether nothing ever goes wrong.
    pub(super) fn is_none(&self) -> bool {
        self.per_mille.iter().all(|chance| *chance == 0)
    }

    /// What goes wrong with `request` when it is sent for the `nth` time.
    pub(super) fn draw(&self, request: &str, nth: u64, writes: bool) -> Option<FaultKind> {
        let digest = sha256(&format!("{} {nth} {request}", self.seed));
        let mut drawn = u64::from_str_radix(digest.get(..16)?, 16).ok()? % WHOLE;
        for kind in FaultKind::ALL {
            let chance = u64::from(self.per_mille[kind as usize]);
            if drawn < chance {
                return (writes || !kind.is_of_writes()).then_some(kind);
            }
            drawn -= chance;
        }
        None
    }
}

/// One setting of [`Chances`], as written on a command line: `lose=20`, or `all=5` for each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chance {
    /// The kind; all of them without one.
    kind: Option<FaultKind>,
    per_mille: u16,
}

/// Why a text is not a chance.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected NAME=NUMBER, a number of each thousand requests, where NAME is all or one of {}", names())]
pub struct ChanceParseError;

fn names() -> String {
    FaultKind::ALL.map(FaultKind::name).join(", ")
}

impl FromStr for Chance {
    type Err = ChanceParseError;

    fn from_str(text: &str) -> Result<Self, ChanceParseError> {
        let (name, number) = text.split_once('=').ok_or(ChanceParseError)?;
        let number = number.trim().parse().ok().filter(|number| u64::from(*number) <= WHOLE);
        let kind = FaultKind::ALL.into_iter().find(|kind| kind.name() == name.trim());
        if kind.is_none() && name.trim() != "all" {
            return Err(ChanceParseError);
        }
        Ok(Self { kind, per_mille: number.ok_or(ChanceParseError)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_chances() {
        for wrong in ["", "lose", "lose=x", "lose=1001", "lose=-1", "nothing=1"] {
            assert_eq!(wrong.parse::<Chance>(), Err(ChanceParseError), "{wrong}");
        }
        let read = |texts: &[&str]| {
            Chances::new(7).with_all(texts.iter().map(|text| text.parse::<Chance>().unwrap()))
        };
        assert!(read(&[]).is_none() && read(&["all=0"]).is_none());
        assert_eq!(read(&["lose=20"]), Chances::new(7).with(FaultKind::Lose, 20));
        let all = read(&["all=5", "slow=0"]);
        assert_eq!(all.per_mille, [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 0]);
        assert!(ChanceParseError.to_string().contains("bad-gateway"));
    }

    #[test]
    fn draws_as_often_as_it_is_told_and_the_same_again() {
        let chances = Chances::new(1).with(FaultKind::Lose, 100).with(FaultKind::Conflict, 50);
        let drawn = |writes| (1..=10_000).map(move |nth| chances.draw("PUT /a", nth, writes));
        let count = |writes, wanted| drawn(writes).filter(|kind| *kind == Some(wanted)).count();
        assert!((900..1100).contains(&count(true, FaultKind::Lose)));
        assert!((400..600).contains(&count(true, FaultKind::Conflict)));
        assert_eq!(count(false, FaultKind::Conflict), 0, "reads meet no conflict");
        assert_eq!(count(false, FaultKind::Lose), count(true, FaultKind::Lose));
        let other = Chances { seed: 2, ..chances };
        assert!(drawn(true).ne((1..=10_000).map(|nth| other.draw("PUT /a", nth, true))));
    }
}
