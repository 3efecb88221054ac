//! Publishes a run whole or not at all, and reads back what was published.
//!
//! A run's files go up first, its `manifest.json` after them, and then one entry of the log, created only if
//! absent: that entry is the commit. `latest.json` and `index.html` are derived from the log and may be lost.
//! The log is a chain of hashes; nothing here rewrites it. Of a run only its record is known here.

use std::path::PathBuf;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::record::{Manifest, RunSummary, canonical, day, layout};

mod audit;
mod commit;
mod gc;
mod history;
mod lease;
mod prune;
#[cfg(test)]
mod real_store;
mod staged;
mod status;
#[cfg(test)]
pub(crate) mod tests;

pub use audit::{Audit, Problem, audit};
pub use commit::{
    Found, IndexPage, Publication, Uploaded, enter, find, finish, publish, publish_draft, refresh, upload,
};
pub use gc::{Garbage, find_garbage, remove_garbage};
pub use history::{elapsed, history, is_removed, load_manifest, resolve};
pub use lease::Lease;
pub use prune::{kept, prune};
pub use status::{Status, status};

/// The stage that failures of this module name.
const STAGE: &str = "publish";
/// Version of the form of log entries and of `latest.json`.
const SCHEMA: u32 = 1;
/// A run that is complete in a local folder and not yet published.
#[derive(Debug, Clone)]
pub struct StagedRun {
    /// Holds every file as it will lie in the run folder, except `manifest.json`.
    pub folder: PathBuf,
    /// The manifest, complete; its `outputs[]` name every file but `volatile.json`, with `path` and `sha256`.
    pub manifest: Manifest,
}

/// One publication, as it is in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEntry {
    /// Version of this form.
    pub schema: u32,
    /// Place in the log, from 1 without a gap.
    pub seq: u64,
    /// SHA-256 of the entry before; none for the first.
    pub previous_sha256: Option<String>,
    /// The day before which the data counts.
    #[serde(with = "day")]
    pub as_of: Date,
    /// Hash of what determines the numbers.
    pub run_id: String,
    /// SHA-256 of the run's `manifest.json`.
    pub manifest_sha256: String,
    /// Whether this publication became the latest; an older day never does.
    pub latest: bool,
    /// What the archive page shows.
    pub summary: RunSummary,
}

impl LogEntry {
    /// Returns the folder of the run, below the publish location.
    #[must_use]
    pub fn folder(&self) -> String {
        layout::run(self.as_of, &self.run_id)
    }

    /// Returns the path of the report, below the publish location.
    #[must_use]
    pub fn report(&self) -> String {
        format!("{}/{}", self.folder(), layout::REPORT)
    }

    /// Writes the entry as it is stored.
    fn bytes(&self) -> Result<Vec<u8>, Failure> {
        canonical(self).map(String::into_bytes)
    }
}

/// What `latest.json` says; derived from the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Latest {
    schema: u32,
    /// Place of the entry in the log.
    seq: u64,
    #[serde(with = "day")]
    as_of: Date,
    run_id: String,
    manifest_sha256: String,
    /// Path of the report below the publish location.
    report: String,
}

impl Latest {
    fn of(entry: &LogEntry) -> Self {
        Self {
            schema: SCHEMA,
            seq: entry.seq,
            as_of: entry.as_of,
            run_id: entry.run_id.clone(),
            manifest_sha256: entry.manifest_sha256.clone(),
            report: entry.report(),
        }
    }
}

/// Finds the publication that counts as the latest: the last one that was not of an older day.
fn latest_of(entries: &[LogEntry]) -> Option<&LogEntry> {
    entries.iter().rev().find(|entry| entry.latest)
}
