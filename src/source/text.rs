//! The text of a CSV or JSON file: unpacked where its name ends in `.gz` or `.zst`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::guard::Weight;
use crate::error::{Exit, Failure};

/// First bytes of forms that are no text, with what to do about them.
const OTHERS: [(&[u8], &str, &str); 4] = [
    (b"\x1f\x8b", "gzip", "End its name in `.gz`."),
    (b"\x28\xb5\x2f\xfd", "Zstandard", "End its name in `.zst`."),
    (b"PAR1", "a Parquet file", "Write `format: parquet`."),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "Save it as CSV."),
];

/// How a file is packed, by its name.
fn packed(name: &str) -> Option<&'static str> {
    [".gz", ".zst"].into_iter().find(|ending| name.ends_with(ending))
}

/// Opens the text of `file`; `name`, as messages show it, ends as the name that it has where it comes from.
pub(super) fn open(file: &Path, name: &str) -> io::Result<Box<dyn BufRead>> {
    let opened = File::open(file)?;
    Ok(match packed(name) {
        Some(".gz") => Box::new(BufReader::new(flate2::read::MultiGzDecoder::new(BufReader::new(opened)))),
        Some(_) => Box::new(BufReader::new(zstd::stream::read::Decoder::new(opened)?)),
        None => Box::new(BufReader::new(opened)),
    })
}

/// Refuses what is no text by its first bytes, and weighs a packed file, whose text may be far larger.
///
/// # Errors
/// Returns exit code 4 when the file is of another form, or cannot be unpacked.
pub(super) fn weigh(file: &Path, shown: &str) -> Result<Weight, Failure> {
    let unreadable = |error: io::Error| cannot_read(shown, error);
    let mut text = open(file, shown).map_err(unreadable)?;
    let first = text.fill_buf().map_err(unreadable)?;
    if let Some((_, form, advice)) = OTHERS.iter().find(|(mark, ..)| first.starts_with(mark)) {
        let message = format!("`{shown}` is {form} and no text");
        return Err(Failure::new(Exit::Input, "source", message).hint(*advice));
    }
    if packed(shown).is_none() {
        return Ok(Weight::default());
    }
    Ok(Weight {
        packed: std::fs::metadata(file).map_err(unreadable)?.len(),
        unpacked: io::copy(&mut text, &mut io::sink()).map_err(unreadable)?,
        ..Weight::default()
    })
}

/// What is said of text that cannot be read.
pub(super) fn cannot_read(shown: &str, error: io::Error) -> Failure {
    let failure = Failure::new(Exit::Input, "source", format!("cannot read `{shown}`"));
    match error.kind() {
        io::ErrorKind::InvalidData
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::UnexpectedEof
        | io::ErrorKind::Other => {
            failure.cause(error).hint("The file is damaged or cut short; deliver it again.")
        }
        _ => failure.cause(error).retryable(),
    }
}

/// The first line of a CSV text on which a quotation mark would make values of others, and why; `None` where the text is sound.
///
/// A value that begins with a quotation mark ends with the next one that is not doubled, and there the value ends, too (RFC 4180,
/// section 2). A reader that is less strict takes what follows for more of the value, and with it the rows between.
pub(super) fn misquoted(text: impl Read, delimiter: u8) -> io::Result<Option<(u64, &'static str)>> {
    enum At {
        Start,
        Plain,
        Quoted,
        MarkInQuoted,
    }
    let (mut at, mut line, mut opened) = (At::Start, 1, 1);
    for byte in BufReader::new(text).bytes() {
        let byte = byte?;
        let ends = byte == delimiter || byte == b'\r' || byte == b'\n';
        at = match at {
            At::Start | At::Plain | At::MarkInQuoted if ends => At::Start,
            At::Start if byte == b'"' => {
                opened = line;
                At::Quoted
            }
            At::Start | At::Plain => At::Plain,
            At::Quoted if byte == b'"' => At::MarkInQuoted,
            At::MarkInQuoted if byte != b'"' => {
                return Ok(Some((opened, "text follows the quotation mark that closes a value")));
            }
            At::Quoted | At::MarkInQuoted => At::Quoted,
        };
        line += u64::from(byte == b'\n');
    }
    let is_open = matches!(at, At::Quoted);
    Ok(is_open.then_some((opened, "a value opens a quotation mark that it does not close")))
}

#[cfg(test)]
mod tests {
    use super::misquoted;

    #[test]
    fn a_quotation_mark_that_would_join_values_is_found_with_its_line() {
        let found = |text: &str| misquoted(text.as_bytes(), b',').expect("a text").map(|(line, _)| line);
        for sound in [
            "a,b\r\n1,\"x, \"\"y\"\"\nz\"\r\n\"\",2\n",
            "a\n12\" pipe\n",
            "a,b\n\"x\",\"y\"",
            "a\n\"\"\"\"\n",
        ] {
            assert_eq!(found(sound), None, "{sound}");
        }
        assert_eq!(found("a,b\n1,\"x\n2,y\n3,\"z\n"), Some(2), "the next mark closes the value");
        assert_eq!(found("a\n\"x\" y\n"), Some(2));
        assert_eq!(found("a\n1\n\"x\n2\n"), Some(3), "no mark closes the value");
    }
}
