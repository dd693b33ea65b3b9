//! `cargo dev docs`: makes the pages under `docs/lints` from the documentation of the codes, the page about exit codes from
//! their table, the reference of the book, and the pipelines of this repository from the texts that `picket init` writes, too.

use std::fs;

use super::generated::{self, Generated};
use super::reference;
use crate::cli::{CliError, Exit, Shell, codes, exit_codes};
use crate::start;

/// Rewrites the pages about codes and exit codes, the reference of the book, and the pipelines.
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
        pages.extend(reference::pages());
        pages.push(reference::summary(&generated::root())?);
        if !self.check {
            remove_others(codes::FOLDER, &pages)?;
            remove_others(&format!("{}/commands", reference::FOLDER), &pages)?;
        }
        generated::settle(&pages, self.check, shell)
    }
}

/// Removes pages in the folder `name` about what is gone or renamed.
fn remove_others(name: &str, pages: &[Generated]) -> Result<(), CliError> {
    let folder = generated::root().join(name);
    let failed = |error| CliError::new(format!("cannot tidy {name}")).cause(error);
    let Ok(entries) = fs::read_dir(&folder) else { return Ok(()) };
    for entry in entries {
        let file = entry.map_err(failed)?.file_name();
        let path = format!("{name}/{}", file.to_string_lossy());
        if path.ends_with(".md") && !pages.iter().any(|page| page.path == path) {
            fs::remove_file(folder.join(file)).map_err(failed)?;
        }
    }
    Ok(())
}
