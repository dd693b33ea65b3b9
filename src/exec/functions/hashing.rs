//! Hashes of values.
//!
//! What is hashed is the text of a value, except that `hash` takes a number or a time as its bytes, the lowest first. That follows
//! from the values that the documentation prints: `hash_md5` of a time is that of its text, `hash` of it is not.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use twox_hash::XxHash64;

use super::{Call, Scalar, at, long_at};
use crate::exec::error::Result;
use crate::exec::value::Value;

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "hash", body: xxhash },
    Scalar { name: "hash_xxhash64", body: xxhash },
    Scalar { name: "hash_md5", body: |_, v| Ok(digest::<Md5>(v)) },
    Scalar { name: "hash_sha1", body: |_, v| Ok(digest::<Sha1>(v)) },
    Scalar { name: "hash_sha256", body: |_, v| Ok(digest::<Sha256>(v)) },
];

fn digest<D: Digest>(values: &[Value]) -> Value {
    let hash = D::digest(at(values, 0).to_text().as_bytes());
    Value::string(hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// `hash(value, modulo)`: the hash is a number without a sign where its remainder is taken.
fn xxhash(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let value = at(values, 0).unwrapped();
    let hash = match &value {
        Value::Int(number) => XxHash64::oneshot(0, &number.to_le_bytes()),
        Value::Long(number) => XxHash64::oneshot(0, &number.to_le_bytes()),
        Value::Real(number) => XxHash64::oneshot(0, &number.to_le_bytes()),
        Value::DateTime(time) => XxHash64::oneshot(0, &time.ticks().to_le_bytes()),
        Value::String(text) => XxHash64::oneshot(0, text.as_bytes()),
        _ => {
            let ty = value.ty().map_or("null", |ty| ty.name());
            return Err(call.error(format!("not supported offline: the hash of a value of type {ty}")));
        }
    };
    Ok(match long_at(values, 1).map(u64::try_from) {
        None => Value::Long(hash.cast_signed()),
        Some(Ok(modulo)) if modulo > 0 => Value::Long((hash % modulo).cast_signed()),
        Some(_) => return Err(call.error("the modulo of a hash is a number above zero")),
    })
}
