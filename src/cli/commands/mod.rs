//! The subcommands.

pub(crate) mod check;
#[cfg(feature = "emulator")]
pub(crate) mod emulator;
pub(crate) mod explain;
pub(crate) mod facts;
pub(crate) mod import;
