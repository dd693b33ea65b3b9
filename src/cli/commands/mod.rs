//! The subcommands.

#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod adopt;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod apply;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod audit;
pub(crate) mod backtest;
pub(crate) mod check;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod comment;
pub(crate) mod completions;
pub(crate) mod coverage;
pub(crate) mod deps;
pub(crate) mod docs;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod doctor;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod drift;
#[cfg(feature = "emulator")]
pub(crate) mod emulator;
pub(crate) mod explain;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod export;
pub(crate) mod facts;
pub(crate) mod fmt;
pub(crate) mod hunt;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod kql;
pub(crate) mod lsp;
pub(crate) mod man;
pub(crate) mod new;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod plan;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod pull;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod restore;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod retry;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod rollback;
pub(crate) mod schema;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod show;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod status;
#[cfg(all(feature = "azure", feature = "emulator"))]
pub(crate) mod switch;
pub(crate) mod test;
pub(crate) mod watch;
