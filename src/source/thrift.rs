//! A look at the footer of a Parquet file before anything decodes it: are its lists and texts as long as they say?
//!
//! The decoder reserves memory for as many row groups as the footer claims. A claim of two thousand million in a file of one
//! kilobyte would end the process, not only the run, so what cannot be there is refused first. Nothing is kept of what is
//! read here. The format is Thrift's compact protocol (thrift/doc/specs/thrift-compact-protocol.md).

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

/// Largest footer that is read. Thousands of columns in thousands of row groups need some megabytes.
const LARGEST: u64 = 64 << 20;
/// Deepest nesting; a footer has six levels.
const DEEPEST: u32 = 32;
/// Length of the footer, and the mark of the format: the last bytes of a file.
const TAIL: u64 = 8;

/// Refuses a footer that claims what the file cannot hold; what is wrong otherwise, the decoder says better.
pub(super) fn check(file: &mut File) -> Result<(), String> {
    let told = |error: std::io::Error| error.to_string();
    let bytes = file.metadata().map_err(told)?.len();
    if bytes < TAIL {
        return Ok(());
    }
    let mut tail = [0; 8];
    file.seek(SeekFrom::Start(bytes - TAIL)).map_err(told)?;
    file.read_exact(&mut tail).map_err(told)?;
    let [a, b, c, d, mark @ ..] = tail;
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    if &mark != b"PAR1" {
        return Ok(());
    }
    if length > bytes - TAIL {
        return Err(format!("its footer claims {length} bytes, the file has {bytes}"));
    }
    if length > LARGEST {
        return Err(format!(
            "its footer has {length} bytes; at most {LARGEST} are read"
        ));
    }
    file.seek(SeekFrom::Start(bytes - TAIL - length)).map_err(told)?;
    let mut footer = Vec::new();
    file.take(length).read_to_end(&mut footer).map_err(told)?;
    walk(&footer)
}

/// Walks over one struct.
pub(super) fn walk(bytes: &[u8]) -> Result<(), String> {
    Walker { rest: bytes }.structure(DEEPEST)
}

struct Walker<'b> {
    rest: &'b [u8],
}

impl Walker<'_> {
    fn byte(&mut self) -> Result<u8, String> {
        let (first, rest) = self.rest.split_first().ok_or("its footer is cut short")?;
        self.rest = rest;
        Ok(*first)
    }

    fn pass(&mut self, bytes: u64) -> Result<(), String> {
        let rest = usize::try_from(bytes)
            .ok()
            .and_then(|bytes| self.rest.get(bytes..));
        self.rest =
            rest.ok_or_else(|| format!("its footer claims a text of {bytes} bytes, which are not there"))?;
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
        Err("its footer holds a number of more than ten bytes".to_owned())
    }

    fn structure(&mut self, depth: u32) -> Result<(), String> {
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Ok(());
            }
            // The upper half is the distance to the field before, or 0: then the number of the field follows.
            if head >> 4 == 0 {
                self.number()?;
            }
            match head & 0x0f {
                // A flag is its own type.
                1 | 2 => {}
                kind => self.value(kind, depth)?,
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
            12 => Err("its footer is nested too deeply".to_owned()),
            // Footers have no maps, and no other types exist.
            kind => Err(format!("its footer holds a value of the unknown type {kind}")),
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
                "its footer claims a list of {count} values and holds {} bytes more",
                self.rest.len()
            ));
        }
        let depth = depth.checked_sub(1).ok_or("its footer is nested too deeply")?;
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

    proptest! {
        #[test]
        fn any_bytes_are_walked_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _either = walk(&bytes);
        }
    }
}
