//! Geohash: rectangles of longitude and latitude, each digit one of 32 parts.

const DIGITS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";

/// The most digits that the service takes.
pub(in crate::exec) const MAX_DIGITS: usize = 18;

/// A rectangle, by how often each side was halved and which of the parts it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exec) struct Rectangle {
    digits: usize,
    column: i64,
    row: i64,
}

impl Rectangle {
    /// The rectangle around a place in degrees, with this many digits.
    pub(in crate::exec) fn around(longitude: f64, latitude: f64, digits: usize) -> Self {
        let (columns, rows) = sides(digits);
        let part = |value: f64, low: f64, width: f64, parts: i64| {
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                reason = "at most 2^45 parts"
            )]
            let place = ((value - low) / width * parts as f64).floor() as i64;
            place.clamp(0, parts - 1)
        };
        Self {
            digits,
            column: part(longitude, -180.0, 360.0, columns),
            row: part(latitude, -90.0, 180.0, rows),
        }
    }

    /// Reads a geohash; nothing where it is none.
    pub(in crate::exec) fn parse(hash: &str) -> Option<Self> {
        if hash.is_empty() || hash.len() > MAX_DIGITS {
            return None;
        }
        let (mut column, mut row, mut odd) = (0_i64, 0_i64, false);
        for letter in hash.bytes() {
            let digit = DIGITS.iter().position(|known| *known == letter.to_ascii_lowercase())?;
            for bit in (0..5).rev() {
                let bit = i64::from((digit >> bit) & 1 == 1);
                if odd {
                    row = row * 2 + bit
                } else {
                    column = column * 2 + bit
                }
                odd = !odd;
            }
        }
        Some(Self { digits: hash.len(), column, row })
    }

    /// The corners: west, south, east, north.
    pub(in crate::exec) fn corners(self) -> (f64, f64, f64, f64) {
        #[expect(clippy::cast_precision_loss, reason = "at most 2^45 parts")]
        let side = |place: i64, low: f64, width: f64, parts: i64| low + width * (place as f64 / parts as f64);
        let (columns, rows) = sides(self.digits);
        (
            side(self.column, -180.0, 360.0, columns),
            side(self.row, -90.0, 180.0, rows),
            side(self.column + 1, -180.0, 360.0, columns),
            side(self.row + 1, -90.0, 180.0, rows),
        )
    }

    /// The rectangles around it, clockwise from north-west: around the globe, none beyond a pole.
    pub(in crate::exec) fn neighbors(self) -> Vec<Self> {
        let (columns, rows) = sides(self.digits);
        [(-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0)]
            .into_iter()
            .map(|(east, north)| Self {
                column: (self.column + east).rem_euclid(columns),
                row: self.row + north,
                ..self
            })
            .filter(|rectangle| (0..rows).contains(&rectangle.row))
            .collect()
    }
}

impl std::fmt::Display for Rectangle {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bits = self.digits * 5;
        let (mut column, mut row) = (self.column, self.row);
        let mut code = vec![0_usize; self.digits];
        // From the last bit to the first; those at even places are of the column.
        for bit in (0..bits).rev() {
            let value = if bit % 2 == 0 { &mut column } else { &mut row };
            if let Some(digit) = code.get_mut(bit / 5) {
                *digit |= usize::from(*value & 1 == 1) << (4 - bit % 5);
            }
            *value >>= 1;
        }
        code.iter().try_for_each(|digit| write!(out, "{}", char::from(DIGITS[*digit])))
    }
}

/// How many columns and rows the Earth has with this many digits.
fn sides(digits: usize) -> (i64, i64) {
    let bits = digits * 5;
    (1 << bits.div_ceil(2), 1 << (bits / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_again() {
        for digits in 1..=MAX_DIGITS {
            let there = Rectangle::around(-80.195829, 25.802215, digits);
            let text = there.to_string();
            assert_eq!(text.len(), digits);
            assert_eq!(Rectangle::parse(&text), Some(there), "{text}");
            assert!("dhwfz15h".starts_with(&text) || digits > 8, "{text}");
        }
    }

    #[test]
    fn neighbors_end_at_the_poles_and_go_around_the_globe() {
        assert_eq!(Rectangle::around(-180.0, 90.0, 3).neighbors().len(), 5);
        assert_eq!(Rectangle::around(-180.0, 0.0, 3).neighbors().len(), 8);
        assert_eq!(Rectangle::parse("a"), None);
    }
}
