//! The pages of a Parquet file, by their headers: how large each will be, before anything unpacks it.
//!
//! A footer may say less than its pages do, and the decoder believes the pages. Of most codecs it unpacks as much as the header
//! of a page claims and no more, so the claims are added up here. Of gzip, Brotli and the old LZ4 it unpacks all that is there,
//! whatever the header says (parquet 59, `src/compression.rs`): such pages are unpacked once, into nothing, until they pass
//! their claim.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};

use flate2::bufread::MultiGzDecoder;
use lz4_flex::frame::FrameDecoder;
use parquet::basic::Compression;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};

use super::thrift::{self, PageHeader};

/// Bytes that are read at once while looking for a header.
const WINDOW: u64 = 4 << 10;
/// Longest header; a header may hold the smallest and the largest value of its page.
const LONGEST_HEADER: u64 = 16 << 20;
/// A page of gzip that cannot become larger than this is not worth a look.
const HARMLESS: u64 = 1 << 20;

/// What reading a file will take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::source) struct Weight {
    /// Bytes of all columns as they lie in the file.
    pub(in crate::source) packed: u64,
    /// Bytes of all columns as they will lie in memory, by the footer or by the pages, whichever says more.
    pub(in crate::source) unpacked: u64,
    /// Bytes, as they lie in the file, of the largest row group; a row group is fetched as a whole.
    pub(in crate::source) largest_group: u64,
    /// Bytes of the pages that lie in memory at once: of each column that is read one page and its dictionary.
    pub(in crate::source) largest_pages: u64,
}

/// Adds up what footer and pages claim; a claim of a footer below zero counts nothing, and the reader refuses it.
///
/// Pages are looked at in the columns that `is_read`, which receives the name of a column. Others may even be encrypted.
pub(in crate::source) fn weigh(
    file: &mut File,
    groups: &[RowGroupMetaData],
    is_read: impl Fn(&str) -> bool,
) -> Result<Weight, String> {
    let bytes = file.metadata().map_err(|error| error.to_string())?.len();
    let mut weight = Weight::default();
    for group in groups {
        let (mut packed, mut pages) = (0_u64, 0_u64);
        for column in group.columns() {
            packed = packed.saturating_add(u64::try_from(column.compressed_size()).unwrap_or(0));
            let mut unpacked = u64::try_from(column.uncompressed_size()).unwrap_or(0);
            let path = column.column_path();
            if path.parts().first().is_some_and(|name| is_read(name)) {
                let chunk = Chunk::walk(file, bytes, column)
                    .map_err(|what| format!("column `{}`: {what}", path.string()))?;
                unpacked = unpacked.max(chunk.unpacked);
                pages = pages.saturating_add(chunk.largest);
            }
            weight.unpacked = weight.unpacked.saturating_add(unpacked);
        }
        weight.packed = weight.packed.saturating_add(packed);
        weight.largest_group = weight.largest_group.max(packed);
        weight.largest_pages = weight.largest_pages.max(pages);
    }
    Ok(weight)
}

/// The pages of one column of a row group.
struct Chunk {
    /// Bytes of all of them with their headers, unpacked.
    unpacked: u64,
    /// Bytes of the largest page and the largest dictionary.
    largest: u64,
}

impl Chunk {
    /// Goes from header to header, as the reader does when it does not look anything up.
    fn walk(file: &mut File, bytes: u64, column: &ColumnChunkMetaData) -> Result<Self, String> {
        let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
        let length = column.compressed_size();
        let range = u64::try_from(start).ok().zip(u64::try_from(length).ok());
        let (mut at, end) = range
            .and_then(|(start, length)| Some((start, start.checked_add(length)?)))
            .filter(|(_, end)| *end <= bytes)
            .ok_or_else(|| {
                format!("its footer claims {length} bytes from byte {start} on, the file has {bytes}")
            })?;
        let mut window = Window::default();
        let mut unpacked = 0_u64;
        let (mut largest_page, mut largest_dictionary) = (0, 0);
        while at < end {
            let header = window.header(file, at, end)?;
            let body = at + header.length;
            if header.packed > end - body {
                return Err(format!(
                    "a page claims {} bytes, its column has {} more",
                    header.packed,
                    end - body
                ));
            }
            plausible(&header, column.compression())?;
            count(file, body, &header, column.compression())?;
            unpacked = unpacked.saturating_add(header.length.saturating_add(header.unpacked));
            let largest = match header.dictionary {
                Some(_) => &mut largest_dictionary,
                None => &mut largest_page,
            };
            *largest = header.unpacked.max(*largest);
            at = body + header.packed;
        }
        Ok(Self { unpacked, largest: largest_page.saturating_add(largest_dictionary) })
    }
}

/// Bytes of the file around the header that is looked for.
#[derive(Default)]
struct Window {
    at: u64,
    bytes: Vec<u8>,
}

impl Window {
    /// Reads the header at `at`; the column ends at `end`.
    fn header(&mut self, file: &mut File, at: u64, end: u64) -> Result<PageHeader, String> {
        let message = |error: io::Error| error.to_string();
        let mut size = WINDOW;
        loop {
            let known = at
                .checked_sub(self.at)
                .and_then(|skipped| self.bytes.get(usize::try_from(skipped).ok()?..))
                .unwrap_or_default();
            let known = &known[..known.len().min(usize::try_from(end - at).unwrap_or(usize::MAX))];
            let read = if known.is_empty() { Err(String::new()) } else { thrift::page_header(known) };
            // What seems to be wrong may only be cut off by the end of the window.
            let is_whole = known.len() as u64 >= end - at || size > LONGEST_HEADER;
            if read.is_ok() || is_whole {
                return read;
            }
            file.seek(SeekFrom::Start(at)).map_err(message)?;
            self.at = at;
            self.bytes.clear();
            file.take(size.min(end - at)).read_to_end(&mut self.bytes).map_err(message)?;
            if self.bytes.is_empty() {
                return Err("the file ends within its pages".to_owned());
            }
            size = size.saturating_mul(8);
        }
    }
}

/// Refuses a claim that cannot be true, whatever the page holds.
fn plausible(header: &PageHeader, codec: Compression) -> Result<(), String> {
    let &PageHeader { unpacked, packed, levels, .. } = header;
    // The longest copy of Snappy gives 64 bytes for 3; a sequence of LZ4 lengthens by 255 bytes for each of its own.
    let most = match codec {
        Compression::SNAPPY => Some(22),
        Compression::LZ4_RAW => Some(255),
        _ => None,
    };
    if let Some(most) = most
        && !header.is_plain
        && unpacked > packed.saturating_mul(most).saturating_add(most)
    {
        return Err(format!(
            "a page claims to unpack from {packed} to {unpacked} bytes; {codec} cannot hold so much"
        ));
    }
    if levels > packed || levels > unpacked {
        return Err(format!("a page of {packed} bytes claims {levels} bytes of levels"));
    }
    // Room for all values of a dictionary is made at once, and each takes a byte at least.
    match header.dictionary {
        Some(values) if values > unpacked => {
            Err(format!("a dictionary claims {values} values in {unpacked} bytes"))
        }
        _ => Ok(()),
    }
}

/// Refuses a page at `body` that is larger than it claims, where the reader would unpack it nevertheless.
fn count(file: &mut File, body: u64, header: &PageHeader, codec: Compression) -> Result<(), String> {
    let claimed = header.unpacked - header.levels;
    // The reader unpacks nothing where nothing is claimed.
    if header.is_plain || claimed == 0 {
        return Ok(());
    }
    let packed = header.packed - header.levels;
    let message = |error: io::Error| error.to_string();
    let page = |file: &mut File| -> Result<BufReader<io::Take<File>>, String> {
        file.seek(SeekFrom::Start(body + header.levels)).map_err(message)?;
        let again = file.try_clone().map_err(message)?;
        Ok(BufReader::with_capacity(1 << 16, again.take(packed)))
    };
    let unpacked = match codec {
        // Deflate gives at most 1032 bytes for one.
        Compression::GZIP(_) if packed.saturating_mul(1032) > HARMLESS => {
            measure(MultiGzDecoder::new(page(file)?), claimed)
        }
        Compression::BROTLI(_) => measure(brotli::Decompressor::new(page(file)?, 1 << 16), claimed),
        // Older writers put the frames of LZ4 here. What is no frame is unpacked as far as it claims.
        Compression::LZ4 => Ok(measure(FrameDecoder::new(page(file)?), claimed).unwrap_or(0)),
        _ => return Ok(()),
    };
    match unpacked {
        Ok(bytes) if bytes > claimed => {
            Err(format!("a page claims to unpack to {claimed} bytes and holds more"))
        }
        Ok(_) => Ok(()),
        Err(error) => Err(format!("a page cannot be unpacked: {error}")),
    }
}

/// Counts what a decoder gives, up to one more than `most`.
fn measure(decoder: impl Read, most: u64) -> io::Result<u64> {
    io::copy(&mut decoder.take(most.saturating_add(1)), &mut io::sink())
}
