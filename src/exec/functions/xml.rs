//! XML as a dynamic value: elements become properties, attributes `@name`, text beside either `#text`.

use std::sync::Arc;

use indexmap::IndexMap;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::exec::value::Dynamic;

/// The longest text that is read, in bytes.
const MAX_LENGTH: usize = 1 << 20;
/// How deep elements may be nested.
const MAX_DEPTH: usize = 128;

/// An element under way.
#[derive(Default)]
struct Element {
    name: String,
    properties: IndexMap<Arc<str>, Dynamic>,
    text: String,
}

impl Element {
    /// A property; of several by one name an array.
    fn add(&mut self, name: &str, value: Dynamic) {
        match self.properties.get_mut(name) {
            None => {
                self.properties.insert(Arc::from(name), value);
            }
            Some(Dynamic::Array(items)) => items.push(value),
            Some(first) => *first = Dynamic::Array(vec![std::mem::replace(first, Dynamic::Null), value]),
        }
    }

    fn finish(mut self) -> Dynamic {
        let text = self.text.trim();
        if self.properties.is_empty() {
            return if text.is_empty() { Dynamic::Null } else { Dynamic::string(text) };
        }
        if !text.is_empty() {
            self.properties.insert(Arc::from("#text"), Dynamic::string(text));
        }
        Dynamic::Bag(self.properties)
    }
}

/// The value of XML; nothing where the text is none.
pub(super) fn parse(text: &str) -> Option<Dynamic> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let mut reader = Reader::from_str(text);
    // The bottom of the stack holds the root element as its only property.
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                if open.len() > MAX_DEPTH || (open.len() == 1 && !open[0].properties.is_empty()) {
                    return None;
                }
                open.push(element(&start, &reader)?);
            }
            Event::Empty(start) => {
                let element = element(&start, &reader)?;
                let name = element.name.clone();
                if open.len() == 1 && !open[0].properties.is_empty() {
                    return None;
                }
                open.last_mut()?.add(&name, element.finish());
            }
            Event::End(_) => {
                let done = open.pop()?;
                let name = done.name.clone();
                open.last_mut()?.add(&name, done.finish());
            }
            Event::Text(part) => {
                let part = part.decode().ok()?;
                let here = open.last_mut()?;
                here.text.push_str(&part);
            }
            Event::GeneralRef(reference) => {
                let name = reference.decode().ok()?;
                let resolved = quick_xml::escape::unescape(&format!("&{name};")).ok()?.into_owned();
                open.last_mut()?.text.push_str(&resolved);
            }
            Event::CData(part) => open.last_mut()?.text.push_str(&part.decode().ok()?),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    let root = open.pop().filter(|_| open.is_empty())?;
    // Text outside the root element is no XML.
    (!root.properties.is_empty() && root.text.trim().is_empty()).then_some(Dynamic::Bag(root.properties))
}

/// The element that a tag opens, with its attributes.
fn element(start: &BytesStart<'_>, reader: &Reader<&[u8]>) -> Option<Element> {
    let mut element = Element { name: name_of(start.name().as_ref())?, ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let value = attribute.decode_and_unescape_value(reader.decoder()).ok()?;
        element.add(&format!("@{}", name_of(attribute.key.as_ref())?), Dynamic::string(&value));
    }
    Some(element)
}

fn name_of(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_become_properties() {
        for (text, expected) in [
            ("<e/>", r#"{"e":null}"#),
            ("<e>text</e>", r#"{"e":"text"}"#),
            (r#"<e name="value" />"#, r#"{"e":{"@name":"value"}}"#),
            (r#"<e name="value">text</e>"#, r##"{"e":{"@name":"value","#text":"text"}}"##),
            ("<e> <a>text</a> <b>text</b> </e>", r#"{"e":{"a":"text","b":"text"}}"#),
            ("<e> <a>text</a> <a>text</a> </e>", r#"{"e":{"a":["text","text"]}}"#),
            ("<e> text <a>text</a> </e>", r##"{"e":{"a":"text","#text":"text"}}"##),
            (
                r#"<?xml version="1.0"?><!-- c --><a xmlns="u"><b>1 &lt; 2</b></a>"#,
                r#"{"a":{"@xmlns":"u","b":"1 < 2"}}"#,
            ),
        ] {
            assert_eq!(parse(text).map(|value| value.to_json()).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "text", "<a>", "<a></b>", "<a/><b/>", "<a/>x"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
