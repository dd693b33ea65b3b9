//! The hybrid of repeated and packed numbers that Parquet writes levels and places in dictionaries in.
//!
//! Source: the page on encodings of the format's specification.

/// Numbers of few bits each.
pub(super) struct Hybrid<'b> {
    bytes: &'b [u8],
    width: u32,
}

impl<'b> Hybrid<'b> {
    /// Numbers of `width` bits each, at most 32.
    pub(super) fn new(bytes: &'b [u8], width: u32) -> Result<Self, String> {
        if width > 32 { Err("numbers of more than 32 bits".to_owned()) } else { Ok(Self { bytes, width }) }
    }

    /// Hands `count` numbers over: how often a number is repeated, or one after the other with 1.
    pub(super) fn each(mut self, count: usize, mut take: impl FnMut(u32, usize)) -> Result<(), String> {
        let mut left = count;
        while left > 0 {
            let head = self.varint()?;
            let length = usize::try_from(head >> 1).map_err(|_| short())?;
            if head & 1 == 0 {
                if length == 0 {
                    return Err(short());
                }
                let used = usize::try_from(self.width.div_ceil(8)).unwrap_or(4);
                let value =
                    self.split(used)?.iter().rev().fold(0_u32, |all, byte| (all << 8) | u32::from(*byte));
                let length = length.min(left);
                take(value, length);
                left -= length;
                continue;
            }
            let all = length.checked_mul(8).ok_or_else(short)?;
            let width = usize::try_from(self.width).unwrap_or(32);
            let used = length.checked_mul(width).ok_or_else(short)?;
            // Writers may cut the last bytes where no number needs them.
            let packed = self.split(used.min(self.bytes.len()))?;
            let wanted = all.min(left);
            if packed.len() * 8 < wanted * width || all == 0 {
                return Err(short());
            }
            unpack(packed, width, wanted, &mut take);
            left -= wanted;
        }
        Ok(())
    }

    fn varint(&mut self) -> Result<u64, String> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.split(1)?.first().ok_or_else(short)?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(short())
    }

    fn split(&mut self, count: usize) -> Result<&'b [u8], String> {
        let (head, rest) = self.bytes.split_at_checked(count).ok_or_else(short)?;
        self.bytes = rest;
        Ok(head)
    }
}

fn short() -> String {
    "a page ends too early".to_owned()
}

fn unpack(packed: &[u8], width: usize, count: usize, take: &mut impl FnMut(u32, usize)) {
    let mask = (1_u64 << width) - 1;
    for index in 0..count {
        let bit = index * width;
        let rest = packed.get(bit / 8..).unwrap_or_default();
        let word = match rest.first_chunk::<8>() {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => {
                let mut bytes = [0; 8];
                bytes.iter_mut().zip(rest).for_each(|(slot, byte)| *slot = *byte);
                u64::from_le_bytes(bytes)
            }
        };
        #[expect(clippy::cast_possible_truncation, reason = "at most 32 bits are left of it")]
        take(((word >> (bit % 8)) & mask) as u32, 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], width: u32, count: usize) -> Result<Vec<u32>, String> {
        let mut all = Vec::new();
        Hybrid::new(bytes, width)?
            .each(count, |value, times| all.extend(std::iter::repeat_n(value, times)))?;
        Ok(all)
    }

    #[test]
    fn repeated_and_packed_numbers_are_read() {
        // Four times 7; then one group of eight numbers of three bits, 0 to 7.
        let bytes = [8, 7, 3, 0b1000_1000, 0b1100_0110, 0b1111_1010];
        assert_eq!(read(&bytes, 3, 12), Ok(vec![7, 7, 7, 7, 0, 1, 2, 3, 4, 5, 6, 7]));
        assert_eq!(read(&bytes, 3, 5), Ok(vec![7, 7, 7, 7, 0]));
        assert_eq!(read(&[6], 0, 3), Ok(vec![0, 0, 0]));
    }

    #[test]
    fn what_is_cut_is_refused() {
        for bytes in [&[] as &[u8], &[8], &[3, 1], &[0, 0], &[0x80], &[0xff; 12], &[1]] {
            assert!(read(bytes, 3, 9).is_err(), "{bytes:?}");
        }
        assert!(read(&[2, 0], 33, 1).is_err());
    }
}
