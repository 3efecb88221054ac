//! Guards against hostile and damaged Parquet: structures that no reader survives, and files that grow beyond measure.
//!
//! A file is looked at before the decoder sees it: its footer and the headers of its pages must be whole, and what they claim
//! must fit into memory.

mod pages;
mod thrift;

pub(super) use pages::{Weight, weigh};
pub(super) use thrift::check;

use crate::config::Config;
use crate::error::{Exit, Failure};

/// Decompressed bytes below which no file is suspicious: a column of one value packs as well as a bomb.
pub(super) const SUSPICIOUS: u64 = 64 << 20;

impl Weight {
    /// Refuses what would take more than a run has: a file `path` of source `name` that decompresses beyond measure; row groups
    /// larger than the memory, which are fetched whole; pages, which are unpacked whole.
    pub(super) fn refuse_excess(&self, name: &str, path: &str, config: &Config) -> Result<(), Failure> {
        let memory = config.engine.memory;
        let allowed = self.packed.saturating_mul(config.checks.max_unpacked_ratio);
        let (what, hint) = if self.unpacked > allowed.max(SUSPICIOUS) {
            let message = format!(
                "{name}: `{path}` unpacks from {} to {} bytes",
                self.packed, self.unpacked
            );
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
                format!(
                    "the pages of `{path}` that are read at once unpack to {} bytes",
                    self.largest_pages
                ),
                "Write the file with smaller pages, or raise `engine.memory`.",
            )
        } else {
            return Ok(());
        };
        let message = format!("{name}: {what}, `engine.memory` is {memory}");
        Err(Failure::new(Exit::Resources, "source", message).hint(hint))
    }
}
