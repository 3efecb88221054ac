//! Guards against hostile and damaged Parquet: structures that no reader survives, and files that grow beyond measure.
//!
//! A file is looked at before the decoder sees it: its footer and the headers of its pages must be whole, and what they claim
//! must fit into memory.

mod pages;
mod thrift;

pub(super) use pages::{Weight, weigh};
pub(super) use thrift::check;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::config::Config;
use crate::error::{Exit, Failure};

/// Decompressed bytes below which no file is suspicious: a column of one value packs as well as a bomb.
pub(super) const SUSPICIOUS: u64 = 64 << 20;

/// What to do about a file that begins as one of another form.
pub(super) fn other_form(file: &Path) -> Option<&'static str> {
    let mut first = [0; 512];
    let length = File::open(file).and_then(|mut file| file.read(&mut first)).ok()?;
    let first = &first[..length];
    if first.starts_with(b"PAR1") {
        return None;
    }
    let is_text = !first.is_empty()
        && std::str::from_utf8(first)
            .is_ok_and(|text| !text.chars().any(|letter| letter.is_control() && !letter.is_whitespace()));
    if first.starts_with(b"{") && is_text {
        Some("It looks like JSON: write `format: json` with a `schema`, if it holds one object on each line.")
    } else if is_text {
        Some("It looks like text, such as CSV: write `format: csv` with a `schema`.")
    } else if first.starts_with(b"\x1f\x8b") {
        Some(
            "It is packed with gzip; Parquet files are read as they are. Unpack it, or write `format: csv` if it holds text.",
        )
    } else if first.starts_with(b"PK\x03\x04") {
        Some("It is a ZIP archive or an Excel workbook: save it as Parquet or CSV.")
    } else {
        None
    }
}

impl Weight {
    /// Refuses what would take more than a run has: a file `path` of source `name` that decompresses beyond measure; row groups
    /// larger than the memory, which are fetched whole; pages, which are unpacked whole.
    pub(super) fn refuse_excess(&self, name: &str, path: &str, config: &Config) -> Result<(), Failure> {
        let memory = config.engine.memory;
        let allowed = self.packed.saturating_mul(config.checks.max_unpacked_ratio);
        let (what, hint) = if self.unpacked > allowed.max(SUSPICIOUS) {
            let message = format!("{name}: `{path}` unpacks from {} to {} bytes", self.packed, self.unpacked);
            return Err(Failure::new(Exit::Input, "source", message).hint(
                "A file that grows so much is more often hostile or damaged than well packed; if it is yours, raise \
                 `checks.max_unpacked_ratio`.",
            ));
        } else if self.largest_group > memory {
            (
                format!("a row group of `{path}` has {} bytes", self.largest_group),
                "Write the file with smaller row groups, or raise `engine.memory`.",
            )
        } else if self.largest_pages > memory {
            (
                format!("the pages of `{path}` that are read at once unpack to {} bytes", self.largest_pages),
                "Write the file with smaller pages, or raise `engine.memory`.",
            )
        } else {
            return Ok(());
        };
        let message = format!("{name}: {what}, `engine.memory` is {memory}");
        Err(Failure::new(Exit::Resources, "source", message).hint(hint))
    }
}
