//! Values of one type as values of another: `tostring`, `tolong` and their like.

use super::{Call, Scalar, at};
use crate::catalog::ScalarType;
use crate::exec::value::{Dynamic, Value, coerce};

macro_rules! conversions {
    ($($name:literal => $ty:ident,)*) => {
        &[
            $(Scalar { name: $name, body: |_, v| Ok(coerce(at(v, 0), ScalarType::$ty)) },)*
            Scalar { name: "gettype", body: |call, v| Ok(Value::string(type_name(call, at(v, 0)))) },
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
