//! Functions of columns as such: their names and sizes. Who calls them adds the columns as arguments.

use super::{Call, Scalar, at, text_at};
use crate::exec::error::Result;
use crate::exec::value::Value;

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "estimate_data_size", body: size },
    Scalar { name: "iscolumnexists", body: |call, v| Ok(exists(call, &text_at(v, 0)).into()) },
];

/// Whether the rows have a column of a name.
fn exists(call: &Call<'_>, name: &str) -> bool {
    call.arguments.iter().skip(1).any(|column| column.as_column().is_some_and(|known| **known == *name))
}

/// The bytes of the values of columns: those of the type, of text its length.
fn size(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    use crate::catalog::ScalarType as T;
    let mut size = 0;
    for (index, value) in values.iter().enumerate() {
        size += match value.ty().or(call.argument_type(index)) {
            Some(T::String) => at(values, index).to_text().len(),
            Some(T::Bool) => 1,
            Some(T::Int) => 4,
            Some(T::Long | T::Real | T::DateTime | T::TimeSpan) => 8,
            Some(T::Guid) => 16,
            ty => {
                let name = ty.map_or("null", |ty| ty.name());
                return Err(call.error(format!("not supported offline: `estimate_data_size` of type {name}")));
            }
        };
    }
    Ok(super::text::count(size))
}
