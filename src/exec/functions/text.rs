//! Text: its parts, its length, its case.

use super::{Scalar, text_at};
use crate::exec::value::Value;

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "tolower", body: |_, v| Ok(Value::string(text_at(v, 0).to_lowercase())) },
    Scalar { name: "toupper", body: |_, v| Ok(Value::string(text_at(v, 0).to_uppercase())) },
    Scalar { name: "strlen", body: |_, v| Ok(count(text_at(v, 0).chars().count())) },
    Scalar {
        name: "strcat",
        body: |_, v| Ok(Value::string(v.iter().map(Value::to_text).collect::<String>())),
    },
];

/// A number of things.
pub(in crate::exec) fn count(number: usize) -> Value {
    i64::try_from(number).map_or(Value::Null, Value::Long)
}
