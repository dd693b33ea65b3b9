//! Well-known text (WKT) to GeoJSON.

use super::geojson::{collection, geometry, position};
use super::is_place;
use crate::exec::value::Dynamic;

/// How deep collections may be nested.
const MAX_DEPTH: usize = 32;

/// The shape that a text describes, as GeoJSON; nothing where it describes none.
pub(super) fn from_wkt(text: &str) -> Option<Dynamic> {
    let mut reader = Reader { rest: text };
    let shape = reader.shape(0)?;
    reader.rest.trim().is_empty().then_some(shape)
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn word(&mut self) -> String {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_ascii_uppercase()
    }

    fn sign(&mut self, sign: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(sign)?;
        Some(())
    }

    fn number(&mut self) -> Option<f64> {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !"+-.".contains(letter));
        let (number, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        number.parse().ok()
    }

    /// `(item, item, …)`
    fn list(&mut self, item: &mut dyn FnMut(&mut Self) -> Option<Dynamic>) -> Option<Dynamic> {
        self.sign('(')?;
        let mut items = vec![item(self)?];
        while self.sign(',').is_some() {
            items.push(item(self)?);
        }
        self.sign(')')?;
        Some(Dynamic::Array(items))
    }

    /// `longitude latitude`
    fn place(&mut self) -> Option<Dynamic> {
        let place = (self.number()?, self.number()?);
        is_place(place).then(|| position(place))
    }

    fn places(&mut self) -> Option<Dynamic> {
        self.list(&mut Self::place)
    }

    fn lists(&mut self) -> Option<Dynamic> {
        self.list(&mut Self::places)
    }

    fn shape(&mut self, depth: usize) -> Option<Dynamic> {
        if depth > MAX_DEPTH {
            return None;
        }
        Some(match self.word().as_str() {
            "POINT" => {
                self.sign('(')?;
                let place = self.place()?;
                self.sign(')')?;
                geometry("Point", place)
            }
            "LINESTRING" => geometry("LineString", self.places()?),
            "POLYGON" => geometry("Polygon", self.lists()?),
            // Both `(1 1, 2 2)` and `((1 1), (2 2))` are written.
            "MULTIPOINT" => geometry(
                "MultiPoint",
                self.list(&mut |reader| {
                    if reader.sign('(').is_none() {
                        return reader.place();
                    }
                    let place = reader.place()?;
                    reader.sign(')')?;
                    Some(place)
                })?,
            ),
            "MULTILINESTRING" => geometry("MultiLineString", self.lists()?),
            "MULTIPOLYGON" => geometry("MultiPolygon", self.list(&mut Self::lists)?),
            "GEOMETRYCOLLECTION" => match self.list(&mut |reader| reader.shape(depth + 1))? {
                Dynamic::Array(shapes) => collection(shapes),
                _ => return None,
            },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_become_geojson() {
        let json = |text: &str| from_wkt(text).map(|shape| shape.to_json());
        assert_eq!(json("point(1.5 -2)").as_deref(), Some(r#"{"type":"Point","coordinates":[1.5,-2]}"#));
        assert_eq!(
            json("MULTIPOINT ((1 1), (2 2))").as_deref(),
            Some(r#"{"type":"MultiPoint","coordinates":[[1,1],[2,2]]}"#)
        );
        for bad in ["", "LINESTRING", "POINT (1)", "POINT (1 2) x", "POINT (200 0)", "POLYGON (0 0, 1 1)"] {
            assert_eq!(json(bad), None, "{bad}");
        }
    }
}
