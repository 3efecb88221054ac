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

/// Counts the quotation marks of a text.
pub(super) fn quotation_marks(text: impl Read) -> io::Result<u64> {
    let mut marks = 0;
    for byte in BufReader::new(text).bytes() {
        marks += u64::from(byte? == b'"');
    }
    Ok(marks)
}
