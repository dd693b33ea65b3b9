//! Questions to whoever sits at the terminal.

use dialoguer::{FuzzySelect, Input, MultiSelect};

use super::CliError;

/// Somebody who answers questions.
pub(crate) trait Ask {
    /// A text. It is asked again for as long as `fault` finds something wrong with it.
    ///
    /// # Errors
    /// When nobody answers.
    fn text(
        &mut self,
        question: &str,
        proposal: Option<&str>,
        fault: &dyn Fn(&str) -> Option<String>,
    ) -> Result<String, CliError>;

    /// One of `options`, found by typing a part of it; its number.
    ///
    /// # Errors
    /// When nobody answers.
    fn one(&mut self, question: &str, options: &[String], proposal: usize) -> Result<usize, CliError>;

    /// Some of `options`, all of them proposed; their numbers.
    ///
    /// # Errors
    /// When nobody answers.
    fn some(&mut self, question: &str, options: &[String]) -> Result<Vec<usize>, CliError>;
}

/// The terminal.
pub(crate) struct Terminal;

fn ended(error: dialoguer::Error) -> CliError {
    CliError::new("the questions were not answered")
        .cause(error)
        .help("`picket new --help` lists the options that answer them")
}

impl Ask for Terminal {
    fn text(
        &mut self,
        question: &str,
        proposal: Option<&str>,
        fault: &dyn Fn(&str) -> Option<String>,
    ) -> Result<String, CliError> {
        let input = Input::<String>::new().with_prompt(question).allow_empty(true);
        let input = match proposal {
            Some(proposal) => input.default(proposal.to_owned()),
            None => input,
        };
        let check = |text: &String| fault(text).map_or(Ok(()), Err);
        input.validate_with(check).interact_text().map_err(ended)
    }

    fn one(&mut self, question: &str, options: &[String], proposal: usize) -> Result<usize, CliError> {
        let select = FuzzySelect::new().with_prompt(question).items(options).default(proposal);
        select.max_length(12).interact().map_err(ended)
    }

    fn some(&mut self, question: &str, options: &[String]) -> Result<Vec<usize>, CliError> {
        let all = vec![true; options.len()];
        MultiSelect::new().with_prompt(question).items(options).defaults(&all).interact().map_err(ended)
    }
}
