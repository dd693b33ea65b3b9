//! Inputs by number: a text of a corpus with one to eight changes.

use crate::exec::chance::Chance;

/// What texts that are no KQL may have put into them.
const ODD: &str = "&a *a !!binary !!set << | > |- >+2 { } [ ] : - ? , # % @ ` ' \" \\ / -- --- ... = == ~ null true 0 -1 1e999 \
                   9223372036854775808 0x 1h P1D PT0S 99999999999d 0001-01-01 \u{0} \u{feff} \u{2028} \u{85} é \u{1F600} {{ }} ${{ %00 ../";

/// A corpus, how its texts fall into pieces, and what may be put between those.
pub(super) struct Damage {
    texts: Vec<String>,
    words: Vec<String>,
    pieces: fn(&str) -> Vec<&str>,
}

impl Damage {
    pub(super) fn new(texts: Vec<String>, words: Vec<String>, pieces: fn(&str) -> Vec<&str>) -> Self {
        Self { texts, words, pieces }
    }

    /// Texts that fall into words, signs and spaces.
    pub(super) fn of_texts(texts: Vec<String>) -> Self {
        let mut words: Vec<String> = ODD.split(' ').map(str::to_owned).collect();
        words.extend(["\n", "\r\n", "\t", "  ", "\n\n- ", ": "].map(str::to_owned));
        let taken = texts.iter().take(100).flat_map(|text| by_kind(text));
        words.extend(taken.filter(|piece| !piece.trim().is_empty()).map(str::to_owned));
        Self::new(texts, words, by_kind)
    }

    /// The input of a number.
    pub(super) fn input(&self, seed: u64, number: u64) -> String {
        let seed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number.wrapping_mul(0xD134_2543_DE82_EF95);
        let mut chance = Chance::new(seed);
        let text = &self.texts[chance.below(self.texts.len())];
        let mut pieces = (self.pieces)(text);
        if pieces.is_empty() {
            pieces.push("");
        }
        for _ in 0..=chance.below(7) {
            let at = chance.below(pieces.len());
            match chance.below(6) {
                0 => {
                    pieces.remove(at);
                    if pieces.is_empty() {
                        pieces.push("");
                    }
                }
                1 => pieces.insert(at, pieces[at]),
                2 => {
                    let other = chance.below(pieces.len());
                    pieces.swap(at, other);
                }
                3 => pieces.truncate(at + 1),
                4 => pieces[at] = &self.words[chance.below(self.words.len())],
                _ => pieces.insert(at, &self.words[chance.below(self.words.len())]),
            }
        }
        pieces.concat()
    }
}

/// Runs of letters and digits, runs of blanks, and other signs one by one.
fn by_kind(text: &str) -> Vec<&str> {
    let kind = |sign: char| {
        if sign.is_alphanumeric() {
            1
        } else if sign == ' ' {
            2
        } else {
            0
        }
    };
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut last = 0;
    for (at, sign) in text.char_indices() {
        let now = kind(sign);
        if at > start && (now == 0 || now != last) {
            pieces.push(&text[start..at]);
            start = at;
        }
        last = now;
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_laid_end_to_end_are_the_text() {
        for text in ["", "a: b\n\n  - c1 é\u{1F600}\u{1F600}", "  x"] {
            assert_eq!(by_kind(text).concat(), text);
        }
        assert_eq!(by_kind("ab: [c]"), ["ab", ":", " ", "[", "c", "]"]);
    }

    #[test]
    fn an_input_is_the_same_for_its_number_and_another_for_others() {
        let damage = Damage::of_texts(vec!["name: a\nquery: b\n".to_owned()]);
        assert_eq!(damage.input(1, 7), damage.input(1, 7));
        assert!((0..20).any(|number| damage.input(1, number) != damage.input(1, 7)));
    }
}
