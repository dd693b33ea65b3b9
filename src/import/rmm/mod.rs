//! The RMM catalog.

mod layout;
mod outline;
mod repair;
