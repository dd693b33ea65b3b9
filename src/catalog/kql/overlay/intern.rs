//! Names that live as long as the process.
//!
//! The names of built-in tables and columns are static; those of declared ones become so here, each once, so that both
//! are the same type and the binder copies neither. What is kept is bounded by the distinct names ever declared.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

static NAMES: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);

/// The one static copy of `name`.
pub(super) fn name(name: &str) -> &'static str {
    // A panic elsewhere cannot leave the set half changed.
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    match names.get(name) {
        Some(known) => known,
        None => {
            let copy: &'static str = Box::leak(Box::from(name));
            names.insert(copy);
            copy
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_has_one_copy() {
        let (first, again) = (super::name("Contoso_CL"), super::name(&["Contoso", "_CL"].concat()));
        assert!(std::ptr::eq(first, again));
        assert!(!std::ptr::eq(first, super::name("Contoso")));
    }
}
