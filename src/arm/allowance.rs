//! How many requests Resource Manager takes: a token bucket each for reads, writes and deletes, of a subscription and an
//! identity in it.

/// What a request counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Reads.
    Read,
    /// Creates and changes.
    Write,
    /// Deletes.
    Delete,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Delete];

    /// What a request of the method `method` counts as.
    pub fn of(method: &str) -> Self {
        match method {
            "GET" | "HEAD" => Self::Read,
            "DELETE" => Self::Delete,
            _ => Self::Write,
        }
    }

    /// How many requests a full bucket holds.
    pub fn capacity(self) -> u32 {
        match self {
            Self::Read => 250,
            Self::Write | Self::Delete => 200,
        }
    }

    /// How many requests a bucket gains a second.
    pub fn gain(self) -> u32 {
        match self {
            Self::Read => 25,
            Self::Write | Self::Delete => 10,
        }
    }

    /// The header of an answer that tells how many are left.
    pub fn header(self) -> &'static str {
        match self {
            Self::Read => "x-ms-ratelimit-remaining-subscription-reads",
            Self::Write => "x-ms-ratelimit-remaining-subscription-writes",
            Self::Delete => "x-ms-ratelimit-remaining-subscription-deletes",
        }
    }
}
