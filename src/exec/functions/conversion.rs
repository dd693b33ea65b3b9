//! Values of one type as values of another: `tostring`, `tolong` and their like.

use uuid::Uuid;

use super::{Call, Scalar, at};
use crate::catalog::ScalarType;
use crate::exec::value::{Dynamic, Value, coerce};

macro_rules! conversions {
    ($($name:literal => $ty:ident,)*) => {
        &[
            $(Scalar { name: $name, body: |_, v| Ok(coerce(at(v, 0), ScalarType::$ty)) },)*
            Scalar { name: "gettype", body: |call, v| Ok(Value::string(type_name(call, at(v, 0)))) },
            Scalar { name: "new_guid", body: |call, _| Ok(Value::Guid(random_guid(call))) },
            Scalar { name: "todynamic", body: |_, v| Ok(parse_json(at(v, 0))) },
            Scalar { name: "toobject", body: |_, v| Ok(parse_json(at(v, 0))) },
            Scalar { name: "parse_json", body: |_, v| Ok(parse_json(at(v, 0))) },
            Scalar { name: "parsejson", body: |_, v| Ok(parse_json(at(v, 0))) },
        ]
    };
}

pub(super) const FUNCTIONS: &[Scalar] = conversions! {
    "tostring" => String,
    "tolong" => Long,
    "toint" => Int,
    "toreal" => Real,
    "todouble" => Real,
    "todecimal" => Decimal,
    "tobool" => Bool,
    "toboolean" => Bool,
    "todatetime" => DateTime,
    "totimespan" => TimeSpan,
    "totime" => TimeSpan,
    "toguid" => Guid,
};

/// The name of the type of a value; of what a dynamic value holds.
fn type_name(call: &Call<'_>, value: &Value) -> &'static str {
    match value {
        Value::Dynamic(held) => held.type_name(),
        _ => match value.ty().or(call.argument_type(0)) {
            None | Some(ScalarType::Dynamic) => "null",
            Some(ty) => ty.name(),
        },
    }
}

/// A guid of chance, the same in each run with the same seed.
fn random_guid(call: &Call<'_>) -> Uuid {
    const WORD: f64 = 4_294_967_296.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the number of words")]
    let word = || (call.run.random() * WORD) as u32;
    let bits = (0..4).fold(0_u128, |bits, _| bits << 32 | u128::from(word()));
    uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
}

/// JSON as a dynamic value; text that is none stays text.
fn parse_json(value: &Value) -> Value {
    match value {
        Value::Dynamic(held) => match &**held {
            Dynamic::String(text) => Value::dynamic(Dynamic::parse(text)),
            _ => value.clone(),
        },
        Value::String(text) if text.is_empty() => Value::Null,
        Value::String(text) => Value::dynamic(Dynamic::parse(text)),
        _ => coerce(value, ScalarType::Dynamic),
    }
}
