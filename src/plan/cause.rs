//! The comparison of three: what was last applied, what the workspace holds, what the rules want.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Action, Base, Cause, Change, FieldChange, Plan, diff};
use crate::arm::{Applied, ResourceKey, ResourceKind, digest};

/// Who moved away from `base`; nobody where both sides hold it, or the same other content.
pub(super) fn of<T: PartialEq>(base: &T, there: &T, wanted: &T) -> Option<Cause> {
    match (there == base, wanted == base) {
        _ if there == wanted => None,
        (true, _) => Some(Cause::Git),
        (false, true) => Some(Cause::Portal),
        (false, false) => Some(Cause::Both),
    }
}

/// What the record `body` says of the last apply.
pub(super) fn base(body: &Value) -> Option<Base> {
    let Applied { digest, commit } = Applied::parse(body["properties"]["customVersion"].as_str()?)?;
    Some(Base { digest, commit })
}

/// Puts the cause to a change of content and its fields. `there` and `wanted` are bodies, of which one is absent
/// where the content is or the rule has gone.
pub(super) fn attribute(change: &mut Change, there: Option<&Value>, wanted: Option<&Value>) {
    let Some(base) = &change.base else { return };
    let kind = change.key.kind;
    let digest_of = |body: Option<&Value>| body.map(|body| digest(kind, body));
    let cause = of(&Some(base.digest.clone()), &digest_of(there), &digest_of(wanted));
    change.cause = cause;
    if let (Action::Update { fields }, Some(Cause::Git | Cause::Portal)) = (&mut change.action, cause) {
        fields.iter_mut().for_each(|field| field.cause = cause);
    }
}

impl Plan {
    /// The updates of content that both sides changed, with the commit of the last apply: those whose fields
    /// [`Plan::tell_apart`] can attribute, given the content of that commit.
    pub fn changed_by_both(&self) -> impl Iterator<Item = (&ResourceKey, &str)> {
        self.changes.iter().filter(|change| is_open(change)).filter_map(|change| {
            let commit = change.base.as_ref()?.commit.as_deref()?;
            Some((&change.key, commit))
        })
    }

    /// Tells apart, field by field, what git and what the portal changed, where `applied` holds the content of the
    /// last apply. A body with another digest than the record's is not that content, and says nothing.
    pub fn tell_apart(&mut self, applied: &BTreeMap<ResourceKey, Value>) {
        for change in self.changes.iter_mut().filter(|change| is_open(change)) {
            let Some(body) = applied.get(&change.key) else { continue };
            let is_base =
                change.base.as_ref().is_some_and(|base| base.digest == digest(change.key.kind, body));
            if let (true, Action::Update { fields }) = (is_base, &mut change.action) {
                tell_fields_apart(change.key.kind, body, fields);
            }
        }
    }
}

fn is_open(change: &Change) -> bool {
    change.cause == Some(Cause::Both) && matches!(change.action, Action::Update { .. })
}

/// A field moved in the portal when it differs from the base there, and in git when it differs from it here.
fn tell_fields_apart(kind: ResourceKind, base: &Value, fields: &mut [FieldChange]) {
    let base = kind.normalise(base);
    for field in fields {
        let was = diff::at(&base, &field.path);
        field.cause = of(&was, &field.before.as_ref(), &field.after.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whoever is named did move, and whoever moved is named, unless both arrived at the same.
        #[test]
        fn the_named_side_moved(base in 0u8..3, there in 0u8..3, wanted in 0u8..3) {
            let cause = of(&base, &there, &wanted);
            prop_assert_eq!(cause.is_none(), there == wanted);
            if let Some(cause) = cause {
                prop_assert_eq!(matches!(cause, Cause::Git | Cause::Both), wanted != base);
                prop_assert_eq!(matches!(cause, Cause::Portal | Cause::Both), there != base);
            }
        }
    }
}
