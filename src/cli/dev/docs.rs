//! `cargo dev docs`: makes the pages under `docs/lints` from the documentation of the codes.

use std::fs;

use super::generated::{self, Generated};
use crate::cli::{CliError, Exit, Shell, codes};

/// Rewrites the pages about codes.
#[derive(Debug, clap::Args)]
pub struct DocsArgs {
    /// Write nothing; fail when a page is not current.
    #[arg(long)]
    check: bool,
}

impl DocsArgs {
    /// Runs the command.
    ///
    /// # Errors
    /// When a page cannot be read, written or removed.
    pub fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let pages: Vec<Generated> =
            codes::pages().into_iter().map(|(path, text)| Generated { path, text }).collect();
        if !self.check {
            remove_others(&pages)?;
        }
        generated::settle(&pages, self.check, shell)
    }
}

/// Removes pages of codes that are gone or renamed.
fn remove_others(pages: &[Generated]) -> Result<(), CliError> {
    let folder = generated::root().join(codes::FOLDER);
    let failed = |error| CliError::new(format!("cannot tidy {}", codes::FOLDER)).cause(error);
    let Ok(entries) = fs::read_dir(&folder) else { return Ok(()) };
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        let path = format!("{}/{}", codes::FOLDER, name.to_string_lossy());
        if path.ends_with(".md") && !pages.iter().any(|page| page.path == path) {
            fs::remove_file(folder.join(name)).map_err(failed)?;
        }
    }
    Ok(())
}
