//! Progress: a bar on a terminal, plain lines where there is none.

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::azure::{Observer, Retry};
use crate::deploy::{ErrorReport, How, Progress};
use crate::plan::Change;

/// From so many changes on there are lines, one for each tenth of them.
const MANY: usize = 20;
const PARTS: usize = 10;
/// A wait that is worth a line.
const LONG: Duration = Duration::from_secs(5);

/// A bar that counts changes; where standard error is no terminal, a line now and then.
pub(crate) struct Bar {
    bar: ProgressBar,
    /// What was last seen going on, to go back to after a retry.
    last: Mutex<String>,
    /// Whether lines take the place of the bar.
    plain: bool,
    total: AtomicUsize,
    done: AtomicUsize,
}

impl Bar {
    /// A bar that is not shown yet.
    pub(crate) fn new(is_interactive: bool) -> Self {
        let target = if is_interactive { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        Self {
            bar,
            last: Mutex::new(String::new()),
            plain: !is_interactive,
            total: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
        }
    }

    /// Shows the bar, at none of `total`.
    pub(crate) fn start(&self, total: usize) {
        self.bar.set_length(total as u64);
        self.bar.set_position(0);
        self.total.store(total, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Writes a line where there is no bar. Nothing depends on it, so a reader that is gone does not matter.
    fn line(&self, text: &str) {
        if self.plain {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }
}

/// Whether a tenth of `total` is full with change number `done`.
fn is_due(done: usize, total: usize) -> bool {
    total >= MANY && done * PARTS / total > (done - 1) * PARTS / total
}

impl Progress for Bar {
    fn started(&self, change: &Change) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.clone_from(&change.display_name);
        self.bar.set_message(last.clone());
    }

    fn finished(&self, _change: &Change, _result: Result<How, &ErrorReport>) {
        self.bar.inc(1);
        let (done, total) =
            (self.done.fetch_add(1, Ordering::Relaxed) + 1, self.total.load(Ordering::Relaxed));
        if is_due(done, total) {
            self.line(&format!("{done} of {total} changes"));
        }
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        self.bar.set_message(last.clone());
    }
}

impl Observer for Bar {
    fn retrying(&self, retry: &Retry<'_>) {
        let message = format!("waiting {:.1} s: {}", retry.wait.as_secs_f64(), retry.error);
        if retry.wait >= LONG {
            self.line(&message);
        }
        self.bar.set_message(message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_line_for_each_tenth_of_many() {
        let lines = |total: usize| (1..=total).filter(|done| is_due(*done, total)).collect::<Vec<_>>();
        assert_eq!(lines(20), [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
        assert_eq!((lines(19).len(), lines(1005).len(), lines(1005).last()), (0, 10, Some(&1005)));
    }
}
