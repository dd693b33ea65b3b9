//! Progress on a terminal.

use std::sync::Mutex;
use std::sync::PoisonError;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::azure::{Observer, Retry};
use crate::deploy::{ErrorReport, How, Progress};
use crate::plan::Change;

/// A bar that counts changes; draws nothing where standard error is no terminal.
pub(crate) struct Bar {
    bar: ProgressBar,
    /// What was last seen going on, to go back to after a retry.
    last: Mutex<String>,
}

impl Bar {
    /// A bar that is not shown yet.
    pub(crate) fn new(is_interactive: bool) -> Self {
        let target = if is_interactive { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        Self { bar, last: Mutex::new(String::new()) }
    }

    /// Shows the bar, at none of `total`.
    pub(crate) fn start(&self, total: usize) {
        self.bar.set_length(total as u64);
        self.bar.set_position(0);
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn started(&self, change: &Change) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.clone_from(&change.display_name);
        self.bar.set_message(last.clone());
    }

    fn finished(&self, _change: &Change, _result: Result<How, &ErrorReport>) {
        self.bar.inc(1);
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        self.bar.set_message(last.clone());
    }
}

impl Observer for Bar {
    fn retrying(&self, retry: &Retry<'_>) {
        let seconds = retry.wait.as_secs_f64();
        self.bar.set_message(format!("waiting {seconds:.1} s: {}", retry.error));
    }
}
