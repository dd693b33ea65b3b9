//! Text in other writings: percent signs, base64, Punycode, code points, compressed.

use std::borrow::Cow;
use std::io::{Read, Write};

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::Compression;
use flate2::read::{GzDecoder, ZlibDecoder};
use flate2::write::{GzEncoder, ZlibEncoder};
use uuid::Uuid;

use super::{Scalar, at, long_at, text_at};
use crate::exec::value::{Dynamic, Value};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "base64_decode_toarray", body: |_, v| Ok(to_array(v)) },
    Scalar { name: "base64_decode_toguid", body: |_, v| Ok(to_guid(v)) },
    Scalar { name: "base64_decode_tostring", body: |_, v| Ok(to_string(v)) },
    Scalar { name: "base64_decodestring", body: |_, v| Ok(to_string(v)) },
    Scalar { name: "base64_encode_fromarray", body: |_, v| Ok(from_array(v)) },
    Scalar { name: "base64_encode_fromguid", body: |_, v| Ok(from_guid(v)) },
    Scalar { name: "base64_encode_tostring", body: |_, v| Ok(from_string(v)) },
    Scalar { name: "base64_encodestring", body: |_, v| Ok(from_string(v)) },
    Scalar { name: "gzip_compress_to_base64_string", body: |_, v| Ok(packed(v, gzip)) },
    Scalar { name: "gzip_decompress_from_base64_string", body: |_, v| Ok(unpacked(v, gunzip)) },
    Scalar { name: "zlib_compress_to_base64_string", body: |_, v| Ok(packed(v, zlib)) },
    Scalar { name: "zlib_decompress_from_base64_string", body: |_, v| Ok(unpacked(v, unzlib)) },
    Scalar { name: "make_string", body: |_, v| Ok(from_code_points(v)) },
    Scalar { name: "unicode_codepoints_to_string", body: |_, v| Ok(from_code_points(v)) },
    Scalar { name: "to_utf8", body: |_, v| Ok(code_points(v)) },
    Scalar { name: "unicode_codepoints_from_string", body: |_, v| Ok(code_points(v)) },
    Scalar { name: "punycode_domain_from_string", body: |_, v| Ok(optional(domain_decoded(&text_at(v, 0)))) },
    Scalar { name: "punycode_domain_to_string", body: |_, v| Ok(optional(domain_encoded(&text_at(v, 0)))) },
    Scalar {
        name: "punycode_from_string",
        body: |_, v| Ok(optional(idna::punycode::encode_str(&text_at(v, 0)))),
    },
    Scalar {
        name: "punycode_to_string",
        body: |_, v| Ok(optional(idna::punycode::decode_to_string(&text_at(v, 0)))),
    },
    Scalar { name: "url_decode", body: |_, v| Ok(Value::string(url_decoded(&text_at(v, 0)))) },
    Scalar { name: "url_encode", body: |_, v| Ok(Value::string(url_encoded(&text_at(v, 0), "+"))) },
    Scalar {
        name: "url_encode_component",
        body: |_, v| Ok(Value::string(url_encoded(&text_at(v, 0), "%20"))),
    },
];

/// The most that is unpacked: a value of 1 MB is cut off when it is ingested, one of 64 MB is refused.
const MAX_UNPACKED: u64 = 64 << 20;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

fn optional(text: Option<String>) -> Value {
    Value::string(text.unwrap_or_default())
}

// base64

fn decoded(values: &[Value]) -> Option<Vec<u8>> {
    BASE64.decode(text_at(values, 0).as_bytes()).ok()
}

fn to_string(values: &[Value]) -> Value {
    optional(decoded(values).and_then(|bytes| String::from_utf8(bytes).ok()))
}

fn to_array(values: &[Value]) -> Value {
    match decoded(values) {
        Some(bytes) if !bytes.is_empty() => {
            Value::array(bytes.into_iter().map(|byte| Dynamic::Long(byte.into())))
        }
        _ => Value::Null,
    }
}

/// The first three parts of a guid are written with their lowest byte first.
fn to_guid(values: &[Value]) -> Value {
    let bytes = decoded(values).and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
    bytes.map_or(Value::Null, |bytes| Value::Guid(Uuid::from_bytes_le(bytes)))
}

fn from_string(values: &[Value]) -> Value {
    Value::string(BASE64.encode(text_at(values, 0).as_bytes()))
}

fn from_array(values: &[Value]) -> Value {
    let bytes = at(values, 0).as_array().and_then(|items| {
        items
            .iter()
            .map(|item| match item {
                Dynamic::Long(byte) => u8::try_from(*byte).ok(),
                _ => None,
            })
            .collect::<Option<Vec<u8>>>()
    });
    optional(bytes.map(|bytes| BASE64.encode(bytes)))
}

fn from_guid(values: &[Value]) -> Value {
    match at(values, 0) {
        Value::Guid(guid) => Value::string(BASE64.encode(guid.to_bytes_le())),
        _ => Value::string(""),
    }
}

// Compression. What is packed unpacks everywhere; of long text the service may make other bytes.

/// Text below this length is packed as it is, as in the service, whose tables alone would take more room.
const MIN_COMPRESSED: usize = 128;

fn packed(values: &[Value], pack: fn(&[u8], Compression) -> std::io::Result<Vec<u8>>) -> Value {
    let text = text_at(values, 0);
    let level = if text.len() < MIN_COMPRESSED { Compression::none() } else { Compression::fast() };
    let packed = pack(text.as_bytes(), level).ok();
    optional(packed.map(|bytes| BASE64.encode(bytes)))
}

fn gzip(bytes: &[u8], level: Compression) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    let mut packed = encoder.finish()?;
    // The service does not say how hard it tried.
    if let Some(flags) = packed.get_mut(8) {
        *flags = 0;
    }
    Ok(packed)
}

fn zlib(bytes: &[u8], level: Compression) -> std::io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn unpacked(values: &[Value], unpack: fn(&[u8]) -> Option<String>) -> Value {
    optional(decoded(values).and_then(|bytes| unpack(&bytes)))
}

fn read(from: impl Read) -> Option<String> {
    let mut text = String::new();
    from.take(MAX_UNPACKED).read_to_string(&mut text).ok()?;
    Some(text)
}

fn gunzip(bytes: &[u8]) -> Option<String> {
    // Headers with more than the fields that each one has are refused.
    (bytes.get(3) == Some(&0)).then(|| read(GzDecoder::new(bytes)))?
}

fn unzlib(bytes: &[u8]) -> Option<String> {
    read(ZlibDecoder::new(bytes))
}

// Characters

/// The text of code points, which may stand in arrays; none where one is no character.
fn from_code_points(values: &[Value]) -> Value {
    let point = |value: &Value| {
        let point = long_at(std::slice::from_ref(value), 0)?;
        char::from_u32(u32::try_from(point).ok()?)
    };
    let text: Option<String> = values
        .iter()
        .flat_map(|value| match value.as_array() {
            Some(items) => items.iter().map(|item| point(&item.scalar().unwrap_or(Value::Null))).collect(),
            None => vec![point(value)],
        })
        .collect();
    optional(text)
}

fn code_points(values: &[Value]) -> Value {
    Value::array(text_at(values, 0).chars().map(|char| Dynamic::Long(i64::from(u32::from(char)))))
}

// Domains. Their labels end at any of the dots of IDNA; nothing but the writing is changed, not even the case.

fn domain_encoded(domain: &str) -> Option<String> {
    let label = |label: &str| {
        if label.is_ascii() {
            return Some(label.to_owned());
        }
        idna::punycode::encode_str(label).map(|encoded| format!("xn--{encoded}"))
    };
    let labels: Option<Vec<String>> =
        domain.split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}']).map(label).collect();
    labels.map(|labels| labels.join("."))
}

fn domain_decoded(domain: &str) -> Option<String> {
    let label = |label: &str| match label.strip_prefix("xn--") {
        Some(encoded) => idna::punycode::decode_to_string(encoded),
        None => Some(label.to_owned()),
    };
    let labels: Option<Vec<String>> = domain.split('.').map(label).collect();
    labels.map(|labels| labels.join("."))
}

// Percent signs

/// The text with `%41` read as `A`, and `+` as a blank. Bytes that are no UTF-8 become the replacement character.
pub(super) fn url_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let hex = |at: usize| after.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        rest = after;
        match (byte, hex(0).zip(hex(1))) {
            (b'%', Some((high, low))) => {
                bytes.extend(u8::try_from(high * 16 + low));
                rest = &after[2..];
            }
            (b'+', _) => bytes.push(b' '),
            _ => bytes.push(*byte),
        }
    }
    match String::from_utf8_lossy(&bytes) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => text,
    }
}

/// The text with all but letters, digits and `-_.!*()` written as bytes to the base of 16, in small letters.
fn url_encoded(text: &str, blank: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => out.push_str(blank),
            b'-' | b'_' | b'.' | b'!' | b'*' | b'(' | b')' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02x}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(body: impl Fn(&[Value]) -> Value, text: &str) -> String {
        body(&[Value::string(text)]).to_text().into_owned()
    }

    #[test]
    fn what_is_packed_unpacks() {
        let long = "the same words again and again ".repeat(50);
        for text in ["", "1234567890qwertyuiop", &long] {
            assert_eq!(call(|v| unpacked(v, gunzip), &call(|v| packed(v, gzip), text)), text);
            assert_eq!(call(|v| unpacked(v, unzlib), &call(|v| packed(v, zlib), text)), text);
        }
        assert!(call(|v| packed(v, gzip), &long).len() < 200);
        assert_eq!(call(|v| unpacked(v, gunzip), "x0x0x0"), "");
        assert_eq!(
            call(|v| packed(v, gzip), "1234567890qwertyuiop"),
            "H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA=="
        );
        assert_eq!(
            call(|v| packed(v, zlib), "1234567890qwertyuiop"),
            "eAEBFADr/zEyMzQ1Njc4OTBxd2VydHl1aW9wOAkGdw=="
        );
    }

    #[test]
    fn base64_that_is_none_is_empty() {
        assert_eq!(call(to_string, "S3VzdG8="), "Kusto");
        assert_eq!(call(to_string, "S3VzdG8"), "");
        assert_eq!(call(to_string, "U3RyaW5n0KHR0tGA0L7Rh9C60LA="), "");
        assert_eq!(to_array(&[Value::string("")]), Value::Null);
        let guid = Value::Guid(Uuid::from_u128(0xae31_33f2_6e22_49ae_b06a_16e6_a9b2_12eb));
        assert_eq!(from_guid(std::slice::from_ref(&guid)), Value::string("8jMxriJurkmwahbmqbIS6w=="));
        assert_eq!(to_guid(&[from_guid(std::slice::from_ref(&guid))]), guid);
    }

    #[test]
    fn urls_and_domains_read_back() {
        assert_eq!(url_encoded("https://a.b/c d?e=ü", "+"), "https%3a%2f%2fa.b%2fc+d%3fe%3d%c3%bc");
        assert_eq!(url_decoded("a%20b+c%zz%"), "a b c%zz%");
        assert_eq!(domain_encoded("艺术.com").as_deref(), Some("xn--cqv902d.com"));
        assert_eq!(domain_decoded("xn--Ge-mia.Bulg.edu").as_deref(), Some("Gáe.Bulg.edu"));
    }
}
