//! Why the local workspace could not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use thiserror::Error;

/// Why the local workspace could not start or go on.
#[derive(Debug, Error)]
pub enum EmulatorError {
    /// The address is reachable from other machines.
    #[error("the local workspace listens on loopback only, not on {0}")]
    NotLoopback(SocketAddr),
    /// The port is taken, or may not be used.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The folder of the store cannot be made, or the file not opened.
    #[error("cannot open the local workspace {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process has the file open.
    #[error("the local workspace {} is in use by another process", .0.display())]
    Locked(PathBuf),
    /// The file is damaged, or is no store at all.
    #[error("the local workspace {} is damaged: {reason}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// The file was written by another version.
    #[error("the local workspace {} has format {found}, and this version reads {known}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What the file says.
        found: u64,
        /// What this version reads.
        known: u64,
    },
    /// The server ended before it was told to.
    #[error("the local workspace stopped")]
    Stopped(#[source] io::Error),
}

impl EmulatorError {
    /// Remedies, one an item.
    pub fn help(&self) -> Vec<String> {
        match self {
            Self::NotLoopback(_) => vec!["listen on 127.0.0.1 or [::1]".to_owned()],
            Self::Listen { address, .. } => {
                vec![format!("stop what uses port {}, or use port 0 to take any free one", address.port())]
            }
            Self::Open { path, .. } => {
                vec![format!("check that {} is a writable file, not a folder", path.display())]
            }
            Self::Locked(_) => {
                vec![
                    "wait for the other picket to end, or stop the `picket emulator` that is running"
                        .to_owned(),
                ]
            }
            Self::Corrupt { path, .. } => vec![
                format!("move {} aside and apply again: the rules are in the project", path.display()),
                "the file is left as it is".to_owned(),
            ],
            Self::Format { path, .. } => vec![format!(
                "use the picket that wrote it, or move {} aside and apply again",
                path.display()
            )],
            Self::Stopped(_) => Vec::new(),
        }
    }
}
