//! `cargo dev docs`: makes the pages under `docs/lints` from the documentation of the codes, the page about exit codes from
//! their table, and the pipelines of this repository from the texts that `picket init` writes, too.

use std::fs;

use super::generated::{self, Generated};
use crate::cli::{CliError, Exit, Shell, codes, exit_codes};
use crate::start;

/// Rewrites the pages about codes and exit codes, and the pipelines.
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
        let mut pages: Vec<Generated> =
            codes::pages().into_iter().map(|(path, text)| Generated { path, text }).collect();
        pages.push(Generated { path: exit_codes::PATH.to_owned(), text: exit_codes::page() });
        let pipelines = start::ci::of_this_repository().into_iter();
        pages.extend(pipelines.map(|file| Generated { path: file.path.to_owned(), text: file.text }));
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
