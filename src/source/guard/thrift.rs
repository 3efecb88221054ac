//! A look at the footer and the page headers of a Parquet file before anything decodes it: are their lists and texts as long as
//! they say?
//!
//! The decoder reserves memory for as many row groups as the footer claims. A claim of two thousand million in a file of one
//! kilobyte would end the process, not only the run, so what cannot be there is refused first. Only sizes are kept of what is
//! read here. The format is Thrift's compact protocol (thrift/doc/specs/thrift-compact-protocol.md), the fields are those of
//! parquet.thrift (github.com/apache/parquet-format).

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

/// Largest footer that is read. Thousands of columns in thousands of row groups need some megabytes.
const LARGEST: u64 = 64 << 20;
/// Deepest nesting; a footer has six levels.
const DEEPEST: u32 = 32;
/// Length of the footer, and the mark of the format: the last bytes of a file.
const TAIL: u64 = 8;

/// Refuses a footer that claims what the file cannot hold; what is wrong otherwise, the decoder says better.
pub(in crate::source) fn check(file: &mut File) -> Result<(), String> {
    let message = |error: std::io::Error| error.to_string();
    let bytes = file.metadata().map_err(message)?.len();
    if bytes < TAIL {
        return Ok(());
    }
    let mut tail = [0; 8];
    file.seek(SeekFrom::Start(bytes - TAIL)).map_err(message)?;
    file.read_exact(&mut tail).map_err(message)?;
    let [a, b, c, d, mark @ ..] = tail;
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    if &mark != b"PAR1" {
        return Ok(());
    }
    if length > bytes - TAIL {
        return Err(format!("its footer claims {length} bytes, the file has {bytes}"));
    }
    if length > LARGEST {
        return Err(format!("its footer has {length} bytes; at most {LARGEST} are read"));
    }
    file.seek(SeekFrom::Start(bytes - TAIL - length)).map_err(message)?;
    let mut footer = Vec::new();
    file.take(length).read_to_end(&mut footer).map_err(message)?;
    walk(&footer)
}

/// Walks over one struct.
pub(super) fn walk(bytes: &[u8]) -> Result<(), String> {
    Walker { rest: bytes, what: "its footer" }.structure(DEEPEST)
}

/// What a page says of itself, all sizes in bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PageHeader {
    /// Of the header itself.
    pub(super) length: u64,
    /// Of the page in memory.
    pub(super) unpacked: u64,
    /// Of the page in the file.
    pub(super) packed: u64,
    /// Number of values, where the page is a dictionary.
    pub(super) dictionary: Option<u64>,
    /// Of what is before the values and is never packed.
    pub(super) levels: u64,
    /// Whether the values are not packed although those of the column are.
    pub(super) is_plain: bool,
}

/// Reads the header with which `bytes` begin.
pub(super) fn page_header(bytes: &[u8]) -> Result<PageHeader, String> {
    let mut walker = Walker { rest: bytes, what: "a page header" };
    let mut header = PageHeader::default();
    walker.fields(DEEPEST, |walker, field, kind| {
        match (field, kind) {
            (2, 5) => header.unpacked = walker.size()?,
            (3, 5) => header.packed = walker.size()?,
            (7, 12) => {
                let mut values = 0;
                walker.fields(DEEPEST, |walker, field, kind| {
                    let is_known = (field, kind) == (1, 5);
                    if is_known {
                        values = walker.size()?;
                    }
                    Ok(is_known)
                })?;
                header.dictionary = Some(values);
            }
            (8, 12) => walker.fields(DEEPEST, |walker, field, kind| {
                match (field, kind) {
                    (5 | 6, 5) => header.levels = header.levels.saturating_add(walker.size()?),
                    // A flag that is 2 is false.
                    (7, 2) => header.is_plain = true,
                    _ => return Ok(false),
                }
                Ok(true)
            })?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    header.length = (bytes.len() - walker.rest.len()) as u64;
    Ok(header)
}

struct Walker<'b> {
    rest: &'b [u8],
    /// What is walked over, for messages.
    what: &'static str,
}

impl Walker<'_> {
    fn byte(&mut self) -> Result<u8, String> {
        let (first, rest) = self.rest.split_first().ok_or_else(|| format!("{} is cut short", self.what))?;
        self.rest = rest;
        Ok(*first)
    }

    fn pass(&mut self, bytes: u64) -> Result<(), String> {
        let rest = usize::try_from(bytes).ok().and_then(|bytes| self.rest.get(bytes..));
        self.rest =
            rest.ok_or_else(|| format!("{} claims a text of {bytes} bytes, which are not there", self.what))?;
        Ok(())
    }

    /// An unsigned number of seven bits a byte.
    fn number(&mut self) -> Result<u64, String> {
        let mut number = 0_u64;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(format!("{} holds a number of more than ten bytes", self.what))
    }

    /// A number with a sign, that of an even number being plus.
    fn signed(&mut self) -> Result<i64, String> {
        let number = self.number()?;
        let half = (number >> 1).cast_signed();
        Ok(if number & 1 == 0 { half } else { !half })
    }

    /// A number of bytes or values.
    fn size(&mut self) -> Result<u64, String> {
        let number = self.signed()?;
        u64::try_from(number).map_err(|_| format!("{} claims a size of {number}", self.what))
    }

    fn structure(&mut self, depth: u32) -> Result<(), String> {
        self.fields(depth, |_, _, _| Ok(false))
    }

    /// Walks over a struct; `take` receives the number and the type of each field and whether it read the value itself.
    fn fields(
        &mut self,
        depth: u32,
        mut take: impl FnMut(&mut Self, i64, u8) -> Result<bool, String>,
    ) -> Result<(), String> {
        let mut field = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Ok(());
            }
            // The upper half is the distance to the field before, or 0: then the number of the field follows.
            field = match head >> 4 {
                0 => self.signed()?,
                distance => field.saturating_add(i64::from(distance)),
            };
            let kind = head & 0x0f;
            // A flag is its own type.
            if !take(self, field, kind)? && kind != 1 && kind != 2 {
                self.value(kind, depth)?;
            }
        }
    }

    fn value(&mut self, kind: u8, depth: u32) -> Result<(), String> {
        match kind {
            1..=3 => self.pass(1),
            4..=6 => self.number().map(|_| ()),
            7 => self.pass(8),
            8 => {
                let bytes = self.number()?;
                self.pass(bytes)
            }
            9 | 10 => self.list(depth),
            12 if depth > 0 => self.structure(depth - 1),
            12 => Err(format!("{} is nested too deeply", self.what)),
            // Neither has maps, and no other types exist.
            kind => Err(format!("{} holds a value of the unknown type {kind}", self.what)),
        }
    }

    fn list(&mut self, depth: u32) -> Result<(), String> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.number()?,
            count => u64::from(count),
        };
        // Every value takes a byte at least.
        if count > self.rest.len() as u64 {
            return Err(format!(
                "{} claims a list of {count} values and holds {} bytes more",
                self.what,
                self.rest.len()
            ));
        }
        let depth = depth.checked_sub(1).ok_or_else(|| format!("{} is nested too deeply", self.what))?;
        (0..count).try_for_each(|_| self.value(head & 0x0f, depth))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_list_that_cannot_be_there_is_refused_before_memory_is_reserved() {
        // Field 4, a list of structs, of 2,147,483,647 values.
        let bomb = [0x49, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07];
        let said = walk(&bomb).expect_err("there are no such values");
        assert!(said.contains("2147483647 values"), "{said}");
    }

    #[test]
    fn a_text_that_cannot_be_there_is_refused() {
        let said = walk(&[0x18, 0xff, 0xff, 0x03, b'a', 0]).expect_err("there is one byte");
        assert!(said.contains("65535 bytes"), "{said}");
    }

    #[test]
    fn endless_nesting_is_an_error_and_not_a_crash() {
        let said = walk(&vec![0x1c; 1 << 20]).expect_err("a footer is not that deep");
        assert!(said.contains("too deeply"), "{said}");
        let said = walk(&[0x19].repeat(1 << 20)).expect_err("a footer is not that deep");
        assert!(said.contains("too deeply") || said.contains("claims"), "{said}");
    }

    #[test]
    fn a_page_header_tells_its_sizes() {
        // Type 0, 300 bytes unpacked, 20 packed, a checksum, then a data page of 5 values with statistics.
        let data = [
            0x15, 0x00, 0x15, 0xd8, 0x04, 0x15, 0x28, 0x15, 0x07, 0x1c, 0x15, 0x0a, 0x15, 0x00, 0x15, 0x06,
            0x15, 0x06, 0x1c, 0x18, 0x01, b'a', 0x00, 0x00, 0x00, 0xff,
        ];
        let header = page_header(&data).expect("a header");
        let expected =
            PageHeader { length: data.len() as u64 - 1, unpacked: 300, packed: 20, ..PageHeader::default() };
        assert_eq!(header, expected);
        // A dictionary of 7 values; a page of the second version whose levels take 3 and 4 bytes and whose values are plain.
        let header = page_header(&[0x15, 0x04, 0x4c, 0x15, 0x0e, 0x00, 0x00]);
        assert_eq!(header.expect("a dictionary").dictionary, None, "field 5 is no dictionary");
        let header = page_header(&[0x15, 0x04, 0x6c, 0x15, 0x0e, 0x00, 0x00]).expect("a dictionary");
        assert_eq!(header.dictionary, Some(7));
        let header =
            page_header(&[0x15, 0x06, 0x7c, 0x55, 0x06, 0x15, 0x08, 0x12, 0x00, 0x00]).expect("a page");
        assert_eq!((header.levels, header.is_plain), (7, true));
        // A size of -1.
        let said = page_header(&[0x25, 0x01, 0x00]).expect_err("no page is that small");
        assert_eq!(said, "a page header claims a size of -1");
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _either = walk(&bytes);
            if let Ok(header) = page_header(&bytes) {
                prop_assert!(header.length <= bytes.len() as u64);
            }
        }
    }
}
